/* Records that rot, and rows that contradict one another: verify names the first, and a store whose
 * newest records are damaged does not start. */
#include "store/harness.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rl_harness harness;
static rl_quote consumed, cancelled, active;

static void start(void)
{
  harness_init(&harness);
  harness_open(&harness);
  consumed = harness_recorded(&harness);
  cancelled = harness_recorded(&harness);
  active = harness_recorded(&harness);
  cr_assert_eq(harness_end(&harness, RL_JOB_ACCEPT, &consumed, "k1"), RL_REFUSAL_NONE);
  cr_assert_eq(harness_end(&harness, RL_JOB_CANCEL, &cancelled, "c1"), RL_REFUSAL_NONE);
}

static void stop(void)
{
  harness_fini(&harness);
}

TestSuite(store_damage, .init = start, .fini = stop);

/* --- rows, changed behind the store's back --- */

static void put_row(rl_table table, rl_blob key, rl_blob row)
{
  harness_put_row(&harness, table, key, row);
}

static void delete_row(rl_table table, rl_blob key)
{
  rl_access access;
  cr_assert_eq(rl_access_begin(harness.store->tables, true, &access), RL_OK);
  cr_assert_eq(access.tables->kind->remove(access.rows, table, key), RL_OK);
  cr_assert_eq(rl_access_commit(&access), RL_OK);
}

static size_t read_row(rl_table table, rl_blob key, uint8_t *out)
{
  rl_access access;
  rl_blob row;
  cr_assert_eq(rl_access_begin(harness.store->tables, false, &access), RL_OK);
  cr_assert_eq(access.tables->kind->get(access.rows, table, key, &row), RL_OK);
  memcpy(out, row.bytes, row.size);
  rl_access_abort(&access);
  return row.size;
}

static rl_blob key_of(uint64_t number)
{
  static uint8_t bytes[8];
  rl_number_key(number, bytes);
  return (rl_blob){bytes, sizeof bytes};
}

static void put_end(const rl_end *end)
{
  uint8_t row[RL_END_ROW_MAX];
  size_t size = rl_end_encode(end, row);
  put_row(RL_TABLE_ENDS, rl_blob_of_id(&end->quote), (rl_blob){row, size});
}

static void put_transaction(uint64_t number, const rl_transaction *transaction)
{
  uint8_t bytes[RL_TRANSACTION_MAX];
  size_t size = rl_transaction_encode(transaction, bytes);
  put_row(RL_TABLE_TRANSACTIONS, key_of(number), (rl_blob){bytes, size});
}

static rl_end end_of(const rl_quote *quote)
{
  rl_end end;
  cr_assert_eq(rl_store_find_end(harness.store, quote->id, &end), RL_OK);
  return end;
}

static rl_transaction posting_of(const rl_quote *quote)
{
  rl_transaction transaction;
  rl_ledger_post(quote, harness_now(&harness).utc.ms, &transaction);
  return transaction;
}

/* The first fault that verify finds is at the record named, for a reason with these words. */
static void expect_fault(const char *what, const rl_quote *quote, const char *reason)
{
  rl_verify_report report = {.quotes = 99};
  rl_error error = {0};
  char name[RL_RECORD_NAME_SIZE];
  snprintf(name, sizeof name, "%s", what);
  if (quote)
    rl_name_of_quote(what, quote->id, name);
  cr_expect_eq(rl_store_verify(harness.store, &report, &error), RL_CORRUPT);
  cr_expect_str_eq(error.field, name);
  cr_expect(strstr(error.text, reason), "\"%s\" does not say \"%s\"", error.text, reason);
  cr_expect_eq(report.quotes, 99, "the report is touched");
}

Test(store_damage, sound_store_is_verified_and_counted)
{
  rl_verify_report report;
  rl_error error;
  cr_assert_eq(rl_store_verify(harness.store, &report, &error), RL_OK);
  cr_expect_eq(report.quotes, 3);
  cr_expect_eq(report.ends, 2);
  cr_expect_eq(report.consumed, 1);
  cr_expect_eq(report.transactions, 1);
  cr_expect_eq(report.postings, posting_of(&consumed).posting_count);
}

/* --- bits --- */

typedef struct rl_row {
  const char *what;
  rl_table table;
  rl_blob key;
  const rl_quote *quote;
} rl_row;

