/* Reads a universe's text: lines of words, each line a statement of one of five kinds.
 *
 * Total: any bytes give a universe or an error that names line and field. Nothing is trusted
 * about the text, not even that it has no NUL or that a line ends. */
#include "market/universe_reading.h"

#include <stdlib.h>
#include <string.h>

/* --- words --- */

static rl_status take_currency(rl_universe_reading *parser, const char *field, rl_currency *out)
{
  rl_span word;
  if (!rl_words_take(&parser->words, &word))
    return FAIL(parser, RL_INVALID, field, "a currency is missing");
  if (rl_currency_find(word.text, word.length, out) != RL_OK)
    return FAIL(parser, RL_INVALID, field, "%s is no currency of ISO 4217 with a minor unit",
                rl_span_show(word).text);
  return RL_OK;
}

unsigned rl_universe_find_session(const rl_universe *universe, rl_span name)
{
  for (unsigned i = 0; i < universe->session_count; i++) {
    if (rl_span_is(name, universe->sessions[i].name))
      return i + 1;
  }
  return 0;
}

/* --- statements --- */

static rl_status parse_order(rl_universe_reading *parser)
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

static rl_status parse_pivot(rl_universe_reading *parser)
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

static rl_status parse_session(rl_universe_reading *parser)
{
  rl_universe *universe = parser->universe;
  rl_session session;
  rl_status status = rl_session_parse(&parser->words, &session);
  if (status != RL_OK)
    return status;
  if (rl_universe_find_session(universe, (rl_span){session.name, strlen(session.name)}))
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

static rl_status parse_closed(rl_universe_reading *parser)
{
  rl_universe *universe = parser->universe;
  rl_span name;
  if (!rl_words_take(&parser->words, &name))
    return FAIL(parser, RL_INVALID, "closed", "a session's name is missing");
  unsigned session = rl_universe_find_session(universe, name);
  if (session == 0)
    return FAIL(parser, RL_INVALID, "closed", "there is no session %s above this line",
                rl_span_show(name).text);
  return rl_session_parse_days_off(&parser->words, &universe->sessions[session - 1]);
}

static rl_status make_room(rl_universe_reading *parser)
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

static rl_status parse_currencies(rl_universe_reading *parser, rl_currency *base,
                                   rl_currency *quote)
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

static rl_status parse_pair(rl_universe_reading *parser)
{
  rl_currency base = RL_CURRENCY_NONE, quote = RL_CURRENCY_NONE;
  rl_pair_spec spec;
  rl_status status = parse_currencies(parser, &base, &quote);
  if (status == RL_OK)
    status = rl_pair_settings_parse(parser, &spec);
  if (status == RL_OK)
    status = make_room(parser);
  if (status != RL_OK)
    return status;
  spec.base = base;
  spec.quote = quote;
  add_pair(parser->universe, &spec);
  return RL_OK;
}

static rl_status parse_line(rl_universe_reading *parser)
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
  if (rl_span_is(word, "closed"))
    return parse_closed(parser);
  if (rl_span_is(word, "pair"))
    return parse_pair(parser);
  return FAIL(parser, RL_INVALID, rl_span_show(word).text,
              "a line starts with order, pivot, session, closed or pair");
}

static rl_status find_triangles(rl_universe_reading *parser)
{
  rl_pair crowded = {0};
  rl_status status = rl_universe_find_triangles(parser->universe, &crowded);
  if (status == RL_FULL)
    return FAIL(parser, RL_OUT_OF_RANGE, "triangle_ppm", "more than %d triangles of pairs that "
                "have one", RL_TRIANGLES_MAX);
  if (status == RL_OUT_OF_RANGE)
    return FAIL(parser, status, "triangle_ppm", "%s is in more than %d triangles of pairs that "
                "have one", parser->universe->names[crowded.index], RL_TRIANGLES_PER_PAIR_MAX);
  if (status != RL_OK)
    return FAIL(parser, status, "triangle_ppm", "out of memory");
  return RL_OK;
}

static rl_status parse_text(rl_universe_reading *parser)
{
  while (rl_words_next_line(&parser->words)) {
    rl_status status = parse_line(parser);
    if (status != RL_OK)
      return status;
  }
  parser->words.line = 0;
  if (parser->universe->pair_count == 0)
    return FAIL(parser, RL_INVALID, "pair", "no pair is configured: nothing could be priced");
  return find_triangles(parser);
}

rl_status rl_universe_parse(const char *text, size_t length, const char *file, rl_universe **out,
                            rl_error *error)
{
  rl_universe_reading parser = {
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
