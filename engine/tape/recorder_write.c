/* The writer's half of the recorder: files. The head of recorder.h says how it meets the intake. */
#include "tape/recorder_ring.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* --- trouble --- */

static bool is_stopped(const rl_recorder *recorder)
{
  return rl_word_load(&recorder->turn) % 2 != 0;
}

static void turn_to(rl_recorder *recorder, bool stopped)
{
  if (is_stopped(recorder) != stopped)
    rl_word_store_release(&recorder->turn, rl_word_load(&recorder->turn) + 1);
}

static void let_file_go(rl_recorder *recorder)
{
  if (recorder->writer.file >= 0)
    close(recorder->writer.file);
  recorder->writer.file = -1;
}

/* Gives the file up: what is there of a frame that failed is cut off, so that its good part reads
 * to an end. */
static void stop(rl_recorder *recorder, const char *what)
{
  char reason[sizeof recorder->trouble];
  snprintf(reason, sizeof reason, "segment %" PRIu64 " %s: %s", recorder->writer.number, what,
           strerror(errno));
  if (recorder->writer.file >= 0 &&
      ftruncate(recorder->writer.file, (off_t)recorder->writer.good_size) != 0)
    snprintf(reason, sizeof reason, "segment %" PRIu64 " %s, nor cut: %s",
             recorder->writer.number, what, strerror(errno));
  let_file_go(recorder);
  recorder->writer.stopped_ns = rl_clock_read(&recorder->clock).mono.ns;
  pthread_mutex_lock(&recorder->trouble_mutex);
  memcpy(recorder->trouble, reason, sizeof reason);
  pthread_mutex_unlock(&recorder->trouble_mutex);
  turn_to(recorder, true);
}

/* Whether the disk has more left than the tape leaves of it; true where nobody can say. */
static bool has_room(const rl_recorder *recorder)
{
  struct statvfs disk;
  if (fstatvfs(recorder->writer.file, &disk) != 0)
    return true;
  return disk.f_bavail > RL_TAPE_LEAVES_BYTES / disk.f_frsize;
}

static bool write_bytes(rl_recorder *recorder, const uint8_t *bytes, size_t size)
{
  if (!has_room(recorder)) {
    errno = ENOSPC;
    return false;
  }
  for (size_t written = 0; written < size;) {
    ssize_t got = write(recorder->writer.file, bytes + written, size - written);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return false;
    written += (size_t)got;
  }
  recorder->writer.good_size += size;
  rl_word_store(&recorder->bytes, rl_word_load(&recorder->bytes) + size);
  return true;
}

bool rl_recorder_close_file(rl_recorder *recorder)
{
  bool durable = recorder->writer.file < 0 || fdatasync(recorder->writer.file) == 0;
  int why = errno;
  let_file_go(recorder);
  errno = why;
  return durable;
}

/* --- letting go --- */

/* A segment's last record is no younger than the next one's first. Segments of a time when the wall
 * clock was ahead stay until then, and those behind them do not wait for it. */
static bool is_old(const rl_recorder *recorder, const rl_segment_list *list, size_t place,
                   rl_utc now)
{
  return recorder->keep_ms != 0 &&
         list->names[place + 1].start_utc_ms < now.ms - recorder->keep_ms;
}

static uint64_t size_of(const char *path)
{
  struct stat found;
  return stat(path, &found) == 0 ? (uint64_t)found.st_size : 0;
}

/* From the newest on, which stays. */
static void let_go(const rl_recorder *recorder, rl_utc now)
{
  rl_segment_list list;
  uint64_t bytes = 0;
  if (rl_segment_list_read(recorder->directory, &list, NULL) != RL_OK)
    return;
  for (size_t i = list.count; i-- > 0;) {
    char path[RL_SEGMENT_PATH_MAX];
    if (rl_segment_path(recorder->directory, list.names[i], path) != RL_OK)
      continue;
    bytes += size_of(path);
    bool too_many = recorder->keep_bytes != 0 && bytes > recorder->keep_bytes;
    if (i + 1 < list.count && (too_many || is_old(recorder, &list, i, now)))
      unlink(path);
  }
  rl_segment_list_free(&list);
}

/* --- segments --- */

static bool write_head(rl_recorder *recorder, const rl_block *block)
{
  rl_segment_head head = {
    .number = recorder->writer.number,
    .boot_id = recorder->boot_id,
    .run_ns = recorder->run_ns,
    .start = block->start,
    .continues = block->continues,
    .version = RL_VERSION,
    .universe_hash = recorder->universe_hash,
    .universe_length = recorder->universe_length,
    .universe = recorder->universe,
  };
  size_t size = rl_segment_head_size(&head);
  uint8_t *bytes = malloc(size);
  if (!bytes)
    return false;
  rl_writer out = rl_writer_over(bytes, size);
  rl_segment_put_head(&head, &out);
  RL_ASSERT(!out.failed && out.used == size);
  bool written = write_bytes(recorder, bytes, size);
  free(bytes);
  return written;
}

