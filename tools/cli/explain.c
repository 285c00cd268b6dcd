/* `ratelock explain`: makes a quote again from its record and says whether it is the same. What it
 * needs is found here: the record or the token, the tariff, on request a universe. */
#include "explain.h"

#include "export/export.h"
#include "paths/paths.h"

#include <stdlib.h>
#include <string.h>

typedef struct explain_arguments {
  rl_cli *cli;
  char *record;              /* FILE:ID of an export; NULL: the word says which quote */
  const char *tariff_file;   /* NULL: from the store, or the export */
  const char *universe_file; /* NULL: hours as recorded */
  const char *calendar_file; /* NULL: the built-in ones */
} explain_arguments;

static error_t parse(int key, char *value, struct argp_state *state)
{
  explain_arguments *arguments = state->input;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case 'r':
    arguments->record = value;
    arguments->cli->word_min = arguments->cli->word_max = 0;
    return 0;
  case 'T': arguments->tariff_file = value; return 0;
  case 'C': arguments->calendar_file = value; return 0;
  case 'U': arguments->universe_file = value; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
  {"record", 'r', "FILE:ID", 0, "A quote whose record was let go, out of an export that has it; "
   "its own lines are proved as `ratelock export --check` does", 1},
  {"tariff", 'T', "FILE", 0, "The tariff's text, of the hash on the quote (default: as the store "
   "keeps it, or the export)", 1},
  {"calendars", 'C', "FILE", 0, "The holidays that the engine ran with (default: built in)", 1},
  {"universe", 'U', "FILE", 0, "Judge by this file's hours whether the market was closed (default: "
   "as recorded)", 1},
  {0},
};
static const struct argp argp = {
  options, parse, "QUOTE|TOKEN\n--record FILE:ID",
  "Makes a quote again from its record, step by step: ticks, composites, core rate, rule, markups, "
  "client rate, fees, amounts, postings. Ends with 0 when every figure is as recorded, with 1 and "
  "the differences when not. Reads the data directory; no engine is needed."
  "\vExamples:\n"
  "  ratelock explain 01J9Z0K7W5QX3V8B2N4M6R1T0Y\n"
  "  ratelock explain 01J9Z0K7W5QX3V8B2N4M6R1T0Y --json\n"
  "  ratelock explain TOKEN --tariff tariff.yaml\n"
  "  ratelock explain --record 2026-11.jsonl:01J9Z0K7W5QX3V8B2N4M6R1T0Y\n\n"
  "A token alone explains the price from the composites it carries; their ticks are in the record "
  "only. With --tariff it needs no store, and without the sealing key its seal is not verified.\n",
  rl_cli_children, NULL, NULL,
};

static rl_exit fail_with(rl_exit code, const rl_error *error)
{
  char text[1024];
  rl_error_format(error, text, sizeof text);
  return rl_cli_fail(code, "%s", text);
}

static rl_exit fail_error(const rl_error *error)
{
  return fail_with(RL_EXIT_USAGE, error);
}

/* Hours of pairs that a universe does not have say nothing about the quote. */
static rl_exit check_universe(const rl_universe *universe, const char *path,
                              const rl_snapshot *snapshot)
{
  for (unsigned i = 0; i < snapshot->leg_count; i++) {
    const rl_leg *leg = &snapshot->legs[i];
    rl_pair pair;
    bool inverted;
    if (!rl_universe_find(universe, leg->base, leg->quote, &pair, &inverted))
      return rl_cli_fail(RL_EXIT_USAGE, "%s has no pair %s%s", path, rl_currency_code(leg->base),
                         rl_currency_code(leg->quote));
  }
  return RL_EXIT_DONE;
}

static rl_exit load_calendars(const char *path, rl_calendars **out)
{
  rl_error error = {0};
  char *text = NULL;
  size_t length = 0;
  rl_status status = RL_OK;
  if (path)
    status = rl_file_read(path, RL_TARIFF_TEXT_MAX, &text, &length, &error);
  const char *used = path ? text : rl_calendars_builtin_text();
  if (status == RL_OK)
    status = rl_calendars_parse(used, path ? length : strlen(used), path ? path : "calendars", out,
                                &error);
  free(text);
  return status == RL_OK ? RL_EXIT_DONE : fail_error(&error);
}

static rl_exit parse_tariff(const char *text, size_t length, const char *name, rl_tariff **out)
{
  rl_error error = {0};
  return rl_tariff_parse(text, length, name, out, &error) == RL_OK ? RL_EXIT_DONE
                                                                   : fail_error(&error);
}

static rl_exit stored_tariff(rl_store *store, rl_digest digest, rl_tariff **out)
{
  char name[RL_DIGEST_TEXT_SIZE];
  char *text;
  size_t length;
  rl_digest_format(digest, name);
  if (rl_store_find_tariff(store, digest, &text, &length) != RL_OK)
    return rl_cli_fail(RL_EXIT_REFUSED, "the store has no tariff %s; name its file with --tariff",
                       name);
  rl_exit code = parse_tariff(text, length, name, out);
  free(text);
  return code;
}

