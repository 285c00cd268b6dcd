/* `ratelock halt`, `resume` and `halts`: pairs that give no price, and who said so. The first two
 * ask the engine, and so does the list of what is halted now, which knows of breakers, too; the
 * list of all that was ever done by hand is read from the store. */
#include "cli.h"

#include "table.h"
#include "wire/entry.h"
#include "wire/reply.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- halt and resume --- */

typedef struct halt_arguments {
  rl_cli *cli;
  rl_request request;
  const char *key;
} halt_arguments;

static void take_reason(halt_arguments *arguments, const char *text, struct argp_state *state)
{
  size_t length = strlen(text);
  bool good = length >= 1 && length <= RL_REASON_MAX;
  for (size_t i = 0; i < length; i++)
    good = good && text[i] >= ' ' && text[i] <= '~';
  if (!good)
    argp_error(state, "--reason: expected 1 to %d printable characters", RL_REASON_MAX);
  memcpy(arguments->request.revoke.reason, text, length + 1);
}

static error_t parse(int option, char *value, struct argp_state *state)
{
  halt_arguments *arguments = state->input;
  switch (option) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case 'r': take_reason(arguments, value, state); return 0;
  case 'k': arguments->key = value; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
  {"reason", 'r', "TEXT", 0, "Why: whoever asks for a price, or for the record, is told", 1},
  {"key", 'k', "KEY", 0, "Idempotency key (else a random one)", 1},
  {0},
};

static const struct argp halt_argp = {
  options, parse, "PAIR",
  "Halts a pair, durably: it gives no price, alone or as a leg of a cross, until it is resumed, "
  "and a restart changes nothing. Quotes that are locked already can be accepted as before; "
  "`ratelock revoke` takes those back. For operators."
  "\vExamples:\n"
  "  ratelock halt EURCHF --reason \"the central bank speaks\"\n"
  "  ratelock halt EUR/CHF --reason \"the central bank speaks\" --key snb-1\n",
  rl_cli_children, NULL, NULL,
};

static const struct argp resume_argp = {
  options, parse, "PAIR",
  "Lets a pair go that was halted by hand or by its breaker: the price it stands at is taken as "
  "given from then on. For operators."
  "\vExamples:\n"
  "  ratelock resume EURCHF --reason \"the new level is real\"\n",
  rl_cli_children, NULL, NULL,
};

static bool take_pair(const char *text, rl_currency out[2])
{
  size_t length = strlen(text);
  char codes[2][4] = {"", ""};
  if (length != 6 && !(length == 7 && text[3] == '/')) {
    rl_cli_fail(RL_EXIT_USAGE, "%s: expected a pair, such as EURUSD or EUR/USD", text);
    return false;
  }
  memcpy(codes[0], text, 3);
  memcpy(codes[1], text + length - 3, 3);
  if (!rl_cli_take_currency(codes[0], &out[0]) || !rl_cli_take_currency(codes[1], &out[1]))
    return false;
  if (!rl_currency_equal(out[0], out[1]))
    return true;
  rl_cli_fail(RL_EXIT_USAGE, "%s: the same currency twice", text);
  return false;
}

static void print_done(rl_view answer, bool halts)
{
  char at[RL_UTC_TEXT_SIZE];
  rl_utc_format((rl_utc){rl_view_i64(rl_view_get(answer, "at"))}, at);
  rl_print_styled(stdout, RL_STYLE_GOOD, halts ? "halted" : "resumed");
  printf(" %s at %s by %s: %s\n\n", rl_view_text(rl_view_get(answer, "pair")).text, at,
         rl_view_text(rl_view_get(answer, "operator")).text,
         rl_view_text(rl_view_get(answer, "reason")).text);
  printf("  number  %" PRId64 "\n", rl_view_i64(rl_view_get(answer, "halt")));
  printf("  key     %s\n", rl_view_text(rl_view_get(answer, "key")).text);
}

static rl_exit ask(rl_cli *cli, rl_request_kind kind, const struct argp *argp, int argc,
                   char **argv)
{
  halt_arguments arguments = {.cli = cli, .request.kind = kind};
  rl_revoke_request *stated = &arguments.request.revoke;
  cli->word_min = cli->word_max = 1;
  argp_parse(argp, argc, argv, 0, NULL, &arguments);
  rl_view answer;
  if (!take_pair(cli->words[0], stated->pair))
    return RL_EXIT_USAGE;
  if (!stated->reason[0])
    return rl_cli_fail(RL_EXIT_USAGE, "--reason: say why");
  if (!rl_cli_take_key(arguments.key, arguments.request.key))
    return RL_EXIT_USAGE;
  stated->has_pair = true;
  rl_exit code = rl_cli_ask(cli, &arguments.request, &answer);
  if (code == RL_EXIT_DONE && !cli->json)
    print_done(answer, kind == RL_REQUEST_HALT);
  return code;
}

rl_exit rl_command_halt(rl_cli *cli, int argc, char **argv)
{
  return ask(cli, RL_REQUEST_HALT, &halt_argp, argc, argv);
}

rl_exit rl_command_resume(rl_cli *cli, int argc, char **argv)
{
  return ask(cli, RL_REQUEST_RESUME, &resume_argp, argc, argv);
}

/* --- what is halted now --- */

static void add_level(rl_table *table, rl_view level)
{
  rl_table_cell(table, RL_STYLE_PLAIN, "%s",
                rl_view_given(level) ? rl_view_text(level).text : "");
}

