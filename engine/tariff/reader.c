/* Checks stand where the field is read; those that need several fields stand after them, so that
 * the first message is about the simplest mistake. */
#include "tariff/reader.h"

#include "tariff/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_words[] = {[RL_FEE_FLAT] = "flat", [RL_FEE_BPS] = "bps"};
static const char *const side_words[] = {[RL_FEE_SOURCE] = "source", [RL_FEE_TARGET] = "target"};
static const char *const mode_words[] = {[RL_FEE_DEDUCTED] = "deducted",
                                         [RL_FEE_ON_TOP] = "on_top"};

static rl_place place_of(const rl_document *document, rl_error *error)
{
  return (rl_place){.document = document, .error = error};
}

static rl_place place_entry(const rl_place *outer, const char *list, unsigned index)
{
  rl_place place = place_of(outer->document, outer->error);
  snprintf(place.path, sizeof place.path, "%.31s%s%.15s[%u]", outer->path,
           outer->path[0] ? "." : "", list, index);
  return place;
}

static rl_status check_count(const rl_place *place, const char *key, unsigned count, unsigned low,
                             unsigned high)
{
  if (count < low)
    return rl_place_fail(place, RL_INVALID, key, "empty; list at least one");
  if (count > high)
    return rl_place_fail(place, RL_OUT_OF_RANGE, key, "%u entries; at most %u", count, high);
  return RL_OK;
}

/* --- locks --- */

static rl_status read_lock(const rl_place *place, const rl_raw_lock *raw,
                           const rl_lock_class *shorter, rl_lock_class *out)
{
  rl_lock_class lock = {.premium_e8 = 0};
  rl_status status = rl_read_ttl(place, "ttl", raw->ttl, &lock.ttl_ms);
  if (status == RL_OK && raw->premium_bps)
    status = rl_read_bps(place, "premium_bps", raw->premium_bps, 0, &lock.premium_e8);
  if (status != RL_OK)
    return status;
  if (shorter && lock.ttl_ms <= shorter->ttl_ms)
    return rl_place_fail(place, RL_INVALID, "ttl",
                         "not longer than the lock before it; list locks from short to long");
  if (shorter && lock.premium_e8 < shorter->premium_e8)
    return rl_place_fail(place, RL_INVALID, "premium_bps",
                         "less than for the shorter lock before it; a longer lock costs no less");
  *out = lock;
  return RL_OK;
}

static rl_status read_locks(rl_tariff *tariff, const rl_place *top, const rl_raw_tariff *raw)
{
  rl_status status = check_count(top, "locks", raw->locks_count, 1, RL_TTL_CLASSES_MAX);
  for (unsigned i = 0; status == RL_OK && i < raw->locks_count; i++) {
    rl_place place = place_entry(top, "locks", i);
    status = read_lock(&place, &raw->locks[i], i ? &tariff->locks[i - 1] : NULL,
                       &tariff->locks[i]);
    tariff->lock_count = i + 1;
  }
  return status;
}

static rl_status read_default_ttl(rl_tariff *tariff, const rl_place *top,
                                  const rl_raw_tariff *raw)
{
  uint32_t ttl_ms = tariff->locks[0].ttl_ms;
  if (raw->default_ttl) {
    rl_status status = rl_read_ttl(top, "default_ttl", raw->default_ttl, &ttl_ms);
    if (status != RL_OK)
      return status;
  }
  for (unsigned i = 0; i < tariff->lock_count; i++)
    if (tariff->locks[i].ttl_ms == ttl_ms) {
      tariff->default_lock = tariff->locks[i];
      return RL_OK;
    }
  return rl_place_fail(top, RL_NOT_FOUND, "default_ttl",
                       "%.40s is not among the locks; use the ttl of one of them",
                       raw->default_ttl);
}

/* --- fees --- */

