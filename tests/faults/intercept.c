/* libintercept.so: stands between a program and the C library's file calls (LD_PRELOAD), counts
 * those on one directory and lets a chosen one go wrong (intercept.h has the words).
 *
 * The calls are made by syscall(), so that nothing here depends on the order in which libraries
 * are found. What the C library calls inside itself (dprintf, stdio) is out of reach: of the
 * engine's files that is the process id in `lock` and the bytes of `seal.key`.
 *
 * The durable copy. What is written lies in a list of ranges until the file is synced; then these
 * ranges, and no others, are copied. A sync that fails empties the list too: the kernel may have
 * dropped those pages, and a second sync that says "done" has not written them. A write through a
 * descriptor with O_DSYNC is copied by itself. */
#include "faults/intercept.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

typedef enum call_class {
  CALL_OPEN,
  CALL_MAP,
  CALL_WRITE,
  CALL_COMMIT,
  CALL_SYNC,
  CALL_RESERVE,
  CALL_RENAME,
} call_class;
static const char *const class_names[] = {
  "open", "map", "write", "commit", "sync", "reserve", "rename"};

typedef enum fault { FAULT_NONE, FAULT_FAIL, FAULT_LATE, FAULT_SHORT, FAULT_KILL_AFTER } fault;

typedef struct range {
  off_t offset;
  size_t size;
} range;

enum { RANGES_MAX = 65536, LINE_MAX_BYTES = 512 };

static struct {
  bool active;
  char under[PATH_MAX];
  const char *kind, *only, *armed, *stays, *file, *durable;
  unsigned long at;
  int story;
} plan;
static _Atomic unsigned long calls;

static pthread_mutex_t ranges_lock = PTHREAD_MUTEX_INITIALIZER;
static range ranges[RANGES_MAX];
static size_t range_count;

static bool is(const char *word, const char *other)
{
  return word && strcmp(word, other) == 0;
}

__attribute__((constructor)) static void read_plan(void)
{
  const char *under = getenv(INTERCEPT_UNDER), *story = getenv(INTERCEPT_STORY);
  const char *at = getenv(INTERCEPT_AT);
  if (!under || !realpath(under, plan.under))
    return;
  plan.kind = getenv(INTERCEPT_KIND);
  plan.only = getenv(INTERCEPT_ON);
  plan.armed = getenv(INTERCEPT_ARMED);
  plan.stays = getenv(INTERCEPT_STAYS);
  plan.file = getenv(INTERCEPT_FILE);
  plan.durable = getenv(INTERCEPT_DURABLE);
  plan.at = at ? strtoul(at, NULL, 10) : 0;
  plan.story = -1;
  if (story)
    plan.story = (int)syscall(SYS_openat, AT_FDCWD, story,
                              O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  plan.active = true;
}

/* --- which file --- */

static bool lies_under(const char *path)
{
  size_t length = strlen(plan.under);
  return plan.active && strncmp(path, plan.under, length) == 0
         && (path[length] == '/' || path[length] == '\0');
}

/* The path of a descriptor; false for one that does not lie under the directory. */
static bool path_of(int fd, char path[PATH_MAX])
{
  char link[64];
  if (!plan.active || fd < 0)
    return false;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length <= 0)
    return false;
  path[length] = '\0';
  return lies_under(path);
}

/* --- the durable copy --- */

static void copy_range(int from, int to, range it)
{
  char bytes[65536];
  while (it.size > 0) {
    size_t part = it.size < sizeof bytes ? it.size : sizeof bytes;
    ssize_t got = pread(from, bytes, part, it.offset);
    if (got <= 0 || syscall(SYS_pwrite64, to, bytes, (size_t)got, it.offset) != got)
      abort();
    it.offset += got;
    it.size -= (size_t)got;
  }
}

static void keep_ranges(const char *path, const range *list, size_t count)
{
  int from = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  int to = (int)syscall(SYS_openat, AT_FDCWD, plan.durable, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (from < 0 || to < 0)
    abort();
  for (size_t i = 0; i < count; i++)
    copy_range(from, to, list[i]);
  syscall(SYS_close, from);
  syscall(SYS_close, to);
}

/* The file, also while it is being made under another name. */
static bool is_kept(const char *path)
{
  size_t length = plan.durable ? strlen(plan.file) : 0;
  return plan.durable && strncmp(plan.file, path, length) == 0
         && (path[length] == '\0' || strcmp(path + length, ".new") == 0);
}

static void note_written(const char *path, call_class class, range written)
{
  if (!is_kept(path) || written.size == 0)
    return;
  pthread_mutex_lock(&ranges_lock);
  if (class == CALL_COMMIT)
    keep_ranges(path, &written, 1);
  else if (range_count == RANGES_MAX)
    abort();
  else
    ranges[range_count++] = written;
  pthread_mutex_unlock(&ranges_lock);
}

static void note_synced(const char *path, bool done)
{
  if (!is_kept(path))
    return;
  pthread_mutex_lock(&ranges_lock);
  if (done)
    keep_ranges(path, ranges, range_count);
  range_count = 0;
  pthread_mutex_unlock(&ranges_lock);
}

/* --- counting --- */

static void kill_now(void)
{
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;)
    pause();
}

