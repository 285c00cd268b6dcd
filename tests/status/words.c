#include "status/words.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect_word(rl_words *words, const char *expected)
{
  rl_span word;
  cr_assert(rl_words_take(words, &word), "%s", expected);
  cr_expect(rl_span_is(word, expected), "%.*s", (int)word.length, word.text);
}

Test(words, come_line_by_line_without_comments_and_blanks)
{
  static const char text[] = "\r\none\ttwo  # three\r\n#\n four";
  rl_words words = rl_words_over(text, sizeof text - 1, "w.txt", NULL);
  cr_expect_eq(words.line, 0);
  cr_assert(rl_words_next_line(&words) && rl_words_at_end(&words));
  cr_assert(rl_words_next_line(&words) && words.line == 2);
  expect_word(&words, "one");
  cr_expect_not(rl_words_at_end(&words));
  expect_word(&words, "two");
  rl_span word = {"?", 1};
  cr_expect_not(rl_words_take(&words, &word));
  cr_expect_eq(word.length, 0);
  cr_assert(rl_words_next_line(&words) && rl_words_at_end(&words));
  cr_assert(rl_words_next_line(&words) && words.line == 4);
  expect_word(&words, "four");
  cr_expect_not(rl_words_next_line(&words));
}

Test(words, are_whole_equal_or_not_equal)
{
  cr_expect(rl_span_is((rl_span){"pairs", 4}, "pair"));
  cr_expect_not(rl_span_is((rl_span){"pairs", 5}, "pair"));
  cr_expect_not(rl_span_is((rl_span){"pai", 3}, "pair"));
  cr_expect(rl_span_is((rl_span){"", 0}, ""));
}

Test(words, are_shown_cut_and_without_control_bytes)
{
  cr_expect_str_eq(rl_span_show((rl_span){"\x1b[2J\0x", 6}).text, "?[2J?x");
  cr_expect_str_eq(rl_span_show((rl_span){"abcdefghijklmnopqrstuvwxyz", 26}).text,
                   "abcdefghijklmnopqrstuvw");
}

Test(words, of_an_error_name_file_and_line)
{
  rl_error error = {.text = ""};
  rl_words words = rl_words_over("a\nb\n", 4, "w.txt", &error);
  cr_assert(rl_words_next_line(&words) && rl_words_next_line(&words));
  cr_expect_eq(RL_WORDS_FAIL(&words, RL_INVALID, "b", "%d is wrong", 7), RL_INVALID);
  cr_expect_str_eq(error.file, "w.txt");
  cr_expect_eq(error.line, 2);
  cr_expect_str_eq(error.field, "b");
  cr_expect_str_eq(error.text, "7 is wrong");
}
