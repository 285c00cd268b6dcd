/* An export, kind by kind, each in the order of its keys. The store is walked in short read
 * transactions, so that a slow disk or pipe pins none of its pages. */
#include "export/line.h"

#include "store/rows.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

enum { OPENING_TRIES = 8 };

typedef struct rl_exporting {
  rl_store *store;
  rl_export_interval interval;
  FILE *out;
  rl_export_report *report;
  rl_line_maker maker;
  rl_digesting hash;
  rl_digest *tariffs; /* of the quotes, each once */
  size_t tariff_count;
  size_t tariff_room;
  void *opening; /* of rl_carried; see tsearch */
  rl_status status;
  rl_error *error;
} rl_exporting;

static void put_text(rl_exporting *it, size_t length)
{
  rl_digesting_add(&it->hash, it->maker.text, length);
  (void)fwrite(it->maker.text, 1, length, it->out); /* the caller asks ferror */
}

/* For visitors: whether to go on. */
static bool put(rl_exporting *it, const rl_export_record *record)
{
  size_t length;
  it->status = rl_line_make(&it->maker, record, &length);
  if (it->status != RL_OK)
    return false;
  put_text(it, length);
  it->report->counts[record->kind]++;
  return !ferror(it->out);
}

static bool is_inside(const rl_exporting *it, int64_t instant_ms)
{
  return instant_ms >= it->interval.from_ms && instant_ms < it->interval.before_ms;
}

/* --- quotes and what became of them --- */

static bool put_revocation(const rl_revocation *revocation, void *context)
{
  rl_exporting *it = context;
  uint8_t row[RL_REVOCATION_ROW_MAX];
  if (!is_inside(it, revocation->at.utc.ms))
    return true;
  return put(it, &(rl_export_record){.kind = RL_EXPORT_REVOCATION, .bytes = row,
                                     .size = rl_revocation_encode(revocation, row)});
}

static void note_tariff(rl_exporting *it, rl_digest tariff)
{
  for (size_t i = it->tariff_count; i-- > 0;) {
    if (rl_digest_equal(it->tariffs[i], tariff))
      return; /* the newest first: most quotes are of the one before's tariff */
  }
  if (it->tariff_count == it->tariff_room) {
    size_t room = it->tariff_room ? 2 * it->tariff_room : 16;
    rl_digest *more = realloc(it->tariffs, room * sizeof *more);
    RL_ASSERT(more);
    it->tariffs = more;
    it->tariff_room = room;
  }
  it->tariffs[it->tariff_count++] = tariff;
}

static bool put_quote(const rl_quote *quote, void *context)
{
  rl_exporting *it = context;
  uint8_t record[RL_RECORD_MAX];
  if (rl_quote_id_time(quote->id).ms >= it->interval.before_ms)
    return false;
  note_tariff(it, quote->terms.tariff);
  return put(it, &(rl_export_record){.kind = RL_EXPORT_QUOTE, .bytes = record,
                                     .size = rl_quote_encode(quote, record)});
}

static bool put_end(const rl_end *end, void *context)
{
  rl_exporting *it = context;
  uint8_t row[RL_END_ROW_MAX];
  if (rl_quote_id_time(end->quote).ms >= it->interval.before_ms)
    return false;
  if (!is_inside(it, rl_end_instant_ms(end)))
    return true;
  return put(it, &(rl_export_record){.kind = RL_EXPORT_END, .bytes = row,
                                     .size = rl_end_encode(end, row)});
}

/* An end is of an instant within its quote's lock. */
static rl_status put_quotes(rl_exporting *it)
{
  int64_t from_ms = it->interval.from_ms;
  rl_status status = rl_store_each_revocation(it->store, put_revocation, it, it->error);
  if (status == RL_OK)
    status = rl_store_each_quote(it->store, rl_quote_id_first_at(from_ms), put_quote, it,
                                 it->error);
  if (status == RL_OK)
    status = rl_store_each_end(it->store,
                               rl_quote_id_first_at(from_ms - (int64_t)RL_END_LATEST_MS), put_end,
                               it, it->error);
  return status;
}

static int compare_digests(const void *left, const void *right)
{
  return memcmp(left, right, sizeof(rl_digest));
}

static rl_status put_tariff(rl_exporting *it, rl_digest digest)
{
  char *text;
  size_t length;
  rl_status status = rl_store_find_tariff(it->store, digest, &text, &length);
  if (status == RL_NOT_FOUND)
    return RL_OK; /* of a quote that only its token made known: another engine's tariff */
  if (status != RL_OK)
    return rl_fail(it->error, status, "", 0, "tariff", "cannot be read: %s",
                   rl_status_text(status));
  (void)put(it, &(rl_export_record){.kind = RL_EXPORT_TARIFF, .bytes = text, .size = length});
  free(text);
  return RL_OK;
}

