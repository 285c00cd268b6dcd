/* The limits of one engine: how much may be locked at one time (design L5).
 *
 * The file is lines of words; '#' starts a comment:
 *
 *   reporting USD                      the currency of all amounts here, and of what is counted;
 *                                      USD where the line is left out; before the first amount
 *   ticket    5000000.00               the largest worth of one quote
 *   client    checkout locks=20000 notional=250000000.00
 *   client    *        locks=500       each other client, for itself
 *   pair      EURUSD   notional=900000000.00
 *   pair      *        locks=50000     each other pair, for itself
 *
 * A line of a client or pair says the most open locks, the most that they are worth together, or
 * both; what is not said has no cap. A pair is two currencies in either order, with a market of
 * its own or not. Amounts are decimal, of 1 … RL_AMOUNT_MAX minor units.
 *
 * Immutable once parsed: any thread reads it. */
#pragma once

#include "money/currency.h"
#include "status/error.h"

/* No cap. */
#define RL_LOCKS_UNCAPPED UINT32_MAX
#define RL_NOTIONAL_UNCAPPED INT64_MAX
/* The most open locks that a file may name: as many as digits that are read. */
#define RL_CAP_LOCKS_MAX 999999999u

typedef struct rl_cap {
  int64_t notional_minor; /* of the reporting currency; RL_NOTIONAL_UNCAPPED: any */
  uint32_t locks;         /* open at one time; RL_LOCKS_UNCAPPED: any */
} rl_cap;

/* Two currencies, in no order, as a dense number. */
typedef struct rl_pair_number {
  uint16_t index;
} rl_pair_number;
#define RL_PAIR_NUMBER_COUNT (RL_CURRENCY_COUNT * RL_CURRENCY_COUNT)
_Static_assert(RL_PAIR_NUMBER_COUNT <= UINT16_MAX, "a pair's number fits");

rl_pair_number rl_pair_number_of(rl_currency left, rl_currency right);
void rl_pair_number_split(rl_pair_number pair, rl_currency *first, rl_currency *second);

typedef struct rl_limits rl_limits;

/* Parses `text`; `file` names it in errors. On success the caller owns *out. */
RL_MUST_USE rl_status rl_limits_parse(const char *text, size_t length, const char *file,
                                      rl_limits **out, rl_error *error);
/* The same from a file; with NULL, the limits of an engine that has none: USD, no caps. */
RL_MUST_USE rl_status rl_limits_load(const char *path, rl_limits **out, rl_error *error);
void rl_limits_destroy(rl_limits *limits);

rl_currency rl_limits_reporting(const rl_limits *limits);
/* Where the file says so; 0 where it is left out. */
unsigned rl_limits_reporting_line(const rl_limits *limits);
int64_t rl_limits_ticket(const rl_limits *limits); /* minor units, or RL_NOTIONAL_UNCAPPED */

/* The cap of a client or pair: the one that names it, else that of each other one. */
rl_cap rl_limits_client(const rl_limits *limits, const char *name);
rl_cap rl_limits_pair(const rl_limits *limits, rl_pair_number pair);

/* Those that are named, in order of name or number. */
unsigned rl_limits_client_count(const rl_limits *limits);
const char *rl_limits_client_name(const rl_limits *limits, unsigned index);
unsigned rl_limits_pair_count(const rl_limits *limits);
rl_pair_number rl_limits_pair_at(const rl_limits *limits, unsigned index);
