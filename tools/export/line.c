#include "export/line.h"

#include "store/rows.h"
#include "wire/entry.h"
#include "wire/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A tariff's text twice, once as base64 and once with each of its bytes escaped, and the rest. */
#define PACKED_MAX (2 * (size_t)RL_EXPORT_BYTES_MAX + 65536)
#define TEXT_MAX (8 * (size_t)RL_EXPORT_BYTES_MAX + 65536)

enum { FORMAT = 1 };

const char *rl_export_kind_name(rl_export_kind kind)
{
  static const char *const names[RL_EXPORT_KINDS] = {
    "revocation", "quote", "end", "tariff", "transaction", "opening",
  };
  return names[kind];
}

rl_status rl_line_maker_init(rl_line_maker *maker)
{
  *maker = (rl_line_maker){.packed = malloc(PACKED_MAX), .text = malloc(TEXT_MAX)};
  if (maker->packed && maker->text)
    return RL_OK;
  rl_line_maker_fini(maker);
  return RL_NO_MEMORY;
}

void rl_line_maker_fini(rl_line_maker *maker)
{
  free(maker->packed);
  free(maker->text);
}

static size_t as_text(rl_line_maker *maker, const rl_writer *writer)
{
  size_t length;
  RL_ASSERT(!writer->failed);
  rl_status status = rl_json_from_msgpack(writer->bytes, writer->used, 0, maker->text,
                                          TEXT_MAX - 1, &length);
  RL_ASSERT(status == RL_OK);
  maker->text[length++] = '\n';
  return length;
}

rl_status rl_line_make(rl_line_maker *maker, const rl_export_record *record, size_t *length)
{
  rl_writer writer = rl_writer_over(maker->packed, PACKED_MAX);
  rl_status status = rl_record_pack(&writer, record);
  if (status == RL_OK)
    *length = as_text(maker, &writer);
  return status == RL_OK ? RL_OK : RL_CORRUPT;
}

size_t rl_line_make_head(rl_line_maker *maker, const rl_export_report *report)
{
  char store[2 * sizeof report->store.bytes + 1];
  rl_writer writer = rl_writer_over(maker->packed, PACKED_MAX);
  rl_hex_encode(report->store.bytes, sizeof report->store.bytes, store, sizeof store);
  rl_pack_map(&writer, 6);
  RL_ENTRY(&writer, "record", rl_pack_text, "head");
  RL_ENTRY(&writer, "format", rl_pack_u64, FORMAT);
  RL_ENTRY(&writer, "store", rl_pack_text, store);
  RL_ENTRY(&writer, "layout", rl_pack_u64, RL_STORE_LAYOUT);
  RL_ENTRY(&writer, "from", rl_pack_i64, report->interval.from_ms);
  RL_ENTRY(&writer, "before", rl_pack_i64, report->interval.before_ms);
  return as_text(maker, &writer);
}

size_t rl_line_make_tail(rl_line_maker *maker, const rl_export_report *report)
{
  rl_writer writer = rl_writer_over(maker->packed, PACKED_MAX);
  rl_pack_map(&writer, 3);
  RL_ENTRY(&writer, "record", rl_pack_text, "tail");
  RL_ENTRY(&writer, "counts", rl_pack_map, RL_EXPORT_KINDS);
  for (unsigned kind = 0; kind < RL_EXPORT_KINDS; kind++) {
    rl_pack_text(&writer, rl_export_kind_name((rl_export_kind)kind));
    rl_pack_u64(&writer, report->counts[kind]);
  }
  RL_ENTRY(&writer, "blake2b", rl_pack_digest, report->hash);
  return as_text(maker, &writer);
}

/* --- taking apart --- */

typedef struct cursor {
  const char *at;
  const char *end;
  bool failed;
} cursor;

static void skip(cursor *in, const char *text)
{
  size_t length = strlen(text);
  in->failed = in->failed || (size_t)(in->end - in->at) < length
               || memcmp(in->at, text, length) != 0;
  if (!in->failed)
    in->at += length;
}

/* Up to the next quotation mark. */
static rl_blob take_string(cursor *in)
{
  skip(in, "\"");
  const char *start = in->at;
  const char *mark = in->failed ? NULL : memchr(start, '"', (size_t)(in->end - start));
  in->failed = !mark;
  if (!mark)
    return (rl_blob){0};
  in->at = mark + 1;
  return (rl_blob){start, (size_t)(mark - start)};
}

static int64_t take_number(cursor *in)
{
  char digits[24] = "";
  size_t used = 0;
  while (!in->failed && in->at < in->end && used < sizeof digits - 1
         && (*in->at == '-' || (*in->at >= '0' && *in->at <= '9')))
    digits[used++] = *in->at++;
  errno = 0;
  char *end;
  int64_t number = strtoll(digits, &end, 10);
  in->failed = in->failed || used == 0 || *end != '\0' || errno != 0;
  return number;
}

static void take_kind(cursor *in, rl_export_kind *out)
{
  rl_blob name = take_string(in);
  for (unsigned kind = 0; kind < RL_EXPORT_KINDS && !in->failed; kind++) {
    const char *known = rl_export_kind_name((rl_export_kind)kind);
    if (name.size == strlen(known) && memcmp(name.bytes, known, name.size) == 0) {
      *out = (rl_export_kind)kind;
      return;
    }
  }
  in->failed = true;
}

rl_status rl_line_read(const char *line, size_t length, uint8_t *room, rl_export_record *out)
{
  cursor in = {.at = line, .end = line + length};
  rl_export_record record = {.bytes = room};
  skip(&in, "{\"record\":");
  take_kind(&in, &record.kind);
  if (!in.failed && record.kind == RL_EXPORT_TRANSACTION) {
    skip(&in, ",\"number\":");
    record.number = (uint64_t)take_number(&in);
  }
  skip(&in, ",\"bytes\":");
  rl_blob text = take_string(&in);
  if (in.failed
      || rl_base64_decode(text.bytes, text.size, room, RL_EXPORT_BYTES_MAX, &record.size) != RL_OK)
    return RL_INVALID;
  *out = record;
  return RL_OK;
}

rl_status rl_line_read_head(const char *line, size_t length, rl_export_report *out)
{
  cursor in = {.at = line, .end = line + length};
  rl_export_report report = {0};
  char start[64];
  snprintf(start, sizeof start, "{\"record\":\"head\",\"format\":%d,\"store\":", FORMAT);
  skip(&in, start);
  rl_blob store = take_string(&in);
  snprintf(start, sizeof start, ",\"layout\":%d,\"from\":", RL_STORE_LAYOUT);
  skip(&in, start);
  report.interval.from_ms = take_number(&in);
  skip(&in, ",\"before\":");
  report.interval.before_ms = take_number(&in);
  if (in.failed || rl_hex_decode(store.bytes, store.size, report.store.bytes,
                                 sizeof report.store.bytes) != RL_OK)
    return RL_INVALID;
  *out = report;
  return RL_OK;
}
