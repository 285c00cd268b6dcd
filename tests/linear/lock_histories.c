/* The lock life cycle under threads, kills and restarts, against a sequential model.
 *
 *   lock_histories [--operations N] [--seed S]
 *
 * Threads create, repeat, accept, cancel and show under few keys, move the clock and sweep, while
 * the engine is stopped or killed and started again on the same boot or another. Afterwards every
 * answer must fit one order (search.h), and every repeat be the same bytes. What each thread asks
 * follows from the seed; how the threads meet does not. */
#include "linear/asking.h"
#include "linear/search.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
  LIVES = 4,       /* of one engine */
  GROUPS = 80,     /* new ones in each life */
  VISIT_AGAIN = 4, /* groups of the life before that are gone on with */
};

static struct {
  uint64_t operations, wanted, groups, kills, stops, boots, unanswered;
  uint64_t overlapping; /* with another thread's of the same group */
  uint64_t kinds[LIN_KILLED + 1];
  uint64_t outcomes[RL_REFUSAL_STORE_FAILED + 1];
} total;

static uint64_t seed;

/* --- one engine's lives --- */

static lin_world *make_world(unsigned group_count, size_t *size)
{
  *size = sizeof(lin_world) + group_count * sizeof(lin_group);
  lin_world *world =
    mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (world == MAP_FAILED)
    return NULL;
  world->clock_ns = 1000000000;
  world->group_count = group_count;
  return world;
}

/* In memory where there is such a place: a sync costs nothing there, and a kill loses as much. */
static void make_directory(char out[64])
{
  bool in_memory = access("/dev/shm", W_OK) == 0;
  snprintf(out, 64, "%s/ratelock-test-XXXXXX", in_memory ? "/dev/shm" : "/tmp");
  RL_ASSERT(mkdtemp(out) != NULL);
}

