/* JSON, read in place: values are spans of the text, numbers as they were written, so that no
 * decimal ever becomes a float.
 *
 * Reading is total: any bytes give values or a failure, which sticks; nothing is allocated; nesting
 * is bounded. The grammar is RFC 8259's, except that the bytes of a string beyond ASCII are not
 * looked at. Escapes are checked but not resolved: a span with a backslash in it is no word that a
 * feed has. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum rl_json_type {
  RL_JSON_NONE, /* the end of the text, or what starts no value */
  RL_JSON_OBJECT,
  RL_JSON_ARRAY,
  RL_JSON_STRING,
  RL_JSON_NUMBER,
  RL_JSON_WORD, /* true, false or null */
} rl_json_type;

typedef struct rl_json {
  const char *text;
  size_t size;
  size_t at;
  bool failed;
} rl_json;

typedef struct rl_span {
  const char *bytes;
  size_t size;
} rl_span;

rl_json rl_json_over(const void *text, size_t size);
/* What stands next, behind blanks. */
rl_json_type rl_json_peek(rl_json *json);

/* Each takes one value; false, with the reader failed, where another stands. */
bool rl_json_string(rl_json *json, rl_span *out); /* between the quotes */
bool rl_json_number(rl_json *json, rl_span *out);
bool rl_json_null(rl_json *json);
/* One whole value of any type, within `depth` levels. */
bool rl_json_skip(rl_json *json, unsigned depth);

/* for (bool first = rl_json_enter(&json, '['); rl_json_more(&json, ']', &first);) …: an element
 * each round, for '{' and '}' a key with rl_json_key and a value. Takes the end, too. */
bool rl_json_enter(rl_json *json, char open);
bool rl_json_more(rl_json *json, char close, bool *first);
bool rl_json_key(rl_json *json, rl_span *out);

/* Nothing failed, and only blanks are left. */
bool rl_json_done(rl_json *json);

bool rl_span_is(rl_span span, const char *word);
