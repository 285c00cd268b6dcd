#include "oracle.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const rl_item *item_of(const two_sides *sides, rl_side_of side, uint32_t index)
{
  return &sides->items[side].items[index];
}

static uint32_t member(const two_sides *sides, const rl_finding *finding, rl_side_of side,
                       uint32_t i)
{
  return sides->result.members[side][finding->first[side] + i];
}

/* --- definitions --- */

static bool share_reference(const two_sides *sides, rl_side_of a, uint32_t left, rl_side_of b,
                            uint32_t right)
{
  const rl_item *x = item_of(sides, a, left), *y = item_of(sides, b, right);
  for (uint32_t i = 0; i < x->reference_count; i++) {
    for (uint32_t k = 0; k < y->reference_count; k++) {
      if (strcmp(rl_items_reference(&sides->items[a], x, i),
                 rl_items_reference(&sides->items[b], y, k)) == 0)
        return true;
    }
  }
  return false;
}

static bool is_near(const two_sides *sides, const rl_item *left, const rl_item *right)
{
  return abs(left->value_date.day - right->value_date.day) <= sides->options.tolerance_days;
}

static bool is_same_money(const two_sides *sides, const rl_item *left, const rl_item *right)
{
  int64_t a = left->amount.minor, b = right->amount.minor;
  return left->amount.currency.index == right->amount.currency.index && (a > 0) == (b > 0) &&
         llabs(a - b) <= sides->options.tolerance_minor;
}

static bool may_match(const two_sides *sides, uint32_t statement, uint32_t ledger)
{
  const rl_item *left = item_of(sides, RL_OF_STATEMENT, statement);
  const rl_item *right = item_of(sides, RL_OF_LEDGER, ledger);
  return is_same_money(sides, left, right) && is_near(sides, left, right);
}

/* --- each finding --- */

typedef struct finding_view {
  rl_i128 sum[RL_SIDES];
  bool one_currency;
  bool all_near;      /* each of one side to each of the other */
  bool all_share;
} finding_view;

static finding_view look_at(const two_sides *sides, const rl_finding *finding)
{
  finding_view seen = {.one_currency = true, .all_near = true, .all_share = true};
  for (uint32_t i = 0; i < finding->count[0]; i++) {
    uint32_t left = member(sides, finding, RL_OF_STATEMENT, i);
    const rl_item *a = item_of(sides, RL_OF_STATEMENT, left);
    seen.sum[0] += a->amount.minor;
    for (uint32_t k = 0; k < finding->count[1]; k++) {
      uint32_t right = member(sides, finding, RL_OF_LEDGER, k);
      const rl_item *b = item_of(sides, RL_OF_LEDGER, right);
      seen.sum[1] += i == 0 ? b->amount.minor : 0;
      seen.one_currency &= a->amount.currency.index == b->amount.currency.index;
      seen.all_near &= is_near(sides, a, b);
      seen.all_share &= share_reference(sides, RL_OF_STATEMENT, left, RL_OF_LEDGER, right);
    }
  }
  return seen;
}

static void judge_duplicate(const two_sides *sides, const rl_finding *finding)
{
  rl_side_of side = finding->count[0] == 1 ? RL_OF_STATEMENT : RL_OF_LEDGER;
  uint32_t index = member(sides, finding, side, 0);
  const rl_item *item = item_of(sides, side, index), *twin = item_of(sides, side, finding->twin);
  cr_assert_eq(finding->count[0] + finding->count[1], 1);
  cr_assert_neq(index, finding->twin);
  cr_assert_eq(item->amount.minor, twin->amount.minor);
  cr_assert_eq(item->amount.currency.index, twin->amount.currency.index);
  cr_assert_eq(item->value_date.day, twin->value_date.day);
  cr_assert(share_reference(sides, side, index, side, finding->twin));
}

static void judge_tied(const two_sides *sides, const rl_finding *finding)
{
  finding_view seen = look_at(sides, finding);
  rl_i128 gap = seen.sum[0] > seen.sum[1] ? seen.sum[0] - seen.sum[1] : seen.sum[1] - seen.sum[0];
  bool fits = gap <= sides->options.tolerance_minor;
  cr_assert(finding->count[0] == 1 || finding->count[1] == 1);
  cr_assert(finding->count[0] > 0 && finding->count[1] > 0);
  cr_assert(!finding->by_reference || seen.all_share);
  cr_assert_eq(seen.one_currency, finding->kind != RL_CURRENCY_BREAK);
  if (finding->kind == RL_MATCHED)
    cr_assert(fits && seen.all_near);
  if (finding->kind == RL_DATE_BREAK)
    cr_assert(fits && !seen.all_near);
  if (finding->kind == RL_AMOUNT_BREAK)
    cr_assert(finding->by_reference);
}

static void judge_finding(const two_sides *sides, const rl_finding *finding)
{
  switch (finding->kind) {
  case RL_DUPLICATE: judge_duplicate(sides, finding); return;
  case RL_MISSING_HERE: cr_assert(finding->count[0] == 1 && finding->count[1] == 0); return;
  case RL_MISSING_THERE: cr_assert(finding->count[0] == 0 && finding->count[1] == 1); return;
  case RL_MATCHED:
  case RL_AMOUNT_BREAK:
  case RL_DATE_BREAK:
  case RL_CURRENCY_BREAK: judge_tied(sides, finding); return;
  case RL_FINDING_KINDS: break;
  }
  cr_assert_fail("no such kind");
}

/* --- the whole --- */

