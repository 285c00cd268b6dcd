/* Engines that share a market over NATS: whole engines with their sockets, a real NATS server, the
 * real handler between them. The engines' clocks stand still unless a test moves them, so that what
 * arrives was said once. */
#include "feeds/child.h"
#include "server/server.h"
#include "support/engine.h"
#include "support/nats.h"

#include "nats/bus.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define HANDLER FEED_PROGRAMS "/ratelock-feed-nats"
#define PATIENCE_MS 10000
#define FOREVER "60m"

typedef struct island {
  rl_test_engine engine;
  rl_server *server;
  char urls[3][128];
} island;

static test_nats nats;
static island tokyo, paris;
static rl_child there, back;

static void start_island(island *it, const char *name)
{
  static const char *const names[] = {"quotes", "feed", "events"};
  rl_error error = {0};
  rl_test_engine_start(&it->engine);
  for (unsigned i = 0; i < 3; i++)
    snprintf(it->urls[i], sizeof it->urls[i], "ipc://%s/%s.ipc", it->engine.directory, names[i]);
  rl_server_options options = {
    .quotes_urls = {it->urls[0]}, .quotes_url_count = 1, .feed_url = it->urls[1],
    .events_url = it->urls[2], .socket_mode = 0600, .publish_url = nats.url,
  };
  snprintf(options.publish_name, sizeof options.publish_name, "%s", name);
  cr_assert_eq(rl_server_start(it->engine.service, it->engine.market, it->engine.clock, &options,
                               &it->server, &error), RL_OK, "%s", error.text);
}

static void stop_server(island *it)
{
  if (it->server)
    rl_server_stop(it->server);
  it->server = NULL;
}

static void stop_island(island *it)
{
  stop_server(it);
  rl_test_engine_stop(&it->engine);
}

static void set_up(void)
{
  nats_make(&nats);
  start_island(&tokyo, "tokyo");
  start_island(&paris, "paris");
}

static void tear_down(void)
{
  rl_child_end(&there);
  rl_child_end(&back);
  stop_island(&tokyo);
  stop_island(&paris);
  nats_remove(&nats);
}

TestSuite(bridge, .init = set_up, .fini = tear_down);

/* What `name` publishes comes to the engine as a source of that name. Its output lies with an
 * engine, one of each. */
static void start_bridge(rl_child *child, const char *name, const island *to, const char *patience)
{
  char subject[64];
  snprintf(subject, sizeof subject, "ratelock.%s.composite.>", name);
  rl_child_start(child, child == &there ? tokyo.engine.directory : paris.engine.directory, NULL,
                 (const char *const[]){HANDLER, "--nats", nats.url, "--engine", to->urls[1],
                                       "--source", name, "--subject", subject,
                                       "--withdraw-after", patience, NULL});
}

static void wait_ms(int64_t ms)
{
  rl_manual_clock_advance_ns(&tokyo.engine.manual, ms * RL_NS_PER_MS);
  rl_manual_clock_advance_ns(&paris.engine.manual, ms * RL_NS_PER_MS);
}

static rl_composite composite_of(const island *it, const char *name)
{
  rl_pair pair;
  rl_composite composite;
  cr_assert_eq(rl_universe_find_name(it->engine.universe, name, 6, &pair), RL_OK);
  rl_market_composite(it->engine.market, pair, rl_clock_read(&it->engine.clock).mono, &composite);
  return composite;
}

static void await_price(const island *it, const char *pair, bool has_one)
{
  for (int left_ms = PATIENCE_MS; (composite_of(it, pair).refusal == RL_REFUSAL_NONE) != has_one;
       left_ms -= 10) {
    cr_assert(left_ms > 0, "%s: %s price", pair, has_one ? "no" : "still a");
    poll(NULL, 0, 10);
  }
}

static void expect_same(const char *pair)
{
  rl_composite from = composite_of(&tokyo, pair), to = composite_of(&paris, pair);
  cr_expect_eq(to.bid_half, from.bid_half / 2 * 2, "%s", pair);
  cr_expect_eq(to.ask_half, (from.ask_half + 1) / 2 * 2, "%s", pair);
}

Test(bridge, what_one_engine_makes_another_one_has)
{
  start_bridge(&there, "tokyo", &paris, FOREVER);
  rl_test_engine_tick(&tokyo.engine);
  await_price(&paris, "EURUSD", true);
  await_price(&paris, "USDJPY", true);
  expect_same("EURUSD");
  expect_same("USDJPY");
}

