/* `ratelock accept` and `ratelock cancel`: end a locked quote, once. */
#include "cli.h"

#include "clock/clock.h"
#include "quote_print.h"
#include "table.h"

typedef struct end_arguments {
  rl_cli *cli;
  const char *key;
} end_arguments;

static error_t parse(int option, char *value, struct argp_state *state)
{
  end_arguments *arguments = state->input;
  switch (option) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case 'k': arguments->key = value; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
  {"key", 'k', "KEY", 0, "Idempotency key: repeated, it gives the same receipt and nothing is done "
   "twice (else a random one)", 1},
  {0},
};

static const struct argp accept_argp = {
  options, parse, "QUOTE|TOKEN",
  "Accepts a locked quote by its id or its token: durable, and at most once."
  "\vExamples:\n"
  "  ratelock accept 01J9Z0K7W5QX3V8B2N4M6R1T0Y\n"
  "  ratelock accept 01J9Z0K7W5QX3V8B2N4M6R1T0Y --key order-4711\n",
  rl_cli_children, NULL, NULL,
};

static const struct argp cancel_argp = {
  options, parse, "QUOTE|TOKEN",
  "Gives a locked quote back, so that it can never be accepted."
  "\vExample:\n"
  "  ratelock cancel 01J9Z0K7W5QX3V8B2N4M6R1T0Y\n",
  rl_cli_children, NULL, NULL,
};

static void print_amount(const char *label, rl_view receipt, const char *key, const char *currency)
{
  char text[RL_MONEY_TEXT_SIZE];
  rl_view_string code = rl_view_text(rl_view_get(receipt, currency));
  rl_money_format(rl_view_i64(rl_view_get(receipt, key)), code.text, text);
  printf("  %-8s %s %s\n", label, text, code.text);
}

static void print_receipt(rl_view receipt)
{
  char at[RL_UTC_TEXT_SIZE];
  rl_utc_format((rl_utc){rl_view_i64(rl_view_get(receipt, "at"))}, at);
  rl_print_styled(stdout, RL_STYLE_GOOD, rl_view_text(rl_view_get(receipt, "state")).text);
  printf(" at %s\n\n", at);
  printf("  quote    %s\n", rl_view_text(rl_view_get(receipt, "quote")).text);
  print_amount("charge", receipt, "charge", "from");
  print_amount("target", receipt, "target", "to");
  printf("  rate     %s %s\n", rl_view_text(rl_view_get(receipt, "pair")).text,
         rl_view_text(rl_view_get(receipt, "client_rate")).text);
  printf("  key      %s\n", rl_view_text(rl_view_get(receipt, "key")).text);
}

static rl_exit end_quote(rl_cli *cli, rl_request_kind kind, const struct argp *argp, int argc,
                         char **argv)
{
  end_arguments arguments = {.cli = cli};
  cli->word_min = cli->word_max = 1;
  argp_parse(argp, argc, argv, 0, NULL, &arguments);
  rl_request request = {.kind = kind};
  uint8_t token[RL_TOKEN_MAX];
  rl_view receipt;
  if (!rl_cli_take_quote(cli->words[0], &request, token) ||
      !rl_cli_take_key(arguments.key, request.key))
    return RL_EXIT_USAGE;
  rl_exit code = rl_cli_ask(cli, &request, &receipt);
  if (code == RL_EXIT_DONE && !cli->json)
    print_receipt(receipt);
  return code;
}

rl_exit rl_command_accept(rl_cli *cli, int argc, char **argv)
{
  return end_quote(cli, RL_REQUEST_ACCEPT, &accept_argp, argc, argv);
}

rl_exit rl_command_cancel(rl_cli *cli, int argc, char **argv)
{
  return end_quote(cli, RL_REQUEST_CANCEL, &cancel_argp, argc, argv);
}
