#include "feeds/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const char *program_name = "ratelock-feed";
static volatile sig_atomic_t stop_asked;
/* Wakes a sleep: a flag alone would be missed by a signal that comes just before the sleep. */
static int stop_fd = -1;

static void on_stop(int signal_number)
{
  (void)signal_number;
  int saved = errno;
  uint64_t one = 1;
  stop_asked = 1;
  if (write(stop_fd, &one, sizeof one) < 0)
    _exit(RL_EXIT_FAILED);
  errno = saved;
}

static void print_version(FILE *stream, struct argp_state *state)
{
  (void)state;
  fprintf(stream, "%s %s\n", program_name, RL_VERSION);
}

void rl_program_begin(const char *name)
{
  program_name = name;
  argp_err_exit_status = RL_EXIT_USAGE;
  argp_program_version_hook = print_version;
  stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  RL_ASSERT(stop_fd >= 0);
  struct sigaction action = {.sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

bool rl_program_stopped(void)
{
  return stop_asked;
}

void rl_program_sleep_until(rl_mono when)
{
  rl_clock clock = rl_clock_system();
  for (;;) {
    int64_t left_ns = when.ns - rl_clock_read(&clock).mono.ns;
    if (left_ns <= 0 || stop_asked)
      return;
    /* In slices: poll's clock stands still while the machine is suspended, the boot clock not. */
    struct timespec slice = {.tv_sec = left_ns >= 1000000000 ? 1 : 0,
                             .tv_nsec = left_ns >= 1000000000 ? 0 : (long)left_ns};
    struct pollfd stop = {.fd = stop_fd, .events = POLLIN};
    ppoll(&stop, 1, &slice, NULL);
  }
}

void rl_program_say(const char *format, ...)
{
  const char *color = isatty(STDERR_FILENO) ? "\033[1m" : "";
  const char *plain = isatty(STDERR_FILENO) ? "\033[0m" : "";
  char message[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  fprintf(stderr, "%s%s:%s %s\n", color, program_name, plain, message);
}

int rl_program_fail(const rl_error *error)
{
  char line[1024];
  rl_error_format(error, line, sizeof line);
  rl_program_say("%s", line);
  return RL_EXIT_FAILED;
}

int rl_program_fail_feed(rl_status status, const rl_error *error)
{
  rl_program_fail(error);
  if (status == RL_INVALID || status == RL_OUT_OF_RANGE)
    return RL_EXIT_USAGE;
  return status == RL_UNREACHABLE ? RL_EXIT_NO_ENGINE : RL_EXIT_FAILED;
}

int rl_program_fail_push(rl_status status, const char *url)
{
  if (status == RL_TIMEOUT) {
    rl_program_say("%s: the engine takes no ticks: look whether it still runs", url);
    return RL_EXIT_NO_ENGINE;
  }
  rl_program_say("%s: %s", url, rl_status_text(status));
  return RL_EXIT_FAILED;
}

static bool write_all(const char *path, const char *bytes, size_t size)
{
  FILE *file = fopen(path, "we");
  if (!file)
    return false;
  bool written = fwrite(bytes, 1, size, file) == size;
  return (fclose(file) == 0) && written;
}

rl_status rl_file_write(const char *path, const char *bytes, size_t size, rl_error *error)
{
  char fresh[4096];
  int length = snprintf(fresh, sizeof fresh, "%s.new", path);
  if (length < 0 || (size_t)length >= sizeof fresh)
    return rl_fail(error, RL_OUT_OF_RANGE, NULL, 0, NULL, "the file's name is too long");
  if (!write_all(fresh, bytes, size) || rename(fresh, path) != 0) {
    rl_status status = rl_fail(error, errno == ENOSPC ? RL_NO_SPACE : RL_IO, path, 0, NULL,
                               "cannot be written: %s", strerror(errno));
    unlink(fresh);
    return status;
  }
  return RL_OK;
}

uint64_t rl_option_number(const struct argp_state *state, const char *name, const char *text,
                          uint64_t low, uint64_t high)
{
  uint64_t value = 0;
  if (rl_digits_parse(text, strlen(text), high, &value) != RL_OK || value < low)
    argp_error(state, "--%s %s: expected a whole number from %llu to %llu", name, text,
               (unsigned long long)low, (unsigned long long)high);
  return value;
}

int64_t rl_option_duration(const struct argp_state *state, const char *name, const char *text,
                           int64_t low_ms, int64_t high_ms)
{
  size_t sign = low_ms < 0 && (text[0] == '+' || text[0] == '-');
  uint64_t length_ms = 0;
  if (rl_duration_parse(text + sign, strlen(text + sign), &length_ms) != RL_OK)
    argp_error(state, "--%s %s: expected a duration such as 250ms, 30s, 5m or 24h", name, text);
  int64_t ms = text[0] == '-' ? -(int64_t)length_ms : (int64_t)length_ms;
  char low[RL_DURATION_TEXT_SIZE], high[RL_DURATION_TEXT_SIZE];
  rl_duration_format((uint64_t)(low_ms < 0 ? -low_ms : low_ms), low);
  rl_duration_format((uint64_t)high_ms, high);
  if (ms < low_ms || ms > high_ms)
    argp_error(state, "--%s %s: expected %s%s to %s", name, text, low_ms < 0 ? "-" : "", low, high);
  return ms;
}

enum { OPTION_ENGINE = 0x1000, OPTION_WAIT };

static error_t parse_engine_option(int key, char *value, struct argp_state *state)
{
  rl_engine_options *options = state->input;
  switch (key) {
  case OPTION_ENGINE:
    options->url = value;
    return 0;
  case OPTION_WAIT:
    options->timeout_ms = (uint32_t)rl_option_duration(state, "wait", value, 1, 60000);
    return 0;
  case ARGP_KEY_END:
    if (!options->url)
      options->url = rl_feed_default_url();
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option engine_options[] = {
  {0, 0, 0, 0, "The engine:", 10},
  {"engine", OPTION_ENGINE, "URL", 0,
   "Its feed socket (default: $RATELOCK_FEED_URL, or feed.ipc in the data directory)", 0},
  {"wait", OPTION_WAIT, "DURATION", 0,
   "How long to wait for it to listen, and to take a batch (default 2s)", 0},
  {0},
};
const struct argp rl_engine_argp = {.options = engine_options, .parser = parse_engine_option};
