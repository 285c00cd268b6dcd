/* Records as bytes. record.h has the layout. */
#include "tape/record_context.h"

static bool face_is_expected(const rl_market_face *last, const rl_market_face *face)
{
  return face->version == last->version + 1 && face->refusal == last->refusal &&
         face->tick_count == last->tick_count && face->volatility_ppm == last->volatility_ppm;
}

static bool same_prices(const rl_market_face *last, const rl_market_face *face)
{
  return face->bid_half == last->bid_half && face->mid_half == last->mid_half &&
         face->ask_half == last->ask_half;
}

static void put_kind(rl_tape_record_kind kind, rl_writer *out)
{
  rl_put_u8(out, (uint8_t)(KIND_OTHER | kind << OTHER_SHIFT));
}

void rl_tape_record_put_reset(rl_tape_context *context, rl_now now, rl_writer *out)
{
  put_kind(RL_TAPE_RECORD_RESET, out);
  rl_put_i64(out, now.mono.ns);
  rl_put_i64(out, now.utc.ms);
  rl_tape_context_reset(context, now);
}

void rl_tape_record_put_source(rl_source source, rl_source_class class, const char *name,
                          rl_writer *out)
{
  put_kind(RL_TAPE_RECORD_SOURCE, out);
  rl_put_u8(out, source.index);
  rl_put_u8(out, (uint8_t)class);
  rl_put_text(out, name);
}

void rl_tape_record_put_pair(rl_pair pair, const void *state, size_t size, rl_writer *out)
{
  put_kind(RL_TAPE_RECORD_PAIR, out);
  rl_put_varint(out, pair.index);
  rl_put_varint(out, size);
  rl_put_bytes(out, state, size);
}

void rl_tape_record_put_whole(rl_writer *out)
{
  put_kind(RL_TAPE_RECORD_WHOLE, out);
}

void rl_tape_record_put_gap(uint64_t lost, rl_writer *out)
{
  put_kind(RL_TAPE_RECORD_GAP, out);
  rl_put_varint(out, lost);
}

void rl_tape_record_put_halted(unsigned place, uint64_t halted, rl_writer *out)
{
  put_kind(RL_TAPE_RECORD_HALTED, out);
  rl_put_varint(out, place);
  rl_put_varint(out, halted);
}

static void put_levels(const rl_level *levels, unsigned count, uint32_t best, rl_writer *out)
{
  uint32_t price = best;
  for (unsigned i = 0; i < count; i++) {
    rl_put_signed(out, (int64_t)levels[i].price - price);
    rl_put_varint(out, levels[i].size);
    price = levels[i].price;
  }
}

static void put_seldom(const rl_tape_feed *last, const rl_tick *tick, unsigned seldom,
                       rl_writer *out)
{
  rl_put_u8(out, (uint8_t)seldom);
  if (seldom & OTHER_SCALE)
    rl_put_u8(out, tick->scale);
  if (seldom & OTHER_SIZES) {
    rl_put_signed(out, rl_tape_difference(last->bid_size, tick->bid_size));
    rl_put_signed(out, rl_tape_difference(last->ask_size, tick->ask_size));
  }
  if (seldom & HAS_DEPTH) {
    rl_put_u8(out, tick->depth->bid_count);
    rl_put_u8(out, tick->depth->ask_count);
    put_levels(tick->depth->bids, tick->depth->bid_count, tick->bid, out);
    put_levels(tick->depth->asks, tick->depth->ask_count, tick->ask, out);
  }
}

static void put_face(const rl_market_face *last, const rl_market_face *face, unsigned second,
                     rl_writer *out)
{
  if (second & UNEXPECTED) {
    rl_put_signed(out, rl_tape_difference(last->version + 1, face->version));
    rl_put_varint(out, (uint64_t)face->refusal);
    rl_put_u8(out, face->tick_count);
    rl_put_signed(out, (int64_t)face->volatility_ppm - last->volatility_ppm);
  }
  if (second & SAME_PRICES)
    return;
  int64_t mid = (int64_t)face->mid_half - last->mid_half;
  rl_put_signed(out, mid);
  rl_put_signed(out, (int64_t)face->bid_half - last->bid_half - mid);
  rl_put_signed(out, (int64_t)face->ask_half - last->ask_half - mid);
}

