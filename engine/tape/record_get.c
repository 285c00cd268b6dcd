/* Bytes as records, whatever the bytes. record.h has the layout. */
#include "tape/record_context.h"

static rl_market_face expected_face(const rl_market_face *last)
{
  rl_market_face face = *last;
  face.version++;
  return face;
}

/* base + the difference read, of 32 bits; the reader fails beyond them. */
static uint32_t get_u32_near(rl_reader *bytes, int64_t base)
{
  int64_t value;
  if (__builtin_add_overflow(base, rl_get_signed(bytes), &value) || value < 0 ||
      value > UINT32_MAX) {
    bytes->failed = true;
    return 0;
  }
  return (uint32_t)value;
}

static uint64_t get_u64_near(rl_reader *bytes, uint64_t base)
{
  return base + (uint64_t)rl_get_signed(bytes);
}

/* A number below `bound`; the reader fails at others. */
static uint32_t get_below(rl_reader *bytes, uint64_t bound)
{
  uint64_t value = rl_get_varint(bytes);
  if (value >= bound) {
    bytes->failed = true;
    return 0;
  }
  return (uint32_t)value;
}

static uint8_t get_u8_below(rl_reader *bytes, unsigned bound)
{
  uint8_t value = rl_get_u8(bytes);
  if (value >= bound) {
    bytes->failed = true;
    return 0;
  }
  return value;
}

static void get_levels(rl_reader *bytes, uint32_t best, unsigned count, rl_level *levels)
{
  uint32_t price = best;
  for (unsigned i = 0; i < count; i++) {
    levels[i].price = price = get_u32_near(bytes, price);
    levels[i].size = get_below(bytes, 1ull << 32);
  }
}

static void get_seldom(rl_reader *bytes, const rl_tape_feed *last, rl_tape_record *out)
{
  unsigned seldom = rl_get_u8(bytes);
  rl_tick *tick = &out->tick;
  if (seldom == 0 || seldom & ~(unsigned)SELDOM_MASK)
    bytes->failed = true;
  if (seldom & OTHER_SCALE)
    tick->scale = rl_get_u8(bytes);
  if (seldom & OTHER_SIZES) {
    tick->bid_size = get_u64_near(bytes, last->bid_size);
    tick->ask_size = get_u64_near(bytes, last->ask_size);
  }
  if (seldom & HAS_DEPTH) {
    out->depth.bid_count = get_u8_below(bytes, RL_LEVELS_MAX);
    out->depth.ask_count = get_u8_below(bytes, RL_LEVELS_MAX);
    get_levels(bytes, tick->bid, out->depth.bid_count, out->depth.bids);
    get_levels(bytes, tick->ask, out->depth.ask_count, out->depth.asks);
    tick->depth = &out->depth;
  }
  tick->withdrawn = seldom & WITHDRAWN;
  out->resumed = seldom & RESUMED;
}

static void get_face(rl_reader *bytes, rl_market_face *last, unsigned second, rl_tape_record *out)
{
  rl_market_face face = expected_face(last);
  if (second & UNEXPECTED) {
    face.version = get_u64_near(bytes, face.version);
    face.refusal = (rl_refusal)get_below(bytes, 1 << 16);
    face.tick_count = get_u8_below(bytes, RL_SOURCES_PER_PAIR_MAX + 1);
    face.volatility_ppm = get_u32_near(bytes, last->volatility_ppm);
  }
  if (!(second & SAME_PRICES)) {
    face.mid_half = get_u32_near(bytes, last->mid_half);
    int64_t mid = (int64_t)face.mid_half - last->mid_half;
    face.bid_half = get_u32_near(bytes, last->bid_half + mid);
    face.ask_half = get_u32_near(bytes, last->ask_half + mid);
  }
  *last = out->face = face;
}

/* Beyond these the market's arithmetic would leave its integers. */
static bool is_instant(rl_now now)
{
  return now.mono.ns >= 0 && now.mono.ns <= INT64_MAX / 2 && now.utc.ms >= 0 &&
         now.utc.ms <= RL_INSTANT_MAX_MS;
}

static void get_instant(rl_tape_context *context, rl_reader *bytes, unsigned first,
                        unsigned second)
{
  if (first & SAME_INSTANT) {
    bytes->failed |= (second & WALL_OFF) != 0;
    return;
  }
  rl_now now = {{(int64_t)((uint64_t)context->now.mono.ns + rl_get_varint(bytes))}, {0}};
  int64_t expected = rl_tape_expected_utc_ms(context, now.mono.ns);
  now.utc.ms = expected;
  if (second & WALL_OFF) {
    now.utc.ms = (int64_t)get_u64_near(bytes, (uint64_t)expected);
    rl_tape_learn_phase(context, now, expected);
  }
  bytes->failed |= !is_instant(now);
  context->now = now;
}

