/* The file that tells one engine of a shared store from the others: "engine.id" in its data
 * directory, sixteen hexadecimal digits and a line's end, made once.
 *
 * Beside the rows would be no place for it: all who share them read the same. Nor would what the
 * machine or the path is called do: a directory that is moved or brought back from a backup, or an
 * engine in another container, is the same engine and has the same quotes open. A directory that
 * was copied to make a second engine brings the first one's id along: then each of the two counts
 * at a start what both have open. That errs to the side of less room, and removing the file from
 * the copy before its first start mends it.
 *
 * Whoever calls holds the directory's lock, so that nobody else makes the file meanwhile. */
#include "store/private.h"
#include "paths/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIGITS = 2 * sizeof(rl_engine_id), TEXT_SIZE = DIGITS + 1 };

static rl_status fail(const char *path, rl_error *error)
{
  rl_status status = errno == EACCES || errno == EPERM || errno == EROFS ? RL_DENIED
                     : errno == ENOSPC || errno == EDQUOT                ? RL_NO_SPACE
                                                                         : RL_IO;
  return rl_fail(error, status, path, 0, "", "the engine's id: %s", strerror(errno));
}

/* RL_NOT_FOUND if there is none. A pipe in its place must not be waited for. */
static rl_status read_id(const char *path, rl_engine_id *out, rl_error *error)
{
  char text[TEXT_SIZE + 1];
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0)
    return errno == ENOENT ? RL_NOT_FOUND : fail(path, error);
  ssize_t length = read(file, text, sizeof text);
  rl_status status = length < 0 ? fail(path, error) : RL_OK;
  close(file);
  bool whole = length == TEXT_SIZE && text[DIGITS] == '\n';
  if (status != RL_OK || (whole && rl_hex_decode(text, DIGITS, out->bytes, sizeof out->bytes)
                                     == RL_OK))
    return status;
  return rl_fail(error, RL_CORRUPT, path, 0, "",
                 "is no engine's id: put its %d hexadecimal digits back, or remove it, and the "
                 "engine forgets which open quotes are its own", DIGITS);
}

static bool write_durably(const char *path, const char text[TEXT_SIZE])
{
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0)
    return false;
  errno = ENOSPC; /* what a short write means, which sets nothing */
  bool written = write(file, text, TEXT_SIZE) == TEXT_SIZE && fsync(file) == 0;
  int why = errno;
  close(file);
  errno = why;
  return written;
}

/* Under another name first: a file that is there is whole, whatever happened while it was made. */
static rl_status make(const char *path, rl_engine_id id, rl_error *error)
{
  char beside[RL_ENGINE_PATH_SIZE + sizeof ".new"], text[TEXT_SIZE + 1];
  snprintf(beside, sizeof beside, "%s.new", path);
  rl_hex_encode(id.bytes, sizeof id.bytes, text, sizeof text);
  text[DIGITS] = '\n';
  if (write_durably(beside, text) && rename(beside, path) == 0)
    return RL_OK;
  rl_status status = fail(path, error);
  unlink(beside);
  return status;
}

rl_status rl_engine_id_take(const char *directory, rl_engine_id *out, rl_error *error)
{
  char path[RL_ENGINE_PATH_SIZE];
  snprintf(path, sizeof path, "%s/engine.id", directory);
  rl_engine_id id;
  rl_status status = read_id(path, &id, error);
  if (status == RL_NOT_FOUND) {
    rl_random_bytes(id.bytes, sizeof id.bytes);
    status = make(path, id, error);
    if (status == RL_OK && !rl_sync_name(path))
      status = fail(path, error);
  }
  if (status == RL_OK)
    *out = id;
  return status;
}
