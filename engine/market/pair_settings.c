/* The settings of a pair's line: key=value, each at most once, those left out with their defaults.
 * Total, as the whole text's reading is. */
#include "market/universe_reading.h"

#include <stdlib.h>
#include <string.h>

enum setting {
  SCALE, PIP, MAX_AGE, JUMP, MIN_SOURCES, MIN_HALF_SPREAD, CROSSED_HOLD, BREAKER, BREAKER_WINDOW,
  BREAKER_HOLD, BREAKER_SOURCES, REFERENCE, TRIANGLE, SESSION, POLICY, PRIMARY, DEPTH, SETTINGS
};

/* Numbers have bounds; the others are words, with a reader of their own. */
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
  [BREAKER] = {"breaker_ppm", 0, 1000000, 50000},
  [BREAKER_WINDOW] = {"breaker_window_ms", 1, 3600000, 60000},
  [BREAKER_HOLD] = {"breaker_hold_ms", 1, 86400000, 60000},
  [BREAKER_SOURCES] = {"breaker_sources", 1, RL_SOURCES_PER_PAIR_MAX, 2},
  [REFERENCE] = {"reference_ppm", 0, 1000000, 0},
  [TRIANGLE] = {"triangle_ppm", 0, 1000000, 0},
  [SESSION] = {"session", 0, 0, 0},
  [POLICY] = {"policy", 0, 0, RL_POLICY_CONSENSUS},
  [PRIMARY] = {"primary", 0, 0, 0},
  [DEPTH] = {"depth", 0, 0, false},
};

/* --- values --- */

/* Digits only, within bounds; more than nine digits are out of any bounds here. */
static rl_status parse_number(rl_universe_reading *parser, rl_span word, enum setting setting,
                              uint32_t *out)
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

static rl_status parse_session_name(rl_universe_reading *parser, rl_span word, uint32_t *out)
{
  *out = rl_universe_find_session(parser->universe, word);
  if (*out == 0)
    return FAIL(parser, RL_INVALID, "session", "there is no session %s above this line",
                rl_span_show(word).text);
  return RL_OK;
}

static rl_status parse_policy(rl_universe_reading *parser, rl_span word, uint32_t *out)
{
  for (rl_policy policy = RL_POLICY_CONSENSUS; policy <= RL_POLICY_PRIMARY; policy++) {
    if (rl_span_is(word, rl_policy_name(policy))) {
      *out = policy;
      return RL_OK;
    }
  }
  return FAIL(parser, RL_INVALID, "policy", "%s is not consensus, best or primary",
              rl_span_show(word).text);
}

static rl_status parse_depth(rl_universe_reading *parser, rl_span word, uint32_t *out)
{
  *out = rl_span_is(word, "vwap");
  if (!*out && !rl_span_is(word, "top"))
    return FAIL(parser, RL_INVALID, "depth", "%s is not top or vwap", rl_span_show(word).text);
  return RL_OK;
}

/* --- the list of primary sources --- */

static bool is_listed(const rl_primaries *list, rl_span name)
{
  for (unsigned i = 0; i < RL_PRIMARIES_MAX; i++) {
    if (list->names[i][0] && rl_span_is(name, list->names[i]))
      return true;
  }
  return false;
}

static bool is_source_name(rl_span name)
{
  for (size_t i = 0; i < name.length; i++) {
    if (name.text[i] <= ' ' || name.text[i] > '~')
      return false;
  }
  return name.length >= 1 && name.length <= RL_SOURCE_NAME_MAX;
}

static rl_status parse_names(rl_universe_reading *parser, rl_span text, rl_primaries *out)
{
  *out = (rl_primaries){0};
  for (unsigned i = 0;; i++) {
    const char *comma = memchr(text.text, ',', text.length);
    rl_span name = {text.text, comma ? (size_t)(comma - text.text) : text.length};
    if (i == RL_PRIMARIES_MAX)
      return FAIL(parser, RL_OUT_OF_RANGE, "primary", "more than %d sources", RL_PRIMARIES_MAX);
    if (!is_source_name(name))
      return FAIL(parser, RL_INVALID, "primary", "%s is no source's name: 1 to %d characters",
                  rl_span_show(name).text, RL_SOURCE_NAME_MAX);
    if (is_listed(out, name))
      return FAIL(parser, RL_INVALID, "primary", "%s is named twice", rl_span_show(name).text);
    memcpy(out->names[i], name.text, name.length);
    if (!comma)
      return RL_OK;
    text = (rl_span){comma + 1, text.length - name.length - 1};
  }
}

