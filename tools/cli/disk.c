/* What is read from the disk, whether an engine runs there or not. */
#include "cli.h"

#include "paths/paths.h"
#include "seal/key_file.h"
#include "seal/seal.h"
#include "tape/tape.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static rl_exit data_directory(const rl_cli *cli, char out[RL_DIRECTORY_MAX + 1])
{
  if (!cli->data && rl_default_directory(out) == RL_OK)
    return RL_EXIT_DONE;
  if (cli->data && strlen(cli->data) >= 1 && strlen(cli->data) <= RL_DIRECTORY_MAX) {
    memcpy(out, cli->data, strlen(cli->data) + 1);
    return RL_EXIT_DONE;
  }
  return rl_cli_fail(RL_EXIT_USAGE, "a data directory's path has 1 to %d bytes", RL_DIRECTORY_MAX);
}

rl_exit rl_cli_fail_store(rl_status status, const rl_error *error)
{
  char text[1024];
  rl_error_format(error, text, sizeof text);
  bool broken = status == RL_CORRUPT || status == RL_FOREIGN;
  return rl_cli_fail(broken ? RL_EXIT_REFUSED : RL_EXIT_NO_ENGINE, "%s",
                     text[0] ? text : rl_status_text(status));
}

/* LMDB trusts its pages, and a damaged one can lead it anywhere (lmdb/pages.h). Most commands do
 * not look at all of them first, which takes a second a GB. */
static void on_fault(int number)
{
  static const char text[] =
    "ratelock: stopped while it read the store: the file is damaged, and `ratelock ledger verify` "
    "names the page, or this program has a bug\n";
  (void)number;
  ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
  (void)written;
  _exit(RL_EXIT_REFUSED);
}

static void expect_faults(void)
{
  static const int numbers[] = {SIGSEGV, SIGBUS, SIGABRT};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
    signal(numbers[i], on_fault);
}

rl_exit rl_cli_open_store(const rl_cli *cli, rl_store **out)
{
  char directory[RL_DIRECTORY_MAX + 1];
  rl_exit code = data_directory(cli, directory);
  if (code != RL_EXIT_DONE)
    return code;
  rl_store_options options = {
    .directory = directory,
    .url = cli->store_url ? cli->store_url : rl_default_store(),
    .clock = rl_clock_system(),
    .read_only = true,
    .every_page = cli->every_page,
  };
  rl_error error = {0};
  expect_faults();
  rl_status status = rl_store_open(&options, out, &error);
  return status == RL_OK ? RL_EXIT_DONE : rl_cli_fail_store(status, &error);
}

static rl_exit find_by_id(rl_store *store, rl_quote_id id, rl_quote *out)
{
  rl_status status = rl_store_find_quote(store, id, out);
  if (status == RL_OK)
    return RL_EXIT_DONE;
  char text[RL_QUOTE_ID_TEXT_SIZE];
  rl_quote_id_format(id, text);
  if (status == RL_NOT_FOUND && rl_quote_id_time(id).ms < rl_store_kept_from(store))
    return rl_cli_fail(RL_EXIT_REFUSED, "quote %s is older than what this store keeps: if it was "
                       "one, its record was let go, and the export of its day has it", text);
  if (status == RL_NOT_FOUND)
    return rl_cli_fail(RL_EXIT_REFUSED, "no record of quote %s in this store", text);
  return rl_cli_fail(RL_EXIT_REFUSED, "the record of quote %s: %s", text, rl_status_text(status));
}

rl_exit rl_cli_key_path(const rl_cli *cli, char *out, size_t room)
{
  if (cli->seal_key)
    return (size_t)snprintf(out, room, "%s", cli->seal_key) < room
      ? RL_EXIT_DONE : rl_cli_fail(RL_EXIT_USAGE, "--seal-key: the path is too long");
  char directory[RL_DIRECTORY_MAX + 1];
  rl_exit code = data_directory(cli, directory);
  if (code == RL_EXIT_DONE)
    snprintf(out, room, "%s/" RL_KEY_FILE_NAME, directory);
  return code;
}

