/* Any bytes as a token: refused. And any edits of a real quote's terms, sealed with a right key, so
 * that what the decoder of the terms accepts is reached: they open under the one key whose turn
 * the quote says it was, and that quote sealed anew gives the same bytes.
 *
 * The bytes as edits: 8 choose the quote, 1 the key before or after, then for each edit 2 where
 * and 1 with what. */
#include "seal/seal.h"
#include "support/quotes.h"

#include <string.h>

enum { EDITS = 9, EDIT = 3 };

#define TURN_MS 1767222000000ll /* when key 2 takes over */
static const rl_seal_keys keys = {2, {{1, 0, {9}}, {2, TURN_MS, {8}}}};
static const rl_utc now = {TURN_MS + 3600000};
static const rl_store_id store;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t write_terms(const uint8_t *data, size_t size, uint8_t out[RL_TERMS_MAX])
{
  rl_quote quote;
  rl_reader reader = rl_reader_over(data, size);
  rl_random numbers = rl_random_from(rl_get_u64(&reader));
  int64_t issued = TURN_MS - (rl_get_u8(&reader) & 1);
  rl_planned_quote(&numbers, &(rl_quote_plan){
    .id = rl_quote_id_make((rl_utc){issued}, (const uint8_t[10]){7}), .client = "shop",
    .issued_mono_ns = 1, .ttl_ms = 30000}, &quote);
  rl_writer writer = rl_writer_over(out, RL_TERMS_MAX);
  rl_quote_put_terms(&writer, &quote);
  RL_ASSERT(!writer.failed);
  for (size_t i = EDITS; i + EDIT <= size; i += EDIT)
    out[(data[i] | data[i + 1] << 8) % writer.used] ^= data[i + 2];
  return writer.used;
}

static bool opens_under(const rl_seal *seal, const rl_seal_key *key, const uint8_t *terms,
                        size_t size)
{
  rl_quote quote;
  uint8_t token[RL_TOKEN_MAX], again[RL_TOKEN_MAX];
  rl_writer writer = rl_writer_over(token, sizeof token);
  rl_put_u8(&writer, 1);
  rl_put_u8(&writer, key->id);
  rl_put_u16(&writer, (uint16_t)size);
  rl_put_bytes(&writer, terms, size);
  rl_mac(key->secret, token, writer.used, token + writer.used);
  size_t token_size = writer.used + RL_MAC_SIZE;
  if (rl_seal_open_token(seal, &store, now, token, token_size, &quote) != RL_REFUSAL_NONE)
    return false;
  size_t again_size = rl_seal_token(seal, &quote, again);
  RL_ASSERT(again_size == token_size && memcmp(again, token, token_size) == 0);
  return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static rl_seal *seal;
  rl_quote quote;
  uint8_t terms[RL_TERMS_MAX];
  if (!seal && (rl_crypto_init() != RL_OK || rl_seal_create(&keys, &seal) != RL_OK))
    return 0;
  rl_refusal refusal = rl_seal_open_token(seal, &store, now, data, size, &quote);
  RL_ASSERT(refusal == RL_REFUSAL_TOKEN_INVALID);
  if (size < EDITS)
    return 0;
  size_t terms_size = write_terms(data, size, terms);
  bool first = opens_under(seal, &keys.keys[0], terms, terms_size);
  bool second = opens_under(seal, &keys.keys[1], terms, terms_size);
  RL_ASSERT(!(first && second));
  RL_ASSERT(first || second || size > EDITS);
  return 0;
}
