#include "postgres/private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void close_tables(rl_tables *tables)
{
  rl_postgres *postgres = (rl_postgres *)tables;
  RL_ASSERT(!postgres->writing);
  rl_link_close(&postgres->writer);
  for (unsigned i = 0; i < RL_POSTGRES_READERS; i++) {
    RL_ASSERT(!postgres->taken[i]);
    rl_link_close(&postgres->readers[i]);
  }
  for (size_t i = 0; i < sizeof postgres->arrays / sizeof *postgres->arrays; i++)
    rl_array_free(&postgres->arrays[i]);
  pthread_cond_destroy(&postgres->freed);
  pthread_mutex_destroy(&postgres->mutex);
  free(postgres->url);
  free(postgres);
}

static void trouble_of(rl_tables *tables, char out[RL_TROUBLE_MAX])
{
  rl_postgres *postgres = (rl_postgres *)tables;
  pthread_mutex_lock(&postgres->mutex);
  memcpy(out, postgres->trouble, sizeof postgres->trouble);
  pthread_mutex_unlock(&postgres->mutex);
}

static rl_status troubled(rl_postgres *postgres, const rl_link *link, rl_status status)
{
  if (status != RL_OK) {
    pthread_mutex_lock(&postgres->mutex);
    memcpy(postgres->trouble, link->trouble, sizeof postgres->trouble);
    pthread_mutex_unlock(&postgres->mutex);
  }
  return status;
}

/* --- connections --- */

/* Another server may answer now, where the URL names several: one with other rows is refused. */
static rl_status check_place(rl_postgres *postgres)
{
  rl_place now;
  rl_status status = rl_session_place(&postgres->writer, &now);
  if (status == RL_OK && memcmp(&now, &postgres->place, sizeof now) != 0) {
    snprintf(postgres->writer.trouble, sizeof postgres->writer.trouble,
             "another database answers than at the start: a promoted replica or a copy");
    status = RL_FOREIGN;
  }
  if (status != RL_OK)
    rl_link_close(&postgres->writer);
  return status;
}

/* The connection, made anew if it is gone: one attempt. A server that says no to an engine that it
 * served before is as good as away: the rows are there, and it may say yes again. Of several in the
 * URL an engine reads from one that takes writes, too: a standby is a place of its own, and may not
 * have yet what the engine knows to be durable. */
static rl_status ready(rl_postgres *postgres, rl_link *link)
{
  if (rl_link_alive(link))
    return RL_OK;
  rl_link_close(link);
  rl_status status = rl_session_open(link, postgres->url, !postgres->read_only);
  if (status == RL_OK)
    status = rl_session_prepare(link);
  if (status == RL_OK && link == &postgres->writer)
    status = check_place(postgres);
  if (status == RL_DENIED || status == RL_NOT_FOUND || status == RL_AGAIN)
    status = RL_UNREACHABLE;
  return troubled(postgres, link, status);
}

static struct timespec later(long ms)
{
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  at.tv_sec += ms / 1000;
  return at;
}

static rl_link *free_reader(rl_postgres *postgres)
{
  for (unsigned i = 0; i < RL_POSTGRES_READERS; i++) {
    if (!postgres->taken[i]) {
      postgres->taken[i] = true;
      return &postgres->readers[i];
    }
  }
  return NULL;
}

static rl_link *take_reader(rl_postgres *postgres)
{
  struct timespec until = later(RL_POSTGRES_READER_WAIT_MS);
  pthread_mutex_lock(&postgres->mutex);
  rl_link *link = free_reader(postgres);
  for (int waited = 0; !link && waited == 0; link = free_reader(postgres))
    waited = pthread_cond_timedwait(&postgres->freed, &postgres->mutex, &until);
  pthread_mutex_unlock(&postgres->mutex);
  return link;
}

static void give_back(rl_postgres *postgres, const rl_link *link)
{
  if (link == &postgres->writer) {
    postgres->writing = false;
    return;
  }
  pthread_mutex_lock(&postgres->mutex);
  postgres->taken[link - postgres->readers] = false;
  pthread_cond_signal(&postgres->freed);
  pthread_mutex_unlock(&postgres->mutex);
}

static rl_status take_link(rl_postgres *postgres, bool writes, rl_link **out)
{
  rl_link *link = &postgres->writer;
  if (writes) {
    RL_ASSERT(!postgres->writing && !postgres->read_only);
    postgres->writing = true;
  } else {
    link = take_reader(postgres);
    if (!link)
      return RL_UNREACHABLE;
  }
  rl_status status = ready(postgres, link);
  if (status == RL_OK)
    *out = link;
  else
    give_back(postgres, link);
  return status;
}

/* --- transactions, from the outside --- */

