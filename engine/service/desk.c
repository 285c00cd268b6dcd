/* The desk takes quotes back (K4): a thread of its own walks through what a revocation covers, so
 * that neither the store's thread nor one that answers messages waits for it.
 *
 *   message     checked, and given to the store as RL_JOB_REVOKE
 *   store       makes it durable: from here on nobody accepts what it covers
 *   desk        waits for the messages that were in hand, and for their records
 *   desk        walks the records, and has the store write each quote's terminal row
 *   store       writes the rows; each is told to the lock book and to who follows events
 *   desk        finishes the message
 *
 * Invariants
 * 1. What was issued after the revocation's arrival is not covered; what was issued before has its
 *    record where the walk meets it. A message is stamped behind the begin of its reader in the
 *    tariffs' epoch, so those stamped before have ended once the epoch was waited for. Their
 *    records are in the store's inbox then, and a job behind them is answered when they are
 *    durable.
 * 2. The walk is for the lock book's sake, and so that the rows do not wait for who asks: where it
 *    breaks off (a crash, a full disk) the revocation holds as before. It is done again when the
 *    store takes jobs again, at the next start (restore.c finds quotes that are covered), and when
 *    the message is repeated.
 * 3. At most TAKEN_MOST jobs are the desk's at a time, so that the inbox stays open to others.
 *
 * Why the answer has no count: it must be the same bytes when it is repeated, and a token that
 * comes later may bring one quote more. */
#include "service/service_internal.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TAKEN_MOST 256
#define FULL_PAUSE_NS (1 * RL_NS_PER_MS)

/* One quote on its way to its row. */
typedef struct rl_taking {
  rl_job job;
  rl_service *service;
  struct rl_taking *next;
} rl_taking;

/* --- the jobs --- */

/* What a row that took a quote back means for book and events. The lock's own end says whether this
 * is the news: the row may have been written by an accept that met the revocation first. */
void rl_follow_revoked(rl_service *service, const rl_job *job)
{
  if (rl_end_in_book(service, &job->quote) == RL_ENDING_NOW)
    rl_event_of_quote(service, RL_LIFE_REVOKED, &job->quote, job->end.arrived_utc_ms);
}

/* Store's thread. */
static void on_taken_back(rl_job *job)
{
  rl_taking *taking = job->context;
  rl_service *service = taking->service;
  bool refused = job->refusal != RL_REFUSAL_NONE;
  if (!refused && job->ended && job->end.kind == RL_END_REVOKED)
    rl_follow_revoked(service, job);
  pthread_mutex_lock(&service->desk.mutex);
  service->desk.broken |= refused;
  service->desk.unfinished |= refused;
  service->desk.taken--;
  taking->next = service->desk.free;
  service->desk.free = taking;
  pthread_cond_signal(&service->desk.wake);
  pthread_mutex_unlock(&service->desk.mutex);
}

static bool goes_on(const rl_service *service)
{
  return !service->desk.broken && !service->desk.stopping && !service->desk.winding_up;
}

/* A free one; NULL when the walk is not to go on. */
static rl_taking *next_taking(rl_service *service)
{
  rl_taking *taking = NULL;
  pthread_mutex_lock(&service->desk.mutex);
  while (!service->desk.free && goes_on(service))
    pthread_cond_wait(&service->desk.wake, &service->desk.mutex);
  if (goes_on(service)) {
    taking = service->desk.free;
    service->desk.free = taking->next;
    service->desk.taken++;
  }
  pthread_mutex_unlock(&service->desk.mutex);
  return taking;
}

static void give_up(rl_taking *taking)
{
  taking->job.refusal = RL_REFUSAL_OVERLOADED;
  on_taken_back(&taking->job);
}

/* An inbox that is full while nothing is written may stay so until an operator finds space, and the
 * engine may have to end before. */
