/* Opening hours (K4): each change of a week to the millisecond, both weekends at which clocks
 * change, and all of several years against the local clock read minute by minute. */
#include "market/session.h"

#include "market/world.h"
#include "support/random.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define HOUR_MS 3600000ll
#define DAY_MS (24 * HOUR_MS)

static rl_session session_of(const char *line)
{
  rl_session session;
  rl_error error = {.text = ""};
  rl_words words = rl_words_over(line, strlen(line), "test", &error);
  cr_assert(rl_words_next_line(&words));
  cr_assert_eq(rl_session_parse(&words, &session), RL_OK, "%s", error.text);
  return session;
}

/* "2026-03-08" and hours of UTC. */
static rl_utc utc_of(const char *date, unsigned hour, unsigned minute)
{
  rl_date day;
  cr_assert_eq(rl_date_parse(date, strlen(date), &day), RL_OK);
  return (rl_utc){rl_utc_of_date(day).ms + hour * HOUR_MS + minute * 60000};
}

static void expect_change(rl_session *session, rl_utc at, bool opens)
{
  char text[RL_UTC_TEXT_SIZE];
  rl_utc_format(at, text);
  cr_expect_eq(rl_session_is_open(session, (rl_utc){at.ms - 1}), !opens, "before %s", text);
  cr_expect_eq(rl_session_is_open(session, at), opens, "at %s", text);
  cr_expect_eq(rl_session_is_open(session, (rl_utc){at.ms + 1}), opens, "after %s", text);
  cr_expect_eq(rl_session_is_open(session, (rl_utc){at.ms - 1}), !opens, "again before %s", text);
}

#define FX "fx America/New_York Sunday 17:00 - Friday 17:00"

Test(market_session, week_in_new_york_opens_and_closes_to_the_millisecond)
{
  static const struct {
    const char *friday, *sunday;
    unsigned closes, opens; /* hours UTC */
  } weekends[] = {
    {"2026-01-02", "2026-01-04", 22, 22},
    {"2026-03-06", "2026-03-08", 22, 21}, /* clocks go forward that Sunday */
    {"2026-07-03", "2026-07-05", 21, 21},
    {"2026-10-30", "2026-11-01", 21, 22}, /* and back that Sunday */
    {"2027-12-31", "2028-01-02", 22, 22}, /* over a year's end */
  };
  rl_session fx = session_of(FX);
  cr_expect_str_eq(fx.name, "fx");
  rl_session longest = session_of("a_name_of_fifte UTC Sunday 17:00 - Friday 17:00");
  cr_expect_str_eq(longest.name, "a_name_of_fifte");
  for (unsigned i = 0; i < sizeof weekends / sizeof *weekends; i++) {
    rl_utc closes = utc_of(weekends[i].friday, weekends[i].closes, 0);
    rl_utc opens = utc_of(weekends[i].sunday, weekends[i].opens, 0);
    expect_change(&fx, closes, false);
    expect_change(&fx, opens, true);
    cr_expect_not(rl_session_is_open(&fx, (rl_utc){(closes.ms + opens.ms) / 2}));
    cr_expect(rl_session_is_open(&fx, (rl_utc){opens.ms + 3 * DAY_MS}));
  }
}

Test(market_session, opening_may_run_over_the_weeks_end)
{
  rl_session late = session_of("late Europe/London Saturday 22:00 - Sunday 02:00");
  expect_change(&late, utc_of("2026-01-10", 22, 0), true);
  expect_change(&late, utc_of("2026-01-11", 2, 0), false);
  cr_expect(rl_session_is_open(&late, utc_of("2026-01-11", 0, 0)));
  expect_change(&late, utc_of("2026-03-28", 22, 0), true);
  expect_change(&late, utc_of("2026-03-29", 1, 0), false); /* 02:00 there is an hour early */
}

