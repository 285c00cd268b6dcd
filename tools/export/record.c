/* The fields of each kind of record, for readers: named as on the wire where that has them. */
#include "export/line.h"

#include "store/rows.h"
#include "wire/terms.h"

#include <string.h>

static void pack_head(rl_writer *writer, const rl_export_record *record, uint32_t entries)
{
  bool numbered = record->kind == RL_EXPORT_TRANSACTION;
  rl_pack_map(writer, entries + (numbered ? 3 : 2));
  RL_ENTRY(writer, "record", rl_pack_text, rl_export_kind_name(record->kind));
  if (numbered)
    RL_ENTRY(writer, "number", rl_pack_u64, record->number);
  RL_KEY(writer, "bytes");
  rl_pack_binary(writer, record->bytes, record->size);
}

static void pack_sum(rl_writer *writer, rl_i128 minor)
{
  char text[48];
  size_t at = sizeof text;
  rl_u128 left = minor < 0 ? -(rl_u128)minor : (rl_u128)minor;
  do {
    text[--at] = (char)('0' + (unsigned)(left % 10));
    left /= 10;
  } while (left > 0);
  if (minor < 0)
    text[--at] = '-';
  rl_pack_text_span(writer, text + at, sizeof text - at);
}

static void pack_account(rl_writer *writer, const rl_posting *posting)
{
  char account[RL_ACCOUNT_TEXT_SIZE];
  rl_account_format(posting, account);
  RL_ENTRY(writer, "account", rl_pack_text, account);
  RL_ENTRY(writer, "currency", rl_pack_currency, posting->amount.currency);
}

/* --- quotes --- */

static void pack_tick(rl_writer *writer, const rl_quote *quote, const rl_composite *composite,
                      const rl_composite_tick *tick)
{
  rl_pack_map(writer, 6);
  RL_ENTRY(writer, "source", rl_pack_text, quote->sources[tick->source.index]);
  RL_ENTRY(writer, "bid", rl_pack_rate, ((rl_rate){tick->bid, composite->scale}));
  RL_ENTRY(writer, "ask", rl_pack_rate, ((rl_rate){tick->ask, composite->scale}));
  RL_ENTRY(writer, "sequence", rl_pack_u64, tick->sequence);
  RL_ENTRY(writer, "source_time", rl_pack_i64, tick->source_utc_ms);
  RL_ENTRY(writer, "age_ns", rl_pack_i64, quote->issued_mono_ns - tick->arrival_mono_ns);
}

/* The ticks of each leg, in the order of "legs". */
static void pack_evidence(rl_writer *writer, const rl_quote *quote)
{
  RL_KEY(writer, "ticks");
  if (!quote->has_evidence) {
    rl_pack_nil(writer);
    return;
  }
  rl_pack_array(writer, quote->snapshot.leg_count);
  for (unsigned i = 0; i < quote->snapshot.leg_count; i++) {
    const rl_composite *composite = &quote->snapshot.legs[i].composite;
    rl_pack_array(writer, composite->tick_count);
    for (unsigned k = 0; k < composite->tick_count; k++)
      pack_tick(writer, quote, composite, &composite->ticks[k]);
  }
}

static rl_status pack_quote(rl_writer *writer, const rl_export_record *record)
{
  rl_quote quote;
  rl_status status = rl_quote_decode(record->bytes, record->size, &quote);
  if (status != RL_OK)
    return status;
  pack_head(writer, record, 3 + RL_TERMS_ENTRIES);
  RL_ENTRY(writer, "client", rl_pack_text, quote.client);
  RL_ENTRY(writer, "key", rl_pack_name, quote.has_evidence ? quote.key : "");
  rl_pack_terms(writer, &quote);
  pack_evidence(writer, &quote);
  return RL_OK;
}

/* --- what became of them --- */

static const char *state_of(rl_end_kind kind)
{
  return kind == RL_END_CONSUMED ? "consumed" : kind == RL_END_CANCELLED ? "cancelled" : "revoked";
}

static rl_status pack_end(rl_writer *writer, const rl_export_record *record)
{
  rl_end end;
  rl_status status = rl_end_decode(record->bytes, record->size, &end);
  if (status != RL_OK)
    return status;
  pack_head(writer, record, 7);
  RL_ENTRY(writer, "quote", rl_pack_quote_id, end.quote);
  RL_ENTRY(writer, "state", rl_pack_text, state_of(end.kind));
  RL_ENTRY(writer, "at", rl_pack_i64, end.arrived_utc_ms);
  RL_ENTRY(writer, "client", rl_pack_text, end.client);
  RL_ENTRY(writer, "key", rl_pack_text, end.key);
  RL_KEY(writer, "transaction");
  if (end.transaction > 0)
    rl_pack_u64(writer, end.transaction);
  else
    rl_pack_nil(writer);
  RL_ENTRY(writer, "reason", rl_pack_name, end.reason);
  return RL_OK;
}

