/* The seal: a quote's terms under a keyed hash, so that a token alone binds the engine (L6).
 *
 * Token layout (bytes):
 *    0      1   version, 1
 *    1      1   key id: a hint that names which key to try; not trusted for anything else
 *    2      2   length of the terms, little-endian
 *    4      n   terms part of the quote (quote/codec.c), store id and client inside
 *    4+n   16   keyed BLAKE2b over bytes 0 … 4+n-1
 *
 * There is no algorithm field: the version says it all. The keys live in a file of mode 0600
 * (key_file.h) and nowhere else; keys.h says which one seals what. Any thread after creation, but
 * for rl_seal_refresh and rl_seal_put.
 *
 * What a retired key vouches for: quotes whose terms say that they were issued while it sealed,
 * until RL_KEY_KEPT_MS after its time. Who stole it can make up such quotes meanwhile, and no
 * others; against that, all keys are replaced at once (rl_key_file_rotate, compromised). */
#pragma once

#include "quote/quote.h"
#include "seal/keys.h"

typedef struct rl_seal rl_seal;

/* Reads the key file. Refuses one that others may read (RL_DENIED) or that is not of the form
 * (RL_CORRUPT), with the reason in *error; RL_NOT_FOUND. */
RL_MUST_USE rl_status rl_seal_open(const char *path, rl_seal **out, rl_error *error);
/* The same, but makes the file with a fresh key when it is missing. */
RL_MUST_USE rl_status rl_seal_open_or_make(const char *path, rl_utc now, rl_seal **out,
                                           rl_error *error);
/* With keys given, for tests: no file. */
RL_MUST_USE rl_status rl_seal_create(const rl_seal_keys *keys, rl_seal **out);
/* Wipes the keys. */
void rl_seal_destroy(rl_seal *seal);

/* Reads the file anew if it changed, and seals and checks with its keys from then on; *changed
 * tells. Where it cannot be read the keys stay. One thread at a time; others go on meanwhile. */
RL_MUST_USE rl_status rl_seal_refresh(rl_seal *seal, bool *changed, rl_error *error);
/* Other keys, for tests. One thread at a time. */
void rl_seal_put(rl_seal *seal, const rl_seal_keys *keys);

/* Writes the token, returns its length: at most RL_TOKEN_MAX. The same quote gives the same
 * bytes, whatever keys were added since. */
size_t rl_seal_token(const rl_seal *seal, const rl_quote *quote, uint8_t out[RL_TOKEN_MAX]);
/* The same from the terms part of a quote's bytes, such as rl_quote_record_terms gives, without
 * writing it a second time. */
size_t rl_seal_terms(const rl_seal *seal, const uint8_t *terms, size_t terms_size,
                     uint8_t out[RL_TOKEN_MAX]);

/* Opens a token: RL_REFUSAL_TOKEN_INVALID for any bytes that no key sealed, that the key of
 * another time sealed, or whose key is over by now; RL_REFUSAL_WRONG_STORE for a sealed token of
 * another store; otherwise *out holds the terms, without evidence. The seal is compared in
 * constant time. */
rl_refusal rl_seal_open_token(const rl_seal *seal, const rl_store_id *store, rl_utc now,
                              const void *token, size_t size, rl_quote *out);
/* The terms in a token whose seal is not looked at: for whoever has no key and says so. Any bytes
 * give a quote or RL_CORRUPT. Nothing may be granted on it. */
RL_MUST_USE rl_status rl_token_read_unverified(const void *token, size_t size, rl_quote *out);
