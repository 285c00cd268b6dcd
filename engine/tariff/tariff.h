/* The tariff: what a client pays, by who asks, what for and how much. An immutable snapshot made
 * from a YAML text, named by the content hash of that text, which is on every quote.
 *
 *   tariff: retail-2026          # name, 1 … RL_NAME_MAX
 *   rate_digits: 10              # significant digits of a client rate, 4 … 10; default 10
 *   default_tier: standard       # tier of a request that names none; default "standard"
 *   locks:                       # what is offered, ascending
 *     - { ttl: 30s, premium_bps: 0 }   # a whole number of ms, s, m or h; default 0 bps
 *     - { ttl: 1h, premium_bps: 12.5 }
 *   default_ttl: 30s             # one of the locks; default the shortest
 *   lock_premium:                # instead of the locks' premium_bps: k x sigma x sqrt(ttl)
 *     { volatility_multiple: 1.5, floor_bps: 0.5, cap_bps: 60 }
 *   surcharges:                  # extra markup, a line of the ladder each; one of each `when`
 *     - { name: weekend, when: closed, markup_bps: 25 }
 *     - { name: thin, when: sources_below, bound: 3, markup_bps: 5 }
 *     - { name: ageing, when: age_above, bound: 80, markup_bps: 3 }   # percent of max_age_ms
 *     - { name: fixing, when: reference, markup_bps: 100 }   # no live rate; without it, not firm
 *   payout_increments:           # what a payee can be paid is a multiple of this
 *     - { currency: HUF, increment: 1.00 }
 *   trial: { file: new.yaml, percent: 10 }   # another tariff for some clients (tariffs.h)
 *   rules:
 *     - name: standard           # of the markup line and in explain
 *       client: checkout         # keys that match; default "*": any
 *       tier: standard
 *       method: card             # payment method
 *       from: USD                # the corridor
 *       to: EUR
 *       pair: EURUSD             # instead of from and to: both directions
 *       amount_from: 0           # a band of the amount: the first it holds for, default 0,
 *       amount_below: 1000.00    # and the first it does not, default none; needs `from`
 *       markup_bps: 50           # default 0; or markup_bid_bps and markup_ask_bps
 *       markup_points: 1.5       # pips, for a pair with a market of its own; or markup_bid_points
 *                                # and markup_ask_points
 *       disclosure_decimals: 4   # 2 … 4: shows the client rate rounded to so many, too
 *       fees:
 *         - { name: service, kind: flat, amount: 1.50 }
 *         - { name: transfer, kind: bps, bps: 40, min: 0.99, max: 50.00, mode: on_top }
 *         - { name: payout, kind: flat, side: target, amount: 1.00 }
 *         - { name: volume, kind: graduated,          # each tier's bps on its part of the amount
 *             tiers: [ { from: 0, bps: 60 }, { from: 1000.00, bps: 40 } ] }
 *         - { name: size, kind: slab,                 # the tier of the amount, on all of it
 *             tiers: [ { from: 0, amount: 2.00 }, { from: 500.00, bps: 50 } ] }
 *         - { name: least, kind: greater_of, of: [ { amount: 2.50 }, { bps: 35 } ] }
 *   waivers:                     # a fee not taken; the first that matches is named on the quote
 *     - { name: welcome, fee: service, tier: gold, from: EUR, amount_from: 1000.00 }
 *   examples:                    # proved at each load (pricing/examples.h)
 *     - name: retail
 *       market: [ { pair: EURUSD, bid: 1.1250, ask: 1.1252 } ]   # legs, from source to target
 *       from: USD
 *       to: EUR
 *       amount: 1000.00
 *       fix: source              # default source
 *       expect:
 *         client_rate: 1.1297008
 *         charge: 1000.00
 *         source: 1000.00
 *         net: 995.00
 *         gross: 880.76
 *         target: 880.76
 *         residue: 0
 *         fees: [ { name: service, amount: 5.00 } ]
 *
 * An example may also say base (of the pair in market convention, where there are several legs;
 * else the leg's), ttl, client, tier, method, pip (decimals of one pip, default 4), closed (yes or
 * no), reference (yes or no), sources, age_percent, volatility_ppm; instead of all amounts,
 * `expect: { refused: CODE }`.
 *
 * Amounts are in the major unit of the side's currency, which the rule must then name by `from` or
 * `to`. `side` is source by default, `mode` deducted (target fees are always deducted). Names are
 * letters, digits, '-', '_' and '.'. The text is plain YAML: one document, no tabs, anchors,
 * aliases, tags or directives.
 *
 * Which rule applies: of the rules that match, the most specific, by the first of these that
 * decides: it names the client; the tier; the payment method; both ends of the corridor; the pair;
 * the source currency; the target currency. Rules that name the same keys with the same values
 * must part the amounts between them in bands, without overlap (a tie) or gap, from 0 on: refused
 * at load otherwise, with both lines. Bands are of the source currency; a fixed target counts with
 * its worth at mid, rounded down (M5).
 *
 * Also refused at load, with file, line and field: unknown keys, keys given twice, wrong types,
 * unknown currencies and pairs, amounts with more decimals than the currency, keys that the fee's
 * kind does not have, two fees of one name in a rule, target fees on top, a slab or a second
 * rounding item on the target side (M5), source bps that sum to more than a half, min above max,
 * tiers or locks not ascending, tiers that do not start at 0, a lock cheaper than a shorter one or
 * beyond RL_TTL_MAX_MS, a price that with all surcharges and the dearest lock exceeds a half, or
 * with the cheapest is below zero; a rule that nobody can reach (from a currency to itself; one
 * before which, whatever the two currencies, another with the same client, tier and method goes,
 * such as a pair whose two directions both have rules of their own); a waiver that no rule with
 * its fee meets; points on a rule that names no pair; a default tier that no rule is for; and all
 * beyond status/limits.h. */
