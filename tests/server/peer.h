/* Peers of a server for its tests: a well-behaved client by nng, and a rude one that speaks the
 * bytes itself. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sends one message on a connection of its own and waits for the reply, at most `timeout_ms`, with
 * resends. Returns its length, 0 for none. Any thread. */
size_t peer_ask(const char *url, const void *message, size_t size, int timeout_ms, uint8_t *reply,
                size_t room);

/* Connects to the socket at `path` and closes at once, before any handshake. */
void peer_connect_and_close(const char *path);

/* Connects to the socket at `path`, shakes hands as a REQ peer, sends `message` `count` times but
 * never reads, and returns the open socket; -1 if it could not. Stops early when the other side
 * takes no more. */
int peer_flood(const char *path, const void *message, size_t size, unsigned count);

/* Connects to the socket at `path`, shakes hands as a REQ peer and announces a message of `size`
 * bytes: true when the other side then ends the connection. */
bool peer_is_cut_off(const char *path, uint32_t size);
