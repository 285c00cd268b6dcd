#include "support/nats.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TRIES_MAX = 3000, TRY_MS = 10 };

static void need(int holds, const char *what)
{
  if (holds)
    return;
  perror(what);
  exit(1);
}

/* The server writes "nats-server_PID.ports" once it listens. */
static void ports_file(const test_nats *server, char path[128])
{
  snprintf(path, 128, "%s/nats-server_%d.ports", server->directory, (int)server->pid);
}

static int read_port(test_nats *server)
{
  char path[128], text[512];
  ports_file(server, path);
  FILE *file = fopen(path, "r");
  if (!file)
    return 0;
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  fclose(file);
  const char *at = strstr(text, "nats://127.0.0.1:");
  return at && sscanf(at, "nats://127.0.0.1:%u", &server->port) == 1;
}

static void run_server(const test_nats *server, const char *port)
{
  char log[96];
  snprintf(log, sizeof log, "%s/log", server->directory);
  need(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "prctl");
  int file = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  need(file >= 0 && dup2(file, 1) == 1 && dup2(file, 2) == 2, log);
  execl(RL_NATS_SERVER, "nats-server", "-a", "127.0.0.1", "-p", port, "--ports_file_dir",
        server->directory, (char *)NULL);
  perror(RL_NATS_SERVER);
  _exit(1);
}

void nats_start(test_nats *server)
{
  char port[16];
  snprintf(port, sizeof port, "%d", server->port ? (int)server->port : -1);
  server->pid = fork();
  need(server->pid >= 0, "fork");
  if (server->pid == 0)
    run_server(server, port);
  for (unsigned i = 0; !read_port(server); i++) {
    need(i < TRIES_MAX && waitpid(server->pid, NULL, WNOHANG) == 0, "nats-server does not start");
    poll(NULL, 0, TRY_MS);
  }
  snprintf(server->url, sizeof server->url, "nats://127.0.0.1:%u", server->port);
}

static test_nats *made;
static pid_t maker;

static void remove_made(void)
{
  if (made && getpid() == maker)
    nats_remove(made);
}

void nats_make(test_nats *server)
{
  static int registered;
  *server = (test_nats){.directory = "/tmp/ratelock-nats-XXXXXX"};
  need(mkdtemp(server->directory) != NULL, server->directory);
  need(registered || atexit(remove_made) == 0, "atexit");
  registered = 1;
  made = server;
  maker = getpid();
  nats_start(server);
}

static void forget(test_nats *server)
{
  char path[128];
  ports_file(server, path);
  unlink(path);
  server->pid = 0;
}

void nats_kill(test_nats *server)
{
  need(kill(server->pid, SIGKILL) == 0, "the server is not there");
  while (waitpid(server->pid, NULL, 0) < 0)
    need(errno == EINTR, "waitpid");
  forget(server);
}

void nats_freeze(const test_nats *server)
{
  need(kill(server->pid, SIGSTOP) == 0, "the server is not there");
}

void nats_thaw(const test_nats *server)
{
  need(kill(server->pid, SIGCONT) == 0, "the server is not there");
}

void nats_remove(test_nats *server)
{
  char log[96];
  if (server->pid)
    nats_kill(server);
  snprintf(log, sizeof log, "%s/log", server->directory);
  unlink(log);
  rmdir(server->directory);
  made = NULL;
}
