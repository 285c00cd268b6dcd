/* `ratelock export`: what a store has of an interval, as a file that proves itself; on request the
 * engine is told afterwards that it may let go of it. Reads the data directory directly. */
#include "cli.h"

#include "export/export.h"
#include "table.h"
#include "paths/paths.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct export_arguments {
  rl_cli *cli;
  const char *from_text;
  const char *before_text;
  const char *out; /* NULL: standard output */
  const char *check;
  bool force;
  bool let_go;
  rl_export_interval interval;
} export_arguments;

enum { OPTION_FORCE = 256, OPTION_LET_GO, OPTION_CHECK, OPTION_FROM, OPTION_BEFORE };

static error_t parse(int key, char *value, struct argp_state *state)
{
  export_arguments *arguments = state->input;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case OPTION_FROM: arguments->from_text = value; return 0;
  case OPTION_BEFORE: arguments->before_text = value; return 0;
  case 'o': arguments->out = value; return 0;
  case OPTION_FORCE: arguments->force = true; return 0;
  case OPTION_LET_GO: arguments->let_go = true; return 0;
  case OPTION_CHECK: arguments->check = value; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
  {"from", OPTION_FROM, "WHEN", 0, "The first instant: a date, an instant, or an age in days such "
   "as 90d (default: where the exports that were let go ended)", 1},
  {"before", OPTION_BEFORE, "WHEN", 0, "The first instant that is not in it any more (default: the "
   "midnight by which everything is written, two days ago or a little more)", 1},
  {"out", 'o', "FILE", 0, "Write it there, whole and on disk or not at all (default: standard "
   "output)", 1},
  {"force", OPTION_FORCE, NULL, 0, "Write over FILE", 1},
  {"let-go", OPTION_LET_GO, NULL, 0, "Then tell the engine that it may let go of it when it is "
   "older than `ratelockd --keep`; needs --out", 1},
  {"check", OPTION_CHECK, "FILE", 0, "Prove an export instead: whole, unchanged, each record from "
   "its own bytes, each currency summing to zero", 1},
  {0},
};
static const struct argp argp = {
  options, parse, "",
  "Exports quotes with their evidence, how they ended, postings, revocations and tariffs of an "
  "interval of time: one JSON map a line, with a hash of all of it in the last."
  "\vExamples:\n"
  "  ratelock export --out 2026-11.jsonl --let-go\n"
  "  ratelock export --from 2026-11-01 --before 2026-12-01 >november.jsonl\n"
  "  ratelock export --check 2026-11.jsonl\n\n"
  "Each export begins where the one before it ended, so a chain of them has every record once. The "
  "same interval gives the same bytes.\n",
  rl_cli_children, NULL, NULL,
};

/* --- the interval --- */

static int64_t now_ms(void)
{
  rl_clock clock = rl_clock_system();
  return rl_clock_read(&clock).utc.ms;
}

static int64_t midnight_ms(int64_t ms)
{
  return ms - ms % (int64_t)RL_DAY_MS;
}

static bool take_age(const char *text, int64_t *out_ms)
{
  char *end;
  errno = 0;
  long days = strtol(text, &end, 10);
  if (end == text || strcmp(end, "d") != 0 || errno != 0 || days < 0 || days > RL_KEEP_DAYS_MAX)
    return false;
  *out_ms = midnight_ms(now_ms() - days * (int64_t)RL_DAY_MS);
  return true;
}

static bool take_when(const char *option, const char *text, int64_t *out_ms)
{
  rl_utc at;
  if (take_age(text, out_ms))
    return true;
  if (rl_utc_parse(text, strlen(text), &at) == RL_OK) {
    *out_ms = at.ms;
    return true;
  }
  rl_cli_fail(RL_EXIT_USAGE, "--%s %s: expected a date such as 2026-11-24, an instant such as "
              "2026-11-24T09:30Z, or an age such as 90d", option, text);
  return false;
}

static rl_exit take_interval(export_arguments *arguments)
{
  rl_export_interval *interval = &arguments->interval;
  interval->before_ms = midnight_ms(now_ms() - (int64_t)RL_SETTLED_MS);
  if ((arguments->from_text && !take_when("from", arguments->from_text, &interval->from_ms))
      || (arguments->before_text
          && !take_when("before", arguments->before_text, &interval->before_ms)))
    return RL_EXIT_USAGE;
  if (arguments->let_go && !arguments->out)
    return rl_cli_fail(RL_EXIT_USAGE, "--let-go: name a file with --out that has it then");
  return RL_EXIT_DONE;
}

/* What was let go cannot be exported again: the file that has it is the one to look at. */
static rl_exit settle_interval(export_arguments *arguments, const rl_store *store)
{
  rl_export_interval *interval = &arguments->interval;
  char text[RL_UTC_TEXT_SIZE];
  int64_t kept_ms = rl_store_kept_from(store);
  if (!arguments->from_text)
    interval->from_ms = rl_store_exported_before(store);
  rl_utc_format((rl_utc){interval->from_ms}, text);
  if (interval->before_ms < interval->from_ms)
    return rl_cli_fail(RL_EXIT_REFUSED, "it would end before it begins, at %s", text);
  if (!arguments->from_text || kept_ms == 0 || interval->from_ms >= kept_ms + RL_END_LATEST_MS)
    return RL_EXIT_DONE;
  rl_utc_format((rl_utc){kept_ms + RL_END_LATEST_MS}, text);
  return rl_cli_fail(RL_EXIT_REFUSED, "--from %s: of what is before %s some was let go; the export "
                     "that was made then has it", arguments->from_text, text);
}

