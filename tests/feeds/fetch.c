#include "feeds/ecb_fetch.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A server that gives each connection the same bytes and closes it. */
static int listener;
static char url[64];
static const char *answer;
static char *out;
static size_t out_size;
static rl_error error;

static void *serve(void *context)
{
  (void)context;
  for (;;) {
    char request[2048];
    int client = accept(listener, NULL, NULL);
    if (client < 0 || !answer)
      return NULL;
    ssize_t got = recv(client, request, sizeof request, 0);
    if (got > 0)
      send(client, answer, strlen(answer), MSG_NOSIGNAL);
    shutdown(client, SHUT_WR);
    recv(client, request, sizeof request, 0);
    close(client);
  }
}

static void start_server(const char *bytes)
{
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  pthread_t thread;
  answer = bytes;
  listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  cr_assert_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
  cr_assert_eq(listen(listener, 8), 0);
  cr_assert_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0);
  snprintf(url, sizeof url, "http://127.0.0.1:%d/daily.xml", ntohs(address.sin_port));
  cr_assert_eq(pthread_create(&thread, NULL, serve, NULL), 0);
  pthread_detach(thread);
}

static bool go_on(void)
{
  return false;
}

static bool give_up(void)
{
  return true;
}

static rl_status fetch(size_t max, uint32_t timeout_ms)
{
  out = NULL;
  return rl_ecb_fetch(url, max, timeout_ms, go_on, &out, &out_size, &error);
}

static void expect_failure(rl_status expected, rl_status status)
{
  cr_assert_eq(status, expected, "%s: %s", rl_status_text(status), error.text);
  cr_assert_null(out);
  cr_assert_str_eq(error.file, url);
  cr_assert_gt(strlen(error.text), 5);
}

Test(feed_fetch, a_file_is_fetched_up_to_its_bound_and_not_above)
{
  start_server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789");
  cr_assert_eq(fetch(10, 5000), RL_OK, "%s", error.text);
  cr_assert_eq(out_size, 10);
  cr_assert_eq(memcmp(out, "0123456789", 10), 0);
  free(out);
  expect_failure(RL_OUT_OF_RANGE, fetch(9, 5000));
}

Test(feed_fetch, a_file_of_unstated_length_is_bounded_too)
{
  start_server("HTTP/1.0 200 OK\r\n\r\n0123456789");
  expect_failure(RL_OUT_OF_RANGE, fetch(9, 5000));
}

Test(feed_fetch, an_answer_that_is_no_success_is_an_error)
{
  start_server("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone");
  expect_failure(RL_IO, fetch(100, 5000));
}

Test(feed_fetch, an_answer_that_is_cut_short_is_an_error)
{
  start_server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
  expect_failure(RL_IO, fetch(1000, 5000));
}

Test(feed_fetch, a_redirect_leads_to_https_only)
{
  start_server("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
               "Content-Length: 0\r\n\r\n");
  expect_failure(RL_INVALID, fetch(100, 5000));
  start_server("HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n"
               "Content-Length: 0\r\n\r\n");
  expect_failure(RL_INVALID, fetch(100, 5000));
}

Test(feed_fetch, a_server_that_says_nothing_is_a_time_out)
{
  start_server("");
  answer = NULL; /* accepted, and left waiting */
  expect_failure(RL_TIMEOUT, fetch(100, 200));
}

Test(feed_fetch, a_fetch_is_given_up_when_asked)
{
  start_server("");
  answer = NULL;
  out = NULL;
  expect_failure(RL_CLOSED, rl_ecb_fetch(url, 100, 5000, give_up, &out, &out_size, &error));
}

Test(feed_fetch, nobody_who_listens_is_unreachable)
{
  start_server(NULL);
  close(listener);
  snprintf(url, sizeof url, "http://127.0.0.1:1/");
  expect_failure(RL_UNREACHABLE, fetch(100, 5000));
}

Test(feed_fetch, addresses_of_another_kind_are_refused)
{
  static const char *const wrong[] = {"file:///etc/passwd", "ftp://127.0.0.1/x", "http://", ""};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    snprintf(url, sizeof url, "%s", wrong[i]);
    expect_failure(RL_INVALID, fetch(100, 1000));
  }
}
