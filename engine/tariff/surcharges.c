/* Extra markup in closed hours, on thin data and on fixings (K3, K4): at most one of each kind, so
 * that a price has a bounded number of lines. */
#include "tariff/reader.h"

#include <string.h>

static const struct {
  const char *word;
  unsigned low; /* of the bound; 0: there is none */
  unsigned high;
} kinds[RL_SURCHARGE_WHENS] = {
  [RL_WHEN_CLOSED] = {"closed", 0, 0},
  [RL_WHEN_SOURCES_BELOW] = {"sources_below", 2, RL_SOURCES_PER_PAIR_MAX},
  [RL_WHEN_AGE_ABOVE] = {"age_above", 1, 99},
  [RL_WHEN_REFERENCE] = {"reference", 0, 0},
};

static rl_status read_when(const rl_place *place, const char *text, unsigned *out)
{
  const char *words[RL_SURCHARGE_WHENS];
  for (unsigned i = 0; i < RL_SURCHARGE_WHENS; i++)
    words[i] = kinds[i].word;
  return rl_read_word(place, "when", text, words, RL_SURCHARGE_WHENS, out);
}

static rl_status read_bound(const rl_place *place, const char *text, unsigned when, unsigned *out)
{
  if (kinds[when].high == 0)
    return text ? rl_place_fail(place, RL_INVALID, "bound",
                                "%s has no bound; remove it, or change `when`", kinds[when].word)
                : RL_OK;
  if (!text)
    return rl_place_fail(place, RL_INVALID, "bound", "missing; %s needs one, %u to %u",
                         kinds[when].word, kinds[when].low, kinds[when].high);
  return rl_read_count(place, "bound", text, kinds[when].low, kinds[when].high, out);
}

static rl_status read_surcharge(rl_tariff *tariff, const rl_place *place,
                                const rl_raw_surcharge *raw)
{
  unsigned when = 0;
  rl_surcharge read = {.bound = 0};
  rl_status status = rl_read_name(place, "name", raw->name, read.name);
  if (status == RL_OK)
    status = read_when(place, raw->when, &when);
  if (status == RL_OK && tariff->surcharges[when].name[0])
    status = rl_place_fail(place, RL_EXISTS, "when",
                           "surcharge \"%s\" is for %s already; keep one of them",
                           tariff->surcharges[when].name, kinds[when].word);
  if (status == RL_OK)
    status = read_bound(place, raw->bound, when, &read.bound);
  if (status == RL_OK)
    status = rl_read_bps(place, "markup_bps", raw->markup_bps, 0, &read.e8);
  if (status == RL_OK)
    tariff->surcharges[when] = read;
  return status;
}

rl_status rl_tariff_read_surcharges(rl_tariff *tariff, const rl_place *top,
                                    const rl_raw_tariff *raw)
{
  for (unsigned i = 0; i < raw->surcharges_count; i++) {
    rl_place place = rl_place_entry(top, "surcharges", i);
    rl_status status = read_surcharge(tariff, &place, &raw->surcharges[i]);
    if (status != RL_OK)
      return status;
  }
  return RL_OK;
}