static rl_status submit_when_there_is_room(rl_service *service, rl_job *job)
{
  static const struct timespec pause = {.tv_nsec = FULL_PAUSE_NS};
  rl_store *store = service->parts.store;
  rl_status status;
  while ((status = rl_store_submit(store, job)) == RL_FULL
         && rl_store_state_now(store) == RL_STORE_OPEN)
    nanosleep(&pause, NULL);
  return status;
}

/* False when the walk is not to go on. */
static bool take_back(rl_service *service, rl_quote_id id)
{
  rl_taking *taking = next_taking(service);
  if (!taking)
    return false;
  taking->service = service;
  taking->job = (rl_job){
    .kind = RL_JOB_TAKE_BACK,
    .quote_id = id,
    .arrived = rl_clock_read(&service->parts.clock),
    .done = on_taken_back,
    .context = taking,
  };
  if (submit_when_there_is_room(service, &taking->job) == RL_OK)
    return true;
  give_up(taking);
  return false;
}

static void await_all(rl_service *service)
{
  pthread_mutex_lock(&service->desk.mutex);
  while (service->desk.taken > 0)
    pthread_cond_wait(&service->desk.wake, &service->desk.mutex);
  pthread_mutex_unlock(&service->desk.mutex);
}

/* --- the walk --- */

typedef struct walk {
  rl_service *service;
  const rl_revocation *revocation; /* NULL: whichever is in force */
  rl_quote_id from;
  int64_t before_utc_ms;           /* nothing issued from here on is covered */
} walk;

static bool is_covered(const walk *it, const rl_quote *quote)
{
  rl_revocation any;
  return it->revocation
           ? rl_revocation_covers(it->revocation, quote)
           : rl_store_find_revocation(it->service->parts.store, quote, &any) == RL_OK;
}

static bool visit(const rl_quote *quote, void *context)
{
  const walk *it = context;
  if (quote->issued_utc_ms >= it->before_utc_ms)
    return false;
  return !is_covered(it, quote) || take_back(it->service, quote->id);
}

/* A quote of no id: its job is answered behind all records that are in the inbox now. */
static void await_records(rl_service *service)
{
  rl_epoch_wait(&service->tariffs);
  if (take_back(service, (rl_quote_id){0}))
    await_all(service);
}

static walk walk_of_all(rl_service *service)
{
  return (walk){
    .service = service,
    .from = rl_quote_id_first_at(rl_clock_read(&service->parts.clock).utc.ms - RL_OPEN_SINCE_MS),
    .before_utc_ms = INT64_MAX,
  };
}

static walk walk_of(rl_service *service, const rl_revocation *revocation)
{
  int64_t at_ms = revocation->at.utc.ms, before_ms = at_ms + RL_WALL_SET_MS;
  walk it = {
    .service = service,
    .revocation = revocation,
    .from = rl_quote_id_first_at(at_ms - RL_OPEN_SINCE_MS),
    .before_utc_ms = revocation->issued_before_ms,
  };
  rl_quote_id stated = rl_quote_id_first_at(revocation->issued_from_ms);
  if (rl_quote_id_compare(stated, it.from) > 0)
    it.from = stated;
  if (it.before_utc_ms > before_ms)
    it.before_utc_ms = before_ms;
  return it;
}

/* A record that is damaged will be so the next time: only what may be read then is tried again. */
static void walk_through(walk it)
{
  rl_service *service = it.service;
  rl_error error;
  service->desk.broken = false;
  await_records(service);
  rl_status status = rl_store_each_quote(service->parts.store, it.from, visit, &it, &error);
  service->desk.broken |= status != RL_OK;
  service->desk.unfinished |= status == RL_UNREACHABLE || status == RL_NO_MEMORY;
  await_all(service);
}

/* --- the thread --- */

/* What is to be done next: false when it is time to end. A walk that was begun before the start
 * has no message, and comes first: who asks later finds it done. */
