#include "seal/seal.h"

#include "seal/key_file.h"
#include "seal/ring.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TOKEN_VERSION 1
#define HEAD_SIZE 4

/* On secret pages as a whole. */
struct rl_seal {
  rl_ring ring;
  struct stat facts;   /* of the file, before it was read */
  char path[RL_KEY_PATH_MAX + 1]; /* "" where there is none */
};

static rl_seal *allocate(const char *path, rl_error *error)
{
  if (strlen(path) > RL_KEY_PATH_MAX) {
    rl_fail(error, RL_OUT_OF_RANGE, "", 0, "", "the key file's path is too long");
    return NULL;
  }
  rl_seal *seal = rl_secret_pages(sizeof *seal);
  if (seal)
    memcpy(seal->path, path, strlen(path) + 1);
  else
    rl_fail(error, RL_NO_MEMORY, path, 0, "", "no memory for the sealing keys");
  return seal;
}

static rl_status read_file(rl_seal *seal, rl_error *error)
{
  rl_seal_keys *keys = rl_seal_keys_create();
  if (!keys)
    return rl_fail(error, RL_NO_MEMORY, seal->path, 0, "", "no memory for the sealing keys");
  rl_status status = rl_key_file_read(seal->path, keys, &seal->facts, error);
  if (status == RL_OK)
    rl_ring_put(&seal->ring, keys);
  rl_seal_keys_destroy(keys);
  return status;
}

rl_status rl_seal_create(const rl_seal_keys *keys, rl_seal **out)
{
  rl_seal *seal = allocate("", NULL);
  if (!seal)
    return RL_NO_MEMORY;
  rl_ring_put(&seal->ring, keys);
  *out = seal;
  return RL_OK;
}

rl_status rl_seal_open(const char *path, rl_seal **out, rl_error *error)
{
  rl_seal *seal = allocate(path, error);
  if (!seal)
    return strlen(path) > RL_KEY_PATH_MAX ? RL_OUT_OF_RANGE : RL_NO_MEMORY;
  rl_status status = read_file(seal, error);
  if (status == RL_OK)
    *out = seal;
  else
    rl_seal_destroy(seal);
  return status;
}

/* Of two engines that start at once one makes the file, and both read it. */
rl_status rl_seal_open_or_make(const char *path, rl_utc now, rl_seal **out, rl_error *error)
{
  rl_status status = rl_seal_open(path, out, error);
  if (status != RL_NOT_FOUND)
    return status;
  status = rl_key_file_make(path, now, error);
  return status == RL_OK || status == RL_EXISTS ? rl_seal_open(path, out, error) : status;
}

void rl_seal_destroy(rl_seal *seal)
{
  rl_secret_pages_free(seal, sizeof *seal);
}

static bool same_instant(struct timespec left, struct timespec right)
{
  return left.tv_sec == right.tv_sec && left.tv_nsec == right.tv_nsec;
}

/* A rename, a write, and a change of its mode each show. */
static bool is_unchanged(const rl_seal *seal)
{
  struct stat now;
  const struct stat *then = &seal->facts;
  return lstat(seal->path, &now) == 0 && now.st_dev == then->st_dev &&
         now.st_ino == then->st_ino && now.st_size == then->st_size &&
         same_instant(now.st_mtim, then->st_mtim) && same_instant(now.st_ctim, then->st_ctim);
}

rl_status rl_seal_refresh(rl_seal *seal, bool *changed, rl_error *error)
{
  if (!seal->path[0] || is_unchanged(seal)) {
    *changed = false;
    return RL_OK;
  }
  rl_status status = read_file(seal, error);
  if (status == RL_OK)
    *changed = true;
  return status;
}

void rl_seal_put(rl_seal *seal, const rl_seal_keys *keys)
{
  rl_ring_put(&seal->ring, keys);
}

