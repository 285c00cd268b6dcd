#include "served.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

rl_test_engine served_engine;
static rl_server *server;
rl_server_options served_options;
static char urls[3][128];

void served_expect(bool holds, const char *what)
{
  printf("%s %s\n", holds ? "  holds" : "  FAILS", what);
  fflush(stdout);
  if (!holds)
    exit(1);
}

const char *served_url(void)
{
  return urls[0];
}

const char *served_path(void)
{
  return urls[0] + strlen("ipc://");
}

void served_start(void)
{
  rl_error error = {0};
  rl_test_engine_start(&served_engine);
  static const char *const names[] = {"quotes", "feed", "events"};
  for (unsigned i = 0; i < 3; i++)
    snprintf(urls[i], sizeof urls[i], "ipc://%s/%s.ipc", served_engine.directory, names[i]);
  served_options = (rl_server_options){
    .quotes_urls = {urls[0]}, .quotes_url_count = 1, .feed_url = urls[1], .events_url = urls[2],
    .socket_mode = 0600,
    .client_names = {{.uid = getuid(), .name = "shop"}}, .client_name_count = 1,
  };
  rl_status status =
    rl_server_start(served_engine.service, served_engine.market, served_engine.clock,
                    &served_options, &server, &error);
  served_expect(status == RL_OK, "the server starts");
}

void served_stop(void)
{
  rl_server_stop(server);
  rl_test_engine_stop(&served_engine);
}

size_t served_ask(const rl_request *request, uint8_t *reply, size_t room)
{
  uint8_t message[2048];
  rl_writer writer = rl_writer_over(message, sizeof message);
  rl_request_encode(&writer, request);
  return peer_ask(urls[0], message, writer.used, 15000, reply, room);
}

bool served_answers_ping(void)
{
  uint8_t reply[4096];
  size_t size = served_ask(&(rl_request){.kind = RL_REQUEST_PING}, reply, sizeof reply);
  return size > 0 && rl_reply_bool(reply, size, "ok");
}
