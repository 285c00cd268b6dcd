#include "clock/zone.h"

#include "status/words.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static rl_zone zone_of(const char *rule)
{
  rl_zone zone;
  cr_assert_eq(rl_zone_parse(rule, strlen(rule), &zone), RL_OK, "%s", rule);
  return zone;
}

static rl_zone zone_named(const char *name)
{
  rl_zone zone;
  cr_assert_eq(rl_zone_find(name, strlen(name), &zone), RL_OK, "%s", name);
  return zone;
}

static rl_date date_of(const char *text)
{
  rl_date date;
  cr_assert_eq(rl_date_parse(text, strlen(text), &date), RL_OK);
  return date;
}

/* At this UTC date and time the zone's clocks are so many minutes ahead; a millisecond before, so
 * many. */
static void expect_change(const char *name, const char *date, unsigned utc_minute, int before,
                          int after)
{
  rl_zone zone = zone_named(name);
  int64_t ms = rl_utc_of_date(date_of(date)).ms + utc_minute * 60000ll;
  cr_expect_eq(rl_zone_offset_s(&zone, (rl_utc){ms - 1}), before * 60, "%s before %s", name, date);
  cr_expect_eq(rl_zone_offset_s(&zone, (rl_utc){ms}), after * 60, "%s after %s", name, date);
}

Test(zone, changes_at_the_instants_people_know)
{
  expect_change("America/New_York", "2026-03-08", 7 * 60, -300, -240);
  expect_change("America/New_York", "2026-11-01", 6 * 60, -240, -300);
  expect_change("America/New_York", "1969-03-09", 7 * 60, -300, -240); /* by the rule of today */
  expect_change("Europe/London", "2026-03-29", 60, 0, 60);
  expect_change("Europe/London", "2026-10-25", 60, 60, 0);
  expect_change("Europe/Dublin", "2026-03-29", 60, 0, 60);
  expect_change("Europe/Dublin", "2026-10-25", 60, 60, 0);
  expect_change("Europe/Zurich", "2026-03-29", 60, 60, 120);
  expect_change("Europe/Paris", "2026-10-25", 60, 120, 60);
  expect_change("Australia/Sydney", "2026-04-04", 16 * 60, 660, 600);
  expect_change("Australia/Sydney", "2026-10-03", 16 * 60, 600, 660);
  expect_change("Pacific/Auckland", "2026-04-04", 14 * 60, 780, 720);
  expect_change("Pacific/Auckland", "2026-09-26", 14 * 60, 720, 780);
  expect_change("Asia/Jerusalem", "2026-03-27", 0, 120, 180);
}

Test(zone, without_summer_time_never_changes)
{
  static const struct {
    const char *name;
    int minutes;
  } fixed[] = {{"UTC", 0}, {"Asia/Tokyo", 540}, {"Asia/Singapore", 480}, {"Asia/Hong_Kong", 480},
               {"Asia/Kolkata", 330}, {"America/Sao_Paulo", -180}, {"Africa/Johannesburg", 120}};
  for (unsigned i = 0; i < sizeof fixed / sizeof *fixed; i++) {
    rl_zone zone = zone_named(fixed[i].name);
    for (int64_t ms = 1577836800000; ms < 1900000000000; ms += 7 * 86400000ll)
      cr_assert_eq(rl_zone_offset_s(&zone, (rl_utc){ms}), fixed[i].minutes * 60);
  }
}

Test(zone, understands_every_form_of_a_rule)
{
  rl_zone zone = zone_of("<+1030>-10:30:15<+11>-11,J60/0,300/-1:30");
  cr_expect_eq(zone.standard_s, 10 * 3600 + 30 * 60 + 15);
  cr_expect_eq(zone.summer_s, 11 * 3600);
  cr_expect(zone.has_summer && zone.to_summer.kind == 'J' && zone.to_summer.day == 60);
  cr_expect_eq(zone.to_summer.time_s, 0);
  cr_expect(zone.to_standard.kind == 'n' && zone.to_standard.day == 300);
  cr_expect_eq(zone.to_standard.time_s, -5400);
  zone = zone_of("NST+3:30NDT,M3.2.0/0:01,M11.1.0/0:01:30");
  cr_expect_eq(zone.standard_s, -12600);
  cr_expect_eq(zone.summer_s, -9000, "an hour ahead where nothing is said");
  cr_expect_eq(zone.to_standard.time_s, 90);
  zone = zone_of("GMT0");
  cr_expect(!zone.has_summer && zone.standard_s == 0 && zone.summer_s == 0);
}

