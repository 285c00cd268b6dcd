/* What is let in and what is not, to the unit; and that what was let in is given back once. */
#include "exposure/fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static rl_exposure *table;

static void end_table(void)
{
  rl_exposure_destroy(table);
}

TestSuite(exposure, .fini = end_table);

static rl_exposure_sum client(const char *name)
{
  rl_exposure_row row;
  rl_exposure_client(table, name, &row);
  return row.used;
}

static rl_exposure_sum pair(const char *left, const char *right)
{
  rl_exposure_row row;
  rl_exposure_pair(table, rl_pair_number_of(currency_of(left), currency_of(right)), &row);
  return row.used;
}

Test(exposure, a_lock_counts_for_its_client_its_pair_and_all)
{
  rl_reservation held;
  table = exposure_of("");
  cr_assert_eq(reserve(table, "shop", "USD", "EUR", 125000, &held), RL_REFUSAL_NONE);
  expect_sum(client("shop"), 1, 125000, 0);
  expect_sum(client("desk"), 0, 0, 0);
  expect_sum(pair("EUR", "USD"), 1, 125000, 0);
  expect_sum(pair("GBP", "USD"), 0, 0, 0);
  expect_sum(rl_exposure_total(table), 1, 125000, 0);
  rl_exposure_release(table, &held);
  expect_sum(client("shop"), 0, 0, 0);
  expect_sum(pair("EUR", "USD"), 0, 0, 0);
  expect_sum(rl_exposure_total(table), 0, 0, 0);
}

Test(exposure, what_was_given_back_is_not_given_back_again)
{
  rl_reservation first, second, nothing = {0};
  table = exposure_of("");
  cr_assert_eq(reserve(table, "shop", "USD", "EUR", 5, &first), RL_REFUSAL_NONE);
  cr_assert_eq(reserve(table, "shop", "USD", "EUR", 7, &second), RL_REFUSAL_NONE);
  rl_exposure_release(table, &first);
  rl_exposure_release(table, &first);
  rl_exposure_release(table, &nothing);
  expect_sum(client("shop"), 1, 7, 0);
  rl_exposure_release(table, &second);
  expect_sum(client("shop"), 0, 0, 0);
}

Test(exposure, a_cap_on_notional_is_reached_and_not_passed)
{
  rl_reservation held;
  table = exposure_of("client shop notional=10.00\n");
  cr_assert_eq(reserve(table, "shop", "USD", "EUR", 500, &held), RL_REFUSAL_NONE);
  cr_expect_eq(reserve(table, "shop", "USD", "JPY", 501, &held), RL_REFUSAL_CLIENT_LIMIT);
  cr_expect_eq(reserve(table, "shop", "USD", "JPY", 499, &held), RL_REFUSAL_NONE);
  cr_expect_eq(reserve(table, "shop", "USD", "JPY", 2, &held), RL_REFUSAL_CLIENT_LIMIT);
  cr_expect_eq(reserve(table, "shop", "USD", "JPY", 1, &held), RL_REFUSAL_NONE);
  cr_expect_eq(reserve(table, "shop", "USD", "JPY", 1, &held), RL_REFUSAL_CLIENT_LIMIT);
  cr_expect_eq(reserve(table, "desk", "USD", "JPY", 5000, &held), RL_REFUSAL_NONE);
  expect_sum(client("shop"), 3, 1000, 0);
}

Test(exposure, a_cap_on_locks_is_reached_and_not_passed)
{
  rl_reservation held[3], more;
  table = exposure_of("client * locks=2\nclient none locks=0\n");
  cr_expect_eq(reserve(table, "none", "USD", "EUR", 1, &more), RL_REFUSAL_CLIENT_LIMIT);
  cr_expect_eq(reserve(table, "shop", "USD", "EUR", 1, &held[0]), RL_REFUSAL_NONE);
  cr_expect_eq(reserve(table, "shop", "USD", "EUR", 1, &held[1]), RL_REFUSAL_NONE);
  cr_expect_eq(reserve(table, "shop", "USD", "EUR", 1, &more), RL_REFUSAL_CLIENT_LIMIT);
  cr_expect_eq(reserve(table, "desk", "USD", "EUR", 1, &held[2]), RL_REFUSAL_NONE);
  rl_exposure_release(table, &held[0]);
  cr_expect_eq(reserve(table, "shop", "USD", "EUR", 1, &more), RL_REFUSAL_NONE);
}