Test(market_session, several_openings_a_day_and_ones_that_touch)
{
  rl_session tokyo = session_of("tokyo Asia/Tokyo Monday 09:00 - Monday 11:30, "
                                "Monday 12:30 - Monday 15:00 , Monday 15:00 - Monday 24:00");
  expect_change(&tokyo, utc_of("2026-01-12", 0, 0), true);
  expect_change(&tokyo, utc_of("2026-01-12", 2, 30), false);
  expect_change(&tokyo, utc_of("2026-01-12", 3, 30), true);
  cr_expect(rl_session_is_open(&tokyo, (rl_utc){utc_of("2026-01-12", 6, 0).ms - 1}));
  cr_expect(rl_session_is_open(&tokyo, utc_of("2026-01-12", 6, 0)));
  expect_change(&tokyo, utc_of("2026-01-12", 15, 0), false);
}

/* Clocks skip 02:00 to 03:00 in New York and show 01:00 to 02:00 twice. */
Test(market_session, times_that_clocks_skip_or_show_twice_have_one_instant)
{
  rl_session odd = session_of("odd America/New_York Sunday 02:30 - Sunday 04:00");
  expect_change(&odd, utc_of("2026-03-08", 7, 30), true); /* 03:30 in summer time */
  expect_change(&odd, utc_of("2026-03-08", 8, 0), false);
  rl_session twice = session_of("twice America/New_York Sunday 00:30 - Sunday 01:30");
  expect_change(&twice, utc_of("2026-11-01", 4, 30), true);
  expect_change(&twice, utc_of("2026-11-01", 5, 30), false); /* at the first 01:30 */
}

/* Two openings may meet where clocks skip: neither leaves a hole, nor opens what is closed. */
Test(market_session, opening_that_clocks_skip_whole_is_no_opening)
{
  rl_session skipped = session_of("skipped Europe/Paris Sunday 02:00 - Sunday 03:00");
  expect_change(&skipped, utc_of("2026-03-22", 1, 0), true);
  expect_change(&skipped, utc_of("2026-03-22", 2, 0), false);
  for (int64_t minute = -180; minute <= 180; minute++)
    cr_expect_not(
      rl_session_is_open(&skipped, (rl_utc){utc_of("2026-03-29", 1, 0).ms + minute * 60000}));
}

/* Whether a local minute of the week lies in an opening, by the clock on the wall. */
static bool wall_says(const rl_session *session, rl_utc at)
{
  int64_t local_ms = at.ms + rl_zone_offset_s(&session->zone, at) * 1000ll;
  rl_date day = rl_date_of_utc((rl_utc){local_ms});
  int64_t minute = rl_date_weekday(day) * 1440 + (local_ms - rl_utc_of_date(day).ms) / 60000;
  for (unsigned i = 0; i < session->opening_count; i++) {
    if ((minute >= session->openings[i].opens && minute < session->openings[i].closes) ||
        minute + 7 * 1440 < session->openings[i].closes)
      return true;
  }
  return false;
}

Test(market_session, years_in_order_and_at_random_are_as_the_wall_clock_says)
{
  static const char *const lines[] = {
    FX,
    "sydney Australia/Sydney Monday 07:00 - Monday 17:00, Wednesday 00:00 - Friday 24:00",
    "gulf Asia/Dubai Sunday 08:00 - Thursday 17:00",
    "over Europe/London Thursday 08:15 - Wednesday 07:45",
  };
  rl_random dice = rl_random_from(rl_test_seed("market sessions"));
  for (unsigned i = 0; i < sizeof lines / sizeof *lines; i++) {
    rl_session session = session_of(lines[i]);
    rl_utc start = utc_of("2024-01-01", 0, 0);
    unsigned wrong = 0;
    for (unsigned k = 0; k < 3 * 366 * 96; k++) {
      rl_utc at = {start.ms + k * 900000ll};
      wrong += rl_session_is_open(&session, at) != wall_says(&session, at);
    }
    for (unsigned k = 0; k < 20000; k++) { /* forth and back, as clocks that are set */
      rl_utc at = {rl_random_between(&dice, 0, 130 * 365 * DAY_MS)};
      wrong += rl_session_is_open(&session, at) != wall_says(&session, at);
    }
    cr_expect_eq(wrong, 0, "%s: %u", lines[i], wrong);
  }
}

