#include "store/inbox.h"

#include "status/limits.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Before each entry; the entry follows, padded so that the next head is aligned. */
typedef struct rl_entry_head {
  uint32_t kind;
  uint32_t size;
} rl_entry_head;

static size_t padded(size_t size)
{
  return sizeof(rl_entry_head) + ((size + 7) & ~(size_t)7);
}

static rl_status init_lock(rl_inbox *inbox)
{
  pthread_condattr_t attributes;
  if (pthread_condattr_init(&attributes) != 0)
    return RL_NO_MEMORY;
  bool made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0
              && pthread_cond_init(&inbox->wake, &attributes) == 0;
  pthread_condattr_destroy(&attributes);
  if (!made)
    return RL_NO_MEMORY;
  if (pthread_mutex_init(&inbox->lock, NULL) == 0)
    return RL_OK;
  pthread_cond_destroy(&inbox->wake);
  return RL_NO_MEMORY;
}

rl_status rl_inbox_init(rl_inbox *inbox, size_t room)
{
  *inbox = (rl_inbox){.room = room};
  inbox->filling.bytes = malloc(room);
  inbox->draining.bytes = malloc(room);
  rl_status status = RL_NO_MEMORY;
  if (inbox->filling.bytes && inbox->draining.bytes)
    status = init_lock(inbox);
  if (status != RL_OK) {
    free(inbox->filling.bytes);
    free(inbox->draining.bytes);
  }
  return status;
}

void rl_inbox_fini(rl_inbox *inbox)
{
  pthread_mutex_destroy(&inbox->lock);
  pthread_cond_destroy(&inbox->wake);
  free(inbox->filling.bytes);
  free(inbox->draining.bytes);
}

static rl_status append(rl_inbox *inbox, rl_entry_kind kind, const void *bytes, size_t size)
{
  rl_inbox_buffer *filling = &inbox->filling;
  if (inbox->closed)
    return RL_CLOSED;
  if (padded(size) > inbox->room - filling->used
      || (kind == RL_ENTRY_JOB && inbox->jobs == RL_PENDING_ENDS_MAX))
    return RL_FULL;
  rl_entry_head head = {.kind = kind, .size = (uint32_t)size};
  memcpy(filling->bytes + filling->used, &head, sizeof head);
  memcpy(filling->bytes + filling->used + sizeof head, bytes, size);
  filling->used += padded(size);
  inbox->jobs += kind == RL_ENTRY_JOB;
  inbox->news = true;
  return RL_OK;
}

static rl_status put(rl_inbox *inbox, rl_entry_kind kind, const void *bytes, size_t size)
{
  pthread_mutex_lock(&inbox->lock);
  rl_status status = append(inbox, kind, bytes, size);
  bool wake = status == RL_OK && inbox->asleep;
  pthread_mutex_unlock(&inbox->lock);
  if (wake)
    pthread_cond_signal(&inbox->wake);
  return status;
}

rl_status rl_inbox_put_record(rl_inbox *inbox, const uint8_t *record, size_t size)
{
  return put(inbox, RL_ENTRY_RECORD, record, size);
}

rl_status rl_inbox_put_pointer(rl_inbox *inbox, rl_entry_kind kind, void *pointer)
{
  return put(inbox, kind, &pointer, sizeof pointer);
}

void rl_inbox_nudge(rl_inbox *inbox)
{
  pthread_mutex_lock(&inbox->lock);
  inbox->news = true;
  pthread_mutex_unlock(&inbox->lock);
  pthread_cond_signal(&inbox->wake);
}

void rl_inbox_close(rl_inbox *inbox)
{
  pthread_mutex_lock(&inbox->lock);
  inbox->closed = true;
  inbox->news = true;
  pthread_mutex_unlock(&inbox->lock);
  pthread_cond_signal(&inbox->wake);
}

void rl_inbox_load(const rl_inbox *inbox, uint64_t *jobs, uint64_t *bytes)
{
  pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&inbox->lock;
  pthread_mutex_lock(lock);
  *jobs = inbox->jobs;
  *bytes = inbox->filling.used;
  pthread_mutex_unlock(lock);
}

void rl_inbox_job_done(rl_inbox *inbox)
{
  pthread_mutex_lock(&inbox->lock);
  RL_ASSERT(inbox->jobs > 0);
  inbox->jobs--;
  pthread_mutex_unlock(&inbox->lock);
}

static struct timespec after(int timeout_ms)
{
  struct timespec instant;
  clock_gettime(CLOCK_MONOTONIC, &instant);
  instant.tv_sec += timeout_ms / 1000;
  instant.tv_nsec += timeout_ms % 1000 * 1000000;
  if (instant.tv_nsec >= 1000000000) {
    instant.tv_sec++;
    instant.tv_nsec -= 1000000000;
  }
  return instant;
}

bool rl_inbox_wait(rl_inbox *inbox, int timeout_ms)
{
  struct timespec until = after(timeout_ms < 0 ? 0 : timeout_ms);
  pthread_mutex_lock(&inbox->lock);
  inbox->asleep = true;
  int rc = 0;
  while (!inbox->news && rc == 0) {
    rc = timeout_ms < 0 ? pthread_cond_wait(&inbox->wake, &inbox->lock)
                        : pthread_cond_timedwait(&inbox->wake, &inbox->lock, &until);
  }
  inbox->asleep = false;
  inbox->news = false;
  bool open = !inbox->closed;
  pthread_mutex_unlock(&inbox->lock);
  return open;
}

void rl_inbox_swap(rl_inbox *inbox)
{
  RL_ASSERT(inbox->draining.used == 0);
  pthread_mutex_lock(&inbox->lock);
  rl_inbox_buffer filled = inbox->filling;
  inbox->filling = inbox->draining;
  inbox->draining = filled;
  pthread_mutex_unlock(&inbox->lock);
}

bool rl_inbox_next(const rl_inbox_buffer *buffer, size_t *offset, rl_entry *out)
{
  if (*offset == buffer->used)
    return false;
  rl_entry_head head;
  uint8_t *bytes = buffer->bytes + *offset + sizeof head;
  memcpy(&head, buffer->bytes + *offset, sizeof head);
  *out = (rl_entry){.kind = (rl_entry_kind)head.kind, .size = head.size, .bytes = bytes};
  if (out->kind != RL_ENTRY_RECORD)
    out->pointer = (void **)(void *)bytes;
  *offset += padded(head.size);
  return true;
}

/* What is taken leaves no place behind: while nothing is written, those who ask again and again
 * would otherwise fill the buffer with the places of what was answered. */
size_t rl_inbox_take_pointers(rl_inbox *inbox, size_t most, rl_entry_kind *kinds, void **pointers)
{
  rl_inbox_buffer *filling = &inbox->filling;
  size_t taken = 0, kept = 0, offset = 0, from = 0;
  rl_entry entry;
  pthread_mutex_lock(&inbox->lock);
  for (; taken < most && rl_inbox_next(filling, &offset, &entry); from = offset) {
    if (entry.pointer) {
      kinds[taken] = entry.kind;
      pointers[taken++] = *entry.pointer;
    } else {
      memmove(filling->bytes + kept, filling->bytes + from, offset - from);
      kept += offset - from;
    }
  }
  memmove(filling->bytes + kept, filling->bytes + from, filling->used - from);
  filling->used = kept + filling->used - from;
  pthread_mutex_unlock(&inbox->lock);
  return taken;
}
