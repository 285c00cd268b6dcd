/* Why a lock file and a handshake of our own: an ipc listener of nng 1.5.2 goes deaf for good when
 * a connection closes before the SP handshake is over, and a second process that tries to listen at
 * the same path does just that to the first while it looks whether the socket is stale. So: the
 * lock file is taken before the path is touched, and a stale socket is removed by us.
 *
 * A deaf listener still shakes hands; what has stopped is the step after it, in which the socket
 * takes the connection over. The watchdog's probe therefore says that it is of a protocol that no
 * socket of ours talks to: a listener that lives turns it away, a deaf one leaves it waiting. */
#include "server/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define IPC_PREFIX "ipc://"

/* The path of an ipc address, or NULL. */
static const char *ipc_path(const char *url)
{
  size_t prefix = strlen(IPC_PREFIX);
  return strncmp(url, IPC_PREFIX, prefix) == 0 ? url + prefix : NULL;
}

static rl_status take_lock_file(rl_listener *listener, const char *path, rl_error *error)
{
  char lock_path[sizeof listener->url + 8];
  snprintf(lock_path, sizeof lock_path, "%s.lock", path);
  int file = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return rl_fail(error, errno == EACCES ? RL_DENIED : RL_IO, lock_path, 0, "", "%s",
                   strerror(errno));
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    close(file);
    return rl_fail(error, RL_BUSY, path, 0, "",
                   "another engine listens here: stop it, or choose another address");
  }
  listener->lock_file = file;
  return RL_OK;
}

/* A socket there is one that nobody listens at any more: the lock is ours. Whatever else bears that
 * name is not ours to remove; nng would. */
static bool remove_stale_socket(const char *path)
{
  struct stat facts;
  if (lstat(path, &facts) != 0)
    return true;
  return S_ISSOCK(facts.st_mode) && unlink(path) == 0;
}

static rl_status listen_now(rl_listener *listener, rl_error *error)
{
  const char *path = ipc_path(listener->url);
  if (path && !remove_stale_socket(path))
    return rl_fail(error, RL_EXISTS, listener->url, 0, "",
                   "cannot listen: a file of that name is in the way");
  int result = nng_listener_create(&listener->listener, listener->socket, listener->url);
  if (result == 0 && path)
    result = nng_listener_setopt_int(listener->listener, NNG_OPT_IPC_PERMISSIONS,
                                     (int)listener->mode);
  if (result == 0)
    result = nng_listener_start(listener->listener, 0);
  if (result != 0)
    return rl_fail(error, result == NNG_EADDRINUSE ? RL_BUSY : RL_IO, listener->url, 0, "",
                   "cannot listen: %s", nng_strerror(result));
  return RL_OK;
}

rl_status rl_listener_open(rl_listener *listener, nng_socket socket, const char *url,
                           unsigned mode, rl_error *error)
{
  *listener = (rl_listener){.socket = socket, .mode = mode, .lock_file = -1};
  const char *path = ipc_path(url);
  if (strlen(url) >= sizeof listener->url
      || (path && strlen(path) >= sizeof ((struct sockaddr_un *)0)->sun_path))
    return rl_fail(error, RL_OUT_OF_RANGE, url, 0, "", "the address is too long for a socket");
  snprintf(listener->url, sizeof listener->url, "%s", url);
  rl_status status = path ? take_lock_file(listener, path, error) : RL_OK;
  if (status == RL_OK)
    status = listen_now(listener, error);
  if (status != RL_OK && listener->lock_file >= 0)
    close(listener->lock_file);
  return status;
}

void rl_listener_close(rl_listener *listener)
{
  const char *path = ipc_path(listener->url);
  if (path)
    unlink(path);
  nng_listener_close(listener->listener);
  if (listener->lock_file >= 0)
    close(listener->lock_file);
}

rl_status rl_listener_renew(rl_listener *listener)
{
  nng_listener_close(listener->listener);
  return listen_now(listener, NULL);
}

/* Reads until the other side ends the connection; false if it did not in time. */
static bool is_turned_away(int file, int timeout_ms)
{
  uint8_t handshake[8];
  for (;;) {
    struct pollfd wait = {.fd = file, .events = POLLIN};
    if (poll(&wait, 1, timeout_ms) != 1)
      return false;
    if (read(file, handshake, sizeof handshake) <= 0)
      return true;
  }
}

/* The SP handshake: each side sends 0 'S' 'P' 0, its protocol number big-endian, 0 0. */
static bool probe(int file, int timeout_ms)
{
  static const uint8_t pair_peer[8] = {0, 'S', 'P', 0, 0, 0x10, 0, 0};
  return send(file, pair_peer, sizeof pair_peer, MSG_NOSIGNAL) == (ssize_t)sizeof pair_peer
    && is_turned_away(file, timeout_ms);
}

bool rl_listener_answers(const rl_listener *listener, int timeout_ms)
{
  const char *path = ipc_path(listener->url);
  if (!path)
    return true;
  /* Non-blocking: to connect would wait for ever at a full queue of connections. */
  int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (file < 0)
    return true; /* out of descriptors says nothing about the listener */
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  memcpy(address.sun_path, path, strlen(path) + 1);
  bool answers = connect(file, (struct sockaddr *)&address, sizeof address) == 0
    && probe(file, timeout_ms);
  close(file);
  return answers;
}

static void on_pipe(nng_pipe pipe, nng_pipe_ev event, void *context)
{
  rl_pipe_count *count = context;
  if (event == NNG_PIPE_EV_REM_POST)
    atomic_fetch_sub(&count->open, 1);
  else if (event == NNG_PIPE_EV_ADD_PRE && atomic_fetch_add(&count->open, 1) >= RL_PIPES_MAX)
    nng_pipe_close(pipe);
}

void rl_pipe_count_watch(rl_pipe_count *count, nng_socket socket)
{
  nng_pipe_notify(socket, NNG_PIPE_EV_ADD_PRE, on_pipe, count);
  nng_pipe_notify(socket, NNG_PIPE_EV_REM_POST, on_pipe, count);
}
