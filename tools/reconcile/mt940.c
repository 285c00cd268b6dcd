/* SWIFT MT940, in the forms in which banks hand it out: with or without block headers ("{1:…}{4:"),
 * lines before the first tag ("ABNANL2A", "940"), LF or CR LF, one message after the other.
 *
 *   :20:   begins a message             :60F: or :60M:  opening balance, which tells the currency
 *   :25:   account                      :61:            one movement (mt940.h)
 *   :86:   information for the :61: before it     :62F: or :62M:  closing balance
 *
 * A line that begins with no tag goes on with the field before: that of :86: is joined, that of
 * :61: (supplementary details) is left out. Tags that say nothing of movements (:21:, :28C:, :64:,
 * :65: and banks' own) are passed over; if one of them hid a movement, the balances would not
 * hold. */
#include "reconcile/forms.h"
#include "reconcile/mt940.h"
#include "reconcile/sheet.h"

#include <stdlib.h>
#include <string.h>

typedef enum mt940_place { PLACE_OUTSIDE, PLACE_OTHER, PLACE_ENTRY, PLACE_INFORMATION } mt940_place;

typedef struct mt940_reading {
  rl_sheet *sheet;
  rl_span rest;
  mt940_place place;   /* of a line that goes on */
  bool has_item;       /* the :61: before became a movement, which takes references */
  size_t information_length;
  char information[RL_MT940_INFORMATION_MAX];
} mt940_reading;

/* The next line without its end; false at the end of the text. */
static bool next_line(mt940_reading *reading, rl_span *line)
{
  rl_span *rest = &reading->rest;
  if (rest->length == 0)
    return false;
  const char *end = memchr(rest->text, '\n', rest->length);
  size_t length = end ? (size_t)(end - rest->text) : rest->length;
  size_t taken = end ? length + 1 : length;
  *line = (rl_span){rest->text, length};
  while (line->length > 0 && line->text[line->length - 1] == '\r')
    line->length--;
  *rest = (rl_span){rest->text + taken, rest->length - taken};
  reading->sheet->line++;
  return true;
}

/* The references of the information field, now that it is whole. */
static rl_status end_information(mt940_reading *reading)
{
  char room[RL_MT940_INFORMATION_MAX];
  rl_span text = {reading->information, reading->information_length};
  rl_status status = RL_OK;
  for (size_t at = 0, length; reading->has_item && status == RL_OK &&
       rl_mt940_next_reference(text, &at, room, &length);)
    status = rl_sheet_refer(reading->sheet, room, length);
  reading->information_length = 0;
  return status;
}

static rl_status add_information(mt940_reading *reading, rl_span text)
{
  if (text.length > RL_MT940_INFORMATION_MAX - reading->information_length)
    return RL_SHEET_FAIL(reading->sheet, RL_OUT_OF_RANGE, "86", "more than %d bytes",
                         RL_MT940_INFORMATION_MAX);
  memcpy(reading->information + reading->information_length, text.text, text.length);
  reading->information_length += text.length;
  return RL_OK;
}

/* --- one tag each --- */

static rl_status refuse_balance(mt940_reading *reading, rl_status status)
{
  return RL_SHEET_FAIL(reading->sheet, status, "balance",
                       "expected C or D, YYMMDD, a currency and an amount with a comma, such as "
                       "C240312EUR1234,56");
}

static rl_status take_balance(mt940_reading *reading, rl_span text, rl_sheet_balance *out)
{
  rl_sheet_balance made = {.stated = true};
  int64_t minor;
  if (text.length < 10 || (text.text[0] != 'C' && text.text[0] != 'D'))
    return refuse_balance(reading, RL_INVALID);
  rl_status status = rl_date_read(text.text + 1, 6, "YYMMDD", &made.date);
  if (status != RL_OK)
    return refuse_balance(reading, status);
  if (rl_currency_find(text.text + 7, 3, &made.amount.currency) != RL_OK)
    return refuse_balance(reading, RL_INVALID);
  status = rl_minor_parse(text.text + 10, text.length - 10, ',', made.amount.currency, &minor);
  if (status != RL_OK)
    return refuse_balance(reading, status);
  made.amount.minor = text.text[0] == 'C' ? minor : -minor;
  *out = made;
  return RL_OK;
}

static rl_status take_entry(mt940_reading *reading, rl_span text)
{
  rl_sheet *sheet = reading->sheet;
  const char *field, *advice;
  rl_mt940_line line;
  reading->has_item = false;
  if (!sheet->opening.stated)
    return RL_SHEET_FAIL(sheet, RL_INVALID, "61", "an entry before the opening balance (:60F:), "
                         "which tells its currency");
  rl_status status = rl_mt940_line_read(text, sheet->opening.amount.currency, &line, &field,
                                        &advice);
  if (status != RL_OK)
    return RL_SHEET_FAIL(sheet, status, field, "%s", advice);
  line.item.place = sheet->line;
  status = rl_sheet_book(sheet, &line.item, &reading->has_item);
  if (status == RL_OK && reading->has_item)
    status = rl_sheet_refer(sheet, line.customer.text, line.customer.length);
  if (status == RL_OK && reading->has_item)
    status = rl_sheet_refer(sheet, line.bank.text, line.bank.length);
  return status;
}

