/* The values of a tariff file: each reader takes the text of one field and gives its meaning or
 * refuses it, naming the field, its line and the remedy. Internal to this room. One thread. */
#pragma once

#include "money/rate.h"
#include "tariff/document.h"

/* The mapping whose fields are being read. */
typedef struct rl_place {
  const rl_document *document;
  rl_error *error;
  char path[64]; /* "", "locks[3]", "rules[2]" or "rules[2].fees[0]" */
} rl_place;

/* Refuses field `key` of this mapping, or the mapping itself if `key` is "". */
rl_status rl_place_fail(const rl_place *place, rl_status status, const char *key,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));

/* 1 … RL_NAME_MAX letters, digits, '-', '_' or '.': names go on quotes, into reports and onto
 * command lines, and must read the same in all of them. */
RL_MUST_USE rl_status rl_read_name(const rl_place *place, const char *key, const char *text,
                                   char out[RL_NAME_MAX + 1]);
/* A whole number and its unit, ms, s, m or h, from one second to RL_TTL_MAX_MS. */
RL_MUST_USE rl_status rl_read_ttl(const rl_place *place, const char *key, const char *text,
                                  uint32_t *out_ms);
/* A whole number, low … high, high < 100. */
RL_MUST_USE rl_status rl_read_count(const rl_place *place, const char *key, const char *text,
                                    unsigned low, unsigned high, unsigned *out);
/* Basis points from low_e8 to RL_RATIO_E8_MAX. */
RL_MUST_USE rl_status rl_read_bps(const rl_place *place, const char *key, const char *text,
                                  int32_t low_e8, int32_t *out_e8);
RL_MUST_USE rl_status rl_read_currency(const rl_place *place, const char *key, const char *text,
                                       rl_currency *out);
/* An amount in major units of `currency`. */
RL_MUST_USE rl_status rl_read_amount(const rl_place *place, const char *key, const char *text,
                                     rl_currency currency, int64_t *out_minor);
/* Which of `count` words the text is. */
RL_MUST_USE rl_status rl_read_word(const rl_place *place, const char *key, const char *text,
                                   const char *const *words, unsigned count, unsigned *out);
