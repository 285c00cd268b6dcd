/* A quote's making, told in words and figures that can be followed with a pencil: what the market
 * said, what was made of it, what came on top, and whether that is what the record says. The part
 * from the rule to the postings is explain_price.c's. */
#include "explain_page.h"

#include "table.h"

#include <inttypes.h>
#include <string.h>

void rl_page_title(FILE *out, const char *title)
{
  fprintf(out, "\n");
  rl_print_styled(out, RL_STYLE_STRONG, title);
  fprintf(out, "\n");
}

void rl_page_line(FILE *out, const char *label, const rl_words *words)
{
  fprintf(out, "  %-*s %s\n", RL_PAGE_LABEL, label, words->text);
}

/* --- the head --- */

static void print_request(FILE *out, const rl_explained *it)
{
  const rl_terms *terms = &it->quote.terms;
  bool source = terms->fixed == RL_FIXED_SOURCE;
  rl_words asks = {0}, who = {0};
  char ttl[RL_DURATION_TEXT_SIZE];
  rl_say(&who, "%s, tier %s%s", it->quote.client, terms->tier,
         it->from_token || it->request.tier[0] ? "" : " (the default)");
  if (terms->method[0])
    rl_say(&who, ", method %s", terms->method);
  rl_say(&asks, "%s to %s, ", rl_currency_code(terms->source_currency),
         rl_currency_code(terms->target_currency));
  rl_say_amount(&asks, it->request.amount_minor,
                source ? terms->source_currency : terms->target_currency);
  rl_say(&asks, " fixed as the %s", source ? "source" : "target");
  if (!it->from_token) {
    rl_duration_format(it->request.ttl_ms, ttl);
    rl_say(&asks, ", a lock of %s", it->request.ttl_ms ? ttl : "the default length");
  }
  rl_page_line(out, "client", &who);
  rl_page_line(out, "asks", &asks);
}

static void print_value_date(FILE *out, const rl_explained *it)
{
  const rl_terms *terms = &it->quote.terms;
  const char *by = it->calendar_file ? it->calendar_file : "the built-in calendars";
  char cutoff[RL_UTC_TEXT_SIZE], date[RL_DATE_TEXT_SIZE];
  rl_words day = {0}, until = {0};
  if (!it->value_date.known) {
    rl_say(&day, "unknown to %s", by);
    rl_page_line(out, "value date", &day);
    return;
  }
  rl_date_format(it->value_date.date, date);
  rl_utc_format((rl_utc){it->value_date.cutoff_utc_ms}, cutoff);
  rl_say(&day, "%s, spot for %s and %s struck when the lock ends, by %s", date,
         rl_currency_code(terms->base), rl_currency_code(terms->quote), by);
  rl_say(&until, "%s: from then on a deal has the next trade date", cutoff);
  rl_page_line(out, "value date", &day);
  rl_page_line(out, "cut-off", &until);
}

static void print_instants(FILE *out, const rl_explained *it)
{
  const rl_quote *quote = &it->quote;
  char issued[RL_UTC_TEXT_SIZE], expires[RL_UTC_TEXT_SIZE], ttl[RL_DURATION_TEXT_SIZE];
  rl_words lock = {0};
  rl_utc_format((rl_utc){quote->issued_utc_ms}, issued);
  rl_utc_format((rl_utc){quote->expires_utc_ms}, expires);
  rl_duration_format(quote->terms.ttl_ms, ttl);
  rl_say(&lock, "%s, for %s, until %s", issued, ttl, expires);
  rl_page_line(out, "issued", &lock);
  print_value_date(out, it);
}

static void print_tariff(FILE *out, const rl_explained *it)
{
  char digest[RL_DIGEST_TEXT_SIZE];
  rl_words tariff = {0};
  const char *from = it->tariff_file ? it->tariff_file
                     : it->export_file ? it->export_file : "the store";
  rl_digest_format(rl_tariff_digest(it->tariff), digest);
  rl_say(&tariff, "%s, hash %s, from %s", rl_tariff_name(it->tariff), digest, from);
  rl_page_line(out, "tariff", &tariff);
}

