#include "sides.h"

#include <criterion/criterion.h>

Test(reconcile, same_reference_and_other_amount_is_an_amount_break)
{
  /* Not a chance match of the first entry with the ledger's second movement. */
  two_sides both = sides_new();
  sides_statement(&both, 10, 100, "INV7");
  sides_ledger(&both, 10, 90, "INV7");
  sides_ledger(&both, 10, 100, "INV8");
  sides_expect(&both, "AMOUNT BREAK 0=0, missing there =1");
  cr_assert_eq(both.result.open, 2);
  sides_free(&both);
}

Test(reconcile, same_reference_and_other_direction_is_an_amount_break)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 100, "INV7");
  sides_ledger(&both, 10, -100, "INV7");
  sides_expect(&both, "AMOUNT BREAK 0=0");
  sides_free(&both);
}

Test(reconcile, same_reference_and_amount_on_another_day_is_a_date_break)
{
  two_sides both = sides_new();
  both.options.tolerance_days = 1;
  sides_statement(&both, 10, 100, "A");
  sides_statement(&both, 10, 200, "B");
  sides_ledger(&both, 11, 100, "A");
  sides_ledger(&both, 30, 200, "B");
  sides_expect(&both, "MATCHED 0=0, DATE BREAK 1=1");
  sides_free(&both);
}

Test(reconcile, same_reference_in_another_currency_is_a_currency_break)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 100, "A");
  sides_add(&both, RL_OF_LEDGER, 10, 112, "USD", "A");
  sides_expect(&both, "CURRENCY BREAK 0=0");
  cr_assert_eq(both.result.total_count, 2);
  cr_assert_str_eq(rl_currency_code(both.result.totals[1].currency), "USD");
  cr_assert_eq(both.result.totals[1].kind_sum[RL_CURRENCY_BREAK][RL_OF_LEDGER], 112);
  sides_free(&both);
}

Test(reconcile, same_figures_in_another_currency_are_a_currency_break)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 100, "");
  sides_statement(&both, 10, 700, "");
  sides_add(&both, RL_OF_LEDGER, 10, 100, "USD", "");
  sides_add(&both, RL_OF_LEDGER, 10, 700, "JPY", "");
  sides_expect(&both, "currency break 0=0, missing here 1=, missing there =1");
  sides_free(&both);
}

Test(reconcile, likelier_break_goes_first)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 100, "A");
  sides_statement(&both, 10, 50, "A");
  sides_ledger(&both, 10, 60, "A");
  sides_ledger(&both, 12, 100, "A");
  sides_expect(&both, "DATE BREAK 0=1, AMOUNT BREAK 1=0");
  sides_free(&both);
}

Test(reconcile, instalments_that_do_not_add_up_are_one_break)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 100, "R");
  sides_ledger(&both, 10, 60, "R");
  sides_ledger(&both, 10, 39, "R");
  sides_expect(&both, "AMOUNT BREAK 0=0+1");
  both.options.tolerance_minor = 1;
  sides_expect(&both, "MATCHED 0=0+1");
  sides_free(&both);
}

Test(reconcile, instalments_on_other_days_are_one_date_break)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 60, "R");
  sides_statement(&both, 11, 40, "R");
  sides_ledger(&both, 10, 100, "R");
  sides_expect(&both, "DATE BREAK 0+1=0");
  sides_free(&both);
}

Test(reconcile, entry_booked_twice_is_a_duplicate)
{
  /* The second is not a chance match of a movement that the bank has yet to book. */
  two_sides both = sides_new();
  sides_statement(&both, 10, 100, "INV7");
  sides_statement(&both, 10, 100, "INV7 bank2");
  sides_ledger(&both, 10, 100, "INV7");
  sides_ledger(&both, 10, 100, "INV8");
  sides_expect(&both, "MATCHED 0=0, DUPLICATE 1=, missing there =1");
  cr_assert_eq(both.result.findings[1].twin, 0);
  sides_free(&both);
}

Test(reconcile, movement_posted_twice_is_a_duplicate)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 100, "");
  sides_ledger(&both, 10, 100, "A");
  sides_ledger(&both, 10, 100, "A");
  sides_expect(&both, "matched 0=0, DUPLICATE =1");
  sides_free(&both);
}

Test(reconcile, duplicate_of_what_is_missing_is_one_too)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 100, "A");
  sides_statement(&both, 10, 100, "A");
  sides_statement(&both, 11, 100, "A");
  sides_statement(&both, 10, 101, "A");
  sides_expect(&both, "missing here 0=, DUPLICATE 1=, missing here 2=, missing here 3=");
  sides_free(&both);
}

Test(reconcile, equal_entries_without_a_reference_are_no_duplicates)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 100, "");
  sides_statement(&both, 10, 100, "");
  sides_ledger(&both, 10, 100, "");
  sides_expect(&both, "matched 0=0, missing here 1=");
  sides_free(&both);
}

/* Whether the reference is used that so many movements of each side have, with amounts that nothing
 * else has. */
static bool is_used(int statement, int ledger)
{
  two_sides both = sides_new();
  for (int i = 0; i < statement; i++)
    sides_statement(&both, 10, 100000 + i, "SALARY");
  for (int i = 0; i < ledger; i++)
    sides_ledger(&both, 10, 900000 + i, "SALARY");
  sides_reconcile(&both);
  uint32_t breaks = both.result.totals[0].kind_count[RL_AMOUNT_BREAK][RL_OF_LEDGER];
  sides_free(&both);
  return breaks > 0;
}

Test(reconcile, reference_on_too_many_movements_of_both_sides_tells_nothing)
{
  const int most = RL_REFERENCE_SHARED_MAX;
  cr_assert(is_used(most, most));
  cr_assert(is_used(most, most + 1));
  cr_assert(is_used(most + 1, most));
  cr_assert_not(is_used(most + 1, most + 1));
}

Test(reconcile, instalments_shared_with_another_entry_are_no_group)
{
  two_sides both = sides_new();
  sides_statement(&both, 10, 1000, "R");
  sides_statement(&both, 10, 50, "S");
  sides_ledger(&both, 10, 600, "R");
  sides_ledger(&both, 10, 70, "R S");
  sides_expect(&both, "AMOUNT BREAK 0=0, AMOUNT BREAK 1=1");
  sides_free(&both);
}
