/* Feed messages: round trips, any order of keys, and what is refused. */
#include "pack_text.h"
#include "support/random.h"
#include "wire/feed_message.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TICK "['EURUSD',112520,112530,5,1,1750000000000]"

static rl_unpacker open_text(const char *text, rl_feed_header *header)
{
  static packed message;
  rl_unpacker ticks;
  rl_fault fault;
  message = pack_text(text);
  cr_assert(rl_feed_open(message.bytes, message.size, &ticks, header, &fault), "%s %s: %s: %s",
            rl_refusal_name(fault.refusal), fault.path, fault.detail, text);
  return ticks;
}

static void expect_unopened(const char *text, rl_refusal refusal, const char *path)
{
  packed message = pack_text(text);
  rl_unpacker ticks;
  rl_feed_header header;
  rl_fault fault;
  cr_assert_not(rl_feed_open(message.bytes, message.size, &ticks, &header, &fault), "%s", text);
  cr_expect_eq(fault.refusal, refusal, "%s: %s", rl_refusal_name(fault.refusal), text);
  cr_expect_str_eq(fault.path, path, "%s", text);
}

Test(wire, a_feed_message_is_decoded_field_by_field)
{
  rl_feed_header header;
  rl_unpacker ticks = open_text("{'source':'venue','class':'reference','ticks':[" TICK
                                ",['USDJPY',15012,15013,2,9,0,1000000,2000000]]}", &header);
  rl_feed_tick tick;
  rl_fault fault;
  cr_expect_str_eq(header.source, "venue");
  cr_expect_eq(header.class, RL_SOURCE_REFERENCE);
  cr_expect_eq(header.tick_count, 2);
  cr_assert(rl_feed_next(&ticks, &tick, &fault));
  cr_expect_str_eq(tick.pair, "EURUSD");
  cr_expect(tick.bid == 112520 && tick.ask == 112530 && tick.scale == 5 && tick.sequence == 1);
  cr_expect(tick.source_utc_ms == 1750000000000 && tick.bid_size == 0 && tick.ask_size == 0);
  cr_assert(rl_feed_next(&ticks, &tick, &fault));
  cr_expect_str_eq(tick.pair, "USDJPY");
  cr_expect(tick.source_utc_ms == 0 && tick.bid_size == 1000000 && tick.ask_size == 2000000);
}

static rl_feed_tick read_tick(const char *text)
{
  rl_feed_header header;
  rl_feed_tick tick;
  rl_fault fault;
  char message[512];
  snprintf(message, sizeof message, "{'source':'a','ticks':[%s]}", text);
  rl_unpacker ticks = open_text(message, &header);
  cr_assert(rl_feed_next(&ticks, &tick, &fault), "%s: %s", fault.detail, text);
  return tick;
}

Test(wire, an_update_may_carry_the_levels_behind_its_best)
{
  rl_feed_tick tick = read_tick("['EURUSD',112520,112530,5,1,7,100,200,"
                                "[112519,300,112517,400],[112531,500]]");
  cr_expect_not(tick.withdrawn);
  cr_expect(tick.bid == 112520 && tick.ask == 112530 && tick.bid_size == 100);
  cr_expect_eq(tick.ask_size, 200);
  cr_assert_eq(tick.depth.bid_count, 2);
  cr_assert_eq(tick.depth.ask_count, 1);
  cr_expect(tick.depth.bids[0].price == 112519 && tick.depth.bids[0].size == 300);
  cr_expect(tick.depth.bids[1].price == 112517 && tick.depth.bids[1].size == 400);
  cr_expect(tick.depth.asks[0].price == 112531 && tick.depth.asks[0].size == 500);
  tick = read_tick("['EURUSD',112520,112530,5,1,7,100,200,[],[]]");
  cr_expect(tick.depth.bid_count == 0 && tick.depth.ask_count == 0 && tick.bid_size == 100);
}

