#include "wire/fields.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

const char rl_unreadable[] = "cut short, a length beyond the bytes, or nested too deeply";

void rl_fault_set(rl_fault *fault, rl_refusal refusal, const char *path, const char *detail)
{
  fault->refusal = refusal;
  snprintf(fault->path, sizeof fault->path, "%s", path);
  snprintf(fault->detail, sizeof fault->detail, "%s", detail);
}

const char *rl_field_name(rl_field field)
{
  static const char *const names[] = {
    [RL_FIELD_OP] = "op",         [RL_FIELD_FROM] = "from",   [RL_FIELD_TO] = "to",
    [RL_FIELD_AMOUNT] = "amount", [RL_FIELD_FIX] = "fix",     [RL_FIELD_TTL_MS] = "ttl_ms",
    [RL_FIELD_TIER] = "tier",     [RL_FIELD_METHOD] = "method", [RL_FIELD_QUOTE] = "quote",
    [RL_FIELD_TOKEN] = "token",   [RL_FIELD_KEY] = "key",       [RL_FIELD_PAIRS] = "pairs",
    [RL_FIELD_CLIENT] = "client",
    [RL_FIELD_KIND] = "kind",     [RL_FIELD_PARTY] = "party", [RL_FIELD_ACCOUNT] = "account",
    [RL_FIELD_DIRECTION] = "direction", [RL_FIELD_CURRENCY] = "currency",
    [RL_FIELD_BOUGHT] = "bought", [RL_FIELD_SOLD] = "sold",
    [RL_FIELD_VALUE_DATE] = "value_date", [RL_FIELD_REFERENCE] = "reference",
    [RL_FIELD_PAIR] = "pair",     [RL_FIELD_TARIFF] = "tariff",
    [RL_FIELD_ISSUED_FROM] = "issued_from", [RL_FIELD_ISSUED_BEFORE] = "issued_before",
    [RL_FIELD_ALL] = "all",       [RL_FIELD_REASON] = "reason",
    [RL_FIELD_SINCE] = "since",   [RL_FIELD_BEFORE] = "before",
    [RL_FIELD_NONE] = "",
  };
  return names[field];
}

#define BIT(field) (1u << RL_FIELD_##field)
#define PRICED (BIT(FROM) | BIT(TO) | BIT(AMOUNT))
#define LOCKED (PRICED | BIT(KEY))

const rl_operation_word rl_operation_words[RL_KIND_END] = {
  [RL_REQUEST_QUOTE] = {"quote", 5, false, LOCKED},
  [RL_REQUEST_TWO_WAY] = {"two_way", 7, false, LOCKED},
  [RL_REQUEST_ACCEPT] = {"accept", 6, true, BIT(KEY)},
  [RL_REQUEST_CANCEL] = {"cancel", 6, true, BIT(KEY)},
  [RL_REQUEST_SHOW] = {"show", 4, true, 0},
  [RL_REQUEST_SPREADS] = {"spreads", 7, false, 0},
  [RL_REQUEST_SOURCES] = {"sources", 7, false, 0},
  [RL_REQUEST_STATS] = {"stats", 5, false, 0},
  [RL_REQUEST_TARIFF] = {"tariff", 6, false, 0},
  [RL_REQUEST_PING] = {"ping", 4, false, 0},
  [RL_REQUEST_RELOAD] = {"reload", 6, false, 0},
  [RL_REQUEST_INDICATIVE] = {"indicative", 10, false, PRICED},
  [RL_REQUEST_MATRIX] = {"matrix", 6, false, PRICED},
  [RL_REQUEST_EXPOSURE] = {"exposure", 8, false, 0},
  [RL_REQUEST_POST] = {"post", 4, false, BIT(KIND) | BIT(KEY)},
  [RL_REQUEST_REVOKE] = {"revoke", 6, false, BIT(KEY) | BIT(REASON)},
  [RL_REQUEST_MIDS] = {"mids", 4, false, BIT(FROM) | BIT(TO)},
  [RL_REQUEST_EXPORTED] = {"exported", 8, false, BIT(SINCE) | BIT(BEFORE)},
  [RL_REQUEST_TRIANGLES] = {"triangles", 9, false, 0},
  [RL_REQUEST_HALT] = {"halt", 4, false, BIT(KEY) | BIT(PAIR) | BIT(REASON)},
  [RL_REQUEST_RESUME] = {"resume", 6, false, BIT(KEY) | BIT(PAIR) | BIT(REASON)},
  [RL_REQUEST_HALTS] = {"halts", 5, false, 0},
};

/* What is hashed: every byte set, numbers little-endian, currencies by their letters. It is kept
 * in the store beside the key, so a change here makes an engine see its clients' honest repeats
 * as KEY_REUSED. A later field stands at the end and is hashed only where it is given: a request
 * without it keeps the fingerprint that it always had. */
