/* Reads a universe's text: lines of words, each line a statement of one of four kinds.
 *
 * Total: any bytes give a universe or an error that names line and field. Nothing is trusted
 * about the text, not even that it has no NUL or that a line ends. */
#include "market/universe_table.h"

#include "status/words.h"

#include <stdlib.h>
#include <string.h>

typedef struct parsing {
  rl_universe *universe;
  rl_words words;
  unsigned ranked; /* currencies named by `order` so far */
} parsing;

#define FAIL(parser, status, field, ...) \
  RL_WORDS_FAIL(&(parser)->words, status, field, __VA_ARGS__)

/* --- words --- */

static rl_status take_currency(parsing *parser, const char *field, rl_currency *out)
{
  rl_span word;
  if (!rl_words_take(&parser->words, &word))
    return FAIL(parser, RL_INVALID, field, "a currency is missing");
  if (rl_currency_find(word.text, word.length, out) != RL_OK)
    return FAIL(parser, RL_INVALID, field, "%s is no currency of ISO 4217 with a minor unit",
                rl_span_show(word).text);
  return RL_OK;
}

/* --- statements --- */

static rl_status parse_order(parsing *parser)
{
  if (parser->universe->pair_count > 0)
    return FAIL(parser, RL_INVALID, "order", "must stand before the first pair");
  while (!rl_words_at_end(&parser->words)) {
    rl_currency currency = RL_CURRENCY_NONE;
    rl_status status = take_currency(parser, "order", &currency);
    if (status != RL_OK)
      return status;
    uint8_t *rank = &parser->universe->ranks[currency.index];
    if (*rank != RL_RANK_UNNAMED)
      return FAIL(parser, RL_INVALID, "order", "%s is named twice", rl_currency_code(currency));
    *rank = (uint8_t)parser->ranked++;
  }
  return RL_OK;
}

static rl_status parse_pivot(parsing *parser)
{
  rl_universe *universe = parser->universe;
  while (!rl_words_at_end(&parser->words)) {
    rl_currency currency = RL_CURRENCY_NONE;
    rl_status status = take_currency(parser, "pivot", &currency);
    if (status != RL_OK)
      return status;
    for (unsigned i = 0; i < universe->pivot_count; i++) {
      if (rl_currency_equal(universe->pivots[i], currency))
        return FAIL(parser, RL_INVALID, "pivot", "%s is named twice", rl_currency_code(currency));
    }
    if (universe->pivot_count == RL_PIVOTS_MAX)
      return FAIL(parser, RL_OUT_OF_RANGE, "pivot", "more than %d pivots", RL_PIVOTS_MAX);
    universe->pivots[universe->pivot_count++] = currency;
  }
  return RL_OK;
}

/* The session of this name as a pair's spec has it: its index plus one; 0 if there is none. */
static unsigned find_session(const rl_universe *universe, rl_span name)
{
  for (unsigned i = 0; i < universe->session_count; i++) {
    if (rl_span_is(name, universe->sessions[i].name))
      return i + 1;
  }
  return 0;
}

static rl_status parse_session(parsing *parser)
{
  rl_universe *universe = parser->universe;
  rl_session session;
  rl_status status = rl_session_parse(&parser->words, &session);
  if (status != RL_OK)
    return status;
  if (find_session(universe, (rl_span){session.name, strlen(session.name)}))
    return FAIL(parser, RL_INVALID, "session", "%s is there already", session.name);
  if (universe->session_count == RL_SESSIONS_MAX)
    return FAIL(parser, RL_OUT_OF_RANGE, "session", "more than %d sessions", RL_SESSIONS_MAX);
  rl_session *sessions =
    realloc(universe->sessions, (universe->session_count + 1) * sizeof *sessions);
  if (!sessions)
    return FAIL(parser, RL_NO_MEMORY, "session", "out of memory");
  sessions[universe->session_count++] = session;
  universe->sessions = sessions;
  return RL_OK;
}

enum setting {
  SCALE, PIP, MAX_AGE, JUMP, MIN_SOURCES, MIN_HALF_SPREAD, CROSSED_HOLD, SESSION, SETTINGS
};

