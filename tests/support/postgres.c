#include "support/postgres.h"

#include "status/status.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TRIES_MAX = 6000, TRY_MS = 10, CHILDREN_MAX = 256 };

static void need(bool holds, const char *what)
{
  if (holds)
    return;
  perror(what);
  exit(1);
}

/* --- processes --- */

static void become_server(const char *log)
{
  const struct passwd *user = getuid() == 0 ? getpwnam("postgres") : NULL;
  if (getuid() == 0)
    need(user && setgid(user->pw_gid) == 0 && setuid(user->pw_uid) == 0, "user postgres");
  /* Behind the change of user, which would forget it. */
  need(prctl(PR_SET_PDEATHSIG, SIGQUIT) == 0, "prctl");
  int file = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  need(file >= 0 && dup2(file, 1) == 1 && dup2(file, 2) == 2, log);
}

static pid_t start_program(const test_postgres *server, char *const *words)
{
  char log[96];
  snprintf(log, sizeof log, "%s/log", server->directory);
  pid_t pid = fork();
  need(pid >= 0, "fork");
  if (pid == 0) {
    become_server(log);
    need(chdir(server->directory) == 0, server->directory);
    execv(words[0], words);
    perror(words[0]);
    _exit(1);
  }
  return pid;
}

static int status_of(pid_t pid)
{
  int status = -1;
  while (waitpid(pid, &status, 0) < 0)
    need(errno == EINTR, "waitpid");
  return status;
}

/* --- a cluster's life --- */

/* "guarded" is asked for a password; all others of this machine are let in. */
static void write_rules(const test_postgres *server)
{
  char path[96];
  snprintf(path, sizeof path, "%s/data/pg_hba.conf", server->directory);
  FILE *file = fopen(path, "w");
  need(file != NULL, path);
  fputs("local all guarded scram-sha-256\nlocal all all trust\n", file);
  need(fclose(file) == 0, path);
}

static test_postgres *made; /* the one that goes when the program ends, however it does */
static pid_t maker;

static void remove_made(void)
{
  if (made && getpid() == maker)
    postgres_remove(made);
}

void postgres_make(test_postgres *server)
{
  RL_ASSERT(!made);
  made = server;
  maker = getpid();
  need(atexit(remove_made) == 0, "atexit");
  *server = (test_postgres){.directory = "/tmp/ratelock-postgres-XXXXXX"};
  need(mkdtemp(server->directory) != NULL, server->directory);
  const struct passwd *user = getuid() == 0 ? getpwnam("postgres") : NULL;
  if (user)
    need(chown(server->directory, user->pw_uid, user->pw_gid) == 0, server->directory);
  /* Only the making is not synced; the server does. */
  char *words[] = {RL_POSTGRES_BIN "/initdb", "--no-sync", "--username=ratelock", "--auth=trust",
                   "--encoding=UTF8", "--locale=C", "--pgdata=data", NULL};
  need(status_of(start_program(server, words)) == 0, "initdb");
  write_rules(server);
  snprintf(server->url, sizeof server->url, "postgresql:///postgres?user=ratelock&host=%s",
           server->directory);
  postgres_start(server, NULL);
}

static pid_t start_server(const test_postgres *server, const char *setting)
{
  char sockets[128];
  snprintf(sockets, sizeof sockets, "unix_socket_directories=%s", server->directory);
  char *words[] = {RL_POSTGRES_BIN "/postgres", "-D", "data", "-c", "listen_addresses=", "-c",
                   sockets, "-c", "shared_buffers=16MB", "-c", "max_connections=40", "-c",
                   (char *)(setting ? setting : "fsync=on"), NULL};
  return start_program(server, words);
}

/* It ends at once where the last one's processes, killed a moment ago, are not all gone. */
void postgres_start(test_postgres *server, const char *setting)
{
  server->pid = start_server(server, setting);
  for (unsigned i = 0; PQping(server->url) != PQPING_OK; i++) {
    need(i < TRIES_MAX, "the server does not start");
    poll(NULL, 0, TRY_MS);
    if (waitpid(server->pid, NULL, WNOHANG) != 0)
      server->pid = start_server(server, setting);
  }
}

/* Stopped first, so that it starts no further one while they are counted. */
void postgres_kill(test_postgres *server)
{
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)server->pid, (int)server->pid);
  kill(server->pid, SIGSTOP);
  FILE *file = fopen(path, "r");
  pid_t children[CHILDREN_MAX];
  size_t count = 0;
  while (file && count < CHILDREN_MAX && fscanf(file, "%d", &children[count]) == 1)
    count++;
  if (file)
    fclose(file);
  for (size_t i = 0; i < count; i++)
    kill(children[i], SIGKILL);
  postgres_end(server, SIGKILL);
}

void postgres_end(test_postgres *server, int signal)
{
  pid_t pid = server->pid;
  server->pid = 0; /* nobody ends it a second time, whatever comes now */
  need(kill(pid, signal) == 0, "the server is not there");
  status_of(pid);
}

void postgres_copy(const test_postgres *server)
{
  char *copy[] = {"/bin/cp", "-a", "data", "copy", NULL};
  char *forget[] = {"/bin/rm", "-r", "data", NULL};
  char *move[] = {"/bin/mv", "copy", "data", NULL};
  char *const *steps[] = {copy, forget, move};
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
    need(status_of(start_program(server, steps[i])) == 0, steps[i][0]);
}

static int remove_one(const char *path, const struct stat *stat_of, int kind, struct FTW *where)
{
  (void)stat_of;
  (void)kind;
  (void)where;
  return remove(path);
}

void postgres_remove(test_postgres *server)
{
  if (server->pid)
    postgres_kill(server);
  need(nftw(server->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0, server->directory);
  made = NULL; /* its owner may be gone when the program ends */
}

/* --- statements --- */

static bool gives_true(PGconn *connection, const char *sql)
{
  PGresult *result = PQexec(connection, sql);
  ExecStatusType kind = PQresultStatus(result);
  if (kind != PGRES_COMMAND_OK && kind != PGRES_TUPLES_OK) {
    fprintf(stderr, "%s: %s", sql, PQerrorMessage(connection));
    exit(1);
  }
  bool is_true = PQntuples(result) > 0 && strcmp(PQgetvalue(result, 0, 0), "t") == 0;
  PQclear(result);
  return is_true;
}

static PGconn *session_of(const test_postgres *server)
{
  PGconn *connection = PQconnectdb(server->url);
  need(PQstatus(connection) == CONNECTION_OK, PQerrorMessage(connection));
  PQclear(PQexec(connection, "SET client_min_messages = warning"));
  return connection;
}

void postgres_run(const test_postgres *server, const char *sql)
{
  PGconn *connection = session_of(server);
  (void)gives_true(connection, sql);
  PQfinish(connection);
}

void postgres_await(const test_postgres *server, const char *sql)
{
  PGconn *connection = session_of(server);
  for (unsigned i = 0; !gives_true(connection, sql); i++) {
    need(i < TRIES_MAX, sql);
    poll(NULL, 0, TRY_MS);
  }
  PQfinish(connection);
}
