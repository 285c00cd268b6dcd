/* `ratelock exposure`: what open quotes come to and what their caps leave, as the engine says it;
 * and beside it the open position of each currency, as the ledger in the data directory has it. */
#include "cli.h"

#include "balances.h"
#include "quote_print.h"
#include "table.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct exposure_arguments {
  rl_cli *cli;
  rl_request request;
} exposure_arguments;

static void take_client(exposure_arguments *arguments, const char *name, struct argp_state *state)
{
  size_t length = strlen(name);
  if (length < 1 || length > RL_CLIENT_NAME_MAX)
    argp_error(state, "--client %s: a name has 1 to %d bytes", name, RL_CLIENT_NAME_MAX);
  memcpy(arguments->request.client, name, length + 1);
}

static void take_pair(exposure_arguments *arguments, char *name, struct argp_state *state)
{
  rl_request *request = &arguments->request;
  if (request->pair_count == RL_REQUEST_PAIRS_MAX)
    argp_error(state, "--pair: at most %d are named", RL_REQUEST_PAIRS_MAX);
  if (strlen(name) > RL_CLI_PAIR_MAX)
    argp_error(state, "--pair %s: not a pair, such as EURUSD or EUR/USD", name);
  for (char *at = name; *at; at++)
    *at = (char)toupper((unsigned char)*at);
  request->pairs[request->pair_count].text = name;
  request->pairs[request->pair_count++].length = strlen(name);
}

static error_t parse(int option, char *value, struct argp_state *state)
{
  exposure_arguments *arguments = state->input;
  switch (option) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case 'c': take_client(arguments, value, state); return 0;
  case 'p': take_pair(arguments, value, state); return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
  {"client", 'c', "NAME", 0, "This client alone", 1},
  {"pair", 'p', "PAIR", 0, "This pair alone, in either order; may be repeated", 1},
  {0},
};

static const struct argp argp = {
  options, parse, "",
  "Shows how many quotes are open and what they are worth, by client and by pair, and how much of "
  "each cap is left; a client sees his own, an operator all. Beside it, unless a client or pair is "
  "named, the open position of each currency from the ledger of the data directory: + is long."
  "\vExamples:\n"
  "  ratelock exposure\n"
  "  ratelock exposure --client checkout\n"
  "  ratelock exposure --pair EURUSD --json\n",
  rl_cli_children, NULL, NULL,
};

/* --- positions --- */

typedef struct positions {
  bool known;                            /* there is a ledger here */
  bool moved[RL_CURRENCY_COUNT];         /* has any posting */
  rl_i128 minor[RL_CURRENCY_COUNT];
} positions;

static void add_posting(positions *sums, const rl_posting *account, rl_i128 minor)
{
  if (account->account != RL_ACCOUNT_POSITION)
    return;
  sums->moved[account->amount.currency.index] = true;
  sums->minor[account->amount.currency.index] += minor;
}

static bool add_postings(uint64_t number, const rl_transaction *transaction, void *context)
{
  positions *sums = context;
  (void)number;
  for (unsigned i = 0; i < transaction->posting_count; i++)
    add_posting(sums, &transaction->postings[i], transaction->postings[i].amount.minor);
  return true;
}

/* What was posted before and has been let go. */
static bool add_carried(const rl_carried *carried, void *context)
{
  add_posting(context, &carried->account, carried->minor);
  return true;
}

/* Where there is no ledger to read, as beside an engine of another machine, that is said; a ledger
 * that cannot be trusted is a failure. */
static rl_exit read_positions(const rl_cli *cli, positions *out)
{
  rl_store *store;
  rl_error error = {0};
  rl_exit code = rl_cli_open_store(cli, &store);
  if (code != RL_EXIT_DONE)
    return code == RL_EXIT_NO_ENGINE ? RL_EXIT_DONE : code;
  rl_status status = rl_store_each_carried(store, add_carried, out, &error);
  if (status == RL_OK)
    status = rl_store_each_transaction(store, 1, add_postings, out, &error);
  rl_store_close(store);
  out->known = status == RL_OK;
  return status == RL_OK ? RL_EXIT_DONE : rl_cli_fail_store(status, &error);
}

