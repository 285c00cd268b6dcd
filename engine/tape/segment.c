#include "tape/segment.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAYOUT = 1 };
#define MAGIC "rl.tape\n"
#define MAGIC_SIZE 8
/* Magic, layout and size: what is read before the rest can be. */
#define HEAD_START 16
/* As large a universe as an engine takes, and the fields around it. */
#define HEAD_MAX (RL_TARIFF_TEXT_MAX + 256)

struct rl_segment {
  FILE *file;
  char path[RL_SEGMENT_PATH_MAX];
  char *head_bytes;
  rl_segment_head head;
  uint64_t offset; /* of the frame in hand, in the file */
  uint32_t place;  /* of the frame to come */
  rl_reader records;
  rl_tape_context *context;
  rl_status ended; /* RL_OK while there may be more */
  rl_error trouble;
  uint8_t frame[RL_FRAME_SIZE_MAX];
};

/* --- writing --- */

size_t rl_segment_head_size(const rl_segment_head *head)
{
  return HEAD_START + 5 * 8 + 1 + 1 + strlen(head->version) + 8 + 4 + head->universe_length +
         RL_CHECKSUM_SIZE;
}

void rl_segment_put_head(const rl_segment_head *head, rl_writer *out)
{
  rl_put_bytes(out, MAGIC, MAGIC_SIZE);
  rl_put_u32(out, LAYOUT);
  rl_put_u32(out, (uint32_t)rl_segment_head_size(head));
  rl_put_u64(out, head->number);
  rl_put_u64(out, head->boot_id);
  rl_put_i64(out, head->run_ns);
  rl_put_i64(out, head->start.mono.ns);
  rl_put_i64(out, head->start.utc.ms);
  rl_put_u8(out, head->continues);
  rl_put_text(out, head->version);
  rl_put_u64(out, head->universe_hash);
  rl_put_u32(out, (uint32_t)head->universe_length);
  rl_put_bytes(out, head->universe, head->universe_length);
  rl_put_checksum(out);
}

void rl_segment_put_frame(uint64_t number, uint32_t place, const void *records, size_t size,
                          rl_writer *out)
{
  rl_put_u32(out, (uint32_t)size);
  rl_put_u32(out, place);
  rl_put_u64(out, number);
  rl_put_bytes(out, records, size);
  rl_put_checksum(out);
}

/* --- the head --- */

/* What is wrong at this byte of the file. */
static rl_status fail_at(const char *path, uint64_t offset, rl_status status, const char *what,
                         rl_error *error)
{
  char field[32];
  snprintf(field, sizeof field, "byte %" PRIu64, offset);
  return rl_fail(error, status, path, 0, field, "%s", what);
}

/* Fewer bytes than asked for are a file cut short, unless the system says that it cannot read. */
static rl_status fail_read(const rl_segment *segment, uint64_t offset, rl_error *error)
{
  if (ferror(segment->file))
    return fail_at(segment->path, offset, RL_IO, strerror(errno), error);
  return fail_at(segment->path, offset, RL_CLOSED,
                 "ends in the middle: its engine was stopped hard or the disk was full, or it is "
                 "being written just now", error);
}

static rl_status decode_head(rl_segment *segment, size_t size, rl_error *error)
{
  if (!rl_checksum_holds(segment->head_bytes, size))
    return fail_at(segment->path, 0, RL_CORRUPT, "the head is damaged", error);
  rl_reader in = rl_reader_over(segment->head_bytes, size - RL_CHECKSUM_SIZE);
  rl_segment_head *head = &segment->head;
  in.used = HEAD_START;
  head->number = rl_get_u64(&in);
  head->boot_id = rl_get_u64(&in);
  head->run_ns = rl_get_i64(&in);
  head->start.mono.ns = rl_get_i64(&in);
  head->start.utc.ms = rl_get_i64(&in);
  uint8_t continues = rl_get_u8(&in);
  head->continues = continues == 1;
  rl_get_text(&in, head->version, sizeof head->version);
  head->universe_hash = rl_get_u64(&in);
  head->universe_length = rl_get_u32(&in);
  if (in.failed || continues > 1 || head->universe_length != in.size - in.used)
    return fail_at(segment->path, 0, RL_CORRUPT, "the head has not its form", error);
  char *universe = segment->head_bytes + in.used;
  universe[head->universe_length] = '\0'; /* over the checksum, which was looked at */
  head->universe = universe;
  if (rl_checksum(universe, head->universe_length) != head->universe_hash)
    return fail_at(segment->path, 0, RL_CORRUPT, "the universe has not its checksum", error);
  segment->offset = size;
  return RL_OK;
}

