/* Issuing: from a request to a locked quote.
 *
 * In this order, so that a repeat of a key is never priced again (L4) and nothing is opened before
 * all of the request can be: the key; the market and the price; then, as one step under the key's
 * shard, the reservation under the caps (L5), the record into the store's inbox and the lock into
 * the book; then the seal and the reply. So a key's repeat, even one that overtakes its first
 * answer, reserves nothing. A two-way quote does the first two steps for both halves before it
 * opens either, and reserves both with the first that it opens. */
#include "service/service_internal.h"

#include <string.h>

/* A quote on its way, one way. */
typedef struct issue {
  rl_operation operation;
  rl_currency from;
  rl_currency to;
  const rl_request *request;
  rl_fingerprint key;
  rl_refusal refusal;
  rl_nearest nearest;   /* with AMOUNT_UNREACHABLE */
  bool repeat;          /* the key's quote exists: `quote.id` names it */
  rl_quote quote;
  rl_lock lock;
  struct issue *partner; /* the half that is to be reserved with this one, or NULL */
  rl_exposure *exposure;
  uint8_t record[RL_RECORD_MAX];
  size_t record_size;
  rl_store *store;
} issue;

static void take_verdict(issue *it, rl_key_verdict verdict)
{
  it->repeat = verdict == RL_KEY_REPEAT;
  if (verdict == RL_KEY_REUSED)
    it->refusal = RL_REFUSAL_KEY_REUSED;
}

/* What the quote counts for while it is open. */
static void measure(const rl_service *service, rl_quote *quote)
{
  quote->reporting = rl_exposure_reporting(service->parts.exposure);
  quote->notional_minor = rl_notional_of(service->parts.market, &quote->snapshot,
                                         quote->terms.source_minor, quote->reporting);
}

static void prepare(rl_exchange *exchange, issue *it)
{
  rl_service *service = exchange->service;
  it->refusal = RL_REFUSAL_NONE;
  it->store = service->parts.store;
  it->exposure = service->parts.exposure;
  it->partner = NULL;
  it->lock.reservation = (rl_reservation){0};
  it->key = rl_key_fingerprint(service->key_seed, exchange->client, it->operation,
                               it->request->key);
  rl_key_verdict verdict =
    rl_book_find_key(service->parts.book, it->key, it->request->body, &it->quote.id);
  take_verdict(it, verdict);
  if (verdict != RL_KEY_NEW)
    return;
  it->refusal = rl_price_now(exchange, RL_PRICE_FIRM, it->from, it->to, &it->quote,
                             &it->nearest);
  if (it->refusal == RL_REFUSAL_NONE)
    measure(service, &it->quote);
}

static void take_random(rl_exchange *exchange, uint8_t out[10])
{
  if (exchange->random_left < 10) {
    exchange->service->parts.random_bytes(exchange->random, sizeof exchange->random);
    exchange->random_left = sizeof exchange->random;
  }
  exchange->random_left -= 10;
  memcpy(out, exchange->random + exchange->random_left, 10);
}

static void complete_quote(rl_exchange *exchange, issue *it)
{
  const rl_service *service = exchange->service;
  rl_quote *quote = &it->quote;
  rl_now now = exchange->arrived;
  uint8_t random[10];
  take_random(exchange, random);
  quote->id = rl_quote_id_make(now.utc, random);
  quote->store = service->store_id;
  quote->engine = service->engine_id;
  memset(quote->client, 0, sizeof quote->client);
  memcpy(quote->client, exchange->client, strlen(exchange->client));
  quote->boot_id = service->parts.boot_id;
  quote->issued_mono_ns = now.mono.ns;
  quote->deadline_mono_ns = now.mono.ns + quote->terms.ttl_ms * RL_NS_PER_MS;
  quote->operation = it->operation;
  memcpy(quote->key, it->request->key, sizeof quote->key);
  quote->body = it->request->body;
  rl_quote_name_sources(quote, service->parts.market);
  it->record_size = rl_quote_encode_issued(quote, it->record);
}

static rl_refusal reserve(issue *it)
{
  issue *halves[2] = {it, it->partner};
  unsigned count = it->partner ? 2 : 1;
  int64_t notionals_minor[2];
  rl_reservation made[2];
  for (unsigned i = 0; i < count; i++)
    notionals_minor[i] = halves[i]->quote.notional_minor;
  rl_refusal refusal = rl_exposure_reserve(it->exposure, it->quote.client, it->from, it->to,
                                           notionals_minor, count, made);
  for (unsigned i = 0; refusal == RL_REFUSAL_NONE && i < count; i++)
    halves[i]->lock.reservation = made[i];
  /* Behind the caps in the order of refusals; what was reserved is given back. */
  for (unsigned i = 0; refusal == RL_REFUSAL_NONE && i < count; i++)
    refusal = halves[i]->quote.snapshot.firm_refusal;
  return refusal;
}

static void give_back(issue *it)
{
  rl_exposure_release(it->exposure, &it->lock.reservation);
  if (it->partner)
    rl_exposure_release(it->exposure, &it->partner->lock.reservation);
}

