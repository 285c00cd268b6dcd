/* One message: read item by item, each answered at once or by the store's thread, and the reply
 * put together in the order of the items when the last one is known.
 *
 * `pending` counts the jobs that are not done, plus one for the reader itself. Whoever brings it
 * to zero, the reader or the store's thread, puts the reply together: nobody else touches the
 * exchange by then. */
#include "service/service_internal.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BUFFER_SIZE 8192
#define BUFFER_KEPT_MAX (256u * 1024u) /* a batch of 256 quotes, which should not map pages anew */
#define DEFERRED_KEPT_MAX 24u

_Static_assert(2 * BUFFER_KEPT_MAX + DEFERRED_KEPT_MAX * sizeof(rl_deferred)
                 <= RL_EXCHANGE_KEEPS_BYTES, "what a resting exchange keeps");

rl_writer rl_buffer_writer(rl_buffer *buffer, size_t size)
{
  if (buffer->size - buffer->used < size) {
    size_t grown = buffer->size ? buffer->size : FIRST_BUFFER_SIZE;
    while (grown - buffer->used < size)
      grown *= 2;
    uint8_t *bytes = realloc(buffer->bytes, grown);
    RL_ASSERT(bytes != NULL);
    buffer->bytes = bytes;
    buffer->size = grown;
  }
  rl_writer writer = rl_writer_over(buffer->bytes, buffer->size);
  writer.used = buffer->used;
  return writer;
}

void rl_buffer_commit(rl_buffer *buffer, const rl_writer *writer)
{
  RL_ASSERT(!writer->failed);
  buffer->used = writer->used;
}

void rl_buffer_free(rl_buffer *buffer)
{
  free(buffer->bytes);
  *buffer = (rl_buffer){0};
}

rl_status rl_exchange_create(rl_service *service, rl_exchange_done done, void *context,
                             rl_exchange **out)
{
  rl_exchange *exchange = calloc(1, sizeof *exchange);
  if (!exchange)
    return RL_NO_MEMORY;
  exchange->service = service;
  exchange->done = done;
  exchange->context = context;
  rl_epoch_join(&service->tariffs, &exchange->reader);
  *out = exchange;
  return RL_OK;
}

void rl_exchange_destroy(rl_exchange *exchange)
{
  if (!exchange)
    return;
  rl_epoch_leave(&exchange->service->tariffs, &exchange->reader);
  for (unsigned i = 0; i < exchange->deferred_count; i++)
    free(exchange->deferred[i]);
  rl_buffer_free(&exchange->written);
  rl_buffer_free(&exchange->reply);
  free(exchange);
}

const void *rl_exchange_reply(const rl_exchange *exchange, size_t *size)
{
  *size = exchange->reply.used;
  return exchange->reply.bytes;
}

static void shrink(rl_buffer *buffer)
{
  if (buffer->size > BUFFER_KEPT_MAX)
    rl_buffer_free(buffer);
}

void rl_exchange_rest(rl_exchange *exchange)
{
  shrink(&exchange->written);
  shrink(&exchange->reply);
  while (exchange->deferred_count > DEFERRED_KEPT_MAX)
    free(exchange->deferred[--exchange->deferred_count]);
}

rl_writer rl_part_open(rl_exchange *exchange, rl_part *part, size_t size)
{
  rl_writer writer = rl_buffer_writer(&exchange->written, size);
  part->deferred = NULL;
  part->reload = false;
  part->offset = writer.used;
  return writer;
}

void rl_part_close(rl_exchange *exchange, rl_part *part, const rl_writer *writer)
{
  part->size = writer->used - part->offset;
  rl_buffer_commit(&exchange->written, writer);
}

void rl_part_refuse(rl_exchange *exchange, rl_part *part, rl_refusal refusal, const char *path,
                    const char *detail)
{
  exchange->service->counters.refusals++;
  rl_writer writer = rl_part_open(exchange, part, RL_REPLY_MAX);
  rl_reply_refusal(&writer, refusal, path, detail);
  rl_part_close(exchange, part, &writer);
}

