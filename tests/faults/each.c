/* Each call that a store's short life (life.h) makes on its files goes wrong in turn.
 *
 *   faults_each LIBINTERCEPT [--every N] [--kind KIND]
 *   faults_each --live DIRECTORY STORY SEED [STAYS]       the life itself
 *
 * Every Nth call, from one drawn by the seed, for each kind of fault (intercept.h). What must hold,
 * whichever it is:
 *
 *   1. nobody waits for ever, and nobody dies by a signal but the one that was sent
 *   2. a start that did not succeed names a file and a reason, and ends the program with 1
 *   3. a sync that failed is never repeated, nor is a write that may have been one; nothing is
 *      accepted after it, and every answer from then on says STORE_FAILED; a call is not made again
 *      and again
 *   4. without room for more nothing is accepted, but look-ups are answered and so is who repeats
 *      what was accepted before; with room it goes on
 *   5. all ends that were answered are there: in the file as the system has it, in the file as the
 *      disk has it that lost all that was not synced, and in files between the two, page by page
 *      one or the other; each of them is proved whole
 *   6. what was not answered, asked again with its key, is done once
 *   7. a first start that was cut short anywhere hinders no later one
 */
#include "faults/image.h"
#include "faults/intercept.h"
#include "faults/life.h"
#include "support/expect.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STORE "store.mdb"

enum { TORN_IMAGES = 3, CALLS_AFTER_FAILURE_MOST = 6, CALLS_MORE_MOST = 100 };

typedef struct fault_plan {
  const char *kind;
  bool stays;   /* until it is lifted */
} fault_plan;

static const fault_plan plans[] = {
  {"eio", false},    {"eio", true},    {"eio-late", false},    {"enospc", false},
  {"enospc", true},  {"short", false}, {"short-enospc", true}, {"kill-before", false},
  {"kill-after", false},
};

/* One life and what it left. */
typedef struct trial {
  const fault_plan *plan;
  unsigned long at;
  deal_world world;
  char store[96], durable[96], story_path[96], stays[96];
  int status; /* of the process */
  story told;
  size_t fault; /* in the story */
} trial;

static const char *program, *library;
static uint64_t seed;
static rl_random draws;

/* --- living --- */

static void name_files(trial *it)
{
  const char *root = it->world.directory;
  snprintf(it->store, sizeof it->store, "%s/store", root);
  snprintf(it->durable, sizeof it->durable, "%s/durable", root);
  snprintf(it->story_path, sizeof it->story_path, "%s/story", root);
  snprintf(it->stays, sizeof it->stays, "%s/lifted", root);
  image_make_directory(it->store);
  image_make_directory(it->durable);
}

static void set(const char *name, const char *value)
{
  EXPECT((value ? setenv(name, value, 1) : unsetenv(name)) == 0);
}

static void set_plan(const trial *it)
{
  char at[24], file[128], durable[128];
  snprintf(at, sizeof at, "%lu", it->at);
  snprintf(file, sizeof file, "%s/" STORE, it->store);
  snprintf(durable, sizeof durable, "%s/" STORE, it->durable);
  set(INTERCEPT_UNDER, it->store);
  set(INTERCEPT_STORY, it->story_path);
  set(INTERCEPT_KIND, it->plan ? it->plan->kind : NULL);
  set(INTERCEPT_AT, at);
  set(INTERCEPT_STAYS, it->plan && it->plan->stays ? it->stays : NULL);
  set(INTERCEPT_FILE, file);
  set(INTERCEPT_DURABLE, durable);
}

static void live(trial *it)
{
  char number[24];
  snprintf(number, sizeof number, "%llu", (unsigned long long)seed);
  char *words[] = {(char *)program,  "--live", it->store, it->story_path, number,
                   it->plan && it->plan->stays ? it->stays : NULL, NULL};
  pid_t pid;
  set_plan(it);
  set("LD_PRELOAD", library);
  set("ASAN_OPTIONS", "verify_asan_link_order=0"); /* which wants to be the first of all */
  EXPECT(posix_spawn(&pid, program, NULL, NULL, words, environ) == 0);
  set("LD_PRELOAD", NULL);
  set("ASAN_OPTIONS", NULL);
  while (waitpid(pid, &it->status, 0) != pid)
    EXPECT(errno == EINTR);
  it->told = story_read(it->story_path);
  it->fault = story_fault(&it->told);
}

/* --- judging what was told --- */

static void expect_end(const trial *it)
{
  bool kills = it->plan && strncmp(it->plan->kind, "kill", 4) == 0;
  bool closed = story_find(&it->told, 0, "closed") < it->told.count;
  bool refused = story_find(&it->told, 0, "refused") < it->told.count;
  if (kills && it->fault < it->told.count)
    EXPECT(WIFSIGNALED(it->status) && WTERMSIG(it->status) == SIGKILL);
  else
    EXPECT(WIFEXITED(it->status) && (WEXITSTATUS(it->status) == 0 ? closed : refused));
}

