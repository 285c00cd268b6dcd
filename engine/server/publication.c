#include "server/publication.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A map of four, its words, a name and an id; an array of six with numbers of 64 bits. */
#define HEAD_MAX 96
#define TICK_MAX 64

/* Both 0: no price. */
typedef struct price {
  uint32_t bid; /* units of 10^-scale of the pair */
  uint32_t ask;
} price;

/* What was last said of a pair. */
typedef struct word {
  uint64_t sequence; /* 0: it was never spoken of */
  int64_t said_ns;   /* boot clock */
  price price;
} word;

struct rl_publication {
  rl_publication_options options;
  uint64_t first_sequence;
  bool repeat;
  word *words; /* by pair */
};

rl_status rl_publication_create(const rl_publication_options *options, rl_publication **out)
{
  size_t pairs = rl_universe_pair_count(rl_market_universe(options->market));
  rl_publication *made = calloc(1, sizeof *made);
  word *words = calloc(pairs + 1, sizeof *words);
  if (!made || !words) {
    free(made);
    free(words);
    return RL_NO_MEMORY;
  }
  made->options = *options;
  made->words = words;
  /* One to 128 ns, below 2^56 until the year 2262. */
  made->first_sequence = (uint64_t)options->start.ms * 1000000u >> 7;
  *out = made;
  return RL_OK;
}

void rl_publication_destroy(rl_publication *publication)
{
  free(publication->words);
  free(publication);
}

/* In whole units, away from the mid: never better than the composite, and what a source may say,
 * since a composite's sides stay within that (market/composite.c). */
static price price_of(const rl_composite *composite)
{
  if (composite->refusal != RL_REFUSAL_NONE)
    return (price){0};
  return (price){composite->bid_half / 2, composite->ask_half / 2 + composite->ask_half % 2};
}

static rl_feed_tick tick_of(const rl_publication *publication, unsigned pair, const word *said,
                            rl_now now)
{
  const rl_universe *universe = rl_market_universe(publication->options.market);
  rl_pair index = {(uint16_t)pair};
  rl_feed_tick tick = {
    .bid = said->price.bid,
    .ask = said->price.ask,
    .scale = rl_universe_pair_spec(universe, index)->scale,
    .sequence = said->sequence,
    .source_utc_ms = now.utc.ms,
    .withdrawn = said->price.bid == 0,
  };
  memcpy(tick.pair, rl_universe_pair_name(universe, index), 7);
  return tick;
}

static rl_feed_header head_of(const rl_publication *publication, uint32_t tick_count)
{
  rl_feed_header head = {.class = RL_SOURCE_LIVE, .tick_count = tick_count};
  snprintf(head.source, sizeof head.source, "%s", publication->options.name);
  snprintf(head.origin, sizeof head.origin, "%s", publication->options.origin);
  return head;
}

static bool send_word(const rl_publication *publication, unsigned pair, const word *next,
                      rl_now now, rl_publication_sink sink)
{
  char subject[RL_PUBLICATION_SUBJECT_SIZE];
  uint8_t bytes[HEAD_MAX + TICK_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_feed_header head = head_of(publication, 1);
  rl_feed_tick tick = tick_of(publication, pair, next, now);
  rl_feed_encode_head(&writer, &head);
  rl_feed_encode_tick(&writer, &tick);
  RL_ASSERT(!writer.failed);
  snprintf(subject, sizeof subject, "ratelock.%s.composite.%s", publication->options.name,
           tick.pair);
  return sink.send(sink.context, subject, bytes, writer.used);
}

/* Whether the word is to be said, if it is: new, or the same after a while. */
static bool is_due(const rl_publication *publication, const word *said, price now_is, rl_now now)
{
  if (said->sequence == 0)
    return now_is.bid != 0;
  return publication->repeat || said->price.bid != now_is.bid || said->price.ask != now_is.ask ||
         now.mono.ns - said->said_ns >= RL_PUBLICATION_REPEAT_MS * RL_NS_PER_MS;
}

/* What could not be sent was not said. */
static bool say(rl_publication *publication, unsigned pair, price now_is, rl_now now,
                rl_publication_sink sink)
{
  word *said = &publication->words[pair];
  word next = {said->sequence ? said->sequence + 1 : publication->first_sequence, now.mono.ns,
               now_is};
  bool sent = send_word(publication, pair, &next, now, sink);
  if (sent)
    *said = next;
  return sent;
}

uint64_t rl_publication_look(rl_publication *publication, rl_now now, uint64_t bridged,
                             rl_publication_sink sink)
{
  const rl_market *market = publication->options.market;
  unsigned pairs = rl_universe_pair_count(rl_market_universe(market));
  uint64_t unsent = 0;
  for (unsigned i = 0; i < pairs; i++) {
    const word *said = &publication->words[i];
    rl_composite composite;
    rl_market_composite_without(market, (rl_pair){(uint16_t)i}, now.mono, bridged, &composite);
    if (composite.refusal == RL_REFUSAL_MARKET_BUSY)
      continue; /* unknown, not gone: the next look is near */
    price now_is = price_of(&composite);
    if (!is_due(publication, said, now_is, now))
      continue;
    unsent += !say(publication, i, now_is, now, sink);
  }
  publication->repeat = publication->repeat && unsent > 0;
  return unsent;
}

uint64_t rl_publication_end(rl_publication *publication, rl_now now, rl_publication_sink sink)
{
  unsigned pairs = rl_universe_pair_count(rl_market_universe(publication->options.market));
  uint64_t unsent = 0;
  for (unsigned i = 0; i < pairs; i++) {
    if (publication->words[i].price.bid != 0)
      unsent += !say(publication, i, (price){0}, now, sink);
  }
  return unsent;
}

void rl_publication_repeat(rl_publication *publication)
{
  publication->repeat = true;
}

/* The next pairs spoken of, from *pair on, which moves behind them. */
static uint32_t next_batch(const rl_publication *publication, rl_now now, unsigned *pair,
                           rl_feed_tick ticks[RL_PUBLICATION_BATCH])
{
  unsigned pairs = rl_universe_pair_count(rl_market_universe(publication->options.market));
  uint32_t count = 0;
  for (; *pair < pairs && count < RL_PUBLICATION_BATCH; ++*pair) {
    const word *said = &publication->words[*pair];
    if (said->sequence != 0)
      ticks[count++] = tick_of(publication, *pair, said, now);
  }
  return count;
}

bool rl_publication_snapshot(const rl_publication *publication, rl_now now, const char *subject,
                             rl_publication_sink sink)
{
  rl_feed_tick ticks[RL_PUBLICATION_BATCH];
  uint8_t bytes[HEAD_MAX + RL_PUBLICATION_BATCH * TICK_MAX];
  unsigned pair = 0;
  uint32_t count;
  do {
    count = next_batch(publication, now, &pair, ticks);
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    rl_feed_header head = head_of(publication, count);
    rl_feed_encode_head(&writer, &head);
    for (uint32_t i = 0; i < count; i++)
      rl_feed_encode_tick(&writer, &ticks[i]);
    RL_ASSERT(!writer.failed);
    if (!sink.send(sink.context, subject, bytes, writer.used))
      return false;
  } while (count == RL_PUBLICATION_BATCH);
  return true;
}
