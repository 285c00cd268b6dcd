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
#include "store/store.h"
#include "support/quotes.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILLS_DEFAULT = 24, IN_FLIGHT = 48, QUOTES_PER_LIFE = 4000, WORDS_MOST = 600 };
enum { FRESH_EVERY = 6, TTL_MS = 3600 * 1000 };

#define EXPECT(condition)                                                             \
  do {                                                                                \
    if (!(condition)) {                                                               \
      fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);   \
      exit(1);                                                                        \
    }                                                                                 \
  } while (0)

/* What becomes of a quote, by its number. */
typedef enum rl_fate { FATE_LEFT, FATE_ACCEPTED, FATE_ACCEPTED_BY_TOKEN, FATE_CANCELLED } rl_fate;

static rl_fate fate_of(uint64_t number)
{
  return (rl_fate)(number % 7 == 0 ? FATE_CANCELLED : number % 3);
}

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

static char directory[64];
static uint64_t seed;
static rl_store_id identity;
static uint64_t boot_id;

static rl_status open_store(rl_store **out)
{
  rl_store_options options = {
    .directory = directory,
    .clock = rl_clock_system(),
    .boot_id = boot_id,
    .inbox_bytes = 1 << 20,
    .map_bytes = (size_t)1 << 30,
  };
  rl_error error;
  rl_status status = rl_store_open(&options, out, &error);
  if (status != RL_OK)
    fprintf(stderr, "%s: %s %s\n", error.file, error.field, error.text);
  return status;
}

/* The same number and instant give the same quote, here and in the child. */
static rl_quote quote_of(uint64_t number, rl_now issued)
{
  rl_random random = rl_random_from(seed ^ (number * 0x9e3779b97f4a7c15u));
  uint8_t entropy[10];
  for (size_t i = 0; i < sizeof entropy; i++)
    entropy[i] = (uint8_t)rl_random_next(&random);
  rl_quote_plan plan = {
    .id = rl_quote_id_make(issued.utc, entropy),
    .store = identity,
    .client = "shop",
    .boot_id = boot_id,
    .issued_mono_ns = issued.mono.ns,
    .ttl_ms = TTL_MS,
  };
  rl_quote quote;
  rl_planned_quote(&random, &plan, &quote);
  return quote;
}

static void fill_job(rl_job *job, uint64_t number, const rl_quote *quote, const char *key_form)
{
  rl_clock clock = rl_clock_system();
  memset(job, 0, sizeof *job);
  job->kind = fate_of(number) == FATE_CANCELLED ? RL_JOB_CANCEL : RL_JOB_ACCEPT;
  job->quote_id = quote->id;
  snprintf(job->client, sizeof job->client, "%s", quote->client);
  snprintf(job->key, sizeof job->key, "%s-%llu", key_form, (unsigned long long)number);
  job->body.words[0] = number;
  job->arrived = rl_clock_read(&clock);
}

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
  rl_clock clock = rl_clock_system();
  rl_now now = rl_clock_read(&clock);
  rl_quote quote = quote_of(number, now);
  rl_fate fate = fate_of(number);
  uint8_t record[RL_RECORD_MAX];
  size_t size = rl_quote_encode(&quote, record);
  if (fate != FATE_ACCEPTED_BY_TOKEN && rl_store_record(store, record, size) != RL_OK)
    return;
  rl_word word = {.what = WORD_ISSUED, .number = number, .issued = now};
  tell(&word);
  if (fate == FATE_LEFT)
    return;
  rl_flight *flight = free_flight();
  fill_job(&flight->job, number, &quote, "first");
  flight->token = quote;
  rl_strip_evidence(&flight->token);
  flight->number = number;
  flight->job.from_token = fate == FATE_ACCEPTED_BY_TOKEN ? &flight->token : NULL;
  flight->job.done = on_answer;
  flight->job.context = flight;
  if (rl_store_submit(store, &flight->job) != RL_OK)
    flight->busy = false;
}

