#include "store/tables.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Readers: threads that look something up, and other processes. */
enum { READERS_MAX = 512, TABLES = 5, FILE_MODE = 0600 };
/* A full inbox (16 MiB), and the pages around what it writes. */
#define COMMIT_BYTES_MOST ((uint64_t)64 << 20)

_Static_assert(sizeof(size_t) == sizeof(uint64_t), "LMDB's integer keys are of size_t");

rl_status rl_tables_status(int rc)
{
  switch (rc) {
  case 0: return RL_OK;
  case MDB_NOTFOUND: return RL_NOT_FOUND;
  case MDB_CORRUPTED:
  case MDB_PAGE_NOTFOUND: return RL_CORRUPT;
  case MDB_INVALID:
  case MDB_VERSION_MISMATCH:
  case MDB_INCOMPATIBLE: return RL_FOREIGN;
  case ENOMEM: return RL_NO_MEMORY;
  case EACCES:
  case EPERM:
  case EROFS: return RL_DENIED;
  case ENOENT: return RL_NOT_FOUND;
  default: return rl_tables_out_of_space(rc) ? RL_NO_SPACE : RL_IO;
  }
}

bool rl_tables_out_of_space(int rc)
{
  return rc == ENOSPC || rc == EDQUOT || rc == EFBIG || rc == MDB_MAP_FULL;
}

/* A file with tables of its own is not made into a store. */
static int count_tables(MDB_txn *txn, size_t *count)
{
  MDB_dbi all;
  MDB_stat stat;
  int rc = mdb_dbi_open(txn, NULL, 0, &all);
  if (rc == 0)
    rc = mdb_stat(txn, all, &stat);
  if (rc == 0)
    *count = stat.ms_entries;
  return rc;
}

static int open_each(rl_tables *tables, MDB_txn *txn, unsigned create)
{
  const struct {
    const char *name;
    unsigned flags;
    MDB_dbi *dbi;
  } each[TABLES] = {
    {"meta", create, &tables->meta},
    {"quotes", create, &tables->quotes},
    {"ends", create, &tables->ends},
    {"transactions", create | MDB_INTEGERKEY, &tables->transactions},
    {"tariffs", create, &tables->tariffs},
  };
  int rc = 0;
  for (size_t i = 0; i < TABLES && rc == 0; i++)
    rc = mdb_dbi_open(txn, each[i].name, each[i].flags, each[i].dbi);
  return rc == MDB_NOTFOUND ? MDB_INCOMPATIBLE : rc;
}

static int open_tables(rl_tables *tables, bool read_only)
{
  MDB_txn *txn;
  size_t count;
  int rc = mdb_txn_begin(tables->env, NULL, read_only ? MDB_RDONLY : 0, &txn);
  if (rc != 0)
    return rc;
  rc = count_tables(txn, &count);
  if (rc == 0)
    rc = open_each(tables, txn, !read_only && count == 0 ? MDB_CREATE : 0);
  if (rc == 0)
    return rl_tables_commit(tables, txn);
  mdb_txn_abort(txn);
  return rc;
}

/* True when the file is too short for the pages that it says it has. */
static bool is_truncated(const rl_tables *tables)
{
  MDB_envinfo info;
  MDB_stat stat;
  struct stat file;
  int fd;
  if (mdb_env_info(tables->env, &info) != 0 || mdb_env_stat(tables->env, &stat) != 0
      || mdb_env_get_fd(tables->env, &fd) != 0 || fstat(fd, &file) != 0)
    return true;
  return (uint64_t)file.st_size < (info.me_last_pgno + 1) * (uint64_t)stat.ms_psize;
}

