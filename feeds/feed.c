/* The feed library. One nng PUSH socket with one dialer that connects, and connects anew, alone.
 *
 * Nothing is lost on a running connection: the socket has no buffer of its own, so that a send
 * waits until the engine's socket has room, and closing waits until the last message is written.
 * What was under way when a connection broke is gone; the market shows it as a gap.
 *
 * Sequence numbers begin at the wall clock, one to 128 ns, and rise by one an update and pair. So a
 * handler that starts again goes on above what it had reached (unless it pushed more than 7,812
 * updates a millisecond for one pair, or the wall clock was set back) without keeping anything on
 * disk, and stays below 2^56 until the year 2262. */
#include "feeds/feed.h"

#include "paths/paths.h"
#include "wire/feed_message.h"

#include <errno.h>
#include <nng/nng.h>
#include <nng/protocol/pipeline0/push.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH_MAX 256
#define BATCH_DEFAULT 64
#define TIMEOUT_DEFAULT_MS 2000
#define SEQUENCE_SHIFT 7 /* nanoseconds to sequence numbers */

/* Room of an encoded message. Head: a map of four, "source" and 15 bytes, "class" and "reference",
 * "origin" and 16 bytes, "ticks" and an array's length. Tick: an array of ten, six letters, two
 * mantissas below 2^30, a scale below 2^7, four numbers of 64 bits, two arrays of up to 18 numbers
 * of 32 bits. */
#define HEAD_SIZE_MAX (1 + 7 + 16 + 6 + 10 + 7 + 17 + 6 + 3)
#define TICK_SIZE_MAX (1 + 7 + 2 * 5 + 1 + 4 * 9 + 2 * (3 + 2 * (RL_LEVELS_MAX - 1) * 5))

/* Open addressing over twice as many places as there can be pairs: never more than half full. */
#define PLACES (2 * RL_PAIRS_MAX)

typedef struct pair_place {
  uint32_t letters; /* five bits each, 'A' is 1; 0 is a free place */
  uint64_t updates; /* pushed so far */
} pair_place;

struct rl_feed {
  nng_socket socket;
  rl_feed_header header;
  unsigned batch;
  uint32_t timeout_ms;
  uint64_t first_sequence;
  unsigned pair_count;
  pair_place *pairs; /* PLACES of them */
  rl_feed_tick ticks[BATCH_MAX]; /* header.tick_count wait to be sent */
};

const char *rl_feed_default_url(void)
{
  static char url[RL_URL_MAX];
  char directory[RL_DIRECTORY_MAX + 1];
  const char *given = getenv("RATELOCK_FEED_URL");
  if (given && given[0])
    return given;
  if (rl_default_directory(directory) != RL_OK ||
      rl_socket_url(directory, RL_SOCKET_FEED, url) != RL_OK)
    return NULL;
  return url;
}

/* The socket can take a message at once, which means that it is connected and that the message
 * before has been written. Waits for that at most the feed's time-out. */
static bool wait_writable(const rl_feed *feed)
{
  int fd;
  if (nng_socket_get_int(feed->socket, NNG_OPT_SENDFD, &fd) != 0)
    return false;
  rl_clock clock = rl_clock_system();
  int64_t deadline_ns = rl_clock_read(&clock).mono.ns + feed->timeout_ms * RL_NS_PER_MS;
  struct pollfd writable = {.fd = fd, .events = POLLIN};
  for (;;) {
    int64_t left_ms = (deadline_ns - rl_clock_read(&clock).mono.ns) / RL_NS_PER_MS;
    int ready = poll(&writable, 1, left_ms > 0 ? (int)left_ms : 0);
    if (ready > 0 || (ready < 0 && errno != EINTR))
      return ready > 0;
    if (left_ms <= 0)
      return false;
  }
}

static rl_status dial(rl_feed *feed, const char *url, rl_error *error)
{
  /* In the background: a name that nobody serves must not hold us longer than the time-out. */
  int failed = nng_dial(feed->socket, url, NULL, NNG_FLAG_NONBLOCK);
  if (failed == NNG_ENOMEM)
    return rl_fail(error, RL_NO_MEMORY, url, 0, NULL, "not enough memory to connect");
  if (failed != 0)
    return rl_fail(error, RL_INVALID, url, 0, NULL,
                   "not an address (%s): expected such as ipc:///path/feed.ipc or "
                   "tcp://127.0.0.1:5555", nng_strerror(failed));
  if (!wait_writable(feed))
    return rl_fail(error, RL_UNREACHABLE, url, 0, NULL,
                   "no engine listens there: start one with ratelockd");
  return RL_OK;
}

