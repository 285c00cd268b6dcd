/* `ratelock`: the command line of a ratelock engine, for treasury, traders and scripts. */
#include "cli.h"

#include "crypto/crypto.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

typedef struct command_entry {
  const char *name;
  rl_command run;
  const char *arguments;
  const char *purpose;
} command_entry;

static const command_entry entries[] = {
  {"spreads", rl_command_spreads, "[PAIR…] [--watch | --at TIME]",
   "the board: every pair's price now, or as it was"},
  {"triangles", rl_command_triangles, "", "what trips round three markets earn"},
  {"history", rl_command_history, "PAIR [--bars 1m]", "what a price did: a chart, its figures"},
  {"sources", rl_command_sources, "[PAIR]", "the feeds, and what they last said"},
  {"quote", rl_command_quote, "FROM TO AMOUNT", "lock a price"},
  {"two-way", rl_command_two_way, "BASE QUOTE AMOUNT", "lock both sides of a pair"},
  {"matrix", rl_command_matrix, "TO AMOUNT FROM…", "what an amount costs in many currencies"},
  {"accept", rl_command_accept, "QUOTE|TOKEN", "accept a locked quote, once"},
  {"cancel", rl_command_cancel, "QUOTE|TOKEN", "give a locked quote back"},
  {"revoke", rl_command_revoke, "[FILTER…] --reason TEXT", "take open quotes back"},
  {"revocations", rl_command_revocations, "", "what was taken back, by whom and why"},
  {"halt", rl_command_halt, "PAIR --reason TEXT", "no price for a pair from now on"},
  {"resume", rl_command_resume, "PAIR --reason TEXT", "let a halted pair go"},
  {"halts", rl_command_halts, "[--all]", "halted pairs: by whom or what, and why"},
  {"show", rl_command_show, "QUOTE|TOKEN", "a quote as it stands"},
  {"explain", rl_command_explain, "QUOTE|TOKEN", "recompute a quote from its record"},
  {"exposure", rl_command_exposure, "[--client NAME] [--pair PAIR]",
   "open quotes against their caps"},
  {"ledger", rl_command_ledger, "[pnl|verify|export]", "postings, balances, profit; their proof"},
  {"post", rl_command_post, "settlement|hedge|refund", "a movement into the ledger, once"},
  {"reconcile", rl_command_reconcile, "STATEMENT", "a bank's statement against the ledger"},
  {"export", rl_command_export, "[--out FILE] [--let-go]",
   "records of an interval, before they go"},
  {"key", rl_command_key, "[list | new | rotate]", "the keys that seal quotes"},
  {"tariff", rl_command_tariff, "show | check | diff | replay | reload",
   "the prices' rules: in force, in a file"},
  {"replay", rl_command_replay, "[--from TIME] [--to TIME]",
   "rebuild the recorded market, and compare"},
  {"ping", rl_command_ping, "[--ready TIME]", "who answers, and whether it can quote"},
  {"stats", rl_command_stats, "", "what the engine has done"},
};
#define ENTRY_COUNT (sizeof entries / sizeof entries[0])

static void print_help(FILE *file)
{
  static const rl_column columns[] = {
    {"", RL_ALIGN_LEFT}, {"", RL_ALIGN_LEFT}, {"", RL_ALIGN_LEFT}};
  fprintf(file, "Usage: ratelock COMMAND [OPTION…]\n"
          "Real-time pricing and FX quotes: asks the engine `ratelockd`, reads its store.\n\n");
  rl_table table = rl_table_of(columns, 3);
  for (size_t i = 0; i < ENTRY_COUNT; i++) {
    rl_table_cell(&table, RL_STYLE_STRONG, "%s", entries[i].name);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", entries[i].arguments);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", entries[i].purpose);
  }
  rl_table_print(&table, file, 2);
  fprintf(file,
          "\nEvery command takes --json, --url URL (or $RATELOCK_URL), --data DIR (or "
          "$RATELOCK_DATA)\nand --help, which shows examples.\n"
          "Ends with 0 when done, 1 when refused, 2 when misused, 3 when no engine is there.\n");
}

static const command_entry *find_entry(const char *name)
{
  for (size_t i = 0; i < ENTRY_COUNT; i++) {
    if (strcmp(entries[i].name, name) == 0)
      return &entries[i];
  }
  return NULL;
}

static rl_exit run_entry(const command_entry *entry, int argc, char **argv)
{
  char name[32];
  snprintf(name, sizeof name, "ratelock %s", entry->name);
  argv[0] = name;
  /* argp names the program in its messages by this. */
  program_invocation_short_name = program_invocation_name = name;
  rl_cli cli = {0};
  rl_exit code = entry->run(&cli, argc, argv);
  rl_cli_close(&cli);
  return code;
}

/* Answers that never reached the reader are not done. */
static rl_exit finish_output(rl_exit code)
{
  if (fflush(stdout) != 0 || ferror(stdout))
    return rl_cli_fail(RL_EXIT_REFUSED, "cannot write to standard output");
  return code;
}

int main(int argc, char **argv)
{
  argp_err_exit_status = RL_EXIT_USAGE;
  argp_program_version = "ratelock " RL_VERSION;
  if (argc < 2) {
    print_help(stderr);
    return RL_EXIT_USAGE;
  }
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
      strcmp(argv[1], "help") == 0) {
    print_help(stdout);
    return finish_output(RL_EXIT_DONE);
  }
  if (strcmp(argv[1], "--version") == 0) {
    puts(argp_program_version);
    return finish_output(RL_EXIT_DONE);
  }
  const command_entry *entry = find_entry(argv[1]);
  if (!entry)
    return rl_cli_fail(RL_EXIT_USAGE, "no command %s; `ratelock --help` lists them", argv[1]);
  if (rl_crypto_init() != RL_OK)
    return rl_cli_fail(RL_EXIT_REFUSED, "the kernel gives no random numbers");
  return finish_output(run_entry(entry, argc - 1, argv + 1));
}
