/* What a pair's price did in equal lengths of time: open, high, low and close of the mid, the
 * spread, and how long there was a price at all.
 *
 * Bars lie at UTC multiples of their length, the first around `from`, the last around the instant
 * before `to`. Prices arrive in the order in which they were made. A price stands from the instant
 * at which it was made until the next is made, or its age is over, or nothing is known any more;
 * instants are half open, so a price made as a bar starts is that bar's, and the one before it is
 * not.
 *   - A bar opens with the price that stands at its start, else with the first one in it.
 *   - High and low are over every price that stood in it or was made in it, for however short a
 *     time.
 *   - The mean spread is weighted by time, so a price that stood for less than 1 ms has no weight.
 *   - A bar without a price has none: nothing is carried over from where a price was too old.
 *
 * Prices are integers, half units of 10^-scale, the finest scale that was met. One thread. */
#pragma once

#include "clock/clock.h"
#include "money/rate.h"
#include "money/wide.h"

#include <stdbool.h>

/* A day of seconds and some: 10 MB, and more than anybody looks at. */
#define RL_BARS_MAX 100000u

typedef struct rl_bar {
  int64_t start_ms;     /* UTC */
  int64_t priced_ms;    /* how long a price stood in it */
  uint64_t changes;     /* prices and refusals made in it */
  bool has_price;       /* what follows is 0 if not */
  uint64_t open;        /* mids, half units */
  uint64_t high;
  uint64_t low;
  uint64_t close;
  uint64_t spread_max;  /* ask less bid, half units */
  rl_u128 spread_ms;    /* sum of each spread, half units, times the ms for which it stood */
} rl_bar;

/* A price, or that there is none, as it was made. */
typedef struct rl_made {
  int64_t utc_ms;
  bool has_price;
  bool follows_gap;    /* what stood before is known at its own instant only */
  uint8_t scale;       /* decimals of the figures, 0 … 12 */
  uint8_t pip_scale;   /* decimals of one pip */
  uint8_t sources;     /* that it was made of */
  uint32_t max_age_ms; /* it stands for no longer */
  uint32_t bid_half;   /* half units of 10^-scale; nothing without a price */
  uint32_t mid_half;
  uint32_t ask_half;
} rl_made;

typedef struct rl_bars {
  int64_t bar_ms;         /* the length of each */
  int64_t known_until_ms; /* UTC; behind it nothing is known, so the bar around it is under way */
  rl_bar *bars;           /* rising by time, without holes */
  size_t count;
  uint8_t scale;          /* of all figures */
  uint8_t pip_scale;      /* of the last price */
  uint64_t changes;       /* of all bars */
  uint64_t gaps;          /* after which it is not known what was before */
  uint64_t set_back;      /* made before the one before it, by a wall clock that was set back: they
                             count as made at its instant */
  int64_t unwatched_ms;   /* the longest for which a price of several sources stood: one of them
                             may have grown too old meanwhile, and the price have changed */
  struct {                /* the price that stands; private */
    bool any;
    bool of_several;
    int64_t since_ms;
    int64_t until_ms;
    uint64_t mid;
    uint64_t spread;
  } standing;
} rl_bars;

/* Empty bars. from_ms < to_ms, both UTC from 1970 on; bar_ms >= 1. RL_OUT_OF_RANGE for more than
 * RL_BARS_MAX; RL_NO_MEMORY. Freed by rl_bars_free. */
RL_MUST_USE rl_status rl_bars_create(rl_bars *bars, rl_utc from, rl_utc to, rl_utc known_until,
                                     int64_t bar_ms);
/* The next price. It may lie before the first bar, in which it then stands if it lasts.
 * RL_OUT_OF_RANGE where its figures and those before it have no common scale; it is left out
 * then. */
RL_MUST_USE rl_status rl_bars_add(rl_bars *bars, const rl_made *made);
/* After the last one: what stands, stands on. */
void rl_bars_end(rl_bars *bars);
/* The same in longer bars: what they would be of the same prices. bar_ms is a multiple. */
RL_MUST_USE rl_status rl_bars_lengthen(const rl_bars *bars, int64_t bar_ms, rl_bars *out);
void rl_bars_free(rl_bars *bars);

/* How much of a bar's length has passed, as far as is known: 0 … bar_ms. */
int64_t rl_bar_passed_ms(const rl_bars *bars, const rl_bar *bar);
/* All bars as one, start_ms of the first. */
rl_bar rl_bars_total(const rl_bars *bars);

/* --- lengths --- */

/* The lengths offered, rising, each a part of a day: 1s 5s 10s 15s 30s 1m … 12h 1d. */
extern const int64_t rl_bar_lengths_ms[];
extern const unsigned rl_bar_length_count;
/* "5m", "1d" ("24h" is the same). RL_INVALID for what is no length, RL_NOT_FOUND for one that is
 * not offered. */
RL_MUST_USE rl_status rl_bar_length_parse(const char *text, int64_t *out_ms);
void rl_bar_length_format(int64_t ms, char out[RL_DURATION_TEXT_SIZE]);
/* The shortest one in which the time from `from` to `to` takes at most so many bars, and a multiple
 * of multiple_of_ms (1 for any); beyond a day, as many days as it needs. */
int64_t rl_bar_length_for(rl_utc from, rl_utc to, uint64_t bars, int64_t multiple_of_ms);

/* --- figures as text --- */

/* A mid, with one decimal more than the scale: half units are exact. */
void rl_bars_write_mid(const rl_bars *bars, uint64_t mid, char out[RL_RATE_TEXT_SIZE]);
/* Spreads in pips, with two decimals beyond the scale: the widest is exact, the mean rounded half
 * up. The mean is 0 where no price stood for long enough to have one. */
unsigned rl_bars_pip_decimals(const rl_bars *bars);
uint64_t rl_bar_widest(const rl_bars *bars, const rl_bar *bar); /* pips x 10^pip_decimals */
uint64_t rl_bar_mean(const rl_bars *bars, const rl_bar *bar);   /* the same */
void rl_bars_write_pips(const rl_bars *bars, uint64_t pips, char out[RL_RATE_TEXT_SIZE]);
