/* Why a socket's end is bounded: nng 1.5.2 at times waits for ever in nng_close for a connection
 * that was being made or given up at that moment. What had to be durable is, and nobody waits for
 * more from that socket, so the engine goes on ending without it. */
#include "server/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#define CLOSE_TIMEOUT_S 1

/* Shared by the thread that closes and the one that waits; the last of them frees it. */
typedef struct closing {
  nng_socket socket;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  bool closed;
  bool abandoned;
} closing;

static void free_closing(closing *it)
{
  pthread_cond_destroy(&it->wake);
  pthread_mutex_destroy(&it->mutex);
  free(it);
}

static void *close_now(void *context)
{
  closing *it = context;
  nng_close(it->socket);
  pthread_mutex_lock(&it->mutex);
  it->closed = true;
  bool last = it->abandoned;
  pthread_cond_signal(&it->wake);
  pthread_mutex_unlock(&it->mutex);
  if (last)
    free_closing(it);
  return NULL;
}

static bool wait_until_closed(closing *it)
{
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += CLOSE_TIMEOUT_S;
  pthread_mutex_lock(&it->mutex);
  int result = 0;
  while (!it->closed && result != ETIMEDOUT)
    result = pthread_cond_timedwait(&it->wake, &it->mutex, &until);
  bool closed = it->closed;
  it->abandoned = !closed;
  pthread_mutex_unlock(&it->mutex);
  return closed;
}

bool rl_socket_close(nng_socket socket)
{
  pthread_t thread;
  closing *it = calloc(1, sizeof *it);
  if (!it)
    return false;
  it->socket = socket;
  pthread_mutex_init(&it->mutex, NULL);
  rl_wake_init(&it->wake);
  if (pthread_create(&thread, NULL, close_now, it) != 0) {
    free_closing(it);
    return false;
  }
  pthread_detach(thread);
  bool closed = wait_until_closed(it);
  if (closed)
    free_closing(it);
  return closed;
}
