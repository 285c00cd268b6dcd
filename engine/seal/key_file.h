/* The file that holds the sealing key: one line, "ratelock-key 1 ID HEX", ID the key's number
 * (0 … 255), HEX its 32 bytes. Mode 0600, owned by the engine's user; the secret is nowhere else
 * and no message ever carries it. */
#pragma once

#include "crypto/crypto.h"
#include "status/error.h"

typedef struct rl_seal_key {
  uint8_t id;                     /* hint in tokens */
  uint8_t bytes[RL_MAC_KEY_SIZE]; /* the secret */
} rl_seal_key;

/* RL_NOT_FOUND when there is no such file; RL_DENIED when others may read it; RL_CORRUPT when it
 * is not of the form; RL_IO. */
RL_MUST_USE rl_status rl_key_file_read(const char *path, rl_seal_key *out, rl_error *error);

/* Makes the file with a fresh key, durable before return. RL_EXISTS when it is there. */
RL_MUST_USE rl_status rl_key_file_make(const char *path, rl_seal_key *out, rl_error *error);
