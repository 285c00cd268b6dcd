/* A universe while its text is read: what universe_parse.c (lines) and pair_settings.c (the
 * key=value of a pair's line) share. Private to this room. */
#pragma once

#include "market/universe_table.h"
#include "status/words.h"

typedef struct rl_universe_reading {
  rl_universe *universe;
  rl_words words;
  unsigned ranked; /* currencies named by `order` so far */
} rl_universe_reading;

#define FAIL(parser, status, field, ...) \
  RL_WORDS_FAIL(&(parser)->words, status, field, __VA_ARGS__)

/* The session of this name as a pair's spec has it: its index plus one; 0 if there is none. */
unsigned rl_universe_find_session(const rl_universe *universe, rl_span name);

/* The rest of a pair's line: every field of *out but the two currencies, which stay untouched. On
 * failure *out is of no use. */
RL_MUST_USE rl_status rl_pair_settings_parse(rl_universe_reading *parser, rl_pair_spec *out);
