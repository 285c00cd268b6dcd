/* What pages are made of: views of answers, tables, sums. */
#include "balances.h"
#include "support/random.h"
#include "table.h"
#include "view.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* {"a": [1, "x", -2], "b": {"c": true}, "t": "line\n", "n": nil} */
static const uint8_t answer[] =
  "\x84\xa1" "a\x93\x01\xa1" "x\xfe\xa1" "b\x81\xa1" "c\xc3\xa1" "t\xa5" "line\n\xa1" "n\xc0";

static rl_view whole(void)
{
  return rl_view_over(answer, sizeof answer - 1);
}

Test(view, value_is_found_by_its_key)
{
  cr_assert(rl_view_true(rl_view_get(rl_view_get(whole(), "b"), "c")));
  cr_assert_eq(rl_view_count(rl_view_get(whole(), "a")), 3);
  cr_assert_str_eq(rl_view_text(rl_view_get(whole(), "t")).text, "line?");
  cr_assert_not(rl_view_given(rl_view_get(whole(), "n")));
  cr_assert(rl_view_given(rl_view_get(whole(), "t")));
}

Test(view, value_that_is_not_there_or_of_another_type_is_empty)
{
  rl_view missing = rl_view_get(whole(), "zz");
  cr_assert_not(rl_view_given(missing));
  cr_assert_eq(rl_view_i64(missing), 0);
  cr_assert_str_eq(rl_view_text(missing).text, "");
  cr_assert_eq(rl_view_i64(rl_view_get(whole(), "t")), 0);
  cr_assert_str_eq(rl_view_text(rl_view_get(whole(), "a")).text, "");
  cr_assert_not(rl_view_given(rl_view_get(rl_view_get(whole(), "a"), "c")));
}

Test(view, array_and_map_are_walked_in_order)
{
  rl_view array = rl_view_get(whole(), "a"), item;
  int64_t sum = 0;
  unsigned count = 0;
  for (rl_view rest = array; rl_view_next(array, &rest, &item); count++)
    sum = 10 * sum + rl_view_i64(item);
  cr_assert_eq(count, 3);
  cr_assert_eq(sum, 98);
  char keys[8] = "";
  rl_view_string key;
  count = 0;
  for (rl_view rest = whole(); rl_view_next_entry(whole(), &rest, &key, &item);)
    keys[count++] = key.text[0];
  cr_assert_str_eq(keys, "abtn");
}

Test(view, any_bytes_are_walked_without_harm)
{
  rl_random random = rl_random_from(rl_test_seed("view"));
  for (int round = 0; round < 20000; round++) {
    uint8_t bytes[sizeof answer - 1];
    memcpy(bytes, answer, sizeof bytes);
    for (int i = 0; i < 3; i++)
      bytes[rl_random_below(&random, sizeof bytes)] = (uint8_t)rl_random_next(&random);
    size_t size = rl_random_below(&random, sizeof bytes + 1);
    uint8_t *exact = malloc(size + 1);
    memcpy(exact, bytes, size);
    rl_view view = rl_view_over(exact, size), item;
    rl_view array = rl_view_get(view, "a");
    for (rl_view rest = array; rl_view_next(array, &rest, &item);)
      (void)rl_view_text(item);
    rl_view_string key;
    for (rl_view rest = view; rl_view_next_entry(view, &rest, &key, &item);)
      (void)rl_view_i64(item);
    free(exact);
  }
}

static char *printed(rl_table *table, unsigned indent)
{
  static char text[1024];
  memset(text, 0, sizeof text);
  FILE *file = fmemopen(text, sizeof text, "w");
  rl_table_print(table, file, indent);
  fclose(file);
  return text;
}

Test(table, columns_are_as_wide_as_their_widest_cell_and_points_stand_under_points)
{
  static const rl_column columns[] = {
    {"name", RL_ALIGN_LEFT}, {"rate", RL_ALIGN_POINT}, {"n", RL_ALIGN_RIGHT}, {"", RL_ALIGN_LEFT}};
  rl_table table = rl_table_of(columns, 4);
  const char *cells[] = {"a", "1.25", "7", "é", "bcdefg", "161", "10", "", "é", "0.5", "", ""};
  for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
    rl_table_cell(&table, RL_STYLE_STRONG, "%s", cells[i]);
  cr_assert_str_eq(printed(&table, 2), "  name      rate   n\n"
                                       "  a         1.25   7  é\n"
                                       "  bcdefg  161     10\n"
                                       "  é         0.5\n");
}

