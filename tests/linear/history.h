/* Histories: what was asked of an engine, what it answered, and when.
 *
 * The lock life cycle is tested as a concurrent object. Threads ask, every request and every answer
 * takes a stamp from one counter, and afterwards a search (search.h) looks for one order of the
 * requests in which a sequential model (model.h) gives the same answers. A group is what is
 * searched as one: a few create keys, the quotes made under them and the keys that end these. Keys
 * of different groups differ, so groups share nothing, and a run is linearizable if each of its
 * groups is.
 *
 * A history outlives the engine: it is in memory that the engine's process, which is killed now and
 * then, shares with the test's. A request that was never answered has `ended` 0; it may have been
 * carried out, or not. */
#pragma once

#include "service/service.h"

enum {
  LIN_CLIENTS = 2,
  LIN_CREATE_KEYS = 2, /* of each client in a group */
  LIN_END_KEYS = 3,    /* the same strings for all clients and operations */
  LIN_BODIES = 2,      /* what a create asks: locks of lin_ttl_ms */
  LIN_QUOTES = 24,     /* in a group; more are never made */
  LIN_REQUESTS = 112,  /* in a group: with the lives' ends they fit the search's words */
  LIN_OPS = 128,
};

extern const uint32_t lin_ttl_ms[LIN_BODIES];
extern const char *const lin_clients[LIN_CLIENTS];

/* The wall clock's instant of 0 ns on the test's clock. */
#define LIN_EPOCH_UTC_MS 1767225600000ll

typedef enum lin_kind {
  LIN_CREATE,
  LIN_ACCEPT,
  LIN_CANCEL,
  LIN_SHOW,
  LIN_CLOSED, /* the engine was stopped: nothing is lost */
  LIN_KILLED, /* the engine was killed: quotes may be forgotten that nothing durable shows */
} lin_kind;

/* How an accept, cancel or show names its quote. */
typedef enum lin_by {
  LIN_BY_ID,
  LIN_BY_TOKEN,
  LIN_BY_BOTH,
  LIN_BY_MISMATCH, /* the token, and another quote's id */
} lin_by;

typedef enum lin_life { LIN_ACTIVE, LIN_EXPIRED, LIN_CONSUMED, LIN_CANCELLED } lin_life;

typedef struct lin_answer {
  rl_refusal refusal;
  rl_quote_id id;        /* of a create, receipt or show */
  int quote;             /* its index; filled by lin_prepare */
  int64_t issued_utc_ms; /* of a create */
  uint32_t ttl_ms;       /* of a create */
  lin_life life;         /* of a receipt, a show, or a refusal that names how the quote ended */
  unsigned by_client;    /* of a show or refusal that names who ended it */
  unsigned by_key;
  int64_t at_utc_ms;     /* of an end */
  rl_fingerprint bytes;  /* of the item as a whole */
} lin_answer;

typedef struct lin_op {
  lin_kind kind;
  lin_by by;
  unsigned client;
  unsigned key;       /* of creates, or of ends */
  unsigned body;      /* of a create */
  unsigned thread;
  unsigned turn;      /* items of one thread take effect in this order */
  bool stamped;       /* the engine took the arrival stamp */
  rl_quote_id about;  /* not of a create */
  int quote;          /* its index, -1 if nobody was ever told of it; filled by lin_prepare */
  uint32_t boot;
  uint64_t began;     /* counter before the request was handed over */
  uint64_t ended;     /* counter after its answer was there; 0: never */
  bool answered;      /* filled by lin_prepare */
  int64_t arrived_ns; /* the arrival stamp, as the engine read it from the test's clock */
  int64_t seen_ns;    /* the clock after the answer, or at the kill: no earlier than what the
                         engine could have read meanwhile */
  lin_answer answer;
} lin_op;

/* A quote that some thread was told of, for the others to end. */
typedef struct lin_told {
  rl_quote_id id;
  unsigned client; /* whose it is */
  uint32_t token_size;
  _Atomic bool ready;
  uint8_t token[RL_TOKEN_MAX];
} lin_told;

typedef struct lin_group {
  _Atomic unsigned op_count; /* taken; may pass LIN_REQUESTS, what is beyond was not asked */
  lin_op ops[LIN_REQUESTS];
  _Atomic unsigned told_count; /* the same */
  lin_told told[LIN_QUOTES];
} lin_group;

/* A group's requests and the ends of lives between them, in the order in which they began. */
typedef struct lin_history {
  unsigned count;
  lin_op ops[LIN_OPS];
  unsigned quote_count;
  rl_quote_id quotes[LIN_QUOTES]; /* that any answer named */
} lin_history;

/* Makes the history of a group. `lives` are the ends of lives, `stamp` in both began and ended.
 * False with *fault if it cannot be searched. */
bool lin_prepare(const lin_group *group, const lin_op *lives, unsigned life_count,
                 lin_history *out, const char **fault);

/* Repeats give the same bytes (L4): all answers that issue one quote are the same item, and so are
 * all receipts of its accept and of its cancel. False with *fault. */
bool lin_repeats_are_identical(const lin_history *history, const char **fault);

/* A line for each operation. */
void lin_print(const lin_history *history);
