#include "feeds/feed.h"

#include "pull.h"

#include <criterion/criterion.h>
#include <nng/protocol/reqrep0/rep.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static rl_pull engine;
static rl_error error;
static rl_feed_tick tick;

static void set_up(void)
{
  rl_pull_prepare(&engine);
  rl_pull_listen(&engine);
}

static void tear_down(void)
{
  rl_pull_close(&engine);
}

TestSuite(feed, .init = set_up, .fini = tear_down);

static rl_rate rate(const char *text)
{
  rl_rate parsed;
  cr_assert_eq(rl_rate_parse(text, strlen(text), &parsed), RL_OK, "%s", text);
  return parsed;
}

static rl_feed *connect_with(rl_feed_options options)
{
  rl_feed *feed = NULL;
  options.url = options.url ? options.url : engine.url;
  options.source = options.source ? options.source : "venue";
  cr_assert_eq(rl_feed_connect(&options, &feed, &error), RL_OK, "%s", error.text);
  return feed;
}

static rl_status push(rl_feed *feed, const char *pair, const char *bid, const char *ask)
{
  return rl_feed_push(feed, pair, rate(bid), rate(ask), (rl_utc){1700000000123});
}

Test(feed, an_update_arrives_as_it_was_pushed)
{
  rl_feed *feed = connect_with((rl_feed_options){.source = "ecb", .class = RL_SOURCE_REFERENCE});
  cr_assert_eq(rl_feed_push_sized(feed, "EURUSD", rate("1.1250"), rate("1.12523"),
                                  (rl_utc){1700000000123}, 2060000, 1), RL_OK);
  cr_assert_eq(rl_feed_flush(feed), RL_OK);
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_str_eq(engine.header.source, "ecb");
  cr_assert_eq(engine.header.class, RL_SOURCE_REFERENCE);
  cr_assert_eq(engine.header.tick_count, 1);
  cr_assert_str_eq(tick.pair, "EURUSD");
  cr_assert_eq(tick.bid, 112500);
  cr_assert_eq(tick.ask, 112523);
  cr_assert_eq(tick.scale, 5);
  cr_assert_eq(tick.source_utc_ms, 1700000000123);
  cr_assert_eq(tick.bid_size, 2060000);
  cr_assert_eq(tick.ask_size, 1);
  rl_feed_close(feed);
}

Test(feed, bid_and_ask_share_the_smallest_scale_that_holds_both)
{
  static const struct {
    const char *bid, *ask;
    uint64_t bid_units, ask_units, scale;
  } cases[] = {
    {"1.1252000", "1.1252", 11252, 11252, 4},
    {"1", "1.5", 10, 15, 1},
    {"100.00", "200.000", 100, 200, 0},
    {"999999999", "999999999.0", 999999999, 999999999, 0},
    {"1.23456789", "9.99999999", 123456789, 999999999, 8},
    {"0.000000001", "0.000000002", 1, 2, 9},
  };
  rl_feed *feed = connect_with((rl_feed_options){.batch = 1});
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    cr_assert_eq(push(feed, "EURUSD", cases[i].bid, cases[i].ask), RL_OK, "%s", cases[i].bid);
    cr_assert(rl_pull_tick(&engine, &tick));
    cr_assert_eq(tick.bid, cases[i].bid_units, "%s", cases[i].bid);
    cr_assert_eq(tick.ask, cases[i].ask_units, "%s", cases[i].ask);
    cr_assert_eq(tick.scale, cases[i].scale, "%s", cases[i].bid);
  }
  rl_feed_close(feed);
}

