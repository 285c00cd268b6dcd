#include "paths/paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

rl_status rl_default_directory(char out[RL_DIRECTORY_MAX + 1])
{
  const char *data = getenv("RATELOCK_DATA");
  const char *share = getenv("XDG_DATA_HOME");
  const char *home = getenv("HOME");
  char path[4096];
  if (data && data[0])
    snprintf(path, sizeof path, "%s", data);
  else if (share && share[0])
    snprintf(path, sizeof path, "%s/ratelock", share);
  else if (home && home[0])
    snprintf(path, sizeof path, "%s/.local/share/ratelock", home);
  else
    snprintf(path, sizeof path, "/tmp/ratelock-%u", (unsigned)getuid());
  int length = snprintf(NULL, 0, "%s", path);
  if (length > RL_DIRECTORY_MAX)
    return RL_OUT_OF_RANGE;
  snprintf(out, RL_DIRECTORY_MAX + 1, "%.*s", RL_DIRECTORY_MAX, path);
  return RL_OK;
}

static const char *unless_empty(const char *text)
{
  return text && text[0] ? text : NULL;
}

const char *rl_default_store(void)
{
  return unless_empty(getenv("RATELOCK_STORE"));
}

const char *rl_default_publish(void)
{
  return unless_empty(getenv("RATELOCK_PUBLISH"));
}

rl_status rl_socket_url(const char *directory, rl_socket socket, char out[RL_URL_MAX])
{
  static const char *const names[] = {
    [RL_SOCKET_QUOTES] = "quotes",
    [RL_SOCKET_FEED] = "feed",
    [RL_SOCKET_EVENTS] = "events",
  };
  int length = snprintf(NULL, 0, "%s/%s.ipc", directory, names[socket]);
  if (length > 107)
    return RL_OUT_OF_RANGE;
  snprintf(out, RL_URL_MAX, "ipc://%.107s/%s.ipc", directory, names[socket]);
  return RL_OK;
}
