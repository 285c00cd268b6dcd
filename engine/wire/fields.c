#include "wire/fields.h"

#include <endian.h>
#include <string.h>

const char *rl_field_name(rl_field field)
{
  static const char *const names[] = {
    [RL_FIELD_OP] = "op",         [RL_FIELD_FROM] = "from",   [RL_FIELD_TO] = "to",
    [RL_FIELD_AMOUNT] = "amount", [RL_FIELD_FIX] = "fix",     [RL_FIELD_TTL_MS] = "ttl_ms",
    [RL_FIELD_TIER] = "tier",     [RL_FIELD_QUOTE] = "quote", [RL_FIELD_TOKEN] = "token",
    [RL_FIELD_KEY] = "key",       [RL_FIELD_PAIRS] = "pairs", [RL_FIELD_NONE] = "",
  };
  return names[field];
}

/* By length first: the comparisons left are of a constant size, a load or two each. */
rl_field rl_field_find(const char *text, size_t length)
{
#define IS(literal) (memcmp(text, literal, sizeof(literal) - 1) == 0)
  switch (length) {
  case 2: return IS("op") ? RL_FIELD_OP : IS("to") ? RL_FIELD_TO : RL_FIELD_NONE;
  case 3: return IS("key") ? RL_FIELD_KEY : IS("fix") ? RL_FIELD_FIX : RL_FIELD_NONE;
  case 4: return IS("from") ? RL_FIELD_FROM : IS("tier") ? RL_FIELD_TIER : RL_FIELD_NONE;
  case 5:
    return IS("quote")   ? RL_FIELD_QUOTE
           : IS("token") ? RL_FIELD_TOKEN
           : IS("pairs") ? RL_FIELD_PAIRS
                         : RL_FIELD_NONE;
  case 6: return IS("amount") ? RL_FIELD_AMOUNT : IS("ttl_ms") ? RL_FIELD_TTL_MS : RL_FIELD_NONE;
  default: return RL_FIELD_NONE;
  }
#undef IS
}

#define BIT(field) (1u << RL_FIELD_##field)
#define PRICED (BIT(FROM) | BIT(TO) | BIT(AMOUNT) | BIT(KEY))

typedef struct operation {
  char name[8];
  uint8_t length;
  bool names_quote;
  unsigned required;
} operation;

static const operation operations[] = {
  [RL_REQUEST_QUOTE] = {"quote", 5, false, PRICED},
  [RL_REQUEST_TWO_WAY] = {"two_way", 7, false, PRICED},
  [RL_REQUEST_ACCEPT] = {"accept", 6, true, BIT(KEY)},
  [RL_REQUEST_CANCEL] = {"cancel", 6, true, BIT(KEY)},
  [RL_REQUEST_SHOW] = {"show", 4, true, 0},
  [RL_REQUEST_SPREADS] = {"spreads", 7, false, 0},
  [RL_REQUEST_SOURCES] = {"sources", 7, false, 0},
  [RL_REQUEST_STATS] = {"stats", 5, false, 0},
  [RL_REQUEST_TARIFF] = {"tariff", 6, false, 0},
  [RL_REQUEST_PING] = {"ping", 4, false, 0},
};
#define KIND_COUNT (sizeof operations / sizeof operations[0])

const char *rl_kind_name(rl_request_kind kind) { return operations[kind].name; }
unsigned rl_kind_required(rl_request_kind kind) { return operations[kind].required; }
bool rl_kind_names_quote(rl_request_kind kind) { return operations[kind].names_quote; }

rl_request_kind rl_kind_find(const char *text, size_t length)
{
  for (unsigned kind = 1; kind < KIND_COUNT; kind++) {
    if (operations[kind].length == length && memcmp(operations[kind].name, text, length) == 0)
      return (rl_request_kind)kind;
  }
  return (rl_request_kind)0;
}

/* What is hashed: every byte set, numbers little-endian, currencies by their letters. It is kept
 * in the store beside the key, so a change here makes an engine see its clients' honest repeats
 * as KEY_REUSED. */
typedef struct body_form {
  uint8_t kind;
  uint8_t fixed;
  char from[3];
  char to[3];
  uint64_t amount_minor;
  uint64_t ttl_ms;
  char tier[RL_NAME_MAX + 1];
  uint8_t id[16];
  uint64_t token_size; /* bytes, 0 if none */
  uint64_t token[2];   /* fingerprint of the token's bytes */
} body_form;
_Static_assert(sizeof(body_form) == 80, "no padding");

static void put_priced(body_form *form, const rl_request *request)
{
  form->fixed = (uint8_t)request->price.fixed;
  memcpy(form->from, rl_currency_code(request->from), sizeof form->from);
  memcpy(form->to, rl_currency_code(request->to), sizeof form->to);
  form->amount_minor = htole64((uint64_t)request->price.amount_minor);
  form->ttl_ms = htole64(request->price.ttl_ms);
  memcpy(form->tier, request->price.tier, strlen(request->price.tier));
}

static void put_named_quote(body_form *form, const rl_request *request)
{
  if (request->has_id)
    memcpy(form->id, request->id.bytes, sizeof form->id);
  if (!request->token)
    return;
  rl_fingerprint token = rl_fingerprint_of(request->token, request->token_size, 0);
  form->token_size = htole64(request->token_size);
  form->token[0] = htole64(token.words[0]);
  form->token[1] = htole64(token.words[1]);
}

rl_fingerprint rl_request_body(const rl_request *request)
{
  const operation *asked = &operations[request->kind];
  if (!(asked->required & BIT(KEY)))
    return (rl_fingerprint){0};
  body_form form = {.kind = (uint8_t)request->kind};
  if (asked->names_quote)
    put_named_quote(&form, request);
  else
    put_priced(&form, request);
  return rl_fingerprint_of(&form, sizeof form, 0);
}
