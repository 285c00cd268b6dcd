/* The intake and the reader against a model, on random streams of updates (K1, K3).
 *
 *   intake_model [--updates N]
 *
 * The model keeps all that each source said and derives from that history, by definition, what
 * the engine carries in its state: verdicts, and who votes at an instant. Instants are drawn so
 * that they often fall on a bound or one nanosecond beside it. */
#include "market/composite.h"
#include "support/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIVE = 4, FIXING = LIVE, SOURCES, HISTORY_MAX = 64, STREAM = 200 };

#define AGE_NS 3000000ll  /* max_age_ms=3 */
#define HOLD_NS 2000000ll /* crossed_hold_ms=2 */
#define JUMP_PPM 10000ll

static const char universe_text[] =
  "pair EUR USD scale=4 max_age_ms=3 crossed_hold_ms=2 jump_ppm=10000\n";

typedef struct said {
  uint64_t sequence;
  int64_t ns;
  int64_t bid;
  int64_t ask;
  bool withdrawn; /* says only that nothing holds any more */
  bool good;      /* settled as good, at once or later */
} said;

/* The newest HISTORY_MAX updates of a source, oldest first. */
typedef struct history {
  unsigned count;
  said all[HISTORY_MAX];
  uint64_t verdicts[RL_VERDICT_COUNT];
  uint64_t gaps;
  uint64_t repeats;
} history;

typedef struct market_model {
  int64_t now_ns;
  int64_t judged_ns; /* when the voters were last judged to be a majority or not */
  history sources[SOURCES];
} market_model;

static rl_random dice;

/* --- what follows from a history --- */

static bool crossed(const said *one)
{
  return one->bid > one->ask;
}

static bool is_level(const said *one)
{
  return !crossed(one) && !one->withdrawn;
}

/* The newest level ever, and NULL if there was none. */
static said *newest_level(history *past)
{
  for (unsigned i = past->count; i-- > 0;) {
    if (is_level(&past->all[i]))
      return &past->all[i];
  }
  return NULL;
}

/* The newest level, unless the source took it back. */
static said *level_said(history *past)
{
  said *level = newest_level(past);
  for (unsigned i = past->count; i-- > 0 && &past->all[i] != level;) {
    if (past->all[i].withdrawn)
      return NULL;
  }
  return level;
}

static const said *last_good(history *past)
{
  for (unsigned i = past->count; i-- > 0;) {
    if (is_level(&past->all[i]) && past->all[i].good)
      return &past->all[i];
  }
  return NULL;
}

/* The first of the crossed updates that end the history. */
static const said *first_crossed(const history *past)
{
  const said *first = NULL;
  for (unsigned i = past->count; i-- > 0 && crossed(&past->all[i]);)
    first = &past->all[i];
  return first;
}

static bool level_counts(market_model *model, unsigned source)
{
  history *past = &model->sources[source];
  const said *level = level_said(past), *crossing = first_crossed(past);
  return level && model->now_ns - level->ns < AGE_NS &&
         (!crossing || model->now_ns - crossing->ns < HOLD_NS);
}

static bool within(int64_t from, int64_t to)
{
  return llabs(to - from) * 1000000 <= from * JUMP_PPM;
}

static bool agree(const said *left, const said *right)
{
  int64_t l = left->bid + left->ask, r = right->bid + right->ask;
  return within(l < r ? l : r, l < r ? r : l);
}

/* How many levels at the end of the history, the given one included, repeat the jump. */
static unsigned repeats(const history *past, const said *next)
{
  unsigned count = 0, start = past->count;
  while (start > 0 && is_level(&past->all[start - 1]) && !past->all[start - 1].good)
    start--;
  const said *anchor = NULL;
  for (unsigned i = start; i <= past->count; i++) {
    const said *jump = i < past->count ? &past->all[i] : next;
    bool again = anchor && within(anchor->bid + anchor->ask, jump->bid + jump->ask);
    count = again ? count + 1 : 0;
    anchor = again ? anchor : jump;
  }
  return count;
}

/* --- the model's step --- */

static bool is_jump(market_model *model, unsigned source, const said *next)
{
  history *past = &model->sources[source];
  const said *level = newest_level(past), *good = last_good(past);
  if (!level || (level->good && model->now_ns - level->ns >= AGE_NS))
    return false;
  return !within(good->bid + good->ask, next->bid + next->ask);
}

static bool is_confirmed(market_model *model, unsigned source, const said *next, bool *alone)
{
  bool confirmed = false;
  *alone = true;
  for (unsigned other = 0; other < LIVE; other++) {
    if (other == source || !level_counts(model, other))
      continue;
    *alone = false;
    confirmed |= agree(newest_level(&model->sources[other]), next);
  }
  const said *fixing = level_said(&model->sources[FIXING]);
  return confirmed || (fixing && agree(fixing, next));
}

static bool bring_back(market_model *model, unsigned source, const said *next)
{
  bool any = false;
  for (unsigned other = 0; other < LIVE; other++) {
    if (other == source || !level_counts(model, other))
      continue;
    said *level = newest_level(&model->sources[other]);
    any |= !level->good && agree(level, next);
    level->good |= agree(level, next);
  }
  return any;
}

