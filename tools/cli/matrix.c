/* `ratelock matrix`: what one amount costs in each of many currencies. */
#include "cli.h"

#include "quote_print.h"
#include "table.h"

static const struct argp argp = {
  NULL, NULL, "TO AMOUNT FROM…",
  "Shows what it costs in each of the currencies FROM that the payee gets AMOUNT of TO: what the "
  "customer pays, the rate, all costs in it, and when it is due. Nothing is locked."
  "\vExamples:\n"
  "  ratelock matrix EUR 50.00 USD GBP JPY\n"
  "  ratelock matrix JPY 15000 EUR USD CHF --tier gold --method card --json\n",
  rl_price_children, NULL, NULL,
};

static bool take_request(const rl_price_options *options, rl_request *request)
{
  const rl_cli *cli = options->cli;
  if (!rl_cli_take_currency(cli->words[0], &request->to) ||
      !rl_cli_take_amount(cli->words[1], request->to, &request->price.amount_minor) ||
      !rl_cli_take_unlocked(options, request))
    return false;
  request->price.fixed = RL_FIXED_TARGET;
  request->currency_count = cli->word_count - 2;
  for (unsigned i = 0; i < request->currency_count; i++) {
    if (!rl_cli_take_currency(cli->words[2 + i], &request->currencies[i]))
      return false;
  }
  return true;
}

static void amount_cell(rl_table *table, rl_style style, rl_view item, const char *key,
                        const char *code)
{
  char text[RL_MONEY_TEXT_SIZE];
  rl_money_format(rl_view_i64(rl_view_get(item, key)), code, text);
  rl_table_cell(table, style, "%s", text);
}

static void text_cell(rl_table *table, rl_view item, const char *key)
{
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", rl_view_text(rl_view_get(item, key)).text);
}

static bool add_row(rl_table *table, rl_view item)
{
  rl_view_string from = rl_view_text(rl_view_get(item, "from"));
  bool priced = rl_view_true(rl_view_get(item, "ok"));
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", from.text);
  if (priced) {
    amount_cell(table, RL_STYLE_STRONG, item, "charge", from.text);
    text_cell(table, item, "pair");
    text_cell(table, item, "client_rate");
    text_cell(table, item, "effective_rate");
    amount_cell(table, RL_STYLE_PLAIN, item, "total_cost", from.text);
    text_cell(table, item, "value_date");
  } else {
    for (int blank = 0; blank < 6; blank++)
      rl_table_cell(table, RL_STYLE_PLAIN, "%s", "");
    rl_table_cell(table, RL_STYLE_BAD, "%s", rl_view_text(rl_view_get(item, "code")).text);
  }
  rl_table_end_row(table);
  return priced;
}

/* Whether any of the currencies has a price. */
static bool print_rows(rl_view answer)
{
  static const rl_column columns[] = {
    {"from", RL_ALIGN_LEFT},       {"charge", RL_ALIGN_POINT},    {"pair", RL_ALIGN_LEFT},
    {"client", RL_ALIGN_POINT},    {"effective", RL_ALIGN_POINT}, {"cost", RL_ALIGN_POINT},
    {"value date", RL_ALIGN_LEFT}, {"", RL_ALIGN_LEFT},
  };
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  rl_view items = rl_view_get(answer, "items");
  unsigned priced = 0;
  for (rl_view rest = items, item; rl_view_next(items, &rest, &item);)
    priced += add_row(&table, item);
  rl_table_print(&table, stdout, 0);
  return priced > 0;
}

rl_exit rl_command_matrix(rl_cli *cli, int argc, char **argv)
{
  rl_price_options options = {.cli = cli};
  cli->word_min = 3;
  cli->word_max = 2 + RL_REQUEST_CURRENCIES_MAX;
  argp_parse(&argp, argc, argv, 0, NULL, &options);
  rl_request request = {.kind = RL_REQUEST_MATRIX};
  rl_view answer;
  if (!take_request(&options, &request))
    return RL_EXIT_USAGE;
  rl_exit code = rl_cli_ask(cli, &request, &answer);
  if (code != RL_EXIT_DONE || cli->json)
    return code;
  return print_rows(answer) ? RL_EXIT_DONE : RL_EXIT_REFUSED;
}
