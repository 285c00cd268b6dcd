#include "feeds/fix_message.h"

#include "feeds/text.h"

#include <string.h>

#define SOH '\1'
#define TAG_DIGITS_MAX 9
/* Longer than any decimal that a source may send; zeros at its ends do not count. */
#define DIGITS_MAX 40
/* Nobody offers more than a quadrillion. */
#define UNITS_MAX 1000000000000000ull

enum {
  TAG_MSG_TYPE = 35,
  TAG_POSS_DUP = 43,
  TAG_SENDING_TIME = 52,
  TAG_SYMBOL = 55,
  TAG_TEXT = 58,
  TAG_MD_REQ_ID = 262,
  TAG_NO_MD_ENTRIES = 268,
  TAG_MD_ENTRY_TYPE = 269,
  TAG_MD_ENTRY_PX = 270,
  TAG_MD_ENTRY_SIZE = 271,
  TAG_MD_ENTRY_DATE = 272,
  TAG_MD_ENTRY_TIME = 273,
  TAG_MD_ENTRY_ID = 278,
  TAG_MD_UPDATE_ACTION = 279,
  TAG_MD_ENTRY_REF_ID = 280,
  TAG_MD_REQ_REJ_REASON = 281,
  TAG_REF_MSG_TYPE = 372,
  TAG_SESSION_REJECT_REASON = 373,
  TAG_BUSINESS_REJECT_REF_ID = 379,
  TAG_BUSINESS_REJECT_REASON = 380,
};

typedef struct fix_field {
  unsigned tag;
  rl_fix_span value;
} fix_field;

bool rl_fix_span_is(rl_fix_span span, const char *text)
{
  return span.text && span.length == strlen(text) && memcmp(span.text, text, span.length) == 0;
}

/* Takes "TAG=VALUE|" off the span; false when that is not what it begins with. */
static bool take_field(rl_fix_span *left, fix_field *out)
{
  const char *end = left->length ? memchr(left->text, SOH, left->length) : NULL;
  const char *equals = end ? memchr(left->text, '=', (size_t)(end - left->text)) : NULL;
  uint64_t tag;
  if (!equals || equals - left->text > TAG_DIGITS_MAX ||
      rl_digits_parse(left->text, (size_t)(equals - left->text), UINT32_MAX, &tag) != RL_OK)
    return false;
  *out = (fix_field){(unsigned)tag, {equals + 1, (size_t)(end - equals - 1)}};
  left->length -= (size_t)(end + 1 - left->text);
  left->text = end + 1;
  return true;
}

static rl_fix_kind kind_of(rl_fix_span type)
{
  static const struct {
    char type;
    rl_fix_kind kind;
  } kinds[] = {
    {'W', RL_FIX_SNAPSHOT},        {'X', RL_FIX_INCREMENTAL},    {'Y', RL_FIX_REQUEST_REJECT},
    {'j', RL_FIX_BUSINESS_REJECT}, {'3', RL_FIX_SESSION_REJECT}, {'4', RL_FIX_SEQUENCE_RESET},
    {'5', RL_FIX_LOGOUT},
  };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (type.length == 1 && type.text[0] == kinds[i].type)
      return kinds[i].kind;
  }
  return RL_FIX_OTHER;
}

static void set_span(rl_fix_span *span, rl_fix_span value)
{
  if (!span->text)
    *span = value;
}

/* The first of a tag counts: that of the message stands before those of what follows. */
static void set_field(rl_fix_message *message, const fix_field *field)
{
  switch (field->tag) {
  case TAG_POSS_DUP: message->possible_duplicate = rl_fix_span_is(field->value, "Y"); break;
  case TAG_SYMBOL: set_span(&message->symbol, field->value); break;
  case TAG_TEXT: set_span(&message->text, field->value); break;
  case TAG_MD_REQ_ID: set_span(&message->request_id, field->value); break;
  case TAG_MD_REQ_REJ_REASON:
  case TAG_SESSION_REJECT_REASON:
  case TAG_BUSINESS_REJECT_REASON: set_span(&message->reason, field->value); break;
  case TAG_REF_MSG_TYPE: set_span(&message->refused_type, field->value); break;
  case TAG_BUSINESS_REJECT_REF_ID: set_span(&message->refused_id, field->value); break;
  case TAG_SENDING_TIME:
    if (rl_fix_time_parse(field->value.text, field->value.length, &message->sent) != RL_OK)
      message->sent.ms = 0;
    break;
  default: break;
  }
}

