/* The rates stand in a market of the engine's own kind, put there as ticks of one source, so that
 * the way between two currencies is found by the same code. Such a tick has whole units and a mid
 * in the middle; a composite may have half units and another mid: these are kept beside and put in
 * place when a snapshot has been taken. */
#include "rates.h"

#include "clock/date.h"
#include "market/composite.h"
#include "status/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct pair_rate {
  bool given;
  uint32_t bid_half; /* half units of 10^-scale of the pair */
  uint32_t mid_half;
  uint32_t ask_half;
  uint32_t volatility_ppm;
} pair_rate;

struct rl_rates {
  rl_universe *universe;
  rl_market *market;
  rl_source source;
  unsigned count;
  char day[RL_DATE_TEXT_SIZE];
  pair_rate pairs[]; /* by pair index */
};

/* No rate grows old: all are put in and read at one instant. */
static const rl_now instant = {.mono.ns = 1000000000, .utc.ms = 0};

static const char more_pairs[] = "\npair USD KWD scale=7\npair USD VND scale=2\n";

rl_universe *rl_rates_usual_universe(void)
{
  char *text;
  rl_universe *universe;
  int length = asprintf(&text, "%s%s", rl_universe_builtin_text(), more_pairs);
  RL_ASSERT(length >= 0);
  rl_status status = rl_universe_parse(text, (size_t)length, "universe", &universe, NULL);
  RL_ASSERT(status == RL_OK);
  free(text);
  return universe;
}

rl_rates *rl_rates_create(rl_universe *universe)
{
  unsigned pairs = rl_universe_pair_count(universe);
  rl_rates *rates = calloc(1, sizeof *rates + pairs * sizeof rates->pairs[0]);
  RL_ASSERT(rates);
  rates->universe = universe;
  rl_status status = rl_market_create(universe, &rates->market);
  if (status == RL_OK)
    status = rl_market_register(rates->market, "rates", RL_SOURCE_LIVE, &rates->source);
  RL_ASSERT(status == RL_OK);
  return rates;
}

void rl_rates_destroy(rl_rates *rates)
{
  if (!rates)
    return;
  rl_market_destroy(rates->market);
  rl_universe_destroy(rates->universe);
  free(rates);
}

unsigned rl_rates_count(const rl_rates *rates)
{
  return rates->count;
}

const char *rl_rates_day(const rl_rates *rates)
{
  return rates->day;
}

/* --- putting rates in --- */

static bool half_units(const char *text, size_t length, unsigned scale, uint32_t *out)
{
  rl_rate rate;
  if (rl_rate_parse(text, length, &rate) != RL_OK)
    return false;
  rate = rl_rate_trim(rate);
  if (rate.scale > scale + 1)
    return false;
  /* At most ten digits, times ten at most thirteen times. */
  rl_u128 halves = rl_wide_mul(rl_wide_mul(rate.mantissa, 2), rl_pow10(scale + 1u - rate.scale));
  if (halves % 10 != 0 || halves / 10 > 2 * RL_SOURCE_MANTISSA_MAX)
    return false;
  *out = (uint32_t)(halves / 10);
  return true;
}

/* Passed over where the market refuses it. */
static void put_rate(rl_rates *rates, rl_pair pair, pair_rate rate)
{
  const rl_pair_spec *spec = rl_universe_pair_spec(rates->universe, pair);
  pair_rate *slot = &rates->pairs[pair.index];
  rl_tick tick = {
    .pair = pair,
    .sequence = 1,
    .bid = rate.bid_half / 2,
    .ask = (rate.ask_half + 1) / 2,
    .scale = spec->scale,
  };
  bool ordered = rate.bid_half <= rate.mid_half && rate.mid_half <= rate.ask_half;
  if (slot->given || !ordered)
    return;
  rl_verdict verdict = rl_market_apply(rates->market, rates->source, &tick, instant);
  if (verdict != RL_TICK_GOOD && verdict != RL_TICK_LOCKED)
    return;
  *slot = rate;
  slot->given = true;
  rates->count++;
}

static bool number_of(rl_span word, uint32_t *out)
{
  uint32_t number = 0;
  for (size_t i = 0; i < word.length && word.length <= 8; i++) {
    if (word.text[i] < '0' || word.text[i] > '9')
      return false;
    number = 10 * number + (uint32_t)(word.text[i] - '0');
  }
  *out = number;
  return word.length >= 1 && word.length <= 8;
}

