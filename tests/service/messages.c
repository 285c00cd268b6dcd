#include "support/engine.h"
#include "wire/feed_message.h"

#include <criterion/criterion.h>
#include <malloc.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>

static const rl_caller shop = {.name = "shop"};
static rl_test_engine engine;

static void setup(void)
{
  rl_test_engine_start(&engine);
  rl_test_engine_tick(&engine);
}

static void teardown(void)
{
  rl_test_engine_stop(&engine);
}

TestSuite(messages, .init = setup, .fini = teardown);

static uint8_t message[65536];
static rl_writer writer;

static void begin_batch(uint32_t count)
{
  writer = rl_writer_over(message, sizeof message);
  rl_pack_array(&writer, count);
}

static void add_quote(const char *key)
{
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, key);
  rl_request_encode(&writer, &request);
}

static const uint8_t *send_message(size_t *size)
{
  cr_assert(!writer.failed);
  return rl_test_exchange(&engine, "shop", message, writer.used, size);
}

static int64_t figure(const char *path)
{
  size_t size;
  rl_request request = {.kind = RL_REQUEST_STATS};
  const uint8_t *reply = rl_test_ask(&engine, "shop", &request, &size);
  return rl_reply_int(reply, size, path);
}

Test(messages, a_batch_is_answered_in_order_each_item_with_its_own_outcome)
{
  size_t size, item_size;
  char text[256];
  begin_batch(4);
  add_quote("a");
  rl_pack_map(&writer, 1);
  rl_pack_text(&writer, "op");
  rl_pack_text(&writer, "nonsense");
  rl_request unknown = rl_test_end_request(RL_REQUEST_ACCEPT, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "x");
  rl_request_encode(&writer, &unknown);
  add_quote("b");
  const uint8_t *reply = send_message(&size);
  const uint8_t *item = rl_reply_item(reply, size, 0, &item_size);
  cr_assert(rl_reply_bool(item, item_size, "ok"));
  item = rl_reply_item(reply, size, 1, &item_size);
  cr_assert_str_eq(rl_reply_text(item, item_size, "code", text), "UNSUPPORTED");
  item = rl_reply_item(reply, size, 2, &item_size);
  cr_assert_str_eq(rl_reply_text(item, item_size, "code", text), "QUOTE_UNKNOWN");
  item = rl_reply_item(reply, size, 3, &item_size);
  cr_assert(rl_reply_bool(item, item_size, "ok"));
}

Test(messages, the_largest_batch_is_answered_and_one_more_is_too_large)
{
  size_t size, item_size;
  char text[256];
  begin_batch(RL_BATCH_MAX);
  for (unsigned i = 0; i < RL_BATCH_MAX; i++)
    rl_request_encode(&writer, &(rl_request){.kind = RL_REQUEST_PING});
  const uint8_t *reply = send_message(&size);
  const uint8_t *item = rl_reply_item(reply, size, RL_BATCH_MAX - 1, &item_size);
  cr_assert(rl_reply_bool(item, item_size, "ok"));
  begin_batch(RL_BATCH_MAX + 1);
  for (unsigned i = 0; i <= RL_BATCH_MAX; i++)
    rl_request_encode(&writer, &(rl_request){.kind = RL_REQUEST_PING});
  reply = send_message(&size);
  cr_assert_str_eq(rl_reply_text(reply, size, "code", text), "TOO_LARGE");
}

Test(messages, a_message_that_breaks_off_in_its_middle_has_no_effect)
{
  size_t size;
  char text[256];
  begin_batch(2);
  add_quote("a");
  add_quote("b");
  for (size_t cut = 1; cut < 60; cut += 7) {
    rl_test_exchange(&engine, "shop", message, writer.used - cut, &size);
    const uint8_t *reply =
      rl_test_exchange(&engine, "shop", message, writer.used - cut, &size);
    cr_assert_str_eq(rl_reply_text(reply, size, "code", text), "MALFORMED_REQUEST");
  }
  cr_assert_eq(figure("quotes_issued"), 0);
}

Test(messages, bytes_after_the_message_refuse_all_of_it)
{
  size_t size;
  char text[256];
  begin_batch(1);
  add_quote("a");
  message[writer.used++] = 0xc0;
  const uint8_t *reply = send_message(&size);
  cr_assert_str_eq(rl_reply_text(reply, size, "code", text), "MALFORMED_REQUEST");
  cr_assert_eq(figure("quotes_issued"), 0);
}

Test(messages, the_five_byte_bomb_is_refused)
{
  static const uint8_t bomb[5] = {0xdd, 0xff, 0, 0, 0};
  size_t size;
  const uint8_t *reply = rl_test_exchange(&engine, "shop", bomb, sizeof bomb, &size);
  cr_assert(!rl_reply_bool(reply, size, "ok"));
}