/* --- the file --- */

static rl_exit fail_file(const char *path)
{
  return rl_cli_fail(RL_EXIT_REFUSED, "%s: %s", path, strerror(errno));
}

/* A link fails where a file is, so nobody's is written over. */
static bool put_in_place(const export_arguments *arguments, const char *temporary)
{
  if (arguments->force)
    return rename(temporary, arguments->out) == 0;
  return link(temporary, arguments->out) == 0 && unlink(temporary) == 0;
}

static rl_exit write_to(const export_arguments *arguments, rl_store *store, FILE *file,
                        rl_export_report *report)
{
  rl_error error = {0};
  rl_status status = rl_export_write(store, arguments->interval, file, report, &error);
  if (status != RL_OK)
    return rl_cli_fail_store(status, &error);
  return fflush(file) == 0 && !ferror(file)
           ? RL_EXIT_DONE : fail_file(arguments->out ? arguments->out : "standard output");
}

static rl_exit write_file(const export_arguments *arguments, rl_store *store,
                          rl_export_report *report)
{
  char temporary[4096];
  if ((size_t)snprintf(temporary, sizeof temporary, "%s.XXXXXX", arguments->out)
      >= sizeof temporary)
    return rl_cli_fail(RL_EXIT_USAGE, "--out: the path is too long");
  if (!arguments->force && access(arguments->out, F_OK) == 0)
    return rl_cli_fail(RL_EXIT_REFUSED, "%s is there already: --force writes over it",
                       arguments->out);
  int fd = mkstemp(temporary);
  FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (!file)
    return fail_file(temporary);
  rl_exit code = write_to(arguments, store, file, report);
  if (code == RL_EXIT_DONE && fsync(fd) != 0)
    code = fail_file(temporary);
  fclose(file);
  if (code == RL_EXIT_DONE && !put_in_place(arguments, temporary))
    code = fail_file(arguments->out);
  if (code == RL_EXIT_DONE && !rl_sync_name(arguments->out))
    code = fail_file(arguments->out);
  if (code != RL_EXIT_DONE)
    unlink(temporary);
  return code;
}

/* --- what it says --- */

static void print_report(FILE *to, const rl_export_report *report)
{
  static const rl_column columns[] = {{"", RL_ALIGN_LEFT}, {"", RL_ALIGN_RIGHT}};
  char from[RL_UTC_TEXT_SIZE], before[RL_UTC_TEXT_SIZE];
  rl_utc_format((rl_utc){report->interval.from_ms}, from);
  rl_utc_format((rl_utc){report->interval.before_ms}, before);
  fprintf(to, "from %s, before %s\n", from, before);
  rl_table table = rl_table_of(columns, 2);
  for (unsigned kind = 0; kind < RL_EXPORT_KINDS; kind++) {
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", rl_export_kind_name((rl_export_kind)kind));
    rl_table_cell(&table, RL_STYLE_STRONG, "%" PRIu64, report->counts[kind]);
  }
  rl_table_print(&table, to, 2);
}

static rl_exit check_file(const export_arguments *arguments)
{
  rl_export_report report;
  rl_error error = {0};
  rl_status status = rl_export_check(arguments->check, &report, &error);
  if (status != RL_OK) {
    char text[1024];
    rl_error_format(&error, text, sizeof text);
    return rl_cli_fail(RL_EXIT_REFUSED, "%s", text);
  }
  rl_print_styled(stdout, RL_STYLE_GOOD, "whole and unchanged");
  printf(": ");
  print_report(stdout, &report);
  return RL_EXIT_DONE;
}

/* Only what is on disk is told. */
static rl_exit let_go(const export_arguments *arguments)
{
  rl_request request = {.kind = RL_REQUEST_EXPORTED, .since_ms = arguments->interval.from_ms,
                        .before_ms = arguments->interval.before_ms};
  rl_view answer;
  return rl_cli_ask(arguments->cli, &request, &answer);
}

static rl_exit export_interval(export_arguments *arguments)
{
  rl_store *store;
  rl_export_report report;
  rl_exit code = rl_cli_open_store(arguments->cli, &store);
  if (code != RL_EXIT_DONE)
    return code;
  code = settle_interval(arguments, store);
  if (code == RL_EXIT_DONE)
    code = arguments->out ? write_file(arguments, store, &report)
                          : write_to(arguments, store, stdout, &report);
  rl_store_close(store);
  if (code == RL_EXIT_DONE && arguments->out)
    print_report(stderr, &report);
  return code == RL_EXIT_DONE && arguments->let_go ? let_go(arguments) : code;
}

rl_exit rl_command_export(rl_cli *cli, int argc, char **argv)
{
  export_arguments arguments = {.cli = cli};
  argp_parse(&argp, argc, argv, 0, NULL, &arguments);
  if (arguments.check)
    return check_file(&arguments);
  rl_exit code = take_interval(&arguments);
  return code == RL_EXIT_DONE ? export_interval(&arguments) : code;
}
