/* What goes wrong with a PostgreSQL server and the way to it: each has its status, nothing is half
 * done, and what was left open by a lost commit is seen by the next transaction. */
#include "postgres/postgres.h"
#include "support/postgres.h"
#include "tables/contract.h"
#include "tables/cutter.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

static test_postgres server;

static void empty(void)
{
  postgres_run(&server, "DROP SCHEMA IF EXISTS ratelock CASCADE");
}

static rl_status try_open(const char *url, bool read_only, rl_tables **tables, rl_error *error)
{
  *error = (rl_error){0};
  return rl_postgres_open(url, read_only, tables, error);
}

static rl_tables *open_at(const char *url)
{
  rl_tables *tables = NULL;
  rl_error error;
  EXPECT(try_open(url, false, &tables, &error) == RL_OK);
  kind = tables->kind;
  return tables;
}

static rl_tables *open_empty(const char *url)
{
  empty();
  return open_at(url);
}

/* --- at the open --- */

static rl_status refused(const char *url, bool read_only, const char *why)
{
  rl_tables *tables = NULL;
  rl_error error;
  rl_status status = try_open(url, read_only, &tables, &error);
  EXPECT(status != RL_OK && tables == NULL);
  if (!strstr(error.text, why))
    fprintf(stderr, "%s: %s\n", rl_status_text(status), error.text);
  EXPECT(strstr(error.text, why));
  EXPECT(!strstr(error.text, "s3cret"));
  return status;
}

static void a_server_that_is_not_there_is_unreachable(void)
{
  EXPECT(refused("postgresql:///x?host=/nowhere", false, "No such file") == RL_UNREACHABLE);
}

static void a_wrong_password_is_denied_and_never_shown(void)
{
  postgres_run(&server, "CREATE ROLE guarded LOGIN PASSWORD 'right'");
  char url[256];
  snprintf(url, sizeof url, "postgresql://guarded:s3cret@/postgres?host=%s", server.directory);
  EXPECT(refused(url, false, "password authentication failed") == RL_DENIED);
  snprintf(url, sizeof url, "postgresql://guarded@/postgres?host=%s", server.directory);
  EXPECT(refused(url, false, "no password supplied") == RL_DENIED);
  EXPECT(refused("postgresql://guarded:s3cret%00@/x", false, "cannot be read") == RL_INVALID);
  EXPECT(refused("guarded:s3cret", false, "cannot be read") == RL_INVALID);
}

static void a_database_without_rows_is_not_found(void)
{
  char url[256];
  snprintf(url, sizeof url, "postgresql:///missing?user=ratelock&host=%s", server.directory);
  EXPECT(refused(url, false, "missing") == RL_NOT_FOUND);
  empty();
  EXPECT(refused(server.url, true, "no schema ratelock") == RL_NOT_FOUND);
}

static void a_newer_layout_is_foreign(void)
{
  rl_tables *tables = open_empty(server.url);
  postgres_run(&server, "UPDATE ratelock.layout SET version = 2");
  EXPECT(refused(server.url, false, "layout 2") == RL_FOREIGN);
  EXPECT(refused(server.url, true, "layout 2") == RL_FOREIGN);
  kind->close(tables);
}

static void a_schema_of_somebody_else_is_foreign(void)
{
  empty();
  postgres_run(&server, "CREATE SCHEMA ratelock");
  kind->close(open_at(server.url)); /* an empty one is one that was made for us */
  empty();
  postgres_run(&server, "CREATE SCHEMA ratelock");
  postgres_run(&server, "CREATE TABLE ratelock.quotes (theirs text)");
  EXPECT(refused(server.url, false, "already exists") == RL_FOREIGN);
}

static void a_missing_right_is_named(void)
{
  empty();
  postgres_run(&server, "CREATE ROLE humble LOGIN");
  postgres_run(&server, "CREATE SCHEMA ratelock AUTHORIZATION humble");
  char url[256];
  snprintf(url, sizeof url, "postgresql:///postgres?user=humble&host=%s", server.directory);
  EXPECT(refused(url, false, "GRANT EXECUTE ON FUNCTION") == RL_DENIED);
  postgres_run(&server,
               "GRANT EXECUTE ON FUNCTION pg_control_system(), pg_stat_file(text) TO humble");
  rl_tables *tables = open_at(url);
  EXPECT(add_until_decided(tables, RL_TABLE_ENDS, "a", "x") == RL_OK);
  kind->close(tables);
}

static void a_server_that_does_not_sync_is_refused(void)
{
  postgres_end(&server, SIGINT);
  postgres_start(&server, "fsync=off");
  EXPECT(refused(server.url, false, "fsync off") == RL_INVALID);
  postgres_end(&server, SIGINT);
  postgres_start(&server, "full_page_writes=off");
  EXPECT(refused(server.url, false, "full_page_writes off") == RL_INVALID);
  postgres_end(&server, SIGINT);
  postgres_start(&server, NULL);
}

