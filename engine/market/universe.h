/* The universe: which pairs have a market of their own, in which convention, with which bounds.
 * Loaded once at start from a text file (or from the one compiled in), immutable afterwards, so
 * that any thread reads it without care.
 *
 * The file is lines of words; '#' starts a comment:
 *
 *   order  EUR GBP AUD NZD USD …          base before quote, by this order, in every pair shown;
 *                                         currencies not named follow in alphabetic order
 *   pivot  USD EUR                        currencies that crosses go through, in order of
 *                                         preference; at most RL_PIVOTS_MAX
 *   session fx America/New_York Sunday 17:00 - Friday 17:00
 *                                         weekly opening hours by the clocks of a time zone of
 *                                         clock/zones.txt: openings DAY HH:MM - DAY HH:MM with a
 *                                         comma between two; at most RL_OPENINGS_MAX of them
 *   closed fx 12-25 01-01 2026-04-03
 *                                         days off of a session above, of each year or of one: its
 *                                         local days, from midnight to midnight, whatever the
 *                                         openings say; at most RL_DAYS_OFF_MAX of them
 *   pair   EUR USD scale=6 pip=4 max_age_ms=5000 jump_ppm=20000 min_sources=1
 *          min_half_spread=5 crossed_hold_ms=250 session=fx policy=primary primary=EBS,REUTERS
 *          depth=vwap breaker_ppm=30000 breaker_window_ms=60000 breaker_hold_ms=60000
 *          breaker_sources=2 reference_ppm=100000 triangle_ppm=1000
 *
 * (one line a pair; every key=value may be left out and then has the default named at its
 * field; `order` and `pivot` may go over several lines, `order` before the first pair, a session
 * before the pairs that name it). A pair written against `order`, twice, or with an unknown key is
 * an error with its line. */
#pragma once

#include "clock/clock.h"
#include "money/rate.h"
#include "status/error.h"

#define RL_PIVOTS_MAX 4

/* A pair with a market of its own: dense index, 0 … count - 1. Not stored or sent. */
typedef struct rl_pair {
  uint16_t index;
} rl_pair;

/* How the prices of a pair's fresh sources become one (K2; composite.h has the rules). */
typedef enum rl_policy {
  RL_POLICY_CONSENSUS, /* the kernel's vote; the default */
  RL_POLICY_BEST,      /* the best bid and the best offer of those that agree */
  RL_POLICY_PRIMARY,   /* the first fresh one of a list of sources */
  RL_POLICY_REFERENCE, /* no pair's: a fixing in the place of a market without a live rate (K3) */
} rl_policy;
/* "consensus", "best" or "primary", as in the file, or "reference"; static. */
const char *rl_policy_name(rl_policy policy);

typedef struct rl_pair_spec {
  rl_currency base;
  rl_currency quote;
  uint8_t scale;             /* decimals of its rates in the engine, 0 … 12; default 6 */
  uint8_t pip_scale;         /* decimals of one pip: 2 for yen or forints; default 4 */
  uint8_t min_sources;       /* fresh live sources a composite needs, 1 … 16; default 1 */
  uint32_t max_age_ms;       /* a live rate older than this is stale, 1 … 86400000; default 5000 */
  uint32_t crossed_hold_ms;  /* a crossed book votes with its last good rate for this long, 0 …
                                86400000; default 250 */
  uint32_t jump_ppm;         /* a move beyond this needs confirmation, 1 … 10^6; default 20000 */
  uint32_t min_half_spread;  /* floor of the composite's half-spread, in half units of 10^-scale;
                                default 0 */
  uint8_t session;           /* 1 … of the file's sessions; 0, the default: always open */
  uint8_t policy;            /* rl_policy */
  uint16_t primaries;        /* 1 … of the lists of sources; 0 unless the policy is primary */
  bool by_depth;             /* depth=vwap: a price for an amount goes through the books of those
                                who send sizes; default depth=top: the best prices alone */
  uint8_t breaker_sources;   /* sources that must agree for a tripped breaker to let go alone,
                                1 … 16; default 2 */
  uint32_t breaker_ppm;      /* a move of the composite beyond this within the window halts the
                                pair; 0 … 10^6, 0 is never; default 50000 */
  uint32_t breaker_window_ms; /* 1 … 3600000; default 60000 */
  uint32_t breaker_hold_ms;  /* a tripped breaker holds at least so long, 1 … 86400000; default
                                60000 */
  uint32_t reference_ppm;    /* a composite further than this from the newest fixing halts the pair;
                                0 … 10^6, 0, the default, is never */
  uint32_t triangle_ppm;     /* a round trip through this market and two others that earns more than
                                this stops firm prices; 0 … 10^6; 0, the default, is never: the pair
                                is in no triangle that is watched */
} rl_pair_spec;

typedef struct rl_universe rl_universe;

/* Parses `text`; `file` names it in errors. On success the caller owns *out. */
RL_MUST_USE rl_status rl_universe_parse(const char *text, size_t length, const char *file,
                                        rl_universe **out, rl_error *error);
/* The universe compiled into the program: the 30 euro reference pairs and the main crosses. */
const char *rl_universe_builtin_text(void);
void rl_universe_destroy(rl_universe *universe);

unsigned rl_universe_pair_count(const rl_universe *universe);
const rl_pair_spec *rl_universe_pair_spec(const rl_universe *universe, rl_pair pair);
/* "EURUSD" and a NUL, static as long as the universe. */
const char *rl_universe_pair_name(const rl_universe *universe, rl_pair pair);

/* The name at this place of the pair's list of primary sources; NULL behind its end, and at once
 * for a pair of another policy. Lives as long as the universe. */
const char *rl_universe_primary(const rl_universe *universe, rl_pair pair, unsigned place);

/* Whether the pair's market is open at an instant, by its session. Any thread, a few ns. */
bool rl_universe_is_open(const rl_universe *universe, rl_pair pair, rl_utc at);

/* The pair of two currencies in either order. *inverted is true when `from` is the quote. */
bool rl_universe_find(const rl_universe *universe, rl_currency from, rl_currency to,
                      rl_pair *pair, bool *inverted);
/* By name, "EURUSD" or "EUR/USD", in market convention only. */
RL_MUST_USE rl_status rl_universe_find_name(const rl_universe *universe, const char *name,
                                            size_t length, rl_pair *pair);

/* True when `left` is written before `right` in a pair of the two (market convention). */
bool rl_universe_is_base(const rl_universe *universe, rl_currency left, rl_currency right);

/* Three pairs of three currencies, in market convention: AB, BC and AC. */
typedef struct rl_triangle {
  rl_pair pairs[3];
  uint32_t limit_ppm; /* the least triangle_ppm of the three */
} rl_triangle;

/* The triangles that are watched: all whose three pairs have a triangle_ppm. A pair is in at most
 * RL_TRIANGLES_PER_PAIR_MAX of them, and there are at most RL_TRIANGLES_MAX; a universe with more
 * is refused. */
unsigned rl_universe_triangle_count(const rl_universe *universe);
rl_triangle rl_universe_triangle(const rl_universe *universe, unsigned index);

unsigned rl_universe_pivot_count(const rl_universe *universe);
rl_currency rl_universe_pivot(const rl_universe *universe, unsigned index);
