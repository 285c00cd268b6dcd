#include "store/rows.h"

/* A store holds quotes' records, so its own layout rises with theirs (quote/fields.h). */
enum { END_LAYOUT = 1, META_LAYOUT = 3 };

size_t rl_end_encode(const rl_end *end, uint8_t out[RL_END_ROW_MAX])
{
  rl_writer writer = rl_writer_over(out, RL_END_ROW_MAX);
  rl_put_u8(&writer, END_LAYOUT);
  rl_put_bytes(&writer, end->quote.bytes, sizeof end->quote.bytes);
  rl_put_u8(&writer, (uint8_t)end->kind);
  rl_put_text(&writer, end->client);
  rl_put_text(&writer, end->key);
  rl_put_u64(&writer, end->body.words[0]);
  rl_put_u64(&writer, end->body.words[1]);
  rl_put_signed(&writer, end->arrived_utc_ms);
  rl_put_signed(&writer, end->arrived_mono_ns);
  rl_put_varint(&writer, end->transaction);
  rl_put_checksum(&writer);
  RL_ASSERT(!writer.failed);
  return writer.used;
}

rl_status rl_end_decode(const void *bytes, size_t size, rl_end *out)
{
  if (!rl_checksum_holds(bytes, size))
    return RL_CORRUPT;
  rl_reader reader = rl_reader_over(bytes, size - RL_CHECKSUM_SIZE);
  rl_end end = {0};
  uint8_t layout = rl_get_u8(&reader);
  rl_get_bytes(&reader, end.quote.bytes, sizeof end.quote.bytes);
  uint8_t kind = rl_get_u8(&reader);
  end.kind = (rl_end_kind)kind;
  rl_get_text(&reader, end.client, sizeof end.client);
  rl_get_text(&reader, end.key, sizeof end.key);
  end.body.words[0] = rl_get_u64(&reader);
  end.body.words[1] = rl_get_u64(&reader);
  end.arrived_utc_ms = rl_get_signed(&reader);
  end.arrived_mono_ns = rl_get_signed(&reader);
  end.transaction = rl_get_varint(&reader);
  if (!rl_reader_done(&reader) || layout != END_LAYOUT || kind < RL_END_CONSUMED
      || kind > RL_END_REVOKED || (end.transaction > 0) != (kind == RL_END_CONSUMED))
    return RL_CORRUPT;
  *out = end;
  return RL_OK;
}

size_t rl_meta_encode(const rl_meta *meta, uint8_t out[RL_META_ROW_MAX])
{
  rl_writer writer = rl_writer_over(out, RL_META_ROW_MAX);
  rl_put_u8(&writer, META_LAYOUT);
  rl_put_bytes(&writer, meta->identity.bytes, sizeof meta->identity.bytes);
  rl_put_u64(&writer, meta->inode);
  rl_put_i64(&writer, meta->birth_ns);
  rl_put_i64(&writer, meta->high_water_utc_ms);
  rl_put_checksum(&writer);
  RL_ASSERT(!writer.failed);
  return writer.used;
}

rl_status rl_meta_decode(const void *bytes, size_t size, rl_meta *out)
{
  if (!rl_checksum_holds(bytes, size))
    return RL_CORRUPT;
  rl_reader reader = rl_reader_over(bytes, size - RL_CHECKSUM_SIZE);
  rl_meta meta;
  if (rl_get_u8(&reader) != META_LAYOUT)
    return RL_FOREIGN;
  rl_get_bytes(&reader, meta.identity.bytes, sizeof meta.identity.bytes);
  meta.inode = rl_get_u64(&reader);
  meta.birth_ns = rl_get_i64(&reader);
  meta.high_water_utc_ms = rl_get_i64(&reader);
  if (!rl_reader_done(&reader))
    return RL_CORRUPT;
  *out = meta;
  return RL_OK;
}
