#include "view.h"

#include "status/limits.h"

#include <ctype.h>
#include <string.h>

rl_view rl_view_over(const void *bytes, size_t size)
{
  return (rl_view){bytes, size};
}

static rl_unpacker unpacker_of(rl_view view)
{
  return rl_unpacker_over(view.bytes, view.bytes ? view.size : 0);
}

static rl_pack_type type_of(rl_view view)
{
  rl_unpacker unpacker = unpacker_of(view);
  return rl_unpack_peek(&unpacker);
}

/* Takes the value that stands next. */
static bool take(rl_unpacker *unpacker, rl_view *out)
{
  size_t start = unpacker->reader.used;
  if (!rl_unpack_skip(unpacker, RL_DEPTH_MAX))
    return false;
  *out = (rl_view){unpacker->reader.bytes + start, unpacker->reader.used - start};
  return true;
}

bool rl_view_given(rl_view view)
{
  rl_pack_type type = type_of(view);
  return type != RL_PACK_END && type != RL_PACK_NIL;
}

rl_view rl_view_get(rl_view map, const char *key)
{
  rl_unpacker unpacker = unpacker_of(map);
  uint32_t pairs;
  if (rl_unpack_peek(&unpacker) != RL_PACK_MAP || !rl_unpack_map(&unpacker, &pairs))
    return (rl_view){0};
  for (uint32_t i = 0; i < pairs; i++) {
    rl_view name, value;
    if (!take(&unpacker, &name) || !take(&unpacker, &value))
      break;
    rl_unpacker text = unpacker_of(name);
    const char *found;
    size_t length;
    if (rl_unpack_text(&text, &found, &length) && length == strlen(key) &&
        memcmp(found, key, length) == 0)
      return value;
  }
  return (rl_view){0};
}

uint32_t rl_view_count(rl_view array)
{
  rl_unpacker unpacker = unpacker_of(array);
  uint32_t count = 0;
  rl_pack_type type = rl_unpack_peek(&unpacker);
  bool counted = type == RL_PACK_ARRAY ? rl_unpack_array(&unpacker, &count)
                                       : type == RL_PACK_MAP && rl_unpack_map(&unpacker, &count);
  return counted ? count : 0;
}

/* Moves behind the head of the array or map at the first step. */
static bool enter(rl_view container, rl_view *rest, rl_pack_type type)
{
  rl_unpacker unpacker = unpacker_of(container);
  uint32_t count;
  if (!container.bytes || type_of(container) != type)
    return false;
  if (rest->bytes != container.bytes)
    return true;
  bool entered = type == RL_PACK_ARRAY ? rl_unpack_array(&unpacker, &count)
                                       : rl_unpack_map(&unpacker, &count);
  *rest = (rl_view){container.bytes + unpacker.reader.used, container.size - unpacker.reader.used};
  return entered;
}

static bool take_from(rl_view *rest, rl_view *out)
{
  rl_unpacker unpacker = unpacker_of(*rest);
  if (!take(&unpacker, out))
    return false;
  *rest = (rl_view){rest->bytes + unpacker.reader.used, rest->size - unpacker.reader.used};
  return true;
}

bool rl_view_next(rl_view array, rl_view *rest, rl_view *item)
{
  return enter(array, rest, RL_PACK_ARRAY) && take_from(rest, item);
}

bool rl_view_next_entry(rl_view map, rl_view *rest, rl_view_string *key, rl_view *value)
{
  rl_view name;
  if (!enter(map, rest, RL_PACK_MAP) || !take_from(rest, &name) || !take_from(rest, value))
    return false;
  *key = rl_view_text(name);
  return true;
}

const char *rl_view_text_span(rl_view value, size_t *length)
{
  rl_unpacker unpacker = unpacker_of(value);
  const char *text;
  if (type_of(value) == RL_PACK_TEXT && rl_unpack_text(&unpacker, &text, length))
    return text;
  *length = 0;
  return "";
}

rl_view_string rl_view_text(rl_view value)
{
  rl_view_string out = {.text = ""};
  size_t length;
  const char *text = rl_view_text_span(value, &length);
  if (length >= sizeof out.text)
    length = sizeof out.text - 1;
  for (size_t i = 0; i < length; i++)
    out.text[i] = iscntrl((unsigned char)text[i]) ? '?' : text[i];
  return out;
}

int64_t rl_view_i64(rl_view value)
{
  rl_unpacker unpacker = unpacker_of(value);
  int64_t number = 0;
  rl_pack_type type = type_of(value);
  if ((type != RL_PACK_UINT && type != RL_PACK_INT) || !rl_unpack_i64(&unpacker, &number))
    return 0;
  return number;
}

bool rl_view_true(rl_view value)
{
  rl_unpacker unpacker = unpacker_of(value);
  bool truth = false;
  return type_of(value) == RL_PACK_BOOL && rl_unpack_bool(&unpacker, &truth) && truth;
}
