#include "sides.h"

#include <criterion/criterion.h>

Test(reconcile, batch_entry_is_the_sum_of_all_that_share_its_references)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 600, "BATCH R1 R2 R3");
  sides_ledger(&both, 10, 100, "R1");
  sides_ledger(&both, 10, 200, "R2");
  sides_ledger(&both, 10, 999, "R4");
  sides_ledger(&both, 10, 300, "R3");
  sides_expect(&both, "MATCHED 0=0+1+3, missing there =2");
  sides_free(&both);
}

Test(reconcile, batch_of_hundreds_is_matched_as_a_whole)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 500 * 501 / 2, "PAYROLL");
  for (int i = 1; i <= 500; i++)
    sides_ledger(&both, 10, i, "PAYROLL");
  sides_reconcile(&both);
  cr_assert_eq(both.result.count, 1);
  cr_assert_eq(both.result.open, 0);
  cr_assert_eq(both.result.findings[0].count[RL_OF_LEDGER], 500);
  sides_free(&both);
}

/* A batch of seven, too many for a part of a sum, whose entry is off by so much. */
static void expect_batch(int64_t off, const char *wanted)
{
  two_sides both = sides_new();
  both.options.tolerance_minor = 3;
  sides_statement(&both, 10, 7000 + off, "BATCH");
  for (int i = 0; i < 7; i++)
    sides_ledger(&both, 10, 1000, "BATCH");
  sides_expect(&both, wanted);
  sides_free(&both);
}

Test(reconcile, tolerance_holds_for_the_sum_of_a_batch)
{
  expect_batch(3, "MATCHED 0=0+1+2+3+4+5+6");
  expect_batch(-3, "MATCHED 0=0+1+2+3+4+5+6");
  expect_batch(4, "AMOUNT BREAK 0=0+1+2+3+4+5+6");
  expect_batch(-4, "AMOUNT BREAK 0=0+1+2+3+4+5+6");
}

Test(reconcile, ledger_movement_is_the_sum_of_entries)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, -40, "R");
  sides_statement(&both, 10, -60, "R");
  sides_ledger(&both, 10, -100, "R");
  sides_expect(&both, "MATCHED 0+1=0");
  sides_free(&both);
}

Test(reconcile, part_of_those_with_the_reference_may_be_the_sum)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 300, "R");
  sides_ledger(&both, 10, 100, "R");
  sides_ledger(&both, 10, 700, "R");
  sides_ledger(&both, 10, 200, "R");
  sides_expect(&both, "MATCHED 0=0+2, missing there =1");
  sides_free(&both);
}

Test(reconcile, sums_without_a_reference_are_of_the_fewest_items)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 100, "bank");
  sides_ledger(&both, 10, 20, "");
  sides_ledger(&both, 10, 30, "");
  sides_ledger(&both, 10, 50, "");
  sides_ledger(&both, 10, 45, "");
  sides_ledger(&both, 10, 55, "");
  sides_expect(&both, "matched 0=3+4, missing there =0, missing there =1, missing there =2");
  sides_free(&both);
}

Test(reconcile, sums_tie_by_difference_and_then_by_order)
{
  two_sides both = sides_new();
  both.options.tolerance_minor = 2;
  sides_statement(&both, 10, 100, "");
  sides_ledger(&both, 10, 40, "");
  sides_ledger(&both, 10, 61, "");
  sides_ledger(&both, 10, 60, "");
  sides_ledger(&both, 10, 39, "");
  sides_expect(&both, "matched 0=0+2, missing there =1, missing there =3");
  sides_free(&both);
  /* 40 + 61 and 62 + 37 are both off by one. */
  both = sides_new();
  both.options.tolerance_minor = 2;
  sides_statement(&both, 10, 100, "");
  sides_ledger(&both, 10, 40, "");
  sides_ledger(&both, 10, 61, "");
  sides_ledger(&both, 10, 62, "");
  sides_ledger(&both, 10, 37, "");
  sides_expect(&both, "matched 0=0+1, missing there =2, missing there =3");
  sides_free(&both);
}

static void expect_parts(int parts, const char *wanted)
{
  two_sides both = sides_new();
  int64_t sum = 0;
  for (int i = 0; i < parts; i++) {
    sides_ledger(&both, 10, 1 << i, "");
    sum += 1 << i;
  }
  sides_statement(&both, 10, sum, "");
  sides_expect(&both, wanted);
  sides_free(&both);
}

Test(reconcile, sums_have_two_to_five_items)
{
  expect_parts(2, "matched 0=0+1");
  expect_parts(5, "matched 0=0+1+2+3+4");
  expect_parts(6, "missing here 0=, missing there =0, missing there =1, missing there =2, "
                  "missing there =3, missing there =4, missing there =5");
}

/* Whether the sum is found of the two last of so many candidates. */
static bool is_found_among(int candidates)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 2000000, "");
  for (int i = 0; i < candidates - 2; i++)
    sides_ledger(&both, 10, 1 + i, "");
  sides_ledger(&both, 10, 999999, "");
  sides_ledger(&both, 10, 1000001, "");
  sides_reconcile(&both);
  bool found = both.result.findings[0].kind == RL_MATCHED;
  sides_free(&both);
  return found;
}

Test(reconcile, sums_are_of_the_nearest_twenty_four)
{
  cr_assert(is_found_among(24));
  cr_assert_not(is_found_among(25));
}

Test(reconcile, nearest_in_time_are_candidates_of_a_sum_first)
{
  two_sides both = sides_new();
  both.options.tolerance_days = 3;
  sides_statement(&both, 10, 300, "");
  for (int i = 0; i < 30; i++)
    sides_ledger(&both, 7, 7, "");
  sides_ledger(&both, 10, 100, "");
  sides_ledger(&both, 11, 200, "");
  sides_reconcile(&both);
  cr_assert_eq(both.result.findings[0].kind, RL_MATCHED);
  cr_assert_eq(both.result.findings[0].count[RL_OF_LEDGER], 2);
  sides_free(&both);
}

Test(reconcile, sums_keep_to_dates_currency_and_direction)
{
  two_sides both = sides_new();
  both.options.tolerance_days = 1;
  sides_statement(&both, 10, 100, "");
  sides_ledger(&both, 10, 60, "");
  sides_ledger(&both, 12, 40, "");
  sides_add(&both, RL_OF_LEDGER, 10, 40, "USD", "");
  sides_ledger(&both, 10, 70, "");
  sides_ledger(&both, 10, -30, "");
  sides_expect(&both, "missing here 0=, missing there =0, missing there =1, missing there =2, "
                      "missing there =3, missing there =4");
  sides_free(&both);
}

Test(reconcile, entries_are_summed_for_one_movement_of_the_ledger)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 30, "");
  sides_statement(&both, 10, 70, "");
  sides_ledger(&both, 10, 100, "");
  sides_expect(&both, "matched 0+1=0");
  sides_free(&both);
}
