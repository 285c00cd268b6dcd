/* `ratelock revoke`: the desk takes open quotes back. Asks the engine; with --dry-run it only
 * counts in the store what would be taken back. */
#include "revocations.h"

#include "table.h"
#include "wire/reply.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_DRY_RUN = 0x2000, OPTION_ALL };

typedef struct revoke_arguments {
  rl_cli *cli;
  rl_request request;
  const char *key;
  bool dry_run;
} revoke_arguments;

static void take_pair(revoke_arguments *arguments, const char *text, struct argp_state *state)
{
  rl_revoke_request *revoke = &arguments->request.revoke;
  char codes[2][4] = {"", ""};
  size_t length = strlen(text);
  bool slashed = length == 7 && text[3] == '/';
  if (length != 6 && !slashed)
    argp_error(state, "--pair %s: expected a pair, such as EURUSD or EUR/USD", text);
  memcpy(codes[0], text, 3);
  memcpy(codes[1], text + length - 3, 3);
  revoke->has_pair = true;
  if (!rl_cli_take_currency(codes[0], &revoke->pair[0])
      || !rl_cli_take_currency(codes[1], &revoke->pair[1]))
    exit(RL_EXIT_USAGE);
  if (rl_currency_equal(revoke->pair[0], revoke->pair[1]))
    argp_error(state, "--pair %s: the same currency twice", text);
}

static void take_tariff(revoke_arguments *arguments, const char *text, struct argp_state *state)
{
  rl_revoke_request *revoke = &arguments->request.revoke;
  revoke->has_tariff = rl_hex_decode(text, strlen(text), revoke->tariff.bytes,
                                     sizeof revoke->tariff.bytes) == RL_OK;
  if (!revoke->has_tariff)
    argp_error(state, "--tariff %s: expected the 32 hexadecimal digits of a tariff's hash", text);
}

static void take_text(const char *option, const char *text, char *out, size_t limit,
                      struct argp_state *state)
{
  size_t length = strlen(text);
  bool good = length >= 1 && length <= limit;
  for (size_t i = 0; i < length; i++)
    good = good && text[i] >= ' ' && text[i] <= '~';
  if (!good)
    argp_error(state, "--%s: expected 1 to %zu printable characters", option, limit);
  memcpy(out, text, length + 1);
}

static void take_instant(const char *option, const char *text, int64_t *out_ms,
                         struct argp_state *state)
{
  rl_utc utc;
  if (rl_utc_parse(text, strlen(text), &utc) != RL_OK)
    argp_error(state, "--%s %s: expected an instant such as 2026-01-31T23:59Z", option, text);
  *out_ms = utc.ms;
}

static error_t parse(int option, char *value, struct argp_state *state)
{
  revoke_arguments *arguments = state->input;
  rl_request *request = &arguments->request;
  rl_revoke_request *revoke = &request->revoke;
  switch (option) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case 'p': take_pair(arguments, value, state); return 0;
  case 't': take_tariff(arguments, value, state); return 0;
  case 'c': take_text("client", value, request->client, RL_CLIENT_NAME_MAX, state); return 0;
  case 'f': take_instant("from", value, &revoke->issued_from_ms, state); return 0;
  case 'b': take_instant("before", value, &revoke->issued_before_ms, state); return 0;
  case 'r': take_text("reason", value, revoke->reason, RL_REASON_MAX, state); return 0;
  case 'k': arguments->key = value; return 0;
  case OPTION_ALL: revoke->all = true; return 0;
  case OPTION_DRY_RUN: arguments->dry_run = true; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
  {"pair", 'p', "PAIR", 0, "Quotes of this pair, in either direction", 1},
  {"tariff", 't', "HASH", 0, "Quotes priced by the tariff of this hash", 1},
  {"client", 'c', "NAME", 0, "Quotes of this client", 1},
  {"from", 'f', "TIME", 0, "Quotes issued at or after, UTC: 2026-01-31T23:59Z", 1},
  {"before", 'b', "TIME", 0, "Quotes issued before", 1},
  {"all", OPTION_ALL, NULL, 0, "Really all", 1},
  {"reason", 'r', "TEXT", 0, "Why: whoever holds one of the quotes is told", 2},
  {"key", 'k', "KEY", 0, "Idempotency key (else a random one)", 2},
  {"dry-run", OPTION_DRY_RUN, NULL, 0, "Only count, in the store, what would be taken back", 2},
  {0},
};

static const struct argp argp = {
  options, parse, "",
  "Takes open quotes back, durably: from then on nobody can accept them, and who tries is told by "
  "whom and why. All that is given must hold for a quote. For operators."
  "\vExamples:\n"
  "  ratelock revoke --pair EURUSD --reason \"venue A was wrong\" --dry-run\n"
  "  ratelock revoke --pair EURUSD --from 2026-01-31T23:50Z --reason \"A lied\"\n"
  "  ratelock revoke --all --reason \"wrong tariff\"\n",
  rl_cli_children, NULL, NULL,
};