static void judge_side(const two_sides *sides, rl_side_of side)
{
  const rl_reconciliation *result = &sides->result;
  uint32_t count = sides->items[side].count, found = 0;
  uint8_t *times = calloc(count + 1, 1);
  for (uint32_t i = 0; i < result->count; i++) {
    const rl_finding *finding = &result->findings[i];
    for (uint32_t k = 0; k < finding->count[side]; k++) {
      cr_assert_eq(times[member(sides, finding, side, k)]++, 0, "an item in two findings");
      found++;
    }
  }
  free(times);
  cr_assert_eq(found + result->outside[side], count);
}

static void judge_totals(const two_sides *sides)
{
  const rl_reconciliation *result = &sides->result;
  for (uint32_t i = 0; i < result->total_count; i++) {
    const rl_reconcile_total *total = &result->totals[i];
    for (rl_side_of side = 0; side < RL_SIDES; side++) {
      rl_i128 all = 0, kinds = 0;
      for (uint32_t k = 0; k < sides->items[side].count; k++) {
        rl_amount amount = item_of(sides, side, k)->amount;
        all += amount.currency.index == total->currency.index ? amount.minor : 0;
      }
      for (rl_finding_kind kind = 0; kind < RL_FINDING_KINDS; kind++)
        kinds += total->kind_sum[kind][side];
      cr_assert(total->sum[side] == kinds);
      cr_assert(total->sum[side] == all || result->outside[side] > 0);
    }
  }
}

void oracle_judge_findings(const two_sides *sides)
{
  uint32_t open = 0;
  for (uint32_t i = 0; i < sides->result.count; i++) {
    judge_finding(sides, &sides->result.findings[i]);
    open += sides->result.findings[i].kind != RL_MATCHED;
  }
  cr_assert_eq(open, sides->result.open);
  for (rl_side_of side = 0; side < RL_SIDES; side++)
    judge_side(sides, side);
  judge_totals(sides);
}

/* --- what is missing --- */

static uint32_t list_missing(const two_sides *sides, rl_side_of side, uint32_t out[32])
{
  rl_finding_kind kind = side == RL_OF_STATEMENT ? RL_MISSING_HERE : RL_MISSING_THERE;
  uint32_t count = 0;
  for (uint32_t i = 0; i < sides->result.count; i++) {
    if (sides->result.findings[i].kind == kind)
      out[count++] = member(sides, &sides->result.findings[i], side, 0);
  }
  return count;
}

static void judge_missing_pair(const two_sides *sides, uint32_t statement, uint32_t ledger)
{
  const rl_item *left = item_of(sides, RL_OF_STATEMENT, statement);
  const rl_item *right = item_of(sides, RL_OF_LEDGER, ledger);
  int days = abs(left->value_date.day - right->value_date.day);
  cr_assert_not(share_reference(sides, RL_OF_STATEMENT, statement, RL_OF_LEDGER, ledger));
  cr_assert_not(is_same_money(sides, left, right) && (is_near(sides, left, right) || days <= 10));
  cr_assert_not(left->amount.minor == right->amount.minor && is_near(sides, left, right));
}

static void judge_missing_sums(const two_sides *sides, rl_side_of side, uint32_t target,
                               const uint32_t *others, uint32_t count)
{
  const rl_item *item = item_of(sides, side, target);
  for (uint32_t set = 1; set < 1u << count; set++) {
    int size = __builtin_popcount(set);
    int64_t sum = 0;
    bool fits = size >= 2 && size <= 5;
    for (uint32_t i = 0; i < count && fits; i++) {
      if (!(set & 1u << i))
        continue;
      const rl_item *other = item_of(sides, 1 - side, others[i]);
      fits = other->amount.currency.index == item->amount.currency.index &&
             (other->amount.minor > 0) == (item->amount.minor > 0) && is_near(sides, item, other);
      sum += other->amount.minor;
    }
    cr_assert_not(fits && llabs(sum - item->amount.minor) <= sides->options.tolerance_minor);
  }
}

void oracle_judge_missing(const two_sides *sides)
{
  uint32_t missing[RL_SIDES][32];
  uint32_t count[RL_SIDES];
  for (rl_side_of side = 0; side < RL_SIDES; side++)
    count[side] = list_missing(sides, side, missing[side]);
  for (uint32_t i = 0; i < count[0]; i++) {
    for (uint32_t k = 0; k < count[1]; k++)
      judge_missing_pair(sides, missing[0][i], missing[1][k]);
  }
  for (rl_side_of side = 0; side < RL_SIDES; side++) {
    for (uint32_t i = 0; i < count[side]; i++)
      judge_missing_sums(sides, side, missing[side][i], missing[1 - side], count[1 - side]);
  }
}

/* Each entry in turn: left alone, or with each movement that is free. */
static unsigned most_from(const two_sides *sides, bool by_reference, uint32_t entry, uint32_t taken)
{
  if (entry == sides->items[0].count)
    return 0;
  unsigned most = most_from(sides, by_reference, entry + 1, taken);
  for (uint32_t i = 0; i < sides->items[1].count; i++) {
    bool may = !(taken & 1u << i) && may_match(sides, entry, i) &&
               (!by_reference || share_reference(sides, RL_OF_STATEMENT, entry, RL_OF_LEDGER, i));
    unsigned with = may ? 1 + most_from(sides, by_reference, entry + 1, taken | 1u << i) : 0;
    if (with > most)
      most = with;
  }
  return most;
}

unsigned oracle_most_pairs(const two_sides *sides, bool by_reference)
{
  return most_from(sides, by_reference, 0, 0);
}
