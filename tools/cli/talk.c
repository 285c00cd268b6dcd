#include "cli.h"

#include "clock/clock.h"
#include "quote_print.h"
#include "status/limits.h"
#include "table.h"
#include "wire/json.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

rl_exit rl_cli_fail(rl_exit code, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "ratelock: ");
  vfprintf(stderr, format, arguments);
  fprintf(stderr, "\n");
  va_end(arguments);
  return code;
}

void rl_cli_print_json(rl_view value)
{
  /* Indented JSON of msgpack: a number of one byte may become twenty, each on its own line. */
  size_t room = 64 * value.size + 256, length;
  char *text = malloc(room);
  RL_ASSERT(text);
  if (rl_json_from_msgpack(value.bytes, value.size, 2, text, room, &length) == RL_OK)
    puts(text);
  else
    rl_cli_fail(RL_EXIT_REFUSED, "the answer is not msgpack");
  free(text);
}

/* Some 1,500 bytes at most: a transaction of fourteen postings, a row of a grid. */
#define ITEM_JSON_MAX 8192

void rl_cli_print_item(const rl_writer *writer, bool first)
{
  char text[ITEM_JSON_MAX];
  size_t length;
  RL_ASSERT(!writer->failed);
  rl_status status = rl_json_from_msgpack(writer->bytes, writer->used, 0, text, sizeof text,
                                          &length);
  RL_ASSERT(status == RL_OK);
  printf("%s\n  %s", first ? "" : ",", text);
}

static const char *remedy_of(const char *retry)
{
  if (strcmp(retry, "same_key") == 0)
    return "repeat the same command with the same --key";
  if (strcmp(retry, "new_quote") == 0)
    return "ask for a new quote";
  if (strcmp(retry, "later") == 0)
    return "nothing is wrong with the request: try again";
  return "the same request will be refused again: change it";
}

/* Who ended the quote, where that is why it was refused. */
static void print_ender(rl_view by)
{
  char at[RL_UTC_TEXT_SIZE];
  if (!rl_view_given(by))
    return;
  rl_utc_format((rl_utc){rl_view_i64(rl_view_get(by, "at"))}, at);
  rl_view_string reason = rl_view_text(rl_view_get(by, "reason"));
  fprintf(stderr, "  %s at %s by %s, key %s%s%s\n", rl_view_text(rl_view_get(by, "state")).text,
          at, rl_view_text(rl_view_get(by, "client")).text,
          rl_view_text(rl_view_get(by, "key")).text, reason.text[0] ? ": " : "", reason.text);
}

/* Which leg is halted, by whom or what, and why. */
static void print_halted(rl_view halted)
{
  char since[RL_UTC_TEXT_SIZE];
  if (!rl_view_given(halted))
    return;
  rl_utc_format((rl_utc){rl_view_i64(rl_view_get(halted, "since"))}, since);
  rl_view by = rl_view_get(halted, "operator");
  fprintf(stderr, "  %s since %s by %s: %s\n", rl_view_text(rl_view_get(halted, "pair")).text,
          since, rl_view_given(by) ? rl_view_text(by).text : "its breaker",
          rl_view_text(rl_view_get(halted, "reason")).text);
}

static bool print_reachable(rl_view answer, const char *side, const char *lead)
{
  rl_view reachable = rl_view_get(rl_view_get(answer, "nearest"), side);
  rl_view_string from = rl_view_text(rl_view_get(answer, "from"));
  rl_view_string to = rl_view_text(rl_view_get(answer, "to"));
  char source[RL_MONEY_TEXT_SIZE], target[RL_MONEY_TEXT_SIZE];
  if (!rl_view_given(reachable))
    return false;
  rl_money_format(rl_view_i64(rl_view_get(reachable, "source")), from.text, source);
  rl_money_format(rl_view_i64(rl_view_get(reachable, "target")), to.text, target);
  fprintf(stderr, "%s%s %s gives %s %s", lead, source, from.text, target, to.text);
  return true;
}

/* The amounts around one that cannot be had. */
static void print_nearest(rl_view answer)
{
  bool below = print_reachable(answer, "below", "  the nearest: ");
  bool above = print_reachable(answer, "above", below ? ", " : "  the nearest: ");
  if (below || above)
    fprintf(stderr, "\n");
}