Test(exposure, a_pairs_caps_count_both_directions_and_all_clients)
{
  rl_reservation held;
  table = exposure_of("pair USDEUR locks=3 notional=0.10\npair * locks=1\n");
  cr_expect_eq(reserve(table, "a", "USD", "EUR", 4, &held), RL_REFUSAL_NONE);
  cr_expect_eq(reserve(table, "b", "EUR", "USD", 7, &held), RL_REFUSAL_PAIR_LIMIT);
  cr_expect_eq(reserve(table, "b", "EUR", "USD", 5, &held), RL_REFUSAL_NONE);
  cr_expect_eq(reserve(table, "c", "EUR", "USD", 1, &held), RL_REFUSAL_NONE);
  cr_expect_eq(reserve(table, "c", "EUR", "USD", 1, &held), RL_REFUSAL_PAIR_LIMIT);
  cr_expect_eq(reserve(table, "c", "GBP", "USD", 99, &held), RL_REFUSAL_NONE);
  cr_expect_eq(reserve(table, "c", "USD", "GBP", 1, &held), RL_REFUSAL_PAIR_LIMIT);
  cr_expect_eq(reserve(table, "c", "GBP", "EUR", 1, &held), RL_REFUSAL_NONE);
}

Test(exposure, the_ticket_bounds_one_quote_and_not_their_sum)
{
  rl_reservation held;
  table = exposure_of("ticket 1.00\n");
  cr_expect_eq(reserve(table, "a", "USD", "EUR", 99, &held), RL_REFUSAL_NONE);
  cr_expect_eq(reserve(table, "a", "USD", "EUR", 100, &held), RL_REFUSAL_NONE);
  cr_expect_eq(reserve(table, "a", "USD", "EUR", 101, &held), RL_REFUSAL_TICKET_TOO_LARGE);
}

Test(exposure, of_several_refusals_the_first_in_the_list_is_given)
{
  rl_reservation held;
  table = exposure_of("ticket 1.00\nclient a locks=0\npair EURUSD locks=0\n");
  cr_expect_eq(reserve(table, "a", "USD", "EUR", 0, &held), RL_REFUSAL_NO_REPORTING_RATE);
  cr_expect_eq(reserve(table, "a", "USD", "EUR", 101, &held), RL_REFUSAL_TICKET_TOO_LARGE);
  cr_expect_eq(reserve(table, "a", "USD", "EUR", 1, &held), RL_REFUSAL_CLIENT_LIMIT);
  cr_expect_eq(reserve(table, "b", "USD", "EUR", 1, &held), RL_REFUSAL_PAIR_LIMIT);
}

Test(exposure, a_refusal_counts_nothing_and_leaves_the_output)
{
  rl_reservation held;
  memset(&held, 0x5a, sizeof held);
  table = exposure_of("client a locks=0\npair EURUSD locks=0\n");
  cr_expect_eq(reserve(table, "a", "USD", "JPY", 1, &held), RL_REFUSAL_CLIENT_LIMIT);
  cr_expect_eq(reserve(table, "b", "USD", "EUR", 1, &held), RL_REFUSAL_PAIR_LIMIT);
  for (size_t i = 0; i < sizeof held; i++)
    cr_assert_eq(((uint8_t *)&held)[i], 0x5a);
  expect_sum(rl_exposure_total(table), 0, 0, 0);
  expect_sum(client("b"), 0, 0, 0);
}

