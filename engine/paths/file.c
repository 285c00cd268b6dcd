#include "paths/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

rl_status rl_file_read(const char *path, size_t max, char **text, size_t *length, rl_error *error)
{
  FILE *file = fopen(path, "re");
  if (!file)
    return rl_fail(error, RL_IO, path, 0, "", "%s", strerror(errno));
  char *bytes = malloc(max + 2);
  if (!bytes) {
    fclose(file);
    return rl_fail(error, RL_NO_MEMORY, path, 0, "", "no memory for %zu bytes", max);
  }
  /* One byte beyond the limit tells a file that is too large from one that just fits. */
  size_t size = fread(bytes, 1, max + 1, file);
  int failure = ferror(file) ? errno : 0;
  fclose(file);
  if (failure || size > max) {
    free(bytes);
    return failure ? rl_fail(error, RL_IO, path, 0, "", "%s", strerror(failure))
                   : rl_fail(error, RL_OUT_OF_RANGE, path, 0, "", "larger than %zu bytes", max);
  }
  bytes[size] = '\0';
  *text = bytes;
  *length = size;
  return RL_OK;
}

bool rl_sync_name(const char *path)
{
  char directory[PATH_MAX];
  const char *slash = strrchr(path, '/');
  int length = !slash || slash == path ? 1 : (int)(slash - path);
  snprintf(directory, sizeof directory, "%.*s", length, slash ? path : ".");
  int file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0)
    return false;
  bool synced = fsync(file) == 0;
  int why = errno;
  close(file);
  errno = why;
  return synced;
}
