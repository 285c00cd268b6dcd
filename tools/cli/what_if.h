/* The recorded updates under another universe: a market beside the replay's, and for each pair what
 * came out differently. */
#pragma once

#include "cli.h"
#include "tape/replay.h"

/* One pair of the other universe. */
typedef struct what_if_pair {
  uint64_t updates;      /* recorded, and in the interval */
  uint64_t different;    /* of them, those behind which the two composites say another thing */
  uint64_t unpriced;     /* of them, those behind which the recorded composite had no price */
  uint64_t unpriced_now; /* the same of the other universe's */
} what_if_pair;

typedef struct what_if {
  rl_universe *universe;
  rl_market *market;
  what_if_pair *pairs;  /* by index in the universe */
  uint64_t unknown;     /* updates of pairs that are not in it */
} what_if;

/* False, with the reason told and *code set, where the file is no universe. */
bool what_if_open(what_if *it, const char *file, rl_exit *code);
void what_if_close(what_if *it);
/* Takes the update that the replay has just applied. */
void what_if_take(what_if *it, const rl_tape_replay *replay, const rl_tape_replay_step *step);
void what_if_print(const what_if *it);
/* As a further member of a JSON map. */
void what_if_print_json(const what_if *it);
