#include "feeds/nats_message.h"

#include "feeds/text.h"

#include <string.h>

static bool refuse(const char **fault, const char *why)
{
  *fault = why;
  return false;
}

/* --- msgpack --- */

static unsigned set_levels(uint64_t price, uint64_t size, unsigned scale, const rl_level *behind,
                           unsigned count, rl_feed_level *out)
{
  RL_ASSERT(count < RL_LEVELS_MAX);
  out[0] = (rl_feed_level){{price, (uint8_t)scale}, size};
  for (unsigned i = 0; i < count; i++)
    out[i + 1] = (rl_feed_level){{behind[i].price, (uint8_t)scale}, behind[i].size};
  return count + 1;
}

/* `why` has the text of a refusal. */
static bool next_packed(rl_unpacker *ticks, rl_nats_update *out, rl_fault *why,
                        const char **fault)
{
  rl_feed_tick tick;
  if (!rl_feed_next(ticks, &tick, why))
    return refuse(fault, why->detail);
  if (tick.scale > RL_RATE_SCALE_MAX)
    return refuse(fault, "an update has more decimals than a rate");
  *out = (rl_nats_update){.withdrawn = tick.withdrawn, .sequence = tick.sequence,
                          .when = {tick.source_utc_ms}};
  memcpy(out->pair, tick.pair, sizeof out->pair);
  if (tick.withdrawn)
    return true;
  out->bid_count = set_levels(tick.bid, tick.bid_size, (unsigned)tick.scale, tick.depth.bids,
                              tick.depth.bid_count, out->bids);
  out->ask_count = set_levels(tick.ask, tick.ask_size, (unsigned)tick.scale, tick.depth.asks,
                              tick.depth.ask_count, out->asks);
  return true;
}

static bool open_packed(const void *bytes, size_t size, rl_nats_message *out, const char **fault)
{
  rl_feed_header header;
  if (!rl_feed_open(bytes, size, &out->packed, &header, &out->why))
    return refuse(fault, out->why.detail);
  out->form = RL_NATS_PACKED;
  out->class = header.class;
  out->update_count = header.tick_count;
  memcpy(out->origin, header.origin, sizeof out->origin);
  rl_unpacker ticks = out->packed;
  rl_nats_update update;
  for (uint32_t i = 0; i < header.tick_count; i++) {
    if (!next_packed(&ticks, &update, &out->why, fault))
      return false;
  }
  return true;
}

/* --- JSON: values --- */

/* A string, or a number as it was written. */
static bool take_text(rl_json *json, rl_span *out)
{
  return rl_json_peek(json) == RL_JSON_NUMBER ? rl_json_number(json, out)
                                              : rl_json_string(json, out);
}

static bool take_pair(rl_json *json, char out[8], const char **fault)
{
  rl_span span;
  bool good = rl_json_string(json, &span) && span.size == 6;
  for (size_t i = 0; good && i < 6; i++)
    good = span.bytes[i] >= 'A' && span.bytes[i] <= 'Z';
  if (!good)
    return refuse(fault, "expected a pair such as EURUSD");
  memcpy(out, span.bytes, 6);
  out[6] = out[7] = '\0';
  return true;
}

/* A decimal, or null: a mantissa of 0. */
static bool take_price(rl_json *json, rl_rate *out, const char **fault)
{
  rl_span span;
  *out = (rl_rate){0};
  if (rl_json_peek(json) == RL_JSON_WORD)
    return rl_json_null(json) || refuse(fault, "expected a price or null");
  if (!take_text(json, &span) || rl_rate_parse(span.bytes, span.size, out) != RL_OK)
    return refuse(fault, "expected a price such as \"1.12520\"");
  return true;
}

static bool take_whole(rl_json *json, uint64_t max, uint64_t *out, const char **fault)
{
  rl_span span;
  if (!take_text(json, &span) || rl_digits_parse(span.bytes, span.size, max, out) != RL_OK)
    return refuse(fault, "expected a whole number, not too large");
  return true;
}

