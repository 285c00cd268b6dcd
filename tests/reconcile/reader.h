/* Statements from texts, and what was read of them as one text. */
#pragma once

#include "reconcile/statement.h"

/* Reads the text as a file "bank"; what was read before is freed. */
rl_status reader_read(const char *text, rl_statement_format format, const rl_csv_form *csv);
rl_status reader_read_bytes(const char *bytes, size_t size, rl_statement_format format,
                            const rl_csv_form *csv);
/* What was read last, and why it was not. */
extern rl_statements reader_statements;
extern rl_error reader_error;

/* The text is read and its movements are, a line each:
 *   LINE VALUE-DATE/BOOKED AMOUNT CURRENCY references…, with "pending" at the end where it is. */
void reader_expect(const char *text, rl_statement_format format, const rl_csv_form *csv,
                   const char *wanted);
/* The text is refused so, at that line and field. */
void reader_expect_refused(const char *text, rl_statement_format format, const rl_csv_form *csv,
                           rl_status status, unsigned line, const char *field);
