/* What changes between the rules of two tariffs. */
#include "changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool rl_scope_equal(const rl_scope *left, const rl_scope *right)
{
  return strcmp(left->client, right->client) == 0 && strcmp(left->tier, right->tier) == 0
         && strcmp(left->method, right->method) == 0
         && rl_currency_equal(left->from, right->from) && rl_currency_equal(left->to, right->to)
         && rl_currency_equal(left->pair_base, right->pair_base)
         && rl_currency_equal(left->pair_quote, right->pair_quote)
         && left->amount_from_minor == right->amount_from_minor
         && left->amount_below_minor == right->amount_below_minor;
}

/* --- fees --- */

/* One currency for both sides, since fees of different ones are told whole. */
typedef struct fee_pair {
  const rl_fee *old;
  const rl_fee *new;
  rl_currency currency;
} fee_pair;

/* "40 -> 35 bps", "2.00 -> 2.50 USD", "2.00 USD -> 35 bps"; the empty phrase where equal. */
static rl_phrase part_change(const fee_pair *fees, const rl_fee_part *old, const rl_fee_part *new)
{
  rl_phrase phrase = {""};
  rl_phrase before = rl_phrase_of_part(fees->old, old, fees->currency);
  rl_phrase after = rl_phrase_of_part(fees->new, new, fees->currency);
  if (strcmp(before.text, after.text) == 0)
    return phrase;
  char *old_unit = strchr(before.text, ' '), *new_unit = strchr(after.text, ' ');
  if (strcmp(old_unit, new_unit) == 0)
    *old_unit = '\0';
  rl_phrase_add(&phrase, "%s -> %s", before.text, after.text);
  return phrase;
}

static void add_limit(rl_phrase *phrase, const char *what, int64_t old, int64_t new,
                      int64_t none_minor, rl_currency currency)
{
  if (old == new)
    return;
  rl_phrase before = rl_phrase_of_amount(old, none_minor, currency);
  rl_phrase after = rl_phrase_of_amount(new, none_minor, currency);
  if (old != none_minor && new != none_minor)
    *strchr(before.text, ' ') = '\0';
  rl_phrase_item(phrase, "%s %s -> %s", what, before.text, after.text);
}

static const rl_fee_part *tier_from(const rl_fee *fee, int64_t from_minor)
{
  for (unsigned i = 0; i < fee->part_count; i++) {
    if (fee->parts[i].from_minor == from_minor)
      return &fee->parts[i];
  }
  return NULL;
}

static rl_phrase tier_name(const fee_pair *fees, const rl_fee_part *tier)
{
  rl_phrase phrase = {""};
  char from[RL_AMOUNT_TEXT_SIZE] = "0";
  if (tier->from_minor > 0)
    rl_amount_format((rl_amount){tier->from_minor, fees->currency}, from);
  rl_phrase_add(&phrase, "%s tier from %s",
                fees->new->kind == RL_FEE_SLAB ? "slab" : "graduated", from);
  return phrase;
}

static void add_tier_changes(rl_phrase *phrase, const fee_pair *fees)
{
  for (unsigned i = 0; i < fees->old->part_count; i++) {
    const rl_fee_part *old = &fees->old->parts[i];
    const rl_fee_part *new = tier_from(fees->new, old->from_minor);
    rl_phrase name = tier_name(fees, old);
    rl_phrase change = {""};
    if (new)
      change = part_change(fees, old, new);
    if (!new)
      rl_phrase_item(phrase, "%s removed", name.text);
    else if (change.text[0])
      rl_phrase_item(phrase, "%s: %s", name.text, change.text);
  }
  for (unsigned i = 0; i < fees->new->part_count; i++) {
    const rl_fee_part *new = &fees->new->parts[i];
    if (!tier_from(fees->old, new->from_minor))
      rl_phrase_item(phrase, "%s added: %s", tier_name(fees, new).text,
                     rl_phrase_of_part(fees->new, new, fees->currency).text);
  }
}

static void add_alternative_changes(rl_phrase *phrase, const fee_pair *fees)
{
  for (unsigned i = 0; i < fees->old->part_count; i++) {
    rl_phrase change = part_change(fees, &fees->old->parts[i], &fees->new->parts[i]);
    if (change.text[0])
      rl_phrase_item(phrase, "%s", change.text);
  }
}

