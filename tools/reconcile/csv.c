/* CSV as RFC 4180 has it: fields between separators, those in quotes may hold separators, line ends
 * and quotes written twice. A quote inside an unquoted field is a letter like others. What columns,
 * numbers and dates mean is declared (statement.h), never guessed; every row must have all declared
 * columns. Empty lines are passed over. */
#include "reconcile/forms.h"
#include "reconcile/sheet.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of one row: the longest have some text of the bank's. */
#define ROW_MAX 65536u

typedef struct csv_row {
  unsigned line; /* where it begins */
  unsigned count;
  rl_span fields[RL_CSV_COLUMNS_MAX]; /* into `text` */
  size_t used;
  char text[ROW_MAX]; /* fields without their quotes */
} csv_row;

typedef struct csv_reading {
  rl_sheet *sheet;
  const rl_csv_form *form;
  rl_span rest;
  unsigned next_line;             /* at which `rest` begins */
  unsigned columns[RL_CSV_FIELDS]; /* from 1, 0 where not declared */
  csv_row row;
} csv_reading;

/* --- rows --- */

static char peek(const csv_reading *reading)
{
  return reading->rest.length > 0 ? reading->rest.text[0] : '\n';
}

static void advance(csv_reading *reading)
{
  reading->next_line += peek(reading) == '\n';
  reading->rest.text++;
  reading->rest.length--;
}

/* Moves one character into the row; false when it has no room. */
static bool keep(csv_reading *reading)
{
  csv_row *row = &reading->row;
  if (row->used == ROW_MAX)
    return false;
  row->text[row->used++] = reading->rest.text[0];
  advance(reading);
  return true;
}

static rl_status refuse_long(csv_reading *reading)
{
  return RL_SHEET_FAIL(reading->sheet, RL_OUT_OF_RANGE, NULL, "a row of more than %u columns or "
                       "%u bytes", RL_CSV_COLUMNS_MAX, ROW_MAX);
}

static bool at_field_end(const csv_reading *reading)
{
  bool has_cr = reading->rest.length > 1 && peek(reading) == '\r' && reading->rest.text[1] == '\n';
  return reading->rest.length == 0 || peek(reading) == '\n' || has_cr ||
         peek(reading) == reading->form->separator;
}

static rl_status take_quoted(csv_reading *reading)
{
  advance(reading);
  for (;;) {
    if (reading->rest.length == 0)
      return RL_SHEET_FAIL(reading->sheet, RL_INVALID, NULL, "a quote in this row is never closed");
    if (peek(reading) == '"') {
      advance(reading);
      if (at_field_end(reading))
        return RL_OK;
      if (peek(reading) != '"')
        return RL_SHEET_FAIL(reading->sheet, RL_INVALID, NULL, "text behind a closing quote: a "
                             "quote within quotes is written twice");
    }
    if (!keep(reading))
      return refuse_long(reading);
  }
}

static rl_status take_field(csv_reading *reading)
{
  csv_row *row = &reading->row;
  if (row->count == RL_CSV_COLUMNS_MAX)
    return refuse_long(reading);
  rl_span *field = &row->fields[row->count++];
  *field = (rl_span){row->text + row->used, 0};
  if (reading->rest.length > 0 && peek(reading) == '"') {
    rl_status status = take_quoted(reading);
    if (status != RL_OK)
      return status;
  } else
    while (!at_field_end(reading)) {
      if (!keep(reading))
        return refuse_long(reading);
    }
  field->length = (size_t)(row->text + row->used - field->text);
  return RL_OK;
}

/* The next row; *found is false at the end of the file. */
static rl_status next_row(csv_reading *reading, bool *found)
{
  csv_row *row = &reading->row;
  row->count = 0;
  row->used = 0;
  row->line = reading->sheet->line = reading->next_line;
  *found = reading->rest.length > 0;
  while (reading->rest.length > 0) {
    rl_status status = take_field(reading);
    if (status != RL_OK)
      return status;
    bool more = reading->rest.length > 0 && peek(reading) == reading->form->separator;
    if (reading->rest.length > 0 && peek(reading) == '\r')
      advance(reading);
    if (reading->rest.length > 0)
      advance(reading);
    if (!more)
      return RL_OK;
    if (reading->rest.length == 0)
      return take_field(reading); /* the file ends with a separator: an empty field */
  }
  return RL_OK;
}

