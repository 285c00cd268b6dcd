/* What has brought down servers built on this transport before, tried on ours over real sockets:
 * the listener gone deaf, the reader that never reads, the five-byte bomb, the second engine at the
 * same address, the message too large, and 64 accepts of one quote at once. */
#include "peer.h"
#include "server/server.h"
#include "support/engine.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ACCEPTS 64

static rl_test_engine engine;
static rl_server *server;
static rl_server_options options;
static char urls[3][128];

static void expect(bool holds, const char *what)
{
  printf("%s %s\n", holds ? "  holds" : "  FAILS", what);
  fflush(stdout);
  if (!holds)
    exit(1);
}

static const char *path(void)
{
  return urls[0] + strlen("ipc://");
}

static void start(void)
{
  rl_error error = {0};
  rl_test_engine_start(&engine);
  static const char *const names[] = {"quotes", "feed", "events"};
  for (unsigned i = 0; i < 3; i++)
    snprintf(urls[i], sizeof urls[i], "ipc://%s/%s.ipc", engine.directory, names[i]);
  options = (rl_server_options){
    .quotes_urls = {urls[0]}, .quotes_url_count = 1, .feed_url = urls[1], .events_url = urls[2],
    .socket_mode = 0600,
    .client_names = {{.uid = getuid(), .name = "shop"}}, .client_name_count = 1,
  };
  rl_status status =
    rl_server_start(engine.service, engine.market, engine.clock, &options, &server, &error);
  expect(status == RL_OK, "the server starts");
}

static void stop(void)
{
  rl_server_stop(server);
  rl_test_engine_stop(&engine);
}

static size_t ask(const rl_request *request, uint8_t *reply, size_t room)
{
  uint8_t message[2048];
  rl_writer writer = rl_writer_over(message, sizeof message);
  rl_request_encode(&writer, request);
  return peer_ask(urls[0], message, writer.used, 15000, reply, room);
}

static bool answers_ping(void)
{
  uint8_t reply[4096];
  size_t size = ask(&(rl_request){.kind = RL_REQUEST_PING}, reply, sizeof reply);
  return size > 0 && rl_reply_bool(reply, size, "ok");
}

static void a_connection_that_closes_at_once_deafens_nobody(void)
{
  for (unsigned i = 0; i < 20; i++)
    peer_connect_and_close(path());
  expect(answers_ping(), "a listener that was connected to and left answers again");
}

static void a_second_server_is_refused_and_the_first_unharmed(void)
{
  rl_server *second;
  rl_error error;
  rl_status status =
    rl_server_start(engine.service, engine.market, engine.clock, &options, &second, &error);
  expect(status == RL_BUSY, "a second server at the same address is refused");
  expect(answers_ping(), "the first one still answers");
}

static void a_reader_that_never_reads_starves_nobody(void)
{
  uint8_t message[64];
  rl_writer writer = rl_writer_over(message, sizeof message);
  rl_request_encode(&writer, &(rl_request){.kind = RL_REQUEST_SPREADS});
  int rude = peer_flood(path(), message, writer.used, 4 * RL_CONTEXTS);
  expect(rude >= 0, "a client sends without reading");
  for (unsigned i = 0; i < 5; i++)
    expect(answers_ping(), "another client is answered meanwhile");
  close(rude);
}

static void five_bytes_that_ask_for_gigabytes_are_refused(void)
{
  static const uint8_t bomb[5] = {0xdd, 0xff, 0, 0, 0};
  uint8_t reply[4096];
  char code[256];
  size_t size = peer_ask(urls[0], bomb, sizeof bomb, 15000, reply, sizeof reply);
  expect(size > 0, "the bomb is answered");
  rl_reply_text(reply, size, "code", code);
  expect(strcmp(code, "TOO_LARGE") == 0 || strcmp(code, "MALFORMED_REQUEST") == 0,
         "with a refusal");
}

static void a_message_beyond_the_limit_costs_its_sender_the_connection(void)
{
  expect(peer_is_cut_off(path(), RL_MESSAGE_MAX + 1), "a message beyond the limit is cut off");
  expect(answers_ping(), "and nobody else notices");
}

typedef struct accepting {
  char quote[256];
  unsigned number;
  bool won;
  char winner[256]; /* key that a loser is told */
} accepting;

static void *accept_once(void *context)
{
  accepting *it = context;
  char key[32], code[256];
  snprintf(key, sizeof key, "accept-%u", it->number);
  rl_request request = rl_test_end_request(RL_REQUEST_ACCEPT, it->quote, key);
  uint8_t reply[4096];
  size_t size = ask(&request, reply, sizeof reply);
  if (size == 0)
    return NULL;
  it->won = rl_reply_bool(reply, size, "ok");
  if (it->won)
    snprintf(it->winner, sizeof it->winner, "%s", key);
  else if (strcmp(rl_reply_text(reply, size, "code", code), "QUOTE_CONSUMED") == 0)
    rl_reply_text(reply, size, "by.key", it->winner);
  return NULL;
}

static void of_64_accepts_at_once_one_wins_and_the_others_learn_who(void)
{
  rl_test_engine_tick(&engine);
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "create-1");
  uint8_t reply[4096];
  size_t size = ask(&request, reply, sizeof reply);
  expect(size > 0 && rl_reply_bool(reply, size, "ok"), "a quote is given");
  static accepting all[ACCEPTS];
  pthread_t threads[ACCEPTS];
  for (unsigned i = 0; i < ACCEPTS; i++) {
    all[i].number = i;
    rl_reply_text(reply, size, "quote", all[i].quote);
    pthread_create(&threads[i], NULL, accept_once, &all[i]);
  }
  unsigned winners = 0, winner = 0, told = 0;
  for (unsigned i = 0; i < ACCEPTS; i++) {
    pthread_join(threads[i], NULL);
    winners += all[i].won;
    winner = all[i].won ? i : winner;
  }
  for (unsigned i = 0; i < ACCEPTS; i++)
    told += strcmp(all[i].winner, all[winner].winner) == 0;
  expect(winners == 1, "one of 64 accepts wins");
  expect(told == ACCEPTS, "and all of them know which");
}

int main(void)
{
  start();
  five_bytes_that_ask_for_gigabytes_are_refused();
  a_message_beyond_the_limit_costs_its_sender_the_connection();
  a_second_server_is_refused_and_the_first_unharmed();
  a_reader_that_never_reads_starves_nobody();
  of_64_accepts_at_once_one_wins_and_the_others_learn_who();
  a_connection_that_closes_at_once_deafens_nobody();
  stop();
  return 0;
}
