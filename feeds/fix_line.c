#include "feeds/fix_line.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static rl_status fail(rl_error *error, const char *reason)
{
  return rl_fail(error, RL_UNREACHABLE, NULL, 0, NULL, "%s", reason);
}

/* One address; -1 when it refuses at once. */
static int begin(const struct addrinfo *address)
{
  int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int yes = 1;
  if (fd < 0)
    return -1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (connect(fd, address->ai_addr, address->ai_addrlen) == 0 || errno == EINPROGRESS)
    return fd;
  int reason = errno;
  close(fd);
  errno = reason;
  return -1;
}

rl_status rl_fix_line_open(rl_fix_line *line, const char *host, const char *port, rl_error *error)
{
  struct addrinfo *found, wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
  int failed = getaddrinfo(host, port, &wanted, &found);
  if (failed)
    return fail(error, gai_strerror(failed));
  int fd = -1;
  for (const struct addrinfo *next = found; next && fd < 0; next = next->ai_next)
    fd = begin(next);
  int reason = errno;
  freeaddrinfo(found);
  if (fd < 0)
    return fail(error, strerror(reason));
  line->fd = fd;
  line->connecting = true;
  line->unsent = 0;
  return RL_OK;
}

void rl_fix_line_close(rl_fix_line *line)
{
  if (line->fd >= 0)
    close(line->fd);
  line->fd = -1;
  line->connecting = false;
  line->unsent = 0;
}

/* What the venue takes now of what waits. A line that fails is found by the next read. */
static void send_waiting(rl_fix_line *line)
{
  ssize_t sent = send(line->fd, line->out, line->unsent, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent <= 0)
    return;
  line->unsent -= (size_t)sent;
  memmove(line->out, line->out + sent, line->unsent);
}

bool rl_fix_line_wait(rl_fix_line *line, int timeout_ms)
{
  bool write = line->connecting || line->unsent > 0;
  struct pollfd ready = {.fd = line->fd, .events = (short)(POLLIN | (write ? POLLOUT : 0))};
  if (poll(&ready, 1, timeout_ms) <= 0)
    return false;
  if (line->connecting)
    return true;
  if (ready.revents & POLLOUT)
    send_waiting(line);
  return (ready.revents & ~POLLOUT) != 0;
}

rl_status rl_fix_line_settle(rl_fix_line *line, rl_error *error)
{
  struct pollfd ready = {.fd = line->fd, .events = POLLOUT};
  int reason = 0;
  socklen_t size = sizeof reason;
  if (poll(&ready, 1, 0) <= 0)
    return RL_AGAIN;
  getsockopt(line->fd, SOL_SOCKET, SO_ERROR, &reason, &size);
  if (reason != 0)
    return fail(error, strerror(reason));
  line->connecting = false;
  return RL_OK;
}

rl_status rl_fix_line_read(rl_fix_line *line, char *bytes, size_t size, size_t *got)
{
  ssize_t count = recv(line->fd, bytes, size, MSG_DONTWAIT);
  if (count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
    return RL_CLOSED;
  *got = count > 0 ? (size_t)count : 0;
  return RL_OK;
}

bool rl_fix_line_send(rl_fix_line *line, const char *bytes, size_t size)
{
  if (line->fd < 0 || size > sizeof line->out - line->unsent)
    return false;
  memcpy(line->out + line->unsent, bytes, size);
  line->unsent += size;
  send_waiting(line);
  return true;
}

uint32_t rl_fix_pause_ms(unsigned failures, uint32_t first_ms, uint32_t most_ms, uint64_t random)
{
  uint64_t pause_ms = first_ms;
  for (unsigned i = 0; i < failures && pause_ms < most_ms; i++)
    pause_ms *= 2;
  if (pause_ms > most_ms)
    pause_ms = most_ms;
  return (uint32_t)(pause_ms - random % (pause_ms / 2 + 1));
}
