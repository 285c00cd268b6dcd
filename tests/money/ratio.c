#include "money/rate.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#define UNITS_MAX (2ull * RL_SOURCE_MANTISSA_MAX)

/* A ratio of one leg, as decimal text: "1.1252". */
static rl_ratio leg(const char *text)
{
  rl_rate rate = {1, 0};
  cr_assert(rl_rate_parse(text, strlen(text), &rate) == RL_OK, "%s", text);
  return rl_ratio_times(rl_ratio_one(), rate.mantissa, rate.scale, 1);
}

static void expect_rounded(rl_ratio ratio, unsigned digits, rl_rounding rounding,
                           const char *expected, int expected_direction)
{
  rl_rate rate = {0};
  int direction = 7;
  char text[RL_RATE_TEXT_SIZE];
  cr_assert(rl_ratio_round(ratio, digits, rounding, &rate, &direction) == RL_OK, "%s", expected);
  rl_rate_format(rate, text);
  cr_expect_str_eq(text, expected);
  cr_expect_eq(direction, expected_direction, "%s", expected);
}

static void expect_out_of_range(rl_ratio ratio, unsigned digits, rl_rounding rounding)
{
  rl_rate rate = {.mantissa = 77, .scale = 7};
  int direction = 7;
  cr_expect(rl_ratio_round(ratio, digits, rounding, &rate, &direction) == RL_OUT_OF_RANGE);
  cr_expect(rate.mantissa == 77 && rate.scale == 7 && direction == 7);
}

Test(ratio, worked_examples_give_their_client_rates)
{
  expect_rounded(rl_ratio_marked_up(leg("162.437"), -500000), 10, RL_ROUND_HALF_EVEN,
                 "161.624815", 0);
  expect_rounded(rl_ratio_marked_up(leg("1.1252"), 400000), 10, RL_ROUND_HALF_EVEN, "1.1297008", 0);
  expect_rounded(rl_ratio_marked_up(leg("94.6135"), -600000), 10, RL_ROUND_HALF_EVEN,
                 "94.045819", 0);
  expect_rounded(rl_ratio_marked_up(leg("1.32841"), -250000), 10, RL_ROUND_HALF_EVEN,
                 "1.325088975", 0);
  expect_rounded(rl_ratio_marked_up(leg("18453.25"), -1200000), 10, RL_ROUND_HALF_EVEN,
                 "18231.811", 0);
}

Test(ratio, half_units_count_half)
{
  expect_rounded(rl_ratio_times(rl_ratio_one(), 3, 0, 2), 10, RL_ROUND_HALF_EVEN, "1.5", 0);
  expect_rounded(rl_ratio_over(rl_ratio_one(), 1, 1, 2), 10, RL_ROUND_HALF_EVEN, "20", 0);
}

Test(ratio, ties_follow_the_rounding_asked_for)
{
  expect_rounded(leg("1.2345"), 4, RL_ROUND_HALF_EVEN, "1.234", -1);
  expect_rounded(leg("1.2355"), 4, RL_ROUND_HALF_EVEN, "1.236", 1);
  expect_rounded(leg("1.2345"), 4, RL_ROUND_HALF_UP, "1.235", 1);
  expect_rounded(leg("1.2345"), 4, RL_ROUND_DOWN, "1.234", -1);
  expect_rounded(leg("1.2345"), 4, RL_ROUND_UP, "1.235", 1);
  expect_rounded(leg("1.234"), 4, RL_ROUND_UP, "1.234", 0);
}

Test(ratio, one_part_in_ten_to_the_27_beside_a_tie_decides_it)
{
  rl_ratio above = rl_ratio_times(leg("1.2345"), UNITS_MAX, 0, 1);
  above = rl_ratio_over(above, UNITS_MAX - 1, 0, 1);
  expect_rounded(above, 4, RL_ROUND_HALF_EVEN, "1.235", 1);
  rl_ratio below = rl_ratio_times(leg("1.2355"), UNITS_MAX - 1, 0, 1);
  below = rl_ratio_over(below, UNITS_MAX, 0, 1);
  expect_rounded(below, 4, RL_ROUND_HALF_EVEN, "1.235", -1);
}

Test(ratio, the_first_digit_after_a_power_of_ten_counts_among_those_asked_for)
{
  expect_rounded(leg("1.0004"), 4, RL_ROUND_UP, "1.001", 1);
  expect_rounded(leg("1.0004"), 4, RL_ROUND_HALF_EVEN, "1", -1);
  expect_rounded(leg("1000.04"), 4, RL_ROUND_UP, "1001", 1);
}

