/* What the ledger's keepers ask: exact middles of the market, to value balances at, and movements
 * to be posted. */
#include "service/service_internal.h"

#include <string.h>

static void write_mid(const rl_exchange *exchange, rl_currency from, rl_currency to,
                      rl_writer *writer)
{
  rl_snapshot snapshot;
  rl_refusal refusal = rl_market_snapshot(exchange->service->parts.market, from, to,
                                          exchange->arrived, &snapshot);
  if (refusal == RL_REFUSAL_NONE)
    rl_reply_mid(writer, &snapshot, exchange->arrived.mono);
  else
    rl_write_price_refusal(exchange, writer, refusal, from, to, NULL);
}

/* As with a matrix, that some currencies have no middle is an answer. No tariff is asked: a balance
 * is worth what the market says. */
void rl_answer_mids(rl_exchange *exchange, const rl_request *request, rl_item *item)
{
  rl_part *part = &item->parts[0];
  if (!rl_part_has_room(exchange, part))
    return;
  size_t room = 64 + RL_REPLY_ROW_MAX * (size_t)request->currency_count;
  rl_writer writer = rl_part_open(exchange, part, room);
  rl_reply_open_mids(&writer, request->to, exchange->arrived.utc, request->currency_count);
  for (unsigned i = 0; i < request->currency_count; i++)
    write_mid(exchange, request->currencies[i], request->to, &writer);
  rl_part_close(exchange, part, &writer);
}

/* What may still be written is refused here, a gap before it by the store. */
void rl_answer_exported(rl_exchange *exchange, const rl_request *request, rl_item *item)
{
  rl_part *part = &item->parts[0];
  if (!exchange->is_operator) {
    rl_part_refuse(exchange, part, RL_REFUSAL_FORBIDDEN, NULL, NULL);
    return;
  }
  if (request->before_ms > exchange->arrived.utc.ms - (int64_t)RL_SETTLED_MS) {
    rl_part_refuse(exchange, part, RL_REFUSAL_INVALID_FIELD, "before",
                   "less than two days ago: what is of then may still be written");
    return;
  }
  rl_deferred *deferred = rl_exchange_defer(exchange);
  rl_job *job = &deferred->job;
  job->kind = RL_JOB_EXPORTED;
  job->exported_from_ms = request->since_ms;
  job->exported_before_ms = request->before_ms;
  rl_part_submit(exchange, part, deferred);
}

void rl_answer_post(rl_exchange *exchange, const rl_request *request, rl_item *item)
{
  rl_part *part = &item->parts[0];
  if (!exchange->is_operator) {
    rl_part_refuse(exchange, part, RL_REFUSAL_FORBIDDEN, NULL, NULL);
    return;
  }
  rl_deferred *deferred = rl_exchange_defer(exchange);
  rl_job *job = &deferred->job;
  job->kind = RL_JOB_POST;
  memcpy(job->key, request->key, sizeof job->key);
  job->body = request->body;
  job->movement = request->movement;
  rl_part_submit(exchange, part, deferred);
}
