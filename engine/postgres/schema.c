#include "postgres/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SQL_MAX = 512 };

static const char *const table_names[] = {
  [RL_TABLE_META] = "meta",
  [RL_TABLE_QUOTES] = "quotes",
  [RL_TABLE_ENDS] = "ends",
  [RL_TABLE_TRANSACTIONS] = "transactions",
  [RL_TABLE_TARIFFS] = "tariffs",
  [RL_TABLE_RECEIPTS] = "receipts",
  [RL_TABLE_REVOCATIONS] = "revocations",
  [RL_TABLE_CARRIED] = "carried",
  [RL_TABLE_HALTS] = "halts",
  [RL_SLOT_KEYS] = "end_keys",
};
_Static_assert(sizeof table_names / sizeof *table_names == RL_SLOT_COUNT, "a name for each slot");

/* A statement's text before and behind the table's name. A batch is two arrays of one length, and
 * a statement for each kind of change. */
typedef struct rl_text {
  const char *before, *behind;
} rl_text;

static const rl_text calls[RL_CALL_COUNT] = {
  [RL_CALL_GET] = {"SELECT key, value FROM ratelock.", " WHERE key = ANY($1::bytea[])"},
  [RL_CALL_ADD] = {"WITH added AS (INSERT INTO ratelock.", " (key, value)"
    " SELECT * FROM unnest($1::bytea[], $2::bytea[]) ON CONFLICT DO NOTHING RETURNING key)"
    " SELECT ratelock.decided(count(*), cardinality($1)) FROM added"},
  [RL_CALL_KEEP] = {"INSERT INTO ratelock.", " (key, value)"
    " SELECT * FROM unnest($1::bytea[], $2::bytea[]) ON CONFLICT DO NOTHING"},
  [RL_CALL_SET] = {"INSERT INTO ratelock.", " (key, value)"
    " SELECT * FROM unnest($1::bytea[], $2::bytea[])"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value"},
  [RL_CALL_REMOVE] = {"DELETE FROM ratelock.", " WHERE key = ANY($1::bytea[])"},
  [RL_CALL_FORWARDS] = {"SELECT key, value FROM ratelock.",
    " WHERE key >= $1::bytea ORDER BY key LIMIT $2::int8"},
  [RL_CALL_BACKWARDS] = {"SELECT key, value FROM ratelock.",
    " WHERE key < $1::bytea ORDER BY key DESC LIMIT $2::int8"},
};

static const char add_keys[] =
  "WITH added AS (INSERT INTO ratelock.end_keys (key, value, used_at_ms)"
  " SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::int8[])"
  " ON CONFLICT DO NOTHING RETURNING key)"
  " SELECT ratelock.decided(count(*), cardinality($1)) FROM added";

static const char retire[] =
  "DELETE FROM ratelock.end_keys WHERE key = ANY(ARRAY(SELECT key FROM ratelock.end_keys"
  " WHERE used_at_ms < $1::int8 ORDER BY used_at_ms LIMIT 1024))";

void rl_statement_name(unsigned slot, rl_call call, char out[RL_STATEMENT_NAME_MAX])
{
  snprintf(out, RL_STATEMENT_NAME_MAX, "%s_%d", table_names[slot], (int)call);
}

static void prepare(rl_link *link, unsigned slot, rl_call call)
{
  char name[RL_STATEMENT_NAME_MAX];
  char sql[SQL_MAX];
  rl_statement_name(slot, call, name);
  snprintf(sql, sizeof sql, "%s%s%s", calls[call].before, table_names[slot], calls[call].behind);
  rl_link_prepare(link, name, sql);
}

void rl_schema_prepare(rl_link *link)
{
  for (unsigned slot = 0; slot < RL_TABLE_COUNT; slot++) {
    for (unsigned call = 0; call < RL_CALL_COUNT; call++)
      prepare(link, slot, call);
  }
  prepare(link, RL_SLOT_KEYS, RL_CALL_GET);
  char name[RL_STATEMENT_NAME_MAX];
  rl_statement_name(RL_SLOT_KEYS, RL_CALL_ADD, name);
  rl_link_prepare(link, name, add_keys);
  rl_link_prepare(link, RL_STATEMENT_RETIRE, retire);
}

/* --- making it --- */

static bool truth(const PGresult *result, int column)
{
  return PQntuples(result) == 1 && strcmp(PQgetvalue(result, 0, column), "t") == 0;
}

/* One after another: who comes second finds the layout. The number is "ratelock" in hexadecimal. */
static rl_status begin_making(rl_link *link, bool *is_there, bool *has_schema)
{
  rl_link_command(link, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
  rl_link_command(link, "SELECT pg_advisory_xact_lock(x'726174656c6f636b'::bigint)");
  rl_link_command(link, "SELECT to_regclass('ratelock.layout') IS NOT NULL,"
                        " to_regnamespace('ratelock') IS NOT NULL");
  PGresult *result;
  rl_status status = rl_link_ask(link, &result);
  if (status == RL_OK) {
    *is_there = truth(result, 0);
    *has_schema = truth(result, 1);
    PQclear(result);
  }
  return status;
}

static void make_tables(rl_link *link)
{
  char sql[SQL_MAX];
  for (unsigned slot = 0; slot < RL_SLOT_COUNT; slot++) {
    snprintf(sql, sizeof sql, "CREATE TABLE ratelock.%s (key bytea PRIMARY KEY,"
             " value bytea NOT NULL%s)", table_names[slot],
             slot == RL_SLOT_KEYS ? ", used_at_ms bigint NOT NULL" : "");
    rl_link_command(link, sql);
  }
  rl_link_command(link, "CREATE INDEX end_keys_by_use ON ratelock.end_keys (used_at_ms)");
  rl_link_command(link, "CREATE TABLE ratelock.turn ()");
  rl_link_command(link,
    "CREATE FUNCTION ratelock.decided(bigint, integer) RETURNS boolean LANGUAGE plpgsql AS $$"
    "BEGIN IF $1 <> $2 THEN RAISE EXCEPTION 'a row that was to be added is there'"
    " USING ERRCODE = 'serialization_failure'; END IF; RETURN true; END $$");
}

rl_status rl_schema_make(rl_link *link)
{
  bool is_there = false;
  bool has_schema = false;
  rl_status status = begin_making(link, &is_there, &has_schema);
  if (status == RL_OK && !is_there) {
    char sql[SQL_MAX];
    if (!has_schema)
      rl_link_command(link, "CREATE SCHEMA ratelock");
    make_tables(link);
    rl_link_command(link, "CREATE TABLE ratelock.layout (version integer NOT NULL)");
    snprintf(sql, sizeof sql, "INSERT INTO ratelock.layout VALUES (%d)", RL_POSTGRES_LAYOUT);
    rl_link_command(link, sql);
    rl_link_command(link, "COMMIT");
    return rl_link_run(link, NULL, NULL);
  }
  if (status == RL_OK) {
    rl_link_command(link, "ROLLBACK");
    status = rl_link_run(link, NULL, NULL);
  }
  return status;
}

rl_status rl_schema_check(rl_link *link, int *version)
{
  rl_link_command(link, "SELECT to_regclass('ratelock.layout') IS NOT NULL");
  PGresult *result;
  rl_status status = rl_link_ask(link, &result);
  if (status != RL_OK)
    return status;
  bool is_there = truth(result, 0);
  PQclear(result);
  if (!is_there)
    return RL_NOT_FOUND;
  rl_link_command(link, "SELECT version FROM ratelock.layout");
  status = rl_link_ask(link, &result);
  if (status != RL_OK)
    return status;
  *version = PQntuples(result) == 1 ? (int)strtol(PQgetvalue(result, 0, 0), NULL, 10) : 0;
  PQclear(result);
  return *version == RL_POSTGRES_LAYOUT ? RL_OK : RL_FOREIGN;
}
