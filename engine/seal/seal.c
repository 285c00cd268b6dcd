#include "seal/seal.h"

#include "seal/key_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define TOKEN_VERSION 1
#define HEAD_SIZE 4

/* On pages of its own, which neither swap nor a core dump gets to see. */
struct rl_seal {
  rl_seal_key key;
};

static rl_seal *allocate_guarded(void)
{
  rl_seal *seal = mmap(NULL, sizeof *seal, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                       -1, 0);
  if (seal == MAP_FAILED)
    return NULL;
  madvise(seal, sizeof *seal, MADV_DONTDUMP);
  int locked = mlock(seal, sizeof *seal);
  (void)locked; /* without the privilege the key may be swapped: no reason to refuse to start */
  return seal;
}

rl_status rl_seal_create(const uint8_t key[RL_MAC_KEY_SIZE], rl_seal **out)
{
  rl_seal *seal = allocate_guarded();
  if (!seal)
    return RL_NO_MEMORY;
  seal->key.id = 1;
  memcpy(seal->key.bytes, key, RL_MAC_KEY_SIZE);
  *out = seal;
  return RL_OK;
}

rl_status rl_seal_open(const char *path, rl_seal **out, rl_error *error)
{
  rl_seal *seal = allocate_guarded();
  if (!seal)
    return rl_fail(error, RL_NO_MEMORY, path, 0, "", "no memory for the sealing key");
  rl_status status = rl_key_file_read(path, &seal->key, error);
  if (status == RL_NOT_FOUND)
    status = rl_key_file_make(path, &seal->key, error);
  if (status != RL_OK) {
    rl_seal_destroy(seal);
    return status;
  }
  *out = seal;
  return RL_OK;
}

void rl_seal_destroy(rl_seal *seal)
{
  if (!seal)
    return;
  rl_wipe(seal, sizeof *seal);
  munmap(seal, sizeof *seal);
}

size_t rl_seal_terms(const rl_seal *seal, const uint8_t *terms, size_t terms_size,
                     uint8_t out[RL_TOKEN_MAX])
{
  rl_writer writer = rl_writer_over(out, RL_TOKEN_MAX - RL_MAC_SIZE);
  rl_put_u8(&writer, TOKEN_VERSION);
  rl_put_u8(&writer, seal->key.id);
  rl_put_u16(&writer, (uint16_t)terms_size);
  rl_put_bytes(&writer, terms, terms_size);
  RL_ASSERT(!writer.failed);
  rl_mac(seal->key.bytes, out, writer.used, out + writer.used);
  return writer.used + RL_MAC_SIZE;
}

size_t rl_seal_token(const rl_seal *seal, const rl_quote *quote, uint8_t out[RL_TOKEN_MAX])
{
  uint8_t terms[RL_TERMS_MAX];
  rl_writer writer = rl_writer_over(terms, sizeof terms);
  rl_quote_put_terms(&writer, quote);
  RL_ASSERT(!writer.failed);
  return rl_seal_terms(seal, terms, writer.used, out);
}

/* The terms inside a token, whoever wrote it; false when the bytes are not laid out as one. */
static bool find_terms(const void *token, size_t size, const uint8_t **terms, size_t *terms_size)
{
  rl_reader head = rl_reader_over(token, size);
  uint8_t version = rl_get_u8(&head);
  rl_get_u8(&head); /* the key id: with one key there is nothing to choose */
  *terms_size = rl_get_u16(&head);
  *terms = (const uint8_t *)token + HEAD_SIZE;
  return !head.failed && version == TOKEN_VERSION && size == HEAD_SIZE + *terms_size + RL_MAC_SIZE;
}

rl_refusal rl_seal_open_token(const rl_seal *seal, const rl_store_id *store, const void *token,
                              size_t size, rl_quote *out)
{
  const uint8_t *terms;
  size_t terms_size;
  uint8_t mac[RL_MAC_SIZE];
  rl_quote quote;
  if (!find_terms(token, size, &terms, &terms_size))
    return RL_REFUSAL_TOKEN_INVALID;
  rl_mac(seal->key.bytes, token, HEAD_SIZE + terms_size, mac);
  if (!rl_mac_equal(mac, terms + terms_size))
    return RL_REFUSAL_TOKEN_INVALID;
  if (rl_quote_decode_terms(terms, terms_size, &quote) != RL_OK)
    return RL_REFUSAL_TOKEN_INVALID;
  if (memcmp(&quote.store, store, sizeof *store) != 0)
    return RL_REFUSAL_WRONG_STORE;
  *out = quote;
  return RL_REFUSAL_NONE;
}

rl_status rl_token_read_unverified(const void *token, size_t size, rl_quote *out)
{
  const uint8_t *terms;
  size_t terms_size;
  if (!find_terms(token, size, &terms, &terms_size))
    return RL_CORRUPT;
  return rl_quote_decode_terms(terms, terms_size, out);
}
