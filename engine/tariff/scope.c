/* Who and what a rule or a waiver is for. */
#include "tariff/reader.h"

static rl_status read_who(const rl_place *place, const rl_raw_scope *raw, rl_scope *scope)
{
  rl_status status = RL_OK;
  if (!rl_is_any(raw->client))
    status = rl_read_client(place, "client", raw->client, scope->client);
  if (status == RL_OK && !rl_is_any(raw->tier))
    status = rl_read_name(place, "tier", raw->tier, scope->tier);
  if (status == RL_OK && !rl_is_any(raw->method))
    status = rl_read_name(place, "method", raw->method, scope->method);
  return status;
}

static rl_status read_corridor(const rl_place *place, const rl_raw_scope *raw, rl_scope *scope)
{
  rl_status status = RL_OK;
  if (!rl_is_any(raw->from))
    status = rl_read_currency(place, "from", raw->from, &scope->from);
  if (status == RL_OK && !rl_is_any(raw->to))
    status = rl_read_currency(place, "to", raw->to, &scope->to);
  if (status == RL_OK && scope->from.index && rl_currency_equal(scope->from, scope->to))
    status = rl_place_fail(place, RL_INVALID, "to",
                           "the same currency as from, so no request ever matches; change one");
  return status;
}

static rl_status read_pair(const rl_place *place, const rl_raw_scope *raw, rl_scope *scope)
{
  if (rl_is_any(raw->pair))
    return RL_OK;
  if (scope->from.index || scope->to.index)
    return rl_place_fail(place, RL_INVALID, "pair",
                         "beside from or to; name the pair for both directions, or from and to "
                         "for one");
  return rl_read_pair(place, "pair", raw->pair, &scope->pair_base, &scope->pair_quote);
}

static rl_status read_band(const rl_place *place, const rl_raw_scope *raw, rl_scope *scope)
{
  scope->amount_below_minor = RL_AMOUNT_MAX + 1;
  if (!raw->amount_from && !raw->amount_below)
    return RL_OK;
  if (!scope->from.index)
    return rl_place_fail(place, RL_INVALID, raw->amount_from ? "amount_from" : "amount_below",
                         "an amount of which currency? Name \"from\"");
  rl_status status = RL_OK;
  if (raw->amount_from)
    status = rl_read_amount_or_zero(place, "amount_from", raw->amount_from, scope->from,
                                    &scope->amount_from_minor);
  if (status == RL_OK && raw->amount_below)
    status = rl_read_amount(place, "amount_below", raw->amount_below, scope->from,
                            &scope->amount_below_minor);
  if (status == RL_OK && scope->amount_below_minor <= scope->amount_from_minor)
    status = rl_place_fail(place, RL_INVALID, "amount_below",
                           "%.40s is not above amount_from %.40s, so no amount lies between; "
                           "raise it", raw->amount_below, raw->amount_from);
  return status;
}

rl_status rl_read_scope(const rl_place *place, const rl_raw_scope *raw, rl_scope *out)
{
  rl_scope scope = {.amount_from_minor = 0};
  rl_status status = read_who(place, raw, &scope);
  if (status == RL_OK)
    status = read_corridor(place, raw, &scope);
  if (status == RL_OK)
    status = read_pair(place, raw, &scope);
  if (status == RL_OK)
    status = read_band(place, raw, &scope);
  if (status == RL_OK)
    *out = scope;
  return status;
}