static rl_status put_tariffs(rl_exporting *it)
{
  rl_status status = RL_OK;
  if (it->tariff_count > 0)
    qsort(it->tariffs, it->tariff_count, sizeof *it->tariffs, compare_digests);
  for (size_t i = 0; i < it->tariff_count && status == RL_OK; i++)
    status = put_tariff(it, it->tariffs[i]);
  return status;
}

/* --- the ledger --- */

static bool put_transaction(uint64_t number, const rl_transaction *transaction, void *context)
{
  rl_exporting *it = context;
  uint8_t row[RL_TRANSACTION_MAX];
  if (!is_inside(it, rl_transaction_instant_ms(transaction)))
    return true;
  return put(it, &(rl_export_record){.kind = RL_EXPORT_TRANSACTION, .number = number,
                                     .bytes = row,
                                     .size = rl_transaction_encode(transaction, row)});
}

static int compare_sums(const void *left, const void *right)
{
  const rl_posting *a = &((const rl_carried *)left)->account;
  const rl_posting *b = &((const rl_carried *)right)->account;
  if (a->account != b->account)
    return a->account < b->account ? -1 : 1;
  int order = strcmp(a->name, b->name);
  return order != 0 ? order
                    : strcmp(rl_currency_code(a->amount.currency),
                             rl_currency_code(b->amount.currency));
}

static void add_sum(rl_exporting *it, const rl_carried *more)
{
  rl_carried **node = tsearch(more, &it->opening, compare_sums);
  RL_ASSERT(node);
  if (*node == more) {
    *node = malloc(sizeof **node);
    RL_ASSERT(*node);
    **node = *more;
    (*node)->account.amount.minor = 0;
    return;
  }
  (*node)->minor += more->minor;
  (*node)->postings += more->postings;
}

static bool add_carried(const rl_carried *carried, void *context)
{
  add_sum(context, carried);
  return true;
}

static bool add_earlier(uint64_t number, const rl_transaction *transaction, void *context)
{
  rl_exporting *it = context;
  (void)number;
  if (rl_transaction_instant_ms(transaction) >= it->interval.from_ms)
    return true;
  for (unsigned i = 0; i < transaction->posting_count; i++) {
    const rl_posting *posting = &transaction->postings[i];
    add_sum(it, &(rl_carried){*posting, posting->amount.minor, 1});
  }
  return true;
}

static void clear_opening(rl_exporting *it)
{
  tdestroy(it->opening, free);
  it->opening = NULL;
}

static rl_status add_opening(rl_exporting *it)
{
  rl_status status = RL_AGAIN;
  for (unsigned i = 0; i < OPENING_TRIES && status == RL_AGAIN; i++) {
    clear_opening(it);
    status = rl_store_each_balance(it->store, add_carried, add_earlier, it, it->error);
  }
  return status == RL_AGAIN ? rl_fail(it->error, status, "", 0, "",
                                      "old transactions are being let go: export again later")
                            : status;
}

static void put_sum(const void *node, VISIT order, void *context)
{
  rl_exporting *it = context;
  uint8_t row[RL_CARRIED_ROW_MAX];
  if ((order != postorder && order != leaf) || it->status != RL_OK)
    return;
  const rl_carried *sum = *(rl_carried *const *)node;
  (void)put(it, &(rl_export_record){.kind = RL_EXPORT_OPENING, .bytes = row,
                                    .size = rl_carried_encode(sum, row)});
}

static rl_status put_ledger(rl_exporting *it)
{
  rl_status status = rl_store_each_transaction(it->store, 1, put_transaction, it, it->error);
  if (status == RL_OK)
    status = add_opening(it);
  if (status == RL_OK)
    twalk_r(it->opening, put_sum, it);
  return status;
}

/* --- all of it --- */

static rl_status write_all(rl_exporting *it)
{
  put_text(it, rl_line_make_head(&it->maker, it->report));
  rl_status status = put_quotes(it);
  if (status == RL_OK)
    status = put_tariffs(it);
  if (status == RL_OK)
    status = put_ledger(it);
  if (status == RL_OK)
    status = it->status;
  if (status != RL_OK)
    return status;
  it->report->hash = rl_digesting_end(&it->hash);
  (void)fwrite(it->maker.text, 1, rl_line_make_tail(&it->maker, it->report), it->out);
  return RL_OK;
}

rl_status rl_export_write(rl_store *store, rl_export_interval interval, FILE *out,
                          rl_export_report *report, rl_error *error)
{
  rl_exporting it = {.store = store, .interval = interval, .out = out, .report = report,
                     .error = error};
  *report = (rl_export_report){.store = rl_store_identity(store), .interval = interval};
  if (rl_line_maker_init(&it.maker) != RL_OK)
    return rl_fail(error, RL_NO_MEMORY, "", 0, "", "no memory for the export");
  rl_digesting_begin(&it.hash);
  rl_status status = write_all(&it);
  clear_opening(&it);
  free(it.tariffs);
  rl_line_maker_fini(&it.maker);
  return status;
}
