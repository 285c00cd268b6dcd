/* A record: one thing that happened to the market, as the tape keeps it. Private to this room and
 * to whoever rebuilds a market of them.
 *
 *   RESET    the clocks in full; all that later records are told as differences to is forgotten.
 *            Each block begins with one
 *   SOURCE   a source's index, class and name: before its first update in a stretch
 *   PAIR     a pair's whole state in the intake (market/checkpoint.h): before its first update in a
 *            stretch, and for pairs without one soon behind the stretch's begin
 *   WHOLE    from here on each pair that any source ever spoke of had its PAIR in this stretch
 *   HALTED   which of 64 pairs are halted by hand, as found at the update before it: where that
 *            changed, and in each stretch where any is
 *   GAP      updates were lost before this: a new stretch begins
 *   UPDATE   one update as it came to the market, what the market said of it, and the pair's new
 *            composite if it made one
 *
 * A stretch runs from the begin of a segment, or from a GAP, to the next of either: nothing is
 * missing in it. An update is told as differences to the one before of the same source and pair,
 * and to what a steady feed would have sent:
 *
 *   byte    bits 0-1  0 (UPDATE); else 1, and the kind in bits 2-4
 *                  2  at the very instant of the record before
 *                  3  of the same source as the update before, 4 of the same pair
 *                  5  its sequence follows on the source's last of the pair
 *                  6  its source's time is as far from ours as it was then
 *                  7  seldom things follow in a byte of their own
 *   byte    bits 0-3  the verdict
 *                  4  the pair has a new composite, 5 with the three prices of the one before
 *                  6  other things of the composite are not as expected, and follow
 *                  7  the wall clock is not where the boot clock makes it expected
 *   byte    if seldom: 0 other decimals, 1 other sizes, 2 depth, 3 withdrawn, 4 the pair was
 *           resumed by hand, which the intake heard of with this update
 *
 * and then, each only where its bit says so, as variable-length numbers: the boot clock's advance
 * in ns, the wall clock's deviation in ms, source, pair, sequence, source's time, bid, ask, what is
 * seldom, the composite.
 *
 * Contexts (what was last) stand in tables that a source's or pair's index leads to directly; one
 * that meets another there takes its place, in the same way when writing as when reading. So their
 * memory is bounded, whatever the number of pairs, and costs at worst some bytes. */
#pragma once

#include "bytes/bytes.h"
#include "market/checkpoint.h"

typedef enum rl_tape_record_kind {
  RL_TAPE_RECORD_UPDATE,
  RL_TAPE_RECORD_RESET,
  RL_TAPE_RECORD_SOURCE,
  RL_TAPE_RECORD_PAIR,
  RL_TAPE_RECORD_WHOLE,
  RL_TAPE_RECORD_GAP,
  RL_TAPE_RECORD_HALTED,
} rl_tape_record_kind;

/* Bytes of the largest record but PAIR, which has its own bound in market/checkpoint.h. */
#define RL_TAPE_RECORD_MAX 640

typedef struct rl_tape_record {
  rl_tape_record_kind kind;
  rl_now now;        /* of the last update or reset up to here */
  rl_source source;  /* SOURCE, UPDATE */
  rl_pair pair;      /* PAIR; an update's is in its tick */
  /* SOURCE */
  rl_source_class class;
  char name[RL_SOURCE_NAME_MAX + 1];
  /* PAIR: into the reader's bytes */
  const uint8_t *state;
  size_t state_size;
  /* HALTED */
  unsigned halted_place; /* of the word in the market */
  uint64_t halted;       /* a bit for each pair */
  /* GAP */
  uint64_t lost; /* updates */
  /* UPDATE */
  rl_tick tick;      /* its depth points to `depth` of the record */
  rl_verdict verdict;
  bool resumed;      /* by hand, before it */
  bool published;    /* `face` is new */
  rl_market_face face;
  rl_depth depth;
} rl_tape_record;

/* What was last: the one who writes records has one, the one who reads them another. */
typedef struct rl_tape_context rl_tape_context;

RL_MUST_USE rl_status rl_tape_context_create(rl_tape_context **out);
void rl_tape_context_destroy(rl_tape_context *context);

/* --- writing; nothing here allocates --- */

void rl_tape_record_put_reset(rl_tape_context *context, rl_now now, rl_writer *out);
void rl_tape_record_put_source(rl_source source, rl_source_class class, const char *name,
                          rl_writer *out);
void rl_tape_record_put_pair(rl_pair pair, const void *state, size_t size, rl_writer *out);
void rl_tape_record_put_whole(rl_writer *out);
void rl_tape_record_put_gap(uint64_t lost, rl_writer *out);
void rl_tape_record_put_halted(unsigned place, uint64_t halted, rl_writer *out);
/* An update and what the market made of it. */
typedef struct rl_tape_update {
  rl_source source;
  const rl_tick *tick;
  rl_verdict verdict;
  rl_now now;
  bool resumed;               /* as in the record */
  const rl_market_face *face; /* the pair's new composite, or NULL if the update made none */
} rl_tape_update;

void rl_tape_record_put_update(rl_tape_context *context, const rl_tape_update *update,
                               rl_writer *out);

/* --- reading --- */

/* The next record. False, and the reader failed, where the bytes are none. Total: a source is
 * below RL_SOURCES_MAX, a pair below RL_PAIRS_MAX, a depth within its bounds. *out is reused from
 * call to call; its depth and state are good until the next. */
bool rl_tape_record_get(rl_tape_context *context, rl_reader *bytes, rl_tape_record *out);