/* nil for a bound that is none. */
static void pack_bound(rl_writer *writer, int64_t ms)
{
  if (ms == INT64_MIN || ms == INT64_MAX)
    rl_pack_nil(writer);
  else
    rl_pack_i64(writer, ms);
}

static rl_status pack_revocation(rl_writer *writer, const rl_export_record *record)
{
  rl_revocation revocation;
  rl_status status = rl_revocation_decode(record->bytes, record->size, &revocation);
  if (status != RL_OK)
    return status;
  pack_head(writer, record, 10);
  RL_ENTRY(writer, "number", rl_pack_u64, revocation.number);
  RL_ENTRY(writer, "at", rl_pack_i64, revocation.at.utc.ms);
  RL_ENTRY(writer, "by", rl_pack_text, revocation.by);
  RL_ENTRY(writer, "key", rl_pack_text, revocation.key);
  RL_ENTRY(writer, "reason", rl_pack_text, revocation.reason);
  RL_KEY(writer, "pair");
  if (revocation.has_pair)
    rl_pack_pair(writer, revocation.pair[0], revocation.pair[1]);
  else
    rl_pack_nil(writer);
  RL_KEY(writer, "tariff");
  if (revocation.has_tariff)
    rl_pack_digest(writer, revocation.tariff);
  else
    rl_pack_nil(writer);
  RL_ENTRY(writer, "client", rl_pack_name, revocation.client);
  RL_ENTRY(writer, "issued_from", pack_bound, revocation.issued_from_ms);
  RL_ENTRY(writer, "issued_before", pack_bound, revocation.issued_before_ms);
  return RL_OK;
}

/* --- the ledger --- */

static void pack_date_or_nil(rl_writer *writer, int32_t day)
{
  if (day == RL_NO_VALUE_DAY)
    rl_pack_nil(writer);
  else
    rl_pack_date(writer, (rl_date){day});
}

static void pack_quote_or_nil(rl_writer *writer, const rl_transaction *transaction)
{
  if (transaction->kind == RL_TRANSACTION_SALE || transaction->kind == RL_TRANSACTION_REFUND)
    rl_pack_quote_id(writer, transaction->quote);
  else
    rl_pack_nil(writer);
}

static rl_status pack_transaction(rl_writer *writer, const rl_export_record *record)
{
  rl_transaction transaction;
  rl_status status = rl_transaction_decode(record->bytes, record->size, &transaction);
  if (status != RL_OK)
    return status;
  pack_head(writer, record, 8);
  RL_ENTRY(writer, "kind", rl_pack_text, rl_transaction_kind_name(transaction.kind));
  RL_ENTRY(writer, "posted_at", rl_pack_i64, transaction.posted_utc_ms);
  RL_ENTRY(writer, "quote", pack_quote_or_nil, &transaction);
  RL_ENTRY(writer, "value_date", pack_date_or_nil, transaction.value_day);
  RL_ENTRY(writer, "by", rl_pack_name, transaction.by);
  RL_ENTRY(writer, "key", rl_pack_name, transaction.key);
  RL_ENTRY(writer, "reference", rl_pack_name, transaction.reference);
  RL_ENTRY(writer, "postings", rl_pack_array, transaction.posting_count);
  for (unsigned i = 0; i < transaction.posting_count; i++) {
    rl_pack_map(writer, 3);
    pack_account(writer, &transaction.postings[i]);
    RL_ENTRY(writer, "amount", rl_pack_i64, transaction.postings[i].amount.minor);
  }
  return RL_OK;
}

static rl_status pack_opening(rl_writer *writer, const rl_export_record *record)
{
  rl_carried carried;
  rl_status status = rl_carried_decode(record->bytes, record->size, &carried);
  if (status != RL_OK)
    return status;
  pack_head(writer, record, 4);
  pack_account(writer, &carried.account);
  RL_ENTRY(writer, "sum", pack_sum, carried.minor);
  RL_ENTRY(writer, "postings", rl_pack_u64, carried.postings);
  return RL_OK;
}

static rl_status pack_tariff(rl_writer *writer, const rl_export_record *record)
{
  pack_head(writer, record, 2);
  RL_ENTRY(writer, "hash", rl_pack_digest, rl_digest_of(record->bytes, record->size));
  RL_KEY(writer, "text");
  rl_pack_text_span(writer, record->bytes, record->size);
  return RL_OK;
}

rl_status rl_record_pack(rl_writer *writer, const rl_export_record *record)
{
  switch (record->kind) {
  case RL_EXPORT_REVOCATION: return pack_revocation(writer, record);
  case RL_EXPORT_QUOTE: return pack_quote(writer, record);
  case RL_EXPORT_END: return pack_end(writer, record);
  case RL_EXPORT_TARIFF: return pack_tariff(writer, record);
  case RL_EXPORT_TRANSACTION: return pack_transaction(writer, record);
  case RL_EXPORT_OPENING: return pack_opening(writer, record);
  case RL_EXPORT_KINDS: break;
  }
  return RL_CORRUPT;
}
