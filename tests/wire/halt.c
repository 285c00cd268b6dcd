/* Halts as they are written: rows, and events. */
#include "wire/events.h"

#include <criterion/criterion.h>
#include <string.h>

static const rl_halted by_hand = {.pair = "EURUSD", .scale = 5, .by_hand = true, .by = "desk",
                                  .reason = "news", .since_utc_ms = 1000};

Test(wire_halted, halted_pair_says_how)
{
  uint8_t bytes[RL_REPLY_ROW_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_pack_halted(&writer, &by_hand);
  char text[512];
  size_t length;
  cr_assert_eq(rl_json_from_msgpack(bytes, writer.used, 0, text, sizeof text, &length), RL_OK);
  cr_expect_str_eq(text, "{\"pair\":\"EURUSD\",\"by\":\"hand\",\"operator\":\"desk\","
                         "\"reason\":\"news\",\"since\":1000}");
}

Test(wire_halted, longest_row_of_a_halted_pair_fits)
{
  static const char text[] = "pair EUR USD scale=12\n";
  uint8_t bytes[RL_REPLY_ROW_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_composite composite = {.refusal = RL_REFUSAL_PAIR_HALTED, .tick_count = 16,
                            .version = UINT64_MAX, .volatility_ppm = RL_VOLATILITY_MAX_PPM};
  rl_halted halted = {.pair = "EURUSD", .scale = 12, .since_utc_ms = INT64_MAX,
                      .until_utc_ms = INT64_MAX,
                      .trip = {RL_TRIP_REFERENCE, UINT32_MAX, UINT32_MAX, 0, 0}};
  memset(halted.by, 'x', RL_CLIENT_NAME_MAX);
  memset(halted.reason, 'x', RL_REASON_MAX);
  rl_universe *universe;
  cr_assert_eq(rl_universe_parse(text, strlen(text), "test", &universe, NULL), RL_OK);
  rl_reply_spread_row(&writer, universe, &composite, &halted, (rl_now){.mono.ns = INT64_MAX});
  cr_expect_not(writer.failed);
  rl_universe_destroy(universe);
}

Test(wire_halted, events_of_a_halt_have_topics_of_their_own)
{
  uint8_t bytes[RL_EVENT_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_event_encode_halted(&writer, &by_hand);
  cr_expect_arr_eq(bytes, "pair.halted \x85", 13);
  writer = rl_writer_over(bytes, sizeof bytes);
  rl_event_encode_resumed(&writer, "EURUSD", (rl_utc){7});
  cr_expect_arr_eq(bytes, "pair.resumed \x82\xa4pair\xa6" "EURUSD\xa2" "at\x07", 30);
}