typedef struct body_form {
  uint8_t kind;
  uint8_t fixed;
  char from[3];
  char to[3];
  uint64_t amount_minor;
  uint64_t ttl_ms;
  char tier[RL_NAME_MAX + 1];
  uint8_t id[16];
  uint64_t token[2]; /* fingerprint of the token's bytes, 0 if none */
  char method[RL_NAME_MAX + 1];
} body_form;
_Static_assert(sizeof(body_form) == 88, "no padding");

/* Tier and method are zeros behind their names: the decoder clears them first. */
static void put_priced(body_form *form, const rl_request *request)
{
  form->fixed = (uint8_t)request->price.fixed;
  memcpy(form->from, rl_currency_code(request->from), sizeof form->from);
  memcpy(form->to, rl_currency_code(request->to), sizeof form->to);
  form->amount_minor = htole64((uint64_t)request->price.amount_minor);
  form->ttl_ms = htole64(request->price.ttl_ms);
  memcpy(form->tier, request->price.tier, sizeof form->tier);
  memcpy(form->method, request->price.method, sizeof form->method);
}

static void put_named_quote(body_form *form, const rl_request *request)
{
  if (request->has_id)
    memcpy(form->id, request->id.bytes, sizeof form->id);
  if (!request->token)
    return;
  rl_fingerprint token = rl_fingerprint_of(request->token, request->token_size, 0);
  form->token[0] = htole64(token.words[0]);
  form->token[1] = htole64(token.words[1]);
}

/* Likewise of what is taken back. A pair is the same in either order: its lower letters stand
 * first. */
typedef struct revoke_form {
  uint8_t kind;
  uint8_t all;
  uint8_t has_tariff;
  char pair[6];
  uint8_t unused[7];
  uint8_t tariff[RL_DIGEST_SIZE];
  uint64_t issued_from_ms; /* two's complement */
  uint64_t issued_before_ms;
  char client[RL_CLIENT_NAME_MAX + 1];
  char reason[RL_REASON_MAX + 1];
} revoke_form;
_Static_assert(sizeof(revoke_form) == 208, "no padding");

static void put_pair(char out[6], const rl_currency pair[2])
{
  const char *codes[2] = {rl_currency_code(pair[0]), rl_currency_code(pair[1])};
  bool ordered = strcmp(codes[0], codes[1]) < 0;
  memcpy(out, codes[ordered ? 0 : 1], 3);
  memcpy(out + 3, codes[ordered ? 1 : 0], 3);
}

static rl_fingerprint revoke_body(const rl_request *request)
{
  const rl_revoke_request *asked = &request->revoke;
  revoke_form form = {
    .kind = (uint8_t)request->kind,
    .all = asked->all,
    .has_tariff = asked->has_tariff,
    .issued_from_ms = htole64((uint64_t)asked->issued_from_ms),
    .issued_before_ms = htole64((uint64_t)asked->issued_before_ms),
  };
  if (asked->has_pair)
    put_pair(form.pair, asked->pair);
  if (asked->has_tariff)
    memcpy(form.tariff, asked->tariff.bytes, sizeof form.tariff);
  memcpy(form.client, request->client, strlen(request->client));
  memcpy(form.reason, asked->reason, strlen(asked->reason));
  return rl_fingerprint_of(&form, sizeof form, 0);
}

/* Likewise of a halt and a resume, whose kinds differ. */
typedef struct halt_form {
  uint8_t kind;
  char pair[6];
  uint8_t unused;
  char reason[RL_REASON_MAX + 1];
} halt_form;
_Static_assert(sizeof(halt_form) == 136, "no padding");

static rl_fingerprint halt_body(const rl_request *request)
{
  halt_form form = {.kind = (uint8_t)request->kind};
  put_pair(form.pair, request->revoke.pair);
  memcpy(form.reason, request->revoke.reason, strlen(request->revoke.reason));
  return rl_fingerprint_of(&form, sizeof form, 0);
}

rl_fingerprint rl_request_body(const rl_request *request)
{
  const rl_operation_word *asked = &rl_operation_words[request->kind];
  if (!(asked->required & BIT(KEY)))
    return (rl_fingerprint){0};
  if (request->kind == RL_REQUEST_POST)
    return rl_movement_body(&request->movement);
  if (request->kind == RL_REQUEST_REVOKE)
    return revoke_body(request);
  if (rl_kind_is_halt(request->kind))
    return halt_body(request);
  body_form form = {.kind = (uint8_t)request->kind};
  if (asked->names_quote)
    put_named_quote(&form, request);
  else
    put_priced(&form, request);
  size_t size = form.method[0] ? sizeof form : offsetof(body_form, method);
  return rl_fingerprint_of(&form, size, 0);
}