static bool is_armed(void)
{
  static _Atomic bool armed;
  if (!armed)
    armed = !plan.armed || access(plan.armed, F_OK) == 0;
  return armed;
}

static fault fault_of(unsigned long number, call_class class)
{
  bool first = number == plan.at, later = plan.at > 0 && number > plan.at;
  bool shortened = is(plan.kind, "short") || is(plan.kind, "short-enospc");
  bool writes = class == CALL_WRITE || class == CALL_COMMIT;
  bool stays = plan.stays && later && access(plan.stays, F_OK) != 0;
  if (!plan.kind || !(first || stays))
    return FAULT_NONE;
  if (is(plan.kind, "kill-before") || is(plan.kind, "kill-after"))
    return FAULT_KILL_AFTER;
  if (shortened && (first || is(plan.kind, "short")))
    return writes ? FAULT_SHORT : FAULT_NONE;
  return is(plan.kind, "eio-late") ? FAULT_LATE : FAULT_FAIL;
}

static int errno_of_kind(void)
{
  return is(plan.kind, "enospc") || is(plan.kind, "short-enospc") ? ENOSPC : EIO;
}

/* Counts the call, tells it, and says what shall become of it. */
static fault begin(call_class class, const char *path, range at)
{
  int saved = errno;
  if ((plan.only && !is(plan.only, class_names[class])) || !is_armed())
    return FAULT_NONE;
  unsigned long number = atomic_fetch_add(&calls, 1) + 1;
  fault chosen = fault_of(number, class);
  char line[LINE_MAX_BYTES];
  const char *name = path + strlen(plan.under);
  int length = snprintf(line, sizeof line, "call %lu %s %s %lld %zu %s\n", number,
                        class_names[class], *name ? name + 1 : ".", (long long)at.offset, at.size,
                        chosen == FAULT_NONE ? "good" : plan.kind);
  if (plan.story >= 0 && syscall(SYS_write, plan.story, line, (size_t)length) != length)
    abort();
  if (chosen == FAULT_KILL_AFTER && is(plan.kind, "kill-before"))
    kill_now();
  errno = saved;
  return chosen;
}

/* What the program is told of a call that was made, or not if it failed at once. */
static long end(fault chosen, long result)
{
  if (chosen == FAULT_KILL_AFTER)
    kill_now();
  if (chosen != FAULT_FAIL && chosen != FAULT_LATE)
    return result;
  errno = errno_of_kind();
  return -1;
}

/* --- writes --- */

typedef struct writing {
  int fd;
  const struct iovec *parts;
  int count;
  bool placed; /* at `offset`, otherwise where the descriptor stands */
  off_t offset;
} writing;

static size_t size_of(const writing *it)
{
  size_t size = 0;
  for (int i = 0; i < it->count; i++)
    size += it->parts[i].iov_len;
  return size;
}

/* So many bytes of it, the rest left out. */
static long write_bytes(const writing *it, size_t most)
{
  struct iovec parts[IOV_MAX];
  int count = 0;
  for (; count < it->count && most > 0; count++) {
    parts[count] = it->parts[count];
    if (parts[count].iov_len > most)
      parts[count].iov_len = most;
    most -= parts[count].iov_len;
  }
  return it->placed ? syscall(SYS_pwritev, it->fd, parts, count, it->offset, 0)
                    : syscall(SYS_writev, it->fd, parts, count);
}

static ssize_t do_write(const writing *it)
{
  char path[PATH_MAX];
  size_t size = size_of(it);
  if (!path_of(it->fd, path))
    return write_bytes(it, size);
  call_class class = fcntl(it->fd, F_GETFL) & O_DSYNC ? CALL_COMMIT : CALL_WRITE;
  off_t offset = it->placed ? it->offset : lseek(it->fd, 0, SEEK_CUR);
  fault chosen = begin(class, path, (range){offset, size});
  long written = 0;
  if (chosen != FAULT_FAIL)
    written = write_bytes(it, chosen == FAULT_SHORT ? size / 2 : size);
  if (written > 0)
    note_written(path, class, (range){offset, (size_t)written});
  return end(chosen, written);
}

static ssize_t do_write_one(int fd, const void *bytes, size_t size, bool placed, off_t offset)
{
  struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = size};
  return do_write(&(writing){fd, &part, 1, placed, offset});
}

EXPORT ssize_t write(int fd, const void *bytes, size_t size)
{
  return do_write_one(fd, bytes, size, false, 0);
}

EXPORT ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
  return do_write_one(fd, bytes, size, true, offset);
}

EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset)
{
  return do_write_one(fd, bytes, size, true, offset);
}

