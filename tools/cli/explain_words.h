/* Figures and arithmetic as a pencil writes them: "35 bps of 1,000.10 = 3.50035, rounded to 3.50".
 * Amounts are grouped by thousands; exact values are written whole, or cut off with "…" after
 * twenty digits. Pure; one thread. */
#pragma once

#include "pricing/pricing.h"

/* A line that grows; what does not fit is cut off. The longest, eight tiers of a fee, fits. */
typedef struct rl_words {
  size_t used;
  char text[1024]; /* NUL-terminated */
} rl_words;

void rl_say(rl_words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "1,000.00", "-5" */
void rl_say_money(rl_words *words, int64_t minor, rl_currency currency);
/* "1,000.00 EUR" */
void rl_say_amount(rl_words *words, int64_t minor, rl_currency currency);
/* A ratio, cut off after twenty significant digits. */
void rl_say_ratio(rl_words *words, rl_ratio ratio);
void rl_say_rate(rl_words *words, rl_rate rate);
/* Half units of 10^-scale, of either sign. */
void rl_say_half(rl_words *words, int64_t half_units, unsigned scale);
/* Units of 10^-8 as "12.5 bps", for any sum of them. */
void rl_say_bps(rl_words *words, int64_t e8);
/* Tenths of a pip as "1.5 points". */
void rl_say_points(rl_words *words, int64_t points_e1);

/* How a fee comes to its amount on a base of the same currency. */
void rl_say_fee(rl_words *words, const rl_fee *fee, int64_t base_minor, rl_currency currency);
