/* Pushes one tick of each pair given, then stays, so that nothing is lost on the way:
 *   push_ticks FEED-URL SOURCE PAIR BID ASK [PAIR BID ASK …]
 * All of them are their pair's first, or with $SEQUENCE numbered from that on. */
#include "money/rate.h"
#include "wire/feed_message.h"

#include <nng/nng.h>
#include <nng/protocol/pipeline0/push.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Both prices on the finer of the two scales. */
static bool take_tick(char **words, rl_feed_tick *out)
{
  rl_rate bid, ask;
  if (strlen(words[0]) >= sizeof out->pair ||
      rl_rate_parse(words[1], strlen(words[1]), &bid) != RL_OK ||
      rl_rate_parse(words[2], strlen(words[2]), &ask) != RL_OK)
    return false;
  memcpy(out->pair, words[0], strlen(words[0]) + 1);
  for (; bid.scale < ask.scale; bid.scale++)
    bid.mantissa *= 10;
  for (; ask.scale < bid.scale; ask.scale++)
    ask.mantissa *= 10;
  out->bid = bid.mantissa;
  out->ask = ask.mantissa;
  out->scale = bid.scale;
  return true;
}

static int send_bytes(const char *url, void *bytes, size_t size)
{
  nng_socket socket;
  int code = nng_push0_open(&socket);
  if (code == 0)
    code = nng_dial(socket, url, NULL, 0);
  return code ? code : nng_send(socket, bytes, size, 0);
}

int main(int argc, char **argv)
{
  uint8_t bytes[4096];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  if (argc < 6 || argc % 3 != 0) {
    fprintf(stderr, "usage: push_ticks FEED-URL SOURCE PAIR BID ASK …\n");
    return 2;
  }
  rl_feed_header header = {.class = RL_SOURCE_LIVE, .tick_count = (uint32_t)(argc - 3) / 3};
  const char *first = getenv("SEQUENCE");
  uint64_t sequence = first ? strtoull(first, NULL, 10) : 1;
  snprintf(header.source, sizeof header.source, "%s", argv[2]);
  rl_feed_encode_head(&writer, &header);
  for (char **words = argv + 3; *words; words += 3) {
    rl_feed_tick tick = {0};
    if (!take_tick(words, &tick))
      return 2;
    tick.sequence = first ? sequence++ : 1;
    rl_feed_encode_tick(&writer, &tick);
  }
  int code = send_bytes(argv[1], bytes, writer.used);
  if (code != 0) {
    fprintf(stderr, "push_ticks: %s\n", nng_strerror(code));
    return 1;
  }
  pause();
  return 0;
}
