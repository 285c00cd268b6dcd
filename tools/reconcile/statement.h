/* A bank's statements, read from a file: ISO 20022 camt.053, SWIFT MT940, or CSV with declared
 * columns.
 *
 * The readers are total: any bytes give movements, or an error that names file, line and field and
 * says what to do; a statement is taken whole or not at all. Where a form states balances they are
 * held to: opening + entries = closing, to the minor unit, or the file is refused with both
 * figures, for then something is missing or was read wrong. Pure; one thread a file. */
#pragma once

#include "reconcile/items.h"
#include "status/error.h"

/* Bytes of a file: a quarter of a million entries with 256 bytes each. */
#define RL_STATEMENT_SIZE_MAX (64u << 20)
/* Statements in one file: a day's of many accounts, or years of one account's days. */
#define RL_STATEMENTS_MAX 4096u
/* An IBAN has at most 34 characters; a bank's own numbers are shorter. */
#define RL_STATEMENT_ACCOUNT_MAX 63
/* Columns of a CSV file. */
#define RL_CSV_COLUMNS_MAX 256u
/* Bytes of a declared column's name, and of a date's form. */
#define RL_CSV_NAME_MAX 63

typedef enum rl_statement_format {
  RL_FORMAT_UNKNOWN,
  RL_FORMAT_CAMT053,
  RL_FORMAT_MT940,
  RL_FORMAT_CSV,
} rl_statement_format;

/* "camt053", "mt940", "csv". Static. */
const char *rl_statement_format_name(rl_statement_format format);
/* The format of that name, RL_FORMAT_UNKNOWN where there is none. */
rl_statement_format rl_statement_format_find(const char *name);
/* What the bytes look like: XML is taken for camt053, a tag :20: or :25: at the start of a line for
 * mt940; never CSV, which has no mark of its own. */
rl_statement_format rl_statement_recognise(const char *bytes, size_t size);

/* A column of a CSV file, by its number from 1 or by its title. */
typedef struct rl_csv_column {
  unsigned number;                /* 0: none, or to be found by its title */
  char title[RL_CSV_NAME_MAX + 1]; /* "" when it has a number, or is not declared */
} rl_csv_column;

typedef enum rl_csv_field {
  RL_CSV_DATE,      /* value date; must be declared */
  RL_CSV_BOOKED,    /* else the value date */
  RL_CSV_AMOUNT,    /* signed; this one, or both of the next two */
  RL_CSV_DEBIT,     /* out of our account, without a sign; empty or zero where credit is not */
  RL_CSV_CREDIT,    /* into our account */
  RL_CSV_CURRENCY,  /* else `currency` */
  RL_CSV_REFERENCE,
  RL_CSV_FIELDS,
} rl_csv_field;

/* What cannot be read off the bytes and must be declared. */
typedef struct rl_csv_form {
  rl_csv_column columns[RL_CSV_FIELDS];
  rl_currency currency;                 /* of all rows, where there is no such column */
  char separator;
  char point;                           /* before decimals */
  unsigned skipped;                     /* lines before the titles, or before the first row */
  char date_form[RL_CSV_NAME_MAX + 1];  /* forms.h */
} rl_csv_form;

/* A comma between fields, a point before decimals, YYYY-MM-DD, and no columns as yet. */
rl_csv_form rl_csv_form_default(void);
/* Reads "date=1,amount=Betrag,reference=5" into the form's columns: a name of rl_csv_field in lower
 * case, and a number or a title; a title with a comma in it cannot be declared, its number can.
 * RL_INVALID with the reason in *error. */
RL_MUST_USE rl_status rl_csv_columns_parse(const char *text, rl_csv_form *form, rl_error *error);
/* RL_INVALID, with what is missing in *error, unless date, amount (or debit and credit) and
 * currency are declared. */
RL_MUST_USE rl_status rl_csv_form_check(const rl_csv_form *form, rl_error *error);

typedef struct rl_statement {
  char account[RL_STATEMENT_ACCOUNT_MAX + 1]; /* IBAN or number, without blanks; "" where unsaid */
  unsigned line;        /* where it begins */
  uint32_t entries;     /* booked, those of zero included */
  bool balanced;        /* it states balances, and they hold */
  rl_currency currency; /* of its balances */
  int64_t opening_minor;
  int64_t closing_minor;
  /* The days it covers: from the day after the opening balance's, or the first booking where that
   * is earlier, to the closing balance's, or the last booking. Of CSV the first and the last
   * booking. */
  rl_date from;
  rl_date to;
} rl_statement;

typedef struct rl_statements {
  rl_statement_format format;
  rl_statement *statements;
  uint32_t count;   /* at least 1 */
  uint32_t room;    /* statements allocated */
  uint32_t zeros;   /* entries of zero: notices, and no movements */
  rl_items items;   /* in the file's order */
} rl_statements;

/* `format` may be RL_FORMAT_UNKNOWN: then it is recognised. `csv` is NULL where no columns are
 * declared. `file` names the bytes in errors. RL_INVALID, RL_OUT_OF_RANGE beyond a limit,
 * RL_NO_MEMORY. The caller frees *out. */
RL_MUST_USE rl_status rl_statements_read(const char *bytes, size_t size, const char *file,
                                         rl_statement_format format, const rl_csv_form *csv,
                                         rl_statements *out, rl_error *error);
void rl_statements_free(rl_statements *statements);