Test(feed, updates_that_no_source_can_make_are_refused_and_leave_the_batch)
{
  rl_feed *feed = connect_with((rl_feed_options){0});
  rl_rate one = rate("1"), none = {.mantissa = 0}, long_rate = {.mantissa = 1234567891, .scale = 4};
  rl_rate fine = {.mantissa = 3, .scale = 19};
  rl_utc now = {1};
  cr_assert_eq(push(feed, "EURUSD", "1.1", "1.2"), RL_OK);
  static const char *const pairs[] = {"", "EUR", "EURUSDX", "EURUSd", "EUR/USD", "EURU D"};
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
    cr_assert_eq(push(feed, pairs[i], "1.1", "1.2"), RL_INVALID, "%s", pairs[i]);
  cr_assert_eq(rl_feed_push(feed, "EURUSD", none, one, now), RL_INVALID);
  cr_assert_eq(rl_feed_push(feed, "EURUSD", one, none, now), RL_INVALID);
  cr_assert_eq(rl_feed_push(feed, "EURUSD", long_rate, one, now), RL_INVALID);
  cr_assert_eq(rl_feed_push(feed, "EURUSD", fine, one, now), RL_INVALID);
  cr_assert_eq(push(feed, "EURUSD", "1.23456789", "10"), RL_INVALID);
  cr_assert_eq(push(feed, "EURUSD", "1.3", "1.4"), RL_OK);
  rl_feed_close(feed);
  cr_assert(rl_pull_tick(&engine, &tick));
  uint64_t first = tick.sequence;
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_eq(tick.sequence, first + 1);
  cr_assert_eq(engine.header.tick_count, 2);
}

Test(feed, batches_are_sent_when_full_and_the_rest_by_a_flush)
{
  rl_feed *feed = connect_with((rl_feed_options){.batch = 3});
  for (int i = 0; i < 7; i++)
    cr_assert_eq(push(feed, "EURUSD", "1.1", "1.2"), RL_OK);
  cr_assert(rl_pull_message(&engine, 5000));
  cr_assert_eq(engine.header.tick_count, 3);
  cr_assert(rl_pull_message(&engine, 5000));
  cr_assert_eq(engine.header.tick_count, 3);
  cr_assert_not(rl_pull_message(&engine, 0));
  cr_assert_eq(rl_feed_flush(feed), RL_OK);
  cr_assert_eq(rl_feed_flush(feed), RL_OK);
  cr_assert(rl_pull_message(&engine, 5000));
  cr_assert_eq(engine.header.tick_count, 1);
  rl_feed_close(feed);
  cr_assert_not(rl_pull_message(&engine, 0));
}

Test(feed, the_largest_batch_of_the_widest_values_fits_its_message)
{
  rl_feed *feed = connect_with(
    (rl_feed_options){.batch = 256, .source = "fifteen--bytes-", .class = RL_SOURCE_REFERENCE});
  cr_assert_eq(rl_feed_set_origin(feed, "00112233445566ff"), RL_OK);
  rl_rate widest = {.mantissa = 999999999, .scale = 18};
  for (int i = 0; i < 256; i++)
    cr_assert_eq(rl_feed_push_sized(feed, "ZZZZZZ", widest, widest, (rl_utc){INT64_MIN},
                                    UINT64_MAX, UINT64_MAX), RL_OK);
  for (int i = 0; i < 256; i++) {
    cr_assert(rl_pull_tick(&engine, &tick));
    cr_assert_eq(tick.bid_size, UINT64_MAX);
  }
  rl_feed_close(feed);
}

Test(feed, updates_lost_before_are_skipped_numbers)
{
  rl_feed *feed = connect_with((rl_feed_options){0});
  cr_assert_eq(push(feed, "EURUSD", "1.1", "1.2"), RL_OK);
  cr_assert_eq(rl_feed_skip(feed, "EURUSD", 3), RL_OK);
  cr_assert_eq(push(feed, "EURUSD", "1.1", "1.2"), RL_OK);
  cr_assert_eq(rl_feed_skip(feed, "EURUS", 1), RL_INVALID);
  cr_assert_eq(rl_feed_skip(feed, "EURUSD", RL_SEQUENCE_LEAP), RL_INVALID);
  cr_assert_eq(push(feed, "EURUSD", "1.1", "1.2"), RL_OK);
  cr_assert_eq(rl_feed_flush(feed), RL_OK);
  cr_assert(rl_pull_tick(&engine, &tick));
  uint64_t first = tick.sequence;
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_eq(tick.sequence, first + 4);
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_eq(tick.sequence, first + 5);
  rl_feed_close(feed);
}

