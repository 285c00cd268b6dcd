/* Random histories under retention: each record that was ever written is in one export of the
 * chain, once; balances never change; the store proves itself after every step. The balances are
 * kept beside, posting by posting, as they are made. */
#include "export/line.h"
#include "store/harness.h"
#include "support/postgres.h"

#include <criterion/criterion.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HISTORIES = 6, STEPS = 120, NAME_SIZE = 48, INSTANTS_MAX = 512 };

typedef struct rl_seen {
  char name[NAME_SIZE]; /* kind and key */
  unsigned times;       /* in how many exports it was */
} rl_seen;

typedef struct rl_history {
  rl_harness harness;
  rl_harness other; /* another engine of the same store, where it is shared: it lets go, too */
  rl_random *random;
  unsigned keys;
  void *written;  /* of rl_seen; see tsearch */
  size_t records;
  rl_harness_sums sums;
  int64_t instants[INSTANTS_MAX]; /* at which something was written, ms UTC */
  unsigned instant_count;
  uint8_t *room;
} rl_history;

static int compare_names(const void *left, const void *right)
{
  return strcmp(((const rl_seen *)left)->name, ((const rl_seen *)right)->name);
}

static rl_seen *seen(rl_history *it, const char *name)
{
  rl_seen wanted = {0};
  snprintf(wanted.name, sizeof wanted.name, "%s", name);
  rl_seen **node = tsearch(&wanted, &it->written, compare_names);
  if (*node == &wanted) {
    *node = malloc(sizeof wanted);
    **node = wanted;
    it->records++;
  }
  return *node;
}

static void wrote(rl_history *it, const char *kind, rl_quote_id id, uint64_t number)
{
  char text[RL_QUOTE_ID_TEXT_SIZE], name[NAME_SIZE];
  rl_quote_id_format(id, text);
  snprintf(name, sizeof name, "%s %s %llu", kind, text, (unsigned long long)number);
  (void)seen(it, name);
  if (it->instant_count < INSTANTS_MAX)
    it->instants[it->instant_count++] = harness_now(&it->harness).utc.ms;
}

static unsigned below(rl_history *it, unsigned bound)
{
  return (unsigned)(rl_random_next(it->random) % bound);
}

static void pass_ms(rl_history *it, int64_t ms)
{
  rl_manual_clock_advance_ns(&it->harness.manual, ms * RL_NS_PER_MS);
}

static const char *next_key(rl_history *it)
{
  static char key[16];
  snprintf(key, sizeof key, "k%u", ++it->keys);
  return key;
}

/* --- steps --- */

static void end_quote(rl_history *it, const rl_quote *quote, bool from_token)
{
  static const rl_quote_id none;
  rl_transaction sale;
  bool accepts = below(it, 3) > 0;
  rl_job job = harness_job(&it->harness, accepts ? RL_JOB_ACCEPT : RL_JOB_CANCEL, quote,
                           next_key(it));
  job.from_token = from_token ? quote : NULL;
  harness_run(&it->harness, &job);
  if (job.refusal == RL_REFUSAL_QUOTE_EXPIRED)
    return;
  cr_assert_eq(job.refusal, RL_REFUSAL_NONE, "%s", rl_refusal_name(job.refusal));
  wrote(it, "end", quote->id, 0);
  if (from_token)
    wrote(it, "quote", quote->id, 0);
  if (!accepts)
    return;
  wrote(it, "transaction", none, job.end.transaction);
  rl_ledger_post(quote, job.arrived.utc.ms, &sale);
  harness_add(&it->sums, &sale);
}

static void quote_and_end(rl_history *it)
{
  static const uint32_t ttls_ms[] = {HARNESS_TTL_MS, 3600 * 1000, RL_TTL_MAX_MS};
  it->harness.ttl_ms = ttls_ms[below(it, 3)];
  bool from_token = below(it, 4) == 0;
  rl_quote quote = from_token ? harness_quote(&it->harness) : harness_recorded(&it->harness);
  if (!from_token) {
    wrote(it, "quote", quote.id, 0);
    /* It is on disk before days pass: an export takes what has been settled for long. */
    cr_assert_eq(harness_end(&it->harness, RL_JOB_SHOW, &quote, ""), RL_REFUSAL_NONE);
  }
  if (below(it, 4) == 0)
    return; /* it expires */
  pass_ms(it, below(it, it->harness.ttl_ms + 1));
  end_quote(it, &quote, from_token);
}

