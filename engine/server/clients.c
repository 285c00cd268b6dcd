#include "server/internal.h"

#include <nng/transport/ipc/ipc.h>
#include <inttypes.h>
#include <stdio.h>

static void name_caller(const rl_server_options *options, uint64_t uid, rl_caller *out)
{
  for (unsigned i = 0; i < options->client_name_count; i++) {
    if (options->client_names[i].uid == uid) {
      snprintf(out->name, sizeof out->name, "%s", options->client_names[i].name);
      return;
    }
  }
  snprintf(out->name, sizeof out->name, "uid-%" PRIu64, uid);
}

void rl_caller_of_uid(const rl_server_options *options, uint64_t uid, rl_caller *out)
{
  name_caller(options, uid, out);
  out->is_operator = false;
  for (unsigned i = 0; i < options->operator_count; i++)
    out->is_operator |= options->operators[i] == uid;
}

bool rl_caller_of(const rl_server_options *options, nng_pipe pipe, rl_caller *out)
{
  uint64_t uid;
  int result = nng_pipe_get_uint64(pipe, NNG_OPT_IPC_PEER_UID, &uid);
  if (result != 0 && result != NNG_ENOTSUP)
    return false; /* not "network": that is somebody else */
  if (result == 0)
    rl_caller_of_uid(options, uid, out);
  else /* not ipc: until messages carry an authenticated envelope, all of these are one client */
    *out = (rl_caller){.name = "network"};
  return true;
}
