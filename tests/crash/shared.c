/* Two engines on one database want the same quotes, 64 at a time each, while PostgreSQL is killed
 * with SIGKILL, all its processes at once, and started again, and the second engine's way to it
 * is cut just when a commit is answered.
 *
 *   crash_shared [--kills N]
 *
 * Each engine is a process with a store of its own over the same tables. Each quote is a token to
 * both, and the record of one in three. An engine asks again, with the same key, as long as it is
 * told that the store is unreachable, as a client would. What they were told is in memory that all
 * share, and at the end it is held to what is in the database:
 *
 *   1. the proof over the whole ledger holds (so nothing is there twice)
 *   2. each quote ended once, and was won by one engine: the one whose key is in its row
 *   3. the winner was told the transaction that is in the row, the other who won */
#include "faults/deals.h"
#include "support/expect.h"
#include "support/postgres.h"
#include "support/quotes.h"
#include "tables/cutter.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENGINES = 2, AT_A_TIME = 64, ROUNDS_MOST = 4000, KILLS_DEFAULT = 2 };
enum { LOOK_MS = 5, ROUNDS_BETWEEN = 8, CUTS_A_KILL = 3, QUOTES_MOST = ROUNDS_MOST * AT_A_TIME };

/* What an engine was told of a quote. */
typedef struct rl_told {
  bool won;
  char winner; /* first letter of the key in the terminal row */
  uint64_t transaction;
} rl_told;

/* Shared by all processes. */
typedef struct rl_board {
  pthread_barrier_t together;
  rl_now issued;
  rl_store_id identity; /* as the first engine has it */
  atomic_bool stop;     /* asked by the parent */
  bool over;            /* decided by the first engine between two barriers */
  atomic_uint rounds;   /* done by both */
  atomic_uint unreachable; /* answers that said so */
  atomic_uint found;    /* outcomes that stood already when they were asked for again */
  rl_quote_id ids[QUOTES_MOST];
  rl_told told[ENGINES][QUOTES_MOST];
} rl_board;

static rl_board *shared;
static deal_world world;
static test_postgres server;

static rl_store *open_store(const char *directory, const char *url, bool read_only)
{
  rl_store_options options = {
    .directory = directory,
    .url = url,
    .clock = world.clock,
    .boot_id = world.boot_id,
    .read_only = read_only,
  };
  rl_store *store = NULL;
  rl_error error = {0};
  if (rl_store_open(&options, &store, &error) != RL_OK)
    fprintf(stderr, "%s: %s %s\n", error.file, error.field, error.text);
  EXPECT(store);
  return store;
}

/* --- an engine --- */

typedef struct rl_flight {
  rl_job job;
  rl_quote token;
  bool answered;
} rl_flight;

static rl_flight flights[AT_A_TIME];
static unsigned in_flight; /* under landing */
static pthread_mutex_t landing = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t landed = PTHREAD_COND_INITIALIZER;

static void on_answer(rl_job *job)
{
  (void)job;
  pthread_mutex_lock(&landing);
  if (--in_flight == 0)
    pthread_cond_signal(&landed);
  pthread_mutex_unlock(&landing);
}

static void submit(rl_store *store, rl_flight *flight)
{
  flight->job.arrived = rl_clock_read(&world.clock);
  flight->job.done = on_answer;
  flight->job.from_token = &flight->token;
  pthread_mutex_lock(&landing);
  in_flight++;
  pthread_mutex_unlock(&landing);
  EXPECT(rl_store_submit(store, &flight->job) == RL_OK);
}

static void await_answers(void)
{
  pthread_mutex_lock(&landing);
  while (in_flight > 0)
    pthread_cond_wait(&landed, &landing);
  pthread_mutex_unlock(&landing);
}

static bool is_lost(rl_refusal refusal)
{
  return refusal == RL_REFUSAL_QUOTE_CONSUMED || refusal == RL_REFUSAL_QUOTE_CANCELLED;
}

