#include "sides.h"

#include <criterion/criterion.h>

Test(reconcile, nothing_on_either_side_is_all_matched)
{
  two_sides both = sides_new();
  sides_expect(&both, "");
  cr_assert_eq(both.result.open, 0);
  cr_assert_eq(both.result.total_count, 0);
  sides_free(&both);
}

Test(reconcile, same_amount_and_day_match_in_order)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 500, "");
  sides_statement(&both, 10, 500, "");
  sides_statement(&both, 10, -500, "");
  sides_ledger(&both, 10, -500, "");
  sides_ledger(&both, 10, 500, "");
  sides_ledger(&both, 10, 500, "");
  sides_expect(&both, "matched 0=1, matched 1=2, matched 2=0");
  cr_assert_eq(both.result.open, 0);
  sides_free(&both);
}

Test(reconcile, common_reference_goes_before_order)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 500, "bank1 INV2");
  sides_statement(&both, 10, 500, "bank2 INV1");
  sides_ledger(&both, 10, 500, "INV1");
  sides_ledger(&both, 10, 500, "INV2 other");
  sides_expect(&both, "MATCHED 0=1, MATCHED 1=0");
  sides_free(&both);
}

static void expect_at(int64_t tolerance_minor, int tolerance_days, int64_t gap, int days,
                      const char *wanted)
{
  for (int sign = -1; sign <= 1; sign += 2) {
    two_sides both = sides_new();
    both.options.tolerance_minor = tolerance_minor;
    both.options.tolerance_days = tolerance_days;
    sides_statement(&both, 100, -5000, "");
    sides_ledger(&both, 100 + sign * days, -5000 + sign * gap, "");
    sides_expect(&both, wanted);
    sides_free(&both);
  }
}

Test(reconcile, tolerances_hold_to_the_unit_and_the_day)
{
  expect_at(0, 0, 0, 0, "matched 0=0");
  expect_at(0, 0, 1, 0, "missing here 0=, missing there =0");
  expect_at(7, 0, 7, 0, "matched 0=0");
  expect_at(7, 0, 8, 0, "missing here 0=, missing there =0");
  expect_at(0, 3, 0, 3, "matched 0=0");
  expect_at(0, 3, 0, 4, "date break 0=0");
  expect_at(7, 3, 7, 3, "matched 0=0");
  expect_at(7, 3, 8, 3, "missing here 0=, missing there =0");
  expect_at(7, 3, 7, 10, "date break 0=0");
  expect_at(7, 3, 7, 11, "missing here 0=, missing there =0");
}

Test(reconcile, money_in_never_matches_money_out)
{
  two_sides both = sides_new();
  both.options.tolerance_minor = 10;
  sides_statement(&both, 10, 3, "");
  sides_ledger(&both, 10, -3, "");
  sides_expect(&both, "missing here 0=, missing there =0");
  sides_free(&both);
}

Test(reconcile, as_many_pairs_as_can_be_are_made)
{
  /* The nearest pair, 1 and 0, would leave 0 and 1 without any. */
  two_sides both = sides_new();
  both.options.tolerance_days = 2;
  sides_statement(&both, 10, 500, "");
  sides_statement(&both, 12, 500, "");
  sides_ledger(&both, 12, 500, "");
  sides_ledger(&both, 14, 500, "");
  sides_expect(&both, "matched 0=0, matched 1=1");
  sides_free(&both);
}

Test(reconcile, long_chain_of_pairs_is_turned_over)
{
  two_sides both = sides_new();
  both.options.tolerance_minor = 1;
  for (int i = 0; i < 300; i++) {
    sides_statement(&both, 10, 1000 + 2 * i, "");
    sides_ledger(&both, 10, 1001 + 2 * i, "");
  }
  /* Each but the first movement of the statement equals, by the tolerance, two of the ledger. */
  sides_reconcile(&both);
  cr_assert_eq(both.result.count, 300);
  cr_assert_eq(both.result.open, 0);
  sides_free(&both);
}

Test(reconcile, thousands_of_equal_payments_are_matched_at_once)
{
  two_sides both = sides_new();
  both.options.tolerance_days = 1;
  for (int i = 0; i < 30000; i++) {
    sides_statement(&both, 10 + i % 3, 999, "SUBSCRIPTION");
    sides_ledger(&both, 10 + i % 3, 999, "SUBSCRIPTION");
  }
  sides_ledger(&both, 11, 999, "");
  sides_reconcile(&both);
  cr_assert_eq(both.result.count, 30001);
  cr_assert_eq(both.result.open, 1);
  cr_assert_eq(both.result.totals[0].sum[RL_OF_STATEMENT] - both.result.totals[0].sum[RL_OF_LEDGER],
               -999);
  sides_free(&both);
}

Test(reconcile, pending_takes_no_part)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 500, "A");
  both.items[RL_OF_STATEMENT].items[0].pending = true;
  sides_ledger(&both, 10, 500, "A");
  sides_expect(&both, "missing there =0");
  cr_assert_eq(both.result.totals[0].count[RL_OF_STATEMENT], 0);
  sides_free(&both);
}

Test(reconcile, outside_the_period_is_matched_but_never_missing)
{
  two_sides both = sides_new();
  both.options.from.day = 10;
  both.options.to.day = 12;
  both.options.tolerance_days = 2;
  sides_statement(&both, 12, 500, "");
  sides_statement(&both, 13, 600, "");
  sides_ledger(&both, 14, 500, "");
  sides_ledger(&both, 9, 700, "");
  sides_ledger(&both, 10, 800, "");
  sides_ledger(&both, 12, 900, "");
  sides_ledger(&both, 13, 950, "");
  sides_expect(&both, "matched 0=0, missing there =2, missing there =3");
  cr_assert_eq(both.result.outside[RL_OF_STATEMENT], 1);
  cr_assert_eq(both.result.outside[RL_OF_LEDGER], 2);
  cr_assert_eq(both.result.totals[0].sum[RL_OF_LEDGER], 500 + 800 + 900);
  sides_free(&both);
}

Test(reconcile, totals_of_a_currency_are_beyond_64_bits)
{
  two_sides both = sides_new();
  for (int i = 0; i < 20000; i++)
    sides_statement(&both, 10, RL_AMOUNT_MAX, "");
  sides_reconcile(&both);
  cr_assert(both.result.totals[0].sum[RL_OF_STATEMENT] == (rl_i128)20000 * RL_AMOUNT_MAX);
  cr_assert(both.result.totals[0].kind_sum[RL_MISSING_HERE][RL_OF_STATEMENT] ==
            (rl_i128)20000 * RL_AMOUNT_MAX);
  sides_free(&both);
}
