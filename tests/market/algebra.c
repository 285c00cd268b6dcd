/* The algebra of sides (K5) against GMP's rationals, on legs at random. The oracle walks the money:
 * one unit in hand, exchanged leg by leg at the worse side. */
#include "market/market.h"
#include "support/random.h"

#include <criterion/criterion.h>
#include <gmp.h>

enum { ROUNDS = 20000 };

static rl_random dice;

static rl_currency currency(unsigned number)
{
  static const char *const codes[] = {"EUR", "USD", "JPY", "KWD"};
  rl_currency found = RL_CURRENCY_NONE;
  cr_assert_eq(rl_currency_find(codes[number], 3, &found), RL_OK);
  return found;
}

static void random_prices(rl_composite *composite)
{
  uint32_t top = 2 * RL_SOURCE_MANTISSA_MAX;
  uint32_t prices[3];
  for (unsigned i = 0; i < 3; i++)
    prices[i] = (uint32_t)rl_random_magnitude(&dice, top - 1) + 1;
  for (unsigned i = 0; i < 2; i++) {
    for (unsigned j = 0; j < 2; j++) {
      if (prices[j] > prices[j + 1]) {
        uint32_t swapped = prices[j];
        prices[j] = prices[j + 1];
        prices[j + 1] = swapped;
      }
    }
  }
  composite->bid_half = prices[0];
  composite->mid_half = prices[1];
  composite->ask_half = prices[2];
  composite->scale = (uint8_t)rl_random_below(&dice, 13);
}

/* From currency 0 to currency `legs`, base on either side. */
static rl_snapshot random_snapshot(void)
{
  rl_snapshot out = {.leg_count = 1 + (unsigned)rl_random_below(&dice, RL_LEGS_MAX)};
  out.from = currency(0);
  out.to = currency(out.leg_count);
  bool from_base = rl_random_below(&dice, 2) == 0;
  out.base = from_base ? out.from : out.to;
  out.quote = from_base ? out.to : out.from;
  for (unsigned i = 0; i < out.leg_count; i++) {
    rl_leg *leg = &out.legs[i];
    leg->inverted = rl_random_below(&dice, 2) == 0;
    leg->base = currency(leg->inverted ? i + 1 : i);
    leg->quote = currency(leg->inverted ? i : i + 1);
    random_prices(&leg->composite);
  }
  return out;
}

/* The same legs walked back. */
static rl_snapshot reversed(const rl_snapshot *there)
{
  rl_snapshot back = *there;
  back.from = there->to;
  back.to = there->from;
  for (unsigned i = 0; i < there->leg_count; i++) {
    back.legs[i] = there->legs[there->leg_count - 1 - i];
    back.legs[i].inverted = !back.legs[i].inverted;
  }
  return back;
}

static void set_wide(mpz_t out, rl_u128 value)
{
  mpz_set_ui(out, (unsigned long)(value >> 64));
  mpz_mul_2exp(out, out, 64);
  mpz_add_ui(out, out, (unsigned long)value);
}

static void set_ratio(mpq_t out, rl_ratio ratio)
{
  mpz_t power;
  mpz_init(power);
  set_wide(mpq_numref(out), ratio.numerator);
  set_wide(mpq_denref(out), ratio.denominator);
  mpz_ui_pow_ui(power, 10, (unsigned long)(ratio.exponent < 0 ? -ratio.exponent : ratio.exponent));
  mpz_ptr side = ratio.exponent < 0 ? mpq_denref(out) : mpq_numref(out);
  mpz_mul(side, side, power);
  mpq_canonicalize(out);
  mpz_clear(power);
}

/* What one unit of `from` becomes: each leg multiplies by half / 2 x 10^-scale, or divides. */
static void walk(mpq_t out, const rl_snapshot *snapshot, bool mid)
{
  mpq_t price;
  mpq_init(price);
  mpq_set_ui(out, 1, 1);
  for (unsigned i = 0; i < snapshot->leg_count; i++) {
    const rl_leg *leg = &snapshot->legs[i];
    const rl_composite *c = &leg->composite;
    mpz_set_ui(mpq_numref(price), mid ? c->mid_half : leg->inverted ? c->ask_half : c->bid_half);
    mpz_ui_pow_ui(mpq_denref(price), 10, c->scale);
    mpz_mul_ui(mpq_denref(price), mpq_denref(price), 2);
    mpq_canonicalize(price);
    if (leg->inverted)
      mpq_div(out, out, price);
    else
      mpq_mul(out, out, price);
  }
  mpq_clear(price);
}

Test(market, core_and_mid_are_what_the_legs_give_exactly)
{
  dice = rl_random_from(rl_test_seed("market algebra"));
  mpq_t ours, theirs;
  mpq_inits(ours, theirs, NULL);
  for (unsigned round = 0; round < ROUNDS; round++) {
    rl_snapshot snapshot = random_snapshot();
    for (unsigned mid = 0; mid < 2; mid++) {
      set_ratio(ours, mid ? rl_snapshot_mid(&snapshot) : rl_snapshot_core(&snapshot));
      walk(theirs, &snapshot, mid);
      if (rl_snapshot_side(&snapshot) == RL_BUY_BASE)
        mpq_inv(theirs, theirs);
      cr_assert(mpq_equal(ours, theirs));
    }
  }
  mpq_clears(ours, theirs, NULL);
}

