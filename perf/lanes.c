#include "lanes.h"

#include "bench.h"
#include "load_messages.h"
#include "support/random.h"

#include <nng/protocol/reqrep0/req.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SOCKETS_MAX 64
#define ANSWER_TIMEOUT_MS 10000

typedef struct lane {
  struct load *load;
  nng_ctx context;
  nng_aio *aio;
  bool receiving;
  load_kind kind;   /* of the message under way */
  bool has_quote;
  load_quote_id quote;
  uint64_t due_ns;
  rl_random dice;
  load_result own;
  struct lane *next_free;
} lane;

typedef struct load {
  const load_plan *plan;
  load_messages messages;
  nng_socket sockets[SOCKETS_MAX];
  lane *lanes;
  uint64_t measure_from_ns, measure_until_ns;
  pthread_mutex_t mutex;
  pthread_cond_t freed;
  lane *free_lanes;
  unsigned busy;
} load;

/* --- the loop of a lane --- */

static load_kind draw_kind(lane *from)
{
  const unsigned *mix = from->load->plan->mix;
  unsigned parts = 0, kind = 0;
  for (unsigned i = 0; i < LOAD_KINDS; i++)
    parts += mix[i];
  for (uint64_t at = rl_random_below(&from->dice, parts); at >= mix[kind]; kind++)
    at -= mix[kind];
  bool needs_quote = kind == LOAD_ACCEPT || kind == LOAD_SHOW;
  return needs_quote && !from->has_quote ? LOAD_QUOTE : kind;
}

static nng_msg *next_message(lane *from)
{
  load_messages *messages = &from->load->messages;
  if (messages->accepts > 0)
    return load_accepts(messages);
  from->kind = draw_kind(from);
  if (from->kind == LOAD_QUOTE)
    return load_quotes(messages);
  if (from->kind == LOAD_ACCEPT)
    from->has_quote = false;
  return load_other(messages, from->kind, from->quote);
}

/* The lane has nothing to do: of a closed loop, for good. */
static void rest(lane *from)
{
  load *it = from->load;
  pthread_mutex_lock(&it->mutex);
  from->next_free = it->free_lanes;
  it->free_lanes = from;
  it->busy--;
  pthread_cond_signal(&it->freed);
  pthread_mutex_unlock(&it->mutex);
}

static void send_next(lane *from)
{
  nng_msg *message = next_message(from);
  if (!message) {
    rest(from);
    return;
  }
  from->own.request_bytes = nng_msg_len(message);
  from->receiving = false;
  nng_aio_set_msg(from->aio, message);
  nng_ctx_send(from->context, from->aio);
}

static void go_on(lane *from, uint64_t now_ns)
{
  if (from->load->plan->rate > 0 || now_ns >= from->load->measure_until_ns) {
    rest(from);
    return;
  }
  from->due_ns = now_ns;
  send_next(from);
}

static void count(lane *from, const uint8_t *bytes, size_t size, uint64_t now_ns)
{
  const load *it = from->load;
  if (from->due_ns < it->measure_from_ns || now_ns > it->measure_until_ns)
    return;
  unsigned good = load_count_good(bytes, size);
  unsigned items = it->plan->batch;
  histogram_add(&from->own.latency, now_ns - from->due_ns);
  from->own.messages++;
  from->own.last_ns = now_ns;
  from->own.items += good < items ? good : items;
  from->own.refused += good < items ? items - good : 0;
  from->own.reply_bytes = size;
}

static void on_step(void *context)
{
  lane *from = context;
  if (nng_aio_result(from->aio) != 0) {
    if (!from->receiving)
      nng_msg_free(nng_aio_get_msg(from->aio));
    from->own.failed++;
    rest(from);
    return;
  }
  if (!from->receiving) {
    from->receiving = true;
    nng_ctx_recv(from->context, from->aio);
    return;
  }
  nng_msg *answer = nng_aio_get_msg(from->aio);
  uint64_t now_ns = bench_now_ns();
  if (from->kind == LOAD_QUOTE && from->load->plan->accepts == 0)
    from->has_quote = load_find_quote(nng_msg_body(answer), nng_msg_len(answer), from->quote);
  count(from, nng_msg_body(answer), nng_msg_len(answer), now_ns);
  nng_msg_free(answer);
  go_on(from, now_ns);
}

/* --- start and end --- */

static bool connect_all(load *it)
{
  for (unsigned i = 0; i < it->plan->sockets; i++) {
    int failed = nng_req0_open(&it->sockets[i]);
    RL_ASSERT(failed == 0);
    nng_socket_set_ms(it->sockets[i], NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE);
    nng_socket_set_size(it->sockets[i], NNG_OPT_RECVMAXSZ, 0);
    failed = nng_dial(it->sockets[i], it->plan->url, NULL, 0);
    if (failed != 0) {
      fprintf(stderr, "%s: %s\n", it->plan->url, nng_strerror(failed));
      return false;
    }
  }
  return true;
}

