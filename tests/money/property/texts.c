/* Texts: what a rate, an amount and basis points may look like, decided here by character
 * classes and big integers; random bytes, near misses and round trips. */
#include "cases.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 48

typedef struct drawn_text {
  char bytes[TEXT_MAX];
  size_t length;
} drawn_text;

static void put_digits(drawn_text *out, rl_random *random, uint64_t count)
{
  bool zeros = rl_random_below(random, 4) == 0;
  for (; count > 0; count--)
    out->bytes[out->length++] = zeros ? '0' : (char)('0' + rl_random_below(random, 10));
}

/* Mostly decimals, some of them damaged in one place, some plain noise. */
static drawn_text draw_text(rl_random *random)
{
  drawn_text out = {.length = 0};
  if (rl_random_below(random, 8) == 0) {
    out.length = rl_random_below(random, 20);
    for (size_t i = 0; i < out.length; i++)
      out.bytes[i] = (char)rl_random_next(random);
    return out;
  }
  if (rl_random_below(random, 6) == 0)
    out.bytes[out.length++] = '-';
  put_digits(&out, random, rl_random_below(random, rl_random_below(random, 8) ? 8 : 20));
  if (rl_random_below(random, 3)) {
    out.bytes[out.length++] = '.';
    put_digits(&out, random, rl_random_below(random, rl_random_below(random, 4) ? 6 : 22));
  }
  static const char damage[] = "05..-+eE ,x"; /* its NUL too */
  if (out.length > 0 && rl_random_below(random, 6) == 0)
    out.bytes[rl_random_below(random, out.length)] = damage[rl_random_below(random, sizeof damage)];
  return out;
}

/* The text on the heap and to the byte, so that a sanitizer sees a read beyond it. */
static char *exact_copy(const drawn_text *in)
{
  char *copy = malloc(in->length ? in->length : 1);
  if (!copy)
    abort();
  memcpy(copy, in->bytes, in->length);
  return copy;
}

typedef struct text_reading {
  bool well_formed;
  int decimals;    /* after the point */
  int significant; /* from the first digit that is not 0 */
  mpz_t mantissa;
  mpq_t value;
} text_reading;

/* Digits, at most one point, digits on both sides of it. */
static void read_text(text_reading *out, const char *bytes, size_t length)
{
  char digits[TEXT_MAX + 1] = "";
  size_t points = 0, kept = 0, point_at = length;
  for (size_t i = 0; i < length; i++) {
    if (bytes[i] == '.') {
      points++;
      point_at = i;
    } else if (bytes[i] != '\0' && strchr("0123456789", bytes[i])) {
      digits[kept++] = bytes[i];
    }
  }
  digits[kept] = '\0';
  bool sides = points == 0 || (point_at > 0 && point_at + 1 < length);
  out->well_formed = kept > 0 && points <= 1 && kept + points == length && sides;
  out->decimals = points ? (int)(length - point_at) - 1 : 0;
  out->significant = (int)(kept - strspn(digits, "0"));
  mpz_inits(out->mantissa, NULL);
  mpq_init(out->value);
  if (out->well_formed) {
    mpz_set_str(out->mantissa, digits, 10);
    exact_pow10(out->value, -out->decimals);
    mpz_mul(mpq_numref(out->value), mpq_numref(out->value), out->mantissa);
    mpq_canonicalize(out->value);
  }
}

static void forget(text_reading *reading)
{
  mpz_clear(reading->mantissa);
  mpq_clear(reading->value);
}

static bool between(const mpq_t value, int64_t low, int low_exponent, int64_t high,
                    int high_exponent, bool high_included)
{
  mpq_t bound;
  mpq_init(bound);
  exact_decimal(bound, (rl_u128)low, -low_exponent, 1);
  bool inside = mpq_cmp(value, bound) >= 0;
  exact_decimal(bound, (rl_u128)high, -high_exponent, 1);
  int order = mpq_cmp(value, bound);
  mpq_clear(bound);
  return inside && (order < 0 || (high_included && order == 0));
}

static void check_status(const drawn_text *in, rl_status expected, rl_status got)
{
  if (expected != got)
    exact_differs("\"%.*s\": status %d, not %d", (int)in->length, in->bytes, (int)got,
                  (int)expected);
}