static bool reserve_and_record(void *context)
{
  issue *it = context;
  if (!it->lock.reservation.held)
    it->refusal = reserve(it);
  if (it->refusal == RL_REFUSAL_NONE
      && rl_store_record(it->store, it->record, it->record_size) != RL_OK)
    it->refusal = rl_refusal_of_store(it->store);
  return it->refusal == RL_REFUSAL_NONE;
}

/* Opens the lock; may find that another thread was first with the same key. */
static void open_lock(rl_exchange *exchange, issue *it)
{
  complete_quote(exchange, it);
  it->lock.id = it->quote.id;
  it->lock.key = it->key;
  it->lock.body = it->quote.body;
  it->lock.ttl_ms = it->quote.terms.ttl_ms;
  it->lock.deadline_mono_ns = it->quote.deadline_mono_ns;
  rl_key_verdict verdict;
  rl_quote_id existing;
  rl_status status = rl_book_open(exchange->service->parts.book, &it->lock, reserve_and_record, it,
                                  &verdict, &existing);
  if (status == RL_OK)
    return;
  give_back(it);
  if (status == RL_EXISTS) {
    it->quote.id = existing;
    take_verdict(it, verdict);
  } else if (it->refusal == RL_REFUSAL_NONE) {
    it->refusal = rl_refusal_of_store(it->store); /* the book is full */
  }
}

static void write_quote(rl_exchange *exchange, const issue *it, rl_part *part)
{
  rl_service *service = exchange->service;
  uint8_t token[RL_TOKEN_MAX];
  size_t terms_size;
  const uint8_t *terms = rl_quote_record_terms(it->record, &terms_size);
  size_t token_size = rl_seal_terms(service->parts.seal, terms, terms_size, token);
  rl_writer writer = rl_part_open(exchange, part, RL_REPLY_MAX);
  rl_reply_quote(&writer, &it->quote, token, token_size);
  rl_part_close(exchange, part, &writer);
  service->counters.quotes++;
  rl_event_of_quote(service, RL_LIFE_ISSUED, &it->quote, it->quote.issued_utc_ms);
}

static void replay(rl_exchange *exchange, issue *it, rl_part *part)
{
  exchange->service->counters.repeats++;
  rl_deferred *deferred = rl_exchange_defer(exchange);
  deferred->job.kind = RL_JOB_REPLAY;
  deferred->job.quote_id = it->quote.id;
  it->refusal = rl_part_submit(exchange, part, deferred);
}

static void refuse(rl_exchange *exchange, const issue *it, rl_part *part)
{
  if (it->refusal < RL_REFUSAL_KEY_REUSED)
    rl_part_refuse_price(exchange, part, it->refusal, it->from, it->to, &it->nearest);
  else
    rl_part_refuse(exchange, part, it->refusal, NULL, NULL);
}

static void conclude(rl_exchange *exchange, issue *it, rl_part *part)
{
  if (!it->repeat && it->refusal == RL_REFUSAL_NONE)
    open_lock(exchange, it);
  if (it->refusal != RL_REFUSAL_NONE)
    refuse(exchange, it, part);
  else if (it->repeat)
    replay(exchange, it, part);
  else
    write_quote(exchange, it, part);
}

void rl_answer_quote(rl_exchange *exchange, const rl_request *request, rl_item *item)
{
  issue it;
  it.operation = RL_OP_QUOTE;
  it.from = request->from;
  it.to = request->to;
  it.quote.request = request->price;
  it.request = request;
  prepare(exchange, &it);
  conclude(exchange, &it, &item->parts[0]);
}

/* The desk's two sides of one base amount: it sells the base (client pays base, fixed source) and
 * it buys it (client pays quote currency, fixed target). */
void rl_answer_two_way(rl_exchange *exchange, const rl_request *request, rl_item *item)
{
  issue halves[2];
  for (unsigned i = 0; i < 2; i++) {
    issue *it = &halves[i];
    bool sells = i == 0;
    it->operation = sells ? RL_OP_TWO_WAY_SELL : RL_OP_TWO_WAY_BUY;
    it->from = sells ? request->from : request->to;
    it->to = sells ? request->to : request->from;
    it->quote.request = request->price;
    it->quote.request.fixed = sells ? RL_FIXED_SOURCE : RL_FIXED_TARGET;
    it->request = request;
    prepare(exchange, it);
    if (it->refusal != RL_REFUSAL_NONE) {
      refuse(exchange, it, &item->parts[0]);
      return;
    }
  }
  if (!halves[1].repeat)
    halves[0].partner = &halves[1];
  item->part_count = 2;
  for (unsigned i = 0; i < 2; i++) {
    conclude(exchange, &halves[i], &item->parts[i]);
    if (halves[i].refusal != RL_REFUSAL_NONE) {
      /* One half found no room. The other stands under the same key: a retry completes it. */
      item->parts[0] = item->parts[i];
      item->part_count = 1;
      return;
    }
  }
}
