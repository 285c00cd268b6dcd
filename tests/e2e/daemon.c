#include "daemon.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static daemon_programs programs;
static char directory[64];
static char quotes_url[96], feed_url[96], universe[96];
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
  FILE *file = fopen(universe, "w");
  need(file != NULL, universe);
  fputs("order EUR USD\npivot USD\npair EUR USD scale=5 max_age_ms=86400000\n", file);
  need(fclose(file) == 0, universe);
  need(setenv("RATELOCK_DATA", directory, 1) == 0 && unsetenv("RATELOCK_URL") == 0, "setenv");
}

void daemon_start(void)
{
  char *daemon[] = {(char *)programs.ratelockd, "--universe", universe, "--locks", "65536",
                    "--store-size", "1", NULL};
  char *feed[] = {(char *)programs.push_ticks, feed_url, "alpha", "EURUSD", "1.1250", "1.1252",
                  NULL};
  char *answers[] = {(char *)programs.ratelock, "ping", "--answer", "60s", NULL};
  char *ready[] = {(char *)programs.ratelock, "ping", "--ready", "60s", NULL};
  engine = start_program(daemon, true);
  need(runs_well(answers), "the engine does not answer");
  pid_t pushing = start_program(feed, true);
  need(runs_well(ready), "the engine has no rates");
  kill(pushing, SIGKILL);
  status_of(pushing);
}

bool daemon_end(int signal)
{
  kill(engine, signal);
  int status = status_of(engine);
  return signal == SIGTERM ? status == 0 : WIFSIGNALED(status) && WTERMSIG(status) == signal;
}

bool daemon_ledger_is_proved(void)
{
  char *words[] = {(char *)programs.ratelock, "ledger", "verify", NULL};
  return runs_well(words);
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
