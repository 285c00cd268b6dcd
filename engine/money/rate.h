/* Rates: exact decimals, exact ratios, and the amounts that follow from them.
 *
 * A rate is quote currency per one unit of base currency, both in major units, always in the
 * pair's market convention (design M3). No float comes near it. Pure, allocation-free, any
 * thread. */
#pragma once

#include "money/currency.h"
#include "money/wide.h"

/* A positive decimal: mantissa x 10^-scale. As shown, it has no more digits than were asked for;
 * equality of value is rl_rate_compare, since 1.10 and 1.1 are the same rate. */
typedef struct rl_rate {
  uint64_t mantissa; /* 1 … RL_CLIENT_MANTISSA_MAX; a source's at most RL_SOURCE_MANTISSA_MAX */
  uint8_t scale;     /* decimals, 0 … RL_RATE_SCALE_MAX */
} rl_rate;

/* Reads "1.1252": digits with at most one '.', at least one digit on each side of it.
 * RL_INVALID for another form. RL_OUT_OF_RANGE for zero, for more than 10 significant digits
 * (leading zeros not counted, trailing ones counted), for more than 18 decimals, or outside
 * 10^-9 <= rate < 10^9. */
RL_MUST_USE rl_status rl_rate_parse(const char *text, size_t length, rl_rate *out);

/* Writes all `scale` decimals: "1.1252", "0.00012", "162". Returns the length. */
#define RL_RATE_TEXT_SIZE 32
size_t rl_rate_format(rl_rate rate, char out[RL_RATE_TEXT_SIZE]);

/* <0, 0, >0 as left is below, equal to, above right, by value. */
int rl_rate_compare(rl_rate left, rl_rate right);

/* Removes trailing zeros after the decimal point: 1.1250 becomes 1.125. */
rl_rate rl_rate_trim(rl_rate rate);

/* Rounded half-even to at most so many decimals; a mantissa of 0 where that is nothing. */
rl_rate rl_rate_to_decimals(rl_rate rate, unsigned decimals);

/* An exact product of legs and a markup: numerator / denominator x 10^exponent.
 *
 * Invariant: 0 < numerator, denominator < 2^120 (1.33 x 10^36). By M1 each of three legs multiplies
 * one side by at most 2 x 999999999 (a composite counts half units) and the other by at most 2, and
 * a markup one side by at most 1.5 x 10^8: below 1.2 x 10^36. Whoever multiplies a side asserts it.
 *
 * What makes a ratio is inline: handing 48 bytes through memory costs more than the arithmetic. */
typedef struct rl_ratio {
  rl_u128 numerator;
  rl_u128 denominator;
  int exponent; /* power of ten applied to the quotient */
} rl_ratio;

#define RL_RATIO_SIDE_BITS 120

/* side x factor by the invariant. In two halves, since the compiler's checked 128-bit product is
 * several times slower. */
static inline rl_u128 rl_ratio_side_times(rl_u128 side, uint64_t factor)
{
  rl_u128 high = (side >> 64) * factor;
  RL_ASSERT(high >> (RL_RATIO_SIDE_BITS - 64) == 0);
  rl_u128 product = (high << 64) + (rl_u128)(uint64_t)side * factor;
  RL_ASSERT(product > 0 && product >> RL_RATIO_SIDE_BITS == 0);
  return product;
}

static inline rl_ratio rl_ratio_one(void)
{
  return (rl_ratio){.numerator = 1, .denominator = 1};
}

/* ratio x units x 10^-scale / divisor: a leg's price. divisor is 2 for half units. */
static inline rl_ratio rl_ratio_times(rl_ratio ratio, uint64_t units, unsigned scale,
                                      unsigned divisor)
{
  return (rl_ratio){
    .numerator = rl_ratio_side_times(ratio.numerator, units),
    .denominator = rl_ratio_side_times(ratio.denominator, divisor),
    .exponent = ratio.exponent - (int)scale,
  };
}

static inline rl_ratio rl_ratio_inverse(rl_ratio ratio)
{
  return (rl_ratio){
    .numerator = ratio.denominator,
    .denominator = ratio.numerator,
    .exponent = -ratio.exponent,
  };
}

/* ratio / (units x 10^-scale / divisor): a leg taken the other way round. */
static inline rl_ratio rl_ratio_over(rl_ratio ratio, uint64_t units, unsigned scale,
                                     unsigned divisor)
{
  return rl_ratio_inverse(rl_ratio_times(rl_ratio_inverse(ratio), units, scale, divisor));
}

