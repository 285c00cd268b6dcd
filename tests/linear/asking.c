#include "linear/asking.h"

#include "linear/answers.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BOOT_MONO_NS 5000000000ll /* what a boot clock says when the engine starts */
#define SECOND_NS 1000000000ll

static const lin_plan *plan;
static lin_world *world;
static rl_test_engine engine;
static pthread_barrier_t together;
static pthread_mutex_t moving = PTHREAD_MUTEX_INITIALIZER;

typedef struct asker {
  pthread_t thread;
  unsigned number;
  unsigned turns;
  bool kills;         /* this life, when its time has come */
  bool store_stalled; /* asks only what is answered without the store */
  rl_random random;
  rl_exchange *exchange;
  sem_t done;
} asker;

/* The message that this thread has handed over. */
static _Thread_local struct {
  unsigned count;
  lin_op *ops[LIN_BATCH];
} asked;

static void need(bool holds, const char *what)
{
  if (holds)
    return;
  fprintf(stderr, "lock_histories: %s\n", what);
  abort();
}

static uint64_t take_stamp(void)
{
  return atomic_fetch_add(&world->stamps, 1) + 1;
}

/* The first reading on the asking thread is the arrival stamp: so what the engine was told the time
 * was is known exactly, and nothing about it is left to the search. */
static rl_now read_clock(void *context)
{
  (void)context;
  int64_t ns = atomic_load(&world->clock_ns);
  for (unsigned i = 0; i < asked.count; i++) {
    lin_op *op = asked.ops[i];
    if (op->stamped)
      continue;
    op->arrived_ns = ns;
    op->stamped = true;
  }
  return (rl_now){.mono.ns = ns - plan->boot_ns + BOOT_MONO_NS,
                  .utc.ms = LIN_EPOCH_UTC_MS + ns / RL_NS_PER_MS};
}

/* --- moving the clock --- */

/* Beside a lock's length and its last nanosecond: a little, the skew, a create key's life. */
static int64_t draw_step_ns(rl_random *random)
{
  static const int64_t steps_ns[] = {
    1, 999999, RL_NS_PER_MS, SECOND_NS, 15 * SECOND_NS, 30 * SECOND_NS - 1, 30 * SECOND_NS,
    60 * SECOND_NS, RL_CREATE_KEY_MIN_MS * RL_NS_PER_MS};
  return steps_ns[rl_random_below(random, sizeof steps_ns / sizeof steps_ns[0])];
}

static void move(rl_random *random)
{
  bool sweeps = rl_random_below(random, 3) == 0;
  int64_t step_ns = draw_step_ns(random);
  lin_move done = {.began = take_stamp(), .swept = sweeps};
  pthread_mutex_lock(&moving);
  if (sweeps) {
    rl_service_sweep(engine.service);
    done.to_ns = atomic_load(&world->clock_ns);
  } else {
    done.to_ns = atomic_fetch_add(&world->clock_ns, step_ns) + step_ns;
    rl_test_engine_tick(&engine); /* the old rates are too old now */
  }
  pthread_mutex_unlock(&moving);
  done.ended = take_stamp();
  unsigned at = atomic_fetch_add(&world->move_count, 1);
  if (at < LIN_MOVES)
    world->moves[at] = done;
}

/* --- asking --- */

/* A second draw where the first quote is another client's: most should be the asking one's. As many
 * numbers are drawn whatever is found, so that what follows is the same. */
static const lin_told *draw_told(asker *it, const lin_group *group, unsigned client)
{
  unsigned count = atomic_load(&group->told_count);
  const lin_told *drawn = NULL;
  if (count > LIN_QUOTES)
    count = LIN_QUOTES;
  for (unsigned i = 0; i < 3; i++) {
    uint64_t draw = rl_random_next(&it->random);
    const lin_told *told = count ? &group->told[draw % count] : NULL;
    bool better = !drawn || drawn->client != client;
    if (told && better && atomic_load(&told->ready))
      drawn = told;
  }
  return drawn;
}

static rl_quote_id unknown_id(asker *it)
{
  rl_quote_id id;
  for (unsigned i = 0; i < sizeof id.bytes; i++)
    id.bytes[i] = (uint8_t)rl_random_next(&it->random);
  return id;
}

/* Mostly the first of several. */
static unsigned draw_low(rl_random *random, unsigned count)
{
  return rl_random_below(random, 10) < 7 ? 0 : (unsigned)rl_random_below(random, count);
}

