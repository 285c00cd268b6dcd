/* The market among venues as they are, over time: seeded worlds of three to nine venues around one
 * true price, which walks and at times leaps.
 *
 *   venue_worlds [--worlds N]
 *
 * A minority lies: far off, a little off, drifting away, with huge spreads, or by echoing an old
 * truth. Honest venues fall silent and come back, cross and lock their books, repeat themselves,
 * flood a millisecond with ticks, send old sequence numbers, take their rates back, and state times
 * that are hours behind or a little ahead.
 *
 * What must hold at every instant looked at: no composite is crossed; none has a tick that is as
 * old as the bound; and while the honest are the majority of three or more voters, no price lies
 * further than the rule's reach (composite.h) outside what the honest among them say. And the
 * engine is not silent without need: once every honest venue has said a fresh and level price twice
 * since the last leap, and they are the majority of those who vote, there is a price; but for a
 * best bid above the best ask, under that policy, and for a breaker that a leap has tripped. */
#include "market/composite.h"
#include "support/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VENUES_MAX = 9, STEPS = 600 };

#define AGE_MS 500
#define SCALE 5

/* A world has one of these rules; what it may say beside a price when the honest agree. */
#define PAIR "pair EUR USD scale=5 max_age_ms=500 crossed_hold_ms=50 jump_ppm=5000 "
static const struct {
  const char *universe;
  rl_refusal excuse;
} rules[] = {
  {PAIR "breaker_ppm=0\n", RL_REFUSAL_NONE},
  {PAIR "breaker_ppm=0 policy=best\n", RL_REFUSAL_COMPOSITE_CROSSED},
  {PAIR "breaker_ppm=10000 breaker_window_ms=1000 breaker_hold_ms=700\n", RL_REFUSAL_PAIR_HALTED},
};

typedef enum lie { FAR_OFF, A_LITTLE_OFF, DRIFTING, TOO_WIDE, OLD_TRUTH, LIES } lie;

typedef struct venue {
  rl_source source;
  bool honest;
  lie lie;
  int64_t bias;          /* units; a drifting liar's grows */
  int64_t clock_off_ms;  /* of what it states */
  int64_t silent_until_ms;
  uint64_t sequence;
  uint32_t bid, ask;     /* what it said last */
  unsigned level_since_leap; /* level prices said since, in a row */
  bool withdrawn;
} venue;

typedef struct scene {
  rl_refusal excuse;
  rl_universe *universe;
  rl_market *market;
  rl_now now;
  int64_t truth;         /* units */
  unsigned count;
  venue venues[VENUES_MAX];
  uint64_t looks, priced;
} scene;

static rl_random dice;

static bool one_in(unsigned chance)
{
  return rl_random_below(&dice, chance) == 0;
}

/* --- the cast --- */

static venue draw_venue(scene *at, unsigned index, bool honest)
{
  char name[16];
  venue out = {.honest = honest, .lie = (lie)rl_random_below(&dice, LIES)};
  snprintf(name, sizeof name, "v%u", index);
  rl_status status = rl_market_register(at->market, name, RL_SOURCE_LIVE, &out.source);
  RL_ASSERT(status == RL_OK);
  out.bias = rl_random_between(&dice, -20, 20);
  if (one_in(3))
    out.clock_off_ms = rl_random_between(&dice, -5 * 3600000, RL_SOURCE_FUTURE_MS);
  return out;
}

static scene draw_scene(void)
{
  uint64_t rule = rl_random_below(&dice, sizeof rules / sizeof *rules);
  const char *text = rules[rule].universe;
  scene at = {.truth = rl_random_between(&dice, 50000, 150000), .excuse = rules[rule].excuse};
  rl_error error;
  rl_status status = rl_universe_parse(text, strlen(text), "worlds", &at.universe, &error);
  RL_ASSERT(status == RL_OK);
  status = rl_market_create(at.universe, &at.market);
  RL_ASSERT(status == RL_OK);
  at.now = (rl_now){.mono.ns = 77 * RL_NS_PER_MS, .utc.ms = 1750000000000};
  at.count = 3 + (unsigned)rl_random_below(&dice, VENUES_MAX - 2);
  unsigned liars = (unsigned)rl_random_below(&dice, (at.count + 1) / 2);
  for (unsigned i = 0; i < at.count; i++)
    at.venues[i] = draw_venue(&at, i, i >= liars);
  return at;
}

static void end_scene(scene *at)
{
  rl_market_destroy(at->market);
  rl_universe_destroy(at->universe);
}

/* --- what they say --- */

static int64_t half_spread_of(const venue *who)
{
  if (who->honest)
    return rl_random_between(&dice, 1, 8);
  return who->lie == TOO_WIDE ? rl_random_between(&dice, 100, 40000)
                              : rl_random_between(&dice, 0, 8);
}

