#include "store/rows.h"

#include "quote/fields.h"

enum { END_LAYOUT = 2, RECEIPT_LAYOUT = 1, REVOCATION_LAYOUT = 1 };
enum { HALT_LAYOUT = 1, CARRIED_LAYOUT = 1 };
enum { REVOKES_PAIR = 1, REVOKES_TARIFF = 2 };

static void put_fingerprint(rl_writer *writer, rl_fingerprint fingerprint)
{
  rl_put_u64(writer, fingerprint.words[0]);
  rl_put_u64(writer, fingerprint.words[1]);
}

static rl_fingerprint get_fingerprint(rl_reader *reader)
{
  rl_fingerprint fingerprint;
  fingerprint.words[0] = rl_get_u64(reader);
  fingerprint.words[1] = rl_get_u64(reader);
  return fingerprint;
}

size_t rl_end_encode(const rl_end *end, uint8_t out[RL_END_ROW_MAX])
{
  rl_writer writer = rl_writer_over(out, RL_END_ROW_MAX);
  rl_put_u8(&writer, END_LAYOUT);
  rl_put_bytes(&writer, end->quote.bytes, sizeof end->quote.bytes);
  rl_put_u8(&writer, (uint8_t)end->kind);
  rl_put_text(&writer, end->client);
  rl_put_text(&writer, end->key);
  put_fingerprint(&writer, end->body);
  rl_put_signed(&writer, end->arrived_utc_ms);
  rl_put_signed(&writer, end->arrived_mono_ns);
  rl_put_varint(&writer, end->transaction);
  rl_put_text(&writer, end->reason);
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
  end.body = get_fingerprint(&reader);
  end.arrived_utc_ms = rl_get_signed(&reader);
  end.arrived_mono_ns = rl_get_signed(&reader);
  end.transaction = rl_get_varint(&reader);
  rl_get_text(&reader, end.reason, sizeof end.reason);
  if (!rl_reader_done(&reader) || layout != END_LAYOUT || kind < RL_END_CONSUMED
      || kind > RL_END_REVOKED || (end.transaction > 0) != (kind == RL_END_CONSUMED))
    return RL_CORRUPT;
  *out = end;
  return RL_OK;
}

size_t rl_meta_encode(const rl_meta *meta, uint8_t out[RL_META_ROW_MAX])
{
  rl_writer writer = rl_writer_over(out, RL_META_ROW_MAX);
  rl_put_u8(&writer, RL_STORE_LAYOUT);
  rl_put_bytes(&writer, meta->identity.bytes, sizeof meta->identity.bytes);
  rl_put_bytes(&writer, meta->place.bytes, sizeof meta->place.bytes);
  rl_put_signed(&writer, meta->high_water_utc_ms);
  rl_put_varint(&writer, meta->last_transaction);
  rl_put_varint(&writer, meta->first_transaction);
  rl_put_varint(&writer, meta->last_revocation);
  rl_put_signed(&writer, meta->exported_before_ms);
  rl_put_signed(&writer, meta->kept_from_ms);
  rl_put_varint(&writer, meta->last_halt);
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
  if (rl_get_u8(&reader) != RL_STORE_LAYOUT)
    return RL_FOREIGN;
  rl_get_bytes(&reader, meta.identity.bytes, sizeof meta.identity.bytes);
  rl_get_bytes(&reader, meta.place.bytes, sizeof meta.place.bytes);
  meta.high_water_utc_ms = rl_get_signed(&reader);
  meta.last_transaction = rl_get_varint(&reader);
  meta.first_transaction = rl_get_varint(&reader);
  meta.last_revocation = rl_get_varint(&reader);
  meta.exported_before_ms = rl_get_signed(&reader);
  meta.kept_from_ms = rl_get_signed(&reader);
  meta.last_halt = rl_get_varint(&reader);
  if (!rl_reader_done(&reader))
    return RL_CORRUPT;
  *out = meta;
  return RL_OK;
}

