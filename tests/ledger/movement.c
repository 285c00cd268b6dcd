#include "support/movements.h"

#include "clock/date.h"
#include "money/wide.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define NOW 1795372586131

/* One line a posting: "customer:shop EUR 10000". */
static void expect_postings(const rl_movement *movement, const char *lines)
{
  rl_transaction made;
  char text[1024] = "";
  size_t used = 0;
  cr_assert_eq(rl_ledger_move(movement, NULL, "desk", "k", NOW, &made), RL_OK);
  for (unsigned i = 0; i < made.posting_count; i++) {
    char account[RL_ACCOUNT_TEXT_SIZE];
    rl_account_format(&made.postings[i], account);
    used += (size_t)snprintf(text + used, sizeof text - used, "%s %s %lld\n", account,
                             rl_currency_code(made.postings[i].amount.currency),
                             (long long)made.postings[i].amount.minor);
  }
  cr_expect_str_eq(text, lines);
  cr_expect(rl_transaction_balances(&made));
}

Test(movement, settlement_into_our_account_makes_the_customer_even)
{
  rl_movement movement = a_settlement();
  expect_postings(&movement, "customer:shop EUR 10000\nsettlement:main EUR -10000\n");
}

Test(movement, settlement_out_of_our_account_has_the_other_sign)
{
  rl_movement movement = a_settlement();
  movement.amount.minor = -10000;
  movement.party = RL_ACCOUNT_COUNTERPARTY;
  expect_postings(&movement, "counterparty:shop EUR -10000\nsettlement:main EUR 10000\n");
}

Test(movement, hedge_moves_both_positions_against_the_counterparty)
{
  rl_movement movement = a_hedge();
  expect_postings(&movement, "position USD 100000\ncounterparty:lp USD -100000\n"
                             "position EUR -90000\ncounterparty:lp EUR 90000\n");
}

Test(movement, transaction_says_who_posted_it_when_and_why)
{
  rl_movement movement = a_settlement();
  rl_transaction made;
  memcpy(movement.reference, "MT940/17", 9);
  cr_assert_eq(rl_ledger_move(&movement, NULL, "desk", "k-1", NOW, &made), RL_OK);
  cr_expect_eq(made.kind, RL_TRANSACTION_SETTLEMENT);
  cr_expect_eq(made.posted_utc_ms, NOW);
  cr_expect_eq(made.value_day, 20781);
  cr_expect_str_eq(made.by, "desk");
  cr_expect_str_eq(made.key, "k-1");
  cr_expect_str_eq(made.reference, "MT940/17");
}

/* --- all kinds, by all accounts --- */

typedef struct sums {
  unsigned count;
  struct {
    char account[RL_ACCOUNT_TEXT_SIZE];
    rl_currency currency;
    rl_i128 minor;
  } of[64];
} sums;

static void add(sums *all, const rl_transaction *transaction)
{
  for (unsigned i = 0; i < transaction->posting_count; i++) {
    char account[RL_ACCOUNT_TEXT_SIZE];
    rl_amount amount = transaction->postings[i].amount;
    unsigned k = 0;
    rl_account_format(&transaction->postings[i], account);
    while (k < all->count && (strcmp(all->of[k].account, account) != 0
                              || !rl_currency_equal(all->of[k].currency, amount.currency)))
      k++;
    if (k == all->count) {
      all->count++;
      memcpy(all->of[k].account, account, sizeof account);
      all->of[k].currency = amount.currency;
    }
    all->of[k].minor += amount.minor;
  }
}

Test(movement, every_movement_balances_in_each_currency)
{
  rl_random random = rl_random_from(rl_test_seed("movements"));
  static const rl_transaction_kind kinds[] = {RL_TRANSACTION_SETTLEMENT, RL_TRANSACTION_HEDGE};
  for (int i = 0; i < 4000; i++) {
    rl_movement movement = random_movement(&random, kinds[i % 2], (rl_quote_id){{0}});
    const char *field = "";
    rl_transaction made;
    cr_assert_null(rl_movement_fault(&movement, &field), "%s", field);
    cr_assert_eq(rl_ledger_move(&movement, NULL, "by", "key", NOW, &made), RL_OK);
    rl_i128 bought = 0, sold = 0;
    for (unsigned k = 0; k < made.posting_count; k++) {
      rl_amount amount = made.postings[k].amount;
      bool first = rl_currency_equal(amount.currency, movement.amount.currency);
      *(first ? &bought : &sold) += amount.minor;
    }
    cr_assert(bought == 0 && sold == 0);
    cr_assert_eq(made.posting_count, i % 2 ? 4u : 2u);
  }
}