static void check_same_text(const drawn_text *in, const char *written, const char *expected)
{
  if (strcmp(written, expected) != 0)
    exact_differs("\"%.*s\" is written \"%s\", not \"%s\"", (int)in->length, in->bytes, written,
                  expected);
}

/* The same decimal without the zeros that say nothing in front. */
static void without_leading_zeros(char out[TEXT_MAX + 1], const drawn_text *in)
{
  size_t skip = 0;
  while (skip + 1 < in->length && in->bytes[skip] == '0' && in->bytes[skip + 1] != '.')
    skip++;
  memcpy(out, in->bytes + skip, in->length - skip);
  out[in->length - skip] = '\0';
}

static rl_status expected_rate_status(const text_reading *reading)
{
  if (!reading->well_formed)
    return RL_INVALID;
  bool fits = reading->significant >= 1 && reading->significant <= 10 && reading->decimals <= 18
              && between(reading->value, 1, -9, 1, 9, false);
  return fits ? RL_OK : RL_OUT_OF_RANGE;
}

static void check_rate_order(rl_rate left, rl_rate right)
{
  mpq_t a, b;
  mpq_inits(a, b, NULL);
  exact_rate(a, left);
  exact_rate(b, right);
  int got = rl_rate_compare(left, right);
  if ((got > 0) - (got < 0) != exact_compare(a, b))
    exact_differs("%Qd against %Qd: %d", a, b, got);
  exact_rate(b, rl_rate_trim(left));
  rl_rate trimmed = rl_rate_trim(left);
  if (!mpq_equal(a, b) || (trimmed.scale > 0 && trimmed.mantissa % 10 == 0))
    exact_differs("%Qd trimmed to %Qd", a, b);
  mpq_clears(a, b, NULL);
}

static void check_rate_round_trip(rl_random *random)
{
  rl_rate rate = draw_rate(random), again;
  char written[RL_RATE_TEXT_SIZE];
  size_t length = rl_rate_format(rate, written);
  if (length != strlen(written) || rl_rate_parse(written, length, &again) != RL_OK
      || again.mantissa != rate.mantissa || again.scale != rate.scale)
    exact_differs("%lu x 10^-%d written \"%s\" is not read again", (unsigned long)rate.mantissa,
                  rate.scale, written);
  check_rate_order(rate, draw_rate(random));
  rl_rate longer = {rate.mantissa * 10, (uint8_t)(rate.scale + 1)};
  if (longer.mantissa <= RL_CLIENT_MANTISSA_MAX && longer.scale <= RL_RATE_SCALE_MAX)
    check_rate_order(rate, longer);
}

void property_rate_text(rl_random *random)
{
  drawn_text in = draw_text(random);
  char *bytes = exact_copy(&in);
  text_reading reading;
  read_text(&reading, bytes, in.length);
  rl_rate rate = {.mantissa = 77, .scale = 7};
  rl_status expected = expected_rate_status(&reading);
  check_status(&in, expected, rl_rate_parse(bytes, in.length, &rate));
  if (expected == RL_OK) {
    char written[RL_RATE_TEXT_SIZE], same[TEXT_MAX + 1];
    rl_rate_format(rate, written);
    without_leading_zeros(same, &in);
    check_same_text(&in, written, same);
  } else if (rate.mantissa != 77 || rate.scale != 7) {
    exact_differs("\"%.*s\" was refused and changed its output", (int)in.length, in.bytes);
  }
  forget(&reading);
  free(bytes);
  check_rate_round_trip(random);
}

static rl_currency draw_currency(rl_random *random)
{
  static const char codes[][4] = {"JPY", "EUR", "KWD", "CLF"};
  rl_currency currency = RL_CURRENCY_NONE;
  if (rl_currency_find(codes[rl_random_below(random, 4)], 3, &currency) != RL_OK)
    exact_differs("a currency is missing");
  return currency;
}

