/* The NATS handler against a real server, with the test as its publisher and as its engine. */
#include "programs.h"

#include "clock/clock.h"
#include "nats/bus.h"
#include "support/nats.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define HANDLER FEED_PROGRAMS "/ratelock-feed-nats"
#define PATIENCE_MS 10000
#define TOKYO "00112233445566ff"
#define PARIS "ff00112233445566"

static test_nats nats;
static rl_bus *bus;
static rl_bus_subscription *requests;
static char reply[RL_BUS_SUBJECT_MAX + 1]; /* where the last request is answered */

static void set_up(void)
{
  rl_error error;
  rl_programs_set_up();
  nats_make(&nats);
  rl_bus_options options = {.urls = nats.url, .name = "test"};
  cr_assert_eq(rl_bus_open(&options, &bus, &error), RL_OK, "%s", error.text);
  cr_assert_eq(rl_bus_subscribe(bus, "ratelock.tokyo.snapshot", &requests), RL_OK);
}

static void tear_down(void)
{
  rl_programs_tear_down();
  rl_bus_close(bus);
  nats_remove(&nats);
}

TestSuite(feed_nats_program, .init = set_up, .fini = tear_down);

static void say(const char *subject, const void *bytes, size_t size)
{
  cr_assert_eq(rl_bus_publish(bus, subject, NULL, bytes, size), RL_OK);
}

static void say_text(const char *text)
{
  say("ratelock.tokyo.composite.x", text, strlen(text));
}

static void say_ticks(const char *subject, const char *origin, const rl_feed_tick *ticks,
                      uint32_t count)
{
  uint8_t bytes[1024];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_feed_header header = {.source = "tokyo", .class = RL_SOURCE_LIVE, .tick_count = count};
  snprintf(header.origin, sizeof header.origin, "%s", origin);
  rl_feed_encode_head(&writer, &header);
  for (uint32_t i = 0; i < count; i++)
    rl_feed_encode_tick(&writer, &ticks[i]);
  say(subject, bytes, writer.used);
}

static rl_feed_tick tick_of(const char *pair, uint64_t bid, uint64_t sequence)
{
  rl_clock clock = rl_clock_system();
  rl_feed_tick made = {.bid = bid, .ask = bid + 10, .scale = 5, .sequence = sequence,
                       .source_utc_ms = rl_clock_read(&clock).utc.ms};
  snprintf(made.pair, sizeof made.pair, "%s", pair);
  return made;
}

static void say_tick(const char *origin, const char *pair, uint64_t bid, uint64_t sequence)
{
  rl_feed_tick made = tick_of(pair, bid, sequence);
  say_ticks("ratelock.tokyo.composite.x", origin, &made, 1);
}

static void await_request(void)
{
  rl_bus_message request;
  cr_assert(rl_bus_take(requests, PATIENCE_MS, &request), "no request for a snapshot");
  snprintf(reply, sizeof reply, "%s", request.reply);
  rl_bus_release(&request);
}

/* A request, and what is subscribed before it, has come to the server then. */
static void start_handler(const char *patience)
{
  START(HANDLER, "--nats", nats.url, "--source", "bridge", "--subject",
        "ratelock.tokyo.composite.>", "--withdraw-after", patience, "--wait", "200ms", "--json");
  await_request();
  say_ticks(reply, TOKYO, NULL, 0);
}

static void stop_handler(void)
{
  kill(child.pid, SIGTERM);
  cr_assert_eq(rl_child_wait(&child), 0, "%s", child.err);
}

static void expect_tick(const char *pair, uint64_t bid)
{
  cr_assert(rl_pull_tick(&engine, &tick), "%s", pair);
  cr_assert_str_eq(tick.pair, pair);
  cr_assert_eq(tick.withdrawn, bid == 0);
  cr_assert(bid == 0 || tick.bid == bid, "%s: %llu", pair, (unsigned long long)tick.bid);
}

