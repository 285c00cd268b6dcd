#include "postgres/session.h"

#include "bytes/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Plans by index even while a table is small: they are kept as it grows. */
#define TEXT_OF(number) TEXT_OF_TOKEN(number)
#define TEXT_OF_TOKEN(number) #number
static const char settings[] =
  "SELECT set_config(name, value, false) FROM (VALUES ('search_path', 'pg_catalog'),"
  " ('synchronous_commit', 'on'),"
  " ('lock_timeout', '" TEXT_OF(RL_POSTGRES_TURN_MS) "'),"
  " ('statement_timeout', '" TEXT_OF(RL_POSTGRES_STATEMENT_MS) "'),"
  " ('idle_in_transaction_session_timeout', '" TEXT_OF(RL_POSTGRES_IDLE_MS) "'),"
  " ('tcp_keepalives_idle', '5'), ('tcp_keepalives_interval', '2'),"
  " ('tcp_keepalives_count', '3'), ('tcp_user_timeout', '10000'),"
  " ('bytea_output', 'hex'), ('jit', 'off'), ('enable_seqscan', 'off'),"
  " ('plan_cache_mode', 'force_generic_plan')) AS wanted (name, value)";

static const char proof[] =
  "SELECT name FROM pg_catalog.pg_settings"
  " WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY name";

/* On a standby there is no timeline that it writes: it is no place to write to. */
static const char place[] =
  "SELECT concat_ws(' ', (SELECT system_identifier FROM pg_control_system()),"
  " CASE WHEN pg_is_in_recovery() THEN 'standby'"
  "   ELSE left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) END,"
  " (SELECT oid FROM pg_database WHERE datname = current_database()),"
  " 'ratelock.ends'::regclass::oid,"
  " extract(epoch FROM (pg_stat_file('PG_VERSION')).change))";

/* With their indexes. What a vacuum has freed within them only pages by the thousand would say. */
static const char usage[] =
  "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
  " WHERE relkind = 'r' AND relnamespace = 'ratelock'::regnamespace";

static rl_status refuse(rl_link *link, rl_status status, const char *text)
{
  snprintf(link->trouble, sizeof link->trouble, "%s", text);
  rl_link_close(link);
  return status;
}

rl_status rl_session_open(rl_link *link, const char *url, bool writes)
{
  rl_status status = rl_link_connect(link, url, writes);
  if (status != RL_OK)
    return status;
  rl_link_command(link, settings);
  rl_link_command(link, proof);
  PGresult *result;
  status = rl_link_ask(link, &result);
  if (status != RL_OK) {
    rl_link_close(link);
    return status;
  }
  bool syncs = PQntuples(result) == 0;
  char text[RL_TROUBLE_MAX];
  if (!syncs)
    snprintf(text, sizeof text, "the server runs with %s off: what it says it has kept, a loss of "
             "power may undo; set it to on", PQgetvalue(result, 0, 0));
  PQclear(result);
  return syncs ? RL_OK : refuse(link, RL_INVALID, text);
}

rl_status rl_session_prepare(rl_link *link)
{
  int version = 0;
  rl_status status = rl_schema_check(link, &version);
  char text[RL_TROUBLE_MAX];
  if (status == RL_NOT_FOUND)
    return refuse(link, status, "there is no schema ratelock in this database");
  if (status == RL_FOREIGN && !link->undone) {
    snprintf(text, sizeof text, "the schema ratelock has layout %d, this program knows %d", version,
             RL_POSTGRES_LAYOUT);
    return refuse(link, status, text);
  }
  if (status == RL_OK) {
    rl_schema_prepare(link);
    status = rl_link_run(link, NULL, NULL);
  }
  if (status != RL_OK)
    rl_link_close(link);
  return status;
}

rl_status rl_session_place(rl_link *link, rl_place *out)
{
  rl_link_command(link, place);
  PGresult *result;
  rl_status status = rl_link_ask(link, &result);
  if (status == RL_DENIED)
    snprintf(link->trouble, sizeof link->trouble, "the role may not ask where the rows lie: GRANT "
             "EXECUTE ON FUNCTION pg_control_system(), pg_stat_file(text) TO %s",
             PQuser(link->connection));
  if (status != RL_OK)
    return status;
  const char *text = PQgetvalue(result, 0, 0);
  rl_fingerprint digest = rl_fingerprint_of(text, strlen(text), RL_POSTGRES_LAYOUT);
  PQclear(result);
  *out = (rl_place){0};
  rl_writer writer = rl_writer_over(out->bytes, sizeof out->bytes);
  rl_put_u64(&writer, digest.words[0]);
  rl_put_u64(&writer, digest.words[1]);
  return RL_OK;
}

rl_status rl_session_usage(rl_link *link, rl_usage *out)
{
  rl_link_command(link, usage);
  PGresult *result;
  rl_status status = rl_link_ask(link, &result);
  if (status != RL_OK)
    return status;
  *out = (rl_usage){.bytes = strtoull(PQgetvalue(result, 0, 0), NULL, 10)};
  PQclear(result);
  return RL_OK;
}
