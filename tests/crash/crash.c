/* Kills an engine's store at random instants and looks at what it left.
 *
 *   crash [--kills N]
 *
 * A child opens the store, records quotes, accepts and cancels them, and tells each answer through
 * a pipe, as it would tell a client. The parent kills it with SIGKILL after a random number of
 * words and a random moment more, opens the store itself and holds it to its word:
 *
 *   1. it opens, and the proof over the whole ledger holds (so nothing is there twice)
 *   2. every end that was answered is there, as it was answered
 *   3. a request without an answer, repeated with its key, is done once; with another key refused
 *   4. a quote that was issued and not ended is accepted by its token, recorded or not
 *
 * Killing a process shows what order things were written in; that they survive a loss of power
 * rests on fdatasync before the answer, which this cannot show. */
#include "faults/deals.h"
#include "support/expect.h"
#include "support/quotes.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILLS_DEFAULT = 24, IN_FLIGHT = 48, QUOTES_PER_LIFE = 4000, WORDS_MOST = 600 };
enum { FRESH_EVERY = 6 };

/* One word through the pipe: small enough to be written whole or not at all. */
typedef struct rl_word {
  enum { WORD_ISSUED = 1, WORD_ENDED } what;
  rl_refusal refusal;
  uint64_t number; /* of the quote */
  uint64_t transaction;
  rl_now issued;
} rl_word;

/* What the parent knows of a quote. */
typedef struct rl_known {
  uint64_t number;
  rl_now issued;
  bool ended; /* answered */
  uint64_t transaction;
} rl_known;

static deal_world world;

/* --- the child --- */

typedef struct rl_flight {
  rl_job job;
  rl_quote token;
  uint64_t number;
  atomic_bool busy;
} rl_flight;

static rl_flight flights[IN_FLIGHT];
static pthread_mutex_t landing = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t landed = PTHREAD_COND_INITIALIZER;
static int telling;

static void tell(const rl_word *word)
{
  if (write(telling, word, sizeof *word) != (ssize_t)sizeof *word)
    _exit(3);
}

static void on_answer(rl_job *job)
{
  rl_flight *flight = job->context;
  rl_word word = {
    .what = WORD_ENDED,
    .refusal = job->refusal,
    .number = flight->number,
    .transaction = job->end.transaction,
  };
  tell(&word);
  pthread_mutex_lock(&landing);
  flight->busy = false;
  pthread_cond_signal(&landed);
  pthread_mutex_unlock(&landing);
}

static rl_flight *free_flight(void)
{
  rl_flight *found = NULL;
  pthread_mutex_lock(&landing);
  while (!found) {
    for (unsigned i = 0; i < IN_FLIGHT && !found; i++)
      found = flights[i].busy ? NULL : &flights[i];
    if (!found)
      pthread_cond_wait(&landed, &landing);
  }
  pthread_mutex_unlock(&landing);
  found->busy = true;
  return found;
}

static void live_one(rl_store *store, uint64_t number)
{
  rl_now now = rl_clock_read(&world.clock);
  rl_quote quote = deal_quote(&world, number, now);
  deal_fate fate = deal_fate_of(number);
  uint8_t record[RL_RECORD_MAX];
  size_t size = rl_quote_encode(&quote, record);
  if (fate != DEAL_ACCEPTED_BY_TOKEN && rl_store_record(store, record, size) != RL_OK)
    return;
  rl_word word = {.what = WORD_ISSUED, .number = number, .issued = now};
  tell(&word);
  if (fate == DEAL_LEFT)
    return;
  rl_flight *flight = free_flight();
  deal_job(&world, &flight->job, number, &quote, "first");
  flight->token = quote;
  rl_strip_evidence(&flight->token);
  flight->number = number;
  flight->job.from_token = fate == DEAL_ACCEPTED_BY_TOKEN ? &flight->token : NULL;
  flight->job.done = on_answer;
  flight->job.context = flight;
  if (rl_store_submit(store, &flight->job) != RL_OK)
    flight->busy = false;
}

static void live(int pipe_end, uint64_t first)
{
  rl_store *store;
  telling = pipe_end;
  if (deal_open(&world, world.directory, false, &store, NULL) != RL_OK)
    _exit(2);
  world.identity = rl_store_identity(store);
  for (uint64_t i = 0; i < QUOTES_PER_LIFE; i++)
    live_one(store, first + i);
  pause();
}

/* --- the parent --- */

static rl_known *known;
static size_t known_count, known_room;

static rl_known *known_of(uint64_t number)
{
  for (size_t i = known_count; i-- > 0;) {
    if (known[i].number == number)
      return &known[i];
  }
  return NULL;
}

