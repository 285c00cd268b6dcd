#include "protocol_page.h"

#include "support/quotes.h"

#include <criterion/criterion.h>
#include <stdio.h>

char protocol_page[PROTOCOL_PAGE_MAX];

void protocol_page_read(void)
{
  FILE *file = fopen(RL_PROTOCOL_PAGE, "rb");
  cr_assert_not_null(file, RL_PROTOCOL_PAGE);
  size_t size = fread(protocol_page, 1, sizeof protocol_page - 1, file);
  fclose(file);
  cr_assert_lt(size, sizeof protocol_page - 1);
  protocol_page[size] = '\0';
}

rl_transaction protocol_page_settlement(void)
{
  rl_movement movement = {
    .kind = RL_TRANSACTION_SETTLEMENT,
    .value_day = 20781, /* 2026-11-24 */
    .reference = "NTRF 4711",
    .party = RL_ACCOUNT_CUSTOMER,
    .party_name = "shop",
    .bank = "main",
    .amount = {10000, rl_test_currency("EUR")},
  };
  rl_transaction out;
  cr_assert_eq(rl_ledger_move(&movement, NULL, "treasury", "mt940-17", 1795372586301, &out),
               RL_OK);
  return out;
}