#pragma once

#include "crypto/crypto.h"
#include "market/market.h"

typedef enum rl_fee_kind {
  RL_FEE_FLAT,       /* parts[0].flat_minor */
  RL_FEE_BPS,        /* parts[0].ratio_e8 of the base */
  RL_FEE_GRADUATED,  /* each part's ratio on what of the base lies in it, summed, rounded once */
  RL_FEE_SLAB,       /* of the part that the base lies in, flat or ratio of all of the base */
  RL_FEE_GREATER_OF, /* the greatest of the parts, each rounded */
} rl_fee_kind;
typedef enum rl_fee_side { RL_FEE_SOURCE, RL_FEE_TARGET } rl_fee_side;
typedef enum rl_fee_mode { RL_FEE_DEDUCTED, RL_FEE_ON_TOP } rl_fee_mode;
/* Which amount the request states and the quote keeps (M4). */
typedef enum rl_fixed { RL_FIXED_SOURCE, RL_FIXED_TARGET } rl_fixed;

typedef struct rl_fee_part {
  int64_t from_minor; /* tiers: the first base amount that lies in it, rising, 0 for the first */
  int64_t flat_minor; /* minor units of the side's currency; 0 where the part is a ratio */
  int32_t ratio_e8;   /* units of 10^-8, 0 … RL_RATIO_E8_MAX; 0 where the part is flat */
} rl_fee_part;

typedef struct rl_fee {
  char name[RL_NAME_MAX + 1];
  rl_fee_kind kind;
  rl_fee_side side;
  rl_fee_mode mode;
  int64_t min_minor;  /* floor; 0 if none */
  int64_t max_minor;  /* cap; RL_AMOUNT_MAX if none */
  unsigned part_count; /* 1 for flat and bps, else 1 … RL_FEE_PARTS_MAX */
  rl_fee_part parts[RL_FEE_PARTS_MAX];
} rl_fee;

