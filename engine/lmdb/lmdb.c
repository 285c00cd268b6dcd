#include "lmdb/lmdb.h"

#include "lmdb/keys.h"
#include "lmdb/make.h"
#include "lmdb/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Readers: threads that look something up, and other processes. */
enum { READERS_MAX = 512 };
enum { COMMITS_PER_READER_CHECK = 1024 };

typedef struct rl_lmdb rl_lmdb;

struct rl_rows {
  rl_lmdb *lmdb;
  MDB_txn *txn;
  bool writes;
};

struct rl_lmdb {
  rl_tables base;
  MDB_env *env;
  MDB_dbi tables[RL_TABLE_COUNT];
  rl_place place;
  rl_keys keys;       /* the writing thread's */
  rl_room room;       /* the writing thread's */
  rl_rows writing;    /* the one transaction that may write at a time */
  uint64_t commits;   /* the writing thread's */
};

static rl_lmdb *lmdb_of(rl_tables *tables)
{
  return (rl_lmdb *)tables; /* it is its first member */
}

/* --- what LMDB's return values mean --- */

static bool is_out_of_space(int rc)
{
  return rc == ENOSPC || rc == EDQUOT || rc == EFBIG || rc == MDB_MAP_FULL;
}

static rl_status status_of(int rc)
{
  switch (rc) {
  case 0: return RL_OK;
  case MDB_NOTFOUND: return RL_NOT_FOUND;
  case MDB_KEYEXIST: return RL_EXISTS;
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
  default: return is_out_of_space(rc) ? RL_NO_SPACE : RL_IO;
  }
}

/* --- transactions --- */

/* Nothing of the transaction has been written yet. */
static rl_status reserve(rl_lmdb *lmdb)
{
  MDB_envinfo info;
  MDB_stat pages;
  int fd;
  int rc = mdb_env_get_fd(lmdb->env, &fd);
  if (rc == 0)
    rc = mdb_env_info(lmdb->env, &info);
  if (rc == 0)
    rc = mdb_env_stat(lmdb->env, &pages);
  if (rc != 0)
    return status_of(rc);
  return rl_room_reserve(&lmdb->room, fd, ((uint64_t)info.me_last_pgno + 1) * pages.ms_psize);
}

/* There was room, so that what the disk refuses now, be it said to be for want of space, may have
 * been a sync (room.h). The map's own end is found before anything is written. */
static rl_status commit_into_room(MDB_txn *txn)
{
  int rc = mdb_txn_commit(txn);
  return rc == 0 || rc == MDB_MAP_FULL ? status_of(rc)
         : is_out_of_space(rc) ? RL_IO : status_of(rc);
}

static rl_status begin(rl_tables *tables, bool writes, rl_rows **rows)
{
  rl_lmdb *lmdb = lmdb_of(tables);
  rl_rows *made = writes ? &lmdb->writing : malloc(sizeof *made);
  MDB_txn *txn;
  if (!made)
    return RL_NO_MEMORY;
  int rc = mdb_txn_begin(lmdb->env, NULL, writes ? 0 : MDB_RDONLY, &txn);
  if (rc == 0) {
    *made = (rl_rows){.lmdb = lmdb, .txn = txn, .writes = writes};
    *rows = made;
  } else if (!writes) {
    free(made);
  }
  return status_of(rc);
}

static void forget(rl_rows *rows)
{
  if (!rows->writes)
    free(rows);
}

static void abort_rows(rl_rows *rows)
{
  mdb_txn_abort(rows->txn);
  if (rows->writes)
    rl_keys_abort(&rows->lmdb->keys);
  forget(rows);
}

static rl_status commit(rl_rows *rows)
{
  rl_lmdb *lmdb = rows->lmdb;
  if (!rows->writes) {
    abort_rows(rows);
    return RL_OK;
  }
  rl_status status = reserve(lmdb);
  if (status != RL_OK) {
    abort_rows(rows);
    return status;
  }
  status = commit_into_room(rows->txn);
  if (status != RL_OK) {
    rl_keys_abort(&lmdb->keys);
    return status;
  }
  rl_keys_commit(&lmdb->keys);
  int dead;
  if (++lmdb->commits % COMMITS_PER_READER_CHECK == 0)
    (void)mdb_reader_check(lmdb->env, &dead); /* a killed reader would pin old pages */
  return RL_OK;
}

