/* Where an engine lives: its data directory and the sockets in it; and reading the files that
 * people write for it. Shared by the daemon, the client library, the tools and the feeds, so that
 * all of them agree. */
#pragma once

#include "status/error.h"

#include <stdbool.h>
#include <stddef.h>

/* A Unix socket's path must fit sockaddr_un (108 bytes); "ipc://" and a file name are added. */
#define RL_DIRECTORY_MAX 80
#define RL_URL_MAX 160

/* The default data directory: $RATELOCK_DATA, else $XDG_DATA_HOME/ratelock, else
 * $HOME/.local/share/ratelock, else /tmp/ratelock-UID. RL_OUT_OF_RANGE if it is longer than
 * RL_DIRECTORY_MAX: a socket would not fit. */
RL_MUST_USE rl_status rl_default_directory(char out[RL_DIRECTORY_MAX + 1]);

/* The URL of the database that is the store by default: $RATELOCK_STORE; NULL, so that it is a file
 * in the data directory, where that is not set or empty. */
const char *rl_default_store(void);
/* Where composites are published by default: $RATELOCK_PUBLISH, or NULL in the same way. */
const char *rl_default_publish(void);

typedef enum rl_socket {
  RL_SOCKET_QUOTES, /* REQ/REP: clients */
  RL_SOCKET_FEED,   /* PUSH/PULL: feeds */
  RL_SOCKET_EVENTS, /* PUB/SUB: composite changes and life-cycle events */
} rl_socket;

/* "ipc://DIRECTORY/quotes.ipc" and its kin. RL_OUT_OF_RANGE when it does not fit. */
RL_MUST_USE rl_status rl_socket_url(const char *directory, rl_socket socket,
                                    char out[RL_URL_MAX]);

/* A whole file of at most `max` bytes, with a NUL after it; the caller frees *text. RL_IO, with the
 * system's reason in *error, RL_OUT_OF_RANGE for a larger one, RL_NO_MEMORY. */
RL_MUST_USE rl_status rl_file_read(const char *path, size_t max, char **text, size_t *length,
                                   rl_error *error);

/* Makes the name at the end of the path durable, which it is only when its directory is. False,
 * with errno, where the system refuses. */
bool rl_sync_name(const char *path);
