/* A replay as a person and as a program reads it. */
#pragma once

#include "replay.h"

/* Which quotes were looked at. */
typedef struct rl_replay_span {
  rl_utc from;   /* issued at or after */
  rl_utc to;     /* issued before; INT64_MAX: without end */
  bool accepted; /* only those that were accepted */
} rl_replay_span;

void rl_replay_print(const rl_replay *replay, const rl_replay_span *span);
void rl_replay_print_json(const rl_replay *replay, const rl_replay_span *span);