static const struct {
  const char *name;
  uint32_t low, high, standard;
} settings[SETTINGS] = {
  [SCALE] = {"scale", 0, 12, 6},
  [PIP] = {"pip", 0, 12, 4},
  [MAX_AGE] = {"max_age_ms", 1, 86400000, 5000},
  [JUMP] = {"jump_ppm", 1, 1000000, 20000},
  [MIN_SOURCES] = {"min_sources", 1, RL_SOURCES_PER_PAIR_MAX, 1},
  [MIN_HALF_SPREAD] = {"min_half_spread", 0, RL_SOURCE_MANTISSA_MAX, 0},
  [CROSSED_HOLD] = {"crossed_hold_ms", 0, 86400000, 250},
  [SESSION] = {"session", 1, RL_SESSIONS_MAX, 0}, /* a name in the text */
};

/* Digits only, within bounds; more than nine digits are out of any bounds here. */
static rl_status parse_value(parsing *parser, rl_span word, enum setting setting, uint32_t *out)
{
  const char *name = settings[setting].name;
  uint32_t value = 0;
  for (size_t i = 0; i < word.length; i++) {
    if (word.text[i] < '0' || word.text[i] > '9')
      return FAIL(parser, RL_INVALID, name, "%s is not a whole number", rl_span_show(word).text);
    if (i < 9)
      value = value * 10 + (uint32_t)(word.text[i] - '0');
  }
  if (word.length == 0)
    return FAIL(parser, RL_INVALID, name, "a number is missing behind '='");
  uint32_t low = settings[setting].low, high = settings[setting].high;
  if (word.length > 9 || value < low || value > high)
    return FAIL(parser, RL_OUT_OF_RANGE, name, "%s is not within %u to %u", rl_span_show(word).text,
                low, high);
  *out = value;
  return RL_OK;
}

static rl_status parse_session_name(parsing *parser, rl_span word, uint32_t *out)
{
  *out = find_session(parser->universe, word);
  if (*out == 0)
    return FAIL(parser, RL_INVALID, "session", "there is no session %s above this line",
                rl_span_show(word).text);
  return RL_OK;
}

/* The rest of a pair's line: key=value, each at most once. */
static rl_status parse_settings(parsing *parser, uint32_t values[SETTINGS])
{
  bool given[SETTINGS] = {false};
  for (unsigned i = 0; i < SETTINGS; i++)
    values[i] = settings[i].standard;
  for (rl_span word; rl_words_take(&parser->words, &word);) {
    const char *sign = memchr(word.text, '=', word.length);
    if (!sign)
      return FAIL(parser, RL_INVALID, "pair", "%s is not of the form key=value",
                  rl_span_show(word).text);
    rl_span key = {word.text, (size_t)(sign - word.text)};
    rl_span value = {sign + 1, word.length - key.length - 1};
    unsigned found = 0;
    while (found < SETTINGS && !rl_span_is(key, settings[found].name))
      found++;
    if (found == SETTINGS)
      return FAIL(parser, RL_INVALID, "pair", "%s is no key of a pair", rl_span_show(key).text);
    if (given[found])
      return FAIL(parser, RL_INVALID, settings[found].name, "given twice");
    given[found] = true;
    rl_status status = found == SESSION
                         ? parse_session_name(parser, value, &values[found])
                         : parse_value(parser, value, found, &values[found]);
    if (status != RL_OK)
      return status;
  }
  return RL_OK;
}

static rl_status make_room(parsing *parser)
{
  rl_universe *universe = parser->universe;
  if (universe->pair_count == RL_PAIRS_MAX)
    return FAIL(parser, RL_OUT_OF_RANGE, "pair", "more than %d pairs", RL_PAIRS_MAX);
  if (universe->pair_count < universe->pair_room)
    return RL_OK;
  unsigned room = universe->pair_room ? 2 * universe->pair_room : 64;
  rl_pair_spec *specs = realloc(universe->specs, room * sizeof *specs);
  if (specs)
    universe->specs = specs;
  rl_pair_text *names = realloc(universe->names, room * sizeof *names);
  if (names)
    universe->names = names;
  if (!specs || !names)
    return FAIL(parser, RL_NO_MEMORY, "pair", "out of memory");
  universe->pair_room = room;
  return RL_OK;
}

