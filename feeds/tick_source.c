#include "feeds/tick_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>
#include <zlib.h>

struct rl_tick_source {
  const char *path;
  gzFile plain;     /* zlib passes a file that is no gzip through as it is */
  zip_t *archive;   /* or a zip and the one file in it */
  zip_file_t *entry;
};

static bool is_zip(int fd)
{
  char magic[4];
  return pread(fd, magic, sizeof magic, 0) == sizeof magic && memcmp(magic, "PK\3\4", 4) == 0;
}

static rl_status open_plain(rl_tick_source *source, int fd, rl_error *error)
{
  source->plain = gzdopen(fd, "r");
  if (!source->plain)
    return rl_fail(error, RL_NO_MEMORY, source->path, 0, NULL, "not enough memory to read it");
  return RL_OK;
}

/* Directories count for nothing. -1 unless there is exactly one file. */
static zip_int64_t only_file(zip_t *archive)
{
  zip_int64_t found = -1;
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); i++) {
    const char *name = zip_get_name(archive, (zip_uint64_t)i, 0);
    size_t length = name ? strlen(name) : 0;
    if (length > 0 && name[length - 1] == '/')
      continue;
    if (found >= 0)
      return -1;
    found = i;
  }
  return found;
}

static rl_status open_zip(rl_tick_source *source, int fd, rl_error *error)
{
  int code = 0;
  source->archive = zip_fdopen(fd, 0, &code);
  if (!source->archive) {
    zip_error_t reason;
    zip_error_init_with_code(&reason, code);
    rl_status status = rl_fail(error, RL_CORRUPT, source->path, 0, NULL,
                               "a zip that cannot be read (%s): is it cut off?",
                               zip_error_strerror(&reason));
    zip_error_fini(&reason);
    close(fd);
    return status;
  }
  zip_int64_t index = only_file(source->archive);
  if (index < 0)
    return rl_fail(error, RL_INVALID, source->path, 0, NULL,
                   "a zip of not exactly one file: unpack it and give the file that is meant");
  source->entry = zip_fopen_index(source->archive, (zip_uint64_t)index, 0);
  if (!source->entry)
    return rl_fail(error, RL_CORRUPT, source->path, 0, NULL, "the file in the zip: %s",
                   zip_strerror(source->archive));
  return RL_OK;
}

rl_status rl_tick_source_open(const char *path, rl_tick_source **out, rl_error *error)
{
  int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return rl_fail(error, errno == ENOENT ? RL_NOT_FOUND : RL_IO, path, 0, NULL, "%s",
                   strerror(errno));
  rl_tick_source *source = calloc(1, sizeof *source);
  if (!source) {
    close(fd);
    return rl_fail(error, RL_NO_MEMORY, path, 0, NULL, "not enough memory to read it");
  }
  source->path = path;
  rl_status status = is_zip(fd) ? open_zip(source, fd, error) : open_plain(source, fd, error);
  if (status != RL_OK)
    rl_tick_source_close(source);
  else
    *out = source;
  return status;
}

static rl_status read_plain(rl_tick_source *source, char *bytes, size_t size, size_t *got,
                            rl_error *error)
{
  int read = gzread(source->plain, bytes, (unsigned)size);
  int code = Z_OK;
  const char *text = gzerror(source->plain, &code);
  if (read > 0 || (read == 0 && code == Z_OK)) {
    *got = (size_t)read;
    return RL_OK;
  }
  if (code == Z_ERRNO)
    return rl_fail(error, RL_IO, source->path, 0, NULL, "%s", strerror(errno));
  if (code == Z_BUF_ERROR)
    return rl_fail(error, RL_CORRUPT, source->path, 0, NULL,
                   "the gzip stream ends too early: is the file cut off?");
  return rl_fail(error, RL_CORRUPT, source->path, 0, NULL, "the gzip stream is damaged: %s", text);
}

rl_status rl_tick_source_read(rl_tick_source *source, char *bytes, size_t size, size_t *got,
                              rl_error *error)
{
  RL_ASSERT(size > 0 && size <= INT32_MAX);
  if (source->plain)
    return read_plain(source, bytes, size, got, error);
  zip_int64_t read = zip_fread(source->entry, bytes, size);
  if (read < 0)
    return rl_fail(error, RL_CORRUPT, source->path, 0, NULL, "the file in the zip is damaged: %s",
                   zip_error_strerror(zip_file_get_error(source->entry)));
  *got = (size_t)read;
  return RL_OK;
}

void rl_tick_source_close(rl_tick_source *source)
{
  if (source->plain)
    gzclose_r(source->plain);
  if (source->entry)
    zip_fclose(source->entry);
  if (source->archive)
    zip_discard(source->archive);
  free(source);
}
