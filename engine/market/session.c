#include "market/session.h"

#include <string.h>

#define DAY_MINUTES 1440
#define WEEK_MINUTES (7 * DAY_MINUTES)

/* --- reading --- */

#define FAIL(words, ...) RL_WORDS_FAIL(words, RL_INVALID, "session", __VA_ARGS__)

static rl_status take_name(rl_words *words, rl_session *out)
{
  rl_span word;
  if (!rl_words_take(words, &word))
    return FAIL(words, "a name is missing");
  if (word.length > RL_NAME_MAX)
    return FAIL(words, "the name %s is longer than %d bytes", rl_span_show(word).text,
                RL_NAME_MAX);
  memcpy(out->name, word.text, word.length);
  return RL_OK;
}

static rl_status take_zone(rl_words *words, rl_session *out)
{
  rl_span word;
  if (!rl_words_take(words, &word))
    return FAIL(words, "a time zone is missing");
  if (rl_zone_find(word.text, word.length, &out->zone) != RL_OK)
    return FAIL(words, "%s is no time zone that is known here", rl_span_show(word).text);
  return RL_OK;
}

static bool find_day(rl_span word, unsigned *day)
{
  static const char *const names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                      "Thursday", "Friday", "Saturday"};
  for (*day = 0; *day < 7; ++*day) {
    if (rl_span_is(word, names[*day]))
      return true;
  }
  return false;
}

