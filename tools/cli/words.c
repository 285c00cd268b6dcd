/* What people type: currencies, amounts, durations, keys, quotes. */
#include "cli.h"

#include "clock/clock.h"
#include "crypto/crypto.h"

#include <string.h>

static char upper(char letter)
{
  return (char)(letter >= 'a' && letter <= 'z' ? letter - 'a' + 'A' : letter);
}

bool rl_cli_take_currency(const char *text, rl_currency *out)
{
  char code[4] = "";
  size_t length = strlen(text);
  for (size_t i = 0; i < length && length == 3; i++)
    code[i] = upper(text[i]);
  if (length == 3 && rl_currency_find(code, 3, out) == RL_OK)
    return true;
  rl_cli_fail(RL_EXIT_USAGE, "%s is not an ISO 4217 currency with a minor unit, such as EUR", text);
  return false;
}

bool rl_cli_take_amount(const char *text, rl_currency currency, int64_t *out_minor)
{
  rl_amount amount;
  rl_status status = rl_amount_parse(text, strlen(text), currency, &amount);
  if (status == RL_OK) {
    *out_minor = amount.minor;
    return true;
  }
  const char *code = rl_currency_code(currency);
  unsigned decimals = rl_currency_exponent(currency);
  const char *point = strchr(text, '.');
  char least[RL_AMOUNT_TEXT_SIZE], most[RL_AMOUNT_TEXT_SIZE];
  rl_amount_format((rl_amount){1, currency}, least);
  rl_amount_format((rl_amount){RL_AMOUNT_MAX, currency}, most);
  if (status == RL_INVALID)
    rl_cli_fail(RL_EXIT_USAGE, "%s is not an amount: digits with at most one '.', such as 1000.00",
                text);
  else if (point && strlen(point + 1) > decimals)
    rl_cli_fail(RL_EXIT_USAGE, "%s has %zu decimals, and %s has %u", text, strlen(point + 1), code,
                decimals);
  else
    rl_cli_fail(RL_EXIT_USAGE, "%s %s is beyond %s to %s", text, code, least, most);
  return false;
}

bool rl_cli_take_instant(const char *option, const char *text, rl_utc now, rl_utc *out)
{
  uint64_t ms;
  size_t length = strlen(text);
  if (text[0] == '-' && rl_duration_parse(text + 1, length - 1, &ms) == RL_OK) {
    out->ms = ms < (uint64_t)now.ms ? now.ms - (int64_t)ms : 0;
    return true;
  }
  if (rl_utc_parse(text, length, out) == RL_OK)
    return true;
  rl_cli_fail(RL_EXIT_USAGE, "%s %s: expected an instant in UTC, such as 2026-11-22 or "
              "2026-11-22T10:00:00Z, or a time ago, such as -1h", option, text);
  return false;
}

static bool take_ttl(const char *text, uint32_t *out_ms)
{
  uint64_t ms;
  if (rl_duration_parse(text, strlen(text), &ms) == RL_OK && ms >= 1 && ms <= RL_TTL_MAX_MS) {
    *out_ms = (uint32_t)ms;
    return true;
  }
  rl_cli_fail(RL_EXIT_USAGE, "%s is not the length of a lock: up to 24h, such as 30s, 5m or 1h",
              text);
  return false;
}

/* 1 … room-1 characters from `lowest` to '~'. */
static bool is_printable(const char *text, char lowest, size_t room)
{
  size_t length = strlen(text);
  bool good = length >= 1 && length < room;
  for (size_t i = 0; i < length; i++)
    good = good && text[i] >= lowest && text[i] <= '~';
  return good;
}

static bool take_name(const char *text, const char *option, char out[RL_NAME_MAX + 1])
{
  bool good = is_printable(text, ' ', RL_NAME_MAX + 1);
  if (good)
    memcpy(out, text, strlen(text) + 1);
  else
    rl_cli_fail(RL_EXIT_USAGE, "--%s %s: expected 1 to %d printable characters", option, text,
                RL_NAME_MAX);
  return good;
}

bool rl_cli_take_key(const char *text, char out[RL_KEY_MAX + 1])
{
  if (!text) {
    uint8_t random[16];
    rl_random_bytes(random, sizeof random);
    rl_base64_encode(random, sizeof random, out, RL_KEY_MAX + 1);
    return true;
  }
  bool good = is_printable(text, '!', RL_KEY_MAX + 1);
  if (good)
    memcpy(out, text, strlen(text) + 1);
  else
    rl_cli_fail(RL_EXIT_USAGE, "--key %s: expected 1 to %d printable characters without blanks",
                text, RL_KEY_MAX);
  return good;
}

static bool take_classes(const rl_price_options *options, rl_request *out)
{
  return (!options->ttl || take_ttl(options->ttl, &out->price.ttl_ms)) &&
         (!options->tier || take_name(options->tier, "tier", out->price.tier)) &&
         (!options->method || take_name(options->method, "method", out->price.method));
}

bool rl_cli_take_price(const rl_price_options *options, rl_request *out)
{
  return take_classes(options, out) && rl_cli_take_key(options->key, out->key);
}

bool rl_cli_take_unlocked(const rl_price_options *options, rl_request *out)
{
  if (!options->key)
    return take_classes(options, out);
  rl_cli_fail(RL_EXIT_USAGE, "--key %s: it would name a quote, and nothing is locked here",
              options->key);
  return false;
}

bool rl_cli_take_quote(const char *text, rl_request *out, uint8_t room[RL_TOKEN_MAX])
{
  size_t length = strlen(text), size;
  if (rl_quote_id_parse(text, length, &out->id) == RL_OK) {
    out->has_id = true;
    return true;
  }
  if (length > RL_QUOTE_ID_TEXT_SIZE &&
      rl_base64_decode(text, length, room, RL_TOKEN_MAX, &size) == RL_OK) {
    out->token = room;
    out->token_size = size;
    return true;
  }
  rl_cli_fail(RL_EXIT_USAGE, "%.60s is neither a quote's id (26 characters) nor a token (base64)",
              text);
  return false;
}

bool rl_cli_take_pairs(rl_cli *cli, rl_request *out)
{
  for (unsigned i = 0; i < cli->word_count; i++) {
    size_t length = strlen(cli->words[i]);
    if (length > RL_CLI_PAIR_MAX) {
      rl_cli_fail(RL_EXIT_USAGE, "%s is not a pair, such as EURUSD or EUR/USD", cli->words[i]);
      return false;
    }
    for (size_t k = 0; k < length; k++)
      cli->words[i][k] = upper(cli->words[i][k]);
    out->pairs[i].text = cli->words[i];
    out->pairs[i].length = length;
  }
  out->pair_count = cli->word_count;
  return true;
}
