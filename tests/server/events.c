/* The events of a board on which time alone changes a price: one of two sources grows old. */
#include "served.h"

#include <nng/nng.h>
#include <nng/protocol/pubsub0/sub.h>
#include <string.h>

static const char topic[] = "composite.EURUSD ";
static nng_socket news;

static void say(unsigned source, uint32_t bid)
{
  rl_now now = rl_clock_read(&served_engine.clock);
  rl_tick tick = {.sequence = ++served_engine.sequence, .source_utc_ms = now.utc.ms, .bid = bid,
                  .ask = bid + 40, .scale = 6};
  served_expect(rl_universe_find_name(served_engine.universe, "EURUSD", 6, &tick.pair) == RL_OK,
                "the pair is there");
  served_expect(rl_market_apply(served_engine.market, served_engine.sources[source], &tick, now) ==
                  RL_TICK_GOOD, "a source is heard");
}

/* The next event of a price of so many sources; false when none comes in time. */
static bool is_told(int64_t sources)
{
  nng_msg *message;
  int64_t told = -1;
  while (told != sources && nng_recvmsg(news, &message, 0) == 0) {
    const uint8_t *body = nng_msg_body(message);
    size_t size = nng_msg_len(message), head = sizeof topic - 1;
    served_expect(size > head && memcmp(body, topic, head) == 0, "an event has its topic");
    told = rl_reply_int(body + head, size - head, "sources");
    nng_msg_free(message);
  }
  return told == sources;
}

/* What is said while the subscriber is still on its way is not heard. */
static bool hear_both(void)
{
  bool heard = false;
  for (unsigned tries = 0; tries < 10 && !heard; tries++) {
    say(0, 1125180 + tries);
    rl_manual_clock_advance_ns(&served_engine.manual, 3000 * RL_NS_PER_MS);
    say(1, 1125200 + tries);
    heard = is_told(2);
  }
  return heard;
}

int main(void)
{
  served_start();
  served_expect(nng_sub0_open(&news) == 0 &&
                  nng_setopt(news, NNG_OPT_SUB_SUBSCRIBE, topic, sizeof topic - 1) == 0 &&
                  nng_setopt_ms(news, NNG_OPT_RECVTIMEO, 2000) == 0 &&
                  nng_dial(news, served_options.events_url, NULL, 0) == 0, "somebody listens");
  served_expect(hear_both(), "what two sources say is told");
  rl_manual_clock_advance_ns(&served_engine.manual, 2500 * RL_NS_PER_MS);
  served_expect(is_told(1), "a price that time alone changed is told");
  nng_close(news);
  served_stop();
  return 0;
}
