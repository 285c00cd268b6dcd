/* What a "post" asks for: the movement's own fields, and how they go together by its kind. */
#include "wire/decoding.h"

#include <string.h>

static bool text_is(rl_value value, const char *text)
{
  return value.size == strlen(text) && memcmp(value.bytes, text, value.size) == 0;
}

static void take_kind(rl_decoding *in, rl_value value)
{
  if (!rl_value_is_text(in, RL_FIELD_KIND, value))
    return;
  for (rl_transaction_kind kind = RL_TRANSACTION_REFUND; kind <= RL_TRANSACTION_HEDGE; kind++) {
    if (text_is(value, rl_transaction_kind_name(kind)))
      in->out->movement.kind = kind;
  }
  if (in->out->movement.kind == 0)
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_KIND,
                    "expected \"settlement\", \"hedge\" or \"refund\"");
}

/* The name behind "customer:" or "counterparty:". */
static bool take_party_name(rl_decoding *in, rl_value value, const char *lead)
{
  size_t length = strlen(lead);
  if (value.size < length || memcmp(value.bytes, lead, length) != 0)
    return false;
  value.bytes += length;
  value.size -= (uint32_t)length;
  rl_take_name(in, RL_FIELD_PARTY, value, ' ', in->out->movement.party_name, RL_CLIENT_NAME_MAX);
  return true;
}

static void take_party(rl_decoding *in, rl_value value)
{
  rl_movement *movement = &in->out->movement;
  if (!rl_value_is_text(in, RL_FIELD_PARTY, value))
    return;
  if (take_party_name(in, value, "customer:"))
    movement->party = RL_ACCOUNT_CUSTOMER;
  else if (take_party_name(in, value, "counterparty:"))
    movement->party = RL_ACCOUNT_COUNTERPARTY;
  else
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_PARTY,
                    "expected \"customer:NAME\" or \"counterparty:NAME\"");
}

static void take_direction(rl_decoding *in, rl_value value)
{
  if (!rl_value_is_text(in, RL_FIELD_DIRECTION, value))
    return;
  in->pays_out = text_is(value, "out");
  if (!in->pays_out && !text_is(value, "in"))
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_DIRECTION,
                    "expected \"in\" or \"out\"");
}

static void take_value_date(rl_decoding *in, rl_value value)
{
  rl_date date;
  if (!rl_value_is_text(in, RL_FIELD_VALUE_DATE, value))
    return;
  if (rl_date_parse((const char *)value.bytes, value.size, &date) == RL_OK)
    in->out->movement.value_day = date.day;
  else
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_VALUE_DATE,
                    "expected a date such as \"2026-11-24\"");
}

void rl_take_movement_field(rl_decoding *in, rl_field field, rl_value value)
{
  rl_movement *movement = &in->out->movement;
  if (field == RL_FIELD_KIND)
    take_kind(in, value);
  else if (field == RL_FIELD_PARTY)
    take_party(in, value);
  else if (field == RL_FIELD_DIRECTION)
    take_direction(in, value);
  else if (field == RL_FIELD_VALUE_DATE)
    take_value_date(in, value);
  else if (field == RL_FIELD_ACCOUNT)
    rl_take_name(in, field, value, ' ', movement->bank, RL_CLIENT_NAME_MAX);
  else
    rl_take_name(in, field, value, ' ', movement->reference, RL_REFERENCE_MAX);
}

/* --- together --- */

#define BIT(field) (1u << RL_FIELD_##field)

static unsigned required_by(rl_transaction_kind kind)
{
  switch (kind) {
  case RL_TRANSACTION_SETTLEMENT:
    return BIT(PARTY) | BIT(ACCOUNT) | BIT(AMOUNT) | BIT(CURRENCY) | BIT(VALUE_DATE);
  case RL_TRANSACTION_HEDGE:
    return BIT(PARTY) | BIT(FROM) | BIT(TO) | BIT(BOUGHT) | BIT(SOLD) | BIT(VALUE_DATE);
  case RL_TRANSACTION_REFUND: return BIT(QUOTE);
  case RL_TRANSACTION_SALE: break;
  }
  return 0;
}

/* The movement of the kind alone: what it has no use for is not part of its body. */
static rl_movement movement_of(const rl_decoding *in)
{
  const rl_request *request = in->out;
  const rl_movement *given = &request->movement;
  rl_movement out = {.kind = given->kind};
  memcpy(out.reference, given->reference, sizeof out.reference);
  if (given->kind == RL_TRANSACTION_REFUND) {
    out.quote = request->id;
    return out;
  }
  out.value_day = given->value_day;
  out.party = given->party;
  memcpy(out.party_name, given->party_name, sizeof out.party_name);
  if (given->kind == RL_TRANSACTION_HEDGE) {
    out.amount = (rl_amount){given->amount.minor, request->to};
    out.sold = (rl_amount){given->sold.minor, request->from};
    return out;
  }
  int64_t minor = request->price.amount_minor;
  out.amount = (rl_amount){in->pays_out ? -minor : minor, given->amount.currency};
  memcpy(out.bank, given->bank, sizeof out.bank);
  return out;
}

static void check_fault(rl_decoding *in)
{
  const char *field;
  const char *reason = rl_movement_fault(&in->out->movement, &field);
  if (reason)
    rl_fault_set(in->fault, RL_REFUSAL_INVALID_FIELD, field, reason);
}

void rl_check_movement(rl_decoding *in)
{
  rl_request *request = in->out;
  bool hedge = request->movement.kind == RL_TRANSACTION_HEDGE;
  unsigned missing = required_by(request->movement.kind) & ~in->given;
  if (missing)
    rl_refuse_field(in, RL_REFUSAL_MISSING_FIELD, (rl_field)__builtin_ctz(missing),
                    "required for this kind");
  if (hedge && in->lists_from)
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_FROM, "expected text");
  if (hedge && rl_currency_equal(request->from, request->to))
    rl_refuse_field(in, RL_REFUSAL_SAME_CURRENCY, RL_FIELD_TO, "the same as from");
  request->movement = movement_of(in);
  if (in->fault->refusal == RL_REFUSAL_NONE)
    check_fault(in);
}
