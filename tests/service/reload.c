/* The tariff's change under a running service: what is priced by which, and what bad files do. */
#include "support/engine.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rl_test_engine engine;
static size_t size; /* of the last reply */
static uint8_t message[65536];

static void setup(void)
{
  rl_test_engine_start(&engine);
  rl_test_engine_tick(&engine);
}

static void teardown(void)
{
  rl_test_engine_stop(&engine);
}

TestSuite(reload, .init = setup, .fini = teardown);

typedef struct text {
  char bytes[256];
} text;

/* A tariff whose markup tells it from others. */
static text tariff_of(const char *name, unsigned markup_bps)
{
  text out;
  snprintf(out.bytes, sizeof out.bytes,
           "tariff: %s\nlocks: [{ ttl: 30s }]\nrules: [{ name: all, markup_bps: %u }]\n", name,
           markup_bps);
  return out;
}

static text hash_of(const char *tariff)
{
  text out;
  rl_digest_format(rl_digest_of(tariff, strlen(tariff)), out.bytes);
  return out;
}

static const uint8_t *reload_as(const char *client)
{
  return rl_test_ask(&engine, client, &(rl_request){.kind = RL_REQUEST_RELOAD}, &size);
}

static text text_at(const uint8_t *reply, const char *path)
{
  text out;
  rl_reply_text(reply, size, path, out.bytes);
  return out;
}

static const uint8_t *quote(const char *key)
{
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, key);
  return rl_test_ask(&engine, "shop", &request, &size);
}

static uint64_t figure(const char *name)
{
  const uint8_t *reply =
    rl_test_ask(&engine, "shop", &(rl_request){.kind = RL_REQUEST_STATS}, &size);
  return (uint64_t)rl_reply_int(reply, size, name);
}

static void expect_in_force(const char *tariff)
{
  static unsigned keys;
  char key[16];
  snprintf(key, sizeof key, "probe-%u", keys++);
  cr_expect_str_eq(text_at(quote(key), "tariff").bytes, hash_of(tariff).bytes);
  const uint8_t *reply =
    rl_test_ask(&engine, "shop", &(rl_request){.kind = RL_REQUEST_TARIFF}, &size);
  cr_expect_str_eq(text_at(reply, "hash").bytes, hash_of(tariff).bytes);
  cr_expect_str_eq(text_at(reply, "text").bytes, tariff);
}

static void put_in_force(const char *tariff)
{
  rl_test_engine_write_tariff(&engine, tariff);
  const uint8_t *reply = reload_as("operator");
  cr_assert(rl_reply_bool(reply, size, "ok"));
  cr_expect_str_eq(text_at(reply, "hash").bytes, hash_of(tariff).bytes);
}

static void expect_refused(const uint8_t *reply, const char *code, const char *detail)
{
  cr_assert_not(rl_reply_bool(reply, size, "ok"));
  cr_expect_str_eq(text_at(reply, "code").bytes, code);
  text said = text_at(reply, "detail");
  cr_expect(strstr(said.bytes, detail), "\"%s\" does not say \"%s\"", said.bytes, detail);
}

Test(reload, quotes_are_priced_by_the_tariff_in_force)
{
  text first = tariff_of("one", 10), second = tariff_of("two", 20);
  put_in_force(first.bytes);
  expect_in_force(first.bytes);
  cr_expect_str_eq(text_at(quote("a"), "client_rate").bytes, "1.12634522");
  put_in_force(second.bytes);
  expect_in_force(second.bytes);
  cr_expect_str_eq(text_at(quote("b"), "client_rate").bytes, "1.12747044");
  cr_expect_eq(figure("tariff_reloads"), 2);
  cr_expect_eq(figure("tariff_reloads_refused"), 0);
}

