/* The rules: each for itself. How they lie beside each other is checked in reach.c. */
#include "tariff/reader.h"

#include <stdlib.h>

/* --- markup --- */

/* A value for both sides, or one for each. */
typedef struct side_values {
  const char *both_key;
  const char *bid_key;
  const char *ask_key;
  const char *both; /* NULL where left out */
  const char *bid;
  const char *ask;
} side_values;

typedef rl_status read_value(const rl_place *place, const char *key, const char *text,
                             int32_t *out);

static rl_status read_markup_bps(const rl_place *place, const char *key, const char *text,
                                 int32_t *out)
{
  return rl_read_bps(place, key, text, -RL_RATIO_E8_MAX, out);
}

static rl_status read_points(const rl_place *place, const char *key, const char *text,
                             int32_t *out)
{
  rl_fixed_range range = {.decimals = 1, .low = 0, .high = RL_POINTS_E1_MAX};
  return rl_read_fixed(place, key, text, range, out);
}

static rl_status read_sides(const rl_place *place, const side_values *values, read_value *read,
                            int32_t out[2])
{
  if (values->both && (values->bid || values->ask))
    return rl_place_fail(place, RL_INVALID, values->both_key,
                         "beside %s; keep one for both sides, or one for each",
                         values->bid ? values->bid_key : values->ask_key);
  if (values->both) {
    rl_status status = read(place, values->both_key, values->both, &out[RL_SELL_BASE]);
    out[RL_BUY_BASE] = out[RL_SELL_BASE];
    return status;
  }
  if (!values->bid && !values->ask)
    return RL_OK;
  if (!values->bid || !values->ask)
    return rl_place_fail(place, RL_INVALID, values->bid ? values->ask_key : values->bid_key,
                         "missing; bid and ask come together");
  rl_status status = read(place, values->bid_key, values->bid, &out[RL_SELL_BASE]);
  return status == RL_OK ? read(place, values->ask_key, values->ask, &out[RL_BUY_BASE]) : status;
}

static side_values bps_of(const rl_raw_rule *raw)
{
  return (side_values){.both_key = "markup_bps", .both = raw->markup_bps,
                       .bid_key = "markup_bid_bps", .bid = raw->markup_bid_bps,
                       .ask_key = "markup_ask_bps", .ask = raw->markup_ask_bps};
}

static side_values points_of(const rl_raw_rule *raw)
{
  return (side_values){.both_key = "markup_points", .both = raw->markup_points,
                       .bid_key = "markup_bid_points", .bid = raw->markup_bid_points,
                       .ask_key = "markup_ask_points", .ask = raw->markup_ask_points};
}

/* The key that states the value of one side, or NULL. */
static const char *key_of(const side_values *values, rl_side side)
{
  if (values->both)
    return values->both_key;
  const char *key = side == RL_SELL_BASE ? values->bid_key : values->ask_key;
  return values->bid && values->ask ? key : NULL;
}

/* A pip is of a pair; without one it means nothing. */
static rl_status check_points_scope(const rl_place *place, const side_values *points,
                                    const rl_scope *scope)
{
  const char *key = key_of(points, RL_SELL_BASE);
  bool names_pair = scope->pair_base.index || (scope->from.index && scope->to.index);
  if (!key || names_pair)
    return RL_OK;
  return rl_place_fail(place, RL_INVALID, key,
                       "points of which pair? Name \"pair\", or \"from\" and \"to\", or use bps");
}

static rl_status read_markups(const rl_place *place, const rl_raw_rule *raw, rl_rule *rule)
{
  int32_t e8[2] = {0}, points_e1[2] = {0};
  side_values bps = bps_of(raw), points = points_of(raw);
  rl_status status = read_sides(place, &bps, read_markup_bps, e8);
  if (status == RL_OK)
    status = read_sides(place, &points, read_points, points_e1);
  if (status == RL_OK)
    status = check_points_scope(place, &points, &rule->scope);
  for (unsigned side = 0; side < 2; side++)
    rule->markups[side] = (rl_markup){.e8 = e8[side], .points_e1 = points_e1[side]};
  return status;
}

