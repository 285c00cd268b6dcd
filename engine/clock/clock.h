/* Time, through one seam.
 *
 * Two clocks with two types that cannot be swapped. The boot clock counts nanoseconds since the
 * machine started, suspended time included, and nobody can set it: ages, deadlines and expiry
 * are judged on it (design K3, L8). The wall clock is UTC and may jump: it is for people, for
 * records, and for judging a quote of another boot or machine.
 *
 * Code that needs the time is given an rl_now, or an rl_clock to read it from; only the daemon
 * and the programs make a system clock. A test makes a manual one and drives it. */
#pragma once

#include "status/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct rl_mono {
  int64_t ns; /* nanoseconds since boot (CLOCK_BOOTTIME) */
} rl_mono;

typedef struct rl_utc {
  int64_t ms; /* milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted */
} rl_utc;

/* One instant, read on both clocks. */
typedef struct rl_now {
  rl_mono mono;
  rl_utc utc;
} rl_now;

typedef struct rl_clock {
  rl_now (*read)(void *context); /* any thread */
  void *context;                 /* owned by whoever made the clock */
} rl_clock;

static inline rl_now rl_clock_read(const rl_clock *clock)
{
  return clock->read(clock->context);
}

/* The machine's clocks. About 40 ns a read (two vDSO calls). */
rl_clock rl_clock_system(void);

/* Identifies this boot of this machine: equal on two reads only if boot-clock instants of the
 * two can be compared. From the kernel's boot id; RL_IO where that cannot be read. */
RL_MUST_USE rl_status rl_clock_boot_id(uint64_t *out);

/* A clock that stands still until it is moved, for tests. One thread moves it at a time; any
 * thread reads it. The address must stay valid as long as the clock. */
typedef struct rl_manual_clock {
  _Atomic int64_t mono_ns;
  _Atomic int64_t utc_ms;
} rl_manual_clock;

void rl_manual_clock_init(rl_manual_clock *manual, rl_now start);
void rl_manual_clock_advance_ns(rl_manual_clock *manual, int64_t ns); /* both clocks move */
rl_clock rl_clock_manual(rl_manual_clock *manual);

#define RL_NS_PER_MS 1000000ll

/* "2026-01-31T23:59:59.123Z": 24 bytes and a NUL. Years 1970 to 9999; beyond them
 * the first or the last instant. */
#define RL_UTC_TEXT_SIZE 25
void rl_utc_format(rl_utc utc, char out[RL_UTC_TEXT_SIZE]);
/* An instant as people write it in ISO 8601, always UTC: "2026-01-31" (its midnight),
 * "2026-01-31T23:59Z", "2026-01-31T23:59:59Z", "2026-01-31T23:59:59.123Z". RL_INVALID for another
 * form, RL_OUT_OF_RANGE where there is no such date or time, or a year outside 1970 to 9999. */
RL_MUST_USE rl_status rl_utc_parse(const char *text, size_t length, rl_utc *out);

/* A length of time as people write it: a whole number of at most nine digits and its unit, ms, s,
 * m or h ("30s", "1500ms"). RL_INVALID for another form. */
RL_MUST_USE rl_status rl_duration_parse(const char *text, size_t length, uint64_t *out_ms);
/* The same in the largest unit that is whole: 90000 is "90s", 3600000 "1h". */
#define RL_DURATION_TEXT_SIZE 24
void rl_duration_format(uint64_t ms, char out[RL_DURATION_TEXT_SIZE]);