/* Before 1970 and from 2106 on nothing is kept: no instant gets the answer of another. */
Test(market_session, any_instant_after_any_other_has_its_own_answer)
{
  const int64_t instants[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 5 * DAY_MS / 2, 4294967295999,
                              4294967296000, 4294967296000 + 2 * DAY_MS, INT64_MAX - 1, INT64_MAX};
  const unsigned count = sizeof instants / sizeof *instants;
  for (unsigned i = 0; i < count * count; i++) {
    rl_utc first = {instants[i / count]}, second = {instants[i % count]};
    rl_session one = session_of(FX), other = session_of(FX);
    rl_session_is_open(&one, first);
    cr_expect_eq(rl_session_is_open(&one, second), rl_session_is_open(&other, second));
  }
}

/* --- days off --- */

static void close_days(rl_session *session, const char *days)
{
  rl_error error = {.text = ""};
  rl_words words = rl_words_over(days, strlen(days), "test", &error);
  cr_assert(rl_words_next_line(&words));
  cr_assert_eq(rl_session_parse_days_off(&words, session), RL_OK, "%s", error.text);
}

Test(market_session, day_off_is_closed_from_local_midnight_to_midnight)
{
  rl_session fx = session_of(FX);
  close_days(&fx, "12-25 01-01 2026-07-03");
  expect_change(&fx, utc_of("2025-12-25", 5, 0), false); /* a Thursday, in New York */
  expect_change(&fx, utc_of("2025-12-26", 5, 0), true);
  expect_change(&fx, utc_of("2026-01-01", 5, 0), false);
  expect_change(&fx, utc_of("2026-07-03", 4, 0), false); /* a Friday: until Sunday evening */
  cr_expect_not(rl_session_is_open(&fx, utc_of("2026-07-04", 4, 0)));
  expect_change(&fx, utc_of("2026-07-05", 21, 0), true);
  cr_expect(rl_session_is_open(&fx, utc_of("2025-07-03", 12, 0)), "another year's");
}

/* Of 23 hours, and of 25. */
Test(market_session, day_off_that_clocks_make_shorter_or_longer_is_that_day)
{
  rl_session paris = session_of("paris Europe/Paris Monday 00:00 - Sunday 23:00");
  close_days(&paris, "2026-03-28 2026-03-29 2026-10-24 2026-10-25");
  expect_change(&paris, utc_of("2026-03-27", 23, 0), false);
  expect_change(&paris, utc_of("2026-03-29", 22, 0), true);
  expect_change(&paris, utc_of("2026-10-23", 22, 0), false);
  expect_change(&paris, utc_of("2026-10-25", 23, 0), true);
}

/* By the date on the wall. */
static bool wall_says_off(const rl_session *session, const char *const *days, unsigned count,
                          rl_utc at)
{
  char text[RL_DATE_TEXT_SIZE];
  rl_date_format(rl_date_of_utc((rl_utc){at.ms + rl_zone_offset_s(&session->zone, at) * 1000ll}),
                 text);
  for (unsigned i = 0; i < count; i++) {
    const char *year_or_not = strlen(days[i]) == 5 ? text + 5 : text; /* "12-25", "2026-04-03" */
    if (strcmp(year_or_not, days[i]) == 0)
      return true;
  }
  return false;
}