/* J60 is 1 March in every year; 60, counted from 0, is 1 March in leap years only. */
Test(zone, days_of_the_year_are_counted_with_or_without_a_leap_day)
{
  rl_zone julian = zone_of("AAA0BBB,J60/0,J300/0"), counted = zone_of("AAA0BBB,60/0,300/0");
  const struct {
    const char *before, *julian, *counted;
  } years[] = {{"2023-02-28", "2023-03-01", "2023-03-02"},
               {"2024-02-29", "2024-03-01", "2024-03-01"}};
  for (unsigned i = 0; i < 2; i++) {
    cr_expect_eq(rl_zone_offset_s(&julian, rl_utc_of_date(date_of(years[i].before))), 0);
    cr_expect_eq(rl_zone_offset_s(&julian, rl_utc_of_date(date_of(years[i].julian))), 3600);
    cr_expect_eq(rl_zone_offset_s(&counted, rl_utc_of_date(date_of(years[i].before))), 0);
    cr_expect_eq(rl_zone_offset_s(&counted, rl_utc_of_date(date_of(years[i].counted))), 3600);
  }
}

static void expect_refused(const char *rule, rl_status status)
{
  rl_zone zone = {.standard_s = 77};
  cr_expect_eq(rl_zone_parse(rule, strlen(rule), &zone), status, "%s", rule);
  cr_expect_eq(zone.standard_s, 77, "%s: left alone", rule);
}

Test(zone, rule_of_another_form_is_refused)
{
  static const char *const wrong[] = {
    "", "EST", "5", "ES5", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,", "EST5EDT,M3.2,M11.1.0",
    "EST5EDT,M3.2.0,M11.1.0 ", "EST5EDT,M3.2.0,M11.1.0,", "EST5,M3.2.0,M11.1.0", "<EST5", "<ES>5",
    "EST5ED,M3.2.0,M11.1.0", "EST5EDT,M3.2.0/,M11.1.0", "EST5:EDT,M3.2.0,M11.1.0", "E5T5",
    "EST--5", "EST0005", "EST5EDT,J,M11.1.0", ":America/New_York", "EST5EDT,M3.2.0/1:,M11.1.0",
  };
  for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
    expect_refused(wrong[i], RL_INVALID);
}

Test(zone, number_beyond_its_bounds_is_refused)
{
  static const char *const wrong[] = {
    "EST25", "EST5:60", "EST5:00:60", "EST5EDT25,M3.2.0,M11.1.0", "EST5EDT,M13.2.0,M11.1.0",
    "EST5EDT,M0.2.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.0.0,M11.1.0",
    "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,M11.1.0", "EST5EDT,J366,M11.1.0",
    "EST5EDT,366,M11.1.0", "EST5EDT,M3.2.0/168,M11.1.0", "EST5EDT,M3.2.0/-168,M11.1.0",
  };
  for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
    expect_refused(wrong[i], RL_OUT_OF_RANGE);
  (void)zone_of("EST24:59:59EDT-24,M3.2.0/-167,M11.1.0/167");
}

/* Summer all year round is written so; nobody is in such a zone, and none is in the table. */
Test(zone, change_outside_its_year_is_refused)
{
  expect_refused("EST5EDT,0/0,J365/25", RL_OUT_OF_RANGE);
  expect_refused("EST5EDT,M1.1.0/-24,M11.1.0", RL_OUT_OF_RANGE);
  expect_refused("EST5EDT,M3.2.0,M12.5.0/25", RL_OUT_OF_RANGE);
  expect_refused("EST5EDT,M3.2.0,365/2", RL_OUT_OF_RANGE);
  (void)zone_of("EST5EDT,0/0,J365/24");
}

static int64_t utc_of(const rl_zone *zone, const char *date, unsigned minute)
{
  return rl_zone_utc(zone, date_of(date), minute).ms - rl_utc_of_date(date_of(date)).ms;
}

#define HOUR_MS 3600000ll

Test(zone, local_time_is_an_instant)
{
  rl_zone york = zone_named("America/New_York"), auckland = zone_named("Pacific/Auckland");
  cr_expect_eq(utc_of(&york, "2026-01-15", 17 * 60), 22 * HOUR_MS);
  cr_expect_eq(utc_of(&york, "2026-07-15", 17 * 60), 21 * HOUR_MS);
  cr_expect_eq(utc_of(&york, "2026-07-15", 1440), 28 * HOUR_MS);
  cr_expect_eq(utc_of(&auckland, "2026-01-15", 0), -13 * HOUR_MS);
}

