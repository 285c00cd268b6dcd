#include "reader.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

rl_statements reader_statements;
rl_error reader_error;

rl_status reader_read_bytes(const char *bytes, size_t size, rl_statement_format format,
                            const rl_csv_form *csv)
{
  rl_statements_free(&reader_statements);
  reader_error = (rl_error){0};
  return rl_statements_read(bytes, size, "bank", format, csv, &reader_statements, &reader_error);
}

rl_status reader_read(const char *text, rl_statement_format format, const rl_csv_form *csv)
{
  return reader_read_bytes(text, strlen(text), format, csv);
}

static void put_item(FILE *out, const rl_items *items, const rl_item *item)
{
  char value[RL_DATE_TEXT_SIZE], booked[RL_DATE_TEXT_SIZE], amount[RL_AMOUNT_TEXT_SIZE];
  rl_date_format(item->value_date, value);
  rl_date_format(item->booked, booked);
  rl_amount_format(item->amount, amount);
  fprintf(out, "%u %s/%s %s %s", (unsigned)item->place, value, booked, amount,
          rl_currency_code(item->amount.currency));
  for (uint32_t i = 0; i < item->reference_count; i++)
    fprintf(out, " %s", rl_items_reference(items, item, i));
  fprintf(out, "%s\n", item->pending ? " pending" : "");
}

void reader_expect(const char *text, rl_statement_format format, const rl_csv_form *csv,
                   const char *wanted)
{
  static char read[65536];
  cr_assert_eq(reader_read(text, format, csv), RL_OK, "%u: %s: %s", reader_error.line,
               reader_error.field, reader_error.text);
  FILE *out = fmemopen(read, sizeof read, "w");
  for (uint32_t i = 0; i < reader_statements.items.count; i++)
    put_item(out, &reader_statements.items, &reader_statements.items.items[i]);
  fputc('\0', out);
  fclose(out);
  cr_assert_str_eq(read, wanted);
}

void reader_expect_refused(const char *text, rl_statement_format format, const rl_csv_form *csv,
                           rl_status status, unsigned line, const char *field)
{
  cr_assert_eq(reader_read(text, format, csv), status, "%s: %s", text, reader_error.text);
  cr_assert_neq(reader_error.text[0], '\0');
  cr_assert_str_eq(reader_error.field, field, "%s: %s", text, reader_error.text);
  cr_assert_eq(reader_error.line, line, "line %u: %s: %s", reader_error.line, text,
               reader_error.text);
  cr_assert_eq(reader_statements.count, 0);
}
