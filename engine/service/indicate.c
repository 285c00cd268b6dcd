/* Indicative prices: what a quote would come to now, with nothing held. No key, no lock, no
 * reservation, no record: nothing here touches book or store, so they are given also while the
 * store takes nothing (S3). */
#include "service/service_internal.h"

/* The price, or why there is none. */
static rl_refusal write_price(rl_exchange *exchange, rl_currency from, const rl_request *request,
                              rl_writer *writer)
{
  rl_quote quote;
  rl_nearest nearest;
  quote.request = request->price;
  quote.has_evidence = true; /* its legs have their ticks */
  rl_refusal refusal = rl_price_now(exchange, RL_PRICE_INDICATIVE, from, request->to, &quote,
                                    &nearest);
  if (refusal != RL_REFUSAL_NONE) {
    rl_write_price_refusal(exchange, writer, refusal, from, request->to, &nearest);
    return refusal;
  }
  exchange->service->counters.indicative_prices++;
  rl_reply_indicative(writer, &quote);
  return RL_REFUSAL_NONE;
}

void rl_answer_indicative(rl_exchange *exchange, const rl_request *request, rl_item *item)
{
  rl_writer writer = rl_part_open(exchange, &item->parts[0], RL_REPLY_MAX);
  if (write_price(exchange, request->from, request, &writer) != RL_REFUSAL_NONE)
    exchange->service->counters.refusals++;
  rl_part_close(exchange, &item->parts[0], &writer);
}

/* The matrix as a whole says yes: that some of its currencies have no price is an answer. */
void rl_answer_matrix(rl_exchange *exchange, const rl_request *request, rl_item *item)
{
  rl_part *part = &item->parts[0];
  if (!rl_part_has_room(exchange, part))
    return;
  size_t room = RL_REPLY_MAX * (1 + (size_t)request->currency_count);
  rl_writer writer = rl_part_open(exchange, part, room);
  rl_reply_open_matrix(&writer, request->to, request->price.amount_minor,
                       request->currency_count);
  for (unsigned i = 0; i < request->currency_count; i++)
    (void)write_price(exchange, request->currencies[i], request, &writer);
  rl_part_close(exchange, part, &writer);
}
