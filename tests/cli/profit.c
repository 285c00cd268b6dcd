/* Profit and loss against exact rationals: the total is the worth of all our own accounts. */
#include "profit.h"

#include "support/exact.h"
#include "support/movements.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rl_universe *universe;
static rl_profit profit;
static rl_mids *mids;

static void setup(void)
{
  rl_error error;
  const char *text = rl_universe_builtin_text();
  cr_assert_eq(rl_universe_parse(text, strlen(text), "built-in", &universe, &error), RL_OK);
  profit = (rl_profit){.universe = universe};
  mids = calloc(1, sizeof *mids);
  mids->to = rl_test_currency("EUR");
}

static void teardown(void)
{
  rl_profit_free(&profit);
  rl_universe_destroy(universe);
  free(mids);
}

TestSuite(profit, .init = setup, .fini = teardown);

static void give_mid(const char *from, const char *pair, uint64_t mantissa, uint8_t scale,
                     bool inverted)
{
  rl_mid *mid = &mids->of[rl_test_currency(from).index];
  rl_mid_leg *leg = &mid->legs[mid->leg_count++];
  *leg = (rl_mid_leg){.rate = {mantissa, scale}, .inverted = inverted};
  snprintf(leg->pair, sizeof leg->pair, "%s", pair);
}

static void post(rl_movement movement, const rl_transaction *sale)
{
  rl_transaction made;
  cr_assert_eq(rl_ledger_move(&movement, sale, "desk", "k", 0, &made), RL_OK);
  rl_profit_add(&profit, &made);
}

static rl_worth whole(void)
{
  return rl_profit_worth(&profit, mids);
}

/* Row 7 at a mid of 94.6135: INR 303.44 and EUR 2.41 of revenue, and a position that is worth next
 * to nothing, since the core was the mid. */
Test(profit, worked_example_comes_to_its_revenue_at_the_rate_it_was_done_at)
{
  rl_quote quote = quote_with_fees_on_both_sides();
  rl_transaction sale;
  give_mid("INR", "EURINR", 946135, 4, true);
  rl_ledger_post(&quote, 1, &sale);
  rl_profit_add(&profit, &sale);
  const rl_own *in_rupees = &profit.own[rl_test_currency("INR").index];
  cr_expect(in_rupees->fees == 15015 && in_rupees->spread == 30272 && in_rupees->rounding == 72);
  cr_expect(in_rupees->position == -5045359);
  /* 241 + 45359 / 94.6135 = 241 + 479.41…, and 53326 - 5045359 / 94.6135 = 53326 - 53325.99… */
  cr_expect(whole().revenue == 720);
  cr_expect(whole().position == 0);
  cr_expect(whole().complete);
}

Test(profit, refund_takes_back_all_that_its_sale_came_to)
{
  rl_quote quote = quote_with_fees_on_both_sides();
  rl_transaction sale;
  give_mid("INR", "EURINR", 901, 1, true);
  rl_ledger_post(&quote, 1, &sale);
  rl_profit_add(&profit, &sale);
  post((rl_movement){.kind = RL_TRANSACTION_REFUND, .quote = quote.id}, &sale);
  cr_expect(whole().revenue == 0 && whole().position == 0);
  cr_assert_eq(profit.pair_count, 1);
  cr_expect_eq(profit.pairs[0].sales, 1);
  cr_expect_eq(profit.pairs[0].refunds, 1);
}

Test(profit, hedge_counts_for_its_pair_by_market_convention)
{
  give_mid("USD", "EURUSD", 11252, 4, true);
  post(a_hedge(), NULL);
  cr_assert_eq(profit.pair_count, 1);
  cr_expect_str_eq(rl_currency_code(profit.pairs[0].base), "EUR");
  cr_expect_str_eq(rl_currency_code(profit.pairs[0].quote), "USD");
  cr_expect_eq(profit.pairs[0].hedges, 1);
  /* 100000 / 1.1252 = 88873.089 for 90000 */
  cr_expect(whole().position == 88873 - 90000);
  cr_expect(whole().revenue == 0);
}

Test(profit, settlement_is_neither_profit_nor_loss)
{
  post(a_settlement(), NULL);
  cr_expect_eq(profit.transactions, 1);
  cr_expect_eq(profit.pair_count, 0);
  cr_expect(whole().complete && whole().revenue == 0 && whole().position == 0);
}

Test(profit, currency_without_a_mid_is_left_out_and_said_to_be)
{
  post(a_hedge(), NULL);
  cr_expect_not(whole().complete);
  cr_expect(whole().position == -90000, "what has a mid is valued");
  cr_expect_not(rl_profit_worth_of_pair(&profit.pairs[0], mids).complete);
}

Test(profit, currency_that_came_back_to_zero_needs_no_mid)
{
  rl_movement back = a_hedge();
  back.amount = (rl_amount){90000, rl_test_currency("EUR")};
  back.sold = (rl_amount){100000, rl_test_currency("USD")};
  post(a_hedge(), NULL);
  post(back, NULL);
  cr_expect(whole().complete);
  cr_expect(whole().position == 0);
}

