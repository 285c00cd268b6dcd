/* Replies: what the engine answers, encoded to msgpack (PROTOCOL.md has every key).
 *
 * An answer is a map: {"ok": true, …} or {"ok": false, "code": …, "number": …, "message": …,
 * "retry": …, "retry_after_ms": …, …}. Each of these functions is a pure function of its
 * arguments, so that a repeated request gets the byte-identical item (L4). */
#pragma once

#include "exposure/exposure.h"
#include "market/triangle.h"
#include "store/store.h"
#include "tariff/tariffs.h"
#include "wire/json.h"
#include "wire/request.h"

/* No answer about one quote or refusal is longer, but for a two-way quote: twice that. */
#define RL_REPLY_MAX 4096 /* bytes */
/* No row of the board or the sources is longer. */
#define RL_REPLY_ROW_MAX 768 /* bytes */

/* A locked quote with its whole ladder, fees and token. */
void rl_reply_quote(rl_writer *writer, const rl_quote *quote, const uint8_t *token,
                    size_t token_size);
/* A price that nothing holds: the same but for id, expiry and token. */
void rl_reply_indicative(rl_writer *writer, const rl_quote *quote);
/* Up to where all has been exported, and from where on all is kept, ms UTC. */
void rl_reply_exported(rl_writer *writer, int64_t exported_before_ms, int64_t kept_from_ms);
/* Opens {"ok": true, "to": …, "amount": …, "items": [: `count` indicative prices or refusals of one
 * are to follow. */
void rl_reply_open_matrix(rl_writer *writer, rl_currency to, int64_t amount_minor, uint32_t count);
/* Both halves of a two-way quote: {"ok": true, "sell": {quote}, "buy": {quote}}. The halves are
 * the bytes that rl_reply_quote wrote. */
void rl_reply_two_way(rl_writer *writer, const uint8_t *sell, size_t sell_size,
                      const uint8_t *buy, size_t buy_size);
/* The receipt of an accept or cancel: the quote's amounts, the end's state, instant and key. The
 * same bytes from a token's terms as from the record. */
void rl_reply_end(rl_writer *writer, const rl_quote *quote, const rl_end *end);
/* A quote as it stands: its terms and "state": active, consumed, cancelled, revoked, expired.
 * `end` is NULL unless it has ended. */
void rl_reply_show(rl_writer *writer, const rl_quote *quote, const rl_end *end, bool alive);
/* What was posted, under its number in the ledger: a pure function of the stored transaction. */
void rl_reply_posted(rl_writer *writer, uint64_t number, const rl_transaction *transaction);
/* Opens {"ok": true, "to": …, "at": …, "items": [: `count` mids or refusals are to follow. */
void rl_reply_open_mids(rl_writer *writer, rl_currency to, rl_utc at, uint32_t count);
/* The way from snapshot->from to `to`, leg by leg, each with its exact middle. */
void rl_reply_mid(rl_writer *writer, const rl_snapshot *snapshot, rl_mono now);
/* A refusal. `path` and `detail` may be NULL or empty: they are left out then. */
void rl_reply_refusal(rl_writer *writer, rl_refusal refusal, const char *path, const char *detail);
/* QUOTE_CONSUMED, QUOTE_CANCELLED or QUOTE_REVOKED with who, when and under which key, and if
 * revoked, why. */
void rl_reply_ended(rl_writer *writer, rl_refusal refusal, const rl_end *end);

/* How a pair is halted (K4). By hand and by its breaker are two of them. */
typedef struct rl_halted {
  const char *pair;                /* its name, as long as the universe lives */
  uint8_t scale;                   /* of its rates */
  bool by_hand;
  char by[RL_CLIENT_NAME_MAX + 1]; /* the operator; "" of a breaker */
  char reason[RL_REASON_MAX + 1];  /* for people */
  int64_t since_utc_ms;
  rl_trip trip;                    /* of a breaker */
  int64_t until_utc_ms;            /* of a breaker: when it may let go, at the earliest */
} rl_halted;

/* A refusal of a price, with the currencies it is about; of AMOUNT_UNREACHABLE also the amounts
 * that can be had, and of PAIR_HALTED how the leg is halted, unless NULL. Neither is looked at with
 * others. */
