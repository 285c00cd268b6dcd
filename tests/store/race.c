/* Many threads at one store: whatever the order, one of them wins, all others learn who, and the
 * ledger proves it. A plain program, so that it runs under the thread sanitizer, too.
 *
 *   store_race [--rounds N] */
#include "store/harness.h"
#include "support/expect.h"

#include <string.h>

enum { THREADS = 64, RECORDERS = 4, RECORDS = 500 };

static rl_harness harness;
static pthread_barrier_t together;

typedef struct rl_contender {
  pthread_t thread;
  rl_job job;
} rl_contender;

static void *contend(void *context)
{
  rl_contender *contender = context;
  pthread_barrier_wait(&together);
  harness_run(&harness, &contender->job);
  return NULL;
}

static void run_all(rl_contender contenders[THREADS])
{
  for (unsigned i = 0; i < THREADS; i++)
    EXPECT(pthread_create(&contenders[i].thread, NULL, contend, &contenders[i]) == 0);
  for (unsigned i = 0; i < THREADS; i++)
    EXPECT(pthread_join(contenders[i].thread, NULL) == 0);
}

static void key_of(const rl_quote *quote, unsigned thread, char out[RL_KEY_MAX + 1])
{
  char id[RL_QUOTE_ID_TEXT_SIZE];
  rl_quote_id_format(quote->id, id);
  snprintf(out, RL_KEY_MAX + 1, "%s-%u", id, thread);
}

/* Accepts under a key of each thread's own; `cancels` of each four cancel instead. */
static void make_rivals(rl_contender contenders[THREADS], const rl_quote *quote, unsigned cancels)
{
  for (unsigned i = 0; i < THREADS; i++) {
    char key[RL_KEY_MAX + 1];
    key_of(quote, i, key);
    rl_job_kind kind = i % 4 < cancels ? RL_JOB_CANCEL : RL_JOB_ACCEPT;
    contenders[i].job = harness_job(&harness, kind, quote, key);
  }
}

static const rl_job *only_winner(const rl_contender contenders[THREADS])
{
  const rl_job *winner = NULL;
  for (unsigned i = 0; i < THREADS; i++) {
    if (contenders[i].job.refusal == RL_REFUSAL_NONE) {
      EXPECT(!winner);
      winner = &contenders[i].job;
    }
  }
  EXPECT(winner);
  return winner;
}

static void one_of_many_keys_wins(unsigned cancels)
{
  static rl_contender contenders[THREADS];
  rl_quote quote = harness_recorded(&harness);
  make_rivals(contenders, &quote, cancels);
  run_all(contenders);
  const rl_job *winner = only_winner(contenders);
  rl_refusal lost = winner->kind == RL_JOB_ACCEPT ? RL_REFUSAL_QUOTE_CONSUMED
                                                  : RL_REFUSAL_QUOTE_CANCELLED;
  for (unsigned i = 0; i < THREADS; i++) {
    const rl_job *job = &contenders[i].job;
    if (job == winner)
      continue;
    EXPECT(job->refusal == lost);
    EXPECT(job->ended && strcmp(job->end.key, winner->key) == 0);
  }
}

/* As if half of the repeats came with the token after a crash: the quote may not be known yet. */
static void repeats_of_one_key_meet_one_outcome(bool recorded)
{
  static rl_contender contenders[THREADS];
  static rl_quote token;
  rl_quote quote = recorded ? harness_recorded(&harness) : harness_quote(&harness);
  token = quote;
  rl_strip_evidence(&token);
  char key[RL_KEY_MAX + 1];
  key_of(&quote, 0, key);
  for (unsigned i = 0; i < THREADS; i++) {
    contenders[i].job = harness_job(&harness, RL_JOB_ACCEPT, &quote, key);
    contenders[i].job.from_token = &token;
  }
  run_all(contenders);
  unsigned first = 0;
  for (unsigned i = 0; i < THREADS; i++) {
    const rl_job *job = &contenders[i].job;
    EXPECT(job->refusal == RL_REFUSAL_NONE);
    EXPECT(job->end.transaction == contenders[0].job.end.transaction);
    first += !job->repeated;
  }
  EXPECT(first == 1);
}

/* Records, accepts, reads and walks at once. */
static void *record_and_accept(void *context)
{
  rl_harness mine = harness;
  mine.random = rl_random_from((uint64_t)(uintptr_t)context);
  pthread_barrier_wait(&together);
  for (unsigned i = 0; i < RECORDS; i++) {
    rl_quote quote = harness_quote(&mine);
    while (harness_record(&mine, &quote) == RL_FULL)
      (void)harness_end(&mine, RL_JOB_SHOW, &quote, "");
    if (i % 10 == 0) {
      char key[RL_KEY_MAX + 1];
      key_of(&quote, 0, key);
      EXPECT(harness_end(&mine, RL_JOB_ACCEPT, &quote, key) == RL_REFUSAL_NONE);
    }
    rl_store_stats stats;
    rl_store_stats_read(mine.store, &stats);
  }
  return NULL;
}

static void *verify_meanwhile(void *context)
{
  (void)context;
  pthread_barrier_wait(&together);
  for (unsigned i = 0; i < 5; i++) {
    rl_verify_report report;
    rl_error error;
    EXPECT(rl_store_verify(harness.store, &report, &error) == RL_OK);
  }
  return NULL;
}

static void readers_and_writers_do_not_disturb_one_another(uint64_t seed)
{
  pthread_t threads[RECORDERS + 1];
  pthread_barrier_destroy(&together);
  pthread_barrier_init(&together, NULL, RECORDERS + 1);
  for (uintptr_t i = 0; i < RECORDERS; i++)
    EXPECT(pthread_create(&threads[i], NULL, record_and_accept, (void *)(seed + i)) == 0);
  EXPECT(pthread_create(&threads[RECORDERS], NULL, verify_meanwhile, NULL) == 0);
  for (unsigned i = 0; i <= RECORDERS; i++)
    EXPECT(pthread_join(threads[i], NULL) == 0);
}

int main(int argc, char **argv)
{
  unsigned rounds = 5;
  if (argc == 3 && strcmp(argv[1], "--rounds") == 0)
    rounds = (unsigned)strtoul(argv[2], NULL, 10);
  harness_init(&harness);
  harness_open(&harness);
  pthread_barrier_init(&together, NULL, THREADS);
  for (unsigned i = 0; i < rounds; i++) {
    one_of_many_keys_wins(0);
    one_of_many_keys_wins(2);
    repeats_of_one_key_meet_one_outcome(true);
    repeats_of_one_key_meet_one_outcome(false);
  }
  readers_and_writers_do_not_disturb_one_another(rl_random_next(&harness.random));
  const rl_quote nothing = {.client = "shop"};
  (void)harness_end(&harness, RL_JOB_SHOW, &nothing, ""); /* answered after all that was recorded */
  rl_verify_report report;
  rl_error error = {0};
  rl_status verified = rl_store_verify(harness.store, &report, &error);
  if (verified != RL_OK)
    fprintf(stderr, "%s: %s\n", error.field, error.text);
  EXPECT(verified == RL_OK);
  EXPECT(report.ends == 4 * rounds + RECORDERS * RECORDS / 10);
  EXPECT(report.quotes == 4 * rounds + RECORDERS * RECORDS);
  pthread_barrier_destroy(&together);
  harness_fini(&harness);
  printf("%u rounds of %u threads: one winner each\n", 4 * rounds, (unsigned)THREADS);
  return 0;
}
