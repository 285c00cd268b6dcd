/* The second part of `explain`'s page: from the core rate to what an accept posts. Every line is
 * arithmetic that a pencil can repeat. */
#include "explain_page.h"

#include "phrase.h"
#include "table.h"

#include <inttypes.h>
#include <string.h>

static bool sells(const rl_explained *it)
{
  return it->terms.side == RL_SELL_BASE;
}

/* --- rates --- */

static void print_core(FILE *out, const rl_explained *it)
{
  const rl_terms *terms = &it->terms;
  rl_words core = {0}, mid = {0};
  char title[96];
  snprintf(title, sizeof title, "Core rate, %s per %s: the client %s %s",
           rl_currency_code(terms->quote), rl_currency_code(terms->base),
           sells(it) ? "sells" : "buys", rl_currency_code(terms->base));
  rl_page_title(out, title);
  rl_say_walk(&core, it, RL_WALK_AT_CORE);
  rl_say_walk(&mid, it, RL_WALK_AT_MID);
  if (it->snapshot.leg_count > 1) {
    rl_say(&core, " = ");
    rl_say_ratio(&core, it->core);
    rl_say(&mid, " = ");
    rl_say_ratio(&mid, it->mid);
  }
  rl_say(&core, ", shown as ");
  rl_say_rate(&core, terms->core_rate);
  rl_page_line(out, "core", &core);
  rl_say(&mid, ", shown as ");
  rl_say_rate(&mid, terms->mid_rate);
  rl_page_line(out, "mid", &mid);
}

static void print_rule(FILE *out, const rl_explained *it)
{
  const rl_terms *terms = &it->terms;
  char title[64];
  rl_words names = {0}, amount = {0};
  snprintf(title, sizeof title, "Rule %s, line %u of the tariff", it->rule->name, it->rule->line);
  rl_page_title(out, title);
  rl_say(&names, "%s", rl_phrase_of_scope(&it->rule->scope).text);
  rl_page_line(out, "for", &names);
  if (terms->fixed == RL_FIXED_TARGET) {
    rl_say_amount(&amount, terms->target_minor, terms->target_currency);
    rl_say(&amount, " at mid, rounded down = ");
  }
  rl_say_amount(&amount, it->band_minor, terms->source_currency);
  rl_say(&amount, " chooses the band");
  rl_page_line(out, "amount", &amount);
  rl_also_matches also;
  for (unsigned i = 0; rl_explain_next_rule(it, &i, &also);) {
    rl_words less = {0};
    rl_say(&less, "%s at line %u %s", also.rule->name, also.rule->line, also.because);
    rl_page_line(out, "goes before", &less);
  }
}

/* --- markups --- */

static void markup_row(rl_table *table, const char *name, int64_t e8, int64_t points_e1,
                       const char *why)
{
  rl_words bps = {0}, points = {0};
  rl_say_bps(&bps, e8);
  if (points_e1)
    rl_say_points(&points, points_e1);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", name);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", bps.text);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", points.text);
  rl_table_cell(table, RL_STYLE_FAINT, "%s", why);
}

static void surcharge_row(rl_table *table, const rl_explained *it, rl_surcharge_when when)
{
  const rl_surcharge *surcharge = rl_tariff_surcharge(it->tariff, when);
  rl_words why = {0};
  if (surcharge->name[0] == '\0')
    return;
  bool applies = rl_say_surcharge(&why, it, when);
  rl_say(&why, "%s", applies ? "" : ": not taken");
  markup_row(table, surcharge->name, applies ? surcharge->e8 : 0, 0, why.text);
}

static void print_markups(FILE *out, const rl_explained *it)
{
  static const rl_column columns[] = {
    {"", RL_ALIGN_LEFT}, {"", RL_ALIGN_POINT}, {"", RL_ALIGN_POINT}, {"", RL_ALIGN_LEFT}};
  const rl_terms *terms = &it->terms;
  rl_table table = rl_table_of(columns, 4);
  rl_words premium = {0};
  rl_page_title(out, "Markups: summed first, applied once");
  markup_row(&table, terms->markups[0].name, terms->markups[0].e8, terms->markups[0].points_e1,
             sells(it) ? "the rule's, from the bid" : "the rule's, from the ask");
  for (unsigned i = 0; i < RL_SURCHARGE_WHENS; i++)
    surcharge_row(&table, it, (rl_surcharge_when)i);
  rl_say_premium(&premium, it);
  markup_row(&table, "lock premium", terms->lock_premium_e8, 0, premium.text);
  markup_row(&table, "sum", it->sum.e8, it->sum.points_e1, "");
  rl_table_print(&table, out, 2);
}

