#include "mids.h"

#include "paths/paths.h"
#include "status/words.h"

#include <stdlib.h>
#include <string.h>

/* --- as people give them --- */

#define RATES_MAX 1024 /* more than there are pairs with a market anywhere */

typedef struct given_rate {
  rl_currency base;
  rl_currency quote;
  rl_rate rate;
} given_rate;

typedef struct given_rates {
  unsigned count;
  given_rate of[RATES_MAX];
} given_rates;

/* "EURUSD" or "EUR/USD", and the rate. */
static bool take_rate(rl_span pair, rl_span rate, given_rates *out)
{
  given_rate *next = &out->of[out->count];
  size_t quote = pair.length == 7 && pair.text[3] == '/' ? 4 : 3;
  if (out->count == RATES_MAX || pair.length != quote + 3
      || rl_currency_find(pair.text, 3, &next->base) != RL_OK
      || rl_currency_find(pair.text + quote, 3, &next->quote) != RL_OK
      || rl_currency_equal(next->base, next->quote)
      || rl_rate_parse(rate.text, rate.length, &next->rate) != RL_OK)
    return false;
  out->count++;
  return true;
}

static bool take_options(const rl_ledger_arguments *arguments, given_rates *out)
{
  for (unsigned i = 0; i < arguments->mid_count; i++) {
    const char *text = arguments->mid_texts[i], *equals = strchr(text, '=');
    if (!equals
        || !take_rate((rl_span){text, (size_t)(equals - text)},
                      (rl_span){equals + 1, strlen(equals + 1)}, out)) {
      rl_cli_fail(RL_EXIT_USAGE, "--mid %s: expected a pair and its rate, such as EURUSD=1.1252",
                  text);
      return false;
    }
  }
  return true;
}

static rl_status read_lines(rl_words *words, given_rates *out)
{
  while (rl_words_next_line(words)) {
    rl_span pair, rate;
    if (!rl_words_take(words, &pair))
      continue;
    if (!rl_words_take(words, &rate) || !rl_words_at_end(words) || !take_rate(pair, rate, out))
      return RL_WORDS_FAIL(words, RL_INVALID, rl_span_show(pair).text,
                           "expected a pair and its rate, such as EURUSD 1.1252");
  }
  return RL_OK;
}

static bool take_file(const char *path, given_rates *out)
{
  rl_error error = {0};
  char *text = NULL, said[1024];
  size_t length;
  rl_status status = rl_file_read(path, RL_TARIFF_TEXT_MAX, &text, &length, &error);
  if (status == RL_OK) {
    rl_words words = rl_words_over(text, length, path, &error);
    status = read_lines(&words, out);
  }
  free(text);
  rl_error_format(&error, said, sizeof said);
  if (status != RL_OK)
    rl_cli_fail(RL_EXIT_USAGE, "%s", said);
  return status == RL_OK;
}

static rl_mid_leg leg_of(const given_rate *rate, bool inverted)
{
  rl_mid_leg leg = {.rate = rate->rate, .inverted = inverted, .age_ms = -1};
  snprintf(leg.pair, sizeof leg.pair, "%s%s", rl_currency_code(rate->base),
           rl_currency_code(rate->quote));
  return leg;
}

/* The first way of exactly so many legs, in the order in which the rates were given. */
static bool walk(const given_rates *rates, rl_currency from, rl_currency to, unsigned legs,
                 rl_mid *out)
{
  for (unsigned i = 0; i < rates->count; i++) {
    const given_rate *rate = &rates->of[i];
    bool inverted = rl_currency_equal(rate->quote, from);
    if (!inverted && !rl_currency_equal(rate->base, from))
      continue;
    rl_currency next = inverted ? rate->base : rate->quote;
    out->legs[out->leg_count++] = leg_of(rate, inverted);
    if (legs == 1 ? rl_currency_equal(next, to) : walk(rates, next, to, legs - 1, out))
      return true;
    out->leg_count--;
  }
  return false;
}