Test(market_session, days_off_over_years_are_as_the_wall_calendar_says)
{
  static const char *const lines[] = {
    FX, "sydney Australia/Sydney Monday 07:00 - Monday 17:00, Wednesday 00:00 - Friday 24:00",
    "over Europe/London Thursday 08:15 - Wednesday 07:45"};
  static const char *const days[] = {"12-25", "12-26",      "01-01",      "02-29",     "10-04",
                                     "04-05", "2024-03-31", "2024-10-27", "2025-03-09"};
  const unsigned count = sizeof days / sizeof *days;
  rl_random dice = rl_random_from(rl_test_seed("market days off"));
  for (unsigned i = 0; i < sizeof lines / sizeof *lines; i++) {
    rl_session session = session_of(lines[i]);
    for (unsigned k = 0; k < count; k++)
      close_days(&session, days[k]);
    unsigned wrong = 0;
    for (unsigned k = 0; k < 3 * 366 * 96; k++) {
      rl_utc at = {utc_of("2024-01-01", 0, 0).ms + k * 900000ll};
      if (k % 2000 == 0) /* forth and back, and mostly on from one answer to the next */
        at.ms = rl_random_between(&dice, 0, 130 * 365 * DAY_MS);
      bool open = wall_says(&session, at) && !wall_says_off(&session, days, count, at);
      wrong += rl_session_is_open(&session, at) != open;
    }
    cr_expect_eq(wrong, 0, "%s: %u", lines[i], wrong);
  }
}

static void expect_days_refused(const char *line, rl_status status)
{
  static char text[4096];
  rl_universe *universe = NULL;
  rl_error error = {.text = ""};
  snprintf(text, sizeof text, "session " FX "\n%s\npair EUR USD session=fx\n", line);
  cr_expect_eq(rl_universe_parse(text, strlen(text), "u.txt", &universe, &error), status, "%s",
               line);
  cr_expect_eq(error.line, 2, "%s: line %u", line, error.line);
  cr_expect_str_eq(error.field, "closed", "%s", line);
}

Test(market_session, bad_day_off_is_refused_with_its_line)
{
  static const char *const lines[] = {
    "closed", "closed fx", "closed gx 12-25", "closed fx 12-25 12-25", "closed fx 12-32",
    "closed fx 13-01", "closed fx 00-01", "closed fx 02-30", "closed fx 1-1",
    "closed fx 2026-4-3", "closed fx 2025-02-29", "closed fx 12-25,", "closed fx 12.25",
    "closed fx 2026/04-03", "closed fx 0000-01-01", "closed fx x2-25", "closed fx -2-25",
    "closed fx 2026-04-03 2026-04-03"};
  for (unsigned i = 0; i < sizeof lines / sizeof *lines; i++)
    expect_days_refused(lines[i], RL_INVALID);
  static char many[3072];
  size_t used = (size_t)snprintf(many, sizeof many, "closed fx");
  for (unsigned i = 0; i <= RL_DAYS_OFF_MAX; i++)
    used += (size_t)snprintf(many + used, sizeof many - used, " %04u-01-01", 2000 + i);
  expect_days_refused(many, RL_OUT_OF_RANGE);
}

/* --- in the universe --- */

static void expect_refused(const char *line, rl_status status)
{
  char text[1024];
  rl_universe *universe = NULL;
  rl_error error = {.text = ""};
  snprintf(text, sizeof text, "pair CHF EUR\n%s\npair EUR USD session=fx\n", line);
  cr_expect_eq(rl_universe_parse(text, strlen(text), "u.txt", &universe, &error), status, "%s",
               line);
  cr_expect_eq(error.line, 2, "%s: line %u", line, error.line);
  cr_expect_str_eq(error.field, "session", "%s", line);
  cr_expect_null(universe);
}