/* ratio x (1 + markup_e8 x 10^-8); |markup_e8| <= RL_RATIO_E8_MAX. */
static inline rl_ratio rl_ratio_marked_up(rl_ratio ratio, int64_t markup_e8)
{
  RL_ASSERT(markup_e8 >= -RL_RATIO_E8_MAX && markup_e8 <= RL_RATIO_E8_MAX);
  return rl_ratio_times(ratio, (uint64_t)(RL_UNIT_E8 + markup_e8), 8, 1);
}

/* Rounds to `digits` significant digits (4 … 10), half to even by default or as asked, by long
 * division one digit at a time. The result has trailing zeros trimmed. RL_OUT_OF_RANGE outside
 * 10^-9 <= rate < 10^9. *direction (may be NULL) tells where the rounded value lies from the
 * exact one: -1 below, 0 equal, +1 above. */
RL_MUST_USE rl_status rl_ratio_round(rl_ratio ratio, unsigned digits, rl_rounding rounding,
                                     rl_rate *out, int *direction);

/* <0, 0, >0 as the decimal is below, equal to, above the exact ratio. Never overflows: compares
 * digit by digit. */
int rl_rate_compare_ratio(rl_rate rate, rl_ratio ratio);

/* floor(amount x ratio x 10^shift) for 0 <= amount <= RL_AMOUNT_MAX and -4 <= shift <= 4, by long
 * multiplication one decimal digit of the amount at a time. RL_OUT_OF_RANGE above INT64_MAX. */
RL_MUST_USE rl_status rl_ratio_amount_floor(rl_ratio ratio, int64_t amount, int shift,
                                            int64_t *out);
/* The same rounded up. */
RL_MUST_USE rl_status rl_ratio_amount_ceil(rl_ratio ratio, int64_t amount, int shift,
                                           int64_t *out);

/* sum x ratio x 10^shift, rounded half-even once, for any sum and -4 <= shift <= 4: what a balance
 * is worth. RL_OUT_OF_RANGE where that is beyond 127 bits, or a step towards it beyond 128. */
RL_MUST_USE rl_status rl_ratio_worth(rl_ratio ratio, rl_i128 sum, int shift, rl_i128 *out);

/* Which side of the market the client is on (M3). */
typedef enum rl_side {
  RL_SELL_BASE, /* client pays base and receives quote: priced from the bid */
  RL_BUY_BASE,  /* client pays quote and receives base: priced from the ask */
} rl_side;

/* rho of M3: target minor units for one source minor unit, as the shown decimal and the two
 * exponents give it. */
typedef struct rl_conversion {
  rl_rate rate;                    /* client rate as shown */
  rl_side side;
  unsigned source_exponent;        /* of the source currency, 0 … 4 */
  unsigned target_exponent;        /* of the target currency, 0 … 4 */
} rl_conversion;

/* floor(source x rho), what we pay. 0 <= source_minor <= RL_AMOUNT_MAX. RL_OUT_OF_RANGE above
 * RL_AMOUNT_MAX. */
RL_MUST_USE rl_status rl_convert_floor(rl_conversion conversion, int64_t source_minor,
                                       int64_t *target_minor);
/* ceil(target / rho), what we take. 0 <= target_minor <= RL_AMOUNT_MAX. RL_OUT_OF_RANGE above
 * RL_AMOUNT_MAX. Smallest n with rl_convert_floor(n) >= target. */
RL_MUST_USE rl_status rl_convert_back_ceil(rl_conversion conversion, int64_t target_minor,
                                           int64_t *source_minor);

/* amount x ratio_e8 x 10^-8, rounded; 0 <= amount <= RL_AMOUNT_MAX, 0 <= ratio_e8 <= 10^8. */
int64_t rl_share_e8(int64_t amount_minor, int64_t ratio_e8, rl_rounding rounding);

/* Reads basis points, "50" or "0.25", with at most four decimals, into units of 10^-8 (one bps
 * is 10^4). A leading '-' is allowed. RL_INVALID for another form, RL_OUT_OF_RANGE beyond
 * +-5,000 bps. */
RL_MUST_USE rl_status rl_bps_parse(const char *text, size_t length, int32_t *out_e8);
/* Writes units of 10^-8 as basis points without trailing zeros: "50", "-0.25". */
#define RL_BPS_TEXT_SIZE 16
size_t rl_bps_format(int32_t e8, char out[RL_BPS_TEXT_SIZE]);
