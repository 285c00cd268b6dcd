/* The JSON reader: the grammar, value by value, and what is refused. */
#include "feeds/json.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static bool is_json(const char *text)
{
  rl_json json = rl_json_over(text, strlen(text));
  return rl_json_skip(&json, 4) && rl_json_done(&json);
}

Test(json_reader, each_value_of_the_grammar_is_taken)
{
  static const char *const good[] = {
    "0", "-0", "7", "-12", "1.5", "0.00", "1e5", "1E+5", "1.25e-10", "\"\"", "\"a b\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"", "\"\xc3\xa9\"", "true", "false", "null", "[]", "{}",
    " [ 1 , \"x\" , null ] ", "{\"a\":1,\"b\":{\"c\":[]}}", "\t{\r\n}\n", "[[[[]]]]"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    cr_expect(is_json(good[i]), "%s", good[i]);
}

Test(json_reader, what_is_not_of_the_grammar_fails)
{
  static const char *const bad[] = {
    "", " ", "01", "[01]", "-", "+1", ".5", "1.", "1.e5", "1e", "1e+", "0x1", "1 2", "Infinity",
    "NaN", "'a'", "\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\u12g4\"", "\"\\u123g\"",
    "\"\\u12\"", "\"\n\"", "\"\t\"", "tru", "nul", "TRUE", "truex", "[", "]", "[1", "[1,", "[1,]",
    "[,1]", "[1 2]", "[1}", "{", "}", "{1:2}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
    "{\"a\":1 \"b\":2}", "{,}", "{\"a\" 1}", "[[[[[]]]]]", "1,", "[]]", "// x\n1"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    cr_expect_not(is_json(bad[i]), "%s", bad[i]);
}

Test(json_reader, a_text_cut_short_anywhere_fails)
{
  const char *const text = "{\"a\":[1.25e-3,\"b\\u00e9\",null],\"c\":true}";
  char cut[64];
  for (size_t size = 0; size < strlen(text); size++) {
    snprintf(cut, sizeof cut, "%.*s", (int)size, text);
    cr_expect_not(is_json(cut), "%s", cut);
  }
  cr_expect(is_json(text));
}

Test(json_reader, numbers_are_spans_as_they_were_written)
{
  const char *const text = "[1.12520, -0.50]";
  rl_json json = rl_json_over(text, strlen(text));
  rl_span span;
  bool first = rl_json_enter(&json, '[');
  cr_assert(rl_json_more(&json, ']', &first));
  cr_assert(rl_json_number(&json, &span));
  cr_expect(rl_span_is(span, "1.12520"));
  cr_assert(rl_json_more(&json, ']', &first));
  cr_assert(rl_json_number(&json, &span));
  cr_expect(rl_span_is(span, "-0.50"));
  cr_expect_not(rl_json_more(&json, ']', &first));
  cr_expect(rl_json_done(&json));
}

Test(json_reader, a_failure_sticks)
{
  rl_json json = rl_json_over("[1]", 3);
  rl_span span = {"x", 1};
  cr_expect_not(rl_json_string(&json, &span));
  cr_expect_eq(span.size, 1, "untouched");
  cr_expect_not(rl_json_enter(&json, '['));
  cr_expect_eq(rl_json_peek(&json), RL_JSON_NONE);
  cr_expect_not(rl_json_done(&json));
}