bool rl_part_has_room(rl_exchange *exchange, rl_part *part)
{
  if (exchange->written.used <= RL_BOARD_ANSWERS_MAX)
    return true;
  rl_part_refuse(exchange, part, RL_REFUSAL_TOO_LARGE, NULL,
                 "the answers of this batch are too large: ask for fewer at once");
  return false;
}

static bool part_is_written(const rl_part *part)
{
  return !part->deferred && !part->reload;
}

static void write_part(const rl_exchange *exchange, const rl_part *part, rl_writer *writer)
{
  if (part->deferred)
    rl_write_outcome(exchange->service, part->deferred, writer);
  else if (part->reload)
    rl_write_reload(&exchange->reload, writer);
  else
    rl_put_bytes(writer, exchange->written.bytes + part->offset, part->size);
}

static void write_two_way(const rl_exchange *exchange, const rl_item *item, rl_writer *writer)
{
  uint8_t halves[2][RL_REPLY_MAX];
  size_t sizes[2];
  for (unsigned i = 0; i < 2; i++) {
    rl_writer half = rl_writer_over(halves[i], RL_REPLY_MAX);
    write_part(exchange, &item->parts[i], &half);
    RL_ASSERT(!half.failed);
    sizes[i] = half.used;
  }
  rl_reply_two_way(writer, halves[0], sizes[0], halves[1], sizes[1]);
}

static void write_item(rl_exchange *exchange, const rl_item *item)
{
  bool written = item->part_count == 1 && part_is_written(&item->parts[0]);
  size_t room = written ? item->parts[0].size : 2 * RL_REPLY_MAX + 64;
  rl_writer writer = rl_buffer_writer(&exchange->reply, room);
  if (item->part_count == 2)
    write_two_way(exchange, item, &writer);
  else
    write_part(exchange, &item->parts[0], &writer);
  rl_buffer_commit(&exchange->reply, &writer);
}

/* The head of a batch's reply. */
static void write_head(rl_buffer *buffer, uint32_t count)
{
  rl_writer writer = rl_buffer_writer(buffer, 8);
  rl_pack_array(&writer, count);
  rl_buffer_commit(buffer, &writer);
}

/* What was written while the message was read is the reply already, if no item waits for the store
 * or has two parts, and nothing was written that no item kept. */
static bool is_written(const rl_exchange *exchange)
{
  size_t end = exchange->items_start;
  for (unsigned i = 0; i < exchange->item_count; i++) {
    const rl_part *part = &exchange->items[i].parts[0];
    if (exchange->items[i].part_count != 1 || !part_is_written(part))
      return false;
    end += part->size;
  }
  return end == exchange->written.used;
}

static void put_together(rl_exchange *exchange)
{
  if (exchange->batch)
    write_head(&exchange->reply, exchange->item_count);
  for (unsigned i = 0; i < exchange->item_count; i++)
    write_item(exchange, &exchange->items[i]);
}

static void finish(rl_exchange *exchange)
{
  if (is_written(exchange)) {
    rl_buffer reply = exchange->written;
    exchange->written = exchange->reply;
    exchange->reply = reply;
  } else {
    put_together(exchange);
  }
  if (exchange->waits)
    atomic_fetch_sub(&exchange->service->waiting_messages, 1);
  exchange->done(exchange, exchange->context);
}

void rl_exchange_release(rl_exchange *exchange)
{
  if (atomic_fetch_sub(&exchange->pending, 1) == 1)
    finish(exchange);
}

static void on_job_done(rl_job *job)
{
  rl_deferred *deferred = job->context;
  rl_exchange *exchange = deferred->exchange;
  rl_follow_outcome(exchange->service, job);
  rl_exchange_release(exchange);
}