Test(movement, refund_after_its_sale_leaves_every_account_at_zero)
{
  rl_random random = rl_random_from(rl_test_seed("refunds"));
  for (int i = 0; i < 2000; i++) {
    rl_quote quote;
    rl_transaction sale, refund;
    sums all = {0};
    rl_random_quote(&random, &quote);
    rl_ledger_post(&quote, 1, &sale);
    rl_movement movement = random_movement(&random, RL_TRANSACTION_REFUND, quote.id);
    cr_assert_eq(rl_ledger_move(&movement, &sale, "desk", "k", NOW, &refund), RL_OK);
    cr_assert(rl_quote_id_equal(refund.quote, quote.id));
    cr_assert_eq(refund.value_day, RL_NO_VALUE_DAY);
    add(&all, &sale);
    cr_assert_gt(all.count, 2);
    add(&all, &refund);
    for (unsigned k = 0; k < all.count; k++)
      cr_assert(all.of[k].minor == 0, "%s", all.of[k].account);
  }
}

Test(movement, worked_example_taken_back_is_the_example_with_the_other_signs)
{
  rl_quote quote = quote_with_fees_on_both_sides();
  rl_transaction sale, refund;
  static const int64_t minor[] = {53567,    -241,   -53326, 5045359, -5000000,
                                  -10000, -5015, -30272, -72};
  rl_movement movement = {.kind = RL_TRANSACTION_REFUND, .quote = quote.id};
  rl_ledger_post(&quote, 1, &sale);
  cr_assert_eq(rl_ledger_move(&movement, &sale, "desk", "k", NOW, &refund), RL_OK);
  cr_assert_eq(refund.posting_count, sizeof minor / sizeof minor[0]);
  for (unsigned i = 0; i < refund.posting_count; i++)
    cr_expect_eq(refund.postings[i].amount.minor, minor[i]);
}

Test(movement, refund_needs_a_sale_and_the_others_have_none)
{
  rl_quote quote = quote_with_fees_on_both_sides();
  rl_transaction sale, refund, again, out = {.posted_utc_ms = 7};
  rl_movement taken_back = {.kind = RL_TRANSACTION_REFUND, .quote = quote.id};
  rl_movement settlement = a_settlement();
  rl_ledger_post(&quote, 1, &sale);
  cr_assert_eq(rl_ledger_move(&taken_back, &sale, "desk", "k", NOW, &refund), RL_OK);
  again = sale;
  again.postings[0].amount.minor--;
  cr_expect_eq(rl_ledger_move(&taken_back, NULL, "d", "k", NOW, &out), RL_INVALID);
  cr_expect_eq(rl_ledger_move(&taken_back, &refund, "d", "k", NOW, &out), RL_INVALID);
  cr_expect_eq(rl_ledger_move(&taken_back, &again, "d", "k", NOW, &out), RL_INVALID);
  again.postings[0].amount.minor = INT64_MIN;
  cr_expect_eq(rl_ledger_move(&taken_back, &again, "d", "k", NOW, &out), RL_INVALID);
  cr_expect_eq(rl_ledger_move(&settlement, &sale, "d", "k", NOW, &out), RL_INVALID);
  cr_expect_eq(out.posted_utc_ms, 7, "the output is touched on failure");
}

/* --- limits --- */

static void expect_fault(const rl_movement *movement, const char *field)
{
  const char *found = "none";
  rl_transaction out;
  const char *reason = rl_movement_fault(movement, &found);
  cr_assert_not_null(reason, "%s", field);
  cr_expect_str_eq(found, field, "%s", reason);
  cr_expect_eq(rl_ledger_move(movement, NULL, "d", "k", NOW, &out), RL_INVALID);
}

static void expect_good(const rl_movement *movement)
{
  const char *field = "";
  cr_expect_null(rl_movement_fault(movement, &field), "%s", field);
}

#define CHANGED(what, field_name, value, wrong) \
  do {                                          \
    rl_movement changed = what();               \
    changed.field_name = value;                 \
    if (wrong[0])                               \
      expect_fault(&changed, wrong);            \
    else                                        \
      expect_good(&changed);                    \
  } while (0)

Test(movement, amounts_are_one_minor_unit_to_ten_to_the_fifteen)
{
  CHANGED(a_settlement, amount.minor, 0, "amount");
  CHANGED(a_settlement, amount.minor, 1, "");
  CHANGED(a_settlement, amount.minor, -1, "");
  CHANGED(a_settlement, amount.minor, RL_AMOUNT_MAX, "");
  CHANGED(a_settlement, amount.minor, RL_AMOUNT_MAX + 1, "amount");
  CHANGED(a_settlement, amount.minor, -RL_AMOUNT_MAX, "");
  CHANGED(a_settlement, amount.minor, -RL_AMOUNT_MAX - 1, "amount");
  CHANGED(a_settlement, amount.minor, INT64_MIN, "amount");
  CHANGED(a_settlement, amount.currency, RL_CURRENCY_NONE, "amount");
  CHANGED(a_hedge, amount.minor, 0, "bought");
  CHANGED(a_hedge, amount.minor, -1, "bought");
  CHANGED(a_hedge, amount.minor, RL_AMOUNT_MAX, "");
  CHANGED(a_hedge, amount.minor, RL_AMOUNT_MAX + 1, "bought");
  CHANGED(a_hedge, sold.minor, 0, "sold");
  CHANGED(a_hedge, sold.minor, 1, "");
  CHANGED(a_hedge, sold.minor, RL_AMOUNT_MAX + 1, "sold");
  CHANGED(a_hedge, sold.currency, RL_CURRENCY_NONE, "sold");
  CHANGED(a_hedge, sold.currency, rl_test_currency("USD"), "sold");
  CHANGED(a_hedge, sold.currency, ((rl_currency){255}), "sold");
}