Test(reload, repeated_key_gets_the_quote_of_the_old_tariff)
{
  text first = tariff_of("one", 10), second = tariff_of("two", 20);
  put_in_force(first.bytes);
  const uint8_t *reply = quote("same");
  uint8_t *kept = malloc(size);
  size_t kept_size = size;
  memcpy(kept, reply, size);
  put_in_force(second.bytes);
  reply = quote("same");
  cr_expect(size == kept_size && memcmp(reply, kept, size) == 0);
  free(kept);
}

Test(reload, quote_of_the_old_tariff_is_accepted_at_its_price)
{
  text first = tariff_of("one", 10), second = tariff_of("two", 20);
  put_in_force(first.bytes);
  text id = text_at(quote("a"), "quote"), rate = text_at(quote("a"), "client_rate");
  put_in_force(second.bytes);
  rl_request accept = rl_test_end_request(RL_REQUEST_ACCEPT, id.bytes, "pay");
  const uint8_t *reply = rl_test_ask(&engine, "shop", &accept, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  cr_expect_str_eq(text_at(reply, "client_rate").bytes, rate.bytes);
}

Test(reload, text_of_every_tariff_that_priced_is_in_the_store)
{
  text tariffs[] = {tariff_of("one", 10), tariff_of("two", 20), tariff_of("three", 30)};
  for (unsigned i = 0; i < 3; i++) {
    put_in_force(tariffs[i].bytes);
    for (unsigned k = 0; k <= i; k++) {
      char *kept;
      size_t length;
      rl_digest digest = rl_digest_of(tariffs[k].bytes, strlen(tariffs[k].bytes));
      cr_assert_eq(rl_store_find_tariff(engine.store, digest, &kept, &length), RL_OK);
      cr_expect(length == strlen(tariffs[k].bytes)
                && memcmp(kept, tariffs[k].bytes, length) == 0);
      free(kept);
    }
  }
}

/* --- what is refused --- */

Test(reload, bad_file_leaves_the_old_tariff_in_force)
{
  text good = tariff_of("good", 10);
  put_in_force(good.bytes);
  static const struct {
    const char *tariff, *detail;
  } bad[] = {
    {"tariff: bad\nlocks: [{ ttl: 30s }]\nrules:\n  - name: all\n    markup_bps: much\n",
     "tariff.yaml:5: rules[0].markup_bps: "},
    {"tariff: bad\nlocks: [{ ttl: 30s }]\nrulez: []\n", "tariff.yaml:3: "},
    {"", "tariff.yaml:"},
  };
  for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    rl_test_engine_write_tariff(&engine, bad[i].tariff);
    expect_refused(reload_as("operator"), "TARIFF_REFUSED", bad[i].detail);
    expect_in_force(good.bytes);
    cr_expect_eq(figure("tariff_reloads_refused"), i + 1);
  }
  cr_expect_eq(figure("tariff_reloads"), 1);
}

Test(reload, tariff_that_fails_its_own_example_leaves_the_old_one_in_force)
{
  text good = tariff_of("good", 10);
  put_in_force(good.bytes);
  static const char form[] =
    "tariff: proved\nlocks: [{ ttl: 30s }]\nrules: [{ name: all, markup_bps: 40 }]\n"
    "examples:\n  - name: one\n    market: [{ pair: EURUSD, bid: 1.1250, ask: 1.1252 }]\n"
    "    from: USD\n    to: EUR\n    amount: 1000.00\n    expect:\n"
    "      { client_rate: 1.1297008, charge: 1000.00, source: 1000.00, net: 1000.00,\n"
    "        gross: %s, target: %s, residue: 0 }\n";
  char tariff[1024];
  snprintf(tariff, sizeof tariff, form, "885.19", "885.20");
  rl_test_engine_write_tariff(&engine, tariff);
  expect_refused(reload_as("operator"), "TARIFF_REFUSED", "885.20");
  expect_in_force(good.bytes);
  snprintf(tariff, sizeof tariff, form, "885.19", "885.19");
  put_in_force(tariff);
}

