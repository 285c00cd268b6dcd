#include "server/internal.h"

#include <time.h>

void rl_wake_init(pthread_cond_t *wake)
{
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(wake, &attributes);
  pthread_condattr_destroy(&attributes);
}

/* The next wake-up, on the clock that the condition variable was told to use. */
static struct timespec wake_time(unsigned interval_ms)
{
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  at.tv_nsec += (long)(interval_ms % 1000) * 1000000l;
  at.tv_sec += interval_ms / 1000 + at.tv_nsec / 1000000000l;
  at.tv_nsec %= 1000000000l;
  return at;
}

static void *run(void *context)
{
  rl_ticker *ticker = context;
  pthread_mutex_lock(&ticker->mutex);
  while (!ticker->stopping) {
    struct timespec at = wake_time(ticker->interval_ms);
    int result = 0;
    while (!ticker->stopping && result == 0)
      result = pthread_cond_timedwait(&ticker->wake, &ticker->mutex, &at);
    if (ticker->stopping)
      break;
    pthread_mutex_unlock(&ticker->mutex);
    ticker->work(ticker->context);
    pthread_mutex_lock(&ticker->mutex);
  }
  pthread_mutex_unlock(&ticker->mutex);
  return NULL;
}

rl_status rl_ticker_start(rl_ticker *ticker, unsigned interval_ms, void (*work)(void *context),
                          void *context)
{
  ticker->stopping = false;
  ticker->interval_ms = interval_ms;
  ticker->work = work;
  ticker->context = context;
  pthread_mutex_init(&ticker->mutex, NULL);
  rl_wake_init(&ticker->wake);
  if (pthread_create(&ticker->thread, NULL, run, ticker) == 0)
    return RL_OK;
  pthread_cond_destroy(&ticker->wake);
  pthread_mutex_destroy(&ticker->mutex);
  return RL_NO_MEMORY;
}

void rl_ticker_stop(rl_ticker *ticker)
{
  pthread_mutex_lock(&ticker->mutex);
  ticker->stopping = true;
  pthread_cond_signal(&ticker->wake);
  pthread_mutex_unlock(&ticker->mutex);
  pthread_join(ticker->thread, NULL);
  pthread_cond_destroy(&ticker->wake);
  pthread_mutex_destroy(&ticker->mutex);
}
