/* Opening and closing. Which trouble means what to the person who starts an engine is decided
 * here: each failure names the path and the remedy.
 *
 * A directory holds:  lock        held (flock) by the one engine, with its process id inside
 *                     store.mdb   the tables        store.mdb-lock   LMDB's readers
 *
 * The lock is taken before LMDB is touched, so that a second engine is refused at once and the
 * first is unharmed. Within a process a list of open directories does the same for readers: LMDB
 * must not open a file twice, since closing one drops the locks of the other. */
#include "store/check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define INBOX_BYTES_DEFAULT ((size_t)16 << 20)
#define MAP_BYTES_DEFAULT ((size_t)64 << 30)

static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;
static rl_store *open_stores; /* of this process; under open_lock */

static const char *remedy_of(rl_status status)
{
  switch ((int)status) {
  case RL_DENIED: return "check its owner and mode";
  case RL_NO_SPACE: return "free space on its file system and start again";
  case RL_NO_MEMORY: return "allow the process more memory or address space";
  case RL_FOREIGN: return "it is of another version or another program: name another directory";
  case RL_CORRUPT: return "restore it from a backup";
  case RL_NOT_FOUND: return "start an engine there first, or name another directory";
  default: return "look at the file system";
  }
}

/* `rc` is an errno or LMDB's. */
static rl_status fail(rl_error *error, const char *path, int rc)
{
  rl_status status = rl_tables_status(rc);
  return rl_fail(error, status, path, 0, "", "cannot be opened: %s; %s", mdb_strerror(rc),
                 remedy_of(status));
}

/* --- the directory --- */

static rl_status make_directory(const char *directory, rl_error *error)
{
  char path[sizeof((rl_store *)0)->directory];
  snprintf(path, sizeof path, "%s", directory);
  for (char *end = path; *end; end++) {
    char next = end[1];
    if (end[0] == '/' || (next != '/' && next != '\0'))
      continue;
    end[1] = '\0';
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
      return fail(error, path, errno);
    end[1] = next;
  }
  return RL_OK;
}

static rl_status name_directory(rl_store *store, rl_error *error)
{
  struct stat stat_of;
  if (stat(store->directory, &stat_of) != 0)
    return fail(error, store->directory, errno);
  if (!S_ISDIR(stat_of.st_mode))
    return fail(error, store->directory, ENOTDIR);
  store->device = stat_of.st_dev;
  store->inode = stat_of.st_ino;
  return RL_OK;
}

static rl_status refuse_second(const char *path, int fd, rl_error *error)
{
  char holder[16] = "";
  ssize_t length = pread(fd, holder, sizeof holder - 1, 0);
  holder[length > 0 ? length : 0] = '\0';
  holder[strcspn(holder, "\n")] = '\0';
  return rl_fail(error, RL_BUSY, path, 0, "",
                 "another engine (process %s) holds this directory: stop it or name another",
                 holder[0] ? holder : "unknown");
}

static rl_status take_lock(rl_store *store, rl_error *error)
{
  char path[sizeof store->path];
  snprintf(path, sizeof path, "%s/lock", store->directory);
  store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (store->lock_fd < 0)
    return fail(error, path, errno);
  if (flock(store->lock_fd, LOCK_EX | LOCK_NB) != 0)
    return errno == EWOULDBLOCK ? refuse_second(path, store->lock_fd, error)
                                : fail(error, path, errno);
  bool named = ftruncate(store->lock_fd, 0) == 0
               && dprintf(store->lock_fd, "%d\n", (int)getpid()) > 0;
  (void)named; /* the id is for people; the lock is the kernel's, and holds on a full disk too */
  return RL_OK;
}

static rl_status enlist(rl_store *store, rl_error *error)
{
  pthread_mutex_lock(&open_lock);
  const rl_store *other = open_stores;
  while (other && (other->device != store->device || other->inode != store->inode))
    other = other->next_open;
  if (!other) {
    store->next_open = open_stores;
    open_stores = store;
  }
  pthread_mutex_unlock(&open_lock);
  if (!other)
    return RL_OK;
  return rl_fail(error, RL_BUSY, store->path, 0, "", "this process has it open already");
}

static void delist(const rl_store *store)
{
  pthread_mutex_lock(&open_lock);
  rl_store **link = &open_stores;
  while (*link && *link != store)
    link = &(*link)->next_open;
  if (*link)
    *link = store->next_open;
  pthread_mutex_unlock(&open_lock);
}

/* --- the file's identity --- */

static rl_status birth_of_file(const rl_store *store, rl_meta *meta, rl_error *error)
{
  struct statx file;
  if (statx(AT_FDCWD, store->path, 0, STATX_INO | STATX_BTIME, &file) != 0)
    return fail(error, store->path, errno);
  meta->inode = file.stx_ino;
  meta->birth_ns = 0;
  if (file.stx_mask & STATX_BTIME)
    meta->birth_ns = file.stx_btime.tv_sec * 1000000000ll + file.stx_btime.tv_nsec;
  return RL_OK;
}

static int read_meta(const rl_store *store, rl_meta *meta)
{
  MDB_txn *txn;
  int rc = rl_tables_read(&store->tables, &txn);
  if (rc != 0)
    return rc;
  rc = rl_tables_get_meta(&store->tables, txn, meta);
  mdb_txn_abort(txn);
  return rc;
}

static int write_meta(const rl_store *store, const rl_meta *meta)
{
  MDB_txn *txn;
  int rc = mdb_txn_begin(store->tables.env, NULL, 0, &txn);
  if (rc != 0)
    return rc;
  rc = rl_tables_put_meta(&store->tables, txn, meta);
  if (rc == 0)
    return rl_tables_commit(&store->tables, txn);
  mdb_txn_abort(txn);
  return rc;
}