/* *out is its place in the universe plus one. Pairs with the same list share it. */
static rl_status parse_primaries(rl_universe_reading *parser, rl_span word, uint32_t *out)
{
  rl_universe *universe = parser->universe;
  rl_primaries list;
  rl_status status = parse_names(parser, word, &list);
  if (status != RL_OK)
    return status;
  for (unsigned i = 0; i < universe->primaries_count; i++) {
    if (memcmp(&universe->primaries[i], &list, sizeof list) == 0) {
      *out = i + 1;
      return RL_OK;
    }
  }
  rl_primaries *lists =
    realloc(universe->primaries, (universe->primaries_count + 1) * sizeof *lists);
  if (!lists)
    return FAIL(parser, RL_NO_MEMORY, "primary", "out of memory");
  lists[universe->primaries_count++] = list;
  universe->primaries = lists;
  *out = universe->primaries_count;
  return RL_OK;
}

/* --- the line --- */

static rl_status parse_value(rl_universe_reading *parser, rl_span word, enum setting setting,
                             uint32_t *out)
{
  if (setting == SESSION)
    return parse_session_name(parser, word, out);
  if (setting == POLICY)
    return parse_policy(parser, word, out);
  if (setting == PRIMARY)
    return parse_primaries(parser, word, out);
  if (setting == DEPTH)
    return parse_depth(parser, word, out);
  return parse_number(parser, word, setting, out);
}

/* SETTINGS if there is none of that name. */
static enum setting find_setting(rl_span key)
{
  enum setting setting = 0;
  while (setting < SETTINGS && !rl_span_is(key, settings[setting].name))
    setting++;
  return setting;
}

static rl_status parse_setting(rl_universe_reading *parser, rl_span word, bool given[SETTINGS],
                               uint32_t values[SETTINGS])
{
  const char *sign = memchr(word.text, '=', word.length);
  if (!sign)
    return FAIL(parser, RL_INVALID, "pair", "%s is not of the form key=value",
                rl_span_show(word).text);
  rl_span key = {word.text, (size_t)(sign - word.text)};
  rl_span value = {sign + 1, word.length - key.length - 1};
  enum setting found = find_setting(key);
  if (found == SETTINGS)
    return FAIL(parser, RL_INVALID, "pair", "%s is no key of a pair", rl_span_show(key).text);
  if (given[found])
    return FAIL(parser, RL_INVALID, settings[found].name, "given twice");
  given[found] = true;
  return parse_value(parser, value, found, &values[found]);
}

static rl_status check_together(rl_universe_reading *parser, const uint32_t values[SETTINGS])
{
  bool is_primary = values[POLICY] == RL_POLICY_PRIMARY;
  if (is_primary && values[PRIMARY] == 0)
    return FAIL(parser, RL_INVALID, "primary", "policy=primary needs a list: primary=NAME,NAME");
  if (!is_primary && values[PRIMARY] != 0)
    return FAIL(parser, RL_INVALID, "primary", "a list is for policy=primary alone");
  return RL_OK;
}

rl_status rl_pair_settings_parse(rl_universe_reading *parser, rl_pair_spec *out)
{
  bool given[SETTINGS] = {false};
  uint32_t values[SETTINGS];
  for (unsigned i = 0; i < SETTINGS; i++)
    values[i] = settings[i].standard;
  for (rl_span word; rl_words_take(&parser->words, &word);) {
    rl_status status = parse_setting(parser, word, given, values);
    if (status != RL_OK)
      return status;
  }
  *out = (rl_pair_spec){
    .scale = (uint8_t)values[SCALE],
    .pip_scale = (uint8_t)values[PIP],
    .min_sources = (uint8_t)values[MIN_SOURCES],
    .max_age_ms = values[MAX_AGE],
    .crossed_hold_ms = values[CROSSED_HOLD],
    .jump_ppm = values[JUMP],
    .min_half_spread = values[MIN_HALF_SPREAD],
    .session = (uint8_t)values[SESSION],
    .policy = (uint8_t)values[POLICY],
    .primaries = (uint16_t)values[PRIMARY],
    .by_depth = values[DEPTH] != 0,
    .breaker_sources = (uint8_t)values[BREAKER_SOURCES],
    .breaker_ppm = values[BREAKER],
    .breaker_window_ms = values[BREAKER_WINDOW],
    .breaker_hold_ms = values[BREAKER_HOLD],
    .reference_ppm = values[REFERENCE],
    .triangle_ppm = values[TRIANGLE],
  };
  return check_together(parser, values);
}
