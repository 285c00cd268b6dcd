/* The bytes of a tick file: plain, gzip, or a zip that holds one file. What it is is told by its
 * first bytes, never by its name. Read as a stream in bounded memory. The only file that names
 * zlib and libzip. One thread at a time. */
#pragma once

#include "status/error.h"

#include <stddef.h>

typedef struct rl_tick_source rl_tick_source;

/* `path` must outlive the source; "-" is standard input, which cannot be a zip. RL_NOT_FOUND,
 * RL_IO, or RL_INVALID for a zip that is damaged or holds not exactly one file. */
RL_MUST_USE rl_status rl_tick_source_open(const char *path, rl_tick_source **out, rl_error *error);

/* Up to `size` bytes into `bytes`; *got is 0 at the end only. RL_CORRUPT when the compressed
 * stream is damaged or ends too early, RL_IO when the file cannot be read. */
RL_MUST_USE rl_status rl_tick_source_read(rl_tick_source *source, char *bytes, size_t size,
                                          size_t *got, rl_error *error);
void rl_tick_source_close(rl_tick_source *source);
