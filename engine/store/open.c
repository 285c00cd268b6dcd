/* Opening and closing. Which trouble means what to the person who starts an engine is decided
 * here: each failure names the path and the remedy.
 *
 * A directory holds:  lock        held (flock) by the one engine, with its process id inside
 *                     store.mdb   the tables        store.mdb-lock   LMDB's readers
 *                     (neither where the tables are in a database)
 *                     engine.id   which of the engines that share a database this one is
 *
 * The lock is taken before LMDB is touched, so that a second engine is refused at once and the
 * first is unharmed. Within a process a list of open directories does the same for readers: LMDB
 * must not open a file twice, since closing one drops the locks of the other. */
#include "store/check.h"

#include "lmdb/lmdb.h"
#include "postgres/postgres.h"
#include "paths/paths.h"

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
/* A full inbox in one transaction: its records, and the pages around them and the ends. */
#define BATCH_SPREAD 4

static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;
static rl_store *open_stores; /* of this process; under open_lock */

/* `number` is an errno. */
static rl_status fail(rl_error *error, const char *path, int number)
{
  rl_status status = number == EACCES || number == EPERM || number == EROFS ? RL_DENIED
                     : number == ENOENT ? RL_NOT_FOUND
                     : number == ENOSPC || number == EDQUOT ? RL_NO_SPACE
                                                            : RL_IO;
  const char *remedy = status == RL_DENIED ? "check its owner and mode"
                       : status == RL_NOT_FOUND
                         ? "start an engine there first, or name another directory"
                       : status == RL_NO_SPACE ? "free space on its file system and start again"
                                               : "look at the file system";
  return rl_fail(error, status, path, 0, "", "cannot be opened: %s; %s", strerror(number),
                 remedy);
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
    bool made = mkdir(path, 0700) == 0;
    if ((!made && errno != EEXIST) || (made && !rl_sync_name(path)))
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

/* --- identity --- */

static rl_status fail_to_identify(const rl_store *store, rl_status status, rl_error *error)
{
  if (status == RL_CORRUPT)
    return rl_fail_corrupt(store, error, "meta", "its bytes are damaged");
  if (status == RL_FOREIGN)
    return rl_fail(error, status, store->path, 0, "",
                   "cannot be opened: it is of another version: name another directory");
  return rl_fail(error, status, store->path, 0, "", "cannot be opened: %s",
                 rl_status_text(status));
}

/* With tables of its own nobody asks which quotes are this engine's: what is wrong with the file is
 * then no reason not to start. */
static rl_status take_engine_id(rl_store *store, rl_error *error)
{
  rl_status status = rl_engine_id_take(store->directory, &store->engine,
                                       store->shared ? error : NULL);
  if (status == RL_OK || store->shared)
    return status;
  rl_random_bytes(store->engine.bytes, sizeof store->engine.bytes);
  return RL_OK;
}

static bool note_row(rl_blob key, rl_blob row, void *context)
{
  (void)key;
  (void)row;
  *(bool *)context = true;
  return false;
}

/* Whether there is a row that only a store with an identity can have. */
static rl_status look_for_rows(const rl_access *access, bool *found)
{
  static const rl_table tables[] = {RL_TABLE_QUOTES, RL_TABLE_ENDS, RL_TABLE_TRANSACTIONS};
  rl_status status = RL_OK;
  *found = false;
  for (size_t i = 0; i < sizeof tables / sizeof *tables && status == RL_OK && !*found; i++)
    status = access->tables->kind->scan(access->rows, tables[i], (rl_blob){0}, RL_FORWARDS,
                                        note_row, found);
  return status;
}

/* Rows without an identity have lost it: a new one would disown what is open. */
static rl_status expect_no_rows(const rl_access *access)
{
  bool found;
  rl_status status = look_for_rows(access, &found);
  return status == RL_OK && found ? RL_CORRUPT : status;
}

/* Gives the rows an identity if they have none, and another one if they are a copy. */
static rl_status identify(rl_store *store, const rl_access *access, const rl_place *place,
                          bool *minted)
{
  rl_meta meta = {.first_transaction = 1};
  rl_status status = rl_get_meta(access, &meta);
  bool is_new = status == RL_NOT_FOUND && !store->read_only;
  if (is_new)
    status = expect_no_rows(access);
  if (status != RL_OK)
    return status;
  bool moved = memcmp(&meta.place, place, sizeof *place) != 0;
  store->copied = !is_new && moved && !store->read_only;
  store->is_new = is_new;
  *minted = is_new || store->copied;
  if (*minted) {
    meta.place = *place;
    rl_random_bytes(meta.identity.bytes, sizeof meta.identity.bytes);
  }
  store->meta = meta;
  return *minted ? rl_set_meta(access, &meta) : RL_OK;
}

static rl_status identify_within(rl_store *store, const rl_place *place)
{
  rl_access access;
  bool minted;
  rl_status status = rl_access_begin(store->tables, !store->read_only, &access);
  if (status != RL_OK)
    return status;
  status = identify(store, &access, place, &minted);
  if (status == RL_OK)
    status = rl_revocations_catch_up(store, &access, &store->meta,
                                     rl_clock_read(&store->clock));
  if (status != RL_OK || !minted) {
    rl_access_abort(&access);
    return status;
  }
  return rl_access_commit(&access);
}

static rl_status take_identity(rl_store *store, rl_error *error)
{
  rl_place place = {0};
  rl_status status = store->tables->kind->place(store->tables, &place);
  if (status == RL_OK)
    status = identify_within(store, &place);
  if (status != RL_OK)
    return fail_to_identify(store, status, error);
  store->identity = store->meta.identity;
  store->high_water_utc_ms = store->meta.high_water_utc_ms;
  store->kept_from_ms = store->meta.kept_from_ms;
  store->exported_before_ms = store->meta.exported_before_ms;
  return RL_OK;
}

/* --- opening --- */

static size_t inbox_bytes_of(const rl_store_options *options)
{
  return options->inbox_bytes ? options->inbox_bytes : INBOX_BYTES_DEFAULT;
}

static rl_status open_tables(rl_store *store, const rl_store_options *options, rl_error *error)
{
  if (options->url)
    return rl_postgres_open(options->url, store->read_only, &store->tables, error);
  rl_lmdb_options lmdb = {
    .path = store->path,
    .map_bytes = options->map_bytes ? options->map_bytes : MAP_BYTES_DEFAULT,
    .ahead_bytes = BATCH_SPREAD * inbox_bytes_of(options),
    .keys_max = options->end_keys_max ? options->end_keys_max : RL_END_KEYS_MAX,
    .read_only = store->read_only,
    .every_page = !store->read_only || options->every_page,
  };
  return rl_lmdb_open(&lmdb, &store->tables, error);
}

static rl_status start_writer(rl_store *store, const rl_store_options *options)
{
  rl_status status = rl_inbox_init(&store->inbox, inbox_bytes_of(options));
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
  status = rl_restore_keys(store, error);
  rl_store_measure(store);
  if (status == RL_OK && (status = start_writer(store, options)) != RL_OK)
    return rl_fail(error, status, store->path, 0, "", "the store cannot start its writer: %s",
                   rl_status_text(status));
  return status;
}

/* Whoever only reads a database needs no directory. */
static rl_status take_directory(rl_store *store, rl_error *error)
{
  if (store->read_only && store->shared)
    return RL_OK;
  rl_status status = store->read_only ? RL_OK : make_directory(store->directory, error);
  if (status == RL_OK)
    status = name_directory(store, error);
  if (status == RL_OK && !store->read_only)
    status = take_lock(store, error);
  if (status == RL_OK)
    status = enlist(store, error);
  if (status == RL_OK && !store->read_only)
    status = take_engine_id(store, error);
  return status;
}

static rl_status open_all(rl_store *store, const rl_store_options *options, rl_error *error)
{
  rl_status status = take_directory(store, error);
  if (status == RL_OK)
    status = open_tables(store, options, error);
  if (status == RL_OK)
    status = take_identity(store, error);
  return status == RL_OK ? start(store, options, error) : status;
}

static void dismantle(rl_store *store)
{
  if (store->tables)
    store->tables->kind->close(store->tables);
  delist(store);
  rl_revocations_fini(store);
  if (store->lock_fd >= 0)
    close(store->lock_fd);
  free(store);
}

bool rl_store_is_shared(const rl_store *store)
{
  return store->shared;
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
  store->keep_ms = options->keep_ms;
  store->shared = options->url != NULL;
  rl_revocations_init(store);
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
    if (options->url) /* it may hold a password, and is not shown */
      snprintf(store->path, sizeof store->path, "the database");
    else
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