static bool take_time(rl_json *json, rl_utc *out, const char **fault)
{
  uint64_t ms;
  if (!take_whole(json, INT64_MAX, &ms, fault))
    return false;
  out->ms = (int64_t)ms;
  return true;
}

/* Both prices, or neither. */
static bool finish_update(rl_nats_update *update, const char **fault)
{
  bool has_bid = update->bids[0].rate.mantissa != 0;
  bool has_ask = update->asks[0].rate.mantissa != 0;
  if (has_bid != has_ask)
    return refuse(fault, "null for one price only");
  update->withdrawn = !has_bid;
  update->bid_count = update->ask_count = has_bid ? 1 : 0;
  return true;
}

/* --- JSON: an update in a row --- */

/* Whether another element of the row follows. */
static bool more(rl_json *json, bool *first)
{
  return rl_json_more(json, ']', first);
}

static bool take_row(rl_json *json, rl_nats_update *out, const char **fault)
{
  bool first = rl_json_enter(json, '[');
  *fault = "expected an array of pair, bid, ask, sequence, time and, if any, two sizes";
  if (!more(json, &first) || !take_pair(json, out->pair, fault) || !more(json, &first) ||
      !take_price(json, &out->bids[0].rate, fault) || !more(json, &first) ||
      !take_price(json, &out->asks[0].rate, fault) || !more(json, &first) ||
      !take_whole(json, RL_SEQUENCE_MAX, &out->sequence, fault) || !more(json, &first) ||
      !take_time(json, &out->when, fault))
    return false;
  if (more(json, &first) &&
      (!take_whole(json, UINT64_MAX, &out->bids[0].size, fault) || !more(json, &first) ||
       !take_whole(json, UINT64_MAX, &out->asks[0].size, fault) || more(json, &first)))
    return false;
  return !json->failed && finish_update(out, fault);
}

static bool next_row(rl_json *rows, bool *first, rl_nats_update *out, const char **fault)
{
  *out = (rl_nats_update){0};
  return rl_json_more(rows, ']', first) && take_row(rows, out, fault);
}

/* Leaves the reader behind the array. */
static bool take_rows(rl_json *json, rl_nats_message *out, const char **fault)
{
  rl_nats_update update;
  *fault = "expected \"ticks\" to be an array";
  out->first = rl_json_enter(json, '[');
  out->rows = *json;
  for (bool first = out->first; rl_json_more(json, ']', &first); out->update_count++) {
    update = (rl_nats_update){0};
    if (out->update_count == RL_TICKS_PER_MESSAGE_MAX)
      return refuse(fault, "more updates than one message may hold");
    if (!take_row(json, &update, fault))
      return false;
  }
  return !json->failed;
}

/* --- JSON: the object --- */

enum { SOURCE = 1, CLASS = 2, ORIGIN = 4, TICKS = 8, PAIR = 16, BID = 32, ASK = 64, TIME = 128,
       SEQUENCE = 256, BID_SIZE = 512, ASK_SIZE = 1024 };
#define SINGLE_NEEDS (PAIR | BID | ASK)
#define SINGLE_MAY (SINGLE_NEEDS | TIME | SEQUENCE | BID_SIZE | ASK_SIZE)

static unsigned key_of(rl_span name)
{
  static const char *const names[] = {"source", "class", "origin", "ticks", "pair", "bid", "ask",
                                      "time", "sequence", "bid_size", "ask_size"};
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
    if (rl_span_is(name, names[i]))
      return 1u << i;
  }
  return 0;
}

static bool take_class(rl_json *json, rl_source_class *out, const char **fault)
{
  rl_span span;
  bool good = rl_json_string(json, &span);
  if (!good || (!rl_span_is(span, "live") && !rl_span_is(span, "reference")))
    return refuse(fault, "expected the class \"live\" or \"reference\"");
  *out = rl_span_is(span, "live") ? RL_SOURCE_LIVE : RL_SOURCE_REFERENCE;
  return true;
}