Test(wire, a_side_of_an_update_has_at_most_nine_levels_behind_its_best)
{
  rl_feed_tick tick = read_tick("['EURUSD',100,101,0,1,7,1,1,[],"
                                "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18]]");
  cr_assert_eq(tick.depth.ask_count, RL_LEVELS_MAX - 1);
  cr_expect(tick.depth.asks[8].price == 17 && tick.depth.asks[8].size == 18);
}

Test(wire, numbers_of_a_level_that_no_market_takes_are_left_to_the_market)
{
  rl_feed_tick tick = read_tick("['EURUSD',100,101,0,1,7,1,1,"
                                "[4294967295,4294967296,18446744073709551615,-1],[-1,0]]");
  cr_expect(tick.depth.bids[0].price == UINT32_MAX && tick.depth.bids[0].size == UINT32_MAX);
  cr_expect(tick.depth.bids[1].price == UINT32_MAX && tick.depth.bids[1].size == 0);
  cr_expect(tick.depth.asks[0].price == 0 && tick.depth.asks[0].size == 0);
}

Test(wire, nil_for_both_prices_withdraws)
{
  static const char *const texts[] = {"['EURUSD',nil,nil,0,9,1750000000000]",
                                      "['EURUSD',nil,nil,0,9,1750000000000,1,2]",
                                      "['EURUSD',nil,nil,0,9,1750000000000,1,2,[],[5,6]]"};
  for (unsigned i = 0; i < 3; i++) {
    rl_feed_tick tick = read_tick(texts[i]);
    cr_expect(tick.withdrawn, "%s", texts[i]);
    cr_expect(tick.bid == 0 && tick.ask == 0 && tick.sequence == 9);
    cr_expect_eq(tick.source_utc_ms, 1750000000000);
  }
}

Test(wire, a_feed_message_may_name_the_engine_that_made_its_prices)
{
  rl_feed_header header;
  open_text("{'source':'a','ticks':[],'origin':'00112233aabbccff'}", &header);
  cr_expect_str_eq(header.origin, "00112233aabbccff");
  open_text("{'source':'a','ticks':[]}", &header);
  cr_expect_str_eq(header.origin, "");
  expect_unopened("{'source':'a','ticks':[],'origin':'00112233AABBCCFF'}",
                  RL_REFUSAL_INVALID_FIELD, "origin");
  expect_unopened("{'source':'a','ticks':[],'origin':'00112233aabbccf'}",
                  RL_REFUSAL_INVALID_FIELD, "origin");
  expect_unopened("{'source':'a','ticks':[],'origin':7}", RL_REFUSAL_INVALID_FIELD, "origin");
  expect_unopened("{'source':'a','ticks':[],'origin':'00112233aabbccff','origin':"
                  "'00112233aabbccff'}", RL_REFUSAL_INVALID_FIELD, "origin");
}

Test(wire, the_ticks_of_a_feed_may_stand_anywhere)
{
  rl_feed_header header;
  rl_feed_tick tick;
  rl_fault fault;
  rl_unpacker ticks =
    open_text("{'ticks':[" TICK "],'x':{'y':[1.5]},'source':'a','more':nil}", &header);
  cr_expect_eq(header.tick_count, 1);
  cr_expect_eq(header.class, RL_SOURCE_LIVE);
  cr_expect(rl_feed_next(&ticks, &tick, &fault));
  cr_expect_str_eq(tick.pair, "EURUSD");
}

