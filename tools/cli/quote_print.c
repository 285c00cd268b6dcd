#include "quote_print.h"

#include "clock/clock.h"
#include "money/currency.h"
#include "money/wide.h"
#include "table.h"

#include <inttypes.h>
#include <string.h>

static rl_view_string text_of(rl_view map, const char *key)
{
  return rl_view_text(rl_view_get(map, key));
}

static bool says(rl_view map, const char *key, const char *value)
{
  return strcmp(text_of(map, key).text, value) == 0;
}

void rl_money_format(int64_t minor, const char *code, char out[RL_MONEY_TEXT_SIZE])
{
  rl_currency currency;
  char text[RL_AMOUNT_TEXT_SIZE];
  if (rl_currency_find(code, strlen(code), &currency) != RL_OK) {
    snprintf(out, RL_MONEY_TEXT_SIZE, "%" PRId64 " minor units", minor);
    return;
  }
  rl_amount_format((rl_amount){minor, currency}, text);
  snprintf(out, RL_MONEY_TEXT_SIZE, "%s", text);
}

static bool is_firm(rl_view quote)
{
  return rl_view_true(rl_view_get(quote, "firm"));
}

/* What is not as it mostly is: the rates, and that these would not be locked. */
static void print_basis(rl_view quote)
{
  rl_view_string refusal = text_of(quote, "firm_refusal");
  bool by_reference = says(quote, "basis", "reference");
  if (by_reference)
    printf("no live rate: priced from a fixing\n");
  if (refusal.text[0])
    printf("a firm price would be refused now: %s\n", refusal.text);
  if (by_reference || refusal.text[0])
    printf("\n");
}

/* "USD to EUR, source fixed, tier standard, method card, locked for 30s" */
static void print_head(rl_view quote)
{
  char ttl[RL_DURATION_TEXT_SIZE];
  rl_duration_format((uint64_t)rl_view_i64(rl_view_get(quote, "ttl_ms")), ttl);
  rl_view_string method = text_of(quote, "method");
  printf("%s to %s, %s fixed, tier %s%s%s, %s %s\n\n", text_of(quote, "from").text,
         text_of(quote, "to").text, text_of(quote, "fix").text, text_of(quote, "tier").text,
         method.text[0] ? ", method " : "", method.text,
         is_firm(quote) ? "locked for" : "not locked, priced as for", ttl);
  print_basis(quote);
}

/* --- the ladder --- */

static void rung(rl_table *table, rl_style style, const char *label, rl_view rate,
                 const char *note)
{
  rl_table_cell(table, style, "%s", label);
  rl_table_cell(table, style, "%s", rl_view_text(rate).text);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", "");
  rl_table_cell(table, RL_STYLE_FAINT, "%s", note);
}

static void part_rung(rl_table *table, const char *label, const char *name, const char *part,
                      const char *unit)
{
  rl_table_cell(table, RL_STYLE_PLAIN, "%s%s", label, name);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", "");
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", part);
  rl_table_cell(table, RL_STYLE_FAINT, "%s", unit);
}

/* The rule's own line is the first, with bps, points, or both; surcharges are in bps. */
static void markup_rungs(rl_table *table, rl_view markups)
{
  const char *label = "markup ";
  for (rl_view rest = markups, markup; rl_view_next(markups, &rest, &markup);) {
    rl_view_string name = text_of(markup, "name");
    rl_view_string bps = text_of(markup, "bps"), points = text_of(markup, "points");
    bool has_points = strcmp(points.text, "0") != 0;
    if (strcmp(bps.text, "0") != 0 || !has_points)
      part_rung(table, label, name.text, bps.text, "bps");
    if (has_points)
      part_rung(table, label, name.text, points.text, "points");
    label = "surcharge ";
  }
}

static void reference_rung(rl_table *table, rl_view reference)
{
  if (!rl_view_given(reference)) {
    rung(table, RL_STYLE_FAINT, "reference", (rl_view){0}, "none known");
    return;
  }
  char note[3 * RL_VIEW_TEXT_SIZE];
  rl_view_string margin = text_of(reference, "margin_percent");
  bool better = margin.text[0] == '-';
  snprintf(note, sizeof note, "%s of %s: %s%% %s for the client",
           text_of(reference, "provider").text, text_of(reference, "date").text,
           margin.text + better, better ? "better" : "worse");
  rung(table, RL_STYLE_PLAIN, "reference", rl_view_get(reference, "rate"), note);
}

