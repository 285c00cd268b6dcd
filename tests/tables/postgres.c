/* The contract of tables over PostgreSQL, on a server of its own. */
#include "postgres/postgres.h"
#include "support/postgres.h"
#include "tables/contract.h"

static test_postgres server;

static void empty(void)
{
  postgres_run(&server, "DROP SCHEMA IF EXISTS ratelock CASCADE");
}

static rl_tables *open_tables(void)
{
  rl_tables *tables = NULL;
  rl_error error = {0};
  rl_status status = rl_postgres_open(server.url, false, &tables, &error);
  if (status != RL_OK)
    fprintf(stderr, "%s: %s\n", rl_status_text(status), error.text);
  EXPECT(status == RL_OK);
  return tables;
}

int main(void)
{
  postgres_make(&server);
  contract_run(&(contract_member){.empty = empty, .open = open_tables});
  postgres_remove(&server);
  return 0;
}
