/* No value is guessed at: a number with a unit, sign or decimals too many is refused, not cut. */
#include "tariff/values.h"

#include "clock/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

rl_place rl_place_inside(const rl_place *outer, const char *key)
{
  rl_place place = {.document = outer->document, .error = outer->error};
  snprintf(place.path, sizeof place.path, "%.31s%s%.15s", outer->path, outer->path[0] ? "." : "",
           key);
  return place;
}

rl_place rl_place_entry(const rl_place *outer, const char *list, unsigned index)
{
  rl_place place = {.document = outer->document, .error = outer->error};
  snprintf(place.path, sizeof place.path, "%.31s%s%.19s[%u]", outer->path,
           outer->path[0] ? "." : "", list, index);
  return place;
}

static void write_field(const rl_place *place, const char *key, char *out, size_t size)
{
  snprintf(out, size, "%s%s%s", place->path, place->path[0] && key[0] ? "." : "", key);
}

bool rl_place_has(const rl_place *place, const char *key)
{
  char field[sizeof place->error->field];
  write_field(place, key, field, sizeof field);
  return rl_document_has(place->document, field);
}

rl_status rl_place_fail(const rl_place *place, rl_status status, const char *key,
                        const char *format, ...)
{
  char field[sizeof place->error->field];
  char text[sizeof place->error->text];
  write_field(place, key, field, sizeof field);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return rl_document_fail(place->document, place->error, status, field, "%s", text);
}

rl_status rl_check_count(const rl_place *place, const char *key, unsigned count, unsigned low,
                         unsigned high)
{
  if (count < low)
    return rl_place_fail(place, RL_INVALID, key, "%s; list at least %u",
                         count ? "too few" : "empty", low);
  if (count > high)
    return rl_place_fail(place, RL_OUT_OF_RANGE, key, "%u entries; at most %u", count, high);
  return RL_OK;
}

bool rl_is_any(const char *text)
{
  return !text || strcmp(text, "*") == 0;
}

static bool is_name_character(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         c == '-' || c == '_' || c == '.';
}

/* `what` is what such a text is called in a message. */
static rl_status check_name(const rl_place *place, const char *key, const char *text, size_t max,
                            const char *what)
{
  size_t length = strlen(text);
  if (length == 0)
    return rl_place_fail(place, RL_INVALID, key, "empty; give it a name");
  if (length > max)
    return rl_place_fail(place, RL_OUT_OF_RANGE, key,
                         "\"%.40s\" has %zu bytes; a %s has at most %zu", text, length, what, max);
  for (size_t i = 0; i < length; i++)
    if (!is_name_character(text[i]))
      return rl_place_fail(place, RL_INVALID, key,
                           "\"%s\" is not a name; use letters, digits, '-', '_' and '.'", text);
  return RL_OK;
}

rl_status rl_read_name(const rl_place *place, const char *key, const char *text,
                       char out[RL_NAME_MAX + 1])
{
  rl_status status = check_name(place, key, text, RL_NAME_MAX, "name");
  if (status == RL_OK)
    snprintf(out, RL_NAME_MAX + 1, "%s", text);
  return status;
}

rl_status rl_read_client(const rl_place *place, const char *key, const char *text,
                         char out[RL_CLIENT_NAME_MAX + 1])
{
  rl_status status = check_name(place, key, text, RL_CLIENT_NAME_MAX, "client's name");
  if (status == RL_OK)
    snprintf(out, RL_CLIENT_NAME_MAX + 1, "%s", text);
  return status;
}

/* Whether one step of a path is a name that stays inside its directory. */
static bool is_step(const char *text, size_t length)
{
  bool dots_alone = true;
  for (size_t i = 0; i < length; i++) {
    if (!is_name_character(text[i]))
      return false;
    dots_alone = dots_alone && text[i] == '.';
  }
  return !dots_alone;
}

static bool is_path_downwards(const char *text)
{
  for (;;) {
    size_t length = strcspn(text, "/");
    if (!is_step(text, length))
      return false;
    if (!text[length])
      return true;
    text += length + 1;
  }
}

rl_status rl_read_path(const rl_place *place, const char *key, const char *text,
                       char out[RL_TARIFF_FILE_MAX + 1])
{
  if (strlen(text) > RL_TARIFF_FILE_MAX)
    return rl_place_fail(place, RL_OUT_OF_RANGE, key, "%zu bytes; a file's name has at most %d",
                         strlen(text), RL_TARIFF_FILE_MAX);
  if (!is_path_downwards(text))
    return rl_place_fail(place, RL_INVALID, key,
                         "\"%.40s\" is not a file beside this one or below it; write such as "
                         "new.yaml or trials/new.yaml, without \"..\"", text);
  snprintf(out, RL_TARIFF_FILE_MAX + 1, "%s", text);
  return RL_OK;
}