Test(ratio, rounding_up_through_nines_moves_the_point)
{
  expect_rounded(leg("9.99951"), 4, RL_ROUND_HALF_EVEN, "10", 1);
  expect_rounded(leg("99.995"), 4, RL_ROUND_HALF_EVEN, "100", 1);
  expect_rounded(leg("0.000999951"), 4, RL_ROUND_HALF_EVEN, "0.001", 1);
}

Test(ratio, digits_before_the_point_beyond_those_asked_for_are_zeros)
{
  expect_rounded(leg("123456789"), 4, RL_ROUND_HALF_EVEN, "123500000", 1);
  expect_rounded(leg("123456789"), 4, RL_ROUND_DOWN, "123400000", -1);
  expect_rounded(leg("99995000"), 4, RL_ROUND_HALF_EVEN, "100000000", 1);
}

Test(ratio, a_third_has_no_last_digit)
{
  rl_ratio third = rl_ratio_over(rl_ratio_one(), 3, 0, 1);
  expect_rounded(third, 10, RL_ROUND_HALF_EVEN, "0.3333333333", -1);
  expect_rounded(third, 10, RL_ROUND_UP, "0.3333333334", 1);
  expect_rounded(rl_ratio_inverse(third), 10, RL_ROUND_UP, "3", 0);
}

Test(ratio, the_range_is_judged_after_rounding)
{
  rl_ratio least = rl_ratio_times(rl_ratio_one(), 1, 9, 1);
  expect_rounded(least, 10, RL_ROUND_DOWN, "0.000000001", 0);
  rl_ratio just_below = rl_ratio_over(rl_ratio_times(least, 1999999997, 0, 1), 1999999998, 0, 1);
  expect_rounded(just_below, 4, RL_ROUND_UP, "0.000000001", 1);
  expect_out_of_range(just_below, 4, RL_ROUND_DOWN);
  expect_rounded(leg("999999999.9"), 10, RL_ROUND_UP, "999999999.9", 0);
  expect_rounded(leg("999999999.9"), 9, RL_ROUND_DOWN, "999999999", -1);
  expect_out_of_range(leg("999999999.9"), 9, RL_ROUND_HALF_EVEN);
  expect_out_of_range(rl_ratio_times(rl_ratio_one(), 1000000000, 0, 1), 10, RL_ROUND_DOWN);
}

static rl_ratio three_legs_at_the_limit(void)
{
  rl_ratio ratio = rl_ratio_one();
  for (int i = 0; i < RL_LEGS_MAX; i++)
    ratio = rl_ratio_times(ratio, UNITS_MAX, 9, 1);
  return ratio;
}

/* 1.999999998^3 = 7.999999976000000023999999992 */
Test(ratio, three_legs_at_their_limit_round_exactly)
{
  expect_rounded(three_legs_at_the_limit(), 10, RL_ROUND_HALF_EVEN, "7.999999976", -1);
  expect_rounded(three_legs_at_the_limit(), 10, RL_ROUND_UP, "7.999999977", 1);
  rl_ratio marked_up = rl_ratio_marked_up(three_legs_at_the_limit(), RL_RATIO_E8_MAX);
  expect_rounded(marked_up, 10, RL_ROUND_HALF_EVEN, "11.99999996", -1);
}

/* 1 / 11.9999999640000000359999999880 = 0.083333333583333333834… */
Test(ratio, the_inverse_of_the_largest_ratio_rounds_exactly)
{
  rl_ratio ratio = rl_ratio_marked_up(three_legs_at_the_limit(), RL_RATIO_E8_MAX);
  expect_rounded(rl_ratio_inverse(ratio), 10, RL_ROUND_HALF_EVEN, "0.08333333358", -1);
}

Test(ratio, a_ratio_over_itself_is_one)
{
  rl_ratio ratio = three_legs_at_the_limit();
  for (int i = 0; i < RL_LEGS_MAX; i++)
    ratio = rl_ratio_over(ratio, UNITS_MAX, 9, 1);
  expect_rounded(ratio, 10, RL_ROUND_UP, "1", 0);
  cr_assert(rl_rate_compare_ratio((rl_rate){1, 0}, ratio) == 0);
}

Test(ratio, a_side_beyond_its_bound_is_a_bug, .signal = SIGABRT)
{
  rl_ratio ratio = rl_ratio_marked_up(three_legs_at_the_limit(), RL_RATIO_E8_MAX);
  (void)rl_ratio_times(ratio, 2, 0, 1);
}

/* (2^119 + 1) x 2^63 is 2^63 modulo 2^128. */
Test(ratio, a_side_that_would_wrap_is_a_bug, .signal = SIGABRT)
{
  rl_ratio ratio = {.numerator = ((rl_u128)1 << 119) + 1, .denominator = 1};
  (void)rl_ratio_times(ratio, 1ull << 63, 0, 1);
}

