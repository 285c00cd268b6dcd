#include "explain_words.h"

#include <stdarg.h>
#include <stdio.h>

#define RATIO_DIGITS 20

void rl_say(rl_words *words, const char *format, ...)
{
  size_t room = sizeof words->text - words->used;
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(words->text + words->used, room, format, arguments);
  va_end(arguments);
  if (length > 0)
    words->used += (size_t)length < room ? (size_t)length : room - 1;
}

typedef enum grouping { UNGROUPED, GROUPED } grouping;

/* Digits with a point before the last `scale` of them. */
static void say_digits(rl_words *words, const char *digits, size_t count, size_t scale,
                       grouping groups)
{
  size_t whole = count > scale ? count - scale : 0;
  if (whole == 0)
    rl_say(words, "0");
  for (size_t i = 0; i < whole; i++)
    rl_say(words, "%s%c", groups && i > 0 && (whole - i) % 3 == 0 ? "," : "", digits[i]);
  if (scale > 0)
    rl_say(words, ".");
  for (size_t zeros = scale - (count - whole); zeros > 0; zeros--)
    rl_say(words, "0");
  rl_say(words, "%.*s", (int)(count - whole), digits + whole);
}

/* mantissa x 10^-scale, at least `least` decimals. */
static void say_decimal(rl_words *words, rl_u128 mantissa, unsigned scale, unsigned least,
                        grouping groups)
{
  char digits[40];
  size_t place = sizeof digits;
  for (; scale > least && mantissa % 10 == 0; scale--)
    mantissa /= 10;
  for (; mantissa > 0; mantissa /= 10)
    digits[--place] = (char)('0' + (int)(mantissa % 10));
  say_digits(words, digits + place, sizeof digits - place, scale, groups);
}

void rl_say_money(rl_words *words, int64_t minor, rl_currency currency)
{
  unsigned exponent = rl_currency_exponent(currency);
  rl_u128 size = minor < 0 ? -(rl_u128)minor : (rl_u128)minor;
  rl_say(words, "%s", minor < 0 ? "-" : "");
  say_decimal(words, size, exponent, exponent, GROUPED);
}

void rl_say_amount(rl_words *words, int64_t minor, rl_currency currency)
{
  rl_say_money(words, minor, currency);
  rl_say(words, " %s", rl_currency_code(currency));
}

/* Digit by digit: both sides stay below ten times the larger one, 2^124. */
void rl_say_ratio(rl_words *words, rl_ratio ratio)
{
  rl_u128 rest = ratio.numerator, unit = ratio.denominator;
  int exponent = ratio.exponent;
  for (; rest / 10 >= unit; exponent++)
    unit *= 10;
  for (; rest < unit; exponent--)
    rest *= 10;
  char digits[RATIO_DIGITS + 64];
  size_t count = 0;
  for (; count < RATIO_DIGITS && rest > 0; count++, rest %= unit, rest *= 10)
    digits[count] = (char)('0' + (int)(rest / unit));
  /* The first digit counts 10^exponent. */
  for (; (int)count <= exponent && count < sizeof digits; count++)
    digits[count] = '0';
  say_digits(words, digits, count, (size_t)((int)count - 1 - exponent), UNGROUPED);
  rl_say(words, "%s", rest > 0 ? "…" : "");
}

void rl_say_rate(rl_words *words, rl_rate rate)
{
  say_decimal(words, rate.mantissa, rate.scale, 0, UNGROUPED);
}

void rl_say_half(rl_words *words, int64_t half_units, unsigned scale)
{
  rl_u128 size = half_units < 0 ? -(rl_u128)half_units : (rl_u128)half_units;
  rl_say(words, "%s", half_units < 0 ? "-" : "");
  say_decimal(words, 5 * size, scale + 1, 0, UNGROUPED);
}

static void say_signed(rl_words *words, int64_t value, unsigned scale, const char *unit)
{
  rl_say(words, "%s", value < 0 ? "-" : "");
  say_decimal(words, (rl_u128)(value < 0 ? -value : value), scale, 0, UNGROUPED);
  rl_say(words, " %s", unit);
}

void rl_say_bps(rl_words *words, int64_t e8)
{
  say_signed(words, e8, 4, "bps");
}

void rl_say_points(rl_words *words, int64_t points_e1)
{
  say_signed(words, points_e1, 1, points_e1 == 10 ? "point" : "points");
}

/* --- fees --- */

/* The base's currency, and the units of 10^-8 of its minor unit that products are in. */
static void say_product(rl_words *words, rl_u128 product_e8, rl_currency currency)
{
  unsigned exponent = rl_currency_exponent(currency);
  say_decimal(words, product_e8, exponent + 8, exponent, GROUPED);
}

