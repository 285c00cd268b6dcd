/* What the decoder of requests keeps while it reads one, and what its parts share. Private to this
 * room's decoder. */
#pragma once

#include "wire/fields.h"
#include "wire/value.h"

/* The request's map is one level, alone or in a batch; this is left for a value inside. */
#define RL_VALUE_DEPTH (RL_DEPTH_MAX - 1)

typedef struct rl_decoding {
  rl_unpacker *unpacker;
  rl_request *out;
  rl_fault *fault;
  unsigned seen;
  unsigned given;
  bool lists_from; /* `from` is an array */
  bool pays_out;   /* `direction` is "out" */
} rl_decoding;

/* Keeps the refusal that comes first in precedence, and of equals the first met. */
void rl_refuse_field(rl_decoding *in, rl_refusal refusal, rl_field field, const char *detail);
/* For a value of another type than was asked for; passes over what is inside it. */
void rl_refuse_type(rl_decoding *in, rl_field field, rl_value value, const char *detail);
/* False, with the field refused, if the value is something else. */
bool rl_value_is_text(rl_decoding *in, rl_field field, rl_value value);
/* Copies a name of 1 … limit bytes of printable ASCII from `lowest` on, with a NUL. */
void rl_take_name(rl_decoding *in, rl_field field, rl_value value, uint8_t lowest, char *out,
                  size_t limit);

/* request_movement.c: the fields of a movement that no other operation has, */
void rl_take_movement_field(rl_decoding *in, rl_field field, rl_value value);
/* and what they must be together with the others. */
void rl_check_movement(rl_decoding *in);

/* Milliseconds from 1970 to the end of 9999. */
void rl_take_instant(rl_decoding *in, rl_field field, rl_value value, int64_t *out_utc_ms);

/* request_revoke.c: what a "revoke" says of the quotes that it takes back, likewise. */
void rl_take_revoke_field(rl_decoding *in, rl_field field, rl_value value);
void rl_check_revoke(rl_decoding *in);
