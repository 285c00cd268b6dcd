#include "faults/image.h"

#include "support/expect.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096 };

void image_make_directory(const char *path)
{
  EXPECT(mkdir(path, 0700) == 0);
}

static int open_file(const char *directory, int flags)
{
  char path[160];
  snprintf(path, sizeof path, "%s/store.mdb", directory);
  int fd = open(path, flags | O_CLOEXEC, 0600);
  return fd;
}

/* A page, zero beyond the end; false where the file has none of it. */
static bool read_page(int fd, off_t offset, unsigned char page[PAGE])
{
  memset(page, 0, PAGE);
  return fd >= 0 && pread(fd, page, PAGE, offset) > 0;
}

void image_tear(rl_random *random, const char *newest, const char *durable, const char *to)
{
  unsigned char old[PAGE], new[PAGE];
  image_make_directory(to);
  int from_old = open_file(durable, O_RDONLY), from_new = open_file(newest, O_RDONLY);
  int out = open_file(to, O_WRONLY | O_CREAT | O_EXCL);
  EXPECT(out >= 0);
  bool has_old = true, has_new = true;
  for (off_t offset = 0; has_old || has_new; offset += PAGE) {
    has_old = read_page(from_old, offset, old);
    has_new = read_page(from_new, offset, new);
    const unsigned char *page = rl_random_below(random, 2) ? old : new;
    if (has_old || has_new)
      EXPECT(pwrite(out, page, PAGE, offset) == PAGE);
  }
  close(out);
  close(from_new);
  close(from_old);
}