size_t rl_receipt_encode(const rl_receipt *receipt, uint8_t out[RL_RECEIPT_ROW_MAX])
{
  rl_writer writer = rl_writer_over(out, RL_RECEIPT_ROW_MAX);
  rl_put_u8(&writer, RECEIPT_LAYOUT);
  put_fingerprint(&writer, receipt->body);
  rl_put_varint(&writer, receipt->number);
  rl_put_checksum(&writer);
  RL_ASSERT(!writer.failed);
  return writer.used;
}

rl_status rl_receipt_decode(const void *bytes, size_t size, rl_receipt *out)
{
  if (!rl_checksum_holds(bytes, size))
    return RL_CORRUPT;
  rl_reader reader = rl_reader_over(bytes, size - RL_CHECKSUM_SIZE);
  rl_receipt receipt;
  uint8_t layout = rl_get_u8(&reader);
  receipt.body = get_fingerprint(&reader);
  receipt.number = rl_get_varint(&reader);
  if (!rl_reader_done(&reader) || layout != RECEIPT_LAYOUT)
    return RL_CORRUPT;
  *out = receipt;
  return RL_OK;
}

/* --- revocations --- */

static void put_filter(rl_writer *writer, const rl_revocation *revocation)
{
  rl_put_u8(writer, (uint8_t)((revocation->has_pair ? REVOKES_PAIR : 0)
                              | (revocation->has_tariff ? REVOKES_TARIFF : 0)));
  if (revocation->has_pair) {
    rl_put_currency(writer, revocation->pair[0]);
    rl_put_currency(writer, revocation->pair[1]);
  }
  rl_put_signed(writer, revocation->issued_from_ms);
  rl_put_signed(writer, revocation->issued_before_ms);
  if (revocation->has_tariff)
    rl_put_bytes(writer, revocation->tariff.bytes, sizeof revocation->tariff.bytes);
  rl_put_text(writer, revocation->client);
}

static void get_filter(rl_reader *reader, rl_revocation *revocation)
{
  uint8_t flags = rl_get_u8_at_most(reader, REVOKES_PAIR | REVOKES_TARIFF);
  revocation->has_pair = flags & REVOKES_PAIR;
  revocation->has_tariff = flags & REVOKES_TARIFF;
  if (revocation->has_pair) {
    revocation->pair[0] = rl_get_currency(reader);
    revocation->pair[1] = rl_get_currency(reader);
  }
  revocation->issued_from_ms = rl_get_signed(reader);
  revocation->issued_before_ms = rl_get_signed(reader);
  if (revocation->has_tariff)
    rl_get_bytes(reader, revocation->tariff.bytes, sizeof revocation->tariff.bytes);
  rl_get_text(reader, revocation->client, sizeof revocation->client);
}

size_t rl_revocation_encode(const rl_revocation *revocation, uint8_t out[RL_REVOCATION_ROW_MAX])
{
  rl_writer writer = rl_writer_over(out, RL_REVOCATION_ROW_MAX);
  rl_put_u8(&writer, REVOCATION_LAYOUT);
  rl_put_varint(&writer, revocation->number);
  rl_put_signed(&writer, revocation->at.utc.ms);
  rl_put_signed(&writer, revocation->at.mono.ns);
  rl_put_u64(&writer, revocation->boot_id);
  rl_put_text(&writer, revocation->by);
  rl_put_text(&writer, revocation->key);
  rl_put_text(&writer, revocation->reason);
  put_filter(&writer, revocation);
  rl_put_checksum(&writer);
  RL_ASSERT(!writer.failed);
  return writer.used;
}

rl_status rl_revocation_decode(const void *bytes, size_t size, rl_revocation *out)
{
  if (!rl_checksum_holds(bytes, size))
    return RL_CORRUPT;
  rl_reader reader = rl_reader_over(bytes, size - RL_CHECKSUM_SIZE);
  rl_revocation revocation = {0};
  uint8_t layout = rl_get_u8(&reader);
  revocation.number = rl_get_varint(&reader);
  revocation.at.utc.ms = rl_get_signed(&reader);
  revocation.at.mono.ns = rl_get_signed(&reader);
  revocation.boot_id = rl_get_u64(&reader);
  rl_get_text(&reader, revocation.by, sizeof revocation.by);
  rl_get_text(&reader, revocation.key, sizeof revocation.key);
  rl_get_text(&reader, revocation.reason, sizeof revocation.reason);
  get_filter(&reader, &revocation);
  if (!rl_reader_done(&reader) || layout != REVOCATION_LAYOUT)
    return RL_CORRUPT;
  *out = revocation;
  return RL_OK;
}

