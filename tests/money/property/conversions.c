/* Conversions at a shown rate, shares of an amount, and plain division. */
#include "cases.h"

static rl_conversion draw_conversion(rl_random *random)
{
  static const unsigned exponents[] = {0, 2, 3, 4};
  return (rl_conversion){
    .rate = draw_rate(random),
    .side = rl_random_below(random, 2) ? RL_SELL_BASE : RL_BUY_BASE,
    .source_exponent = exponents[rl_random_below(random, 4)],
    .target_exponent = exponents[rl_random_below(random, 4)],
  };
}

/* rho of M3: target minor units for one source minor unit. */
static void exact_rho(mpq_t out, rl_conversion conversion)
{
  mpq_t minor;
  mpq_init(minor);
  exact_rate(out, conversion.rate);
  if (conversion.side == RL_BUY_BASE)
    mpq_inv(out, out);
  exact_pow10(minor, (int)conversion.target_exponent - (int)conversion.source_exponent);
  mpq_mul(out, out, minor);
  mpq_clear(minor);
}

static void check_converted(const char *what, rl_conversion conversion, int64_t amount,
                            const mpz_t expected, rl_status status, int64_t got)
{
  bool fits = mpz_cmp_si(expected, RL_AMOUNT_MAX) <= 0;
  if (fits ? status != RL_OK || mpz_cmp_si(expected, got) != 0
           : status != RL_OUT_OF_RANGE || got != -7)
    exact_differs("%s of %ld at %lu x 10^-%d, side %d, exponents %u, %u: %ld, not %Zd (status %d)",
                  what, (long)amount, (unsigned long)conversion.rate.mantissa,
                  conversion.rate.scale, (int)conversion.side, conversion.source_exponent,
                  conversion.target_exponent, (long)got, expected, (int)status);
}

static void check_floor(rl_conversion conversion, const mpq_t rho, int64_t source)
{
  mpq_t product;
  mpz_t expected;
  mpq_init(product);
  mpz_init(expected);
  exact_decimal(product, (rl_u128)source, 0, 1);
  mpq_mul(product, product, rho);
  exact_rounded(expected, product, RL_ROUND_DOWN);
  int64_t got = -7;
  rl_status status = rl_convert_floor(conversion, source, &got);
  check_converted("floor", conversion, source, expected, status, got);
  mpq_clear(product);
  mpz_clear(expected);
}

static void check_back(rl_conversion conversion, const mpq_t rho, int64_t target)
{
  mpq_t share;
  mpz_t expected;
  mpq_init(share);
  mpz_init(expected);
  exact_decimal(share, (rl_u128)target, 0, 1);
  mpq_div(share, share, rho);
  exact_rounded(expected, share, RL_ROUND_UP);
  int64_t got = -7;
  rl_status status = rl_convert_back_ceil(conversion, target, &got);
  check_converted("ceiling back", conversion, target, expected, status, got);
  mpq_clear(share);
  mpz_clear(expected);
}

/* What is taken for a target pays it, and one less does not. */
static void check_smallest(rl_conversion conversion, int64_t target)
{
  int64_t source, paid;
  if (rl_convert_back_ceil(conversion, target, &source) != RL_OK)
    return;
  if (rl_convert_floor(conversion, source, &paid) == RL_OK && paid < target)
    exact_differs("%ld does not pay %ld but %ld", (long)source, (long)target, (long)paid);
  if (source > 0 && rl_convert_floor(conversion, source - 1, &paid) == RL_OK && paid >= target)
    exact_differs("%ld already pays %ld", (long)source - 1, (long)target);
}

void property_conversion(rl_random *random)
{
  rl_conversion conversion = draw_conversion(random);
  int64_t amount = draw_amount(random);
  mpq_t rho;
  mpq_init(rho);
  exact_rho(rho, conversion);
  check_floor(conversion, rho, amount);
  check_back(conversion, rho, amount);
  check_smallest(conversion, amount);
  mpq_clear(rho);
}

void property_share(rl_random *random)
{
  int64_t amount = draw_amount(random);
  int64_t ratio = rl_random_below(random, 8) ? (int64_t)draw_below_pow10(random, 8)
                                             : rl_random_between(random, 0, 1) * RL_UNIT_E8;
  /* 50 … 0.5 bps on small amounts is where ties are. */
  if (rl_random_below(random, 2))
    ratio = 5000 * rl_random_between(random, 0, 20000);
  rl_rounding rounding = draw_rounding(random);
  mpq_t share;
  mpz_t expected;
  mpq_init(share);
  mpz_init(expected);
  exact_decimal(share, (rl_u128)amount * (rl_u128)ratio, 8, 1);
  exact_rounded(expected, share, rounding);
  int64_t got = rl_share_e8(amount, ratio, rounding);
  if (mpz_cmp_si(expected, got) != 0)
    exact_differs("%ld x %ld e-8, rounding %d: %ld, not %Zd", (long)amount, (long)ratio,
                  (int)rounding, (long)got, expected);
  mpq_clear(share);
  mpz_clear(expected);
}

static rl_u128 draw_wide(rl_random *random)
{
  rl_u128 value = (rl_u128)rl_random_next(random) << 64 | rl_random_next(random);
  return value >> rl_random_below(random, 128);
}

static void check_quotient(rl_u128 numerator, rl_u128 denominator, rl_rounding rounding)
{
  mpq_t value;
  mpz_t expected, got;
  mpq_init(value);
  mpz_inits(expected, got, NULL);
  exact_integer(mpq_numref(value), numerator);
  exact_integer(mpq_denref(value), denominator);
  mpq_canonicalize(value);
  exact_rounded(expected, value, rounding);
  exact_integer(got, rl_wide_div(numerator, denominator, rounding));
  if (mpz_cmp(expected, got) != 0)
    exact_differs("%Qd, rounding %d: %Zd, not %Zd", value, (int)rounding, got, expected);
  mpq_clear(value);
  mpz_clears(expected, got, NULL);
}

static void check_product(rl_u128 a, rl_u128 b)
{
  mpz_t left, right, got;
  mpz_inits(left, right, got, NULL);
  exact_integer(left, a);
  exact_integer(right, b);
  mpz_mul(left, left, right);
  if (mpz_sizeinbase(left, 2) <= 128) {
    exact_integer(got, rl_wide_mul(a, b));
    if (mpz_cmp(left, got) != 0)
      exact_differs("product %Zd, not %Zd", got, left);
  }
  mpz_clears(left, right, got, NULL);
}

void property_wide(rl_random *random)
{
  rl_u128 numerator = draw_wide(random);
  rl_u128 denominator = draw_wide(random) | 1;
  if (rl_random_below(random, 2)) { /* a quotient with a half, or one off it */
    denominator = (draw_wide(random) >> 64 | 1) * 2;
    numerator = rl_random_next(random) % 1000 * denominator + denominator / 2
                + rl_random_below(random, 3) - 1;
  }
  check_quotient(numerator, denominator, draw_rounding(random));
  check_product(numerator >> rl_random_below(random, 128), draw_wide(random));
}
