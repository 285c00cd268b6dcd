#include "store/access.h"

#include <stdlib.h>
#include <string.h>

static const char meta_key[] = "store";

rl_status rl_access_begin(rl_tables *tables, bool writes, rl_access *out)
{
  rl_access access = {.tables = tables};
  rl_status status = tables->kind->begin(tables, writes, &access.rows);
  if (status == RL_OK)
    *out = access;
  return status;
}

rl_status rl_access_commit(const rl_access *access)
{
  return access->tables->kind->commit(access->rows);
}

void rl_access_abort(const rl_access *access)
{
  access->tables->kind->abort(access->rows);
}

/* --- names --- */

static rl_blob blob(const void *bytes, size_t size)
{
  return (rl_blob){.bytes = bytes, .size = size};
}

static rl_blob key_of_meta(void)
{
  return blob(meta_key, sizeof meta_key - 1);
}

rl_blob rl_blob_of_id(const rl_quote_id *id)
{
  return blob(id->bytes, sizeof id->bytes);
}

rl_quote_id rl_id_of_blob(rl_blob key)
{
  rl_quote_id id = {0};
  if (key.size == sizeof id.bytes)
    memcpy(id.bytes, key.bytes, sizeof id.bytes);
  return id;
}

rl_digest rl_scoped_key(const char *client, rl_operation operation, const char *key)
{
  uint8_t bytes[RL_CLIENT_NAME_MAX + RL_KEY_MAX + 8];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_put_u8(&writer, (uint8_t)operation);
  rl_put_text(&writer, client);
  rl_put_text(&writer, key);
  RL_ASSERT(!writer.failed);
  return rl_digest_of(bytes, writer.used);
}

rl_digest rl_refund_of(rl_quote_id quote)
{
  char name[32] = "refund";
  memcpy(name + 8, quote.bytes, sizeof quote.bytes);
  return rl_digest_of(name, sizeof name);
}

/* --- reading --- */

static rl_status get(const rl_access *access, rl_table table, rl_blob key, rl_blob *row)
{
  return access->tables->kind->get(access->rows, table, key, row);
}

static rl_status get_numbered(const rl_access *access, rl_table table, uint64_t number,
                              rl_blob *row)
{
  uint8_t key[8];
  rl_number_key(number, key);
  return get(access, table, blob(key, sizeof key), row);
}

rl_status rl_get_meta(const rl_access *access, rl_meta *out)
{
  rl_blob row;
  rl_status status = get(access, RL_TABLE_META, key_of_meta(), &row);
  return status == RL_OK ? rl_meta_decode(row.bytes, row.size, out) : status;
}

rl_status rl_get_quote(const rl_access *access, rl_quote_id id, rl_quote *out)
{
  rl_blob row;
  rl_status status = get(access, RL_TABLE_QUOTES, rl_blob_of_id(&id), &row);
  if (status == RL_OK)
    status = rl_quote_decode(row.bytes, row.size, out);
  return status == RL_OK && !rl_quote_id_equal(out->id, id) ? RL_CORRUPT : status;
}

rl_status rl_get_end(const rl_access *access, rl_quote_id id, rl_end *out)
{
  rl_blob row;
  rl_status status = get(access, RL_TABLE_ENDS, rl_blob_of_id(&id), &row);
  if (status == RL_OK)
    status = rl_end_decode(row.bytes, row.size, out);
  return status == RL_OK && !rl_quote_id_equal(out->quote, id) ? RL_CORRUPT : status;
}

rl_status rl_get_transaction(const rl_access *access, uint64_t number, rl_transaction *out)
{
  rl_blob row;
  rl_status status = get_numbered(access, RL_TABLE_TRANSACTIONS, number, &row);
  return status == RL_OK ? rl_transaction_decode(row.bytes, row.size, out) : status;
}

rl_status rl_get_revocation(const rl_access *access, uint64_t number, rl_revocation *out)
{
  rl_blob row;
  rl_status status = get_numbered(access, RL_TABLE_REVOCATIONS, number, &row);
  if (status == RL_OK)
    status = rl_revocation_decode(row.bytes, row.size, out);
  return status == RL_OK && out->number != number ? RL_CORRUPT : status;
}

rl_status rl_get_halt(const rl_access *access, uint64_t number, rl_halt *out)
{
  rl_blob row;
  rl_status status = get_numbered(access, RL_TABLE_HALTS, number, &row);
  if (status == RL_OK)
    status = rl_halt_decode(row.bytes, row.size, out);
  return status == RL_OK && out->number != number ? RL_CORRUPT : status;
}

rl_status rl_get_tariff(const rl_access *access, rl_digest digest, const char **text,
                        size_t *length)
{
  rl_blob row;
  rl_blob key = blob(digest.bytes, sizeof digest.bytes);
  rl_status status = get(access, RL_TABLE_TARIFFS, key, &row);
  if (status != RL_OK)
    return status;
  if (!rl_checksum_holds(row.bytes, row.size))
    return RL_CORRUPT;
  *text = row.bytes;
  *length = row.size - RL_CHECKSUM_SIZE;
  return RL_OK;
}

rl_status rl_get_receipt(const rl_access *access, rl_digest name, rl_receipt *out)
{
  rl_blob row;
  rl_blob key = blob(name.bytes, sizeof name.bytes);
  rl_status status = get(access, RL_TABLE_RECEIPTS, key, &row);
  return status == RL_OK ? rl_receipt_decode(row.bytes, row.size, out) : status;
}

