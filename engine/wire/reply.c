/* Replies about quotes, and refusals. The board and the engine's own figures: board.c. */
#include "wire/reply.h"

#include "wire/terms.h"

void rl_reply_quote(rl_writer *writer, const rl_quote *quote, const uint8_t *token,
                    size_t token_size)
{
  rl_pack_ok(writer, RL_TERMS_ENTRIES + 1);
  rl_pack_terms(writer, quote);
  RL_KEY(writer, "token");
  rl_pack_binary(writer, token, token_size);
}

void rl_reply_indicative(rl_writer *writer, const rl_quote *quote)
{
  rl_pack_ok(writer, RL_INDICATION_ENTRIES);
  rl_pack_indication(writer, quote);
}

void rl_reply_open_matrix(rl_writer *writer, rl_currency to, int64_t amount_minor, uint32_t count)
{
  rl_pack_ok(writer, 3);
  RL_ENTRY(writer, "to", rl_pack_currency, to);
  RL_ENTRY(writer, "amount", rl_pack_i64, amount_minor);
  RL_ENTRY(writer, "items", rl_pack_array, count);
}

void rl_reply_two_way(rl_writer *writer, const uint8_t *sell, size_t sell_size,
                      const uint8_t *buy, size_t buy_size)
{
  rl_pack_ok(writer, 2);
  RL_KEY(writer, "sell");
  rl_append(writer, sell, sell_size);
  RL_KEY(writer, "buy");
  rl_append(writer, buy, buy_size);
}

static const char *state_name(rl_end_kind kind)
{
  switch (kind) {
  case RL_END_CONSUMED: return "consumed";
  case RL_END_CANCELLED: return "cancelled";
  case RL_END_REVOKED: return "revoked";
  }
  return "revoked";
}

/* What is here is in a token's terms alone, so that a receipt is the same bytes whether the quote
 * was read from the record or from the token. */
void rl_reply_end(rl_writer *writer, const rl_quote *quote, const rl_end *end)
{
  const rl_terms *terms = &quote->terms;
  rl_pack_ok(writer, 15);
  RL_ENTRY(writer, "quote", rl_pack_quote_id, quote->id);
  RL_ENTRY(writer, "state", rl_pack_text, state_name(end->kind));
  RL_ENTRY(writer, "at", rl_pack_i64, end->arrived_utc_ms);
  RL_ENTRY(writer, "key", rl_pack_text, end->key);
  RL_ENTRY(writer, "from", rl_pack_currency, terms->source_currency);
  RL_ENTRY(writer, "to", rl_pack_currency, terms->target_currency);
  RL_ENTRY(writer, "charge", rl_pack_i64, terms->charge_minor);
  RL_ENTRY(writer, "source", rl_pack_i64, terms->source_minor);
  RL_ENTRY(writer, "net", rl_pack_i64, terms->net_minor);
  RL_ENTRY(writer, "gross", rl_pack_i64, terms->gross_minor);
  RL_ENTRY(writer, "target", rl_pack_i64, terms->target_minor);
  RL_KEY(writer, "pair");
  rl_pack_pair(writer, terms->base, terms->quote);
  RL_ENTRY(writer, "side", rl_pack_text, rl_side_name(terms->side));
  RL_ENTRY(writer, "client_rate", rl_pack_rate, terms->client_rate);
  RL_ENTRY(writer, "effective_rate", rl_pack_rate, terms->effective_rate);
}

static void pack_by(rl_writer *writer, const rl_end *end)
{
  bool revoked = end->kind == RL_END_REVOKED;
  rl_pack_map(writer, revoked ? 5 : 4);
  RL_ENTRY(writer, "state", rl_pack_text, state_name(end->kind));
  RL_ENTRY(writer, "at", rl_pack_i64, end->arrived_utc_ms);
  RL_ENTRY(writer, "client", rl_pack_text, end->client);
  RL_ENTRY(writer, "key", rl_pack_text, end->key);
  if (revoked)
    RL_ENTRY(writer, "reason", rl_pack_text, end->reason);
}

void rl_reply_show(rl_writer *writer, const rl_quote *quote, const rl_end *end, bool alive)
{
  const char *state = end ? state_name(end->kind) : alive ? "active" : "expired";
  rl_pack_ok(writer, RL_TERMS_ENTRIES + 2);
  RL_ENTRY(writer, "state", rl_pack_text, state);
  RL_KEY(writer, "by");
  if (end)
    pack_by(writer, end);
  else
    rl_pack_nil(writer);
  rl_pack_terms(writer, quote);
}

/* {"ok": false, … with `entries` more entries to follow. */
static void open_refusal(rl_writer *writer, rl_refusal refusal, uint32_t entries)
{
  rl_pack_map(writer, 6 + entries);
  RL_ENTRY(writer, "ok", rl_pack_bool, false);
  RL_ENTRY(writer, "code", rl_pack_text, rl_refusal_name(refusal));
  RL_ENTRY(writer, "number", rl_pack_u64, (uint64_t)refusal);
  RL_ENTRY(writer, "message", rl_pack_text, rl_refusal_sentence(refusal));
  RL_ENTRY(writer, "retry", rl_pack_text, rl_retry_name(rl_refusal_retry(refusal)));
  RL_ENTRY(writer, "retry_after_ms", rl_pack_u64, rl_refusal_retry_after_ms(refusal));
}

void rl_reply_refusal(rl_writer *writer, rl_refusal refusal, const char *path, const char *detail)
{
  bool has_path = path && path[0], has_detail = detail && detail[0];
  open_refusal(writer, refusal, (has_path ? 1u : 0u) + (has_detail ? 1u : 0u));
  if (has_path)
    RL_ENTRY(writer, "path", rl_pack_text, path);
  if (has_detail)
    RL_ENTRY(writer, "detail", rl_pack_text, detail);
}

void rl_reply_ended(rl_writer *writer, rl_refusal refusal, const rl_end *end)
{
  open_refusal(writer, refusal, 1);
  RL_KEY(writer, "by");
  pack_by(writer, end);
}

static void pack_reachable(rl_writer *writer, const rl_reachable *reachable)
{
  if (reachable->source_minor == 0) {
    rl_pack_nil(writer);
    return;
  }
  rl_pack_map(writer, 2);
  RL_ENTRY(writer, "source", rl_pack_i64, reachable->source_minor);
  RL_ENTRY(writer, "target", rl_pack_i64, reachable->target_minor);
}

void rl_reply_price_refusal(rl_writer *writer, rl_refusal refusal, rl_currency from,
                            rl_currency to, const rl_nearest *nearest, const rl_halted *halted)
{
  bool unreachable = refusal == RL_REFUSAL_AMOUNT_UNREACHABLE;
  bool tells_halt = refusal == RL_REFUSAL_PAIR_HALTED && halted;
  open_refusal(writer, refusal, unreachable || tells_halt ? 3 : 2);
  RL_ENTRY(writer, "from", rl_pack_currency, from);
  RL_ENTRY(writer, "to", rl_pack_currency, to);
  if (tells_halt) {
    RL_KEY(writer, "halted");
    rl_pack_halted(writer, halted);
  }
  if (!unreachable)
    return;
  RL_ENTRY(writer, "nearest", rl_pack_map, 2);
  RL_ENTRY(writer, "below", pack_reachable, &nearest->below);
  RL_ENTRY(writer, "above", pack_reachable, &nearest->above);
}
