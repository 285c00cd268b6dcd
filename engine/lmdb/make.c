#include "lmdb/make.h"

#include "paths/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <lmdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *const rl_lmdb_table_names[RL_TABLE_COUNT] = {
  [RL_TABLE_META] = "meta",
  [RL_TABLE_QUOTES] = "quotes",
  [RL_TABLE_ENDS] = "ends",
  [RL_TABLE_TRANSACTIONS] = "transactions",
  [RL_TABLE_TARIFFS] = "tariffs",
  [RL_TABLE_RECEIPTS] = "receipts",
  [RL_TABLE_REVOCATIONS] = "revocations",
  [RL_TABLE_CARRIED] = "carried",
  [RL_TABLE_HALTS] = "halts",
};

static int reserve(MDB_env *env, const rl_room *room)
{
  rl_room own = *room;
  int fd;
  int rc = mdb_env_get_fd(env, &fd);
  if (rc != 0)
    return rc;
  rl_status status = rl_room_reserve(&own, fd, 0);
  return status == RL_OK ? 0 : status == RL_NO_SPACE ? ENOSPC : EIO;
}

/* The commit syncs the whole file, with what LMDB wrote when it opened it. */
static int make_tables(MDB_env *env)
{
  MDB_txn *txn;
  MDB_dbi table;
  int rc = mdb_txn_begin(env, NULL, 0, &txn);
  if (rc != 0)
    return rc;
  for (size_t i = 0; i < RL_TABLE_COUNT && rc == 0; i++)
    rc = mdb_dbi_open(txn, rl_lmdb_table_names[i], MDB_CREATE, &table);
  if (rc == 0)
    return mdb_txn_commit(txn);
  mdb_txn_abort(txn);
  return rc;
}

static int make_at(const char *path, const rl_room *room)
{
  MDB_env *env;
  int rc = mdb_env_create(&env);
  if (rc != 0)
    return rc;
  rc = mdb_env_set_maxdbs(env, RL_TABLE_COUNT);
  if (rc == 0)
    rc = mdb_env_set_mapsize(env, room->most_bytes);
  if (rc == 0)
    rc = mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOTLS | MDB_NOLOCK, RL_LMDB_FILE_MODE);
  if (rc == 0)
    rc = reserve(env, room);
  if (rc == 0)
    rc = make_tables(env);
  mdb_env_close(env);
  return rc;
}

int rl_lmdb_make(const char *path, const rl_room *room)
{
  char made[PATH_MAX];
  if ((size_t)snprintf(made, sizeof made, "%s.new", path) >= sizeof made)
    return ENAMETOOLONG;
  if (unlink(made) != 0 && errno != ENOENT)
    return errno;
  int rc = make_at(made, room);
  if (rc == 0 && rename(made, path) != 0)
    rc = errno;
  if (rc == 0)
    return rl_sync_name(path) ? 0 : errno;
  unlink(made);
  return rc;
}