/* mid, core, each markup, lock premium, client, disclosed, effective, reference. */
static void print_ladder(rl_view quote)
{
  static const rl_column columns[] = {
    {"", RL_ALIGN_LEFT}, {"", RL_ALIGN_POINT}, {"", RL_ALIGN_POINT}, {"", RL_ALIGN_LEFT}};
  rl_table table = rl_table_of(columns, 4);
  bool sells = says(quote, "side", "sell_base");
  char note[3 * RL_VIEW_TEXT_SIZE];
  const char *base = sells ? "from" : "to";
  rung(&table, RL_STYLE_PLAIN, "mid", rl_view_get(quote, "mid_rate"), "");
  snprintf(note, sizeof note, "the %s: the client %s %s", sells ? "bid" : "ask",
           sells ? "sells" : "buys", text_of(quote, base).text);
  rung(&table, RL_STYLE_PLAIN, "core", rl_view_get(quote, "core_rate"), note);
  markup_rungs(&table, rl_view_get(quote, "markups"));
  part_rung(&table, "lock premium", "", text_of(quote, "lock_premium_bps").text, "bps");
  rung(&table, RL_STYLE_STRONG, "client", rl_view_get(quote, "client_rate"), "");
  if (rl_view_given(rl_view_get(quote, "disclosure_rate")))
    rung(&table, RL_STYLE_PLAIN, "disclosed", rl_view_get(quote, "disclosure_rate"),
         "client, rounded for show");
  snprintf(note, sizeof note, "%s arriving for each %s charged", text_of(quote, "to").text,
           text_of(quote, "from").text);
  rung(&table, RL_STYLE_PLAIN, "effective", rl_view_get(quote, "effective_rate"), note);
  reference_rung(&table, rl_view_get(quote, "reference"));
  printf("%s\n", text_of(quote, "pair").text);
  rl_table_print(&table, stdout, 2);
  printf("\n");
}

/* --- the amounts --- */

/* One amount in its side's column. */
static void amount_row(rl_table *table, rl_style style, const char *label, int64_t minor,
                       const char *code, bool source_side, const char *note)
{
  char text[RL_MONEY_TEXT_SIZE];
  rl_money_format(minor, code, text);
  rl_table_cell(table, style, "%s", label);
  rl_table_cell(table, style, "%s", source_side ? text : "");
  rl_table_cell(table, style, "%s", source_side ? "" : text);
  rl_table_cell(table, RL_STYLE_FAINT, "%s", note);
}

static void term_row(rl_table *table, rl_style style, rl_view quote, const char *key,
                     const char *note)
{
  bool source_side =
    strcmp(key, "charge") == 0 || strcmp(key, "source") == 0 || strcmp(key, "net") == 0;
  amount_row(table, style, key, rl_view_i64(rl_view_get(quote, key)),
             text_of(quote, source_side ? "from" : "to").text, source_side, note);
}

/* The fees of one side and mode; deducted ones with their sign. */
static void fee_rows(rl_table *table, rl_view quote, const char *side, const char *mode)
{
  rl_view fees = rl_view_get(quote, "fees");
  bool deducted = strcmp(mode, "deducted") == 0;
  for (rl_view rest = fees, fee; rl_view_next(fees, &rest, &fee);) {
    if (!says(fee, "side", side) || !says(fee, "mode", mode))
      continue;
    char label[RL_VIEW_TEXT_SIZE + 8];
    snprintf(label, sizeof label, "  fee %s", text_of(fee, "name").text);
    int64_t minor = rl_view_i64(rl_view_get(fee, "amount"));
    char note[RL_VIEW_TEXT_SIZE + 16];
    rl_view_string waiver = text_of(fee, "waived_by");
    snprintf(note, sizeof note, "%s%s",
             waiver.text[0] ? "waived by " : deducted ? "deducted" : "on top", waiver.text);
    amount_row(table, RL_STYLE_PLAIN, label, deducted ? -minor : minor,
               text_of(fee, "currency").text, strcmp(side, "source") == 0, note);
  }
}

/* The conversion divides where the client pays the pair's quote currency. */
static const char *gross_note(rl_view quote)
{
  if (says(quote, "fix", "target"))
    return "the least that leaves the target after fees";
  return says(quote, "side", "sell_base") ? "net x client, rounded down"
                                          : "net / client, rounded down";
}

static const char *net_note(rl_view quote)
{
  if (says(quote, "fix", "source"))
    return "is converted";
  return says(quote, "side", "sell_base") ? "gross / client, rounded up"
                                          : "gross x client, rounded up";
}