static void print_head(FILE *out, const rl_explained *it)
{
  char id[RL_QUOTE_ID_TEXT_SIZE];
  rl_quote_id_format(it->quote.id, id);
  fprintf(out, "Quote ");
  rl_print_styled(out, RL_STYLE_STRONG, id);
  fprintf(out, "%s\n", it->from_token ? ", from its token" : "");
  if (it->from_token && !it->seal_verified)
    fprintf(out, "  seal not verified: there is no sealing key here\n");
  print_request(out, it);
  print_instants(out, it);
  print_tariff(out, it);
}

/* --- the legs --- */

/* "left out: |1.19515 - 1.1252| = 0.06995 > 0.00031", with M and the reach of its leg. */
static void say_outlier(rl_words *words, const rl_composite_steps *steps,
                        const rl_composite_tick *tick, unsigned scale)
{
  int64_t mid_half = (int64_t)tick->bid + tick->ask, off_half = mid_half - steps->mid;
  rl_say(words, "left out: |");
  rl_say_half(words, mid_half, scale);
  rl_say(words, " - ");
  rl_say_half(words, steps->mid, scale);
  rl_say(words, "| = ");
  rl_say_half(words, off_half < 0 ? -off_half : off_half, scale);
  rl_say(words, " > ");
  rl_say_half(words, steps->reach, scale);
}

static void say_use(rl_words *words, const rl_explained_leg *leg, const rl_composite *composite,
                    unsigned i)
{
  switch (leg->uses[i]) {
  case RL_TICK_VOTES:
    rl_say(words, composite->policy < RL_POLICY_PRIMARY ? "votes" : "is the price");
    break;
  case RL_TICK_BEHIND: rl_say(words, "stands by: another is before it on the list"); break;
  case RL_TICK_STALE:
    rl_say(words, "left out: older than %" PRIu32 " ms", composite->max_age_ms);
    break;
  case RL_TICK_OUTLIER:
    say_outlier(words, &leg->steps, &composite->ticks[i], composite->scale);
    break;
  }
}

static void print_ticks(FILE *out, const rl_quote *quote, const rl_composite *composite,
                        const rl_explained_leg *leg)
{
  static const rl_column columns[] = {
    {"source", RL_ALIGN_LEFT},        {"bid", RL_ALIGN_POINT},  {"ask", RL_ALIGN_POINT},
    {"sequence", RL_ALIGN_RIGHT},     {"age ms", RL_ALIGN_POINT},
    {"source's time", RL_ALIGN_LEFT}, {"", RL_ALIGN_LEFT},
  };
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  for (unsigned i = 0; i < composite->tick_count; i++) {
    const rl_composite_tick *tick = &composite->ticks[i];
    char time[RL_UTC_TEXT_SIZE] = "";
    char bid[RL_RATE_TEXT_SIZE], ask[RL_RATE_TEXT_SIZE];
    rl_words use = {0};
    rl_rate_format((rl_rate){tick->bid, composite->scale}, bid);
    rl_rate_format((rl_rate){tick->ask, composite->scale}, ask);
    say_use(&use, leg, composite, i);
    if (tick->source_utc_ms > 0)
      rl_utc_format((rl_utc){tick->source_utc_ms}, time);
    int64_t age_us = rl_explain_age_ns(quote, tick) / 1000;
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", quote->sources[tick->source.index]);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", bid);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", ask);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%" PRIu64, tick->sequence);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%" PRId64 ".%03" PRId64, age_us / 1000,
                  age_us < 0 ? -age_us % 1000 : age_us % 1000);
    rl_table_cell(&table, RL_STYLE_FAINT, "%s", time);
    rl_table_cell(&table, leg->uses[i] == RL_TICK_VOTES ? RL_STYLE_PLAIN : RL_STYLE_BAD, "%s",
                  use.text);
  }
  rl_table_print(&table, out, 2);
}