/* --- in a transaction --- */

static rl_rows *adding(rl_tables *tables, const char *key)
{
  rl_rows *rows = begin(tables, true);
  EXPECT(sees(rows, RL_TABLE_ENDS, key, NULL));
  EXPECT(kind->add(rows, RL_TABLE_ENDS, text_blob(key), text_blob("x")) == RL_OK);
  return rows;
}

static void a_row_from_somebody_without_the_turn_is_met(void)
{
  rl_tables *tables = open_empty(server.url);
  rl_rows *rows = adding(tables, "a");
  EXPECT(kind->set(rows, RL_TABLE_META, text_blob("beside"), text_blob("x")) == RL_OK);
  postgres_run(&server, "INSERT INTO ratelock.ends VALUES ('a', 'theirs')");
  EXPECT(kind->commit(rows) == RL_AGAIN);
  EXPECT(holds(tables, RL_TABLE_META, "beside", NULL));
  EXPECT(add_until_decided(tables, RL_TABLE_ENDS, "a", "mine") == RL_EXISTS);
  EXPECT(holds(tables, RL_TABLE_ENDS, "a", "theirs"));
  kind->close(tables);
}

static void each_error_of_the_server_has_its_status(void)
{
  static const struct {
    const char *sqlstate;
    rl_status status;
  } cases[] = {
    {"40001", RL_AGAIN},      {"40P01", RL_AGAIN},       {"53100", RL_NO_SPACE},
    {"XX001", RL_CORRUPT},    {"XX002", RL_CORRUPT},     {"42501", RL_DENIED},
    {"57014", RL_UNREACHABLE}, {"53200", RL_UNREACHABLE}, {"58030", RL_IO},
  };
  rl_tables *tables = open_empty(server.url);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char sql[320];
    snprintf(sql, sizeof sql,
             "CREATE OR REPLACE FUNCTION ratelock.trip() RETURNS trigger LANGUAGE plpgsql AS $$ "
             "BEGIN RAISE EXCEPTION 'tripped' USING ERRCODE = '%s'; END $$", cases[i].sqlstate);
    postgres_run(&server, sql);
    postgres_run(&server, "CREATE TRIGGER trip BEFORE INSERT ON ratelock.ends "
                          "EXECUTE FUNCTION ratelock.trip()");
    EXPECT(kind->commit(adding(tables, "a")) == cases[i].status);
    char trouble[RL_TROUBLE_MAX];
    kind->trouble(tables, trouble);
    EXPECT(strstr(trouble, "tripped") && strstr(trouble, cases[i].sqlstate));
    postgres_run(&server, "DROP TRIGGER trip ON ratelock.ends");
  }
  EXPECT(kind->commit(adding(tables, "a")) == RL_OK);
  kind->close(tables);
}

static void a_turn_that_never_comes_is_unreachable(void)
{
  rl_tables *tables = open_empty(server.url);
  rl_tables *other = open_at(server.url);
  rl_rows *holding = adding(other, "a");
  rl_rows *rows = begin(tables, true);
  rl_blob row;
  EXPECT(kind->get(rows, RL_TABLE_ENDS, text_blob("a"), &row) == RL_UNREACHABLE);
  EXPECT(kind->commit(rows) == RL_UNREACHABLE);
  EXPECT(holds(tables, RL_TABLE_ENDS, "a", NULL)); /* readers do not mind */
  /* Nor does it stay so: the server ends a session that stopped in the middle. */
  postgres_await(&server, "SELECT NOT EXISTS (SELECT FROM pg_locks WHERE granted "
                          "AND relation = 'ratelock.turn'::regclass)");
  EXPECT(kind->commit(holding) == RL_UNREACHABLE);
  EXPECT(kind->commit(adding(tables, "a")) == RL_OK);
  kind->close(other);
  kind->close(tables);
}

static void a_session_that_was_ended_between_is_made_anew(void)
{
  rl_tables *tables = open_empty(server.url);
  EXPECT(holds(tables, RL_TABLE_ENDS, "a", NULL));
  postgres_run(&server, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                        "WHERE application_name = 'ratelock'");
  EXPECT(holds(tables, RL_TABLE_ENDS, "a", NULL));
  EXPECT(kind->commit(adding(tables, "a")) == RL_OK);
  kind->close(tables);
}

