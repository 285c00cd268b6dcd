/* The recorder: the engine's side of the tape.
 *
 *   intake (the market's one writer)             the tape's writer
 *     update and composite as a record  --------->  records of a block as a frame of the file,
 *     into the block in hand; a full block          whether the block is full or not
 *     is left, and a free one taken     <---------  a block that was left and written is free
 *
 * The intake allocates nothing, waits for nobody and does no I/O. Blocks form a ring: the intake
 * appends records to the newest and publishes how many bytes are there (a release), and publishes
 * how many blocks it has begun; the writer (an acquire) writes what is there, and publishes how
 * many blocks it has done with. Bytes once published never change until their block is free.
 *
 * When no block is free the disk is too slow: updates go to the market unrecorded and are counted,
 * and the next record behind them is a GAP. Behind it, and at the begin of each segment, the intake
 * states anew who the sources are, and each pair's state before its next update: so that a reader
 * can begin there. With each update that follows it also states one pair that had none, so that
 * soon the whole market is told, and no update pays for all of it. Halts by hand are another
 * thread's: the intake looks for them at each update, and so does the tape.
 *
 * When a file cannot be written, or its disk would be left with less than RL_TAPE_LEAVES_BYTES,
 * recording stops, says why, and is tried again once a minute with a new segment; the engine quotes
 * on. */
#pragma once

#include "market/market.h"
#include "status/error.h"
#include "status/limits.h"

typedef struct rl_recorder rl_recorder;

typedef struct rl_recorder_options {
  const char *directory;   /* the tape's own; made when missing, its parent is there */
  rl_market *market;       /* outlives the recorder; nothing was applied to it yet */
  const char *universe;    /* the text that the market's universe was read from; copied */
  size_t universe_length;
  rl_clock clock;          /* the writer's */
  uint64_t boot_id;        /* of the clock's boot clock */
  int64_t keep_ms;         /* segments older than this are let go; 0: none */
  uint64_t keep_bytes;     /* and the oldest while there are more; 0: however many. Looked at when
                              a segment begins, so that one may come on top */
} rl_recorder_options;

/* RL_IO, with the reason, where the directory cannot be made or read; RL_NO_MEMORY. */
RL_MUST_USE rl_status rl_recorder_open(const rl_recorder_options *options, rl_recorder **out,
                                       rl_error *error);
/* Writes what is there and closes the file. No other thread may use the recorder any more. */
void rl_recorder_close(rl_recorder *recorder);

/* Intake thread: applies the update to the market and records both. What the market says is
 * returned. */
rl_verdict rl_recorder_apply(rl_recorder *recorder, rl_source source, const rl_tick *tick,
                             rl_now now);

/* The tape's writer, one thread, every RL_TAPE_WRITE_MS: writes full blocks, and those that hold
 * anything older than RL_TAPE_FLUSH_MS; begins segments and lets go of old ones. May wait for the
 * disk. */
void rl_recorder_write(rl_recorder *recorder);
/* The same with all that is there. */
void rl_recorder_write_all(rl_recorder *recorder);

typedef struct rl_recorder_state {
  bool stopped;             /* a file could not be written: nothing is recorded now */
  char trouble[RL_TROUBLE_MAX]; /* why, "" if it never was */
  uint64_t updates;         /* recorded since the start */
  uint64_t lost;            /* that found no free block, or while it was stopped */
  uint64_t bytes;           /* written */
  uint64_t segments;        /* begun */
} rl_recorder_state;

/* Any thread. */
void rl_recorder_state_read(rl_recorder *recorder, rl_recorder_state *out);