static bool read_two_digits(const char *text, unsigned *out)
{
  if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
    return false;
  *out = (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0');
  return true;
}

/* HH:MM as minutes of the day, up to 24:00. */
static bool read_time(rl_span word, unsigned *minutes)
{
  unsigned hour, minute;
  if (word.length != 5 || word.text[2] != ':' || !read_two_digits(word.text, &hour) ||
      !read_two_digits(word.text + 3, &minute) || minute > 59)
    return false;
  *minutes = hour * 60 + minute;
  return *minutes <= DAY_MINUTES;
}

/* A day and a time as minutes of the week. *more: the time has a comma behind it. */
static rl_status take_moment(rl_words *words, unsigned *out, bool *more)
{
  rl_span word;
  unsigned day, minutes;
  if (!rl_words_take(words, &word))
    return FAIL(words, "a day is missing");
  if (!find_day(word, &day))
    return FAIL(words, "%s is no day: Sunday, Monday, …", rl_span_show(word).text);
  if (!rl_words_take(words, &word))
    return FAIL(words, "a time is missing behind the day");
  *more = word.text[word.length - 1] == ',';
  word.length -= *more;
  if (!read_time(word, &minutes))
    return FAIL(words, "%s is no time: 00:00 to 24:00", rl_span_show(word).text);
  *out = day * DAY_MINUTES + minutes;
  return RL_OK;
}

static rl_status take_opening(rl_words *words, rl_opening *out, bool *more)
{
  unsigned opens, closes;
  rl_status status = take_moment(words, &opens, more);
  if (status != RL_OK)
    return status;
  rl_span word;
  if (*more || !rl_words_take(words, &word) || !rl_span_is(word, "-"))
    return FAIL(words, "an opening is written DAY HH:MM - DAY HH:MM");
  status = take_moment(words, &closes, more);
  if (status != RL_OK)
    return status;
  opens %= WEEK_MINUTES;
  closes = closes <= opens ? closes + WEEK_MINUTES : closes;
  if (closes - opens >= WEEK_MINUTES)
    return FAIL(words, "an opening is shorter than a week: a pair without a session is always "
                       "open");
  *out = (rl_opening){(uint16_t)opens, (uint16_t)closes};
  return RL_OK;
}

static bool overlap(const rl_opening *left, const rl_opening *right)
{
  unsigned to_right = (right->opens + WEEK_MINUTES - left->opens) % WEEK_MINUTES;
  unsigned to_left = (left->opens + WEEK_MINUTES - right->opens) % WEEK_MINUTES;
  return to_right < (unsigned)(left->closes - left->opens) ||
         to_left < (unsigned)(right->closes - right->opens);
}

static rl_status add_opening(rl_words *words, rl_session *out, bool *more)
{
  if (out->opening_count == RL_OPENINGS_MAX)
    return RL_WORDS_FAIL(words, RL_OUT_OF_RANGE, "session", "more than %d openings",
                         RL_OPENINGS_MAX);
  rl_opening *added = &out->openings[out->opening_count];
  rl_status status = take_opening(words, added, more);
  if (status != RL_OK)
    return status;
  for (unsigned i = 0; i < out->opening_count; i++) {
    if (overlap(&out->openings[i], added))
      return FAIL(words, "opening %u overlaps opening %u", out->opening_count + 1, i + 1);
  }
  out->opening_count++;
  return RL_OK;
}

/* A comma that stands by itself. */
static bool take_comma(rl_words *words)
{
  rl_words ahead = *words;
  rl_span word;
  if (!rl_words_take(&ahead, &word) || !rl_span_is(word, ","))
    return false;
  *words = ahead;
  return true;
}

rl_status rl_session_parse(rl_words *words, rl_session *out)
{
  *out = (rl_session){.opening_count = 0};
  rl_status status = take_name(words, out);
  if (status == RL_OK)
    status = take_zone(words, out);
  for (bool more = true; status == RL_OK && more; more = more || take_comma(words))
    status = add_opening(words, out, &more);
  if (status == RL_OK && !rl_words_at_end(words))
    return FAIL(words, "a comma goes between two openings");
  return status;
}

/* --- days off --- */

static bool read_number(const char *text, unsigned digits, unsigned *out)
{
  *out = 0;
  for (unsigned i = 0; i < digits; i++) {
    if (text[i] < '0' || text[i] > '9')
      return false;
    *out = *out * 10 + (unsigned)(text[i] - '0');
  }
  return true;
}

/* Without a year it may be the 29th of February. */
static bool read_day_off(rl_span word, rl_day_off *out)
{
  unsigned year = 2000, month, day;
  bool dated = word.length == 10;
  if ((!dated && word.length != 5) || (dated && word.text[4] != '-') ||
      (dated && !read_number(word.text, 4, &year)))
    return false;
  const char *rest = word.text + (dated ? 5 : 0);
  if (rest[2] != '-' || !read_number(rest, 2, &month) || !read_number(rest + 3, 2, &day) ||
      !rl_civil_is_valid((rl_civil){(int32_t)year, (uint8_t)month, (uint8_t)day}))
    return false;
  *out = (rl_day_off){(int16_t)(dated ? year : 0), (uint8_t)month, (uint8_t)day};
  return true;
}

static bool is_same_day(const rl_day_off *left, const rl_day_off *right)
{
  return left->year == right->year && left->month == right->month && left->day == right->day;
}

static rl_status add_day_off(rl_words *words, rl_span word, rl_session *session)
{
  rl_day_off off;
  if (!read_day_off(word, &off))
    return RL_WORDS_FAIL(words, RL_INVALID, "closed", "%s is no day: 12-25 or 2026-04-03",
                         rl_span_show(word).text);
  for (unsigned i = 0; i < session->day_off_count; i++) {
    if (is_same_day(&session->days_off[i], &off))
      return RL_WORDS_FAIL(words, RL_INVALID, "closed", "%s is there already",
                           rl_span_show(word).text);
  }
  if (session->day_off_count == RL_DAYS_OFF_MAX)
    return RL_WORDS_FAIL(words, RL_OUT_OF_RANGE, "closed", "more than %d days of one session",
                         RL_DAYS_OFF_MAX);
  session->days_off[session->day_off_count++] = off;
  return RL_OK;
}

rl_status rl_session_parse_days_off(rl_words *words, rl_session *session)
{
  rl_status status = RL_OK;
  rl_span word;
  if (rl_words_at_end(words))
    return RL_WORDS_FAIL(words, RL_INVALID, "closed", "a day is missing: 12-25 or 2026-04-03");
  while (status == RL_OK && rl_words_take(words, &word))
    status = add_day_off(words, word, session);
  return status;
}

/* --- asking --- */

/* Instants of one state, half-open. */
typedef struct stretch {
  int64_t from_ms;
  int64_t until_ms;
  bool open;
} stretch;

static int64_t instant_ms(const rl_session *session, rl_date sunday, unsigned week_minute)
{
  rl_date day = {sunday.day + (int32_t)(week_minute / DAY_MINUTES)};
  return rl_zone_utc(&session->zone, day, week_minute % DAY_MINUTES).ms;
}

static void cut(stretch *around, rl_utc at, int64_t change_ms)
{
  if (change_ms <= at.ms && change_ms > around->from_ms)
    around->from_ms = change_ms;
  if (change_ms > at.ms && change_ms < around->until_ms)
    around->until_ms = change_ms;
}

/* Local weeks and those of UTC begin within a day of each other and an opening lasts less than a
 * week, so the weeks up to two away hold all that bears on `at`, and a change on either side. */
static stretch stretch_around(const rl_session *session, rl_utc at)
{
  rl_date today = rl_date_of_utc(at);
  stretch found = {INT64_MIN, INT64_MAX, false};
  for (int week = -2; week <= 2; week++) {
    rl_date sunday = {today.day - (int32_t)rl_date_weekday(today) + 7 * week};
    for (unsigned i = 0; i < session->opening_count; i++) {
      int64_t opens_ms = instant_ms(session, sunday, session->openings[i].opens);
      int64_t closes_ms = instant_ms(session, sunday, session->openings[i].closes);
      found.open |= opens_ms <= at.ms && at.ms < closes_ms;
      cut(&found, at, opens_ms);
      cut(&found, at, closes_ms);
    }
  }
  return found;
}

static bool is_day_off(const rl_session *session, rl_date date)
{
  rl_civil civil = rl_civil_of_date(date);
  rl_day_off each = {0, civil.month, civil.day}, one = {(int16_t)civil.year, each.month, each.day};
  for (unsigned i = 0; i < session->day_off_count; i++) {
    if (is_same_day(&session->days_off[i], &each) || is_same_day(&session->days_off[i], &one))
      return true;
  }
  return false;
}

/* Openings leave a stretch of at most a week to either side: days further away do not cut it. */
static void close_days_off(const rl_session *session, rl_utc at, stretch *found)
{
  rl_date today = rl_date_of_utc(at);
  for (int32_t i = -9; i <= 9 && session->day_off_count > 0; i++) {
    rl_date day = {today.day + i};
    if (!is_day_off(session, day))
      continue;
    int64_t starts_ms = instant_ms(session, day, 0);
    int64_t ends_ms = instant_ms(session, day, DAY_MINUTES);
    found->open &= at.ms < starts_ms || at.ms >= ends_ms;
    cut(found, at, starts_ms);
    cut(found, at, ends_ms);
  }
}

/* A stretch as a word: from the top, 32 bits of its first second, 31 of its seconds, 1 of its
 * state. Zones and openings change at whole seconds; 32 bits last until 2106, and what does not fit
 * is searched for each time. */
static uint64_t pack(const stretch *found)
{
  int64_t from_s = found->from_ms / 1000, length_s = found->until_ms / 1000 - from_s;
  if (found->from_ms < 0 || from_s > UINT32_MAX || length_s > INT32_MAX)
    return 0;
  return (uint64_t)from_s << 32 | (uint64_t)length_s << 1 | found->open;
}

bool rl_session_is_open(rl_session *session, rl_utc at)
{
  uint64_t known = rl_word_load(&session->known);
  uint64_t from_ms = (known >> 32) * 1000, length_ms = (known >> 1 & INT32_MAX) * 1000;
  if ((uint64_t)at.ms - from_ms < length_ms)
    return known & 1;
  stretch found = stretch_around(session, at);
  close_days_off(session, at, &found);
  rl_word_store(&session->known, pack(&found));
  return found.open;
}