Test(exposure, an_unknown_worth_is_refused_only_where_a_cap_needs_it)
{
  rl_reservation held;
  table = exposure_of("client a notional=1.00\nclient b locks=5\npair GBPJPY notional=1.00\n");
  cr_expect_eq(reserve(table, "a", "USD", "EUR", 0, &held), RL_REFUSAL_NO_REPORTING_RATE);
  cr_expect_eq(reserve(table, "b", "JPY", "GBP", 0, &held), RL_REFUSAL_NO_REPORTING_RATE);
  cr_expect_eq(reserve(table, "b", "USD", "EUR", 0, &held), RL_REFUSAL_NONE);
  expect_sum(client("b"), 1, 0, 1);
  expect_sum(pair("USD", "EUR"), 1, 0, 1);
  expect_sum(rl_exposure_total(table), 1, 0, 1);
  rl_exposure_release(table, &held);
  expect_sum(rl_exposure_total(table), 0, 0, 0);
}

Test(exposure, two_locks_of_one_request_are_both_let_in_or_neither)
{
  rl_reservation held[2];
  const int64_t both[2] = {60, 41}, fitting[2] = {60, 40};
  rl_currency usd = currency_of("USD"), eur = currency_of("EUR");
  table = exposure_of("client a notional=1.00\nclient b locks=1\nclient c locks=2\n");
  cr_expect_eq(rl_exposure_reserve(table, "a", usd, eur, both, 2, held), RL_REFUSAL_CLIENT_LIMIT);
  cr_expect_eq(rl_exposure_reserve(table, "b", usd, eur, both, 2, held), RL_REFUSAL_CLIENT_LIMIT);
  expect_sum(rl_exposure_total(table), 0, 0, 0);
  cr_expect_eq(rl_exposure_reserve(table, "a", usd, eur, fitting, 2, held), RL_REFUSAL_NONE);
  expect_sum(client("a"), 2, 100, 0);
  rl_exposure_release(table, &held[0]);
  expect_sum(client("a"), 1, 40, 0);
  cr_expect_eq(rl_exposure_reserve(table, "c", usd, eur, both, 2, held), RL_REFUSAL_NONE);
}

Test(exposure, a_lowered_cap_refuses_new_locks_and_ends_none)
{
  rl_reservation held[3], more;
  table = exposure_of("");
  for (unsigned i = 0; i < 3; i++)
    cr_assert_eq(reserve(table, "a", "USD", "EUR", 10, &held[i]), RL_REFUSAL_NONE);
  rl_exposure_limit(table, limits_of("client a locks=2\n"));
  expect_sum(client("a"), 3, 30, 0);
  cr_expect_eq(reserve(table, "a", "USD", "EUR", 1, &more), RL_REFUSAL_CLIENT_LIMIT);
  rl_exposure_release(table, &held[0]);
  cr_expect_eq(reserve(table, "a", "USD", "EUR", 1, &more), RL_REFUSAL_CLIENT_LIMIT);
  rl_exposure_release(table, &held[1]);
  cr_expect_eq(reserve(table, "a", "USD", "EUR", 1, &more), RL_REFUSAL_NONE);
  rl_exposure_limit(table, limits_of("pair EURUSD notional=0.10\n"));
  cr_expect_eq(reserve(table, "a", "USD", "EUR", 1, &more), RL_REFUSAL_PAIR_LIMIT);
  rl_exposure_limit(table, limits_of(""));
  cr_expect_eq(reserve(table, "a", "USD", "EUR", 1, &more), RL_REFUSAL_NONE);
}

Test(exposure, the_reporting_currency_stays_while_the_table_lives)
{
  rl_error error = {.text = ""};
  table = exposure_of("reporting EUR\n");
  rl_limits *same = limits_of("# moved\nreporting EUR\n"), *other = limits_of("\nreporting USD\n");
  cr_expect_str_eq(rl_currency_code(rl_exposure_reporting(table)), "EUR");
  cr_expect_eq(rl_exposure_admits(table, same, "f", &error), RL_OK);
  cr_expect_eq(rl_exposure_admits(table, other, "f", &error), RL_INVALID);
  cr_expect_eq(error.line, 2);
  cr_expect_str_eq(error.field, "reporting");
  rl_limits_destroy(same);
  rl_limits_destroy(other);
}