Test(reload, missing_file_leaves_the_old_tariff_in_force)
{
  text good = tariff_of("good", 10);
  put_in_force(good.bytes);
  cr_assert_eq(remove(engine.tariff_file), 0);
  expect_refused(reload_as("operator"), "TARIFF_REFUSED", "No such file");
  expect_in_force(good.bytes);
}

Test(reload, only_an_operator_may)
{
  text good = tariff_of("good", 10);
  put_in_force(good.bytes);
  rl_test_engine_write_tariff(&engine, tariff_of("other", 20).bytes);
  const uint8_t *reply = reload_as("shop");
  cr_expect_not(rl_reply_bool(reply, size, "ok"));
  cr_expect_str_eq(text_at(reply, "code").bytes, "FORBIDDEN");
  cr_expect_eq(rl_reply_int(reply, size, "number"), RL_REFUSAL_FORBIDDEN);
  expect_in_force(good.bytes);
  cr_expect_eq(figure("tariff_reloads_refused"), 0);
}

Test(reload, function_says_what_became_of_it)
{
  text good = tariff_of("good", 10);
  rl_in_force in_force = {.percent = 77};
  rl_error error = {0};
  rl_test_engine_write_tariff(&engine, "tariff: []\n");
  cr_expect_eq(rl_service_reload(engine.service, &in_force, &error), RL_REFUSAL_TARIFF_REFUSED);
  cr_expect_eq(error.line, 1);
  cr_expect_eq(in_force.percent, 77, "an output was touched on failure");
  rl_test_engine_write_tariff(&engine, good.bytes);
  cr_assert_eq(rl_service_reload(engine.service, &in_force, &error), RL_REFUSAL_NONE);
  cr_expect_str_eq(in_force.tariff, "good");
  cr_expect_not(in_force.has_trial);
  expect_in_force(good.bytes);
}

Test(reload, tariff_that_cannot_be_kept_is_not_put_in_force)
{
  static char large[200000];
  rl_test_engine_stop(&engine);
  rl_test_engine_start_small(&engine, 2u << 20);
  rl_in_force kept = {.percent = 0}, in_force;
  rl_error error;
  rl_refusal refusal = RL_REFUSAL_NONE;
  for (unsigned i = 0; i < 20 && refusal == RL_REFUSAL_NONE; i++) {
    snprintf(large, sizeof large, "%s#%0150000u\n", tariff_of("large", i).bytes, 0);
    rl_test_engine_write_tariff(&engine, large);
    refusal = rl_service_reload(engine.service, &in_force, &error);
    kept = refusal == RL_REFUSAL_NONE ? in_force : kept;
  }
  cr_assert_eq(refusal, RL_REFUSAL_STORE_READ_ONLY);
  cr_expect(strstr(error.text, "cannot keep tariff large"), "%s", error.text);
  char hash[RL_DIGEST_TEXT_SIZE];
  rl_digest_format(kept.hash, hash);
  const uint8_t *reply =
    rl_test_ask(&engine, "shop", &(rl_request){.kind = RL_REQUEST_TARIFF}, &size);
  cr_expect_str_eq(text_at(reply, "hash").bytes, hash);
  reply = reload_as("operator");
  cr_expect_str_eq(text_at(reply, "code").bytes, "STORE_READ_ONLY");
}

/* --- while the disk is slow --- */

static void note_done(rl_exchange *exchange, void *context)
{
  (void)exchange;
  sem_post(context);
}

static void ask_on(rl_exchange *exchange)
{
  static const rl_caller caller = {.name = "operator", .is_operator = true};
  rl_writer writer = rl_writer_over(message, sizeof message);
  rl_request_encode(&writer, &(rl_request){.kind = RL_REQUEST_RELOAD});
  rl_exchange_handle(exchange, &caller, message, writer.used);
}

static text code_of(const rl_exchange *exchange)
{
  const uint8_t *reply = rl_exchange_reply(exchange, &size);
  return text_at(reply, "code");
}

