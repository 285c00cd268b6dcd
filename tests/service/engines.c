/* Two whole engines on one PostgreSQL database: what each has in its own book and exposure, and
 * puts back there at a start, is what it issued itself. Both sources say EURUSD
 * 1.125180/1.125220. */
#include "support/engine.h"
#include "support/expect.h"
#include "support/postgres.h"

#include <string.h>
#include <unistd.h>

enum { LEFT, RIGHT, ENGINES, TTL_MS = 30000 };

static test_postgres server;
static rl_test_engine engines[ENGINES];

typedef struct held {
  char id[256];
  uint8_t token[RL_TOKEN_MAX];
  size_t token_size;
} held;

/* So that each honours the other's tokens; the right one starts with it. */
static void share_key(void)
{
  char from[128], to[128];
  snprintf(from, sizeof from, "%s/seal.key", engines[LEFT].directory);
  snprintf(to, sizeof to, "%s/seal.key", engines[RIGHT].directory);
  EXPECT(remove(to) == 0 && link(from, to) == 0);
}

static void restart(int which, bool new_boot)
{
  rl_test_engine_restart(&engines[which], new_boot);
  rl_test_engine_tick(&engines[which]);
}

static void start_both(void)
{
  postgres_run(&server, "DROP SCHEMA IF EXISTS ratelock CASCADE");
  for (int i = 0; i < ENGINES; i++)
    rl_test_engine_start_at(&engines[i], server.url);
  share_key();
  restart(RIGHT, false);
  rl_test_engine_tick(&engines[LEFT]);
}

static void stop_both(void)
{
  rl_verify_report report;
  EXPECT(rl_store_verify(engines[LEFT].store, &report, NULL) == RL_OK);
  for (int i = 0; i < ENGINES; i++)
    rl_test_engine_stop(&engines[i]);
}

static void advance_ms(int64_t ms)
{
  for (int i = 0; i < ENGINES; i++) {
    rl_manual_clock_advance_ns(&engines[i].manual, ms * RL_NS_PER_MS);
    (void)rl_service_sweep(engines[i].service);
  }
}

/* "" for a yes, else the refusal. */
static const char *ask(int which, const rl_request *request, held *out)
{
  static char code[256];
  size_t size;
  const uint8_t *reply = rl_test_ask(&engines[which], "shop", request, &size);
  if (!rl_reply_bool(reply, size, "ok"))
    return rl_reply_text(reply, size, "code", code);
  if (out) {
    rl_reply_text(reply, size, "quote", out->id);
    out->token_size = rl_reply_binary(reply, size, "token", out->token, sizeof out->token);
  }
  return "";
}

/* Answered behind all that the engine had recorded before. */
static void await_record(int which, const char *id)
{
  rl_request request = rl_test_end_request(RL_REQUEST_SHOW, id, "");
  EXPECT(!*ask(which, &request, NULL));
}

/* Its record is in the database. */
static held quote(int which, int64_t amount_minor, const char *key)
{
  held out;
  rl_request request =
    rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, amount_minor, key);
  const char *code = ask(which, &request, &out);
  if (*code)
    fprintf(stderr, "%s\n", code);
  EXPECT(!*code);
  await_record(which, out.id);
  return out;
}

static const char *accept(int which, const held *it, const char *key)
{
  rl_request request = {
    .kind = RL_REQUEST_ACCEPT, .token = it->token, .token_size = it->token_size};
  snprintf(request.key, sizeof request.key, "%s", key);
  return ask(which, &request, NULL);
}

static void expect_open(int which, uint32_t locks, uint64_t notional_minor)
{
  rl_exposure_sum total = rl_exposure_total(engines[which].exposure);
  if (total.locks != locks || total.notional_minor != notional_minor)
    fprintf(stderr, "%u locks of %lu, not %u of %lu\n", total.locks,
            (unsigned long)total.notional_minor, locks, (unsigned long)notional_minor);
  EXPECT(total.locks == locks && total.notional_minor == notional_minor);
}

static rl_quote_id id_of(const held *it)
{
  rl_quote_id id;
  EXPECT(rl_quote_id_parse(it->id, strlen(it->id), &id) == RL_OK);
  return id;
}

static void id_path(int which, char out[128])
{
  snprintf(out, 128, "%s/engine.id", engines[which].directory);
}

static void lose_id(int which)
{
  char path[128];
  id_path(which, path);
  EXPECT(remove(path) == 0);
}

/* --- what a start puts back --- */

static void after_a_restart_each_has_exactly_its_own(void)
{
  quote(LEFT, 8000, "a");
  quote(RIGHT, 7000, "b");
  quote(RIGHT, 600, "c");
  for (unsigned boots = 0; boots < 2; boots++) {
    expect_open(LEFT, 1, 8000);
    expect_open(RIGHT, 2, 7600);
    restart(LEFT, boots);
    restart(RIGHT, boots);
  }
  expect_open(LEFT, 1, 8000);
  expect_open(RIGHT, 2, 7600);
}

