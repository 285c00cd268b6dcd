/* Checks stand where the field is read; those that need several fields stand after them, so that
 * the first message is about the simplest mistake. */
#include "tariff/reader.h"

#include <string.h>

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

static rl_status read_increments(rl_tariff *tariff, const rl_place *top,
                                 const rl_raw_tariff *raw)
{
  for (unsigned i = 0; i < raw->payout_increments_count; i++) {
    const rl_raw_increment *entry = &raw->payout_increments[i];
    rl_place place = rl_place_entry(top, "payout_increments", i);
    rl_currency currency;
    rl_status status = rl_read_currency(&place, "currency", entry->currency, &currency);
    if (status != RL_OK)
      return status;
    int64_t *increment_minor = &tariff->payout_increments[currency.index];
    if (*increment_minor)
      return rl_place_fail(&place, RL_EXISTS, "currency",
                           "%s has an increment already; keep one of them",
                           rl_currency_code(currency));
    status = rl_read_amount(&place, "increment", entry->increment, currency, increment_minor);
    if (status != RL_OK)
      return status;
  }
  return RL_OK;
}

static rl_status read_trial(rl_tariff *tariff, const rl_place *top, const rl_raw_tariff *raw)
{
  if (!raw->trial)
    return RL_OK;
  rl_place place = rl_place_inside(top, "trial");
  tariff->trial_line = rl_document_line(place.document, place.path);
  rl_status status = rl_read_path(&place, "file", raw->trial->file, tariff->trial_file);
  if (status == RL_OK)
    status = rl_read_count(&place, "percent", raw->trial->percent, 1, 100,
                           &tariff->trial_percent);
  return status;
}

static rl_status read_prices(rl_tariff *tariff, const rl_place *top, const rl_raw_tariff *raw)
{
  rl_status status = rl_tariff_read_locks(tariff, top, raw);
  if (status == RL_OK)
    status = rl_tariff_read_surcharges(tariff, top, raw);
  if (status == RL_OK)
    status = read_increments(tariff, top, raw);
  if (status == RL_OK)
    status = read_trial(tariff, top, raw);
  if (status == RL_OK)
    status = rl_tariff_read_rules(tariff, top, raw);
  return status;
}

rl_status rl_tariff_read(rl_tariff *tariff, const rl_document *document, const rl_raw_tariff *raw,
                         rl_error *error)
{
  rl_place top = {.document = document, .error = error};
  rl_status status = read_head(tariff, &top, raw);
  if (status == RL_OK)
    status = read_prices(tariff, &top, raw);
  if (status == RL_OK)
    status = rl_tariff_check_reach(tariff, &top);
  if (status == RL_OK)
    status = check_default_tier(tariff, &top);
  if (status != RL_OK)
    return status;
  rl_match_set_default_tier(&tariff->match, tariff->default_tier);
  status = rl_tariff_read_waivers(tariff, &top, raw);
  return status == RL_OK ? rl_tariff_read_examples(tariff, &top, raw) : status;
}
