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

/* The exact product of up to three legs and a markup: numerator / denominator x 10^exponent.
 * Bounds (M1): each leg multiplies one side by at most 2 x 10^9 (a composite counts half units),
 * the markup by at most 1.5 x 10^8 in 10^-8 units, so each side stays below 1.2 x 10^36. */
typedef struct rl_ratio {
  rl_u128 numerator;   /* > 0 */
  rl_u128 denominator; /* > 0 */
  int exponent;        /* power of ten applied to the quotient */
} rl_ratio;

rl_ratio rl_ratio_one(void);
/* ratio x units x 10^-scale / divisor: a leg's price. divisor is 2 for half units. */
rl_ratio rl_ratio_times(rl_ratio ratio, uint64_t units, unsigned scale, unsigned divisor);
/* ratio / (units x 10^-scale / divisor): a leg taken the other way round. */
rl_ratio rl_ratio_over(rl_ratio ratio, uint64_t units, unsigned scale, unsigned divisor);
rl_ratio rl_ratio_inverse(rl_ratio ratio);
/* ratio x (1 + markup_e8 x 10^-8); |markup_e8| <= RL_RATIO_E8_MAX. */
rl_ratio rl_ratio_marked_up(rl_ratio ratio, int64_t markup_e8);

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
