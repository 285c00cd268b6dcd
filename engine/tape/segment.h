/* A segment: one file of the tape, and the directory of them. Private to this room.
 *
 *   head    8 bytes "rl.tape\n", u32 layout, u32 size of the head
 *           u64 number, u64 boot, i64 boot clock of the recorder's start in ns (with the boot it
 *           names the run), i64 and i64 boot clock in ns and wall clock in ms of the first record,
 *           u8 whether it continues the segment before without a loss, text version of the engine,
 *           u64 checksum, u32 length and bytes of the universe
 *           u64 checksum of all that
 *   frames  u32 bytes of records, u32 place of the frame in the file from 0, u64 number of the
 *           segment, the records (record.h), u64 checksum of all that
 *
 * Whatever its state, a file is read from its head to the first frame that is cut or does not
 * check: frames before are good, and nothing behind is trusted, since an update is told as a
 * difference. Records never straddle frames. Only the last frames of a file can be cut, by a crash
 * or a full disk; an engine that starts again begins a new file and mends none. */
#pragma once

#include "status/error.h"
#include "status/limits.h"
#include "tape/record.h"

#define RL_SEGMENT_PATH_MAX 512
/* Bytes of records in one frame, at most: a block of the recorder's. */
#define RL_FRAME_RECORDS_MAX RL_TAPE_BLOCK_SIZE
#define RL_FRAME_HEAD_SIZE 16
#define RL_FRAME_SIZE_MAX (RL_FRAME_HEAD_SIZE + RL_FRAME_RECORDS_MAX + RL_CHECKSUM_SIZE)
#define RL_SEGMENT_VERSION_MAX 31

typedef struct rl_segment_head {
  uint64_t number;
  uint64_t boot_id;
  int64_t run_ns;  /* boot clock at the recorder's start: runs of one boot differ by it */
  rl_now start;    /* of the first record */
  bool continues;  /* the segment of the number before, of the same run: nothing is lost between */
  char version[RL_SEGMENT_VERSION_MAX + 1]; /* of the engine */
  uint64_t universe_hash;
  size_t universe_length;
  const char *universe; /* its text, with a NUL behind; of whoever has the head */
} rl_segment_head;

static inline bool rl_segment_same_run(const rl_segment_head *left, const rl_segment_head *right)
{
  return left->boot_id == right->boot_id && left->run_ns == right->run_ns;
}

/* --- the directory --- */

/* A segment by its name. */
typedef struct rl_segment_name {
  uint64_t number;
  int64_t start_utc_ms;
} rl_segment_name;

typedef struct rl_segment_list {
  rl_segment_name *names; /* by rising number */
  size_t count;
} rl_segment_list;

/* All segments of a directory; other files are passed over. RL_NOT_FOUND if there is no such
 * directory, RL_IO, RL_NO_MEMORY. */
RL_MUST_USE rl_status rl_segment_list_read(const char *directory, rl_segment_list *out,
                                           rl_error *error);
void rl_segment_list_free(rl_segment_list *list);
/* False where the segment at this place of the list has no record of from <= utc_ms < to: judged by
 * where it begins and how long it may be. Where the next one begins tells nothing: the wall clock
 * may have been set between the two. */
bool rl_segment_may_hold(const rl_segment_list *list, size_t place, rl_utc from, rl_utc to);
/* DIRECTORY/NUMBER-START.tape. RL_OUT_OF_RANGE if it does not fit. */
RL_MUST_USE rl_status rl_segment_path(const char *directory, rl_segment_name name,
                                      char out[RL_SEGMENT_PATH_MAX]);

/* --- writing --- */

/* Bytes of the head. */
size_t rl_segment_head_size(const rl_segment_head *head);
void rl_segment_put_head(const rl_segment_head *head, rl_writer *out);
void rl_segment_put_frame(uint64_t number, uint32_t place, const void *records, size_t size,
                          rl_writer *out);

/* --- reading --- */

typedef struct rl_segment rl_segment;

/* Opens a file and reads its head. RL_CORRUPT, RL_FOREIGN for another layout, RL_CLOSED where it
 * ends before its head does, RL_IO, RL_NO_MEMORY; *error says where. */
RL_MUST_USE rl_status rl_segment_open(const char *path, rl_segment **out, rl_error *error);
const rl_segment_head *rl_segment_head_of(const rl_segment *segment);
/* The next record, good until the next call. RL_NOT_FOUND at the end, RL_CLOSED where a frame is
 * cut there, RL_CORRUPT where one does not check, RL_IO; *error says where, and the same follows
 * for ever. */
RL_MUST_USE rl_status rl_segment_next(rl_segment *segment, rl_tape_record *out, rl_error *error);
void rl_segment_close(rl_segment *segment);