/* --- the whole price --- */

typedef struct extras {
  int32_t least_e8; /* the cheapest premium, and no surcharge */
  int64_t most_e8;  /* the dearest premium, and all surcharges */
} extras;

static extras extras_of(const rl_tariff *tariff)
{
  const rl_lock_premium *premium = &tariff->lock_premium;
  extras sum = {.least_e8 = tariff->locks[0].premium_e8,
                .most_e8 = tariff->locks[tariff->lock_count - 1].premium_e8};
  if (premium->by_volatility)
    sum = (extras){.least_e8 = premium->floor_e8, .most_e8 = premium->cap_e8};
  for (unsigned i = 0; i < RL_SURCHARGE_WHENS; i++)
    sum.most_e8 += tariff->surcharges[i].e8;
  return sum;
}

/* Points only add to it, on any rate. */
static rl_status check_total(const rl_place *place, const rl_raw_rule *raw, const rl_rule *rule,
                             const rl_tariff *tariff)
{
  extras sum = extras_of(tariff);
  side_values bps = bps_of(raw);
  for (unsigned i = 0; i < 2; i++) {
    const char *stated = key_of(&bps, (rl_side)i);
    const char *key = stated ? stated : "";
    if (rule->markups[i].e8 + sum.most_e8 > RL_RATIO_E8_MAX)
      return rl_place_fail(place, RL_OUT_OF_RANGE, key,
                           "with the dearest lock's premium and all surcharges more than %d basis "
                           "points; lower one", RL_RATIO_E8_MAX / 10000);
    if (rule->markups[i].e8 + sum.least_e8 < 0)
      return rl_place_fail(place, RL_OUT_OF_RANGE, key,
                           "with the cheapest lock's premium below zero: clients would be paid to "
                           "trade; raise one");
  }
  return RL_OK;
}

/* --- one rule and all --- */

static rl_status read_rule(const rl_place *place, const rl_raw_rule *raw,
                           const rl_tariff *tariff, rl_rule *rule)
{
  unsigned decimals = 0;
  rule->line = rl_document_line(place->document, place->path);
  rl_status status = rl_read_name(place, "name", raw->name, rule->name);
  if (status == RL_OK)
    status = rl_read_scope(place, &raw->scope, &rule->scope);
  if (status == RL_OK)
    status = read_markups(place, raw, rule);
  if (status == RL_OK)
    status = check_total(place, raw, rule, tariff);
  if (status == RL_OK && raw->disclosure_decimals)
    status = rl_read_count(place, "disclosure_decimals", raw->disclosure_decimals, 2, 4,
                           &decimals);
  rule->disclosure_decimals = (uint8_t)decimals;
  return status == RL_OK ? rl_read_fees(place, raw, rule) : status;
}

rl_status rl_tariff_read_rules(rl_tariff *tariff, const rl_place *top, const rl_raw_tariff *raw)
{
  rl_status status = rl_check_count(top, "rules", raw->rules_count, 1, RL_RULES_MAX);
  if (status != RL_OK)
    return status;
  tariff->rules = calloc(raw->rules_count, sizeof *tariff->rules);
  if (!tariff->rules)
    return rl_place_fail(top, RL_NO_MEMORY, "rules", "out of memory");
  for (unsigned i = 0; status == RL_OK && i < raw->rules_count; i++) {
    rl_place place = rl_place_entry(top, "rules", i);
    status = read_rule(&place, &raw->rules[i], tariff, &tariff->rules[i]);
    tariff->rule_count = i + 1;
  }
  if (status == RL_OK
      && rl_match_init(&tariff->match, tariff->rules, tariff->rule_count) != RL_OK)
    return rl_place_fail(top, RL_NO_MEMORY, "rules", "out of memory");
  return status;
}
