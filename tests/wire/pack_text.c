#include "pack_text.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <math.h>
#include <msgpack.h>
#include <stdlib.h>
#include <string.h>

typedef struct scanner {
  const char *at;
} scanner;

static void take_value(scanner *in, msgpack_packer *packer);

static char next_mark(scanner *in)
{
  while (isspace((unsigned char)*in->at))
    in->at++;
  return *in->at;
}

static bool take_mark(scanner *in, char mark)
{
  if (next_mark(in) != mark)
    return false;
  in->at++;
  return true;
}

/* The text up to the closing quote. */
static const char *take_quoted(scanner *in, size_t *length)
{
  cr_assert(take_mark(in, '\''), "expected a quote at: %s", in->at);
  const char *start = in->at;
  *length = strcspn(start, "'");
  in->at += *length + 1;
  return start;
}

static size_t take_hex(scanner *in, uint8_t *out, size_t room)
{
  size_t length, size = 0;
  const char *text = take_quoted(in, &length);
  for (size_t i = 0; i + 1 < length; i += text[i] == ' ' ? 1 : 2) {
    if (text[i] == ' ')
      continue;
    cr_assert(size < room);
    out[size++] = (uint8_t)strtoul((char[]){text[i], text[i + 1], '\0'}, NULL, 16);
  }
  return size;
}

static void take_number(scanner *in, msgpack_packer *packer)
{
  char *end;
  double number = strtod(in->at, &end);
  cr_assert(end != in->at, "no value at: %s", in->at);
  bool is_float = memchr(in->at, '.', (size_t)(end - in->at)) != NULL || isnan(number);
  if (is_float)
    msgpack_pack_double(packer, number);
  else if (*in->at == '-')
    msgpack_pack_int64(packer, strtoll(in->at, NULL, 10));
  else
    msgpack_pack_uint64(packer, strtoull(in->at, NULL, 10));
  in->at = end;
}

/* The elements between the marks, written apart because their count comes first. */
static void take_elements(scanner *in, msgpack_packer *packer, char close, bool pairs)
{
  msgpack_sbuffer inner;
  msgpack_packer inner_packer;
  size_t count = 0;
  msgpack_sbuffer_init(&inner);
  msgpack_packer_init(&inner_packer, &inner, msgpack_sbuffer_write);
  while (!take_mark(in, close)) {
    take_value(in, &inner_packer);
    if (pairs) {
      cr_assert(take_mark(in, ':'), "expected a colon at: %s", in->at);
      take_value(in, &inner_packer);
    }
    take_mark(in, ',');
    count++;
  }
  if (pairs)
    msgpack_pack_map(packer, count);
  else
    msgpack_pack_array(packer, count);
  msgpack_sbuffer_write(packer->data, inner.data, inner.size);
  msgpack_sbuffer_destroy(&inner);
}

static bool take_word(scanner *in, const char *word)
{
  size_t length = strlen(word);
  if (strncmp(in->at, word, length) != 0)
    return false;
  in->at += length;
  return true;
}

static void take_value(scanner *in, msgpack_packer *packer)
{
  uint8_t bytes[PACK_TEXT_MAX];
  size_t length;
  char mark = next_mark(in);
  if (mark == '\'') {
    const char *text = take_quoted(in, &length);
    msgpack_pack_str_with_body(packer, text, length);
  } else if (take_mark(in, '{')) {
    take_elements(in, packer, '}', true);
  } else if (take_mark(in, '[')) {
    take_elements(in, packer, ']', false);
  } else if (take_word(in, "nil")) {
    msgpack_pack_nil(packer);
  } else if (take_word(in, "true")) {
    msgpack_pack_true(packer);
  } else if (take_word(in, "false")) {
    msgpack_pack_false(packer);
  } else if (mark == 'b') {
    in->at++;
    length = take_hex(in, bytes, sizeof bytes);
    msgpack_pack_bin_with_body(packer, bytes, length);
  } else if (mark == 'x') {
    in->at++;
    length = take_hex(in, bytes, sizeof bytes);
    msgpack_sbuffer_write(packer->data, (const char *)bytes, length);
  } else {
    take_number(in, packer);
  }
}

packed pack_text(const char *text)
{
  msgpack_sbuffer buffer;
  msgpack_packer packer;
  packed out = {0};
  scanner in = {.at = text};
  msgpack_sbuffer_init(&buffer);
  msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
  take_value(&in, &packer);
  cr_assert_eq(next_mark(&in), '\0', "left over: %s", in.at);
  cr_assert(buffer.size <= sizeof out.bytes);
  memcpy(out.bytes, buffer.data, buffer.size);
  out.size = buffer.size;
  msgpack_sbuffer_destroy(&buffer);
  return out;
}
