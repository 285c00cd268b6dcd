/* Transactions at random against a small model of what the rows must be. */
#include "tables/contract.h"

#include "support/random.h"

#include <string.h>

enum { KEYS = 12, STEPS = 12, TRANSACTIONS = 150, ABSENT = -1 };

/* Rows of two tables: a number each, or none. */
typedef struct row_model {
  int rows[2][KEYS];
} row_model;

static const rl_table model_tables[2] = {RL_TABLE_META, RL_TABLE_ENDS};

static rl_blob key_blob(unsigned i, char buffer[RL_TABLE_KEY_MAX])
{
  memset(buffer, 'k', RL_TABLE_KEY_MAX);
  buffer[0] = (char)('a' + i);
  return (rl_blob){buffer, 1 + i % RL_TABLE_KEY_MAX};
}

static bool agrees(rl_rows *rows, const row_model *model, unsigned table, unsigned i)
{
  char buffer[RL_TABLE_KEY_MAX];
  rl_blob row;
  rl_status status = kind->get(rows, model_tables[table], key_blob(i, buffer), &row);
  EXPECT(status == RL_OK || status == RL_NOT_FOUND);
  int expected = model->rows[table][i];
  if (status == RL_NOT_FOUND)
    return expected == ABSENT;
  return row.size == sizeof expected && memcmp(row.bytes, &expected, sizeof expected) == 0;
}

static void agree_on_all(rl_rows *rows, const row_model *model)
{
  for (unsigned i = 0; i < 2 * KEYS; i++)
    EXPECT(agrees(rows, model, i % 2, i / 2));
}

/* True when an add may have been taken that the commit is to refuse. */
static bool step(rl_random *random, rl_rows *rows, row_model *model)
{
  unsigned table = (unsigned)rl_random_below(random, 2);
  unsigned i = (unsigned)rl_random_below(random, KEYS);
  int value = (int)rl_random_below(random, 1000);
  char buffer[RL_TABLE_KEY_MAX];
  rl_blob key = key_blob(i, buffer), row = {&value, sizeof value};
  int *held = &model->rows[table][i];
  bool conflict = false;
  switch (rl_random_below(random, 6)) {
  case 0:
    EXPECT(agrees(rows, model, table, i));
    break;
  case 1: {
    rl_status status = kind->add(rows, model_tables[table], key, row);
    conflict = status == RL_OK && *held != ABSENT;
    EXPECT(conflict || status == (*held == ABSENT ? RL_OK : RL_EXISTS));
    *held = status == RL_OK ? value : *held;
    break;
  }
  case 2:
    EXPECT(kind->keep(rows, model_tables[table], key, row) == RL_OK);
    *held = *held == ABSENT ? value : *held;
    break;
  case 3:
    EXPECT(kind->set(rows, model_tables[table], key, row) == RL_OK);
    *held = value;
    break;
  case 4:
    EXPECT(kind->remove(rows, model_tables[table], key) ==
           (*held == ABSENT ? RL_NOT_FOUND : RL_OK));
    *held = ABSENT;
    break;
  default:
    if (kind->expect)
      EXPECT(kind->expect(rows, model_tables[table], key) == RL_OK);
  }
  return conflict;
}

/* One transaction: true when it became so. */
static bool play(rl_random *random, rl_tables *tables, row_model *model)
{
  row_model after = *model;
  rl_rows *rows = begin(tables, true);
  bool conflict = false;
  for (unsigned i = 0; i < STEPS && !conflict; i++)
    conflict = step(random, rows, &after);
  if (!conflict && rl_random_below(random, 4) == 0) {
    kind->abort(rows);
    return false;
  }
  EXPECT(kind->commit(rows) == (conflict ? RL_AGAIN : RL_OK));
  if (!conflict)
    *model = after;
  return !conflict;
}

static void any_transactions_end_as_the_model_says(const contract_member *member)
{
  rl_random random = rl_random_from(rl_test_seed("tables"));
  rl_tables *tables = fresh(member);
  row_model model;
  memset(&model, 0xff, sizeof model);
  for (unsigned i = 0; i < TRANSACTIONS; i++) {
    (void)play(&random, tables, &model);
    if (i % 16 == 0)
      tables = reopen(member, tables);
    rl_rows *rows = begin(tables, i % 2);
    agree_on_all(rows, &model);
    commit(rows);
  }
  kind->close(tables);
}

#define ITEM(check) {#check, check}
const contract_item contract_random[] = {
  ITEM(any_transactions_end_as_the_model_says),
  {NULL, NULL},
};