Test(feed_nats_program, nats_brings_what_another_engine_publishes)
{
  start_handler("60m");
  say_tick(TOKYO, "EURUSD", 112521, 10);
  expect_tick("EURUSD", 112521);
  cr_expect_str_eq(engine.header.source, "bridge");
  cr_expect_str_eq(engine.header.origin, TOKYO);
  cr_expect_eq(engine.header.class, RL_SOURCE_LIVE);
  uint64_t first = tick.sequence;
  say_tick(TOKYO, "EURUSD", 112523, 11);
  expect_tick("EURUSD", 112523);
  cr_expect_eq(tick.sequence, first + 1);
  stop_handler();
  rl_expect_printed("\"updates\":2,\"malformed\":0,\"foreign\":0,\"old\":0,\"late\":0,\"lost\":0,");
}

Test(feed_nats_program, nats_reads_json_of_either_form)
{
  start_handler("60m");
  say_text("{\"origin\":\"" TOKYO "\",\"pair\":\"EURUSD\",\"bid\":\"1.12520\",\"ask\":1.12531}");
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_expect(tick.bid == 112520 && tick.ask == 112531 && tick.scale == 5);
  say_text("{\"origin\":\"" TOKYO "\",\"ticks\":[[\"USDJPY\",\"145.2\",\"145.21\",7,0,10,20],"
           "[\"EURUSD\",null,null,8,0]]}");
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_expect(tick.bid == 14520 && tick.ask == 14521 && tick.scale == 2);
  cr_expect(tick.bid_size == 10 && tick.ask_size == 20);
  expect_tick("EURUSD", 0);
  stop_handler();
}

Test(feed_nats_program, nats_counts_and_names_what_is_malformed_and_goes_on)
{
  static const char *const bad[] = {
    "", "x", "{", "[1]", "{}", "{\"pair\":\"EURUSD\",\"bid\":0,\"ask\":1}",
    "{\"pair\":\"EURUSD\",\"bid\":\"1.1a\",\"ask\":1}",
    "{\"pair\":\"EURUSD\",\"bid\":1e1,\"ask\":1}", "\x93\x01\x02\x03", "\x81\xa6source"};
  start_handler("60m");
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    say_text(bad[i]);
  say_text("{\"origin\":\"" TOKYO "\",\"pair\":\"EURUSD\",\"bid\":1.123456789,\"ask\":9999}");
  rl_feed_tick zero = tick_of("EURUSD", 0, 5);
  say_ticks("ratelock.tokyo.composite.x", TOKYO, &zero, 1);
  say_tick(TOKYO, "EURUSD", 112521, 10);
  expect_tick("EURUSD", 112521);
  stop_handler();
  rl_expect_printed("\"updates\":1,\"malformed\":12,");
  rl_expect_said("ratelock.tokyo.composite.x: expected a price such as \"1.12520\"");
  rl_expect_said("ratelock.tokyo.composite.x: a rate that is none");
  expect_tick("EURUSD", 0);
  rl_expect_nothing_more();
}

Test(feed_nats_program, nats_names_only_so_many_malformed_messages)
{
  start_handler("60m");
  for (int i = 0; i < 100; i++)
    say_text("x");
  say_tick(TOKYO, "EURUSD", 112521, 10);
  expect_tick("EURUSD", 112521);
  stop_handler();
  rl_expect_printed("\"malformed\":100,");
  rl_expect_said("counted, not named");
  unsigned named = 0;
  for (const char *at = child.err; (at = strstr(at, "composite.x: ")); at++)
    named++;
  cr_expect_eq(named, 20);
}

Test(feed_nats_program, nats_asks_for_a_snapshot_behind_a_gap_and_takes_nothing_older_from_it)
{
  start_handler("60m");
  say_tick(TOKYO, "EURUSD", 112521, 10);
  expect_tick("EURUSD", 112521);
  uint64_t first = tick.sequence;
  say_tick(TOKYO, "EURUSD", 112524, 13);
  expect_tick("EURUSD", 112524);
  cr_expect_eq(tick.sequence, first + 3, "the engine counts the gap too");
  await_request();
  rl_feed_tick snapshot[] = {tick_of("EURUSD", 112523, 12), tick_of("USDJPY", 14521, 7)};
  say_ticks(reply, TOKYO, snapshot, 2);
  expect_tick("USDJPY", 14521);
  say_tick(TOKYO, "EURUSD", 112525, 12);
  say_tick(TOKYO, "EURUSD", 112526, 14);
  expect_tick("EURUSD", 112526);
  stop_handler();
  rl_expect_printed("\"old\":1,\"late\":0,\"lost\":2,");
  expect_tick("EURUSD", 0);
  expect_tick("USDJPY", 0);
  rl_expect_nothing_more();
}