Test(wire, a_feed_message_of_another_form_is_refused)
{
  expect_unopened("[]", RL_REFUSAL_MALFORMED_REQUEST, "");
  expect_unopened("7", RL_REFUSAL_MALFORMED_REQUEST, "");
  expect_unopened("{}", RL_REFUSAL_MISSING_FIELD, "source");
  expect_unopened("{'source':'a'}", RL_REFUSAL_MISSING_FIELD, "ticks");
  expect_unopened("{'ticks':[]}", RL_REFUSAL_MISSING_FIELD, "source");
  expect_unopened("{'source':'','ticks':[]}", RL_REFUSAL_INVALID_FIELD, "source");
  expect_unopened("{'source':'a b','ticks':[]}", RL_REFUSAL_INVALID_FIELD, "source");
  expect_unopened("{'source':nil,'ticks':[]}", RL_REFUSAL_INVALID_FIELD, "source");
  expect_unopened("{'source':'sixteen-bytes-ab','ticks':[]}", RL_REFUSAL_TOO_LARGE, "source");
  expect_unopened("{'source':'a','class':'firm','ticks':[]}", RL_REFUSAL_INVALID_FIELD, "class");
  expect_unopened("{'source':'a','class':1,'ticks':[]}", RL_REFUSAL_INVALID_FIELD, "class");
  expect_unopened("{'source':'a','ticks':{}}", RL_REFUSAL_INVALID_FIELD, "ticks");
  expect_unopened("{'source':'a','source':'a','ticks':[]}", RL_REFUSAL_INVALID_FIELD, "source");
  expect_unopened("{'class':'live','class':'live','source':'a','ticks':[]}",
                  RL_REFUSAL_INVALID_FIELD, "class");
  expect_unopened("{'source':'a','ticks':[],'ticks':[]}", RL_REFUSAL_INVALID_FIELD, "ticks");
  expect_unopened("{'source':'a','ticks':[],7:1}", RL_REFUSAL_INVALID_FIELD, "");
  expect_unopened("{'source':'a','ticks':x'dd ff000000'}", RL_REFUSAL_MALFORMED_REQUEST, "");
  expect_unopened("{'source':'a','ticks':[[[[[[[[1]]]]]]]]}", RL_REFUSAL_MALFORMED_REQUEST, "");
}

Test(wire, a_feed_message_cut_short_or_with_bytes_left_over_moves_no_price)
{
  packed message = pack_text("{'source':'a','ticks':[" TICK "," TICK "],'x':1}");
  rl_unpacker ticks;
  rl_feed_header header;
  rl_fault fault;
  for (size_t size = 0; size < message.size; size++) {
    uint8_t *exact = malloc(size ? size : 1);
    memcpy(exact, message.bytes, size);
    cr_assert_not(rl_feed_open(exact, size, &ticks, &header, &fault), "%zu", size);
    cr_assert_eq(fault.refusal, RL_REFUSAL_MALFORMED_REQUEST);
    free(exact);
  }
  message.bytes[message.size] = 0xc0;
  cr_assert_not(rl_feed_open(message.bytes, message.size + 1, &ticks, &header, &fault));
  cr_assert_eq(fault.refusal, RL_REFUSAL_MALFORMED_REQUEST);
}

static void expect_bad_tick(const char *tick)
{
  char text[256];
  rl_feed_header header;
  rl_feed_tick out = {.bid = 77};
  rl_fault fault;
  snprintf(text, sizeof text, "{'source':'a','ticks':[%s]}", tick);
  rl_unpacker ticks = open_text(text, &header);
  cr_expect_not(rl_feed_next(&ticks, &out, &fault), "%s", tick);
  cr_expect_eq(fault.refusal, RL_REFUSAL_INVALID_FIELD);
  cr_expect_str_eq(fault.path, "ticks");
  cr_expect_eq(out.bid, 77, "untouched");
}

Test(wire, a_tick_of_another_form_is_refused)
{
  expect_bad_tick("7");
  expect_bad_tick("[]");
  expect_bad_tick("['EURUSD',1,1,0,1]");
  expect_bad_tick("['EURUSD',1,1,0,1,0,5]");
  expect_bad_tick("['EURUSD',1,1,0,1,0,5,5,5]");
  expect_bad_tick("['EURUS',1,1,0,1,0]");
  expect_bad_tick("['EURUSDX',1,1,0,1,0]");
  expect_bad_tick("['EUR/US',1,1,0,1,0]");
  expect_bad_tick("['eurusd',1,1,0,1,0]");
  expect_bad_tick("[b'455552555344',1,1,0,1,0]");
  expect_bad_tick("['EURUSD',1.0,1,0,1,0]");
  expect_bad_tick("['EURUSD',1,'1',0,1,0]");
  expect_bad_tick("['EURUSD',1,1,nil,1,0]");
  expect_bad_tick("['EURUSD',1,1,0,[1],0]");
  expect_bad_tick("['EURUSD',1,1,0,1,1.5]");
  expect_bad_tick("['EURUSD',1,1,0,1,0,1,nil]");
}

