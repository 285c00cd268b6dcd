/* `ratelock ledger`: what the ledger holds, what it comes to, the proof that it holds, and its
 * export. Reads the store directly; an engine may run on it meanwhile and is not disturbed. */
#include "ledger.h"

#include <stdlib.h>
#include <string.h>

/* More than there are currencies is no list of their rates. */
#define MIDS_MAX RL_CURRENCY_COUNT

enum { OPTION_FROM = 0x2000, OPTION_TO, OPTION_KIND, OPTION_IN, OPTION_MID, OPTION_MIDS };

typedef struct parsing {
  rl_ledger_arguments arguments;
  const char *mids[MIDS_MAX];
} parsing;

static void add_mid(parsing *all, const char *text, struct argp_state *state)
{
  if (all->arguments.mid_count == MIDS_MAX)
    argp_error(state, "--mid: at most %d", MIDS_MAX);
  all->mids[all->arguments.mid_count++] = text;
}

static error_t parse(int option, char *value, struct argp_state *state)
{
  parsing *all = state->input;
  rl_ledger_arguments *arguments = &all->arguments;
  switch (option) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case 'q': arguments->quote_text = value; return 0;
  case 'a': arguments->account = value; return 0;
  case 'c': arguments->currency_text = value; return 0;
  case 'b': arguments->balances_only = true; return 0;
  case 'f': arguments->format_text = value; return 0;
  case OPTION_KIND: arguments->kind_text = value; return 0;
  case OPTION_FROM: arguments->from_text = value; return 0;
  case OPTION_TO: arguments->to_text = value; return 0;
  case OPTION_IN: arguments->in_text = value; return 0;
  case OPTION_MIDS: arguments->mids_file = value; return 0;
  case OPTION_MID: add_mid(all, value, state); return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
  {"from", OPTION_FROM, "WHEN", 0,
   "What was posted at or after: a date, or an instant such as 2026-11-24T09:30Z (UTC)", 1},
  {"to", OPTION_TO, "WHEN", 0, "To the end of this date, or before this instant", 1},
  {"quote", 'q', "QUOTE", 0, "Only the postings of this quote", 2},
  {"account", 'a', "NAME", 0, "Only this account: customer:shop, fee, position, revenue …", 2},
  {"currency", 'c', "CODE", 0, "Only this currency", 2},
  {"kind", OPTION_KIND, "KIND", 0, "Only sale, refund, settlement or hedge", 2},
  {"balances", 'b', NULL, 0, "The balances alone", 2},
  {"in", OPTION_IN, "CODE", 0, "pnl: the currency to value in (EUR)", 3},
  {"mid", OPTION_MID, "PAIR=RATE", 0, "pnl: value at this mid, and ask no engine; may be repeated",
   3},
  {"mids", OPTION_MIDS, "FILE", 0, "pnl: the same, from a file with a line for each: EURUSD 1.1252",
   3},
  {"format", 'f', "FORMAT", 0, "export: csv, json or beancount", 4},
  {0},
};

static const struct argp argp = {
  options, parse, "[pnl|verify|export]",
  "Shows what was posted, oldest first, and what it sums to by account and currency (+ is the "
  "holder's gain); `pnl` what it came to; `verify` proves the whole store; `export` writes it "
  "out."
  "\vProfit and loss: realised is the revenue, the fees, the spread between the client's rate and "
  "the market's, and what rounding left, as each sale posted them; a refund takes them back. "
  "Revaluation is the position: what each currency's open position is worth at mid now, hedges "
  "included, so the market's moves since the sales and what the hedges fixed of them. Balances "
  "are valued in one currency by one mid each, rounded half-even once, and the total is the sum "
  "of what is shown: the worth of all our own accounts. A currency without a mid is shown and "
  "not valued; the total is then incomplete, and the command ends with 1.\n\n"
  "Exports: csv (RFC 4180) and json (a transaction a line) have a posting's sign as here; "
  "beancount has the other, so that assets and income have their usual ones.\n\n"
  "Examples:\n"
  "  ratelock ledger --balances --to 2026-11-24T12:00Z\n"
  "  ratelock ledger --account position --currency EUR --from 2026-11-01\n"
  "  ratelock ledger --quote 01J9Z0K7W5QX3V8B2N4M6R1T0Y\n"
  "  ratelock ledger pnl --in EUR\n"
  "  ratelock ledger pnl --mid EURUSD=1.1252 --mid USDJPY=150.12\n"
  "  ratelock ledger export --format beancount > 2026.beancount\n"
  "  ratelock ledger verify\n",
  rl_cli_children, NULL, NULL,
};