static bool is_good_end(const story_event *event)
{
  return strcmp(event->word, "ended") == 0 && event->refusal == RL_REFUSAL_NONE;
}

/* Behind a sync that failed: no other, hardly any call, and one answer for all. */
static void expect_failed(const trial *it)
{
  unsigned calls = 0;
  for (size_t i = it->fault + 1; i < it->told.count; i++) {
    const story_event *event = &it->told.events[i];
    EXPECT(!story_is_sync(event, STORE));
    calls += story_is_call(event, STORE);
    if (strcmp(event->word, "ended") == 0 || strcmp(event->word, "shown") == 0
        || strcmp(event->word, "again") == 0)
      EXPECT(event->refusal == RL_REFUSAL_STORE_FAILED);
    if (strcmp(event->word, "state") == 0)
      EXPECT(event->number == RL_STORE_FAILED);
  }
  EXPECT(calls <= CALLS_AFTER_FAILURE_MOST);
}

/* Without space nothing is accepted until there is some, look-ups are answered all the same, and
 * then it goes on. A fault that does not stay is over at the next try, which may come before
 * anybody asks. */
static void expect_read_only(const trial *it)
{
  const story *told = &it->told;
  size_t until = it->plan->stays ? story_find(told, it->fault, "lifted") : it->fault;
  unsigned refused = 0, refused_after = 0;
  for (size_t i = it->fault; i < told->count; i++) {
    const story_event *event = &told->events[i];
    bool shown = strcmp(event->word, "shown") == 0, ended = strcmp(event->word, "ended") == 0;
    bool good = (shown || ended) && event->refusal == RL_REFUSAL_NONE;
    EXPECT(!(shown || ended) || good || event->refusal == RL_REFUSAL_STORE_READ_ONLY);
    EXPECT(i >= until || !ended || !good);
    EXPECT(strcmp(event->word, "again") != 0 || event->refusal == RL_REFUSAL_NONE);
    refused += ended && !good;
    refused_after += i > until && ended && !good;
  }
  EXPECT(refused_after <= 1);
  if (refused > 0)
    EXPECT(told->events[story_find(told, 0, "closing") - 1].number == RL_STORE_OPEN);
}

/* Want of space shows where room is reserved; whatever a write or a sync says may be a sync's. */
static void expect_of_fault(const trial *it, const story_event *fault)
{
  bool space = strstr(it->plan->kind, "enospc") != NULL;
  if (strncmp(it->plan->kind, "kill", 4) == 0)
    return;
  if (space && strcmp(fault->class, "reserve") == 0)
    expect_read_only(it);
  else
    expect_failed(it);
}

static void expect_answers(const trial *it, size_t calls_of_a_good_life)
{
  const story *told = &it->told;
  size_t opened = story_find(told, 0, "opened");
  size_t calls = 0;
  for (size_t i = 0; i < told->count; i++)
    calls += strcmp(told->events[i].word, "call") == 0;
  EXPECT(calls <= calls_of_a_good_life + CALLS_MORE_MOST);
  if (it->fault == told->count || it->fault < opened || !WIFEXITED(it->status))
    return;
  const story_event *fault = &told->events[it->fault];
  if (story_is_call(fault, STORE))
    expect_of_fault(it, fault);
}

/* --- judging what was left --- */

static void check_answered_ends(const trial *it, const deal_world *world, rl_store *store)
{
  for (size_t i = 0; i < it->told.count; i++) {
    const story_event *event = &it->told.events[i];
    if (is_good_end(event))
      deal_check_answered(world, store, event->number, life_issued(event->number),
                          event->transaction);
  }
}

static size_t count_good_ends(const trial *it)
{
  size_t count = 0;
  for (size_t i = 0; i < it->told.count; i++)
    count += is_good_end(&it->told.events[i]);
  return count;
}

static bool was_never_open(const trial *it)
{
  return story_find(&it->told, 0, "opened") == it->told.count;
}

/* A copy has the original's identity as long as it is only read. */
static void check_image(const trial *it, const char *directory)
{
  deal_world world = it->world;
  rl_store *store;
  rl_error error = {0};
  rl_status status = deal_open(&world, directory, true, &store, &error);
  if (status != RL_OK) {
    if (!was_never_open(it))
      fprintf(stderr, "%s: %s\n", error.file, error.text);
    EXPECT(was_never_open(it));
    return;
  }
  world.identity = rl_store_identity(store);
  EXPECT(deal_prove(store) >= count_good_ends(it));
  check_answered_ends(it, &world, store);
  rl_store_close(store);
}