rl_deferred *rl_exchange_defer(rl_exchange *exchange)
{
  if (exchange->deferred_used == exchange->deferred_count) {
    rl_deferred *more = malloc(sizeof *more);
    RL_ASSERT(more != NULL);
    exchange->deferred[exchange->deferred_count++] = more;
  }
  rl_deferred *deferred = exchange->deferred[exchange->deferred_used++];
  deferred->exchange = exchange;
  rl_job *job = &deferred->job;
  memset(job, 0, sizeof *job);
  memcpy(job->client, exchange->client, strlen(exchange->client));
  job->arrived = exchange->arrived;
  job->done = on_job_done;
  job->context = deferred;
  return deferred;
}

rl_refusal rl_refusal_of_store(const rl_store *store)
{
  switch (rl_store_state_now(store)) {
  case RL_STORE_OPEN: return RL_REFUSAL_OVERLOADED;
  case RL_STORE_READ_ONLY: return RL_REFUSAL_STORE_READ_ONLY;
  case RL_STORE_UNREACHABLE: return RL_REFUSAL_STORE_UNREACHABLE;
  case RL_STORE_FAILED: return RL_REFUSAL_STORE_FAILED;
  }
  return RL_REFUSAL_STORE_FAILED;
}

/* One of the places of messages that wait for the store; a message keeps its own to its end. */
static bool take_waiting_place(rl_exchange *exchange)
{
  _Atomic unsigned *waiting = &exchange->service->waiting_messages;
  if (!exchange->waits) {
    exchange->waits = atomic_fetch_add(waiting, 1) < RL_WAITING_MESSAGES_MAX;
    if (!exchange->waits)
      atomic_fetch_sub(waiting, 1);
  }
  return exchange->waits;
}

rl_refusal rl_part_submit(rl_exchange *exchange, rl_part *part, rl_deferred *deferred)
{
  part->deferred = deferred;
  part->reload = false;
  atomic_fetch_add(&exchange->pending, 1);
  if (take_waiting_place(exchange)
      && rl_store_submit(exchange->service->parts.store, &deferred->job) == RL_OK)
    return RL_REFUSAL_NONE;
  atomic_fetch_sub(&exchange->pending, 1); /* the reader's own count keeps it above zero */
  exchange->deferred_used--;
  rl_refusal refusal = rl_refusal_of_store(exchange->service->parts.store);
  rl_part_refuse(exchange, part, refusal, NULL, NULL);
  return refusal;
}

static void answer(rl_exchange *exchange, const rl_request *request, rl_item *item)
{
  switch (request->kind) {
  case RL_REQUEST_QUOTE: rl_answer_quote(exchange, request, item); break;
  case RL_REQUEST_TWO_WAY: rl_answer_two_way(exchange, request, item); break;
  case RL_REQUEST_INDICATIVE: rl_answer_indicative(exchange, request, item); break;
  case RL_REQUEST_MATRIX: rl_answer_matrix(exchange, request, item); break;
  case RL_REQUEST_ACCEPT:
  case RL_REQUEST_CANCEL:
  case RL_REQUEST_SHOW: rl_answer_end(exchange, request, item); break;
  case RL_REQUEST_SPREADS:
  case RL_REQUEST_SOURCES:
  case RL_REQUEST_TRIANGLES:
  case RL_REQUEST_STATS:
  case RL_REQUEST_TARIFF:
  case RL_REQUEST_PING: rl_answer_board(exchange, request, item); break;
  case RL_REQUEST_EXPOSURE: rl_answer_exposure(exchange, request, item); break;
  case RL_REQUEST_RELOAD: rl_answer_reload(exchange, item); break;
  case RL_REQUEST_POST: rl_answer_post(exchange, request, item); break;
  case RL_REQUEST_REVOKE: rl_answer_revoke(exchange, request, item); break;
  case RL_REQUEST_HALT:
  case RL_REQUEST_RESUME:
  case RL_REQUEST_HALTS: rl_answer_halt(exchange, request, item); break;
  case RL_REQUEST_MIDS: rl_answer_mids(exchange, request, item); break;
  case RL_REQUEST_EXPORTED: rl_answer_exported(exchange, request, item); break;
  }
}

