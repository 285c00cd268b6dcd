/* A quote's making, told in words and figures: what the market said, what was made of it, what
 * came on top, and whether that is what the record says. */
#include "explain.h"

#include "quote_print.h"
#include "table.h"
#include "wire/reply.h"

#include <inttypes.h>
#include <string.h>

static void print_head(const rl_explained *it)
{
  const rl_quote *quote = &it->quote;
  const rl_terms *terms = &quote->terms;
  char id[RL_QUOTE_ID_TEXT_SIZE], issued[RL_UTC_TEXT_SIZE], expires[RL_UTC_TEXT_SIZE];
  char ttl[RL_DURATION_TEXT_SIZE], fixed[RL_AMOUNT_TEXT_SIZE];
  bool source = terms->fixed == RL_FIXED_SOURCE;
  rl_quote_id_format(quote->id, id);
  rl_utc_format((rl_utc){quote->issued_utc_ms}, issued);
  rl_utc_format((rl_utc){quote->expires_utc_ms}, expires);
  rl_duration_format(terms->ttl_ms, ttl);
  rl_currency currency = source ? terms->source_currency : terms->target_currency;
  rl_amount_format((rl_amount){source ? terms->source_minor : terms->target_minor, currency},
                   fixed);
  printf("Quote %s%s\n", id, it->from_token ? " (from its token)" : "");
  printf("  %s to %s, %s fixed at %s %s, tier %s, for %s\n",
         rl_currency_code(terms->source_currency), rl_currency_code(terms->target_currency),
         source ? "source" : "target", fixed, rl_currency_code(currency), terms->tier,
         quote->client);
  printf("  issued %s, locked for %s, until %s\n\n", issued, ttl, expires);
}

static void print_ticks(const rl_quote *quote, const rl_leg *leg)
{
  static const rl_column columns[] = {
    {"source", RL_ALIGN_LEFT}, {"bid", RL_ALIGN_POINT}, {"ask", RL_ALIGN_POINT},
    {"sequence", RL_ALIGN_RIGHT}, {"source's time", RL_ALIGN_LEFT}, {"age", RL_ALIGN_RIGHT},
  };
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  for (unsigned i = 0; i < leg->composite.tick_count; i++) {
    const rl_composite_tick *tick = &leg->composite.ticks[i];
    char bid[RL_RATE_TEXT_SIZE], ask[RL_RATE_TEXT_SIZE], time[RL_UTC_TEXT_SIZE] = "";
    rl_rate_format((rl_rate){tick->bid, leg->composite.scale}, bid);
    rl_rate_format((rl_rate){tick->ask, leg->composite.scale}, ask);
    if (tick->source_utc_ms > 0)
      rl_utc_format((rl_utc){tick->source_utc_ms}, time);
    int64_t age_us = (quote->issued_mono_ns - tick->arrival_mono_ns) / 1000;
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", quote->sources[tick->source.index]);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", bid);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", ask);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%" PRIu64, tick->sequence);
    rl_table_cell(&table, RL_STYLE_FAINT, "%s", time);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%" PRId64 ".%03u ms", age_us / 1000,
                  (unsigned)(age_us % 1000));
  }
  rl_table_print(&table, stdout, 4);
}

static void print_composite(const rl_composite *composite)
{
  char bid[RL_RATE_TEXT_SIZE], mid[RL_RATE_TEXT_SIZE], ask[RL_RATE_TEXT_SIZE];
  if (composite->refusal != RL_REFUSAL_NONE) {
    printf("    composite: none, %s: %s\n\n", rl_refusal_name(composite->refusal),
           rl_refusal_sentence(composite->refusal));
    return;
  }
  rl_half_format(composite->bid_half, composite->scale, bid);
  rl_half_format(composite->mid_half, composite->scale, mid);
  rl_half_format(composite->ask_half, composite->scale, ask);
  printf("    composite: bid %s, mid %s, ask %s\n\n", bid, mid, ask);
}