static void note(const rl_word *word)
{
  if (word->what == WORD_ISSUED) {
    if (known_count == known_room) {
      known_room = known_room ? 2 * known_room : 1024;
      known = realloc(known, known_room * sizeof *known);
      EXPECT(known);
    }
    known[known_count++] = (rl_known){.number = word->number, .issued = word->issued};
    return;
  }
  rl_known *it = known_of(word->number);
  EXPECT(it && word->refusal == RL_REFUSAL_NONE);
  it->ended = true;
  it->transaction = word->transaction;
}

/* Words until `most` were read or the pipe ended. */
static void listen_to(int pipe_end, uint64_t most)
{
  rl_word word;
  while (most-- > 0 && read(pipe_end, &word, sizeof word) == (ssize_t)sizeof word)
    note(&word);
}

static void let_live_and_kill(rl_random *random, uint64_t first)
{
  int ends[2];
  EXPECT(pipe(ends) == 0);
  pid_t child = fork();
  EXPECT(child >= 0);
  if (child == 0) {
    close(ends[0]);
    live(ends[1], first);
  }
  close(ends[1]);
  listen_to(ends[0], rl_random_below(random, WORDS_MOST));
  for (volatile uint64_t spin = rl_random_below(random, 2000000); spin > 0; spin--)
    ;
  EXPECT(kill(child, SIGKILL) == 0);
  int status;
  EXPECT(waitpid(child, &status, 0) == child);
  EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  listen_to(ends[0], UINT64_MAX); /* what was told before the end was told */
  close(ends[0]);
}

static rl_store *open_store(void)
{
  rl_store *store;
  EXPECT(deal_open(&world, world.directory, false, &store, NULL) == RL_OK);
  return store;
}

static void check_answered(rl_store *store, const rl_known *it)
{
  deal_check_answered(&world, store, it->number, it->issued, it->transaction);
}

static void check_unanswered(rl_store *store, rl_known *it)
{
  it->transaction = deal_ask_again(&world, store, it->number, it->issued);
  it->ended = true;
}

typedef struct rl_tally {
  uint64_t answered;
  uint64_t repeated;
  uint64_t lives;
} rl_tally;

/* Of this life's quotes all that are not ended are tried; of those that were left, a few. */
static void check_life(size_t from, rl_tally *tally)
{
  rl_store *store = open_store();
  (void)deal_prove(store);
  unsigned left = 0;
  for (size_t i = from; i < known_count; i++) {
    if (known[i].ended) {
      check_answered(store, &known[i]);
      tally->answered++;
    } else if (deal_fate_of(known[i].number) != DEAL_LEFT || left++ < 5) {
      check_unanswered(store, &known[i]);
      tally->repeated++;
    }
  }
  (void)deal_prove(store);
  rl_store_close(store);
}

static void check_all_lives(void)
{
  rl_store *store = open_store();
  uint64_t ended = 0;
  for (size_t i = 0; i < known_count; i++) {
    if (!known[i].ended)
      continue;
    check_answered(store, &known[i]);
    ended++;
  }
  EXPECT(deal_prove(store) == ended);
  rl_store_close(store);
}

/* A store of so many lives; the first child makes it, and may die while it does. */
static void live_and_die(rl_random *random, unsigned lives, rl_tally *tally)
{
  uint64_t first = 0;
  known_count = 0;
  deal_make_directory(&world);
  for (unsigned i = 0; i < lives; i++) {
    size_t from = known_count;
    let_live_and_kill(random, first);
    first += QUOTES_PER_LIFE;
    rl_store *store = open_store();
    world.identity = rl_store_identity(store);
    rl_store_close(store);
    check_life(from, tally);
    tally->lives++;
  }
  check_all_lives();
  deal_remove_directory(world.directory);
}

int main(int argc, char **argv)
{
  unsigned kills = KILLS_DEFAULT;
  if (argc == 3 && strcmp(argv[1], "--kills") == 0)
    kills = (unsigned)strtoul(argv[2], NULL, 10);
  EXPECT(rl_crypto_init() == RL_OK && rl_clock_boot_id(&world.boot_id) == RL_OK);
  world.clock = rl_clock_system();
  world.seed = rl_test_seed("crash");
  rl_random random = rl_random_from(world.seed);
  rl_tally tally = {0};
  while (tally.lives < kills) {
    uint64_t left = kills - tally.lives;
    live_and_die(&random, (unsigned)(left < FRESH_EVERY ? left : FRESH_EVERY), &tally);
  }
  free(known);
  printf("%llu kills: %llu answered ends all there, %llu unanswered requests done once\n",
         (unsigned long long)tally.lives, (unsigned long long)tally.answered,
         (unsigned long long)tally.repeated);
  return 0;
}
