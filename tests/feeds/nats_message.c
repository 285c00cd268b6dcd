/* What a NATS message says: both forms, digit by digit, and what is refused whole. */
#include "feeds/nats_message.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static rl_nats_message message;
static rl_nats_update update;
static const char *fault;

static bool open_text(const char *text)
{
  return rl_nats_message_open(text, strlen(text), &message, &fault);
}

static bool open_packed(const rl_feed_header *header, const rl_feed_tick *ticks)
{
  static uint8_t bytes[4096];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_feed_encode_head(&writer, header);
  for (uint32_t i = 0; i < header->tick_count; i++)
    rl_feed_encode_tick(&writer, &ticks[i]);
  cr_assert_not(writer.failed);
  return rl_nats_message_open(bytes, writer.used, &message, &fault);
}

static void expect_rate(rl_rate rate, const char *text)
{
  rl_rate wanted;
  cr_assert_eq(rl_rate_parse(text, strlen(text), &wanted), RL_OK);
  cr_expect_eq(rl_rate_compare(rate, wanted), 0, "%s", text);
}

Test(nats_message, a_feed_message_is_taken_as_it_is)
{
  rl_feed_header header = {.source = "tokyo", .class = RL_SOURCE_REFERENCE, .tick_count = 2,
                           .origin = "00112233445566ff"};
  rl_feed_tick ticks[2] = {
    {.pair = "EURUSD", .bid = 112520, .ask = 112530, .scale = 5, .sequence = 7,
     .source_utc_ms = 1750000000000, .bid_size = 10, .ask_size = 20,
     .depth = {.bid_count = 1, .ask_count = 2, .bids = {{112510, 30}},
               .asks = {{112540, 40}, {112550, 50}}}},
    {.pair = "USDJPY", .sequence = 8, .withdrawn = true}};
  cr_assert(open_packed(&header, ticks), "%s", fault);
  cr_expect_eq(message.class, RL_SOURCE_REFERENCE);
  cr_expect_str_eq(message.origin, "00112233445566ff");
  cr_assert_eq(message.update_count, 2);
  rl_nats_message_next(&message, &update);
  cr_expect_str_eq(update.pair, "EURUSD");
  cr_expect(update.bid_count == 2 && update.ask_count == 3 && !update.withdrawn);
  cr_expect(update.sequence == 7 && update.when.ms == 1750000000000);
  expect_rate(update.bids[0].rate, "1.1252");
  expect_rate(update.bids[1].rate, "1.1251");
  expect_rate(update.asks[2].rate, "1.1255");
  cr_expect(update.bids[0].size == 10 && update.bids[1].size == 30 && update.asks[2].size == 50);
  rl_nats_message_next(&message, &update);
  cr_expect_str_eq(update.pair, "USDJPY");
  cr_expect(update.withdrawn && update.bid_count == 0 && update.sequence == 8);
}

Test(nats_message, json_has_the_same_fields_with_decimals)
{
  cr_assert(open_text("{\"source\":\"lmax\",\"class\":\"live\",\"origin\":\"00112233445566ff\","
                      "\"ticks\":[[\"EURUSD\",\"1.12520\",\"1.1253\",7,1750000000000,10,20],"
                      " [\"USDJPY\", 145.21, 145.22, \"8\", 0], [\"GBPUSD\",null,null,9,1]],"
                      "\"x\":{\"y\":[1e9]}}"), "%s", fault);
  cr_expect_str_eq(message.origin, "00112233445566ff");
  cr_assert_eq(message.update_count, 3);
  rl_nats_message_next(&message, &update);
  cr_expect_str_eq(update.pair, "EURUSD");
  expect_rate(update.bids[0].rate, "1.1252");
  expect_rate(update.asks[0].rate, "1.1253");
  cr_expect(update.bids[0].size == 10 && update.asks[0].size == 20);
  cr_expect(update.sequence == 7 && update.when.ms == 1750000000000);
  rl_nats_message_next(&message, &update);
  expect_rate(update.bids[0].rate, "145.21");
  cr_expect(update.sequence == 8 && update.when.ms == 0 && update.bid_count == 1);
  rl_nats_message_next(&message, &update);
  cr_expect(update.withdrawn && update.sequence == 9);
}

