/* Fees (M5). Which keys a fee may have follows from its kind alone and is one table; what its
 * amounts are counted in follows from its side. */
#include "tariff/reader.h"

static const char *const side_words[] = {[RL_FEE_SOURCE] = "source", [RL_FEE_TARGET] = "target"};
static const char *const mode_words[] = {[RL_FEE_DEDUCTED] = "deducted",
                                         [RL_FEE_ON_TOP] = "on_top"};

typedef enum use { HAS_NOT, MAY_HAVE, NEEDS } use;

#define KINDS 5
static const char *const kind_words[KINDS] = {
  [RL_FEE_FLAT] = "flat", [RL_FEE_BPS] = "bps", [RL_FEE_GRADUATED] = "graduated",
  [RL_FEE_SLAB] = "slab", [RL_FEE_GREATER_OF] = "greater_of",
};

#define KEYS 6
static const char *const key_words[KEYS] = {"amount", "bps", "tiers", "of", "min", "max"};
static const use key_uses[KINDS][KEYS] = {
  [RL_FEE_FLAT] = {NEEDS, HAS_NOT, HAS_NOT, HAS_NOT, HAS_NOT, HAS_NOT},
  [RL_FEE_BPS] = {HAS_NOT, NEEDS, HAS_NOT, HAS_NOT, MAY_HAVE, MAY_HAVE},
  [RL_FEE_GRADUATED] = {HAS_NOT, HAS_NOT, NEEDS, HAS_NOT, MAY_HAVE, MAY_HAVE},
  [RL_FEE_SLAB] = {HAS_NOT, HAS_NOT, NEEDS, HAS_NOT, MAY_HAVE, MAY_HAVE},
  [RL_FEE_GREATER_OF] = {HAS_NOT, HAS_NOT, HAS_NOT, NEEDS, MAY_HAVE, MAY_HAVE},
};

/* One fee while it is read. */
typedef struct fee_place {
  rl_place place;
  const rl_raw_fee *raw;
  const rl_rule *rule; /* its scope names the currencies */
  rl_fee *fee;
} fee_place;

/* The currency that a fee's amounts are in: its side's, as the rule names it. */
static rl_status side_currency(const fee_place *at, const rl_place *place, const char *key,
                               rl_currency *out)
{
  bool on_source = at->fee->side == RL_FEE_SOURCE;
  *out = on_source ? at->rule->scope.from : at->rule->scope.to;
  if (out->index)
    return RL_OK;
  return rl_place_fail(place, RL_INVALID, key,
                       "an amount of which currency? Name the rule's \"%s\", or use bps alone",
                       on_source ? "from" : "to");
}

static rl_status read_amount(const fee_place *at, const rl_place *place, const char *key,
                             const char *text, int64_t *out)
{
  rl_currency currency;
  rl_status status = side_currency(at, place, key, &currency);
  return status == RL_OK ? rl_read_amount(place, key, text, currency, out) : status;
}

/* --- parts --- */

static rl_status read_worth(const fee_place *at, const rl_place *place, const rl_raw_part *raw,
                            rl_fee_part *part)
{
  bool graduated = at->fee->kind == RL_FEE_GRADUATED;
  if (raw->amount && graduated)
    return rl_place_fail(place, RL_INVALID, "amount",
                         "a tier of a graduated fee has no amount; use bps, or kind slab");
  if (raw->amount && raw->bps)
    return rl_place_fail(place, RL_INVALID, "bps", "beside amount; keep one of the two");
  if (raw->amount)
    return read_amount(at, place, "amount", raw->amount, &part->flat_minor);
  if (raw->bps)
    return rl_read_bps(place, "bps", raw->bps, 0, &part->ratio_e8);
  return rl_place_fail(place, RL_INVALID, "bps", "missing; add it%s",
                       graduated ? "" : ", or an amount");
}

static rl_status read_threshold(const fee_place *at, const rl_place *place, const char *text,
                                unsigned tier)
{
  rl_currency currency;
  rl_fee_part *part = &at->fee->parts[tier];
  rl_status status = side_currency(at, place, "from", &currency);
  if (status == RL_OK)
    status = rl_read_amount_or_zero(place, "from", text, currency, &part->from_minor);
  if (status != RL_OK)
    return status;
  if (tier == 0 && part->from_minor != 0)
    return rl_place_fail(place, RL_INVALID, "from", "the first tier starts at 0; write from: 0");
  if (tier > 0 && part->from_minor <= part[-1].from_minor)
    return rl_place_fail(place, RL_INVALID, "from",
                         "not above the tier before it; list tiers from low to high");
  return RL_OK;
}