int rl_tables_open(const char *path, size_t map_bytes, bool read_only, rl_tables *out)
{
  rl_tables tables = {0};
  unsigned flags = MDB_NOSUBDIR | MDB_NOTLS | (read_only ? MDB_RDONLY : 0);
  int rc = mdb_env_create(&tables.env);
  if (rc != 0)
    return rc;
  rc = mdb_env_set_maxdbs(tables.env, TABLES);
  if (rc == 0)
    rc = mdb_env_set_maxreaders(tables.env, READERS_MAX);
  if (rc == 0)
    rc = mdb_env_set_mapsize(tables.env, map_bytes);
  if (rc == 0)
    rc = mdb_env_open(tables.env, path, flags, FILE_MODE);
  if (rc == 0 && is_truncated(&tables))
    rc = MDB_CORRUPTED;
  if (rc == 0)
    rc = open_tables(&tables, read_only);
  if (rc == 0)
    *out = tables;
  else
    mdb_env_close(tables.env);
  return rc;
}

void rl_tables_close(rl_tables *tables)
{
  mdb_env_close(tables->env);
  tables->env = NULL;
}

/* Whether there is no room, or so little that a commit may have met its end: the file system may
 * have found some since, so a page that fits now proves nothing. The page goes behind the end of
 * the file, where quotas and limits are asked; LMDB does not look there, and writes over it. */
static bool space_is_short(const rl_tables *tables)
{
  static const uint8_t page[4096];
  struct stat file;
  struct statvfs disk;
  int fd;
  if (mdb_env_get_fd(tables->env, &fd) != 0 || fstat(fd, &file) != 0 || fstatvfs(fd, &disk) != 0)
    return false;
  return disk.f_bavail * (uint64_t)disk.f_frsize < COMMIT_BYTES_MOST
         || pwrite(fd, page, sizeof page, file.st_size) != (ssize_t)sizeof page;
}

int rl_tables_commit(const rl_tables *tables, MDB_txn *txn)
{
  int rc = mdb_txn_commit(txn);
  return rc == EIO && space_is_short(tables) ? ENOSPC : rc;
}

int rl_tables_read(const rl_tables *tables, MDB_txn **txn)
{
  return mdb_txn_begin(tables->env, NULL, MDB_RDONLY, txn);
}

static MDB_val val_of(const void *bytes, size_t size)
{
  return (MDB_val){.mv_size = size, .mv_data = (void *)(uintptr_t)bytes};
}

static int get(MDB_txn *txn, MDB_dbi table, const void *key, size_t key_size, MDB_val *value)
{
  MDB_val name = val_of(key, key_size);
  return mdb_get(txn, table, &name, value);
}

static int put(MDB_txn *txn, MDB_dbi table, const void *key, size_t key_size, const void *bytes,
               size_t size, unsigned flags)
{
  MDB_val name = val_of(key, key_size), value = val_of(bytes, size);
  return mdb_put(txn, table, &name, &value, flags);
}

static int damaged_unless(rl_status decoded)
{
  return decoded == RL_OK ? 0 : decoded == RL_FOREIGN ? MDB_VERSION_MISMATCH : MDB_CORRUPTED;
}

static const char meta_key[] = "store";

int rl_tables_get_meta(const rl_tables *tables, MDB_txn *txn, rl_meta *out)
{
  MDB_val value;
  int rc = get(txn, tables->meta, meta_key, sizeof meta_key - 1, &value);
  return rc != 0 ? rc : damaged_unless(rl_meta_decode(value.mv_data, value.mv_size, out));
}

int rl_tables_get_quote(const rl_tables *tables, MDB_txn *txn, rl_quote_id id, rl_quote *out)
{
  MDB_val value;
  int rc = get(txn, tables->quotes, id.bytes, sizeof id.bytes, &value);
  if (rc != 0)
    return rc;
  rl_status decoded = rl_quote_decode(value.mv_data, value.mv_size, out);
  return damaged_unless(decoded == RL_OK && !rl_quote_id_equal(out->id, id) ? RL_CORRUPT
                                                                            : decoded);
}

int rl_tables_get_end(const rl_tables *tables, MDB_txn *txn, rl_quote_id id, rl_end *out)
{
  MDB_val value;
  int rc = get(txn, tables->ends, id.bytes, sizeof id.bytes, &value);
  if (rc != 0)
    return rc;
  rl_status decoded = rl_end_decode(value.mv_data, value.mv_size, out);
  return damaged_unless(decoded == RL_OK && !rl_quote_id_equal(out->quote, id) ? RL_CORRUPT
                                                                               : decoded);
}

