/* A transaction as bytes. "s" is a signed varint, "text" a length byte and so many bytes
 * (bytes/bytes.h), "code" the three letters of a currency.
 *
 *    1     layout, 2 (1 had sales only)
 *    1     kind
 *    16    quote id
 *    s     posted_utc_ms
 *    and for all but a sale:
 *          s value day, text by, text key, text reference
 *    1     number of postings, then for each:
 *          1 account kind, text name (where the kind has one), code, s minor units
 *    8     XXH3-64 of all bytes before, little-endian */
#include "ledger/ledger.h"
#include "quote/fields.h"

enum { LAYOUT = 2 };

static bool has_name(rl_account_kind account)
{
  return account != RL_ACCOUNT_POSITION && account != RL_ACCOUNT_SPREAD
         && account != RL_ACCOUNT_ROUNDING;
}

static void put_head(rl_writer *writer, const rl_transaction *transaction)
{
  rl_put_u8(writer, LAYOUT);
  rl_put_u8(writer, (uint8_t)transaction->kind);
  rl_put_bytes(writer, transaction->quote.bytes, sizeof transaction->quote.bytes);
  rl_put_signed(writer, transaction->posted_utc_ms);
  if (transaction->kind == RL_TRANSACTION_SALE)
    return;
  rl_put_signed(writer, transaction->value_day);
  rl_put_text(writer, transaction->by);
  rl_put_text(writer, transaction->key);
  rl_put_text(writer, transaction->reference);
}

size_t rl_transaction_encode(const rl_transaction *transaction, uint8_t out[RL_TRANSACTION_MAX])
{
  rl_writer writer = rl_writer_over(out, RL_TRANSACTION_MAX);
  put_head(&writer, transaction);
  rl_put_u8(&writer, (uint8_t)transaction->posting_count);
  for (unsigned i = 0; i < transaction->posting_count; i++) {
    const rl_posting *posting = &transaction->postings[i];
    rl_put_u8(&writer, (uint8_t)posting->account);
    if (has_name(posting->account))
      rl_put_text(&writer, posting->name);
    rl_put_currency(&writer, posting->amount.currency);
    rl_put_signed(&writer, posting->amount.minor);
  }
  rl_put_checksum(&writer);
  RL_ASSERT(!writer.failed);
  return writer.used;
}

static void get_posting(rl_reader *reader, rl_posting *posting)
{
  uint8_t account = rl_get_u8(reader);
  posting->account = (rl_account_kind)account;
  if (account < RL_ACCOUNT_CUSTOMER || account > RL_ACCOUNT_SETTLEMENT)
    reader->failed = true;
  if (has_name(posting->account))
    rl_get_text(reader, posting->name, sizeof posting->name);
  posting->amount.currency = rl_get_currency(reader);
  posting->amount.minor = rl_get_signed(reader);
}

static void get_head(rl_reader *reader, rl_transaction *transaction)
{
  bool known = rl_get_u8(reader) == LAYOUT;
  uint8_t kind = rl_get_u8(reader);
  if (!known || kind < RL_TRANSACTION_SALE || kind > RL_TRANSACTION_HEDGE)
    reader->failed = true;
  transaction->kind = (rl_transaction_kind)kind;
  rl_get_bytes(reader, transaction->quote.bytes, sizeof transaction->quote.bytes);
  transaction->posted_utc_ms = rl_get_signed(reader);
  transaction->value_day = RL_NO_VALUE_DAY;
  if (kind == RL_TRANSACTION_SALE)
    return;
  int64_t day = rl_get_signed(reader);
  if (day < INT32_MIN || day > INT32_MAX)
    reader->failed = true;
  transaction->value_day = (int32_t)day;
  rl_get_text(reader, transaction->by, sizeof transaction->by);
  rl_get_text(reader, transaction->key, sizeof transaction->key);
  rl_get_text(reader, transaction->reference, sizeof transaction->reference);
}

rl_status rl_transaction_decode(const void *bytes, size_t size, rl_transaction *out)
{
  if (!rl_checksum_holds(bytes, size))
    return RL_CORRUPT;
  rl_reader reader = rl_reader_over(bytes, size - RL_CHECKSUM_SIZE);
  rl_transaction transaction = {0};
  get_head(&reader, &transaction);
  transaction.posting_count = rl_get_u8_at_most(&reader, RL_POSTINGS_MAX);
  for (unsigned i = 0; i < transaction.posting_count; i++)
    get_posting(&reader, &transaction.postings[i]);
  if (!rl_reader_done(&reader))
    return RL_CORRUPT;
  *out = transaction;
  return RL_OK;
}
