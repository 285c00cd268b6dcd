/* The currencies of ISO 4217 and their minor units.
 *
 * An rl_currency is a dense index into a table that is fixed when the program is compiled. It
 * is never stored or sent: records and messages carry the three letters. Pure, any thread. */
#pragma once

#include "status/limits.h"
#include "status/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rl_currency {
  uint8_t index; /* 0 is no currency */
} rl_currency;

#define RL_CURRENCY_NONE ((rl_currency){0})
/* Upper bound of an index, exclusive: sizes tables by currency. */
#define RL_CURRENCY_COUNT 192

/* Finds by the alphabetic code: exactly three upper-case letters. RL_NOT_FOUND for anything that
 * ISO 4217 does not list, and for what has no minor unit there (gold, test codes, units of
 * account): money cannot be counted in those. */
RL_MUST_USE rl_status rl_currency_find(const char *code, size_t length, rl_currency *out);

/* The currencies are the indexes 1 … this, for those who must look at all of them. */
unsigned rl_currency_count(void);

/* The three letters and a NUL; "---" for none. Static. */
const char *rl_currency_code(rl_currency currency);
/* The English name. Static. */
const char *rl_currency_name(rl_currency currency);
/* Decimals of the minor unit: 0, 2, 3 or 4. */
unsigned rl_currency_exponent(rl_currency currency);
/* ISO 4217 numeric code. */
unsigned rl_currency_number(rl_currency currency);

static inline bool rl_currency_equal(rl_currency left, rl_currency right)
{
  return left.index == right.index;
}

/* An amount of money. What may be negative (a posting, a residue) says so where it stands. */
typedef struct rl_amount {
  int64_t minor; /* minor units of `currency` */
  rl_currency currency;
} rl_amount;

/* Reads an amount as people type it: digits, optionally one '.' and at most as many decimals as
 * the currency has ("1000", "1000.00", "0.5"). No sign, no exponent, no grouping, no spaces.
 * RL_INVALID for another form, RL_OUT_OF_RANGE for too many decimals or a value outside
 * 1 … RL_AMOUNT_MAX minor units. */
RL_MUST_USE rl_status rl_amount_parse(const char *text, size_t length, rl_currency currency,
                                      rl_amount *out);

/* Writes with all the currency's decimals and a '-' where negative: "1000.00", "161382",
 * "0.001". The whole int64 range. Returns the length. */
#define RL_AMOUNT_TEXT_SIZE 28
size_t rl_amount_format(rl_amount amount, char out[RL_AMOUNT_TEXT_SIZE]);
