/* What the tests of the handlers' programs share: an engine's side that listens, a program that is
 * run against it, a file to give it, and what it said. */
#pragma once

#include "child.h"
#include "pull.h"

#define ECB FEED_PROGRAMS "/ratelock-feed-ecb"
#define TICKS FEED_PROGRAMS "/ratelock-feed-ticks"
#define SIM FEED_PROGRAMS "/ratelock-feed-sim"
#define EXAMPLE FEED_PROGRAMS "/ratelock-feed-example"
#define FIXTURE FEED_FOLDER "/fixtures/ecb-daily.xml"

extern rl_pull engine;
extern rl_child child;
extern rl_feed_tick tick;
/* Names of files in the engine's folder, which may be written; removed at the end. */
extern char file[128];
extern char copy[128];

/* For TestSuite's .init and .fini. */
void rl_programs_set_up(void);
void rl_programs_tear_down(void);

#define START(...) \
  rl_child_start(&child, engine.folder, NULL, (const char *const[]){__VA_ARGS__, NULL})
#define RUN(...) (START(__VA_ARGS__), rl_child_wait(&child))

void rl_write_file(const char *text);
size_t rl_read_file(const char *path, char *bytes, size_t size);
/* That the program's stderr, or stdout, has this in it. */
void rl_expect_said(const char *text);
void rl_expect_printed(const char *text);
/* Waits until the running program has said it on stderr, at most five seconds. */
void rl_await_said(const char *text);
/* That no message is left. */
void rl_expect_nothing_more(void);