/* --- rows --- */

static MDB_val val_of(rl_blob blob)
{
  return (MDB_val){.mv_size = blob.size, .mv_data = (void *)(uintptr_t)blob.bytes};
}

static rl_blob blob_of(MDB_val val)
{
  return (rl_blob){.bytes = val.mv_data, .size = val.mv_size};
}

static rl_status get(rl_rows *rows, rl_table table, rl_blob key, rl_blob *row)
{
  MDB_val name = val_of(key), value;
  int rc = mdb_get(rows->txn, rows->lmdb->tables[table], &name, &value);
  if (rc == 0)
    *row = blob_of(value);
  return status_of(rc);
}

static int put(rl_rows *rows, rl_table table, rl_blob key, rl_blob row, unsigned flags)
{
  MDB_val name = val_of(key), value = val_of(row);
  return mdb_put(rows->txn, rows->lmdb->tables[table], &name, &value, flags);
}

static rl_status add(rl_rows *rows, rl_table table, rl_blob key, rl_blob row)
{
  return status_of(put(rows, table, key, row, MDB_NOOVERWRITE));
}

static rl_status keep(rl_rows *rows, rl_table table, rl_blob key, rl_blob row)
{
  int rc = put(rows, table, key, row, MDB_NOOVERWRITE);
  return rc == MDB_KEYEXIST ? RL_OK : status_of(rc);
}

static rl_status set(rl_rows *rows, rl_table table, rl_blob key, rl_blob row)
{
  return status_of(put(rows, table, key, row, 0));
}

static rl_status remove_row(rl_rows *rows, rl_table table, rl_blob key)
{
  MDB_val name = val_of(key);
  return status_of(mdb_del(rows->txn, rows->lmdb->tables[table], &name, NULL));
}

/* The row where a scan begins. */
static int seek(MDB_cursor *cursor, rl_blob from, rl_direction direction, MDB_val *key,
                MDB_val *value)
{
  if (from.size == 0)
    return mdb_cursor_get(cursor, key, value, direction == RL_FORWARDS ? MDB_FIRST : MDB_LAST);
  *key = val_of(from);
  int rc = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
  if (direction == RL_FORWARDS)
    return rc;
  if (rc == MDB_NOTFOUND)
    return mdb_cursor_get(cursor, key, value, MDB_LAST);
  bool at = rc == 0 && key->mv_size == from.size
            && memcmp(key->mv_data, from.bytes, from.size) == 0;
  return rc == 0 && !at ? mdb_cursor_get(cursor, key, value, MDB_PREV) : rc;
}

static rl_status scan(rl_rows *rows, rl_table table, rl_blob from, rl_direction direction,
                      rl_row_visit visit, void *context)
{
  MDB_cursor *cursor;
  MDB_val key, value;
  MDB_cursor_op onwards = direction == RL_FORWARDS ? MDB_NEXT : MDB_PREV;
  int rc = mdb_cursor_open(rows->txn, rows->lmdb->tables[table], &cursor);
  if (rc != 0)
    return status_of(rc);
  rc = seek(cursor, from, direction, &key, &value);
  while (rc == 0 && visit(blob_of(key), blob_of(value), context))
    rc = mdb_cursor_get(cursor, &key, &value, onwards);
  mdb_cursor_close(cursor);
  return rc == MDB_NOTFOUND ? RL_OK : status_of(rc);
}

/* --- keys of ends --- */

static rl_fingerprint fingerprint_of(const uint8_t key[16])
{
  rl_fingerprint fingerprint;
  memcpy(fingerprint.words, key, sizeof fingerprint.words);
  return fingerprint;
}

static rl_status find_key(rl_rows *rows, const uint8_t key[16], uint8_t quote[16])
{
  bool found = rl_keys_find(&rows->lmdb->keys, fingerprint_of(key), quote);
  return found ? RL_OK : RL_NOT_FOUND;
}

static rl_status add_key(rl_rows *rows, const uint8_t key[16], const uint8_t quote[16],
                         rl_now now)
{
  bool added = rl_keys_add(&rows->lmdb->keys, now.mono, fingerprint_of(key), quote);
  return added ? RL_OK : RL_FULL;
}

static rl_status retire_keys(rl_rows *rows, rl_now now)
{
  rl_keys_retire(&rows->lmdb->keys, now.mono);
  return RL_OK;
}

