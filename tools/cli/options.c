#include "cli.h"

#include <stdlib.h>

enum {
  OPTION_URL = 'u',
  OPTION_DATA = 'd',
  OPTION_JSON = 'j',
  OPTION_TIMEOUT = 0x1000,
  OPTION_SEAL_KEY,
  OPTION_STORE,
  OPTION_TTL = 'l',
  OPTION_TIER = 't',
  OPTION_METHOD = 'm',
  OPTION_KEY = 'k',
};

static const struct argp_option options[] = {
  {"json", OPTION_JSON, NULL, 0, "Print the answer as JSON", 10},
  {"url", OPTION_URL, "URL", 0, "The engine's address (else $RATELOCK_URL)", 10},
  {"data", OPTION_DATA, "DIR", 0, "The engine's data directory (else $RATELOCK_DATA)", 10},
  {"store", OPTION_STORE, "URL", 0, "The PostgreSQL database that holds the store (else "
   "$RATELOCK_STORE, else the data directory)", 10},
  {"seal-key", OPTION_SEAL_KEY, "FILE", 0, "The engine's sealing keys (else seal.key in the data "
   "directory)", 10},
  {"timeout", OPTION_TIMEOUT, "MS", 0, "Wait so long for an answer (5000)", 10},
  {0},
};

static error_t parse_timeout(const char *text, uint32_t *out)
{
  char *end;
  unsigned long value = strtoul(text, &end, 10);
  if (*end != '\0' || value < 1 || value > 3600000)
    return EINVAL;
  *out = (uint32_t)value;
  return 0;
}

static void take_word(rl_cli *cli, char *word, struct argp_state *state)
{
  if (cli->word_count == cli->word_max)
    argp_error(state, "%s: one word too many", word);
  cli->words[cli->word_count++] = word;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
  rl_cli *cli = state->input;
  switch (key) {
  case OPTION_JSON: cli->json = true; return 0;
  case OPTION_URL: cli->url = value; return 0;
  case OPTION_DATA:
    cli->data = value;
    /* The defaults of sockets and store follow the data directory. */
    return setenv("RATELOCK_DATA", value, 1) == 0 ? 0 : errno;
  case OPTION_SEAL_KEY: cli->seal_key = value; return 0;
  case OPTION_STORE: cli->store_url = value; return 0;
  case OPTION_TIMEOUT:
    if (parse_timeout(value, &cli->timeout_ms) != 0)
      argp_error(state, "--timeout %s: expected 1 to 3600000 milliseconds", value);
    return 0;
  case ARGP_KEY_ARG: take_word(cli, value, state); return 0;
  case ARGP_KEY_END:
    if (cli->word_count < cli->word_min)
      argp_error(state, "%s", cli->word_count == 0 ? "what of?" : "a word is missing");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp shared = {.options = options, .parser = parse};

const struct argp_child rl_cli_children[] = {{&shared, 0, NULL, 0}, {0}};

static error_t parse_price(int option, char *value, struct argp_state *state)
{
  rl_price_options *price = state->input;
  switch (option) {
  case ARGP_KEY_INIT: state->child_inputs[0] = price->cli; return 0;
  case OPTION_TTL: price->ttl = value; return 0;
  case OPTION_TIER: price->tier = value; return 0;
  case OPTION_METHOD: price->method = value; return 0;
  case OPTION_KEY: price->key = value; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option price_options[] = {
  {"ttl", OPTION_TTL, "TIME", 0,
   "Lock for at least so long: 30s, 5m, 1h (else the tariff's default)", 2},
  {"tier", OPTION_TIER, "NAME", 0, "Customer tier (else the tariff's default)", 2},
  {"method", OPTION_METHOD, "NAME", 0, "Payment method, where the tariff looks at it", 2},
  {"key", OPTION_KEY, "KEY", 0, "Idempotency key: the same key and request give the same quote "
   "(else a random one)", 2},
  {0},
};

static const struct argp price = {
  .options = price_options, .parser = parse_price, .children = rl_cli_children};

const struct argp_child rl_price_children[] = {{&price, 0, NULL, 0}, {0}};