/* Asks until one waits that the reloader has not taken up: that is so when the next is refused. */
static void fill_reloader(rl_exchange *exchanges[3], sem_t *done)
{
  ask_on(exchanges[0]);
  do
    ask_on(exchanges[1]);
  while (sem_trywait(done) == 0);
  ask_on(exchanges[2]);
  cr_assert_eq(sem_trywait(done), 0, "the third was taken");
  cr_expect_str_eq(code_of(exchanges[2]).bytes, "OVERLOADED");
}

Test(reload, quotes_go_on_while_reloads_wait_for_the_disk)
{
  static rl_test_hold hold;
  rl_exchange *exchanges[3];
  sem_t done;
  sem_init(&done, 0, 0);
  text first = tariff_of("one", 10), second = tariff_of("two", 20);
  put_in_force(first.bytes);
  for (unsigned i = 0; i < 3; i++)
    cr_assert_eq(rl_exchange_create(engine.service, note_done, &done, &exchanges[i]), RL_OK);
  rl_test_engine_write_tariff(&engine, second.bytes);
  rl_test_hold_store(&engine, &hold);
  fill_reloader(exchanges, &done);
  expect_in_force(first.bytes);
  rl_test_free_store(&hold);
  for (unsigned i = 0; i < 2; i++) {
    while (sem_wait(&done) != 0)
      continue;
  }
  expect_in_force(second.bytes);
  cr_expect_eq(figure("tariff_reloads"), 3);
  for (unsigned i = 0; i < 3; i++)
    rl_exchange_destroy(exchanges[i]);
}

/* --- in a batch --- */

static const char *item_text(const uint8_t *reply, unsigned index, const char *path)
{
  static text out;
  size_t item_size;
  const uint8_t *item = rl_reply_item(reply, size, index, &item_size);
  return rl_reply_text(item, item_size, path, out.bytes);
}

/* A quote, a reload, a quote, a reload, a quote. */
static const uint8_t *ask_batch(const char *client)
{
  rl_writer writer = rl_writer_over(message, sizeof message);
  rl_pack_array(&writer, 5);
  for (unsigned i = 0; i < 5; i++) {
    char key[16];
    snprintf(key, sizeof key, "batch-%u", i);
    rl_request request = i % 2 ? (rl_request){.kind = RL_REQUEST_RELOAD}
      : rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, key);
    rl_request_encode(&writer, &request);
  }
  return rl_test_exchange(&engine, client, message, writer.used, &size);
}

Test(reload, batch_that_reloads_is_priced_as_it_began)
{
  text first = tariff_of("one", 10), second = tariff_of("two", 20);
  put_in_force(first.bytes);
  rl_test_engine_write_tariff(&engine, second.bytes);
  const uint8_t *reply = ask_batch("operator");
  for (unsigned i = 0; i < 5; i++)
    cr_expect_str_eq(item_text(reply, i, i % 2 ? "hash" : "tariff"),
                     hash_of(i % 2 ? second.bytes : first.bytes).bytes, "item %u", i);
  expect_in_force(second.bytes);
  cr_expect_eq(figure("tariff_reloads"), 2, "a message reloads once");
}

Test(reload, refused_reload_in_a_batch_leaves_its_neighbours_be)
{
  text first = tariff_of("one", 10);
  put_in_force(first.bytes);
  const uint8_t *reply = ask_batch("shop");
  for (unsigned i = 0; i < 5; i++)
    cr_expect_str_eq(item_text(reply, i, i % 2 ? "code" : "tariff"),
                     i % 2 ? "FORBIDDEN" : hash_of(first.bytes).bytes, "item %u", i);
  rl_test_engine_write_tariff(&engine, "tariff: []\n");
  reply = ask_batch("operator");
  for (unsigned i = 1; i < 5; i += 2)
    cr_expect_str_eq(item_text(reply, i, "code"), "TARIFF_REFUSED", "item %u", i);
  expect_in_force(first.bytes);
}