static rl_status read_head(rl_segment *segment, rl_error *error)
{
  uint8_t start[HEAD_START];
  if (fread(start, 1, sizeof start, segment->file) != sizeof start)
    return fail_read(segment, 0, error);
  if (memcmp(start, MAGIC, MAGIC_SIZE) != 0)
    return fail_at(segment->path, 0, RL_CORRUPT, "not a segment of a tape", error);
  rl_reader in = rl_reader_over(start, sizeof start);
  in.used = MAGIC_SIZE;
  uint32_t layout = rl_get_u32(&in);
  uint32_t size = rl_get_u32(&in);
  if (layout != LAYOUT)
    return fail_at(segment->path, MAGIC_SIZE, RL_FOREIGN,
                   "of another layout: read it with the version that wrote it", error);
  if (size < HEAD_START + RL_CHECKSUM_SIZE || size > HEAD_MAX)
    return fail_at(segment->path, MAGIC_SIZE, RL_CORRUPT, "the head's size is damaged", error);
  segment->head_bytes = malloc(size);
  if (!segment->head_bytes)
    return fail_at(segment->path, 0, RL_NO_MEMORY, "no memory for its head", error);
  memcpy(segment->head_bytes, start, sizeof start);
  size_t rest = size - sizeof start;
  if (fread(segment->head_bytes + sizeof start, 1, rest, segment->file) != rest)
    return fail_read(segment, sizeof start, error);
  return decode_head(segment, size, error);
}

rl_status rl_segment_open(const char *path, rl_segment **out, rl_error *error)
{
  rl_segment *segment = calloc(1, sizeof *segment);
  if (!segment || rl_tape_context_create(&segment->context) != RL_OK) {
    free(segment);
    return rl_fail(error, RL_NO_MEMORY, path, 0, "", "no memory to read it");
  }
  snprintf(segment->path, sizeof segment->path, "%s", path);
  segment->file = fopen(path, "rbe");
  rl_status status = RL_OK;
  if (!segment->file)
    status = rl_fail(error, errno == ENOENT ? RL_NOT_FOUND : RL_IO, path, 0, "", "%s",
                     strerror(errno));
  else
    status = read_head(segment, error);
  if (status != RL_OK) {
    rl_segment_close(segment);
    return status;
  }
  *out = segment;
  return RL_OK;
}

void rl_segment_close(rl_segment *segment)
{
  if (!segment)
    return;
  if (segment->file)
    fclose(segment->file);
  rl_tape_context_destroy(segment->context);
  free(segment->head_bytes);
  free(segment);
}

const rl_segment_head *rl_segment_head_of(const rl_segment *segment)
{
  return &segment->head;
}

/* --- frames --- */

static rl_status check_frame(const rl_segment *segment, size_t size, rl_error *error)
{
  rl_reader in = rl_reader_over(segment->frame, RL_FRAME_HEAD_SIZE);
  in.used = sizeof(uint32_t);
  uint32_t place = rl_get_u32(&in);
  uint64_t number = rl_get_u64(&in);
  if (!rl_checksum_holds(segment->frame, size))
    return fail_at(segment->path, segment->offset, RL_CORRUPT,
                   "the block that begins here is damaged: what follows is not read", error);
  if (place != segment->place || number != segment->head.number)
    return fail_at(segment->path, segment->offset, RL_CORRUPT,
                   "the block that begins here is not the one that follows: what follows is not "
                   "read", error);
  return RL_OK;
}

static rl_status read_frame(rl_segment *segment, rl_error *error)
{
  size_t got = fread(segment->frame, 1, RL_FRAME_HEAD_SIZE, segment->file);
  if (got == 0 && feof(segment->file))
    return RL_NOT_FOUND;
  if (got != RL_FRAME_HEAD_SIZE)
    return fail_read(segment, segment->offset, error);
  rl_reader in = rl_reader_over(segment->frame, RL_FRAME_HEAD_SIZE);
  size_t records = rl_get_u32(&in);
  if (records == 0 || records > RL_FRAME_RECORDS_MAX)
    return fail_at(segment->path, segment->offset, RL_CORRUPT,
                   "the block that begins here has a damaged size: what follows is not read",
                   error);
  size_t rest = records + RL_CHECKSUM_SIZE;
  if (fread(segment->frame + RL_FRAME_HEAD_SIZE, 1, rest, segment->file) != rest)
    return fail_read(segment, segment->offset, error);
  rl_status status = check_frame(segment, RL_FRAME_HEAD_SIZE + rest, error);
  if (status != RL_OK)
    return status;
  segment->records = rl_reader_over(segment->frame + RL_FRAME_HEAD_SIZE, records);
  segment->place++;
  return RL_OK;
}

static void end(rl_segment *segment, rl_status status, const rl_error *trouble)
{
  segment->ended = status;
  segment->trouble = *trouble;
}

rl_status rl_segment_next(rl_segment *segment, rl_tape_record *out, rl_error *error)
{
  rl_error trouble = {0};
  if (segment->ended == RL_OK && segment->records.used == segment->records.size) {
    if (segment->records.size > 0)
      segment->offset += RL_FRAME_HEAD_SIZE + segment->records.size + RL_CHECKSUM_SIZE;
    rl_status status = read_frame(segment, &trouble);
    if (status != RL_OK)
      end(segment, status, &trouble);
  }
  if (segment->ended == RL_OK && !rl_tape_record_get(segment->context, &segment->records, out)) {
    rl_status status = fail_at(segment->path, segment->offset, RL_CORRUPT,
                               "the block that begins here has no records of this layout: what "
                               "follows is not read", &trouble);
    end(segment, status, &trouble);
  }
  if (segment->ended != RL_OK && error)
    *error = segment->trouble;
  return segment->ended;
}