/* The whole message is looked through before anything in it is done, so that one that breaks off
 * in its middle has no effect at all. */
static bool message_is_whole(const void *message, size_t size, rl_fault *fault)
{
  rl_unpacker unpacker;
  uint32_t count;
  bool batch;
  if (!rl_requests_open(message, size, &unpacker, &count, &batch, fault))
    return false;
  for (uint32_t i = 0; i < count; i++) {
    if (!rl_unpack_skip(&unpacker, RL_DEPTH_MAX)) {
      *fault = (rl_fault){.refusal = RL_REFUSAL_MALFORMED_REQUEST};
      return false;
    }
  }
  return rl_requests_close(&unpacker, fault);
}

static void refuse_message(rl_exchange *exchange, const rl_fault *fault)
{
  exchange->batch = false;
  exchange->item_count = 1;
  exchange->items[0].part_count = 1;
  rl_part_refuse(exchange, &exchange->items[0].parts[0], fault->refusal, fault->path,
                 fault->detail);
}

/* Who may not ask for it is told so, and nothing about amounts and currencies, which come later in
 * the list of refusals. */
static void refuse_request(rl_exchange *exchange, const rl_request *request,
                           const rl_fault *fault, rl_part *part)
{
  bool of_operators = request->kind == RL_REQUEST_POST || request->kind == RL_REQUEST_REVOKE
                      || request->kind == RL_REQUEST_HALT || request->kind == RL_REQUEST_RESUME;
  bool forbidden = of_operators && !exchange->is_operator
                   && fault->refusal > RL_REFUSAL_FORBIDDEN;
  if (forbidden)
    rl_part_refuse(exchange, part, RL_REFUSAL_FORBIDDEN, NULL, NULL);
  else
    rl_part_refuse(exchange, part, fault->refusal, fault->path, fault->detail);
}

static void read_items(rl_exchange *exchange, const void *message, size_t size)
{
  rl_fault fault;
  rl_unpacker unpacker;
  uint32_t count;
  if (!message_is_whole(message, size, &fault)
      || !rl_requests_open(message, size, &unpacker, &count, &exchange->batch, &fault)) {
    refuse_message(exchange, &fault);
    return;
  }
  if (exchange->batch)
    write_head(&exchange->written, count);
  exchange->items_start = exchange->written.used;
  for (uint32_t i = 0; i < count; i++) {
    rl_item *item = &exchange->items[exchange->item_count++];
    item->part_count = 1;
    rl_request request;
    if (rl_request_next(&unpacker, &request, &fault))
      answer(exchange, &request, item);
    else
      refuse_request(exchange, &request, &fault, &item->parts[0]);
  }
}

/* Reads the message with the tariffs held, and lets go of them before anybody can take the exchange
 * for another message. The stamp of its arrival is taken behind the begin: who waits for the epoch
 * has waited for all that was stamped before (desk.c). */
static void read_message(rl_exchange *exchange, const void *message, size_t size)
{
  exchange->tariffs = rl_epoch_begin(&exchange->service->tariffs, &exchange->reader);
  exchange->arrived = rl_clock_read(&exchange->service->parts.clock);
  exchange->tariff = rl_tariffs_for(exchange->tariffs, exchange->client);
  read_items(exchange, message, size);
  exchange->tariffs = NULL;
  exchange->tariff = NULL;
  rl_epoch_end(&exchange->reader);
}

void rl_exchange_handle(rl_exchange *exchange, const rl_caller *caller, const void *message,
                        size_t size)
{
  exchange->service->counters.messages++;
  exchange->client = caller->name;
  exchange->is_operator = caller->is_operator;
  exchange->reload.asked = false;
  exchange->batch = false;
  exchange->waits = false;
  exchange->item_count = 0;
  exchange->items_start = 0;
  exchange->deferred_used = 0;
  exchange->written.used = 0;
  exchange->reply.used = 0;
  atomic_store(&exchange->pending, 1);
  read_message(exchange, message, size);
  rl_exchange_release(exchange);
}
