#include "money/currency.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

static rl_currency find(const char *code)
{
  rl_currency currency = RL_CURRENCY_NONE;
  cr_assert(rl_currency_find(code, 3, &currency) == RL_OK);
  return currency;
}

static void expect_parsed(const char *code, const char *text, int64_t minor)
{
  rl_amount amount = {.minor = -7};
  cr_expect(rl_amount_parse(text, strlen(text), find(code), &amount) == RL_OK, "%s %s", code, text);
  cr_expect(amount.minor == minor && rl_currency_equal(amount.currency, find(code)),
            "%s %s is %ld", code, text, (long)amount.minor);
}

static void expect_refused(const char *code, const char *text, rl_status status)
{
  rl_amount amount = {.minor = -7};
  cr_expect(rl_amount_parse(text, strlen(text), find(code), &amount) == status, "%s '%s'", code,
            text);
  cr_expect(amount.minor == -7, "a refused text leaves its output alone");
}

static void expect_written(const char *code, int64_t minor, const char *text)
{
  char out[RL_AMOUNT_TEXT_SIZE];
  size_t length = rl_amount_format((rl_amount){minor, find(code)}, out);
  cr_expect_str_eq(out, text);
  cr_expect_eq(length, strlen(text));
}

Test(amount, decimals_follow_the_currency)
{
  expect_parsed("JPY", "161382", 161382);
  expect_parsed("EUR", "1000", 100000);
  expect_parsed("EUR", "1000.00", 100000);
  expect_parsed("EUR", "0.5", 50);
  expect_parsed("KWD", "0.001", 1);
  expect_parsed("CLF", "1.2345", 12345);
  expect_parsed("EUR", "007.5", 750);
}

Test(amount, more_decimals_than_the_currency_has_are_out_of_range)
{
  expect_refused("JPY", "1.0", RL_OUT_OF_RANGE);
  expect_refused("EUR", "1.000", RL_OUT_OF_RANGE);
  expect_refused("KWD", "1.0000", RL_OUT_OF_RANGE);
  expect_refused("CLF", "1.00000", RL_OUT_OF_RANGE);
}

Test(amount, the_range_is_1_to_10_to_the_15_minor_units)
{
  expect_refused("EUR", "0", RL_OUT_OF_RANGE);
  expect_refused("EUR", "0.00", RL_OUT_OF_RANGE);
  expect_parsed("EUR", "0.01", 1);
  expect_parsed("EUR", "9999999999999.99", RL_AMOUNT_MAX - 1);
  expect_parsed("EUR", "10000000000000", RL_AMOUNT_MAX);
  expect_parsed("EUR", "10000000000000.00", RL_AMOUNT_MAX);
  expect_refused("EUR", "10000000000000.01", RL_OUT_OF_RANGE);
  expect_parsed("JPY", "1000000000000000", RL_AMOUNT_MAX);
  expect_refused("JPY", "1000000000000001", RL_OUT_OF_RANGE);
  expect_parsed("CLF", "100000000000", RL_AMOUNT_MAX);
  expect_refused("CLF", "100000000000.0001", RL_OUT_OF_RANGE);
}

Test(amount, digits_beyond_64_bits_do_not_wrap)
{
  expect_refused("JPY", "18446744073709551617", RL_OUT_OF_RANGE);
  expect_refused("EUR", "184467440737095516170000000000000000000001.00", RL_OUT_OF_RANGE);
  expect_parsed("JPY", "0000000000000000000000000000000000000001", 1);
}

Test(amount, only_digits_and_one_inner_point_are_an_amount)
{
  static const char *const texts[] = {"", ".", "1.", ".5", "1..0", "1.0.0", "-1", "+1", "1e3",
                                      "1,000", " 1", "1 ", "1\n", "0x10", "EUR 1", "1\xc2\xa0"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    expect_refused("EUR", texts[i], RL_INVALID);
}

Test(amount, a_wrong_form_is_told_before_a_wrong_size)
{
  expect_refused("JPY", "99999999999999999999x", RL_INVALID);
  expect_refused("JPY", "1.000.", RL_INVALID);
}

Test(amount, a_nul_byte_is_not_the_end_of_the_text)
{
  rl_amount amount;
  cr_assert(rl_amount_parse("1\0", 2, find("EUR"), &amount) == RL_INVALID);
}

Test(amount, is_written_with_all_decimals_of_its_currency)
{
  expect_written("EUR", 100000, "1000.00");
  expect_written("JPY", 161382, "161382");
  expect_written("KWD", 1, "0.001");
  expect_written("CLF", 12345, "1.2345");
  expect_written("EUR", 0, "0.00");
  expect_written("JPY", 0, "0");
}

Test(amount, a_negative_amount_is_written_over_the_whole_range)
{
  expect_written("EUR", -1, "-0.01");
  expect_written("JPY", -5, "-5");
  expect_written("EUR", INT64_MIN, "-92233720368547758.08");
  expect_written("CLF", INT64_MIN, "-922337203685477.5808");
  expect_written("JPY", INT64_MAX, "9223372036854775807");
}
