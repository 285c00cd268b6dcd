/* Lists where the built-in calendars differ from a file of holidays, for runs by hand:
 *   calendar_compare FILE.csv [FROM TO]
 * FILE has the columns calendar,date,weekday; rows on weekends are left out, for a currency
 * settles on none. Calendars that only one of the two knows are passed over. Years default to 2020
 * and 2030.
 * Ends with 0 if there is no difference. */
#include "calendar/calendar.h"
#include "paths/paths.h"
#include "status/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS 32768
#define FILE_MAX_BYTES (4u << 20)

typedef struct holidays {
  unsigned count;
  struct {
    rl_calendar calendar;
    rl_date date;
  } rows[ROWS];
} holidays;

static holidays given;

static void take_row(const rl_calendars *calendars, rl_span line)
{
  const char *comma = memchr(line.text, ',', line.length);
  if (!comma || given.count == ROWS)
    return;
  size_t name = (size_t)(comma - line.text);
  rl_calendar calendar;
  rl_date date;
  if (line.length < name + 11 || rl_date_parse(comma + 1, 10, &date) != RL_OK ||
      rl_calendar_find(calendars, line.text, name, &calendar) != RL_OK)
    return;
  given.rows[given.count].calendar = calendar;
  given.rows[given.count++].date = date;
}

static bool is_given(rl_calendar calendar, rl_date date)
{
  for (unsigned i = 0; i < given.count; i++) {
    if (given.rows[i].calendar.index == calendar.index && given.rows[i].date.day == date.day)
      return true;
  }
  return false;
}

static bool is_named(rl_calendar calendar)
{
  for (unsigned i = 0; i < given.count; i++) {
    if (given.rows[i].calendar.index == calendar.index)
      return true;
  }
  return false;
}

static unsigned compare(const rl_calendars *calendars, const char *name, rl_calendar calendar,
                        rl_date from, rl_date to)
{
  unsigned different = 0;
  for (rl_date date = from; date.day <= to.day; date.day++) {
    rl_weekday weekday = rl_date_weekday(date);
    bool holiday = !rl_calendar_is_open(calendars, calendar, date);
    if (weekday == RL_SATURDAY || weekday == RL_SUNDAY || holiday == is_given(calendar, date))
      continue;
    static const char *const names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    char text[RL_DATE_TEXT_SIZE];
    rl_date_format(date, text);
    printf("%s %s %s: %s\n", name, text, names[weekday],
           holiday ? "a holiday here, none in the file" : "none here, a holiday in the file");
    different++;
  }
  printf("%s: %u differences\n", name, different);
  return different;
}

static rl_calendars *read_all(const char *path)
{
  const char *builtin = rl_calendars_builtin_text();
  rl_calendars *calendars = NULL;
  rl_error error = {.text = ""};
  char *text = NULL, line[512];
  size_t length = 0;
  if (rl_calendars_parse(builtin, strlen(builtin), "calendars.txt", &calendars, &error) != RL_OK ||
      rl_file_read(path, FILE_MAX_BYTES, &text, &length, &error) != RL_OK) {
    rl_error_format(&error, line, sizeof line);
    fprintf(stderr, "calendar_compare: %s\n", line);
    exit(2);
  }
  rl_words words = rl_words_over(text, length, path, &error);
  while (rl_words_next_line(&words))
    take_row(calendars, words.rest);
  free(text);
  return calendars;
}

static rl_date day_of(const char *text, int32_t fallback, uint8_t month, uint8_t day)
{
  int32_t year = text ? (int32_t)strtol(text, NULL, 10) : fallback;
  return rl_date_of_civil((rl_civil){year, month, day});
}

int main(int argc, char **argv)
{
  if (argc != 2 && argc != 4) {
    fprintf(stderr, "usage: calendar_compare FILE.csv [FROM TO]\n");
    return 2;
  }
  rl_calendars *calendars = read_all(argv[1]);
  rl_date from = day_of(argc == 4 ? argv[2] : NULL, 2020, 1, 1);
  rl_date to = day_of(argc == 4 ? argv[3] : NULL, 2030, 12, 31);
  unsigned different = 0, compared = 0;
  for (unsigned i = 0; i < rl_calendars_count(calendars); i++) {
    rl_calendar calendar = {(uint8_t)i};
    if (!is_named(calendar))
      continue;
    different += compare(calendars, rl_calendar_name(calendars, calendar), calendar, from, to);
    compared++;
  }
  printf("%u calendars compared\n", compared);
  rl_calendars_destroy(calendars);
  return different == 0 ? 0 : 1;
}