static void begin_segment(rl_recorder *recorder, const rl_block *block)
{
  char path[RL_SEGMENT_PATH_MAX];
  if (!rl_recorder_close_file(recorder)) {
    stop(recorder, "cannot be made durable");
    return;
  }
  rl_segment_name name = {++recorder->writer.number, block->start.utc.ms};
  recorder->writer.place = 0;
  recorder->writer.good_size = 0;
  if (rl_segment_path(recorder->directory, name, path) != RL_OK)
    errno = ENAMETOOLONG;
  else
    recorder->writer.file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (recorder->writer.file < 0) {
    stop(recorder, "cannot be made");
  } else if (!write_head(recorder, block)) {
    stop(recorder, "cannot be written");
    unlink(path); /* not a file a minute for as long as the disk is full */
  } else {
    rl_word_store(&recorder->segments, rl_word_load(&recorder->segments) + 1);
    /* A wall clock that was just set is believed a segment later, not at once: what is let go on a
     * wrong one's word is gone. */
    if (recorder->writer.segment_start.mono.ns == 0 ||
        !rl_wall_was_set(recorder->writer.segment_start, block->start))
      let_go(recorder, rl_clock_read(&recorder->clock).utc);
    recorder->writer.segment_start = block->start;
  }
}

static void write_frame(rl_recorder *recorder, const rl_block *block, size_t used)
{
  size_t from = recorder->writer.flushed;
  rl_writer out = rl_writer_over(recorder->writer.frame, sizeof recorder->writer.frame);
  rl_segment_put_frame(recorder->writer.number, recorder->writer.place++, block->bytes + from,
                       used - from, &out);
  RL_ASSERT(!out.failed);
  if (!write_bytes(recorder, recorder->writer.frame, out.used))
    stop(recorder, "cannot be written");
}

/* --- blocks --- */

/* Once recording stopped, blocks that belong to the file given up are passed over. The intake
 * begins the next segment, in a block of its own, when it may record again. */
static void write_block(rl_recorder *recorder, const rl_block *block, size_t used)
{
  if (!is_stopped(recorder)) {
    if (block->begins_segment && recorder->writer.flushed == 0)
      begin_segment(recorder, block);
    if (recorder->writer.file >= 0)
      write_frame(recorder, block, used);
  }
  recorder->writer.flushed = used;
}

static void write_blocks(rl_recorder *recorder, bool partial)
{
  uint64_t done = rl_word_load(&recorder->done);
  for (uint64_t begun; done < (begun = rl_word_load_acquire(&recorder->begun));) {
    const rl_block *block = &recorder->blocks[done % RL_TAPE_BLOCKS];
    bool left = done + 1 < begun; /* looked at before `used`, which is then final */
    size_t used = rl_word_load_acquire(&block->used);
    if (used > recorder->writer.flushed && (left || partial))
      write_block(recorder, block, used);
    if (!left)
      return;
    recorder->writer.flushed = 0;
    rl_word_store_release(&recorder->done, ++done); /* partner: the acquire of the intake */
  }
}

void rl_recorder_write(rl_recorder *recorder)
{
  int64_t now_ns = rl_clock_read(&recorder->clock).mono.ns;
  if (is_stopped(recorder) &&
      now_ns - recorder->writer.stopped_ns >= RL_TAPE_RETRY_MS * RL_NS_PER_MS)
    turn_to(recorder, false);
  bool partial = now_ns - recorder->writer.flushed_ns >= RL_TAPE_FLUSH_MS * RL_NS_PER_MS;
  if (partial)
    recorder->writer.flushed_ns = now_ns;
  write_blocks(recorder, partial);
}

void rl_recorder_write_all(rl_recorder *recorder)
{
  write_blocks(recorder, true);
}

void rl_recorder_state_read(rl_recorder *recorder, rl_recorder_state *out)
{
  *out = (rl_recorder_state){
    .stopped = is_stopped(recorder),
    .updates = rl_word_load(&recorder->updates),
    .lost = rl_word_load(&recorder->lost),
    .bytes = rl_word_load(&recorder->bytes),
    .segments = rl_word_load(&recorder->segments),
  };
  pthread_mutex_lock(&recorder->trouble_mutex);
  memcpy(out->trouble, recorder->trouble, sizeof out->trouble);
  pthread_mutex_unlock(&recorder->trouble_mutex);
}
