/* `ratelock reconcile`: a bank's statement against the settlements of the ledger. Reads the data
 * directory; an engine may run there meanwhile and is not disturbed. */
#include "reconcile.h"

#include "cli.h"
#include "paths/paths.h"
#include "reconcile/forms.h"

#include <stdlib.h>
#include <string.h>

enum {
  OPTION_TOLERANCE_MINOR = 0x2000,
  OPTION_TOLERANCE_DAYS,
  OPTION_FROM,
  OPTION_TO,
  OPTION_OF,
  OPTION_ALL,
  OPTION_FORMAT,
  OPTION_COLUMNS,
  OPTION_CURRENCY,
  OPTION_SEPARATOR,
  OPTION_DECIMAL,
  OPTION_DATE_FORMAT,
  OPTION_SKIP,
};

typedef struct reconcile_arguments {
  rl_cli *cli;
  const char *account;
  const char *of;
  const char *columns;
  const char *currency;
  rl_statement_format format;
  rl_csv_form csv;
  rl_reconcile_options options;
  bool has_from;
  bool has_to;
  bool all;
} reconcile_arguments;

/* --- what people type --- */

static long take_number(struct argp_state *state, const char *option, const char *text, long most)
{
  char *end;
  errno = 0;
  long value = strtol(text, &end, 10);
  if (errno != 0 || end == text || *end != '\0' || value < 0 || value > most)
    argp_error(state, "--%s %s: expected 0 to %ld", option, text, most);
  return value;
}

static rl_date take_date(struct argp_state *state, const char *option, const char *text)
{
  rl_date date = {0};
  if (rl_date_parse(text, strlen(text), &date) != RL_OK)
    argp_error(state, "--%s %s: expected a date such as 2024-03-12", option, text);
  return date;
}

static char take_letter(struct argp_state *state, const char *option, const char *text)
{
  if (strcmp(text, "tab") == 0)
    return '\t';
  if (strlen(text) != 1)
    argp_error(state, "--%s %s: expected one character, or tab", option, text);
  return text[0];
}

static void take_date_form(struct argp_state *state, rl_csv_form *form, const char *text)
{
  if (strlen(text) > RL_CSV_NAME_MAX || !rl_date_form_is_valid(text))
    argp_error(state, "--date-format %s: expected YYYY or YY, MM and DD, each once, such as "
               "DD.MM.YYYY", text);
  snprintf(form->date_form, sizeof form->date_form, "%s", text);
}

static void take_format(struct argp_state *state, reconcile_arguments *arguments, const char *text)
{
  arguments->format = rl_statement_format_find(text);
  if (arguments->format == RL_FORMAT_UNKNOWN)
    argp_error(state, "--format %s: expected camt053, mt940 or csv", text);
}

