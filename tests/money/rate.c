#include "money/rate.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect_parsed(const char *text, uint64_t mantissa, unsigned scale)
{
  rl_rate rate = {0};
  cr_expect(rl_rate_parse(text, strlen(text), &rate) == RL_OK, "%s", text);
  cr_expect(rate.mantissa == mantissa && rate.scale == scale, "%s", text);
}

static void expect_refused(const char *text, rl_status status)
{
  rl_rate rate = {.mantissa = 77, .scale = 7};
  cr_expect(rl_rate_parse(text, strlen(text), &rate) == status, "'%s'", text);
  cr_expect(rate.mantissa == 77 && rate.scale == 7, "a refused text leaves its output alone");
}

static void expect_written(uint64_t mantissa, unsigned scale, const char *text)
{
  char out[RL_RATE_TEXT_SIZE];
  size_t length = rl_rate_format((rl_rate){mantissa, (uint8_t)scale}, out);
  cr_expect_str_eq(out, text);
  cr_expect_eq(length, strlen(text));
}

Test(rate, is_read_as_mantissa_and_scale)
{
  expect_parsed("1.1252", 11252, 4);
  expect_parsed("162", 162, 0);
  expect_parsed("0.00012", 12, 5);
  expect_parsed("1.10", 110, 2);
  expect_parsed("007.5", 75, 1);
}

Test(rate, the_lowest_is_10_to_the_minus_9)
{
  expect_parsed("0.000000001", 1, 9);
  expect_parsed("0.0000000010", 10, 10);
  expect_parsed("0.000000001000000000", 1000000000, 18);
  expect_refused("0.0000000009999", RL_OUT_OF_RANGE);
  expect_refused("0.0000000001", RL_OUT_OF_RANGE);
}

Test(rate, the_highest_is_below_10_to_the_9)
{
  expect_parsed("999999999", 999999999, 0);
  expect_parsed("999999999.9", RL_CLIENT_MANTISSA_MAX, 1);
  expect_refused("1000000000", RL_OUT_OF_RANGE);
  expect_refused("9999999999", RL_OUT_OF_RANGE);
}

Test(rate, zero_is_out_of_range)
{
  expect_refused("0", RL_OUT_OF_RANGE);
  expect_refused("0.0", RL_OUT_OF_RANGE);
  expect_refused("0.000000000", RL_OUT_OF_RANGE);
}

Test(rate, has_at_most_10_significant_digits)
{
  expect_parsed("1.234567891", 1234567891, 9);
  expect_refused("1.2345678912", RL_OUT_OF_RANGE);
  expect_parsed("1.000000000", 1000000000, 9);
  expect_refused("1.0000000000", RL_OUT_OF_RANGE);
  expect_parsed("0.1234567891", 1234567891, 10);
}

Test(rate, has_at_most_18_decimals)
{
  expect_parsed("0.000000001234567891", 1234567891, 18);
  expect_refused("0.0000000012345678910", RL_OUT_OF_RANGE);
  expect_refused("0.0000000000000000001", RL_OUT_OF_RANGE);
}

