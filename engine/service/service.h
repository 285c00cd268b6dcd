/* The service: a whole engine without its sockets. Bytes of a request message go in, bytes of the
 * reply come out, and between them stand the rooms in order: wire, market, pricing, lock book,
 * seal, store. The server puts sockets around it; a test drives it by hand with a manual clock.
 *
 * What can be answered at once (quotes, the board) is answered inside rl_exchange_handle, on the
 * caller's thread, without waiting for anything. What must be durable first (accept, cancel) or
 * read in order behind it (show, the repeat of a create) goes to the store's thread, and a reload
 * of the tariff, which reads files, to the reloader's; the exchange is finished there. */
#pragma once

#include "calendar/calendar.h"
#include "exposure/notional.h"
#include "lock/lock.h"
#include "seal/seal.h"
#include "store/store.h"
#include "sync/epoch.h"
#include "tape/recorder.h"
#include "tariff/tariffs.h"
#include "wire/events.h"

typedef struct rl_service rl_service;

/* All of them outlive the service but the tariffs, which are its own once it is created. */
typedef struct rl_service_parts {
  rl_market *market;
  rl_recorder *recorder;   /* of the market; NULL: nothing is recorded */
  rl_store *store;
  rl_seal *seal;
  rl_book *book;
  rl_exposure *exposure;   /* the book's */
  const char *limits_file; /* what a reload reads beside the tariff; NULL: none, no caps */
  rl_tariffs *tariffs;     /* in force at first */
  const char *tariff_file; /* what a reload reads; NULL: the tariff compiled in */
  const rl_calendars *calendars; /* of value dates */
  rl_clock clock;
  uint64_t boot_id; /* of the clock's boot clock */
  void (*random_bytes)(void *out, size_t size); /* rl_random_bytes, or a test's own; any thread */
} rl_service_parts;

/* Keeps the tariffs' texts in the store, so that every quote can be explained, and starts the
 * reloader's thread. */
RL_MUST_USE rl_status rl_service_create(const rl_service_parts *parts, rl_service **out,
                                        rl_error *error);
/* Ends what the service does with the store by itself, before that is closed. No exchange may be in
 * flight. */
void rl_service_quiesce(rl_service *service);
/* The end is near: what a message started that may last long breaks off, so that the message is
 * answered and whoever waits for it can go on. Before the server is stopped; any thread. */
void rl_service_wind_up(rl_service *service);
/* No exchange may be in flight. */
void rl_service_destroy(rl_service *service);

/* The store that it was given, for who watches over it. */
rl_store *rl_service_store(const rl_service *service);
/* Likewise; NULL without one. */
rl_recorder *rl_service_recorder(const rl_service *service);

/* Fills the lock book from the store: this engine's open quotes, reserved again as they were, and
 * its create keys that still live. Once, before the first exchange. */
RL_MUST_USE rl_status rl_service_restore(rl_service *service, rl_error *error);

/* One slice of housekeeping: expiry and retirement. Returns how many slots it touched: the caller
 * comes back soon when it is many. One thread. */
size_t rl_service_sweep(rl_service *service);

/* Has the store let go of what is old (retention): a slice at a call while there is more, and
 * otherwise a look once a minute. Called every twentieth of a second or so, a slice takes a small
 * part of the writer's time. The thread of the sweeps. */
void rl_service_retain(rl_service *service);

/* Reads the sealing keys' file anew if it changed (rl_seal_refresh). One thread at a time. */
RL_MUST_USE rl_status rl_service_refresh_keys(rl_service *service, bool *changed, rl_error *error);

/* --- the tariff --- */

/* Reads the tariff file anew, proves it, keeps its text and puts it in force for all messages that
 * arrive from now on; messages in hand finish on the tariff that they began with. The limits' file
 * is read with it, and they are in force together. Returns when the old tariff is gone, or, with
 * the old tariff and the old limits in force and *out untouched,
 *   TARIFF_REFUSED       *error names file, line, field and reason
 *   LIMITS_REFUSED       likewise
 *   OVERLOADED, STORE_READ_ONLY, STORE_FAILED   the text could not be kept
 * Any thread but one in rl_exchange_handle; a second one waits. */
RL_MUST_USE rl_refusal rl_service_reload(rl_service *service, rl_in_force *out, rl_error *error);

/* --- messages --- */

/* Whose message it is, as the transport knows it. */
typedef struct rl_caller {
  char name[RL_CLIENT_NAME_MAX + 1]; /* the client: owner of its quotes and keys */
  bool is_operator;                  /* may change what the engine does */
} rl_caller;

typedef struct rl_exchange rl_exchange;

/* Called once for each handled message, when its reply is complete. */
typedef void (*rl_exchange_done)(rl_exchange *exchange, void *context);

/* An exchange is made once and used for one message after another; it keeps its buffers until it
 * is told to rest. */
RL_MUST_USE rl_status rl_exchange_create(rl_service *service, rl_exchange_done done, void *context,
                                         rl_exchange **out);
void rl_exchange_destroy(rl_exchange *exchange);

/* Handles one message from the caller. Both stay untouched until done. All of one message is priced
 * by one tariff, the one in force when it began. Any thread; one message at a time for one
 * exchange. */
void rl_exchange_handle(rl_exchange *exchange, const rl_caller *caller, const void *message,
                        size_t size);

/* The reply of the message just done; valid until the next rl_exchange_handle. */
const void *rl_exchange_reply(const rl_exchange *exchange, size_t *size);

/* After the reply was copied: gives back what only large messages need, so that many exchanges,
 * each of which meets one in turn, do not hold that memory for ever. At most
 * RL_EXCHANGE_KEEPS_BYTES stay, besides the exchange itself. */
#define RL_EXCHANGE_KEEPS_BYTES (768u * 1024u)
void rl_exchange_rest(rl_exchange *exchange);

/* --- halts --- */

/* Takes in what other engines that share the store halted and let go since the last call; nothing
 * to do where none does. One thread at a time. */
RL_MUST_USE rl_status rl_service_refresh_halts(rl_service *service, rl_error *error);
/* Any thread. How the pair is halted, by hand before by its breaker; false if it is not. */
bool rl_service_halted(rl_service *service, rl_pair pair, rl_now now, rl_halted *out);

/* --- feeds --- */

/* Takes one feed message (wire/feed_message.h) into the market. What is malformed in it is counted;
 * ticks before the fault have been applied. One thread at a time: it is the market's writer. */
void rl_service_take_feed(rl_service *service, const void *message, size_t size);

/* What feed messages name this engine by where they bring its prices (wire/feed_message.h).
 * Lives as long as the service. */
const char *rl_service_origin(const rl_service *service);
/* A bit for each source, by its index, that ever brought another engine's prices. Any thread. */
uint64_t rl_service_bridged_sources(const rl_service *service);
/* Messages refused since they brought this engine's own prices back to it. Any thread. */
uint64_t rl_service_own_returned(const rl_service *service);

/* --- life-cycle events --- */

typedef struct rl_event {
  rl_life life;
  rl_quote_id quote;
  char client[RL_CLIENT_NAME_MAX + 1]; /* "" for an expiry: the book does not keep it */
  rl_currency from;                    /* RL_CURRENCY_NONE for an expiry */
  rl_currency to;
  int64_t at_utc_ms;
} rl_event;

/* Takes up to `room` waiting events, oldest first; *dropped is how many found no room since the
 * last call. One thread. */
size_t rl_service_take_events(rl_service *service, rl_event *out, size_t room, uint64_t *dropped);
