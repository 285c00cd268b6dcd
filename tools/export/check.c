/* Whether a file is an export, whole and unchanged; and a quote out of one. */
#include "export/line.h"

#include "store/rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct rl_checking {
  const char *path;
  FILE *file;
  char *line; /* of getline */
  size_t room;
  unsigned number;  /* of the line in hand, from 1 */
  uint8_t *bytes;   /* of its record */
  rl_line_maker maker;
  rl_digesting hash;
  rl_export_report report;
  rl_export_kind kind;  /* of the line before */
  uint8_t key[RL_TABLE_KEY_MAX]; /* its record's, of its kind */
  bool any;             /* there was one of that kind */
  rl_i128 opening[RL_CURRENCY_COUNT];
  rl_error *error;
} rl_checking;

static rl_status fail(const rl_checking *it, const char *reason)
{
  return rl_fail(it->error, RL_INVALID, it->path, it->number, "", "%s", reason);
}

/* --- one record --- */

static bool is_inside(const rl_checking *it, int64_t instant_ms)
{
  const rl_export_interval *interval = &it->report.interval;
  return instant_ms >= interval->from_ms && instant_ms < interval->before_ms;
}

/* NULL, or what is wrong; the key by which its kind is in order. */
static const char *look_at_transaction(const rl_checking *it, const rl_export_record *record,
                                       uint8_t key[RL_TABLE_KEY_MAX])
{
  rl_transaction transaction;
  if (rl_transaction_decode(record->bytes, record->size, &transaction) != RL_OK)
    return "its bytes are damaged";
  rl_number_key(record->number, key);
  if (!rl_transaction_balances(&transaction))
    return "its postings do not sum to zero in each currency";
  return is_inside(it, rl_transaction_instant_ms(&transaction)) ? NULL
                                                                : "it is not of the interval";
}

static const char *look_at_quote(const rl_checking *it, const rl_export_record *record,
                                 uint8_t key[RL_TABLE_KEY_MAX])
{
  rl_quote quote;
  if (rl_quote_decode(record->bytes, record->size, &quote) != RL_OK)
    return "its bytes are damaged";
  memcpy(key, quote.id.bytes, sizeof quote.id.bytes);
  return is_inside(it, rl_quote_id_time(quote.id).ms) ? NULL : "it is not of the interval";
}

static const char *look_at_end(const rl_checking *it, const rl_export_record *record,
                               uint8_t key[RL_TABLE_KEY_MAX])
{
  rl_end end;
  if (rl_end_decode(record->bytes, record->size, &end) != RL_OK)
    return "its bytes are damaged";
  memcpy(key, end.quote.bytes, sizeof end.quote.bytes);
  return is_inside(it, rl_end_instant_ms(&end)) ? NULL : "it is not of the interval";
}

static const char *look_at_revocation(const rl_checking *it, const rl_export_record *record,
                                      uint8_t key[RL_TABLE_KEY_MAX])
{
  rl_revocation revocation;
  if (rl_revocation_decode(record->bytes, record->size, &revocation) != RL_OK)
    return "its bytes are damaged";
  rl_number_key(revocation.number, key);
  return is_inside(it, revocation.at.utc.ms) ? NULL : "it is not of the interval";
}

static const char *look_at_opening(rl_checking *it, const rl_export_record *record,
                                   uint8_t key[RL_TABLE_KEY_MAX])
{
  rl_carried carried;
  if (rl_carried_decode(record->bytes, record->size, &carried) != RL_OK)
    return "its bytes are damaged";
  rl_number_key(it->report.counts[RL_EXPORT_OPENING] + 1, key); /* in the order of the file */
  it->opening[carried.account.amount.currency.index] += carried.minor;
  return NULL;
}

static const char *look_at(rl_checking *it, const rl_export_record *record,
                           uint8_t key[RL_TABLE_KEY_MAX])
{
  rl_digest digest;
  switch (record->kind) {
  case RL_EXPORT_REVOCATION: return look_at_revocation(it, record, key);
  case RL_EXPORT_QUOTE: return look_at_quote(it, record, key);
  case RL_EXPORT_END: return look_at_end(it, record, key);
  case RL_EXPORT_TRANSACTION: return look_at_transaction(it, record, key);
  case RL_EXPORT_OPENING: return look_at_opening(it, record, key);
  case RL_EXPORT_TARIFF:
    digest = rl_digest_of(record->bytes, record->size);
    memcpy(key, digest.bytes, sizeof digest.bytes);
    return NULL;
  case RL_EXPORT_KINDS: break;
  }
  return "it is of no kind";
}