Test(zone, skipped_time_is_as_much_later_as_clocks_skip)
{
  rl_zone york = zone_named("America/New_York"), dublin = zone_named("Europe/Dublin");
  cr_expect_eq(utc_of(&york, "2026-03-08", 119), 7 * HOUR_MS - 60000);
  cr_expect_eq(utc_of(&york, "2026-03-08", 120), 7 * HOUR_MS);
  cr_expect_eq(utc_of(&york, "2026-03-08", 150), 7 * HOUR_MS + 30 * 60000, "03:30 EDT");
  cr_expect_eq(utc_of(&york, "2026-03-08", 180), 7 * HOUR_MS);
  cr_expect_eq(utc_of(&dublin, "2026-03-29", 90), HOUR_MS + 30 * 60000, "02:30 IST");
}

Test(zone, time_shown_twice_is_the_first_of_the_two)
{
  rl_zone york = zone_named("America/New_York"), dublin = zone_named("Europe/Dublin");
  cr_expect_eq(utc_of(&york, "2026-11-01", 59), 4 * HOUR_MS + 59 * 60000);
  cr_expect_eq(utc_of(&york, "2026-11-01", 90), 5 * HOUR_MS + 30 * 60000, "01:30 EDT");
  cr_expect_eq(utc_of(&york, "2026-11-01", 120), 7 * HOUR_MS);
  cr_expect_eq(utc_of(&dublin, "2026-10-25", 90), 30 * 60000, "01:30 IST");
}

Test(zone, instants_beyond_all_dates_have_an_offset)
{
  rl_zone york = zone_named("America/New_York");
  cr_expect_eq(rl_zone_offset_s(&york, (rl_utc){INT64_MAX}), -5 * 3600);
  cr_expect_eq(rl_zone_offset_s(&york, (rl_utc){INT64_MIN}), -5 * 3600);
}

Test(zone, unknown_name_is_not_found)
{
  rl_zone zone = {.standard_s = 77};
  cr_expect_eq(rl_zone_find("Europe/Atlantis", 15, &zone), RL_NOT_FOUND);
  cr_expect_eq(rl_zone_find("", 0, &zone), RL_NOT_FOUND);
  cr_expect_eq(rl_zone_find("zone", 4, &zone), RL_NOT_FOUND);
  cr_expect_eq(rl_zone_find("Europe/Londo", 12, &zone), RL_NOT_FOUND);
  cr_expect_eq(zone.standard_s, 77);
}

/* --- against the machine's zone files --- */

/* A rule without history is the zone's only since then. */
static int64_t rule_began_s(const char *name)
{
  return strcmp(name, "America/Mexico_City") == 0 ? 1667174400 /* 2022-10-31 */ : 1577836800;
}

static int32_t system_offset_s(int64_t at_s)
{
  time_t time = at_s;
  struct tm parts;
  localtime_r(&time, &parts);
  return (int32_t)parts.tm_gmtoff;
}

static void compare_at(const char *name, const rl_zone *zone, int64_t at_s)
{
  cr_assert_eq(rl_zone_offset_s(zone, (rl_utc){at_s * 1000}), system_offset_s(at_s), "%s at %lld",
               name, (long long)at_s);
  cr_assert_eq(rl_zone_offset_s(zone, (rl_utc){at_s * 1000 - 1}), system_offset_s(at_s - 1),
               "%s before %lld", name, (long long)at_s);
}

/* Each day of 2020 to 2035 and, from the day before a change to the day after, each hour. */
static void compare_with_system(const char *name)
{
  rl_zone zone = zone_named(name);
  for (int64_t day_s = rule_began_s(name); day_s < 2082758400; day_s += 86400) {
    bool changes = system_offset_s(day_s - 86400) != system_offset_s(day_s + 2 * 86400);
    for (int64_t at_s = day_s; at_s < day_s + 86400; at_s += changes ? 3600 : 86400)
      compare_at(name, &zone, at_s);
  }
}

Test(zone, every_zone_of_the_table_agrees_with_the_machines)
{
  const char *text = rl_zones_builtin_text();
  rl_words words = rl_words_over(text, strlen(text), "zones.txt", NULL);
  unsigned compared = 0, named = 0;
  while (rl_words_next_line(&words)) {
    rl_span kind, name, rule;
    if (!rl_words_take(&words, &kind))
      continue;
    cr_assert(rl_span_is(kind, "zone") && rl_words_take(&words, &name) &&
              rl_words_take(&words, &rule) && rl_words_at_end(&words), "line %u", words.line);
    char zone[64], path[128], setting[80];
    snprintf(zone, sizeof zone, "%.*s", (int)name.length, name.text);
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", zone);
    (void)zone_named(zone);
    named++;
    if (access(path, R_OK) != 0)
      continue;
    snprintf(setting, sizeof setting, ":%s", zone);
    setenv("TZ", setting, 1);
    tzset();
    compare_with_system(zone);
    compared++;
  }
  fprintf(stderr, "%u zones, %u of them compared with /usr/share/zoneinfo\n", named, compared);
  cr_expect_geq(named, 10);
}