static void print_positions(const positions *sums)
{
  static const rl_column columns[] = {
    {"position", RL_ALIGN_LEFT}, {"open", RL_ALIGN_POINT}};
  rl_table table = rl_table_of(columns, 2);
  for (unsigned i = 1; i <= rl_currency_count(); i++) {
    rl_currency currency = {(uint8_t)i};
    char text[RL_SUM_TEXT_SIZE];
    if (!sums->moved[i])
      continue;
    rl_sum_format(sums->minor[i], currency, text);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", rl_currency_code(currency));
    rl_table_cell(&table, RL_STYLE_STRONG, "%s", text);
  }
  printf("\n");
  if (table.cell_count > 0)
    rl_table_print(&table, stdout, 0);
  else
    printf("%s\n", sums->known ? "no position is open"
                               : "positions are unknown: no ledger is here");
}

/* --- as a table --- */

static void amount_cell(rl_table *table, rl_style style, rl_view minor, const char *code)
{
  char text[RL_MONEY_TEXT_SIZE] = "";
  if (rl_view_given(minor))
    rl_money_format(rl_view_i64(minor), code, text);
  rl_table_cell(table, style, "%s", text);
}

static void number_cell(rl_table *table, rl_style style, rl_view number)
{
  if (rl_view_given(number))
    rl_table_cell(table, style, "%" PRId64, rl_view_i64(number));
  else
    rl_table_cell(table, style, "%s", "");
}

/* Nothing left of a cap is what one looks for. */
static rl_style style_of_left(rl_view left)
{
  return rl_view_given(left) && rl_view_i64(left) == 0 ? RL_STYLE_BAD : RL_STYLE_GOOD;
}

static void add_row(rl_table *table, rl_view row, const char *name, const char *code)
{
  rl_view unvalued = rl_view_get(row, "unvalued");
  rl_view locks_left = rl_view_get(row, "locks_left");
  rl_view notional_left = rl_view_get(row, "notional_left");
  rl_table_cell(table, RL_STYLE_STRONG, "%s", rl_view_text(rl_view_get(row, name)).text);
  number_cell(table, RL_STYLE_PLAIN, rl_view_get(row, "locks"));
  number_cell(table, RL_STYLE_FAINT, rl_view_get(row, "locks_cap"));
  number_cell(table, style_of_left(locks_left), locks_left);
  amount_cell(table, RL_STYLE_PLAIN, rl_view_get(row, "notional"), code);
  amount_cell(table, RL_STYLE_FAINT, rl_view_get(row, "notional_cap"), code);
  amount_cell(table, style_of_left(notional_left), notional_left, code);
  number_cell(table, RL_STYLE_BAD, rl_view_i64(unvalued) > 0 ? unvalued : (rl_view){0});
}

/* A row with its name, to be put in order. */
typedef struct named_row {
  rl_view row;
  const char *name; /* not NUL-terminated */
  size_t length;
} named_row;

