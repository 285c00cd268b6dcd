/* The words of a request: its fields, its operations and which of them needs what. Shared by this
 * room's decoder and encoder. */
#pragma once

#include "wire/request.h"

/* In the order in which the encoder writes them. The numbers are not on the wire. */
typedef enum rl_field {
  RL_FIELD_OP,
  RL_FIELD_FROM,
  RL_FIELD_TO,
  RL_FIELD_AMOUNT,
  RL_FIELD_FIX,
  RL_FIELD_TTL_MS,
  RL_FIELD_TIER,
  RL_FIELD_METHOD,
  RL_FIELD_QUOTE,
  RL_FIELD_TOKEN,
  RL_FIELD_KEY,
  RL_FIELD_PAIRS,
  RL_FIELD_CLIENT,
  RL_FIELD_KIND,
  RL_FIELD_PARTY,
  RL_FIELD_ACCOUNT,
  RL_FIELD_DIRECTION,
  RL_FIELD_CURRENCY,
  RL_FIELD_BOUGHT,
  RL_FIELD_SOLD,
  RL_FIELD_VALUE_DATE,
  RL_FIELD_REFERENCE,
  RL_FIELD_PAIR,
  RL_FIELD_TARIFF,
  RL_FIELD_ISSUED_FROM,
  RL_FIELD_ISSUED_BEFORE,
  RL_FIELD_ALL,
  RL_FIELD_REASON,
  RL_FIELD_SINCE,
  RL_FIELD_BEFORE,
  RL_FIELD_NONE, /* not a field of any request */
} rl_field;
_Static_assert(RL_FIELD_NONE < 32, "sets of fields are bits of an unsigned");

/* The key on the wire; "" for RL_FIELD_NONE. Static. */
const char *rl_field_name(rl_field field);

typedef struct rl_operation_word {
  char name[12];
  uint8_t length;    /* of the name, in bytes */
  bool names_quote;  /* by id, token, or both */
  unsigned required; /* bits (1 << field) of the fields that it cannot do without */
} rl_operation_word;

/* By kind, from 1 on. */
#define RL_KIND_END (RL_REQUEST_HALTS + 1)
extern const rl_operation_word rl_operation_words[RL_KIND_END];

/* Whether the operation asks for prices: from, to and an amount are required. */
static inline bool rl_kind_is_priced(rl_request_kind kind)
{
  return rl_operation_words[kind].required & 1u << RL_FIELD_AMOUNT;
}

/* Of one pair by hand: halted, or let go. */
static inline bool rl_kind_is_halt(rl_request_kind kind)
{
  return kind == RL_REQUEST_HALT || kind == RL_REQUEST_RESUME;
}

/* The fingerprint of what the operation depends on (L4). Zero for operations without a key. */
rl_fingerprint rl_request_body(const rl_request *request);

/* Too long texts are cut. */
void rl_fault_set(rl_fault *fault, rl_refusal refusal, const char *path, const char *detail);
/* The detail of bytes that cannot be read. */
extern const char rl_unreadable[];