static void check_images(const trial *it)
{
  char torn[128];
  check_image(it, it->durable);
  for (unsigned i = 0; i < TORN_IMAGES; i++) {
    snprintf(torn, sizeof torn, "%s/torn-%u", it->world.directory, i);
    image_tear(&draws, it->store, it->durable, torn);
    check_image(it, torn);
    deal_remove_directory(torn);
  }
}

/* The file as the system has it, and everybody asks again. */
static void check_restart(trial *it)
{
  rl_store *store;
  size_t ends = count_good_ends(it);
  rl_error error = {0};
  rl_status status = deal_open(&it->world, it->store, false, &store, &error);
  if (status != RL_OK)
    fprintf(stderr, "%s: %s\n", error.file, error.text);
  EXPECT(status == RL_OK);
  it->world.identity = rl_store_identity(store);
  EXPECT(deal_prove(store) >= ends);
  check_answered_ends(it, &it->world, store);
  for (size_t i = 0; i < it->told.count; i++) {
    const story_event *event = &it->told.events[i];
    if (strcmp(event->word, "asked") == 0)
      (void)deal_ask_again(&it->world, store, event->number, life_issued(event->number));
  }
  (void)deal_prove(store);
  rl_store_close(store);
}

/* --- all of it --- */

static void begin(trial *it, const fault_plan *plan, unsigned long at)
{
  *it = (trial){.plan = plan, .at = at};
  life_world(&it->world, seed);
  deal_make_directory(&it->world);
  name_files(it);
  live(it);
}

static void finish(trial *it)
{
  deal_remove_directory(it->store);
  deal_remove_directory(it->durable);
  deal_remove_directory(it->world.directory);
  story_free(&it->told);
}

static void say_where(const trial *it)
{
  if (it->fault == it->told.count) {
    fprintf(stderr, "  without a fault; %s\n", it->story_path);
    return;
  }
  const story_event *event = &it->told.events[it->fault];
  fprintf(stderr, "  %s%s at call %lu: %s of %s, %ld bytes at %ld; %s\n", it->plan->kind,
          it->plan->stays ? " from there on" : "", it->at, event->class, event->file, event->size,
          event->offset, it->story_path);
}

/* In a child, so that what does not hold can be said together with where, and left to be seen. */
static bool judge(trial *it, size_t calls_of_a_good_life)
{
  fflush(NULL);
  pid_t judging = fork();
  EXPECT(judging >= 0);
  if (judging == 0) {
    expect_end(it);
    expect_answers(it, calls_of_a_good_life);
    check_images(it);
    check_restart(it);
    _exit(0);
  }
  int status;
  EXPECT(waitpid(judging, &status, 0) == judging);
  return status == 0;
}

static size_t count_calls(void)
{
  trial it;
  begin(&it, NULL, 0);
  EXPECT(judge(&it, SIZE_MAX - CALLS_MORE_MOST));
  size_t calls = 0;
  for (size_t i = 0; i < it.told.count; i++)
    calls += strcmp(it.told.events[i].word, "call") == 0;
  finish(&it);
  return calls;
}

/* False when the life was over before the fault; *bad counts the broken promises. */
static bool try_one(const fault_plan *plan, unsigned long at, size_t calls, unsigned *bad)
{
  trial it;
  begin(&it, plan, at);
  bool good = judge(&it, calls);
  bool hit = it.fault < it.told.count;
  *bad += !good;
  if (!good)
    say_where(&it);
  else
    finish(&it);
  return hit;
}

static unsigned campaign(unsigned long every, const char *kind)
{
  unsigned hit = 0, bad = 0;
  size_t calls = count_calls();
  for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++) {
    if (kind && strcmp(kind, plans[i].kind) != 0)
      continue;
    unsigned long at = 1 + rl_random_below(&draws, every);
    for (; try_one(&plans[i], at, calls, &bad) || at <= calls; at += every)
      hit++;
  }
  printf("a life of %zu calls, %u faults: %u broke a promise\n", calls, hit, bad);
  return bad;
}

int main(int argc, char **argv)
{
  unsigned long every = 7;
  const char *kind = NULL;
  EXPECT(rl_crypto_init() == RL_OK);
  if (argc >= 5 && strcmp(argv[1], "--live") == 0) {
    deal_world world;
    life_world(&world, strtoull(argv[4], NULL, 10));
    return life_live(&world, argv[2], argv[3], argv[5]);
  }
  EXPECT(argc >= 2);
  setenv("TSAN_OPTIONS", "atexit_sleep_ms=0", 0); /* it sleeps a second at the end of each life */
  program = argv[0];
  library = argv[1];
  for (int i = 2; i + 1 < argc; i += 2) {
    if (strcmp(argv[i], "--every") == 0)
      every = strtoul(argv[i + 1], NULL, 10);
    else if (strcmp(argv[i], "--kind") == 0)
      kind = argv[i + 1];
  }
  seed = rl_test_seed("faults_each");
  draws = rl_random_from(seed);
  return campaign(every, kind) > 0;
}
