/* The contract of tables over LMDB, in a folder of its own. */
#include "lmdb/lmdb.h"
#include "tables/contract.h"

#include <unistd.h>

static char directory[64] = "/tmp/ratelock-tables-XXXXXX";
static char path[96], readers[128];

static void empty(void)
{
  unlink(path);
  unlink(readers);
}

static rl_tables *open_tables(void)
{
  rl_lmdb_options options = {.path = path, .map_bytes = 256u << 20,
                             .ahead_bytes = 1 << 20, .keys_max = 1000};
  rl_tables *tables = NULL;
  rl_error error = {0};
  rl_status status = rl_lmdb_open(&options, &tables, &error);
  if (status != RL_OK)
    fprintf(stderr, "%s: %s\n", rl_status_text(status), error.text);
  EXPECT(status == RL_OK);
  return tables;
}

int main(void)
{
  EXPECT(mkdtemp(directory));
  snprintf(path, sizeof path, "%s/tables.mdb", directory);
  snprintf(readers, sizeof readers, "%s-lock", path);
  contract_run(&(contract_member){.empty = empty, .open = open_tables});
  empty();
  rmdir(directory);
  return 0;
}
