#include "reconcile/forms.h"
#include "reconcile/mt940.h"

#include <stdlib.h>
#include <string.h>

static bool is_digit(char letter)
{
  return letter >= '0' && letter <= '9';
}

static bool is_capital(char letter)
{
  return letter >= 'A' && letter <= 'Z';
}

static void skip(rl_span *text, size_t count)
{
  text->text += count;
  text->length -= count;
}

/* --- a statement line --- */

/* MMDD of the year that brings it nearest to the value date; false where there is no such day. */
static bool nearest_date(const char *text, rl_date value_date, rl_date *out)
{
  int32_t year = rl_civil_of_date(value_date).year;
  bool found = false;
  for (int32_t candidate = year - 1; candidate <= year + 1; candidate++) {
    rl_civil civil = {candidate, (uint8_t)((text[0] - '0') * 10 + text[1] - '0'),
                      (uint8_t)((text[2] - '0') * 10 + text[3] - '0')};
    if (!rl_civil_is_valid(civil))
      continue;
    rl_date date = rl_date_of_civil(civil);
    if (!found || abs(date.day - value_date.day) < abs(out->day - value_date.day))
      *out = date;
    found = true;
  }
  return found;
}

static bool all_of(rl_span text, size_t count, bool (*is)(char letter))
{
  bool good = text.length >= count;
  for (size_t i = 0; i < count && good; i++)
    good = is(text.text[i]);
  return good;
}

static bool is_blank(char letter)
{
  return letter == ' ';
}

static rl_status take_dates(rl_span *text, rl_item *item)
{
  if (text->length < 6)
    return RL_INVALID;
  rl_status status = rl_date_read(text->text, 6, "YYMMDD", &item->value_date);
  if (status != RL_OK)
    return status;
  skip(text, 6);
  item->booked = item->value_date;
  if (all_of(*text, 4, is_digit)) {
    if (!nearest_date(text->text, item->value_date, &item->booked))
      return RL_OUT_OF_RANGE;
    skip(text, 4);
  } else if (all_of(*text, 4, is_blank))
    skip(text, 4);
  return RL_OK;
}

/* +1 or -1, and 0 for none of the marks. A reversal of a credit takes money, and the other way. */
static int take_mark(rl_span *text, bool *pending)
{
  char before = text->length > 0 ? text->text[0] : '\0';
  bool is_reversed = before == 'R', is_expected = before == 'E';
  if (is_reversed || is_expected)
    skip(text, 1);
  char mark = text->length > 0 ? text->text[0] : '\0';
  int sign = mark == 'C' ? 1 : mark == 'D' ? -1 : 0;
  if (sign == 0)
    return 0;
  skip(text, 1);
  *pending = is_expected;
  return is_reversed ? -sign : sign;
}

static rl_status take_amount(rl_span *text, rl_currency currency, int64_t *out_minor)
{
  size_t length = 0;
  while (length < text->length && (is_digit(text->text[length]) || text->text[length] == ','))
    length++;
  rl_status status = rl_minor_parse(text->text, length, ',', currency, out_minor);
  if (status == RL_OK)
    skip(text, length);
  return status;
}

static void take_references(rl_span text, rl_mt940_line *out)
{
  const char *slashes = memmem(text.text, text.length, "//", 2);
  out->customer = text;
  out->bank = (rl_span){text.text + text.length, 0};
  if (!slashes)
    return;
  out->customer.length = (size_t)(slashes - text.text);
  out->bank = (rl_span){slashes + 2, text.length - out->customer.length - 2};
}

rl_status rl_mt940_line_read(rl_span text, rl_currency currency, rl_mt940_line *out,
                             const char **field, const char **advice)
{
  rl_mt940_line made = {0};
  *field = "61 date";
  *advice = "expected YYMMDD, and perhaps MMDD";
  rl_status status = take_dates(&text, &made.item);
  if (status != RL_OK)
    return status;
  *field = "61 mark";
  *advice = "expected C, D, RC or RD behind the date";
  int sign = take_mark(&text, &made.item.pending);
  if (sign == 0)
    return RL_INVALID;
  if (all_of(text, 1, is_capital))
    skip(&text, 1); /* funds code: the third letter of the currency, which is known */
  *field = "61 amount";
  *advice = "expected digits, a comma and at most the currency's decimals";
  status = take_amount(&text, currency, &made.item.amount.minor);
  if (status != RL_OK)
    return status;
  *field = "61 type";
  *advice = "expected a letter and three characters behind the amount, such as NTRF";
  if (text.length < 4 || !is_capital(text.text[0]))
    return RL_INVALID;
  skip(&text, 4);
  made.item.amount.minor *= sign;
  made.item.amount.currency = currency;
  take_references(text, &made);
  *out = made;
  return RL_OK;
}

/* --- an information field --- */

/* "?20" and its kin: bytes of the mark at `at`, 0 where there is none. */
static size_t subfield_at(rl_span text, size_t at)
{
  bool is_mark = text.length - at >= 3 && text.text[at] == '?' && is_digit(text.text[at + 1]) &&
                 is_digit(text.text[at + 2]);
  return is_mark ? 3 : 0;
}

/* "EREF+" and its kin. */
static bool is_tag_at(rl_span text, size_t at)
{
  rl_span rest = {text.text + at, text.length - at};
  return all_of(rest, 4, is_capital) && rest.length > 4 && rest.text[4] == '+';
}

static bool stands_at(rl_span text, size_t at, const char *wanted)
{
  size_t length = strlen(wanted);
  return text.length - at >= length && memcmp(text.text + at, wanted, length) == 0;
}

/* Up to a blank, another tag, or a subfield that is not the text's next (20 to 29, 60 to 63). */
static void take_tagged(rl_span text, size_t *at, char *room, size_t *length)
{
  *length = 0;
  while (*at < text.length && text.text[*at] != ' ' && !is_tag_at(text, *at)) {
    size_t mark = subfield_at(text, *at);
    if (mark > 0 && text.text[*at + 1] != '2' && text.text[*at + 1] != '6')
      return;
    if (mark == 0)
      room[(*length)++] = text.text[(*at)++];
    *at += mark;
  }
}

static void take_slashed(rl_span text, size_t *at, char *room, size_t *length)
{
  *length = 0;
  while (*at < text.length && text.text[*at] != '/')
    room[(*length)++] = text.text[(*at)++];
}

bool rl_mt940_next_reference(rl_span text, size_t *at, char room[RL_MT940_INFORMATION_MAX],
                             size_t *length)
{
  RL_ASSERT(text.length <= RL_MT940_INFORMATION_MAX);
  for (; *at < text.length; (*at)++) {
    if (stands_at(text, *at, "EREF+") || stands_at(text, *at, "KREF+")) {
      *at += 5;
      take_tagged(text, at, room, length);
      return true;
    }
    if (stands_at(text, *at, "/EREF/")) {
      *at += 6;
      take_slashed(text, at, room, length);
      return true;
    }
  }
  return false;
}