static void say_exact_client(rl_words *words, const rl_explained *it)
{
  const char *sign = sells(it) ? "-" : "+";
  if (it->sum.points_e1) {
    rl_say(words, "(core %s ", sign);
    rl_say_points(words, it->sum.points_e1);
    rl_say(words, " of 10^-%u)", it->sum.pip_scale);
  } else {
    rl_say(words, "core");
  }
  rl_say(words, " x (1 %s ", sign);
  rl_say_bps(words, it->sum.e8);
  rl_say(words, ") = ");
  rl_say_ratio(words, it->client);
}

static void print_client_rate(FILE *out, const rl_explained *it)
{
  const rl_terms *terms = &it->terms;
  rl_words exact = {0}, shown = {0}, disclosed = {0};
  rl_page_title(out, "Client rate");
  say_exact_client(&exact, it);
  rl_page_line(out, "exact", &exact);
  rl_say_rate(&shown, terms->client_rate);
  rl_say(&shown, ", half-even to %u digits; %s", rl_tariff_rate_digits(it->tariff),
         it->digit_back ? "the nearest was better for the client than the core: one last digit back"
                        : "no last digit back");
  rl_page_line(out, "client", &shown);
  if (!terms->disclosure_decimals)
    return;
  if (terms->disclosure_rate.mantissa)
    rl_say_rate(&disclosed, terms->disclosure_rate);
  else
    rl_say(&disclosed, "nothing");
  rl_say(&disclosed, ", half-even to %u decimals", terms->disclosure_decimals);
  rl_page_line(out, "disclosed", &disclosed);
}

/* --- amounts --- */

static void print_fees(FILE *out, const rl_explained *it, rl_fee_side side, rl_fee_mode mode)
{
  const rl_terms *terms = &it->terms;
  bool source = side == RL_FEE_SOURCE;
  rl_currency currency = source ? terms->source_currency : terms->target_currency;
  for (unsigned i = 0; i < it->rule->fee_count; i++) {
    const rl_fee *fee = &it->rule->fees[i];
    rl_words words = {0};
    if (fee->side != side || fee->mode != mode)
      continue;
    rl_say_amount(&words, terms->fees[i].amount_minor, currency);
    rl_say(&words, " %s: ", mode == RL_FEE_ON_TOP ? "on top" : "deducted");
    if (it->waivers[i]) {
      rl_say(&words, "waived by %s, which is for %s", it->waivers[i]->name,
             rl_phrase_of_scope(&it->waivers[i]->scope).text);
    } else {
      rl_say_fee(&words, fee, source ? terms->source_minor : terms->gross_minor, currency);
    }
    rl_page_line(out, fee->name, &words);
  }
}

typedef struct amount_line {
  const char *label;
  int64_t minor;
  rl_currency currency;
  const char *how;
} amount_line;

static void print_amount(FILE *out, amount_line line)
{
  rl_words words = {0};
  rl_say_amount(&words, line.minor, line.currency);
  if (line.how[0])
    rl_say(&words, "  %s", line.how);
  rl_page_line(out, line.label, &words);
}

/* amount x rate, or amount / rate, in major units: for looks only. */
static void say_converted(rl_words *words, int64_t minor, rl_currency currency, rl_rate rate,
                          bool divides)
{
  int exponent = -(int)rl_currency_exponent(currency);
  rl_ratio amount = {(rl_u128)minor, 1, exponent};
  rl_ratio factor = {rate.mantissa, 1, -(int)rate.scale};
  rl_ratio result = divides ? (rl_ratio){amount.numerator, factor.numerator,
                                         amount.exponent - factor.exponent}
                            : (rl_ratio){amount.numerator * factor.numerator, 1,
                                         amount.exponent + factor.exponent};
  rl_say_money(words, minor, currency);
  rl_say(words, " %s ", divides ? "/" : "x");
  rl_say_rate(words, rate);
  rl_say(words, " = ");
  rl_say_ratio(words, result);
}

