#include "reconcile/reconcile.h"

#include "reconcile/work.h"

#include <stdlib.h>

const char *rl_finding_kind_name(rl_finding_kind kind)
{
  static const char *const names[RL_FINDING_KINDS] = {
    [RL_MATCHED] = "matched",
    [RL_AMOUNT_BREAK] = "amount break",
    [RL_DATE_BREAK] = "date break",
    [RL_CURRENCY_BREAK] = "currency break",
    [RL_DUPLICATE] = "duplicate",
    [RL_MISSING_THERE] = "missing there",
    [RL_MISSING_HERE] = "missing here",
  };
  return names[kind];
}

static rl_status take_steps(rl_work *work)
{
  rl_status status = rl_tie_referred_pairs(work);
  if (status == RL_OK)
    status = rl_tie_referred_groups(work);
  if (status == RL_OK)
    status = rl_tie_referred_breaks(work);
  if (status == RL_OK)
    status = rl_tie_duplicates(work, false);
  if (status == RL_OK)
    status = rl_tie_pairs(work);
  if (status == RL_OK)
    status = rl_tie_sums(work);
  if (status == RL_OK)
    status = rl_tie_breaks(work);
  return status == RL_OK ? rl_tie_duplicates(work, true) : status;
}

rl_status rl_reconcile(const rl_items *statement, const rl_items *ledger,
                       const rl_reconcile_options *options, rl_reconciliation *out)
{
  RL_ASSERT(options->tolerance_minor >= 0 && options->tolerance_minor <= RL_TOLERANCE_MINOR_MAX);
  RL_ASSERT(options->tolerance_days >= 0 && options->tolerance_days <= RL_TOLERANCE_DAYS_MAX);
  rl_work work = {
    .options = options, .items = {statement, ledger}, .sum_steps = RL_SUM_STEPS_MAX};
  rl_reconciliation made = {0};
  rl_status status = rl_work_init(&work);
  if (status == RL_OK)
    status = take_steps(&work);
  if (status == RL_OK)
    status = rl_work_conclude(&work, &made);
  rl_work_fini(&work);
  if (status == RL_OK)
    *out = made;
  else
    rl_reconciliation_free(&made);
  return status;
}

void rl_reconciliation_free(rl_reconciliation *reconciliation)
{
  free(reconciliation->findings);
  for (rl_side_of side = 0; side < RL_SIDES; side++)
    free(reconciliation->members[side]);
  free(reconciliation->totals);
  *reconciliation = (rl_reconciliation){0};
}
