/* Figures as a pencil writes them. */
#include "explain_words.h"

#include "support/quotes.h"

#include <criterion/criterion.h>

static rl_words words;

#define EXPECT_WORDS(expected, ...)               \
  do {                                            \
    words = (rl_words){0};                        \
    __VA_ARGS__;                                  \
    cr_expect_str_eq(words.text, expected);       \
  } while (0)

Test(explain_words, amounts_are_grouped_and_have_their_currencys_decimals)
{
  rl_currency eur = rl_test_currency("EUR"), jpy = rl_test_currency("JPY");
  rl_currency kwd = rl_test_currency("KWD");
  EXPECT_WORDS("0.00 EUR", rl_say_amount(&words, 0, eur));
  EXPECT_WORDS("-0.05", rl_say_money(&words, -5, eur));
  EXPECT_WORDS("999.99", rl_say_money(&words, 99999, eur));
  EXPECT_WORDS("1,000.00", rl_say_money(&words, 100000, eur));
  EXPECT_WORDS("1,000,000,000,000,000", rl_say_money(&words, RL_AMOUNT_MAX, jpy));
  EXPECT_WORDS("-9,223,372,036,854,775.808", rl_say_money(&words, INT64_MIN, kwd));
}

Test(explain_words, ratio_is_exact_or_cut_off_with_a_mark)
{
  EXPECT_WORDS("1", rl_say_ratio(&words, (rl_ratio){1, 1, 0}));
  EXPECT_WORDS("0.5", rl_say_ratio(&words, (rl_ratio){1, 2, 0}));
  EXPECT_WORDS("1200000", rl_say_ratio(&words, (rl_ratio){12, 1, 5}));
  EXPECT_WORDS("0.00012", rl_say_ratio(&words, (rl_ratio){12, 1, -5}));
  EXPECT_WORDS("0.33333333333333333333…", rl_say_ratio(&words, (rl_ratio){1, 3, 0}));
  EXPECT_WORDS("66.666666666666666666…", rl_say_ratio(&words, (rl_ratio){2, 3, 2}));
  EXPECT_WORDS("9.9999999999999999999…",
               rl_say_ratio(&words, (rl_ratio){rl_pow10(36) - 1, rl_pow10(35), 0}));
}

Test(explain_words, half_units_and_lines_are_exact)
{
  EXPECT_WORDS("1.1251005", rl_say_half(&words, 2250201, 6));
  EXPECT_WORDS("-0.5", rl_say_half(&words, -1, 0));
  EXPECT_WORDS("0.0001 bps", rl_say_bps(&words, 1));
  EXPECT_WORDS("-12.5 bps", rl_say_bps(&words, -125000));
  EXPECT_WORDS("1.5 points", rl_say_points(&words, 15));
  EXPECT_WORDS("1 point", rl_say_points(&words, 10));
}