static rl_status take_rate(rl_rates *rates, rl_words *words)
{
  rl_span names[2], bid, ask, volatility;
  rl_currency base, quote;
  rl_rate read;
  pair_rate rate = {0};
  rl_pair pair;
  bool inverted;
  bool whole = rl_words_take(words, &names[0]) && rl_words_take(words, &names[1])
               && rl_words_take(words, &bid) && rl_words_take(words, &ask)
               && rl_words_take(words, &volatility) && rl_words_at_end(words)
               && rl_currency_find(names[0].text, names[0].length, &base) == RL_OK
               && rl_currency_find(names[1].text, names[1].length, &quote) == RL_OK
               && rl_rate_parse(bid.text, bid.length, &read) == RL_OK
               && rl_rate_parse(ask.text, ask.length, &read) == RL_OK
               && number_of(volatility, &rate.volatility_ppm);
  if (!whole)
    return RL_WORDS_FAIL(words, RL_INVALID, "rate",
                         "write: rate BASE QUOTE BID ASK VOLATILITY_PPM");
  if (!rl_universe_find(rates->universe, base, quote, &pair, &inverted) || inverted)
    return RL_OK;
  unsigned scale = rl_universe_pair_spec(rates->universe, pair)->scale;
  if (half_units(bid.text, bid.length, scale, &rate.bid_half)
      && half_units(ask.text, ask.length, scale, &rate.ask_half)) {
    rate.mid_half = (rate.bid_half + rate.ask_half) / 2;
    put_rate(rates, pair, rate);
  }
  return RL_OK;
}

static rl_status take_day(rl_rates *rates, rl_words *words)
{
  rl_span word;
  rl_date date;
  if (!rl_words_take(words, &word) || rl_date_parse(word.text, word.length, &date) != RL_OK)
    return RL_WORDS_FAIL(words, RL_INVALID, "day", "write a date, such as 2026-11-20");
  rl_date_format(date, rates->day);
  return RL_OK;
}

rl_status rl_rates_take_table(rl_rates *rates, const char *text, const char *file,
                              rl_error *error)
{
  rl_words words = rl_words_over(text, strlen(text), file, error);
  rl_status status = RL_OK;
  while (status == RL_OK && rl_words_next_line(&words)) {
    rl_span word;
    if (!rl_words_take(&words, &word))
      continue;
    if (rl_span_is(word, "rate"))
      status = take_rate(rates, &words);
    else if (rl_span_is(word, "day"))
      status = take_day(rates, &words);
    else
      status = RL_WORDS_FAIL(&words, RL_INVALID, rl_span_show(word).text, "use rate or day");
  }
  return status;
}

static void take_row(rl_rates *rates, rl_view row)
{
  static const char *const keys[] = {"bid", "mid", "ask"};
  size_t length;
  const char *name = rl_view_text_span(rl_view_get(row, "pair"), &length);
  rl_pair pair;
  if (rl_universe_find_name(rates->universe, name, length, &pair) != RL_OK)
    return;
  unsigned scale = rl_universe_pair_spec(rates->universe, pair)->scale;
  uint32_t halves[3];
  for (unsigned i = 0; i < 3; i++) {
    const char *text = rl_view_text_span(rl_view_get(row, keys[i]), &length);
    if (!half_units(text, length, scale, &halves[i]))
      return;
  }
  rl_view volatility = rl_view_get(row, "volatility_ppm");
  pair_rate rate = {
    .bid_half = halves[0],
    .mid_half = halves[1],
    .ask_half = halves[2],
    .volatility_ppm = rl_view_given(volatility) ? (uint32_t)rl_view_i64(volatility)
                                                : RL_VOLATILITY_UNKNOWN,
  };
  put_rate(rates, pair, rate);
}

void rl_rates_take_board(rl_rates *rates, rl_view answer)
{
  rl_view rows = rl_view_get(answer, "spreads");
  for (rl_view rest = rows, row; rl_view_next(rows, &rest, &row);)
    take_row(rates, row);
}

/* --- taking them out --- */

static uint32_t add_volatility(uint32_t left, uint32_t right)
{
  bool unknown = left == RL_VOLATILITY_UNKNOWN || right == RL_VOLATILITY_UNKNOWN
                 || left > RL_VOLATILITY_UNKNOWN - right;
  return unknown ? RL_VOLATILITY_UNKNOWN : left + right;
}

rl_refusal rl_rates_snapshot(const rl_rates *rates, rl_currency from, rl_currency to,
                             rl_snapshot *out)
{
  rl_refusal refusal = rl_market_snapshot(rates->market, from, to, instant, out);
  if (refusal != RL_REFUSAL_NONE)
    return refusal;
  out->conditions = (rl_conditions){.fewest_sources = UINT8_MAX};
  for (unsigned i = 0; i < out->leg_count; i++) {
    rl_composite *composite = &out->legs[i].composite;
    const pair_rate *rate = &rates->pairs[composite->pair.index];
    composite->bid_half = rate->bid_half;
    composite->mid_half = rate->mid_half;
    composite->ask_half = rate->ask_half;
    out->conditions.volatility_ppm =
      add_volatility(out->conditions.volatility_ppm, rate->volatility_ppm);
  }
  return RL_REFUSAL_NONE;
}
