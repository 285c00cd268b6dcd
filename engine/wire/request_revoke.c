/* What a "revoke" says of the quotes that it takes back, and that it says something. */
#include "wire/decoding.h"

#include <string.h>

static void take_pair(rl_decoding *in, rl_value value)
{
  rl_revoke_request *revoke = &in->out->revoke;
  if (!rl_value_is_text(in, RL_FIELD_PAIR, value))
    return;
  const char *text = (const char *)value.bytes;
  bool slashed = value.size == 7 && text[3] == '/';
  if (value.size != 6 && !slashed)
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_PAIR, "expected a pair such as EURUSD");
  else if (rl_currency_find(text, 3, &revoke->pair[0]) != RL_OK
           || rl_currency_find(text + value.size - 3, 3, &revoke->pair[1]) != RL_OK)
    rl_refuse_field(in, RL_REFUSAL_UNKNOWN_CURRENCY, RL_FIELD_PAIR, "expected two ISO 4217 codes");
  else if (rl_currency_equal(revoke->pair[0], revoke->pair[1]))
    rl_refuse_field(in, RL_REFUSAL_SAME_CURRENCY, RL_FIELD_PAIR, "the same currency twice");
  else
    revoke->has_pair = true;
}

static void take_tariff(rl_decoding *in, rl_value value)
{
  rl_revoke_request *revoke = &in->out->revoke;
  if (!rl_value_is_text(in, RL_FIELD_TARIFF, value))
    return;
  revoke->has_tariff = rl_hex_decode((const char *)value.bytes, value.size, revoke->tariff.bytes,
                                     sizeof revoke->tariff.bytes) == RL_OK;
  if (!revoke->has_tariff)
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_TARIFF,
                    "expected the 32 hexadecimal digits of a tariff's hash");
}

void rl_take_instant(rl_decoding *in, rl_field field, rl_value value, int64_t *out_utc_ms)
{
  if (value.type != RL_PACK_UINT && value.type != RL_PACK_INT)
    rl_refuse_type(in, field, value, "expected an integer");
  else if (value.type == RL_PACK_INT || value.number > RL_INSTANT_MAX_MS)
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, field,
                    "expected milliseconds from 1970 to the end of 9999");
  else
    *out_utc_ms = (int64_t)value.number;
}

static void take_all(rl_decoding *in, rl_value value)
{
  if (value.type == RL_PACK_BOOL)
    in->out->revoke.all = value.number != 0;
  else
    rl_refuse_type(in, RL_FIELD_ALL, value, "expected true or false");
}

void rl_take_revoke_field(rl_decoding *in, rl_field field, rl_value value)
{
  rl_revoke_request *revoke = &in->out->revoke;
  if (field == RL_FIELD_PAIR)
    take_pair(in, value);
  else if (field == RL_FIELD_TARIFF)
    take_tariff(in, value);
  else if (field == RL_FIELD_ISSUED_FROM)
    rl_take_instant(in, field, value, &revoke->issued_from_ms);
  else if (field == RL_FIELD_ISSUED_BEFORE)
    rl_take_instant(in, field, value, &revoke->issued_before_ms);
  else if (field == RL_FIELD_ALL)
    take_all(in, value);
  else
    rl_take_name(in, field, value, ' ', revoke->reason, RL_REASON_MAX);
}

#define BIT(field) (1u << RL_FIELD_##field)

/* Nobody takes everything back because a field was forgotten or misspelt. */
void rl_check_revoke(rl_decoding *in)
{
  const rl_revoke_request *revoke = &in->out->revoke;
  bool stated = in->given & (BIT(PAIR) | BIT(TARIFF) | BIT(CLIENT) | BIT(ISSUED_FROM)
                             | BIT(ISSUED_BEFORE));
  if (!stated && !revoke->all)
    rl_refuse_field(in, RL_REFUSAL_MISSING_FIELD, RL_FIELD_ALL,
                    "say which quotes, or that really all are meant");
  if (stated && revoke->all)
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_ALL, "all, and which ones");
  if (revoke->issued_from_ms >= revoke->issued_before_ms)
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_ISSUED_BEFORE,
                    "not later than issued_from");
}
