/* A venue (fix_venue.cc) and the FIX handler beside each other, for tests of the latter. */
#pragma once

#include "programs.h"

#define FIX FEED_PROGRAMS "/ratelock-feed-fix"

/* The venue's port, once it runs. */
extern char venue_port[8];

/* For TestSuite's .init and .fini: an engine's side and a venue. */
void rl_fix_set_up(void);
void rl_fix_tear_down(void);

/* Starts the venue again, with a password that logons must bring. */
void rl_venue_restart(const char *password);
/* A line for it (fix_venue.cc says which there are). */
void rl_venue_do(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Waits until it has told of `text` so many times in all, at most ten seconds. */
void rl_venue_await(const char *text, unsigned times);
/* How often it has by now. */
unsigned rl_venue_told(const char *text);
void rl_venue_signal(int signal_number);

/* The handler on one pair, without repeats but for what `...` says otherwise. */
#define START_FIX(...)                                                                       \
  START(FIX, "--host", "127.0.0.1", "--port", venue_port, "--sender", "DESK", "--target",    \
        "VENUE", "--source", "venue", "--pairs", "EURUSD", "--repeat", "0s", "--retry",       \
        "20ms", "--retry-max", "100ms", "--json", ##__VA_ARGS__)

/* A snapshot of one level a side, bid 1.1250 and offer 1.1252 of a million; the tick that comes of
 * it is `tick`. */
void rl_venue_snapshot(void);
/* That the next tick is a book with these best rates, of scale 4 unless they need more. */
void rl_expect_tick(uint64_t bid, uint64_t ask);
void rl_expect_withdrawn(void);
/* Ends the handler by SIGTERM: it must end with 0. */
void rl_end_fix(void);
/* That the handler's summary has this counter with this number. */
void rl_expect_count(const char *name, unsigned count);
