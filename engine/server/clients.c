#include "server/internal.h"

#include <nng/transport/ipc/ipc.h>
#include <inttypes.h>
#include <stdio.h>

bool rl_client_name_of(const rl_server_options *options, nng_pipe pipe,
                       char out[RL_CLIENT_NAME_MAX + 1])
{
  uint64_t uid;
  int result = nng_pipe_get_uint64(pipe, NNG_OPT_IPC_PEER_UID, &uid);
  if (result != 0 && result != NNG_ENOTSUP)
    return false; /* not "network": that is somebody else */
  if (result != 0) {
    /* Not ipc: until messages carry an authenticated envelope, all of these are one client. */
    snprintf(out, RL_CLIENT_NAME_MAX + 1, "network");
    return true;
  }
  for (unsigned i = 0; i < options->client_name_count; i++) {
    if (options->client_names[i].uid == uid) {
      snprintf(out, RL_CLIENT_NAME_MAX + 1, "%s", options->client_names[i].name);
      return true;
    }
  }
  snprintf(out, RL_CLIENT_NAME_MAX + 1, "uid-%" PRIu64, uid);
  return true;
}
