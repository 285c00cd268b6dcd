/* Calls over a real socket: who is found, who is not, and what is sent. */
#include "client/ratelock.h"
#include "peer.h"
#include "wire/request.h"

#include <criterion/criterion.h>
#include <nng/supplemental/util/platform.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* So long that a call which waited for it would be seen as a hanging test. */
#define HOUR_MS 3600000

static rl_client *client_of(const char *url, uint32_t timeout_ms)
{
  rl_client *client = NULL;
  cr_assert_eq(rl_client_open(url, timeout_ms, &client), RL_CALL_ANSWERED);
  return client;
}

static rl_call ping(rl_client *client)
{
  const void *answer;
  size_t size;
  return rl_client_exchange(client, "ping", 4, &answer, &size);
}

Test(client, missing_engine_is_unreachable_without_waiting)
{
  rl_client *client = client_of(peer_new_url(), HOUR_MS);
  cr_assert_eq(ping(client), RL_CALL_UNREACHABLE);
  cr_assert(strstr(rl_client_error(client), rl_client_url(client)));
  rl_client_close(client);
}

Test(client, missing_engine_on_tcp_is_unreachable_without_waiting)
{
  rl_client *client = client_of("tcp://127.0.0.1:1", HOUR_MS);
  cr_assert_eq(ping(client), RL_CALL_UNREACHABLE);
  rl_client_close(client);
}

/* Without a pause nng could not give back what the dials took as fast as they took it. */
Test(client, calls_in_a_tight_loop_do_not_dial_without_a_pause)
{
  enum { CALLS = 20, PAUSE_MS = 10 };
  rl_client *client = client_of(peer_new_url(), HOUR_MS);
  nng_time start = nng_clock();
  for (unsigned i = 0; i < CALLS; i++)
    cr_assert_eq(ping(client), RL_CALL_UNREACHABLE);
  cr_expect_geq(nng_clock() - start, (CALLS - 1) * PAUSE_MS);
  rl_client_close(client);
}

/* nng by itself gives such a listener ten seconds. */
Test(client, listener_that_never_speaks_is_unreachable_at_the_timeout, .timeout = 8)
{
  const char *url = peer_new_url();
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, url + strlen("ipc://"), sizeof address.sun_path - 1);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  cr_assert_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
  cr_assert_eq(listen(listener, 8), 0);
  rl_client *client = client_of(url, 50);
  cr_assert_eq(ping(client), RL_CALL_UNREACHABLE);
  rl_client_close(client);
  close(listener);
}

Test(client, engine_that_never_answers_is_a_timeout)
{
  const char *url = peer_new_url();
  rl_peer mute = {.mute = true};
  peer_start(&mute, url);
  rl_client *client = client_of(url, 300);
  cr_assert_eq(ping(client), RL_CALL_TIMEOUT);
  cr_assert_eq(ping(client), RL_CALL_TIMEOUT);
  rl_client_close(client);
  peer_stop(&mute);
}

/* A dialer that gives up in its handshake can leave nng 1.5.2's listener deaf. An engine's watchdog
 * then listens anew, and so does this. */
static rl_call ping_watched(rl_client *client, rl_peer *engine, const char *url)
{
  rl_call call = ping(client);
  for (int tries = 0; call == RL_CALL_TIMEOUT && tries < 5; tries++) {
    peer_stop(engine);
    peer_start(engine, url);
    call = ping(client);
  }
  return call;
}

Test(client, engine_that_comes_and_goes_is_found_again)
{
  const char *url = peer_new_url();
  rl_client *client = client_of(url, 1000);
  cr_assert_eq(ping(client), RL_CALL_UNREACHABLE);
  for (int round = 0; round < 3; round++) {
    rl_peer engine = {.answer = "pong", .answer_size = 4};
    peer_start(&engine, url);
    cr_assert_eq(ping_watched(client, &engine, url), RL_CALL_ANSWERED);
    cr_assert_eq(engine.request_size, 4);
    peer_stop(&engine);
  }
  rl_client_close(client);
}

Test(client, answer_is_kept_until_the_next_call)
{
  const char *url = peer_new_url();
  rl_peer engine = {.answer = "first", .answer_size = 5};
  peer_start(&engine, url);
  rl_client *client = client_of(url, HOUR_MS);
  const void *answer;
  size_t size;
  cr_assert_eq(rl_client_exchange(client, "a", 1, &answer, &size), RL_CALL_ANSWERED);
  cr_assert_eq(size, 5);
  cr_assert_eq(memcmp(answer, "first", 5), 0);
  rl_client_close(client);
  peer_stop(&engine);
}

