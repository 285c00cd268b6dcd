#include "tables/contract.h"

#include <string.h>

const rl_tables_kind *kind;

rl_tables *fresh(const contract_member *member)
{
  member->empty();
  rl_tables *tables = member->open();
  kind = tables->kind;
  return tables;
}

rl_tables *reopen(const contract_member *member, rl_tables *tables)
{
  kind->close(tables);
  return member->open();
}

rl_rows *begin(rl_tables *tables, bool writes)
{
  rl_rows *rows = NULL;
  EXPECT(kind->begin(tables, writes, &rows) == RL_OK && rows);
  return rows;
}

void commit(rl_rows *rows)
{
  EXPECT(kind->commit(rows) == RL_OK);
}

rl_blob text_blob(const char *text)
{
  return (rl_blob){text, strlen(text)};
}

bool blob_is(rl_blob blob, rl_blob other)
{
  return blob.size == other.size &&
         (blob.size == 0 || memcmp(blob.bytes, other.bytes, blob.size) == 0);
}

rl_blob number_blob(uint64_t i, uint8_t buffer[8])
{
  rl_number_key(i, buffer);
  return (rl_blob){buffer, 8};
}

void set_row(rl_tables *tables, rl_table table, const char *key, const char *row)
{
  rl_rows *rows = begin(tables, true);
  EXPECT(kind->set(rows, table, text_blob(key), text_blob(row)) == RL_OK);
  commit(rows);
}

rl_status add_until_decided(rl_tables *tables, rl_table table, const char *key, const char *row)
{
  for (unsigned i = 0; i < 3; i++) {
    rl_rows *rows = begin(tables, true);
    rl_status status = kind->add(rows, table, text_blob(key), text_blob(row));
    if (status != RL_OK) {
      kind->abort(rows);
      return status;
    }
    status = kind->commit(rows);
    if (status != RL_AGAIN)
      return status;
  }
  return RL_AGAIN;
}

bool sees(rl_rows *rows, rl_table table, const char *key, const char *row)
{
  rl_blob found;
  rl_status status = kind->get(rows, table, text_blob(key), &found);
  if (status == RL_NOT_FOUND)
    return row == NULL;
  EXPECT(status == RL_OK);
  return row && blob_is(found, text_blob(row));
}

bool holds(rl_tables *tables, rl_table table, const char *key, const char *row)
{
  rl_rows *rows = begin(tables, false);
  bool it_does = sees(rows, table, key, row);
  commit(rows);
  return it_does;
}

void contract_run(const contract_member *member)
{
  const contract_item *const lists[] = {contract_rows, contract_scans, contract_turns,
                                        contract_keys, contract_random};
  unsigned count = 0;
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    for (const contract_item *item = lists[i]; item->check; item++) {
      fprintf(stderr, "%s\n", item->name); /* the last one printed is the one that failed */
      item->check(member);
      count++;
    }
  }
  printf("%s: %u checks hold\n", kind->name, count);
}
