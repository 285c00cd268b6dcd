/* Text that people write for the engine: lines of words, '#' starts a comment.
 *
 * Splits any bytes, NUL and a missing last line end included, and keeps the place that an error
 * names. Reads the caller's text, copies and allocates nothing; one thread. */
#pragma once

#include "status/error.h"

#include <stdbool.h>

/* Bytes of a text, without a NUL behind them; owned by whoever owns the text. */
typedef struct rl_span {
  const char *text;
  size_t length; /* bytes */
} rl_span;

bool rl_span_is(rl_span span, const char *text);

/* A word as it may be shown to people: cut, and nothing that moves a terminal. */
typedef struct rl_shown {
  char text[24]; /* NUL-terminated */
} rl_shown;

rl_shown rl_span_show(rl_span span);

typedef struct rl_words {
  rl_span lines;    /* not yet begun */
  rl_span rest;     /* of the current line, without its comment */
  const char *file; /* names the text in errors */
  unsigned line;    /* the current one, counted from 1; 0 before the first */
  rl_error *error;  /* may be NULL */
} rl_words;

rl_words rl_words_over(const char *text, size_t length, const char *file, rl_error *error);
/* Goes to the next line; false at the end of the text. */
bool rl_words_next_line(rl_words *words);
/* The next word of the line; false at its end, where *word is empty. */
bool rl_words_take(rl_words *words, rl_span *word);
/* True when the line has no further word. */
bool rl_words_at_end(const rl_words *words);

/* rl_fail at the current line: RL_WORDS_FAIL(words, status, field, format, …) */
#define RL_WORDS_FAIL(words, status, field, ...) \
  rl_fail((words)->error, status, (words)->file, (words)->line, field, __VA_ARGS__)