static void check_amount_round_trip(rl_currency currency, int64_t minor)
{
  rl_amount again;
  char written[RL_AMOUNT_TEXT_SIZE];
  size_t length = rl_amount_format((rl_amount){minor, currency}, written);
  rl_status expected = minor >= 1 && minor <= RL_AMOUNT_MAX ? RL_OK
                       : minor < 0                          ? RL_INVALID
                                                            : RL_OUT_OF_RANGE;
  rl_status status = rl_amount_parse(written, length, currency, &again);
  if (length != strlen(written) || status != expected
      || (status == RL_OK && (again.minor != minor || again.currency.index != currency.index)))
    exact_differs("%ld written \"%s\" is not read again", (long)minor, written);
  /* Without the sign and the point, what is written is the count of minor units. */
  mpz_t digits;
  mpz_init(digits);
  char bare[RL_AMOUNT_TEXT_SIZE] = "";
  for (size_t i = 0, kept = 0; i < length; i++) {
    if (written[i] != '.')
      bare[kept++] = written[i];
  }
  size_t decimals = strchr(written, '.') ? strlen(strchr(written, '.') + 1) : 0;
  if (mpz_set_str(digits, bare, 10) != 0 || mpz_cmp_si(digits, minor) != 0
      || decimals != rl_currency_exponent(currency))
    exact_differs("%ld is written \"%s\"", (long)minor, written);
  mpz_clear(digits);
}

void property_amount_text(rl_random *random)
{
  drawn_text in = draw_text(random);
  rl_currency currency = draw_currency(random);
  int exponent = (int)rl_currency_exponent(currency);
  char *bytes = exact_copy(&in);
  text_reading reading;
  read_text(&reading, bytes, in.length);
  rl_status expected = !reading.well_formed ? RL_INVALID
                       : reading.decimals <= exponent
                           && between(reading.value, 1, -exponent, RL_AMOUNT_MAX, -exponent, true)
                         ? RL_OK
                         : RL_OUT_OF_RANGE;
  rl_amount amount = {.minor = -7};
  check_status(&in, expected, rl_amount_parse(bytes, in.length, currency, &amount));
  mpq_t value;
  mpq_init(value);
  if (expected == RL_OK)
    exact_decimal(value, (rl_u128)amount.minor, exponent, 1);
  if (expected == RL_OK ? !mpq_equal(value, reading.value) : amount.minor != -7)
    exact_differs("\"%.*s\" is read as %ld", (int)in.length, in.bytes, (long)amount.minor);
  mpq_clear(value);
  forget(&reading);
  free(bytes);
  check_amount_round_trip(currency, draw_amount(random));
  check_amount_round_trip(currency, (int64_t)rl_random_next(random));
}

static void check_bps_round_trip(int32_t e8)
{
  char written[RL_BPS_TEXT_SIZE];
  int32_t again = 0;
  size_t length = rl_bps_format(e8, written);
  bool trimmed = !strchr(written, '.') || written[length - 1] != '0';
  if (length != strlen(written) || !trimmed || rl_bps_parse(written, length, &again) != RL_OK
      || again != e8)
    exact_differs("%d written \"%s\" is not read again", (int)e8, written);
}

void property_bps_text(rl_random *random)
{
  drawn_text in = draw_text(random);
  char *bytes = exact_copy(&in);
  bool negative = in.length > 0 && bytes[0] == '-';
  text_reading reading;
  read_text(&reading, bytes + negative, in.length - negative);
  rl_status expected = !reading.well_formed || reading.decimals > 4        ? RL_INVALID
                       : between(reading.value, 0, 0, 5000, 0, true) ? RL_OK
                                                                     : RL_OUT_OF_RANGE;
  int32_t e8 = 7;
  check_status(&in, expected, rl_bps_parse(bytes, in.length, &e8));
  mpq_t value;
  mpq_init(value);
  if (expected == RL_OK)
    exact_decimal(value, (rl_u128)(negative ? -(int64_t)e8 : e8), 4, 1);
  if (expected == RL_OK ? !mpq_equal(value, reading.value) : e8 != 7)
    exact_differs("\"%.*s\" is read as %d", (int)in.length, in.bytes, (int)e8);
  mpq_clear(value);
  forget(&reading);
  free(bytes);
  check_bps_round_trip((int32_t)rl_random_between(random, -RL_RATIO_E8_MAX, RL_RATIO_E8_MAX));
}
