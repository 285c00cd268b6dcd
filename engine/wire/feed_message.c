/* Feed messages.
 *
 * Opening walks the whole message once: one that is cut short, damaged or has bytes left over is
 * refused before any of its ticks moves a price. Prices are not judged here: what does not fit a
 * field of rl_feed_tick takes the nearest value that does and that no market accepts. */
#include "wire/feed_message.h"

#include "wire/fields.h"
#include "wire/value.h"

#include <string.h>

/* The message's map and the array of ticks. */
#define VALUE_DEPTH (RL_DEPTH_MAX - 1)

static bool refuse(rl_fault *fault, rl_refusal refusal, const char *path, const char *detail)
{
  rl_fault_set(fault, refusal, path, detail);
  return false;
}

static bool is_word(rl_value value, const char *word)
{
  return value.type == RL_PACK_TEXT && value.size == strlen(word) &&
         memcmp(value.bytes, word, value.size) == 0;
}

typedef struct opening {
  rl_feed_header header;
  rl_unpacker ticks;
  bool has_class;
  bool has_ticks;
} opening;

static bool take_source(opening *in, rl_value value, rl_fault *fault)
{
  if (in->header.source[0])
    return refuse(fault, RL_REFUSAL_INVALID_FIELD, "source", "given twice");
  if (value.type != RL_PACK_TEXT || value.size == 0 || !rl_value_is_printable(value, '!'))
    return refuse(fault, RL_REFUSAL_INVALID_FIELD, "source", "expected a name without spaces");
  if (value.size > RL_SOURCE_NAME_MAX)
    return refuse(fault, RL_REFUSAL_TOO_LARGE, "source", "longer than the limit");
  memcpy(in->header.source, value.bytes, value.size);
  return true;
}

static bool take_class(opening *in, rl_value value, rl_fault *fault)
{
  if (in->has_class)
    return refuse(fault, RL_REFUSAL_INVALID_FIELD, "class", "given twice");
  if (!is_word(value, "live") && !is_word(value, "reference"))
    return refuse(fault, RL_REFUSAL_INVALID_FIELD, "class", "expected \"live\" or \"reference\"");
  in->has_class = true;
  in->header.class = value.size == 4 ? RL_SOURCE_LIVE : RL_SOURCE_REFERENCE;
  return true;
}

bool rl_origin_is_valid(const char *text, size_t length)
{
  for (size_t i = 0; i < length; i++) {
    bool digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (!digit)
      return false;
  }
  return length == RL_ORIGIN_SIZE - 1;
}

static bool take_origin(opening *in, rl_value value, rl_fault *fault)
{
  if (in->header.origin[0])
    return refuse(fault, RL_REFUSAL_INVALID_FIELD, "origin", "given twice");
  if (value.type != RL_PACK_TEXT || !rl_origin_is_valid((const char *)value.bytes, value.size))
    return refuse(fault, RL_REFUSAL_INVALID_FIELD, "origin", "expected 16 hexadecimal digits");
  memcpy(in->header.origin, value.bytes, value.size);
  return true;
}

static bool take_ticks(opening *in, const rl_unpacker *unpacker, rl_value value, rl_fault *fault)
{
  if (in->has_ticks)
    return refuse(fault, RL_REFUSAL_INVALID_FIELD, "ticks", "given twice");
  if (value.type != RL_PACK_ARRAY)
    return refuse(fault, RL_REFUSAL_INVALID_FIELD, "ticks", "expected an array");
  if (value.size > RL_TICKS_PER_MESSAGE_MAX)
    return refuse(fault, RL_REFUSAL_TOO_LARGE, "ticks", "more ticks than one message may hold");
  in->has_ticks = true;
  in->header.tick_count = value.size;
  in->ticks = *unpacker;
  return true;
}

