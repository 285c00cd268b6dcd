#include "daemon.h"

#include "faults/intercept.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static daemon_programs programs;
static char directory[64];
static char quotes_url[96], feed_url[96], universe[96], armed[96];
static pid_t engine;

static void need(bool holds, const char *what)
{
  if (holds)
    return;
  perror(what);
  exit(1);
}

static pid_t start_program(char *const *words, bool quiet)
{
  posix_spawn_file_actions_t actions;
  pid_t pid;
  posix_spawn_file_actions_init(&actions);
  if (quiet)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  need(posix_spawn(&pid, words[0], &actions, NULL, words, environ) == 0, words[0]);
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

static int status_of(pid_t pid)
{
  int status = -1;
  while (waitpid(pid, &status, 0) != pid)
    continue;
  return status;
}

static bool runs_well(char *const *words)
{
  return status_of(start_program(words, true)) == 0;
}

void daemon_prepare(const daemon_programs *with)
{
  programs = *with;
  snprintf(directory, sizeof directory, "/tmp/ratelock-e2e-XXXXXX");
  need(mkdtemp(directory) != NULL, directory);
  snprintf(quotes_url, sizeof quotes_url, "ipc://%s/quotes.ipc", directory);
  snprintf(feed_url, sizeof feed_url, "ipc://%s/feed.ipc", directory);
  snprintf(universe, sizeof universe, "%s/universe", directory);
  snprintf(armed, sizeof armed, "%s/armed", directory);
  FILE *file = fopen(universe, "w");
  need(file != NULL, universe);
  fputs("order EUR USD\npivot USD\npair EUR USD scale=5 max_age_ms=86400000\n", file);
  need(fclose(file) == 0, universe);
  need(setenv("RATELOCK_DATA", directory, 1) == 0 && unsetenv("RATELOCK_URL") == 0, "setenv");
}

/* --- faults --- */

static void set(const char *name, const char *value)
{
  need((value ? setenv(name, value, 1) : unsetenv(name)) == 0, name);
}

static void set_fault(const daemon_fault *fault)
{
  char at[16];
  snprintf(at, sizeof at, "%u", fault->at);
  set(INTERCEPT_UNDER, directory);
  set(INTERCEPT_KIND, fault->kind);
  set(INTERCEPT_ON, fault->on);
  set(INTERCEPT_AT, at);
  set(INTERCEPT_ARMED, fault->at_start ? NULL : armed);
  set("LD_PRELOAD", programs.intercept);
  set("ASAN_OPTIONS", "verify_asan_link_order=0"); /* which wants to be the first of all */
}

void daemon_arm(void)
{
  int made = open(armed, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  need(made >= 0, armed);
  close(made);
}

static void start_engine(const daemon_fault *fault)
{
  char *daemon[] = {(char *)programs.ratelockd, "--universe", universe, "--locks", "65536",
                    "--store-size", "1", NULL};
  unlink(armed);
  if (fault)
    set_fault(fault);
  engine = start_program(daemon, true);
  set("LD_PRELOAD", NULL);
  set("ASAN_OPTIONS", NULL);
}

/* --- start and end --- */

static bool was_killed(int status)
{
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/* Waits for the one program or for the engine's end, whichever is first. */
static bool runs_well_beside_engine(char *const *words)
{
  pid_t pid = start_program(words, true);
  int status = -1;
  pid_t ended = waitpid(-1, &status, 0);
  if (ended == pid)
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  need(ended == engine && was_killed(status), "the engine ended by itself");
  engine = 0;
  kill(pid, SIGKILL);
  (void)status_of(pid);
  return false;
}

bool daemon_start(const daemon_fault *fault)
{
  char *feed[] = {(char *)programs.push_ticks, feed_url, "alpha", "EURUSD", "1.1250", "1.1252",
                  NULL};
  char *answers[] = {(char *)programs.ratelock, "ping", "--answer", "60s", NULL};
  char *ready[] = {(char *)programs.ratelock, "ping", "--ready", "60s", NULL};
  start_engine(fault);
  if (!runs_well_beside_engine(answers)) {
    need(engine == 0, "the engine does not answer");
    return false;
  }
  pid_t pushing = start_program(feed, true);
  need(runs_well(ready), "the engine has no rates");
  kill(pushing, SIGKILL);
  status_of(pushing);
  return true;
}

bool daemon_end(int signal)
{
  kill(engine, signal);
  int status = status_of(engine);
  return signal == SIGTERM ? status == 0 : was_killed(status);
}

bool daemon_end_or_be_killed(void)
{
  kill(engine, SIGTERM);
  int status = status_of(engine);
  return status == 0 || was_killed(status);
}

bool daemon_await_kill(unsigned timeout_ms)
{
  int handle = (int)syscall(SYS_pidfd_open, engine, 0);
  need(handle >= 0, "pidfd_open");
  struct pollfd wait = {.fd = handle, .events = POLLIN};
  bool ended = poll(&wait, 1, (int)timeout_ms) == 1;
  close(handle);
  if (!ended)
    return false;
  return was_killed(status_of(engine));
}

/* --- what programs say, as JSON --- */

typedef struct answer {
  char text[4096];
} answer;

static bool ask(const char *words, answer *out)
{
  char command[256];
  snprintf(command, sizeof command, "%s %s --json", programs.ratelock, words);
  FILE *pipe = popen(command, "r");
  need(pipe != NULL, command);
  size_t length = fread(out->text, 1, sizeof out->text - 1, pipe);
  out->text[length] = '\0';
  return pclose(pipe) == 0;
}

/* The first field of this name. */
static bool take_number(const answer *from, const char *name, uint64_t *out)
{
  char field[32];
  snprintf(field, sizeof field, "\"%s\": ", name);
  const char *at = strstr(from->text, field);
  if (!at)
    return false;
  *out = strtoull(at + strlen(field), NULL, 10);
  return true;
}

bool daemon_prove_ledger(daemon_ledger *out)
{
  answer said;
  return ask("ledger verify", &said) && take_number(&said, "quotes", &out->quotes)
         && take_number(&said, "ends", &out->ends)
         && take_number(&said, "consumed", &out->consumed);
}

bool daemon_ask_exposure(daemon_exposure *out)
{
  answer said;
  return ask("exposure", &said) && take_number(&said, "locks", &out->locks)
         && take_number(&said, "notional", &out->notional_minor);
}

const char *daemon_url(void)
{
  return quotes_url;
}

void daemon_remove(void)
{
  char *words[] = {"/bin/rm", "-rf", directory, NULL};
  need(runs_well(words), directory);
}