static rl_status open_socket(rl_feed *feed, rl_error *error)
{
  int failed = nng_push0_open(&feed->socket);
  if (failed != 0)
    return rl_fail(error, RL_NO_MEMORY, NULL, 0, NULL, "no socket: %s", nng_strerror(failed));
  nng_socket_set_ms(feed->socket, NNG_OPT_SENDTIMEO, (nng_duration)feed->timeout_ms);
  nng_socket_set_ms(feed->socket, NNG_OPT_RECONNMINT, 20);
  nng_socket_set_ms(feed->socket, NNG_OPT_RECONNMAXT, 1000);
  return RL_OK;
}

static bool is_source_name(const char *name)
{
  size_t length = name ? strnlen(name, RL_SOURCE_NAME_MAX + 1) : 0;
  for (size_t i = 0; i < length; i++) {
    if (name[i] <= ' ' || name[i] > '~')
      return false;
  }
  return length >= 1 && length <= RL_SOURCE_NAME_MAX;
}

static rl_status check_options(const rl_feed_options *options, rl_error *error)
{
  if (!is_source_name(options->source))
    return rl_fail(error, RL_INVALID, NULL, 0, "source",
                   "expected a name of 1 to %d printable characters without blanks",
                   RL_SOURCE_NAME_MAX);
  if (options->batch > BATCH_MAX)
    return rl_fail(error, RL_OUT_OF_RANGE, NULL, 0, "batch", "expected 1 to %d updates",
                   BATCH_MAX);
  if (options->timeout_ms > INT32_MAX)
    return rl_fail(error, RL_OUT_OF_RANGE, NULL, 0, "timeout_ms", "expected at most %d",
                   INT32_MAX);
  return RL_OK;
}

