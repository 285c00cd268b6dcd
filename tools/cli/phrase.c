#include "phrase.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 0)))
static void append(rl_phrase *phrase, const char *format, va_list arguments)
{
  size_t used = strlen(phrase->text);
  vsnprintf(phrase->text + used, sizeof phrase->text - used, format, arguments);
}

void rl_phrase_add(rl_phrase *phrase, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  append(phrase, format, arguments);
  va_end(arguments);
}

void rl_phrase_item(rl_phrase *phrase, const char *format, ...)
{
  if (phrase->text[0])
    rl_phrase_add(phrase, ", ");
  va_list arguments;
  va_start(arguments, format);
  append(phrase, format, arguments);
  va_end(arguments);
}

/* --- numbers --- */

rl_phrase rl_phrase_of_decimal(int64_t mantissa, unsigned decimals)
{
  rl_phrase phrase = {""};
  int64_t unit = (int64_t)rl_pow10(decimals);
  while (decimals > 0 && mantissa % 10 == 0) {
    mantissa /= 10;
    unit /= 10;
    decimals--;
  }
  rl_phrase_add(&phrase, "%" PRId64, mantissa / unit);
  if (decimals > 0)
    rl_phrase_add(&phrase, ".%0*" PRId64, (int)decimals, mantissa % unit);
  return phrase;
}

static const char *bps_text(int32_t e8, char out[RL_BPS_TEXT_SIZE])
{
  rl_bps_format(e8, out);
  return out;
}

/* Without the currency. A band or tier from nothing on is "from 0". */
static const char *plain_amount(int64_t minor, rl_currency currency, char out[RL_AMOUNT_TEXT_SIZE])
{
  if (minor == 0)
    return "0";
  rl_amount_format((rl_amount){minor, currency}, out);
  return out;
}

rl_phrase rl_phrase_of_amount(int64_t minor, int64_t none_minor, rl_currency currency)
{
  char text[RL_AMOUNT_TEXT_SIZE];
  rl_phrase phrase = {""};
  if (minor == none_minor)
    rl_phrase_add(&phrase, "none");
  else
    rl_phrase_add(&phrase, "%s %s", plain_amount(minor, currency, text),
                  rl_currency_code(currency));
  return phrase;
}

/* --- scopes --- */

static void add_corridor(rl_phrase *phrase, const rl_scope *scope)
{
  const char *from = rl_currency_code(scope->from), *to = rl_currency_code(scope->to);
  if (scope->pair_base.index)
    rl_phrase_item(phrase, "%s/%s both ways", rl_currency_code(scope->pair_base),
                   rl_currency_code(scope->pair_quote));
  else if (scope->from.index && scope->to.index)
    rl_phrase_item(phrase, "%s to %s", from, to);
  else if (scope->from.index)
    rl_phrase_item(phrase, "from %s", from);
  else if (scope->to.index)
    rl_phrase_item(phrase, "to %s", to);
}

static void add_band(rl_phrase *phrase, const rl_scope *scope)
{
  char text[RL_AMOUNT_TEXT_SIZE];
  bool ends = scope->amount_below_minor <= RL_AMOUNT_MAX;
  if (scope->amount_from_minor > 0)
    rl_phrase_item(phrase, "at least %s%s",
                   plain_amount(scope->amount_from_minor, scope->from, text), ends ? "" : " ");
  if (ends)
    rl_phrase_item(phrase, "below %s ",
                   plain_amount(scope->amount_below_minor, scope->from, text));
  if (ends || scope->amount_from_minor > 0)
    rl_phrase_add(phrase, "%s", rl_currency_code(scope->from));
}

rl_phrase rl_phrase_of_scope(const rl_scope *scope)
{
  rl_phrase phrase = {""};
  if (scope->client[0])
    rl_phrase_item(&phrase, "client %s", scope->client);
  if (scope->tier[0])
    rl_phrase_item(&phrase, "tier %s", scope->tier);
  if (scope->method[0])
    rl_phrase_item(&phrase, "method %s", scope->method);
  add_corridor(&phrase, scope);
  add_band(&phrase, scope);
  if (!phrase.text[0])
    rl_phrase_add(&phrase, "any request");
  return phrase;
}

/* --- markups and fees --- */

rl_phrase rl_phrase_of_markup(const rl_markup *markup)
{
  char bps[RL_BPS_TEXT_SIZE];
  rl_phrase phrase = {""};
  if (markup->e8 != 0 || markup->points_e1 == 0)
    rl_phrase_add(&phrase, "%s bps", bps_text(markup->e8, bps));
  if (markup->points_e1 != 0)
    rl_phrase_add(&phrase, "%s%s points", phrase.text[0] ? " and " : "",
                  rl_phrase_of_decimal(markup->points_e1, 1).text);
  return phrase;
}

rl_currency rl_fee_currency(const rl_rule *rule, const rl_fee *fee)
{
  return fee->side == RL_FEE_SOURCE ? rule->scope.from : rule->scope.to;
}

rl_phrase rl_phrase_of_part(const rl_fee *fee, const rl_fee_part *part, rl_currency currency)
{
  char bps[RL_BPS_TEXT_SIZE];
  rl_phrase phrase = {""};
  if (fee->kind == RL_FEE_FLAT || part->flat_minor > 0)
    return rl_phrase_of_amount(part->flat_minor, -1, currency);
  rl_phrase_add(&phrase, "%s bps", bps_text(part->ratio_e8, bps));
  return phrase;
}

static void add_tiers(rl_phrase *phrase, const rl_fee *fee, rl_currency currency)
{
  char from[RL_AMOUNT_TEXT_SIZE];
  rl_phrase_add(phrase, "%s", fee->kind == RL_FEE_SLAB ? "slab" : "graduated");
  for (unsigned i = 0; i < fee->part_count; i++)
    rl_phrase_item(phrase, "from %s: %s", plain_amount(fee->parts[i].from_minor, currency, from),
                   rl_phrase_of_part(fee, &fee->parts[i], currency).text);
}

static void add_alternatives(rl_phrase *phrase, const rl_fee *fee, rl_currency currency)
{
  for (unsigned i = 0; i < fee->part_count; i++)
    rl_phrase_add(phrase, "%s%s", i ? " or " : "the greater of ",
                  rl_phrase_of_part(fee, &fee->parts[i], currency).text);
}

rl_phrase rl_phrase_of_fee(const rl_fee *fee, rl_currency currency)
{
  rl_phrase phrase = {""};
  switch (fee->kind) {
  case RL_FEE_FLAT:
  case RL_FEE_BPS: phrase = rl_phrase_of_part(fee, &fee->parts[0], currency); break;
  case RL_FEE_GRADUATED:
  case RL_FEE_SLAB: add_tiers(&phrase, fee, currency); break;
  case RL_FEE_GREATER_OF: add_alternatives(&phrase, fee, currency); break;
  }
  if (fee->min_minor > 0)
    rl_phrase_item(&phrase, "minimum %s", rl_phrase_of_amount(fee->min_minor, 0, currency).text);
  if (fee->max_minor < RL_AMOUNT_MAX)
    rl_phrase_item(&phrase, "maximum %s",
                   rl_phrase_of_amount(fee->max_minor, RL_AMOUNT_MAX, currency).text);
  if (fee->side == RL_FEE_TARGET)
    rl_phrase_item(&phrase, "on the target side");
  if (fee->mode == RL_FEE_ON_TOP)
    rl_phrase_item(&phrase, "on top");
  return phrase;
}
