/* `ratelock two-way`: both sides of a pair, both locked, for a desk. */
#include "cli.h"

#include "clock/clock.h"
#include "quote_print.h"
#include "table.h"

typedef struct two_way_arguments {
  rl_cli *cli;
  const char *ttl;
  const char *tier;
  const char *key;
} two_way_arguments;

static error_t parse(int option, char *value, struct argp_state *state)
{
  two_way_arguments *arguments = state->input;
  switch (option) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case 'l': arguments->ttl = value; return 0;
  case 't': arguments->tier = value; return 0;
  case 'k': arguments->key = value; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
  {"ttl", 'l', "TIME", 0, "Lock for at least so long: 30s, 5m, 1h (else the tariff's default)", 1},
  {"tier", 't', "NAME", 0, "Customer tier (else the tariff's default)", 1},
  {"key", 'k', "KEY", 0, "Idempotency key (else a random one)", 1},
  {0},
};

static const struct argp argp = {
  options, parse, "BASE QUOTE AMOUNT",
  "Locks both sides of a pair for AMOUNT of BASE: the client sells it on one, buys it on the "
  "other. Each half is a quote of its own."
  "\vExample:\n"
  "  ratelock two-way EUR USD 1000000.00 --tier desk\n",
  rl_cli_children, NULL, NULL,
};

static bool take_request(const two_way_arguments *arguments, rl_request *request)
{
  const rl_cli *cli = arguments->cli;
  return rl_cli_take_currency(cli->words[0], &request->from) &&
         rl_cli_take_currency(cli->words[1], &request->to) &&
         rl_cli_take_amount(cli->words[2], request->from, &request->price.amount_minor) &&
         (!arguments->ttl || rl_cli_take_ttl(arguments->ttl, &request->price.ttl_ms)) &&
         (!arguments->tier || rl_cli_take_tier(arguments->tier, request->price.tier)) &&
         rl_cli_take_key(arguments->key, request->key);
}

/* A half that was refused is told beside the other. */
static rl_exit print_half(rl_view answer, const char *name)
{
  rl_view half = rl_view_get(answer, name);
  printf("%s: ", name);
  if (!rl_view_true(rl_view_get(half, "ok"))) {
    printf("refused\n");
    fflush(stdout);
    rl_cli_print_refusal(half);
    return RL_EXIT_REFUSED;
  }
  rl_clock clock = rl_clock_system();
  rl_print_quote(half, rl_clock_read(&clock).utc.ms);
  printf("  accept   ratelock accept %s\n\n", rl_view_text(rl_view_get(half, "quote")).text);
  return RL_EXIT_DONE;
}

rl_exit rl_command_two_way(rl_cli *cli, int argc, char **argv)
{
  two_way_arguments arguments = {.cli = cli};
  cli->word_min = cli->word_max = 3;
  argp_parse(&argp, argc, argv, 0, NULL, &arguments);
  rl_request request = {.kind = RL_REQUEST_TWO_WAY};
  rl_view answer;
  if (!take_request(&arguments, &request))
    return RL_EXIT_USAGE;
  rl_exit code = rl_cli_ask(cli, &request, &answer);
  if (code != RL_EXIT_DONE || cli->json)
    return code;
  rl_exit sell = print_half(answer, "sell");
  rl_exit buy = print_half(answer, "buy");
  printf("key %s\n", request.key);
  return sell == RL_EXIT_DONE ? buy : sell;
}