static void settle(rl_history *it)
{
  static const rl_quote_id none;
  rl_currency eur;
  cr_assert_eq(rl_currency_find("EUR", 3, &eur), RL_OK);
  rl_movement movement = {.kind = RL_TRANSACTION_SETTLEMENT, .value_day = 20000,
                          .party = RL_ACCOUNT_CUSTOMER, .party_name = "shop", .bank = "main",
                          .amount = {1 + below(it, 1000), eur}};
  rl_job job = {.kind = RL_JOB_POST, .movement = movement, .client = "desk",
                .body = rl_movement_body(&movement), .arrived = harness_now(&it->harness)};
  snprintf(job.key, sizeof job.key, "%s", next_key(it));
  harness_run(&it->harness, &job);
  cr_assert_eq(job.refusal, RL_REFUSAL_NONE);
  wrote(it, "transaction", none, job.number);
  harness_add(&it->sums, &job.transaction);
}

/* Of nobody's quotes: it is the row that matters here. */
static void revoke(rl_history *it)
{
  static const rl_quote_id none;
  rl_job job = {.kind = RL_JOB_REVOKE, .client = "desk", .body.words = {7, it->keys},
                .revocation = {.issued_from_ms = INT64_MIN, .issued_before_ms = INT64_MAX,
                               .client = "nobody", .reason = "test"},
                .arrived = harness_now(&it->harness)};
  snprintf(job.key, sizeof job.key, "%s", next_key(it));
  harness_run(&it->harness, &job);
  cr_assert_eq(job.refusal, RL_REFUSAL_NONE);
  wrote(it, "revocation", none, job.revocation.number);
}

static void retain(rl_history *it)
{
  const rl_quote nothing = {.client = "shop"};
  rl_store_retain(it->harness.store);
  if (it->other.store)
    rl_store_retain(it->other.store); /* at the same time */
  for (int i = 0; i < 2; i++) {
    (void)harness_end(&it->harness, RL_JOB_SHOW, &nothing, "");
    if (it->other.store)
      (void)harness_end(&it->other, RL_JOB_SHOW, &nothing, "");
  }
}

static void open_other(rl_history *it)
{
  harness_init(&it->other);
  it->other.options.keep_ms = RL_KEEP_MIN_MS;
  it->other.options.url = it->harness.options.url;
  it->other.options.clock = it->harness.options.clock;
  harness_open(&it->other);
}

/* --- exports --- */

static void take_record(rl_history *it, const rl_export_record *record)
{
  rl_quote quote;
  rl_end end;
  rl_revocation revocation;
  rl_quote_id id = {0};
  uint64_t number = record->number;
  char text[RL_QUOTE_ID_TEXT_SIZE], name[NAME_SIZE];
  if (record->kind == RL_EXPORT_QUOTE) {
    cr_assert_eq(rl_quote_decode(record->bytes, record->size, &quote), RL_OK);
    id = quote.id;
  } else if (record->kind == RL_EXPORT_END) {
    cr_assert_eq(rl_end_decode(record->bytes, record->size, &end), RL_OK);
    id = end.quote;
  } else if (record->kind == RL_EXPORT_REVOCATION) {
    cr_assert_eq(rl_revocation_decode(record->bytes, record->size, &revocation), RL_OK);
    number = revocation.number;
  }
  rl_quote_id_format(id, text);
  snprintf(name, sizeof name, "%s %s %llu", rl_export_kind_name(record->kind), text,
           (unsigned long long)number);
  size_t before = it->records;
  seen(it, name)->times++;
  cr_assert_eq(it->records, before, "%s was exported and never written", name);
}

static void take_file(rl_history *it, const char *path)
{
  char *line = NULL;
  size_t room = 0;
  FILE *file = fopen(path, "r");
  cr_assert(file);
  for (ssize_t length; (length = getline(&line, &room, file)) > 0;) {
    rl_export_record record;
    if (rl_line_read(line, (size_t)length, it->room, &record) == RL_OK
        && record.kind != RL_EXPORT_OPENING && record.kind != RL_EXPORT_TARIFF)
      take_record(it, &record);
  }
  free(line);
  fclose(file);
}

