/* Who is listed: those with open locks, and those whom the limits name. */
#include "exposure/fixture.h"

#include <stdio.h>

static rl_exposure *table;

static void end_table(void)
{
  rl_exposure_destroy(table);
}

TestSuite(exposure_rows, .fini = end_table);

static const rl_exposure_row *row_of(const rl_exposure_row *rows, size_t count, const char *client)
{
  const rl_exposure_row *found = NULL;
  for (size_t i = 0; i < count; i++) {
    if (strcmp(rows[i].client, client) == 0) {
      cr_expect_null(found, "%s is listed twice", client);
      found = &rows[i];
    }
  }
  return found;
}

#define ROWS_MAX 8192

static size_t all_clients(rl_exposure_row rows[ROWS_MAX])
{
  uint32_t cursor = 0;
  size_t count = 0;
  for (size_t n; (n = rl_exposure_clients(table, &cursor, rows + count)) > 0; count += n)
    cr_assert_leq(n, RL_EXPOSURE_SLICE);
  cr_expect_eq(rl_exposure_clients(table, &cursor, rows + count), 0, "the end stays the end");
  return count;
}

static size_t all_pairs(rl_exposure_row rows[ROWS_MAX])
{
  uint32_t cursor = 0;
  size_t count = 0;
  for (size_t n; (n = rl_exposure_pairs(table, &cursor, rows + count)) > 0; count += n)
    cr_assert_leq(n, RL_EXPOSURE_SLICE);
  cr_expect_eq(rl_exposure_pairs(table, &cursor, rows + count), 0, "the end stays the end");
  return count;
}

static rl_exposure_row rows[ROWS_MAX];

Test(exposure_rows, nothing_open_and_nobody_named_is_no_row)
{
  table = exposure_of("client * locks=5\npair * locks=5\n");
  cr_expect_eq(all_clients(rows), 0);
  cr_expect_eq(all_pairs(rows), 0);
}

Test(exposure_rows, the_open_and_the_named_are_listed_once_each)
{
  rl_reservation held, gone;
  table = exposure_of("client * locks=5\nclient shop locks=7\nclient idle notional=1.00\n"
                      "pair EURUSD locks=3\npair GBPJPY notional=2.00\n");
  cr_assert_eq(reserve(table, "shop", "USD", "EUR", 10, &held), RL_REFUSAL_NONE);
  cr_assert_eq(reserve(table, "desk", "CHF", "EUR", 20, &held), RL_REFUSAL_NONE);
  cr_assert_eq(reserve(table, "gone", "SEK", "NOK", 30, &gone), RL_REFUSAL_NONE);
  rl_exposure_release(table, &gone);
  size_t count = all_clients(rows);
  cr_assert_eq(count, 3);
  expect_sum(row_of(rows, count, "shop")->used, 1, 10, 0);
  cr_expect_eq(row_of(rows, count, "shop")->cap.locks, 7);
  expect_sum(row_of(rows, count, "desk")->used, 1, 20, 0);
  cr_expect_eq(row_of(rows, count, "desk")->cap.locks, 5);
  expect_sum(row_of(rows, count, "idle")->used, 0, 0, 0);
  cr_expect_eq(row_of(rows, count, "idle")->cap.notional_minor, 100);
  cr_assert_eq(all_pairs(rows), 3);
  uint32_t locks = 0;
  for (unsigned i = 0; i < 3; i++)
    locks += rows[i].used.locks;
  cr_expect_eq(locks, 2);
}

Test(exposure_rows, slices_list_everybody)
{
  char text[64 * 300], name[32];
  size_t used = 0;
  rl_reservation held;
  for (unsigned i = 0; i < 300; i++)
    used += (size_t)snprintf(text + used, sizeof text - used, "client n%u locks=9\n", i);
  table = exposure_of(text);
  for (unsigned i = 200; i < 500; i++) {
    snprintf(name, sizeof name, "n%u", i);
    cr_assert_eq(reserve(table, name, "USD", "EUR", 1, &held), RL_REFUSAL_NONE);
  }
  size_t count = all_clients(rows);
  cr_expect_eq(count, 500);
  for (unsigned i = 0; i < 500; i++) {
    snprintf(name, sizeof name, "n%u", i);
    cr_assert_not_null(row_of(rows, count, name), "%s", name);
  }
}

Test(exposure_rows, every_pair_can_be_listed)
{
  rl_reservation held;
  unsigned currencies = rl_currency_count(), opened = 0;
  table = exposure_of("");
  for (unsigned i = 1; i <= currencies; i++) {
    for (unsigned j = i + 1; j <= currencies; j += 17) {
      int64_t one = 1;
      cr_assert_eq(rl_exposure_reserve(table, "a", (rl_currency){(uint8_t)j},
                                       (rl_currency){(uint8_t)i}, &one, 1, &held),
                   RL_REFUSAL_NONE);
      opened++;
    }
  }
  cr_expect_eq(all_pairs(rows), opened);
}

Test(exposure_rows, the_ticket_is_said)
{
  table = exposure_of("ticket 7.00\n");
  cr_expect_eq(rl_exposure_ticket(table), 700);
  rl_exposure_limit(table, limits_of(""));
  cr_expect_eq(rl_exposure_ticket(table), RL_NOTIONAL_UNCAPPED);
}