void rl_reply_price_refusal(rl_writer *writer, rl_refusal refusal, rl_currency from,
                            rl_currency to, const rl_nearest *nearest, const rl_halted *halted);

/* What the desk took back, as the store keeps it: so a repeat's answer is the same bytes. How many
 * quotes that came to is no part of it, since a token may still bring one more. */
void rl_reply_revocation(rl_writer *writer, const rl_revocation *revocation);
/* The entries of that map but `ok`, for rows of them. */
#define RL_REVOCATION_ENTRIES 10
void rl_pack_revocation(rl_writer *writer, const rl_revocation *revocation);

/* What was halted or let go by hand, as the store keeps it: a repeat's answer is the same bytes. */
void rl_reply_halt(rl_writer *writer, const rl_halt *halt);
/* The entries of that map but `ok`, for rows of them. */
#define RL_HALT_ENTRIES 7
void rl_pack_halt(rl_writer *writer, const rl_halt *halt);
/* One halted pair: a whole map. */
void rl_pack_halted(rl_writer *writer, const rl_halted *halted);

/* What a revoke asks for; by whom and when is for others to say. */
rl_revocation rl_revocation_asked(const rl_request *request);

/* Opens {"ok": true, NAME: [: `count` rows are to follow. */
void rl_reply_open_rows(rl_writer *writer, const char *name, uint32_t count);
/* One row of the board: a pair's composite with its age and its session at `now`; and how it is
 * halted, unless NULL. */
void rl_reply_spread_row(rl_writer *writer, const rl_universe *universe,
                         const rl_composite *composite, const rl_halted *halted, rl_now now);
/* One triangle: its pairs, and what the trips round it earn. */
void rl_reply_triangle_row(rl_writer *writer, const rl_universe *universe,
                           const rl_triangle_info *info);
/* One source: what became of its ticks. */
void rl_reply_source_row(rl_writer *writer, const rl_universe *universe,
                         const rl_source_info *info, rl_mono now);
/* One source's view of one pair. */
void rl_reply_source_pair_row(rl_writer *writer, const rl_universe *universe, rl_pair pair,
                              const char *source_name, const rl_source_pair_stats *stats,
                              rl_mono now);

/* A counter or a level, by a name of at most 31 bytes. */
typedef struct rl_figure {
  const char *name;
  uint64_t value;
} rl_figure;

/* {"ok": true, NAME: value, …} */
void rl_reply_stats(rl_writer *writer, const rl_figure *figures, size_t count);
/* Encoded rows of an array. */
typedef struct rl_encoded_rows {
  const uint8_t *bytes;
  size_t size; /* bytes */
  uint32_t count;
} rl_encoded_rows;

/* What an answer about exposure says besides its rows. */
typedef struct rl_exposure_head {
  rl_currency reporting;
  int64_t ticket_minor;     /* or RL_NOTIONAL_UNCAPPED */
  bool of_all;              /* for an operator: what follows is shown */
  rl_exposure_sum total;
  uint64_t accepted_unseen; /* since start */
} rl_exposure_head;

/* {"ok": true, "reporting": …, "clients": [rows], "pairs": [rows]} */
void rl_reply_exposure(rl_writer *writer, const rl_exposure_head *head, rl_encoded_rows clients,
                       rl_encoded_rows pairs);
/* What is used and left of a client's caps, and of a pair's, which is named by convention. */
void rl_reply_exposure_client_row(rl_writer *writer, const rl_exposure_row *row);
void rl_reply_exposure_pair_row(rl_writer *writer, const rl_universe *universe,
                                const rl_exposure_row *row);
/* The tariff in force and, if there is one, the trial beside it: name, content hash, text as it was
 * loaded; and the trial's percent of the clients. */
void rl_reply_tariff(rl_writer *writer, const rl_tariffs *tariffs);
/* The same without the texts: what a reload put in force. */
void rl_reply_reload(rl_writer *writer, const rl_in_force *in_force);
/* Who answers, whether it can quote, and whether it records its market: "recording", "stopped" or
 * "off". */
void rl_reply_ping(rl_writer *writer, const rl_store_id *store, rl_engine_id engine, bool ready,
                   unsigned pairs_priced, const char *tape, rl_utc now);