/* Who and what a rule or a waiver is for: every key that it names must match. */
typedef struct rl_scope {
  char client[RL_CLIENT_NAME_MAX + 1]; /* "" matches any, here and below */
  char tier[RL_NAME_MAX + 1];
  char method[RL_NAME_MAX + 1];
  rl_currency from;           /* RL_CURRENCY_NONE matches any */
  rl_currency to;
  rl_currency pair_base;      /* both given, or both RL_CURRENCY_NONE; never beside from or to */
  rl_currency pair_quote;
  int64_t amount_from_minor;  /* the band [from, below) of the source amount, minor units */
  int64_t amount_below_minor; /* RL_AMOUNT_MAX + 1 if without end */
} rl_scope;

/* What one side of the market pays on the core rate. */
typedef struct rl_markup {
  int32_t e8;        /* units of 10^-8, -RL_RATIO_E8_MAX … RL_RATIO_E8_MAX */
  int32_t points_e1; /* tenths of a pip, 0 … RL_POINTS_E1_MAX; 0 unless the pair is named */
} rl_markup;

typedef struct rl_rule {
  char name[RL_NAME_MAX + 1];
  rl_scope scope;
  rl_markup markups[2];         /* by rl_side: from the bid, from the ask */
  uint8_t disclosure_decimals;  /* 2 … 4; 0 for none */
  unsigned fee_count;           /* 0 … RL_FEES_MAX */
  unsigned line;                /* in the file, for messages */
  rl_fee fees[RL_FEES_MAX];
} rl_rule;

typedef struct rl_waiver {
  char name[RL_NAME_MAX + 1];
  char fee[RL_NAME_MAX + 1]; /* the item that is not taken */
  rl_scope scope;
  unsigned line;
} rl_waiver;

typedef enum rl_surcharge_when {
  RL_WHEN_CLOSED,        /* a leg's market is outside its opening hours */
  RL_WHEN_SOURCES_BELOW, /* a leg has fewer fresh sources than `bound` */
  RL_WHEN_AGE_ABOVE,     /* a leg's rate is older than `bound` percent of its max_age_ms */
  RL_WHEN_REFERENCE,     /* the price is a fixing's (K3); then the two before are not taken */
} rl_surcharge_when;
#define RL_SURCHARGE_WHENS 4

typedef struct rl_surcharge {
  char name[RL_NAME_MAX + 1]; /* "" : the tariff has none of this kind */
  unsigned bound;             /* sources 2 … RL_SOURCES_PER_PAIR_MAX, or percent 1 … 99; else 0 */
  int32_t e8;                 /* units of 10^-8, 0 … RL_RATIO_E8_MAX */
} rl_surcharge;

typedef struct rl_lock_class {
  uint32_t ttl_ms;     /* 1000 … RL_TTL_MAX_MS */
  int32_t premium_e8;  /* units of 10^-8, 0 … RL_RATIO_E8_MAX; 0 where it goes by volatility */
} rl_lock_class;

/* premium = multiple x sigma x sqrt(ttl), sigma the pair's realised volatility per square root of
 * a day, held between floor and cap; the cap where the volatility is not known (L2). */
typedef struct rl_lock_premium {
  bool by_volatility;   /* false: each lock class states its own */
  int32_t multiple_e2;  /* hundredths, 1 … 1000 */
  int32_t floor_e8;     /* units of 10^-8, 0 … cap_e8 */
  int32_t cap_e8;       /* units of 10^-8, 0 … RL_RATIO_E8_MAX */
} rl_lock_premium;

/* One worked example: request and market in, every amount out. */
typedef struct rl_example {
  char name[RL_NAME_MAX + 1];
  unsigned line;
  /* in */
  rl_snapshot snapshot;       /* legs without ticks; conditions as stated, or open, 255 sources,
                                 age 0, volatility unknown */
  rl_fixed fixed;
  int64_t amount_minor;
  uint32_t ttl_ms;            /* 0: the default */
  char client[RL_CLIENT_NAME_MAX + 1];
  char tier[RL_NAME_MAX + 1];
  char method[RL_NAME_MAX + 1];
  /* out */
  rl_refusal refused;         /* the fields below say nothing unless NONE */
  rl_rate client_rate;
  int64_t charge_minor;
  int64_t source_minor;
  int64_t net_minor;
  int64_t gross_minor;
  int64_t target_minor;
  int64_t residue_minor;
  unsigned fee_count;         /* all of the rule's, in its order; a waived one is 0 */
  struct {
    char name[RL_NAME_MAX + 1];
    int64_t amount_minor;
  } fees[RL_FEES_MAX];
} rl_example;

