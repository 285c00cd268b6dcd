/* The recorder's two threads at once: an intake that never rests, a writer that comes and goes, and
 * a reader of the files they make. --updates 20000000 for the long run. */
#include "tape/stand.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct writing {
  rl_recorder *recorder;
  atomic_bool stopping;
} writing;

static void *write_always(void *context)
{
  writing *it = context;
  while (!it->stopping) {
    rl_recorder_state state;
    rl_recorder_write(it->recorder);
    rl_recorder_state_read(it->recorder, &state);
    sched_yield();
  }
  return NULL;
}

int main(int argc, char **argv)
{
  unsigned long updates = argc == 3 && strcmp(argv[1], "--updates") == 0
                            ? strtoul(argv[2], NULL, 10) : 200000;
  stand it;
  pthread_t thread;
  stand_open(&it, rl_test_seed("tape torture"));
  writing writer = {.recorder = it.recorder};
  if (pthread_create(&thread, NULL, write_always, &writer) != 0)
    return 1;
  for (unsigned long i = 0; i < updates; i++)
    stand_tick(&it, 3000000);
  writer.stopping = true;
  pthread_join(thread, NULL);
  rl_recorder_write_all(it.recorder);
  rl_tape_replay_counts counts = stand_replay(&it, (rl_utc){0}, (rl_utc){RL_INSTANT_MAX_MS});
  printf("%lu updates, %lu replayed, %lu lost, %lu mismatches\n", updates,
         (unsigned long)counts.updates, (unsigned long)counts.lost,
         (unsigned long)counts.mismatches);
  rl_recorder_state state;
  rl_recorder_state_read(it.recorder, &state);
  bool well = counts.updates == state.updates && state.updates + state.lost == updates &&
              counts.mismatches == 0 && counts.troubles == 0 && counts.lost <= state.lost;
  stand_close(&it);
  return well ? 0 : 1;
}