int rl_tables_get_transaction(const rl_tables *tables, MDB_txn *txn, uint64_t number,
                              rl_transaction *out)
{
  MDB_val value;
  int rc = get(txn, tables->transactions, &number, sizeof number, &value);
  return rc != 0 ? rc : damaged_unless(rl_transaction_decode(value.mv_data, value.mv_size, out));
}

int rl_tables_get_tariff(const rl_tables *tables, MDB_txn *txn, rl_digest digest,
                         const char **text, size_t *length)
{
  MDB_val value;
  int rc = get(txn, tables->tariffs, digest.bytes, sizeof digest.bytes, &value);
  if (rc != 0)
    return rc;
  if (!rl_checksum_holds(value.mv_data, value.mv_size))
    return MDB_CORRUPTED;
  *text = value.mv_data;
  *length = value.mv_size - RL_CHECKSUM_SIZE;
  return 0;
}

int rl_tables_put_meta(const rl_tables *tables, MDB_txn *txn, const rl_meta *meta)
{
  uint8_t row[RL_META_ROW_MAX];
  size_t size = rl_meta_encode(meta, row);
  return put(txn, tables->meta, meta_key, sizeof meta_key - 1, row, size, 0);
}

int rl_tables_put_record(const rl_tables *tables, MDB_txn *txn, const uint8_t *record,
                         size_t size)
{
  rl_quote_id id = rl_quote_record_id(record);
  int rc = put(txn, tables->quotes, id.bytes, sizeof id.bytes, record, size, MDB_NOOVERWRITE);
  return rc == MDB_KEYEXIST ? 0 : rc;
}

int rl_tables_put_end(const rl_tables *tables, MDB_txn *txn, const rl_end *end)
{
  uint8_t row[RL_END_ROW_MAX];
  size_t size = rl_end_encode(end, row);
  const rl_quote_id *id = &end->quote;
  return put(txn, tables->ends, id->bytes, sizeof id->bytes, row, size, MDB_NOOVERWRITE);
}

static int last_number(const rl_tables *tables, MDB_txn *txn, uint64_t *number)
{
  MDB_cursor *cursor;
  MDB_val key, value;
  int rc = mdb_cursor_open(txn, tables->transactions, &cursor);
  if (rc != 0)
    return rc;
  rc = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
  *number = 0;
  if (rc == 0)
    memcpy(number, key.mv_data, sizeof *number);
  mdb_cursor_close(cursor);
  return rc == MDB_NOTFOUND ? 0 : rc;
}

int rl_tables_append_transaction(const rl_tables *tables, MDB_txn *txn,
                                 const rl_transaction *transaction, uint64_t *number)
{
  uint8_t bytes[RL_TRANSACTION_MAX];
  size_t size = rl_transaction_encode(transaction, bytes);
  uint64_t last;
  int rc = last_number(tables, txn, &last);
  if (rc != 0)
    return rc;
  *number = last + 1;
  return put(txn, tables->transactions, number, sizeof *number, bytes, size, MDB_APPEND);
}

int rl_tables_put_tariff(const rl_tables *tables, MDB_txn *txn, rl_digest digest,
                         const char *text, size_t length)
{
  MDB_val name = val_of(digest.bytes, sizeof digest.bytes);
  MDB_val value = {.mv_size = length + RL_CHECKSUM_SIZE};
  int rc = mdb_put(txn, tables->tariffs, &name, &value, MDB_NOOVERWRITE | MDB_RESERVE);
  if (rc != 0)
    return rc == MDB_KEYEXIST ? 0 : rc;
  rl_writer writer = rl_writer_over(value.mv_data, value.mv_size);
  rl_put_bytes(&writer, text, length);
  rl_put_checksum(&writer);
  RL_ASSERT(!writer.failed);
  return 0;
}