Test(messages, an_envelope_is_unsupported)
{
  static const uint8_t envelope[] = {0xc7, 1, 0x52, 0};
  size_t size;
  char text[256];
  const uint8_t *reply = rl_test_exchange(&engine, "shop", envelope, sizeof envelope, &size);
  cr_assert_str_eq(rl_reply_text(reply, size, "code", text), "UNSUPPORTED");
}

Test(messages, a_spread_of_a_pair_that_is_none_here_is_unknown_pair)
{
  size_t size;
  char text[256];
  rl_request request = {.kind = RL_REQUEST_SPREADS, .pair_count = 1};
  request.pairs[0].text = "USDEUR";
  request.pairs[0].length = 6;
  const uint8_t *reply = rl_test_ask(&engine, "shop", &request, &size);
  cr_assert_str_eq(rl_reply_text(reply, size, "code", text), "UNKNOWN_PAIR");
}

static void push_tick(const char *pair, uint64_t bid, uint64_t ask, uint64_t sequence)
{
  uint8_t bytes[512];
  rl_writer feed = rl_writer_over(bytes, sizeof bytes);
  rl_feed_header header = {.source = "venue", .class = RL_SOURCE_LIVE, .tick_count = 1};
  rl_feed_tick tick = {.bid = bid, .ask = ask, .scale = 4, .sequence = sequence};
  snprintf(tick.pair, sizeof tick.pair, "%s", pair);
  rl_feed_encode_head(&feed, &header);
  rl_feed_encode_tick(&feed, &tick);
  rl_service_take_feed(engine.service, bytes, feed.used);
}