static void add_pair(rl_universe *universe, const rl_pair_spec *spec)
{
  unsigned index = universe->pair_count++;
  universe->specs[index] = *spec;
  char *name = universe->names[index];
  memcpy(name, rl_currency_code(spec->base), 3);
  memcpy(name + 3, rl_currency_code(spec->quote), 4);
  universe->cells[spec->base.index][spec->quote.index] = (uint16_t)(index + 1);
  universe->cells[spec->quote.index][spec->base.index] =
    (uint16_t)((index + 1) | RL_CELL_INVERTED);
}

static rl_status parse_currencies(parsing *parser, rl_currency *base, rl_currency *quote)
{
  rl_status status = take_currency(parser, "pair", base);
  if (status == RL_OK)
    status = take_currency(parser, "pair", quote);
  if (status != RL_OK)
    return status;
  const char *base_code = rl_currency_code(*base), *quote_code = rl_currency_code(*quote);
  if (rl_currency_equal(*base, *quote))
    return FAIL(parser, RL_INVALID, "pair", "%s against itself", base_code);
  if (!rl_universe_is_base(parser->universe, *base, *quote))
    return FAIL(parser, RL_INVALID, "pair", "is written %s %s by the order of currencies",
                quote_code, base_code);
  if (parser->universe->cells[base->index][quote->index] != 0)
    return FAIL(parser, RL_INVALID, "pair", "%s %s is there already", base_code, quote_code);
  return RL_OK;
}

static rl_status parse_pair(parsing *parser)
{
  rl_currency base = RL_CURRENCY_NONE, quote = RL_CURRENCY_NONE;
  uint32_t values[SETTINGS];
  rl_status status = parse_currencies(parser, &base, &quote);
  if (status == RL_OK)
    status = parse_settings(parser, values);
  if (status == RL_OK)
    status = make_room(parser);
  if (status != RL_OK)
    return status;
  add_pair(parser->universe, &(rl_pair_spec){
    .base = base,
    .quote = quote,
    .scale = (uint8_t)values[SCALE],
    .pip_scale = (uint8_t)values[PIP],
    .min_sources = (uint8_t)values[MIN_SOURCES],
    .max_age_ms = values[MAX_AGE],
    .crossed_hold_ms = values[CROSSED_HOLD],
    .jump_ppm = values[JUMP],
    .min_half_spread = values[MIN_HALF_SPREAD],
    .session = (uint8_t)values[SESSION],
  });
  return RL_OK;
}

static rl_status parse_line(parsing *parser)
{
  rl_span word;
  if (!rl_words_take(&parser->words, &word))
    return RL_OK;
  if (rl_span_is(word, "order"))
    return parse_order(parser);
  if (rl_span_is(word, "pivot"))
    return parse_pivot(parser);
  if (rl_span_is(word, "session"))
    return parse_session(parser);
  if (rl_span_is(word, "pair"))
    return parse_pair(parser);
  return FAIL(parser, RL_INVALID, rl_span_show(word).text,
              "a line starts with order, pivot, session or pair");
}

static rl_status parse_text(parsing *parser)
{
  while (rl_words_next_line(&parser->words)) {
    rl_status status = parse_line(parser);
    if (status != RL_OK)
      return status;
  }
  parser->words.line = 0;
  if (parser->universe->pair_count == 0)
    return FAIL(parser, RL_INVALID, "pair", "no pair is configured: nothing could be priced");
  return RL_OK;
}

rl_status rl_universe_parse(const char *text, size_t length, const char *file, rl_universe **out,
                            rl_error *error)
{
  parsing parser = {
    .universe = calloc(1, sizeof(rl_universe)),
    .words = rl_words_over(text, length, file, error),
  };
  if (!parser.universe)
    return FAIL(&parser, RL_NO_MEMORY, "", "out of memory");
  memset(parser.universe->ranks, RL_RANK_UNNAMED, sizeof parser.universe->ranks);
  rl_status status = parse_text(&parser);
  if (status != RL_OK) {
    rl_universe_destroy(parser.universe);
    return status;
  }
  *out = parser.universe;
  return RL_OK;
}