static void find_given(const given_rates *rates, const rl_profit *profit, rl_mids *out)
{
  for (unsigned i = 1; i < RL_CURRENCY_COUNT; i++) {
    rl_mid *mid = &out->of[i];
    bool found = !profit->seen[i] || rl_currency_equal(mid->from, out->to);
    for (unsigned legs = 1; legs <= RL_LEGS_MAX && !found; legs++)
      found = walk(rates, mid->from, out->to, legs, mid);
    if (!found)
      snprintf(mid->missing, sizeof mid->missing, "none given");
  }
}

/* --- as the engine has them --- */

static bool read_leg(rl_view view, rl_mid_leg *out)
{
  size_t pair_length, rate_length;
  const char *pair = rl_view_text_span(rl_view_get(view, "pair"), &pair_length);
  const char *rate = rl_view_text_span(rl_view_get(view, "mid"), &rate_length);
  if (pair_length >= sizeof out->pair || rl_rate_parse(rate, rate_length, &out->rate) != RL_OK)
    return false;
  memcpy(out->pair, pair, pair_length);
  out->pair[pair_length] = '\0';
  out->inverted = rl_view_true(rl_view_get(view, "inverted"));
  out->age_ms = rl_view_i64(rl_view_get(view, "age_ms"));
  return true;
}

static void read_mid(rl_view item, rl_mid *out)
{
  rl_view legs = rl_view_get(item, "legs");
  unsigned count = 0;
  snprintf(out->missing, sizeof out->missing, "%.31s",
           rl_view_text(rl_view_get(item, "code")).text);
  for (rl_view rest = legs, leg; rl_view_next(legs, &rest, &leg);) {
    if (count == RL_LEGS_MAX || !read_leg(leg, &out->legs[count++]))
      return;
  }
  out->leg_count = count;
}

/* The answer is not the page, so it is not printed as JSON. */
static rl_exit ask(rl_cli *cli, const rl_request *request, rl_mids *out)
{
  rl_view answer;
  bool json = cli->json;
  cli->json = false;
  rl_exit code = rl_cli_ask(cli, request, &answer);
  cli->json = json;
  if (code != RL_EXIT_DONE)
    return code;
  rl_view items = rl_view_get(answer, "items"), rest = items, item;
  out->at_utc_ms = rl_view_i64(rl_view_get(answer, "at"));
  for (unsigned i = 0; i < request->currency_count && rl_view_next(items, &rest, &item); i++)
    read_mid(item, &out->of[request->currencies[i].index]);
  return RL_EXIT_DONE;
}

static rl_exit ask_engine(rl_cli *cli, const rl_profit *profit, rl_mids *out)
{
  rl_request request = {.kind = RL_REQUEST_MIDS, .to = out->to};
  rl_exit code = RL_EXIT_DONE;
  for (unsigned i = 1; i < RL_CURRENCY_COUNT && code == RL_EXIT_DONE; i++) {
    if (profit->seen[i] && !rl_currency_equal((rl_currency){(uint8_t)i}, out->to))
      request.currencies[request.currency_count++].index = (uint8_t)i;
    bool last = i + 1 == RL_CURRENCY_COUNT;
    if (request.currency_count == RL_REQUEST_CURRENCIES_MAX
        || (last && request.currency_count > 0)) {
      code = ask(cli, &request, out);
      request.currency_count = 0;
    }
  }
  return code;
}

rl_exit rl_mids_find(const rl_ledger_arguments *arguments, const rl_profit *profit, rl_mids *out)
{
  for (unsigned i = 1; i < RL_CURRENCY_COUNT; i++)
    out->of[i].from.index = (uint8_t)i;
  if (arguments->mid_count == 0 && !arguments->mids_file)
    return ask_engine(arguments->cli, profit, out);
  given_rates *rates = calloc(1, sizeof *rates);
  RL_ASSERT(rates);
  bool good = take_options(arguments, rates)
              && (!arguments->mids_file || take_file(arguments->mids_file, rates));
  if (good)
    find_given(rates, profit, out);
  free(rates);
  return good ? RL_EXIT_DONE : RL_EXIT_USAGE;
}