static bool is_in_order(const rl_checking *it, rl_export_kind kind,
                        const uint8_t key[RL_TABLE_KEY_MAX])
{
  if (!it->any || kind != it->kind)
    return !it->any || kind > it->kind;
  return memcmp(it->key, key, sizeof it->key) < 0;
}

/* What a line says by itself. */
static rl_status read_record(rl_checking *it, size_t length, rl_export_record *record,
                             uint8_t key[RL_TABLE_KEY_MAX])
{
  size_t made;
  memset(key, 0, RL_TABLE_KEY_MAX);
  if (rl_line_read(it->line, length, it->bytes, record) != RL_OK)
    return fail(it, "this is no line of an export, or the file is cut off here");
  const char *reason = look_at(it, record, key);
  if (reason)
    return fail(it, reason);
  if (rl_line_make(&it->maker, record, &made) != RL_OK || made != length
      || memcmp(it->maker.text, it->line, length) != 0)
    return fail(it, "its fields are not those of its bytes");
  return RL_OK;
}

static rl_status check_record(rl_checking *it, size_t length)
{
  rl_export_record record;
  uint8_t key[RL_TABLE_KEY_MAX];
  rl_status status = read_record(it, length, &record, key);
  if (status != RL_OK)
    return status;
  if (!is_in_order(it, record.kind, key))
    return fail(it, "it is there twice, or out of its order");
  it->kind = record.kind;
  it->any = true;
  memcpy(it->key, key, sizeof key);
  it->report.counts[record.kind]++;
  return RL_OK;
}

/* --- the file --- */

/* False at its end. */
static bool next_line(rl_checking *it, size_t *length)
{
  ssize_t got = getline(&it->line, &it->room, it->file);
  it->number++;
  *length = got > 0 ? (size_t)got : 0;
  return got > 0;
}

static rl_status check_head(rl_checking *it)
{
  size_t length;
  if (!next_line(it, &length) || rl_line_read_head(it->line, length, &it->report) != RL_OK
      || rl_line_make_head(&it->maker, &it->report) != length
      || memcmp(it->maker.text, it->line, length) != 0)
    return fail(it, "this is no export that this program knows: its first line is another");
  rl_digesting_add(&it->hash, it->line, length);
  return RL_OK;
}

static bool is_tail(const rl_checking *it, size_t length)
{
  static const char start[] = "{\"record\":\"tail\"";
  return length >= sizeof start && memcmp(it->line, start, sizeof start - 1) == 0;
}

static rl_status check_tail(rl_checking *it, size_t length)
{
  it->report.hash = rl_digesting_end(&it->hash);
  if (rl_line_make_tail(&it->maker, &it->report) != length
      || memcmp(it->maker.text, it->line, length) != 0)
    return fail(it, "hash or counts are not those of the lines before: the file was changed");
  for (size_t i = 0; i < RL_CURRENCY_COUNT; i++) {
    if (it->opening[i] != 0)
      return fail(it, "the opening does not sum to zero in each currency");
  }
  if (next_line(it, &length))
    return fail(it, "there is more behind the last line");
  return RL_OK;
}

static rl_status check_all(rl_checking *it)
{
  size_t length;
  rl_status status = check_head(it);
  while (status == RL_OK && next_line(it, &length)) {
    if (is_tail(it, length))
      return check_tail(it, length);
    rl_digesting_add(&it->hash, it->line, length);
    status = check_record(it, length);
  }
  return status == RL_OK ? fail(it, "the file is cut off: its last line is missing") : status;
}

static rl_status open_file(rl_checking *it)
{
  it->file = fopen(it->path, "re");
  if (!it->file)
    return rl_fail(it->error, RL_NOT_FOUND, it->path, 0, "", "cannot be opened: %s",
                   strerror(errno));
  it->bytes = malloc(RL_EXPORT_BYTES_MAX);
  if (it->bytes && rl_line_maker_init(&it->maker) == RL_OK)
    return RL_OK;
  return rl_fail(it->error, RL_NO_MEMORY, it->path, 0, "", "no memory to read it");
}

