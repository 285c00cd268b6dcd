/* Runs a program beside a PostgreSQL server of its own, whose URL it finds in RL_TEST_POSTGRES:
 * with_postgres PROGRAM ARGUMENT… */
#include "support/postgres.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static test_postgres server;

int main(int argc, char **argv)
{
  pid_t pid;
  int status = 1;
  postgres_make(&server);
  if (argc < 2 || setenv("RL_TEST_POSTGRES", server.url, 1) != 0
      || posix_spawn(&pid, argv[1], NULL, NULL, argv + 1, environ) != 0
      || waitpid(pid, &status, 0) != pid) {
    perror("with_postgres");
    return 1;
  }
  postgres_remove(&server);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