/* Finer than rl_clock's milliseconds: two starts may fall into one of those. */
static uint64_t wall_clock_ns(void)
{
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static rl_feed *new_feed(const rl_feed_options *options)
{
  rl_feed *feed = calloc(1, sizeof *feed);
  pair_place *pairs = calloc(PLACES, sizeof *pairs);
  if (!feed || !pairs) {
    free(feed);
    free(pairs);
    return NULL;
  }
  feed->first_sequence = wall_clock_ns() >> SEQUENCE_SHIFT;
  feed->pairs = pairs;
  feed->batch = options->batch ? options->batch : BATCH_DEFAULT;
  feed->timeout_ms = options->timeout_ms ? options->timeout_ms : TIMEOUT_DEFAULT_MS;
  feed->header.class = options->class;
  snprintf(feed->header.source, sizeof feed->header.source, "%s", options->source);
  return feed;
}

static void free_feed(rl_feed *feed)
{
  free(feed->pairs);
  free(feed);
}

rl_status rl_feed_connect(const rl_feed_options *options, rl_feed **out, rl_error *error)
{
  rl_status status = check_options(options, error);
  if (status != RL_OK)
    return status;
  const char *url = options->url ? options->url : rl_feed_default_url();
  if (!url)
    return rl_fail(error, RL_OUT_OF_RANGE, NULL, 0, "url",
                   "the data directory's path is too long for a socket: set RATELOCK_DATA to a "
                   "shorter one");
  rl_feed *feed = new_feed(options);
  if (!feed)
    return rl_fail(error, RL_NO_MEMORY, NULL, 0, NULL, "not enough memory for a feed");
  status = open_socket(feed, error);
  if (status == RL_OK) {
    status = dial(feed, url, error);
    if (status != RL_OK)
      nng_close(feed->socket);
  }
  if (status != RL_OK)
    free_feed(feed);
  else
    *out = feed;
  return status;
}

/* 0 unless the name is six capital letters. */
static uint32_t pack_letters(const char *pair)
{
  uint32_t letters = 0;
  for (unsigned i = 0; i < 6; i++) {
    if (pair[i] < 'A' || pair[i] > 'Z')
      return 0;
    letters = letters << 5 | (uint32_t)(pair[i] - 'A' + 1);
  }
  return pair[6] == '\0' ? letters : 0;
}

/* The pair's place, or NULL when a new one would be beyond RL_PAIRS_MAX. */
static pair_place *find_place(rl_feed *feed, uint32_t letters)
{
  uint32_t at = letters * 2654435761u >> 17; /* the upper 15 bits: PLACES is 2^15 */
  _Static_assert(PLACES == 1u << 15, "the shift above takes as many bits as there are places");
  while (feed->pairs[at].letters != 0 && feed->pairs[at].letters != letters)
    at = (at + 1) % PLACES;
  if (feed->pairs[at].letters == letters)
    return &feed->pairs[at];
  if (feed->pair_count == RL_PAIRS_MAX)
    return NULL;
  feed->pair_count++;
  feed->pairs[at].letters = letters;
  return &feed->pairs[at];
}

/* The rate's mantissa at a scale that is at least its own; 0 if it has more digits than a
 * source's rate may have. */
static uint64_t mantissa_at(rl_rate rate, unsigned scale)
{
  if (rate.mantissa > RL_SOURCE_MANTISSA_MAX)
    return 0;
  uint64_t mantissa = rate.mantissa;
  for (unsigned i = rate.scale; i < scale && mantissa <= RL_SOURCE_MANTISSA_MAX; i++)
    mantissa *= 10;
  return mantissa <= RL_SOURCE_MANTISSA_MAX ? mantissa : 0;
}

/* Both rates as integers of the one scale that a tick has: the smallest that holds them. */
static bool set_rates(rl_feed_tick *tick, rl_rate bid, rl_rate ask)
{
  if (bid.scale > RL_RATE_SCALE_MAX || ask.scale > RL_RATE_SCALE_MAX)
    return false;
  bid = rl_rate_trim(bid);
  ask = rl_rate_trim(ask);
  tick->scale = bid.scale > ask.scale ? bid.scale : ask.scale;
  tick->bid = mantissa_at(bid, (unsigned)tick->scale);
  tick->ask = mantissa_at(ask, (unsigned)tick->scale);
  return tick->bid > 0 && tick->ask > 0;
}

rl_status rl_feed_push(rl_feed *feed, const char *pair, rl_rate bid, rl_rate ask, rl_utc when)
{
  return rl_feed_push_sized(feed, pair, bid, ask, when, 0, 0);
}

/* Names and numbers the tick, and lets it wait to be sent. */
static rl_status add(rl_feed *feed, const char *pair, rl_feed_tick *tick)
{
  uint32_t letters = pack_letters(pair);
  if (letters == 0)
    return RL_INVALID;
  pair_place *place = find_place(feed, letters);
  if (!place)
    return RL_FULL;
  memcpy(tick->pair, pair, 7);
  tick->sequence = feed->first_sequence + place->updates;
  feed->ticks[feed->header.tick_count++] = *tick;
  if (feed->header.tick_count == feed->batch) {
    rl_status status = rl_feed_flush(feed);
    if (status != RL_OK) {
      feed->header.tick_count--;
      return status;
    }
  }
  place->updates++;
  return RL_OK;
}

rl_status rl_feed_push_sized(rl_feed *feed, const char *pair, rl_rate bid, rl_rate ask, rl_utc when,
                             uint64_t bid_size, uint64_t ask_size)
{
  rl_feed_tick tick = {.source_utc_ms = when.ms, .bid_size = bid_size, .ask_size = ask_size};
  if (!set_rates(&tick, bid, ask))
    return RL_INVALID;
  return add(feed, pair, &tick);
}

static unsigned widest_scale(const rl_feed_level *levels, unsigned count, unsigned scale)
{
  for (unsigned i = 0; i < count; i++) {
    unsigned own = rl_rate_trim(levels[i].rate).scale;
    scale = own > scale ? own : scale;
  }
  return scale;
}

/* The levels behind the first at the tick's scale; false where one does not fit it. */
static bool set_levels(const rl_feed_level *levels, unsigned count, unsigned scale, rl_level *out)
{
  for (unsigned i = 1; i < count; i++) {
    uint64_t size = levels[i].size;
    out[i - 1].price = (uint32_t)mantissa_at(rl_rate_trim(levels[i].rate), scale);
    out[i - 1].size = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
    if (out[i - 1].price == 0)
      return false;
  }
  return true;
}

rl_status rl_feed_push_book(rl_feed *feed, const char *pair, const rl_feed_level *bids,
                            unsigned bid_count, const rl_feed_level *asks, unsigned ask_count,
                            rl_utc when)
{
  if (bid_count == 0 || ask_count == 0)
    return RL_INVALID;
  bid_count = bid_count < RL_LEVELS_MAX ? bid_count : RL_LEVELS_MAX;
  ask_count = ask_count < RL_LEVELS_MAX ? ask_count : RL_LEVELS_MAX;
  unsigned scale = widest_scale(bids, bid_count, widest_scale(asks, ask_count, 0));
  rl_feed_tick tick = {
    .scale = scale,
    .source_utc_ms = when.ms,
    .bid_size = bids[0].size,
    .ask_size = asks[0].size,
    .depth = {.bid_count = (uint8_t)(bid_count - 1), .ask_count = (uint8_t)(ask_count - 1)},
  };
  if (scale > RL_RATE_SCALE_MAX)
    return RL_INVALID;
  tick.bid = mantissa_at(rl_rate_trim(bids[0].rate), scale);
  tick.ask = mantissa_at(rl_rate_trim(asks[0].rate), scale);
  if (tick.bid == 0 || tick.ask == 0 || !set_levels(bids, bid_count, scale, tick.depth.bids) ||
      !set_levels(asks, ask_count, scale, tick.depth.asks))
    return RL_INVALID;
  return add(feed, pair, &tick);
}

rl_status rl_feed_withdraw(rl_feed *feed, const char *pair, rl_utc when)
{
  rl_feed_tick tick = {.source_utc_ms = when.ms, .withdrawn = true};
  return add(feed, pair, &tick);
}

rl_status rl_feed_skip(rl_feed *feed, const char *pair, uint64_t updates)
{
  uint32_t letters = pack_letters(pair);
  if (letters == 0 || updates >= RL_SEQUENCE_LEAP)
    return RL_INVALID;
  pair_place *place = find_place(feed, letters);
  if (!place)
    return RL_FULL;
  place->updates += updates;
  return RL_OK;
}

rl_status rl_feed_set_origin(rl_feed *feed, const char *origin)
{
  size_t length = strnlen(origin, RL_ORIGIN_SIZE);
  if (length > 0 && !rl_origin_is_valid(origin, length))
    return RL_INVALID;
  rl_status status = rl_feed_flush(feed);
  if (status == RL_OK)
    memcpy(feed->header.origin, origin, length + 1);
  return status;
}

unsigned rl_feed_discard(rl_feed *feed)
{
  unsigned waiting = feed->header.tick_count;
  feed->header.tick_count = 0;
  return waiting;
}

/* The waiting ticks as one message. On success the caller owns it. */
static rl_status encode(const rl_feed *feed, nng_msg **out)
{
  nng_msg *message;
  size_t room = HEAD_SIZE_MAX + (size_t)feed->header.tick_count * TICK_SIZE_MAX;
  if (nng_msg_alloc(&message, room) != 0)
    return RL_NO_MEMORY;
  rl_writer writer = rl_writer_over(nng_msg_body(message), room);
  rl_feed_encode_head(&writer, &feed->header);
  for (unsigned i = 0; i < feed->header.tick_count; i++)
    rl_feed_encode_tick(&writer, &feed->ticks[i]);
  RL_ASSERT(!writer.failed);
  nng_msg_chop(message, room - writer.used);
  *out = message;
  return RL_OK;
}

rl_status rl_feed_flush(rl_feed *feed)
{
  if (feed->header.tick_count == 0)
    return RL_OK;
  nng_msg *message;
  rl_status status = encode(feed, &message);
  if (status != RL_OK)
    return status;
  int failed = nng_sendmsg(feed->socket, message, 0);
  if (failed != 0) {
    nng_msg_free(message);
    return failed == NNG_ETIMEDOUT ? RL_TIMEOUT : failed == NNG_ENOMEM ? RL_NO_MEMORY : RL_IO;
  }
  feed->header.tick_count = 0;
  return RL_OK;
}

void rl_feed_close(rl_feed *feed)
{
  if (rl_feed_flush(feed) == RL_OK)
    wait_writable(feed);
  nng_close(feed->socket);
  free_feed(feed);
}
