/* A whole engine without sockets for tests: a temporary store, the built-in universe and tariff, a
 * manual clock, and two live sources that tick when told. */
#pragma once

#include "service/service.h"
#include "wire/request.h"

#include <semaphore.h>

typedef struct rl_test_engine {
  char directory[64];      /* removed by rl_test_engine_stop */
  rl_manual_clock manual;
  rl_clock clock;
  rl_universe *universe;
  rl_calendars *calendars;
  rl_market *market;
  char tariff_file[96];    /* in the directory; at first the built-in text */
  char limits_file[96];    /* in the directory; "" until it is first written: no caps */
  size_t locks;            /* slots of the book */
  rl_exposure *exposure;
  rl_book *book;
  rl_store *store;
  rl_seal *seal;
  rl_service *service;
  rl_source sources[2];
  uint64_t sequence;
  size_t map_bytes;        /* bound of the store's file */
  int64_t keep_ms;         /* from the next restart on, what is older may be let go; 0: nothing */
  const char *url;         /* of a database that engines share, the caller's; NULL: a file */
} rl_test_engine;

/* Ends the test program with a message when it cannot start. */
void rl_test_engine_start(rl_test_engine *engine);
/* The same with a store of at most so many bytes. */
void rl_test_engine_start_small(rl_test_engine *engine, size_t map_bytes);
/* The same with its store in that database; the URL stays the caller's. */
void rl_test_engine_start_at(rl_test_engine *engine, const char *url);
void rl_test_engine_stop(rl_test_engine *engine);
/* A start in a directory that is the caller's and by his clock, on the boot named: for a test that
 * kills a process with an engine in it and starts another in its place. The manual clock is not
 * used. */
void rl_test_engine_open(rl_test_engine *engine, const char *directory, rl_clock clock,
                         uint64_t boot_id);
/* Stops such an engine and leaves the directory. */
void rl_test_engine_close(rl_test_engine *engine);
/* With the files in it. */
void rl_test_remove_directory(const char *path);
/* Ends the engine's process-like parts and starts them again on the same directory: what was not
 * stored is forgotten. The boot stays the same unless `new_boot`. The market starts empty. */
void rl_test_engine_restart(rl_test_engine *engine, bool new_boot);

/* The same, on the same boot, with another universe. */
void rl_test_engine_restart_in(rl_test_engine *engine, const char *universe_text);

/* Both sources say EURUSD 1.125180/1.125220 and USDJPY 145.2000/145.2100 and GBPUSD
 * 1.328400/1.328500 now. */
void rl_test_engine_tick(rl_test_engine *engine);

/* Writes the tariff file; nothing reads it before a reload or restart. */
void rl_test_engine_write_tariff(const rl_test_engine *engine, const char *text);
/* The same for the limits. The first file is there for a restart only: an engine that was started
 * without one has none to read anew. */
void rl_test_engine_write_limits(rl_test_engine *engine, const char *text);
/* The same for "trial.yaml" beside the tariff. */
void rl_test_engine_write_trial(const rl_test_engine *engine, const char *text);

/* One message in, the reply out; waits for the store's thread where it must. The reply stays
 * valid until the next call. The client named "operator" is one. One thread. */
const uint8_t *rl_test_exchange(rl_test_engine *engine, const char *client, const void *message,
                                size_t size, size_t *reply_size);
const uint8_t *rl_test_ask(rl_test_engine *engine, const char *client, const rl_request *request,
                           size_t *reply_size);

/* One job of the store's, beside all messages: its done() and context are the call's own. */
void rl_test_run_job(rl_test_engine *engine, rl_job *job);

/* The store's thread stands still between the two calls, as behind a slow disk. */
typedef struct rl_test_hold {
  rl_job job;
  sem_t entered;
  sem_t leave;
} rl_test_hold;
void rl_test_hold_store(rl_test_engine *engine, rl_test_hold *hold);
void rl_test_free_store(rl_test_hold *hold);

/* --- looking into replies (a map, or a map inside it by '.') --- */

/* The unsigned integer, text or boolean at a path such as "ok" or "sell.source"; ends the test
 * program when it is not there. The text is copied. */
int64_t rl_reply_int(const uint8_t *reply, size_t size, const char *path);
bool rl_reply_bool(const uint8_t *reply, size_t size, const char *path);
const char *rl_reply_text(const uint8_t *reply, size_t size, const char *path, char out[256]);
size_t rl_reply_binary(const uint8_t *reply, size_t size, const char *path, uint8_t *out,
                       size_t room);

/* The span of item `index` of a batch's reply. */
const uint8_t *rl_reply_item(const uint8_t *reply, size_t size, unsigned index, size_t *item_size);

/* Requests with the fields that matter. */
rl_request rl_test_quote_request(const char *from, const char *to, rl_fixed fixed, int64_t amount,
                                 const char *key);
rl_request rl_test_end_request(rl_request_kind kind, const char *id, const char *key);
