/* Any bytes as a message of requests: each is taken or refused, and what is taken means the same
 * after being written again. */
#include "wire/request.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(const rl_request *left, const rl_request *right)
{
  bool tokens = left->token_size == right->token_size &&
                (left->token_size == 0 || memcmp(left->token, right->token, left->token_size) == 0);
  bool pairs = left->pair_count == right->pair_count;
  for (unsigned i = 0; pairs && i < left->pair_count; i++)
    pairs = left->pairs[i].length == right->pairs[i].length &&
            memcmp(left->pairs[i].text, right->pairs[i].text, left->pairs[i].length) == 0;
  bool currencies = left->currency_count == right->currency_count;
  for (unsigned i = 0; currencies && i < left->currency_count; i++)
    currencies = rl_currency_equal(left->currencies[i], right->currencies[i]);
  bool exposure = left->kind == RL_REQUEST_EXPOSURE;
  bool named = exposure || left->kind == RL_REQUEST_SPREADS || left->kind == RL_REQUEST_SOURCES;
  bool ends = left->kind == RL_REQUEST_ACCEPT || left->kind == RL_REQUEST_CANCEL;
  bool listed = left->kind == RL_REQUEST_MATRIX || left->kind == RL_REQUEST_MIDS;
  bool revokes = left->kind == RL_REQUEST_REVOKE;
  bool keyed = ends || revokes || left->kind == RL_REQUEST_QUOTE ||
               left->kind == RL_REQUEST_TWO_WAY || left->kind == RL_REQUEST_POST;
  return left->kind == right->kind && rl_fingerprint_equal(left->body, right->body) &&
         (tokens || !(ends || left->kind == RL_REQUEST_SHOW)) && (pairs || !named) &&
         (currencies || !listed) &&
         (strcmp(left->client, right->client) == 0 || !(exposure || revokes)) &&
         (strcmp(left->key, right->key) == 0 || !keyed);
}

static void write_again(const rl_request *request)
{
  static uint8_t bytes[RL_MESSAGE_MAX + RL_MESSAGE_MAX];
  static rl_request again;
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_request_encode(&writer, request);
  RL_ASSERT(!writer.failed);
  rl_unpacker unpacker;
  rl_fault fault;
  uint32_t count;
  bool batch;
  bool opened = rl_requests_open(bytes, writer.used, &unpacker, &count, &batch, &fault);
  RL_ASSERT(opened && count == 1 && !batch);
  bool taken = rl_request_next(&unpacker, &again, &fault);
  RL_ASSERT(taken);
  bool closed = rl_requests_close(&unpacker, &fault);
  RL_ASSERT(closed);
  RL_ASSERT(same(request, &again));
}

static void take_all(rl_unpacker *unpacker, uint32_t count)
{
  static rl_request request;
  for (uint32_t i = 0; i < count; i++) {
    rl_fault fault;
    rl_unpacker skipper = *unpacker;
    bool readable = rl_unpack_skip(&skipper, RL_DEPTH_MAX);
    bool taken = rl_request_next(unpacker, &request, &fault);
    RL_ASSERT(readable == (taken || fault.refusal != RL_REFUSAL_MALFORMED_REQUEST));
    RL_ASSERT(!readable || unpacker->reader.used == skipper.reader.used);
    if (taken)
      write_again(&request);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  rl_unpacker unpacker;
  rl_fault fault;
  uint32_t count;
  bool batch;
  if (!rl_requests_open(data, size, &unpacker, &count, &batch, &fault))
    return 0;
  RL_ASSERT(count <= RL_BATCH_MAX && (batch || count == 1));
  take_all(&unpacker, count);
  bool closed = rl_requests_close(&unpacker, &fault);
  RL_ASSERT(closed || fault.refusal == RL_REFUSAL_MALFORMED_REQUEST);
  return 0;
}
