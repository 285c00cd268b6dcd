/* The breaker against a model, on random streams of mids (K4).
 *
 *   breaker_model [--mids N]
 *
 * The model keeps every mid since the history began and derives from them, by the definition at
 * the head of engine/market/breaker.h, what the engine carries in a bounded state. Instants are
 * drawn so that they often fall on a bound of the window or the hold, or one nanosecond beside it,
 * and mids so that they often are at a limit or one half unit beyond. */
#include "market/breaker.h"
#include "support/expect.h"
#include "support/random.h"

#include <string.h>

enum { STREAM = 250 };
#define WINDOW_MS 8
#define HOLD_MS 5
#define WINDOW_NS (WINDOW_MS * (int64_t)RL_NS_PER_MS)
#define HOLD_NS (HOLD_MS * (int64_t)RL_NS_PER_MS)
#define PART_NS (WINDOW_NS / RL_BREAKER_PARTS)

typedef struct noted {
  int64_t ns;
  int64_t mid;
} noted;

typedef struct model {
  noted all[STREAM];
  unsigned count;       /* since the history began */
  bool tripped;
  int64_t held_from_ns;
  int64_t fixing, fixing_ms, accepted, overruled, overruled_ms;
} model;

static rl_random dice;
static rl_pair_spec spec;
static uint64_t trips; /* composites that were halted */

/* --- by definition --- */

static bool counts(const model *it, unsigned i, int64_t now_ns)
{
  for (unsigned j = 0; j < it->count; j++) {
    if (it->all[j].ns / PART_NS == it->all[i].ns / PART_NS && now_ns - it->all[j].ns < WINDOW_NS)
      return true;
  }
  return false;
}

static bool beyond(int64_t from, int64_t to, int64_t ppm)
{
  return llabs(to - from) * 1000000 > from * ppm;
}

static bool moved(const model *it, int64_t mid, int64_t now_ns)
{
  for (unsigned i = 0; i < it->count && spec.breaker_ppm > 0; i++) {
    if (counts(it, i, now_ns) && beyond(it->all[i].mid, mid, spec.breaker_ppm))
      return true;
  }
  return false;
}

static bool astray(const model *it, int64_t mid)
{
  bool accepted = it->accepted && it->overruled == it->fixing && it->overruled_ms == it->fixing_ms;
  return it->fixing && spec.reference_ppm > 0 &&
         beyond(accepted ? it->accepted : it->fixing, mid, spec.reference_ppm);
}

static void add(model *it, int64_t mid, int64_t now_ns)
{
  it->all[it->count++] = (noted){now_ns, mid};
}

static void let_go(model *it, int64_t mid, int64_t now_ns)
{
  it->tripped = false;
  it->count = 0;
  if (astray(it, mid)) {
    it->overruled = it->fixing;
    it->overruled_ms = it->fixing_ms;
    it->accepted = mid;
  }
  add(it, mid, now_ns);
}

static void hold(model *it, int64_t mid, int64_t now_ns)
{
  it->tripped = true;
  it->held_from_ns = now_ns;
  it->count = 0;
  add(it, mid, now_ns);
}

static bool judge(model *it, int64_t mid, unsigned sources, int64_t now_ns)
{
  bool moves = moved(it, mid, now_ns);
  if (moves || (!it->tripped && astray(it, mid)))
    hold(it, mid, now_ns);
  else if (it->tripped && now_ns - it->held_from_ns >= HOLD_NS && sources >= spec.breaker_sources)
    let_go(it, mid, now_ns);
  else
    add(it, mid, now_ns);
  return it->tripped;
}

/* --- streams --- */

static int64_t pick(const int64_t *choices, unsigned count)
{
  return choices[rl_random_below(&dice, count)];
}

static int64_t next_ns(const model *it, int64_t now_ns)
{
  const noted *old = &it->all[it->count ? rl_random_below(&dice, it->count) : 0];
  int64_t choices[] = {now_ns, now_ns + 1, old->ns + WINDOW_NS, old->ns + WINDOW_NS - 1,
                       it->held_from_ns + HOLD_NS, it->held_from_ns + HOLD_NS - 1,
                       (now_ns / PART_NS + 1) * PART_NS,
                       now_ns + rl_random_between(&dice, 0, PART_NS),
                       now_ns + rl_random_between(&dice, 0, WINDOW_NS)};
  int64_t ns = pick(choices, sizeof choices / sizeof choices[0]);
  return ns > now_ns ? ns : now_ns;
}