/* More than any number in a tariff. */
#define HUGE_NUMBER 10000000000u

/* Digits, at least one, held to HUGE_NUMBER; moves *text past them. */
static bool read_digits(const char **text, uint64_t *out)
{
  size_t length = strspn(*text, "0123456789");
  uint64_t value = 0;
  for (const char *end = *text + length; *text < end; (*text)++)
    value = value < HUGE_NUMBER ? value * 10 + (uint64_t)(**text - '0') : HUGE_NUMBER;
  *out = value < HUGE_NUMBER ? value : HUGE_NUMBER;
  return length > 0;
}

rl_status rl_read_ttl(const rl_place *place, const char *key, const char *text, uint32_t *out_ms)
{
  uint64_t ms;
  if (rl_duration_parse(text, strlen(text), &ms) != RL_OK)
    return rl_place_fail(place, RL_INVALID, key,
                         "\"%.40s\" is not a duration; write a whole number and its unit, such "
                         "as 30s, 5m, 1h or 1500ms", text);
  if (ms < 1000 || ms > RL_TTL_MAX_MS)
    return rl_place_fail(place, RL_OUT_OF_RANGE, key,
                         "\"%.40s\" is no lock's length; at least 1s and at most %uh", text,
                         RL_TTL_MAX_MS / 3600000u);
  *out_ms = (uint32_t)ms;
  return RL_OK;
}

rl_status rl_read_count(const rl_place *place, const char *key, const char *text, unsigned low,
                        unsigned high, unsigned *out)
{
  const char *rest = text;
  uint64_t value;
  if (!read_digits(&rest, &value) || *rest)
    return rl_place_fail(place, RL_INVALID, key, "\"%.40s\" is not a whole number; use %u to %u",
                         text, low, high);
  if (value < low || value > high)
    return rl_place_fail(place, RL_OUT_OF_RANGE, key, "%.40s is out of range; use %u to %u", text,
                         low, high);
  *out = (unsigned)value;
  return RL_OK;
}

rl_status rl_read_bps(const rl_place *place, const char *key, const char *text, int32_t low_e8,
                      int32_t *out_e8)
{
  char low[RL_BPS_TEXT_SIZE];
  int32_t e8;
  rl_bps_format(low_e8, low);
  rl_status status = rl_bps_parse(text, strlen(text), &e8);
  if (status == RL_INVALID)
    return rl_place_fail(place, RL_INVALID, key,
                         "\"%.40s\" is not a number of basis points; write such as 50 or 12.5, "
                         "with at most 4 decimals", text);
  if (status != RL_OK || e8 < low_e8)
    return rl_place_fail(place, RL_OUT_OF_RANGE, key,
                         "%.40s is out of range; use %s to %d basis points", text, low,
                         RL_RATIO_E8_MAX / 10000);
  *out_e8 = e8;
  return RL_OK;
}

/* Units of the last decimal. Held where it is huge, so that any text has a value or is refused. */
static bool read_fixed(const char *text, unsigned decimals, uint64_t *out)
{
  uint64_t whole, part = 0, unit = 1;
  if (!read_digits(&text, &whole))
    return false;
  for (unsigned i = 0; i < decimals; i++)
    unit *= 10;
  if (*text == '.') {
    size_t places = strspn(++text, "0123456789");
    if (places == 0 || places > decimals || !read_digits(&text, &part))
      return false;
    for (size_t i = places; i < decimals; i++)
      part *= 10;
  }
  *out = whole * unit + part;
  return *text == '\0';
}

rl_status rl_read_fixed(const rl_place *place, const char *key, const char *text,
                        rl_fixed_range range, int32_t *out)
{
  uint64_t value;
  int unit = range.decimals == 1 ? 10 : 100;
  if (!read_fixed(text, range.decimals, &value))
    return rl_place_fail(place, RL_INVALID, key,
                         "\"%.40s\" is not a number with at most %u decimal%s", text,
                         range.decimals, range.decimals == 1 ? "" : "s");
  if (value < (uint64_t)range.low || value > (uint64_t)range.high)
    return rl_place_fail(place, RL_OUT_OF_RANGE, key, "%.40s is out of range; use %d.%0*d to %d",
                         text, range.low / unit, (int)range.decimals, range.low % unit,
                         range.high / unit);
  *out = (int32_t)value;
  return RL_OK;
}

