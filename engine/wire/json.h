/* msgpack as JSON text, for people and for tools that read nothing else.
 *
 * Maps, arrays, text, integers, booleans and nil are what JSON has for them. Binary is base64 text
 * (URL alphabet, no padding), as the token is passed on. Text that is not UTF-8 has U+FFFD for
 * each byte that does not fit. A key that is not text is its own JSON as a string, cut to 64
 * bytes; duplicates stay.
 * Floats and ext values, of which the protocol has none, are null. Pure; nothing is allocated. */
#pragma once

#include "status/status.h"

#include <stddef.h>

/* Total: RL_INVALID for bytes that are not one msgpack value within RL_DEPTH_MAX levels, RL_FULL
 * when `out` is too small. `indent` spaces a level, 0 for one line. NUL-terminated; *length
 * excludes the NUL. Nothing is said of `out` on failure. */
RL_MUST_USE rl_status rl_json_from_msgpack(const void *bytes, size_t size, unsigned indent,
                                           char *out, size_t out_size, size_t *length);