/* After each leg the money in hand is of a currency: the worth in that one. */
Test(market, mid_until_a_currency_is_the_walk_to_it)
{
  dice = rl_random_from(rl_test_seed("market mid until"));
  mpq_t ours, theirs;
  mpq_inits(ours, theirs, NULL);
  for (unsigned round = 0; round < ROUNDS; round++) {
    rl_snapshot snapshot = random_snapshot();
    unsigned legs = snapshot.leg_count;
    for (unsigned met = 0; met <= legs; met++) {
      rl_ratio ratio;
      cr_assert(rl_snapshot_mid_until(&snapshot, currency(met), &ratio));
      set_ratio(ours, ratio);
      snapshot.leg_count = met;
      walk(theirs, &snapshot, true);
      snapshot.leg_count = legs;
      cr_assert(mpq_equal(ours, theirs));
    }
    rl_ratio untouched = rl_ratio_one();
    if (legs < RL_LEGS_MAX)
      cr_assert_not(rl_snapshot_mid_until(&snapshot, currency(legs + 1), &untouched));
  }
  mpq_clears(ours, theirs, NULL);
}

Test(market, trip_there_and_back_never_earns)
{
  dice = rl_random_from(rl_test_seed("market trip"));
  mpq_t sold, bought, mid, mid_back;
  mpq_inits(sold, bought, mid, mid_back, NULL);
  for (unsigned round = 0; round < ROUNDS; round++) {
    rl_snapshot there = random_snapshot(), back = reversed(&there);
    set_ratio(sold, rl_snapshot_core(&there));
    set_ratio(bought, rl_snapshot_core(&back));
    set_ratio(mid, rl_snapshot_mid(&there));
    set_ratio(mid_back, rl_snapshot_mid(&back));
    if (rl_snapshot_side(&there) == RL_BUY_BASE)
      mpq_swap(sold, bought);
    /* in one convention: sold at the bid, bought back at the ask, the mid between them */
    cr_assert_leq(mpq_cmp(sold, bought), 0);
    cr_assert_leq(mpq_cmp(sold, mid), 0);
    cr_assert_leq(mpq_cmp(mid, bought), 0);
    cr_assert(mpq_equal(mid, mid_back), "mid is the same from either side");
  }
  mpq_clears(sold, bought, mid, mid_back, NULL);
}

Test(market, inverse_of_a_leg_has_the_inverse_sides)
{
  dice = rl_random_from(rl_test_seed("market inverse"));
  mpq_t ours, half;
  mpq_inits(ours, half, NULL);
  for (unsigned round = 0; round < ROUNDS; round++) {
    rl_snapshot there = random_snapshot();
    there.leg_count = 1;
    there.from = there.base = there.legs[0].base = currency(0);
    there.to = there.quote = there.legs[0].quote = currency(1);
    there.legs[0].inverted = false;
    rl_snapshot back = reversed(&there);
    set_ratio(ours, rl_snapshot_core(&back));
    mpz_set_ui(mpq_numref(half), there.legs[0].composite.ask_half);
    mpz_ui_pow_ui(mpq_denref(half), 10, there.legs[0].composite.scale);
    mpz_mul_ui(mpq_denref(half), mpq_denref(half), 2);
    mpq_canonicalize(half);
    cr_assert_eq(rl_snapshot_side(&back), RL_BUY_BASE);
    cr_assert(mpq_equal(ours, half), "bought at the ask, in the pair's own convention");
  }
  mpq_clears(ours, half, NULL);
}

Test(market, cross_multiplies_like_sides)
{
  rl_snapshot cross = {.leg_count = 2, .from = currency(1), .to = currency(2),
                       .base = currency(1), .quote = currency(2)};
  /* USD to JPY through EUR: EURUSD walked back at its ask, EURJPY at its bid */
  cross.legs[0] = (rl_leg){.base = currency(0), .quote = currency(1), .inverted = true,
                           .composite = {.scale = 4, .bid_half = 22500, .mid_half = 22502,
                                         .ask_half = 22504}};
  cross.legs[1] = (rl_leg){.base = currency(0), .quote = currency(2), .inverted = false,
                           .composite = {.scale = 2, .bid_half = 32670, .mid_half = 32672,
                                         .ask_half = 32674}};
  rl_rate core, mid;
  cr_assert_eq(rl_ratio_round(rl_snapshot_core(&cross), 10, RL_ROUND_HALF_EVEN, &core, NULL),
               RL_OK);
  cr_assert_eq(rl_ratio_round(rl_snapshot_mid(&cross), 10, RL_ROUND_HALF_EVEN, &mid, NULL), RL_OK);
  cr_expect_eq(rl_rate_compare(core, (rl_rate){1451741913, 7}), 0); /* 163.35 / 1.1252 */
  cr_expect_eq(rl_rate_compare(mid, (rl_rate){1451959826, 7}), 0);  /* 163.36 / 1.1251 */
}
