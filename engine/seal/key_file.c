#include "seal/key_file.h"

#include "paths/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static rl_status io_error(const char *path, rl_error *error)
{
  rl_status status = errno == ENOENT ? RL_NOT_FOUND : errno == EEXIST ? RL_EXISTS
    : errno == EACCES || errno == EPERM ? RL_DENIED : errno == ENOSPC ? RL_NO_SPACE : RL_IO;
  return rl_fail(error, status, path, 0, "", "%s", strerror(errno));
}

/* A pipe in its place must not be waited for. */
static int open_for_reading(const char *path)
{
  return open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

/* The bytes read, or -1; one more than fit tells a file that is too long. */
static ssize_t read_all(int file, char *out, size_t room)
{
  size_t used = 0;
  ssize_t length;
  do {
    length = read(file, out + used, room - used);
    if (length > 0)
      used += (size_t)length;
  } while ((length > 0 && used < room) || (length < 0 && errno == EINTR));
  return length < 0 ? -1 : (ssize_t)used;
}

static rl_status check_facts(const char *path, const struct stat *facts, rl_error *error)
{
  if (!S_ISREG(facts->st_mode))
    return rl_fail(error, RL_CORRUPT, path, 0, "", "no regular file");
  if ((facts->st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return rl_fail(error, RL_DENIED, path, 0, "",
                   "the sealing key may be read by others: chmod 600 it, or remove it to start "
                   "anew (quotes sealed with it are then void)");
  return RL_OK;
}

static rl_status parse_file(int file, const char *path, rl_seal_keys *out, rl_error *error)
{
  char *text = rl_secret_pages(RL_KEY_FILE_MAX + 1);
  if (!text)
    return rl_fail(error, RL_NO_MEMORY, path, 0, "", "no memory for the sealing keys");
  ssize_t length = read_all(file, text, RL_KEY_FILE_MAX + 1);
  rl_status status = length < 0 ? io_error(path, error)
    : length > (ssize_t)RL_KEY_FILE_MAX
      ? rl_fail(error, RL_CORRUPT, path, 0, "", "larger than %u bytes: not a sealing key file",
                RL_KEY_FILE_MAX)
      : rl_seal_keys_parse(text, (size_t)length, path, out, error);
  rl_secret_pages_free(text, RL_KEY_FILE_MAX + 1);
  return status;
}

/* The facts come first: a file that is replaced or written while it is read is looked at again. */
static rl_status read_open(int file, const char *path, rl_seal_keys *out, struct stat *facts,
                           rl_error *error)
{
  if (fstat(file, facts) != 0)
    return io_error(path, error);
  rl_status status = check_facts(path, facts, error);
  return status == RL_OK ? parse_file(file, path, out, error) : status;
}

rl_status rl_key_file_read(const char *path, rl_seal_keys *out, struct stat *facts,
                           rl_error *error)
{
  int file = open_for_reading(path);
  if (file < 0)
    return io_error(path, error);
  struct stat own;
  rl_status status = read_open(file, path, out, &own, error);
  close(file);
  if (status == RL_OK && facts)
    *facts = own;
  return status;
}

static bool write_durably(int file, const rl_seal_keys *keys)
{
  char *text = rl_secret_pages(RL_KEY_FILE_MAX);
  if (!text)
    return false;
  size_t size = rl_seal_keys_format(keys, text), done = 0;
  while (done < size) {
    ssize_t written = write(file, text + done, size - done);
    if (written < 0 && errno != EINTR)
      break;
    done += written > 0 ? (size_t)written : 0;
  }
  int why = errno;
  rl_secret_pages_free(text, RL_KEY_FILE_MAX);
  errno = why;
  return done == size && fsync(file) == 0;
}

/* A durable file beside `path`, its name in `name`. One that root rotates stays the engine's. */
static rl_status write_beside(const char *path, const rl_seal_keys *keys, const struct stat *owner,
                              char name[RL_KEY_PATH_MAX + 16], rl_error *error)
{
  if (strlen(path) > RL_KEY_PATH_MAX)
    return rl_fail(error, RL_OUT_OF_RANGE, "", 0, "", "the key file's path is too long");
  snprintf(name, RL_KEY_PATH_MAX + 16, "%s.XXXXXX", path);
  int file = mkostemp(name, O_CLOEXEC); /* of mode 0600 */
  if (file < 0)
    return io_error(path, error);
  bool kept = !owner || owner->st_uid == geteuid() ||
    fchown(file, owner->st_uid, owner->st_gid) == 0;
  if (kept && write_durably(file, keys)) {
    close(file);
    return RL_OK;
  }
  rl_status status = io_error(path, error);
  close(file);
  unlink(name);
  return status;
}

/* A link, unlike a rename, puts nothing in the place of a file that is there. */
static rl_status put_new(const char *path, const rl_seal_keys *keys, rl_error *error)
{
  char beside[RL_KEY_PATH_MAX + 16];
  rl_status status = write_beside(path, keys, NULL, beside, error);
  if (status != RL_OK)
    return status;
  if (link(beside, path) != 0)
    status = io_error(path, error);
  unlink(beside);
  if (status == RL_OK && !rl_sync_name(path)) {
    status = io_error(path, error);
    unlink(path);
  }
  return status;
}

rl_status rl_key_file_make(const char *path, rl_utc now, rl_error *error)
{
  rl_seal_keys *keys = rl_seal_keys_create();
  if (!keys)
    return rl_fail(error, RL_NO_MEMORY, path, 0, "", "no memory for the sealing keys");
  rl_seal_keys_begin(keys, now);
  rl_status status = put_new(path, keys, error);
  rl_seal_keys_destroy(keys);
  return status;
}

/* --- rotation --- */

static rl_status put_instead(const char *path, const rl_seal_keys *keys, const struct stat *owner,
                             rl_error *error)
{
  char beside[RL_KEY_PATH_MAX + 16];
  rl_status status = write_beside(path, keys, owner, beside, error);
  if (status != RL_OK)
    return status;
  if (rename(beside, path) != 0) {
    status = io_error(path, error);
    unlink(beside);
    return status;
  }
  if (rl_sync_name(path))
    return RL_OK;
  return rl_fail(error, RL_IO, path, 0, "", "the keys were rotated, but that may not survive a "
                 "loss of power: %s", strerror(errno));
}

static bool is_still_at(int file, const char *path)
{
  struct stat held, named;
  return fstat(file, &held) == 0 && lstat(path, &named) == 0 && held.st_dev == named.st_dev &&
         held.st_ino == named.st_ino;
}

/* The file, held alone; -1 with errno. The one that was waited for may have been replaced: then
 * the lock is on a file without a name, and the one in its place must be had. */
static int open_alone(const char *path)
{
  for (;;) {
    int file = open_for_reading(path);
    if (file < 0)
      return -1;
    int held;
    do
      held = flock(file, LOCK_EX);
    while (held != 0 && errno == EINTR);
    if (held == 0 && is_still_at(file, path))
      return file;
    int why = errno;
    close(file);
    errno = why;
    if (held != 0)
      return -1;
  }
}

static rl_status rotate_open(int file, const char *path, rl_utc now, bool compromised,
                             rl_seal_keys *keys, rl_error *error)
{
  struct stat facts;
  rl_status status = read_open(file, path, keys, &facts, error);
  if (status != RL_OK)
    return status;
  if (compromised)
    rl_seal_keys_replace(keys, now);
  else
    status = rl_seal_keys_add(keys, now, path, error);
  return status == RL_OK ? put_instead(path, keys, &facts, error) : status;
}

rl_status rl_key_file_rotate(const char *path, rl_utc now, bool compromised, rl_error *error)
{
  int file = open_alone(path);
  if (file < 0)
    return io_error(path, error);
  rl_seal_keys *keys = rl_seal_keys_create();
  rl_status status = keys ? rotate_open(file, path, now, compromised, keys, error)
    : rl_fail(error, RL_NO_MEMORY, path, 0, "", "no memory for the sealing keys");
  rl_seal_keys_destroy(keys);
  close(file);
  return status;
}
