#include "replay.h"

#include "priced.h"

#include <stdlib.h>
#include <string.h>

rl_replay *rl_replay_create(const rl_tariff *tariff)
{
  rl_replay *replay = calloc(1, sizeof *replay);
  RL_ASSERT(replay);
  replay->tariff = tariff;
  return replay;
}

/* --- revenue --- */

static int64_t fees_of(const rl_terms *terms, rl_fee_side side)
{
  int64_t sum = 0;
  for (unsigned i = 0; i < terms->fee_count; i++)
    sum += terms->fees[i].side == side ? terms->fees[i].amount_minor : 0;
  return sum;
}

/* What the terms earn, in the source currency: source fees, and at mid, rounded towards zero, all
 * that is kept of the target currency. False where that is beyond what can be converted. */
static bool revenue_of(const rl_snapshot *snapshot, const rl_terms *terms, rl_i128 *out)
{
  rl_ratio mid = rl_snapshot_mid(snapshot);
  bool sells = rl_snapshot_side(snapshot) == RL_SELL_BASE;
  int shift = (int)rl_currency_exponent(snapshot->from) - (int)rl_currency_exponent(snapshot->to);
  rl_i128 kept = fees_of(terms, RL_FEE_TARGET);
  kept += terms->spread_minor;
  kept += terms->residue_minor;
  rl_i128 size = kept < 0 ? -kept : kept;
  int64_t worth;
  if (size > RL_AMOUNT_MAX
      || rl_ratio_amount_floor(sells ? rl_ratio_inverse(mid) : mid, (int64_t)size, shift, &worth)
           != RL_OK)
    return false;
  *out = (rl_i128)fees_of(terms, RL_FEE_SOURCE) + (kept < 0 ? -worth : worth);
  return true;
}

static void add(rl_old_new *sum, int64_t old, int64_t new)
{
  sum->old += old;
  sum->new += new;
}

static void add_revenue(rl_replay *replay, const rl_snapshot *snapshot, const rl_terms *old,
                        const rl_terms *new)
{
  rl_i128 before, after;
  if (!revenue_of(snapshot, old, &before) || !revenue_of(snapshot, new, &after)) {
    replay->unvalued++;
    return;
  }
  rl_old_new *revenue = &replay->currencies[snapshot->from.index].revenue;
  revenue->old += before;
  revenue->new += after;
}

static void add_sums(rl_replay *replay, const rl_snapshot *snapshot, const rl_terms *old,
                     const rl_terms *new)
{
  rl_replay_currency *from = &replay->currencies[snapshot->from.index];
  rl_replay_currency *to = &replay->currencies[snapshot->to.index];
  rl_replay_corridor *corridor = &replay->corridors[snapshot->from.index][snapshot->to.index];
  add(&from->fees, fees_of(old, RL_FEE_SOURCE), fees_of(new, RL_FEE_SOURCE));
  add(&to->fees, fees_of(old, RL_FEE_TARGET), fees_of(new, RL_FEE_TARGET));
  add(&to->spread, old->spread_minor, new->spread_minor);
  add(&to->residue, old->residue_minor, new->residue_minor);
  add(&corridor->charge, old->charge_minor, new->charge_minor);
  add(&corridor->target, old->target_minor, new->target_minor);
  corridor->quotes++;
  add_revenue(replay, snapshot, old, new);
}

/* --- the quotes that are named --- */

static bool is_larger(const rl_replay_quote *left, const rl_replay_quote *right)
{
  if (left->change_e8 != right->change_e8)
    return left->change_e8 > right->change_e8;
  return rl_quote_id_compare(left->id, right->id) < 0;
}

static void keep_largest(rl_replay *replay, const rl_replay_quote *quote)
{
  unsigned place = replay->largest_count;
  while (place > 0 && is_larger(quote, &replay->largest[place - 1]))
    place--;
  if (place == RL_REPLAY_SHOWN)
    return;
  if (replay->largest_count < RL_REPLAY_SHOWN)
    replay->largest_count++;
  for (unsigned i = replay->largest_count - 1; i > place; i--)
    replay->largest[i] = replay->largest[i - 1];
  replay->largest[place] = *quote;
}

static void keep_refused(rl_replay *replay, const rl_replay_quote *quote,
                         const rl_snapshot *snapshot)
{
  rl_i128 revenue;
  RL_ASSERT(quote->refused < RL_REPLAY_CODES);
  replay->refused++;
  replay->refused_by[quote->refused]++;
  replay->refused_accepted[quote->refused] += quote->accepted;
  if (revenue_of(snapshot, &quote->old, &revenue))
    replay->currencies[snapshot->from.index].lost += revenue;
  else
    replay->unvalued++;
  if (replay->refused_shown < RL_REPLAY_SHOWN)
    replay->refusals[replay->refused_shown++] = *quote;
}

/* --- */

static bool is_same(const rl_replay_quote *quote)
{
  rl_priced old = {.terms = quote->old}, new = {.terms = quote->new};
  return rl_priced_alike(&old, &new) && quote->old.total_cost_minor == quote->new.total_cost_minor;
}

static int64_t change_e8(const rl_terms *old, const rl_terms *new)
{
  rl_i128 change = (rl_i128)new->total_cost_minor - old->total_cost_minor;
  rl_i128 size = (change < 0 ? -change : change) * RL_UNIT_E8 / old->charge_minor;
  return size > INT64_MAX ? INT64_MAX : (int64_t)size;
}

void rl_replay_add(rl_replay *replay, const rl_quote *quote, bool accepted)
{
  if (!quote->has_evidence) {
    replay->skipped++;
    return;
  }
  rl_replay_quote it = {.id = quote->id, .accepted = accepted, .old = quote->terms};
  it.refused = rl_price(&quote->snapshot, replay->tariff, &quote->request, &it.new, NULL);
  replay->quotes++;
  replay->accepted += accepted;
  if (it.refused != RL_REFUSAL_NONE) {
    keep_refused(replay, &it, &quote->snapshot);
    return;
  }
  add_sums(replay, &quote->snapshot, &it.old, &it.new);
  it.change_e8 = change_e8(&it.old, &it.new);
  if (is_same(&it))
    replay->same++;
  else
    keep_largest(replay, &it);
}

void rl_replay_each_corridor(const rl_replay *replay,
                             void (*visit)(rl_currency from, rl_currency to,
                                           const rl_replay_corridor *corridor, void *context),
                             void *context)
{
  for (unsigned i = 1; i < RL_CURRENCY_COUNT; i++) {
    for (unsigned k = 1; k < RL_CURRENCY_COUNT; k++) {
      const rl_replay_corridor *corridor = &replay->corridors[i][k];
      if (corridor->quotes > 0)
        visit((rl_currency){(uint8_t)i}, (rl_currency){(uint8_t)k}, corridor, context);
    }
  }
}
