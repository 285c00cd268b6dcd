/* A bus: one connection to a NATS server, or to one of several, that comes back by itself. The only
 * room that names libnats.
 *
 * Nothing here waits for the network without a bound, and nothing is kept for a server that is not
 * there: what is published while the connection is down is refused, since a price that was held
 * back would arrive as if it were new. (libnats itself keeps at most the one message that meets the
 * very moment of the break.) Attempts to reconnect go on for ever, 0.1 s to 5 s apart.
 *
 * Messages are taken, not called back: no thread but the caller's runs through this room's users.
 * One thread at a time may use a bus and its subscriptions. */
#pragma once

#include "status/error.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct rl_bus rl_bus;
typedef struct rl_bus_subscription rl_bus_subscription;

#define RL_BUS_SUBJECT_MAX 255 /* bytes of a subject, without the NUL */
/* Bytes that wait to be written to the server, beyond which nothing more is taken: a second of a
 * thousand pairs, each twenty times. */
#define RL_BUS_PENDING_MAX (2u << 20)
/* Messages of one subscription that wait to be taken, beyond which the newest are dropped. */
#define RL_BUS_QUEUE_MAX 65536

typedef struct rl_bus_options {
  const char *urls; /* "nats://[USER[:PASSWORD]@]HOST[:PORT]", several with a comma between */
  const char *name; /* shown in the server's list of connections */
} rl_bus_options;

/* RL_INVALID, with the reason, for urls that are of another form. */
RL_MUST_USE rl_status rl_bus_check_urls(const char *urls, rl_error *error);

/* One attempt is made at once, for at most a second a server; the others in the background. RL_OK
 * therefore says nothing of a connection. RL_INVALID for urls that are none. */
RL_MUST_USE rl_status rl_bus_open(const rl_bus_options *options, rl_bus **out, rl_error *error);
/* Sends what was published if the server takes it within a second, ends the subscriptions too. */
void rl_bus_close(rl_bus *bus);

/* 0 while there is no connection; otherwise a number that another connection changes. */
uint64_t rl_bus_connection(const rl_bus *bus);
/* The server turned us away for good (it refuses the user twice): only a new bus tries again. */
bool rl_bus_is_closed(const rl_bus *bus);
/* What went wrong last, for people; "" if nothing did. Valid until the next call. */
const char *rl_bus_trouble(rl_bus *bus);
/* The urls without users and passwords, for people. As old as the bus. */
const char *rl_bus_place(const rl_bus *bus);

/* Hands a message to the connection. Whatever it returns but RL_OK, nothing is sent:
 *   RL_UNREACHABLE  there is no connection
 *   RL_FULL         RL_BUS_PENDING_MAX bytes wait: the server is slow
 *   RL_IO           libnats could not: the connection is on its way down
 * Waits at most a second, and only when the system's own buffer is full. `reply` is the subject of
 * an answer, or NULL. */
RL_MUST_USE rl_status rl_bus_publish(rl_bus *bus, const char *subject, const char *reply,
                                     const void *bytes, size_t size);

/* Subscribes, now and with each later connection. `subject` may have wildcards; NULL is a new one
 * of this connection's own, for answers. RL_INVALID for no subject. */
RL_MUST_USE rl_status rl_bus_subscribe(rl_bus *bus, const char *subject,
                                       rl_bus_subscription **out);
const char *rl_bus_subject(const rl_bus_subscription *subscription);
/* Messages that found the queue full, since the start. */
uint64_t rl_bus_dropped(const rl_bus_subscription *subscription);

typedef struct rl_bus_message {
  const char *subject;
  const char *reply; /* where an answer is expected; NULL if nowhere */
  const void *bytes;
  size_t size;
  void *owner;       /* of all of these, until rl_bus_release */
} rl_bus_message;

/* The next message, waiting at most `timeout_ms`, which may be 0. */
bool rl_bus_take(rl_bus_subscription *subscription, unsigned timeout_ms, rl_bus_message *out);
void rl_bus_release(rl_bus_message *message);

/* Whether the text is one word of a subject: 1 … `max` letters, digits, '-' or '_'. */
bool rl_bus_is_token(const char *text, size_t max);
