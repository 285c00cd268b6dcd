#include "lmdb/room.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/resource.h>

enum { STEPS = 64, BLOCK = 4096 };

static uint64_t wanted(const rl_room *room, uint64_t end)
{
  uint64_t step = (room->ahead_bytes / STEPS / BLOCK + 1) * BLOCK;
  uint64_t want = (end + room->ahead_bytes + step - 1) / step * step;
  return want < room->most_bytes ? want : room->most_bytes;
}

static rl_status status_of(int number)
{
  switch (number) {
  case ENOSPC:
  case EDQUOT:
  case EFBIG: return RL_NO_SPACE;
  default: return RL_IO;
  }
}

/* The kernel asks for it only where the file becomes longer. */
static bool is_longer_than_allowed(uint64_t length)
{
  struct rlimit most;
  return getrlimit(RLIMIT_FSIZE, &most) == 0 && most.rlim_cur != RLIM_INFINITY
         && length > most.rlim_cur;
}

rl_status rl_room_reserve(rl_room *room, int fd, uint64_t end)
{
  uint64_t want = wanted(room, end);
  if (is_longer_than_allowed(want))
    return RL_NO_SPACE;
  if (want <= room->reserved)
    return RL_OK;
  int done;
  do
    done = fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)room->reserved,
                     (off_t)(want - room->reserved));
  while (done != 0 && errno == EINTR);
  bool cannot = done != 0 && (errno == EOPNOTSUPP || errno == ENOSYS);
  if (done != 0 && !cannot)
    return status_of(errno);
  room->reserved = cannot ? UINT64_MAX : want;
  return RL_OK;
}