/* False when it is to be asked again. */
static bool take_answer(rl_flight *flight, rl_told *told)
{
  const rl_job *job = &flight->job;
  if (job->refusal == RL_REFUSAL_STORE_UNREACHABLE) {
    shared->unreachable++;
    return false;
  }
  if (job->refusal != RL_REFUSAL_NONE && !is_lost(job->refusal))
    fprintf(stderr, "%s: %s\n", job->key, rl_refusal_name(job->refusal));
  EXPECT(job->refusal == RL_REFUSAL_NONE || is_lost(job->refusal));
  EXPECT(job->ended);
  shared->found += job->repeated;
  told->won = job->refusal == RL_REFUSAL_NONE;
  told->winner = job->end.key[0];
  told->transaction = job->end.transaction;
  return true;
}

static void make_flight(rl_store *store, unsigned engine, uint64_t number, rl_flight *flight)
{
  const char form[2] = {(char)('a' + engine), 0};
  rl_quote quote = deal_quote(&world, number, shared->issued);
  if (number % 3 == 0 && number % ENGINES == engine) {
    uint8_t record[RL_RECORD_MAX];
    EXPECT(rl_store_record(store, record, rl_quote_encode(&quote, record)) != RL_FULL);
  }
  deal_job(&world, &flight->job, number, &quote, form);
  /* The second engine sometimes cancels what the first accepts. */
  flight->job.kind = engine == 1 && number % 5 == 0 ? RL_JOB_CANCEL : RL_JOB_ACCEPT;
  flight->token = quote;
  rl_strip_evidence(&flight->token);
  flight->answered = false;
  shared->ids[number] = quote.id;
}

static void await_store(const rl_store *store)
{
  while (rl_store_state_now(store) == RL_STORE_UNREACHABLE)
    poll(NULL, 0, LOOK_MS);
  EXPECT(rl_store_state_now(store) != RL_STORE_FAILED);
}

static void play_round(rl_store *store, unsigned engine, unsigned round)
{
  uint64_t first = (uint64_t)round * AT_A_TIME;
  for (unsigned i = 0; i < AT_A_TIME; i++)
    make_flight(store, engine, first + i, &flights[i]);
  unsigned left = AT_A_TIME;
  while (left > 0) {
    await_store(store);
    for (unsigned i = 0; i < AT_A_TIME; i++) {
      if (!flights[i].answered)
        submit(store, &flights[i]);
    }
    await_answers();
    for (unsigned i = 0; i < AT_A_TIME; i++) {
      if (!flights[i].answered) {
        flights[i].answered = take_answer(&flights[i], &shared->told[engine][first + i]);
        left -= flights[i].answered;
      }
    }
  }
}

/* The engines go round by round, so that they want the same quotes at the same time. */
static bool goes_on(unsigned engine, unsigned round)
{
  pthread_barrier_wait(&shared->together);
  if (engine == 0) {
    shared->rounds = round;
    shared->over = shared->stop || round == ROUNDS_MOST;
  }
  pthread_barrier_wait(&shared->together);
  return !shared->over;
}

static void run_engine(unsigned engine)
{
  deal_make_directory(&world);
  rl_store *store = open_store(world.directory, engine == 1 ? cutter_url() : server.url, false);
  world.identity = rl_store_identity(store);
  if (engine == 0)
    shared->identity = world.identity;
  for (unsigned round = 0; goes_on(engine, round); round++) {
    EXPECT(memcmp(&shared->identity, &world.identity, sizeof world.identity) == 0);
    play_round(store, engine, round);
  }
  rl_store_close(store);
  deal_remove_directory(world.directory);
}

static pid_t start_engine(unsigned engine)
{
  pid_t pid = fork();
  EXPECT(pid >= 0);
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    run_engine(engine);
    _exit(0);
  }
  return pid;
}

/* --- the parent --- */

static void await_rounds(unsigned rounds, const pid_t engines[ENGINES])
{
  while (shared->rounds < rounds && shared->rounds < ROUNDS_MOST) {
    for (unsigned i = 0; i < ENGINES; i++)
      EXPECT(waitpid(engines[i], NULL, WNOHANG) == 0);
    poll(NULL, 0, LOOK_MS);
  }
}

static void kill_and_start(rl_random *random)
{
  poll(NULL, 0, (int)rl_random_below(random, 60));
  postgres_kill(&server);
  poll(NULL, 0, (int)rl_random_below(random, 60));
  postgres_start(&server, NULL);
}

