/* What sums are worth, against exact rationals. */
#include "support/exact.h"
#include "support/random.h"

#include <criterion/criterion.h>

static rl_ratio ratio_of(uint64_t units, unsigned scale)
{
  return rl_ratio_times(rl_ratio_one(), units, scale, 1);
}

static void expect_worth(rl_ratio ratio, int64_t sum, int shift, int64_t wanted)
{
  rl_i128 worth;
  cr_assert_eq(rl_ratio_worth(ratio, sum, shift, &worth), RL_OK);
  cr_expect(worth == wanted, "%lld is worth %lld, not %lld", (long long)sum, (long long)worth,
            (long long)wanted);
}

Test(worth, ties_go_to_the_even_unit_on_both_sides_of_zero)
{
  rl_ratio half = ratio_of(5, 1);
  expect_worth(half, 1, 0, 0);
  expect_worth(half, 3, 0, 2);
  expect_worth(half, 5, 0, 2);
  expect_worth(half, -1, 0, 0);
  expect_worth(half, -3, 0, -2);
  expect_worth(half, 0, 0, 0);
  expect_worth(ratio_of(51, 2), 1, 0, 1);
  expect_worth(ratio_of(49, 2), 1, 0, 0);
  expect_worth(ratio_of(49, 2), -1, 0, 0);
}

Test(worth, minor_units_of_two_currencies_are_brought_together)
{
  expect_worth(rl_ratio_inverse(ratio_of(1626248, 4)), 16262480, 2, 10000000); /* JPY in EUR */
  expect_worth(ratio_of(1626248, 4), 100000, -2, 162625);                     /* EUR in JPY */
  expect_worth(ratio_of(40321, 5), 100000, 1, 403210);                        /* GBP in KWD */
}

/* Where no power of ten fits beside the denominator, what is behind the digits that are cut off
 * still tells a tie from more than one. */
Test(worth, what_is_behind_a_cut_tells_a_tie_from_more)
{
  const rl_i128 most = (rl_i128)1 << 119;
  rl_ratio tenth = {.numerator = 1, .denominator = (rl_u128)most, .exponent = -1};
  const struct {
    rl_i128 sum;
    int worth;
  } cases[] = {{5 * most, 0}, {5 * most + 1, 1}, {5 * most - 1, 0}, {15 * most, 2},
               {15 * most - 1, 1}, {-5 * most - 1, -1}, {-5 * most, 0}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    rl_i128 worth;
    cr_assert_eq(rl_ratio_worth(tenth, cases[i].sum, 0, &worth), RL_OK);
    cr_expect(worth == cases[i].worth, "case %zu", i);
  }
}

/* A ratio of up to three legs, either way. */
static rl_ratio random_ratio(rl_random *random)
{
  rl_ratio ratio = rl_ratio_one();
  int64_t legs = rl_random_between(random, 1, 3);
  for (int64_t i = 0; i < legs; i++) {
    uint64_t units = rl_random_magnitude(random, 9999999990u);
    unsigned scale = (unsigned)rl_random_between(random, 0, 13);
    ratio = rl_random_below(random, 2) ? rl_ratio_times(ratio, units, scale, 1)
                                       : rl_ratio_over(ratio, units, scale, 1);
  }
  return ratio;
}

static void exact_worth(mpz_t out, rl_ratio ratio, rl_i128 sum, int shift)
{
  mpq_t value, power;
  mpz_t integer;
  mpq_inits(value, power, NULL);
  mpz_init(integer);
  exact_integer(integer, sum < 0 ? -(rl_u128)sum : (rl_u128)sum);
  exact_ratio(value, ratio);
  mpq_set_z(power, integer);
  mpq_mul(value, value, power);
  exact_pow10(power, shift);
  mpq_mul(value, value, power);
  exact_rounded(out, value, RL_ROUND_HALF_EVEN);
  if (sum < 0)
    mpz_neg(out, out);
  mpq_clears(value, power, NULL);
  mpz_clear(integer);
}

static rl_i128 random_sum(rl_random *random)
{
  rl_i128 sum = (rl_i128)rl_random_magnitude(random, INT64_MAX);
  if (rl_random_below(random, 2))
    sum *= (rl_i128)rl_random_magnitude(random, INT64_MAX);
  return rl_random_below(random, 2) ? -sum : sum;
}

Test(worth, every_sum_is_worth_what_exact_rationals_say)
{
  rl_random random = rl_random_from(rl_test_seed("worth"));
  mpz_t wanted, found;
  mpz_inits(wanted, found, NULL);
  unsigned refused = 0, given = 0;
  for (int i = 0; i < 60000; i++) {
    rl_ratio ratio = random_ratio(&random);
    rl_i128 sum = random_sum(&random), worth = 77;
    int shift = (int)rl_random_between(&random, -4, 4);
    exact_worth(wanted, ratio, sum, shift);
    if (rl_ratio_worth(ratio, sum, shift, &worth) != RL_OK) {
      refused++;
      cr_assert(worth == 77, "the output is touched on failure");
      cr_assert_geq(mpz_sizeinbase(wanted, 2), 100, "refused without need");
      continue;
    }
    given++;
    exact_integer(found, worth < 0 ? -(rl_u128)worth : (rl_u128)worth);
    if (worth < 0)
      mpz_neg(found, found);
    cr_assert_eq(mpz_cmp(found, wanted), 0);
  }
  cr_log_info("%u given, %u beyond 128 bits", given, refused);
  cr_expect_gt(given, 30000);
  mpz_clears(wanted, found, NULL);
}

Test(worth, extreme_sums_are_given_or_refused)
{
  rl_i128 most = (rl_i128)(~(rl_u128)0 >> 1), worth;
  cr_assert_eq(rl_ratio_worth(rl_ratio_one(), most, 0, &worth), RL_OK);
  cr_expect(worth == most);
  cr_assert_eq(rl_ratio_worth(rl_ratio_one(), -most, 0, &worth), RL_OK);
  cr_expect(worth == -most);
  cr_expect_eq(rl_ratio_worth(rl_ratio_one(), -most - 1, 0, &worth), RL_OUT_OF_RANGE);
  cr_expect_eq(rl_ratio_worth(rl_ratio_one(), most, 1, &worth), RL_OUT_OF_RANGE);
  cr_expect_eq(rl_ratio_worth(ratio_of(2, 0), most, 0, &worth), RL_OUT_OF_RANGE);
}
