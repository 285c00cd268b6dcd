#include "reconcile/forms.h"

#include <string.h>

/* The years of a form's YY. */
#define CENTURY_BEGINS 1980

/* How many times the letter stands at the start of the text. */
static size_t run_of(const char *text)
{
  size_t count = 1;
  while (text[count] == text[0])
    count++;
  return count;
}

static bool is_field(char letter)
{
  return letter == 'Y' || letter == 'M' || letter == 'D';
}

bool rl_date_form_is_valid(const char *form)
{
  unsigned years = 0, months = 0, days = 0;
  for (size_t run; form[0]; form += run) {
    run = is_field(form[0]) ? run_of(form) : 1;
    if (is_field(form[0]) && run != 2 && (form[0] != 'Y' || run != 4))
      return false;
    years += form[0] == 'Y';
    months += form[0] == 'M';
    days += form[0] == 'D';
  }
  return years == 1 && months == 1 && days == 1;
}

static bool take_number(const char *text, size_t digits, int32_t *out)
{
  *out = 0;
  for (size_t i = 0; i < digits; i++) {
    if (text[i] < '0' || text[i] > '9')
      return false;
    *out = *out * 10 + (text[i] - '0');
  }
  return true;
}

static int32_t full_year(int32_t year)
{
  int32_t century = CENTURY_BEGINS / 100 * 100;
  return year + century + (year + century < CENTURY_BEGINS ? 100 : 0);
}

rl_status rl_date_read(const char *text, size_t length, const char *form, rl_date *out)
{
  int32_t year = 0, month = 0, day = 0;
  RL_ASSERT(rl_date_form_is_valid(form));
  if (strlen(form) != length)
    return RL_INVALID;
  for (size_t run; form[0]; form += run, text += run) {
    run = is_field(form[0]) ? run_of(form) : 1;
    int32_t *field = form[0] == 'Y' ? &year : form[0] == 'M' ? &month : &day;
    if (is_field(form[0]) ? !take_number(text, run, field) : text[0] != form[0])
      return RL_INVALID;
    if (form[0] == 'Y' && run == 2)
      year = full_year(year);
  }
  rl_civil civil = {year, (uint8_t)month, (uint8_t)day};
  if (!rl_civil_is_valid(civil))
    return RL_OUT_OF_RANGE;
  *out = rl_date_of_civil(civil);
  return RL_OK;
}