/* --- what is in the database --- */

typedef struct rl_numbered {
  rl_quote_id id;
  uint64_t number;
} rl_numbered;

static rl_numbered *by_id;
static unsigned quotes, ends;

static int compare_ids(const void *left, const void *right)
{
  return memcmp(((const rl_numbered *)left)->id.bytes, ((const rl_numbered *)right)->id.bytes,
                sizeof(rl_quote_id));
}

static bool check_end(const rl_end *end, void *context)
{
  (void)context;
  const rl_numbered *found = bsearch(&(rl_numbered){.id = end->quote}, by_id, quotes, sizeof *by_id,
                                  compare_ids);
  EXPECT(found);
  ends++;
  for (unsigned engine = 0; engine < ENGINES; engine++) {
    const rl_told *told = &shared->told[engine][found->number];
    EXPECT(told->winner == end->key[0]);
    EXPECT(told->transaction == end->transaction);
    EXPECT(told->won == (end->key[0] == (char)('a' + engine)));
  }
  return true;
}

static void index_quotes(void)
{
  quotes = shared->rounds * AT_A_TIME;
  by_id = calloc(quotes, sizeof *by_id);
  EXPECT(by_id);
  for (unsigned i = 0; i < quotes; i++)
    by_id[i] = (rl_numbered){shared->ids[i], i};
  qsort(by_id, quotes, sizeof *by_id, compare_ids);
}

static void check_all(void)
{
  static const rl_quote_id lowest;
  index_quotes();
  deal_make_directory(&world);
  rl_store *store = open_store(world.directory, server.url, true);
  rl_error error = {0};
  EXPECT(deal_prove(store) == quotes);
  EXPECT(rl_store_each_end(store, lowest, check_end, NULL, &error) == RL_OK);
  EXPECT(ends == quotes);
  rl_store_close(store);
  deal_remove_directory(world.directory);
  free(by_id);
}

static void prepare(void)
{
  EXPECT(rl_crypto_init() == RL_OK);
  world.seed = rl_test_seed("crash_shared");
  world.clock = rl_clock_system();
  EXPECT(rl_clock_boot_id(&world.boot_id) == RL_OK);
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  EXPECT(shared != MAP_FAILED);
  shared->issued = rl_clock_read(&world.clock);
  pthread_barrierattr_t attributes;
  pthread_barrierattr_init(&attributes);
  pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  EXPECT(pthread_barrier_init(&shared->together, &attributes, ENGINES) == 0);
}

int main(int argc, char **argv)
{
  unsigned kills = KILLS_DEFAULT;
  if (argc == 3 && strcmp(argv[1], "--kills") == 0)
    kills = (unsigned)strtoul(argv[2], NULL, 10);
  prepare();
  postgres_make(&server);
  cutter_listen(&server);
  pid_t engines[ENGINES];
  for (unsigned i = 0; i < ENGINES; i++)
    engines[i] = start_engine(i);
  cutter_start();
  rl_random random = rl_random_from(world.seed);
  for (unsigned i = 0; i < kills; i++) {
    for (unsigned cut = 0; cut < CUTS_A_KILL; cut++) {
      await_rounds(shared->rounds + ROUNDS_BETWEEN, engines);
      cutter_cut_answer();
    }
    await_rounds(shared->rounds + ROUNDS_BETWEEN, engines);
    kill_and_start(&random);
  }
  await_rounds(shared->rounds + ROUNDS_BETWEEN, engines);
  shared->stop = true;
  for (unsigned i = 0; i < ENGINES; i++) {
    int status = 1;
    EXPECT(waitpid(engines[i], &status, 0) == engines[i] && status == 0);
  }
  check_all();
  printf("%u kills, %u answers cut off; %u quotes wanted by %d engines ended once each; "
         "%u answers were \"unreachable\", %u outcomes stood when they were asked for again\n",
         kills, kills * CUTS_A_KILL, quotes, ENGINES, shared->unreachable, shared->found);
  cutter_stop();
  postgres_remove(&server);
  return 0;
}