void rl_cli_print_refusal(rl_view answer)
{
  rl_view_string code = rl_view_text(rl_view_get(answer, "code"));
  rl_view_string message = rl_view_text(rl_view_get(answer, "message"));
  rl_view_string path = rl_view_text(rl_view_get(answer, "path"));
  rl_view_string detail = rl_view_text(rl_view_get(answer, "detail"));
  rl_view_string retry = rl_view_text(rl_view_get(answer, "retry"));
  int64_t pause_ms = rl_view_i64(rl_view_get(answer, "retry_after_ms"));
  rl_print_styled(stderr, RL_STYLE_BAD, code.text);
  fprintf(stderr, " (%lld): %s\n", (long long)rl_view_i64(rl_view_get(answer, "number")),
          message.text);
  if (path.text[0] || detail.text[0])
    fprintf(stderr, "  %s%s%s\n", path.text, path.text[0] && detail.text[0] ? ": " : "",
            detail.text);
  print_ender(rl_view_get(answer, "by"));
  print_halted(rl_view_get(answer, "halted"));
  print_nearest(answer);
  fprintf(stderr, "  %s", remedy_of(retry.text));
  if (pause_ms > 0)
    fprintf(stderr, " after %lld ms", (long long)pause_ms);
  fprintf(stderr, "\n");
}

static rl_exit connect_client(rl_cli *cli)
{
  if (cli->client)
    return RL_EXIT_DONE;
  /* --data names an engine, too: its address beats the environment's. */
  if (!cli->url && cli->data)
    unsetenv(RL_DEFAULT_URL_ENV);
  rl_call call = rl_client_open(cli->url, cli->timeout_ms, &cli->client);
  if (call == RL_CALL_ANSWERED)
    return RL_EXIT_DONE;
  if (call == RL_CALL_NO_MEMORY)
    return rl_cli_fail(RL_EXIT_NO_ENGINE, "out of memory");
  return rl_cli_fail(RL_EXIT_USAGE, "%s is not an address, such as ipc:///path or tcp://host:port",
                     cli->url ? cli->url : "$" RL_DEFAULT_URL_ENV " or the data directory");
}

/* What to tell of a call without an answer. */
static rl_exit fail_call(const rl_cli *cli, rl_call call, const char *key)
{
  const char *error = rl_client_error(cli->client);
  if (call == RL_CALL_UNREACHABLE)
    return rl_cli_fail(RL_EXIT_NO_ENGINE, "%s\n  start `ratelockd`, or name its address with --url"
                       " or its directory with --data", error);
  if (call == RL_CALL_TIMEOUT && key[0])
    return rl_cli_fail(RL_EXIT_NO_ENGINE, "%s\n  it may or may not have been done: repeat with "
                       "--key %s, and it is done once", error, key);
  return rl_cli_fail(RL_EXIT_NO_ENGINE, "%s", error);
}

/* The connection stands. */
static rl_call exchange(rl_cli *cli, const rl_request *request, rl_view *answer)
{
  uint8_t bytes[RL_REQUEST_PAIRS_MAX * (RL_CLI_PAIR_MAX + 1) + RL_TOKEN_MAX + 512];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_request_encode(&writer, request);
  RL_ASSERT(!writer.failed);
  const void *found;
  size_t size;
  rl_call call = rl_client_exchange(cli->client, bytes, writer.used, &found, &size);
  if (call == RL_CALL_ANSWERED)
    *answer = rl_view_over(found, size);
  return call;
}

static bool says_yes(rl_view answer)
{
  return rl_view_true(rl_view_get(answer, "ok"));
}

rl_exit rl_cli_ask(rl_cli *cli, const rl_request *request, rl_view *answer)
{
  rl_exit code = connect_client(cli);
  if (code != RL_EXIT_DONE)
    return code;
  rl_call call = exchange(cli, request, answer);
  if (call != RL_CALL_ANSWERED)
    return fail_call(cli, call, request->key);
  if (cli->json)
    rl_cli_print_json(*answer);
  if (says_yes(*answer))
    return RL_EXIT_DONE;
  if (!cli->json)
    rl_cli_print_refusal(*answer);
  return RL_EXIT_REFUSED;
}

bool rl_cli_try(rl_cli *cli, const rl_request *request, rl_view *answer)
{
  return connect_client(cli) == RL_EXIT_DONE &&
         exchange(cli, request, answer) == RL_CALL_ANSWERED && says_yes(*answer);
}

void rl_cli_close(rl_cli *cli)
{
  rl_client_close(cli->client);
  cli->client = NULL;
}