Test(market_session, bad_session_is_refused_with_its_line)
{
  static const char *const lines[] = {
    "session",
    "session fx",
    "session a_name_of_fiftee UTC Sunday 17:00 - Friday 17:00",
    "session fx Europe/Atlantis Sunday 17:00 - Friday 17:00",
    "session fx UTC Sunday",
    "session fx UTC Sunday 17:00",
    "session fx UTC Sunday 17:00 -",
    "session fx UTC Sunday 17:00 - Friday",
    "session fx UTC Sunday 17:00 Friday 17:00",
    "session fx UTC Sunday 17:00, Friday 17:00",
    "session fx UTC Sunday 17:00 - Friday 17:00,",
    "session fx UTC Sunday 17:00 - Friday 17:00 ,",
    "session fx UTC , Sunday 17:00 - Friday 17:00",
    "session fx UTC Sunday 17:00 - Friday 17:00 Saturday 00:00 - Saturday 01:00",
    "session fx UTC sunday 17:00 - Friday 17:00",
    "session fx UTC Sonntag 17:00 - Friday 17:00",
    "session fx UTC Sunday 17 - Friday 17:00",
    "session fx UTC Sunday 24:01 - Friday 17:00",
    "session fx UTC Sunday 23:60 - Friday 17:00",
    "session fx UTC Sunday 1x:00 - Friday 17:00",
    "session fx UTC Sunday 17:0x - Friday 17:00",
    "session fx UTC Sunday 17.00 - Friday 17:00",
    "session fx UTC Sunday 017:00 - Friday 17:00",
    "session fx UTC Sunday , - Friday 17:00",
    "session fx UTC Sunday 17:00 - Sunday 17:00",
    "session fx UTC Sunday 00:00 - Saturday 24:00",
    "session fx UTC Monday 09:00 - Monday 12:00, Monday 11:59 - Monday 15:00",
    "session fx UTC Monday 11:59 - Monday 15:00, Monday 09:00 - Monday 12:00",
    "session fx UTC Monday 09:00 - Monday 12:00, Monday 09:00 - Monday 12:00",
    "session fx UTC Monday 09:00 - Friday 12:00, Tuesday 09:00 - Tuesday 12:00",
    "session fx UTC Saturday 09:00 - Monday 12:00, Monday 11:00 - Monday 15:00",
    "pair EUR USD session=fx",
    "pair EUR USD session=",
    "pair EUR USD session=FX",
  };
  for (unsigned i = 0; i < sizeof lines / sizeof *lines; i++)
    expect_refused(lines[i], RL_INVALID);
  expect_refused("session fx UTC Monday 00:00 - Monday 00:01, Monday 01:00 - Monday 01:01, "
                 "Monday 02:00 - Monday 02:01, Monday 03:00 - Monday 03:01, "
                 "Monday 04:00 - Monday 04:01, Monday 05:00 - Monday 05:01, "
                 "Monday 06:00 - Monday 06:01, Monday 07:00 - Monday 07:01, "
                 "Monday 08:00 - Monday 08:01, Monday 09:00 - Monday 09:01, "
                 "Monday 10:00 - Monday 10:01, Monday 11:00 - Monday 11:01, "
                 "Monday 12:00 - Monday 12:01, Monday 13:00 - Monday 13:01, "
                 "Monday 14:00 - Monday 14:01, Monday 15:00 - Monday 15:01, "
                 "Monday 16:00 - Monday 16:01",
                 RL_OUT_OF_RANGE);
}

/* Sixty-four sessions of one minute each, of which every pair has one; the next is too many. */
Test(market_session, universe_has_room_for_so_many_sessions_and_no_more)
{
  static char text[16384];
  size_t used = 0;
  rl_universe *universe = NULL;
  rl_error error = {.text = ""};
  for (unsigned i = 0; i <= RL_SESSIONS_MAX; i++) {
    used += (size_t)snprintf(text + used, sizeof text - used,
                             "session s%u UTC Monday 00:%02u - Monday 01:00\n", i, i % 60);
    if (i + 1 < RL_SESSIONS_MAX)
      continue;
    char *pair = text + used;
    snprintf(pair, sizeof text - used, "pair EUR USD session=s%u\n", i);
    rl_status status = rl_universe_parse(text, strlen(text), "u.txt", &universe, &error);
    cr_expect_eq(status, i < RL_SESSIONS_MAX ? RL_OK : RL_OUT_OF_RANGE);
  }
  cr_expect_eq(error.line, RL_SESSIONS_MAX + 1);
  cr_expect_eq(rl_universe_pair_spec(universe, (rl_pair){0})->session, RL_SESSIONS_MAX);
  cr_expect(rl_universe_is_open(universe, (rl_pair){0}, utc_of("2026-01-12", 0, 3)));
  cr_expect_not(rl_universe_is_open(universe, (rl_pair){0}, utc_of("2026-01-12", 0, 2)));
  rl_universe_destroy(universe);
}