static int compare_rows(const void *left, const void *right)
{
  const named_row *a = left, *b = right;
  size_t shorter = a->length < b->length ? a->length : b->length;
  int order = shorter > 0 ? memcmp(a->name, b->name, shorter) : 0;
  return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

static void print_rows(rl_view rows, const char *name, const char *code)
{
  const rl_column columns[] = {
    {name, RL_ALIGN_LEFT},      {"open", RL_ALIGN_RIGHT},  {"cap", RL_ALIGN_RIGHT},
    {"left", RL_ALIGN_RIGHT},   {code, RL_ALIGN_POINT},    {"cap", RL_ALIGN_POINT},
    {"left", RL_ALIGN_POINT},   {"unvalued", RL_ALIGN_RIGHT},
  };
  uint32_t count = rl_view_count(rows), used = 0;
  named_row *sorted = malloc((count + 1) * sizeof *sorted);
  RL_ASSERT(sorted != NULL);
  for (rl_view rest = rows, row; used < count && rl_view_next(rows, &rest, &row); used++) {
    sorted[used].row = row;
    sorted[used].name = rl_view_text_span(rl_view_get(row, name), &sorted[used].length);
  }
  qsort(sorted, used, sizeof *sorted, compare_rows);
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  for (uint32_t i = 0; i < used; i++)
    add_row(&table, sorted[i].row, name, code);
  free(sorted);
  printf("\n");
  rl_table_print(&table, stdout, 0);
}

static void print_head(rl_view answer, const char *code)
{
  char text[RL_MONEY_TEXT_SIZE];
  rl_view notional = rl_view_get(answer, "notional"), ticket = rl_view_get(answer, "ticket");
  if (rl_view_given(notional)) {
    rl_money_format(rl_view_i64(notional), code, text);
    printf("open quotes: %" PRId64 ", worth %s %s; accepted by token and never seen here: %" PRId64
           "\n", rl_view_i64(rl_view_get(answer, "locks")), text, code,
           rl_view_i64(rl_view_get(answer, "accepted_unseen")));
  }
  if (!rl_view_given(ticket)) {
    printf("one quote may be worth any amount\n");
    return;
  }
  rl_money_format(rl_view_i64(ticket), code, text);
  printf("one quote may be worth %s %s\n", text, code);
}

static void print_answer(rl_view answer)
{
  rl_view_string code = rl_view_text(rl_view_get(answer, "reporting"));
  rl_view clients = rl_view_get(answer, "clients"), pairs = rl_view_get(answer, "pairs");
  print_head(answer, code.text);
  if (rl_view_count(clients) > 0)
    print_rows(clients, "client", code.text);
  if (rl_view_count(pairs) > 0)
    print_rows(pairs, "pair", code.text);
}

/* --- as JSON --- */

#define POSITION_MAX 96 /* bytes of one */

static void pack_positions(rl_writer *writer, const positions *sums)
{
  uint32_t count = 0;
  for (unsigned i = 1; i <= rl_currency_count(); i++)
    count += sums->moved[i];
  rl_pack_array(writer, count);
  for (unsigned i = 1; i <= rl_currency_count(); i++) {
    rl_currency currency = {(uint8_t)i};
    char text[RL_SUM_TEXT_SIZE];
    if (!sums->moved[i])
      continue;
    rl_sum_format(sums->minor[i], currency, text);
    rl_pack_map(writer, 2);
    rl_pack_text(writer, "currency");
    rl_pack_text(writer, rl_currency_code(currency));
    rl_pack_text(writer, "value");
    rl_pack_text(writer, text);
  }
}

/* The engine's answer with one key more. */
static void print_json(rl_view answer, const positions *sums)
{
  size_t size = answer.size + 64 + RL_CURRENCY_COUNT * POSITION_MAX;
  uint8_t *bytes = malloc(size);
  RL_ASSERT(bytes != NULL);
  rl_writer writer = rl_writer_over(bytes, size);
  rl_view_string key;
  rl_pack_map(&writer, rl_view_count(answer) + 1);
  for (rl_view rest = answer, value; rl_view_next_entry(answer, &rest, &key, &value);) {
    rl_pack_text(&writer, key.text);
    rl_put_bytes(&writer, value.bytes, value.size);
  }
  rl_pack_text(&writer, "positions");
  if (sums->known)
    pack_positions(&writer, sums);
  else
    rl_pack_nil(&writer);
  RL_ASSERT(!writer.failed);
  rl_cli_print_json(rl_view_over(bytes, writer.used));
  free(bytes);
}

/* The engine's answer is printed when the positions are known, so that both are one JSON value. */
static rl_exit show_all(rl_cli *cli, const rl_request *request)
{
  bool json = cli->json;
  static positions sums;
  rl_view answer = {0};
  cli->json = false;
  rl_exit code = rl_cli_ask(cli, request, &answer);
  if (json && code == RL_EXIT_REFUSED)
    rl_cli_print_json(answer);
  if (code == RL_EXIT_DONE)
    code = read_positions(cli, &sums);
  if (code != RL_EXIT_DONE)
    return code;
  if (json) {
    print_json(answer, &sums);
  } else {
    print_answer(answer);
    print_positions(&sums);
  }
  return code;
}

rl_exit rl_command_exposure(rl_cli *cli, int argc, char **argv)
{
  exposure_arguments arguments = {.cli = cli, .request.kind = RL_REQUEST_EXPOSURE};
  argp_parse(&argp, argc, argv, 0, NULL, &arguments);
  const rl_request *request = &arguments.request;
  if (request->client[0] == '\0' && request->pair_count == 0)
    return show_all(cli, request);
  rl_view answer;
  rl_exit code = rl_cli_ask(cli, request, &answer);
  if (code == RL_EXIT_DONE && !cli->json)
    print_answer(answer);
  return code;
}
