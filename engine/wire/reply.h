/* Replies: what the engine answers, encoded to msgpack (PROTOCOL.md has every key).
 *
 * An answer is a map: {"ok": true, …} or {"ok": false, "code": …, "number": …, "message": …,
 * "retry": …, "retry_after_ms": …, …}. Each of these functions is a pure function of its
 * arguments, so that a repeated request gets the byte-identical item (L4). */
#pragma once

#include "market/market.h"
#include "store/store.h"
#include "wire/request.h"

/* A locked quote with its whole ladder, fees and token. */
void rl_reply_quote(rl_writer *writer, const rl_quote *quote, const uint8_t *token,
                    size_t token_size);
/* Both halves of a two-way quote: {"ok": true, "sell": {quote}, "buy": {quote}}. The halves are
 * the bytes that rl_reply_quote wrote. */
void rl_reply_two_way(rl_writer *writer, const uint8_t *sell, size_t sell_size,
                      const uint8_t *buy, size_t buy_size);
/* The receipt of an accept or cancel: the quote's amounts, the end's instant, client and key. */
void rl_reply_end(rl_writer *writer, const rl_quote *quote, const rl_end *end);
/* A quote as it stands: its terms and "state": active, consumed, cancelled, revoked, expired. */
void rl_reply_show(rl_writer *writer, const rl_quote *quote, const rl_end *end, bool alive);
/* A refusal. `path` and `detail` may be NULL. */
void rl_reply_refusal(rl_writer *writer, rl_refusal refusal, const char *path, const char *detail);
/* QUOTE_CONSUMED, QUOTE_CANCELLED or QUOTE_REVOKED with who, when and under which key. */
void rl_reply_ended(rl_writer *writer, rl_refusal refusal, const rl_end *end);
/* AMOUNT-like refusals carry nothing more; STALE_RATE and its kin name the currencies. */
void rl_reply_market_refusal(rl_writer *writer, rl_refusal refusal, rl_currency from,
                             rl_currency to);

/* One row of the board; the caller has opened the array. */
void rl_reply_spread_row(rl_writer *writer, const rl_universe *universe,
                         const rl_composite *composite, rl_mono now);
void rl_reply_source_row(rl_writer *writer, const rl_source_info *info, rl_mono now);
void rl_reply_source_pair_row(rl_writer *writer, const rl_universe *universe, rl_pair pair,
                              const char *source_name, const rl_source_pair_stats *stats,
                              rl_mono now);

/* msgpack to JSON text: maps, arrays and scalars as they are; binary as base64url text. Total;
 * RL_INVALID for bytes that are not one msgpack value, RL_FULL when `out` is too small. `indent`
 * spaces per level, 0 for one line. *length excludes the NUL. */
RL_MUST_USE rl_status rl_json_from_msgpack(const void *bytes, size_t size, unsigned indent,
                                           char *out, size_t out_size, size_t *length);