Test(ratio, a_side_just_inside_its_bound_is_exact)
{
  rl_ratio ratio = {.numerator = (rl_u128)UINT64_MAX, .denominator = 3};
  rl_ratio product = rl_ratio_times(ratio, 0xffffffffffffff, 0, 2);
  cr_assert(product.numerator == ((rl_u128)1 << 120) - ((rl_u128)1 << 64)
                                   - ((rl_u128)1 << 56) + 1);
  cr_assert(product.denominator == 6);
}

Test(ratio, a_leg_of_zero_is_a_bug, .signal = SIGABRT)
{
  (void)rl_ratio_times(rl_ratio_one(), 0, 0, 1);
}

Test(ratio, a_markup_beyond_a_half_is_a_bug, .signal = SIGABRT)
{
  (void)rl_ratio_marked_up(rl_ratio_one(), RL_RATIO_E8_MAX + 1);
}

Test(ratio, a_markup_multiplies_by_one_plus_itself)
{
  expect_rounded(rl_ratio_marked_up(rl_ratio_one(), 1000000), 10, RL_ROUND_DOWN, "1.01", 0);
  expect_rounded(rl_ratio_marked_up(rl_ratio_one(), -1000000), 10, RL_ROUND_DOWN, "0.99", 0);
  expect_rounded(rl_ratio_marked_up(rl_ratio_one(), 0), 10, RL_ROUND_DOWN, "1", 0);
  expect_rounded(rl_ratio_marked_up(rl_ratio_one(), -RL_RATIO_E8_MAX), 10, RL_ROUND_UP, "0.5", 0);
}

Test(ratio, a_decimal_is_compared_with_the_exact_value)
{
  rl_ratio third = rl_ratio_over(rl_ratio_one(), 3, 0, 1);
  cr_assert(rl_rate_compare_ratio((rl_rate){3333333333, 10}, third) < 0);
  cr_assert(rl_rate_compare_ratio((rl_rate){3333333334, 10}, third) > 0);
  cr_assert(rl_rate_compare_ratio((rl_rate){11252, 4}, leg("1.1252")) == 0);
  cr_assert(rl_rate_compare_ratio((rl_rate){1125200000, 9}, leg("1.1252")) == 0);
  cr_assert(rl_rate_compare_ratio((rl_rate){7999999976, 9}, three_legs_at_the_limit()) < 0);
  cr_assert(rl_rate_compare_ratio((rl_rate){7999999977, 9}, three_legs_at_the_limit()) > 0);
}

Test(ratio, a_comparison_far_from_one_does_not_overflow)
{
  rl_ratio tiny = rl_ratio_one(), huge = rl_ratio_one();
  for (int i = 0; i < RL_LEGS_MAX; i++) {
    tiny = rl_ratio_over(tiny, UNITS_MAX, 0, 1);
    huge = rl_ratio_over(huge, 1, 18, 1);
  }
  cr_assert(rl_rate_compare_ratio((rl_rate){1, 18}, tiny) > 0);
  cr_assert(rl_rate_compare_ratio((rl_rate){RL_CLIENT_MANTISSA_MAX, 0}, tiny) > 0);
  cr_assert(rl_rate_compare_ratio((rl_rate){1, 18}, huge) < 0);
  cr_assert(rl_rate_compare_ratio((rl_rate){RL_CLIENT_MANTISSA_MAX, 0}, huge) < 0);
  cr_assert(rl_rate_compare_ratio((rl_rate){RL_CLIENT_MANTISSA_MAX, 0}, rl_ratio_inverse(huge))
            > 0);
}

/* 2^90 x 10^38 is 0 modulo 2^128. */
Test(ratio, a_comparison_that_would_wrap_to_zero_does_not)
{
  rl_ratio ratio = rl_ratio_one();
  for (int i = 0; i < RL_LEGS_MAX; i++)
    ratio = rl_ratio_times(ratio, 1u << 30, 0, 1);
  ratio = rl_ratio_over(rl_ratio_over(ratio, 1, 10, 1), 1, 10, 1);
  cr_assert(rl_rate_compare_ratio((rl_rate){1, 18}, ratio) < 0);
}

static void expect_amount(rl_ratio ratio, int64_t amount, int shift, int64_t expected)
{
  int64_t got = -7;
  cr_assert(rl_ratio_amount_floor(ratio, amount, shift, &got) == RL_OK);
  cr_expect_eq(got, expected);
}

