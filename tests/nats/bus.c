/* The bus against a real server: what is published arrives, and what becomes of a connection. */
#include "nats/bus.h"
#include "support/nats.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define PATIENCE_MS 10000

static test_nats server;
static rl_bus *bus;
static rl_error error;

static void set_up(void)
{
  nats_make(&server);
  rl_bus_options options = {.urls = server.url, .name = "test"};
  cr_assert_eq(rl_bus_open(&options, &bus, &error), RL_OK, "%s", error.text);
}

static void tear_down(void)
{
  rl_bus_close(bus);
  nats_remove(&server);
}

TestSuite(bus, .init = set_up, .fini = tear_down);

static void await_connection(bool connected)
{
  for (int left_ms = PATIENCE_MS; (rl_bus_connection(bus) != 0) != connected; left_ms -= 10) {
    cr_assert(left_ms > 0, "connected: %d", !connected);
    poll(NULL, 0, 10);
  }
}

static void expect_message(rl_bus_subscription *subscription, const char *subject,
                           const char *text)
{
  rl_bus_message message;
  cr_assert(rl_bus_take(subscription, PATIENCE_MS, &message), "%s", text);
  cr_expect_str_eq(message.subject, subject);
  cr_expect(message.size == strlen(text) && memcmp(message.bytes, text, message.size) == 0);
  rl_bus_release(&message);
}

Test(bus, what_is_published_is_taken_by_those_who_subscribed)
{
  rl_bus_subscription *all, *other;
  rl_bus_message message;
  cr_assert_eq(rl_bus_subscribe(bus, "a.*.c", &all), RL_OK);
  cr_assert_eq(rl_bus_subscribe(bus, "b.>", &other), RL_OK);
  cr_assert_eq(rl_bus_publish(bus, "a.b.c", NULL, "one", 3), RL_OK);
  cr_assert_eq(rl_bus_publish(bus, "a.x.c", NULL, "", 0), RL_OK);
  expect_message(all, "a.b.c", "one");
  expect_message(all, "a.x.c", "");
  cr_expect_not(rl_bus_take(all, 0, &message));
  cr_expect_not(rl_bus_take(other, 0, &message));
  cr_expect_eq(rl_bus_dropped(all), 0);
}

Test(bus, a_request_is_answered_where_it_says)
{
  rl_bus_subscription *asked, *answers;
  rl_bus_message message;
  cr_assert_eq(rl_bus_subscribe(bus, "ask", &asked), RL_OK);
  cr_assert_eq(rl_bus_subscribe(bus, NULL, &answers), RL_OK);
  cr_assert_eq(rl_bus_publish(bus, "ask", rl_bus_subject(answers), "?", 1), RL_OK);
  cr_assert(rl_bus_take(asked, PATIENCE_MS, &message));
  cr_assert_not_null(message.reply);
  cr_assert_eq(rl_bus_publish(bus, message.reply, NULL, "!", 1), RL_OK);
  rl_bus_release(&message);
  expect_message(answers, rl_bus_subject(answers), "!");
}

Test(bus, a_request_that_nobody_takes_has_no_answer)
{
  rl_bus_subscription *answers;
  rl_bus_message message;
  cr_assert_eq(rl_bus_subscribe(bus, NULL, &answers), RL_OK);
  cr_assert_eq(rl_bus_publish(bus, "nobody", rl_bus_subject(answers), "?", 1), RL_OK);
  cr_expect_not(rl_bus_take(answers, 200, &message), "the server's own is passed over");
}

Test(bus, a_lost_connection_refuses_and_comes_back_with_its_subscriptions)
{
  rl_bus_subscription *all;
  cr_assert_eq(rl_bus_subscribe(bus, "a", &all), RL_OK);
  uint64_t first = rl_bus_connection(bus);
  cr_assert_neq(first, 0);
  nats_kill(&server);
  await_connection(false);
  for (int i = 0; i < 3; i++)
    cr_expect_eq(rl_bus_publish(bus, "a", NULL, "held", 4), RL_UNREACHABLE);
  nats_start(&server);
  await_connection(true);
  cr_expect_neq(rl_bus_connection(bus), first);
  cr_assert_eq(rl_bus_publish(bus, "a", NULL, "new", 3), RL_OK);
  expect_message(all, "a", "new");
}

Test(bus, a_server_that_stands_still_is_given_up)
{
  nats_freeze(&server);
  await_connection(false);
  nats_thaw(&server);
  await_connection(true);
}

Test(bus, a_server_that_is_not_there_yet_is_found_later)
{
  rl_bus_close(bus);
  nats_kill(&server);
  rl_bus_options options = {.urls = server.url, .name = "test"};
  cr_assert_eq(rl_bus_open(&options, &bus, &error), RL_OK, "%s", error.text);
  cr_expect_eq(rl_bus_connection(bus), 0);
  cr_expect_not(rl_bus_is_closed(bus));
  rl_bus_subscription *all;
  cr_assert_eq(rl_bus_subscribe(bus, "a", &all), RL_OK);
  nats_start(&server);
  await_connection(true);
  cr_assert_eq(rl_bus_publish(bus, "a", NULL, "1", 1), RL_OK);
  expect_message(all, "a", "1");
}

Test(bus, an_address_that_is_none_is_refused)
{
  /* What only libnats can tell is the last. */
  static const char *const bad[] = {"", "127.0.0.1:4222", "nats://", "http://x:1", "nats:/",
                                    ",nats://a:1", "nats://a:1,", "nats://a:port"};
  size_t count = sizeof bad / sizeof *bad;
  for (size_t i = 0; i < count; i++) {
    rl_bus *none = NULL;
    rl_bus_options options = {.urls = bad[i], .name = "test"};
    cr_expect_eq(rl_bus_open(&options, &none, &error), RL_INVALID, "'%s'", bad[i]);
    cr_expect_null(none);
    cr_expect_eq(rl_bus_check_urls(bad[i], &error), i + 1 < count ? RL_INVALID : RL_OK);
  }
}

Test(bus, a_place_is_shown_without_its_password)
{
  rl_bus *other;
  char urls[200];
  snprintf(urls, sizeof urls, "nats://me:secret@127.0.0.1:%u,nats://127.0.0.1:%u", server.port,
           server.port);
  rl_bus_options options = {.urls = urls, .name = "test"};
  cr_expect_eq(rl_bus_check_urls(urls, &error), RL_OK);
  cr_assert_eq(rl_bus_open(&options, &other, &error), RL_OK, "%s", error.text);
  cr_expect_null(strstr(rl_bus_place(other), "secret"));
  cr_expect_not_null(strstr(rl_bus_place(other), "nats://127.0.0.1:"));
  rl_bus_close(other);
}

Test(bus, a_subject_that_is_none_is_refused)
{
  rl_bus_subscription *none;
  cr_expect_eq(rl_bus_subscribe(bus, "a b", &none), RL_INVALID);
  cr_expect_eq(rl_bus_subscribe(bus, "", &none), RL_INVALID);
  cr_expect_eq(rl_bus_subscribe(bus, "a..b", &none), RL_INVALID);
}

Test(bus_token, a_token_is_a_word_of_a_subject)
{
  cr_expect(rl_bus_is_token("tokyo-1_B", 15));
  cr_expect(rl_bus_is_token("123456789012345", 15));
  cr_expect_not(rl_bus_is_token("1234567890123456", 15));
  cr_expect_not(rl_bus_is_token("", 15));
  cr_expect_not(rl_bus_is_token("a.b", 15));
  cr_expect_not(rl_bus_is_token("*", 15));
  cr_expect_not(rl_bus_is_token("a b", 15));
}