static void get_update(rl_tape_context *context, rl_reader *bytes, unsigned first,
                       rl_tape_record *out)
{
  unsigned second = rl_get_u8(bytes);
  out->verdict = (rl_verdict)(second & VERDICT_MASK);
  if (out->verdict >= RL_VERDICT_COUNT)
    bytes->failed = true;
  get_instant(context, bytes, first, second);
  out->source.index = first & SAME_SOURCE ? context->source : get_u8_below(bytes, RL_SOURCES_MAX);
  out->pair.index = first & SAME_PAIR ? context->pair : (uint16_t)get_below(bytes, RL_PAIRS_MAX);
  rl_tape_feed *last = rl_tape_feed_of(context, out->source, out->pair);
  rl_tick *tick = &out->tick;
  *tick = (rl_tick){.pair = out->pair, .scale = last->scale, .bid_size = last->bid_size,
                    .ask_size = last->ask_size, .sequence = last->sequence + 1};
  if (!(first & NEXT_SEQUENCE))
    tick->sequence = get_u64_near(bytes, tick->sequence);
  int64_t lag_ms = last->lag_ms;
  if (!(first & SAME_LAG))
    lag_ms = (int64_t)get_u64_near(bytes, (uint64_t)lag_ms);
  tick->source_utc_ms = (int64_t)((uint64_t)context->now.utc.ms + (uint64_t)lag_ms);
  tick->bid = get_u32_near(bytes, last->bid);
  tick->ask = get_u32_near(bytes, (int64_t)last->ask + tick->bid - last->bid);
  out->resumed = false;
  if (first & SELDOM)
    get_seldom(bytes, last, out);
  out->published = second & PUBLISHED;
  if (out->published)
    get_face(bytes, rl_tape_face_of(context, out->pair), second, out);
  else if (second & (SAME_PRICES | UNEXPECTED))
    bytes->failed = true;
  rl_tape_feed_note(last, tick, lag_ms);
  context->source = out->source.index;
  context->pair = out->pair.index;
}

static void get_source(rl_reader *bytes, rl_tape_record *out)
{
  out->source.index = get_u8_below(bytes, RL_SOURCES_MAX);
  out->class = (rl_source_class)get_u8_below(bytes, RL_SOURCE_REFERENCE + 1);
  rl_get_text(bytes, out->name, sizeof out->name);
}

static void get_pair(rl_reader *bytes, rl_tape_record *out)
{
  out->pair.index = (uint16_t)get_below(bytes, RL_PAIRS_MAX);
  out->state_size = get_below(bytes, bytes->size + 1);
  if (bytes->failed || out->state_size > bytes->size - bytes->used) {
    bytes->failed = true;
    return;
  }
  out->state = bytes->bytes + bytes->used;
  bytes->used += out->state_size;
}

static void get_reset(rl_tape_context *context, rl_reader *bytes)
{
  rl_now now;
  now.mono.ns = rl_get_i64(bytes);
  now.utc.ms = rl_get_i64(bytes);
  bytes->failed |= !is_instant(now);
  rl_tape_context_reset(context, now);
}

static void get_other(rl_tape_context *context, rl_reader *bytes, rl_tape_record *out)
{
  switch (out->kind) {
  case RL_TAPE_RECORD_RESET: get_reset(context, bytes); break;
  case RL_TAPE_RECORD_SOURCE: get_source(bytes, out); break;
  case RL_TAPE_RECORD_PAIR: get_pair(bytes, out); break;
  case RL_TAPE_RECORD_WHOLE: break;
  case RL_TAPE_RECORD_GAP: out->lost = rl_get_varint(bytes); break;
  case RL_TAPE_RECORD_HALTED:
    out->halted_place = get_below(bytes, RL_HALTED_WORDS(RL_PAIRS_MAX));
    out->halted = rl_get_varint(bytes);
    break;
  case RL_TAPE_RECORD_UPDATE: bytes->failed = true; break;
  }
}

bool rl_tape_record_get(rl_tape_context *context, rl_reader *bytes, rl_tape_record *out)
{
  unsigned first = rl_get_u8(bytes);
  out->kind = RL_TAPE_RECORD_UPDATE;
  if ((first & KIND_MASK) == KIND_UPDATE) {
    get_update(context, bytes, first, out);
  } else {
    unsigned kind = first >> OTHER_SHIFT;
    if ((first & KIND_MASK) != KIND_OTHER || kind > RL_TAPE_RECORD_HALTED)
      bytes->failed = true;
    out->kind = (rl_tape_record_kind)kind;
    if (!bytes->failed)
      get_other(context, bytes, out);
  }
  out->now = context->now;
  return !bytes->failed;
}
