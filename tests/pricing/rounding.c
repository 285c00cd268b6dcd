/* The two roundings of a price, at their ties and one unit either side: the client rate (M3) and
 * a fee (M5). */
#include "pricing/fixture.h"

#include <criterion/criterion.h>

/* --- the client rate --- */

static void expect_rate(rl_ratio core, rl_side side, int64_t markup_e8, unsigned digits,
                        const char *expected)
{
  rl_rate rate = {0};
  rl_refusal refusal = rl_client_rate(core, side, (rl_markup_sum){.e8 = markup_e8}, digits, &rate);
  cr_assert_eq(refusal, RL_REFUSAL_NONE, "%s", rl_refusal_name(refusal));
  char text[RL_RATE_TEXT_SIZE];
  rl_rate_format(rate, text);
  cr_expect_str_eq(text, expected);
}

static rl_ratio decimal(uint64_t units, unsigned scale)
{
  return rl_ratio_times(rl_ratio_one(), units, scale, 1);
}

Test(rounding, a_tie_of_a_client_rate_goes_to_the_even_digit)
{
  expect_rate(decimal(20, 1), RL_SELL_BASE, 25000, 4, "2");
  expect_rate(decimal(20, 1), RL_SELL_BASE, 75000, 4, "1.998");
  expect_rate(decimal(20, 1), RL_BUY_BASE, 25000, 4, "2");
  expect_rate(decimal(20, 1), RL_BUY_BASE, 75000, 4, "2.002");
}

Test(rounding, a_rate_rounded_past_the_core_towards_the_client_goes_one_digit_back)
{
  expect_rate(decimal(12346, 4), RL_SELL_BASE, 0, 4, "1.234");
  expect_rate(decimal(12344, 4), RL_SELL_BASE, 0, 4, "1.234");
  expect_rate(decimal(12344, 4), RL_BUY_BASE, 0, 4, "1.235");
  expect_rate(decimal(12346, 4), RL_BUY_BASE, 0, 4, "1.235");
}

Test(rounding, a_rate_rounded_up_to_the_core_itself_stays)
{
  expect_rate(decimal(1234, 3), RL_SELL_BASE, 1, 4, "1.234");
  expect_rate(decimal(1234, 3), RL_BUY_BASE, 1, 4, "1.234");
}

Test(rounding, one_digit_back_over_a_power_of_ten_is_the_last_digit_that_was_rounded)
{
  expect_rate(decimal(99996, 5), RL_SELL_BASE, 0, 4, "0.9999");
  expect_rate(decimal(100004, 5), RL_BUY_BASE, 0, 4, "1.001");
}

Test(rounding, a_discount_keeps_the_nearest_rate)
{
  expect_rate(decimal(12346, 4), RL_SELL_BASE, -1, 4, "1.235");
  expect_rate(decimal(12344, 4), RL_BUY_BASE, -1, 4, "1.234");
}

Test(rounding, a_markup_smaller_than_the_last_digit_does_not_buy_a_better_rate)
{
  expect_rate(decimal(12346, 4), RL_SELL_BASE, 1, 4, "1.234");
  expect_rate(decimal(12344, 4), RL_BUY_BASE, 1, 4, "1.235");
}

/* --- a fee --- */

Test(rounding, a_fee_is_rounded_half_up)
{
  const rl_fee half = {.kind = RL_FEE_BPS, .parts[0].ratio_e8 = 500000, .max_minor = RL_AMOUNT_MAX};
  cr_expect_eq(rl_fee_on(&half, 99), 0);
  cr_expect_eq(rl_fee_on(&half, 100), 1);
  cr_expect_eq(rl_fee_on(&half, 299), 1);
  cr_expect_eq(rl_fee_on(&half, 300), 2);
}

Test(rounding, a_fee_is_held_between_its_minimum_and_its_maximum_after_rounding)
{
  const rl_fee fee = {
    .kind = RL_FEE_BPS, .parts[0].ratio_e8 = 500000, .min_minor = 2, .max_minor = 4};
  cr_expect_eq(rl_fee_on(&fee, 1), 2);
  cr_expect_eq(rl_fee_on(&fee, 499), 2);
  cr_expect_eq(rl_fee_on(&fee, 500), 3);
  cr_expect_eq(rl_fee_on(&fee, 700), 4);
  cr_expect_eq(rl_fee_on(&fee, 900), 4);
}

Test(rounding, a_flat_fee_takes_no_notice_of_its_base)
{
  const rl_fee fee = {
    .kind = RL_FEE_FLAT, .parts[0].flat_minor = 150, .max_minor = RL_AMOUNT_MAX};
  cr_expect_eq(rl_fee_on(&fee, 1), 150);
  cr_expect_eq(rl_fee_on(&fee, RL_AMOUNT_MAX), 150);
}

Test(rounding, the_largest_fee_of_the_largest_amount_fits)
{
  const rl_fee fee = {
    .kind = RL_FEE_BPS, .parts[0].ratio_e8 = RL_RATIO_E8_MAX, .max_minor = RL_AMOUNT_MAX};
  cr_expect_eq(rl_fee_on(&fee, RL_AMOUNT_MAX), RL_AMOUNT_MAX / 2);
}