Test(feed, a_bridge_names_the_engine_that_made_what_it_brings)
{
  rl_feed *feed = connect_with((rl_feed_options){0});
  cr_assert_eq(push(feed, "EURUSD", "1.1", "1.2"), RL_OK);
  cr_assert_eq(rl_feed_set_origin(feed, "no such id"), RL_INVALID);
  cr_assert_eq(rl_feed_set_origin(feed, "00112233445566ff"), RL_OK);
  cr_assert(rl_pull_message(&engine, 5000), "what waited was sent as it was pushed");
  cr_assert_str_eq(engine.header.origin, "");
  cr_assert_eq(push(feed, "EURUSD", "1.1", "1.2"), RL_OK);
  cr_assert_eq(rl_feed_set_origin(feed, ""), RL_OK);
  cr_assert(rl_pull_message(&engine, 5000));
  cr_assert_str_eq(engine.header.origin, "00112233445566ff");
  cr_assert_eq(push(feed, "EURUSD", "1.1", "1.2"), RL_OK);
  cr_assert_eq(rl_feed_flush(feed), RL_OK);
  cr_assert(rl_pull_message(&engine, 5000));
  cr_assert_str_eq(engine.header.origin, "");
  rl_feed_close(feed);
}

Test(feed, what_waits_may_be_let_go_and_leaves_a_gap)
{
  rl_feed *feed = connect_with((rl_feed_options){0});
  cr_assert_eq(push(feed, "EURUSD", "1.1", "1.2"), RL_OK);
  cr_assert_eq(rl_feed_flush(feed), RL_OK);
  cr_assert_eq(push(feed, "EURUSD", "1.3", "1.4"), RL_OK);
  cr_assert_eq(push(feed, "EURUSD", "1.3", "1.4"), RL_OK);
  cr_assert_eq(rl_feed_discard(feed), 2);
  cr_assert_eq(rl_feed_discard(feed), 0);
  cr_assert_eq(push(feed, "EURUSD", "1.5", "1.6"), RL_OK);
  cr_assert_eq(rl_feed_flush(feed), RL_OK);
  cr_assert(rl_pull_tick(&engine, &tick));
  uint64_t first = tick.sequence;
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert(tick.bid == 15 && tick.sequence == first + 3);
  rl_feed_close(feed);
}

Test(feed, sequences_rise_by_one_in_each_pair)
{
  static const char *const pairs[] = {"EURUSD", "USDJPY", "GBPUSD"};
  rl_feed *feed = connect_with((rl_feed_options){.batch = 4});
  uint64_t last[3] = {0};
  for (int i = 0; i < 60; i++)
    cr_assert_eq(push(feed, pairs[i * i % 3], "1.1", "1.2"), RL_OK);
  rl_feed_close(feed);
  for (int i = 0; i < 60; i++) {
    cr_assert(rl_pull_tick(&engine, &tick));
    uint64_t *of_pair = &last[i * i % 3];
    cr_assert(*of_pair == 0 || tick.sequence == *of_pair + 1);
    cr_assert(tick.sequence > 0 && tick.sequence <= RL_SEQUENCE_MAX);
    *of_pair = tick.sequence;
  }
}

Test(feed, a_handler_that_starts_again_goes_on_above_where_it_was)
{
  uint64_t last = 0;
  for (int start = 0; start < 5; start++) {
    rl_feed *feed = connect_with((rl_feed_options){0});
    for (int i = 0; i < 100; i++)
      cr_assert_eq(push(feed, "EURUSD", "1.1", "1.2"), RL_OK);
    rl_feed_close(feed);
    for (int i = 0; i < 100; i++) {
      cr_assert(rl_pull_tick(&engine, &tick));
      cr_assert_gt(tick.sequence, last);
      last = tick.sequence;
    }
  }
}

Test(feed, as_many_pairs_as_an_engine_can_have_and_no_more)
{
  rl_feed *feed = connect_with((rl_feed_options){.batch = 256});
  for (unsigned i = 0; i <= RL_PAIRS_MAX; i++) {
    char pair[7] = {(char)('A' + i % 26), (char)('A' + i / 26 % 26), (char)('A' + i / 676 % 26),
                    'U', 'S', (char)('A' + i / 17576), 0};
    cr_assert_eq(push(feed, pair, "1.1", "1.2"), i < RL_PAIRS_MAX ? RL_OK : RL_FULL, "%u", i);
    if (i % 256 == 255)
      cr_assert(rl_pull_message(&engine, 5000));
  }
  cr_assert_eq(push(feed, "AAAUSA", "1.1", "1.2"), RL_OK);
  rl_feed_close(feed);
}