Test(feed_nats_program, nats_asks_again_until_somebody_answers)
{
  START(HANDLER, "--nats", nats.url, "--source", "b", "--subject", "ratelock.tokyo.composite.*");
  await_request();
  await_request();
  rl_feed_tick snapshot = tick_of("EURUSD", 112521, 10);
  say_ticks(reply, TOKYO, &snapshot, 1);
  expect_tick("EURUSD", 112521);
  stop_handler();
}

Test(feed_nats_program, nats_of_one_pair_takes_only_that_from_a_snapshot)
{
  START(HANDLER, "--nats", nats.url, "--source", "b", "--subject",
        "ratelock.tokyo.composite.USDJPY");
  await_request();
  rl_feed_tick snapshot[] = {tick_of("EURUSD", 112523, 12), tick_of("USDJPY", 14521, 7)};
  say_ticks(reply, TOKYO, snapshot, 2);
  expect_tick("USDJPY", 14521);
  stop_handler();
  expect_tick("USDJPY", 0);
  rl_expect_nothing_more();
}

Test(feed_nats_program, nats_that_goes_away_takes_rates_back_until_it_is_there_again)
{
  start_handler("1500ms");
  say_tick(TOKYO, "EURUSD", 112521, 10);
  expect_tick("EURUSD", 112521);
  nats_kill(&nats);
  rl_await_said("no NATS server: looking for it");
  expect_tick("EURUSD", 0);
  rl_await_said("no news: rates are taken back");
  nats_start(&nats);
  await_request();
  rl_feed_tick snapshot = tick_of("EURUSD", 112521, 10);
  say_ticks(reply, TOKYO, &snapshot, 1);
  expect_tick("EURUSD", 112521);
  stop_handler();
  rl_expect_printed("\"withdrawn\":1,");
  rl_expect_printed("\"connections\":2,");
}

Test(feed_nats_program, nats_takes_back_what_its_publisher_does_not_repeat)
{
  start_handler("1500ms");
  say_tick(TOKYO, "EURUSD", 112521, 10);
  expect_tick("EURUSD", 112521);
  expect_tick("EURUSD", 0);
  say_tick(TOKYO, "EURUSD", 112521, 11);
  expect_tick("EURUSD", 112521);
  stop_handler();
}

Test(feed_nats_program, nats_that_is_stopped_takes_its_rates_back_at_once)
{
  start_handler("60m");
  say_tick(TOKYO, "EURUSD", 112521, 10);
  expect_tick("EURUSD", 112521);
  say_tick(TOKYO, "GBPUSD", 132521, 10);
  expect_tick("GBPUSD", 132521);
  say_tick(TOKYO, "USDCHF", 92521, 10);
  expect_tick("USDCHF", 92521);
  rl_feed_tick gone = {.pair = "GBPUSD", .scale = 5, .sequence = 11, .withdrawn = true};
  say_ticks("ratelock.tokyo.composite.x", TOKYO, &gone, 1);
  expect_tick("GBPUSD", 0);
  stop_handler();
  expect_tick("EURUSD", 0);
  expect_tick("USDCHF", 0);
  rl_expect_nothing_more();
}

Test(feed_nats_program, nats_that_is_stopped_lets_a_fixing_stand)
{
  START(HANDLER, "--nats", nats.url, "--source", "bridge", "--subject",
        "ratelock.tokyo.composite.>", "--class", "reference");
  await_request();
  say_text("{\"class\":\"reference\",\"ticks\":[[\"EURUSD\",\"1.12\",\"1.12\",0,0]]}");
  cr_assert(rl_pull_tick(&engine, &tick));
  stop_handler();
  rl_expect_nothing_more();
}

