/* Pairs that the desk halts (K4), and who is told why a pair is halted.
 *
 *   message   checked, and given to the store as RL_JOB_HALT
 *   store     makes it durable; then the market hears of it, on the store's thread, and the message
 *             is answered: who was told so asks in vain for a price
 *   start     of all that stands in the store, what is halted
 *   refresh   what other engines of a shared store made durable meanwhile
 *
 * Of each pair the newest number says how it stands, whoever hears of it first: what comes later
 * with a lower number is passed over. The mutex makes all of them one writer to the market; a quote
 * never waits for it, since the market is asked for halts by a word (market/state.h). Accepts look
 * at none of this. */
#include "service/service_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const rl_universe *universe_of(const rl_service *service)
{
  return rl_market_universe(service->parts.market);
}

rl_status rl_halts_init(rl_service *service)
{
  unsigned pairs = rl_universe_pair_count(universe_of(service));
  service->halts.newest = calloc(pairs + 1, sizeof *service->halts.newest);
  if (!service->halts.newest)
    return RL_NO_MEMORY;
  pthread_mutex_init(&service->halts.mutex, NULL);
  return RL_OK;
}

void rl_halts_fini(rl_service *service)
{
  pthread_mutex_destroy(&service->halts.mutex);
  free(service->halts.newest);
}

/* --- what stands --- */

/* False where the pair is unknown, or a newer row of it was heard of. Under the mutex. */
static bool remember(rl_service *service, const rl_halt *halt, rl_pair *pair)
{
  bool inverted;
  if (!rl_universe_find(universe_of(service), halt->base, halt->quote, pair, &inverted))
    return false; /* another engine's, or of an earlier universe */
  rl_halt *newest = &service->halts.newest[pair->index];
  if (halt->number <= newest->number)
    return false;
  *newest = *halt;
  return true;
}

void rl_follow_halt(rl_service *service, const rl_halt *halt)
{
  rl_pair pair;
  pthread_mutex_lock(&service->halts.mutex);
  if (remember(service, halt, &pair)) {
    if (halt->halts)
      rl_market_halt(service->parts.market, pair);
    else
      rl_market_resume(service->parts.market, pair);
  }
  pthread_mutex_unlock(&service->halts.mutex);
}

static bool take_in(const rl_halt *halt, void *context)
{
  rl_service *service = context;
  rl_follow_halt(service, halt);
  service->halts.seen = halt->number;
  return true;
}

static bool recall(const rl_halt *halt, void *context)
{
  rl_service *service = context;
  rl_pair pair;
  remember(service, halt, &pair);
  service->halts.seen = halt->number;
  return true;
}

/* Resumes are not given to the market again: each would have its breaker accept the first level of
 * this run, whatever it is. */
rl_status rl_halts_restore(rl_service *service, rl_error *error)
{
  unsigned pairs = rl_universe_pair_count(universe_of(service));
  rl_status status = rl_store_each_halt(service->parts.store, 1, recall, service, error);
  for (unsigned i = 0; status == RL_OK && i < pairs; i++) {
    if (service->halts.newest[i].halts)
      rl_market_halt(service->parts.market, (rl_pair){(uint16_t)i});
  }
  return status;
}

rl_status rl_service_refresh_halts(rl_service *service, rl_error *error)
{
  rl_store *store = service->parts.store;
  return rl_store_is_shared(store)
           ? rl_store_each_halt(store, service->halts.seen + 1, take_in, service, error)
           : RL_OK;
}

/* --- how a pair is halted --- */

static int64_t wall_of(int64_t mono_ns, rl_now now)
{
  return now.utc.ms - (now.mono.ns - mono_ns) / RL_NS_PER_MS;
}

static rl_halted by_breaker(const rl_service *service, rl_pair pair, const rl_trip *trip,
                            rl_now now)
{
  const rl_pair_spec *spec = rl_universe_pair_spec(universe_of(service), pair);
  rl_halted out = {
    .trip = *trip,
    .since_utc_ms = wall_of(trip->since_mono_ns, now),
    .until_utc_ms = wall_of(trip->until_mono_ns, now),
  };
  if (trip->why == RL_TRIP_MOVE)
    snprintf(out.reason, sizeof out.reason, "moved by more than %u ppm within %u ms",
             spec->breaker_ppm, spec->breaker_window_ms);
  else
    snprintf(out.reason, sizeof out.reason, "more than %u ppm from the newest fixing",
             spec->reference_ppm);
  return out;
}