typedef struct rl_tariff rl_tariff; /* immutable; shared by all threads */

/* Parses `text`; `file` names it in errors (NULL: "tariff"). On success the caller owns *out.
 *   RL_INVALID       not plain YAML, a key missing, a value of another form, rules that contradict
 *   RL_OUT_OF_RANGE  a number, length or count beyond its limit
 *   RL_NOT_FOUND     an unknown key or currency, a default that names nothing
 *   RL_EXISTS        a key given twice, two rules for the same requests
 *   RL_NO_MEMORY */
RL_MUST_USE rl_status rl_tariff_parse(const char *text, size_t length, const char *file,
                                      rl_tariff **out, rl_error *error);
/* Whether each pair that the tariff names is one of `universe`, in its convention, with a market
 * of its own where points are taken on it, and an example of such points with the pair and the pip
 * of that market. RL_NOT_FOUND with the line. Apart from parsing, since an old tariff must be read
 * long after its universe is gone. */
RL_MUST_USE rl_status rl_tariff_check_pairs(const rl_tariff *tariff, const rl_universe *universe,
                                            const char *file, rl_error *error);
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
const rl_lock_premium *rl_tariff_lock_premium(const rl_tariff *tariff);
/* name "" where there is none of this kind. */
const rl_surcharge *rl_tariff_surcharge(const rl_tariff *tariff, rl_surcharge_when when);
unsigned rl_tariff_waiver_count(const rl_tariff *tariff);
const rl_waiver *rl_tariff_waiver(const rl_tariff *tariff, unsigned index);
unsigned rl_tariff_example_count(const rl_tariff *tariff);
const rl_example *rl_tariff_example(const rl_tariff *tariff, unsigned index);
/* What a payout in this currency is a multiple of, in minor units; 1 where nothing is said. */
int64_t rl_tariff_payout_increment(const rl_tariff *tariff, rl_currency currency);
/* The tariff on trial beside this one, relative to this one's directory; NULL if none. */
const char *rl_tariff_trial_file(const rl_tariff *tariff);
unsigned rl_tariff_trial_percent(const rl_tariff *tariff); /* of the clients, 0 … 100 */
unsigned rl_tariff_trial_line(const rl_tariff *tariff); /* in the file, for messages; 0 if none */
/* The tier's name that a request without one gets. */
const char *rl_tariff_default_tier(const rl_tariff *tariff);

/* Who asks for what. Texts are NUL-terminated, "" where not given. */
typedef struct rl_tariff_query {
  const char *client;
  const char *tier;   /* "": the default tier */
  const char *method;
  rl_currency from;
  rl_currency to;
  int64_t amount_minor; /* of the source currency, >= 0 */
} rl_tariff_query;

/* The amount that rules and waivers are chosen by: the source, or what a fixed target is worth at
 * `mid`, the snapshot's own. A target worth more than any amount belongs to the highest band. */
int64_t rl_tariff_banded_amount(const rl_snapshot *snapshot, rl_ratio mid, rl_fixed fixed,
                                int64_t amount_minor);
/* The rule for a request by the precedence above; NULL if none matches, which does not depend on
 * the amount. About constant time in the number of rules. */
const rl_rule *rl_tariff_match(const rl_tariff *tariff, const rl_tariff_query *query);
/* For each fee of `rule`, the first waiver that matches, or NULL. */
void rl_tariff_waive(const rl_tariff *tariff, const rl_tariff_query *query, const rl_rule *rule,
                     const rl_waiver *out[RL_FEES_MAX]);

/* The shortest offered lock of at least `ttl_ms` (L2); 0 asks for the default. False if none is
 * long enough. */
bool rl_tariff_lock_for(const rl_tariff *tariff, uint32_t ttl_ms, rl_lock_class *out);