/* True if it ended as planned. */
static bool run_life(const lin_plan *plan)
{
  fflush(NULL);
  pid_t child = fork();
  RL_ASSERT(child >= 0);
  if (child == 0)
    lin_live(plan);
  int status;
  RL_ASSERT(waitpid(child, &status, 0) == child);
  if (plan->killed)
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static lin_op end_of_life(const lin_plan *plan)
{
  lin_world *world = plan->world;
  uint64_t stamp = atomic_fetch_add(&world->stamps, 1) + 1;
  return (lin_op){.kind = plan->killed ? LIN_KILLED : LIN_CLOSED, .thread = UINT32_MAX,
                  .turn = plan->number, .boot = plan->boot, .began = stamp, .ended = stamp,
                  .arrived_ns = world->clock_ns, .seen_ns = world->clock_ns};
}

/* What the machine does between two lives. */
static void go_to_next_life(rl_random *random, lin_plan *plan)
{
  /* Beside none: within a lock, within the skew after it, after both, after a create key's life. */
  static const int64_t pauses_ns[] = {0, 0, 1000000, 29000000000, 30500000000, 31000000000,
                                      601000000000};
  unsigned again = plan->end_group < VISIT_AGAIN ? plan->end_group : VISIT_AGAIN;
  plan->number++;
  plan->world->clock_ns += pauses_ns[rl_random_below(random, 7)];
  if (rl_random_below(random, 2) == 0) {
    plan->boot++;
    plan->boot_ns = plan->world->clock_ns;
    total.boots++;
  }
  plan->first_group = plan->end_group - again;
}

static bool run_lives(rl_random *random, lin_world *world, lin_op lives[LIVES])
{
  char directory[64];
  make_directory(directory);
  lin_plan plan = {.world = world, .directory = directory, .boot = 1};
  bool good = true;
  while (good && plan.number < LIVES) {
    plan.seed = rl_random_next(random);
    plan.end_group = (plan.number + 1) * GROUPS;
    plan.killed = rl_random_below(random, 3) > 0;
    plan.stalled = rl_random_below(random, 2) > 0;
    good = run_life(&plan);
    if (!good)
      fprintf(stderr, "life %u did not end as planned\n", plan.number);
    total.kills += plan.killed;
    total.stops += !plan.killed;
    lives[plan.number] = end_of_life(&plan);
    go_to_next_life(random, &plan);
  }
  rl_test_remove_directory(directory);
  return good;
}

/* --- judging --- */

static bool overlaps(const lin_history *history, unsigned op)
{
  const lin_op *ops = history->ops;
  for (unsigned i = 0; i < history->count; i++) {
    if (ops[i].thread != ops[op].thread && ops[i].began < ops[op].ended
        && ops[op].began < ops[i].ended)
      return true;
  }
  return false;
}

static void count(const lin_history *history)
{
  total.groups++;
  for (unsigned i = 0; i < history->count; i++) {
    const lin_op *op = &history->ops[i];
    total.kinds[op->kind]++;
    if (op->kind >= LIN_CLOSED)
      continue;
    total.operations++;
    total.overlapping += overlaps(history, i);
    total.unanswered += !op->answered;
    if (op->answered && op->answer.refusal <= RL_REFUSAL_STORE_FAILED)
      total.outcomes[op->answer.refusal]++;
  }
}

static void print_moves(const lin_world *world, const lin_history *history)
{
  uint64_t first = history->ops[0].began, last = history->ops[history->count - 1].ended;
  for (unsigned i = 0; i < world->move_count && i < LIN_MOVES; i++) {
    const lin_move *move = &world->moves[i];
    if (move->ended > first && move->began < last)
      printf("%9" PRIu64 "-%-9" PRIu64 " %14" PRId64 "     %s\n", move->began, move->ended,
             move->to_ns, move->swept ? "sweep" : "the clock goes on to that");
  }
}

static bool judge(const lin_world *world, unsigned number, const lin_op lives[LIVES])
{
  static lin_history history;
  unsigned longest = 0, stuck = 0;
  const char *fault;
  bool good = lin_prepare(&world->groups[number], lives, LIVES, &history, &fault);
  count(&history);
  if (good)
    good = lin_repeats_are_identical(&history, &fault);
  lin_verdict verdict = good ? lin_search(&history, &longest, &stuck) : LIN_ORDERED;
  if (verdict != LIN_ORDERED) {
    good = false;
    fault = verdict == LIN_NO_ORDER ? "no order fits all answers" : "too tangled to be searched";
  }
  if (good)
    return true;
  printf("group %u: %s\n", number, fault);
  if (verdict == LIN_NO_ORDER)
    printf("the best order holds %u of %u operations; the first left out began at %" PRIu64 "\n",
           longest, history.count, history.ops[stuck].began);
  lin_print(&history);
  print_moves(world, &history);
  return false;
}

static bool run_engine(rl_random *random)
{
  size_t size;
  lin_op lives[LIVES] = {0};
  lin_world *world = make_world(LIVES * GROUPS, &size);
  RL_ASSERT(world != NULL);
  bool good = run_lives(random, world, lives);
  for (unsigned i = 0; good && i < world->group_count; i++)
    good = judge(world, i, lives);
  munmap(world, size);
  return good;
}

static void read_arguments(int argc, char **argv)
{
  total.wanted = 20000;
  for (int i = 1; i + 1 < argc; i += 2) {
    uint64_t value = strtoull(argv[i + 1], NULL, 0);
    if (strcmp(argv[i], "--operations") == 0)
      total.wanted = value;
    else if (strcmp(argv[i], "--seed") == 0)
      seed = value;
  }
  if (seed == 0)
    seed = rl_test_seed("lock_histories");
}

static void print_total(void)
{
  printf("seed %" PRIu64 ": %" PRIu64 " operations in %" PRIu64 " groups, %" PRIu64
         " overlapping another thread's, %" PRIu64 " never answered\n%" PRIu64 " create, %" PRIu64
         " accept, %" PRIu64 " cancel, %" PRIu64 " show; %" PRIu64 " kills, %" PRIu64
         " stops, %" PRIu64 " other boots\n",
         seed, total.operations, total.groups, total.overlapping, total.unanswered,
         total.kinds[LIN_CREATE], total.kinds[LIN_ACCEPT], total.kinds[LIN_CANCEL],
         total.kinds[LIN_SHOW], total.kills, total.stops, total.boots);
  printf("%" PRIu64 " done or shown", total.outcomes[0]);
  for (unsigned i = 1; i <= RL_REFUSAL_STORE_FAILED; i++) {
    if (total.outcomes[i])
      printf(", %" PRIu64 " %s", total.outcomes[i], rl_refusal_name((rl_refusal)i));
  }
  printf("\n");
}

/* A long run in which something never happened has shown nothing about it. */
static bool saw_everything(void)
{
  static const rl_refusal wanted[] = {
    RL_REFUSAL_NONE, RL_REFUSAL_INVALID_FIELD, RL_REFUSAL_KEY_REUSED, RL_REFUSAL_QUOTE_UNKNOWN,
    RL_REFUSAL_QUOTE_CONSUMED, RL_REFUSAL_QUOTE_CANCELLED, RL_REFUSAL_QUOTE_EXPIRED};
  bool all = total.kills && total.stops && total.boots && total.unanswered && total.overlapping;
  for (unsigned i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
    all &= total.outcomes[wanted[i]] > 0;
  return all || total.operations < 100000;
}

int main(int argc, char **argv)
{
  read_arguments(argc, argv);
  rl_random random = rl_random_from(seed);
  bool good = true;
  while (good && total.operations < total.wanted)
    good = run_engine(&random);
  print_total();
  if (!saw_everything())
    printf("something never happened: the run shows too little\n");
  else if (good)
    printf("each group has an order that the model allows\n");
  return good && saw_everything() ? 0 : 1;
}