rl_status rl_read_currency(const rl_place *place, const char *key, const char *text,
                           rl_currency *out)
{
  if (rl_currency_find(text, strlen(text), out) == RL_OK)
    return RL_OK;
  return rl_place_fail(place, RL_NOT_FOUND, key,
                       "\"%.40s\" is no currency that money is counted in; use an ISO 4217 code "
                       "such as EUR", text);
}

rl_status rl_read_pair(const rl_place *place, const char *key, const char *text,
                       rl_currency *base, rl_currency *quote)
{
  size_t length = strlen(text);
  size_t second = length == 7 && text[3] == '/' ? 4 : 3;
  if (length != second + 3 || rl_currency_find(text, 3, base) != RL_OK
      || rl_currency_find(text + second, 3, quote) != RL_OK)
    return rl_place_fail(place, RL_NOT_FOUND, key,
                         "\"%.40s\" is no pair of currencies; write two ISO 4217 codes, such as "
                         "EURUSD", text);
  if (rl_currency_equal(*base, *quote))
    return rl_place_fail(place, RL_INVALID, key, "a currency against itself; change one");
  return RL_OK;
}

static rl_status fail_amount(const rl_place *place, const char *key, const char *text,
                             rl_amount low, rl_status status)
{
  if (status == RL_INVALID)
    return rl_place_fail(place, RL_INVALID, key,
                         "\"%.40s\" is not an amount; write digits with at most one '.'", text);
  char low_text[RL_AMOUNT_TEXT_SIZE], high_text[RL_AMOUNT_TEXT_SIZE];
  rl_amount_format(low, low_text);
  rl_amount_format((rl_amount){.minor = RL_AMOUNT_MAX, .currency = low.currency}, high_text);
  return rl_place_fail(place, RL_OUT_OF_RANGE, key,
                       "%.40s is no amount of %s; use %s to %s, with at most %u decimals", text,
                       rl_currency_code(low.currency), low_text, high_text,
                       rl_currency_exponent(low.currency));
}

rl_status rl_read_amount(const rl_place *place, const char *key, const char *text,
                         rl_currency currency, int64_t *out_minor)
{
  rl_amount amount;
  rl_status status = rl_amount_parse(text, strlen(text), currency, &amount);
  if (status != RL_OK)
    return fail_amount(place, key, text, (rl_amount){.minor = 1, .currency = currency}, status);
  *out_minor = amount.minor;
  return RL_OK;
}

/* Noughts are an amount of the currency where the same text with a one at its end is. */
static bool is_zero(const char *text, rl_currency currency)
{
  char one[24];
  rl_amount amount;
  size_t length = strlen(text);
  if (length == 0 || length >= sizeof one || strspn(text, "0.") != length
      || text[length - 1] != '0')
    return false;
  memcpy(one, text, length);
  one[length - 1] = '1';
  return rl_amount_parse(one, length, currency, &amount) == RL_OK;
}

rl_status rl_read_amount_or_zero(const rl_place *place, const char *key, const char *text,
                                 rl_currency currency, int64_t *out_minor)
{
  rl_amount amount = {.minor = 0, .currency = currency};
  if (!is_zero(text, currency)) {
    rl_status status = rl_amount_parse(text, strlen(text), currency, &amount);
    if (status != RL_OK)
      return fail_amount(place, key, text, (rl_amount){.currency = currency}, status);
  }
  *out_minor = amount.minor;
  return RL_OK;
}

rl_status rl_read_rate(const rl_place *place, const char *key, const char *text, rl_rate *out)
{
  rl_status status = rl_rate_parse(text, strlen(text), out);
  if (status == RL_OK)
    return RL_OK;
  return rl_place_fail(place, status, key,
                       "\"%.40s\" is not a rate; write such as 1.1252, with at most 10 digits",
                       text);
}

rl_status rl_read_word(const rl_place *place, const char *key, const char *text,
                       const char *const *words, unsigned count, unsigned *out)
{
  char known[96] = "";
  for (unsigned i = 0; i < count; i++) {
    size_t used = strlen(known);
    snprintf(known + used, sizeof known - used, "%s%s", i ? " or " : "", words[i]);
    if (strcmp(text, words[i]) == 0) {
      *out = i;
      return RL_OK;
    }
  }
  return rl_place_fail(place, RL_INVALID, key, "\"%.40s\" is not known; use %s", text, known);
}