static unsigned seldom_of(const rl_tape_feed *last, const rl_tape_update *update)
{
  const rl_tick *tick = update->tick;
  unsigned seldom = 0;
  if (tick->scale != last->scale)
    seldom |= OTHER_SCALE;
  if (tick->bid_size != last->bid_size || tick->ask_size != last->ask_size)
    seldom |= OTHER_SIZES;
  if (tick->depth)
    seldom |= HAS_DEPTH;
  if (tick->withdrawn)
    seldom |= WITHDRAWN;
  if (update->resumed)
    seldom |= RESUMED;
  return seldom;
}

/* The two bytes of bits that all updates begin with. */
typedef struct leading {
  unsigned first;
  unsigned second;
} leading;

static leading leading_of(const rl_tape_context *context, const rl_tape_update *update,
                          const rl_tape_feed *last, const rl_market_face *last_face,
                          int64_t lag_ms)
{
  const rl_tick *tick = update->tick;
  rl_now now = update->now;
  leading bits = {KIND_UPDATE, (unsigned)update->verdict};
  if (now.mono.ns == context->now.mono.ns && now.utc.ms == context->now.utc.ms)
    bits.first |= SAME_INSTANT;
  else if (now.utc.ms != rl_tape_expected_utc_ms(context, now.mono.ns))
    bits.second |= WALL_OFF;
  if (update->source.index == context->source)
    bits.first |= SAME_SOURCE;
  if (tick->pair.index == context->pair)
    bits.first |= SAME_PAIR;
  if (tick->sequence == last->sequence + 1)
    bits.first |= NEXT_SEQUENCE;
  if (lag_ms == last->lag_ms)
    bits.first |= SAME_LAG;
  if (seldom_of(last, update))
    bits.first |= SELDOM;
  if (update->face)
    bits.second |= PUBLISHED | (same_prices(last_face, update->face) ? SAME_PRICES : 0u) |
                   (face_is_expected(last_face, update->face) ? 0u : UNEXPECTED);
  return bits;
}

static void put_instant(rl_tape_context *context, rl_now now, leading bits, rl_writer *out)
{
  if (!(bits.first & SAME_INSTANT))
    rl_put_varint(out, (uint64_t)now.mono.ns - (uint64_t)context->now.mono.ns);
  if (bits.second & WALL_OFF) {
    int64_t expected = rl_tape_expected_utc_ms(context, now.mono.ns);
    rl_put_signed(out, rl_tape_difference((uint64_t)expected, (uint64_t)now.utc.ms));
    rl_tape_learn_phase(context, now, expected);
  }
  context->now = now;
}

static void put_tick(const rl_tape_feed *last, const rl_tape_update *update, unsigned first,
                     int64_t lag_ms, rl_writer *out)
{
  const rl_tick *tick = update->tick;
  if (!(first & SAME_SOURCE))
    rl_put_u8(out, update->source.index);
  if (!(first & SAME_PAIR))
    rl_put_varint(out, tick->pair.index);
  if (!(first & NEXT_SEQUENCE))
    rl_put_signed(out, rl_tape_difference(last->sequence + 1, tick->sequence));
  if (!(first & SAME_LAG))
    rl_put_signed(out, rl_tape_difference((uint64_t)last->lag_ms, (uint64_t)lag_ms));
  int64_t bid = (int64_t)tick->bid - last->bid;
  rl_put_signed(out, bid);
  rl_put_signed(out, (int64_t)tick->ask - last->ask - bid);
  if (first & SELDOM)
    put_seldom(last, tick, seldom_of(last, update), out);
}

void rl_tape_record_put_update(rl_tape_context *context, const rl_tape_update *update,
                               rl_writer *out)
{
  const rl_tick *tick = update->tick;
  rl_tape_feed *last = rl_tape_feed_of(context, update->source, tick->pair);
  rl_market_face *last_face = update->face ? rl_tape_face_of(context, tick->pair) : NULL;
  int64_t lag_ms = rl_tape_difference((uint64_t)update->now.utc.ms,
                                      (uint64_t)tick->source_utc_ms);
  leading bits = leading_of(context, update, last, last_face, lag_ms);
  rl_put_u8(out, (uint8_t)bits.first);
  rl_put_u8(out, (uint8_t)bits.second);
  put_instant(context, update->now, bits, out);
  put_tick(last, update, bits.first, lag_ms, out);
  if (update->face) {
    put_face(last_face, update->face, bits.second, out);
    *last_face = *update->face;
  }
  rl_tape_feed_note(last, tick, lag_ms);
  context->source = update->source.index;
  context->pair = tick->pair.index;
}