Test(ratio, an_amount_is_floored_once_at_the_end)
{
  expect_amount(leg("162.437"), 99850, -2, 162193);
  expect_amount(rl_ratio_over(rl_ratio_one(), 3, 0, 1), 2, 0, 0);
  expect_amount(rl_ratio_over(rl_ratio_one(), 3, 0, 1), 3, 0, 1);
  expect_amount(rl_ratio_over(rl_ratio_one(), 3, 0, 1), 2, 4, 6666);
  expect_amount(leg("1.1252"), 0, 4, 0);
  expect_amount(leg("0.000000001"), 999999999, 0, 0);
  expect_amount(leg("0.000000001"), 1000000000, 0, 1);
}

static void expect_amount_up(rl_ratio ratio, int64_t amount, int shift, int64_t expected)
{
  int64_t got = -7;
  cr_assert(rl_ratio_amount_ceil(ratio, amount, shift, &got) == RL_OK);
  cr_expect_eq(got, expected);
}

Test(ratio, an_amount_is_raised_by_whatever_was_cut_off)
{
  expect_amount_up(leg("162.437"), 99850, -2, 162194);
  expect_amount_up(rl_ratio_over(rl_ratio_one(), 3, 0, 1), 2, 0, 1);
  expect_amount_up(rl_ratio_over(rl_ratio_one(), 3, 0, 1), 3, 0, 1);
  expect_amount_up(rl_ratio_over(rl_ratio_one(), 3, 0, 1), 4, 0, 2);
  expect_amount_up(leg("1.1252"), 0, 4, 0);
  expect_amount_up(leg("0.000000001"), 1, -4, 1);
  expect_amount_up(leg("0.000000001"), 1000000000, 0, 1);
  expect_amount_up(leg("0.000000001"), 1000000001, 0, 2);
  expect_amount_up(three_legs_at_the_limit(), RL_AMOUNT_MAX, 3, 7999999976000000024);
}

Test(ratio, an_amount_raised_beyond_64_bits_is_out_of_range)
{
  rl_ratio whole = rl_ratio_times(rl_ratio_one(), 9223372036854775807ull, 0, 1);
  rl_ratio half_above = rl_ratio_times(rl_ratio_one(), UINT64_MAX, 0, 2);
  int64_t got = -7;
  expect_amount_up(whole, 1, 0, INT64_MAX);
  cr_expect(rl_ratio_amount_ceil(half_above, 1, 0, &got) == RL_OUT_OF_RANGE);
  cr_expect(rl_ratio_amount_ceil(whole, 2, 0, &got) == RL_OUT_OF_RANGE);
  cr_expect_eq(got, -7);
}

/* 10^15 x 1.999999998^3 */
Test(ratio, the_largest_amount_meets_the_largest_ratio)
{
  expect_amount(three_legs_at_the_limit(), RL_AMOUNT_MAX, 0, 7999999976000000);
  expect_amount(three_legs_at_the_limit(), RL_AMOUNT_MAX, 3, 7999999976000000023);
  expect_amount(rl_ratio_inverse(rl_ratio_marked_up(three_legs_at_the_limit(), RL_RATIO_E8_MAX)),
                RL_AMOUNT_MAX, 0, 83333333583333);
}

Test(ratio, an_amount_beyond_64_bits_is_out_of_range)
{
  int64_t got = -7;
  cr_assert(rl_ratio_amount_floor(three_legs_at_the_limit(), RL_AMOUNT_MAX, 4, &got)
            == RL_OUT_OF_RANGE);
  cr_assert_eq(got, -7);
  rl_ratio whole = rl_ratio_times(rl_ratio_one(), 9223372036854775807ull, 0, 1);
  expect_amount(whole, 1, 0, INT64_MAX);
  cr_assert(rl_ratio_amount_floor(whole, 2, 0, &got) == RL_OUT_OF_RANGE);
  expect_amount(whole, 0, 4, 0);
  expect_amount(rl_ratio_times(whole, 2, 0, 1), 0, 0, 0);
}

/* 2^90 x 2^38 is 0 modulo 2^128. */
Test(ratio, an_amount_that_would_wrap_to_zero_is_out_of_range)
{
  rl_ratio ratio = rl_ratio_one();
  int64_t got = -7;
  for (int i = 0; i < RL_LEGS_MAX; i++)
    ratio = rl_ratio_times(ratio, 1u << 30, 0, 1);
  cr_assert(rl_ratio_amount_floor(ratio, 1ll << 38, 0, &got) == RL_OUT_OF_RANGE);
  cr_assert_eq(got, -7);
}

Test(ratio, an_amount_of_next_to_nothing_is_nothing)
{
  rl_ratio ratio = rl_ratio_one();
  for (int i = 0; i < RL_LEGS_MAX; i++)
    ratio = rl_ratio_times(rl_ratio_over(ratio, UNITS_MAX, 0, 1), 1, 18, 1);
  expect_amount(ratio, RL_AMOUNT_MAX, -4, 0);
}
