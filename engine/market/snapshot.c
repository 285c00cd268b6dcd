/* The algebra of a snapshot: pure, and the same for one just read and one out of a record. */
#include "market/market.h"

/* Which of a composite's three prices a walk along the leg is priced at. */
typedef enum price_kind { AT_CLIENT_SIDE, AT_MID } price_kind;

/* Selling a leg's base earns its bid; walking it the other way, one pays its ask for each base. */
static uint32_t price_of(const rl_leg *leg, price_kind kind)
{
  if (kind == AT_MID)
    return leg->composite.mid_half;
  return leg->inverted ? leg->composite.ask_half : leg->composite.bid_half;
}

/* quote per base: the walk gives `to` per `from`, which is the inverse when `to` is the base. */
static rl_ratio walk(const rl_snapshot *snapshot, price_kind kind)
{
  rl_ratio ratio = rl_ratio_one();
  for (unsigned i = 0; i < snapshot->leg_count; i++) {
    const rl_leg *leg = &snapshot->legs[i];
    uint32_t price = price_of(leg, kind);
    ratio = leg->inverted ? rl_ratio_over(ratio, price, leg->composite.scale, 2)
                          : rl_ratio_times(ratio, price, leg->composite.scale, 2);
  }
  return rl_snapshot_side(snapshot) == RL_BUY_BASE ? rl_ratio_inverse(ratio) : ratio;
}

rl_ratio rl_snapshot_core(const rl_snapshot *snapshot)
{
  return walk(snapshot, AT_CLIENT_SIDE);
}

rl_ratio rl_snapshot_mid(const rl_snapshot *snapshot)
{
  return walk(snapshot, AT_MID);
}

rl_side rl_snapshot_side(const rl_snapshot *snapshot)
{
  return rl_currency_equal(snapshot->from, snapshot->base) ? RL_SELL_BASE : RL_BUY_BASE;
}
