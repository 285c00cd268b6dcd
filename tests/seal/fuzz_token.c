/* Any bytes as a token: refused, or opened to a quote of this store. The bytes are also sealed
 * here with the right key, so that what the decoder of the terms accepts is reached too. */
#include "seal/seal.h"

#include <string.h>

static const rl_seal_keys keys = {1, {{.id = 1, .secret = {9}}}};
static const rl_utc now = {1767225600000};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static rl_seal *seal;
  static const rl_store_id store;
  rl_quote quote;
  if (!seal && (rl_crypto_init() != RL_OK || rl_seal_create(&keys, &seal) != RL_OK))
    return 0;
  rl_refusal refusal = rl_seal_open_token(seal, &store, now, data, size, &quote);
  RL_ASSERT(refusal == RL_REFUSAL_TOKEN_INVALID || refusal == RL_REFUSAL_WRONG_STORE);
  if (size > RL_TERMS_MAX)
    return 0;
  uint8_t token[4 + RL_TERMS_MAX + RL_MAC_SIZE] = {1, 1, (uint8_t)size, (uint8_t)(size >> 8)};
  memcpy(token + 4, data, size);
  rl_mac(keys.keys[0].secret, token, 4 + size, token + 4 + size);
  refusal = rl_seal_open_token(seal, &store, now, token, 4 + size + RL_MAC_SIZE, &quote);
  if (refusal == RL_REFUSAL_NONE) {
    uint8_t again[RL_TOKEN_MAX];
    size_t again_size = rl_seal_token(seal, &quote, again);
    RL_ASSERT(again_size == 4 + size + RL_MAC_SIZE && memcmp(again, token, again_size) == 0);
  }
  return 0;
}
