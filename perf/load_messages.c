#include "load_messages.h"

#include "support/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASKED_AT_ONCE 256
#define ACCEPT_SIZE_MAX 128

static void make_template(load_template *made, unsigned batch)
{
  size_t room = 64 + batch * 192u;
  made->bytes = malloc(room);
  RL_ASSERT(made->bytes);
  char key[RL_KEY_MAX + 1];
  snprintf(key, sizeof key, "%0*d", LOAD_KEY_DIGITS, 0);
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, key);
  rl_writer writer = rl_writer_over(made->bytes, room);
  if (batch > 1)
    rl_pack_array(&writer, batch);
  for (unsigned i = 0; i < batch; i++) {
    size_t before = writer.used;
    rl_request_encode(&writer, &request);
    const uint8_t *at =
      memmem(made->bytes + before, writer.used - before, key, LOAD_KEY_DIGITS);
    RL_ASSERT(at);
    made->key_at[made->keys++] = (size_t)(at - made->bytes);
  }
  RL_ASSERT(!writer.failed);
  made->size = writer.used;
}

void load_messages_init(load_messages *messages, unsigned batch, uint64_t keys)
{
  *messages = (load_messages){.batch = batch, .keys = keys};
  make_template(&messages->quotes, batch);
}

void load_messages_fini(load_messages *messages)
{
  free(messages->quotes.bytes);
  free(messages->ids);
}

static nng_msg *message_of(size_t size)
{
  nng_msg *message;
  int failed = nng_msg_alloc(&message, size);
  RL_ASSERT(failed == 0);
  return message;
}

static void write_digits(uint8_t *at, uint64_t value)
{
  for (unsigned i = LOAD_KEY_DIGITS; i-- > 0; value /= 10)
    at[i] = (uint8_t)('0' + value % 10);
}

nng_msg *load_quotes(load_messages *messages)
{
  const load_template *from = &messages->quotes;
  nng_msg *message = message_of(from->size);
  uint8_t *bytes = nng_msg_body(message);
  memcpy(bytes, from->bytes, from->size);
  for (unsigned i = 0; i < from->keys; i++)
    write_digits(bytes + from->key_at[i], messages->keys++);
  return message;
}

static void encode_all(nng_msg *message, const rl_request *requests, unsigned count)
{
  size_t room = nng_msg_len(message);
  rl_writer writer = rl_writer_over(nng_msg_body(message), room);
  if (count > 1)
    rl_pack_array(&writer, count);
  for (unsigned i = 0; i < count; i++)
    rl_request_encode(&writer, &requests[i]);
  RL_ASSERT(!writer.failed);
  nng_msg_chop(message, room - writer.used);
}

nng_msg *load_accepts(load_messages *messages)
{
  uint64_t first = atomic_fetch_add(&messages->taken, messages->batch);
  if (first + messages->batch > messages->accepts)
    return NULL;
  rl_request *requests = malloc(messages->batch * sizeof *requests);
  RL_ASSERT(requests);
  for (unsigned i = 0; i < messages->batch; i++) /* a quote's id is its accept's key, too */
    requests[i] = rl_test_end_request(RL_REQUEST_ACCEPT, messages->ids[first + i],
                                      messages->ids[first + i]);
  nng_msg *message = message_of(8 + messages->batch * (size_t)ACCEPT_SIZE_MAX);
  encode_all(message, requests, messages->batch);
  free(requests);
  return message;
}

nng_msg *load_other(load_messages *messages, load_kind kind, const char *quote)
{
  char key[RL_KEY_MAX + 1];
  snprintf(key, sizeof key, "a%llu", (unsigned long long)messages->keys++);
  rl_request request = {.kind = RL_REQUEST_SPREADS};
  if (kind == LOAD_ACCEPT)
    request = rl_test_end_request(RL_REQUEST_ACCEPT, quote, key);
  else if (kind == LOAD_SHOW)
    request = rl_test_end_request(RL_REQUEST_SHOW, quote, "");
  nng_msg *message = message_of(ACCEPT_SIZE_MAX);
  encode_all(message, &request, 1);
  return message;
}

/* --- answers --- */

unsigned load_count_good(const uint8_t *bytes, size_t size)
{
  static const uint8_t good[] = {0xa2, 'o', 'k', 0xc3}; /* "ok": true */
  unsigned count = 0;
  const uint8_t *end = bytes + size;
  while ((bytes = memmem(bytes, (size_t)(end - bytes), good, sizeof good))) {
    bytes += sizeof good;
    count++;
  }
  return count;
}

/* Behind the next id of a quote in the bytes; NULL if there is none. */
static const uint8_t *take_quote(const uint8_t *bytes, const uint8_t *end, load_quote_id out)
{
  static const uint8_t name[] = {0xa5, 'q', 'u', 'o', 't', 'e', 0xba}; /* a text of 26 follows */
  const uint8_t *at = memmem(bytes, (size_t)(end - bytes), name, sizeof name);
  size_t whole = sizeof name + sizeof(load_quote_id) - 1;
  if (!at || (size_t)(end - at) < whole)
    return NULL;
  memcpy(out, at + sizeof name, sizeof(load_quote_id) - 1);
  out[sizeof(load_quote_id) - 1] = '\0';
  return at + whole;
}

bool load_find_quote(const uint8_t *bytes, size_t size, load_quote_id out)
{
  return take_quote(bytes, bytes + size, out) != NULL;
}

static nng_msg *exchange(nng_socket socket, nng_msg *message)
{
  nng_msg *answer;
  int failed = nng_sendmsg(socket, message, 0);
  if (failed == 0)
    failed = nng_recvmsg(socket, &answer, 0);
  RL_ASSERT(failed == 0);
  return answer;
}

void load_ask_for_quotes(load_messages *messages, nng_socket socket, unsigned count)
{
  load_messages asking;
  load_messages_init(&asking, ASKED_AT_ONCE, messages->keys);
  messages->ids = calloc(count, sizeof *messages->ids);
  RL_ASSERT(messages->ids);
  while (messages->accepts < count) {
    nng_msg *answer = exchange(socket, load_quotes(&asking));
    const uint8_t *at = nng_msg_body(answer), *end = at + nng_msg_len(answer);
    unsigned before = messages->accepts;
    while (messages->accepts < count &&
           (at = take_quote(at, end, messages->ids[messages->accepts])))
      messages->accepts++;
    nng_msg_free(answer);
    if (messages->accepts == before) {
      fprintf(stderr, "the engine gives no quotes: it needs live rates for USD and EUR\n");
      exit(1);
    }
  }
  messages->keys = asking.keys;
  load_messages_fini(&asking);
}
