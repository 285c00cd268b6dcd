/* What has brought down servers built on this transport before, tried on ours over real sockets:
 * the reader that never reads, the five-byte bomb, the second engine at the same address, the
 * message too large, and 64 accepts of one quote at once. The listener gone deaf is in deaf.c. */
#include "served.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ACCEPTS 64

static void a_second_server_is_refused_and_the_first_unharmed(void)
{
  rl_server *second;
  rl_error error;
  rl_status status =
    rl_server_start(served_engine.service, served_engine.market, served_engine.clock,
                    &served_options, &second, &error);
  served_expect(status == RL_BUSY, "a second server at the same address is refused");
  served_expect(served_answers_ping(), "the first one still answers");
}

static void a_file_at_the_address_that_is_no_socket_is_left_alone(void)
{
  char file[160], url[176];
  snprintf(file, sizeof file, "%s/notes", served_engine.directory);
  snprintf(url, sizeof url, "ipc://%s", file);
  FILE *notes = fopen(file, "w");
  served_expect(notes && fputs("kept", notes) >= 0 && fclose(notes) == 0, "a file is written");
  rl_server_options on_file = served_options;
  on_file.quotes_urls[0] = on_file.feed_url = on_file.events_url = url;
  rl_server *second;
  rl_error error;
  rl_status status =
    rl_server_start(served_engine.service, served_engine.market, served_engine.clock, &on_file,
                    &second, &error);
  served_expect(status != RL_OK, "no server starts on it");
  char text[8] = "";
  notes = fopen(file, "r");
  served_expect(notes && fgets(text, sizeof text, notes) && strcmp(text, "kept") == 0,
                "and it is kept");
  fclose(notes);
}

static void a_reader_that_never_reads_starves_nobody(void)
{
  uint8_t message[64];
  rl_writer writer = rl_writer_over(message, sizeof message);
  rl_request_encode(&writer, &(rl_request){.kind = RL_REQUEST_SPREADS});
  int rude = peer_flood(served_path(), message, writer.used, 4 * RL_CONTEXTS);
  served_expect(rude >= 0, "a client sends without reading");
  for (unsigned i = 0; i < 5; i++)
    served_expect(served_answers_ping(), "another client is answered meanwhile");
  close(rude);
}

static void five_bytes_that_ask_for_gigabytes_are_refused(void)
{
  static const uint8_t bomb[5] = {0xdd, 0xff, 0, 0, 0};
  uint8_t reply[4096];
  char code[256];
  size_t size = peer_ask(served_url(), bomb, sizeof bomb, 15000, reply, sizeof reply);
  served_expect(size > 0, "the bomb is answered");
  rl_reply_text(reply, size, "code", code);
  served_expect(strcmp(code, "TOO_LARGE") == 0 || strcmp(code, "MALFORMED_REQUEST") == 0,
         "with a refusal");
}

static void a_message_beyond_the_limit_costs_its_sender_the_connection(void)
{
  served_expect(peer_is_cut_off(served_path(), RL_MESSAGE_MAX + 1),
                "a message beyond the limit is cut off");
  served_expect(served_answers_ping(), "and nobody else notices");
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
  size_t size = served_ask(&request, reply, sizeof reply);
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
  rl_test_engine_tick(&served_engine);
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "create-1");
  uint8_t reply[4096];
  size_t size = served_ask(&request, reply, sizeof reply);
  served_expect(size > 0 && rl_reply_bool(reply, size, "ok"), "a quote is given");
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
  served_expect(winners == 1, "one of 64 accepts wins");
  served_expect(told == ACCEPTS, "and all of them know which");
}

int main(void)
{
  served_start();
  five_bytes_that_ask_for_gigabytes_are_refused();
  a_message_beyond_the_limit_costs_its_sender_the_connection();
  a_second_server_is_refused_and_the_first_unharmed();
  a_file_at_the_address_that_is_no_socket_is_left_alone();
  a_reader_that_never_reads_starves_nobody();
  of_64_accepts_at_once_one_wins_and_the_others_learn_who();
  served_stop();
  return 0;
}