Test(table, row_cut_short_is_completed)
{
  static const rl_column columns[] = {{"", RL_ALIGN_LEFT}, {"", RL_ALIGN_LEFT}};
  rl_table table = rl_table_of(columns, 2);
  rl_table_cell(&table, RL_STYLE_PLAIN, "a");
  rl_table_end_row(&table);
  rl_table_cell(&table, RL_STYLE_PLAIN, "b");
  rl_table_cell(&table, RL_STYLE_PLAIN, "c");
  rl_table_end_row(&table);
  cr_assert_str_eq(printed(&table, 0), "a\nb  c\n");
}

static const char *sum(rl_i128 minor, const char *code)
{
  static char text[RL_SUM_TEXT_SIZE];
  rl_currency currency;
  cr_assert_eq(rl_currency_find(code, 3, &currency), RL_OK);
  rl_sum_format(minor, currency, text);
  return text;
}

Test(balances, sum_is_written_with_its_currencys_decimals)
{
  cr_assert_str_eq(sum(0, "EUR"), "0.00");
  cr_assert_str_eq(sum(5, "EUR"), "0.05");
  cr_assert_str_eq(sum(-5, "EUR"), "-0.05");
  cr_assert_str_eq(sum(-100000, "EUR"), "-1000.00");
  cr_assert_str_eq(sum(0, "JPY"), "0");
  cr_assert_str_eq(sum(-161382, "JPY"), "-161382");
  cr_assert_str_eq(sum(1, "KWD"), "0.001");
  cr_assert_str_eq(sum(12345, "CLF"), "1.2345");
}

Test(balances, sum_beyond_64_bits_is_written_whole)
{
  rl_i128 large = (rl_i128)RL_AMOUNT_MAX * 1000000000000;
  cr_assert_str_eq(sum(large, "USD"), "10000000000000000000000000.00");
  rl_i128 most = (rl_i128)(~(rl_u128)0 >> 1);
  cr_assert_str_eq(sum(most, "JPY"), "170141183460469231731687303715884105727");
  cr_assert_str_eq(sum(-most - 1, "KWD"), "-170141183460469231731687303715884105.728");
}

static rl_posting posting(rl_account_kind account, const char *name, const char *code,
                          int64_t minor)
{
  rl_posting out = {.account = account, .amount.minor = minor};
  snprintf(out.name, sizeof out.name, "%s", name);
  cr_assert_eq(rl_currency_find(code, 3, &out.amount.currency), RL_OK);
  return out;
}

static void list(const rl_balance *balance, void *context)
{
  char text[RL_SUM_TEXT_SIZE];
  rl_sum_format(balance->minor, balance->currency, text);
  char *page = context;
  size_t used = strlen(page);
  snprintf(page + used, 512 - used, "%s %s %s;", balance->account, text,
           rl_currency_code(balance->currency));
}

Test(balances, postings_are_summed_by_account_and_currency_in_order)
{
  const rl_posting postings[] = {
    posting(RL_ACCOUNT_POSITION, "", "USD", 500),
    posting(RL_ACCOUNT_CUSTOMER, "shop", "USD", -700),
    posting(RL_ACCOUNT_CUSTOMER, "shop", "EUR", 300),
    posting(RL_ACCOUNT_CUSTOMER, "desk", "USD", INT64_MAX),
    posting(RL_ACCOUNT_CUSTOMER, "desk", "USD", INT64_MAX),
    posting(RL_ACCOUNT_CUSTOMER, "shop", "USD", 700),
  };
  rl_balances balances = {0};
  for (size_t i = 0; i < sizeof postings / sizeof postings[0]; i++)
    rl_balances_add(&balances, &postings[i]);
  char page[512] = "";
  rl_balances_each(&balances, list, page);
  rl_balances_free(&balances);
  cr_assert_str_eq(page, "customer:desk 184467440737095516.14 USD;customer:shop 3.00 EUR;"
                         "customer:shop 0.00 USD;position 5.00 USD;");
}