Test(client, address_of_no_transport_is_a_bad_argument)
{
  rl_client *client = NULL;
  cr_assert_eq(rl_client_open("carrier-pigeon://x", 10, &client), RL_CALL_BAD_ARGUMENT);
  cr_assert_eq(rl_client_open("", 10, &client), RL_CALL_BAD_ARGUMENT);
  char url[400] = "ipc:///";
  memset(url + 7, 'a', sizeof url - 8);
  cr_assert_eq(rl_client_open(url, 10, &client), RL_CALL_BAD_ARGUMENT);
  cr_assert_null(client);
}

Test(client, address_not_given_is_the_environments_or_the_data_directorys)
{
  setenv("RATELOCK_URL", "ipc:///tmp/named", 1);
  rl_client *client = client_of(NULL, 10);
  cr_assert_str_eq(rl_client_url(client), "ipc:///tmp/named");
  rl_client_close(client);
  unsetenv("RATELOCK_URL");
  setenv("RATELOCK_DATA", "/tmp/data", 1);
  client = client_of(NULL, 10);
  cr_assert_str_eq(rl_client_url(client), "ipc:///tmp/data/quotes.ipc");
  rl_client_close(client);
}

/* --- what is sent --- */

static rl_client_quote_request sound_request(void)
{
  return (rl_client_quote_request){
    .from = "USD", .to = "EUR", .fix = RL_CLIENT_FIX_TARGET, .amount_minor = 100000,
    .ttl_ms = 30000, .tier = "gold", .method = "card", .key = "order-1",
  };
}

/* The answer is no map: what was sent is looked at, not what came back. */
static rl_request sent(rl_peer *engine)
{
  rl_unpacker unpacker;
  uint32_t count;
  bool batch;
  rl_fault fault = {0};
  rl_request request;
  cr_assert(rl_requests_open(engine->request, engine->request_size, &unpacker, &count, &batch,
                             &fault));
  cr_assert_eq(count, 1);
  cr_assert_not(batch);
  cr_assert(rl_request_next(&unpacker, &request, &fault), "%s: %s", fault.path, fault.detail);
  return request;
}

Test(client, quote_request_arrives_as_it_was_asked)
{
  const char *url = peer_new_url();
  rl_peer engine = {.answer = "?", .answer_size = 1};
  peer_start(&engine, url);
  rl_client *client = client_of(url, HOUR_MS);
  rl_client_quote_request asked = sound_request();
  rl_client_quote quote;
  cr_assert_eq(rl_client_get_quote(client, &asked, &quote), RL_CALL_BAD_ANSWER);
  rl_request request = sent(&engine);
  cr_assert_eq(request.kind, RL_REQUEST_QUOTE);
  cr_assert_str_eq(rl_currency_code(request.from), "USD");
  cr_assert_str_eq(rl_currency_code(request.to), "EUR");
  cr_assert_eq(request.price.fixed, RL_FIXED_TARGET);
  cr_assert_eq(request.price.amount_minor, 100000);
  cr_assert_eq(request.price.ttl_ms, 30000);
  cr_assert_str_eq(request.price.tier, "gold");
  cr_assert_str_eq(request.price.method, "card");
  cr_assert_str_eq(request.key, "order-1");
  rl_client_close(client);
  peer_stop(&engine);
}

Test(client, accept_and_cancel_name_the_quote_by_id_token_or_both)
{
  const char *url = peer_new_url();
  rl_peer engine = {.answer = "?", .answer_size = 1};
  peer_start(&engine, url);
  rl_client *client = client_of(url, HOUR_MS);
  const char *id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  rl_client_receipt receipt;
  cr_assert_eq(rl_client_accept(client, id, NULL, 0, "k1", &receipt), RL_CALL_BAD_ANSWER);
  rl_request request = sent(&engine);
  char text[RL_QUOTE_ID_TEXT_SIZE];
  rl_quote_id_format(request.id, text);
  cr_assert(request.kind == RL_REQUEST_ACCEPT && request.has_id && request.token_size == 0);
  cr_assert_str_eq(text, id);
  cr_assert_str_eq(request.key, "k1");
  cr_assert_eq(rl_client_cancel(client, NULL, "sealed", 6, "k2", &receipt), RL_CALL_BAD_ANSWER);
  request = sent(&engine);
  cr_assert(request.kind == RL_REQUEST_CANCEL && !request.has_id && request.token_size == 6);
  cr_assert_eq(memcmp(request.token, "sealed", 6), 0);
  cr_assert_eq(rl_client_accept(client, id, "sealed", 6, "k3", &receipt), RL_CALL_BAD_ANSWER);
  request = sent(&engine);
  cr_assert(request.has_id && request.token_size == 6);
  rl_client_close(client);
  peer_stop(&engine);
}

