/* How rules lie beside each other: those of one key must part the amounts between them without
 * overlap or gap, and each must be the answer to some request.
 *
 * Any client, tier and method may be asked for, also ones that no rule names. A request that
 * names just what a rule does, and else nothing that a rule has heard of, leaves only rules with
 * the same names to go before it. So these are all that can hide a rule, and only by their
 * geography: what is not found hidden here can be reached. */
#include "tariff/reader.h"

static rl_status fail_overlap(const rl_tariff *tariff, const rl_place *top, unsigned one,
                              unsigned other)
{
  unsigned first = one < other ? one : other, second = one < other ? other : one;
  rl_place place = rl_place_entry(top, "rules", second);
  return rl_place_fail(&place, RL_EXISTS, "",
                       "for the same requests and amounts as rules[%u] on line %u; keep one of "
                       "them, make them differ or part the amounts in bands", first,
                       tariff->rules[first].line);
}

static rl_status fail_gap(const rl_tariff *tariff, const rl_place *top,
                          const rl_match_band *below, const rl_match_band *above)
{
  rl_place place = rl_place_entry(top, "rules", above->rule);
  return rl_place_fail(&place, RL_INVALID, "amount_from",
                       "a gap: the band below, rules[%u] on line %u, ends before; let one begin "
                       "where the other ends", below->rule, tariff->rules[below->rule].line);
}

/* One band after another of the same key; */
static rl_status check_band(const rl_tariff *tariff, const rl_place *top, unsigned index)
{
  const rl_match_band *band = &tariff->match.bands[index];
  const rl_match_band *before = index > 0 && band[-1].key == band->key ? &band[-1] : NULL;
  bool last = index + 1 == tariff->match.band_count || band[1].key != band->key;
  rl_place place = rl_place_entry(top, "rules", band->rule);
  int64_t below_minor = before ? tariff->rules[before->rule].scope.amount_below_minor : 0;
  if (band->from_minor < below_minor)
    return fail_overlap(tariff, top, before->rule, band->rule);
  if (before && band->from_minor > below_minor)
    return fail_gap(tariff, top, before, band);
  if (band->from_minor > below_minor)
    return rl_place_fail(&place, RL_INVALID, "amount_from",
                         "a gap: no rule with the same keys is for amounts below; begin at 0, or "
                         "add one");
  if (last && tariff->rules[band->rule].scope.amount_below_minor <= RL_AMOUNT_MAX)
    return rl_place_fail(&place, RL_INVALID, "amount_below",
                         "a gap: no rule with the same keys is for amounts from there on; remove "
                         "it, or add one");
  return RL_OK;
}

/* --- reach --- */

static bool is_open(const rl_tariff *tariff, const rl_match_band *band, rl_currency from,
                    rl_currency to)
{
  return !rl_currency_equal(from, to) && !rl_match_is_hidden(&tariff->match, band->key, from, to);
}

/* Whether the rule answers for some target when the source is `from`. */
static bool reaches_from(const rl_tariff *tariff, const rl_match_band *band, rl_currency from)
{
  rl_currency to = tariff->rules[band->rule].scope.to;
  if (to.index)
    return is_open(tariff, band, from, to);
  for (unsigned i = 1; i <= rl_currency_count(); i++)
    if (is_open(tariff, band, from, (rl_currency){(uint8_t)i}))
      return true;
  return false;
}

static bool reaches(const rl_tariff *tariff, const rl_match_band *band)
{
  const rl_scope *scope = &tariff->rules[band->rule].scope;
  if (scope->pair_base.index)
    return is_open(tariff, band, scope->pair_base, scope->pair_quote)
           || is_open(tariff, band, scope->pair_quote, scope->pair_base);
  if (scope->from.index)
    return reaches_from(tariff, band, scope->from);
  for (unsigned i = 1; i <= rl_currency_count(); i++)
    if (reaches_from(tariff, band, (rl_currency){(uint8_t)i}))
      return true;
  return false;
}

rl_status rl_tariff_check_reach(const rl_tariff *tariff, const rl_place *top)
{
  for (unsigned i = 0; i < tariff->match.band_count; i++) {
    rl_status status = check_band(tariff, top, i);
    if (status != RL_OK)
      return status;
  }
  for (unsigned i = 0; i < tariff->match.band_count; i++)
    if (!reaches(tariff, &tariff->match.bands[i])) {
      rl_place place = rl_place_entry(top, "rules", tariff->match.bands[i].rule);
      return rl_place_fail(&place, RL_INVALID, "",
                           "nobody can reach it: for the same client, tier and method, rules that "
                           "go before it take all its directions; remove it");
    }
  return RL_OK;
}