/* Forgets the oldest, but never the last good level. */
static void remember(history *past, said next)
{
  if (past->count == HISTORY_MAX) {
    unsigned forgotten = last_good(past) == &past->all[0] ? 1 : 0;
    past->count--;
    memmove(&past->all[forgotten], &past->all[forgotten + 1],
            (past->count - forgotten) * sizeof next);
  }
  past->all[past->count++] = next;
}

static const said *last_said(const history *past)
{
  return past->count > 0 ? &past->all[past->count - 1] : NULL;
}

static void count_beside(history *past, const said *next)
{
  const said *last = last_said(past);
  if (!last)
    return;
  past->gaps += next->sequence - last->sequence - 1;
  past->repeats += !next->withdrawn && !last->withdrawn && next->bid == last->bid &&
                   next->ask == last->ask;
}

static rl_verdict accept(market_model *model, unsigned source, said next)
{
  rl_verdict verdict = next.bid == next.ask ? RL_TICK_LOCKED : RL_TICK_GOOD;
  bool alone, judged = source != FIXING;
  if (next.withdrawn) {
    verdict = RL_TICK_WITHDRAWN;
  } else if (crossed(&next)) {
    verdict = RL_TICK_CROSSED;
  } else if (source == FIXING) {
    judged = bring_back(model, source, &next);
  } else if (is_jump(model, source, &next) && !is_confirmed(model, source, &next, &alone) &&
             !(alone && repeats(&model->sources[source], &next) >= 3)) {
    verdict = RL_TICK_JUMP;
  } else {
    next.good = true;
    bring_back(model, source, &next);
  }
  remember(&model->sources[source], next);
  if (judged)
    model->judged_ns = model->now_ns;
  return verdict;
}

static rl_verdict step(market_model *model, unsigned source, said next)
{
  history *past = &model->sources[source];
  const said *last = last_said(past);
  rl_verdict verdict;
  if (last && next.sequence <= last->sequence) {
    verdict = next.sequence < last->sequence ? RL_TICK_MALFORMED_ORDER : RL_TICK_DUPLICATE;
  } else {
    count_beside(past, &next);
    verdict = accept(model, source, next);
  }
  past->verdicts[verdict]++;
  return verdict;
}

/* --- who votes --- */

static unsigned count_levels(market_model *model, int64_t instant_ns, bool good)
{
  market_model then = *model;
  unsigned count = 0;
  then.now_ns = instant_ns;
  for (unsigned source = 0; source < LIVE; source++)
    count += level_counts(&then, source) && newest_level(&then.sources[source])->good == good;
  return count;
}

/* Lost at any instant since the judgement, it stays lost: it can only have been at an end. */
static bool majority_lost(market_model *model)
{
  int64_t instants[2 * LIVE + 1] = {model->judged_ns};
  unsigned count = 1;
  for (unsigned source = 0; source < LIVE; source++) {
    const said *level = level_said(&model->sources[source]);
    const said *crossing = first_crossed(&model->sources[source]);
    if (level)
      instants[count++] = level->ns + AGE_NS;
    if (crossing)
      instants[count++] = crossing->ns + HOLD_NS;
  }
  for (unsigned i = 0; i < count; i++) {
    int64_t instant = instants[i];
    if (instant >= model->judged_ns && instant <= model->now_ns &&
        count_levels(model, instant, false) > count_levels(model, instant, true))
      return true;
  }
  return false;
}

static bool model_votes(market_model *model, unsigned source)
{
  return level_counts(model, source) && newest_level(&model->sources[source])->good;
}

/* --- comparing --- */

static const rl_composite_tick *tick_of(const rl_composite *composite, unsigned source)
{
  for (unsigned i = 0; i < composite->tick_count; i++) {
    if (composite->ticks[i].source.index == source)
      return &composite->ticks[i];
  }
  return NULL;
}

static const char *compare(market_model *model, const rl_composite *composite)
{
  unsigned votes = 0;
  bool lost = majority_lost(model);
  for (unsigned source = 0; source < LIVE; source++) {
    const rl_composite_tick *tick = tick_of(composite, source);
    if ((tick != NULL) != (!lost && model_votes(model, source)))
      return "another source votes";
    const said *level = newest_level(&model->sources[source]);
    if (tick && (tick->bid != level->bid || tick->ask != level->ask ||
                 tick->arrival_mono_ns != level->ns))
      return "another rate votes";
    votes += tick != NULL;
  }
  if (votes != composite->tick_count)
    return "a vote too many";
  if (votes == 0)
    return composite->refusal == RL_REFUSAL_NONE ? "a price of nothing" : NULL;
  rl_composite again = *composite;
  rl_composite_price(&again);
  return memcmp(&again, composite, sizeof again) ? "not what its own ticks give" : NULL;
}

/* --- random streams --- */