static unsigned all_rows(rl_row rows[6])
{
  const rl_row each[6] = {
    {"quote", RL_TABLE_QUOTES, rl_blob_of_id(&consumed.id), &consumed},
    {"quote", RL_TABLE_QUOTES, rl_blob_of_id(&cancelled.id), &cancelled},
    {"quote", RL_TABLE_QUOTES, rl_blob_of_id(&active.id), &active},
    {"end of quote", RL_TABLE_ENDS, rl_blob_of_id(&consumed.id), &consumed},
    {"end of quote", RL_TABLE_ENDS, rl_blob_of_id(&cancelled.id), &cancelled},
    {"transaction 1", RL_TABLE_TRANSACTIONS, key_of(1), NULL},
  };
  memcpy(rows, each, sizeof each);
  return 6;
}

/* Also where the start looks: the newest quotes and transactions, and the ends of the last days. */
static void expect_named_by_opening(const rl_row *row)
{
  rl_error error = {0};
  char name[RL_RECORD_NAME_SIZE];
  snprintf(name, sizeof name, "%s", row->what);
  if (row->quote)
    rl_name_of_quote(row->what, row->quote->id, name);
  harness_close(&harness);
  cr_expect_eq(harness_try_open(&harness, &error), RL_CORRUPT);
  cr_expect_str_eq(error.field, name);
  cr_expect(strstr(error.text, "restore"), "no remedy in \"%s\"", error.text);
  harness.store = NULL;
}

static void flip_a_bit(const rl_row *row, uint8_t *bytes, size_t size)
{
  uint64_t bit = rl_random_below(&harness.random, size * 8);
  bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
  put_row(row->table, row->key, (rl_blob){bytes, size});
  bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
}

Test(store_damage, flipped_bit_is_found_and_its_record_named)
{
  rl_row rows[6];
  unsigned count = all_rows(rows);
  for (unsigned i = 0; i < count; i++) {
    uint8_t bytes[RL_RECORD_MAX];
    size_t size = read_row(rows[i].table, rows[i].key, bytes);
    for (unsigned round = 0; round < 20; round++) {
      flip_a_bit(&rows[i], bytes, size);
      expect_fault(rows[i].what, rows[i].quote, "damaged");
    }
    put_row(rows[i].table, rows[i].key, (rl_blob){bytes, size});
  }
}