static void close_file(rl_checking *it)
{
  if (it->file)
    fclose(it->file);
  free(it->line);
  free(it->bytes);
  rl_line_maker_fini(&it->maker);
}

/* Opens the file, has `work` done on it, and closes it. */
static rl_status with_file(const char *path, rl_status (*work)(rl_checking *it, void *out),
                           void *out, rl_error *error)
{
  rl_checking *it = calloc(1, sizeof *it);
  if (!it)
    return rl_fail(error, RL_NO_MEMORY, path, 0, "", "no memory to read it");
  it->path = path;
  it->error = error;
  rl_digesting_begin(&it->hash);
  rl_status status = open_file(it);
  if (status == RL_OK)
    status = work(it, out);
  close_file(it);
  free(it);
  return status;
}

static rl_status check_and_report(rl_checking *it, void *report)
{
  rl_status status = check_all(it);
  if (status == RL_OK)
    *(rl_export_report *)report = it->report;
  return status;
}

rl_status rl_export_check(const char *path, rl_export_report *report, rl_error *error)
{
  return with_file(path, check_and_report, report, error);
}

/* --- one quote --- */

/* The next line of that kind that has the text somewhere and is sound; RL_NOT_FOUND. Other lines
 * are not looked at, so that a fault elsewhere keeps nobody from what is whole. */
static rl_status next_record(rl_checking *it, rl_export_kind kind, const char *text,
                             rl_export_record *record, uint8_t key[RL_TABLE_KEY_MAX])
{
  char start[32];
  size_t length;
  snprintf(start, sizeof start, "{\"record\":\"%s\"", rl_export_kind_name(kind));
  while (next_line(it, &length)) {
    if (strncmp(it->line, start, strlen(start)) == 0
        && memmem(it->line, length, text, strlen(text)))
      return read_record(it, length, record, key);
  }
  return RL_NOT_FOUND;
}

static rl_status find_quote(rl_checking *it, rl_quote_id id, rl_quote *out)
{
  char text[RL_QUOTE_ID_TEXT_SIZE];
  rl_export_record record;
  uint8_t key[RL_TABLE_KEY_MAX];
  rl_quote_id_format(id, text);
  rl_status status = check_head(it);
  /* Another quote's line may have the text, as its client's key. */
  do {
    if (status == RL_OK)
      status = next_record(it, RL_EXPORT_QUOTE, text, &record, key);
  } while (status == RL_OK && memcmp(key, id.bytes, sizeof id.bytes) != 0);
  if (status == RL_NOT_FOUND)
    return rl_fail(it->error, status, it->path, 0, "", "it has no quote %s", text);
  return status == RL_OK ? rl_quote_decode(record.bytes, record.size, out) : status;
}

static rl_status find_tariff(rl_checking *it, rl_digest digest, rl_export_quote *out)
{
  char text[RL_DIGEST_TEXT_SIZE];
  rl_export_record record;
  uint8_t key[RL_TABLE_KEY_MAX];
  rl_digest_format(digest, text);
  rl_status status;
  do
    status = next_record(it, RL_EXPORT_TARIFF, text, &record, key);
  while (status == RL_OK && memcmp(key, digest.bytes, sizeof digest.bytes) != 0);
  if (status != RL_OK)
    return status == RL_NOT_FOUND ? RL_OK : status;
  out->tariff = malloc(record.size + 1);
  if (!out->tariff)
    return rl_fail(it->error, RL_NO_MEMORY, it->path, 0, "", "no memory for its tariff");
  memcpy(out->tariff, record.bytes, record.size);
  out->tariff[record.size] = '\0';
  out->tariff_length = record.size;
  return RL_OK;
}

static rl_status find_both(rl_checking *it, void *context)
{
  rl_export_quote *out = context;
  rl_status status = find_quote(it, out->id, &out->quote);
  return status == RL_OK ? find_tariff(it, out->quote.terms.tariff, out) : status;
}

rl_status rl_export_find(const char *path, rl_export_quote *quote, rl_error *error)
{
  return with_file(path, find_both, quote, error);
}