static int64_t next_mid(const model *it, int64_t mid)
{
  int64_t from = it->count ? it->all[rl_random_below(&dice, it->count)].mid : mid;
  int64_t by = rl_random_below(&dice, 2) ? spec.breaker_ppm : spec.reference_ppm;
  if (it->fixing && rl_random_below(&dice, 4) == 0)
    from = it->fixing;
  int64_t limit = from * by / 1000000;
  int64_t choices[] = {mid,          mid + rl_random_between(&dice, -9, 9), from + limit,
                       from - limit, from + limit + 1,                      from - limit - 1};
  int64_t next = pick(choices, rl_random_below(&dice, 8) ? 2 : 6);
  return next < 100 ? 100 : next > 1000000000 ? 1000000000 : next;
}

static rl_composite composite_of(int64_t mid, unsigned sources)
{
  rl_composite_tick tick = {.bid = (uint32_t)(mid / 2), .ask = (uint32_t)(mid - mid / 2)};
  rl_composite out = {.min_sources = 1, .tick_count = (uint8_t)sources, .mid_half = (uint32_t)mid};
  for (unsigned i = 0; i < sources; i++)
    out.ticks[i] = tick;
  return out;
}

static void draw_spec(void)
{
  spec = (rl_pair_spec){
    .breaker_ppm = rl_random_below(&dice, 6) ? (uint32_t)rl_random_between(&dice, 1, 60000) : 0,
    .reference_ppm = rl_random_below(&dice, 2) ? (uint32_t)rl_random_between(&dice, 1, 90000) : 0,
    .breaker_window_ms = WINDOW_MS,
    .breaker_hold_ms = HOLD_MS,
    .breaker_sources = (uint8_t)rl_random_between(&dice, 1, 3),
  };
}

/* One composite, and at times a fixing or a resume by hand before it. */
static void step(model *it, rl_breaker *breaker, int64_t mid, int64_t now_ns)
{
  unsigned sources = (unsigned)rl_random_between(&dice, 1, 4);
  unsigned event = (unsigned)rl_random_below(&dice, 60);
  if (event == 0) {
    it->fixing = next_mid(it, mid);
    it->fixing_ms++;
  }
  if (event == 1) {
    rl_breaker_resume(breaker);
    let_go(it, mid, now_ns);
  } else {
    judge(it, mid, sources, now_ns);
  }
  rl_composite composite = composite_of(mid, sources);
  rl_fixing fixing = {(uint32_t)it->fixing, it->fixing_ms};
  EXPECT(rl_breaker_judge(breaker, &spec, &composite, fixing, (rl_mono){now_ns}) == it->tripped);
  trips += it->tripped;
}

/* Whatever would trip it is outside the band. */
static void check_band(const model *it, const rl_breaker *breaker, int64_t mid, int64_t now_ns)
{
  rl_fixing fixing = {(uint32_t)it->fixing, it->fixing_ms};
  uint64_t band = rl_breaker_band(breaker, &spec, fixing);
  bool inside = mid >= (uint32_t)band && mid <= (int64_t)(band >> 32);
  EXPECT(!inside || (!moved(it, mid, now_ns) && !astray(it, mid)));
  EXPECT(inside || spec.breaker_ppm > 0 || astray(it, mid));
}

static void run_stream(void)
{
  model it = {.held_from_ns = 0};
  rl_breaker breaker;
  memset(&breaker, 0, sizeof breaker);
  draw_spec();
  int64_t now_ns = rl_random_between(&dice, 1, 1000000000);
  int64_t mid = rl_random_between(&dice, 1000, 3000000);
  for (unsigned i = 0; i < STREAM; i++) {
    now_ns = next_ns(&it, now_ns);
    mid = next_mid(&it, mid);
    step(&it, &breaker, mid, now_ns);
    check_band(&it, &breaker, next_mid(&it, mid), now_ns);
  }
}

int main(int argc, char **argv)
{
  bool told = argc == 3 && strcmp(argv[1], "--mids") == 0;
  uint64_t mids = told ? strtoull(argv[2], NULL, 10) : 300000;
  dice = rl_random_from(rl_test_seed("breaker model"));
  for (uint64_t i = 0; i < mids; i += STREAM)
    run_stream();
  printf("%llu of %llu halted\n", (unsigned long long)trips, (unsigned long long)mids);
  EXPECT(trips > mids / 20 && trips < mids - mids / 20);
  return 0;
}