static void a_read_in_a_dying_server_is_unreachable(void)
{
  rl_tables *tables = open_empty(server.url);
  rl_rows *rows = begin(tables, false);
  EXPECT(sees(rows, RL_TABLE_ENDS, "a", NULL));
  postgres_end(&server, SIGQUIT);
  rl_blob row;
  EXPECT(kind->get(rows, RL_TABLE_ENDS, text_blob("b"), &row) == RL_UNREACHABLE);
  kind->abort(rows);
  EXPECT(kind->begin(tables, true, &rows) == RL_UNREACHABLE);
  EXPECT(kind->begin(tables, false, &rows) == RL_UNREACHABLE);
  postgres_start(&server, NULL);
  EXPECT(holds(tables, RL_TABLE_ENDS, "a", NULL));
  EXPECT(kind->commit(adding(tables, "a")) == RL_OK);
  kind->close(tables);
}

/* --- commits that are lost --- */

/* From now on an insert into `meta`, behind all others, waits until there is a row in `gate`. */
static void build_gate(void)
{
  postgres_run(&server, "CREATE TABLE ratelock.gate (open boolean)");
  postgres_run(&server,
               "CREATE FUNCTION ratelock.wait_for_gate() RETURNS trigger LANGUAGE plpgsql AS $$ "
               "BEGIN WHILE NOT EXISTS (SELECT FROM ratelock.gate) LOOP PERFORM pg_sleep(0.01); "
               "END LOOP; RETURN NEW; END $$");
  postgres_run(&server, "CREATE TRIGGER gate BEFORE INSERT ON ratelock.meta "
                        "EXECUTE FUNCTION ratelock.wait_for_gate()");
}

static void open_gate(void)
{
  postgres_run(&server, "INSERT INTO ratelock.gate VALUES (true)");
}

static void await_session_at_gate(void)
{
  postgres_await(&server, "SELECT wait_event = 'PgSleep' FROM pg_stat_activity "
                          "WHERE application_name = 'ratelock' AND wait_event = 'PgSleep'");
}

static void await_session_waiting_for_turn(void)
{
  postgres_await(&server, "SELECT true FROM pg_locks WHERE NOT granted "
                          "AND relation = 'ratelock.turn'::regclass");
}

static rl_rows *adding_behind_gate(rl_tables *tables)
{
  rl_rows *rows = adding(tables, "a");
  EXPECT(kind->set(rows, RL_TABLE_META, text_blob("last"), text_blob("x")) == RL_OK);
  return rows;
}

static void *kill_at_gate(void *context)
{
  (void)context;
  await_session_at_gate();
  postgres_kill(&server);
  return NULL;
}

static void a_server_killed_before_the_commit_did_nothing(void)
{
  rl_tables *tables = open_empty(server.url);
  build_gate();
  pthread_t killer;
  EXPECT(pthread_create(&killer, NULL, kill_at_gate, NULL) == 0);
  EXPECT(kind->commit(adding_behind_gate(tables)) == RL_UNREACHABLE);
  pthread_join(killer, NULL);
  postgres_start(&server, NULL);
  open_gate();
  EXPECT(holds(tables, RL_TABLE_ENDS, "a", NULL));
  EXPECT(kind->commit(adding_behind_gate(tables)) == RL_OK);
  kind->close(tables);
}

static void a_commit_whose_answer_is_lost_is_seen_by_the_next(void)
{
  rl_tables *tables = open_empty(cutter_url());
  rl_rows *rows = adding(tables, "a");
  cutter_set(CUTTER_CUTS_ANSWER);
  EXPECT(kind->commit(rows) == RL_UNREACHABLE);
  rows = begin(tables, true);
  EXPECT(kind->expect(rows, RL_TABLE_ENDS, text_blob("a")) == RL_OK);
  EXPECT(kind->add(rows, RL_TABLE_ENDS, text_blob("a"), text_blob("y")) == RL_EXISTS);
  EXPECT(sees(rows, RL_TABLE_ENDS, "a", "x"));
  kind->abort(rows);
  kind->close(tables);
}

static void *cut_at_gate(void *context)
{
  (void)context;
  await_session_at_gate();
  cutter_set(CUTTER_CUTS);
  cutter_set(CUTTER_PASSES);
  return NULL;
}

static void *open_gate_for_turn(void *context)
{
  (void)context;
  await_session_waiting_for_turn();
  open_gate();
  return NULL;
}

/* T3: the session that nobody hears any more is still at work when the next one comes. */
static void a_lost_session_ends_before_the_next_one_reads(void)
{
  rl_tables *tables = open_empty(cutter_url());
  build_gate();
  pthread_t helper;
  EXPECT(pthread_create(&helper, NULL, cut_at_gate, NULL) == 0);
  EXPECT(kind->commit(adding_behind_gate(tables)) == RL_UNREACHABLE);
  pthread_join(helper, NULL);
  EXPECT(holds(tables, RL_TABLE_ENDS, "a", NULL)); /* it is not over */
  EXPECT(pthread_create(&helper, NULL, open_gate_for_turn, NULL) == 0);
  rl_rows *rows = begin(tables, true);
  EXPECT(sees(rows, RL_TABLE_ENDS, "a", "x"));
  kind->abort(rows);
  pthread_join(helper, NULL);
  kind->close(tables);
}