Test(market_session, name_twice_is_refused)
{
  static const char text[] = "session fx UTC Monday 00:00 - Monday 01:00\n"
                             "session fx UTC Monday 00:00 - Monday 01:00\npair EUR USD\n";
  rl_universe *universe = NULL;
  rl_error error = {.text = ""};
  cr_expect_eq(rl_universe_parse(text, sizeof text - 1, "u", &universe, &error), RL_INVALID);
  cr_expect_eq(error.line, 2);
}

Test(market_session, builtin_pairs_follow_the_week_in_new_york)
{
  rl_world world = world_of(rl_universe_builtin_text());
  for (unsigned i = 0; i < rl_universe_pair_count(world.universe); i++) {
    rl_pair pair = {(uint16_t)i};
    cr_expect(rl_universe_is_open(world.universe, pair, utc_of("2026-11-20", 21, 59)));
    cr_expect_not(rl_universe_is_open(world.universe, pair, utc_of("2026-11-20", 22, 0)));
    cr_expect_not(rl_universe_is_open(world.universe, pair, utc_of("2026-12-25", 12, 0)));
    cr_expect_not(rl_universe_is_open(world.universe, pair, utc_of("2026-01-01", 12, 0)));
    cr_expect(rl_universe_is_open(world.universe, pair, utc_of("2026-12-24", 12, 0)));
  }
  world_end(&world);
}

Test(market_session, snapshot_is_closed_when_a_leg_is)
{
  rl_world world = world_of("order GBP USD CHF\npivot USD\n"
                            "session day UTC Monday 08:00 - Monday 18:00\n"
                            "session early UTC Monday 06:00 - Monday 12:00\n"
                            "pair GBP USD session=day\npair USD CHF session=early\npair USD JPY\n");
  rl_source a = world_live(&world, "a");
  static const struct {
    unsigned hour, minute;
    bool gbpusd, usdchf, gbpchf; /* closed */
  } times[] = {{5, 59, true, true, true},   {6, 0, true, false, true},  {8, 0, false, false, false},
               {12, 0, false, true, true}, {18, 0, true, true, true}};
  world.now.utc = utc_of("2026-01-12", 0, 0);
  for (unsigned i = 0; i < sizeof times / sizeof *times; i++) {
    rl_snapshot out;
    world.now.utc = utc_of("2026-01-12", times[i].hour, times[i].minute);
    world_say(&world, a, "GBPUSD", 13284, 13286);
    world_say(&world, a, "USDCHF", 8312, 8314);
    world_say(&world, a, "USDJPY", 15123, 15124);
    cr_assert_eq(world_snapshot(&world, "GBP", "USD", &out), RL_REFUSAL_NONE);
    cr_expect_eq(out.conditions.closed, times[i].gbpusd, "at %u", times[i].hour);
    cr_assert_eq(world_snapshot(&world, "CHF", "USD", &out), RL_REFUSAL_NONE);
    cr_expect_eq(out.conditions.closed, times[i].usdchf, "at %u", times[i].hour);
    cr_assert_eq(world_snapshot(&world, "CHF", "GBP", &out), RL_REFUSAL_NONE);
    cr_expect_eq(out.conditions.closed, times[i].gbpchf, "at %u", times[i].hour);
    cr_assert_eq(world_snapshot(&world, "USD", "JPY", &out), RL_REFUSAL_NONE);
    cr_expect_not(out.conditions.closed, "no session: always open");
  }
  world_end(&world);
}