static bool take_entry(opening *in, rl_unpacker *unpacker, rl_fault *fault)
{
  rl_value key = rl_unpack_value(unpacker);
  rl_value value = rl_unpack_value(unpacker);
  if (unpacker->reader.failed)
    return refuse(fault, RL_REFUSAL_MALFORMED_REQUEST, "", rl_unreadable);
  if (key.type != RL_PACK_TEXT)
    return refuse(fault, RL_REFUSAL_INVALID_FIELD, "", "a key is not text");
  bool good = true;
  if (is_word(key, "source"))
    good = take_source(in, value, fault);
  else if (is_word(key, "class"))
    good = take_class(in, value, fault);
  else if (is_word(key, "origin"))
    good = take_origin(in, value, fault);
  else if (is_word(key, "ticks"))
    good = take_ticks(in, unpacker, value, fault);
  if (good && !rl_unpack_skip_contents(unpacker, value, VALUE_DEPTH))
    return refuse(fault, RL_REFUSAL_MALFORMED_REQUEST, "", rl_unreadable);
  return good;
}

bool rl_feed_open(const void *bytes, size_t size, rl_unpacker *ticks, rl_feed_header *header,
                  rl_fault *fault)
{
  opening in = {.header.class = RL_SOURCE_LIVE};
  rl_unpacker unpacker = rl_unpacker_over(bytes, size);
  rl_value head = rl_unpack_value(&unpacker);
  if (size > RL_MESSAGE_MAX)
    return refuse(fault, RL_REFUSAL_TOO_LARGE, "", "larger than a message may be");
  if (head.type != RL_PACK_MAP)
    return refuse(fault, RL_REFUSAL_MALFORMED_REQUEST, "", "expected a map");
  for (uint32_t i = 0; i < head.size; i++) {
    if (!take_entry(&in, &unpacker, fault))
      return false;
  }
  if (!rl_unpack_done(&unpacker))
    return refuse(fault, RL_REFUSAL_MALFORMED_REQUEST, "", "bytes are left over");
  if (!in.header.source[0])
    return refuse(fault, RL_REFUSAL_MISSING_FIELD, "source", "required");
  if (!in.has_ticks)
    return refuse(fault, RL_REFUSAL_MISSING_FIELD, "ticks", "required");
  *ticks = in.ticks;
  *header = in.header;
  return true;
}

/* Six letters are all that is asked: what is no name of a pair has no market either. */
static bool take_pair(rl_unpacker *ticks, char out[8])
{
  rl_value value = rl_unpack_value(ticks);
  if (value.type != RL_PACK_TEXT || value.size != 6)
    return false;
  for (unsigned i = 0; i < 6; i++) {
    if (value.bytes[i] < 'A' || value.bytes[i] > 'Z')
      return false;
  }
  memcpy(out, value.bytes, 6);
  out[6] = out[7] = '\0';
  return true;
}

/* A negative number becomes `negative`. */
static bool take_natural(rl_unpacker *ticks, uint64_t negative, uint64_t *out)
{
  rl_value value = rl_unpack_value(ticks);
  *out = value.type == RL_PACK_UINT ? value.number : negative;
  return value.type == RL_PACK_UINT || value.type == RL_PACK_INT;
}

/* A time beyond int64 is in the future all the same. */
static bool take_time(rl_unpacker *ticks, int64_t *out)
{
  rl_value value = rl_unpack_value(ticks);
  bool beyond = value.type == RL_PACK_UINT && value.number > INT64_MAX;
  *out = beyond ? INT64_MAX : (int64_t)value.number;
  return value.type == RL_PACK_UINT || value.type == RL_PACK_INT;
}

/* Both prices, or nil for both. */
static bool take_prices(rl_unpacker *ticks, rl_feed_tick *out)
{
  out->withdrawn = rl_unpack_peek(ticks) == RL_PACK_NIL;
  if (out->withdrawn)
    return rl_unpack_nil(ticks) && rl_unpack_nil(ticks);
  return take_natural(ticks, 0, &out->bid) && take_natural(ticks, 0, &out->ask);
}