/* "0.91% of the charge", half-up. */
static void cost_row(rl_table *table, rl_view quote)
{
  char note[96];
  int64_t cost = rl_view_i64(rl_view_get(quote, "total_cost"));
  int64_t charge = rl_view_i64(rl_view_get(quote, "charge"));
  rl_i128 size = cost < 0 ? -(rl_i128)cost : cost;
  int64_t share_e2 = charge > 0 ? (int64_t)((size * 20000 + charge) / (2 * (rl_i128)charge)) : 0;
  snprintf(note, sizeof note, "%s%" PRId64 ".%02d%% of the charge: rate and fees against mid",
           cost < 0 ? "-" : "", share_e2 / 100, (int)(share_e2 % 100));
  amount_row(table, RL_STYLE_PLAIN, "total cost", cost, text_of(quote, "from").text, true, note);
}

/* charge, fees itemised, net, gross, target, residue, cost; a column for each currency. */
static void print_amounts(rl_view quote)
{
  rl_view_string from = text_of(quote, "from"), to = text_of(quote, "to");
  const rl_column columns[] = {{"amounts", RL_ALIGN_LEFT}, {from.text, RL_ALIGN_POINT},
                               {to.text, RL_ALIGN_POINT}, {"", RL_ALIGN_LEFT}};
  bool fixed_source = says(quote, "fix", "source");
  rl_table table = rl_table_of(columns, 4);
  term_row(&table, RL_STYLE_STRONG, quote, "charge", "what the customer pays");
  fee_rows(&table, quote, "source", "on_top");
  term_row(&table, RL_STYLE_PLAIN, quote, "source",
           fixed_source ? "fixed" : "the least that gives the target");
  fee_rows(&table, quote, "source", "deducted");
  term_row(&table, RL_STYLE_PLAIN, quote, "net", net_note(quote));
  term_row(&table, RL_STYLE_PLAIN, quote, "gross", gross_note(quote));
  fee_rows(&table, quote, "target", "deducted");
  term_row(&table, RL_STYLE_STRONG, quote, "target",
           fixed_source ? "what the payee gets" : "fixed: what the payee gets");
  term_row(&table, RL_STYLE_PLAIN, quote, "residue", "converted, too small to pay out");
  cost_row(&table, quote);
  rl_table_print(&table, stdout, 0);
  printf("\n");
}

/* --- the quote --- */

static void print_end(rl_view quote)
{
  rl_view_string state = text_of(quote, "state");
  rl_view by = rl_view_get(quote, "by");
  char at[RL_UTC_TEXT_SIZE];
  printf("  state    ");
  rl_print_styled(stdout, strcmp(state.text, "active") == 0 ? RL_STYLE_GOOD : RL_STYLE_STRONG,
                  state.text);
  if (rl_view_given(by)) {
    rl_utc_format((rl_utc){rl_view_i64(rl_view_get(by, "at"))}, at);
    printf(" at %s by %s, key %s", at, text_of(by, "client").text, text_of(by, "key").text);
    if (rl_view_given(rl_view_get(by, "reason")))
      printf(": %s", text_of(by, "reason").text);
  }
  printf("\n");
}

/* By what the reply says, never by this machine's clock, which may be wrong. */
static void print_expiry(rl_view quote)
{
  rl_view state = rl_view_get(quote, "state");
  int64_t expires_ms = rl_view_i64(rl_view_get(quote, "expires_at"));
  int64_t lock_ms = expires_ms - rl_view_i64(rl_view_get(quote, "issued_at"));
  bool runs = !rl_view_given(state) || strcmp(text_of(quote, "state").text, "active") == 0;
  char at[RL_UTC_TEXT_SIZE];
  rl_utc_format((rl_utc){expires_ms}, at);
  printf("  %s  %" PRId64 ".%01d s after its issue, at %s\n", runs ? "expires" : "expiry ",
         lock_ms / 1000, (int)(lock_ms % 1000 / 100), at);
}

static void print_value_date(rl_view quote)
{
  char cutoff[RL_UTC_TEXT_SIZE];
  if (!rl_view_given(rl_view_get(quote, "value_date"))) {
    printf("  value    no calendar knows when it is due\n");
    return;
  }
  rl_utc_format((rl_utc){rl_view_i64(rl_view_get(quote, "value_date_cutoff"))}, cutoff);
  printf("  value    %s, for deals before %s\n", text_of(quote, "value_date").text, cutoff);
}

void rl_print_quote(rl_view quote)
{
  print_head(quote);
  print_ladder(quote);
  print_amounts(quote);
  print_value_date(quote);
  if (!is_firm(quote))
    return;
  printf("  quote    ");
  rl_print_styled(stdout, RL_STYLE_STRONG, text_of(quote, "quote").text);
  printf("\n");
  if (rl_view_given(rl_view_get(quote, "state")))
    print_end(quote);
  print_expiry(quote);
}