/* Bytes 0 … size-1 under the key. */
static void seal_bytes(const rl_ring_key *key, const uint8_t *bytes, size_t size,
                       uint8_t out[RL_MAC_SIZE])
{
  rl_mac((const uint8_t *)key->secret, bytes, size, out);
}

size_t rl_seal_terms(const rl_seal *seal, const uint8_t *terms, size_t terms_size,
                     uint8_t out[RL_TOKEN_MAX])
{
  rl_ring_key key;
  rl_ring_signer(&seal->ring, rl_quote_id_time(rl_quote_terms_id(terms)).ms, &key);
  rl_writer writer = rl_writer_over(out, RL_TOKEN_MAX - RL_MAC_SIZE);
  rl_put_u8(&writer, TOKEN_VERSION);
  rl_put_u8(&writer, key.id);
  rl_put_u16(&writer, (uint16_t)terms_size);
  rl_put_bytes(&writer, terms, terms_size);
  RL_ASSERT(!writer.failed);
  seal_bytes(&key, out, writer.used, out + writer.used);
  rl_wipe(&key, sizeof key);
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
static bool find_terms(const void *token, size_t size, uint8_t *id, const uint8_t **terms,
                       size_t *terms_size)
{
  rl_reader head = rl_reader_over(token, size);
  uint8_t version = rl_get_u8(&head);
  *id = rl_get_u8(&head);
  *terms_size = rl_get_u16(&head);
  *terms = (const uint8_t *)token + HEAD_SIZE;
  return !head.failed && version == TOKEN_VERSION && size == HEAD_SIZE + *terms_size + RL_MAC_SIZE;
}

/* What a key tells of itself once its secret has been used. */
typedef struct term_of_key {
  int64_t from_utc_ms;
  int64_t until_utc_ms;
} term_of_key;

/* The key of this number sealed the token: its bytes but the last RL_MAC_SIZE. */
static bool holds(const rl_seal *seal, uint8_t id, const uint8_t *token, size_t size,
                  term_of_key *term)
{
  rl_ring_key key;
  uint8_t mac[RL_MAC_SIZE];
  size_t sealed = size - RL_MAC_SIZE;
  bool found = rl_ring_find(&seal->ring, id, &key);
  if (found) {
    seal_bytes(&key, token, sealed, mac);
    *term = (term_of_key){key.from_utc_ms, key.until_utc_ms};
  }
  rl_wipe(&key, sizeof key);
  return found && rl_mac_equal(mac, token + sealed);
}

static bool vouches_for(const term_of_key *term, int64_t issued_utc_ms, rl_utc now)
{
  return issued_utc_ms >= term->from_utc_ms && issued_utc_ms < term->until_utc_ms &&
         now.ms < term->until_utc_ms + RL_KEY_KEPT_MS;
}

rl_refusal rl_seal_open_token(const rl_seal *seal, const rl_store_id *store, rl_utc now,
                              const void *token, size_t size, rl_quote *out)
{
  uint8_t id;
  const uint8_t *terms;
  size_t terms_size;
  term_of_key term;
  rl_quote quote;
  if (!find_terms(token, size, &id, &terms, &terms_size) || !holds(seal, id, token, size, &term))
    return RL_REFUSAL_TOKEN_INVALID;
  if (rl_quote_decode_terms(terms, terms_size, &quote) != RL_OK ||
      !vouches_for(&term, quote.issued_utc_ms, now))
    return RL_REFUSAL_TOKEN_INVALID;
  if (memcmp(&quote.store, store, sizeof *store) != 0)
    return RL_REFUSAL_WRONG_STORE;
  *out = quote;
  return RL_REFUSAL_NONE;
}

rl_status rl_token_read_unverified(const void *token, size_t size, rl_quote *out)
{
  uint8_t id;
  const uint8_t *terms;
  size_t terms_size;
  if (!find_terms(token, size, &id, &terms, &terms_size))
    return RL_CORRUPT;
  return rl_quote_decode_terms(terms, terms_size, out);
}