static rl_u128 share_of(int64_t minor, int32_t ratio_e8)
{
  return rl_wide_mul((uint64_t)minor, (uint64_t)ratio_e8);
}

static void say_rounding(rl_words *words, rl_u128 product_e8, rl_currency currency)
{
  if (product_e8 % RL_UNIT_E8 == 0)
    return;
  rl_say(words, ", rounded to ");
  rl_say_money(words, (int64_t)rl_wide_div(product_e8, RL_UNIT_E8, RL_ROUND_HALF_UP), currency);
}

/* "flat 1.50", or "35 bps of 1,000.00 = 3.50" */
static void say_part(rl_words *words, const rl_fee_part *part, int64_t base_minor,
                     rl_currency currency)
{
  if (part->ratio_e8 == 0) {
    rl_say(words, "flat ");
    rl_say_money(words, part->flat_minor, currency);
    return;
  }
  rl_u128 product_e8 = share_of(base_minor, part->ratio_e8);
  rl_say_bps(words, part->ratio_e8);
  rl_say(words, " of ");
  rl_say_money(words, base_minor, currency);
  rl_say(words, " = ");
  say_product(words, product_e8, currency);
  say_rounding(words, product_e8, currency);
}

static void say_graduated(rl_words *words, const rl_fee *fee, int64_t base_minor,
                          rl_currency currency)
{
  rl_u128 sum_e8 = 0;
  rl_say(words, "graduated: ");
  for (unsigned i = 0; i < fee->part_count && fee->parts[i].from_minor < base_minor; i++) {
    const rl_fee_part *part = &fee->parts[i];
    bool last = i + 1 == fee->part_count || part[1].from_minor >= base_minor;
    int64_t inside_minor = (last ? base_minor : part[1].from_minor) - part->from_minor;
    rl_u128 product_e8 = share_of(inside_minor, part->ratio_e8);
    rl_say(words, "%s", i > 0 ? ", " : "");
    rl_say_bps(words, part->ratio_e8);
    rl_say(words, " of ");
    rl_say_money(words, inside_minor, currency);
    rl_say(words, " = ");
    say_product(words, product_e8, currency);
    sum_e8 += product_e8;
  }
  rl_say(words, ", sum ");
  say_product(words, sum_e8, currency);
  say_rounding(words, sum_e8, currency);
}

static void say_slab(rl_words *words, const rl_fee *fee, int64_t base_minor, rl_currency currency)
{
  unsigned tier = fee->part_count - 1;
  while (tier > 0 && fee->parts[tier].from_minor > base_minor)
    tier--;
  rl_say(words, "slab from ");
  rl_say_money(words, fee->parts[tier].from_minor, currency);
  if (tier + 1 < fee->part_count) {
    rl_say(words, " to below ");
    rl_say_money(words, fee->parts[tier + 1].from_minor, currency);
  }
  rl_say(words, ": ");
  say_part(words, &fee->parts[tier], base_minor, currency);
}

static void say_greatest(rl_words *words, const rl_fee *fee, int64_t base_minor,
                         rl_currency currency)
{
  rl_say(words, "greater of ");
  for (unsigned i = 0; i < fee->part_count; i++) {
    rl_say(words, "%s", i > 0 ? " and " : "");
    say_part(words, &fee->parts[i], base_minor, currency);
  }
}

/* The amount before minimum and maximum is not kept by anybody, so the bound that holds is told by
 * the result: it stands at the bound and is another without it. */
static void say_bounds(rl_words *words, const rl_fee *fee, int64_t base_minor,
                       rl_currency currency)
{
  rl_fee unbound = *fee;
  unbound.min_minor = 0;
  unbound.max_minor = INT64_MAX;
  int64_t taken_minor = rl_fee_on(fee, base_minor), plain_minor = rl_fee_on(&unbound, base_minor);
  if (taken_minor == plain_minor)
    return;
  rl_say(words, "; %s ", taken_minor > plain_minor ? "at least" : "at most");
  rl_say_money(words, taken_minor, currency);
}

void rl_say_fee(rl_words *words, const rl_fee *fee, int64_t base_minor, rl_currency currency)
{
  switch (fee->kind) {
  case RL_FEE_FLAT:
  case RL_FEE_BPS: say_part(words, &fee->parts[0], base_minor, currency); break;
  case RL_FEE_GRADUATED: say_graduated(words, fee, base_minor, currency); break;
  case RL_FEE_SLAB: say_slab(words, fee, base_minor, currency); break;
  case RL_FEE_GREATER_OF: say_greatest(words, fee, base_minor, currency); break;
  }
  say_bounds(words, fee, base_minor, currency);
}
