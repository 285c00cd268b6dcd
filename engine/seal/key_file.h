/* The file that holds the sealing keys. Mode 0600, owned by the engine's user; the secrets are
 * nowhere else and no message ever carries one. It is replaced whole, never written in place: who
 * reads it meanwhile reads the keys of before or of after. */
#pragma once

#include "seal/keys.h"

#include <sys/stat.h>

/* Its name in a data directory. */
#define RL_KEY_FILE_NAME "seal.key"
/* Bytes of a path to one. */
#define RL_KEY_PATH_MAX 4000

/* RL_NOT_FOUND when there is no such file; RL_DENIED when others may read it, or this process may
 * not; RL_CORRUPT when it is not of the form, RL_FOREIGN of a later version; RL_IO. *facts, which
 * may be NULL, is the file's state before it was read. */
RL_MUST_USE rl_status rl_key_file_read(const char *path, rl_seal_keys *out, struct stat *facts,
                                       rl_error *error);

/* Makes the file with one fresh key, durable before return. RL_EXISTS when it is there. */
RL_MUST_USE rl_status rl_key_file_make(const char *path, rl_utc now, rl_error *error);

/* Adds a key that starts RL_KEY_LEAD_MS from now (rl_seal_keys_add, with its refusals), or puts a
 * new one in the place of all where they are `compromised`; durable before return. Of two at once
 * the second waits for the first and builds on it. */
RL_MUST_USE rl_status rl_key_file_rotate(const char *path, rl_utc now, bool compromised,
                                         rl_error *error);