/* The currency that a fee's amounts are in: its side's, as the rule names it. */
static rl_status side_currency(const rl_place *place, const char *key, const rl_rule *rule,
                               rl_fee_side side, rl_currency *out)
{
  *out = side == RL_FEE_SOURCE ? rule->scope.from : rule->scope.to;
  if (out->index)
    return RL_OK;
  const char *named = side == RL_FEE_SOURCE ? "from" : "to";
  return rl_place_fail(place, RL_INVALID, key,
                       "an amount of which currency? Name the rule's \"%s\", or use bps alone",
                       named);
}

static rl_status read_side_amount(const rl_place *place, const char *key, const char *text,
                                  const rl_rule *rule, rl_fee_side side, int64_t *out)
{
  rl_currency currency;
  rl_status status = side_currency(place, key, rule, side, &currency);
  return status == RL_OK ? rl_read_amount(place, key, text, currency, out) : status;
}

static rl_status refuse_present(const rl_place *place, const char *key, const char *text,
                                const char *kind)
{
  if (!text)
    return RL_OK;
  return rl_place_fail(place, RL_INVALID, key, "a %s fee has no %s; remove it or change the kind",
                       kind, key);
}

static rl_status refuse_absent(const rl_place *place, const char *key, const char *text,
                               const char *kind)
{
  if (text)
    return RL_OK;
  return rl_place_fail(place, RL_INVALID, key, "missing; a %s fee needs it", kind);
}

static rl_status read_flat_fee(const rl_place *place, const rl_raw_fee *raw, const rl_rule *rule,
                               rl_fee *fee)
{
  rl_status status = refuse_present(place, "bps", raw->bps, "flat");
  if (status == RL_OK)
    status = refuse_present(place, "min", raw->min, "flat");
  if (status == RL_OK)
    status = refuse_present(place, "max", raw->max, "flat");
  if (status == RL_OK)
    status = refuse_absent(place, "amount", raw->amount, "flat");
  if (status == RL_OK)
    status = read_side_amount(place, "amount", raw->amount, rule, fee->side,
                              &fee->parts[0].flat_minor);
  return status;
}

static rl_status read_bps_fee(const rl_place *place, const rl_raw_fee *raw, const rl_rule *rule,
                              rl_fee *fee)
{
  rl_status status = refuse_present(place, "amount", raw->amount, "bps");
  if (status == RL_OK)
    status = refuse_absent(place, "bps", raw->bps, "bps");
  if (status == RL_OK)
    status = rl_read_bps(place, "bps", raw->bps, 0, &fee->parts[0].ratio_e8);
  if (status == RL_OK && raw->min)
    status = read_side_amount(place, "min", raw->min, rule, fee->side, &fee->min_minor);
  if (status == RL_OK && raw->max)
    status = read_side_amount(place, "max", raw->max, rule, fee->side, &fee->max_minor);
  if (status == RL_OK && fee->min_minor > fee->max_minor)
    status = rl_place_fail(place, RL_INVALID, "min", "%.40s is above max %.40s; exchange them",
                           raw->min, raw->max);
  return status;
}

/* Side and mode: what a fee's amounts and its place in the sums depend on. */
static rl_status read_fee_place(const rl_place *place, const rl_raw_fee *raw, rl_fee *fee)
{
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
  fee->side = (rl_fee_side)side;
  fee->mode = (rl_fee_mode)mode;
  return RL_OK;
}

static rl_status read_fee(const rl_place *place, const rl_raw_fee *raw, const rl_rule *rule,
                          rl_fee *fee)
{
  unsigned kind;
  rl_status status = rl_read_name(place, "name", raw->name, fee->name);
  if (status == RL_OK)
    status = rl_read_word(place, "kind", raw->kind, kind_words, 2, &kind);
  if (status == RL_OK)
    status = read_fee_place(place, raw, fee);
  if (status != RL_OK)
    return status;
  fee->kind = (rl_fee_kind)kind;
  fee->part_count = 1;
  fee->max_minor = RL_AMOUNT_MAX;
  return kind == RL_FEE_FLAT ? read_flat_fee(place, raw, rule, fee)
                             : read_bps_fee(place, raw, rule, fee);
}