Test(feed_nats_program, nats_that_stands_still_hands_on_nothing_old)
{
  start_handler("1500ms");
  say_tick(TOKYO, "EURUSD", 112521, 10);
  expect_tick("EURUSD", 112521);
  nats_freeze(&nats);
  rl_feed_tick held = tick_of("EURUSD", 112522, 11);
  say_ticks("ratelock.tokyo.composite.x", TOKYO, &held, 1);
  expect_tick("EURUSD", 0);
  rl_clock clock = rl_clock_system();
  while (rl_clock_read(&clock).utc.ms < held.source_utc_ms + 1600) /* past any doubt */
    poll(NULL, 0, 10);
  nats_thaw(&nats);
  for (int left_ms = PATIENCE_MS; rl_bus_connection(bus) == 0; left_ms -= 10) {
    cr_assert_gt(left_ms, 0);
    poll(NULL, 0, 10);
  }
  say_tick(TOKYO, "EURUSD", 112523, 12);
  expect_tick("EURUSD", 112523);
  stop_handler();
}

Test(feed_nats_program, nats_follows_one_publisher_and_names_a_second)
{
  start_handler("60m");
  say_tick(TOKYO, "EURUSD", 112521, 10);
  expect_tick("EURUSD", 112521);
  say_tick(PARIS, "EURUSD", 112000, 11);
  say_text("{\"pair\":\"EURUSD\",\"bid\":1,\"ask\":2}");
  say_text("{\"class\":\"reference\",\"pair\":\"EURUSD\",\"bid\":1,\"ask\":2}");
  say_tick(TOKYO, "EURUSD", 112522, 11);
  expect_tick("EURUSD", 112522);
  stop_handler();
  rl_expect_printed("\"foreign\":3,");
  rl_expect_said("of a second publisher under this subject");
  rl_expect_said("of another class");
}

/* Answers as long as it takes: while the engine cannot be reached, the answers are let go too. */
Test(feed_nats_program, nats_lets_rates_go_that_the_engine_does_not_take)
{
  start_handler("60m");
  say_tick(TOKYO, "EURUSD", 112521, 10);
  expect_tick("EURUSD", 112521);
  rl_pull_deafen(&engine);
  for (uint64_t i = 11; i < 15; i++)
    say_tick(TOKYO, "EURUSD", 112511 + i, i);
  rl_await_said("the engine takes nothing");
  rl_pull_listen(&engine);
  rl_feed_tick snapshot = tick_of("EURUSD", 112525, 14);
  do {
    await_request();
    say_ticks(reply, TOKYO, &snapshot, 1);
  } while (!rl_pull_message(&engine, 400));
  expect_tick("EURUSD", 112525);
  rl_await_said("the engine takes rates again");
  stop_handler();
}

Test(feed_nats_program, nats_without_an_engine_or_a_sensible_command_line_ends)
{
  cr_expect_eq(RUN(HANDLER, "--engine", "ipc:///nowhere/feed.ipc", "--wait", "50ms", "--source",
                   "b", "--subject", "x", "--nats", nats.url), 3);
  cr_expect_eq(RUN(HANDLER, "--source", "b"), 2);
  rl_expect_said("--subject");
  cr_expect_eq(RUN(HANDLER, "--subject", "x"), 2);
  cr_expect_eq(RUN(HANDLER, "--source", "b", "--subject", "x", "--nats", "http://a"), 2);
  cr_expect_eq(RUN(HANDLER, "--source", "b", "--subject", "x", "--class", "firm"), 2);
  cr_expect_eq(RUN(HANDLER, "--source", "b", "--subject", "x", "--withdraw-after", "1s"), 2);
  cr_expect_eq(RUN(HANDLER, "--source", "b", "--subject", "a b", "--nats", nats.url), 2);
  rl_expect_said("no subject of NATS");
  cr_expect_eq(RUN(HANDLER, "--source", "a b", "--subject", "x", "--nats", nats.url), 2);
  rl_expect_said("without blanks");
}
