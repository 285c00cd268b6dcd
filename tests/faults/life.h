/* A store's life with few deeds, always the same: opened, a tariff kept, quotes recorded, accepted
 * and cancelled one after the other, looked at, closed. All answers are told to a story. */
#pragma once

#include "faults/deals.h"
#include "faults/story.h"

enum { LIFE_QUOTES = 10, LIFE_SECONDS_MOST = 30 };

/* Quote `number` is issued at this instant; nothing in a life takes time. */
rl_now life_issued(uint64_t number);
/* Fills clock and boot. */
void life_world(deal_world *world, uint64_t seed);
/* Lives it in the directory and returns the program's exit code: 0, or 1 when the store did not
 * start. A life that hangs ends by SIGALRM. If `stays` is given, what hinders it ends when this
 * file is made, which is done towards the end; what had been refused is then asked again. */
int life_live(const deal_world *world, const char *directory, const char *story_path,
              const char *stays);
