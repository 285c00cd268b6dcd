/* Fetches a small public file over HTTPS: bounded in time, size and redirects. The only file that
 * names curl. Once per process at a time. */
#pragma once

#include "status/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RL_ECB_URL "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml"

/* Gets `url` (https, or http where that is asked for; a redirect only leads to https) within
 * `timeout_ms`. At most `max` bytes. `stopped` is asked about once a second whether to give up.
 * On success the caller frees *out. RL_UNREACHABLE when there is no network or no such server,
 * RL_TIMEOUT, RL_OUT_OF_RANGE beyond `max`, RL_INVALID for a URL of another kind, RL_IO for any
 * other answer than a success. */
RL_MUST_USE rl_status rl_ecb_fetch(const char *url, size_t max, uint32_t timeout_ms,
                                   bool (*stopped)(void), char **out, size_t *out_size,
                                   rl_error *error);