static void export_until(rl_history *it, int64_t before_ms)
{
  char path[128];
  rl_export_report report, read;
  rl_error error = {0};
  int64_t from_ms = rl_store_exported_before(it->harness.store);
  snprintf(path, sizeof path, "%s/export.jsonl", it->harness.directory);
  FILE *file = fopen(path, "w");
  cr_assert_eq(rl_export_write(it->harness.store, (rl_export_interval){from_ms, before_ms}, file,
                               &report, &error), RL_OK);
  cr_assert_eq(fclose(file), 0);
  cr_assert_eq(rl_export_check(path, &read, &error), RL_OK, "line %u: %s", error.line, error.text);
  rl_job job = {.kind = RL_JOB_EXPORTED, .client = "desk", .exported_from_ms = from_ms,
                .exported_before_ms = before_ms, .arrived = harness_now(&it->harness)};
  harness_run(&it->harness, &job);
  cr_assert_eq(job.refusal, RL_REFUSAL_NONE);
  take_file(it, path);
}

/* At, or just behind, an instant at which something was written. */
static void export_some(rl_history *it)
{
  int64_t settled_ms = harness_now(&it->harness).utc.ms - (int64_t)RL_SETTLED_MS;
  int64_t from_ms = rl_store_exported_before(it->harness.store);
  int64_t before_ms = settled_ms;
  if (it->instant_count > 0 && below(it, 3) > 0)
    before_ms = it->instants[below(it, it->instant_count)] + below(it, 2);
  if (before_ms > from_ms && before_ms <= settled_ms)
    export_until(it, before_ms);
}

/* --- the whole --- */

static void expect_sound(rl_history *it)
{
  rl_verify_report report;
  rl_error error = {0};
  cr_assert_eq(rl_store_verify(it->harness.store, &report, &error), RL_OK, "%s: %s", error.field,
               error.text);
  rl_harness_sums sums = harness_balances(&it->harness);
  cr_assert_eq(memcmp(&sums, &it->sums, sizeof sums), 0, "balances changed");
}

static void step(rl_history *it)
{
  switch (below(it, 10)) {
  case 0: settle(it); break;
  case 1: revoke(it); break;
  case 2:
  case 3: export_some(it); break;
  case 4:
  case 5: retain(it); break;
  case 6: pass_ms(it, below(it, 3 * RL_DAY_MS)); break;
  case 7:
    if (below(it, 4) == 0)
      harness_restart(&it->harness);
    break;
  default: quote_and_end(it); break;
  }
}

static void expect_exported_once(const void *node, VISIT order, void *context)
{
  const rl_seen *record = *(rl_seen *const *)node;
  (void)context;
  if (order == postorder || order == leaf)
    cr_expect_eq(record->times, 1, "%s is in %u exports", record->name, record->times);
}

/* `url` is of a database with nothing in it, or NULL. */
static void run_history(const char *url)
{
  rl_history *it = calloc(1, sizeof *it);
  cr_assert(it);
  it->room = malloc(RL_EXPORT_BYTES_MAX);
  harness_init(&it->harness);
  it->harness.options.keep_ms = RL_KEEP_MIN_MS;
  it->harness.options.url = url;
  harness_open(&it->harness);
  if (url)
    open_other(it);
  it->random = &it->harness.random;
  for (unsigned i = 0; i < STEPS; i++) {
    step(it);
    expect_sound(it);
  }
  pass_ms(it, 10 * (int64_t)RL_DAY_MS);
  export_until(it, harness_now(&it->harness).utc.ms - (int64_t)RL_SETTLED_MS);
  do
    retain(it);
  while (rl_store_has_old(it->harness.store));
  if (url)
    harness_fini(&it->other);
  expect_sound(it);
  rl_verify_report report;
  rl_error error;
  cr_assert_eq(rl_store_verify(it->harness.store, &report, &error), RL_OK);
  cr_expect_eq(report.quotes + report.ends + report.transactions, 0, "all of it went");
  twalk_r(it->written, expect_exported_once, NULL);
  tdestroy(it->written, free);
  harness_fini(&it->harness);
  free(it->room);
  free(it);
}

Test(export_history, what_goes_was_exported_once_and_balances_stay)
{
  for (unsigned i = 0; i < HISTORIES; i++)
    run_history(NULL);
}

Test(export_history, the_same_where_two_engines_share_a_database)
{
  test_postgres server;
  postgres_make(&server);
  run_history(server.url);
  postgres_remove(&server);
}
