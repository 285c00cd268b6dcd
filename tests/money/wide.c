#include "money/wide.h"

#include <criterion/criterion.h>
#include <signal.h>

static bool equal(rl_u128 left, rl_u128 right) { return left == right; }

static const rl_u128 greatest = ~(rl_u128)0;

Test(wide, powers_of_ten_reach_ten_to_the_38)
{
  rl_u128 power = 1;
  for (unsigned exponent = 0; exponent <= 38; exponent++, power *= 10)
    cr_assert(equal(rl_pow10(exponent), power), "10^%u", exponent);
}

Test(wide, the_39th_power_of_ten_is_a_bug, .signal = SIGABRT)
{
  (void)rl_pow10(39);
}

Test(wide, down_cuts_off)
{
  cr_assert(equal(rl_wide_div(0, 7, RL_ROUND_DOWN), 0));
  cr_assert(equal(rl_wide_div(6, 7, RL_ROUND_DOWN), 0));
  cr_assert(equal(rl_wide_div(7, 7, RL_ROUND_DOWN), 1));
  cr_assert(equal(rl_wide_div(13, 7, RL_ROUND_DOWN), 1));
}

Test(wide, up_takes_the_next_unless_it_divides)
{
  cr_assert(equal(rl_wide_div(0, 7, RL_ROUND_UP), 0));
  cr_assert(equal(rl_wide_div(1, 7, RL_ROUND_UP), 1));
  cr_assert(equal(rl_wide_div(7, 7, RL_ROUND_UP), 1));
  cr_assert(equal(rl_wide_div(8, 7, RL_ROUND_UP), 2));
}

Test(wide, half_up_takes_ties_away_from_zero)
{
  cr_assert(equal(rl_wide_div(49, 100, RL_ROUND_HALF_UP), 0));
  cr_assert(equal(rl_wide_div(50, 100, RL_ROUND_HALF_UP), 1));
  cr_assert(equal(rl_wide_div(150, 100, RL_ROUND_HALF_UP), 2));
  cr_assert(equal(rl_wide_div(151, 100, RL_ROUND_HALF_UP), 2));
  cr_assert(equal(rl_wide_div(3, 7, RL_ROUND_HALF_UP), 0));
  cr_assert(equal(rl_wide_div(4, 7, RL_ROUND_HALF_UP), 1));
}

Test(wide, half_even_takes_ties_to_the_even_digit)
{
  cr_assert(equal(rl_wide_div(50, 100, RL_ROUND_HALF_EVEN), 0));
  cr_assert(equal(rl_wide_div(51, 100, RL_ROUND_HALF_EVEN), 1));
  cr_assert(equal(rl_wide_div(149, 100, RL_ROUND_HALF_EVEN), 1));
  cr_assert(equal(rl_wide_div(150, 100, RL_ROUND_HALF_EVEN), 2));
  cr_assert(equal(rl_wide_div(250, 100, RL_ROUND_HALF_EVEN), 2));
  cr_assert(equal(rl_wide_div(251, 100, RL_ROUND_HALF_EVEN), 3));
}

Test(wide, division_holds_at_the_ends_of_128_bits)
{
  rl_u128 half = greatest / 2; /* greatest is odd: 2 x half + 1 */
  cr_assert(equal(rl_wide_div(greatest, 1, RL_ROUND_UP), greatest));
  cr_assert(equal(rl_wide_div(greatest, greatest, RL_ROUND_HALF_EVEN), 1));
  cr_assert(equal(rl_wide_div(half, greatest, RL_ROUND_HALF_UP), 0));
  cr_assert(equal(rl_wide_div(half + 1, greatest, RL_ROUND_HALF_UP), 1));
  cr_assert(equal(rl_wide_div(half + 1, greatest, RL_ROUND_HALF_EVEN), 1));
  cr_assert(equal(rl_wide_div(1, greatest, RL_ROUND_UP), 1));
}

Test(wide, division_is_the_same_on_both_sides_of_64_bits)
{
  rl_u128 edge = (rl_u128)1 << 64;
  cr_assert(equal(rl_wide_div(edge - 1, 2, RL_ROUND_UP), edge / 2));
  cr_assert(equal(rl_wide_div(edge, 2, RL_ROUND_UP), edge / 2));
  cr_assert(equal(rl_wide_div(edge + 1, 2, RL_ROUND_UP), edge / 2 + 1));
  cr_assert(equal(rl_wide_div(edge, edge - 1, RL_ROUND_DOWN), 1));
  cr_assert(equal(rl_wide_div(edge - 1, edge, RL_ROUND_DOWN), 0));
  cr_assert(equal(rl_wide_div(5, edge, RL_ROUND_UP), 1));
}

Test(wide, division_by_zero_is_a_bug, .signal = SIGABRT)
{
  (void)rl_wide_div(1, 0, RL_ROUND_DOWN);
}

Test(wide, multiplication_reaches_the_last_value)
{
  cr_assert(equal(rl_wide_mul(greatest, 1), greatest));
  cr_assert(equal(rl_wide_mul(0, greatest), 0));
  cr_assert(equal(rl_wide_mul((rl_u128)1 << 64, UINT64_MAX), greatest - UINT64_MAX));
}

Test(wide, multiplication_beyond_128_bits_is_a_bug, .signal = SIGABRT)
{
  (void)rl_wide_mul((rl_u128)1 << 64, (rl_u128)1 << 64);
}
