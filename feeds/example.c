/* A feed handler in forty lines: reads "EURUSD 1.1250 1.1252" from standard input, a price a line,
 * and pushes each into the engine as the source "example". The text around this file: README.md. */
#include "feeds/feed.h"

#include <stdio.h>
#include <string.h>

static rl_status push_line(rl_feed *feed, const char *line)
{
  char pair[8], bid_text[24], ask_text[24];
  rl_rate bid, ask;
  rl_clock clock = rl_clock_system();
  if (sscanf(line, "%7s %23s %23s", pair, bid_text, ask_text) != 3 ||
      rl_rate_parse(bid_text, strlen(bid_text), &bid) != RL_OK ||
      rl_rate_parse(ask_text, strlen(ask_text), &ask) != RL_OK)
    return RL_INVALID;
  return rl_feed_push(feed, pair, bid, ask, rl_clock_read(&clock).utc);
}

int main(void)
{
  rl_feed *feed;
  rl_error error;
  char line[128], text[512];
  if (rl_feed_connect(&(rl_feed_options){.source = "example"}, &feed, &error) != RL_OK) {
    rl_error_format(&error, text, sizeof text);
    fprintf(stderr, "example: %s\n", text);
    return 3;
  }
  rl_status status = RL_OK;
  while (status != RL_TIMEOUT && fgets(line, sizeof line, stdin)) {
    status = push_line(feed, line);
    if (status == RL_OK)
      status = rl_feed_flush(feed); /* at once: a price that waits in a batch grows old */
    if (status != RL_OK)
      fprintf(stderr, "example: not pushed (%s): %s", rl_status_text(status), line);
  }
  rl_feed_close(feed);
  return status == RL_TIMEOUT ? 3 : 0;
}
