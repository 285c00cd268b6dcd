#include "postgres/link.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

/* --- what failures mean --- */

typedef struct rl_meaning {
  const char *sqlstate; /* or its class, the first two */
  rl_status status;
} rl_meaning;

static const rl_meaning meanings[] = {
  {"40001", RL_AGAIN},       /* serialization_failure */
  {"40P01", RL_AGAIN},       /* deadlock_detected */
  {"53100", RL_NO_SPACE},    /* disk_full */
  {"53", RL_UNREACHABLE},    /* connections or memory are short: another time */
  {"08", RL_UNREACHABLE},    /* connection_exception */
  {"57", RL_UNREACHABLE},    /* shutting down, starting up, a statement's time is over */
  {"55P03", RL_UNREACHABLE}, /* lock_not_available: the turn did not come in time */
  {"25P03", RL_UNREACHABLE}, /* idle_in_transaction_session_timeout */
  {"25006", RL_UNREACHABLE}, /* read_only_sql_transaction: it has become a standby */
  {"XX001", RL_CORRUPT},     /* data_corrupted */
  {"XX002", RL_CORRUPT},     /* index_corrupted */
  {"28", RL_DENIED},         /* no such role, or not this password */
  {"42501", RL_DENIED},      /* insufficient_privilege */
  {"3D000", RL_NOT_FOUND},   /* no such database */
  {"42P0", RL_FOREIGN},      /* no such table, or one that is there already */
  {"42703", RL_FOREIGN},     /* undefined_column */
};

rl_status rl_sqlstate_status(const char *sqlstate)
{
  for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
    if (strncmp(sqlstate, meanings[i].sqlstate, strlen(meanings[i].sqlstate)) == 0)
      return meanings[i].status;
  }
  return RL_IO;
}

/* The first line, without the blanks at its end. */
static void note(rl_link *link, const char *text)
{
  size_t length = strcspn(text, "\n");
  while (length > 0 && text[length - 1] == ' ')
    length--;
  snprintf(link->trouble, sizeof link->trouble, "%.*s", (int)length, text);
}

static rl_status lose(rl_link *link, const char *why)
{
  note(link, why);
  link->undone = false;
  PQfinish(link->connection);
  link->connection = NULL;
  return RL_UNREACHABLE;
}

/* --- connecting --- */

/* A failure to connect has its SQLSTATE in the text only: "FATAL:  28P01: …", where the first
 * word is in the server's language. */