static void a_restart_leaves_the_caps_their_room(void)
{
  rl_request more = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 8000, "e");
  rl_test_engine_write_limits(&engines[LEFT], "client shop locks=2\n");
  quote(LEFT, 8000, "a");
  quote(RIGHT, 8000, "b");
  quote(RIGHT, 8000, "c");
  restart(LEFT, false);
  quote(LEFT, 8000, "d");
  EXPECT(strcmp(ask(LEFT, &more, NULL), "CLIENT_LIMIT") == 0);
}

static void a_create_key_is_known_where_it_was_sent(void)
{
  held first = quote(LEFT, 8000, "a");
  restart(LEFT, false);
  restart(RIGHT, false);
  EXPECT(strcmp(quote(LEFT, 8000, "a").id, first.id) == 0);
  held other = quote(RIGHT, 8000, "a");
  EXPECT(strcmp(other.id, first.id) != 0);
  restart(LEFT, false);
  restart(RIGHT, true);
  EXPECT(strcmp(quote(LEFT, 8000, "a").id, first.id) == 0);
  EXPECT(strcmp(quote(RIGHT, 8000, "a").id, other.id) == 0);
  expect_open(LEFT, 1, 8000);
  expect_open(RIGHT, 1, 8000);
}

/* --- ended elsewhere --- */

static void a_quote_that_another_ended_is_counted_until_its_time_is_over(void)
{
  held it = quote(LEFT, 8000, "a");
  EXPECT(strcmp(accept(RIGHT, &it, "k"), "") == 0);
  expect_open(RIGHT, 0, 0);
  advance_ms(TTL_MS - 1);
  expect_open(LEFT, 1, 8000);
  advance_ms(1);
  expect_open(LEFT, 0, 0);
}

static void a_quote_that_another_ended_is_gone_at_a_start_or_a_second_accept(void)
{
  held first = quote(LEFT, 8000, "a"), second = quote(LEFT, 7000, "b");
  EXPECT(strcmp(accept(RIGHT, &first, "k"), "") == 0);
  EXPECT(strcmp(accept(RIGHT, &second, "l"), "") == 0);
  EXPECT(strcmp(accept(LEFT, &first, "k"), "") == 0);
  expect_open(LEFT, 1, 7000);
  EXPECT(strcmp(accept(LEFT, &first, "other"), "QUOTE_CONSUMED") == 0);
  restart(LEFT, false);
  expect_open(LEFT, 0, 0);
  restart(RIGHT, false);
  expect_open(RIGHT, 0, 0);
}

/* As its client is answered, before the record is in the database. */
static void a_token_that_overtakes_its_record_costs_no_evidence(void)
{
  static rl_test_hold hold;
  static rl_quote recorded;
  held first, again;
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 8000, "a");
  rl_test_hold_store(&engines[LEFT], &hold);
  EXPECT(!*ask(LEFT, &request, &first));
  EXPECT(!*accept(RIGHT, &first, "k"));
  EXPECT(rl_store_find_quote(engines[RIGHT].store, id_of(&first), &recorded) == RL_OK);
  EXPECT(!recorded.has_evidence);
  rl_test_free_store(&hold);
  EXPECT(!*ask(LEFT, &request, &again));
  EXPECT(strcmp(again.id, first.id) == 0);
  EXPECT(rl_store_find_quote(engines[RIGHT].store, id_of(&first), &recorded) == RL_OK);
  EXPECT(recorded.has_evidence && strcmp(recorded.key, "a") == 0);
  EXPECT(!*accept(LEFT, &first, "k"));
  expect_open(LEFT, 0, 0);
}

/* --- the file --- */

static void a_lost_id_forgets_what_is_open_and_honours_it(void)
{
  held lost = quote(LEFT, 8000, "a");
  quote(RIGHT, 7000, "b");
  rl_engine_id before = rl_store_engine(engines[LEFT].store);
  lose_id(LEFT);
  restart(LEFT, false);
  EXPECT(!rl_engine_id_equal(rl_store_engine(engines[LEFT].store), before));
  expect_open(LEFT, 0, 0);
  EXPECT(strcmp(accept(LEFT, &lost, "k"), "") == 0);
  quote(LEFT, 600, "c");
  restart(LEFT, false);
  expect_open(LEFT, 1, 600);
  expect_open(RIGHT, 1, 7000);
}

static void a_ping_says_which_engine_answers(void)
{
  char first[256], again[256], other[256];
  size_t size;
  rl_request request = {.kind = RL_REQUEST_PING};
  for (int i = 0; i < 2; i++) {
    const uint8_t *reply = rl_test_ask(&engines[LEFT], "shop", &request, &size);
    rl_reply_text(reply, size, "engine_id", i == 0 ? first : again);
    restart(LEFT, true);
  }
  rl_reply_text(rl_test_ask(&engines[RIGHT], "shop", &request, &size), size, "engine_id", other);
  EXPECT(strcmp(first, again) == 0 && strcmp(first, other) != 0);
}