static rl_status read_tiers(const fee_place *at)
{
  const rl_raw_fee *raw = at->raw;
  rl_status status =
    rl_check_count(&at->place, "tiers", raw->tiers_count, 1, RL_FEE_PARTS_MAX);
  for (unsigned i = 0; status == RL_OK && i < raw->tiers_count; i++) {
    rl_place place = rl_place_entry(&at->place, "tiers", i);
    status = read_threshold(at, &place, raw->tiers[i].from, i);
    if (status == RL_OK)
      status = read_worth(at, &place, &raw->tiers[i], &at->fee->parts[i]);
  }
  at->fee->part_count = raw->tiers_count;
  return status;
}

static rl_status read_alternatives(const fee_place *at)
{
  const rl_raw_fee *raw = at->raw;
  rl_status status = rl_check_count(&at->place, "of", raw->of_count, 2, RL_FEE_PARTS_MAX);
  for (unsigned i = 0; status == RL_OK && i < raw->of_count; i++) {
    rl_place place = rl_place_entry(&at->place, "of", i);
    status = read_worth(at, &place, &raw->of[i], &at->fee->parts[i]);
  }
  at->fee->part_count = raw->of_count;
  return status;
}

static rl_status read_parts(const fee_place *at)
{
  at->fee->part_count = 1;
  switch (at->fee->kind) {
  case RL_FEE_FLAT:
    return read_amount(at, &at->place, "amount", at->raw->amount, &at->fee->parts[0].flat_minor);
  case RL_FEE_BPS:
    return rl_read_bps(&at->place, "bps", at->raw->bps, 0, &at->fee->parts[0].ratio_e8);
  case RL_FEE_GRADUATED:
  case RL_FEE_SLAB: return read_tiers(at);
  case RL_FEE_GREATER_OF: return read_alternatives(at);
  }
  RL_ASSERT(false);
  return RL_INVALID;
}

/* --- one fee --- */

static rl_status check_keys(const fee_place *at)
{
  const use *uses = key_uses[at->fee->kind];
  const char *kind = kind_words[at->fee->kind];
  for (unsigned i = 0; i < KEYS; i++) {
    bool has = rl_place_has(&at->place, key_words[i]);
    if (has && uses[i] == HAS_NOT)
      return rl_place_fail(&at->place, RL_INVALID, key_words[i],
                           "a %s fee has no %s; remove it or change the kind", kind,
                           key_words[i]);
    if (!has && uses[i] == NEEDS)
      return rl_place_fail(&at->place, RL_INVALID, key_words[i], "missing; a %s fee needs it",
                           kind);
  }
  return RL_OK;
}

static rl_status read_bounds(const fee_place *at)
{
  const rl_raw_fee *raw = at->raw;
  rl_fee *fee = at->fee;
  rl_status status = RL_OK;
  fee->max_minor = RL_AMOUNT_MAX;
  if (raw->min)
    status = read_amount(at, &at->place, "min", raw->min, &fee->min_minor);
  if (status == RL_OK && raw->max)
    status = read_amount(at, &at->place, "max", raw->max, &fee->max_minor);
  if (status == RL_OK && fee->min_minor > fee->max_minor)
    status = rl_place_fail(&at->place, RL_INVALID, "min", "%.40s is above max %.40s; exchange them",
                           raw->min, raw->max);
  return status;
}

/* Side and mode: what a fee's amounts and its place in the sums depend on. */
static rl_status read_side(const fee_place *at)
{
  const rl_raw_fee *raw = at->raw;
  const rl_place *place = &at->place;
  unsigned side = RL_FEE_SOURCE, mode = RL_FEE_DEDUCTED;
  rl_status status = RL_OK;
  if (raw->side)
    status = rl_read_word(place, "side", raw->side, side_words, 2, &side);
  if (status == RL_OK && raw->mode)
    status = rl_read_word(place, "mode", raw->mode, mode_words, 2, &mode);
  if (status != RL_OK)
    return status;
  if (side == RL_FEE_TARGET && mode == RL_FEE_ON_TOP)
    return rl_place_fail(place, RL_INVALID, "mode",
                         "a target fee is always deducted; remove on_top, or charge the source");
  if (side == RL_FEE_TARGET && at->fee->kind == RL_FEE_SLAB)
    return rl_place_fail(place, RL_INVALID, "kind",
                         "a slab on the target side leaves amounts that cannot be paid out; use "
                         "graduated, or charge the source");
  at->fee->side = (rl_fee_side)side;
  at->fee->mode = (rl_fee_mode)mode;
  return RL_OK;
}