Test(exposure, a_restored_lock_is_counted_whatever_the_caps_say)
{
  rl_reservation held;
  table = exposure_of("ticket 0.01\nclient * locks=0 notional=0.01\n");
  cr_expect_eq(rl_exposure_restore(table, "a", currency_of("USD"), currency_of("EUR"), 900, &held),
               RL_OK);
  cr_expect_eq(rl_exposure_restore(table, "a", currency_of("USD"), currency_of("EUR"), 0, &held),
               RL_OK);
  expect_sum(client("a"), 2, 900, 1);
}

Test(exposure, so_many_clients_may_have_open_locks_and_one_more_waits_for_a_seat)
{
  static rl_reservation held[RL_EXPOSURE_CLIENTS_MAX];
  rl_reservation more;
  char name[16];
  table = exposure_of("");
  for (unsigned i = 0; i < RL_EXPOSURE_CLIENTS_MAX; i++) {
    snprintf(name, sizeof name, "client-%u", i);
    cr_assert_eq(reserve(table, name, "USD", "EUR", 1, &held[i]), RL_REFUSAL_NONE, "%s", name);
  }
  cr_expect_eq(reserve(table, "late", "USD", "EUR", 1, &more), RL_REFUSAL_OVERLOADED);
  cr_expect_eq(rl_exposure_restore(table, "late", currency_of("USD"), currency_of("EUR"), 1,
                                   &more), RL_FULL);
  cr_expect_eq(reserve(table, "client-7", "USD", "EUR", 1, &more), RL_REFUSAL_NONE);
  rl_exposure_release(table, &held[11]);
  cr_expect_eq(reserve(table, "late", "USD", "EUR", 2, &more), RL_REFUSAL_NONE);
  expect_sum(client("late"), 1, 2, 0);
  expect_sum(client("client-11"), 0, 0, 0);
  for (unsigned i = 0; i < RL_EXPOSURE_CLIENTS_MAX; i++) {
    snprintf(name, sizeof name, "client-%u", i);
    if (i != 11)
      cr_assert_geq(client(name).locks, 1, "%s", name);
  }
}

/* A client whose seat went to another gets the cap of its own name again, not the other's. */
Test(exposure, a_seat_taken_anew_has_its_new_clients_cap)
{
  rl_reservation held;
  table = exposure_of("client a locks=1\nclient b locks=2\n");
  cr_assert_eq(reserve(table, "a", "USD", "EUR", 1, &held), RL_REFUSAL_NONE);
  rl_exposure_release(table, &held);
  cr_expect_eq(reserve(table, "b", "USD", "EUR", 1, &held), RL_REFUSAL_NONE);
  cr_expect_eq(reserve(table, "b", "USD", "EUR", 1, &held), RL_REFUSAL_NONE);
  cr_expect_eq(reserve(table, "b", "USD", "EUR", 1, &held), RL_REFUSAL_CLIENT_LIMIT);
}

Test(exposure, sums_of_the_largest_notionals_do_not_wrap)
{
  rl_reservation held[64];
  table = exposure_of("client b notional=10000000000000.00\n");
  for (unsigned i = 0; i < 64; i++)
    cr_assert_eq(reserve(table, "a", "USD", "EUR", RL_NOTIONAL_MAX, &held[i]), RL_REFUSAL_NONE);
  cr_expect(rl_exposure_total(table).notional_minor == (rl_u128)64 * RL_NOTIONAL_MAX);
  cr_expect_eq(reserve(table, "b", "USD", "JPY", RL_NOTIONAL_MAX, &held[0]),
               RL_REFUSAL_CLIENT_LIMIT);
  cr_expect_eq(reserve(table, "b", "USD", "JPY", RL_AMOUNT_MAX, &held[0]), RL_REFUSAL_NONE);
}

Test(exposure, giving_back_more_than_is_held_is_a_bug, .signal = SIGABRT)
{
  rl_reservation held, copy;
  table = exposure_of("");
  cr_assert_eq(reserve(table, "a", "USD", "EUR", 5, &held), RL_REFUSAL_NONE);
  copy = held;
  rl_exposure_release(table, &held);
  rl_exposure_release(table, &copy);
}