static void live(int pipe_end, uint64_t first)
{
  rl_store *store;
  telling = pipe_end;
  if (open_store(&store) != RL_OK)
    _exit(2);
  identity = rl_store_identity(store);
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

typedef struct rl_answered {
  pthread_mutex_t lock;
  pthread_cond_t wake;
  bool done;
} rl_answered;

static void on_checked(rl_job *job)
{
  rl_answered *answered = job->context;
  pthread_mutex_lock(&answered->lock);
  answered->done = true;
  pthread_cond_signal(&answered->wake);
  pthread_mutex_unlock(&answered->lock);
}

static void run(rl_store *store, rl_job *job)
{
  rl_answered answered = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
  job->done = on_checked;
  job->context = &answered;
  EXPECT(rl_store_submit(store, job) == RL_OK);
  pthread_mutex_lock(&answered.lock);
  while (!answered.done)
    pthread_cond_wait(&answered.wake, &answered.lock);
  pthread_mutex_unlock(&answered.lock);
}

static uint64_t prove(rl_store *store)
{
  rl_verify_report report;
  rl_error error;
  rl_status status = rl_store_verify(store, &report, &error);
  if (status != RL_OK)
    fprintf(stderr, "%s: %s\n", error.field, error.text);
  EXPECT(status == RL_OK);
  return report.ends;
}

static void check_answered(rl_store *store, const rl_known *it)
{
  rl_quote quote = quote_of(it->number, it->issued);
  rl_end end;
  EXPECT(rl_store_find_end(store, quote.id, &end) == RL_OK);
  EXPECT(end.kind == (fate_of(it->number) == FATE_CANCELLED ? RL_END_CANCELLED : RL_END_CONSUMED));
  EXPECT(end.transaction == it->transaction);
}

/* Whoever got no answer asks again with the same key; who was never asked for is accepted now. The
 * token is enough, whether the record reached the disk or not. */
static void check_unanswered(rl_store *store, rl_known *it)
{
  rl_quote quote = quote_of(it->number, it->issued), token = quote;
  rl_strip_evidence(&token);
  rl_job job;
  fill_job(&job, it->number, &quote, "first");
  job.from_token = &token;
  run(store, &job);
  EXPECT(job.refusal == RL_REFUSAL_NONE);
  it->ended = true;
  it->transaction = job.end.transaction;
  fill_job(&job, it->number, &quote, "second");
  job.from_token = &token;
  run(store, &job);
  EXPECT(job.refusal == RL_REFUSAL_QUOTE_CONSUMED || job.refusal == RL_REFUSAL_QUOTE_CANCELLED);
}

typedef struct rl_tally {
  uint64_t answered;
  uint64_t repeated;
  uint64_t lives;
} rl_tally;

/* Of this life's quotes all that are not ended are tried; of those that were left, a few. */
static void check_life(size_t from, rl_tally *tally)
{
  rl_store *store;
  EXPECT(open_store(&store) == RL_OK);
  (void)prove(store);
  unsigned left = 0;
  for (size_t i = from; i < known_count; i++) {
    if (known[i].ended) {
      check_answered(store, &known[i]);
      tally->answered++;
    } else if (fate_of(known[i].number) != FATE_LEFT || left++ < 5) {
      check_unanswered(store, &known[i]);
      tally->repeated++;
    }
  }
  (void)prove(store);
  rl_store_close(store);
}

static void check_all_lives(void)
{
  rl_store *store;
  uint64_t ended = 0;
  EXPECT(open_store(&store) == RL_OK);
  for (size_t i = 0; i < known_count; i++) {
    if (!known[i].ended)
      continue;
    check_answered(store, &known[i]);
    ended++;
  }
  EXPECT(prove(store) == ended);
  rl_store_close(store);
}

static void make_directory(void)
{
  snprintf(directory, sizeof directory, "/tmp/ratelock-crash-XXXXXX");
  EXPECT(mkdtemp(directory));
}

static void remove_directory(void)
{
  DIR *folder = opendir(directory);
  EXPECT(folder);
  for (struct dirent *entry; (entry = readdir(folder));) {
    if (entry->d_name[0] != '.')
      unlinkat(dirfd(folder), entry->d_name, 0);
  }
  closedir(folder);
  rmdir(directory);
}

/* A store of so many lives; the first child makes it, and may die while it does. */
static void live_and_die(rl_random *random, unsigned lives, rl_tally *tally)
{
  uint64_t first = 0;
  known_count = 0;
  make_directory();
  for (unsigned i = 0; i < lives; i++) {
    size_t from = known_count;
    let_live_and_kill(random, first);
    first += QUOTES_PER_LIFE;
    rl_store *store;
    EXPECT(open_store(&store) == RL_OK);
    identity = rl_store_identity(store);
    rl_store_close(store);
    check_life(from, tally);
    tally->lives++;
  }
  check_all_lives();
  remove_directory();
}

int main(int argc, char **argv)
{
  unsigned kills = KILLS_DEFAULT;
  if (argc == 3 && strcmp(argv[1], "--kills") == 0)
    kills = (unsigned)strtoul(argv[2], NULL, 10);
  EXPECT(rl_crypto_init() == RL_OK && rl_clock_boot_id(&boot_id) == RL_OK);
  seed = rl_test_seed("crash");
  rl_random random = rl_random_from(seed);
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