Test(wire, nil_for_one_price_alone_is_refused)
{
  expect_bad_tick("['EURUSD',nil,1,0,1,0]");
  expect_bad_tick("['EURUSD',1,nil,0,1,0]");
  expect_bad_tick("['EURUSD',nil,1,0,1,0,1,1]");
  expect_bad_tick("['EURUSD',false,false,0,1,0]");
}

Test(wire, levels_of_another_form_are_refused)
{
  expect_bad_tick("['EURUSD',1,1,0,1,0,1,1,[]]");
  expect_bad_tick("['EURUSD',1,1,0,1,0,1,1,[],[],[]]");
  expect_bad_tick("['EURUSD',1,1,0,1,0,1,1,[1],[]]");
  expect_bad_tick("['EURUSD',1,1,0,1,0,1,1,[],[1,2,3]]");
  expect_bad_tick("['EURUSD',1,1,0,1,0,1,1,nil,[]]");
  expect_bad_tick("['EURUSD',1,1,0,1,0,1,1,[],nil]");
  expect_bad_tick("['EURUSD',1,1,0,1,0,1,1,[],{1:2}]");
  expect_bad_tick("['EURUSD',1,1,0,1,0,1,1,[[1,2]],[]]");
  expect_bad_tick("['EURUSD',1,1,0,1,0,1,1,[1,'2'],[]]");
  expect_bad_tick("['EURUSD',1,1,0,1,0,1,1,[1.5,2],[]]");
  expect_bad_tick("['EURUSD',1,1,0,1,0,1,1,[1,nil],[]]");
  expect_bad_tick("['EURUSD',1,1,0,1,0,1,1,[],"
                  "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]]");
}

Test(wire, a_price_that_no_market_takes_is_left_to_the_market)
{
  rl_feed_header header;
  rl_feed_tick tick;
  rl_fault fault;
  rl_unpacker ticks = open_text("{'source':'a','ticks':["
                                "['EURUSD',-1,18446744073709551615,-1,-7,-5,-1,-1],"
                                "['EURUSD',0,0,300,0,18446744073709551615]]}", &header);
  cr_assert(rl_feed_next(&ticks, &tick, &fault));
  cr_expect(tick.bid == 0 && tick.ask == UINT64_MAX && tick.scale == UINT64_MAX);
  cr_expect(tick.sequence == 0 && tick.source_utc_ms == -5);
  cr_expect(tick.bid_size == 0 && tick.ask_size == 0);
  cr_assert(rl_feed_next(&ticks, &tick, &fault));
  cr_expect(tick.scale == 300 && tick.source_utc_ms == INT64_MAX);
}

static uint8_t random_levels(rl_random *random, rl_level *levels)
{
  unsigned count = (unsigned)rl_random_below(random, RL_LEVELS_MAX);
  for (unsigned i = 0; i < count; i++)
    levels[i] = (rl_level){(uint32_t)rl_random_magnitude(random, UINT32_MAX),
                           (uint32_t)rl_random_magnitude(random, UINT32_MAX)};
  return (uint8_t)count;
}

static rl_feed_tick random_tick(rl_random *random)
{
  rl_feed_tick tick = {.scale = rl_random_below(random, 20),
                       .sequence = rl_random_magnitude(random, UINT64_MAX),
                       .source_utc_ms = rl_random_between(random, -5, INT64_MAX - 9),
                       .withdrawn = rl_random_below(random, 8) == 0};
  for (unsigned letter = 0; letter < 6; letter++)
    tick.pair[letter] = (char)rl_random_between(random, 'A', 'Z');
  if (!tick.withdrawn) {
    tick.bid = rl_random_magnitude(random, UINT64_MAX);
    tick.ask = rl_random_magnitude(random, UINT64_MAX);
  }
  if (rl_random_below(random, 2))
    tick.ask_size = rl_random_magnitude(random, UINT64_MAX);
  if (rl_random_below(random, 3) == 0) {
    tick.depth.bid_count = random_levels(random, tick.depth.bids);
    tick.depth.ask_count = random_levels(random, tick.depth.asks);
  }
  return tick;
}