Test(bridge, whoever_joins_late_has_a_snapshot)
{
  rl_bus *bus;
  rl_bus_subscription *all;
  rl_bus_message message;
  rl_error error;
  rl_bus_options options = {.urls = nats.url, .name = "test"};
  cr_assert_eq(rl_bus_open(&options, &bus, &error), RL_OK);
  cr_assert_eq(rl_bus_subscribe(bus, "ratelock.tokyo.composite.*", &all), RL_OK);
  cr_assert_eq(rl_bus_publish(bus, "ratelock.tokyo.composite.x", NULL, "", 0), RL_OK);
  cr_assert(rl_bus_take(all, PATIENCE_MS, &message), "subscribed");
  rl_bus_release(&message);
  rl_test_engine_tick(&tokyo.engine);
  for (int i = 0; i < 3; i++) {
    cr_assert(rl_bus_take(all, PATIENCE_MS, &message), "three pairs are said, once");
    rl_bus_release(&message);
  }
  start_bridge(&there, "tokyo", &paris, FOREVER);
  await_price(&paris, "EURUSD", true);
  expect_same("EURUSD");
  cr_expect_not(rl_bus_take(all, 0, &message), "nothing was said again");
  rl_bus_close(bus);
}

Test(bridge, what_is_stale_there_is_taken_back_here)
{
  start_bridge(&there, "tokyo", &paris, FOREVER);
  rl_test_engine_tick(&tokyo.engine);
  await_price(&paris, "EURUSD", true);
  wait_ms(4999);
  rl_manual_clock_advance_ns(&tokyo.engine.manual, RL_NS_PER_MS);
  await_price(&paris, "EURUSD", false);
  rl_test_engine_tick(&tokyo.engine);
  await_price(&paris, "EURUSD", true);
}

Test(bridge, an_engine_that_stops_there_takes_its_prices_back_here)
{
  start_bridge(&there, "tokyo", &paris, FOREVER);
  rl_test_engine_tick(&tokyo.engine);
  await_price(&paris, "EURUSD", true);
  stop_server(&tokyo);
  await_price(&paris, "EURUSD", false);
}

Test(bridge, a_halt_there_is_felt_here)
{
  rl_pair pair;
  cr_assert_eq(rl_universe_find_name(tokyo.engine.universe, "EURUSD", 6, &pair), RL_OK);
  start_bridge(&there, "tokyo", &paris, FOREVER);
  rl_test_engine_tick(&tokyo.engine);
  await_price(&paris, "EURUSD", true);
  rl_market_halt(tokyo.engine.market, pair);
  await_price(&paris, "EURUSD", false);
  cr_expect_eq(composite_of(&paris, "USDJPY").refusal, RL_REFUSAL_NONE);
}

Test(bridge, a_lost_nats_server_takes_prices_back_until_it_is_there_again)
{
  start_bridge(&there, "tokyo", &paris, "1500ms");
  rl_test_engine_tick(&tokyo.engine);
  await_price(&paris, "EURUSD", true);
  nats_kill(&nats);
  await_price(&paris, "EURUSD", false);
  wait_ms(4000); /* or what is said then would look held up on its way */
  nats_start(&nats);
  await_price(&paris, "EURUSD", true);
  expect_same("EURUSD");
}

Test(bridge, an_engine_takes_nothing_of_its_own_back)
{
  rl_test_engine_tick(&tokyo.engine);
  start_bridge(&there, "tokyo", &tokyo, FOREVER);
  for (int left_ms = PATIENCE_MS; rl_service_own_returned(tokyo.engine.service) == 0;
       left_ms -= 10) {
    cr_assert_gt(left_ms, 0);
    poll(NULL, 0, 10);
  }
  cr_expect_eq(rl_market_source_count(tokyo.engine.market), 2);
}

Test(bridge, a_ring_of_engines_hands_nothing_on)
{
  rl_bus *bus;
  rl_bus_subscription *said;
  rl_bus_message message;
  rl_error error;
  rl_bus_options options = {.urls = nats.url, .name = "test"};
  cr_assert_eq(rl_bus_open(&options, &bus, &error), RL_OK);
  cr_assert_eq(rl_bus_subscribe(bus, "ratelock.paris.composite.*", &said), RL_OK);
  start_bridge(&there, "tokyo", &paris, FOREVER);
  start_bridge(&back, "paris", &tokyo, FOREVER);
  rl_test_engine_tick(&tokyo.engine);
  await_price(&paris, "EURUSD", true);
  cr_expect_not(rl_bus_take(said, 300, &message), "paris has nothing of its own");
  cr_expect_eq(rl_market_source_count(tokyo.engine.market), 2);
  rl_bus_close(bus);
}
