/* What every member of tables/tables.h must do: a list of checks that know nothing but that
 * header, run over each member. */
#pragma once

#include "support/expect.h"
#include "tables/tables.h"

/* How a member is had, in a test. */
typedef struct contract_member {
  void (*empty)(void);      /* makes its rows anew; it is not open */
  rl_tables *(*open)(void); /* as a shared one, possibly several times at once */
} contract_member;

/* Runs all checks, and prints the member's name and how many there were. */
void contract_run(const contract_member *member);

typedef void (*contract_check)(const contract_member *member);
typedef struct contract_item {
  const char *name;
  contract_check check;
} contract_item;
/* The lists, each ended by an empty item. */
extern const contract_item contract_rows[];
extern const contract_item contract_scans[];
extern const contract_item contract_turns[];
extern const contract_item contract_keys[];
extern const contract_item contract_random[];

/* --- shorter words --- */

/* Of the member under test: a transaction itself does not lead to its calls. */
extern const rl_tables_kind *kind;

/* Empty ones. */
rl_tables *fresh(const contract_member *member);
rl_tables *reopen(const contract_member *member, rl_tables *tables);
rl_rows *begin(rl_tables *tables, bool writes);
/* RL_OK is expected. */
void commit(rl_rows *rows);

rl_blob text_blob(const char *text); /* without the NUL */
bool blob_is(rl_blob blob, rl_blob other);
/* Number `i` of many, of 8 bytes, in the buffer. */
rl_blob number_blob(uint64_t i, uint8_t buffer[8]);

/* A row that is set in a transaction of its own. */
void set_row(rl_tables *tables, rl_table table, const char *key, const char *row);
/* Adds in transactions of their own as long as the answer is "again": RL_OK or RL_EXISTS. */
rl_status add_until_decided(rl_tables *tables, rl_table table, const char *key, const char *row);
/* Whether the transaction sees just this row; NULL: none. */
bool sees(rl_rows *rows, rl_table table, const char *key, const char *row);
/* The same in a reading transaction of its own. */
bool holds(rl_tables *tables, rl_table table, const char *key, const char *row);
