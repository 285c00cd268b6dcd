/* Rows alone: what is written is there, once, and nothing else is. */
#include "support/random.h"
#include "tables/contract.h"

#include <string.h>

static void a_commit_is_there_for_all_that_follow(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  EXPECT(add_until_decided(tables, RL_TABLE_QUOTES, "a", "one") == RL_OK);
  EXPECT(holds(tables, RL_TABLE_QUOTES, "a", "one"));
  rl_rows *rows = begin(tables, true);
  EXPECT(sees(rows, RL_TABLE_QUOTES, "a", "one"));
  commit(rows);
  tables = reopen(member, tables);
  EXPECT(holds(tables, RL_TABLE_QUOTES, "a", "one"));
  EXPECT(holds(tables, RL_TABLE_QUOTES, "b", NULL));
  kind->close(tables);
}

static void nothing_of_an_abort_is_there(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  set_row(tables, RL_TABLE_META, "kept", "before");
  rl_rows *rows = begin(tables, true);
  EXPECT(kind->add(rows, RL_TABLE_ENDS, text_blob("a"), text_blob("x")) == RL_OK);
  EXPECT(kind->keep(rows, RL_TABLE_TARIFFS, text_blob("a"), text_blob("x")) == RL_OK);
  EXPECT(kind->set(rows, RL_TABLE_META, text_blob("kept"), text_blob("x")) == RL_OK);
  EXPECT(kind->remove(rows, RL_TABLE_META, text_blob("kept")) == RL_OK);
  kind->abort(rows);
  EXPECT(holds(tables, RL_TABLE_ENDS, "a", NULL));
  EXPECT(holds(tables, RL_TABLE_TARIFFS, "a", NULL));
  EXPECT(holds(tables, RL_TABLE_META, "kept", "before"));
  kind->close(tables);
}

static void a_transaction_sees_its_own_changes(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  set_row(tables, RL_TABLE_META, "old", "1");
  rl_rows *rows = begin(tables, true);
  EXPECT(sees(rows, RL_TABLE_META, "new", NULL));
  EXPECT(kind->add(rows, RL_TABLE_META, text_blob("new"), text_blob("2")) == RL_OK);
  EXPECT(sees(rows, RL_TABLE_META, "new", "2"));
  EXPECT(kind->add(rows, RL_TABLE_META, text_blob("new"), text_blob("3")) == RL_EXISTS);
  EXPECT(kind->set(rows, RL_TABLE_META, text_blob("old"), text_blob("4")) == RL_OK);
  EXPECT(sees(rows, RL_TABLE_META, "old", "4"));
  EXPECT(kind->remove(rows, RL_TABLE_META, text_blob("old")) == RL_OK);
  EXPECT(sees(rows, RL_TABLE_META, "old", NULL));
  EXPECT(kind->remove(rows, RL_TABLE_META, text_blob("old")) == RL_NOT_FOUND);
  EXPECT(kind->add(rows, RL_TABLE_META, text_blob("old"), text_blob("5")) == RL_OK);
  EXPECT(kind->keep(rows, RL_TABLE_META, text_blob("kept"), text_blob("6")) == RL_OK);
  EXPECT(kind->keep(rows, RL_TABLE_META, text_blob("kept"), text_blob("7")) == RL_OK);
  EXPECT(sees(rows, RL_TABLE_META, "kept", "6"));
  EXPECT(kind->add(rows, RL_TABLE_META, text_blob("kept"), text_blob("8")) == RL_EXISTS);
  commit(rows);
  EXPECT(holds(tables, RL_TABLE_META, "new", "2"));
  EXPECT(holds(tables, RL_TABLE_META, "old", "5"));
  EXPECT(holds(tables, RL_TABLE_META, "kept", "6"));
  kind->close(tables);
}

static void an_add_writes_over_nothing(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  EXPECT(add_until_decided(tables, RL_TABLE_ENDS, "a", "first") == RL_OK);
  EXPECT(add_until_decided(tables, RL_TABLE_ENDS, "a", "second") == RL_EXISTS);
  rl_rows *rows = begin(tables, true);
  if (kind->expect)
    EXPECT(kind->expect(rows, RL_TABLE_ENDS, text_blob("a")) == RL_OK);
  EXPECT(kind->add(rows, RL_TABLE_ENDS, text_blob("a"), text_blob("third")) == RL_EXISTS);
  EXPECT(sees(rows, RL_TABLE_ENDS, "a", "first"));
  commit(rows);
  EXPECT(holds(tables, RL_TABLE_ENDS, "a", "first"));
  kind->close(tables);
}