Test(messages, a_feed_message_becomes_a_price)
{
  size_t size;
  rl_request request = rl_test_quote_request("EUR", "CHF", RL_FIXED_SOURCE, 100000, "k");
  const uint8_t *reply = rl_test_ask(&engine, "shop", &request, &size);
  cr_assert(!rl_reply_bool(reply, size, "ok"));
  push_tick("EURCHF", 9348, 9351, 1);
  reply = rl_test_ask(&engine, "shop", &request, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
}

Test(messages, what_a_feed_gets_wrong_is_counted_and_changes_nothing)
{
  push_tick("XXXYYY", 1, 2, 1);
  cr_assert_eq(figure("ticks_of_unknown_pairs"), 1);
  push_tick("EURCHF", 9348, 9351, 1ull << 60);
  static const uint8_t garbage[] = {0x93, 1, 2};
  rl_service_take_feed(engine.service, garbage, sizeof garbage);
  cr_assert_eq(figure("feed_messages_refused"), 2);
}

/* From a source "bridge", made by the engine named. */
static void push_made_by(const char *origin)
{
  uint8_t bytes[512];
  rl_writer feed = rl_writer_over(bytes, sizeof bytes);
  rl_feed_header header = {.source = "bridge", .tick_count = 1};
  rl_feed_tick tick = {.pair = "EURCHF", .bid = 9348, .ask = 9351, .scale = 4, .sequence = 1};
  snprintf(header.origin, sizeof header.origin, "%s", origin);
  rl_feed_encode_head(&feed, &header);
  rl_feed_encode_tick(&feed, &tick);
  rl_service_take_feed(engine.service, bytes, feed.used);
}

Test(messages, an_engine_takes_nothing_back_that_it_made_itself)
{
  unsigned sources = rl_market_source_count(engine.market);
  push_made_by(rl_service_origin(engine.service));
  cr_assert_eq(figure("feed_messages_own"), 1);
  cr_assert_eq(rl_service_own_returned(engine.service), 1);
  cr_assert_eq(figure("feed_messages_refused"), 1);
  cr_assert_eq(rl_market_source_count(engine.market), sources);
  cr_assert_eq(rl_service_bridged_sources(engine.service), 0);
}

Test(messages, a_source_that_brings_another_engines_prices_is_known_as_a_bridge)
{
  unsigned sources = rl_market_source_count(engine.market);
  push_made_by("00112233445566ff");
  cr_assert_eq(figure("ticks"), 1);
  cr_assert_eq(rl_service_bridged_sources(engine.service), 1ull << sources);
}

static void note_done(rl_exchange *exchange, void *context)
{
  (void)exchange;
  sem_post(context);
}

static size_t heap_in_use(void)
{
  struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

/* 1,024 look-ups of a quote that nobody knows, on an exchange that stays. */
static void look_up_a_batch(rl_exchange *exchange, sem_t *done)
{
  static uint8_t batch[128 * RL_BATCH_MAX];
  rl_writer all = rl_writer_over(batch, sizeof batch);
  rl_pack_array(&all, RL_BATCH_MAX);
  for (unsigned i = 0; i < RL_BATCH_MAX; i++) {
    rl_request request =
      rl_test_end_request(RL_REQUEST_SHOW, "01J9Z0K7W5QX3V8B2N4M6R1T0Y", "");
    rl_request_encode(&all, &request);
  }
  cr_assert(!all.failed);
  rl_exchange_handle(exchange, &shop, batch, all.used);
  while (sem_wait(done) != 0)
    continue;
  rl_exchange_rest(exchange);
}

Test(messages, an_exchange_at_rest_gives_back_what_a_large_batch_took)
{
  enum { EXCHANGES = 8 };
  rl_exchange *exchanges[EXCHANGES];
  sem_t done;
  sem_init(&done, 0, 0);
  for (unsigned i = 0; i < EXCHANGES; i++)
    cr_assert_eq(rl_exchange_create(engine.service, note_done, &done, &exchanges[i]), RL_OK);
  size_t before = heap_in_use();
  for (unsigned i = 0; i < EXCHANGES; i++)
    look_up_a_batch(exchanges[i], &done);
  size_t after = heap_in_use();
  cr_expect_leq(after, before + EXCHANGES * (size_t)RL_EXCHANGE_KEEPS_BYTES);
  for (unsigned i = 0; i < EXCHANGES; i++)
    rl_exchange_destroy(exchanges[i]);
  sem_destroy(&done);
}

Test(messages, a_batch_of_large_looks_is_bounded_and_the_rest_is_too_large)
{
  size_t size, item_size;
  char text[256];
  begin_batch(RL_BATCH_MAX);
  for (unsigned i = 0; i < RL_BATCH_MAX; i++)
    rl_request_encode(&writer, &(rl_request){.kind = RL_REQUEST_SPREADS});
  const uint8_t *reply = send_message(&size);
  cr_expect_leq(size, RL_BOARD_ANSWERS_MAX + (1u << 20));
  const uint8_t *item = rl_reply_item(reply, size, 0, &item_size);
  cr_expect(rl_reply_bool(item, item_size, "ok"));
  item = rl_reply_item(reply, size, RL_BATCH_MAX - 1, &item_size);
  cr_expect_str_eq(rl_reply_text(item, item_size, "code", text), "TOO_LARGE");
}

static void handle(rl_exchange *exchange, const rl_request *request)
{
  writer = rl_writer_over(message, sizeof message);
  rl_request_encode(&writer, request);
  rl_exchange_handle(exchange, &shop, message, writer.used);
}

Test(messages, a_slow_store_leaves_half_the_contexts_to_quoting)
{
  static rl_exchange *waiting[RL_WAITING_MESSAGES_MAX];
  static rl_test_hold hold;
  sem_t done;
  sem_init(&done, 0, 0);
  rl_request look = rl_test_end_request(RL_REQUEST_SHOW, "01J9Z0K7W5QX3V8B2N4M6R1T0Y", "");
  rl_request sides = rl_test_quote_request("EUR", "USD", RL_FIXED_SOURCE, 100000, "sides");
  sides.kind = RL_REQUEST_TWO_WAY;
  size_t size;
  const uint8_t *reply = rl_test_ask(&engine, "shop", &sides, &size);
  cr_assert(rl_reply_bool(reply, size, "ok"));
  rl_test_hold_store(&engine, &hold);
  for (unsigned i = 0; i < RL_WAITING_MESSAGES_MAX; i++) {
    cr_assert_eq(rl_exchange_create(engine.service, note_done, &done, &waiting[i]), RL_OK);
    handle(waiting[i], &look);
  }

  char code[256];
  reply = rl_test_ask(&engine, "shop", &look, &size);
  cr_expect_str_eq(rl_reply_text(reply, size, "code", code), "OVERLOADED");
  reply = rl_test_ask(&engine, "shop", &sides, &size);
  cr_expect_not(rl_reply_bool(reply, size, "ok"), "a repeat that finds no place is refused whole");
  rl_request quote = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "meanwhile");
  reply = rl_test_ask(&engine, "shop", &quote, &size);
  cr_expect(rl_reply_bool(reply, size, "ok"));

  rl_test_free_store(&hold);
  for (unsigned i = 0; i < RL_WAITING_MESSAGES_MAX; i++) {
    while (sem_wait(&done) != 0)
      continue;
  }
  reply = rl_test_ask(&engine, "shop", &look, &size);
  cr_expect_str_eq(rl_reply_text(reply, size, "code", code), "QUOTE_UNKNOWN");
  for (unsigned i = 0; i < RL_WAITING_MESSAGES_MAX; i++)
    rl_exchange_destroy(waiting[i]);
}