static rl_status end_message(mt940_reading *reading)
{
  reading->place = PLACE_OUTSIDE;
  reading->has_item = false;
  return reading->sheet->open ? rl_sheet_close(reading->sheet, true) : RL_OK;
}

static rl_status begin_message(mt940_reading *reading)
{
  rl_status status = end_message(reading);
  reading->place = PLACE_OTHER;
  return status == RL_OK ? rl_sheet_open(reading->sheet) : status;
}

static bool tag_is(rl_span tag, const char *wanted)
{
  return rl_span_is(tag, wanted);
}

static rl_status take_field(mt940_reading *reading, rl_span tag, rl_span value)
{
  rl_sheet *sheet = reading->sheet;
  bool had_item = reading->has_item && reading->place == PLACE_ENTRY;
  if (tag_is(tag, "20"))
    return begin_message(reading);
  if (!sheet->open)
    return RL_SHEET_FAIL(sheet, RL_INVALID, NULL, "a field :%.*s: before :20:, which begins a "
                         "message", (int)(tag.length < 8 ? tag.length : 8), tag.text);
  reading->place = PLACE_OTHER;
  reading->has_item = false;
  if (tag_is(tag, "25") || tag_is(tag, "25P"))
    return rl_sheet_name_account(sheet, value.text, value.length);
  if (tag_is(tag, "60F") || tag_is(tag, "60M"))
    return take_balance(reading, value, &sheet->opening);
  if (tag_is(tag, "62F") || tag_is(tag, "62M"))
    return take_balance(reading, value, &sheet->closing);
  if (tag_is(tag, "61")) {
    reading->place = PLACE_ENTRY;
    return take_entry(reading, value);
  }
  if (tag_is(tag, "86") && had_item) {
    reading->place = PLACE_INFORMATION;
    reading->has_item = true;
    return add_information(reading, value);
  }
  return RL_OK;
}

/* ":61:…" parted; false for a line that is no field. */
static bool part_field(rl_span line, rl_span *tag, rl_span *value)
{
  if (line.length < 4 || line.text[0] != ':')
    return false;
  const char *colon = memchr(line.text + 1, ':', line.length - 1);
  if (!colon || colon - line.text < 3 || colon - line.text > 4)
    return false;
  *tag = (rl_span){line.text + 1, (size_t)(colon - line.text - 1)};
  *value = (rl_span){colon + 1, line.length - tag->length - 2};
  return true;
}

/* "-", "-}" with or without a trailer behind it. */
static bool ends_message(rl_span line)
{
  return rl_span_is(line, "-") || (line.length >= 2 && memcmp(line.text, "-}", 2) == 0);
}

/* What stands behind the headers "{1:…}{2:…}{4:" in their line. */
static rl_span behind_headers(rl_span line)
{
  const char *block = memmem(line.text, line.length, "{4:", 3);
  size_t taken = block ? (size_t)(block + 3 - line.text) : line.length;
  return (rl_span){line.text + taken, line.length - taken};
}

static rl_status take_line(mt940_reading *reading, rl_span line)
{
  rl_span tag, value;
  bool is_header = line.length > 0 && line.text[0] == '{';
  if (is_header)
    line = behind_headers(line);
  bool is_field = part_field(line, &tag, &value);
  if (!is_field && reading->place == PLACE_INFORMATION && !ends_message(line) && !is_header)
    return add_information(reading, line);
  if (!is_field && !ends_message(line) && !is_header)
    return RL_OK; /* supplementary details, or a line outside of messages */
  rl_status status = end_information(reading);
  if (status != RL_OK)
    return status;
  if (is_field)
    return take_field(reading, tag, value);
  return end_message(reading);
}

rl_status rl_mt940_read(const char *bytes, size_t size, rl_sheet *sheet)
{
  mt940_reading *reading = calloc(1, sizeof *reading);
  if (!reading)
    return RL_SHEET_FAIL(sheet, RL_NO_MEMORY, NULL, "not enough memory to read it");
  if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
    bytes += 3, size -= 3;
  reading->sheet = sheet;
  reading->rest = (rl_span){bytes, size};
  rl_status status = RL_OK;
  rl_span line;
  while (status == RL_OK && next_line(reading, &line))
    status = take_line(reading, line);
  if (status == RL_OK)
    status = end_information(reading);
  if (status == RL_OK)
    status = end_message(reading);
  free(reading);
  if (status == RL_OK && sheet->out->count == 0)
    status = RL_SHEET_FAIL(sheet, RL_INVALID, NULL, "no message: expected a line that begins with "
                           ":20:");
  return status;
}