/* M5: sums over a rule's bps items up to and with the newest. */
static rl_status check_fee_sums(const rl_place *place, const rl_rule *rule)
{
  int64_t source_e8 = 0;
  unsigned target_items = 0;
  for (unsigned i = 0; i < rule->fee_count; i++) {
    bool on_source = rule->fees[i].side == RL_FEE_SOURCE;
    source_e8 += on_source ? rule->fees[i].parts[0].ratio_e8 : 0;
    target_items += !on_source && rule->fees[i].kind == RL_FEE_BPS;
  }
  if (source_e8 > RL_RATIO_E8_MAX)
    return rl_place_fail(place, RL_OUT_OF_RANGE, "bps",
                         "the rule's source fees now sum to more than %d basis points; lower one",
                         RL_RATIO_E8_MAX / 10000);
  if (target_items > 1)
    return rl_place_fail(place, RL_INVALID, "kind",
                         "a second bps fee on the target side; keep one, or charge the source");
  return RL_OK;
}

static rl_status read_fees(const rl_place *place, const rl_raw_rule *raw, rl_rule *rule)
{
  rl_status status = check_count(place, "fees", raw->fees_count, 0, RL_FEES_MAX);
  for (unsigned i = 0; status == RL_OK && i < raw->fees_count; i++) {
    rl_place fee_place = place_entry(place, "fees", i);
    status = read_fee(&fee_place, &raw->fees[i], rule, &rule->fees[i]);
    rule->fee_count = i + 1;
    if (status == RL_OK)
      status = check_fee_sums(&fee_place, rule);
  }
  return status;
}

/* --- rules --- */

static bool is_any(const char *text)
{
  return !text || strcmp(text, "*") == 0;
}

static rl_status read_corridor(const rl_place *place, const rl_raw_rule *raw, rl_rule *rule)
{
  rl_status status = RL_OK;
  if (!is_any(raw->tier))
    status = rl_read_name(place, "tier", raw->tier, rule->scope.tier);
  if (status == RL_OK && !is_any(raw->from))
    status = rl_read_currency(place, "from", raw->from, &rule->scope.from);
  if (status == RL_OK && !is_any(raw->to))
    status = rl_read_currency(place, "to", raw->to, &rule->scope.to);
  if (status == RL_OK && rule->scope.from.index
      && rl_currency_equal(rule->scope.from, rule->scope.to))
    status = rl_place_fail(place, RL_INVALID, "to",
                           "the same currency as from, so no request ever matches; change one");
  return status;
}

/* Premiums do not fall, so the last lock's bounds them all; below zero the markup bounds it. */
static rl_status check_total(const rl_place *place, const rl_rule *rule, const rl_tariff *tariff)
{
  int32_t premium_e8 = tariff->locks[tariff->lock_count - 1].premium_e8;
  if (rule->markups[RL_SELL_BASE].e8 <= RL_RATIO_E8_MAX - premium_e8)
    return RL_OK;
  return rl_place_fail(place, RL_OUT_OF_RANGE, "markup_bps",
                       "with the dearest lock's premium more than %d basis points; lower one",
                       RL_RATIO_E8_MAX / 10000);
}

static rl_status read_rule(const rl_place *place, const rl_raw_rule *raw,
                           const rl_tariff *tariff, rl_rule *rule)
{
  rule->line = rl_document_line(place->document, place->path);
  rl_status status = rl_read_name(place, "name", raw->name, rule->name);
  if (status == RL_OK)
    status = read_corridor(place, raw, rule);
  if (status == RL_OK && raw->markup_bps)
    status = rl_read_bps(place, "markup_bps", raw->markup_bps, -RL_RATIO_E8_MAX,
                         &rule->markups[RL_SELL_BASE].e8);
  rule->markups[RL_BUY_BASE] = rule->markups[RL_SELL_BASE];
  rule->scope.amount_below_minor = RL_AMOUNT_MAX + 1;
  if (status == RL_OK)
    status = check_total(place, rule, tariff);
  if (status == RL_OK)
    status = read_fees(place, raw, rule);
  return status;
}

