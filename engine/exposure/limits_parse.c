/* Reads the text of limits: lines of words, each line a statement of one of four kinds.
 *
 * Total: any bytes give limits or an error that names line and field. Nothing is trusted about the
 * text, not even that it has no NUL or that a line ends. */
#include "exposure/limits_table.h"

#include "status/words.h"

#include <stdlib.h>
#include <string.h>

typedef struct parsing {
  rl_limits *limits;
  rl_words words;
  bool has_amount; /* one was read, in the reporting currency as it was then */
} parsing;

#define FAIL(parser, status, field, ...) \
  RL_WORDS_FAIL(&(parser)->words, status, field, __VA_ARGS__)

/* --- words --- */

static rl_status parse_amount(parsing *parser, rl_span word, const char *field, int64_t *out)
{
  rl_currency currency = parser->limits->reporting;
  rl_amount amount;
  rl_status status = rl_amount_parse(word.text, word.length, currency, &amount);
  if (status == RL_OUT_OF_RANGE)
    return FAIL(parser, status, field,
                "%s is not within 1 to 10^15 minor units of %s, or has more than %u decimals",
                rl_span_show(word).text, rl_currency_code(currency),
                rl_currency_exponent(currency));
  if (status != RL_OK)
    return FAIL(parser, status, field, "%s is not an amount like 1000000.00",
                rl_span_show(word).text);
  parser->has_amount = true;
  *out = amount.minor;
  return RL_OK;
}

static rl_status parse_locks(parsing *parser, rl_span word, uint32_t *out)
{
  uint64_t value = 0;
  for (size_t i = 0; i < word.length; i++) {
    if (word.text[i] < '0' || word.text[i] > '9')
      return FAIL(parser, RL_INVALID, "locks", "%s is not a whole number",
                  rl_span_show(word).text);
    value = value * 10 + (uint64_t)(word.text[i] - '0');
    if (value > RL_CAP_LOCKS_MAX)
      return FAIL(parser, RL_OUT_OF_RANGE, "locks", "%s is above %u", rl_span_show(word).text,
                  RL_CAP_LOCKS_MAX);
  }
  if (word.length == 0)
    return FAIL(parser, RL_INVALID, "locks", "a number is missing behind '='");
  *out = (uint32_t)value;
  return RL_OK;
}

static rl_status parse_client_name(parsing *parser, rl_span word, rl_named_cap *out)
{
  if (word.length > RL_CLIENT_NAME_MAX)
    return FAIL(parser, RL_OUT_OF_RANGE, "client", "%s… is longer than %d bytes",
                rl_span_show(word).text, RL_CLIENT_NAME_MAX);
  for (size_t i = 0; i < word.length; i++) {
    if (word.text[i] < '!' || word.text[i] > '~')
      return FAIL(parser, RL_INVALID, "client", "%s is not printable ASCII",
                  rl_span_show(word).text);
  }
  memcpy(out->client, word.text, word.length);
  return RL_OK;
}

/* "EURUSD" or "EUR/USD". */
static rl_status parse_pair_name(parsing *parser, rl_span word, rl_named_cap *out)
{
  rl_currency left, right;
  bool slash = word.length == 7 && word.text[3] == '/';
  if (!slash && word.length != 6)
    return FAIL(parser, RL_INVALID, "pair", "%s is not two currencies like EURUSD",
                rl_span_show(word).text);
  if (rl_currency_find(word.text, 3, &left) != RL_OK
      || rl_currency_find(word.text + word.length - 3, 3, &right) != RL_OK)
    return FAIL(parser, RL_INVALID, "pair", "%s has a currency that is not of ISO 4217",
                rl_span_show(word).text);
  if (rl_currency_equal(left, right))
    return FAIL(parser, RL_INVALID, "pair", "%s against itself", rl_currency_code(left));
  out->pair = rl_pair_number_of(left, right);
  return RL_OK;
}

/* --- statements --- */

static rl_status parse_reporting(parsing *parser)
{
  rl_limits *limits = parser->limits;
  rl_span word;
  rl_currency currency;
  if (limits->reporting_line > 0)
    return FAIL(parser, RL_INVALID, "reporting", "given twice");
  if (parser->has_amount)
    return FAIL(parser, RL_INVALID, "reporting", "must stand before the first amount");
  if (!rl_words_take(&parser->words, &word))
    return FAIL(parser, RL_INVALID, "reporting", "a currency is missing");
  if (rl_currency_find(word.text, word.length, &currency) != RL_OK)
    return FAIL(parser, RL_INVALID, "reporting", "%s is no currency of ISO 4217 with a minor unit",
                rl_span_show(word).text);
  limits->reporting = currency;
  limits->reporting_line = parser->words.line;
  return RL_OK;
}

static rl_status parse_ticket(parsing *parser)
{
  rl_span word;
  if (parser->limits->ticket_minor != RL_NOTIONAL_UNCAPPED)
    return FAIL(parser, RL_INVALID, "ticket", "given twice");
  if (!rl_words_take(&parser->words, &word))
    return FAIL(parser, RL_INVALID, "ticket", "an amount is missing");
  return parse_amount(parser, word, "ticket", &parser->limits->ticket_minor);
}

