/* A FIX session's books on their way into the engine: what changed is pushed, what has lost a side
 * is withdrawn, what stands is repeated. While the engine takes nothing, the session goes on and
 * nothing waits: once it takes rates again, each book is told as it then is. One thread. */
#pragma once

#include "feeds/fix_market.h"

typedef struct rl_fix_publisher {
  rl_feed *feed;
  rl_fix_market *market;
  const char *url; /* of the engine, for people */
  rl_clock clock;
  bool away;        /* the engine takes nothing */
  rl_mono ask_again; /* while it is away */
} rl_fix_publisher;

/* Pushes what changed and, if `repeat`, all books that stand; one flush. RL_OK also when the engine
 * is away. */
RL_MUST_USE rl_status rl_fix_publish(rl_fix_publisher *publisher, bool repeat);
