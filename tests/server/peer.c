#include "peer.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

size_t peer_ask(const char *url, const void *message, size_t size, int timeout_ms, uint8_t *reply,
                size_t room)
{
  nng_socket socket;
  size_t length = 0;
  if (nng_req0_open(&socket) != 0)
    return 0;
  nng_socket_set_ms(socket, NNG_OPT_REQ_RESENDTIME, 300);
  nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, timeout_ms);
  nng_socket_set_ms(socket, NNG_OPT_SENDTIMEO, timeout_ms);
  nng_socket_set_ms(socket, NNG_OPT_RECONNMINT, 20);
  nng_socket_set_ms(socket, NNG_OPT_RECONNMAXT, 50);
  nng_msg *answer;
  if (nng_dial(socket, url, NULL, NNG_FLAG_NONBLOCK) == 0
      && nng_send(socket, (void *)(uintptr_t)message, size, 0) == 0
      && nng_recvmsg(socket, &answer, 0) == 0) {
    length = nng_msg_len(answer) <= room ? nng_msg_len(answer) : 0;
    memcpy(reply, nng_msg_body(answer), length);
    nng_msg_free(answer);
  }
  nng_close(socket);
  return length;
}

static int connect_to(const char *path)
{
  int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  if (connect(file, (struct sockaddr *)&address, sizeof address) == 0)
    return file;
  close(file);
  return -1;
}

void peer_connect_and_close(const char *path)
{
  int file = connect_to(path);
  if (file >= 0)
    close(file);
}

/* True when all went out; false when the other side took no more for a second. */
static bool send_all(int file, const uint8_t *bytes, size_t size)
{
  while (size > 0) {
    struct pollfd wait = {.fd = file, .events = POLLOUT};
    if (poll(&wait, 1, 1000) != 1)
      return false;
    ssize_t sent = send(file, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0)
      return false;
    bytes += sent;
    size -= (size_t)sent;
  }
  return true;
}

static const uint8_t req_handshake[8] = {0, 'S', 'P', 0, 0, 0x30, 0, 0};

/* An ipc frame's head: 1, the length in 8 bytes big-endian, then the request id, top bit set. */
static bool send_head(int file, uint32_t size, unsigned request)
{
  uint32_t length = size + 4;
  uint8_t head[13] = {1, 0, 0, 0, 0, (uint8_t)(length >> 24), (uint8_t)(length >> 16),
                      (uint8_t)(length >> 8), (uint8_t)length,
                      0x80, 0, (uint8_t)(request >> 8), (uint8_t)request};
  return send_all(file, head, sizeof head);
}

int peer_flood(const char *path, const void *message, size_t size, unsigned count)
{
  int file = connect_to(path);
  if (file < 0 || !send_all(file, req_handshake, sizeof req_handshake))
    return -1;
  for (unsigned i = 0; i < count; i++) {
    if (!send_head(file, (uint32_t)size, i) || !send_all(file, message, size))
      break;
  }
  return file;
}

bool peer_is_cut_off(const char *path, uint32_t size)
{
  int file = connect_to(path);
  if (file < 0 || !send_all(file, req_handshake, sizeof req_handshake))
    return false;
  bool sent = send_head(file, size, 1);
  uint8_t bytes[64];
  ssize_t length = 1;
  while (sent && length > 0) {
    struct pollfd wait = {.fd = file, .events = POLLIN};
    if (poll(&wait, 1, 10000) != 1)
      break;
    length = read(file, bytes, sizeof bytes); /* its own handshake, then the end */
  }
  close(file);
  return length <= 0;
}
