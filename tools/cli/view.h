/* A look into an answer: one msgpack value, and the values inside it by key or by position.
 *
 * A view points into bytes that somebody else owns. What is not there, or not of the type asked
 * for, is an empty view, an empty text or zero: a page shows what the engine said and leaves out
 * what it did not. Total; pure. */
#pragma once

#include "wire/msgpack.h"

typedef struct rl_view {
  const uint8_t *bytes; /* NULL: there is no such value */
  size_t size;          /* bytes of this one value */
} rl_view;

#define RL_VIEW_TEXT_SIZE 1024 /* a refused tariff's detail is the longest: an rl_error */

typedef struct rl_view_string {
  char text[RL_VIEW_TEXT_SIZE]; /* cut to fit, NUL-terminated, control characters shown as '?' */
} rl_view_string;

rl_view rl_view_over(const void *bytes, size_t size);
/* True when there is a value and it is not nil. */
bool rl_view_given(rl_view view);
/* Of a map. */
rl_view rl_view_get(rl_view map, const char *key);
/* Of an array or a map; 0 for others. */
uint32_t rl_view_count(rl_view array);

/* Walks an array: `*rest` starts as the array itself.
 *   for (rl_view rest = array, item; rl_view_next(array, &rest, &item);) … */
bool rl_view_next(rl_view array, rl_view *rest, rl_view *item);

/* The same for a map: `*rest` starts as the map itself. */
bool rl_view_next_entry(rl_view map, rl_view *rest, rl_view_string *key, rl_view *value);

rl_view_string rl_view_text(rl_view value);
int64_t rl_view_i64(rl_view value);
bool rl_view_true(rl_view value);
/* A text as it stands in the answer, without a NUL; "" and 0 if it is none. */
const char *rl_view_text_span(rl_view value, size_t *length);