Test(wire, a_written_feed_message_reads_back)
{
  rl_random random = rl_random_from(rl_test_seed("feed"));
  static uint8_t bytes[RL_MESSAGE_MAX];
  static rl_feed_tick written[64];
  for (int i = 0; i < 300; i++) {
    rl_feed_header header = {.class = rl_random_below(&random, 2) ? RL_SOURCE_REFERENCE
                                                                  : RL_SOURCE_LIVE,
                             .tick_count = (uint32_t)rl_random_below(&random, 65)};
    memset(header.source, 'a' + (int)rl_random_below(&random, 26),
           (size_t)rl_random_between(&random, 1, RL_SOURCE_NAME_MAX));
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    rl_feed_encode_head(&writer, &header);
    for (uint32_t k = 0; k < header.tick_count; k++) {
      written[k] = random_tick(&random);
      rl_feed_encode_tick(&writer, &written[k]);
    }
    rl_unpacker ticks;
    rl_feed_header read;
    rl_fault fault;
    cr_assert(rl_feed_open(bytes, writer.used, &ticks, &read, &fault));
    cr_assert(memcmp(&read, &header, sizeof read) == 0);
    for (uint32_t k = 0; k < read.tick_count; k++) {
      rl_feed_tick tick;
      cr_assert(rl_feed_next(&ticks, &tick, &fault));
      cr_assert(memcmp(&tick, &written[k], sizeof tick) == 0);
    }
  }
}

/* {'ticks': [count maps], 'source': 'a'} */
Test(wire, ticks_are_taken_up_to_their_limit)
{
  static uint8_t bytes[RL_TICKS_PER_MESSAGE_MAX + 64];
  for (uint32_t count = RL_TICKS_PER_MESSAGE_MAX; count <= RL_TICKS_PER_MESSAGE_MAX + 1; count++) {
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    rl_pack_map(&writer, 2);
    rl_pack_text(&writer, "ticks");
    rl_pack_array(&writer, count);
    for (uint32_t i = 0; i < count; i++)
      rl_pack_nil(&writer);
    rl_pack_text(&writer, "source");
    rl_pack_text(&writer, "a");
    rl_unpacker ticks;
    rl_feed_header header;
    rl_fault fault;
    bool opened = rl_feed_open(bytes, writer.used, &ticks, &header, &fault);
    cr_expect_eq(opened, count == RL_TICKS_PER_MESSAGE_MAX);
    cr_expect(opened || fault.refusal == RL_REFUSAL_TOO_LARGE);
  }
}

Test(wire, a_feed_message_is_taken_up_to_its_size)
{
  static uint8_t bytes[RL_MESSAGE_MAX + 1], filling[RL_MESSAGE_MAX];
  for (size_t size = RL_MESSAGE_MAX; size <= RL_MESSAGE_MAX + 1; size++) {
    rl_writer writer = rl_writer_over(bytes, size);
    rl_pack_map(&writer, 3);
    rl_pack_text(&writer, "ticks");
    rl_pack_array(&writer, 0);
    rl_pack_text(&writer, "source");
    rl_pack_text(&writer, "a");
    rl_pack_text(&writer, "x");
    rl_pack_binary(&writer, filling, size - writer.used - 5);
    rl_unpacker ticks;
    rl_feed_header header;
    rl_fault fault;
    bool opened = rl_feed_open(bytes, writer.used, &ticks, &header, &fault);
    cr_expect_eq(opened, size == RL_MESSAGE_MAX);
    cr_expect(opened || fault.refusal == RL_REFUSAL_TOO_LARGE);
  }
}
