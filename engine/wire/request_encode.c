/* Encoding requests: for clients, tests and the command line. Fields with their default value are
 * left out. */
#include "wire/entry.h"
#include "wire/fields.h"

#include <string.h>

static void put_key(rl_writer *writer, rl_field field)
{
  rl_pack_text(writer, rl_field_name(field));
}

static void put_text(rl_writer *writer, rl_field field, const char *text)
{
  put_key(writer, field);
  rl_pack_text(writer, text);
}

static bool is_keyed(const rl_request *request)
{
  return rl_operation_words[request->kind].required & 1u << RL_FIELD_KEY;
}

static bool is_list(const rl_request *request)
{
  return (request->kind == RL_REQUEST_SPREADS || request->kind == RL_REQUEST_SOURCES ||
          request->kind == RL_REQUEST_EXPOSURE) &&
         request->pair_count > 0;
}

static bool names_client(const rl_request *request)
{
  return (request->kind == RL_REQUEST_EXPOSURE || request->kind == RL_REQUEST_REVOKE) &&
         request->client[0] != '\0';
}

static bool has_currencies(const rl_request *request)
{
  return request->kind == RL_REQUEST_MATRIX || request->kind == RL_REQUEST_MIDS;
}

/* A matrix fixes its target without saying so. */
static bool says_fix(const rl_request *request)
{
  return request->price.fixed == RL_FIXED_TARGET && request->kind != RL_REQUEST_MATRIX;
}

static unsigned priced_entries(const rl_request *request)
{
  const rl_price_request *price = &request->price;
  return 3 + says_fix(request) + (price->ttl_ms != 0) + (price->tier[0] != '\0') +
         (price->method[0] != '\0');
}

/* What its kind needs, and the reference. */
static unsigned movement_entries(const rl_movement *movement)
{
  unsigned entries = 1 + (movement->reference[0] != '\0');
  if (movement->kind == RL_TRANSACTION_REFUND)
    return entries + 1;
  bool says_out = movement->kind == RL_TRANSACTION_SETTLEMENT && movement->amount.minor < 0;
  return entries + (movement->kind == RL_TRANSACTION_HEDGE ? 6 : 5) + says_out;
}

static unsigned revoke_entries(const rl_revoke_request *revoke)
{
  return 1u + revoke->has_pair + revoke->has_tariff + (revoke->issued_from_ms != INT64_MIN) +
         (revoke->issued_before_ms != INT64_MAX) + revoke->all;
}

static uint32_t entries_of(const rl_request *request)
{
  uint32_t entries = 1;
  if (rl_kind_is_priced(request->kind))
    entries += priced_entries(request);
  if (request->kind == RL_REQUEST_MIDS)
    entries += 2;
  if (request->kind == RL_REQUEST_POST)
    entries += movement_entries(&request->movement);
  if (request->kind == RL_REQUEST_REVOKE)
    entries += revoke_entries(&request->revoke);
  if (rl_kind_is_halt(request->kind) || request->kind == RL_REQUEST_EXPORTED)
    entries += 2;
  if (rl_operation_words[request->kind].names_quote)
    entries += (request->has_id ? 1u : 0u) + (request->token ? 1u : 0u);
  return entries + (is_keyed(request) ? 1u : 0u) + (is_list(request) ? 1u : 0u) +
         (names_client(request) ? 1u : 0u);
}

static void put_from(rl_writer *writer, const rl_request *request)
{
  if (!has_currencies(request)) {
    put_text(writer, RL_FIELD_FROM, rl_currency_code(request->from));
    return;
  }
  put_key(writer, RL_FIELD_FROM);
  rl_pack_array(writer, request->currency_count);
  for (unsigned i = 0; i < request->currency_count; i++)
    rl_pack_text(writer, rl_currency_code(request->currencies[i]));
}

static void put_integer(rl_writer *writer, rl_field field, int64_t value)
{
  put_key(writer, field);
  rl_pack_i64(writer, value);
}

static void put_priced(rl_writer *writer, const rl_request *request)
{
  const rl_price_request *price = &request->price;
  put_from(writer, request);
  put_text(writer, RL_FIELD_TO, rl_currency_code(request->to));
  put_integer(writer, RL_FIELD_AMOUNT, price->amount_minor);
  if (says_fix(request))
    put_text(writer, RL_FIELD_FIX, "target");
  if (price->ttl_ms != 0) {
    put_key(writer, RL_FIELD_TTL_MS);
    rl_pack_u64(writer, price->ttl_ms);
  }
  if (price->tier[0] != '\0')
    put_text(writer, RL_FIELD_TIER, price->tier);
  if (price->method[0] != '\0')
    put_text(writer, RL_FIELD_METHOD, price->method);
}

static void put_named_quote(rl_writer *writer, const rl_request *request)
{
  if (request->has_id) {
    char text[RL_QUOTE_ID_TEXT_SIZE];
    rl_quote_id_format(request->id, text);
    put_text(writer, RL_FIELD_QUOTE, text);
  }
  if (request->token) {
    put_key(writer, RL_FIELD_TOKEN);
    rl_pack_binary(writer, request->token, request->token_size);
  }
}

static void put_pairs(rl_writer *writer, const rl_request *request)
{
  put_key(writer, RL_FIELD_PAIRS);
  rl_pack_array(writer, request->pair_count);
  for (unsigned i = 0; i < request->pair_count; i++)
    rl_pack_text_span(writer, request->pairs[i].text, request->pairs[i].length);
}