/* Of one kind and side, and as many alternatives. */
static rl_phrase details(const fee_pair *fees)
{
  rl_phrase phrase = {""};
  const rl_fee *old = fees->old, *new = fees->new;
  if (new->kind == RL_FEE_GRADUATED || new->kind == RL_FEE_SLAB)
    add_tier_changes(&phrase, fees);
  else
    add_alternative_changes(&phrase, fees);
  add_limit(&phrase, "minimum", old->min_minor, new->min_minor, 0, fees->currency);
  add_limit(&phrase, "maximum", old->max_minor, new->max_minor, RL_AMOUNT_MAX, fees->currency);
  if (old->mode != new->mode)
    rl_phrase_item(&phrase, "%s", new->mode == RL_FEE_ON_TOP ? "deducted -> on top"
                                                             : "on top -> deducted");
  return phrase;
}

static bool comparable(const rl_fee *old, const rl_fee *new, rl_currency before, rl_currency after)
{
  return old->kind == new->kind && old->side == new->side && rl_currency_equal(before, after)
         && (old->kind != RL_FEE_GREATER_OF || old->part_count == new->part_count);
}

static void compare_fee(rl_changes *changes, const char *subject, const rl_rule *old_rule,
                        const rl_rule *new_rule, const rl_fee *old, const rl_fee *new)
{
  rl_currency before = rl_fee_currency(old_rule, old), after = rl_fee_currency(new_rule, new);
  rl_phrase phrase = {""};
  if (comparable(old, new, before, after)) {
    phrase = details(&(fee_pair){old, new, after});
  } else {
    rl_phrase whole = rl_phrase_of_fee(new, after);
    phrase = rl_phrase_of_fee(old, before);
    if (strcmp(phrase.text, whole.text) == 0)
      return;
    rl_phrase_add(&phrase, " -> %s", whole.text);
  }
  if (phrase.text[0])
    rl_changes_add(changes, subject, "fee %s: %s", new->name, phrase.text);
}

/* The fee of that name; where a rule has several of one name, the one in the same place among
 * them. NULL if there is none. */
static const rl_fee *partner_of(const rl_rule *rule, unsigned index, const rl_rule *other)
{
  unsigned place = 0;
  for (unsigned i = 0; i < index; i++)
    place += strcmp(rule->fees[i].name, rule->fees[index].name) == 0;
  for (unsigned i = 0; i < other->fee_count; i++) {
    if (strcmp(other->fees[i].name, rule->fees[index].name) == 0 && place-- == 0)
      return &other->fees[i];
  }
  return NULL;
}

static void compare_fees(rl_changes *changes, const char *subject, const rl_rule *old,
                         const rl_rule *new)
{
  for (unsigned i = 0; i < old->fee_count; i++) {
    const rl_fee *fee = &old->fees[i], *partner = partner_of(old, i, new);
    if (partner)
      compare_fee(changes, subject, old, new, fee, partner);
    else
      rl_changes_add(changes, subject, "fee %s removed", fee->name);
  }
  for (unsigned i = 0; i < new->fee_count; i++) {
    const rl_fee *fee = &new->fees[i];
    if (!partner_of(new, i, old))
      rl_changes_add(changes, subject, "fee %s added: %s", fee->name,
                     rl_phrase_of_fee(fee, rl_fee_currency(new, fee)).text);
  }
}

/* --- markups --- */

static bool markup_equal(const rl_markup *left, const rl_markup *right)
{
  return left->e8 == right->e8 && left->points_e1 == right->points_e1;
}

static void compare_markup(rl_changes *changes, const char *subject, const char *what,
                           const rl_markup *old, const rl_markup *new)
{
  if (markup_equal(old, new))
    return;
  char before[RL_BPS_TEXT_SIZE], after[RL_BPS_TEXT_SIZE];
  rl_bps_format(old->e8, before);
  rl_bps_format(new->e8, after);
  if (old->points_e1 == new->points_e1)
    rl_changes_add(changes, subject, "%s %s -> %s bps", what, before, after);
  else
    rl_changes_add(changes, subject, "%s %s -> %s", what, rl_phrase_of_markup(old).text,
                   rl_phrase_of_markup(new).text);
}

static bool is_symmetric(const rl_rule *rule)
{
  return markup_equal(&rule->markups[RL_SELL_BASE], &rule->markups[RL_BUY_BASE]);
}

