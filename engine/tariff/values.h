/* The values of a tariff file: each reader takes the text of one field and gives its meaning or
 * refuses it, naming the field, its line and the remedy. Internal to this room. One thread. */
#pragma once

#include "money/rate.h"
#include "tariff/document.h"

/* The mapping whose fields are being read. */
typedef struct rl_place {
  const rl_document *document;
  rl_error *error;
  char path[64]; /* "" or such as "locks[3]", "rules[2].fees[0].tiers[1]", "examples[1].expect" */
} rl_place;

/* The mapping `key` inside another, and the entry of the list `key`. */
rl_place rl_place_inside(const rl_place *outer, const char *key);
rl_place rl_place_entry(const rl_place *outer, const char *list, unsigned index);
/* Whether the mapping has the key, be its value empty. */
bool rl_place_has(const rl_place *place, const char *key);

/* Refuses field `key` of this mapping, or the mapping itself if `key` is "". */
rl_status rl_place_fail(const rl_place *place, rl_status status, const char *key,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The list `key` has low … high entries. */
RL_MUST_USE rl_status rl_check_count(const rl_place *place, const char *key, unsigned count,
                                     unsigned low, unsigned high);

/* True for a key that is left out or "*". */
bool rl_is_any(const char *text);
/* 1 … RL_NAME_MAX letters, digits, '-', '_' or '.': names go on quotes, into reports and onto
 * command lines, and must read the same in all of them. */
RL_MUST_USE rl_status rl_read_name(const rl_place *place, const char *key, const char *text,
                                   char out[RL_NAME_MAX + 1]);
/* Likewise, 1 … RL_CLIENT_NAME_MAX. */
RL_MUST_USE rl_status rl_read_client(const rl_place *place, const char *key, const char *text,
                                     char out[RL_CLIENT_NAME_MAX + 1]);
/* A path downwards: names of directories and of a file, parted by '/'. */
RL_MUST_USE rl_status rl_read_path(const rl_place *place, const char *key, const char *text,
                                   char out[RL_TARIFF_FILE_MAX + 1]);
/* A whole number and its unit, ms, s, m or h, from one second to RL_TTL_MAX_MS. */
RL_MUST_USE rl_status rl_read_ttl(const rl_place *place, const char *key, const char *text,
                                  uint32_t *out_ms);
/* A whole number, low … high. */
RL_MUST_USE rl_status rl_read_count(const rl_place *place, const char *key, const char *text,
                                    unsigned low, unsigned high, unsigned *out);
/* Basis points from low_e8 to RL_RATIO_E8_MAX. */
RL_MUST_USE rl_status rl_read_bps(const rl_place *place, const char *key, const char *text,
                                  int32_t low_e8, int32_t *out_e8);
/* A number with at most so many decimals, low … high, in units of the last of them. */
typedef struct rl_fixed_range {
  unsigned decimals; /* 1 or 2 */
  int32_t low;
  int32_t high;
} rl_fixed_range;
RL_MUST_USE rl_status rl_read_fixed(const rl_place *place, const char *key, const char *text,
                                    rl_fixed_range range, int32_t *out);
RL_MUST_USE rl_status rl_read_currency(const rl_place *place, const char *key, const char *text,
                                       rl_currency *out);
/* "EURUSD" or "EUR/USD". */
RL_MUST_USE rl_status rl_read_pair(const rl_place *place, const char *key, const char *text,
                                   rl_currency *base, rl_currency *quote);
/* An amount in major units of `currency`, above zero. */
RL_MUST_USE rl_status rl_read_amount(const rl_place *place, const char *key, const char *text,
                                     rl_currency currency, int64_t *out_minor);
/* Likewise, or zero. */
RL_MUST_USE rl_status rl_read_amount_or_zero(const rl_place *place, const char *key,
                                             const char *text, rl_currency currency,
                                             int64_t *out_minor);
RL_MUST_USE rl_status rl_read_rate(const rl_place *place, const char *key, const char *text,
                                   rl_rate *out);
/* Which of `count` words the text is. */
RL_MUST_USE rl_status rl_read_word(const rl_place *place, const char *key, const char *text,
                                   const char *const *words, unsigned count, unsigned *out);
