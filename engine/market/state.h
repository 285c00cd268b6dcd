/* The market's memory. Private to this room.
 *
 * Two kinds of fields, never mixed: words (rl_word) that the intake thread writes and any thread
 * reads, and plain fields that only the intake thread touches. Memory is only added while a
 * market lives, so a reader may keep what it found. */
#pragma once

#include "market/breaker.h"
#include "market/clock_offset.h"
#include "market/form.h"
#include "market/outliers.h"
#include "market/triangle.h"
#include "market/volatility.h"
#include "sync/seqlock.h"

/* A tick in a composite, as four words: sequence and source, source's time, arrival, bid and ask
 * (pack.h has the order of the bits). */
#define RL_TICK_WORDS 4

typedef struct rl_tick_words {
  rl_word words[RL_TICK_WORDS];
} rl_tick_words;

/* What happened to one source's updates, of one pair or of all. */
typedef struct rl_tally {
  rl_word verdicts[RL_VERDICT_COUNT];
  rl_word gaps;
  rl_word repeats;
} rl_tally;

/* Whether a source may vote on a pair, and with what. Intake only; intake.c has the states. */
typedef struct rl_standing {
  bool heard;             /* anything accepted yet */
  bool quoted;            /* `level` is there, and not withdrawn */
  bool suspended;         /* out of the vote for an unconfirmed jump */
  bool crossed;           /* its book is crossed since crossed_since_ns */
  uint8_t repeats;        /* of the suspended level, in a row */
  uint64_t sequence;      /* last accepted */
  int64_t heard_ns;       /* arrival of the last accepted */
  int64_t crossed_since_ns;
  rl_composite_tick level; /* newest accepted that was not crossed: votes unless suspended */
  int64_t good_mid;       /* half units: of the last level that was good; 0 before the first */
  int64_t jumped_mid;     /* half units: where the jump went, while suspended */
  rl_book book;           /* of `level`; zero unless the pair's by_depth */
} rl_standing;

/* One source's word on one pair. */
typedef struct rl_slot {
  RL_CACHE_ALIGNED rl_seqlock lock; /* guards `newest` */
  rl_tick_words newest;             /* last accepted, crossed or not; zero if none; a bid and ask of
                                       0 where it was a withdrawal */
  rl_tally tally;
  rl_outliers outliers;
  rl_source source;                 /* set before the slot is published */
  rl_standing standing;
} rl_slot;

/* The slots of one pair's sources of one class, in the order in which they first spoke. */
typedef struct rl_slots {
  rl_word count;                          /* published with release */
  rl_word slots[RL_SOURCES_PER_PAIR_MAX]; /* addresses of rl_slot, set before the count */
} rl_slots;

/* A pair's composite as the intake last made it (board.c). */
typedef struct rl_board {
  RL_CACHE_ALIGNED rl_seqlock lock; /* guards all that follows */
  rl_word head;                     /* mid, tick count, refusal */
  rl_word sides;                    /* bid, ask */
  rl_word made_ns;
  rl_word fresh_until_ns;
  rl_word heard_until_ns;           /* first instant at which all that was heard is stale */
  rl_word volatility_ppm;
  rl_word volatility_until_ns;      /* first instant at which it is unknown */
  rl_word band;                     /* mids that would not have tripped the breaker (breaker.h) */
  rl_word suspended;                /* sources that had a level and no vote: a bit by index */
  struct {
    rl_tick_words tick;
    rl_word votes_until_ns;         /* first instant at which this tick may not vote */
  } voters[RL_SOURCES_PER_PAIR_MAX];
} rl_board;

/* What the pair's breaker says, in words: written when that changes, and before the board. */
typedef struct rl_trip_words {
  rl_seqlock lock; /* guards all that follows */
  rl_word why;
  rl_word levels;  /* from, and to in the upper half */
  rl_word since_ns;
  rl_word until_ns;
} rl_trip_words;

/* The books of a board's voters, in their order, of a pair that is by_depth (depth.c). The board's
 * lock guards them, too. They stand apart, so that the boards of all other pairs stay small. */
typedef struct rl_book_words {
  rl_word sizes;                   /* of the best bid and ask */
  rl_word counts;                  /* of the levels behind them */
  rl_word bids[RL_LEVELS_MAX - 1]; /* price, size */
  rl_word asks[RL_LEVELS_MAX - 1];
} rl_book_words;

typedef struct rl_books {
  rl_book_words voters[RL_SOURCES_PER_PAIR_MAX];
} rl_books;

typedef struct rl_pair_state {
  rl_board board;
  rl_slots live;
  rl_slots references;
  rl_word last_mid_half;    /* of the newest board that had a price, in its half units; 0 before */
  rl_volatility volatility; /* intake only */
  rl_breaker breaker;       /* intake only */
  uint64_t resumes_taken;   /* intake only: of `resumes`, those that the breaker knows of */
  rl_word resumes;          /* by hand, counted by whoever resumes: never the intake */
  rl_trip_words trip;
} rl_pair_state;

