/* What the files of this room share. */
#pragma once

#include "service/service.h"
#include "wire/feed_message.h"
#include "wire/reply.h"

#include <pthread.h>

#define RL_EVENTS_WAITING_MAX 16384 /* some tenths of a second of quotes at full speed */

struct rl_service {
  rl_service_parts parts;
  uint64_t key_seed; /* of rl_key_fingerprint, this process's own */
  rl_store_id store_id;
  rl_engine_id engine_id;
  char origin[RL_ORIGIN_SIZE];     /* the same as text: what feed messages name it by */
  _Atomic uint64_t bridged_sources; /* bit by source: it brought another engine's composites */
  struct {
    _Atomic uint64_t messages;
    _Atomic uint64_t quotes;
    _Atomic uint64_t repeats;
    _Atomic uint64_t indicative_prices; /* those of matrices too */
    _Atomic uint64_t refusals;
    _Atomic uint64_t expired;
    _Atomic uint64_t feed_messages;
    _Atomic uint64_t feed_messages_refused;
    _Atomic uint64_t feed_messages_own; /* of those: this engine's prices, brought back to it */
    _Atomic uint64_t ticks;
    _Atomic uint64_t ticks_of_unknown_pairs;
    _Atomic uint64_t accepted_unseen; /* by token, of quotes that the book did not hold */
    _Atomic uint64_t tariff_reloads;
    _Atomic uint64_t tariff_reloads_refused;
  } counters; /* since start */
  int64_t retain_next_ns;            /* boot clock: the next look; the sweeping thread's */
  _Atomic unsigned waiting_messages; /* with jobs; at most RL_WAITING_MESSAGES_MAX */
  struct {
    pthread_mutex_t mutex;
    rl_event *waiting; /* ring of RL_EVENTS_WAITING_MAX */
    size_t first;
    size_t count;
    uint64_t dropped;
  } events;
  rl_epoch tariffs; /* of an rl_tariffs; a reader is an exchange, for as long as it handles */
  struct {
    pthread_mutex_t turn;  /* one reload at a time */
    pthread_t thread;      /* the reloader: what messages ask for */
    pthread_mutex_t mutex; /* of what follows */
    pthread_cond_t wake;
    rl_exchange *waiting;  /* that the reloader has not taken up yet; NULL if none */
    bool stopping;
  } reload;
  struct {
    pthread_t thread;
    bool running;          /* from start to stop */
    struct rl_taking *takings; /* all of them */
    pthread_mutex_t mutex; /* of what follows */
    pthread_cond_t wake;   /* the desk's */
    struct rl_deferred *first; /* revocations that are durable and not walked through yet */
    struct rl_taking *free;
    unsigned taken;        /* takings that are with the store */
    bool resume;           /* the start found quotes taken back without a row */
    _Atomic bool broken;   /* this walk: the store refused a job, or could not be read */
    _Atomic bool unfinished; /* some walk was broken off by what may pass */
    _Atomic bool winding_up; /* walks break off: the next start finishes them */
    bool stopping;
  } desk;
  struct {
    pthread_mutex_t mutex; /* of what follows, and of the market's halts by hand */
    rl_halt *newest;       /* by pair; of number 0 where there is none */
    uint64_t seen;         /* of the store's, all to this number were looked at */
  } halts;
};

/* What became of a reload. */
typedef struct rl_reload {
  bool asked; /* by the message in hand */
  rl_refusal refusal;
  rl_in_force in_force; /* if it was not refused */
  rl_error error;       /* else */
} rl_reload;

/* One thing that the store's thread finishes. Kept by the exchange and used again. */
typedef struct rl_deferred {
  rl_job job;
  rl_quote token_quote; /* what job.from_token points to */
  rl_exchange *exchange;
  struct rl_deferred *next; /* in the desk's queue */
} rl_deferred;

/* The answer to one request, or to one half of a two-way one: bytes already written, a job, or the
 * message's reload. */
typedef struct rl_part {
  rl_deferred *deferred; /* NULL when the bytes are written, or for a reload */
  bool reload;
  size_t offset;         /* into the exchange's written bytes */
  size_t size;
} rl_part;

typedef struct rl_item {
  unsigned part_count; /* 2 for a two-way quote that was not refused */
  rl_part parts[2];
} rl_item;