/* What the record says of the ticks stands on another's word too, where the market was recorded. */
static void print_tape(FILE *out, const rl_explained_leg *leg, unsigned count)
{
  rl_words words = {0};
  unsigned on = 0;
  for (unsigned i = 0; i < count; i++)
    on += leg->on_tape[i] == RL_ON_TAPE;
  if (count == 0 || leg->on_tape[0] == RL_TAPE_UNKNOWN)
    return;
  rl_say(&words, on == count ? "has them all, as they are here" : "has %u of the %u ticks only", on,
         count);
  rl_page_line(out, "tape", &words);
}

static void print_agreement(FILE *out, const rl_composite_steps *steps, unsigned count,
                            unsigned scale)
{
  rl_words middle = {0}, reach = {0};
  rl_say(&middle, "M = ");
  rl_say_half(&middle, steps->mid, scale);
  rl_say(&middle, " the median mid, H = ");
  rl_say_half(&middle, steps->half_spread, scale);
  rl_say(&middle, " the median half-spread, of %u", count);
  rl_page_line(out, "agreement", &middle);
  rl_say(&reach, "2H + d = 2 x ");
  rl_say_half(&reach, steps->half_spread, scale);
  rl_say(&reach, " + M / 10000 = ");
  rl_say_half(&reach, steps->reach, scale);
  rl_say(&reach, ": %u of %u within it", steps->kept_count, count);
  rl_page_line(out, "reach", &reach);
}

/* Votes of the kernel, sorted by insertion: there are at most 48. */
static unsigned sort_votes(const rl_composite *composite, uint32_t kept,
                           int64_t votes[3 * RL_SOURCES_PER_PAIR_MAX])
{
  unsigned count = 0;
  for (unsigned i = 0; i < composite->tick_count; i++) {
    int64_t bid = composite->ticks[i].bid, ask = composite->ticks[i].ask;
    const int64_t three[] = {2 * bid, bid + ask, 2 * ask};
    for (unsigned k = 0; k < 3 && kept >> i & 1; k++) {
      unsigned place = count++;
      for (; place > 0 && votes[place - 1] > three[k]; place--)
        votes[place] = votes[place - 1];
      votes[place] = three[k];
    }
  }
  return count;
}

static void print_sorted(FILE *out, const int64_t *votes, unsigned count, unsigned scale)
{
  const unsigned a_line = 9;
  for (unsigned i = 0; i < count; i += a_line) {
    rl_words line = {0};
    for (unsigned k = i; k < count && k < i + a_line; k++) {
      rl_say(&line, "%s", k > i ? "  " : "");
      rl_say_half(&line, votes[k], scale);
    }
    rl_page_line(out, i == 0 ? "votes sorted" : "", &line);
  }
}

static void print_quartiles(FILE *out, rl_vote votes, unsigned count, unsigned scale)
{
  rl_words words = {0};
  unsigned quarter = count >> 2;
  rl_say(&words, "p25 = vote %u of %u = ", quarter + 1, count);
  rl_say_half(&words, votes.bid, scale);
  rl_say(&words, ", p50 = the middle = ");
  rl_say_half(&words, votes.mid, scale);
  rl_say(&words, ", p75 = vote %u = ", count - quarter);
  rl_say_half(&words, votes.ask, scale);
  rl_page_line(out, "quartiles", &words);
}

static void say_least_spread(rl_words *words, const rl_composite *composite, const char *around)
{
  if (composite->min_half_spread == 0)
    return;
  rl_say(words, "%sboth at least ", words->used ? "; then " : "");
  rl_say_half(words, composite->min_half_spread, composite->scale);
  rl_say(words, " from %s", around);
}

static void print_bounds(FILE *out, const rl_composite_steps *steps, const rl_composite *composite)
{
  rl_words words = {0};
  rl_say(&words, "bid at least M - reach = ");
  rl_say_half(&words, steps->mid - steps->reach, composite->scale);
  rl_say(&words, ", ask at most M + reach = ");
  rl_say_half(&words, steps->mid + steps->reach, composite->scale);
  say_least_spread(&words, composite, "p50");
  rl_page_line(out, "bounds", &words);
}

