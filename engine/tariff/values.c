/* No value is guessed at: a number with a unit, sign or decimals too many is refused, not cut. */
#include "tariff/values.h"

#include "clock/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

rl_status rl_place_fail(const rl_place *place, rl_status status, const char *key,
                        const char *format, ...)
{
  char field[sizeof place->error->field];
  char text[sizeof place->error->text];
  snprintf(field, sizeof field, "%s%s%s", place->path, place->path[0] && key[0] ? "." : "", key);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return rl_document_fail(place->document, place->error, status, field, "%s", text);
}

static bool is_name_character(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         c == '-' || c == '_' || c == '.';
}

rl_status rl_read_name(const rl_place *place, const char *key, const char *text,
                       char out[RL_NAME_MAX + 1])
{
  size_t length = strlen(text);
  if (length == 0)
    return rl_place_fail(place, RL_INVALID, key, "empty; give it a name");
  if (length > RL_NAME_MAX)
    return rl_place_fail(place, RL_OUT_OF_RANGE, key,
                         "\"%.40s\" has %zu bytes; a name has at most %d", text, length,
                         RL_NAME_MAX);
  for (size_t i = 0; i < length; i++)
    if (!is_name_character(text[i]))
      return rl_place_fail(place, RL_INVALID, key,
                           "\"%s\" is not a name; use letters, digits, '-', '_' and '.'", text);
  memset(out, 0, RL_NAME_MAX + 1);
  memcpy(out, text, length);
  return RL_OK;
}

/* Reads at most nine digits, so that no value overflows; moves *text past them. */
static bool read_digits(const char **text, uint64_t *out)
{
  size_t length = strspn(*text, "0123456789");
  if (length == 0 || length > 9)
    return false;
  *out = 0;
  for (const char *end = *text + length; *text < end; (*text)++)
    *out = *out * 10 + (uint64_t)(**text - '0');
  return true;
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

rl_status rl_read_currency(const rl_place *place, const char *key, const char *text,
                           rl_currency *out)
{
  if (rl_currency_find(text, strlen(text), out) == RL_OK)
    return RL_OK;
  return rl_place_fail(place, RL_NOT_FOUND, key,
                       "\"%.40s\" is no currency that money is counted in; use an ISO 4217 code "
                       "such as EUR", text);
}

rl_status rl_read_amount(const rl_place *place, const char *key, const char *text,
                         rl_currency currency, int64_t *out_minor)
{
  rl_amount amount;
  rl_status status = rl_amount_parse(text, strlen(text), currency, &amount);
  if (status == RL_INVALID)
    return rl_place_fail(place, RL_INVALID, key,
                         "\"%.40s\" is not an amount; write digits with at most one '.'", text);
  if (status != RL_OK) {
    char low[RL_AMOUNT_TEXT_SIZE], high[RL_AMOUNT_TEXT_SIZE];
    rl_amount_format((rl_amount){.minor = 1, .currency = currency}, low);
    rl_amount_format((rl_amount){.minor = RL_AMOUNT_MAX, .currency = currency}, high);
    return rl_place_fail(place, RL_OUT_OF_RANGE, key,
                         "%.40s is no amount of %s; use %s to %s, with at most %u decimals", text,
                         rl_currency_code(currency), low, high, rl_currency_exponent(currency));
  }
  *out_minor = amount.minor;
  return RL_OK;
}

rl_status rl_read_word(const rl_place *place, const char *key, const char *text,
                       const char *const *words, unsigned count, unsigned *out)
{
  char known[64] = "";
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