static bool is_empty(const csv_row *row)
{
  return row->count == 0 || (row->count == 1 && row->fields[0].length == 0);
}

static void skip_lines(csv_reading *reading)
{
  for (unsigned i = 0; i < reading->form->skipped && reading->rest.length > 0; i++) {
    while (reading->rest.length > 0 && peek(reading) != '\n')
      advance(reading);
    if (reading->rest.length > 0)
      advance(reading);
  }
}

/* --- columns --- */

static rl_status find_title(csv_reading *reading, const char *title, unsigned *out)
{
  const csv_row *row = &reading->row;
  *out = 0;
  for (unsigned i = 0; i < row->count; i++) {
    if (!rl_span_is(row->fields[i], title))
      continue;
    if (*out > 0)
      return RL_SHEET_FAIL(reading->sheet, RL_INVALID, title, "two columns have this title: "
                           "declare the column by its number");
    *out = i + 1;
  }
  if (*out == 0)
    return RL_SHEET_FAIL(reading->sheet, RL_INVALID, title, "no column has this title");
  return RL_OK;
}

/* Where each declared column is: titles, if any is declared, stand in the first row. */
static rl_status find_columns(csv_reading *reading)
{
  bool titled = false, found = true;
  for (rl_csv_field i = 0; i < RL_CSV_FIELDS; i++)
    titled = titled || reading->form->columns[i].title[0];
  rl_status status = titled ? next_row(reading, &found) : RL_OK;
  while (titled && found && status == RL_OK && is_empty(&reading->row))
    status = next_row(reading, &found);
  for (rl_csv_field i = 0; i < RL_CSV_FIELDS && status == RL_OK; i++) {
    const rl_csv_column *column = &reading->form->columns[i];
    reading->columns[i] = column->number;
    if (column->title[0])
      status = find_title(reading, column->title, &reading->columns[i]);
  }
  return status;
}

/* Without the blanks around it; empty where the column is not declared. */
static rl_span field_of(const csv_reading *reading, rl_csv_field field)
{
  unsigned column = reading->columns[field];
  rl_span span = {"", 0};
  if (column > 0)
    span = reading->row.fields[column - 1];
  for (; span.length > 0 && (span.text[0] == ' ' || span.text[0] == '\t'); span.text++)
    span.length--;
  while (span.length > 0 && strchr(" \t\r", span.text[span.length - 1]))
    span.length--;
  return span;
}

/* --- what a row says --- */

static rl_status take_currency(csv_reading *reading, rl_currency *out)
{
  rl_span text = field_of(reading, RL_CSV_CURRENCY);
  *out = reading->form->currency;
  if (reading->columns[RL_CSV_CURRENCY] == 0)
    return RL_OK;
  if (rl_currency_find(text.text, text.length, out) != RL_OK)
    return RL_SHEET_FAIL(reading->sheet, RL_INVALID, "currency", "\"%s\" is no currency of ISO "
                         "4217 with a minor unit, such as EUR", rl_span_show(text).text);
  return RL_OK;
}

static rl_status take_date(csv_reading *reading, rl_csv_field field, const char *name, rl_date *out)
{
  rl_span text = field_of(reading, field);
  rl_status status = rl_date_read(text.text, text.length, reading->form->date_form, out);
  if (status != RL_OK)
    return RL_SHEET_FAIL(reading->sheet, status, name, "\"%s\" is no date of the form %s",
                         rl_span_show(text).text, reading->form->date_form);
  return RL_OK;
}

static rl_status take_minor(csv_reading *reading, rl_span text, const char *name,
                            rl_currency currency, int64_t *out)
{
  rl_status status = rl_minor_parse(text.text, text.length, reading->form->point, currency, out);
  if (status != RL_OK)
    return RL_SHEET_FAIL(reading->sheet, status, name, "\"%s\": expected digits, '%c' and at most "
                         "%u decimals of %s, without grouping, up to 10^15 minor units",
                         rl_span_show(text).text, reading->form->point,
                         rl_currency_exponent(currency), rl_currency_code(currency));
  return RL_OK;
}