static uint32_t at_most_u32(uint64_t value)
{
  return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

static bool take_levels(rl_unpacker *ticks, rl_level levels[RL_LEVELS_MAX - 1], uint8_t *count)
{
  uint32_t numbers;
  if (!rl_unpack_array(ticks, &numbers) || numbers % 2 != 0 || numbers / 2 > RL_LEVELS_MAX - 1)
    return false;
  for (uint32_t i = 0; i < numbers / 2; i++) {
    uint64_t price, size;
    if (!take_natural(ticks, 0, &price) || !take_natural(ticks, 0, &size))
      return false;
    levels[i] = (rl_level){at_most_u32(price), at_most_u32(size)};
  }
  *count = (uint8_t)(numbers / 2);
  return true;
}

bool rl_feed_next(rl_unpacker *ticks, rl_feed_tick *out, rl_fault *fault)
{
  rl_feed_tick tick = {0};
  uint32_t fields;
  if (!rl_unpack_array(ticks, &fields) || (fields != 6 && fields != 8 && fields != 10))
    return refuse(fault, RL_REFUSAL_INVALID_FIELD, "ticks", "expected an array of 6, 8 or 10");
  if (!take_pair(ticks, tick.pair))
    return refuse(fault, RL_REFUSAL_INVALID_FIELD, "ticks", "expected a pair such as EURUSD");
  bool good = take_prices(ticks, &tick) && take_natural(ticks, UINT64_MAX, &tick.scale) &&
              take_natural(ticks, 0, &tick.sequence) && take_time(ticks, &tick.source_utc_ms);
  if (good && fields >= 8)
    good = take_natural(ticks, 0, &tick.bid_size) && take_natural(ticks, 0, &tick.ask_size);
  if (!good)
    return refuse(fault, RL_REFUSAL_INVALID_FIELD, "ticks", "expected an integer");
  if (fields == 10 && !(take_levels(ticks, tick.depth.bids, &tick.depth.bid_count) &&
                        take_levels(ticks, tick.depth.asks, &tick.depth.ask_count)))
    return refuse(fault, RL_REFUSAL_INVALID_FIELD, "ticks",
                  "expected levels as an array of price, size, price, size, …");
  *out = tick;
  return true;
}

void rl_feed_encode_head(rl_writer *writer, const rl_feed_header *header)
{
  rl_pack_map(writer, header->origin[0] ? 4 : 3);
  rl_pack_text(writer, "source");
  rl_pack_text(writer, header->source);
  rl_pack_text(writer, "class");
  rl_pack_text(writer, header->class == RL_SOURCE_REFERENCE ? "reference" : "live");
  if (header->origin[0]) {
    rl_pack_text(writer, "origin");
    rl_pack_text(writer, header->origin);
  }
  rl_pack_text(writer, "ticks");
  rl_pack_array(writer, header->tick_count);
}

static void put_levels(rl_writer *writer, const rl_level *levels, unsigned count)
{
  rl_pack_array(writer, 2 * count);
  for (unsigned i = 0; i < count; i++) {
    rl_pack_u64(writer, levels[i].price);
    rl_pack_u64(writer, levels[i].size);
  }
}

static void put_prices(rl_writer *writer, const rl_feed_tick *tick)
{
  if (tick->withdrawn) {
    rl_pack_nil(writer);
    rl_pack_nil(writer);
  } else {
    rl_pack_u64(writer, tick->bid);
    rl_pack_u64(writer, tick->ask);
  }
}

void rl_feed_encode_tick(rl_writer *writer, const rl_feed_tick *tick)
{
  bool deep = tick->depth.bid_count > 0 || tick->depth.ask_count > 0;
  bool sized = deep || tick->bid_size != 0 || tick->ask_size != 0;
  rl_pack_array(writer, deep ? 10 : sized ? 8 : 6);
  rl_pack_text_span(writer, tick->pair, 6);
  put_prices(writer, tick);
  rl_pack_u64(writer, tick->scale);
  rl_pack_u64(writer, tick->sequence);
  rl_pack_i64(writer, tick->source_utc_ms);
  if (sized) {
    rl_pack_u64(writer, tick->bid_size);
    rl_pack_u64(writer, tick->ask_size);
  }
  if (deep) {
    put_levels(writer, tick->depth.bids, tick->depth.bid_count);
    put_levels(writer, tick->depth.asks, tick->depth.ask_count);
  }
}
