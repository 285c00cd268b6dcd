#include "oracle.h"
#include "support/random.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define SMALL_ROUNDS 4000
#define PLANTED_ROUNDS 60

/* --- few items that are easily confused, against everything tried --- */

static void add_small(two_sides *sides, rl_random *random, rl_side_of side, bool referred)
{
  static const char *const references[] = {"", "A", "B", "A B", "C"};
  static const char *const currencies[] = {"EUR", "EUR", "EUR", "USD"};
  int day = (int)rl_random_below(random, 4);
  int64_t minor = rl_random_between(random, 1, 9) * (rl_random_below(random, 5) ? 1 : -1);
  sides_add(sides, side, day, minor, currencies[rl_random_below(random, 4)],
            referred ? references[rl_random_below(random, 5)] : "");
}

static two_sides make_small(rl_random *random, bool referred)
{
  two_sides made = sides_new();
  made.options.tolerance_minor = (int64_t)rl_random_below(random, 3);
  made.options.tolerance_days = (int32_t)rl_random_below(random, 3);
  for (rl_side_of side = 0; side < RL_SIDES; side++) {
    for (uint64_t i = rl_random_below(random, 7); i > 0; i--)
      add_small(&made, random, side, referred);
  }
  return made;
}

static unsigned count_pairs(const two_sides *sides, bool by_reference)
{
  unsigned count = 0;
  for (uint32_t i = 0; i < sides->result.count; i++) {
    const rl_finding *finding = &sides->result.findings[i];
    count += finding->kind == RL_MATCHED && finding->by_reference == by_reference &&
             finding->count[0] == 1 && finding->count[1] == 1;
  }
  return count;
}

Test(reconcile, no_tying_of_more_pairs_exists)
{
  rl_random random = rl_random_from(rl_test_seed("pairs"));
  unsigned pairs = 0;
  for (int round = 0; round < SMALL_ROUNDS; round++) {
    bool referred = round % 2;
    two_sides both = make_small(&random, referred);
    sides_reconcile(&both);
    oracle_judge_findings(&both);
    oracle_judge_missing(&both);
    cr_assert_eq(count_pairs(&both, referred), oracle_most_pairs(&both, referred), "round %d",
                 round);
    pairs += count_pairs(&both, referred);
    sides_free(&both);
  }
  cr_assert_gt(pairs, SMALL_ROUNDS / 4);
}

Test(reconcile, the_same_items_give_the_same_findings)
{
  uint64_t seed = rl_test_seed("same");
  for (int round = 0; round < 200; round++) {
    rl_random one = rl_random_from(seed + (uint64_t)round), other = one;
    two_sides left = make_small(&one, true), right = make_small(&other, true);
    sides_reconcile(&left);
    sides_reconcile(&right);
    cr_assert_eq(left.result.count, right.result.count);
    for (uint32_t i = 0; i < left.result.count; i++) {
      cr_assert_eq(left.result.findings[i].kind, right.result.findings[i].kind);
      cr_assert_eq(left.result.findings[i].first[1], right.result.findings[i].first[1]);
    }
    sides_free(&left);
    sides_free(&right);
  }
}

/* --- many items, of which is known what belongs together --- */

/* What was planted: the business of each item by its place, and how each business must end. */
#define ITEMS_MAX 4096
typedef struct planting {
  two_sides sides;
  unsigned business[RL_SIDES][ITEMS_MAX];
  rl_finding_kind kind[ITEMS_MAX];
  unsigned count;
} planting;

static void plant(planting *planted, rl_side_of side, int day, int64_t minor, const char *reference)
{
  planted->business[side][planted->sides.items[side].count] = planted->count;
  sides_add(&planted->sides, side, day, minor, "EUR", reference);
}

/* One business, of amounts so far from each other that nothing else fits by chance. */
static void plant_business(planting *planted, rl_random *random)
{
  char ours[32];
  int64_t tolerance = planted->sides.options.tolerance_minor;
  int32_t days = planted->sides.options.tolerance_days;
  int64_t minor = rl_random_between(random, 1000000000, 1000000000000);
  int64_t off = rl_random_between(random, -tolerance, tolerance);
  int day = (int)rl_random_between(random, 0, 300);
  int late = (int)rl_random_between(random, -days, days);
  rl_side_of one = (rl_side_of)rl_random_below(random, 2);
  snprintf(ours, sizeof ours, "%s%u", rl_random_below(random, 2) ? "R" : "", planted->count);
  const char *reference = ours[0] == 'R' ? ours : "";
  rl_finding_kind kind = RL_MATCHED;
  switch (rl_random_below(random, 6)) {
  case 0:
    kind = one == RL_OF_STATEMENT ? RL_MISSING_HERE : RL_MISSING_THERE;
    plant(planted, one, day, minor, reference);
    break;
  case 1:
    plant(planted, one, day, minor, reference);
    plant(planted, 1 - one, day + late, minor + tolerance + 1 + minor / 3, reference);
    kind = reference[0] ? RL_AMOUNT_BREAK : RL_FINDING_KINDS; /* without: two that are missing */
    break;
  case 2:
    kind = RL_DATE_BREAK;
    plant(planted, one, day, minor, reference);
    plant(planted, 1 - one, day + days + 1, minor + off, reference);
    break;
  case 3:
    plant(planted, one, day, minor, reference);
    plant(planted, 1 - one, day + late, minor / 3, reference);
    plant(planted, 1 - one, day, minor - minor / 3 + off, reference);
    break;
  default:
    plant(planted, one, day, minor, reference);
    plant(planted, 1 - one, day + late, minor + off, reference);
  }
  planted->kind[planted->count++] = kind;
}

static void expect_found(const planting *planted)
{
  const two_sides *sides = &planted->sides;
  for (uint32_t i = 0; i < sides->result.count; i++) {
    const rl_finding *finding = &sides->result.findings[i];
    rl_side_of first = finding->count[0] > 0 ? RL_OF_STATEMENT : RL_OF_LEDGER;
    unsigned business =
      planted->business[first][sides->result.members[first][finding->first[first]]];
    if (planted->kind[business] != RL_FINDING_KINDS)
      cr_assert_eq(finding->kind, planted->kind[business], "business %u is %s and not %s", business,
                   rl_finding_kind_name(finding->kind),
                   rl_finding_kind_name(planted->kind[business]));
    for (rl_side_of side = 0; side < RL_SIDES; side++) {
      for (uint32_t k = 0; k < finding->count[side]; k++) {
        uint32_t member = sides->result.members[side][finding->first[side] + k];
        cr_assert_eq(planted->business[side][member], business);
      }
    }
  }
}

Test(reconcile, everything_planted_is_found)
{
  rl_random random = rl_random_from(rl_test_seed("planted"));
  planting *planted = calloc(1, sizeof *planted);
  for (int round = 0; round < PLANTED_ROUNDS; round++) {
    planted->sides = sides_new();
    planted->count = 0;
    planted->sides.options.tolerance_minor = (int64_t)rl_random_below(&random, 4);
    planted->sides.options.tolerance_days = (int32_t)rl_random_below(&random, 4);
    for (uint64_t i = rl_random_below(&random, 200); i > 0; i--)
      plant_business(planted, &random);
    sides_reconcile(&planted->sides);
    oracle_judge_findings(&planted->sides);
    expect_found(planted);
    sides_free(&planted->sides);
  }
  free(planted);
}
