/* Any bytes shown as JSON: exactly those that can be skipped as one value are, and what comes out
 * is JSON by a reader of its own. */
#include "wire/json.h"

#include "status/limits.h"
#include "wire/msgpack.h"

#include <ctype.h>
#include <string.h>

#define JSON_MAX (1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *value(const char *at);

static const char *blanks(const char *at)
{
  while (*at == ' ' || *at == '\n')
    at++;
  return at;
}

static const char *expect(const char *at, char mark)
{
  at = blanks(at);
  RL_ASSERT(*at == mark);
  return at + 1;
}

static const char *escape(const char *at)
{
  if (*at != 'u') {
    RL_ASSERT(*at && strchr("\"\\nrt", *at));
    return at + 1;
  }
  for (unsigned i = 1; i <= 4; i++)
    RL_ASSERT(isxdigit((unsigned char)at[i]));
  return at + 5;
}

static const char *string(const char *at)
{
  at = expect(at, '"');
  while (*at != '"') {
    RL_ASSERT((unsigned char)*at >= 0x20 && *at != 0x7f);
    at = *at == '\\' ? escape(at + 1) : at + 1;
  }
  return at + 1;
}

static const char *container(const char *at, bool keyed)
{
  char close = keyed ? '}' : ']';
  at = blanks(at + 1);
  if (*at == close)
    return at + 1;
  for (;;) {
    if (keyed)
      at = expect(string(at), ':');
    at = blanks(value(at));
    if (*at == close)
      return at + 1;
    at = expect(at, ',');
  }
}

static const char *word(const char *at)
{
  static const char *const words[] = {"null", "true", "false"};
  for (unsigned i = 0; i < 3; i++) {
    if (strncmp(at, words[i], strlen(words[i])) == 0)
      return at + strlen(words[i]);
  }
  size_t length = strspn(at, "-0123456789");
  RL_ASSERT(length > 0);
  return at + length;
}

static const char *value(const char *at)
{
  at = blanks(at);
  return *at == '{' ? container(at, true) : *at == '[' ? container(at, false)
         : *at == '"' ? string(at) : word(at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static char json[JSON_MAX];
  size_t length = 0;
  rl_unpacker unpacker = rl_unpacker_over(data, size);
  bool one_value = rl_unpack_skip(&unpacker, RL_DEPTH_MAX) && rl_unpack_done(&unpacker);
  unsigned indent = (unsigned)(size % 3);
  rl_status status = rl_json_from_msgpack(data, size, indent, json, sizeof json, &length);
  RL_ASSERT((status == RL_INVALID) == !one_value);
  if (status != RL_OK)
    return 0;
  RL_ASSERT(strlen(json) == length && *value(json) == '\0');
  char small[16];
  rl_status cut = rl_json_from_msgpack(data, size, indent, small, sizeof small, &length);
  RL_ASSERT(cut == (length < sizeof small ? RL_OK : RL_FULL));
  return 0;
}