/* A buffer that grows; its bytes are addressed by offset since it may move. */
typedef struct rl_buffer {
  uint8_t *bytes;
  size_t size; /* allocated */
  size_t used;
} rl_buffer;

#define RL_RANDOM_POOL 640

struct rl_exchange {
  rl_service *service;
  rl_exchange_done done;
  void *context;
  rl_epoch_reader reader; /* of service->tariffs */
  /* of the message in hand */
  const char *client;
  bool is_operator;
  const rl_tariffs *tariffs; /* held while the message is read, not after */
  const rl_tariff *tariff;   /* that of them which is the client's */
  rl_reload reload;
  rl_now arrived;
  bool batch;
  bool waits; /* counted in the service's waiting_messages */
  unsigned item_count;
  rl_item items[RL_BATCH_MAX];
  rl_buffer written;  /* a batch's head, and parts in the order in which they were answered */
  size_t items_start; /* where the parts begin in `written` */
  rl_buffer reply;
  _Atomic unsigned pending; /* jobs and reloads not done, plus one while the message is read */
  uint8_t random[RL_RANDOM_POOL]; /* for quote ids: one system call for many */
  size_t random_left;
  unsigned deferred_used;
  unsigned deferred_count;
  rl_deferred *deferred[2 * RL_BATCH_MAX];
};

/* Room for `size` more bytes, as a writer positioned at the end of the buffer. Ends the program
 * when memory is out: a half-built reply cannot be taken back. */
rl_writer rl_buffer_writer(rl_buffer *buffer, size_t size);
void rl_buffer_free(rl_buffer *buffer);
void rl_buffer_commit(rl_buffer *buffer, const rl_writer *writer);

/* Starts a part of at most `size` bytes that is written now; rl_part_close ends it. */
rl_writer rl_part_open(rl_exchange *exchange, rl_part *part, size_t size);
void rl_part_close(rl_exchange *exchange, rl_part *part, const rl_writer *writer);
/* Answers the part with a refusal. */
void rl_part_refuse(rl_exchange *exchange, rl_part *part, rl_refusal refusal, const char *path,
                    const char *detail);
/* For answers that may be large: false, and the part refused as TOO_LARGE, once the message's
 * answers have RL_BOARD_ANSWERS_MAX bytes. */
bool rl_part_has_room(rl_exchange *exchange, rl_part *part);
/* A job of the exchange's own, its `in` fields zeroed but for client, arrived and done. */
rl_deferred *rl_exchange_defer(rl_exchange *exchange);
/* Gives the job to the store, or answers the part with the refusal that says why not, which is
 * returned. */
rl_refusal rl_part_submit(rl_exchange *exchange, rl_part *part, rl_deferred *deferred);
/* One of `pending` is done. Whoever brings it to zero finishes the message: the caller must not
 * touch the exchange any more. */
void rl_exchange_release(rl_exchange *exchange);
/* Why the store takes nothing now. */
rl_refusal rl_refusal_of_store(const rl_store *store);

/* price.c: the price of quote->request at the instant of the message, firm or not: a firm one goes
 * through the books of sources who give sizes, where a pair says so; where no live rate is, one
 * that is not may be of a fixing. On RL_REFUSAL_NONE it fills
 * the request's client, snapshot, terms, both ends of the lock on the wall clock, and the value
 * date; otherwise *quote holds nothing of use but the request, and with AMOUNT_UNREACHABLE *nearest
 * is written. */
typedef enum rl_firmness { RL_PRICE_FIRM, RL_PRICE_INDICATIVE } rl_firmness;
rl_refusal rl_price_now(const rl_exchange *exchange, rl_firmness firmness, rl_currency from,
                        rl_currency to, rl_quote *quote, rl_nearest *nearest);
/* Answers the part with a refusal of that. */
void rl_part_refuse_price(rl_exchange *exchange, rl_part *part, rl_refusal refusal,
                          rl_currency from, rl_currency to, const rl_nearest *nearest);

