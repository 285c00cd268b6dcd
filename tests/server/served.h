/* An engine that serves at temporary sockets, for the tests of the server. One per program. */
#pragma once

#include "peer.h"
#include "server/server.h"
#include "support/engine.h"

extern rl_test_engine served_engine;
extern rl_server_options served_options;

void served_start(void);
void served_stop(void);

/* Where it takes requests: as an address, and as the path of its socket. */
const char *served_url(void);
const char *served_path(void);

/* Prints what was expected; ends the program with 1 when it does not hold. */
void served_expect(bool holds, const char *what);

/* Asks on a connection of its own; returns the reply's length, 0 for none. Any thread. */
size_t served_ask(const rl_request *request, uint8_t *reply, size_t room);
bool served_answers_ping(void);