static void compare_markups(rl_changes *changes, const char *subject, const rl_rule *old,
                            const rl_rule *new)
{
  if (is_symmetric(old) && is_symmetric(new)) {
    compare_markup(changes, subject, "markup", &old->markups[0], &new->markups[0]);
    return;
  }
  compare_markup(changes, subject, "markup from the bid", &old->markups[RL_SELL_BASE],
                 &new->markups[RL_SELL_BASE]);
  compare_markup(changes, subject, "markup from the ask", &old->markups[RL_BUY_BASE],
                 &new->markups[RL_BUY_BASE]);
}

/* --- rules --- */

static rl_phrase subject_of(const rl_rule *rule)
{
  rl_phrase phrase = {""};
  rl_phrase_add(&phrase, "rule %s (%s)", rule->name, rl_phrase_of_scope(&rule->scope).text);
  return phrase;
}

void rl_changes_of_rule(rl_changes *changes, const rl_rule *old, const rl_rule *new)
{
  rl_phrase subject = subject_of(new);
  if (strcmp(old->name, new->name) != 0)
    rl_changes_add(changes, subject.text, "name %s -> %s", old->name, new->name);
  if (!rl_scope_equal(&old->scope, &new->scope))
    rl_changes_add(changes, subject.text, "for %s -> %s", rl_phrase_of_scope(&old->scope).text,
                   rl_phrase_of_scope(&new->scope).text);
  compare_markups(changes, subject.text, old, new);
  if (old->disclosure_decimals != new->disclosure_decimals)
    rl_changes_add(changes, subject.text, "disclosure decimals %u -> %u",
                   old->disclosure_decimals, new->disclosure_decimals);
  compare_fees(changes, subject.text, old, new);
}

/* All that a rule which was not there says. */
static void tell_added(rl_changes *changes, const rl_rule *rule)
{
  rl_phrase subject = subject_of(rule), markup = rl_phrase_of_markup(&rule->markups[RL_SELL_BASE]);
  if (is_symmetric(rule))
    rl_changes_add(changes, subject.text, "added: markup %s", markup.text);
  else
    rl_changes_add(changes, subject.text, "added: markup %s from the bid, %s from the ask",
                   markup.text, rl_phrase_of_markup(&rule->markups[RL_BUY_BASE]).text);
  for (unsigned i = 0; i < rule->fee_count; i++)
    rl_changes_add(changes, subject.text, "fee %s: %s", rule->fees[i].name,
                   rl_phrase_of_fee(&rule->fees[i], rl_fee_currency(rule, &rule->fees[i])).text);
}

static bool same_scope(const rl_rule *left, const rl_rule *right)
{
  return rl_scope_equal(&left->scope, &right->scope);
}

static bool same_name(const rl_rule *left, const rl_rule *right)
{
  return strcmp(left->name, right->name) == 0;
}

/* For each old rule the new one that it became, and the other way round; NULL: none. */
typedef struct partners {
  const rl_rule *of_old[RL_RULES_MAX];
  const rl_rule *of_new[RL_RULES_MAX];
} partners;

static void pair_rules(const rl_tariff *old, const rl_tariff *new,
                       bool (*same)(const rl_rule *, const rl_rule *), partners *found)
{
  for (unsigned i = 0; i < rl_tariff_rule_count(old); i++) {
    const rl_rule *rule = rl_tariff_rule(old, i);
    for (unsigned k = 0; k < rl_tariff_rule_count(new) && !found->of_old[i]; k++) {
      const rl_rule *other = rl_tariff_rule(new, k);
      if (found->of_new[k] || !same(rule, other))
        continue;
      found->of_old[i] = other;
      found->of_new[k] = rule;
    }
  }
}

void rl_changes_of_rules(rl_changes *changes, const rl_tariff *old, const rl_tariff *new)
{
  partners *found = calloc(1, sizeof *found);
  RL_ASSERT(found);
  pair_rules(old, new, same_scope, found);
  pair_rules(old, new, same_name, found);
  for (unsigned i = 0; i < rl_tariff_rule_count(old); i++) {
    const rl_rule *rule = rl_tariff_rule(old, i);
    if (!found->of_old[i])
      rl_changes_add(changes, subject_of(rule).text, "removed");
    else
      rl_changes_of_rule(changes, rule, found->of_old[i]);
  }
  for (unsigned k = 0; k < rl_tariff_rule_count(new); k++) {
    if (!found->of_new[k])
      tell_added(changes, rl_tariff_rule(new, k));
  }
  free(found);
}