static void put_mids(rl_writer *writer, const rl_request *request)
{
  put_from(writer, request);
  put_text(writer, RL_FIELD_TO, rl_currency_code(request->to));
}

/* What a movement has in fields that other operations have too: before the key. */
static void put_movement_head(rl_writer *writer, const rl_movement *movement)
{
  char quote[RL_QUOTE_ID_TEXT_SIZE];
  if (movement->kind == RL_TRANSACTION_HEDGE) {
    put_text(writer, RL_FIELD_FROM, rl_currency_code(movement->sold.currency));
    put_text(writer, RL_FIELD_TO, rl_currency_code(movement->amount.currency));
  } else if (movement->kind == RL_TRANSACTION_SETTLEMENT) {
    int64_t minor = movement->amount.minor;
    put_integer(writer, RL_FIELD_AMOUNT, minor < 0 ? -minor : minor);
  } else {
    rl_quote_id_format(movement->quote, quote);
    put_text(writer, RL_FIELD_QUOTE, quote);
  }
}

static void put_party(rl_writer *writer, const rl_movement *movement)
{
  char account[RL_ACCOUNT_TEXT_SIZE];
  rl_posting party = {.account = movement->party};
  memcpy(party.name, movement->party_name, sizeof party.name);
  rl_account_format(&party, account);
  put_text(writer, RL_FIELD_PARTY, account);
}

static void put_movement_amounts(rl_writer *writer, const rl_movement *movement)
{
  if (movement->kind == RL_TRANSACTION_HEDGE) {
    put_integer(writer, RL_FIELD_BOUGHT, movement->amount.minor);
    put_integer(writer, RL_FIELD_SOLD, movement->sold.minor);
    return;
  }
  put_text(writer, RL_FIELD_ACCOUNT, movement->bank);
  if (movement->amount.minor < 0)
    put_text(writer, RL_FIELD_DIRECTION, "out");
  put_text(writer, RL_FIELD_CURRENCY, rl_currency_code(movement->amount.currency));
}

static void put_movement(rl_writer *writer, const rl_movement *movement)
{
  put_text(writer, RL_FIELD_KIND, rl_transaction_kind_name(movement->kind));
  if (movement->kind != RL_TRANSACTION_REFUND) {
    char date[RL_DATE_TEXT_SIZE];
    put_party(writer, movement);
    put_movement_amounts(writer, movement);
    rl_date_format((rl_date){movement->value_day}, date);
    put_text(writer, RL_FIELD_VALUE_DATE, date);
  }
  if (movement->reference[0] != '\0')
    put_text(writer, RL_FIELD_REFERENCE, movement->reference);
}

static void put_pair(rl_writer *writer, const rl_currency pair[2])
{
  put_key(writer, RL_FIELD_PAIR);
  rl_pack_pair(writer, pair[0], pair[1]);
}

static void put_halt(rl_writer *writer, const rl_revoke_request *halt)
{
  put_pair(writer, halt->pair);
  put_text(writer, RL_FIELD_REASON, halt->reason);
}

static void put_revoke(rl_writer *writer, const rl_revoke_request *revoke)
{
  if (revoke->has_pair)
    put_pair(writer, revoke->pair);
  if (revoke->has_tariff) {
    put_key(writer, RL_FIELD_TARIFF);
    rl_pack_digest(writer, revoke->tariff);
  }
  if (revoke->issued_from_ms != INT64_MIN)
    put_integer(writer, RL_FIELD_ISSUED_FROM, revoke->issued_from_ms);
  if (revoke->issued_before_ms != INT64_MAX)
    put_integer(writer, RL_FIELD_ISSUED_BEFORE, revoke->issued_before_ms);
  if (revoke->all) {
    put_key(writer, RL_FIELD_ALL);
    rl_pack_bool(writer, true);
  }
  put_text(writer, RL_FIELD_REASON, revoke->reason);
}

void rl_request_encode(rl_writer *writer, const rl_request *request)
{
  rl_pack_map(writer, entries_of(request));
  put_text(writer, RL_FIELD_OP, rl_operation_words[request->kind].name);
  if (rl_kind_is_priced(request->kind))
    put_priced(writer, request);
  if (request->kind == RL_REQUEST_MIDS)
    put_mids(writer, request);
  if (request->kind == RL_REQUEST_POST)
    put_movement_head(writer, &request->movement);
  if (rl_operation_words[request->kind].names_quote)
    put_named_quote(writer, request);
  if (is_keyed(request))
    put_text(writer, RL_FIELD_KEY, request->key);
  if (is_list(request))
    put_pairs(writer, request);
  if (names_client(request))
    put_text(writer, RL_FIELD_CLIENT, request->client);
  if (request->kind == RL_REQUEST_POST)
    put_movement(writer, &request->movement);
  if (request->kind == RL_REQUEST_REVOKE)
    put_revoke(writer, &request->revoke);
  if (rl_kind_is_halt(request->kind))
    put_halt(writer, &request->revoke);
  if (request->kind == RL_REQUEST_EXPORTED) {
    put_integer(writer, RL_FIELD_SINCE, request->since_ms);
    put_integer(writer, RL_FIELD_BEFORE, request->before_ms);
  }
}