Test(nats_message, one_update_may_be_an_object)
{
  cr_assert(open_text(" {\"bid\":\"1.12520\",\"pair\":\"EURUSD\",\"ask\":1.12530}"), "%s", fault);
  cr_assert_eq(message.update_count, 1);
  cr_expect_eq(message.class, RL_SOURCE_LIVE);
  cr_expect_str_eq(message.origin, "");
  rl_nats_message_next(&message, &update);
  cr_expect_str_eq(update.pair, "EURUSD");
  expect_rate(update.asks[0].rate, "1.1253");
  cr_expect(update.sequence == 0 && update.when.ms == 0);
  cr_assert(open_text("{\"pair\":\"EURUSD\",\"bid\":null,\"ask\":null,\"time\":5,\"sequence\":6,"
                      "\"bid_size\":7,\"ask_size\":8,\"class\":\"reference\"}"), "%s", fault);
  rl_nats_message_next(&message, &update);
  cr_expect(update.withdrawn && update.when.ms == 5 && update.sequence == 6);
  cr_expect_eq(message.class, RL_SOURCE_REFERENCE);
}

/* 1.1 is no binary fraction: whoever read it as one would have 1.100000000000000088… */
Test(nats_message, numbers_are_read_digit_by_digit)
{
  cr_assert(open_text("{\"pair\":\"EURUSD\",\"bid\":1.10000001,\"ask\":999999999}"), "%s", fault);
  rl_nats_message_next(&message, &update);
  cr_expect(update.bids[0].rate.mantissa == 110000001 && update.bids[0].rate.scale == 8);
  cr_expect(update.asks[0].rate.mantissa == 999999999 && update.asks[0].rate.scale == 0);
  cr_assert(open_text("{\"pair\":\"EURUSD\",\"bid\":1,\"ask\":2,\"time\":9223372036854775807,"
                      "\"sequence\":72057594037927935}"), "%s", fault);
  rl_nats_message_next(&message, &update);
  cr_expect(update.when.ms == INT64_MAX && update.sequence == RL_SEQUENCE_MAX);
}