static void print_conversion(FILE *out, const rl_explained *it)
{
  const rl_terms *terms = &it->terms;
  rl_words words = {0};
  rl_say(&words, "N %s client: ", sells(it) ? "x" : "/");
  say_converted(&words, terms->net_minor, terms->source_currency, terms->client_rate, !sells(it));
  rl_say(&words, ", down to ");
  rl_say_amount(&words, it->converted_minor, terms->target_currency);
  rl_page_line(out, "converted", &words);
}

static void print_wanted(FILE *out, const rl_explained *it)
{
  const rl_terms *terms = &it->terms;
  rl_words words = {0};
  rl_say(&words, "G %s client: ", sells(it) ? "/" : "x");
  say_converted(&words, terms->gross_minor, terms->target_currency, terms->client_rate, sells(it));
  rl_say(&words, ", up to ");
  rl_say_amount(&words, it->wanted_net_minor, terms->source_currency);
  rl_page_line(out, "needed", &words);
}

static void print_increment(FILE *out, const rl_explained *it)
{
  rl_currency currency = it->terms.target_currency;
  int64_t increment_minor = rl_tariff_payout_increment(it->tariff, currency);
  rl_words words = {0};
  if (increment_minor == 1)
    return;
  rl_say(&words, "payouts are multiples of ");
  rl_say_amount(&words, increment_minor, currency);
  rl_say(&words, ": the rest is residue");
  rl_page_line(out, "increment", &words);
}

static void print_from_source(FILE *out, const rl_explained *it)
{
  const rl_terms *terms = &it->terms;
  rl_currency source = terms->source_currency, target = terms->target_currency;
  print_amount(out, (amount_line){"S source", terms->source_minor, source, "fixed"});
  print_fees(out, it, RL_FEE_SOURCE, RL_FEE_ON_TOP);
  print_amount(out, (amount_line){"C charge", terms->charge_minor, source, "S + fees on top"});
  print_fees(out, it, RL_FEE_SOURCE, RL_FEE_DEDUCTED);
  print_amount(out, (amount_line){"N net", terms->net_minor, source, "S - deducted fees"});
  print_conversion(out, it);
  print_increment(out, it);
  print_amount(out, (amount_line){"G gross", terms->gross_minor, target,
                                  terms->residue_minor ? "the least that leaves T" : "converted"});
  print_fees(out, it, RL_FEE_TARGET, RL_FEE_DEDUCTED);
  print_amount(out, (amount_line){"T target", terms->target_minor, target, "G - target fees"});
}

static void print_from_target(FILE *out, const rl_explained *it)
{
  const rl_terms *terms = &it->terms;
  rl_currency source = terms->source_currency, target = terms->target_currency;
  print_amount(out, (amount_line){"T target", terms->target_minor, target, "fixed"});
  print_increment(out, it);
  print_fees(out, it, RL_FEE_TARGET, RL_FEE_DEDUCTED);
  print_amount(out, (amount_line){"G gross", terms->gross_minor, target,
                                  "the least that leaves T after its fees"});
  print_wanted(out, it);
  print_fees(out, it, RL_FEE_SOURCE, RL_FEE_DEDUCTED);
  print_amount(out, (amount_line){"S source", terms->source_minor, source,
                                  "the least that leaves the needed after its fees"});
  print_amount(out, (amount_line){"N net", terms->net_minor, source, "S - deducted fees"});
  print_fees(out, it, RL_FEE_SOURCE, RL_FEE_ON_TOP);
  print_amount(out, (amount_line){"C charge", terms->charge_minor, source, "S + fees on top"});
  print_conversion(out, it);
}

static void print_rho(FILE *out, const rl_explained *it)
{
  const rl_terms *terms = &it->terms;
  int shift = (int)rl_currency_exponent(terms->target_currency) -
              (int)rl_currency_exponent(terms->source_currency);
  rl_words words = {0};
  rl_say(&words, "%s x 10^%d target minor units for one of the source",
         sells(it) ? "client" : "1 / client", shift);
  rl_page_line(out, "rho", &words);
}

