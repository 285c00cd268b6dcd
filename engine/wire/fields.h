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
  RL_FIELD_QUOTE,
  RL_FIELD_TOKEN,
  RL_FIELD_KEY,
  RL_FIELD_PAIRS,
  RL_FIELD_NONE, /* not a field of any request */
} rl_field;

/* The key on the wire; "" for RL_FIELD_NONE. Static. */
const char *rl_field_name(rl_field field);
rl_field rl_field_find(const char *text, size_t length);

/* The operation's word; static. */
const char *rl_kind_name(rl_request_kind kind);
/* 0 if there is none of that name. */
rl_request_kind rl_kind_find(const char *text, size_t length);

/* Bits (1 << field) of the fields that an operation cannot do without. */
unsigned rl_kind_required(rl_request_kind kind);
/* True for those that name a quote by id, token, or both. */
bool rl_kind_names_quote(rl_request_kind kind);

/* The fingerprint of what the operation depends on (L4). Zero for operations without a key. */
rl_fingerprint rl_request_body(const rl_request *request);