/* --- what is not sent --- */

static void expect_refused_here(rl_client_quote_request asked, const char *names)
{
  rl_client *client = client_of(peer_new_url(), HOUR_MS);
  rl_client_quote quote;
  memset(&quote, 0x55, sizeof quote);
  rl_client_quote before = quote;
  cr_assert_eq(rl_client_get_quote(client, &asked, &quote), RL_CALL_BAD_ARGUMENT, "%s", names);
  cr_assert(strstr(rl_client_error(client), names), "%s", rl_client_error(client));
  cr_assert_eq(memcmp(&quote, &before, sizeof quote), 0);
  rl_client_close(client);
}

static void expect_sent(rl_client_quote_request asked)
{
  rl_client *client = client_of(peer_new_url(), HOUR_MS);
  rl_client_quote quote;
  cr_assert_eq(rl_client_get_quote(client, &asked, &quote), RL_CALL_UNREACHABLE, "%s",
               rl_client_error(client));
  rl_client_close(client);
}

#define WITH(member, value)                          \
  ({                                                 \
    rl_client_quote_request with = sound_request();  \
    with.member = (value);                           \
    with;                                            \
  })

Test(client, bad_argument_is_named_and_nothing_is_sent)
{
  static char key_65[66];
  memset(key_65, 'k', 65);
  expect_refused_here(WITH(from, "EURO"), "`from`");
  expect_refused_here(WITH(from, NULL), "`from`");
  expect_refused_here(WITH(to, "eur"), "`to`");
  expect_refused_here(WITH(amount_minor, 0), "`amount_minor`");
  expect_refused_here(WITH(amount_minor, RL_AMOUNT_MAX + 1), "`amount_minor`");
  expect_refused_here(WITH(fix, (rl_client_fix)2), "`fix`");
  expect_refused_here(WITH(tier, ""), "`tier`");
  expect_refused_here(WITH(tier, "0123456789abcdef"), "`tier`");
  expect_refused_here(WITH(method, "caf\xc3\xa9"), "`method`");
  expect_refused_here(WITH(method, "0123456789abcdef"), "`method`");
  expect_refused_here(WITH(key, NULL), "`key`");
  expect_refused_here(WITH(key, ""), "`key`");
  expect_refused_here(WITH(key, "a b"), "`key`");
  expect_refused_here(WITH(key, "caf\xc3\xa9"), "`key`");
  expect_refused_here(WITH(key, key_65), "`key`");
}

Test(client, argument_at_its_limit_is_sent)
{
  static char key_64[65];
  memset(key_64, '~', 64);
  expect_sent(sound_request());
  expect_sent(WITH(amount_minor, 1));
  expect_sent(WITH(amount_minor, RL_AMOUNT_MAX));
  expect_sent(WITH(tier, NULL));
  expect_sent(WITH(tier, "0123456789abcde"));
  expect_sent(WITH(key, key_64));
  expect_sent(WITH(key, "!"));
}

Test(client, accept_of_nothing_or_of_half_a_name_is_a_bad_argument)
{
  rl_client *client = client_of(peer_new_url(), HOUR_MS);
  rl_client_receipt receipt;
  char token[RL_TOKEN_MAX + 1] = "";
  const char *id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  cr_assert_eq(rl_client_accept(client, NULL, NULL, 0, "k", &receipt), RL_CALL_BAD_ARGUMENT);
  cr_assert_eq(rl_client_accept(client, "01ARZ", NULL, 0, "k", &receipt), RL_CALL_BAD_ARGUMENT);
  cr_assert_eq(rl_client_accept(client, id, token, 0, "k", &receipt), RL_CALL_BAD_ARGUMENT);
  cr_assert_eq(rl_client_accept(client, id, token, RL_TOKEN_MAX + 1, "k", &receipt),
               RL_CALL_BAD_ARGUMENT);
  cr_assert_eq(rl_client_cancel(client, id, NULL, 0, NULL, &receipt), RL_CALL_BAD_ARGUMENT);
  cr_assert_eq(rl_client_accept(client, NULL, token, RL_TOKEN_MAX, "k", &receipt),
               RL_CALL_UNREACHABLE);
  rl_client_close(client);
}