/* How many entries are there, all of whose fields can be read; UINT64_MAX when one cannot. */
static uint64_t count_entries(rl_fix_span entries)
{
  fix_field field;
  uint64_t count = 0;
  unsigned first = 0;
  while (entries.length > 0) {
    if (!take_field(&entries, &field))
      return UINT64_MAX;
    first = first ? first : field.tag;
    count += field.tag == first;
  }
  return count;
}

static rl_fix_fault check_entries(rl_fix_message *message, rl_fix_span stated)
{
  if (message->kind != RL_FIX_SNAPSHOT && message->kind != RL_FIX_INCREMENTAL)
    return RL_FIX_READABLE;
  if (!stated.text ||
      rl_digits_parse(stated.text, stated.length, UINT32_MAX, &message->entry_count) != RL_OK)
    return RL_FIX_ENTRY_COUNT;
  /* An empty group is followed by the rest of the message. */
  if (message->entry_count == 0)
    message->entries.length = 0;
  uint64_t found = count_entries(message->entries);
  return found == UINT64_MAX                ? RL_FIX_NO_FIELDS
         : found != message->entry_count    ? RL_FIX_ENTRY_COUNT
                                            : RL_FIX_READABLE;
}

rl_fix_fault rl_fix_message_read(const char *bytes, size_t size, rl_fix_message *out)
{
  rl_fix_message message = {.kind = RL_FIX_OTHER};
  rl_fix_span left = {bytes, size}, type = {0}, stated = {0};
  fix_field field;
  while (left.length > 0 && !stated.text) {
    if (!take_field(&left, &field))
      return RL_FIX_NO_FIELDS;
    if (field.tag == TAG_MSG_TYPE)
      set_span(&type, field.value);
    else if (field.tag == TAG_NO_MD_ENTRIES)
      stated = field.value;
    else
      set_field(&message, &field);
  }
  if (!type.text)
    return RL_FIX_NO_TYPE;
  message.kind = kind_of(type);
  message.entries = left;
  rl_fix_fault fault = check_entries(&message, stated);
  if (fault == RL_FIX_READABLE)
    *out = message;
  return fault;
}

static rl_fix_action action_of(rl_fix_span value)
{
  if (rl_fix_span_is(value, "0"))
    return RL_FIX_NEW;
  if (rl_fix_span_is(value, "1"))
    return RL_FIX_CHANGE;
  return rl_fix_span_is(value, "2") ? RL_FIX_DELETE : RL_FIX_NO_ACTION;
}

/* What an entry says of its time, until both halves are known. */
typedef struct entry_time {
  rl_fix_span date;
  rl_fix_span time;
} entry_time;

static void set_entry_field(rl_fix_entry *entry, entry_time *when, const fix_field *field)
{
  rl_fix_span value = field->value;
  switch (field->tag) {
  case TAG_MD_UPDATE_ACTION: entry->action = action_of(value); break;
  case TAG_MD_ENTRY_TYPE: entry->type = value.length == 1 ? value.text[0] : '?'; break;
  case TAG_MD_ENTRY_ID: entry->id = value; break;
  case TAG_MD_ENTRY_REF_ID: entry->ref_id = value; break;
  case TAG_SYMBOL: entry->symbol = value; break;
  case TAG_MD_ENTRY_DATE: when->date = value; break;
  case TAG_MD_ENTRY_TIME: when->time = value; break;
  case TAG_MD_ENTRY_PX:
    entry->priced = rl_fix_price_parse(value.text, value.length, &entry->price);
    break;
  case TAG_MD_ENTRY_SIZE:
    entry->sized = rl_fix_size_parse(value.text, value.length, &entry->size);
    break;
  default: break;
  }
}

/* Both halves as one text, since that is what SendingTime is. */
static rl_utc join_time(const entry_time *when)
{
  char text[32];
  rl_utc joined = {0};
  if (!when->date.text || !when->time.text || when->date.length != 8 ||
      when->time.length > sizeof text - 9)
    return joined;
  memcpy(text, when->date.text, 8);
  text[8] = '-';
  memcpy(text + 9, when->time.text, when->time.length);
  if (rl_fix_time_parse(text, 9 + when->time.length, &joined) != RL_OK)
    joined.ms = 0;
  return joined;
}

