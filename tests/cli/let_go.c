/* Makes a store whose older half has been let go, and says in which directory: two sales and a
 * settlement, of which sums are left, and a sale that stands. For ledger.sh, which removes it. */
#include "store/harness.h"
#include "support/movements.h"

#include <stdio.h>
#include <string.h>

enum { DAY_MS = 24 * 3600 * 1000 };

static void sell(rl_harness *harness, const char *key)
{
  rl_quote quote = harness_recorded(harness);
  rl_refusal refusal = harness_end(harness, RL_JOB_ACCEPT, &quote, key);
  RL_ASSERT(refusal == RL_REFUSAL_NONE);
}

static void run(rl_harness *harness, rl_job job)
{
  job.arrived = harness_now(harness);
  memcpy(job.client, "desk", sizeof "desk");
  memcpy(job.key, "k", sizeof "k");
  harness_run(harness, &job);
  RL_ASSERT(job.refusal == RL_REFUSAL_NONE);
}

static void let_go(rl_harness *harness)
{
  rl_manual_clock_advance_ns(&harness->manual, 30 * (int64_t)DAY_MS * RL_NS_PER_MS);
  run(harness, (rl_job){.kind = RL_JOB_EXPORTED,
                        .exported_before_ms =
                          harness_now(harness).utc.ms - (int64_t)RL_SETTLED_MS});
  rl_store_retain(harness->store);
  for (int i = 0; i < 2; i++)
    harness_run(harness, &(rl_job){.kind = RL_JOB_SHOW, .arrived = harness_now(harness)});
}

int main(void)
{
  rl_harness harness;
  harness_init(&harness);
  harness.options.keep_ms = 3 * (int64_t)DAY_MS;
  harness_open(&harness);
  sell(&harness, "a");
  sell(&harness, "b");
  run(&harness, (rl_job){.kind = RL_JOB_POST, .movement = a_settlement()});
  let_go(&harness);
  sell(&harness, "c");
  bool gone = rl_store_kept_from(harness.store) > 0;
  harness_close(&harness);
  puts(harness.directory);
  return gone ? 0 : 1;
}