/* After the last accepted one; at times far after it, at it, or before it. */
static uint64_t random_sequence(const said *last)
{
  if (!last)
    return 1 + rl_random_below(&dice, 9);
  switch (rl_random_below(&dice, 20)) {
  case 0: return last->sequence;
  case 1: return last->sequence - 1;
  case 2: return last->sequence + 1 + rl_random_below(&dice, 9);
  default: return last->sequence + 1;
  }
}

static said random_said(const history *past, int64_t ns)
{
  const said *last = last_said(past);
  uint64_t sequence = random_sequence(last);
  if (rl_random_below(&dice, 12) == 0)
    return (said){.sequence = sequence, .ns = ns, .withdrawn = true};
  if (last && !last->withdrawn && rl_random_below(&dice, 12) == 0)
    return (said){.sequence = sequence, .ns = ns, .bid = last->bid, .ask = last->ask};
  int64_t mid = 10000 + 90 * rl_random_between(&dice, -2, 2) + rl_random_between(&dice, -12, 12);
  int64_t half = rl_random_between(&dice, -1, 4);
  return (said){.sequence = sequence, .ns = ns, .bid = mid - half, .ask = mid + half};
}

/* A little later, or at a bound of something said, or beside it. */
static int64_t random_instant(const market_model *model)
{
  const history *past = &model->sources[rl_random_below(&dice, SOURCES)];
  if (past->count > 0 && rl_random_below(&dice, 3) == 0) {
    const said *one = &past->all[past->count - 1 - rl_random_below(&dice, past->count)];
    int64_t bound = one->ns + (rl_random_below(&dice, 2) ? AGE_NS : HOLD_NS);
    int64_t instant = bound + rl_random_between(&dice, -1, 1);
    if (instant >= model->now_ns)
      return instant;
  }
  return model->now_ns + (int64_t)rl_random_magnitude(&dice, AGE_NS / 2) - 1;
}

static const char *compare_counters(const market_model *model, const rl_market *market,
                                    const rl_source *sources)
{
  for (unsigned i = 0; i < SOURCES; i++) {
    const history *past = &model->sources[i];
    rl_source_info info;
    rl_market_source_info(market, sources[i], &info);
    if (memcmp(info.verdicts, past->verdicts, sizeof past->verdicts) != 0)
      return "other verdicts are counted";
    if (info.gaps != past->gaps || info.repeats != past->repeats)
      return "other gaps or repeats are counted";
  }
  return NULL;
}

static const char *run_stream(rl_market *market, const rl_source *sources)
{
  market_model model = {.now_ns = 1000000000};
  rl_pair pair = {0};
  uint64_t version = 0;
  for (unsigned i = 0; i < STREAM; i++) {
    model.now_ns = random_instant(&model);
    rl_now now = {{model.now_ns}, {1700000000000ll}};
    if (rl_random_below(&dice, 3) > 0) {
      unsigned source = (unsigned)rl_random_below(&dice, LIVE);
      if (rl_random_below(&dice, 40) == 0)
        source = FIXING;
      said next = random_said(&model.sources[source], model.now_ns);
      rl_tick tick = {.pair = pair, .sequence = next.sequence, .bid = (uint32_t)next.bid,
                      .ask = (uint32_t)next.ask, .scale = 4, .withdrawn = next.withdrawn};
      if (rl_market_apply(market, sources[source], &tick, now) != step(&model, source, next))
        return "another verdict";
    }
    rl_composite composite;
    memset(&composite, 0, sizeof composite);
    rl_market_composite(market, pair, now.mono, &composite);
    const char *fault = compare(&model, &composite);
    if (fault || composite.version < version)
      return fault ? fault : "the version fell";
    version = composite.version;
  }
  return compare_counters(&model, market, sources);
}

static const char *run_fresh_stream(const rl_universe *universe)
{
  static const char *const names[SOURCES] = {"a", "b", "c", "d", "fixing"};
  rl_market *market;
  rl_source sources[SOURCES];
  if (rl_market_create(universe, &market) != RL_OK)
    return "out of memory";
  for (unsigned i = 0; i < SOURCES; i++) {
    if (rl_market_register(market, names[i], i < LIVE ? RL_SOURCE_LIVE : RL_SOURCE_REFERENCE,
                           &sources[i]) != RL_OK)
      return "a source is refused";
  }
  const char *fault = run_stream(market, sources);
  rl_market_destroy(market);
  return fault;
}

int main(int argc, char **argv)
{
  unsigned long updates = argc == 3 && strcmp(argv[1], "--updates") == 0
                            ? strtoul(argv[2], NULL, 10) : 600000;
  dice = rl_random_from(rl_test_seed("intake model"));
  rl_universe *universe;
  if (rl_universe_parse(universe_text, strlen(universe_text), "test", &universe, NULL) != RL_OK)
    return 2;
  const char *fault = NULL;
  for (unsigned long done = 0; done < updates && !fault; done += STREAM)
    fault = run_fresh_stream(universe);
  rl_universe_destroy(universe);
  if (fault)
    fprintf(stderr, "%s\n", fault);
  else
    printf("%lu updates as the model says\n", updates);
  return fault ? 1 : 0;
}