static lin_kind draw_kind(rl_random *random)
{
  uint64_t dice = rl_random_below(random, 100);
  return dice < 30 ? LIN_CREATE : dice < 62 ? LIN_ACCEPT : dice < 80 ? LIN_CANCEL : LIN_SHOW;
}

static void draw_create(asker *it, const char *tag, lin_op *op, rl_request *request)
{
  op->key = (unsigned)rl_random_below(&it->random, LIN_CREATE_KEYS);
  op->body = draw_low(&it->random, LIN_BODIES);
  char key[RL_KEY_MAX + 1];
  snprintf(key, sizeof key, "%s-make-%u", tag, op->key);
  *request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, key);
  request->price.ttl_ms = lin_ttl_ms[op->body];
}

static void draw_end(asker *it, const char *tag, const lin_group *group, lin_op *op,
                     rl_request *request)
{
  const lin_told *told = draw_told(it, group, op->client);
  rl_quote_id stranger = unknown_id(it);
  op->key = (unsigned)rl_random_below(&it->random, LIN_END_KEYS);
  op->by = (lin_by)(rl_random_below(&it->random, 20) ? rl_random_below(&it->random, 3)
                                                      : LIN_BY_MISMATCH);
  if (!told)
    op->by = LIN_BY_ID;
  op->about = told ? told->id : stranger;
  *request = (rl_request){
    .kind = op->kind == LIN_ACCEPT ? RL_REQUEST_ACCEPT
      : op->kind == LIN_CANCEL ? RL_REQUEST_CANCEL : RL_REQUEST_SHOW,
    .has_id = op->by != LIN_BY_TOKEN,
    .id = op->by == LIN_BY_MISMATCH ? stranger : op->about,
    .token = told && op->by != LIN_BY_ID ? told->token : NULL,
    .token_size = told && op->by != LIN_BY_ID ? told->token_size : 0,
  };
  if (op->kind != LIN_SHOW)
    snprintf(request->key, sizeof request->key, "%s-end-%u", tag, op->key);
}

/* A place in the history, or NULL when the group is full. */
static lin_op *take_op(asker *it, lin_group *group, unsigned client)
{
  unsigned at = atomic_fetch_add(&group->op_count, 1);
  if (at >= LIN_REQUESTS)
    return NULL;
  lin_op *op = &group->ops[at];
  op->kind = draw_kind(&it->random);
  if (it->store_stalled || at < LIN_THREADS)
    op->kind = LIN_CREATE;
  op->client = client;
  op->thread = plan->number * LIN_THREADS + it->number;
  op->turn = it->turns++;
  op->boot = plan->boot;
  return op;
}

static size_t write_message(asker *it, unsigned number, unsigned client, uint8_t message[4096])
{
  lin_group *group = &world->groups[number];
  unsigned wanted = 1 + (unsigned)rl_random_below(&it->random, LIN_BATCH);
  char tag[32];
  uint8_t items[4096];
  rl_writer writer = rl_writer_over(items, sizeof items);
  snprintf(tag, sizeof tag, "g%u", number);
  for (asked.count = 0; asked.count < wanted; asked.count++) {
    lin_op *op = take_op(it, group, client);
    rl_request request;
    if (!op)
      break;
    if (op->kind == LIN_CREATE)
      draw_create(it, tag, op, &request);
    else
      draw_end(it, tag, group, op, &request);
    asked.ops[asked.count] = op;
    rl_request_encode(&writer, &request);
  }
  rl_writer whole = rl_writer_over(message, 4096);
  rl_pack_array(&whole, asked.count);
  rl_put_bytes(&whole, items, writer.used);
  need(!writer.failed && !whole.failed, "a message is too large");
  return whole.used;
}

/* --- being told --- */

static bool is_told(const lin_op *op)
{
  return op->kind == LIN_CREATE && op->answer.refusal == RL_REFUSAL_NONE;
}

static void tell(lin_group *group, const lin_op *op, const uint8_t *item, size_t size)
{
  unsigned count = atomic_load(&group->told_count);
  for (unsigned i = 0; i < count && i < LIN_QUOTES; i++) {
    if (atomic_load(&group->told[i].ready) && rl_quote_id_equal(group->told[i].id, op->answer.id))
      return;
  }
  unsigned at = atomic_fetch_add(&group->told_count, 1);
  if (at >= LIN_QUOTES)
    return;
  lin_told *told = &group->told[at];
  told->id = op->answer.id;
  told->client = op->client;
  told->token_size =
    (uint32_t)rl_reply_binary(item, size, "token", told->token, sizeof told->token);
  atomic_store(&told->ready, true);
}

