#include "support/movements.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* One line a posting: "customer:shop EUR -53567". */
static void describe(const rl_transaction *transaction, char *out, size_t size)
{
  size_t used = 0;
  out[0] = '\0';
  for (unsigned i = 0; i < transaction->posting_count; i++) {
    const rl_posting *posting = &transaction->postings[i];
    char account[RL_ACCOUNT_TEXT_SIZE];
    rl_account_format(posting, account);
    used += (size_t)snprintf(out + used, size - used, "%s %s %lld\n", account,
                             rl_currency_code(posting->amount.currency),
                             (long long)posting->amount.minor);
  }
}

Test(ledger, worked_example_posts_as_written)
{
  rl_quote quote = quote_with_fees_on_both_sides();
  rl_transaction transaction;
  char text[1024];
  rl_ledger_post(&quote, 1767225600000, &transaction);
  describe(&transaction, text, sizeof text);
  cr_expect_str_eq(text, "customer:shop EUR -53567\n"
                         "fee:service EUR 241\n"
                         "position EUR 53326\n"
                         "position INR -5045359\n"
                         "customer:shop INR 5000000\n"
                         "fee:payout INR 10000\n"
                         "fee:local INR 5015\n"
                         "revenue:spread INR 30272\n"
                         "revenue:rounding INR 72\n");
  cr_expect(rl_quote_id_equal(transaction.quote, quote.id));
  cr_expect_eq(transaction.posted_utc_ms, 1767225600000);
}

Test(ledger, fee_on_top_is_charged_beside_the_source)
{
  rl_random random = rl_random_from(1);
  rl_quote quote;
  rl_transaction transaction;
  char text[1024];
  rl_typical_quote(&random, &quote);
  rl_ledger_post(&quote, 0, &transaction);
  describe(&transaction, text, sizeof text);
  cr_expect_str_eq(text, "customer:shop USD -100350\n"
                         "fee:service USD 150\n"
                         "fee:transfer USD 350\n"
                         "position USD 99850\n"
                         "position EUR -88739\n"
                         "customer:shop EUR 88385\n"
                         "revenue:spread EUR 354\n");
}

Test(ledger, discount_makes_the_spread_negative)
{
  rl_quote quote = quote_with_fees_on_both_sides();
  quote.terms.position_minor = 5000000;
  rl_complete_quote(&quote);
  rl_transaction transaction;
  rl_ledger_post(&quote, 0, &transaction);
  cr_expect(rl_transaction_balances(&transaction));
  cr_expect_eq(transaction.postings[7].account, RL_ACCOUNT_SPREAD);
  cr_expect_eq(transaction.postings[7].amount.minor, -15087);
}

Test(ledger, every_quote_posts_a_balance_of_zero_in_each_currency)
{
  rl_random random = rl_random_from(rl_test_seed("ledger"));
  for (int i = 0; i < 3000; i++) {
    rl_quote quote;
    rl_transaction transaction;
    rl_random_quote(&random, &quote);
    rl_ledger_post(&quote, 0, &transaction);
    rl_i128 source = 0, target = 0;
    for (unsigned k = 0; k < transaction.posting_count; k++) {
      rl_amount amount = transaction.postings[k].amount;
      bool of_source = rl_currency_equal(amount.currency, quote.terms.source_currency);
      source += of_source ? amount.minor : 0;
      target += of_source ? 0 : amount.minor;
      cr_assert_neq(amount.minor, 0);
    }
    cr_assert(source == 0);
    cr_assert(target == 0);
  }
}

Test(ledger, largest_quote_fits_its_postings)
{
  rl_quote quote;
  rl_transaction transaction;
  rl_largest_quote(&quote);
  for (unsigned i = 0; i < quote.terms.fee_count; i++) {
    quote.terms.fees[i].waived_by[0] = '\0';
    quote.terms.fees[i].amount_minor = RL_AMOUNT_MAX / 9;
  }
  rl_complete_quote(&quote);
  rl_ledger_post(&quote, 0, &transaction);
  cr_expect_eq(transaction.posting_count, RL_POSTINGS_MAX);
}

Test(ledger, one_minor_unit_too_many_does_not_balance)
{
  rl_quote quote = quote_with_fees_on_both_sides();
  rl_transaction transaction;
  rl_ledger_post(&quote, 0, &transaction);
  for (unsigned i = 0; i < transaction.posting_count; i++) {
    transaction.postings[i].amount.minor++;
    cr_expect_not(rl_transaction_balances(&transaction));
    transaction.postings[i].amount.minor--;
  }
  cr_expect(rl_transaction_balances(&transaction));
}

Test(ledger, sums_beyond_64_bits_do_not_wrap_into_a_balance)
{
  rl_currency yen = rl_test_currency("JPY");
  rl_transaction transaction = {.posting_count = 4};
  for (unsigned i = 0; i < 4; i++)
    transaction.postings[i].amount = (rl_amount){.minor = 1ll << 62, .currency = yen};
  cr_expect_not(rl_transaction_balances(&transaction));
}