/* --- copies --- */

static void take_no_writes(const char *on_or_off)
{
  char sql[96];
  snprintf(sql, sizeof sql, "ALTER SYSTEM SET default_transaction_read_only = %s", on_or_off);
  postgres_run(&server, sql);
  postgres_run(&server, "SELECT pg_reload_conf()");
  snprintf(sql, sizeof sql, "SELECT current_setting('default_transaction_read_only') = '%s'",
           on_or_off);
  postgres_await(&server, sql);
}

/* As a standby does, which another program may read. */
static void a_server_that_takes_no_writes_serves_no_engine(void)
{
  rl_tables *tables = open_empty(server.url), *other;
  rl_rows *rows;
  rl_place place;
  rl_error error;
  take_no_writes("on");
  EXPECT(kind->begin(tables, false, &rows) == RL_UNREACHABLE);
  EXPECT(kind->place(tables, &place) == RL_UNREACHABLE);
  EXPECT(try_open(server.url, true, &other, &error) == RL_OK);
  EXPECT(kind->begin(other, false, &rows) == RL_OK);
  kind->abort(rows);
  kind->close(other);
  take_no_writes("off");
  EXPECT(kind->begin(tables, false, &rows) == RL_OK);
  kind->abort(rows);
  kind->close(tables);
}

static void a_copy_of_the_cluster_is_another_place(void)
{
  rl_tables *tables = open_empty(server.url);
  rl_place before, after;
  EXPECT(kind->place(tables, &before) == RL_OK);
  postgres_end(&server, SIGQUIT);
  postgres_start(&server, NULL);
  EXPECT(kind->place(tables, &after) == RL_OK); /* recovered from a crash: the same */
  EXPECT(memcmp(&before, &after, sizeof before) == 0);
  postgres_end(&server, SIGINT);
  postgres_copy(&server);
  postgres_start(&server, NULL);
  rl_rows *rows;
  EXPECT(kind->begin(tables, true, &rows) == RL_FOREIGN);
  kind->close(tables);
  tables = open_at(server.url);
  EXPECT(kind->place(tables, &after) == RL_OK);
  EXPECT(memcmp(&before, &after, sizeof before) != 0);
  kind->close(tables);
}

static void a_restored_dump_is_another_place(void)
{
  rl_tables *tables = open_empty(server.url);
  rl_place before, after;
  EXPECT(kind->place(tables, &before) == RL_OK);
  kind->close(tables);
  tables = open_empty(server.url);
  EXPECT(kind->place(tables, &after) == RL_OK);
  EXPECT(memcmp(&before, &after, sizeof before) != 0);
  kind->close(tables);
}

#define ITEM(check) {#check, check}
static const struct {
  const char *name;
  void (*check)(void);
} items[] = {
  ITEM(a_server_that_is_not_there_is_unreachable),
  ITEM(a_wrong_password_is_denied_and_never_shown),
  ITEM(a_database_without_rows_is_not_found),
  ITEM(a_newer_layout_is_foreign),
  ITEM(a_schema_of_somebody_else_is_foreign),
  ITEM(a_missing_right_is_named),
  ITEM(a_server_that_does_not_sync_is_refused),
  ITEM(a_row_from_somebody_without_the_turn_is_met),
  ITEM(each_error_of_the_server_has_its_status),
  ITEM(a_turn_that_never_comes_is_unreachable),
  ITEM(a_session_that_was_ended_between_is_made_anew),
  ITEM(a_read_in_a_dying_server_is_unreachable),
  ITEM(a_server_killed_before_the_commit_did_nothing),
  ITEM(a_commit_whose_answer_is_lost_is_seen_by_the_next),
  ITEM(a_lost_session_ends_before_the_next_one_reads),
  ITEM(a_server_that_takes_no_writes_serves_no_engine),
  ITEM(a_copy_of_the_cluster_is_another_place),
  ITEM(a_restored_dump_is_another_place),
};

int main(void)
{
  postgres_make(&server);
  cutter_listen(&server);
  cutter_start();
  for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
    fprintf(stderr, "%s\n", items[i].name); /* the last one printed is the one that failed */
    items[i].check();
  }
  cutter_stop();
  postgres_remove(&server);
  printf("%zu troubles, each by its name\n", sizeof items / sizeof *items);
  return 0;
}
