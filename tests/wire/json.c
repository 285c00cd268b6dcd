/* msgpack shown as JSON. */
#include "wire/json.h"

#include "pack_text.h"
#include "status/limits.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect_json(const char *text, unsigned indent, const char *json)
{
  packed message = pack_text(text);
  char out[2048];
  size_t length;
  cr_assert_eq(rl_json_from_msgpack(message.bytes, message.size, indent, out, sizeof out, &length),
               RL_OK, "%s", text);
  cr_expect_str_eq(out, json, "%s: %s", text, out);
  cr_expect_eq(length, strlen(json));
}

Test(wire, json_has_the_scalars)
{
  expect_json("nil", 0, "null");
  expect_json("true", 0, "true");
  expect_json("false", 0, "false");
  expect_json("0", 0, "0");
  expect_json("18446744073709551615", 0, "18446744073709551615");
  expect_json("-9223372036854775808", 0, "-9223372036854775808");
  expect_json("'EUR'", 0, "\"EUR\"");
  expect_json("''", 0, "\"\"");
  expect_json("1.5", 0, "null");
  expect_json("x'd4 01 02'", 0, "null");
}

Test(wire, json_nests_with_and_without_lines)
{
  const char *text = "{'ok':true,'fees':[{'name':'service'},[]],'none':{}}";
  expect_json(text, 0, "{\"ok\":true,\"fees\":[{\"name\":\"service\"},[]],\"none\":{}}");
  expect_json(text, 2,
              "{\n  \"ok\": true,\n  \"fees\": [\n    {\n      \"name\": \"service\"\n    },\n"
              "    []\n  ],\n  \"none\": {}\n}");
}

Test(wire, json_shows_binary_as_base64url)
{
  expect_json("b''", 0, "\"\"");
  expect_json("b'00'", 0, "\"AA\"");
  expect_json("b'0001'", 0, "\"AAE\"");
  expect_json("b'fbffbf'", 0, "\"-_-_\"");
  expect_json("b'666f6f626172'", 0, "\"Zm9vYmFy\""); /* RFC 4648's foobar */
}

Test(wire, json_escapes_what_it_must)
{
  expect_json("x'a8 22 5c 0a 0d 09 00 1f 7f'", 0, "\"\\\"\\\\\\n\\r\\t\\u0000\\u001f\\u007f\"");
  expect_json("x'a2 c3a9'", 0, "\"\xc3\xa9\"");
  expect_json("x'a4 f09f92b6'", 0, "\"\xf0\x9f\x92\xb6\"");
}

Test(wire, json_replaces_bytes_that_are_no_utf8)
{
  expect_json("x'a1 ff'", 0, "\"\\ufffd\"");
  expect_json("x'a2 c0af'", 0, "\"\\ufffd\\ufffd\"");             /* overlong */
  expect_json("x'a3 e08080'", 0, "\"\\ufffd\\ufffd\\ufffd\"");    /* overlong */
  expect_json("x'a3 eda080'", 0, "\"\\ufffd\\ufffd\\ufffd\"");    /* surrogate */
  expect_json("x'a4 f4908080'", 0, "\"\\ufffd\\ufffd\\ufffd\\ufffd\""); /* beyond U+10FFFF */
  expect_json("x'a4 f0808080'", 0, "\"\\ufffd\\ufffd\\ufffd\\ufffd\""); /* overlong */
  expect_json("x'a3 6162c3'", 0, "\"ab\\ufffd\"");                /* cut short */
  expect_json("x'a3 c36162'", 0, "\"\\ufffdab\"");
}

Test(wire, json_quotes_keys_that_are_no_text)
{
  expect_json("{7:1,nil:2,[1,'a']:3,b'00':4}", 0,
              "{\"7\":1,\"null\":2,\"[1,\\\"a\\\"]\":3,\"\\\"AA\\\"\":4}");
}

Test(wire, json_is_only_made_of_one_whole_value)
{
  char out[64];
  size_t length;
  cr_expect_eq(rl_json_from_msgpack("", 0, 0, out, sizeof out, &length), RL_INVALID);
  cr_expect_eq(rl_json_from_msgpack("\x01\x02", 2, 0, out, sizeof out, &length), RL_INVALID);
  cr_expect_eq(rl_json_from_msgpack("\xdd\xff\x00\x00\x00", 5, 0, out, sizeof out, &length),
               RL_INVALID);
  cr_expect_eq(rl_json_from_msgpack("\x92\x01", 2, 0, out, sizeof out, &length), RL_INVALID);
}

Test(wire, json_nests_up_to_the_depth_of_messages)
{
  uint8_t nested[RL_DEPTH_MAX + 1];
  char out[64];
  size_t length;
  memset(nested, 0x91, sizeof nested);
  nested[RL_DEPTH_MAX] = 0x90;
  cr_expect_eq(rl_json_from_msgpack(nested, sizeof nested, 0, out, sizeof out, &length),
               RL_INVALID);
  cr_expect_eq(rl_json_from_msgpack(nested + 1, RL_DEPTH_MAX, 0, out, sizeof out, &length), RL_OK);
  cr_expect_str_eq(out, "[[[[[[[[]]]]]]]]");
}

Test(wire, json_says_when_it_does_not_fit)
{
  packed message = pack_text("{'ok':true,'token':b'010203'}");
  char out[64];
  size_t whole, length;
  cr_assert_eq(rl_json_from_msgpack(message.bytes, message.size, 1, out, sizeof out, &whole),
               RL_OK);
  for (size_t room = 0; room <= whole; room++) {
    memset(out, 0x55, sizeof out);
    cr_expect_eq(rl_json_from_msgpack(message.bytes, message.size, 1, out, room, &length),
                 RL_FULL);
    cr_expect_eq(out[room], 0x55);
  }
  cr_expect_eq(rl_json_from_msgpack(message.bytes, message.size, 1, out, whole + 1, &length),
               RL_OK);
}
