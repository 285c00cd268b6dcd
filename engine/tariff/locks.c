/* What is offered, and what holding a rate costs: by a table or by volatility (L2). */
#include "tariff/reader.h"

static rl_status read_lock(const rl_place *place, const rl_raw_lock *raw, bool by_volatility,
                           rl_lock_class *out)
{
  rl_status status = rl_read_ttl(place, "ttl", raw->ttl, &out->ttl_ms);
  if (status == RL_OK && raw->premium_bps && by_volatility)
    return rl_place_fail(place, RL_INVALID, "premium_bps",
                         "beside lock_premium, which sets them all; remove one of the two");
  if (status == RL_OK && raw->premium_bps)
    status = rl_read_bps(place, "premium_bps", raw->premium_bps, 0, &out->premium_e8);
  return status;
}

static rl_status check_order(const rl_place *place, const rl_lock_class *shorter,
                             const rl_lock_class *lock)
{
  if (lock->ttl_ms <= shorter->ttl_ms)
    return rl_place_fail(place, RL_INVALID, "ttl",
                         "not longer than the lock before it; list locks from short to long");
  if (lock->premium_e8 < shorter->premium_e8)
    return rl_place_fail(place, RL_INVALID, "premium_bps",
                         "less than for the shorter lock before it; a longer lock costs no less");
  return RL_OK;
}

static rl_status read_table(rl_tariff *tariff, const rl_place *top, const rl_raw_tariff *raw)
{
  rl_status status = rl_check_count(top, "locks", raw->locks_count, 1, RL_TTL_CLASSES_MAX);
  for (unsigned i = 0; status == RL_OK && i < raw->locks_count; i++) {
    rl_place place = rl_place_entry(top, "locks", i);
    status = read_lock(&place, &raw->locks[i], raw->lock_premium, &tariff->locks[i]);
    if (status == RL_OK && i > 0)
      status = check_order(&place, &tariff->locks[i - 1], &tariff->locks[i]);
    tariff->lock_count = i + 1;
  }
  return status;
}

static rl_status read_default(rl_tariff *tariff, const rl_place *top, const rl_raw_tariff *raw)
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

static rl_status read_premium(const rl_place *top, const rl_raw_lock_premium *raw,
                              rl_lock_premium *out)
{
  rl_place place = rl_place_inside(top, "lock_premium");
  rl_lock_premium premium = {.by_volatility = true};
  rl_status status = rl_read_fixed(&place, "volatility_multiple", raw->volatility_multiple,
                                   (rl_fixed_range){.decimals = 2, .low = 1, .high = 1000},
                                   &premium.multiple_e2);
  if (status == RL_OK && raw->floor_bps)
    status = rl_read_bps(&place, "floor_bps", raw->floor_bps, 0, &premium.floor_e8);
  if (status == RL_OK)
    status = rl_read_bps(&place, "cap_bps", raw->cap_bps, 0, &premium.cap_e8);
  if (status != RL_OK)
    return status;
  if (premium.floor_e8 > premium.cap_e8)
    return rl_place_fail(&place, RL_INVALID, "floor_bps",
                         "%.40s is above cap_bps %.40s; exchange them", raw->floor_bps,
                         raw->cap_bps);
  *out = premium;
  return RL_OK;
}

rl_status rl_tariff_read_locks(rl_tariff *tariff, const rl_place *top, const rl_raw_tariff *raw)
{
  rl_status status = read_table(tariff, top, raw);
  if (status == RL_OK)
    status = read_default(tariff, top, raw);
  if (status == RL_OK && raw->lock_premium)
    status = read_premium(top, raw->lock_premium, &tariff->lock_premium);
  return status;
}