static void print_reference(FILE *out, const rl_explained *it)
{
  const rl_terms *terms = &it->terms;
  rl_words words = {0};
  if (!terms->reference.known) {
    rl_say(&words, "none known");
  } else {
    char date[RL_UTC_TEXT_SIZE];
    bool better = terms->reference_margin_e6 < 0;
    rl_utc_format((rl_utc){terms->reference.date_utc_ms}, date);
    rl_say_rate(&words, terms->reference.rate);
    rl_say(&words, " of %s, %.10s: the client rate is ", terms->reference.provider, date);
    char percent[RL_BPS_TEXT_SIZE];
    /* Millionths as percent and units of 10^-8 as basis points are the same digits. */
    rl_bps_format(better ? -terms->reference_margin_e6 : terms->reference_margin_e6, percent);
    rl_say(&words, "%s%% %s for the client", percent, better ? "better" : "worse");
  }
  rl_page_line(out, "reference", &words);
}

static void print_costs(FILE *out, const rl_explained *it)
{
  const rl_terms *terms = &it->terms;
  rl_words effective = {0}, cost = {0};
  rl_say(&effective, "T / C = ");
  rl_say_rate(&effective, terms->effective_rate);
  rl_say(&effective, " %s for each %s, half-even to 10 digits",
         rl_currency_code(terms->target_currency), rl_currency_code(terms->source_currency));
  rl_page_line(out, "effective", &effective);
  rl_say(&cost, "C - (T at mid, rounded down) = ");
  rl_say_money(&cost, terms->charge_minor, terms->source_currency);
  rl_say(&cost, " - ");
  rl_say_money(&cost, it->worth_minor, terms->source_currency);
  rl_say(&cost, " = ");
  rl_say_amount(&cost, terms->total_cost_minor, terms->source_currency);
  rl_page_line(out, "total cost", &cost);
  print_reference(out, it);
}

static void print_amounts(FILE *out, const rl_explained *it)
{
  const rl_terms *terms = &it->terms;
  rl_page_title(out, "Amounts");
  print_rho(out, it);
  if (terms->fixed == RL_FIXED_SOURCE)
    print_from_source(out, it);
  else
    print_from_target(out, it);
  print_amount(out, (amount_line){"residue", terms->residue_minor, terms->target_currency,
                                  "converted - G"});
  print_costs(out, it);
}

/* --- postings --- */

static void print_postings(FILE *out, const rl_explained *it)
{
  static const rl_column columns[] = {
    {"", RL_ALIGN_LEFT}, {"", RL_ALIGN_POINT}, {"", RL_ALIGN_LEFT}, {"", RL_ALIGN_LEFT}};
  const rl_terms *terms = &it->terms;
  rl_table table = rl_table_of(columns, 4);
  rl_words spread = {0};
  rl_page_title(out, "Postings of an accept");
  for (unsigned i = 0; i < it->postings.posting_count; i++) {
    const rl_posting *posting = &it->postings.postings[i];
    char account[RL_ACCOUNT_TEXT_SIZE];
    rl_words amount = {0};
    rl_account_format(posting, account);
    rl_say_money(&amount, posting->amount.minor, posting->amount.currency);
    bool position = posting->account == RL_ACCOUNT_POSITION && posting->amount.minor < 0;
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", account);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", amount.text);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", rl_currency_code(posting->amount.currency));
    rl_table_cell(&table, RL_STYLE_FAINT, "%s", position ? "N at the core, rounded down" : "");
  }
  rl_table_print(&table, out, 2);
  rl_say(&spread, "P - converted = ");
  rl_say_money(&spread, terms->position_minor, terms->target_currency);
  rl_say(&spread, " - ");
  rl_say_money(&spread, it->converted_minor, terms->target_currency);
  rl_say(&spread, " = ");
  rl_say_amount(&spread, terms->spread_minor, terms->target_currency);
  rl_page_line(out, "spread", &spread);
}

void rl_print_price(FILE *out, const rl_explained *it)
{
  print_core(out, it);
  print_rule(out, it);
  print_markups(out, it);
  print_client_rate(out, it);
  print_amounts(out, it);
  print_postings(out, it);
}