static bool by_hand(rl_service *service, rl_pair pair, rl_halted *out)
{
  pthread_mutex_lock(&service->halts.mutex);
  rl_halt newest = service->halts.newest[pair.index];
  pthread_mutex_unlock(&service->halts.mutex);
  if (!newest.halts)
    return false;
  *out = (rl_halted){.by_hand = true, .since_utc_ms = newest.at_utc_ms};
  memcpy(out->by, newest.by, sizeof out->by);
  memcpy(out->reason, newest.reason, sizeof out->reason);
  return true;
}

/* By hand, then by the breaker: at most two. */
static unsigned find_all(rl_service *service, rl_pair pair, rl_now now, rl_halted out[2])
{
  unsigned count = 0;
  rl_pair_halt halt;
  if (!rl_market_pair_halt(service->parts.market, pair, &halt))
    return 0;
  if (halt.by_hand && by_hand(service, pair, &out[count]))
    count++;
  if (halt.trip.why != RL_TRIP_NONE)
    out[count++] = by_breaker(service, pair, &halt.trip, now);
  for (unsigned i = 0; i < count; i++) {
    out[i].pair = rl_universe_pair_name(universe_of(service), pair);
    out[i].scale = rl_universe_pair_spec(universe_of(service), pair)->scale;
  }
  return count;
}

bool rl_service_halted(rl_service *service, rl_pair pair, rl_now now, rl_halted *out)
{
  rl_halted all[2];
  if (find_all(service, pair, now, all) == 0)
    return false;
  *out = all[0];
  return true;
}

void rl_write_price_refusal(const rl_exchange *exchange, rl_writer *writer, rl_refusal refusal,
                            rl_currency from, rl_currency to, const rl_nearest *nearest)
{
  rl_service *service = exchange->service;
  rl_pair pair;
  rl_halted how;
  bool known = refusal == RL_REFUSAL_PAIR_HALTED
               && rl_market_find_halted(service->parts.market, from, to, &pair)
               && rl_service_halted(service, pair, exchange->arrived, &how);
  rl_reply_price_refusal(writer, refusal, from, to, nearest, known ? &how : NULL);
}

/* --- the messages --- */

static void answer_halts(rl_exchange *exchange, rl_part *part)
{
  rl_service *service = exchange->service;
  unsigned pairs = rl_universe_pair_count(universe_of(service));
  rl_buffer rows = {0}; /* gathered apart: their count is known behind them */
  uint32_t count = 0;
  for (unsigned i = 0; i < pairs; i++) {
    rl_halted all[2];
    unsigned found = find_all(service, (rl_pair){(uint16_t)i}, exchange->arrived, all);
    for (unsigned j = 0; j < found; j++, count++) {
      rl_writer writer = rl_buffer_writer(&rows, RL_REPLY_ROW_MAX);
      rl_pack_halted(&writer, &all[j]);
      rl_buffer_commit(&rows, &writer);
    }
  }
  rl_writer writer = rl_part_open(exchange, part, 64 + rows.used);
  rl_reply_open_rows(&writer, "halts", count);
  rl_put_bytes(&writer, rows.bytes, rows.used);
  rl_part_close(exchange, part, &writer);
  rl_buffer_free(&rows);
}

static void submit(rl_exchange *exchange, const rl_request *request, rl_pair pair, rl_part *part)
{
  const rl_pair_spec *spec = rl_universe_pair_spec(universe_of(exchange->service), pair);
  rl_deferred *deferred = rl_exchange_defer(exchange);
  rl_job *job = &deferred->job;
  job->kind = RL_JOB_HALT;
  job->body = request->body;
  job->halt.halts = request->kind == RL_REQUEST_HALT;
  job->halt.base = spec->base;
  job->halt.quote = spec->quote;
  memcpy(job->halt.reason, request->revoke.reason, strlen(request->revoke.reason));
  memcpy(job->key, request->key, sizeof job->key);
  rl_part_submit(exchange, part, deferred);
}

void rl_answer_halt(rl_exchange *exchange, const rl_request *request, rl_item *item)
{
  rl_part *part = &item->parts[0];
  const rl_currency *asked = request->revoke.pair;
  rl_pair pair;
  bool inverted;
  if (request->kind == RL_REQUEST_HALTS) {
    if (rl_part_has_room(exchange, part))
      answer_halts(exchange, part);
  } else if (!exchange->is_operator) {
    rl_part_refuse(exchange, part, RL_REFUSAL_FORBIDDEN, NULL, NULL);
  } else if (!rl_universe_find(universe_of(exchange->service), asked[0], asked[1], &pair,
                               &inverted)) {
    rl_part_refuse(exchange, part, RL_REFUSAL_UNKNOWN_PAIR, "pair",
                   "not a pair with a market of its own");
  } else {
    submit(exchange, request, pair, part);
  }
}
