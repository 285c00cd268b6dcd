/* What is no plain YAML, or no tariff's fields, is refused where it stands. */
#include "tariff/expect.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

Test(tariff_yaml, an_empty_file_is_refused)
{
  expect_refused("", RL_INVALID, 0, "", "holds no tariff");
  rl_tariff *out = NULL;
  cr_expect_eq(rl_tariff_parse(NULL, 0, "my.yaml", &out, NULL), RL_INVALID);
}

Test(tariff_yaml, a_file_of_comments_is_refused)
{
  expect_refused("# nothing here\n\n# nor here\n", RL_INVALID, 0, "", "holds no tariff");
}

Test(tariff_yaml, an_empty_document_is_refused)
{
  expect_refused("---\n", RL_INVALID, 2, "", "keys with values");
  expect_refused("{}", RL_INVALID, 1, "tariff", "missing");
}

Test(tariff_yaml, a_list_or_a_word_is_no_tariff)
{
  expect_refused("- tariff\n- test\n", RL_INVALID, 1, "", "keys with values");
  expect_refused("tariff\n", RL_INVALID, 1, "", "keys with values");
}

Test(tariff_yaml, a_second_document_is_refused)
{
  expect_refused(RULE "---\ntariff: other\n", RL_INVALID, 6, "", "second document");
}

Test(tariff_yaml, text_after_the_end_of_the_document_is_refused)
{
  expect_refused(RULE "...\ntariff: other\n", RL_INVALID, 7, "", "not YAML");
}

Test(tariff_yaml, a_tab_is_refused_wherever_it_stands)
{
  expect_refused(HEAD "rules:\n\t- name: one\n", RL_INVALID, 5, "", "a tab");
  expect_refused("tariff:\ttest\n", RL_INVALID, 1, "", "a tab");
}

Test(tariff_yaml, a_bracket_that_is_left_open_is_refused)
{
  expect_refused(HEAD "rules: [\n", RL_INVALID, 5, "", "not YAML");
  expect_refused(HEAD "rules: [ { name: one ]\n", RL_INVALID, 4, "", "not YAML");
}

Test(tariff_yaml, bytes_that_are_no_text_are_refused)
{
  expect_refused("tariff: test\nlocks: \xff\n", RL_INVALID, 2, "", "UTF-8");
  expect_refused("tariff: test\nlocks: \x01\n", RL_INVALID, 2, "", "control characters");
  /* UTF-16 with a byte order mark, which other readers of YAML take. */
  expect_refused("\xff\xfet\n", RL_INVALID, 1, "", "UTF-8");
  expect_refused("\xef\xbb\xbf" RULE, RL_INVALID, 1, "", "byte order mark");
}

Test(tariff_yaml, a_zero_byte_cannot_hide_the_rest_of_a_value)
{
  expect_refused(RULE "    from: \"USD\\0EUR\"\n", RL_INVALID, 6, "", "zero byte");
  const char text[] = "tariff: test\nlocks: \0\n";
  rl_tariff *out = NULL;
  rl_error error;
  cr_expect_eq(rl_tariff_parse(text, sizeof text - 1, NULL, &out, &error), RL_INVALID);
  cr_expect_eq(error.line, 2);
  cr_expect_str_eq(error.file, "tariff");
}

Test(tariff_yaml, anchors_are_refused_even_unused)
{
  expect_refused(HEAD "rules:\n  - name: &n one\n", RL_INVALID, 5, "", "an anchor");
  expect_refused(HEAD "rules: &all\n  - name: one\n", RL_INVALID, 4, "", "an anchor");
  expect_refused(HEAD "rules:\n  - &rule { name: one }\n", RL_INVALID, 5, "", "an anchor");
}

Test(tariff_yaml, an_alias_is_refused)
{
  expect_refused(HEAD "rules:\n  - name: *n\n", RL_INVALID, 5, "", "an alias");
}

Test(tariff_yaml, a_bare_star_is_refused_with_the_way_to_write_it)
{
  expect_refused(RULE "    tier: *\n", RL_INVALID, 6, "", "\"*\" in quotes");
}

Test(tariff_yaml, aliases_of_aliases_are_refused_before_they_grow)
{
  expect_refused("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: &d [*c,*c]\n", RL_INVALID, 1, "",
                 "an anchor");
}

Test(tariff_yaml, a_merge_key_is_an_unknown_key)
{
  expect_refused(RULE "    <<: { tier: vip }\n", RL_NOT_FOUND, 6, "rules[0].<<", "unknown key");
}

Test(tariff_yaml, tags_and_directives_are_refused)
{
  expect_refused(HEAD "rules:\n  - name: !!str one\n", RL_INVALID, 5, "", "a tag");
  expect_refused(HEAD "rules: !!seq\n  - name: one\n", RL_INVALID, 4, "", "a tag");
  expect_refused(HEAD "rules:\n  - !rule { name: one }\n", RL_INVALID, 5, "", "a tag");
  expect_refused("%YAML 1.1\n---\n" RULE, RL_INVALID, 1, "", "a directive");
  expect_refused("%TAG ! !x\n---\n" RULE, RL_INVALID, 1, "", "a directive");
}

Test(tariff_yaml, a_key_that_is_a_list_is_refused)
{
  expect_refused(HEAD "? [rules]\n: one\n", RL_INVALID, 4, "", "as a key");
}

Test(tariff_yaml, deep_nesting_is_refused_at_once)
{
  expect_refused(HEAD "rules: [[[[[[[[[[", RL_OUT_OF_RANGE, 4, "", "nested deeper");
  expect_refused(HEAD "rules: {a: {b: {c: {d: {e: {f: {g: {h: {", RL_OUT_OF_RANGE, 4, "",
                 "nested deeper");
}