static int64_t mid_of(scene *at, venue *who)
{
  if (who->honest)
    return at->truth + rl_random_between(&dice, -3, 3);
  switch (who->lie) {
  case FAR_OFF: return (int64_t)rl_random_magnitude(&dice, 900000);
  case A_LITTLE_OFF: return at->truth + who->bias;
  case DRIFTING: return at->truth + (who->bias += rl_random_between(&dice, 0, 30));
  case OLD_TRUTH: return who->bid ? ((int64_t)who->bid + who->ask) / 2 : at->truth;
  case TOO_WIDE:
  case LIES: break;
  }
  return at->truth;
}

static void say(scene *at, venue *who, int64_t bid, int64_t ask)
{
  bid = bid < 1 ? 1 : bid;
  ask = ask < 1 ? 1 : ask;
  rl_tick tick = {
    .sequence = ++who->sequence, .source_utc_ms = at->now.utc.ms + who->clock_off_ms,
    .bid = (uint32_t)bid, .ask = (uint32_t)ask, .scale = SCALE,
  };
  rl_market_apply(at->market, who->source, &tick, at->now);
  if (bid > ask) {
    who->level_since_leap = 0;
    return;
  }
  who->bid = tick.bid;
  who->ask = tick.ask;
  who->level_since_leap++;
  who->withdrawn = false;
}

static void say_old(scene *at, const venue *who)
{
  rl_tick tick = {.sequence = rl_random_below(&dice, who->sequence + 1), .bid = 1, .ask = 2,
                  .scale = SCALE};
  rl_verdict verdict = rl_market_apply(at->market, who->source, &tick, at->now);
  RL_ASSERT(who->sequence == 0 || (verdict != RL_TICK_GOOD && verdict != RL_TICK_JUMP));
}

static void withdraw(scene *at, venue *who)
{
  rl_tick tick = {.sequence = ++who->sequence, .withdrawn = true};
  rl_market_apply(at->market, who->source, &tick, at->now);
  who->withdrawn = true;
  who->level_since_leap = 0;
}

static void speak(scene *at, venue *who)
{
  unsigned times = one_in(200) ? 300 : 1; /* a flood */
  for (unsigned i = 0; i < times; i++) {
    int64_t half = half_spread_of(who), mid = mid_of(at, who);
    if (one_in(8))
      half = one_in(2) ? 0 : -rl_random_between(&dice, 1, 10);
    say(at, who, mid - half, mid + half);
  }
}

static void act(scene *at, venue *who)
{
  if (at->now.utc.ms < who->silent_until_ms)
    return;
  if (one_in(150))
    who->silent_until_ms = at->now.utc.ms + rl_random_between(&dice, 1, 4 * AGE_MS);
  else if (one_in(40) && who->sequence > 0)
    say_old(at, who);
  else if (one_in(120))
    withdraw(at, who);
  else
    speak(at, who);
}

/* The true price moves; a leap is beyond what one source alone is believed. */
static void move_truth(scene *at)
{
  at->truth += rl_random_between(&dice, -2, 2);
  if (one_in(300)) {
    at->truth = at->truth * rl_random_between(&dice, 75, 125) / 100;
    for (unsigned i = 0; i < at->count; i++)
      at->venues[i].level_since_leap = 0;
  }
  at->truth = at->truth < 20000 ? 20000 : at->truth > 400000 ? 400000 : at->truth;
}

/* --- what must hold --- */

static const venue *venue_of(const scene *at, rl_source source)
{
  for (unsigned i = 0; i < at->count; i++) {
    if (at->venues[i].source.index == source.index)
      return &at->venues[i];
  }
  abort();
}

static const char *fault_in_range(const scene *at, const rl_composite *made)
{
  int64_t low = INT64_MAX, high = 0;
  unsigned honest = 0;
  for (unsigned i = 0; i < made->tick_count; i++) {
    const rl_composite_tick *tick = &made->ticks[i];
    if (!venue_of(at, tick->source)->honest)
      continue;
    honest++;
    low = 2 * (int64_t)tick->bid < low ? 2 * (int64_t)tick->bid : low;
    high = 2 * (int64_t)tick->ask > high ? 2 * (int64_t)tick->ask : high;
  }
  if (made->tick_count < 3 || 2 * honest <= made->tick_count)
    return NULL;
  int64_t reach = rl_composite_work(made).reach;
  return made->bid_half < low - reach || made->ask_half > high + reach
           ? "a price outside the honest range" : NULL;
}

/* Every honest venue votes. */
static bool all_honest_vote(const scene *at, const rl_composite *made)
{
  unsigned missing = 0;
  for (unsigned i = 0; i < at->count; i++)
    missing += at->venues[i].honest;
  for (unsigned i = 0; i < made->tick_count; i++)
    missing -= venue_of(at, made->ticks[i].source)->honest;
  return missing == 0;
}