static bool next_task(rl_service *service, rl_deferred **out)
{
  pthread_mutex_lock(&service->desk.mutex);
  while (!service->desk.first && !service->desk.resume && !service->desk.stopping)
    pthread_cond_wait(&service->desk.wake, &service->desk.mutex);
  bool resumes = service->desk.resume && !service->desk.stopping;
  *out = resumes ? NULL : service->desk.first;
  bool some = resumes || *out;
  if (*out)
    service->desk.first = (*out)->next;
  service->desk.resume = false;
  pthread_mutex_unlock(&service->desk.mutex);
  return some;
}

static void *run(void *context)
{
  rl_service *service = context;
  for (rl_deferred *deferred; next_task(service, &deferred);) {
    walk_through(deferred ? walk_of(service, &deferred->job.revocation) : walk_of_all(service));
    if (deferred)
      rl_exchange_release(deferred->exchange);
  }
  return NULL;
}

/* Store's thread. */
static void on_revoked(rl_job *job)
{
  rl_deferred *deferred = job->context;
  rl_service *service = deferred->exchange->service;
  if (job->refusal != RL_REFUSAL_NONE) {
    service->counters.refusals++;
    rl_exchange_release(deferred->exchange);
    return;
  }
  deferred->next = NULL;
  pthread_mutex_lock(&service->desk.mutex);
  rl_deferred **end = &service->desk.first;
  while (*end)
    end = &(*end)->next;
  *end = deferred;
  pthread_cond_signal(&service->desk.wake);
  pthread_mutex_unlock(&service->desk.mutex);
}

void rl_desk_look_after(rl_service *service)
{
  if (rl_store_state_now(service->parts.store) == RL_STORE_OPEN
      && atomic_exchange(&service->desk.unfinished, false))
    rl_desk_resume(service);
}

void rl_desk_resume(rl_service *service)
{
  pthread_mutex_lock(&service->desk.mutex);
  service->desk.resume = true;
  pthread_cond_signal(&service->desk.wake);
  pthread_mutex_unlock(&service->desk.mutex);
}

static void free_parts(rl_service *service)
{
  pthread_cond_destroy(&service->desk.wake);
  pthread_mutex_destroy(&service->desk.mutex);
  free(service->desk.takings);
}

rl_status rl_desk_start(rl_service *service)
{
  rl_taking *takings = calloc(TAKEN_MOST, sizeof *takings);
  if (!takings)
    return RL_NO_MEMORY;
  service->desk.takings = takings;
  for (unsigned i = 0; i < TAKEN_MOST; i++)
    takings[i].next = i + 1 < TAKEN_MOST ? &takings[i + 1] : NULL;
  service->desk.free = takings;
  pthread_mutex_init(&service->desk.mutex, NULL);
  pthread_cond_init(&service->desk.wake, NULL);
  service->desk.running = pthread_create(&service->desk.thread, NULL, run, service) == 0;
  if (!service->desk.running)
    free_parts(service);
  return service->desk.running ? RL_OK : RL_NO_MEMORY;
}

void rl_desk_wind_up(rl_service *service)
{
  service->desk.winding_up = true;
}

void rl_desk_stop(rl_service *service)
{
  if (!service->desk.running)
    return;
  pthread_mutex_lock(&service->desk.mutex);
  service->desk.stopping = true;
  pthread_cond_signal(&service->desk.wake);
  pthread_mutex_unlock(&service->desk.mutex);
  pthread_join(service->desk.thread, NULL);
  free_parts(service);
  service->desk.running = false;
}

/* --- the message --- */

void rl_answer_revoke(rl_exchange *exchange, const rl_request *request, rl_item *item)
{
  rl_part *part = &item->parts[0];
  if (!exchange->is_operator) {
    rl_part_refuse(exchange, part, RL_REFUSAL_FORBIDDEN, NULL, NULL);
    return;
  }
  rl_deferred *deferred = rl_exchange_defer(exchange);
  rl_job *job = &deferred->job;
  job->kind = RL_JOB_REVOKE;
  job->done = on_revoked;
  job->body = request->body;
  job->revocation = rl_revocation_asked(request);
  memcpy(job->key, request->key, sizeof job->key);
  rl_part_submit(exchange, part, deferred);
}