/* The commit reached the file, but a new file's name is in the directory. */
static int sync_directory(const rl_store *store)
{
  int fd = open(store->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return errno;
  int rc = fsync(fd) == 0 ? 0 : errno;
  close(fd);
  return rc;
}

static int mint_identity(rl_store *store, const rl_meta *seen)
{
  rl_meta meta = store->meta;
  meta.inode = seen->inode;
  meta.birth_ns = seen->birth_ns;
  rl_random_bytes(meta.identity.bytes, sizeof meta.identity.bytes);
  int rc = write_meta(store, &meta);
  if (rc == 0)
    rc = sync_directory(store);
  if (rc == 0)
    store->meta = meta;
  return rc;
}

static rl_status take_identity(rl_store *store, rl_error *error)
{
  rl_meta seen = {0};
  rl_status status = birth_of_file(store, &seen, error);
  if (status != RL_OK)
    return status;
  int rc = read_meta(store, &store->meta);
  bool is_new = rc == MDB_NOTFOUND && !store->read_only;
  if (rc == MDB_CORRUPTED)
    return rl_fail_corrupt(store, error, "meta", "its bytes are damaged");
  if (rc != 0 && !is_new)
    return fail(error, store->path, rc);
  bool moved = store->meta.inode != seen.inode || store->meta.birth_ns != seen.birth_ns;
  store->copied = !is_new && moved && !store->read_only;
  if (is_new || store->copied)
    rc = mint_identity(store, &seen);
  if (rc != 0)
    return fail(error, store->path, rc);
  store->identity = store->meta.identity;
  store->high_water_utc_ms = store->meta.high_water_utc_ms;
  return RL_OK;
}

/* --- opening --- */

static rl_status open_tables(rl_store *store, const rl_store_options *options, rl_error *error)
{
  size_t map_bytes = options->map_bytes ? options->map_bytes : MAP_BYTES_DEFAULT;
  int dead;
  int rc = rl_tables_open(store->path, map_bytes, store->read_only, &store->tables);
  if (rc != 0)
    return fail(error, store->path, rc);
  if (!store->read_only)
    (void)mdb_reader_check(store->tables.env, &dead);
  return RL_OK;
}

static rl_status start_writer(rl_store *store, const rl_store_options *options)
{
  size_t room = options->inbox_bytes ? options->inbox_bytes : INBOX_BYTES_DEFAULT;
  rl_status status = rl_inbox_init(&store->inbox, room);
  if (status != RL_OK)
    return status;
  /* Signals are for the program's own threads. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  store->writing = pthread_create(&store->writer, NULL, rl_store_write, store) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (store->writing)
    return RL_OK;
  rl_inbox_fini(&store->inbox);
  return RL_NO_MEMORY;
}

static rl_status start(rl_store *store, const rl_store_options *options, rl_error *error)
{
  rl_status status = rl_check_newest(store, error);
  if (status != RL_OK || store->read_only)
    return status;
  rl_keys_init(&store->keys, options->end_keys_max ? options->end_keys_max : RL_END_KEYS_MAX);
  rl_random_bytes(&store->key_seed, sizeof store->key_seed);
  status = rl_restore_keys(store, error);
  if (status == RL_OK && (status = start_writer(store, options)) != RL_OK)
    return rl_fail(error, status, store->path, 0, "", "the store cannot start its writer: %s",
                   rl_status_text(status));
  return status;
}

static rl_status open_all(rl_store *store, const rl_store_options *options, rl_error *error)
{
  rl_status status = store->read_only ? RL_OK : make_directory(store->directory, error);
  if (status == RL_OK)
    status = name_directory(store, error);
  if (status == RL_OK && !store->read_only)
    status = take_lock(store, error);
  if (status == RL_OK)
    status = enlist(store, error);
  if (status == RL_OK)
    status = open_tables(store, options, error);
  if (status == RL_OK)
    status = take_identity(store, error);
  return status == RL_OK ? start(store, options, error) : status;
}

static void dismantle(rl_store *store)
{
  if (store->tables.env)
    rl_tables_close(&store->tables);
  delist(store);
  rl_keys_fini(&store->keys);
  if (store->lock_fd >= 0)
    close(store->lock_fd);
  free(store);
}

rl_status rl_store_open(const rl_store_options *options, rl_store **out, rl_error *error)
{
  rl_store *store = calloc(1, sizeof *store);
  if (!store)
    return rl_fail(error, RL_NO_MEMORY, options->directory, 0, "", "no memory for the store");
  store->lock_fd = -1;
  store->clock = options->clock;
  store->boot_id = options->boot_id;
  store->read_only = options->read_only;
  store->commit = rl_tables_commit;
  size_t length = strlen(options->directory);
  rl_status status = RL_OK;
  if (length == 0 || length >= sizeof store->directory)
    status = rl_fail(error, RL_OUT_OF_RANGE, options->directory, 0, "",
                     "a directory's name has 1 to %zu bytes", sizeof store->directory - 1);
  else if (store->boot_id == 0 && rl_clock_boot_id(&store->boot_id) != RL_OK)
    status = rl_fail(error, RL_IO, "/proc/sys/kernel/random/boot_id", 0, "",
                     "cannot be read: mount /proc");
  if (status == RL_OK) {
    snprintf(store->directory, sizeof store->directory, "%s", options->directory);
    snprintf(store->path, sizeof store->path, "%s/store.mdb", store->directory);
    status = open_all(store, options, error);
  }
  if (status == RL_OK)
    *out = store;
  else
    dismantle(store);
  return status;
}

void rl_store_close(rl_store *store)
{
  if (store->writing) {
    rl_inbox_close(&store->inbox);
    pthread_join(store->writer, NULL);
    rl_inbox_fini(&store->inbox);
  }
  dismantle(store);
}