/* A file of another text would explain another price. */
static rl_exit tariff_of_file(const char *path, rl_digest digest, rl_tariff **out)
{
  rl_error error = {0};
  char *text;
  size_t length;
  if (rl_file_read(path, RL_TARIFF_TEXT_MAX, &text, &length, &error) != RL_OK)
    return fail_error(&error);
  char wanted[RL_DIGEST_TEXT_SIZE], found[RL_DIGEST_TEXT_SIZE];
  rl_digest has = rl_digest_of(text, length);
  rl_digest_format(digest, wanted);
  rl_digest_format(has, found);
  rl_exit code = rl_digest_equal(digest, has)
                   ? parse_tariff(text, length, path, out)
                   : rl_cli_fail(RL_EXIT_REFUSED,
                                 "the quote is of the tariff with hash %s, and %s has hash %s",
                                 wanted, path, found);
  free(text);
  return code;
}

/* The store is opened where something is to be read from it: not for a token beside a file. */
static rl_exit from_store(const explain_arguments *arguments, const rl_request *request,
                          rl_explained *it)
{
  rl_cli *cli = arguments->cli;
  rl_store *store = NULL;
  rl_exit code = RL_EXIT_DONE;
  if (request->token)
    code = rl_cli_read_token(cli, request, &it->quote, &it->seal_verified);
  if (code == RL_EXIT_DONE && !(request->token && it->tariff_file))
    code = rl_cli_open_store(cli, &store);
  if (code == RL_EXIT_DONE && !request->token)
    code = rl_cli_find_quote(cli, store, request, &it->quote);
  if (code == RL_EXIT_DONE && !it->tariff_file)
    code = stored_tariff(store, it->quote.terms.tariff, &it->tariff);
  if (store)
    rl_store_close(store);
  return code;
}

static rl_exit exported_tariff(const char *file, const rl_export_quote *found, rl_explained *it)
{
  char name[RL_DIGEST_TEXT_SIZE];
  rl_digest_format(found->quote.terms.tariff, name);
  if (!found->tariff)
    return rl_cli_fail(RL_EXIT_REFUSED, "%s has no tariff %s; name its file with --tariff", file,
                       name);
  return parse_tariff(found->tariff, found->tariff_length, name, &it->tariff);
}

/* The id is what stands behind the last colon. */
static rl_exit from_export(const explain_arguments *arguments, rl_explained *it)
{
  rl_export_quote found = {0};
  rl_error error = {0};
  char *file = arguments->record, *colon = strrchr(file, ':');
  if (!colon || rl_quote_id_parse(colon + 1, strlen(colon + 1), &found.id) != RL_OK)
    return rl_cli_fail(RL_EXIT_USAGE, "--record %s: expected the file of an export, a colon and a "
                       "quote's id (26 characters)", file);
  *colon = '\0';
  it->export_file = file;
  if (rl_export_find(file, &found, &error) != RL_OK)
    return fail_with(RL_EXIT_REFUSED, &error);
  it->quote = found.quote;
  rl_exit code = it->tariff_file ? RL_EXIT_DONE : exported_tariff(file, &found, it);
  free(found.tariff);
  return code;
}

static rl_exit gather(const explain_arguments *arguments, const rl_request *request,
                      rl_explained *it)
{
  it->tariff_file = arguments->tariff_file;
  rl_exit code = arguments->record ? from_export(arguments, it)
                                   : from_store(arguments, request, it);
  if (code == RL_EXIT_DONE && it->tariff_file)
    code = tariff_of_file(it->tariff_file, it->quote.terms.tariff, &it->tariff);
  if (code == RL_EXIT_DONE && arguments->universe_file)
    code = rl_cli_load_universe(arguments->universe_file, &it->universe);
  if (code == RL_EXIT_DONE && it->universe)
    code = check_universe(it->universe, arguments->universe_file, &it->quote.snapshot);
  if (code == RL_EXIT_DONE)
    code = load_calendars(arguments->calendar_file, &it->calendars);
  it->calendar_file = arguments->calendar_file;
  it->from_token = !it->quote.has_evidence;
  return code;
}

static void print_json(const rl_explained *it)
{
  uint8_t *bytes = malloc(RL_EXPLAIN_MAX);
  RL_ASSERT(bytes);
  rl_writer writer = rl_writer_over(bytes, RL_EXPLAIN_MAX);
  rl_status status = rl_explain_encode(it, &writer);
  RL_ASSERT(status == RL_OK);
  rl_cli_print_json(rl_view_over(bytes, writer.used));
  free(bytes);
}

static rl_exit explain(const explain_arguments *arguments, const rl_request *request,
                       rl_explained *it)
{
  rl_exit code = gather(arguments, request, it);
  if (code != RL_EXIT_DONE)
    return code;
  rl_explain_work(it);
  rl_explain_find_on_tape(arguments->cli, it);
  if (arguments->cli->json)
    print_json(it);
  else
    rl_explain_print(stdout, it);
  return it->difference_count == 0 ? RL_EXIT_DONE : RL_EXIT_REFUSED;
}

rl_exit rl_command_explain(rl_cli *cli, int argc, char **argv)
{
  explain_arguments arguments = {.cli = cli};
  cli->word_min = cli->word_max = 1;
  argp_parse(&argp, argc, argv, 0, NULL, &arguments);
  rl_request request = {0};
  uint8_t token[RL_TOKEN_MAX];
  if (!arguments.record && !rl_cli_take_quote(cli->words[0], &request, token))
    return RL_EXIT_USAGE;
  rl_explained *it = calloc(1, sizeof *it);
  RL_ASSERT(it);
  rl_exit code = explain(&arguments, &request, it);
  if (it->tariff)
    rl_tariff_destroy(it->tariff);
  if (it->universe)
    rl_universe_destroy(it->universe);
  if (it->calendars)
    rl_calendars_destroy(it->calendars);
  free(it);
  return code;
}
