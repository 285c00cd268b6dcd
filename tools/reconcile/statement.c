#include "reconcile/statement.h"

#include "reconcile/sheet.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of a file that are looked at to tell what it is: before the first tag of an MT940 message
 * stand a few lines of block headers. */
#define HEAD_BYTES 4096

static const char *const names[] = {
  [RL_FORMAT_UNKNOWN] = "unknown",
  [RL_FORMAT_CAMT053] = "camt053",
  [RL_FORMAT_MT940] = "mt940",
  [RL_FORMAT_CSV] = "csv",
};

const char *rl_statement_format_name(rl_statement_format format)
{
  return names[format];
}

rl_statement_format rl_statement_format_find(const char *name)
{
  for (rl_statement_format i = RL_FORMAT_CAMT053; i <= RL_FORMAT_CSV; i++) {
    if (strcmp(names[i], name) == 0)
      return i;
  }
  return RL_FORMAT_UNKNOWN;
}

static bool begins_with(const char *bytes, size_t size, const char *text, size_t length)
{
  return size >= length && memcmp(bytes, text, length) == 0;
}
#define BEGINS_WITH(bytes, size, text) begins_with(bytes, size, text, sizeof(text) - 1)

static bool looks_like_xml(const char *bytes, size_t size)
{
  if (BEGINS_WITH(bytes, size, "\xff\xfe") || BEGINS_WITH(bytes, size, "\xfe\xff"))
    return true; /* UTF-16: no other format is written in it */
  if (BEGINS_WITH(bytes, size, "\xef\xbb\xbf"))
    bytes += 3, size -= 3;
  while (size > 0 && strchr(" \t\r\n", bytes[0]) && bytes[0] != '\0')
    bytes++, size--;
  return size > 0 && bytes[0] == '<';
}

static bool looks_like_mt940(const char *bytes, size_t size)
{
  size_t head = size < HEAD_BYTES ? size : HEAD_BYTES;
  if (BEGINS_WITH(bytes, head, "{1:"))
    return true;
  for (size_t i = 0; i < head; i++) {
    bool starts = i == 0 || bytes[i - 1] == '\n';
    if (starts && (BEGINS_WITH(bytes + i, head - i, ":20:") ||
                   BEGINS_WITH(bytes + i, head - i, ":25:")))
      return true;
  }
  return false;
}

rl_statement_format rl_statement_recognise(const char *bytes, size_t size)
{
  if (looks_like_xml(bytes, size))
    return RL_FORMAT_CAMT053;
  return looks_like_mt940(bytes, size) ? RL_FORMAT_MT940 : RL_FORMAT_UNKNOWN;
}

static rl_status read_as(const char *bytes, size_t size, const rl_csv_form *csv, rl_sheet *sheet)
{
  switch (sheet->out->format) {
  case RL_FORMAT_CAMT053: return rl_camt_read(bytes, size, sheet);
  case RL_FORMAT_MT940: return rl_mt940_read(bytes, size, sheet);
  case RL_FORMAT_CSV:
    if (csv)
      return rl_csv_read(bytes, size, csv, sheet);
    return RL_SHEET_FAIL(sheet, RL_INVALID, NULL, "its columns are not declared");
  case RL_FORMAT_UNKNOWN: break;
  }
  return RL_SHEET_FAIL(sheet, RL_INVALID, NULL, "neither camt.053 (XML) nor MT940 (tags such as "
                       ":20:); of a CSV file the columns must be declared");
}

rl_status rl_statements_read(const char *bytes, size_t size, const char *file,
                             rl_statement_format format, const rl_csv_form *csv,
                             rl_statements *out, rl_error *error)
{
  if (size > RL_STATEMENT_SIZE_MAX)
    return rl_fail(error, RL_OUT_OF_RANGE, file, 0, NULL, "%zu bytes: at most %u are read, split "
                   "it", size, RL_STATEMENT_SIZE_MAX);
  if (format == RL_FORMAT_UNKNOWN && csv)
    format = RL_FORMAT_CSV;
  if (format == RL_FORMAT_UNKNOWN)
    format = rl_statement_recognise(bytes, size);
  rl_statements made = {.format = format};
  rl_sheet sheet = {.file = file, .error = error, .out = &made};
  rl_status status = read_as(bytes, size, csv, &sheet);
  if (status == RL_OK)
    status = rl_sheet_chain(&sheet);
  if (status == RL_OK)
    *out = made;
  else
    rl_statements_free(&made);
  return status;
}

void rl_statements_free(rl_statements *statements)
{
  rl_items_free(&statements->items);
  free(statements->statements);
  *statements = (rl_statements){0};
}
