#include "money/rate.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

static rl_conversion at(const char *rate, rl_side side, unsigned source, unsigned target)
{
  rl_conversion conversion = {.side = side, .source_exponent = source, .target_exponent = target};
  cr_assert(rl_rate_parse(rate, strlen(rate), &conversion.rate) == RL_OK, "%s", rate);
  return conversion;
}

static void expect_floor(rl_conversion conversion, int64_t source, int64_t expected)
{
  int64_t target = -7;
  cr_expect(rl_convert_floor(conversion, source, &target) == RL_OK);
  cr_expect_eq(target, expected);
}

static void expect_back(rl_conversion conversion, int64_t target, int64_t expected)
{
  int64_t source = -7;
  cr_expect(rl_convert_back_ceil(conversion, target, &source) == RL_OK);
  cr_expect_eq(source, expected);
}

/* N, G of the worked examples. */
Test(convert, worked_examples_give_their_amounts)
{
  expect_floor(at("161.624815", RL_SELL_BASE, 2, 0), 99850, 161382);
  expect_back(at("161.624815", RL_SELL_BASE, 2, 0), 150000, 92808);
  expect_floor(at("1.1297008", RL_BUY_BASE, 2, 2), 99500, 88076);
  expect_back(at("1.01", RL_BUY_BASE, 2, 2), 100000, 101000);
  expect_back(at("0.40200037", RL_SELL_BASE, 2, 3), 100000, 24876);
  expect_floor(at("0.40200037", RL_SELL_BASE, 2, 3), 24876, 100001);
  expect_floor(at("482.32528", RL_SELL_BASE, 3, 0), 1234, 595);
  expect_back(at("94.045819", RL_SELL_BASE, 2, 2), 5015015, 53326);
  expect_back(at("0.939317995", RL_BUY_BASE, 2, 2), 65000, 61056);
  expect_floor(at("80215.5", RL_BUY_BASE, 0, 3), 80, 0);
  expect_floor(at("80215.5", RL_BUY_BASE, 0, 3), 81, 1);
}

Test(convert, nothing_converts_to_nothing)
{
  expect_floor(at("1.1252", RL_SELL_BASE, 2, 2), 0, 0);
  expect_back(at("1.1252", RL_BUY_BASE, 2, 2), 0, 0);
}

Test(convert, exponents_0_and_4_stand_far_apart)
{
  expect_floor(at("1", RL_SELL_BASE, 0, 4), 7, 70000);
  expect_floor(at("1", RL_SELL_BASE, 4, 0), 9999, 0);
  expect_floor(at("1", RL_BUY_BASE, 4, 0), 10000, 1);
  expect_back(at("1", RL_SELL_BASE, 4, 0), 1, 10000);
  expect_back(at("1", RL_BUY_BASE, 0, 4), 1, 1);
}

Test(convert, the_smallest_rate_meets_the_largest_amount)
{
  rl_conversion smallest = at("0.000000001", RL_SELL_BASE, 2, 2);
  expect_floor(smallest, RL_AMOUNT_MAX, 1000000);
  expect_back(smallest, 1000000, RL_AMOUNT_MAX);
  int64_t out = -7;
  cr_assert(rl_convert_back_ceil(smallest, 1000001, &out) == RL_OUT_OF_RANGE);
  cr_assert(rl_convert_back_ceil(smallest, RL_AMOUNT_MAX, &out) == RL_OUT_OF_RANGE);
  cr_assert_eq(out, -7, "a refused conversion leaves its output alone");
}

/* 10^15 x 10^(18 + 4): the largest product there is. */
Test(convert, ten_to_the_37_is_divided_exactly)
{
  rl_conversion conversion = at("0.000000001234567891", RL_BUY_BASE, 0, 4);
  int64_t out;
  cr_assert(rl_convert_floor(conversion, RL_AMOUNT_MAX, &out) == RL_OUT_OF_RANGE);
  expect_floor(conversion, 1, 8100000067149);
  conversion = at("0.000000001234567891", RL_SELL_BASE, 4, 0);
  cr_assert(rl_convert_back_ceil(conversion, RL_AMOUNT_MAX, &out) == RL_OUT_OF_RANGE);
  expect_back(conversion, 1, 8100000067150);
}

Test(convert, the_largest_amount_is_inside_and_one_more_outside)
{
  rl_conversion par = at("1", RL_SELL_BASE, 2, 2), half = at("0.5", RL_BUY_BASE, 2, 2);
  int64_t out;
  expect_floor(par, RL_AMOUNT_MAX, RL_AMOUNT_MAX);
  expect_back(par, RL_AMOUNT_MAX, RL_AMOUNT_MAX);
  expect_floor(half, RL_AMOUNT_MAX / 2, RL_AMOUNT_MAX);
  cr_assert(rl_convert_floor(half, RL_AMOUNT_MAX / 2 + 1, &out) == RL_OUT_OF_RANGE);
  cr_assert(rl_convert_floor(at("999999999.9", RL_SELL_BASE, 0, 4), RL_AMOUNT_MAX, &out)
            == RL_OUT_OF_RANGE);
}

Test(convert, an_amount_beyond_the_limit_is_a_bug, .signal = SIGABRT)
{
  int64_t out;
  (void)!rl_convert_floor(at("1", RL_SELL_BASE, 2, 2), RL_AMOUNT_MAX + 1, &out);
}

Test(convert, a_negative_amount_is_a_bug, .signal = SIGABRT)
{
  int64_t out;
  (void)!rl_convert_back_ceil(at("1", RL_SELL_BASE, 2, 2), -1, &out);
}

Test(share, fees_round_half_up)
{
  cr_expect_eq(rl_share_e8(99, 500000, RL_ROUND_HALF_UP), 0);
  cr_expect_eq(rl_share_e8(100, 500000, RL_ROUND_HALF_UP), 1);
  cr_expect_eq(rl_share_e8(299, 500000, RL_ROUND_HALF_UP), 1);
  cr_expect_eq(rl_share_e8(300, 500000, RL_ROUND_HALF_UP), 2);
  cr_expect_eq(rl_share_e8(37734, 1500000, RL_ROUND_HALF_UP), 566);
}

Test(share, other_roundings_are_as_named)
{
  cr_expect_eq(rl_share_e8(100, 500000, RL_ROUND_HALF_EVEN), 0);
  cr_expect_eq(rl_share_e8(300, 500000, RL_ROUND_HALF_EVEN), 2);
  cr_expect_eq(rl_share_e8(199, 500000, RL_ROUND_DOWN), 0);
  cr_expect_eq(rl_share_e8(1, 1, RL_ROUND_UP), 1);
  cr_expect_eq(rl_share_e8(0, 1, RL_ROUND_UP), 0);
}

Test(share, none_and_all_of_the_largest_amount)
{
  cr_expect_eq(rl_share_e8(RL_AMOUNT_MAX, 0, RL_ROUND_UP), 0);
  cr_expect_eq(rl_share_e8(RL_AMOUNT_MAX, RL_UNIT_E8, RL_ROUND_DOWN), RL_AMOUNT_MAX);
  cr_expect_eq(rl_share_e8(RL_AMOUNT_MAX - 1, RL_UNIT_E8 - 1, RL_ROUND_DOWN),
               999999989999999);
  cr_expect_eq(rl_share_e8(RL_AMOUNT_MAX - 1, RL_UNIT_E8 - 1, RL_ROUND_UP),
               999999989999999 + 1);
}

Test(share, a_ratio_above_the_whole_is_a_bug, .signal = SIGABRT)
{
  (void)rl_share_e8(1, RL_UNIT_E8 + 1, RL_ROUND_DOWN);
}