#define REFUSES_TO_START(name, number)                                                    \
  Test(store_damage, start_is_refused_with_a_damaged_##name)                              \
  {                                                                                       \
    rl_row rows[6];                                                                       \
    uint8_t bytes[RL_RECORD_MAX];                                                         \
    (void)all_rows(rows);                                                                 \
    size_t size =                                                                         \
      read_row(rows[number].table, rows[number].key, bytes);                              \
    flip_a_bit(&rows[number], bytes, size);                                               \
    expect_named_by_opening(&rows[number]);                                               \
  }
REFUSES_TO_START(quote, 2)
REFUSES_TO_START(end, 4)
REFUSES_TO_START(transaction, 5)

Test(store_damage, start_is_refused_with_a_damaged_meta_row)
{
  const rl_row row = {"meta", RL_TABLE_META, {"store", 5}, NULL};
  uint8_t bytes[RL_RECORD_MAX];
  size_t size = read_row(row.table, row.key, bytes);
  flip_a_bit(&row, bytes, size);
  expect_named_by_opening(&row);
}

Test(store_damage, rows_that_lost_their_identity_are_not_given_another)
{
  rl_error error = {0};
  delete_row(RL_TABLE_META, (rl_blob){"store", 5});
  harness_close(&harness);
  cr_expect_eq(harness_try_open(&harness, &error), RL_CORRUPT);
  cr_expect_str_eq(error.field, "meta");
  harness.store = NULL;
}

Test(store_damage, damaged_tariff_is_named)
{
  const char *text = rl_tariff_builtin_text();
  rl_tariff *tariff;
  cr_assert_eq(rl_tariff_parse(text, strlen(text), NULL, &tariff, NULL), RL_OK);
  cr_assert_eq(rl_store_keep_tariff(harness.store, tariff), RL_OK);
  rl_digest digest = rl_tariff_digest(tariff);
  rl_row row = {"tariff ", RL_TABLE_TARIFFS, {digest.bytes, 16}, NULL};
  uint8_t *bytes = malloc(RL_TARIFF_TEXT_MAX);
  cr_assert_not_null(bytes);
  flip_a_bit(&row, bytes, read_row(row.table, row.key, bytes));
  char name[RL_RECORD_NAME_SIZE] = "tariff ";
  rl_digest_format(digest, name + 7);
  expect_fault(name, NULL, "damaged");
  char *kept;
  size_t length;
  cr_expect_eq(rl_store_find_tariff(harness.store, digest, &kept, &length), RL_CORRUPT);
  free(bytes);
  rl_tariff_destroy(tariff);
}

Test(store_damage, record_that_rots_while_the_engine_runs_stops_the_deciding)
{
  rl_row rows[6];
  uint8_t bytes[RL_RECORD_MAX];
  rl_quote found;
  (void)all_rows(rows);
  flip_a_bit(&rows[2], bytes, read_row(rows[2].table, rows[2].key, bytes));
  cr_expect_eq(rl_store_find_quote(harness.store, active.id, &found), RL_CORRUPT);
  cr_expect_eq(harness_end(&harness, RL_JOB_ACCEPT, &active, "k2"), RL_REFUSAL_STORE_FAILED);
  cr_expect_eq(rl_store_state_now(harness.store), RL_STORE_FAILED);
}

/* --- rows that are whole and wrong --- */

Test(store_damage, record_under_another_id_is_found)
{
  uint8_t bytes[RL_RECORD_MAX];
  size_t size = rl_quote_encode(&active, bytes);
  rl_quote other = active;
  other.id.bytes[15] ^= 1;
  put_row(RL_TABLE_QUOTES, rl_blob_of_id(&other.id), (rl_blob){bytes, size});
  expect_fault("quote", &other, "damaged");
}

Test(store_damage, transaction_that_does_not_balance_is_found)
{
  rl_transaction transaction = posting_of(&consumed);
  transaction.postings[0].amount.minor++;
  put_transaction(1, &transaction);
  expect_fault("transaction 1", NULL, "sum to zero");
}

Test(store_damage, transaction_that_balances_but_is_not_what_the_quote_posts_is_found)
{
  rl_transaction transaction = posting_of(&consumed);
  unsigned last = transaction.posting_count - 1;
  transaction.postings[0].amount.minor--;
  transaction.postings[last].amount.minor++;
  transaction.postings[last].amount.currency = transaction.postings[0].amount.currency;
  transaction = posting_of(&consumed);
  transaction.posted_utc_ms++;
  put_transaction(1, &transaction);
  expect_fault("transaction 1", NULL, "not what the recorded quote posts");
}

Test(store_damage, missing_transaction_is_found)
{
  delete_row(RL_TABLE_TRANSACTIONS, key_of(1));
  expect_fault("end of quote", &consumed, "transaction is missing");
}

Test(store_damage, gap_in_the_numbers_is_found)
{
  rl_transaction transaction = posting_of(&consumed);
  rl_end end = end_of(&consumed);
  delete_row(RL_TABLE_TRANSACTIONS, key_of(1));
  put_transaction(2, &transaction);
  end.transaction = 2;
  put_end(&end);
  expect_fault("transaction 2", NULL, "before it is missing");
}

Test(store_damage, second_transaction_of_a_quote_is_found)
{
  rl_transaction transaction = posting_of(&consumed);
  put_transaction(2, &transaction);
  expect_fault("transaction 2", NULL, "not consumed by it");
}

Test(store_damage, transaction_of_a_cancelled_or_active_quote_is_found)
{
  rl_transaction transaction = posting_of(&cancelled);
  put_transaction(2, &transaction);
  expect_fault("transaction 2", NULL, "not consumed by it");
  transaction = posting_of(&active);
  put_transaction(2, &transaction);
  expect_fault("transaction 2", NULL, "no readable end");
}

Test(store_damage, end_that_names_another_quotes_transaction_is_found)
{
  rl_end end = {.quote = active.id, .kind = RL_END_CONSUMED, .client = "shop", .transaction = 1};
  put_end(&end);
  expect_fault("end of quote", &active, "another quote's");
}

Test(store_damage, end_of_another_client_is_found)
{
  rl_end end = end_of(&cancelled);
  snprintf(end.client, sizeof end.client, "thief");
  put_end(&end);
  expect_fault("end of quote", &cancelled, "another client's");
}

Test(store_damage, end_without_its_quote_is_found)
{
  delete_row(RL_TABLE_QUOTES, rl_blob_of_id(&cancelled.id));
  expect_fault("end of quote", &cancelled, "quote is missing");
}
