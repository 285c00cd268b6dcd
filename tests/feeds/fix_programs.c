#include "fix_programs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define VENUE FEED_PROGRAMS "/fix_venue"
#define PATIENCE_MS 10000

char venue_port[8];
static rl_child venue;
static char venue_folder[96];
static char venue_input[128];
static int venue_fd = -1;

static const char *venue_text(void)
{
  static char text[1 << 18];
  text[rl_read_file(venue.out_path, text, sizeof text - 1)] = '\0';
  return text;
}

unsigned rl_venue_told(const char *text)
{
  unsigned times = 0;
  for (const char *at = venue_text(); (at = strstr(at, text)); at += strlen(text))
    times++;
  return times;
}

void rl_venue_await(const char *text, unsigned times)
{
  for (int left_ms = PATIENCE_MS; left_ms > 0; left_ms -= 5) {
    if (rl_venue_told(text) >= times)
      return;
    poll(NULL, 0, 5);
  }
  cr_assert_fail("the venue did not tell \"%s\" %u times, but: %s", text, times, venue_text());
}

static void start_venue(const char *password)
{
  rl_child_start(&venue, venue_folder, venue_input, (const char *const[]){VENUE, password, NULL});
  rl_venue_await("port ", 1);
  cr_assert_eq(sscanf(strstr(venue_text(), "port "), "port %7[0-9]", venue_port), 1);
}

static void end_venue(void)
{
  rl_child_end(&venue);
  venue.pid = 0;
}

void rl_fix_set_up(void)
{
  rl_programs_set_up();
  snprintf(venue_folder, sizeof venue_folder, "%s/venue", engine.folder);
  snprintf(venue_input, sizeof venue_input, "%s/input", venue_folder);
  cr_assert_eq(mkdir(venue_folder, 0700), 0);
  cr_assert_eq(mkfifo(venue_input, 0600), 0);
  /* Both ways, so that opening waits for nobody. */
  venue_fd = open(venue_input, O_RDWR | O_CLOEXEC);
  cr_assert(venue_fd >= 0);
  start_venue(NULL);
}

void rl_fix_tear_down(void)
{
  end_venue();
  rl_child_end(&child);
  child.pid = 0;
  close(venue_fd);
  unlink(venue_input);
  rmdir(venue_folder);
  rl_programs_tear_down();
}

void rl_venue_restart(const char *password)
{
  end_venue();
  start_venue(password);
}

void rl_venue_do(const char *format, ...)
{
  char line[8192];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line - 1, format, arguments);
  va_end(arguments);
  cr_assert(length > 0 && (size_t)length < sizeof line - 1);
  line[length++] = '\n';
  cr_assert_eq(write(venue_fd, line, (size_t)length), length);
}

void rl_venue_signal(int signal_number)
{
  kill(venue.pid, signal_number);
}

void rl_venue_snapshot(void)
{
  rl_venue_do("send 35=W|262=$EUR/USD|55=EUR/USD|268=2|269=0|278=b1|270=1.1250|271=1000000|"
              "269=1|278=o1|270=1.1252|271=1000000");
  rl_expect_tick(11250, 11252);
}

static uint64_t at_scale_four(uint64_t mantissa)
{
  cr_assert_leq(tick.scale, 4);
  for (uint64_t i = tick.scale; i < 4; i++)
    mantissa *= 10;
  return mantissa;
}

void rl_expect_tick(uint64_t bid, uint64_t ask)
{
  cr_assert(rl_pull_tick(&engine, &tick), "no tick; the handler's log: %s", child.err_path);
  cr_assert_not(tick.withdrawn);
  cr_assert_eq(at_scale_four(tick.bid), bid, "%llu", (unsigned long long)tick.bid);
  cr_assert_eq(at_scale_four(tick.ask), ask, "%llu", (unsigned long long)tick.ask);
}

void rl_expect_withdrawn(void)
{
  cr_assert(rl_pull_tick(&engine, &tick), "nothing was withdrawn");
  cr_assert(tick.withdrawn);
}

void rl_end_fix(void)
{
  kill(child.pid, SIGTERM);
  cr_assert_eq(rl_child_wait(&child), 0, "%s", child.err);
}

void rl_expect_count(const char *name, unsigned count)
{
  char expected[64];
  snprintf(expected, sizeof expected, "\"%s\":%u", name, count);
  const char *found = strstr(child.out, expected);
  cr_assert(found && (found[strlen(expected)] == ',' || found[strlen(expected)] == '}'),
            "expected %s in: %s", expected, child.out);
}
