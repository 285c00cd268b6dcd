#include "wire/json.h"

#include "crypto/crypto.h"
#include "status/limits.h"
#include "wire/value.h"

#include <inttypes.h>
#include <stdio.h>

/* `used` counts what was wanted, also beyond the room: the text is whole only if it fits. */
typedef struct printer {
  rl_unpacker in;
  char *out;
  size_t room;
  size_t used;
  unsigned indent;
  unsigned level;
} printer;

static void print_char(printer *to, char letter)
{
  if (to->used < to->room)
    to->out[to->used] = letter;
  to->used++;
}

static void print_text(printer *to, const char *text)
{
  while (*text)
    print_char(to, *text++);
}

static void print_line(printer *to)
{
  if (to->indent == 0)
    return;
  print_char(to, '\n');
  for (unsigned i = 0; i < to->indent * to->level; i++)
    print_char(to, ' ');
}

/* Bytes of the UTF-8 sequence at `at`, 0 if it is none: overlong forms, surrogates and what is
 * beyond U+10FFFF are none (RFC 3629). */
static size_t utf8_length(const uint8_t *at, size_t left)
{
  if (at[0] < 0x80)
    return 1;
  size_t length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
  if (at[0] < 0xc2 || at[0] > 0xf4 || length > left)
    return 0;
  for (size_t i = 1; i < length; i++) {
    if ((at[i] & 0xc0) != 0x80)
      return 0;
  }
  bool overlong = (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xf0 && at[1] < 0x90);
  bool surrogate = at[0] == 0xed && at[1] >= 0xa0;
  bool beyond = at[0] == 0xf4 && at[1] >= 0x90;
  return overlong || surrogate || beyond ? 0 : length;
}

static void print_ascii(printer *to, uint8_t letter)
{
  char escape[8];
  if (letter >= 0x20 && letter != '"' && letter != '\\' && letter != 0x7f) {
    print_char(to, (char)letter);
    return;
  }
  if (letter == '"' || letter == '\\')
    snprintf(escape, sizeof escape, "\\%c", letter);
  else if (letter == '\n' || letter == '\r' || letter == '\t')
    snprintf(escape, sizeof escape, "\\%c", letter == '\n' ? 'n' : letter == '\r' ? 'r' : 't');
  else
    snprintf(escape, sizeof escape, "\\u%04x", letter);
  print_text(to, escape);
}

static void print_escaped(printer *to, const uint8_t *bytes, size_t size)
{
  for (size_t at = 0; at < size;) {
    size_t length = utf8_length(bytes + at, size - at);
    if (length == 0) {
      print_text(to, "\\ufffd");
      at++;
    } else if (length == 1) {
      print_ascii(to, bytes[at++]);
    } else {
      for (size_t i = 0; i < length; i++)
        print_char(to, (char)bytes[at++]);
    }
  }
}

static void print_string(printer *to, rl_value text)
{
  print_char(to, '"');
  print_escaped(to, text.bytes, text.size);
  print_char(to, '"');
}

/* Three bytes are four letters; crypto's encoder wants its room at once, so it goes in pieces. */
static void print_binary(printer *to, rl_value binary)
{
  print_char(to, '"');
  for (uint32_t at = 0; at < binary.size; at += 3) {
    char letters[RL_BASE64_SIZE(3)];
    size_t piece = binary.size - at < 3 ? binary.size - at : 3;
    rl_base64_encode(binary.bytes + at, piece, letters, sizeof letters);
    print_text(to, letters);
  }
  print_char(to, '"');
}

static bool print_value(printer *to);

/* A key must be a string: one that is not text becomes the string of its JSON. */
static bool print_key(printer *to)
{
  if (rl_unpack_peek(&to->in) == RL_PACK_TEXT)
    return print_value(to);
  char plain[64];
  printer key = {.in = to->in, .out = plain, .room = sizeof plain, .level = to->level};
  if (!print_value(&key))
    return false;
  to->in = key.in;
  print_char(to, '"');
  print_escaped(to, (const uint8_t *)plain, key.used < sizeof plain ? key.used : sizeof plain);
  print_char(to, '"');
  return true;
}

static bool print_element(printer *to, bool keyed)
{
  print_line(to);
  if (!keyed)
    return print_value(to);
  if (!print_key(to))
    return false;
  print_text(to, to->indent ? ": " : ":");
  return print_value(to);
}

static bool print_container(printer *to, uint32_t count, bool keyed)
{
  if (++to->level > RL_DEPTH_MAX)
    return false;
  print_char(to, keyed ? '{' : '[');
  for (uint32_t i = 0; i < count; i++) {
    if (i > 0)
      print_char(to, ',');
    if (!print_element(to, keyed))
      return false;
  }
  to->level--;
  if (count > 0)
    print_line(to);
  print_char(to, keyed ? '}' : ']');
  return true;
}

static void print_number(printer *to, rl_value number)
{
  char digits[24];
  if (number.type == RL_PACK_UINT)
    snprintf(digits, sizeof digits, "%" PRIu64, number.number);
  else
    snprintf(digits, sizeof digits, "%" PRId64, (int64_t)number.number);
  print_text(to, digits);
}

static bool print_value(printer *to)
{
  rl_value value = rl_unpack_value(&to->in);
  switch (value.type) {
  case RL_PACK_END: return false;
  case RL_PACK_NIL:
  case RL_PACK_FLOAT:
  case RL_PACK_EXT: print_text(to, "null"); break;
  case RL_PACK_BOOL: print_text(to, value.number ? "true" : "false"); break;
  case RL_PACK_UINT:
  case RL_PACK_INT: print_number(to, value); break;
  case RL_PACK_TEXT: print_string(to, value); break;
  case RL_PACK_BINARY: print_binary(to, value); break;
  case RL_PACK_ARRAY: return print_container(to, value.size, false);
  case RL_PACK_MAP: return print_container(to, value.size, true);
  }
  return true;
}

rl_status rl_json_from_msgpack(const void *bytes, size_t size, unsigned indent, char *out,
                               size_t out_size, size_t *length)
{
  printer to = {
    .in = rl_unpacker_over(bytes, size), .out = out, .room = out_size, .indent = indent};
  if (!print_value(&to) || !rl_unpack_done(&to.in))
    return RL_INVALID;
  if (to.used >= out_size)
    return RL_FULL;
  out[to.used] = '\0';
  *length = to.used;
  return RL_OK;
}
