/* What the handlers' programs share: exit codes, errors for people, signals, files, options.
 * Not for other code: it prints, and it holds the process's signal state. */
#pragma once

#include "feeds/feed.h"
#include "feeds/text.h"

#include <argp.h>
#include <stdbool.h>

typedef enum rl_exit {
  RL_EXIT_DONE = 0,
  RL_EXIT_FAILED = 1,    /* refused, or it failed: stderr says why */
  RL_EXIT_USAGE = 2,     /* the command line is wrong */
  RL_EXIT_NO_ENGINE = 3, /* no engine listens, or it takes nothing */
} rl_exit;

/* Once, first thing in main: argp's exit code and version, and SIGINT and SIGTERM, which from
 * then on only make rl_program_stopped() true. A second signal ends the process at once. */
void rl_program_begin(const char *name);
bool rl_program_stopped(void);

/* Sleeps until that instant of the boot clock, or until a signal asks to stop. */
void rl_program_sleep_until(rl_mono when);

/* "NAME: MESSAGE" on stderr, the name in colour on a terminal. */
void rl_program_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Says the error; RL_EXIT_FAILED. */
int rl_program_fail(const rl_error *error);
/* The same for a feed that did not connect: RL_EXIT_NO_ENGINE when nobody listens, RL_EXIT_USAGE
 * when an option cannot be. */
int rl_program_fail_feed(rl_status status, const rl_error *error);
/* The same for a push or flush that came to `status`. */
int rl_program_fail_push(rl_status status, const char *url);

/* Replaces the file in one step: a reader sees the old bytes or the new, never half. */
RL_MUST_USE rl_status rl_file_write(const char *path, const char *bytes, size_t size,
                                    rl_error *error);

/* Values of options. Each ends the program with RL_EXIT_USAGE and a sentence when `text` is not
 * what the option `name` takes. */
uint64_t rl_option_number(const struct argp_state *state, const char *name, const char *text,
                          uint64_t low, uint64_t high);
/* Milliseconds from low to high; with a sign where low is negative. */
int64_t rl_option_duration(const struct argp_state *state, const char *name, const char *text,
                           int64_t low_ms, int64_t high_ms);

/* The options that every handler has; give this as a child of the program's own argp, with an
 * rl_engine_options as its input. */
typedef struct rl_engine_options {
  const char *url;     /* --engine, or rl_feed_default_url(); NULL if neither can be had */
  uint32_t timeout_ms; /* --wait: at most a minute, for a send cannot be interrupted */
} rl_engine_options;
#define RL_ENGINE_OPTIONS_DEFAULT ((rl_engine_options){.timeout_ms = 2000})
extern const struct argp rl_engine_argp;