static void make_lanes(load *it)
{
  it->lanes = calloc(it->plan->lanes, sizeof *it->lanes);
  RL_ASSERT(it->lanes);
  for (unsigned i = 0; i < it->plan->lanes; i++) {
    lane *made = &it->lanes[i];
    made->load = it;
    made->dice = rl_random_from(i);
    int failed = nng_ctx_open(&made->context, it->sockets[i % it->plan->sockets]);
    RL_ASSERT(failed == 0);
    failed = nng_aio_alloc(&made->aio, on_step, made);
    RL_ASSERT(failed == 0);
    nng_aio_set_timeout(made->aio, ANSWER_TIMEOUT_MS);
    made->next_free = it->free_lanes;
    it->free_lanes = made;
  }
}

static lane *take_free(load *it)
{
  pthread_mutex_lock(&it->mutex);
  while (!it->free_lanes)
    pthread_cond_wait(&it->freed, &it->mutex);
  lane *taken = it->free_lanes;
  it->free_lanes = taken->next_free;
  it->busy++;
  pthread_mutex_unlock(&it->mutex);
  return taken;
}

static void wait_all(load *it)
{
  pthread_mutex_lock(&it->mutex);
  while (it->busy > 0)
    pthread_cond_wait(&it->freed, &it->mutex);
  pthread_mutex_unlock(&it->mutex);
}

static void sleep_until(uint64_t due_ns)
{
  uint64_t now_ns = bench_now_ns();
  if (due_ns <= now_ns)
    return;
  uint64_t left_ns = due_ns - now_ns;
  nanosleep(&(struct timespec){(time_t)(left_ns / 1000000000u), (long)(left_ns % 1000000000u)},
            NULL);
}

/* Lanes are counted busy from here until they rest. */
static void run_closed(load *it, uint64_t start_ns)
{
  for (unsigned i = 0; i < it->plan->lanes; i++) {
    lane *next = take_free(it);
    next->due_ns = start_ns;
    send_next(next);
  }
}

static void run_open(load *it, uint64_t start_ns)
{
  for (uint64_t i = 0;; i++) {
    uint64_t due_ns = start_ns + i * 1000000000u / it->plan->rate;
    if (due_ns >= it->measure_until_ns)
      return;
    sleep_until(due_ns);
    lane *next = take_free(it);
    next->due_ns = due_ns;
    send_next(next);
  }
}

static void gather(load *it, load_result *out)
{
  *out = (load_result){.measured_ns = it->measure_until_ns - it->measure_from_ns};
  for (unsigned i = 0; i < it->plan->lanes; i++) {
    const load_result *own = &it->lanes[i].own;
    histogram_merge(&out->latency, &own->latency);
    out->messages += own->messages;
    out->items += own->items;
    out->refused += own->refused;
    out->failed += own->failed;
    out->last_ns = own->last_ns > out->last_ns ? own->last_ns : out->last_ns;
    out->request_bytes = own->request_bytes ? own->request_bytes : out->request_bytes;
    out->reply_bytes = own->reply_bytes ? own->reply_bytes : out->reply_bytes;
  }
  bool ran_out = it->plan->accepts > 0 && it->messages.taken >= it->plan->accepts;
  if (ran_out && out->last_ns > it->measure_from_ns)
    out->measured_ns = out->last_ns - it->measure_from_ns;
}

static void close_all(load *it)
{
  for (unsigned i = 0; it->lanes && i < it->plan->lanes; i++) {
    nng_aio_stop(it->lanes[i].aio);
    nng_aio_free(it->lanes[i].aio);
  }
  for (unsigned i = 0; i < it->plan->sockets; i++)
    nng_close(it->sockets[i]);
  free(it->lanes);
  load_messages_fini(&it->messages);
}

bool load_run(const load_plan *plan, load_result *out)
{
  RL_ASSERT(plan->sockets >= 1 && plan->sockets <= SOCKETS_MAX && plan->batch <= RL_BATCH_MAX);
  static load it;
  it = (load){.plan = plan, .mutex = PTHREAD_MUTEX_INITIALIZER,
              .freed = PTHREAD_COND_INITIALIZER};
  load_messages_init(&it.messages, plan->batch, bench_now_ns());
  bool connected = connect_all(&it);
  if (connected) {
    if (plan->accepts > 0)
      load_ask_for_quotes(&it.messages, it.sockets[0], plan->accepts);
    make_lanes(&it);
    uint64_t start_ns = bench_now_ns();
    it.measure_from_ns = start_ns + plan->warm_up_ns;
    it.measure_until_ns = it.measure_from_ns + plan->measured_ns;
    if (plan->rate > 0)
      run_open(&it, start_ns);
    else
      run_closed(&it, start_ns);
    wait_all(&it);
    gather(&it, out);
  }
  close_all(&it);
  return connected;
}