/* --- halts --- */

size_t rl_halt_encode(const rl_halt *halt, uint8_t out[RL_HALT_ROW_MAX])
{
  rl_writer writer = rl_writer_over(out, RL_HALT_ROW_MAX);
  rl_put_u8(&writer, HALT_LAYOUT);
  rl_put_varint(&writer, halt->number);
  rl_put_signed(&writer, halt->at_utc_ms);
  rl_put_u8(&writer, halt->halts);
  rl_put_currency(&writer, halt->base);
  rl_put_currency(&writer, halt->quote);
  rl_put_text(&writer, halt->by);
  rl_put_text(&writer, halt->key);
  rl_put_text(&writer, halt->reason);
  rl_put_checksum(&writer);
  RL_ASSERT(!writer.failed);
  return writer.used;
}

rl_status rl_halt_decode(const void *bytes, size_t size, rl_halt *out)
{
  if (!rl_checksum_holds(bytes, size))
    return RL_CORRUPT;
  rl_reader reader = rl_reader_over(bytes, size - RL_CHECKSUM_SIZE);
  rl_halt halt = {0};
  uint8_t layout = rl_get_u8(&reader);
  halt.number = rl_get_varint(&reader);
  halt.at_utc_ms = rl_get_signed(&reader);
  halt.halts = rl_get_u8_at_most(&reader, 1) != 0;
  halt.base = rl_get_currency(&reader);
  halt.quote = rl_get_currency(&reader);
  rl_get_text(&reader, halt.by, sizeof halt.by);
  rl_get_text(&reader, halt.key, sizeof halt.key);
  rl_get_text(&reader, halt.reason, sizeof halt.reason);
  if (!rl_reader_done(&reader) || layout != HALT_LAYOUT)
    return RL_CORRUPT;
  *out = halt;
  return RL_OK;
}

/* --- carried sums --- */

size_t rl_carried_encode(const rl_carried *carried, uint8_t out[RL_CARRIED_ROW_MAX])
{
  rl_writer writer = rl_writer_over(out, RL_CARRIED_ROW_MAX);
  rl_put_u8(&writer, CARRIED_LAYOUT);
  rl_put_u8(&writer, (uint8_t)carried->account.account);
  rl_put_text(&writer, carried->account.name);
  rl_put_currency(&writer, carried->account.amount.currency);
  rl_put_signed(&writer, (int64_t)(carried->minor >> 64));
  rl_put_u64(&writer, (uint64_t)carried->minor);
  rl_put_varint(&writer, carried->postings);
  rl_put_checksum(&writer);
  RL_ASSERT(!writer.failed);
  return writer.used;
}

rl_status rl_carried_decode(const void *bytes, size_t size, rl_carried *out)
{
  if (!rl_checksum_holds(bytes, size))
    return RL_CORRUPT;
  rl_reader reader = rl_reader_over(bytes, size - RL_CHECKSUM_SIZE);
  rl_carried carried = {0};
  uint8_t layout = rl_get_u8(&reader);
  uint8_t account = rl_get_u8(&reader);
  carried.account.account = (rl_account_kind)account;
  rl_get_text(&reader, carried.account.name, sizeof carried.account.name);
  carried.account.amount.currency = rl_get_currency(&reader);
  rl_u128 high = (rl_u128)(uint64_t)rl_get_signed(&reader);
  carried.minor = (rl_i128)(high << 64 | rl_get_u64(&reader));
  carried.postings = rl_get_varint(&reader);
  if (!rl_reader_done(&reader) || layout != CARRIED_LAYOUT || account < RL_ACCOUNT_CUSTOMER
      || account > RL_ACCOUNT_SETTLEMENT)
    return RL_CORRUPT;
  *out = carried;
  return RL_OK;
}