static rl_status take_signed(csv_reading *reading, rl_currency currency, int64_t *out)
{
  rl_span text = field_of(reading, RL_CSV_AMOUNT);
  bool negative = text.length > 0 && text.text[0] == '-';
  if (negative || (text.length > 0 && text.text[0] == '+'))
    text = (rl_span){text.text + 1, text.length - 1};
  rl_status status = take_minor(reading, text, "amount", currency, out);
  if (status == RL_OK && negative)
    *out = -*out;
  return status;
}

static rl_status take_debit_or_credit(csv_reading *reading, rl_currency currency, int64_t *out)
{
  rl_span debit = field_of(reading, RL_CSV_DEBIT), credit = field_of(reading, RL_CSV_CREDIT);
  int64_t out_minor = 0, in_minor = 0;
  rl_status status = RL_OK;
  if (debit.length == 0 && credit.length == 0)
    return RL_SHEET_FAIL(reading->sheet, RL_INVALID, "amount", "neither debit nor credit");
  if (debit.length > 0)
    status = take_minor(reading, debit, "debit", currency, &out_minor);
  if (status == RL_OK && credit.length > 0)
    status = take_minor(reading, credit, "credit", currency, &in_minor);
  if (status != RL_OK)
    return status;
  if (out_minor > 0 && in_minor > 0)
    return RL_SHEET_FAIL(reading->sheet, RL_INVALID, "amount", "both debit and credit in one row");
  *out = in_minor - out_minor;
  return RL_OK;
}

static rl_status read_item(csv_reading *reading, rl_item *out)
{
  rl_item item = {.place = reading->row.line};
  bool is_signed = reading->columns[RL_CSV_AMOUNT] > 0;
  for (rl_csv_field i = 0; i < RL_CSV_FIELDS; i++) {
    if (reading->columns[i] > reading->row.count)
      return RL_SHEET_FAIL(reading->sheet, RL_INVALID, NULL, "%u columns, and column %u is "
                           "declared", reading->row.count, reading->columns[i]);
  }
  rl_status status = take_currency(reading, &item.amount.currency);
  if (status == RL_OK)
    status = take_date(reading, RL_CSV_DATE, "date", &item.value_date);
  item.booked = item.value_date;
  if (status == RL_OK && reading->columns[RL_CSV_BOOKED] > 0)
    status = take_date(reading, RL_CSV_BOOKED, "booked", &item.booked);
  if (status == RL_OK)
    status = is_signed ? take_signed(reading, item.amount.currency, &item.amount.minor)
                       : take_debit_or_credit(reading, item.amount.currency, &item.amount.minor);
  if (status == RL_OK)
    *out = item;
  return status;
}

static rl_status take_row(csv_reading *reading)
{
  rl_item item;
  bool added;
  rl_status status = read_item(reading, &item);
  if (status == RL_OK)
    status = rl_sheet_book(reading->sheet, &item, &added);
  if (status != RL_OK || !added)
    return status;
  rl_span reference = field_of(reading, RL_CSV_REFERENCE);
  return rl_sheet_refer(reading->sheet, reference.text, reference.length);
}

static rl_status read_rows(csv_reading *reading)
{
  skip_lines(reading);
  rl_status status = find_columns(reading);
  if (status == RL_OK)
    status = rl_sheet_open(reading->sheet);
  for (bool found = true; status == RL_OK;) {
    status = next_row(reading, &found);
    if (!found)
      break;
    if (status == RL_OK && !is_empty(&reading->row))
      status = take_row(reading);
  }
  if (status == RL_OK && !reading->sheet->any_booked)
    status = RL_SHEET_FAIL(reading->sheet, RL_INVALID, NULL, "no row with an entry");
  return status == RL_OK ? rl_sheet_close(reading->sheet, false) : status;
}

rl_status rl_csv_read(const char *bytes, size_t size, const rl_csv_form *form, rl_sheet *sheet)
{
  rl_status status = rl_csv_form_check(form, sheet->error);
  if (status != RL_OK)
    return status;
  csv_reading *reading = calloc(1, sizeof *reading);
  if (!reading)
    return RL_SHEET_FAIL(sheet, RL_NO_MEMORY, NULL, "not enough memory to read it");
  if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
    bytes += 3, size -= 3;
  reading->sheet = sheet;
  reading->form = form;
  reading->rest = (rl_span){bytes, size};
  reading->next_line = 1;
  status = read_rows(reading);
  free(reading);
  return status;
}
