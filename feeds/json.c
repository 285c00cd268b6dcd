#include "feeds/json.h"

#include <string.h>

rl_json rl_json_over(const void *text, size_t size)
{
  return (rl_json){.text = text, .size = size};
}

static bool fail(rl_json *json)
{
  json->failed = true;
  return false;
}

/* -1 at the end or behind a failure. */
static int next_byte(const rl_json *json)
{
  return json->failed || json->at == json->size ? -1 : (unsigned char)json->text[json->at];
}

static int byte_behind_blanks(rl_json *json)
{
  int byte = next_byte(json);
  while (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r') {
    json->at++;
    byte = next_byte(json);
  }
  return byte;
}

static bool is_digit(int byte)
{
  return byte >= '0' && byte <= '9';
}

rl_json_type rl_json_peek(rl_json *json)
{
  int byte = byte_behind_blanks(json);
  switch (byte) {
  case '{': return RL_JSON_OBJECT;
  case '[': return RL_JSON_ARRAY;
  case '"': return RL_JSON_STRING;
  case 't':
  case 'f':
  case 'n': return RL_JSON_WORD;
  default: return byte == '-' || is_digit(byte) ? RL_JSON_NUMBER : RL_JSON_NONE;
  }
}

static bool take_byte(rl_json *json, char wanted)
{
  if (byte_behind_blanks(json) != wanted)
    return fail(json);
  json->at++;
  return true;
}

/* --- strings --- */

static bool is_hex(int byte)
{
  return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

/* What follows a backslash. */
static bool take_escape(rl_json *json)
{
  int byte = next_byte(json);
  if (byte <= 0 || !strchr("\"\\/bfnrtu", byte))
    return fail(json);
  json->at++;
  for (unsigned i = 0; byte == 'u' && i < 4; i++) {
    if (!is_hex(next_byte(json)))
      return fail(json);
    json->at++;
  }
  return true;
}

bool rl_json_string(rl_json *json, rl_span *out)
{
  if (!take_byte(json, '"'))
    return false;
  size_t start = json->at;
  for (;;) {
    int byte = next_byte(json);
    if (byte < ' ')
      return fail(json);
    json->at++;
    if (byte == '"')
      break;
    if (byte == '\\' && !take_escape(json))
      return false;
  }
  *out = (rl_span){json->text + start, json->at - 1 - start};
  return true;
}

/* --- numbers --- */

static bool take_digits(rl_json *json)
{
  if (!is_digit(next_byte(json)))
    return fail(json);
  while (is_digit(next_byte(json)))
    json->at++;
  return true;
}

static bool take_whole(rl_json *json)
{
  if (next_byte(json) != '0')
    return take_digits(json);
  json->at++; /* nothing that may follow a number is a digit */
  return true;
}

static bool take_exponent(rl_json *json)
{
  json->at++;
  if (next_byte(json) == '+' || next_byte(json) == '-')
    json->at++;
  return take_digits(json);
}

bool rl_json_number(rl_json *json, rl_span *out)
{
  if (rl_json_peek(json) != RL_JSON_NUMBER)
    return fail(json);
  size_t start = json->at;
  if (next_byte(json) == '-')
    json->at++;
  bool good = take_whole(json);
  if (good && next_byte(json) == '.') {
    json->at++;
    good = take_digits(json);
  }
  if (good && (next_byte(json) == 'e' || next_byte(json) == 'E'))
    good = take_exponent(json);
  if (good)
    *out = (rl_span){json->text + start, json->at - start};
  return good;
}

/* --- words --- */

static bool take_word(rl_json *json, const char *word)
{
  size_t length = strlen(word);
  byte_behind_blanks(json);
  if (json->failed || json->size - json->at < length ||
      memcmp(json->text + json->at, word, length) != 0)
    return fail(json);
  json->at += length;
  return true;
}

bool rl_json_null(rl_json *json)
{
  return take_word(json, "null");
}

static bool take_any_word(rl_json *json)
{
  int byte = next_byte(json);
  return take_word(json, byte == 't' ? "true" : byte == 'f' ? "false" : "null");
}

/* --- containers --- */

bool rl_json_enter(rl_json *json, char open)
{
  return take_byte(json, open);
}

bool rl_json_more(rl_json *json, char close, bool *first)
{
  int byte = byte_behind_blanks(json);
  bool at_start = *first;
  *first = false;
  if (byte == close) {
    json->at++;
    return false;
  }
  return at_start || take_byte(json, ',');
}

bool rl_json_key(rl_json *json, rl_span *out)
{
  return rl_json_string(json, out) && take_byte(json, ':');
}

/* Recursive, as deep as the caller allows. */
static bool skip_container(rl_json *json, char open, char close, unsigned depth)
{
  rl_span key;
  for (bool first = depth > 0 ? rl_json_enter(json, open) : fail(json);
       rl_json_more(json, close, &first);) {
    if (open == '{' && !rl_json_key(json, &key))
      return false;
    if (!rl_json_skip(json, depth - 1))
      return false;
  }
  return !json->failed;
}

bool rl_json_skip(rl_json *json, unsigned depth)
{
  rl_span span;
  switch (rl_json_peek(json)) {
  case RL_JSON_OBJECT: return skip_container(json, '{', '}', depth);
  case RL_JSON_ARRAY: return skip_container(json, '[', ']', depth);
  case RL_JSON_STRING: return rl_json_string(json, &span);
  case RL_JSON_NUMBER: return rl_json_number(json, &span);
  case RL_JSON_WORD: return take_any_word(json);
  case RL_JSON_NONE: break;
  }
  return fail(json);
}

bool rl_json_done(rl_json *json)
{
  return byte_behind_blanks(json) < 0 && !json->failed;
}

bool rl_span_is(rl_span span, const char *word)
{
  return span.size == strlen(word) && memcmp(span.bytes, word, span.size) == 0;
}
