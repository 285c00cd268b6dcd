/* The seal: a quote's terms under a keyed hash, so that a token alone binds the engine (L6).
 *
 * Token layout (bytes):
 *    0      1   version, 1
 *    1      1   key id: a hint that names which key sealed it; not trusted for anything else
 *    2      2   length of the terms, little-endian
 *    4      n   terms part of the quote (quote/codec.c), store id and client inside
 *    4+n   16   keyed BLAKE2b over bytes 0 … 4+n-1
 *
 * There is no algorithm field: the version says it all. The key lives in a file of mode 0600 in
 * the data directory, and nowhere else. Any thread after creation. */
#pragma once

#include "crypto/crypto.h"
#include "quote/quote.h"

typedef struct rl_seal rl_seal;

/* Reads the key file, or makes it with a fresh key when it is missing. Refuses one that others
 * may read (RL_DENIED) or that is not of the form (RL_CORRUPT), with the reason in *error. */
RL_MUST_USE rl_status rl_seal_open(const char *path, rl_seal **out, rl_error *error);
/* With a key given, for tests. */
RL_MUST_USE rl_status rl_seal_create(const uint8_t key[RL_MAC_KEY_SIZE], rl_seal **out);
/* Wipes the key. */
void rl_seal_destroy(rl_seal *seal);

/* Writes the token, returns its length: at most RL_TOKEN_MAX. The same quote gives the same
 * bytes. */
size_t rl_seal_token(const rl_seal *seal, const rl_quote *quote, uint8_t out[RL_TOKEN_MAX]);
/* The same from the terms part of a quote's bytes, such as rl_quote_record_terms gives, without
 * writing it a second time. */
size_t rl_seal_terms(const rl_seal *seal, const uint8_t *terms, size_t terms_size,
                     uint8_t out[RL_TOKEN_MAX]);

/* Opens a token: RL_REFUSAL_TOKEN_INVALID for any bytes that this key did not seal,
 * RL_REFUSAL_WRONG_STORE for a sealed token of another store, otherwise *out holds the terms,
 * without evidence. The comparison takes constant time. */
rl_refusal rl_seal_open_token(const rl_seal *seal, const rl_store_id *store, const void *token,
                              size_t size, rl_quote *out);
/* The terms in a token whose seal is not looked at: for whoever has no key and says so. Any bytes
 * give a quote or RL_CORRUPT. Nothing may be granted on it. */
RL_MUST_USE rl_status rl_token_read_unverified(const void *token, size_t size, rl_quote *out);