bool rl_fix_entry_next(rl_fix_message *message, rl_fix_entry *out)
{
  rl_fix_span left = message->entries;
  rl_fix_entry entry = {.action = message->kind == RL_FIX_SNAPSHOT ? RL_FIX_NEW
                                                                   : RL_FIX_NO_ACTION};
  entry_time when = {0};
  fix_field field;
  unsigned first = 0;
  if (left.length == 0)
    return false;
  while (left.length > 0) {
    rl_fix_span before = left;
    if (!take_field(&left, &field))
      return false;
    if (field.tag == first) {
      left = before;
      break;
    }
    first = first ? first : field.tag;
    set_entry_field(&entry, &when, &field);
  }
  entry.when = join_time(&when);
  message->entries = left;
  *out = entry;
  return true;
}

/* A decimal without zeros at its ends: `whole` digits before the point, `decimals` behind it. */
typedef struct plain_decimal {
  char digits[DIGITS_MAX];
  size_t whole;
  size_t decimals;
} plain_decimal;

static bool all_digits(const char *text, size_t length)
{
  for (size_t i = 0; i < length; i++) {
    if (text[i] < '0' || text[i] > '9')
      return false;
  }
  return true;
}

static bool read_decimal(const char *text, size_t length, plain_decimal *out)
{
  const char *point = length ? memchr(text, '.', length) : NULL;
  size_t whole = point ? (size_t)(point - text) : length;
  size_t decimals = point ? length - whole - 1 : 0;
  if (whole + decimals == 0 || !all_digits(text, whole) ||
      (point && !all_digits(point + 1, decimals)))
    return false;
  while (decimals > 0 && point[decimals] == '0')
    decimals--;
  for (; whole > 0 && text[0] == '0'; text++)
    whole--;
  if (whole + decimals > DIGITS_MAX)
    return false;
  memcpy(out->digits, text, whole);
  if (decimals > 0)
    memcpy(out->digits + whole, point + 1, decimals);
  out->whole = whole;
  out->decimals = decimals;
  return true;
}

rl_fix_number rl_fix_price_parse(const char *text, size_t length, rl_rate *out)
{
  plain_decimal decimal;
  char canonical[DIGITS_MAX + 2];
  rl_rate rate;
  if (!read_decimal(text, length, &decimal))
    return RL_FIX_BAD;
  if (decimal.whole + decimal.decimals == 0)
    return RL_FIX_ZERO;
  size_t at = 0;
  if (decimal.whole == 0)
    canonical[at++] = '0';
  memcpy(canonical + at, decimal.digits, decimal.whole);
  at += decimal.whole;
  if (decimal.decimals > 0)
    canonical[at++] = '.';
  memcpy(canonical + at, decimal.digits + decimal.whole, decimal.decimals);
  at += decimal.decimals;
  if (rl_rate_parse(canonical, at, &rate) != RL_OK || rate.mantissa > RL_SOURCE_MANTISSA_MAX)
    return RL_FIX_BAD;
  *out = rate;
  return RL_FIX_PRESENT;
}

rl_fix_number rl_fix_size_parse(const char *text, size_t length, uint64_t *out)
{
  plain_decimal decimal;
  uint64_t size;
  if (!read_decimal(text, length, &decimal))
    return RL_FIX_BAD;
  if (decimal.whole == 0)
    return RL_FIX_ZERO;
  if (rl_digits_parse(decimal.digits, decimal.whole, UNITS_MAX, &size) != RL_OK)
    return RL_FIX_BAD;
  *out = size;
  return RL_FIX_PRESENT;
}

rl_status rl_fix_time_parse(const char *text, size_t length, rl_utc *out)
{
  /* "20261123-02:57:55.123" as rl_instant_parse reads it. */
  char iso[32];
  if (length < 17 || length > 27 || text[8] != '-' || text[length - 1] == 'Z')
    return RL_INVALID;
  memcpy(iso, text, 4);
  iso[4] = iso[7] = '-';
  memcpy(iso + 5, text + 4, 2);
  memcpy(iso + 8, text + 6, 2);
  iso[10] = 'T';
  memcpy(iso + 11, text + 9, length - 9);
  return rl_instant_parse(iso, length + 2, out);
}