/* Of what was let go sums are left, without pairs: they count as what they sum up did. */
Test(profit, what_was_let_go_counts_on)
{
  rl_quote quote = quote_with_fees_on_both_sides();
  rl_transaction sale;
  give_mid("INR", "EURINR", 901, 1, true);
  rl_ledger_post(&quote, 1, &sale);
  for (unsigned i = 0; i < sale.posting_count; i++)
    rl_profit_carry(&profit, &sale.postings[i], 3 * (rl_i128)sale.postings[i].amount.minor);
  rl_worth carried = whole();
  cr_expect_eq(profit.pair_count, 0);
  cr_expect(rl_profit_worth_of_carried(&profit, mids).revenue == carried.revenue);
  cr_expect(rl_profit_rounding(&profit, mids).revenue == 0);
  cr_expect(profit.own[rl_test_currency("INR").index].spread == 3 * 30272);
  rl_profit_add(&profit, &sale);
  rl_worth rounding = rl_profit_rounding(&profit, mids);
  rl_worth pair = rl_profit_worth_of_pair(&profit.pairs[0], mids);
  cr_expect(carried.position + pair.position + rounding.position == whole().position);
  cr_expect(carried.revenue + pair.revenue + rounding.revenue == whole().revenue);
}

Test(profit, sums_beyond_64_bits_do_not_wrap)
{
  rl_movement hedge = a_hedge();
  hedge.amount.minor = hedge.sold.minor = RL_AMOUNT_MAX;
  give_mid("USD", "EURUSD", 1, 0, true);
  for (int i = 0; i < 20000; i++)
    post(hedge, NULL);
  cr_expect(profit.own[rl_test_currency("USD").index].position == (rl_i128)20000 * RL_AMOUNT_MAX);
  cr_expect(whole().position == 0);
}

/* --- against rationals --- */

typedef struct ledger {
  mpz_t own[RL_CURRENCY_COUNT];    /* revenue and position */
  mpz_t others[RL_CURRENCY_COUNT]; /* customers, counterparties, banks */
} ledger;

static void note(ledger *all, const rl_transaction *transaction)
{
  for (unsigned i = 0; i < transaction->posting_count; i++) {
    const rl_posting *posting = &transaction->postings[i];
    bool of_others = posting->account == RL_ACCOUNT_CUSTOMER
                     || posting->account == RL_ACCOUNT_COUNTERPARTY
                     || posting->account == RL_ACCOUNT_SETTLEMENT;
    unsigned currency = posting->amount.currency.index;
    mpz_t minor;
    mpz_init_set_si(minor, posting->amount.minor);
    mpz_add(of_others ? all->others[currency] : all->own[currency],
            of_others ? all->others[currency] : all->own[currency], minor);
    mpz_clear(minor);
  }
}

static void random_mids(rl_random *random)
{
  for (unsigned i = 1; i <= rl_currency_count(); i++) {
    rl_mid *mid = &mids->of[i];
    mid->leg_count = 1 + (unsigned)rl_random_below(random, RL_LEGS_MAX);
    for (unsigned k = 0; k < mid->leg_count; k++)
      mid->legs[k] = (rl_mid_leg){
        .rate = {rl_random_magnitude(random, 9999999999u), (uint8_t)rl_random_below(random, 8)},
        .inverted = rl_random_below(random, 2)};
  }
}

/* own x mid in minor units of the reporting currency, exactly, added to the sum. */
static void add_exact(mpq_t sum, const mpz_t own, unsigned index)
{
  const rl_mid *mid = &mids->of[index];
  rl_currency currency = {(uint8_t)index};
  mpq_t value, factor;
  mpq_inits(value, factor, NULL);
  mpq_set_z(value, own);
  for (unsigned k = 0; !rl_currency_equal(currency, mids->to) && k < mid->leg_count; k++) {
    exact_rate(factor, mid->legs[k].rate);
    if (mid->legs[k].inverted)
      mpq_inv(factor, factor);
    mpq_mul(value, value, factor);
  }
  exact_pow10(factor, (int)rl_currency_exponent(mids->to) - (int)rl_currency_exponent(currency));
  mpq_mul(value, value, factor);
  mpq_add(sum, sum, value);
  mpq_clears(value, factor, NULL);
}

static void set_wide(mpq_t out, rl_i128 value)
{
  mpz_t integer;
  mpz_init(integer);
  exact_integer(integer, value < 0 ? -(rl_u128)value : (rl_u128)value);
  if (value < 0)
    mpz_neg(integer, integer);
  mpq_set_z(out, integer);
  mpz_clear(integer);
}