static rl_status read_fee(const fee_place *at)
{
  unsigned kind;
  rl_status status = rl_read_name(&at->place, "name", at->raw->name, at->fee->name);
  if (status == RL_OK)
    status = rl_read_word(&at->place, "kind", at->raw->kind, kind_words, KINDS, &kind);
  if (status != RL_OK)
    return status;
  at->fee->kind = (rl_fee_kind)kind;
  status = read_side(at);
  if (status == RL_OK)
    status = check_keys(at);
  if (status == RL_OK)
    status = read_parts(at);
  return status == RL_OK ? read_bounds(at) : status;
}

/* --- all of a rule --- */

static int32_t largest_ratio(const rl_fee *fee)
{
  int32_t largest_e8 = 0;
  for (unsigned i = 0; i < fee->part_count; i++)
    if (fee->parts[i].ratio_e8 > largest_e8)
      largest_e8 = fee->parts[i].ratio_e8;
  return largest_e8;
}

/* Whether what the item takes depends on a rounding of its base. */
static bool rounds(const rl_fee *fee)
{
  return fee->kind == RL_FEE_BPS || fee->kind == RL_FEE_GRADUATED || largest_ratio(fee) > 0;
}

static const char *ratio_key(const rl_fee *fee)
{
  if (fee->kind == RL_FEE_BPS)
    return "bps";
  return fee->kind == RL_FEE_GREATER_OF ? "of" : "tiers";
}

/* A quote, the ledger and a waiver know an item by its name. */
static rl_status check_name(const rl_place *place, const rl_rule *rule)
{
  const char *newest = rule->fees[rule->fee_count - 1].name;
  for (unsigned i = 0; i + 1 < rule->fee_count; i++)
    if (strcmp(rule->fees[i].name, newest) == 0)
      return rl_place_fail(place, RL_EXISTS, "name",
                           "the same name as fees[%u] of this rule; give each a name of its "
                           "own", i);
  return RL_OK;
}

/* M5: sums over a rule's items up to and with the newest. */
static rl_status check_sums(const rl_place *place, const rl_rule *rule)
{
  int64_t source_e8 = 0;
  unsigned target_items = 0;
  for (unsigned i = 0; i < rule->fee_count; i++) {
    bool on_source = rule->fees[i].side == RL_FEE_SOURCE;
    source_e8 += on_source ? largest_ratio(&rule->fees[i]) : 0;
    target_items += !on_source && rounds(&rule->fees[i]);
  }
  const rl_fee *newest = &rule->fees[rule->fee_count - 1];
  if (source_e8 > RL_RATIO_E8_MAX)
    return rl_place_fail(place, RL_OUT_OF_RANGE, ratio_key(newest),
                         "the rule's source fees now sum to more than %d basis points; lower one",
                         RL_RATIO_E8_MAX / 10000);
  if (target_items > 1)
    return rl_place_fail(place, RL_INVALID, "kind",
                         "a second fee with bps on the target side; keep one, or charge the "
                         "source");
  return RL_OK;
}

rl_status rl_read_fees(const rl_place *place, const rl_raw_rule *raw, rl_rule *rule)
{
  rl_status status = rl_check_count(place, "fees", raw->fees_count, 0, RL_FEES_MAX);
  for (unsigned i = 0; status == RL_OK && i < raw->fees_count; i++) {
    fee_place at = {.place = rl_place_entry(place, "fees", i),
                    .raw = &raw->fees[i],
                    .rule = rule,
                    .fee = &rule->fees[i]};
    status = read_fee(&at);
    rule->fee_count = i + 1;
    if (status == RL_OK)
      status = check_name(&at.place, rule);
    if (status == RL_OK)
      status = check_sums(&at.place, rule);
  }
  return status;
}