static rl_status index_rule(const rl_place *place, rl_tariff *tariff, unsigned index)
{
  const rl_rule *rule = &tariff->rules[index];
  unsigned other;
  rl_status status = rl_match_add(&tariff->match, rule->scope.tier, rule->scope.from,
                                  rule->scope.to, index, &other);
  if (status == RL_EXISTS)
    return rl_place_fail(place, RL_EXISTS, "",
                         "names the same tier, from and to as rules[%u] on line %u; keep one of "
                         "them or make them differ", other, tariff->rules[other].line);
  if (status == RL_FULL)
    return rl_place_fail(place, RL_OUT_OF_RANGE, "tier", "one tier too many; at most %d",
                         RL_TIERS_MAX);
  return status;
}

static rl_status read_rules(rl_tariff *tariff, const rl_place *top, const rl_raw_tariff *raw)
{
  rl_status status = check_count(top, "rules", raw->rules_count, 1, RL_RULES_MAX);
  if (status != RL_OK)
    return status;
  tariff->rules = calloc(raw->rules_count, sizeof *tariff->rules);
  if (!tariff->rules || rl_match_init(&tariff->match, raw->rules_count) != RL_OK)
    return rl_place_fail(top, RL_NO_MEMORY, "rules", "out of memory");
  for (unsigned i = 0; status == RL_OK && i < raw->rules_count; i++) {
    rl_place place = place_entry(top, "rules", i);
    status = read_rule(&place, &raw->rules[i], tariff, &tariff->rules[i]);
    if (status == RL_OK)
      status = index_rule(&place, tariff, i);
    tariff->rule_count = i + 1;
  }
  return status;
}

/* --- the whole --- */

static rl_status read_head(rl_tariff *tariff, const rl_place *top, const rl_raw_tariff *raw)
{
  const char *tier = raw->default_tier ? raw->default_tier : "standard";
  tariff->rate_digits = 10;
  rl_status status = rl_read_name(top, "tariff", raw->tariff, tariff->name);
  if (status == RL_OK && raw->rate_digits)
    status = rl_read_count(top, "rate_digits", raw->rate_digits, 4, 10, &tariff->rate_digits);
  if (status == RL_OK)
    status = rl_read_name(top, "default_tier", tier, tariff->default_tier);
  return status;
}

/* A request that names no tier must find a rule somewhere. */
static rl_status check_default_tier(const rl_tariff *tariff, const rl_place *top)
{
  for (unsigned i = 0; i < tariff->rule_count; i++) {
    const char *tier = tariff->rules[i].scope.tier;
    if (!tier[0] || strcmp(tier, tariff->default_tier) == 0)
      return RL_OK;
  }
  return rl_place_fail(top, RL_NOT_FOUND, "default_tier",
                       "no rule is for tier \"%s\" or for any tier; name a tier that has rules",
                       tariff->default_tier);
}

rl_status rl_tariff_read(rl_tariff *tariff, const rl_document *document, const rl_raw_tariff *raw,
                         rl_error *error)
{
  rl_place top = place_of(document, error);
  rl_status status = read_head(tariff, &top, raw);
  if (status == RL_OK)
    status = read_locks(tariff, &top, raw);
  if (status == RL_OK)
    status = read_default_ttl(tariff, &top, raw);
  if (status == RL_OK)
    status = read_rules(tariff, &top, raw);
  if (status == RL_OK)
    status = check_default_tier(tariff, &top);
  if (status == RL_OK)
    rl_match_set_default_tier(&tariff->match, tariff->default_tier);
  return status;
}