/* What stands beside the row that is there already falls with it. */
static void an_add_that_fails_takes_its_transaction_along(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  EXPECT(add_until_decided(tables, RL_TABLE_ENDS, "a", "first") == RL_OK);
  rl_rows *rows = begin(tables, true);
  EXPECT(kind->set(rows, RL_TABLE_META, text_blob("beside"), text_blob("x")) == RL_OK);
  rl_status added = kind->add(rows, RL_TABLE_ENDS, text_blob("a"), text_blob("second"));
  if (added == RL_OK)
    EXPECT(kind->commit(rows) == RL_AGAIN);
  else
    kind->abort(rows);
  EXPECT(holds(tables, RL_TABLE_META, "beside", NULL));
  EXPECT(holds(tables, RL_TABLE_ENDS, "a", "first"));
  kind->close(tables);
}

static void a_row_that_is_kept_stays_as_it_is(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  for (unsigned i = 0; i < 2; i++) {
    rl_rows *rows = begin(tables, true);
    rl_blob row = text_blob(i ? "second" : "first");
    EXPECT(kind->keep(rows, RL_TABLE_TARIFFS, text_blob("t"), row) == RL_OK);
    EXPECT(sees(rows, RL_TABLE_TARIFFS, "t", "first"));
    commit(rows);
  }
  rl_rows *rows = begin(tables, true);
  EXPECT(kind->keep(rows, RL_TABLE_TARIFFS, text_blob("t"), text_blob("third")) == RL_OK);
  commit(rows);
  EXPECT(holds(tables, RL_TABLE_TARIFFS, "t", "first"));
  kind->close(tables);
}

static void what_is_removed_is_gone(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  set_row(tables, RL_TABLE_QUOTES, "a", "x");
  rl_rows *rows = begin(tables, true);
  EXPECT(kind->remove(rows, RL_TABLE_QUOTES, text_blob("b")) == RL_NOT_FOUND);
  EXPECT(kind->remove(rows, RL_TABLE_QUOTES, text_blob("a")) == RL_OK);
  commit(rows);
  EXPECT(holds(tables, RL_TABLE_QUOTES, "a", NULL));
  EXPECT(add_until_decided(tables, RL_TABLE_QUOTES, "a", "y") == RL_OK);
  EXPECT(holds(tables, RL_TABLE_QUOTES, "a", "y"));
  kind->close(tables);
}

static void tables_are_apart(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  for (unsigned table = 0; table < RL_TABLE_COUNT; table++) {
    char row[2] = {(char)('a' + table), 0};
    set_row(tables, table, "same", row);
  }
  for (unsigned table = 0; table < RL_TABLE_COUNT; table++) {
    char row[2] = {(char)('a' + table), 0};
    EXPECT(holds(tables, table, "same", row));
  }
  kind->close(tables);
}

static void rows_of_any_bytes_and_size_come_back(const contract_member *member)
{
  static uint8_t bytes[RL_TABLE_ROW_MAX];
  for (size_t i = 0; i < sizeof bytes; i++)
    bytes[i] = (uint8_t)(i * 7 + (i >> 8));
  const size_t sizes[] = {0, 1, 256, 1999, 8192, RL_TABLE_ROW_MAX - 1, RL_TABLE_ROW_MAX};
  rl_tables *tables = fresh(member);
  rl_rows *rows = begin(tables, true);
  uint8_t key[8];
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    EXPECT(kind->add(rows, RL_TABLE_TARIFFS, number_blob(i, key), (rl_blob){bytes, sizes[i]}) ==
           RL_OK);
  commit(rows);
  tables = reopen(member, tables);
  rows = begin(tables, false);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    rl_blob row;
    EXPECT(kind->get(rows, RL_TABLE_TARIFFS, number_blob(i, key), &row) == RL_OK);
    EXPECT(blob_is(row, (rl_blob){bytes, sizes[i]}));
  }
  commit(rows);
  kind->close(tables);
}

/* The bytes that were handed in may go; those that were handed out stay until the end. */
static void bytes_are_copied_and_stay_until_the_end(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  set_row(tables, RL_TABLE_META, "stays", "as it was");
  rl_rows *rows = begin(tables, false);
  rl_blob early;
  EXPECT(kind->get(rows, RL_TABLE_META, text_blob("stays"), &early) == RL_OK);
  for (unsigned i = 0; i < 100; i++) {
    uint8_t key[8];
    rl_blob row;
    EXPECT(kind->get(rows, RL_TABLE_QUOTES, number_blob(i, key), &row) == RL_NOT_FOUND);
  }
  EXPECT(blob_is(early, text_blob("as it was")));
  commit(rows);
  rows = begin(tables, true);
  char row[] = "mine", key[] = "key";
  EXPECT(kind->add(rows, RL_TABLE_QUOTES, text_blob(key), text_blob(row)) == RL_OK);
  memset(row, 'x', 4);
  memset(key, 'x', 3);
  commit(rows);
  EXPECT(holds(tables, RL_TABLE_QUOTES, "key", "mine"));
  kind->close(tables);
}

