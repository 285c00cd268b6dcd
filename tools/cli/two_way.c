/* `ratelock two-way`: both sides of a pair, both locked, for a desk. */
#include "cli.h"

#include "quote_print.h"

static const struct argp argp = {
  NULL, NULL, "BASE QUOTE AMOUNT",
  "Locks both sides of a pair for AMOUNT of BASE: the client sells it on one, buys it on the "
  "other. Each half is a quote of its own."
  "\vExample:\n"
  "  ratelock two-way EUR USD 1000000.00 --tier desk\n",
  rl_price_children, NULL, NULL,
};

static bool take_request(const rl_price_options *options, rl_request *request)
{
  const rl_cli *cli = options->cli;
  return rl_cli_take_currency(cli->words[0], &request->from) &&
         rl_cli_take_currency(cli->words[1], &request->to) &&
         rl_cli_take_amount(cli->words[2], request->from, &request->price.amount_minor) &&
         rl_cli_take_price(options, request);
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
  rl_print_quote(half);
  printf("  accept   ratelock accept %s\n\n", rl_view_text(rl_view_get(half, "quote")).text);
  return RL_EXIT_DONE;
}

rl_exit rl_command_two_way(rl_cli *cli, int argc, char **argv)
{
  rl_price_options options = {.cli = cli};
  cli->word_min = cli->word_max = 3;
  argp_parse(&argp, argc, argv, 0, NULL, &options);
  rl_request request = {.kind = RL_REQUEST_TWO_WAY};
  rl_view answer;
  if (!take_request(&options, &request))
    return RL_EXIT_USAGE;
  rl_exit code = rl_cli_ask(cli, &request, &answer);
  if (code != RL_EXIT_DONE || cli->json)
    return code;
  rl_exit sell = print_half(answer, "sell");
  rl_exit buy = print_half(answer, "buy");
  printf("key %s\n", request.key);
  return sell == RL_EXIT_DONE ? buy : sell;
}