static void print_votes(FILE *out, const rl_composite_steps *steps, const rl_composite *composite)
{
  int64_t votes[3 * RL_SOURCES_PER_PAIR_MAX];
  unsigned count = sort_votes(composite, steps->kept, votes);
  print_sorted(out, votes, count, composite->scale);
  print_quartiles(out, steps->made, count, composite->scale);
  print_bounds(out, steps, composite);
}

/* What `best` and `primary` make of the votes. */
static void print_made(FILE *out, const char *label, const rl_composite_steps *steps,
                       const rl_composite *composite)
{
  rl_words made = {0}, bounds = {0};
  rl_say(&made, "bid ");
  rl_say_half(&made, steps->made.bid, composite->scale);
  rl_say(&made, ", ask ");
  rl_say_half(&made, steps->made.ask, composite->scale);
  rl_say(&made, steps->made.bid > steps->made.ask ? ": crossed" : ", mid between them ");
  if (steps->made.bid <= steps->made.ask)
    rl_say_half(&made, steps->made.mid, composite->scale);
  rl_page_line(out, label, &made);
  say_least_spread(&bounds, composite, "mid");
  if (bounds.used)
    rl_page_line(out, "bounds", &bounds);
}

static void print_steps(FILE *out, const rl_composite_steps *steps, const rl_composite *composite)
{
  if (composite->policy >= RL_POLICY_PRIMARY) {
    print_made(out, rl_policy_name(composite->policy), steps, composite);
    return;
  }
  print_agreement(out, steps, composite->tick_count, composite->scale);
  if (steps->agreed && composite->policy == RL_POLICY_BEST)
    print_made(out, "best", steps, composite);
  else if (composite->refusal == RL_REFUSAL_NONE)
    print_votes(out, steps, composite);
}

/* A token carries neither. */
static void print_policy(FILE *out, const rl_leg *leg)
{
  const rl_composite *composite = &leg->composite;
  rl_words words = {0};
  rl_say(&words, "%s", rl_policy_name(composite->policy));
  if (composite->depth_units > 0)
    rl_say(&words, ", for %" PRIu64 " %s through the books of those who give sizes",
           composite->depth_units, rl_currency_code(leg->base));
  else
    rl_say(&words, composite->policy == RL_POLICY_REFERENCE ? ": no live rate, so a fixing"
                                                            : ", of the best prices");
  rl_page_line(out, "policy", &words);
}

static void print_composite(FILE *out, const rl_composite *composite)
{
  rl_words prices = {0};
  if (composite->refusal != RL_REFUSAL_NONE) {
    rl_say(&prices, "none, %s: %s", rl_refusal_name(composite->refusal),
           rl_refusal_sentence(composite->refusal));
  } else {
    rl_say(&prices, "bid ");
    rl_say_half(&prices, composite->bid_half, composite->scale);
    rl_say(&prices, ", mid ");
    rl_say_half(&prices, composite->mid_half, composite->scale);
    rl_say(&prices, ", ask ");
    rl_say_half(&prices, composite->ask_half, composite->scale);
  }
  rl_page_line(out, "composite", &prices);
}

static void print_age(FILE *out, const rl_quote *quote, const rl_composite *composite)
{
  rl_words words = {0};
  int64_t newest_ns = rl_composite_newest_arrival_ns(composite);
  const rl_composite_tick newest = {.arrival_mono_ns = newest_ns};
  rl_say(&words, "%" PRId64 " us since the newest tick, of at most %" PRIu32 " ms",
         rl_explain_age_ns(quote, &newest) / 1000, composite->max_age_ms);
  rl_page_line(out, "age", &words);
}