/* --- opening --- */

static rl_status place_of(rl_tables *tables, rl_place *out)
{
  *out = lmdb_of(tables)->place;
  return RL_OK;
}

/* A page list is as long as its first word says; LMDB's own table of them is number 0. */
static int count_free_pages(MDB_txn *txn, uint64_t *pages)
{
  const MDB_dbi free_pages = 0;
  MDB_cursor *cursor;
  MDB_val key, list;
  uint64_t count = 0;
  int rc = mdb_cursor_open(txn, free_pages, &cursor);
  if (rc != 0)
    return rc;
  while ((rc = mdb_cursor_get(cursor, &key, &list, MDB_NEXT)) == 0) {
    size_t length = 0;
    if (list.mv_size >= sizeof length)
      memcpy(&length, list.mv_data, sizeof length);
    count += length;
  }
  mdb_cursor_close(cursor);
  if (rc == MDB_NOTFOUND)
    *pages = count;
  return rc == MDB_NOTFOUND ? 0 : rc;
}

static rl_status usage_of(rl_tables *tables, rl_usage *out)
{
  rl_lmdb *lmdb = lmdb_of(tables);
  MDB_txn *txn;
  MDB_stat stat_of;
  struct stat file;
  uint64_t pages = 0;
  int fd;
  int rc = mdb_txn_begin(lmdb->env, NULL, MDB_RDONLY, &txn);
  if (rc != 0)
    return status_of(rc);
  rc = count_free_pages(txn, &pages);
  mdb_txn_abort(txn);
  if (rc == 0)
    rc = mdb_env_stat(lmdb->env, &stat_of);
  if (rc == 0)
    rc = mdb_env_get_fd(lmdb->env, &fd);
  if (rc == 0)
    rc = fstat(fd, &file) == 0 ? 0 : errno;
  if (rc == 0)
    *out = (rl_usage){(uint64_t)file.st_size, pages * stat_of.ms_psize};
  return status_of(rc);
}

static void close_tables(rl_tables *tables)
{
  rl_lmdb *lmdb = lmdb_of(tables);
  if (lmdb->env)
    mdb_env_close(lmdb->env);
  rl_keys_fini(&lmdb->keys);
  free(lmdb);
}

static const rl_tables_kind kind = {
  .name = "lmdb",
  .shared = false,
  .close = close_tables,
  .place = place_of,
  .usage = usage_of,
  .begin = begin,
  .commit = commit,
  .abort = abort_rows,
  .get = get,
  .add = add,
  .keep = keep,
  .set = set,
  .remove = remove_row,
  .scan = scan,
  .find_key = find_key,
  .add_key = add_key,
  .retire_keys = retire_keys,
};

/* A file that lacks one is not ours (make.h), and is not made into a store. */
static int open_tables(rl_lmdb *lmdb)
{
  MDB_txn *txn;
  int rc = mdb_txn_begin(lmdb->env, NULL, MDB_RDONLY, &txn);
  if (rc != 0)
    return rc;
  for (size_t i = 0; i < RL_TABLE_COUNT && rc == 0; i++)
    rc = mdb_dbi_open(txn, rl_lmdb_table_names[i], 0, &lmdb->tables[i]);
  if (rc == 0)
    return mdb_txn_commit(txn);
  mdb_txn_abort(txn);
  return rc == MDB_NOTFOUND ? MDB_INCOMPATIBLE : rc;
}

/* Inode and birth of the file tell a copy from the original: neither follows a copied or restored
 * file, and both stay through renames and restarts. A device number is no part of it, since that
 * may change when the machine starts. */
static int find_place(rl_lmdb *lmdb, const char *path)
{
  struct statx file;
  if (statx(AT_FDCWD, path, 0, STATX_INO | STATX_BTIME, &file) != 0)
    return errno;
  int64_t birth_ns = 0; /* where the file system does not tell */
  if (file.stx_mask & STATX_BTIME)
    birth_ns = file.stx_btime.tv_sec * 1000000000ll + file.stx_btime.tv_nsec;
  rl_writer writer = rl_writer_over(lmdb->place.bytes, sizeof lmdb->place.bytes);
  rl_put_u64(&writer, file.stx_ino);
  rl_put_i64(&writer, birth_ns);
  return 0;
}

/* --- what LMDB would trust --- */