static rl_status parse_setting(parsing *parser, const char *kind, rl_span word, rl_cap *cap)
{
  const char *sign = memchr(word.text, '=', word.length);
  if (!sign)
    return FAIL(parser, RL_INVALID, kind, "%s is not of the form key=value",
                rl_span_show(word).text);
  rl_span key = {word.text, (size_t)(sign - word.text)};
  rl_span value = {sign + 1, word.length - key.length - 1};
  bool locks = rl_span_is(key, "locks");
  if (!locks && !rl_span_is(key, "notional"))
    return FAIL(parser, RL_INVALID, kind, "%s is neither locks nor notional",
                rl_span_show(key).text);
  bool given = locks ? cap->locks != RL_LOCKS_UNCAPPED
                     : cap->notional_minor != RL_NOTIONAL_UNCAPPED;
  if (given)
    return FAIL(parser, RL_INVALID, locks ? "locks" : "notional", "given twice");
  return locks ? parse_locks(parser, value, &cap->locks)
               : parse_amount(parser, value, "notional", &cap->notional_minor);
}

/* The rest of a client's or pair's line. */
static rl_status parse_cap(parsing *parser, const char *kind, rl_cap *cap)
{
  if (rl_words_at_end(&parser->words))
    return FAIL(parser, RL_INVALID, kind, "say locks=, notional=, or both");
  for (rl_span word; rl_words_take(&parser->words, &word);) {
    rl_status status = parse_setting(parser, kind, word, cap);
    if (status != RL_OK)
      return status;
  }
  return RL_OK;
}

static rl_status add_named(parsing *parser, const char *kind, rl_cap_list *list,
                           const rl_named_cap *named, const rl_span *name)
{
  bool found;
  unsigned place = rl_cap_list_place(list, named, &found);
  if (found)
    return FAIL(parser, RL_INVALID, kind, "%s is there already", rl_span_show(*name).text);
  if (list->count == RL_LIMITS_NAMED_MAX)
    return FAIL(parser, RL_OUT_OF_RANGE, kind, "more than %d are named", RL_LIMITS_NAMED_MAX);
  if (!list->named)
    list->named = malloc(RL_LIMITS_NAMED_MAX * sizeof *list->named);
  if (!list->named)
    return FAIL(parser, RL_NO_MEMORY, kind, "out of memory");
  rl_named_cap *at = list->named + place;
  memmove(at + 1, at, (list->count - place) * sizeof *at);
  *at = *named;
  list->count++;
  return RL_OK;
}

typedef rl_status (*parse_name)(parsing *parser, rl_span word, rl_named_cap *out);

static rl_status parse_named(parsing *parser, const char *kind, parse_name parse,
                             rl_cap_list *list)
{
  rl_span word;
  if (!rl_words_take(&parser->words, &word))
    return FAIL(parser, RL_INVALID, kind, "a name is missing, or * for each other one");
  rl_named_cap named = {.cap = {RL_NOTIONAL_UNCAPPED, RL_LOCKS_UNCAPPED}};
  bool others = rl_span_is(word, "*");
  if (others && list->has_others)
    return FAIL(parser, RL_INVALID, kind, "* is there already");
  rl_status status = others ? RL_OK : parse(parser, word, &named);
  if (status == RL_OK)
    status = parse_cap(parser, kind, &named.cap);
  if (status != RL_OK || !others)
    return status != RL_OK ? status : add_named(parser, kind, list, &named, &word);
  list->has_others = true;
  list->others = named.cap;
  return RL_OK;
}

static rl_status parse_statement(parsing *parser, rl_span word)
{
  if (rl_span_is(word, "reporting"))
    return parse_reporting(parser);
  if (rl_span_is(word, "ticket"))
    return parse_ticket(parser);
  if (rl_span_is(word, "client"))
    return parse_named(parser, "client", parse_client_name, &parser->limits->clients);
  if (rl_span_is(word, "pair"))
    return parse_named(parser, "pair", parse_pair_name, &parser->limits->pairs);
  return FAIL(parser, RL_INVALID, rl_span_show(word).text,
              "a line starts with reporting, ticket, client or pair");
}

static rl_status parse_text(parsing *parser)
{
  while (rl_words_next_line(&parser->words)) {
    rl_span word;
    if (!rl_words_take(&parser->words, &word))
      continue;
    rl_status status = parse_statement(parser, word);
    if (status != RL_OK)
      return status;
    if (rl_words_take(&parser->words, &word))
      return FAIL(parser, RL_INVALID, rl_span_show(word).text, "is one word too many");
  }
  return RL_OK;
}

rl_status rl_limits_parse(const char *text, size_t length, const char *file, rl_limits **out,
                          rl_error *error)
{
  const rl_cap none = {RL_NOTIONAL_UNCAPPED, RL_LOCKS_UNCAPPED};
  parsing parser = {
    .limits = calloc(1, sizeof(rl_limits)),
    .words = rl_words_over(text, length, file, error),
  };
  if (!parser.limits)
    return FAIL(&parser, RL_NO_MEMORY, "", "out of memory");
  bool known = rl_currency_find("USD", 3, &parser.limits->reporting) == RL_OK;
  RL_ASSERT(known);
  parser.limits->ticket_minor = RL_NOTIONAL_UNCAPPED;
  parser.limits->clients.others = parser.limits->pairs.others = none;
  rl_status status = parse_text(&parser);
  if (status == RL_OK)
    *out = parser.limits;
  else
    rl_limits_destroy(parser.limits);
  return status;
}