static error_t parse_csv(int option, char *value, struct argp_state *state)
{
  reconcile_arguments *arguments = state->input;
  rl_csv_form *csv = &arguments->csv;
  switch (option) {
  case OPTION_COLUMNS: arguments->columns = value; return 0;
  case OPTION_CURRENCY: arguments->currency = value; return 0;
  case OPTION_SEPARATOR: csv->separator = take_letter(state, "separator", value); return 0;
  case OPTION_DECIMAL: csv->point = take_letter(state, "decimal", value); return 0;
  case OPTION_DATE_FORMAT: take_date_form(state, csv, value); return 0;
  case OPTION_SKIP: csv->skipped = (unsigned)take_number(state, "skip", value, 1000); return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static error_t parse(int option, char *value, struct argp_state *state)
{
  reconcile_arguments *arguments = state->input;
  rl_reconcile_options *options = &arguments->options;
  switch (option) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case 'a': arguments->account = value; return 0;
  case OPTION_OF: arguments->of = value; return 0;
  case OPTION_ALL: arguments->all = true; return 0;
  case OPTION_FORMAT: take_format(state, arguments, value); return 0;
  case OPTION_TOLERANCE_MINOR:
    options->tolerance_minor = take_number(state, "tolerance-minor", value, RL_TOLERANCE_MINOR_MAX);
    return 0;
  case OPTION_TOLERANCE_DAYS:
    options->tolerance_days =
      (int32_t)take_number(state, "tolerance-days", value, RL_TOLERANCE_DAYS_MAX);
    return 0;
  case OPTION_FROM:
    options->from = take_date(state, "from", value);
    arguments->has_from = true;
    return 0;
  case OPTION_TO:
    options->to = take_date(state, "to", value);
    arguments->has_to = true;
    return 0;
  default: return parse_csv(option, value, state);
  }
}

static const struct argp_option options[] = {
  {"account", 'a', "NAME", 0, "The ledger's account settlement:NAME (else the statement's account "
   "number)", 1},
  {"of", OPTION_OF, "NUMBER", 0, "Only the file's statements of this account", 1},
  {"tolerance-minor", OPTION_TOLERANCE_MINOR, "N", 0, "Amounts may differ by so many minor units "
   "(0)", 1},
  {"tolerance-days", OPTION_TOLERANCE_DAYS, "N", 0, "Value dates may differ by so many days "
   "(0)", 1},
  {"from", OPTION_FROM, "DATE", 0, "First day that must be complete on both sides (else the "
   "statement's)", 1},
  {"to", OPTION_TO, "DATE", 0, "Last such day", 1},
  {"all", OPTION_ALL, NULL, 0, "Show what is matched, too", 1},
  {"format", OPTION_FORMAT, "NAME", 0, "camt053, mt940 or csv (else recognised)", 2},
  {"columns", OPTION_COLUMNS, "LIST", 0, "CSV: FIELD=NUMBER or FIELD=TITLE, of date, booked, "
   "amount (or debit and credit), currency, reference", 2},
  {"currency", OPTION_CURRENCY, "CODE", 0, "CSV: of all rows, where no column has it", 2},
  {"separator", OPTION_SEPARATOR, "C", 0, "CSV: between fields, or tab (,)", 2},
  {"decimal", OPTION_DECIMAL, "C", 0, "CSV: before decimals (.)", 2},
  {"date-format", OPTION_DATE_FORMAT, "FORM", 0, "CSV: such as DD.MM.YYYY (YYYY-MM-DD)", 2},
  {"skip", OPTION_SKIP, "N", 0, "CSV: lines before the titles or the first row (0)", 2},
  {0},
};

static const struct argp argp = {
  options, parse, "STATEMENT",
  "Matches a bank's statement (camt.053, MT940, or CSV with declared columns) against the "
  "settlements in the ledger: by common references first, then by amount and value date, one to "
  "one, one to many and many to one. Shows what is open, and totals of both sides that add up. "
  "Ends with 0 when all is matched, 1 when anything is open or the statement is refused."
  "\vExamples:\n"
  "  ratelock reconcile today.xml\n"
  "  ratelock reconcile march.sta --account main --tolerance-days 2\n"
  "  ratelock reconcile bank.csv --account main \\\n"
  "    --columns date=1,amount=3,currency=4,reference=5\n"
  "  ratelock reconcile bank.csv --account main \\\n"
  "    --columns 'date=Datum,amount=Betrag' \\\n"
  "    --currency EUR --separator ';' --decimal , --date-format DD.MM.YYYY\n",
  rl_cli_children, NULL, NULL,
};

static rl_exit fail(rl_exit code, const rl_error *error, rl_status status)
{
  char text[1024];
  rl_error_format(error, text, sizeof text);
  return rl_cli_fail(code, "%s", text[0] ? text : rl_status_text(status));
}

static rl_exit declare_csv(reconcile_arguments *arguments)
{
  rl_error error = {0};
  if (arguments->currency &&
      !rl_cli_take_currency(arguments->currency, &arguments->csv.currency))
    return RL_EXIT_USAGE;
  if (!arguments->columns && arguments->format == RL_FORMAT_CSV)
    return rl_cli_fail(RL_EXIT_USAGE, "--format csv: declare its columns with --columns");
  if (!arguments->columns)
    return RL_EXIT_DONE;
  if (arguments->format != RL_FORMAT_UNKNOWN && arguments->format != RL_FORMAT_CSV)
    return rl_cli_fail(RL_EXIT_USAGE, "--columns are of CSV, and --format is not");
  if (rl_csv_columns_parse(arguments->columns, &arguments->csv, &error) != RL_OK ||
      rl_csv_form_check(&arguments->csv, &error) != RL_OK)
    return rl_cli_fail(RL_EXIT_USAGE, "--columns: %s", error.text);
  return RL_EXIT_DONE;
}

/* --- the statement's side --- */

static rl_exit read_statements(const reconcile_arguments *arguments, const char *file,
                               rl_statements *out)
{
  char *bytes;
  size_t size;
  rl_error error = {0};
  rl_status status = rl_file_read(file, RL_STATEMENT_SIZE_MAX, &bytes, &size, &error);
  if (status != RL_OK)
    return fail(RL_EXIT_REFUSED, &error, status);
  status = rl_statements_read(bytes, size, file, arguments->format,
                              arguments->columns ? &arguments->csv : NULL, out, &error);
  free(bytes);
  return status == RL_OK ? RL_EXIT_DONE : fail(RL_EXIT_REFUSED, &error, status);
}

/* Sets *account to the one account of the statements wanted. */
static rl_exit find_bank_account(const reconcile_arguments *arguments,
                                 const rl_statements *statements, const char **account)
{
  *account = NULL;
  for (uint32_t i = 0; i < statements->count; i++) {
    const char *name = statements->statements[i].account;
    if (arguments->of && strcmp(arguments->of, name) != 0)
      continue;
    if (*account && strcmp(*account, name) != 0)
      return rl_cli_fail(RL_EXIT_USAGE, "statements of several accounts, %s and %s: choose with "
                         "--of NUMBER", *account, name);
    *account = name;
  }
  if (!*account)
    return rl_cli_fail(RL_EXIT_USAGE, "--of %s: no statement of this account, the first is of %s",
                       arguments->of, statements->statements[0].account);
  return RL_EXIT_DONE;
}

static rl_status copy_item(const rl_items *from, const rl_item *item, rl_items *to)
{
  rl_status status = rl_items_add(to, item);
  for (uint32_t i = 0; i < item->reference_count && status == RL_OK; i++) {
    const char *text = rl_items_reference(from, item, i);
    status = rl_items_refer(to, text, strlen(text));
  }
  return status;
}

/* The movements on the account's statements, and the days that these cover. */
static rl_status take_account(const rl_statements *statements, const char *account,
                              reconcile_arguments *arguments, rl_items *out)
{
  rl_reconcile_options *wanted = &arguments->options;
  rl_date from = RL_DATE_MAX, to = RL_DATE_MIN;
  rl_status status = RL_OK;
  for (uint32_t i = 0; i < statements->count; i++) {
    const rl_statement *statement = &statements->statements[i];
    if (strcmp(statement->account, account) != 0)
      continue;
    from = statement->from.day < from.day ? statement->from : from;
    to = statement->to.day > to.day ? statement->to : to;
  }
  for (uint32_t i = 0; i < statements->items.count && status == RL_OK; i++) {
    const rl_item *item = &statements->items.items[i];
    if (strcmp(statements->statements[item->statement].account, account) == 0)
      status = copy_item(&statements->items, item, out);
  }
  wanted->from = arguments->has_from ? wanted->from : from;
  wanted->to = arguments->has_to ? wanted->to : to;
  return status;
}

/* --- the ledger's side --- */

typedef struct ledger_walk {
  rl_ledger_side side;
  rl_status status;
} ledger_walk;

static bool visit(uint64_t number, const rl_transaction *transaction, void *context)
{
  ledger_walk *walk = context;
  walk->status = rl_ledger_side_take(&walk->side, number, transaction);
  return walk->status == RL_OK;
}

static rl_exit fail_account(const rl_ledger_side *side)
{
  char names[RL_LEDGER_ACCOUNTS_MAX * (RL_CLIENT_NAME_MAX + 3)] = "";
  uint32_t shown = side->account_count < RL_LEDGER_ACCOUNTS_MAX ? side->account_count
                                                                 : RL_LEDGER_ACCOUNTS_MAX;
  for (uint32_t i = 0, used = 0; i < shown; i++)
    used += (uint32_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                               side->accounts[i]);
  if (side->account_count == 0)
    return rl_cli_fail(RL_EXIT_USAGE, "no settlement has been posted on any account");
  return rl_cli_fail(RL_EXIT_USAGE, "no account settlement:%s in the ledger, which has %s%s: "
                     "choose with --account NAME", side->account, names,
                     side->account_count > shown ? " and more" : "");
}

static rl_exit read_ledger(const reconcile_arguments *arguments, rl_ledger_side *out)
{
  ledger_walk walk = {.side = *out};
  rl_store *store;
  rl_error error = {0};
  rl_exit code = rl_cli_open_store(arguments->cli, &store);
  if (code != RL_EXIT_DONE)
    return code;
  rl_status status = rl_store_each_transaction(store, 1, visit, &walk, &error);
  rl_store_close(store);
  *out = walk.side;
  if (status != RL_OK)
    return fail(RL_EXIT_REFUSED, &error, status);
  if (walk.status == RL_OUT_OF_RANGE)
    return rl_cli_fail(RL_EXIT_REFUSED, "more than %u settlements in the period: narrow it "
                       "with --from and --to", RL_ITEMS_MAX);
  if (walk.status != RL_OK)
    return rl_cli_fail(RL_EXIT_REFUSED, "%s", rl_status_text(walk.status));
  return out->account_found ? RL_EXIT_DONE : fail_account(out);
}

static rl_ledger_side ledger_side_of(const reconcile_arguments *arguments, const char *account)
{
  const rl_reconcile_options *wanted = &arguments->options;
  int32_t margin = wanted->tolerance_days > RL_LEDGER_MARGIN_DAYS ? wanted->tolerance_days
                                                                  : RL_LEDGER_MARGIN_DAYS;
  return (rl_ledger_side){
    .account = account,
    .from = {wanted->from.day - margin},
    .to = {wanted->to.day + margin},
  };
}

/* --- both --- */

static rl_exit match_and_show(const reconcile_arguments *arguments, rl_reconcile_page *page)
{
  rl_reconciliation result;
  rl_status status = rl_reconcile(page->items[RL_OF_STATEMENT], page->items[RL_OF_LEDGER],
                                  &arguments->options, &result);
  if (status == RL_OUT_OF_RANGE)
    return rl_cli_fail(RL_EXIT_REFUSED, "within these tolerances too many movements may be the "
                       "same: lower them, or narrow the period with --from and --to");
  if (status != RL_OK)
    return rl_cli_fail(RL_EXIT_REFUSED, "%s", rl_status_text(status));
  page->result = &result;
  page->options = arguments->options;
  if (arguments->cli->json)
    rl_reconcile_print_json(page);
  else
    rl_reconcile_print(page);
  rl_exit code = result.open > 0 ? RL_EXIT_REFUSED : RL_EXIT_DONE;
  rl_reconciliation_free(&result);
  return code;
}

static rl_exit reconcile(reconcile_arguments *arguments, const char *file,
                         const rl_statements *statements)
{
  rl_reconcile_page page = {
    .file = file, .format = statements->format, .statements = statements, .all = arguments->all};
  rl_exit code = find_bank_account(arguments, statements, &page.bank_account);
  if (code != RL_EXIT_DONE)
    return code;
  page.account = arguments->account ? arguments->account : page.bank_account;
  rl_items items = {0};
  rl_status status = take_account(statements, page.bank_account, arguments, &items);
  rl_ledger_side ledger = ledger_side_of(arguments, page.account);
  if (status != RL_OK)
    code = rl_cli_fail(RL_EXIT_REFUSED, "%s", rl_status_text(status));
  else if (arguments->options.from.day > arguments->options.to.day)
    code = rl_cli_fail(RL_EXIT_USAGE, "the period ends before it begins");
  else
    code = read_ledger(arguments, &ledger);
  page.items[RL_OF_STATEMENT] = &items;
  page.items[RL_OF_LEDGER] = &ledger.items;
  if (code == RL_EXIT_DONE)
    code = match_and_show(arguments, &page);
  rl_items_free(&items);
  rl_items_free(&ledger.items);
  return code;
}

rl_exit rl_command_reconcile(rl_cli *cli, int argc, char **argv)
{
  reconcile_arguments arguments = {.cli = cli, .csv = rl_csv_form_default()};
  rl_statements statements;
  cli->word_min = cli->word_max = 1;
  argp_parse(&argp, argc, argv, 0, NULL, &arguments);
  rl_exit code = declare_csv(&arguments);
  if (code == RL_EXIT_DONE)
    code = read_statements(&arguments, cli->words[0], &statements);
  if (code != RL_EXIT_DONE)
    return code;
  code = reconcile(&arguments, cli->words[0], &statements);
  rl_statements_free(&statements);
  return code;
}