rl_status rl_postgres_begin(rl_tables *tables, bool writes, rl_rows **out)
{
  rl_postgres *postgres = (rl_postgres *)tables;
  rl_rows *rows = calloc(1, sizeof *rows);
  if (!rows)
    return RL_NO_MEMORY;
  *rows = (rl_rows){.postgres = postgres, .writes = writes};
  rl_status status = take_link(postgres, writes, &rows->link);
  if (status == RL_OK)
    *out = rows;
  else
    free(rows);
  return status;
}

rl_status rl_rows_break(rl_rows *rows, rl_status status)
{
  if (status != RL_OK && rows->broken == RL_OK)
    rows->broken = troubled(rows->postgres, rows->link, status);
  return status;
}

/* A session that will not even roll back is left: the server undoes it. */
void rl_postgres_abort(rl_rows *rows)
{
  if (rows->begun && rows->link->connection) {
    rl_link_command(rows->link, "ROLLBACK");
    if (rl_link_run(rows->link, NULL, NULL) != RL_OK)
      rl_link_close(rows->link);
  }
  give_back(rows->postgres, rows->link);
  rl_memory_free(&rows->memory);
  free(rows);
}

/* --- the member --- */

static rl_status place_of(rl_tables *tables, rl_place *out)
{
  rl_postgres *postgres = (rl_postgres *)tables;
  rl_link *link;
  rl_status status = take_link(postgres, false, &link);
  if (status != RL_OK)
    return status;
  status = troubled(postgres, link, rl_session_place(link, out));
  give_back(postgres, link);
  return status;
}

static rl_status usage_of(rl_tables *tables, rl_usage *out)
{
  rl_postgres *postgres = (rl_postgres *)tables;
  rl_link *link;
  rl_status status = take_link(postgres, false, &link);
  if (status != RL_OK)
    return status;
  status = troubled(postgres, link, rl_session_usage(link, out));
  give_back(postgres, link);
  return status;
}

static const rl_tables_kind kind = {
  .name = "postgresql",
  .shared = true,
  .close = close_tables,
  .place = place_of,
  .usage = usage_of,
  .trouble = trouble_of,
  .begin = rl_postgres_begin,
  .commit = rl_postgres_commit,
  .abort = rl_postgres_abort,
  .expect = rl_rows_expect,
  .get = rl_rows_get,
  .add = rl_rows_add,
  .keep = rl_rows_keep,
  .set = rl_rows_set,
  .remove = rl_rows_remove,
  .scan = rl_rows_scan,
  .expect_key = rl_rows_expect_key,
  .find_key = rl_rows_find_key,
  .add_key = rl_rows_add_key,
  .retire_keys = rl_rows_retire_keys,
};

/* libpq's words about a URL that it cannot read may hold pieces of it, and so of the password. */
static bool readable(const char *url)
{
  char *why = NULL;
  PQconninfoOption *options = PQconninfoParse(url, &why);
  PQfreemem(why);
  PQconninfoFree(options);
  return options != NULL && (strchr(url, '=') || strstr(url, "://"));
}

static rl_postgres *make(const char *url, bool read_only)
{
  rl_postgres *postgres = calloc(1, sizeof *postgres);
  char *copy = strdup(url);
  if (!postgres || !copy) {
    free(postgres);
    free(copy);
    return NULL;
  }
  postgres->tables.kind = &kind;
  postgres->url = copy;
  postgres->read_only = read_only;
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&postgres->freed, &monotonic);
  pthread_condattr_destroy(&monotonic);
  pthread_mutex_init(&postgres->mutex, NULL);
  return postgres;
}

static rl_status open_writer(rl_postgres *postgres)
{
  rl_link *link = &postgres->writer;
  rl_status status = rl_session_open(link, postgres->url, true);
  if (status == RL_OK)
    status = rl_schema_make(link);
  if (status == RL_OK)
    status = rl_session_prepare(link);
  if (status == RL_OK)
    status = rl_session_place(link, &postgres->place);
  return status;
}

static rl_status open_reader(rl_postgres *postgres)
{
  rl_link *link = &postgres->readers[0];
  rl_status status = rl_session_open(link, postgres->url, false);
  return status == RL_OK ? rl_session_prepare(link) : status;
}

rl_status rl_postgres_open(const char *url, bool read_only, rl_tables **out, rl_error *error)
{
  if (!readable(url))
    return rl_fail(error, RL_INVALID, "", 0, "postgresql", "the URL cannot be read; it looks like "
                   "postgresql://USER@HOST:PORT/DATABASE");
  rl_postgres *postgres = make(url, read_only);
  if (!postgres)
    return rl_fail(error, RL_NO_MEMORY, "", 0, "postgresql", "no memory");
  rl_status status = read_only ? open_reader(postgres) : open_writer(postgres);
  if (status == RL_OK) {
    *out = &postgres->tables;
    return RL_OK;
  }
  const rl_link *link = read_only ? &postgres->readers[0] : &postgres->writer;
  rl_status failed = rl_fail(error, status, "", 0, "postgresql", "%s", link->trouble);
  close_tables(&postgres->tables);
  return failed;
}
