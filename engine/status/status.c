#include "status/status.h"

#include <stdio.h>
#include <stdlib.h>

const char *rl_status_text(rl_status status)
{
  switch (status) {
  case RL_OK: return "done";
  case RL_INVALID: return "not of the form expected";
  case RL_OUT_OF_RANGE: return "out of range";
  case RL_NOT_FOUND: return "not found";
  case RL_EXISTS: return "exists already";
  case RL_FULL: return "full";
  case RL_NO_MEMORY: return "out of memory";
  case RL_IO: return "input/output error";
  case RL_NO_SPACE: return "no space left";
  case RL_CORRUPT: return "corrupt";
  case RL_FOREIGN: return "of another store or another version";
  case RL_BUSY: return "held by another process";
  case RL_DENIED: return "permission denied";
  case RL_TIMEOUT: return "timed out";
  case RL_UNREACHABLE: return "nobody listens there";
  case RL_CLOSED: return "closed";
  case RL_AGAIN: return "to be done once more";
  }
  return "unknown status";
}

void rl_assert_failed(const char *condition, const char *file, int line)
{
  fprintf(stderr, "ratelock: bug: (%s) does not hold at %s:%d\n", condition, file, line);
  abort();
}