/* --- what can be asked of what --- */

typedef struct part {
  const char *name; /* NULL: no word */
  rl_exit (*run)(const rl_ledger_arguments *arguments, rl_store *store);
  bool filters; /* looks at --quote, --account, --currency, --kind and --balances */
  bool period;  /* looks at --from and --to */
} part;

static const part parts[] = {
  {NULL, rl_ledger_show, true, true},
  {"pnl", rl_ledger_profit, false, true},
  {"export", rl_ledger_export, false, true},
  {"verify", rl_ledger_verify, false, false},
};

static const part *find_part(const rl_cli *cli)
{
  for (size_t i = 1; cli->word_count == 1 && i < sizeof parts / sizeof parts[0]; i++) {
    if (strcmp(cli->words[0], parts[i].name) == 0)
      return &parts[i];
  }
  return cli->word_count == 0 ? &parts[0] : NULL;
}

/* The first option given that the part would not look at; NULL if there is none. */
static const char *idle_option(const part *of, const rl_ledger_arguments *arguments)
{
  bool profit = of->run == rl_ledger_profit, export = of->run == rl_ledger_export;
  const struct {
    const char *name;
    bool idle;
  } all[] = {
    {"quote", arguments->quote_text && !of->filters},
    {"account", arguments->account && !of->filters},
    {"currency", arguments->currency_text && !of->filters},
    {"kind", arguments->kind_text && !of->filters},
    {"balances", arguments->balances_only && !of->filters},
    {"from", arguments->from_text && !of->period},
    {"to", arguments->to_text && !of->period},
    {"in", arguments->in_text && !profit},
    {"mid", arguments->mid_count > 0 && !profit},
    {"mids", arguments->mids_file && !profit},
    {"format", arguments->format_text && !export},
  };
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    if (all[i].idle)
      return all[i].name;
  }
  return NULL;
}

rl_exit rl_ledger_fail_walk(rl_status status, const rl_error *error)
{
  char text[1024];
  rl_error_format(error, text, sizeof text);
  return rl_cli_fail(RL_EXIT_REFUSED, "%s", text[0] ? text : rl_status_text(status));
}

rl_exit rl_command_ledger(rl_cli *cli, int argc, char **argv)
{
  parsing all = {.arguments = {.cli = cli}};
  all.arguments.mid_texts = all.mids;
  cli->word_max = 1;
  argp_parse(&argp, argc, argv, 0, NULL, &all);
  const part *asked = find_part(cli);
  if (!asked)
    return rl_cli_fail(RL_EXIT_USAGE, "%s: expected pnl, verify, export or nothing",
                       cli->words[0]);
  const char *idle = idle_option(asked, &all.arguments);
  if (idle)
    return rl_cli_fail(RL_EXIT_USAGE, "--%s says nothing to `ratelock ledger%s%s`", idle,
                       asked->name ? " " : "", asked->name ? asked->name : "");
  if (!rl_ledger_take_filters(&all.arguments))
    return RL_EXIT_USAGE;
  rl_store *store;
  cli->every_page = asked->run == rl_ledger_verify;
  rl_exit code = rl_cli_open_store(cli, &store);
  if (code != RL_EXIT_DONE)
    return code;
  code = rl_ledger_check_period(&all.arguments, store);
  if (code == RL_EXIT_DONE)
    code = asked->run(&all.arguments, store);
  rl_store_close(store);
  return code;
}