/* --- writing --- */

static rl_status add(const rl_access *access, rl_table table, rl_blob key, rl_blob row)
{
  return access->tables->kind->add(access->rows, table, key, row);
}

rl_status rl_set_meta(const rl_access *access, const rl_meta *meta)
{
  uint8_t row[RL_META_ROW_MAX];
  size_t size = rl_meta_encode(meta, row);
  return access->tables->kind->set(access->rows, RL_TABLE_META, key_of_meta(), blob(row, size));
}

rl_status rl_expect_record(const rl_access *access, const uint8_t *record)
{
  rl_quote_id id = rl_quote_record_id(record);
  const rl_tables_kind *kind = access->tables->kind;
  return kind->shared ? kind->expect(access->rows, RL_TABLE_QUOTES, rl_blob_of_id(&id)) : RL_OK;
}

/* Its terms are the same, for one seal was on them. */
static bool lacks_evidence(const rl_access *access, rl_quote_id id)
{
  rl_quote quote;
  return rl_get_quote(access, id, &quote) == RL_OK && !quote.has_evidence;
}

rl_status rl_keep_record(const rl_access *access, const uint8_t *record, size_t size)
{
  const rl_tables_kind *kind = access->tables->kind;
  rl_quote_id id = rl_quote_record_id(record);
  rl_blob key = rl_blob_of_id(&id), row = blob(record, size);
  if (kind->shared && rl_quote_record_complete(record) && lacks_evidence(access, id))
    return kind->set(access->rows, RL_TABLE_QUOTES, key, row);
  return kind->keep(access->rows, RL_TABLE_QUOTES, key, row);
}

rl_status rl_keep_tariff(const rl_access *access, rl_digest digest, const char *text,
                         size_t length)
{
  uint8_t *row = malloc(length + RL_CHECKSUM_SIZE);
  if (!row)
    return RL_NO_MEMORY;
  rl_writer writer = rl_writer_over(row, length + RL_CHECKSUM_SIZE);
  rl_put_bytes(&writer, text, length);
  rl_put_checksum(&writer);
  RL_ASSERT(!writer.failed);
  rl_status status = access->tables->kind->keep(access->rows, RL_TABLE_TARIFFS,
                                                blob(digest.bytes, sizeof digest.bytes),
                                                blob(row, writer.used));
  free(row);
  return status;
}

rl_status rl_add_end(const rl_access *access, const rl_end *end)
{
  uint8_t row[RL_END_ROW_MAX];
  size_t size = rl_end_encode(end, row);
  return add(access, RL_TABLE_ENDS, rl_blob_of_id(&end->quote), blob(row, size));
}

rl_status rl_add_transaction(const rl_access *access, uint64_t number,
                             const rl_transaction *transaction)
{
  uint8_t row[RL_TRANSACTION_MAX], key[8];
  size_t size = rl_transaction_encode(transaction, row);
  rl_number_key(number, key);
  return add(access, RL_TABLE_TRANSACTIONS, blob(key, sizeof key), blob(row, size));
}

rl_status rl_add_receipt(const rl_access *access, rl_digest name,
                           const rl_receipt *receipt)
{
  uint8_t row[RL_RECEIPT_ROW_MAX];
  size_t size = rl_receipt_encode(receipt, row);
  return add(access, RL_TABLE_RECEIPTS, blob(name.bytes, sizeof name.bytes), blob(row, size));
}

rl_status rl_add_revocation(const rl_access *access, const rl_revocation *revocation)
{
  uint8_t row[RL_REVOCATION_ROW_MAX], key[8];
  size_t size = rl_revocation_encode(revocation, row);
  rl_number_key(revocation->number, key);
  return add(access, RL_TABLE_REVOCATIONS, blob(key, sizeof key), blob(row, size));
}

rl_status rl_add_halt(const rl_access *access, const rl_halt *halt)
{
  uint8_t row[RL_HALT_ROW_MAX], key[8];
  size_t size = rl_halt_encode(halt, row);
  rl_number_key(halt->number, key);
  return add(access, RL_TABLE_HALTS, blob(key, sizeof key), blob(row, size));
}

/* The account as text, and the currency: no two sums have the same. */
rl_digest rl_name_of_carried(const rl_posting *posting)
{
  char name[RL_ACCOUNT_TEXT_SIZE + 4] = {0};
  rl_account_format(posting, name);
  memcpy(name + RL_ACCOUNT_TEXT_SIZE, rl_currency_code(posting->amount.currency), 3);
  return rl_digest_of(name, sizeof name);
}

rl_status rl_carry(const rl_access *access, const rl_carried *more)
{
  uint8_t bytes[RL_CARRIED_ROW_MAX];
  rl_carried carried = {.account = more->account};
  rl_digest digest = rl_name_of_carried(&more->account);
  rl_blob name = blob(digest.bytes, sizeof digest.bytes), row;
  rl_status status = get(access, RL_TABLE_CARRIED, name, &row);
  if (status == RL_OK)
    status = rl_carried_decode(row.bytes, row.size, &carried);
  if (status != RL_OK && status != RL_NOT_FOUND)
    return status;
  carried.minor += more->minor;
  carried.postings += more->postings;
  size_t size = rl_carried_encode(&carried, bytes);
  return access->tables->kind->set(access->rows, RL_TABLE_CARRIED, name, blob(bytes, size));
}