static int code_of(rl_status looked)
{
  return looked == RL_OK ? 0 : looked == RL_CORRUPT ? MDB_CORRUPTED
         : looked == RL_NO_MEMORY ? ENOMEM : EIO;
}

/* Of a file that is not there, or cannot be read, LMDB says what is to be said. */
static int look_at_heads(const char *path, rl_page_fault *fault)
{
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return 0;
  rl_status looked = rl_pages_check_heads(fd, fault);
  close(fd);
  return code_of(looked);
}

static int look_at_pages(const rl_lmdb *lmdb, rl_page_fault *fault)
{
  MDB_txn *txn;
  int fd;
  int rc = mdb_env_get_fd(lmdb->env, &fd);
  if (rc == 0)
    rc = mdb_txn_begin(lmdb->env, NULL, MDB_RDONLY, &txn);
  if (rc != 0)
    return rc;
  rl_status looked = rl_pages_check(fd, mdb_txn_id(txn), fault);
  mdb_txn_abort(txn);
  return code_of(looked);
}

static int make_if_missing(rl_lmdb *lmdb, const rl_lmdb_options *options)
{
  bool is_missing = access(options->path, F_OK) != 0 && errno == ENOENT;
  return is_missing && !options->read_only ? rl_lmdb_make(options->path, &lmdb->room) : 0;
}

static int open_file(rl_lmdb *lmdb, const rl_lmdb_options *options, rl_page_fault *fault)
{
  unsigned flags = MDB_NOSUBDIR | MDB_NOTLS | (options->read_only ? MDB_RDONLY : 0);
  int dead;
  int rc = make_if_missing(lmdb, options);
  if (rc == 0)
    rc = look_at_heads(options->path, fault);
  if (rc == 0)
    rc = mdb_env_create(&lmdb->env);
  if (rc == 0)
    rc = mdb_env_set_maxdbs(lmdb->env, RL_TABLE_COUNT);
  if (rc == 0)
    rc = mdb_env_set_maxreaders(lmdb->env, READERS_MAX);
  if (rc == 0)
    rc = mdb_env_set_mapsize(lmdb->env, options->map_bytes);
  if (rc == 0)
    rc = mdb_env_open(lmdb->env, options->path, flags, RL_LMDB_FILE_MODE);
  if (rc == 0 && options->every_page)
    rc = look_at_pages(lmdb, fault);
  if (rc == 0)
    rc = open_tables(lmdb);
  if (rc == 0)
    rc = find_place(lmdb, options->path);
  if (rc == 0 && !options->read_only)
    (void)mdb_reader_check(lmdb->env, &dead);
  return rc;
}

static const char *remedy_of(rl_status status)
{
  switch ((int)status) {
  case RL_DENIED: return "check its owner and mode";
  case RL_NO_SPACE: return "free space on its file system and start again";
  case RL_NO_MEMORY: return "allow the process more memory or address space";
  case RL_FOREIGN: return "it is of another version or another program: name another directory";
  case RL_CORRUPT: return "restore it from a backup, or move it away to begin anew";
  case RL_NOT_FOUND: return "start an engine there first, or name another directory";
  default: return "look at the file system";
  }
}

rl_status rl_lmdb_open(const rl_lmdb_options *options, rl_tables **out, rl_error *error)
{
  rl_lmdb *lmdb = calloc(1, sizeof *lmdb);
  rl_page_fault fault = {0};
  int rc = ENOMEM;
  if (lmdb) {
    lmdb->base.kind = &kind;
    rl_keys_init(&lmdb->keys, options->keys_max);
    lmdb->room = (rl_room){.ahead_bytes = options->ahead_bytes, .most_bytes = options->map_bytes};
    rc = open_file(lmdb, options, &fault);
  }
  rl_status status = status_of(rc);
  if (status == RL_OK) {
    *out = &lmdb->base;
    return RL_OK;
  }
  if (lmdb)
    close_tables(&lmdb->base);
  if (fault.reason) {
    char page[32];
    snprintf(page, sizeof page, "page %llu", (unsigned long long)fault.page);
    return rl_fail(error, status, options->path, 0, page, "%s; nothing was changed: %s",
                   fault.reason, remedy_of(status));
  }
  return rl_fail(error, status, options->path, 0, "", "cannot be opened: %s; %s",
                 mdb_strerror(rc), remedy_of(status));
}