/* The engine would say the same; but nobody should have to wait for it. */
static bool is_complete(const revoke_arguments *arguments)
{
  const rl_revoke_request *revoke = &arguments->request.revoke;
  bool stated = revoke->has_pair || revoke->has_tariff || arguments->request.client[0]
                || revoke->issued_from_ms != INT64_MIN || revoke->issued_before_ms != INT64_MAX;
  if (stated == revoke->all)
    rl_cli_fail(RL_EXIT_USAGE, "say which quotes (--pair, --tariff, --client, --from, --before), "
                "or --all of them");
  else if (revoke->issued_from_ms >= revoke->issued_before_ms)
    rl_cli_fail(RL_EXIT_USAGE, "--before is not later than --from");
  else if (!revoke->reason[0] && !arguments->dry_run)
    rl_cli_fail(RL_EXIT_USAGE, "--reason: say why");
  else
    return true;
  return false;
}

/* --- counted only --- */

typedef struct dry_run {
  rl_store *store;
  rl_revocation revocation;
  uint64_t quotes;
} dry_run;

static bool count_open(const rl_quote *quote, void *context)
{
  dry_run *it = context;
  rl_end end;
  rl_revocation earlier;
  it->quotes += rl_revocation_covers(&it->revocation, quote)
                && rl_store_find_end(it->store, quote->id, &end) == RL_NOT_FOUND
                && rl_store_find_revocation(it->store, quote, &earlier) == RL_NOT_FOUND;
  return true;
}

static rl_exit count_all(const revoke_arguments *arguments, rl_store *store)
{
  rl_clock clock = rl_clock_system();
  rl_error error = {0};
  dry_run it = {.store = store, .revocation = rl_revocation_asked(&arguments->request)};
  it.revocation.at = rl_clock_read(&clock);
  if (rl_clock_boot_id(&it.revocation.boot_id) != RL_OK)
    return rl_cli_fail(RL_EXIT_REFUSED, "the kernel gives no boot id");
  rl_quote_id from = rl_quote_id_first_at(it.revocation.at.utc.ms - RL_OPEN_SINCE_MS);
  rl_status status = rl_store_each_quote(store, from, count_open, &it, &error);
  if (status != RL_OK)
    return rl_cli_fail_store(status, &error);
  if (arguments->cli->json)
    printf("{\"dry_run\": true, \"open_quotes\": %" PRIu64 "}\n", it.quotes);
  else
    printf("%" PRIu64 " open quotes would be taken back\n", it.quotes);
  return RL_EXIT_DONE;
}

static rl_exit run_dry(const revoke_arguments *arguments)
{
  rl_store *store;
  rl_exit code = rl_cli_open_store(arguments->cli, &store);
  if (code != RL_EXIT_DONE)
    return code;
  code = count_all(arguments, store);
  rl_store_close(store);
  return code;
}

/* --- done --- */

/* Beside an engine of another machine there may be no store to count in. */
static void print_taken_back(const rl_cli *cli, uint64_t number)
{
  rl_store *store;
  rl_revocation_rows rows;
  bool elsewhere = cli->url || (!cli->data && getenv(RL_DEFAULT_URL_ENV));
  if (elsewhere || rl_cli_open_store(cli, &store) != RL_EXIT_DONE)
    return;
  if (rl_read_revocations(store, number, &rows) == RL_EXIT_DONE && rows.count > 0)
    printf("  taken back  %" PRIu64 " open quotes\n", rows.rows[0].taken_back);
  free(rows.rows);
  rl_store_close(store);
}

static void print_answer(const revoke_arguments *arguments, rl_view answer)
{
  char at[RL_UTC_TEXT_SIZE], coverage[RL_COVERAGE_TEXT_SIZE];
  rl_revocation asked = rl_revocation_asked(&arguments->request);
  uint64_t number = (uint64_t)rl_view_i64(rl_view_get(answer, "revocation"));
  rl_utc_format((rl_utc){rl_view_i64(rl_view_get(answer, "at"))}, at);
  rl_coverage_format(&asked, coverage);
  rl_print_styled(stdout, RL_STYLE_GOOD, "revoked");
  printf(" at %s by %s: %s\n\n", at, rl_view_text(rl_view_get(answer, "operator")).text,
         rl_view_text(rl_view_get(answer, "reason")).text);
  printf("  revocation  %" PRIu64 "\n", number);
  printf("  quotes      %s\n", coverage);
  print_taken_back(arguments->cli, number);
  printf("  key         %s\n", rl_view_text(rl_view_get(answer, "key")).text);
}

rl_exit rl_command_revoke(rl_cli *cli, int argc, char **argv)
{
  revoke_arguments arguments = {.cli = cli, .request.kind = RL_REQUEST_REVOKE};
  arguments.request.revoke.issued_from_ms = INT64_MIN;
  arguments.request.revoke.issued_before_ms = INT64_MAX;
  argp_parse(&argp, argc, argv, 0, NULL, &arguments);
  rl_view answer;
  if (!is_complete(&arguments) || !rl_cli_take_key(arguments.key, arguments.request.key))
    return RL_EXIT_USAGE;
  if (arguments.dry_run)
    return run_dry(&arguments);
  rl_exit code = rl_cli_ask(cli, &arguments.request, &answer);
  if (code == RL_EXIT_DONE && !cli->json)
    print_answer(&arguments, answer);
  return code;
}