/* issue.c: quotes. */
void rl_answer_quote(rl_exchange *exchange, const rl_request *request, rl_item *item);
void rl_answer_two_way(rl_exchange *exchange, const rl_request *request, rl_item *item);
/* indicate.c: prices that nothing holds. */
void rl_answer_indicative(rl_exchange *exchange, const rl_request *request, rl_item *item);
void rl_answer_matrix(rl_exchange *exchange, const rl_request *request, rl_item *item);
/* ledger.c: the market's middles, and what operators post. */
void rl_answer_mids(rl_exchange *exchange, const rl_request *request, rl_item *item);
void rl_answer_post(rl_exchange *exchange, const rl_request *request, rl_item *item);
/* ending.c: accept, cancel, show. */
void rl_answer_end(rl_exchange *exchange, const rl_request *request, rl_item *item);
/* What the store did for the part, written out. Store's thread. */
void rl_write_outcome(const rl_service *service, const rl_deferred *deferred, rl_writer *writer);
/* What follows from the outcome for book and events. Store's thread. */
void rl_follow_outcome(rl_service *service, const rl_job *job);
/* Tells the book that the store has ended the quote. UNSEEN for one that this engine's book does
 * not hold: its token came from another engine, or outlived the record. It was never reserved
 * here, and ends as it comes (L5). */
rl_ending rl_end_in_book(rl_service *service, const rl_quote *quote);
/* ledger.c: what was exported and may be let go. */
void rl_answer_exported(rl_exchange *exchange, const rl_request *request, rl_item *item);
/* board.c: everything that only looks. */
void rl_answer_board(rl_exchange *exchange, const rl_request *request, rl_item *item);
/* exposure.c: what is open, and the caps on it. */
void rl_answer_exposure(rl_exchange *exchange, const rl_request *request, rl_item *item);

/* reload.c: the tariff's and the limits' change, and the thread that does it. */
RL_MUST_USE rl_status rl_reloader_start(rl_service *service);
void rl_reloader_stop(rl_service *service);
void rl_answer_reload(rl_exchange *exchange, rl_item *item);
/* What became of it, written out. Reloader's thread, or the one that finishes the message. */
void rl_write_reload(const rl_reload *reload, rl_writer *writer);
/* Makes the tariffs' texts durable under their hashes. */
RL_MUST_USE rl_status rl_keep_tariffs(rl_store *store, const rl_tariffs *tariffs,
                                      rl_error *error);

/* desk.c: what operators take back, and the thread that does it. */
RL_MUST_USE rl_status rl_desk_start(rl_service *service);
/* Walks break off from here on, and their messages are answered: the revocations hold anyway. */
void rl_desk_wind_up(rl_service *service);
void rl_desk_stop(rl_service *service);
void rl_answer_revoke(rl_exchange *exchange, const rl_request *request, rl_item *item);
/* What follows for book and events where job->end took the quote back. Store's thread. */
void rl_follow_revoked(rl_service *service, const rl_job *job);
/* Walks that were not finished, by this process or an earlier one, are done again. */
void rl_desk_resume(rl_service *service);
/* The same if there are any and the store takes jobs again. The housekeeper's thread. */
void rl_desk_look_after(rl_service *service);

/* halt.c: pairs halted by hand, and who is told why a pair is halted. */
RL_MUST_USE rl_status rl_halts_init(rl_service *service);
void rl_halts_fini(rl_service *service);
/* What was halted by hand when an engine last ended is so again. Before the first exchange. */
RL_MUST_USE rl_status rl_halts_restore(rl_service *service, rl_error *error);
/* Answers halt, resume and halts. */
void rl_answer_halt(rl_exchange *exchange, const rl_request *request, rl_item *item);
/* What the store made durable holds in the market from here on. Store's thread. */
void rl_follow_halt(rl_service *service, const rl_halt *halt);
/* Writes the refusal of a price, and where a leg is halted, how. */
void rl_write_price_refusal(const rl_exchange *exchange, rl_writer *writer, rl_refusal refusal,
                            rl_currency from, rl_currency to, const rl_nearest *nearest);

/* events.c */
RL_MUST_USE rl_status rl_events_init(rl_service *service);
void rl_events_fini(rl_service *service);
void rl_event_put(rl_service *service, const rl_event *event);
/* An event about a quote whose terms are known. */
void rl_event_of_quote(rl_service *service, rl_life life, const rl_quote *quote,
                       int64_t at_utc_ms);