Test(tariff_yaml, a_text_of_the_largest_size_is_taken_and_one_byte_more_refused)
{
  char *text = malloc(RL_TARIFF_TEXT_MAX + 2);
  cr_assert_not_null(text);
  memset(text, '#', RL_TARIFF_TEXT_MAX + 1);
  memcpy(text, RULE, strlen(RULE));
  text[RL_TARIFF_TEXT_MAX + 1] = '\0';
  expect_refused(text, RL_OUT_OF_RANGE, 0, "", "1048577 bytes");
  text[RL_TARIFF_TEXT_MAX] = '\0';
  rl_tariff_destroy(expect_taken(text));
  free(text);
}

Test(tariff_yaml, unknown_keys_are_refused_with_those_that_are_known)
{
  expect_refused(HEAD "rule: []\n", RL_NOT_FOUND, 4, "rule", "trial, rules, waivers, examples");
  expect_refused("tariff: test\nlocks:\n  - { ttl: 30s, bps: 1 }\n", RL_NOT_FOUND, 3,
                 "locks[0].bps", "ttl, premium_bps");
  expect_refused(RULE "    markup: 5\n", RL_NOT_FOUND, 6, "rules[0].markup",
                 "client, tier, method, from, to, pair, amount_from");
  expect_refused(FEES "      - name: service\n        percent: 1\n", RL_NOT_FOUND, 10,
                 "rules[0].fees[0].percent", "amount, bps, min, max, tiers, of");
}

Test(tariff_yaml, control_characters_of_a_key_do_not_reach_a_terminal)
{
  expect_refused(RULE "    \"\\e[31mred\": 5\n", RL_NOT_FOUND, 6, "rules[0].?[31mred",
                 "unknown key");
}

Test(tariff_yaml, an_unknown_key_that_looks_like_a_path_is_found)
{
  expect_refused(RULE "    fees[0].bps: 5\n", RL_NOT_FOUND, 6, "rules[0].fees[0].bps",
                 "unknown key");
}

Test(tariff_yaml, a_very_long_key_is_cut_in_the_message)
{
  char text[1000]; /* a key of more than 1,024 bytes is no YAML */
  char field[sizeof((rl_error *)0)->field];
  memset(text, 'k', sizeof text);
  memcpy(text, RULE "    ", strlen(RULE "    "));
  memcpy(text + sizeof text - 4, ": 1", 4);
  memset(field, 'k', sizeof field);
  memcpy(field, "rules[0].", 9);
  field[sizeof field - 1] = '\0';
  rl_error error;
  rl_tariff *out = NULL;
  cr_expect_eq(rl_tariff_parse(text, strlen(text), "f", &out, &error), RL_NOT_FOUND);
  cr_expect_str_eq(error.field, field);
}

Test(tariff_yaml, a_key_given_twice_is_refused_where_it_is_repeated)
{
  expect_refused("tariff: a\ntariff: b\n", RL_EXISTS, 2, "tariff", "given twice");
  expect_refused(RULE "    tier: a\n    to: EUR\n    tier: b\n", RL_EXISTS, 8, "rules[0].tier",
                 "given twice");
  expect_refused(RULE "rules: []\n", RL_EXISTS, 6, "rules", "given twice");
  expect_refused(FEES "      - { name: a, kind: flat, amount: 1, amount: 2 }\n", RL_EXISTS, 9,
                 "rules[0].fees[0].amount", "given twice");
}

Test(tariff_yaml, wrong_types_are_refused_with_the_right_one)
{
  expect_refused(HEAD "rules: { name: one }\n", RL_INVALID, 4, "rules", "a list is expected");
  expect_refused(HEAD "rules:\n", RL_INVALID, 4, "rules", "a list is expected");
  expect_refused(HEAD "rules:\n  - name: one\n  - two\n", RL_INVALID, 6, "rules[1]",
                 "keys with values");
  expect_refused(RULE "    markup_bps: [50]\n", RL_INVALID, 6, "rules[0].markup_bps",
                 "a single value");
  expect_refused(FEES "      - name: a\n        kind: { flat: 1 }\n", RL_INVALID, 10,
                 "rules[0].fees[0].kind", "a single value");
}

Test(tariff_yaml, a_missing_key_is_refused_where_it_is_missed)
{
  expect_refused("locks: [{ ttl: 30s }]\nrules: [{ name: one }]\n", RL_INVALID, 1, "tariff",
                 "missing");
  expect_refused("tariff: test\nrules: [{ name: one }]\n", RL_INVALID, 1, "locks", "missing");
  expect_refused(HEAD, RL_INVALID, 1, "rules", "missing");
  expect_refused("tariff: test\nlocks:\n  - premium_bps: 1\n", RL_INVALID, 3, "locks[0].ttl",
                 "missing");
  expect_refused(RULE "  - tier: vip\n", RL_INVALID, 6, "rules[1].name", "missing");
  expect_refused(RULE "  - {}\n", RL_INVALID, 6, "rules[1].name", "missing");
  expect_refused(FEES "      - kind: flat\n", RL_INVALID, 9, "rules[0].fees[0].name", "missing");
  expect_refused(FEES "      - name: a\n", RL_INVALID, 9, "rules[0].fees[0].kind", "missing");
}

Test(tariff_yaml, an_error_may_be_left_unread)
{
  rl_tariff *out = NULL;
  cr_expect_eq(rl_tariff_parse("tariff: [", 9, "f", &out, NULL), RL_INVALID);
  cr_expect_eq(rl_tariff_parse("tarif: x", 8, "f", &out, NULL), RL_NOT_FOUND);
  cr_expect_eq(rl_tariff_parse(RULE, strlen(RULE) - 1, NULL, &out, NULL), RL_OK);
  rl_tariff_destroy(out);
  rl_tariff_destroy(NULL);
}