EXPORT ssize_t writev(int fd, const struct iovec *parts, int count)
{
  return do_write(&(writing){fd, parts, count, false, 0});
}

EXPORT ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset)
{
  return do_write(&(writing){fd, parts, count, true, offset});
}

EXPORT ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset)
{
  return do_write(&(writing){fd, parts, count, true, offset});
}

/* --- syncs --- */

static int do_sync(long number, int fd)
{
  char path[PATH_MAX];
  if (!path_of(fd, path))
    return (int)syscall(number, fd);
  fault chosen = begin(CALL_SYNC, path, (range){0, 0});
  long result = chosen == FAULT_FAIL ? -1 : syscall(number, fd);
  note_synced(path, result == 0);
  return (int)end(chosen, result);
}

EXPORT int fsync(int fd)
{
  return do_sync(SYS_fsync, fd);
}

EXPORT int fdatasync(int fd)
{
  return do_sync(SYS_fdatasync, fd);
}

/* --- sizes: counted as writes, and never part of the durable copy's file here --- */

EXPORT int ftruncate(int fd, off_t size)
{
  char path[PATH_MAX];
  if (!path_of(fd, path))
    return (int)syscall(SYS_ftruncate, fd, size);
  fault chosen = begin(CALL_WRITE, path, (range){size, 0});
  return (int)end(chosen, chosen == FAULT_FAIL ? -1 : syscall(SYS_ftruncate, fd, size));
}

EXPORT int ftruncate64(int fd, off64_t size)
{
  return ftruncate(fd, size);
}

/* --- room and names --- */

EXPORT int fallocate(int fd, int mode, off_t offset, off_t size)
{
  char path[PATH_MAX];
  if (!path_of(fd, path))
    return (int)syscall(SYS_fallocate, fd, mode, offset, size);
  fault chosen = begin(CALL_RESERVE, path, (range){offset, (size_t)size});
  return (int)end(chosen, chosen == FAULT_FAIL
                            ? -1
                            : syscall(SYS_fallocate, fd, mode, offset, size));
}

EXPORT int fallocate64(int fd, int mode, off64_t offset, off64_t size)
{
  return fallocate(fd, mode, offset, size);
}

EXPORT int rename(const char *from, const char *to)
{
  if (!lies_under(from))
    return (int)syscall(SYS_rename, from, to);
  fault chosen = begin(CALL_RENAME, from, (range){0, 0});
  return (int)end(chosen, chosen == FAULT_FAIL ? -1 : syscall(SYS_rename, from, to));
}

/* --- opening and mapping --- */

static int do_open(int directory, const char *path, int flags, mode_t mode)
{
  if (!lies_under(path))
    return (int)syscall(SYS_openat, directory, path, flags, mode);
  fault chosen = begin(CALL_OPEN, path, (range){0, 0});
  return (int)end(chosen, chosen == FAULT_FAIL
                            ? -1
                            : syscall(SYS_openat, directory, path, flags, mode));
}

static mode_t mode_of(int flags, va_list rest)
{
  bool has = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
  return has ? va_arg(rest, mode_t) : 0;
}

#define OPENS(name)                                     \
  EXPORT int name(const char *path, int flags, ...)     \
  {                                                     \
    va_list rest;                                       \
    va_start(rest, flags);                              \
    mode_t mode = mode_of(flags, rest);                 \
    va_end(rest);                                       \
    return do_open(AT_FDCWD, path, flags, mode);        \
  }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name)                                                 \
  EXPORT int name(int directory, const char *path, int flags, ...)     \
  {                                                                    \
    va_list rest;                                                      \
    va_start(rest, flags);                                             \
    mode_t mode = mode_of(flags, rest);                                \
    va_end(rest);                                                      \
    return do_open(directory, path, flags, mode);                      \
  }
OPENS_AT(openat)
OPENS_AT(openat64)

static void *do_map(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
  char path[PATH_MAX];
  fault chosen = FAULT_NONE;
  if (path_of(fd, path))
    chosen = begin(CALL_MAP, path, (range){offset, size});
  long result = chosen == FAULT_FAIL
                  ? -1
                  : syscall(SYS_mmap, at, size, protection, flags, fd, offset);
  return (void *)end(chosen, result);
}

EXPORT void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
  return do_map(at, size, protection, flags, fd, offset);
}

EXPORT void *mmap64(void *at, size_t size, int protection, int flags, int fd, off64_t offset)
{
  return do_map(at, size, protection, flags, fd, offset);
}

/* --- another boot of the machine --- */

EXPORT FILE *fopen(const char *path, const char *mode)
{
  static FILE *(*_Atomic next)(const char *, const char *);
  if (!next)
    next = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, "fopen");
  const char *boot = getenv(INTERCEPT_BOOT);
  bool asked = boot && is(path, "/proc/sys/kernel/random/boot_id");
  return next(asked ? boot : path, mode);
}
