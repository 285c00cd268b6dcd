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
  rl_word_store(&session->known, pack(&found));
  return found.open;
}