static void on_done(rl_exchange *exchange, void *context)
{
  (void)exchange;
  asker *it = context;
  sem_post(&it->done);
}

static void hand_over(asker *it, unsigned client, const uint8_t *message, size_t size)
{
  rl_caller caller = {0};
  snprintf(caller.name, sizeof caller.name, "%s", lin_clients[client]);
  uint64_t began = take_stamp();
  for (unsigned i = 0; i < asked.count; i++)
    asked.ops[i]->began = began;
  rl_exchange_handle(it->exchange, &caller, message, size);
  if (it->store_stalled && it->kills && sem_trywait(&it->done) == 0)
    return;
  if (it->store_stalled && it->kills)
    kill(getpid(), SIGKILL);
  while (sem_wait(&it->done) != 0)
    continue;
}

static void ask(asker *it, unsigned number)
{
  uint8_t message[4096];
  unsigned client = rl_random_below(&it->random, 10) == 0;
  size_t reply_size, size = write_message(it, number, client, message);
  if (asked.count == 0)
    return;
  hand_over(it, client, message, size);
  uint64_t ended = take_stamp();
  int64_t seen_ns = atomic_load(&world->clock_ns);
  const uint8_t *reply = rl_exchange_reply(it->exchange, &reply_size);
  for (unsigned i = 0; i < asked.count; i++) {
    size_t item_size;
    const uint8_t *item = rl_reply_item(reply, reply_size, i, &item_size);
    lin_read_answer(asked.ops[i], item, item_size);
    if (is_told(asked.ops[i]))
      tell(&world->groups[number], asked.ops[i], item, item_size);
    asked.ops[i]->seen_ns = seen_ns;
    asked.ops[i]->ended = ended;
  }
  asked.count = 0;
}

/* --- a life --- */

static void visit(asker *it, unsigned group, unsigned messages)
{
  for (unsigned i = 0; i < messages; i++) {
    if (rl_random_below(&it->random, 14) == 0)
      move(&it->random);
    ask(it, group);
  }
}

/* Behind the last answer that needs the store: creates are answered, and their repeats wait. */
static void stall_store(asker *it)
{
  static rl_test_hold hold;
  if (it->kills)
    rl_test_hold_store(&engine, &hold);
  it->store_stalled = true;
}

static void visit_last(asker *it, unsigned group)
{
  unsigned messages = (unsigned)rl_random_below(&it->random, LIN_MESSAGES + 1);
  if (plan->stalled)
    stall_store(it);
  visit(it, group, it->kills ? messages : LIN_MESSAGES);
  if (it->kills)
    kill(getpid(), SIGKILL);
}

static void *ask_all(void *context)
{
  asker *it = context;
  for (unsigned group = plan->first_group; group < plan->end_group; group++) {
    pthread_barrier_wait(&together);
    if (plan->killed && group + 1 == plan->end_group)
      visit_last(it, group);
    else
      visit(it, group, LIN_MESSAGES);
  }
  return NULL;
}

static void start_asker(asker *it, unsigned number)
{
  *it = (asker){.number = number, .kills = plan->killed && number == plan->seed % LIN_THREADS};
  it->random = rl_random_from(plan->seed + number * 0x9e3779b97f4a7c15u);
  sem_init(&it->done, 0, 0);
  need(rl_exchange_create(engine.service, on_done, it, &it->exchange) == RL_OK, "exchange");
  need(pthread_create(&it->thread, NULL, ask_all, it) == 0, "thread");
}

void lin_live(const lin_plan *given)
{
  static asker askers[LIN_THREADS];
  plan = given;
  world = given->world;
  rl_test_engine_open(&engine, plan->directory, (rl_clock){.read = read_clock}, plan->boot);
  rl_test_engine_tick(&engine);
  pthread_barrier_init(&together, NULL, LIN_THREADS);
  for (unsigned i = 0; i < LIN_THREADS; i++)
    start_asker(&askers[i], i);
  for (unsigned i = 0; i < LIN_THREADS; i++)
    pthread_join(askers[i].thread, NULL);
  need(!plan->killed, "the life that was to be killed went on");
  for (unsigned i = 0; i < LIN_THREADS; i++)
    rl_exchange_destroy(askers[i].exchange);
  rl_test_engine_close(&engine);
  exit(0);
}