Test(nats_message, json_of_another_form_is_refused_whole)
{
  static const char *const bad[] = {
    "", "[]", "7", "{", "{}", "{\"ticks\":[]", "{\"ticks\":{}}", "{\"ticks\":[]} x",
    "{\"ticks\":[[]]}", "{\"ticks\":[[\"EURUSD\",1,2,3]]}", "{\"ticks\":[[\"EURUSD\",1,2,3,4,5]]}",
    "{\"ticks\":[[\"EURUSD\",1,2,3,4,5,6,7]]}", "{\"ticks\":[[\"EURUSD\",1,null,3,4]]}",
    "{\"ticks\":[[\"eurusd\",1,2,3,4]]}", "{\"ticks\":[[\"EURUSDX\",1,2,3,4]]}",
    "{\"ticks\":[[\"EUR\\u0055SD\",1,2,3,4]]}", "{\"ticks\":[[7,1,2,3,4]]}",
    "{\"ticks\":[[\"EURUSD\",\"1.1a\",2,3,4]]}", "{\"ticks\":[[\"EURUSD\",0,2,3,4]]}",
    "{\"ticks\":[[\"EURUSD\",-1,2,3,4]]}", "{\"ticks\":[[\"EURUSD\",1e0,2,3,4]]}",
    "{\"ticks\":[[\"EURUSD\",12345678901,2,3,4]]}", "{\"ticks\":[[\"EURUSD\",true,2,3,4]]}",
    "{\"ticks\":[[\"EURUSD\",1,2,3.5,4]]}", "{\"ticks\":[[\"EURUSD\",1,2,-3,4]]}",
    "{\"ticks\":[[\"EURUSD\",1,2,72057594037927936,4]]}",
    "{\"ticks\":[[\"EURUSD\",1,2,3,9223372036854775808]]}",
    "{\"ticks\":[[\"EURUSD\",1,2,3,4],[\"EURUSD\"]]}", "{\"ticks\":[],\"ticks\":[]}",
    "{\"ticks\":[],\"class\":\"firm\"}", "{\"ticks\":[],\"source\":7}",
    "{\"ticks\":[],\"origin\":\"xyz\"}", "{\"ticks\":[],\"pair\":\"EURUSD\"}",
    "{\"pair\":\"EURUSD\"}", "{\"pair\":\"EURUSD\",\"bid\":1}", "{\"bid\":1,\"ask\":2}",
    "{\"pair\":\"EURUSD\",\"bid\":1,\"ask\":null}",
    "{\"pair\":\"EURUSD\",\"bid\":1,\"bid\":1,\"ask\":2}",
    "{\"pair\":\"EURUSD\",\"bid\":1,\"ask\":2,\"x\":[[[[[[[[1]]]]]]]]}"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    cr_expect_not(open_text(bad[i]), "%s", bad[i]);
}

Test(nats_message, msgpack_of_another_form_is_refused_whole)
{
  rl_feed_header header = {.source = "v", .tick_count = 1};
  rl_feed_tick tick = {.pair = "EURUSD", .bid = 1, .ask = 2, .scale = RL_RATE_SCALE_MAX,
                       .sequence = 1};
  cr_expect(open_packed(&header, &tick), "%s", fault);
  tick.scale++;
  cr_expect_not(open_packed(&header, &tick));
  static const uint8_t array[] = {0x91, 0xc0};
  cr_expect_not(rl_nats_message_open(array, sizeof array, &message, &fault));
  cr_expect_str_eq(fault, "expected a map");
  static const uint8_t cut[] = {0x82, 0xa6, 's'};
  cr_expect_not(rl_nats_message_open(cut, sizeof cut, &message, &fault));
  static const uint8_t word[] = {0x82, 0xa6, 's', 'o', 'u', 'r', 'c', 'e', 0xa1, 'v',
                                 0xa5, 't', 'i', 'c', 'k', 's', 0x91, 0xc0};
  cr_expect_not(rl_nats_message_open(word, sizeof word, &message, &fault));
}

Test(nats_message, as_many_updates_as_a_message_may_hold_and_no_more)
{
  static char text[RL_TICKS_PER_MESSAGE_MAX * 24 + 256];
  for (unsigned extra = 0; extra < 2; extra++) {
    size_t used = (size_t)snprintf(text, sizeof text, "{\"ticks\":[");
    for (unsigned i = 0; i < RL_TICKS_PER_MESSAGE_MAX + extra; i++)
      used += (size_t)snprintf(text + used, sizeof text - used, "%s[\"EURUSD\",1,2,3,4]",
                               i ? "," : "");
    snprintf(text + used, sizeof text - used, "]}");
    cr_expect_eq(open_text(text), extra == 0, "%s", fault);
  }
}

Test(nats_message, a_message_beyond_the_limit_of_bytes_is_refused)
{
  static char text[RL_MESSAGE_MAX + 2];
  const char *const one = "{\"pair\":\"EURUSD\",\"bid\":1,\"ask\":2}";
  memset(text, ' ', sizeof text);
  memcpy(text, one, strlen(one));
  cr_expect(rl_nats_message_open(text, RL_MESSAGE_MAX, &message, &fault), "%s", fault);
  cr_expect_not(rl_nats_message_open(text, RL_MESSAGE_MAX + 1, &message, &fault));
}