static void print_leg(FILE *out, const rl_explained *it, unsigned i)
{
  const rl_leg *leg = &it->snapshot.legs[i];
  const rl_composite *composite = &leg->composite;
  const rl_explained_leg *made = &it->legs[i];
  char title[64];
  snprintf(title, sizeof title, "Leg %u of %u: %s%s, from %s to %s", i + 1,
           it->snapshot.leg_count, rl_currency_code(leg->base), rl_currency_code(leg->quote),
           rl_currency_code(leg->inverted ? leg->quote : leg->base),
           rl_currency_code(leg->inverted ? leg->base : leg->quote));
  rl_page_title(out, title);
  if (it->from_token) {
    rl_words none = {0};
    rl_say(&none, "a token does not carry them: its composite is taken as it is");
    rl_page_line(out, "ticks", &none);
  } else {
    print_policy(out, leg);
    print_ticks(out, &it->quote, &it->quote.snapshot.legs[i].composite, made);
    print_tape(out, made, it->quote.snapshot.legs[i].composite.tick_count);
  }
  if (made->has_steps) {
    print_age(out, &it->quote, composite);
    print_steps(out, &made->steps, composite);
  }
  print_composite(out, composite);
}

static void print_conditions(FILE *out, const rl_explained *it)
{
  const rl_conditions *conditions = &it->snapshot.conditions;
  rl_words market = {0}, volatility = {0};
  rl_say(&market, "%s%s, %u source%s at least, age %u%% of its bound%s",
         conditions->closed ? "closed" : "open",
         it->universe ? " by the universe's hours" : " (as recorded: hours are of the engine)",
         conditions->fewest_sources, conditions->fewest_sources == 1 ? "" : "s",
         conditions->age_percent, it->from_token ? ", as the token says" : "");
  rl_page_line(out, "market", &market);
  if (conditions->volatility_ppm == RL_VOLATILITY_UNKNOWN)
    rl_say(&volatility, "unknown");
  for (unsigned i = 0; conditions->volatility_ppm != RL_VOLATILITY_UNKNOWN && !it->from_token &&
                       it->snapshot.leg_count > 1 && i < it->snapshot.leg_count; i++)
    rl_say(&volatility, "%s%" PRIu32, i ? " + " : "",
           it->snapshot.legs[i].composite.volatility_ppm);
  if (conditions->volatility_ppm != RL_VOLATILITY_UNKNOWN)
    rl_say(&volatility, "%s%" PRIu32 " ppm a root day", volatility.used ? " = " : "",
           conditions->volatility_ppm);
  rl_page_line(out, "volatility", &volatility);
}

/* --- the outcome --- */

static void print_outcome(FILE *out, const rl_explained *it)
{
  static const rl_column columns[] = {
    {"figure", RL_ALIGN_LEFT}, {"recorded", RL_ALIGN_RIGHT}, {"recomputed", RL_ALIGN_RIGHT}};
  fprintf(out, "\n");
  if (it->difference_count == 0) {
    rl_print_styled(out, RL_STYLE_GOOD, "reproduces");
    fprintf(out, ": all %u figures are as %s\n", it->recorded.count,
            it->from_token ? "in the token" : "recorded");
    return;
  }
  rl_print_styled(out, RL_STYLE_BAD, "does not reproduce");
  fprintf(out, ": %u of %u figures differ\n", it->difference_count, it->recorded.count);
  if (it->refusal != RL_REFUSAL_NONE)
    fprintf(out, "  it would be refused: %s, %s\n", rl_refusal_name(it->refusal),
            rl_refusal_sentence(it->refusal));
  rl_table table = rl_table_of(columns, 3);
  for (unsigned i = 0; i < it->difference_count; i++) {
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", it->differences[i].name);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", it->differences[i].recorded);
    rl_table_cell(&table, RL_STYLE_BAD, "%s", it->differences[i].recomputed);
  }
  rl_table_print(&table, out, 2);
  for (unsigned i = 0; i < it->difference_count; i++) {
    if (strcmp(it->differences[i].name, "value_date") == 0)
      fprintf(out, "\nValue dates also depend on the calendars: name the engine's file with "
                   "--calendars if it had one.\n");
  }
}

void rl_explain_print(FILE *out, const rl_explained *it)
{
  print_head(out, it);
  for (unsigned i = 0; i < it->snapshot.leg_count; i++)
    print_leg(out, it, i);
  rl_page_title(out, "Market");
  print_conditions(out, it);
  if (it->refusal == RL_REFUSAL_NONE)
    rl_print_price(out, it);
  print_outcome(out, it);
}
