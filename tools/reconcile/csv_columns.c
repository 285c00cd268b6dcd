/* What is declared of a CSV file. */
#include "reconcile/forms.h"
#include "reconcile/statement.h"

#include <string.h>

static const char *const field_names[RL_CSV_FIELDS] = {
  [RL_CSV_DATE] = "date",     [RL_CSV_BOOKED] = "booked", [RL_CSV_AMOUNT] = "amount",
  [RL_CSV_DEBIT] = "debit",   [RL_CSV_CREDIT] = "credit", [RL_CSV_CURRENCY] = "currency",
  [RL_CSV_REFERENCE] = "reference",
};

rl_csv_form rl_csv_form_default(void)
{
  return (rl_csv_form){.separator = ',', .point = '.', .date_form = "YYYY-MM-DD"};
}

static bool find_field(const char *text, size_t length, rl_csv_field *out)
{
  for (rl_csv_field i = 0; i < RL_CSV_FIELDS; i++) {
    if (strlen(field_names[i]) == length && memcmp(field_names[i], text, length) == 0) {
      *out = i;
      return true;
    }
  }
  return false;
}

/* "3", or a title. */
static bool read_column(const char *text, size_t length, rl_csv_column *out)
{
  rl_csv_column column = {0};
  if (length == 0 || length > RL_CSV_NAME_MAX)
    return false;
  memcpy(column.title, text, length);
  if (strspn(column.title, "0123456789") == length) {
    for (size_t i = 0; i < length && column.number <= RL_CSV_COLUMNS_MAX; i++)
      column.number = column.number * 10 + (unsigned)(text[i] - '0');
    if (column.number < 1 || column.number > RL_CSV_COLUMNS_MAX)
      return false;
    column.title[0] = '\0';
  }
  *out = column;
  return true;
}

static bool is_declared(const rl_csv_form *form, rl_csv_field field)
{
  return form->columns[field].number > 0 || form->columns[field].title[0] != '\0';
}

static rl_status take_column(const char *text, size_t length, rl_csv_form *form, rl_error *error)
{
  const char *equals = memchr(text, '=', length);
  size_t name = equals ? (size_t)(equals - text) : length;
  int shown = (int)(length < 40 ? length : 40);
  rl_csv_field field;
  if (!equals || !find_field(text, name, &field))
    return rl_fail(error, RL_INVALID, NULL, 0, NULL, "%.*s: expected one of date, booked, amount, "
                   "debit, credit, currency, reference, an equals sign and a column", shown, text);
  if (is_declared(form, field))
    return rl_fail(error, RL_INVALID, NULL, 0, NULL, "%s is declared twice", field_names[field]);
  if (!read_column(equals + 1, length - name - 1, &form->columns[field]))
    return rl_fail(error, RL_INVALID, NULL, 0, NULL, "%.*s: a column is a number from 1 to %u or a "
                   "title of at most %d bytes", shown, text, RL_CSV_COLUMNS_MAX, RL_CSV_NAME_MAX);
  return RL_OK;
}

rl_status rl_csv_columns_parse(const char *text, rl_csv_form *form, rl_error *error)
{
  rl_csv_form made = *form;
  for (;;) {
    size_t length = strcspn(text, ",");
    rl_status status = take_column(text, length, &made, error);
    if (status != RL_OK)
      return status;
    if (text[length] == '\0')
      break;
    text += length + 1;
  }
  *form = made;
  return RL_OK;
}

static rl_status missing(rl_error *error, const char *what)
{
  return rl_fail(error, RL_INVALID, NULL, 0, NULL, "%s", what);
}

rl_status rl_csv_form_check(const rl_csv_form *form, rl_error *error)
{
  bool signed_amount = is_declared(form, RL_CSV_AMOUNT);
  bool debit = is_declared(form, RL_CSV_DEBIT), credit = is_declared(form, RL_CSV_CREDIT);
  bool has_currency = form->currency.index != 0;
  if (!is_declared(form, RL_CSV_DATE))
    return missing(error, "no column of the date is declared: date=NUMBER or date=TITLE");
  if (signed_amount ? debit || credit : !debit || !credit)
    return missing(error, "declare either amount, which is signed, or both debit and credit");
  if (is_declared(form, RL_CSV_CURRENCY) == has_currency)
    return missing(error, "declare either a column of the currency or the currency of all rows");
  if (form->separator == form->point || strchr("\"\r\n", form->separator) ||
      strchr("\"\r\n0123456789", form->point))
    return missing(error, "the separator and the decimal point must differ, and be neither a quote "
                          "nor a line end");
  if (!rl_date_form_is_valid(form->date_form))
    return missing(error, "the date's form must have YYYY or YY, MM and DD, each once");
  return RL_OK;
}