Test(movement, parties_and_days_are_those_of_the_kind)
{
  CHANGED(a_settlement, party, RL_ACCOUNT_COUNTERPARTY, "");
  CHANGED(a_settlement, party, RL_ACCOUNT_POSITION, "party");
  CHANGED(a_hedge, party, RL_ACCOUNT_CUSTOMER, "party");
  CHANGED(a_settlement, party_name[0], '\0', "party");
  CHANGED(a_settlement, party_name[1], '\n', "party");
  CHANGED(a_settlement, party_name[1], '\x7f', "party");
  CHANGED(a_hedge, party_name[0], '\0', "party");
  CHANGED(a_settlement, bank[0], '\0', "account");
  CHANGED(a_settlement, bank[0], '\xc3', "account");
  CHANGED(a_settlement, reference[0], '\t', "reference");
  CHANGED(a_settlement, kind, RL_TRANSACTION_SALE, "kind");
  CHANGED(a_settlement, kind, (rl_transaction_kind)9, "kind");
  CHANGED(a_settlement, value_day, RL_NO_VALUE_DAY, "value_date");
  CHANGED(a_settlement, value_day, RL_DATE_MIN.day - 1, "value_date");
  CHANGED(a_settlement, value_day, RL_DATE_MIN.day, "");
  CHANGED(a_hedge, value_day, RL_DATE_MAX.day, "");
  CHANGED(a_hedge, value_day, RL_DATE_MAX.day + 1, "value_date");
}

Test(movement, text_without_an_end_is_refused)
{
  rl_movement movement = a_settlement();
  memset(movement.party_name, 'a', sizeof movement.party_name);
  expect_fault(&movement, "party");
  movement.party_name[RL_CLIENT_NAME_MAX] = '\0';
  expect_good(&movement);
  memset(movement.reference, 'a', sizeof movement.reference);
  expect_fault(&movement, "reference");
  movement.reference[RL_REFERENCE_MAX] = '\0';
  expect_good(&movement);
}

/* --- same key, same body --- */

#define EXPECT_OTHER_BODY(what, field_name, value)                                    \
  do {                                                                                \
    rl_movement it = what(), other = what();                                          \
    other.field_name = value;                                                         \
    cr_expect_not(rl_fingerprint_equal(rl_movement_body(&it), rl_movement_body(&other)), \
                  #field_name);                                                       \
  } while (0)

Test(movement, every_field_is_part_of_the_body)
{
  rl_movement one = a_hedge(), same = a_hedge();
  cr_expect(rl_fingerprint_equal(rl_movement_body(&one), rl_movement_body(&same)));
  EXPECT_OTHER_BODY(a_hedge, kind, RL_TRANSACTION_SETTLEMENT);
  EXPECT_OTHER_BODY(a_hedge, value_day, 20782);
  EXPECT_OTHER_BODY(a_hedge, reference[0], 'r');
  EXPECT_OTHER_BODY(a_hedge, quote.bytes[15], 1);
  EXPECT_OTHER_BODY(a_hedge, party, RL_ACCOUNT_CUSTOMER);
  EXPECT_OTHER_BODY(a_hedge, party_name[1], 'q');
  EXPECT_OTHER_BODY(a_hedge, bank[0], 'm');
  EXPECT_OTHER_BODY(a_hedge, amount.minor, 100001);
  EXPECT_OTHER_BODY(a_hedge, amount.currency, rl_test_currency("CAD"));
  EXPECT_OTHER_BODY(a_hedge, sold.minor, 90001);
  EXPECT_OTHER_BODY(a_hedge, sold.currency, rl_test_currency("CHF"));
}

/* The store keeps bodies beside their keys, so the bytes behind them are for ever. */
Test(movement, body_is_what_it_always_was)
{
  rl_movement hedge = a_hedge();
  rl_fingerprint body = rl_movement_body(&hedge);
  cr_expect_eq(body.words[0], 0x48067fa8c4a76b26ull, "%#llx", (unsigned long long)body.words[0]);
  cr_expect_eq(body.words[1], 0x3228cdeff10151dfull, "%#llx", (unsigned long long)body.words[1]);
}
