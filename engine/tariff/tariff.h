/* The tariff: what a client pays, by customer tier and corridor. An immutable snapshot made from
 * a YAML text, named by the content hash of that text, which is on every quote.
 *
 *   tariff: retail-2026          # name, 1 … RL_NAME_MAX
 *   rate_digits: 10              # significant digits of a client rate, 4 … 10; default 10
 *   default_tier: standard       # tier of a request that names none; default "standard"
 *   locks:                       # what is offered, ascending
 *     - { ttl: 30s, premium_bps: 0 }   # a whole number of ms, s, m or h; default 0 bps
 *     - { ttl: 1h, premium_bps: 12.5 }
 *   default_ttl: 30s             # one of the locks; default the shortest
 *   rules:
 *     - name: standard           # of the markup line and in explain
 *       tier: standard           # default "*": any
 *       from: USD                # default "*": any
 *       to: EUR
 *       markup_bps: 50           # default 0; below zero a discount
 *       fees:
 *         - { name: service, kind: flat, amount: 1.50 }
 *         - { name: transfer, kind: bps, bps: 40, min: 0.99, max: 50.00, mode: on_top }
 *         - { name: payout, kind: flat, side: target, amount: 1.00 }
 *
 * Amounts are in the major unit of the side's currency, which the rule must then name. `side` is
 * source by default, `mode` deducted (target fees are always deducted). Names are letters,
 * digits, '-', '_' and '.'. The text is plain YAML: one document, no tabs, anchors, aliases, tags
 * or directives.
 *
 * Which rule applies: tier before corridor, and of the corridor `from` before `to`: of the rules
 * that match, the one that names the tier; then the one that names the source currency; then the
 * one that names the target currency. Two rules that name the same three things are a tie:
 * refused at load, with both lines.
 *
 * Also refused at load, with file, line and field: unknown keys, keys given twice, wrong types,
 * unknown currencies, amounts with more decimals than the currency, keys that the fee's kind does
 * not have, target fees on top, two bps items on the target side (M5), source bps that sum to more
 * than a half, min above max, locks not ascending, cheaper than a shorter one or beyond
 * RL_TTL_MAX_MS, a markup that with the dearest lock's premium exceeds a half, a rule from a
 * currency to itself, a default tier that no rule is for, and all beyond status/limits.h. */
#pragma once

#include "crypto/crypto.h"
#include "money/rate.h"
#include "status/error.h"

typedef enum rl_fee_kind { RL_FEE_FLAT, RL_FEE_BPS } rl_fee_kind;
typedef enum rl_fee_side { RL_FEE_SOURCE, RL_FEE_TARGET } rl_fee_side;
typedef enum rl_fee_mode { RL_FEE_DEDUCTED, RL_FEE_ON_TOP } rl_fee_mode;

typedef struct rl_fee {
  char name[RL_NAME_MAX + 1];
  rl_fee_kind kind;
  rl_fee_side side;
  rl_fee_mode mode;
  int64_t flat_minor; /* RL_FEE_FLAT: minor units of the side's currency */
  int32_t ratio_e8;   /* RL_FEE_BPS: units of 10^-8, 0 … RL_RATIO_E8_MAX */
  int64_t min_minor;  /* RL_FEE_BPS: floor; 0 if none */
  int64_t max_minor;  /* RL_FEE_BPS: cap; RL_AMOUNT_MAX if none */
} rl_fee;

typedef struct rl_rule {
  char name[RL_NAME_MAX + 1];
  char tier[RL_NAME_MAX + 1]; /* "" matches any */
  rl_currency from;           /* RL_CURRENCY_NONE matches any */
  rl_currency to;
  int32_t markup_e8;          /* units of 10^-8, -RL_RATIO_E8_MAX … RL_RATIO_E8_MAX */
  unsigned fee_count;         /* 0 … RL_FEES_MAX */
  rl_fee fees[RL_FEES_MAX];
  unsigned line;              /* in the file, for messages */
} rl_rule;

typedef struct rl_lock_class {
  uint32_t ttl_ms;     /* 1000 … RL_TTL_MAX_MS */
  int32_t premium_e8;  /* units of 10^-8, 0 … RL_RATIO_E8_MAX */
} rl_lock_class;

typedef struct rl_tariff rl_tariff; /* immutable; shared by all threads */

/* Parses `text`; `file` names it in errors (NULL: "tariff"). On success the caller owns *out.
 *   RL_INVALID       not plain YAML, a key missing, a value of another form, rules that contradict
 *   RL_OUT_OF_RANGE  a number, length or count beyond its limit
 *   RL_NOT_FOUND     an unknown key or currency, a default that names nothing
 *   RL_EXISTS        a key given twice, two rules for the same requests
 *   RL_NO_MEMORY */
RL_MUST_USE rl_status rl_tariff_parse(const char *text, size_t length, const char *file,
                                      rl_tariff **out, rl_error *error);
/* The tariff compiled into the program. */
const char *rl_tariff_builtin_text(void);
void rl_tariff_destroy(rl_tariff *tariff);

const char *rl_tariff_name(const rl_tariff *tariff);
rl_digest rl_tariff_digest(const rl_tariff *tariff);
/* The text as it was parsed, to be kept in the store beside the quotes that name its hash. */
const char *rl_tariff_text(const rl_tariff *tariff, size_t *length);
unsigned rl_tariff_rate_digits(const rl_tariff *tariff);
unsigned rl_tariff_rule_count(const rl_tariff *tariff);
const rl_rule *rl_tariff_rule(const rl_tariff *tariff, unsigned index);
unsigned rl_tariff_lock_count(const rl_tariff *tariff);
const rl_lock_class *rl_tariff_lock(const rl_tariff *tariff, unsigned index);

/* The rule for a request by the precedence above; NULL if none matches. `tier` of length 0 asks
 * for the default tier. Constant time in the number of rules. */
const rl_rule *rl_tariff_match(const rl_tariff *tariff, const char *tier, size_t tier_length,
                               rl_currency from, rl_currency to);
/* The tier's name that a request without one gets. */
const char *rl_tariff_default_tier(const rl_tariff *tariff);

/* The shortest offered lock of at least `ttl_ms` (L2); 0 asks for the default. False if none is
 * long enough. */
bool rl_tariff_lock_for(const rl_tariff *tariff, uint32_t ttl_ms, rl_lock_class *out);