Test(feed, what_was_pushed_before_closing_has_left_the_process)
{
  enum { UPDATES = 2000 };
  rl_feed *feed = connect_with((rl_feed_options){.batch = 100});
  for (int i = 0; i < UPDATES - 1; i++)
    cr_assert_eq(push(feed, "EURUSD", "1.1", "1.2"), RL_OK);
  rl_feed_close(feed);
  for (int i = 0; i < UPDATES - 1; i++)
    cr_assert(rl_pull_tick(&engine, &tick), "tick %d", i);
}

/* Pushes until the engine, which reads nothing, has no more room. Returns how many were taken. */
static unsigned push_until_blocked(rl_feed *feed)
{
  for (unsigned i = 0; i < 1000000; i++) {
    rl_status status = push(feed, "EURUSD", "1.1", "1.2");
    if (status == RL_TIMEOUT)
      return i;
    cr_assert_eq(status, RL_OK);
  }
  cr_assert_fail("a million updates went into a socket that nobody reads");
  return 0;
}

/* Takes one message's ticks, each the successor of the one before. */
static void take_message(uint64_t *next)
{
  do {
    cr_assert(rl_pull_tick(&engine, &tick), "after %llu", (unsigned long long)*next);
    cr_assert(*next == 0 || tick.sequence == *next);
    *next = tick.sequence + 1;
  } while (engine.taken < engine.header.tick_count);
}

Test(feed, an_engine_that_takes_nothing_is_a_time_out_and_loses_nothing)
{
  rl_feed *feed = connect_with((rl_feed_options){.batch = 256, .timeout_ms = 30});
  unsigned taken = push_until_blocked(feed);
  uint64_t next = 0;
  cr_assert_gt(taken, 1000);
  cr_assert_eq(push(feed, "EURUSD", "1.1", "1.2"), RL_TIMEOUT);
  cr_assert_eq(rl_feed_flush(feed), RL_TIMEOUT);
  take_message(&next);
  uint64_t first = next - 256;
  /* A socket that was full takes bytes again when most of it has been read. */
  while (push(feed, "EURUSD", "1.3", "1.4") == RL_TIMEOUT)
    take_message(&next);
  rl_feed_close(feed);
  while (tick.sequence != first + taken)
    take_message(&next);
  cr_assert_eq(tick.bid, 13);
}

/* Reads what comes as an engine does that was busy for a moment; `context` counts down. */
static void *read_messages(void *context)
{
  unsigned *left = context;
  nng_socket_set_ms(engine.socket, NNG_OPT_RECVTIMEO, 5000);
  for (; *left > 0; --*left) {
    nng_msg *message;
    if (nng_recvmsg(engine.socket, &message, 0) != 0)
      break;
    nng_msg_free(message);
  }
  return NULL;
}

/* Pushes so many batches, then closes while the engine begins to read. False when there was no
 * room for all of them. */
static bool close_after(unsigned batches)
{
  rl_feed *feed = connect_with((rl_feed_options){.batch = 256, .timeout_ms = 1000});
  unsigned pushed = 0;
  while (pushed < batches * 256 && push(feed, "EURUSD", "1.1", "1.2") == RL_OK)
    pushed++;
  pthread_t reader;
  unsigned messages = (pushed + 255) / 256, left = messages;
  cr_assert_eq(pthread_create(&reader, NULL, read_messages, &left), 0);
  rl_feed_close(feed);
  pthread_join(reader, NULL);
  cr_assert_eq(left, 0, "%u of %u messages lost", left, messages);
  return pushed == batches * 256;
}

Test(feed, closing_waits_for_an_engine_that_is_busy)
{
  /* With one batch less than is too many, the last one stands half written when closing. */
  unsigned batches = 1;
  while (close_after(batches))
    batches++;
  cr_assert_gt(batches, 3);
}