typedef struct rl_source_state {
  char name[RL_SOURCE_NAME_MAX + 1]; /* set before the source is counted */
  rl_source_class class;
  RL_CACHE_ALIGNED rl_word ticks;
  rl_word last_ns;
  rl_tally tally;
  rl_clock_offset clock;
} rl_source_state;

typedef struct rl_primary_places rl_primary_places;

/* --- triangles (triangle.c) --- */

/* A triangle that is watched. Intake only; but for the bounds, which never change. */
typedef struct rl_triangle_state {
  RL_CACHE_ALIGNED rl_triangle_side sides[3]; /* AB, BC, AC */
  int64_t earns_until_ns; /* it earns beyond its limit, until then as far as is known; 0: it does
                             not */
  rl_triangle_bounds bounds;
} rl_triangle_state;

typedef struct rl_triangles {
  rl_word earning;           /* pairs of which the next array has an instant: mostly none */
  rl_word *earns_until_ns;   /* for each pair the latest instant of its triangles; 0: none earns */
  rl_triangle_state *states; /* as many as the universe has triangles */
} rl_triangles;

struct rl_market {
  const rl_universe *universe;
  rl_primary_places *primaries; /* a universe's lists, in its order; NULL without any */
  rl_books **books;        /* by pair, NULL where it is not by_depth; NULL where no pair is. These
                              addresses never change */
  unsigned pair_count;
  rl_word source_count;    /* published with release */
  rl_word reference_count; /* of them, those of class reference */
  rl_source_state sources[RL_SOURCES_MAX];
  /* A bit for each pair that a fixing speaks of. A hint, set behind the slot: most pairs have none,
   * and a reference through pivots would look for each leg's in memory that nobody else needs. */
  rl_word fixed[(RL_PAIRS_MAX + 63) / 64];
  /* A bit for each pair that is halted by hand: written by whoever halts, one at a time, never by
   * the intake. Apart from the boards because those have one writer each; one word for 64 pairs
   * because every read of a price asks it, and most find nothing. */
  rl_word halted[(RL_PAIRS_MAX + 63) / 64];
  rl_triangles triangles;
  rl_pair_state pairs[]; /* pair_count */
};

static inline unsigned rl_slots_count(const rl_slots *slots)
{
  return (unsigned)rl_word_load_acquire(&slots->count);
}

static inline rl_slot *rl_slots_at(const rl_slots *slots, unsigned index)
{
  return (rl_slot *)(uintptr_t)rl_word_load(&slots->slots[index]);
}

static inline bool rl_pair_is_fixed(const rl_market *market, rl_pair pair)
{
  return rl_word_load(&market->fixed[pair.index / 64]) >> pair.index % 64 & 1;
}

static inline bool rl_pair_is_halted(const rl_market *market, rl_pair pair)
{
  return rl_word_load(&market->halted[pair.index / 64]) >> pair.index % 64 & 1;
}

/* The slot of a source among these, or NULL. Any thread. */
rl_slot *rl_slots_find(const rl_slots *slots, rl_source source);
/* Intake. A further slot for a source that has none; NULL when there is no room or memory. */
rl_slot *rl_slots_add(rl_slots *slots, rl_source source);
void rl_slots_free(rl_slots *slots);

/* Intake. A fixing speaks of the pair. */
static inline void rl_market_mark_fixed(rl_market *market, rl_pair pair)
{
  rl_word *word = &market->fixed[pair.index / 64];
  rl_word_store(word, rl_word_load(word) | 1ull << pair.index % 64);
}

static inline const rl_source_state *rl_source_state_of(const rl_market *market, rl_source source)
{
  RL_ASSERT(source.index < rl_market_source_count(market));
  return &market->sources[source.index];
}

static inline const rl_pair_state *rl_pair_state_of(const rl_market *market, rl_pair pair)
{
  RL_ASSERT(pair.index < market->pair_count);
  return &market->pairs[pair.index];
}

/* --- ticks as words --- */

static inline void rl_tick_words_store(rl_tick_words *words, const rl_composite_tick *tick)
{
  rl_seqlock_store(&words->words[0], tick->sequence | (uint64_t)tick->source.index << 56);
  rl_seqlock_store(&words->words[1], (uint64_t)tick->source_utc_ms);
  rl_seqlock_store(&words->words[2], (uint64_t)tick->arrival_mono_ns);
  rl_seqlock_store(&words->words[3], tick->bid | (uint64_t)tick->ask << 32);
}

static inline void rl_tick_words_load(const rl_tick_words *words, rl_composite_tick *tick)
{
  uint64_t who = rl_seqlock_load(&words->words[0]);
  uint64_t sides = rl_seqlock_load(&words->words[3]);
  tick->sequence = who & RL_SEQUENCE_MAX;
  tick->source.index = (uint8_t)(who >> 56);
  tick->source_utc_ms = (int64_t)rl_seqlock_load(&words->words[1]);
  tick->arrival_mono_ns = (int64_t)rl_seqlock_load(&words->words[2]);
  tick->bid = (uint32_t)sides;
  tick->ask = (uint32_t)(sides >> 32);
}

