/* Numbers, days and instants as files write them.
 *
 * Every reader takes a span that need not end in a NUL, takes all of it or nothing, and leaves
 * its output untouched on failure. Pure, any thread. */
#pragma once

#include "clock/clock.h"

#include <stddef.h>

/* Digits only, no sign, at least one. RL_INVALID for another form, RL_OUT_OF_RANGE above `max`. */
RL_MUST_USE rl_status rl_digits_parse(const char *text, size_t length, uint64_t max,
                                      uint64_t *out);

/* "2025-05-09": midnight UTC of a day that exists, 1970 to 9999. RL_INVALID otherwise. */
RL_MUST_USE rl_status rl_midnight_parse(const char *text, size_t length, rl_utc *out);

/* "2019-02-04 00:00:00.994": a date, 'T' or a blank, a time of day, up to nine decimals of which
 * three count (cut, never rounded), and 'Z' or nothing. Always UTC. RL_INVALID otherwise. */
RL_MUST_USE rl_status rl_instant_parse(const char *text, size_t length, rl_utc *out);
