#include "market/clock_offset.h"

#include "status/limits.h"

#define HALF_NS (RL_CLOCK_HALF_WINDOW_MS * RL_NS_PER_MS)
#define NO_LAG INT64_MAX

static bool is_future(int64_t lag_ms)
{
  return lag_ms < -RL_SOURCE_FUTURE_MS;
}

/* The one of two lags that the window is to have. */
static int64_t better(int64_t left, int64_t right)
{
  if (is_future(left) || is_future(right))
    return left > right ? left : right;
  return left < right ? left : right;
}

/* A later instant than any is as wrong, and its difference to now is a number. */
static int64_t lag_of(int64_t source_utc_ms, int64_t utc_ms)
{
  return utc_ms - (source_utc_ms < RL_INSTANT_MAX_MS ? source_utc_ms : RL_INSTANT_MAX_MS);
}

static void begin_half(rl_clock_offset *offset, int64_t now_ns)
{
  bool follows = rl_word_load(&offset->known) && now_ns - offset->half_since_ns < 2 * HALF_NS;
  offset->before_lag_ms = follows ? offset->half_lag_ms : NO_LAG;
  offset->half_since_ns = now_ns;
}

void rl_clock_offset_note(rl_clock_offset *offset, int64_t source_utc_ms, rl_now now)
{
  int64_t lag_ms = lag_of(source_utc_ms, now.utc.ms);
  if (!rl_word_load(&offset->known) || now.mono.ns - offset->half_since_ns >= HALF_NS) {
    begin_half(offset, now.mono.ns);
    offset->half_lag_ms = lag_ms;
  } else {
    offset->half_lag_ms = better(offset->half_lag_ms, lag_ms);
  }
  int64_t before = offset->before_lag_ms;
  int64_t window = before == NO_LAG ? offset->half_lag_ms : better(before, offset->half_lag_ms);
  rl_word_store(&offset->lag_ms, (uint64_t)lag_ms);
  rl_word_store(&offset->offset_ms, (uint64_t)-window);
  rl_word_store_release(&offset->known, 1);
}

bool rl_clock_offset_read(const rl_clock_offset *offset, int64_t *offset_ms, int64_t *lag_ms)
{
  if (!rl_word_load_acquire(&offset->known))
    return false;
  *offset_ms = (int64_t)rl_word_load(&offset->offset_ms);
  *lag_ms = (int64_t)rl_word_load(&offset->lag_ms);
  return true;
}