Test(rate, only_digits_and_one_inner_point_are_a_rate)
{
  static const char *const texts[] = {"", ".", "1.", ".5", "1..2", "1.2.3", "-1", "+1", "1e-4",
                                      "1,5", " 1", "1 ", "inf", "nan", "0x1", "1.5\n"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    expect_refused(texts[i], RL_INVALID);
}

Test(rate, a_wrong_form_is_told_before_a_wrong_size)
{
  expect_refused("99999999999999999999999999x", RL_INVALID);
  expect_refused("0.00000000000000000000000.", RL_INVALID);
}

Test(rate, is_written_with_all_its_decimals)
{
  expect_written(11252, 4, "1.1252");
  expect_written(12, 5, "0.00012");
  expect_written(162, 0, "162");
  expect_written(110, 2, "1.10");
  expect_written(1, 18, "0.000000000000000001");
  expect_written(RL_CLIENT_MANTISSA_MAX, 9, "9.999999999");
  expect_written(RL_CLIENT_MANTISSA_MAX, 10, "0.9999999999");
}

Test(rate, is_compared_by_value)
{
  rl_rate a = {110, 2}, b = {11, 1}, c = {1100000001, 9};
  cr_assert(rl_rate_compare(a, b) == 0);
  cr_assert(rl_rate_compare(a, c) < 0);
  cr_assert(rl_rate_compare(c, b) > 0);
}

Test(rate, is_compared_at_the_ends_of_its_range)
{
  rl_rate low = {1000000000, 18}, lower = {1, 9}, high = {RL_CLIENT_MANTISSA_MAX, 1};
  cr_assert(rl_rate_compare(low, lower) == 0);
  cr_assert(rl_rate_compare(low, high) < 0);
  cr_assert(rl_rate_compare(high, low) > 0);
}

Test(rate, trim_takes_zeros_behind_the_point_only)
{
  rl_rate trimmed = rl_rate_trim((rl_rate){11250, 4});
  cr_assert(trimmed.mantissa == 1125 && trimmed.scale == 3);
  trimmed = rl_rate_trim((rl_rate){1000, 2});
  cr_assert(trimmed.mantissa == 10 && trimmed.scale == 0);
  trimmed = rl_rate_trim((rl_rate){1000, 0});
  cr_assert(trimmed.mantissa == 1000 && trimmed.scale == 0);
}

static void expect_bps(const char *text, rl_status status, int32_t e8)
{
  int32_t got = 77;
  cr_expect(rl_bps_parse(text, strlen(text), &got) == status, "'%s'", text);
  cr_expect_eq(got, status == RL_OK ? e8 : 77, "'%s'", text);
}

Test(bps, one_is_ten_thousand_units_of_10_to_the_minus_8)
{
  expect_bps("50", RL_OK, 500000);
  expect_bps("0.25", RL_OK, 2500);
  expect_bps("-12.5", RL_OK, -125000);
  expect_bps("0", RL_OK, 0);
  expect_bps("-0", RL_OK, 0);
  expect_bps("0.0001", RL_OK, 1);
  expect_bps("1.0000", RL_OK, 10000);
}

Test(bps, the_range_is_half_of_the_whole_either_way)
{
  expect_bps("5000", RL_OK, RL_RATIO_E8_MAX);
  expect_bps("-5000", RL_OK, -RL_RATIO_E8_MAX);
  expect_bps("5000.0000", RL_OK, RL_RATIO_E8_MAX);
  expect_bps("4999.9999", RL_OK, RL_RATIO_E8_MAX - 1);
  expect_bps("5000.0001", RL_OUT_OF_RANGE, 0);
  expect_bps("-5000.0001", RL_OUT_OF_RANGE, 0);
  expect_bps("5001", RL_OUT_OF_RANGE, 0);
  expect_bps("99999999999999999999999", RL_OUT_OF_RANGE, 0);
}

Test(bps, other_forms_are_invalid)
{
  static const char *const texts[] = {"", "-", "--1", "+1", "1.", ".1", "-.1", "1.00000", "1e2",
                                      "1 bps", "1%", " 1"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    expect_bps(texts[i], RL_INVALID, 0);
}

static void expect_bps_written(int32_t e8, const char *text)
{
  char out[RL_BPS_TEXT_SIZE];
  size_t length = rl_bps_format(e8, out);
  cr_expect_str_eq(out, text);
  cr_expect_eq(length, strlen(text));
}

Test(bps, are_written_without_trailing_zeros)
{
  expect_bps_written(500000, "50");
  expect_bps_written(-2500, "-0.25");
  expect_bps_written(0, "0");
  expect_bps_written(1, "0.0001");
  expect_bps_written(RL_RATIO_E8_MAX, "5000");
  expect_bps_written(INT32_MIN, "-214748.3648");
  expect_bps_written(INT32_MAX, "214748.3647");
}
