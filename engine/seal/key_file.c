#include "seal/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_LINE_PREFIX "ratelock-key 1 "
#define KEY_LINE_MAX 128

static rl_status io_error(const char *path, rl_error *error)
{
  rl_status status = errno == ENOENT ? RL_NOT_FOUND : errno == EEXIST ? RL_EXISTS
    : errno == EACCES ? RL_DENIED : errno == ENOSPC ? RL_NO_SPACE : RL_IO;
  return rl_fail(error, status, path, 0, "", "%s", strerror(errno));
}

static rl_status parse_key_line(const char *line, rl_seal_key *out)
{
  size_t prefix = strlen(KEY_LINE_PREFIX);
  if (strncmp(line, KEY_LINE_PREFIX, prefix) != 0)
    return RL_CORRUPT;
  char *end;
  unsigned long id = strtoul(line + prefix, &end, 10);
  if (end == line + prefix || id > UINT8_MAX || *end != ' ')
    return RL_CORRUPT;
  rl_seal_key key = {.id = (uint8_t)id};
  const char *hex = end + 1;
  rl_status status = RL_CORRUPT;
  if (strlen(hex) == 2 * RL_MAC_KEY_SIZE + 1 && hex[2 * RL_MAC_KEY_SIZE] == '\n')
    status = rl_hex_decode(hex, 2 * RL_MAC_KEY_SIZE, key.bytes, sizeof key.bytes);
  if (status == RL_OK)
    *out = key;
  rl_wipe(&key, sizeof key);
  return status == RL_OK ? RL_OK : RL_CORRUPT;
}

rl_status rl_key_file_read(const char *path, rl_seal_key *out, rl_error *error)
{
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0)
    return io_error(path, error);
  struct stat facts;
  char line[KEY_LINE_MAX + 1] = "";
  ssize_t length = fstat(file, &facts) == 0 ? read(file, line, KEY_LINE_MAX) : -1;
  rl_status status = length < 0 ? io_error(path, error) : RL_OK;
  close(file);
  if (status == RL_OK && (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    status = rl_fail(error, RL_DENIED, path, 0, "",
                     "the sealing key may be read by others: chmod 600 it, or remove it to start "
                     "anew (quotes sealed with it are then void)");
  if (status == RL_OK && parse_key_line(line, out) != RL_OK)
    status = rl_fail(error, RL_CORRUPT, path, 1, "", "not a sealing key file");
  rl_wipe(line, sizeof line);
  return status;
}

/* A new name is durable only when its folder is. */
static int sync_folder_of(const char *path)
{
  char copy[4096];
  snprintf(copy, sizeof copy, "%s", path);
  int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    return -1;
  int result = fsync(folder);
  close(folder);
  return result;
}

rl_status rl_key_file_make(const char *path, rl_seal_key *out, rl_error *error)
{
  int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (file < 0)
    return io_error(path, error);
  rl_seal_key key = {.id = 1};
  rl_random_bytes(key.bytes, sizeof key.bytes);
  char hex[2 * RL_MAC_KEY_SIZE + 1];
  rl_hex_encode(key.bytes, sizeof key.bytes, hex, sizeof hex);
  int length = dprintf(file, KEY_LINE_PREFIX "%u %s\n", key.id, hex);
  rl_wipe(hex, sizeof hex);
  bool durable = length > 0 && fsync(file) == 0;
  if (close(file) != 0 || !durable || sync_folder_of(path) != 0) {
    rl_status status = io_error(path, error);
    unlink(path);
    rl_wipe(&key, sizeof key);
    return status;
  }
  *out = key;
  rl_wipe(&key, sizeof key);
  return RL_OK;
}
