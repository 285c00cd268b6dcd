/* Readers and writers beside one another. */
#include "tables/contract.h"

#include <pthread.h>
#include <string.h>

static void a_reader_sees_no_more_than_was_committed(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  set_row(tables, RL_TABLE_META, "a", "before");
  rl_rows *writing = begin(tables, true);
  EXPECT(kind->set(writing, RL_TABLE_META, text_blob("a"), text_blob("after")) == RL_OK);
  EXPECT(sees(writing, RL_TABLE_META, "b", NULL)); /* by now it has its turn */
  EXPECT(holds(tables, RL_TABLE_META, "a", "before"));
  commit(writing);
  EXPECT(holds(tables, RL_TABLE_META, "a", "after"));
  kind->close(tables);
}

static void a_reader_keeps_to_the_instant_of_its_first_look(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  set_row(tables, RL_TABLE_META, "a", "before");
  set_row(tables, RL_TABLE_META, "b", "before");
  rl_rows *reading = begin(tables, false);
  EXPECT(sees(reading, RL_TABLE_META, "a", "before"));
  set_row(tables, RL_TABLE_META, "b", "after");
  EXPECT(sees(reading, RL_TABLE_META, "b", "before"));
  commit(reading);
  EXPECT(holds(tables, RL_TABLE_META, "b", "after"));
  kind->close(tables);
}

enum { ADDERS = 4, ROUNDS = 40 };

/* One engine: a counter that each raises, and rows that all of them want. */
typedef struct rival {
  pthread_t thread;
  rl_tables *tables;
  unsigned number;
  unsigned won;
} rival;

static uint8_t counter_of(rl_rows *rows)
{
  rl_blob row;
  rl_status status = kind->get(rows, RL_TABLE_META, text_blob("counter"), &row);
  EXPECT(status == RL_OK || status == RL_NOT_FOUND);
  return status == RL_OK ? *(const uint8_t *)row.bytes : 0;
}

static void *raise_and_add(void *context)
{
  rival *mine = context;
  for (unsigned i = 0; i < ROUNDS; i++) {
    rl_rows *rows = begin(mine->tables, true);
    uint8_t key[8];
    rl_blob name = number_blob(i, key);
    if (kind->expect)
      EXPECT(kind->expect(rows, RL_TABLE_ENDS, name) == RL_OK);
    uint8_t counter = (uint8_t)(counter_of(rows) + 1);
    EXPECT(kind->set(rows, RL_TABLE_META, text_blob("counter"), (rl_blob){&counter, 1}) == RL_OK);
    rl_status added = kind->add(rows, RL_TABLE_ENDS, name, (rl_blob){&mine->number, 4});
    EXPECT(added == RL_OK || added == RL_EXISTS);
    commit(rows);
    mine->won += added == RL_OK;
  }
  return NULL;
}

/* T4 and T5 of a shared member: no raise is lost, and each row has one winner. */
static void of_several_engines_one_adds(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  static rival rivals[ADDERS];
  unsigned count = kind->shared ? ADDERS : 1;
  for (unsigned i = 0; i < count; i++) {
    rivals[i] = (rival){.tables = i ? member->open() : tables, .number = i};
    EXPECT(pthread_create(&rivals[i].thread, NULL, raise_and_add, &rivals[i]) == 0);
  }
  unsigned won = 0;
  for (unsigned i = 0; i < count; i++) {
    EXPECT(pthread_join(rivals[i].thread, NULL) == 0);
    won += rivals[i].won;
    if (i)
      kind->close(rivals[i].tables);
  }
  EXPECT(won == ROUNDS);
  rl_rows *rows = begin(tables, false);
  EXPECT(counter_of(rows) == count * ROUNDS);
  commit(rows);
  kind->close(tables);
}

static void engines_that_share_have_one_place(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  if (kind->shared) {
    rl_tables *other = member->open();
    rl_place mine, its;
    EXPECT(kind->place(tables, &mine) == RL_OK && kind->place(other, &its) == RL_OK);
    EXPECT(memcmp(&mine, &its, sizeof mine) == 0);
    set_row(other, RL_TABLE_META, "a", "x");
    EXPECT(holds(tables, RL_TABLE_META, "a", "x"));
    kind->close(other);
  }
  kind->close(tables);
}

/* Readers of any number of threads, while one writes. Each commit sets both rows alike. */
static rl_tables *read_by_all;
static _Atomic bool written;

static void *read_both(void *context)
{
  unsigned *looks = context;
  while (!written || *looks < 10) {
    rl_rows *rows = begin(read_by_all, false);
    rl_blob left, right;
    rl_status status = kind->get(rows, RL_TABLE_META, text_blob("left"), &left);
    EXPECT(status == kind->get(rows, RL_TABLE_META, text_blob("right"), &right));
    EXPECT(status == RL_NOT_FOUND || blob_is(left, right));
    commit(rows);
    ++*looks;
  }
  return NULL;
}

enum { READERS = 8, WRITES = 60 };

static void readers_see_whole_commits(const contract_member *member)
{
  read_by_all = fresh(member);
  written = false;
  pthread_t threads[READERS];
  static unsigned looks[READERS];
  for (unsigned i = 0; i < READERS; i++) {
    looks[i] = 0;
    EXPECT(pthread_create(&threads[i], NULL, read_both, &looks[i]) == 0);
  }
  for (uint64_t i = 0; i < WRITES; i++) {
    uint8_t number[8];
    rl_rows *rows = begin(read_by_all, true);
    EXPECT(kind->set(rows, RL_TABLE_META, text_blob("left"), number_blob(i, number)) == RL_OK);
    EXPECT(kind->set(rows, RL_TABLE_META, text_blob("right"), number_blob(i, number)) == RL_OK);
    commit(rows);
  }
  written = true;
  for (unsigned i = 0; i < READERS; i++)
    EXPECT(pthread_join(threads[i], NULL) == 0);
  kind->close(read_by_all);
}

#define ITEM(check) {#check, check}
const contract_item contract_turns[] = {
  ITEM(a_reader_sees_no_more_than_was_committed),
  ITEM(a_reader_keeps_to_the_instant_of_its_first_look),
  ITEM(of_several_engines_one_adds),
  ITEM(engines_that_share_have_one_place),
  ITEM(readers_see_whole_commits),
  {NULL, NULL},
};