Test(feed, nobody_who_listens_is_said_with_the_remedy)
{
  rl_pull_deafen(&engine);
  rl_feed *feed = NULL;
  rl_feed_options options = {.url = engine.url, .source = "venue", .timeout_ms = 50};
  cr_assert_eq(rl_feed_connect(&options, &feed, &error), RL_UNREACHABLE);
  cr_assert_null(feed);
  cr_assert_str_eq(error.file, engine.url);
  cr_assert_not_null(strstr(error.text, "no engine listens there: start one with ratelockd"));
}

Test(feed, a_socket_of_another_protocol_is_no_engine)
{
  rl_pull_deafen(&engine);
  nng_socket other;
  cr_assert_eq(nng_rep0_open(&other), 0);
  cr_assert_eq(nng_listen(other, engine.url, NULL, 0), 0);
  rl_feed *feed = NULL;
  rl_feed_options options = {.url = engine.url, .source = "venue", .timeout_ms = 100};
  cr_assert_eq(rl_feed_connect(&options, &feed, &error), RL_UNREACHABLE);
  nng_close(other);
}

Test(feed, an_engine_that_restarts_is_found_again)
{
  rl_feed *feed = connect_with((rl_feed_options){.batch = 1, .timeout_ms = 50});
  cr_assert_eq(push(feed, "EURUSD", "1.1", "1.2"), RL_OK);
  cr_assert(rl_pull_tick(&engine, &tick));
  uint64_t before = tick.sequence;
  rl_pull_deafen(&engine);
  rl_status status = RL_OK;
  for (int i = 0; i < 100 && status == RL_OK; i++)
    status = push(feed, "EURUSD", "1.1", "1.2");
  cr_assert_eq(status, RL_TIMEOUT);
  rl_pull_listen(&engine);
  for (int i = 0; i < 100 && status == RL_TIMEOUT; i++)
    status = push(feed, "EURUSD", "1.3", "1.4");
  cr_assert_eq(status, RL_OK);
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_eq(tick.bid, 13);
  cr_assert_gt(tick.sequence, before);
  rl_feed_close(feed);
}

Test(feed, options_that_cannot_be_are_named)
{
  static const struct {
    rl_feed_options options;
    rl_status status;
    const char *field;
  } wrong[] = {
    {{.source = NULL}, RL_INVALID, "source"},
    {{.source = ""}, RL_INVALID, "source"},
    {{.source = "a venue"}, RL_INVALID, "source"},
    {{.source = "sixteen-bytes---"}, RL_INVALID, "source"},
    {{.source = "v\xc3\xa9nue"}, RL_INVALID, "source"},
    {{.source = "v", .batch = 257}, RL_OUT_OF_RANGE, "batch"},
    {{.source = "v", .timeout_ms = UINT32_MAX}, RL_OUT_OF_RANGE, "timeout_ms"},
    {{.source = "v", .url = "nowhere"}, RL_INVALID, ""},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    rl_feed *feed = NULL;
    error = (rl_error){0};
    cr_assert_eq(rl_feed_connect(&wrong[i].options, &feed, &error), wrong[i].status, "%zu", i);
    cr_assert_str_eq(error.field, wrong[i].field);
    cr_assert_null(feed);
  }
}

Test(feed, the_default_address_follows_the_environment)
{
  setenv("RATELOCK_FEED_URL", "tcp://127.0.0.1:5555", 1);
  cr_assert_str_eq(rl_feed_default_url(), "tcp://127.0.0.1:5555");
  unsetenv("RATELOCK_FEED_URL");
  setenv("RATELOCK_DATA", "/data/rl", 1);
  cr_assert_str_eq(rl_feed_default_url(), "ipc:///data/rl/feed.ipc");
  char longest[128];
  memset(longest, 'x', sizeof longest - 1);
  longest[sizeof longest - 1] = '\0';
  setenv("RATELOCK_DATA", longest, 1);
  cr_assert_null(rl_feed_default_url());
  rl_feed *feed = NULL;
  rl_feed_options options = {.source = "venue"};
  cr_assert_eq(rl_feed_connect(&options, &feed, &error), RL_OUT_OF_RANGE);
  cr_assert_not_null(strstr(error.text, "RATELOCK_DATA"));
}
