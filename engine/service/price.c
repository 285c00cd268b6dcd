/* A price at the instant of the message: the market, the client's tariff, and when the deal would
 * be due. Firm quotes and indicative prices are made here alike; what is then held, and what is
 * not, is theirs. */
#include "service/service_internal.h"

#include <string.h>

/* The deal may be struck at any instant of the lock: its value date is that of the last. */
static void date_quote(const rl_exchange *exchange, rl_quote *quote)
{
  const rl_terms *terms = &quote->terms;
  quote->issued_utc_ms = exchange->arrived.utc.ms;
  quote->expires_utc_ms = quote->issued_utc_ms + terms->ttl_ms;
  quote->value_date = rl_value_date_of(exchange->service->parts.calendars, terms->base,
                                       terms->quote, (rl_utc){quote->expires_utc_ms});
}

/* No live rate, for `refusal`: the price of a fixing is for showing, and firm where the tariff says
 * what it costs (K3). */
static rl_refusal price_by_reference(const rl_exchange *exchange, rl_firmness firmness,
                                     rl_currency from, rl_currency to, rl_refusal refusal,
                                     rl_quote *quote, rl_nearest *nearest)
{
  bool is_firm = rl_price_of_reference_is_firm(exchange->tariff);
  if ((refusal != RL_REFUSAL_NO_RATE && refusal != RL_REFUSAL_STALE_RATE) ||
      (firmness == RL_PRICE_FIRM && !is_firm) ||
      rl_market_snapshot_by_reference(exchange->service->parts.market, from, to,
                                      exchange->arrived, &quote->snapshot) != RL_REFUSAL_NONE)
    return refusal;
  quote->snapshot.firm_refusal = is_firm ? RL_REFUSAL_NONE : refusal;
  rl_refusal priced =
    rl_price(&quote->snapshot, exchange->tariff, &quote->request, &quote->terms, nearest);
  /* A rule in points has no price over two fixings, where its pair's own market would have one. */
  return priced == RL_REFUSAL_NO_TARIFF ? refusal : priced;
}

rl_refusal rl_price_now(const rl_exchange *exchange, rl_firmness firmness, rl_currency from,
                        rl_currency to, rl_quote *quote, rl_nearest *nearest)
{
  const rl_tariff *tariff = exchange->tariff;
  const rl_price_request *request = &quote->request;
  const rl_amount amount = {request->amount_minor,
                            request->fixed == RL_FIXED_SOURCE ? from : to};
  memcpy(quote->request.client, exchange->client, strlen(exchange->client) + 1);
  rl_refusal refusal = rl_market_snapshot_for(exchange->service->parts.market, from, to,
                                              firmness == RL_PRICE_FIRM ? &amount : NULL,
                                              exchange->arrived, &quote->snapshot);
  if (refusal == RL_REFUSAL_NONE)
    refusal = rl_price(&quote->snapshot, tariff, &quote->request, &quote->terms, nearest);
  else
    refusal = price_by_reference(exchange, firmness, from, to, refusal, quote, nearest);
  if (refusal == RL_REFUSAL_NONE) {
    date_quote(exchange, quote);
    return refusal;
  }
  /* The first refusal of the list is the answer, and the tariff's stand before the market's. */
  rl_lock_class lock;
  rl_refusal admission = rl_price_admit(tariff, from, to, &quote->request, &lock);
  return admission != RL_REFUSAL_NONE && admission < refusal ? admission : refusal;
}

void rl_part_refuse_price(rl_exchange *exchange, rl_part *part, rl_refusal refusal,
                          rl_currency from, rl_currency to, const rl_nearest *nearest)
{
  exchange->service->counters.refusals++;
  rl_writer writer = rl_part_open(exchange, part, RL_REPLY_MAX);
  rl_write_price_refusal(exchange, &writer, refusal, from, to, nearest);
  rl_part_close(exchange, part, &writer);
}