rl_exit rl_cli_tape_path(const rl_cli *cli, char *out, size_t room)
{
  char directory[RL_DIRECTORY_MAX + 1];
  rl_exit code = data_directory(cli, directory);
  if (code == RL_EXIT_DONE)
    snprintf(out, room, "%s/" RL_TAPE_DIRECTORY, directory);
  return code;
}

rl_exit rl_cli_fail_tape(const char *directory, rl_status status, const rl_error *error)
{
  if (access(directory, F_OK) == 0 && error->text[0])
    return rl_cli_fail_store(status, error);
  return rl_cli_fail(RL_EXIT_NO_ENGINE, "%s has no tape: name the data directory of an engine "
                     "that records one, with --data or $RATELOCK_DATA", directory);
}

void rl_cli_tell_trouble(void *context, const rl_error *trouble)
{
  (void)context;
  char text[1024];
  rl_error_format(trouble, text, sizeof text);
  rl_cli_fail(RL_EXIT_REFUSED, "%s", text);
}

static rl_exit open_seal(const char *path, rl_seal **out)
{
  rl_error error = {0};
  rl_status status = rl_seal_open(path, out, &error);
  return status == RL_OK ? RL_EXIT_DONE : rl_cli_fail_store(status, &error);
}

/* As at the quote's issue: a token is read here, and nothing granted on it, so a key that is over
 * will do as long as it is in the file. */
static rl_exit open_token(const char *path, const rl_store_id *store, const rl_request *request,
                          rl_quote *out)
{
  rl_seal *seal;
  rl_exit code = open_seal(path, &seal);
  if (code != RL_EXIT_DONE)
    return code;
  rl_utc then = {INT64_MIN};
  rl_refusal refusal =
    rl_seal_open_token(seal, store, then, request->token, request->token_size, out);
  rl_seal_destroy(seal);
  if (refusal == RL_REFUSAL_NONE)
    return RL_EXIT_DONE;
  return rl_cli_fail(RL_EXIT_REFUSED, "%s: %s", rl_refusal_name(refusal),
                     rl_refusal_sentence(refusal));
}

static rl_exit find_by_token(const rl_cli *cli, rl_store *store, const rl_request *request,
                             rl_quote *out)
{
  char path[RL_KEY_PATH_MAX + 1];
  rl_exit code = rl_cli_key_path(cli, path, sizeof path);
  if (code != RL_EXIT_DONE)
    return code;
  if (access(path, R_OK) != 0)
    return rl_cli_fail(RL_EXIT_NO_ENGINE, "%s cannot be read: a token needs its sealing key", path);
  rl_store_id identity = rl_store_identity(store);
  return open_token(path, &identity, request, out);
}

rl_exit rl_cli_read_token(const rl_cli *cli, const rl_request *request, rl_quote *out,
                          bool *verified)
{
  char path[RL_KEY_PATH_MAX + 1];
  if (rl_token_read_unverified(request->token, request->token_size, out) != RL_OK)
    return rl_cli_fail(RL_EXIT_REFUSED, "%s: these bytes are no token",
                       rl_refusal_name(RL_REFUSAL_TOKEN_INVALID));
  rl_exit code = rl_cli_key_path(cli, path, sizeof path);
  *verified = code == RL_EXIT_DONE && access(path, R_OK) == 0;
  if (!*verified)
    return code;
  rl_store_id named = out->store;
  return open_token(path, &named, request, out);
}

rl_exit rl_cli_find_quote(const rl_cli *cli, rl_store *store, const rl_request *request,
                          rl_quote *out)
{
  return request->token ? find_by_token(cli, store, request, out)
                        : find_by_id(store, request->id, out);
}

rl_exit rl_cli_load_universe(const char *path, rl_universe **out)
{
  rl_error error = {0};
  char *text = NULL, said[1024];
  size_t length = strlen(rl_universe_builtin_text());
  rl_status status = RL_OK;
  if (path)
    status = rl_file_read(path, RL_TARIFF_TEXT_MAX, &text, &length, &error);
  if (status == RL_OK)
    status = rl_universe_parse(text ? text : rl_universe_builtin_text(), length,
                               path ? path : "built-in universe", out, &error);
  free(text);
  rl_error_format(&error, said, sizeof said);
  return status == RL_OK ? RL_EXIT_DONE : rl_cli_fail(RL_EXIT_USAGE, "%s", said);
}