/* The last accepted tick of a slot; RL_OK only when it was read whole within *tries. `version` is
 * for asking the slot's lock again later. Any thread. */
RL_MUST_USE rl_status rl_slot_read(const rl_slot *slot, unsigned *tries, rl_composite_tick *out,
                                   uint64_t *version);

/* Intake (halt.c): has the pair's breaker judge a composite that is about to be published, and
 * shows what it says. True if the pair is halted by it. *band is what it then says of mids
 * (rl_breaker_band). */
bool rl_trip_judge(rl_market *market, rl_pair pair, const rl_composite *composite, rl_mono now,
                   uint64_t *band);

/* Intake (halt.c). */
void rl_trip_show(rl_trip_words *words, const rl_trip *trip);

/* --- the board (board.c) --- */

/* Any thread. Asks memory for a board's head and the voters that most pairs have, without waiting:
 * where there are many pairs, each read comes to boards that no core has at hand. */
static inline void rl_board_fetch(const rl_board *board)
{
  const char *line = (const char *)board;
  __builtin_prefetch(line);
  __builtin_prefetch(line + RL_CACHE_LINE);
  __builtin_prefetch(line + 2 * RL_CACHE_LINE);
}

/* Intake: one voter with the instant at which it stops to vote. */
typedef struct rl_voter {
  rl_composite_tick tick;
  int64_t votes_until_ns;
  const rl_depth *depth; /* levels behind `tick`, at the pair's scale (form.h); the intake's own.
                            NULL, and the sizes 0, unless the pair's by_depth */
  uint32_t bid_size;     /* of `tick`: base currency, whole units; 0 if unknown */
  uint32_t ask_size;
  rl_outliers *outliers; /* the source's own, to be counted in */
} rl_voter;

/* --- books beside the board (depth.c) --- */

/* For every pair that is by_depth, or RL_NO_MEMORY. */
RL_MUST_USE rl_status rl_books_create(rl_market *market);
void rl_books_free(rl_market *market);
/* Intake, within a write of the board. */
void rl_book_store(rl_book_words *words, uint32_t bid_size, uint32_t ask_size,
                   const rl_depth *depth);

/* --- lists of primary sources (primaries.c); intake only --- */

/* RL_NO_MEMORY, or the market's lists, which know no source yet. */
RL_MUST_USE rl_status rl_primaries_create(rl_market *market);
/* A new source: finds its place on every list. */
void rl_primaries_note(rl_market *market, rl_source source, const char *name);
/* Of the voters of a pair with a list those that are on it, in its order. Returns how many. */
unsigned rl_primaries_order(const rl_market *market, rl_pair pair, const rl_voter *voters,
                            unsigned count, rl_voter out[RL_PRIMARIES_MAX]);

/* Who votes on a pair's composite, and why nobody does. */
typedef struct rl_election {
  const rl_voter *voters;
  unsigned count;
  uint64_t suspended;     /* sources that have a level and no vote: a bit by index */
  bool outnumbered;       /* count is 0 because these are more than would vote */
  int64_t heard_until_ns; /* first instant at which all that was heard is stale */
} rl_election;

/* Intake: makes the pair's composite of these votes at `now` and publishes it. */
void rl_board_publish(rl_market *market, rl_pair pair, const rl_election *election, rl_mono now);

/* What choosing a way needs of a pair, without its ticks. */
typedef struct rl_price {
  rl_refusal refusal;
  uint32_t bid_half;
  uint32_t mid_half;
  uint32_t ask_half;
} rl_price;

/* Any thread. *tries counts down with each torn read and is left at 0 for MARKET_BUSY. */
rl_price rl_board_peek(const rl_market *market, rl_pair pair, rl_mono now, unsigned *tries);
rl_refusal rl_board_read(const rl_market *market, rl_pair pair, rl_mono now, unsigned *tries,
                         rl_composite *out);

/* Memory for the universe's triangles; none where it has none. After a failure, too, it is given
 * back by fini. */
RL_MUST_USE rl_status rl_triangles_init(rl_triangles *triangles, const rl_universe *universe);
void rl_triangles_fini(rl_triangles *triangles);
/* Intake: the pair's board is published with this composite. */
void rl_triangles_note(rl_market *market, const rl_composite *composite, rl_mono now);

/* Any thread: measures the pair's triangles anew. */
bool rl_triangles_earn_at(const rl_market *market, rl_pair pair, rl_mono now);

/* Any thread, under a ns while no triangle earns: whether one of the pair's earns beyond its limit.
 * Of one that was found to earn the reader looks himself, once its prices are no more those that
 * were measured. */
static inline bool rl_triangles_earn(const rl_market *market, rl_pair pair, rl_mono now)
{
  if (rl_word_load(&market->triangles.earning) == 0)
    return false;
  int64_t until_ns = (int64_t)rl_word_load(&market->triangles.earns_until_ns[pair.index]);
  return until_ns != 0 && (now.ns < until_ns || rl_triangles_earn_at(market, pair, now));
}
