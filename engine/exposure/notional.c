#include "exposure/notional.h"

static bool worth_of_one(const rl_market *market, const rl_snapshot *snapshot,
                         rl_currency reporting, rl_ratio *out)
{
  return rl_snapshot_mid_until(snapshot, reporting, out)
         || rl_market_last_mid(market, snapshot->from, reporting, out) == RL_REFUSAL_NONE;
}

int64_t rl_notional_of(const rl_market *market, const rl_snapshot *snapshot, int64_t source_minor,
                       rl_currency reporting)
{
  rl_ratio ratio;
  int64_t minor;
  if (rl_currency_equal(snapshot->from, reporting))
    return source_minor;
  if (!worth_of_one(market, snapshot, reporting, &ratio))
    return 0;
  int shift = (int)rl_currency_exponent(reporting) - (int)rl_currency_exponent(snapshot->from);
  rl_status status = rl_ratio_amount_ceil(ratio, source_minor, shift, &minor);
  return status != RL_OK || minor > RL_NOTIONAL_MAX ? RL_NOTIONAL_MAX : minor;
}