static void print_legs(const rl_explained *it)
{
  for (unsigned i = 0; i < it->snapshot.leg_count; i++) {
    const rl_leg *leg = &it->snapshot.legs[i];
    printf("%u. %s%s, walked from %s to %s\n", i + 1, rl_currency_code(leg->base),
           rl_currency_code(leg->quote), rl_currency_code(leg->inverted ? leg->quote : leg->base),
           rl_currency_code(leg->inverted ? leg->base : leg->quote));
    if (!it->from_token)
      print_ticks(&it->quote, leg);
    print_composite(&leg->composite);
  }
}

/* 1 - sum for a client that sells the base, 1 + sum for one that buys it. */
static void print_client_rate(const rl_explained *it)
{
  const rl_terms *terms = &it->terms;
  char client[RL_RATE_TEXT_SIZE], sum[RL_BPS_TEXT_SIZE];
  int32_t sum_e8 = terms->lock_premium_e8;
  for (unsigned i = 0; i < terms->markup_count; i++)
    sum_e8 += terms->markups[i].e8;
  rl_rate_format(terms->client_rate, client);
  rl_bps_format(sum_e8, sum);
  printf("  client = core x (1 %c %s bps) = %s, from the exact core, half-even to %u digits\n\n",
         terms->side == RL_SELL_BASE ? '-' : '+', sum, client, rl_tariff_rate_digits(it->tariff));
}

static void print_position(const rl_terms *terms)
{
  char position[RL_AMOUNT_TEXT_SIZE], spread[RL_AMOUNT_TEXT_SIZE];
  const char *code = rl_currency_code(terms->target_currency);
  rl_amount_format((rl_amount){terms->position_minor, terms->target_currency}, position);
  rl_amount_format((rl_amount){terms->spread_minor, terms->target_currency}, spread);
  printf("  net at the core rate is %s %s: the spread earned is %s %s\n\n", position, code, spread,
         code);
}

/* The ladder and the amounts as they come out now, from the same page as any quote's. */
static void print_terms(const rl_explained *it)
{
  uint8_t bytes[RL_REPLY_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_quote again = it->quote;
  again.terms = it->terms;
  rl_reply_show(&writer, &again, NULL, true);
  RL_ASSERT(!writer.failed);
  rl_view view = rl_view_over(bytes, writer.used);
  rl_print_ladder(view);
  print_client_rate(it);
  rl_print_amounts(view);
  print_position(&it->terms);
}

static void print_tariff(const rl_explained *it)
{
  char digest[RL_DIGEST_TEXT_SIZE];
  rl_digest_format(it->quote.terms.tariff, digest);
  printf("Tariff %s (%s)", rl_tariff_name(it->tariff), digest);
  if (it->rule)
    printf(", rule %s at line %u", it->rule->name, it->rule->line);
  printf("\n\n");
}

static void print_outcome(const rl_explained *it)
{
  static const rl_column columns[] = {
    {"figure", RL_ALIGN_LEFT}, {"recorded", RL_ALIGN_RIGHT}, {"made again", RL_ALIGN_RIGHT}};
  if (it->difference_count == 0) {
    rl_print_styled(stdout, RL_STYLE_GOOD, "reproduces");
    printf(": all %u figures are as recorded\n", it->recorded.count);
    return;
  }
  rl_print_styled(stdout, RL_STYLE_BAD, "does not reproduce");
  printf(": %u of %u figures differ\n", it->difference_count, it->recorded.count);
  if (it->refusal != RL_REFUSAL_NONE)
    printf("  it would be refused now: %s, %s\n", rl_refusal_name(it->refusal),
           rl_refusal_sentence(it->refusal));
  rl_table table = rl_table_of(columns, 3);
  for (unsigned i = 0; i < it->difference_count; i++) {
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", it->differences[i].name);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", it->differences[i].recorded);
    rl_table_cell(&table, RL_STYLE_BAD, "%s", it->differences[i].recomputed);
  }
  rl_table_print(&table, stdout, 2);
  if (strncmp(it->differences[0].name, "legs", 4) == 0)
    printf("\nComposites also depend on the pairs' bounds: name the engine's file with --universe "
           "if it had one.\n");
}

void rl_explain_print(const rl_explained *it)
{
  print_head(it);
  print_tariff(it);
  print_legs(it);
  if (it->refusal == RL_REFUSAL_NONE)
    print_terms(it);
  print_outcome(it);
}
