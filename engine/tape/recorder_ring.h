/* The recorder's memory, shared by its two halves. Private to this room. recorder.h says how the
 * two threads meet: each word here has one writer, named beside it. */
#pragma once

#include "sync/word.h"
#include "tape/recorder.h"
#include "tape/segment.h"

#include <pthread.h>

typedef struct rl_block {
  RL_CACHE_ALIGNED rl_word used; /* bytes, published by the intake */
  bool begins_segment;           /* this and the next two stand before the block is begun */
  bool continues;                /* with begins_segment: nothing was lost before it */
  rl_now start;
  uint8_t bytes[RL_TAPE_BLOCK_SIZE];
} rl_block;

struct rl_recorder {
  /* fixed at the start */
  char directory[RL_SEGMENT_PATH_MAX];
  rl_market *market;
  rl_clock clock;
  uint64_t boot_id;
  int64_t run_ns;
  int64_t keep_ms;
  uint64_t keep_bytes;
  char *universe;
  size_t universe_length;
  uint64_t universe_hash;
  unsigned pair_count;
  rl_block *blocks; /* RL_TAPE_BLOCKS: block n is at n modulo that */

  struct {
    rl_tape_context *context;
    uint32_t stretch;      /* counted from 1 */
    uint32_t *stated;      /* of each pair: the stretch in which its state was told last */
    uint64_t halted[RL_HALTED_WORDS(RL_PAIRS_MAX)]; /* as told last */
    unsigned sources_stated;
    unsigned cursor;       /* pairs before it were looked at in this stretch */
    bool whole;            /* all pairs were */
    uint64_t turn;         /* of recording, as it was seen last */
    bool broken;           /* recording stopped, and what was said since the last segment's begin
                              may be lost: a segment is to begin */
    uint64_t lost;         /* updates since the last record */
    uint64_t segment_bytes;
    rl_now segment_start;
    uint8_t state[RL_PAIR_STATE_MAX];
  } intake;

  RL_CACHE_ALIGNED rl_word begun; /* blocks; the intake's */
  rl_word updates;                /* recorded; the intake's */
  rl_word lost;                   /* the intake's */
  RL_CACHE_ALIGNED rl_word done;  /* blocks; the writer's, as are all that follow */
  rl_word turn;                   /* rises when recording stops, then odd, and when it may go on */
  rl_word bytes;
  rl_word segments;

  struct {
    int file;              /* -1: none */
    uint64_t number;       /* of the segment in hand, or of the last there was */
    uint32_t place;        /* of the next frame */
    rl_now segment_start;  /* of the segment in hand, or of the last this run made; 0: of none */
    size_t flushed;        /* bytes of the block in hand that are written, or given up */
    int64_t flushed_ns;    /* boot clock of the last write */
    int64_t stopped_ns;    /* of the last trouble */
    uint64_t good_size;    /* bytes of the file that are whole frames */
    uint8_t frame[RL_FRAME_SIZE_MAX];
  } writer;

  pthread_mutex_t trouble_mutex; /* the writer's and whoever asks */
  char trouble[sizeof((rl_recorder_state *)0)->trouble];
};

/* Whether the wall clock did not go from one instant to the other as the boot clock did. */
static inline bool rl_wall_was_set(rl_now from, rl_now to)
{
  int64_t expected_ms = from.utc.ms + (to.mono.ns - from.mono.ns) / RL_NS_PER_MS;
  int64_t off_ms = to.utc.ms - expected_ms;
  return off_ms > RL_WALL_SKEW_MS || off_ms < -RL_WALL_SKEW_MS;
}

/* The writer. Makes the file in hand durable and closes it; false, with errno, where it cannot be
 * made so. */
bool rl_recorder_close_file(rl_recorder *recorder);