static rl_status connect_status(const char *text)
{
  for (const char *at = strstr(text, ":  "); at; at = strstr(at + 1, ":  ")) {
    if (strspn(at + 3, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5 && at[8] == ':')
      return rl_sqlstate_status(at + 3);
  }
  return RL_UNREACHABLE;
}

/* 0 when nothing came in time, as poll(). */
static int await(PGconn *connection, short events)
{
  struct pollfd socket = {.fd = PQsocket(connection), .events = events};
  int ready;
  do {
    ready = poll(&socket, 1, RL_POSTGRES_SILENCE_MS);
  } while (ready < 0 && errno == EINTR);
  return ready;
}

static PGconn *start(const char *url, bool writes)
{
  /* What stands behind the URL wins over it, what stands before gives way to it. */
  const char *names[] = {"fallback_application_name", "keepalives_idle", "keepalives_interval",
                         "keepalives_count", "tcp_user_timeout", "dbname",
                         "client_encoding", writes ? "target_session_attrs" : NULL, NULL};
  const char *values[] = {"ratelock", "5", "2", "3", "5000", url, "UTF8", "read-write", NULL};
  return PQconnectStartParams(names, values, 1);
}

static void drop_notice(void *context, const char *text)
{
  (void)context;
  (void)text;
}

rl_status rl_link_connect(rl_link *link, const char *url, bool writes)
{
  *link = (rl_link){.connection = start(url, writes)};
  if (!link->connection)
    return RL_NO_MEMORY;
  PQsetErrorVerbosity(link->connection, PQERRORS_VERBOSE);
  PQsetNoticeProcessor(link->connection, drop_notice, NULL);
  PostgresPollingStatusType step = PGRES_POLLING_WRITING;
  if (PQstatus(link->connection) == CONNECTION_BAD)
    step = PGRES_POLLING_FAILED;
  while (step != PGRES_POLLING_OK && step != PGRES_POLLING_FAILED) {
    if (await(link->connection, step == PGRES_POLLING_READING ? POLLIN : POLLOUT) <= 0)
      return lose(link, "the server does not answer");
    step = PQconnectPoll(link->connection);
  }
  if (step == PGRES_POLLING_FAILED) {
    rl_status status = PQconnectionNeedsPassword(link->connection)
                         ? RL_DENIED
                         : connect_status(PQerrorMessage(link->connection));
    (void)lose(link, PQerrorMessage(link->connection));
    return status;
  }
  if (PQsetnonblocking(link->connection, 1) != 0 || PQenterPipelineMode(link->connection) != 1)
    return lose(link, "the connection cannot be used");
  return RL_OK;
}

void rl_link_close(rl_link *link)
{
  PQfinish(link->connection);
  link->connection = NULL;
}

/* What a server says when it ends a session comes first, and the end behind it. */
bool rl_link_alive(rl_link *link)
{
  if (!link->connection)
    return false;
  struct pollfd socket = {.fd = PQsocket(link->connection), .events = POLLIN};
  bool alive = PQstatus(link->connection) == CONNECTION_OK;
  while (alive && poll(&socket, 1, 0) > 0)
    alive = PQconsumeInput(link->connection) == 1;
  return alive;
}

/* --- sending --- */

static void queued(rl_link *link, int answer)
{
  link->unsendable = link->unsendable || answer != 1;
}

void rl_link_command(rl_link *link, const char *sql)
{
  queued(link, PQsendQueryParams(link->connection, sql, 0, NULL, NULL, NULL, NULL, 0));
}

void rl_link_prepare(rl_link *link, const char *name, const char *sql)
{
  queued(link, PQsendPrepare(link->connection, name, sql, 0, NULL));
}

enum { PARAMETERS_MAX = 3 };

void rl_link_call(rl_link *link, const char *name, const rl_blob *parameters, int number)
{
  RL_ASSERT(number <= PARAMETERS_MAX);
  const char *values[PARAMETERS_MAX];
  int lengths[PARAMETERS_MAX];
  static const int binary[PARAMETERS_MAX] = {1, 1, 1};
  for (int i = 0; i < number; i++) {
    RL_ASSERT(parameters[i].size <= INT32_MAX);
    values[i] = parameters[i].bytes;
    lengths[i] = (int)parameters[i].size;
  }
  queued(link, PQsendQueryPrepared(link->connection, name, number, values, lengths, binary, 1));
}

/* --- answers --- */

/* Writes what is still to be written and reads until a result is whole. */
static bool await_result(rl_link *link)
{
  for (;;) {
    int unsent = PQflush(link->connection);
    if (unsent < 0)
      return false;
    if (unsent == 0 && !PQisBusy(link->connection))
      return true;
    short events = unsent ? POLLIN | POLLOUT : POLLIN;
    if (await(link->connection, events) <= 0 || !PQconsumeInput(link->connection))
      return false;
  }
}

/* ERROR means undone; FATAL and PANIC end the session, and nobody knows how far it came. */
static rl_status failure_of(rl_link *link, const PGresult *result)
{
  const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (!sqlstate || !severity || strcmp(severity, "ERROR") != 0)
    return lose(link, text ? text : PQresultErrorMessage(result));
  char words[RL_TROUBLE_MAX];
  snprintf(words, sizeof words, "%s: %s", sqlstate, text ? text : "");
  note(link, words);
  link->undone = true;
  return rl_sqlstate_status(sqlstate);
}

typedef struct rl_answers {
  rl_link_take take;
  void *context;
  unsigned number;  /* results so far */
  rl_status status; /* the first failure */
  bool synced;      /* there is no more */
} rl_answers;

static void hand_over(rl_link *link, rl_answers *answers, PGresult *result)
{
  ExecStatusType kind = PQresultStatus(result);
  if (kind == PGRES_PIPELINE_SYNC) {
    answers->synced = true;
  } else if (kind == PGRES_COMMAND_OK || kind == PGRES_TUPLES_OK) {
    unsigned number = answers->number++;
    if (answers->take) {
      answers->take(result, number, answers->context);
      return;
    }
  } else if (kind != PGRES_PIPELINE_ABORTED) {
    rl_status failure = failure_of(link, result);
    if (answers->status == RL_OK)
      answers->status = failure;
  }
  PQclear(result);
}

rl_status rl_link_run(rl_link *link, rl_link_take take, void *context)
{
  bool sendable = !link->unsendable && PQpipelineSync(link->connection) == 1;
  link->unsendable = false;
  link->undone = false;
  if (!sendable)
    return lose(link, PQerrorMessage(link->connection));
  rl_answers answers = {.take = take, .context = context};
  while (!answers.synced) {
    if (!await_result(link))
      return lose(link, *PQerrorMessage(link->connection) ? PQerrorMessage(link->connection)
                                                          : "the server does not answer");
    /* NULL stands between the results of two statements. */
    PGresult *result = PQgetResult(link->connection);
    if (result)
      hand_over(link, &answers, result);
    else if (PQstatus(link->connection) != CONNECTION_OK)
      return lose(link, "the connection ended");
    if (!link->connection)
      return RL_UNREACHABLE;
  }
  return answers.status;
}

static void keep_last(PGresult *result, unsigned number, void *context)
{
  (void)number;
  PGresult **last = context;
  PQclear(*last);
  *last = result;
}

rl_status rl_link_ask(rl_link *link, PGresult **out)
{
  PGresult *last = NULL;
  rl_status status = rl_link_run(link, keep_last, &last);
  if (status == RL_OK && last)
    *out = last;
  else
    PQclear(last);
  return status == RL_OK && !last ? RL_IO : status;
}
