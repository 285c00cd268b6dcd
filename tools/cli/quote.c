/* `ratelock quote`: locks a price and shows how it is made. */
#include "cli.h"

#include "quote_print.h"

#include <string.h>

typedef struct quote_arguments {
  rl_price_options price;
  const char *fix;
  bool indicative;
} quote_arguments;

static error_t parse(int option, char *value, struct argp_state *state)
{
  quote_arguments *arguments = state->input;
  switch (option) {
  case ARGP_KEY_INIT: state->child_inputs[0] = &arguments->price; return 0;
  case 'f': arguments->fix = value; return 0;
  case 'i': arguments->indicative = true; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
  {"fix", 'f', "SIDE", 0, "The side AMOUNT is of: source (default) or target", 1},
  {"indicative", 'i', NULL, 0, "Only show the price: nothing is locked", 1},
  {0},
};

static const struct argp argp = {
  options, parse, "FROM TO AMOUNT",
  "Locks a price: AMOUNT of FROM into TO, good until the instant shown, accepted at most once."
  "\vExamples:\n"
  "  ratelock quote USD EUR 1000.00\n"
  "  ratelock quote EUR JPY 150000 --fix target --ttl 5m\n"
  "  ratelock quote USD EUR 1000.00 --tier gold --method card --key order-4711\n"
  "  ratelock quote USD EUR 1000.00 --ttl 1h --indicative\n",
  rl_price_children, NULL, NULL,
};

static bool take_fix(const char *text, rl_fixed *out)
{
  if (text && strcmp(text, "source") != 0 && strcmp(text, "target") != 0) {
    rl_cli_fail(RL_EXIT_USAGE, "--fix %s: expected source or target", text);
    return false;
  }
  *out = text && strcmp(text, "target") == 0 ? RL_FIXED_TARGET : RL_FIXED_SOURCE;
  return true;
}

static bool take_request(const quote_arguments *arguments, rl_request *request)
{
  const rl_cli *cli = arguments->price.cli;
  rl_price_request *price = &request->price;
  if (!rl_cli_take_currency(cli->words[0], &request->from) ||
      !rl_cli_take_currency(cli->words[1], &request->to) ||
      !take_fix(arguments->fix, &price->fixed))
    return false;
  rl_currency fixed = price->fixed == RL_FIXED_SOURCE ? request->from : request->to;
  if (!rl_cli_take_amount(cli->words[2], fixed, &price->amount_minor))
    return false;
  return arguments->indicative ? rl_cli_take_unlocked(&arguments->price, request)
                               : rl_cli_take_price(&arguments->price, request);
}

rl_exit rl_command_quote(rl_cli *cli, int argc, char **argv)
{
  quote_arguments arguments = {.price.cli = cli};
  cli->word_min = cli->word_max = 3;
  argp_parse(&argp, argc, argv, 0, NULL, &arguments);
  rl_request request = {.kind = arguments.indicative ? RL_REQUEST_INDICATIVE : RL_REQUEST_QUOTE};
  rl_view quote;
  if (!take_request(&arguments, &request))
    return RL_EXIT_USAGE;
  rl_exit code = rl_cli_ask(cli, &request, &quote);
  if (code != RL_EXIT_DONE || cli->json)
    return code;
  rl_print_quote(quote);
  if (arguments.indicative)
    return RL_EXIT_DONE;
  printf("  key      %s\n", request.key);
  printf("  accept   ratelock accept %s\n", rl_view_text(rl_view_get(quote, "quote")).text);
  return RL_EXIT_DONE;
}