/* The mids of the honest voters are so close that each is within reach of any between them. */
static bool honest_agree(const scene *at, const rl_composite *made)
{
  int64_t low = INT64_MAX, high = 0;
  for (unsigned i = 0; i < made->tick_count; i++) {
    int64_t mid = (int64_t)made->ticks[i].bid + made->ticks[i].ask;
    if (!venue_of(at, made->ticks[i].source)->honest)
      continue;
    low = mid < low ? mid : low;
    high = mid > high ? mid : high;
  }
  return high - low <= low / 10000;
}

static bool all_honest_are_fresh(const scene *at)
{
  for (unsigned i = 0; i < at->count; i++) {
    rl_source_pair_stats stats;
    const venue *who = &at->venues[i];
    if (who->honest && (!rl_market_source_pair(at->market, who->source, (rl_pair){0}, at->now.mono,
                                               &stats) ||
                        at->now.mono.ns - stats.arrival_mono_ns >= AGE_MS * RL_NS_PER_MS))
      return false;
  }
  return true;
}

/* Whoever is honest and heard twice since the leap is back in the vote. */
static const char *fault_of_silence(const scene *at, const rl_composite *made)
{
  for (unsigned i = 0; i < at->count; i++) {
    const venue *who = &at->venues[i];
    if (who->honest && (who->level_since_leap < 2 || who->withdrawn))
      return NULL;
  }
  if (!all_honest_are_fresh(at))
    return NULL;
  if (!all_honest_vote(at, made))
    return "an honest venue is kept out of the vote";
  bool excused = made->refusal == RL_REFUSAL_NONE || made->refusal == at->excuse;
  return excused || !honest_agree(at, made) ? NULL : "no price though the honest agree";
}

static const char *fault_of(scene *at, rl_mono when)
{
  rl_composite made;
  rl_market_composite(at->market, (rl_pair){0}, when, &made);
  at->looks++;
  for (unsigned i = 0; i < made.tick_count; i++) {
    if (when.ns - made.ticks[i].arrival_mono_ns >= AGE_MS * RL_NS_PER_MS)
      return "a tick as old as the bound votes";
  }
  if (made.refusal == RL_REFUSAL_NONE) {
    at->priced++;
    if (made.bid_half > made.mid_half || made.mid_half > made.ask_half || made.bid_half < 2)
      return "crossed";
    const char *fault = fault_in_range(at, &made);
    if (fault)
      return fault;
  }
  return when.ns == at->now.mono.ns ? fault_of_silence(at, &made) : NULL;
}

/* Now, and at an instant before the next step, as a reader between two updates sees it. */
static const char *look(scene *at, int64_t step_ns)
{
  const char *fault = fault_of(at, at->now.mono);
  if (fault)
    return fault;
  int64_t later_ns = (int64_t)rl_random_below(&dice, (uint64_t)step_ns + 1);
  return fault_of(at, (rl_mono){at->now.mono.ns + later_ns});
}

static const char *run(scene *at)
{
  for (unsigned step = 0; step < STEPS; step++) {
    move_truth(at);
    unsigned speakers = 1 + (unsigned)rl_random_below(&dice, at->count);
    for (unsigned i = 0; i < speakers; i++)
      act(at, &at->venues[rl_random_below(&dice, at->count)]);
    int64_t step_ms = one_in(50) ? (int64_t)rl_random_below(&dice, 2 * AGE_MS)
                                 : (int64_t)rl_random_below(&dice, 60);
    const char *fault = look(at, step_ms * RL_NS_PER_MS);
    if (fault)
      return fault;
    at->now.mono.ns += step_ms * RL_NS_PER_MS;
    at->now.utc.ms += step_ms;
  }
  return NULL;
}

int main(int argc, char **argv)
{
  unsigned worlds = argc == 3 && strcmp(argv[1], "--worlds") == 0
                      ? (unsigned)strtoul(argv[2], NULL, 10) : 400;
  uint64_t seed = rl_test_seed("venue worlds");
  uint64_t looks = 0, priced = 0;
  for (unsigned i = 0; i < worlds; i++) {
    dice = rl_random_from(seed + i);
    scene at = draw_scene();
    const char *fault = run(&at);
    looks += at.looks;
    priced += at.priced;
    end_scene(&at);
    if (fault) {
      fprintf(stderr, "world %u: %s: RL_SEED=%llu --worlds 1 shows it alone\n", i, fault,
              (unsigned long long)(seed + i));
      return 1;
    }
  }
  printf("%u worlds, %llu looks, %llu with a price\n", worlds, (unsigned long long)looks,
         (unsigned long long)priced);
  return worlds > 0 && priced > looks / 3 ? 0 : 1;
}