/* Of a store in the directory, closed again. */
static rl_status try_open(const char *directory, bool read_only, rl_error *error)
{
  rl_store *store;
  *error = (rl_error){0};
  rl_store_options options = {.directory = directory, .url = server.url, .boot_id = 1,
                              .clock = engines[LEFT].clock, .read_only = read_only};
  rl_status status = rl_store_open(&options, &store, error);
  if (status == RL_OK)
    rl_store_close(store);
  return status;
}

static void write_text(const char *path, const char *text)
{
  FILE *file = fopen(path, "w");
  EXPECT(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void a_damaged_id_is_refused_and_named(void)
{
  static const char *const texts[] = {
    "", "\n", "0123456789abcdef", "0123456789abcde\n", "0123456789abcdef0", "0123456789abcdef0\n",
    "0123456789abcdeg\n", "0123456789abcdef\n\n"};
  char directory[] = "/tmp/ratelock-test-XXXXXX", path[64];
  rl_error error;
  EXPECT(mkdtemp(directory));
  snprintf(path, sizeof path, "%s/engine.id", directory);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    write_text(path, texts[i]);
    EXPECT(try_open(directory, false, &error) == RL_CORRUPT);
    EXPECT(strcmp(error.file, path) == 0 && strstr(error.text, "remove it"));
  }
  write_text(path, "0123456789abcdef\n");
  EXPECT(try_open(directory, false, &error) == RL_OK);
  rl_test_remove_directory(directory);
}

static void by_hand(int which, rl_request_kind kind, const char *key)
{
  rl_request request = {.kind = kind, .revoke.has_pair = true, .revoke.reason = "news"};
  size_t size;
  EXPECT(rl_currency_find("EUR", 3, &request.revoke.pair[0]) == RL_OK);
  EXPECT(rl_currency_find("USD", 3, &request.revoke.pair[1]) == RL_OK);
  snprintf(request.key, sizeof request.key, "%s", key);
  const uint8_t *reply = rl_test_ask(&engines[which], "operator", &request, &size);
  EXPECT(rl_reply_bool(reply, size, "ok"));
}

static void expect_priced(int which, bool priced, const char *key)
{
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 1000, key);
  EXPECT(strcmp(ask(which, &request, NULL), priced ? "" : "PAIR_HALTED") == 0);
}

static void a_halt_reaches_the_others_at_their_next_look_and_at_a_start(void)
{
  by_hand(LEFT, RL_REQUEST_HALT, "h");
  expect_priced(LEFT, false, "a");
  expect_priced(RIGHT, true, "b");
  EXPECT(rl_service_refresh_halts(engines[RIGHT].service, NULL) == RL_OK);
  expect_priced(RIGHT, false, "c");
  by_hand(RIGHT, RL_REQUEST_RESUME, "r");
  expect_priced(RIGHT, true, "d");
  expect_priced(LEFT, false, "e");
  EXPECT(rl_service_refresh_halts(engines[LEFT].service, NULL) == RL_OK);
  expect_priced(LEFT, true, "f");
  by_hand(LEFT, RL_REQUEST_HALT, "i");
  restart(RIGHT, false);
  expect_priced(RIGHT, false, "g");
}

static void whoever_only_reads_needs_no_directory(void)
{
  rl_error error;
  EXPECT(try_open("/tmp/ratelock-test-missing/deeper", true, &error) == RL_OK);
  EXPECT(try_open(engines[LEFT].directory, true, &error) == RL_OK);
}

#define ITEM(check) {#check, check}
static const struct {
  const char *name;
  void (*check)(void);
} items[] = {
  ITEM(after_a_restart_each_has_exactly_its_own),
  ITEM(a_restart_leaves_the_caps_their_room),
  ITEM(a_create_key_is_known_where_it_was_sent),
  ITEM(a_quote_that_another_ended_is_counted_until_its_time_is_over),
  ITEM(a_quote_that_another_ended_is_gone_at_a_start_or_a_second_accept),
  ITEM(a_token_that_overtakes_its_record_costs_no_evidence),
  ITEM(a_lost_id_forgets_what_is_open_and_honours_it),
  ITEM(a_ping_says_which_engine_answers),
  ITEM(a_damaged_id_is_refused_and_named),
  ITEM(a_halt_reaches_the_others_at_their_next_look_and_at_a_start),
  ITEM(whoever_only_reads_needs_no_directory),
};

int main(void)
{
  postgres_make(&server);
  for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
    fprintf(stderr, "%s\n", items[i].name); /* the last one printed is the one that failed */
    start_both();
    items[i].check();
    stop_both();
  }
  postgres_remove(&server);
  printf("%zu cases of two engines\n", sizeof items / sizeof *items);
  return 0;
}