/* |total - exact| is at most half a minor unit for each of the figures that were rounded. */
static void expect_total(const ledger *all)
{
  rl_worth total = whole();
  unsigned figures = 0;
  mpq_t exact, found, bound;
  mpq_inits(exact, found, bound, NULL);
  cr_assert(total.complete);
  for (unsigned i = 1; i <= rl_currency_count(); i++) {
    add_exact(exact, all->own[i], i);
    figures += profit.seen[i] ? 2 : 0;
  }
  set_wide(found, total.revenue + total.position);
  mpq_sub(found, found, exact);
  mpq_abs(found, found);
  mpq_set_ui(bound, figures, 2);
  mpq_canonicalize(bound);
  cr_assert_leq(mpq_cmp(found, bound), 0);
  mpq_clears(exact, found, bound, NULL);
}

static void expect_mirror(const ledger *all)
{
  mpq_t own, sum;
  mpz_t opposite;
  mpq_inits(own, sum, NULL);
  mpz_init(opposite);
  for (unsigned i = 1; i <= rl_currency_count(); i++) {
    mpz_neg(opposite, all->others[i]);
    cr_assert_eq(mpz_cmp(opposite, all->own[i]), 0, "our own accounts mirror the others'");
    set_wide(own, rl_own_revenue(&profit.own[i]) + profit.own[i].position);
    mpq_set_z(sum, all->own[i]);
    cr_assert(mpq_equal(own, sum));
  }
  mpq_clears(own, sum, NULL);
  mpz_clear(opposite);
}

/* Natively, to the unit: the currencies' figures are those of the pairs. */
static void expect_pairs_to_add_up(void)
{
  rl_own *sums = calloc(RL_CURRENCY_COUNT, sizeof *sums);
  for (size_t i = 0; i < profit.pair_count; i++) {
    const rl_pair_profit *pair = &profit.pairs[i];
    const rl_own *halves[] = {&pair->in_base, &pair->in_quote};
    const rl_currency of[] = {pair->base, pair->quote};
    cr_assert(rl_universe_is_base(universe, pair->base, pair->quote));
    for (unsigned k = 0; k < 2; k++) {
      sums[of[k].index].fees += halves[k]->fees;
      sums[of[k].index].spread += halves[k]->spread;
      sums[of[k].index].rounding += halves[k]->rounding;
      sums[of[k].index].position += halves[k]->position;
    }
  }
  cr_assert_eq(memcmp(sums, profit.own, RL_CURRENCY_COUNT * sizeof *sums), 0);
  free(sums);
}

static void post_something(rl_random *random, ledger *all)
{
  rl_quote quote;
  rl_transaction sale, moved;
  rl_random_quote(random, &quote);
  rl_transaction_kind kind = (rl_transaction_kind)rl_random_between(random, 1, 4);
  rl_ledger_post(&quote, 1, &sale);
  if (kind == RL_TRANSACTION_SALE || kind == RL_TRANSACTION_REFUND) {
    rl_profit_add(&profit, &sale);
    note(all, &sale);
  }
  if (kind == RL_TRANSACTION_SALE)
    return;
  rl_movement movement = random_movement(random, kind, quote.id);
  cr_assert_eq(rl_ledger_move(&movement, kind == RL_TRANSACTION_REFUND ? &sale : NULL, "b", "k", 0,
                              &moved), RL_OK);
  rl_profit_add(&profit, &moved);
  note(all, &moved);
}

Test(profit, total_is_the_worth_of_all_our_own_accounts)
{
  rl_random random = rl_random_from(rl_test_seed("profit"));
  for (int round = 0; round < 60; round++) {
    ledger all;
    for (unsigned i = 0; i < RL_CURRENCY_COUNT; i++)
      mpz_inits(all.own[i], all.others[i], NULL);
    random_mids(&random);
    for (int i = 0; i < 60; i++)
      post_something(&random, &all);
    expect_mirror(&all);
    expect_total(&all);
    expect_pairs_to_add_up();
    for (unsigned i = 0; i < RL_CURRENCY_COUNT; i++)
      mpz_clears(all.own[i], all.others[i], NULL);
    rl_profit_free(&profit);
    profit = (rl_profit){.universe = universe};
  }
}

/* What the pairs' figures were rounded to, and how far that is from the total. */
Test(profit, pairs_and_their_rounding_add_up_to_the_total)
{
  give_mid("USD", "EURUSD", 3, 0, true);
  give_mid("JPY", "EURJPY", 3, 0, true);
  rl_movement hedge = a_hedge();
  hedge.amount.minor = 1;
  post(hedge, NULL);
  hedge.sold = (rl_amount){1, rl_test_currency("JPY")};
  post(hedge, NULL);
  rl_worth sum = rl_profit_rounding(&profit, mids);
  for (size_t i = 0; i < profit.pair_count; i++)
    sum.position += rl_profit_worth_of_pair(&profit.pairs[i], mids).position;
  cr_expect(rl_profit_rounding(&profit, mids).position == 1, "1/3 and 1/3 are 0 and 0, 2/3 is 1");
  cr_expect(sum.position == whole().position);
}
