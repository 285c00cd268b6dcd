/* A statement while it is read: what the readers of all formats have in common. Private to this
 * folder.
 *
 * A reader opens a sheet, states balances and books entries in any order, and closes it; closing
 * holds the balances to the entries. What fails says why in sheet->error at sheet->line. */
#pragma once

#include "money/wide.h"
#include "reconcile/statement.h"
#include "status/words.h"

typedef struct rl_sheet_balance {
  bool stated;
  rl_amount amount; /* signed */
  rl_date date;
} rl_sheet_balance;

typedef struct rl_sheet {
  const char *file;
  rl_error *error;
  rl_statements *out;   /* owned by the caller, and freed by it on failure too */
  unsigned line;        /* where the reader stands */
  bool open;
  rl_statement *statement; /* the open one */
  rl_sheet_balance opening;
  rl_sheet_balance closing;
  rl_i128 booked_minor; /* sum of booked entries */
  bool any_booked;
  rl_currency currency; /* of the first booked entry */
  bool mixed;           /* another booked entry is in another currency */
  rl_currency other;    /* that one */
  rl_date first;        /* earliest and latest booking */
  rl_date last;
} rl_sheet;

/* rl_fail at the sheet's line: RL_SHEET_FAIL(sheet, status, field, format, …) */
#define RL_SHEET_FAIL(sheet, status, field, ...) \
  rl_fail((sheet)->error, status, (sheet)->file, (sheet)->line, field, __VA_ARGS__)

RL_MUST_USE rl_status rl_sheet_open(rl_sheet *sheet);
/* Blanks are left out. */
RL_MUST_USE rl_status rl_sheet_name_account(rl_sheet *sheet, const char *text, size_t length);
/* Adds an entry; one of zero is counted and no movement, so that *added is false. */
RL_MUST_USE rl_status rl_sheet_book(rl_sheet *sheet, const rl_item *item, bool *added);
/* A reference of the entry that was added last. */
RL_MUST_USE rl_status rl_sheet_refer(rl_sheet *sheet, const char *text, size_t length);
/* Holds the balances to the entries, where the format has them. */
RL_MUST_USE rl_status rl_sheet_close(rl_sheet *sheet, bool has_balances);

/* Holds the statements of one account and currency to one another: each must open with what
 * another closed with. RL_INVALID at the statement before which one is missing. */
RL_MUST_USE rl_status rl_sheet_chain(rl_sheet *sheet);

/* The readers. Each leaves what it read in sheet->out. */
RL_MUST_USE rl_status rl_camt_read(const char *bytes, size_t size, rl_sheet *sheet);
RL_MUST_USE rl_status rl_mt940_read(const char *bytes, size_t size, rl_sheet *sheet);
RL_MUST_USE rl_status rl_csv_read(const char *bytes, size_t size, const rl_csv_form *form,
                                  rl_sheet *sheet);