static bool take_origin(rl_json *json, char out[RL_ORIGIN_SIZE], const char **fault)
{
  rl_span span;
  if (!rl_json_string(json, &span) || !rl_origin_is_valid(span.bytes, span.size))
    return refuse(fault, "expected an origin of 16 hexadecimal digits");
  memcpy(out, span.bytes, span.size);
  return true;
}

static bool take_source(rl_json *json, const char **fault)
{
  rl_span span;
  return rl_json_string(json, &span) || refuse(fault, "expected a source's name");
}

static bool take_value(rl_json *json, unsigned key, rl_nats_message *out, const char **fault)
{
  rl_nats_update *single = &out->single;
  switch (key) {
  case SOURCE: return take_source(json, fault);
  case CLASS: return take_class(json, &out->class, fault);
  case ORIGIN: return take_origin(json, out->origin, fault);
  case TICKS: return take_rows(json, out, fault);
  case PAIR: return take_pair(json, single->pair, fault);
  case BID: return take_price(json, &single->bids[0].rate, fault);
  case ASK: return take_price(json, &single->asks[0].rate, fault);
  case TIME: return take_time(json, &single->when, fault);
  case SEQUENCE: return take_whole(json, RL_SEQUENCE_MAX, &single->sequence, fault);
  case BID_SIZE: return take_whole(json, UINT64_MAX, &single->bids[0].size, fault);
  case ASK_SIZE: return take_whole(json, UINT64_MAX, &single->asks[0].size, fault);
  default: return rl_json_skip(json, RL_DEPTH_MAX - 1);
  }
}

static bool take_object(rl_json *json, unsigned *seen, rl_nats_message *out, const char **fault)
{
  rl_span name;
  for (bool first = rl_json_enter(json, '{'); rl_json_more(json, '}', &first);) {
    *fault = "not JSON";
    if (!rl_json_key(json, &name))
      return false;
    unsigned key = key_of(name);
    if (*seen & key)
      return refuse(fault, "a field is given twice");
    *seen |= key;
    if (!take_value(json, key, out, fault))
      return false;
  }
  *fault = "not JSON";
  return rl_json_done(json);
}

static bool open_json(const void *bytes, size_t size, rl_nats_message *out, const char **fault)
{
  rl_json json = rl_json_over(bytes, size);
  unsigned seen = 0;
  if (!take_object(&json, &seen, out, fault))
    return false;
  if (seen & TICKS) {
    out->form = RL_NATS_ROWS;
    return seen & SINGLE_MAY ? refuse(fault, "both \"ticks\" and an update of its own") : true;
  }
  if ((seen & SINGLE_NEEDS) != SINGLE_NEEDS)
    return refuse(fault, "expected \"ticks\", or \"pair\", \"bid\" and \"ask\"");
  out->form = RL_NATS_SINGLE;
  out->update_count = 1;
  return finish_update(&out->single, fault);
}

/* --- either --- */

bool rl_nats_message_open(const void *bytes, size_t size, rl_nats_message *out, const char **fault)
{
  *out = (rl_nats_message){.class = RL_SOURCE_LIVE};
  if (size == 0)
    return refuse(fault, "empty");
  if (size > RL_MESSAGE_MAX)
    return refuse(fault, "larger than a message may be");
  rl_json json = rl_json_over(bytes, size);
  if (rl_json_peek(&json) == RL_JSON_OBJECT)
    return open_json(bytes, size, out, fault);
  return open_packed(bytes, size, out, fault);
}

void rl_nats_message_next(rl_nats_message *message, rl_nats_update *out)
{
  const char *fault;
  bool good = true;
  switch (message->form) {
  case RL_NATS_PACKED:
    good = next_packed(&message->packed, out, &message->why, &fault);
    break;
  case RL_NATS_ROWS: good = next_row(&message->rows, &message->first, out, &fault); break;
  case RL_NATS_SINGLE: *out = message->single; break;
  }
  RL_ASSERT(good);
}
