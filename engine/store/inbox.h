/* What waits for the writer: records and pointers to jobs, in one order, bounded in bytes.
 *
 * Two buffers. Producers append to one under a short lock; the writer exchanges the two under the
 * same lock and then works through its own without any. What is left in the writer's buffer (no
 * space on the disk) stays there until it is done with, while producers fill the other.
 *
 * `news` is set by every append and by closing, and cleared when the writer wakes: the writer
 * sleeps on it rather than on "not empty", since a buffer that must be kept is never empty. */
#pragma once

#include "status/status.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum rl_entry_kind { RL_ENTRY_RECORD = 1, RL_ENTRY_JOB, RL_ENTRY_TARIFF } rl_entry_kind;

typedef struct rl_inbox_buffer {
  uint8_t *bytes;
  size_t used;
} rl_inbox_buffer;

/* One entry of a buffer, in place. */
typedef struct rl_entry {
  rl_entry_kind kind;
  size_t size;          /* bytes of a record */
  const uint8_t *bytes; /* of a record */
  void **pointer;       /* of a job or tariff: NULL once it was answered */
} rl_entry;

typedef struct rl_inbox {
  pthread_mutex_t lock;
  pthread_cond_t wake;
  rl_inbox_buffer filling;  /* under the lock */
  rl_inbox_buffer draining; /* the writer's alone */
  size_t room;              /* bytes of each buffer */
  size_t jobs;              /* handed in and not yet answered; under the lock */
  bool news;                /* under the lock */
  bool asleep;              /* the writer waits; under the lock */
  bool closed;              /* under the lock */
} rl_inbox;

RL_MUST_USE rl_status rl_inbox_init(rl_inbox *inbox, size_t room);
void rl_inbox_fini(rl_inbox *inbox);

/* Any thread. RL_FULL without room, RL_CLOSED after closing. A pointer must stay good until it is
 * answered; of jobs there are at most RL_PENDING_ENDS_MAX. */
RL_MUST_USE rl_status rl_inbox_put_record(rl_inbox *inbox, const uint8_t *record, size_t size);
RL_MUST_USE rl_status rl_inbox_put_pointer(rl_inbox *inbox, rl_entry_kind kind, void *pointer);
/* Any thread: wakes the writer for something that is not in here. */
void rl_inbox_nudge(rl_inbox *inbox);
/* Nothing more is taken; the writer wakes. */
void rl_inbox_close(rl_inbox *inbox);
/* Any thread: jobs not yet answered, bytes that wait. */
void rl_inbox_load(const rl_inbox *inbox, uint64_t *jobs, uint64_t *bytes);
/* A job was answered. */
void rl_inbox_job_done(rl_inbox *inbox);

/* The writer. Waits for news, at most `timeout_ms` if that is not negative; false once closed. */
bool rl_inbox_wait(rl_inbox *inbox, int timeout_ms);
/* The writer, with its buffer done: takes what was filled. */
void rl_inbox_swap(rl_inbox *inbox);
/* Walks a buffer: *offset starts at 0. */
bool rl_inbox_next(const rl_inbox_buffer *buffer, size_t *offset, rl_entry *out);
/* The writer: takes up to `most` pointers out of the buffer that producers fill, so that they can
 * be refused while the writer's own is kept. Returns how many. */
size_t rl_inbox_take_pointers(rl_inbox *inbox, size_t most, rl_entry_kind *kinds, void **pointers);