static void add_halted(rl_table *table, rl_view row)
{
  char since[RL_UTC_TEXT_SIZE];
  rl_utc_format((rl_utc){rl_view_i64(rl_view_get(row, "since"))}, since);
  rl_view by = rl_view_get(row, "operator");
  rl_table_cell(table, RL_STYLE_STRONG, "%s", rl_view_text(rl_view_get(row, "pair")).text);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", since);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s",
                rl_view_given(by) ? rl_view_text(by).text : "its breaker");
  add_level(table, rl_view_get(row, "from"));
  add_level(table, rl_view_get(row, "to"));
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", rl_view_text(rl_view_get(row, "reason")).text);
}

static rl_exit show_halted(rl_cli *cli)
{
  static const rl_column columns[] = {
    {"pair", RL_ALIGN_LEFT},  {"since", RL_ALIGN_LEFT}, {"by", RL_ALIGN_LEFT},
    {"from", RL_ALIGN_POINT}, {"to", RL_ALIGN_POINT},   {"reason", RL_ALIGN_LEFT}};
  const rl_request request = {.kind = RL_REQUEST_HALTS};
  rl_view answer;
  rl_exit code = rl_cli_ask(cli, &request, &answer);
  if (code != RL_EXIT_DONE || cli->json)
    return code;
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  rl_view rows = rl_view_get(answer, "halts");
  bool any = false;
  for (rl_view rest = rows, row; rl_view_next(rows, &rest, &row); any = true)
    add_halted(&table, row);
  if (any)
    rl_table_print(&table, stdout, 0);
  else
    printf("no pair is halted\n");
  return code;
}

/* --- all that was ever done by hand --- */

typedef struct history {
  bool json;
  bool any;
  rl_table *table;
} history;

static bool show_row(const rl_halt *halt, void *context)
{
  history *it = context;
  if (it->json) {
    uint8_t bytes[1024];
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    rl_pack_map(&writer, RL_HALT_ENTRIES);
    rl_pack_halt(&writer, halt);
    rl_cli_print_item(&writer, !it->any);
  } else {
    char at[RL_UTC_TEXT_SIZE];
    rl_utc_format((rl_utc){halt->at_utc_ms}, at);
    rl_table_cell(it->table, RL_STYLE_PLAIN, "%" PRIu64, halt->number);
    rl_table_cell(it->table, RL_STYLE_PLAIN, "%s", at);
    rl_table_cell(it->table, halt->halts ? RL_STYLE_BAD : RL_STYLE_GOOD, "%s",
                  halt->halts ? "halt" : "resume");
    rl_table_cell(it->table, RL_STYLE_STRONG, "%s%s", rl_currency_code(halt->base),
                  rl_currency_code(halt->quote));
    rl_table_cell(it->table, RL_STYLE_PLAIN, "%s", halt->by);
    rl_table_cell(it->table, RL_STYLE_PLAIN, "%s", halt->key);
    rl_table_cell(it->table, RL_STYLE_PLAIN, "%s", halt->reason);
  }
  it->any = true;
  return true;
}

static rl_status show_rows(rl_store *store, history *it, rl_error *error)
{
  static const rl_column columns[] = {
    {"no", RL_ALIGN_RIGHT}, {"at", RL_ALIGN_LEFT}, {"", RL_ALIGN_LEFT},
    {"pair", RL_ALIGN_LEFT}, {"by", RL_ALIGN_LEFT}, {"key", RL_ALIGN_LEFT},
    {"reason", RL_ALIGN_LEFT}};
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  it->table = &table;
  if (it->json)
    printf("[");
  rl_status status = rl_store_each_halt(store, 1, show_row, it, error);
  if (it->json)
    printf("%s]\n", it->any ? "\n" : "");
  else if (it->any)
    rl_table_print(&table, stdout, 0);
  else if (status == RL_OK)
    printf("no pair was ever halted by hand\n");
  return status;
}

static rl_exit show_all(const rl_cli *cli)
{
  rl_store *store;
  rl_error error = {0};
  history it = {.json = cli->json};
  rl_exit code = rl_cli_open_store(cli, &store);
  if (code != RL_EXIT_DONE)
    return code;
  rl_status status = show_rows(store, &it, &error);
  rl_store_close(store);
  return status == RL_OK ? RL_EXIT_DONE : rl_cli_fail_store(status, &error);
}

typedef struct halts_arguments {
  rl_cli *cli;
  bool all;
} halts_arguments;

static error_t parse_halts(int option, char *value, struct argp_state *state)
{
  halts_arguments *arguments = state->input;
  (void)value;
  switch (option) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case 'a': arguments->all = true; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option halts_options[] = {
  {"all", 'a', NULL, 0, "All halts and resumes by hand there ever were, from the store", 1},
  {0},
};

static const struct argp halts_argp = {
  halts_options, parse_halts, "",
  "Shows which pairs are halted, since when, by whom or by their breaker, and why."
  "\vExamples:\n"
  "  ratelock halts\n"
  "  ratelock halts --all\n"
  "  ratelock halts --json\n",
  rl_cli_children, NULL, NULL,
};

rl_exit rl_command_halts(rl_cli *cli, int argc, char **argv)
{
  halts_arguments arguments = {.cli = cli};
  argp_parse(&halts_argp, argc, argv, 0, NULL, &arguments);
  return arguments.all ? show_all(cli) : show_halted(cli);
}