enum { MANY = 10000 };

static void ten_thousand_rows_are_one_transaction(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  uint8_t key[8], row[8];
  for (unsigned round = 0; round < 2; round++) {
    rl_rows *rows = begin(tables, true);
    for (uint64_t i = 0; i < MANY; i++)
      EXPECT(kind->add(rows, RL_TABLE_TRANSACTIONS, number_blob(i, key),
                       number_blob(i * i, row)) == RL_OK);
    if (round)
      commit(rows);
    else
      kind->abort(rows);
  }
  rl_rows *rows = begin(tables, false);
  for (uint64_t i = 0; kind->expect && i < MANY; i += 7)
    EXPECT(kind->expect(rows, RL_TABLE_TRANSACTIONS, number_blob(i, key)) == RL_OK);
  for (uint64_t i = 0; i < MANY; i += 7) {
    rl_blob found;
    EXPECT(kind->get(rows, RL_TABLE_TRANSACTIONS, number_blob(i, key), &found) == RL_OK);
    EXPECT(blob_is(found, number_blob(i * i, row)));
  }
  commit(rows);
  kind->close(tables);
}

static void the_place_stays_through_a_restart(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  rl_place first, second;
  const rl_place nowhere = {0};
  EXPECT(kind->place(tables, &first) == RL_OK);
  EXPECT(memcmp(&first, &nowhere, sizeof first) != 0);
  set_row(tables, RL_TABLE_META, "a", "x");
  tables = reopen(member, tables);
  EXPECT(kind->place(tables, &second) == RL_OK);
  EXPECT(memcmp(&first, &second, sizeof first) == 0);
  kind->close(tables);
}

enum { LARGE = 64 << 10, LARGE_COUNT = 64 };

static void write_or_remove_large(rl_tables *tables, bool writes)
{
  static uint8_t row[LARGE];
  uint8_t key[8];
  rl_random random = rl_random_from(7);
  for (size_t i = 0; i < sizeof row; i++)
    row[i] = (uint8_t)rl_random_next(&random); /* nothing packs it */
  rl_rows *rows = begin(tables, true);
  for (uint64_t i = 0; i < LARGE_COUNT; i++) {
    rl_blob name = number_blob(i, key);
    rl_status status = writes ? kind->add(rows, RL_TABLE_TARIFFS, name, (rl_blob){row, sizeof row})
                              : kind->remove(rows, RL_TABLE_TARIFFS, name);
    EXPECT(status == RL_OK);
  }
  commit(rows);
}

static rl_usage usage_of(rl_tables *tables)
{
  rl_usage usage;
  EXPECT(kind->usage(tables, &usage) == RL_OK);
  EXPECT(usage.bytes > 0 && usage.free_bytes <= usage.bytes);
  return usage;
}

/* Removed rows are free room, where the member can tell. */
static void usage_is_what_was_written_and_then_given_back(const contract_member *member)
{
  const uint64_t written = (uint64_t)LARGE * LARGE_COUNT;
  rl_tables *tables = fresh(member);
  rl_usage before = usage_of(tables);
  write_or_remove_large(tables, true);
  rl_usage full = usage_of(tables);
  EXPECT(full.bytes >= before.bytes + written && full.bytes < before.bytes + 2 * written);
  EXPECT(full.free_bytes < written / 2);
  write_or_remove_large(tables, false);
  rl_usage after = usage_of(tables);
  EXPECT(after.bytes >= written);
  EXPECT(kind->shared ? after.free_bytes == 0 : after.free_bytes >= written);
  kind->close(tables);
}

#define ITEM(check) {#check, check}
const contract_item contract_rows[] = {
  ITEM(a_commit_is_there_for_all_that_follow),
  ITEM(nothing_of_an_abort_is_there),
  ITEM(a_transaction_sees_its_own_changes),
  ITEM(an_add_writes_over_nothing),
  ITEM(an_add_that_fails_takes_its_transaction_along),
  ITEM(a_row_that_is_kept_stays_as_it_is),
  ITEM(what_is_removed_is_gone),
  ITEM(tables_are_apart),
  ITEM(rows_of_any_bytes_and_size_come_back),
  ITEM(bytes_are_copied_and_stay_until_the_end),
  ITEM(ten_thousand_rows_are_one_transaction),
  ITEM(the_place_stays_through_a_restart),
  ITEM(usage_is_what_was_written_and_then_given_back),
  {NULL, NULL},
};
