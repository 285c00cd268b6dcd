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

static unsigned seldom_of(const rl_tape_feed *last, const rl_tick *tick)
{
  unsigned seldom = 0;
  if (tick->scale != last->scale)
    seldom |= OTHER_SCALE;
  if (tick->bid_size != last->bid_size || tick->ask_size != last->ask_size)
    seldom |= OTHER_SIZES;
  if (tick->depth)
    seldom |= HAS_DEPTH;
  if (tick->withdrawn)
    seldom |= WITHDRAWN;
  return seldom;
}

static void put_instant(rl_tape_context *context, rl_now now, unsigned first, unsigned second,
                        rl_writer *out)
{
  if (!(first & SAME_INSTANT))
    rl_put_varint(out, (uint64_t)now.mono.ns - (uint64_t)context->now.mono.ns);
  if (second & WALL_OFF) {
    int64_t expected = rl_tape_expected_utc_ms(context, now.mono.ns);
    rl_put_signed(out, rl_tape_difference((uint64_t)expected, (uint64_t)now.utc.ms));
    rl_tape_learn_phase(context, now, expected);
  }
  context->now = now;
}

void rl_tape_record_put_update(rl_tape_context *context, rl_source source, const rl_tick *tick,
                          rl_verdict verdict, rl_now now, const rl_market_face *face,
                          rl_writer *out)
{
  rl_tape_feed *last = rl_tape_feed_of(context, source, tick->pair);
  rl_market_face *last_face = face ? rl_tape_face_of(context, tick->pair) : NULL;
  int64_t lag_ms = rl_tape_difference((uint64_t)now.utc.ms, (uint64_t)tick->source_utc_ms);
  bool same_instant = now.mono.ns == context->now.mono.ns && now.utc.ms == context->now.utc.ms;
  bool wall_off = !same_instant && now.utc.ms != rl_tape_expected_utc_ms(context, now.mono.ns);
  unsigned seldom = seldom_of(last, tick);
  unsigned first = KIND_UPDATE | (same_instant ? SAME_INSTANT : 0u) |
                   (source.index == context->source ? SAME_SOURCE : 0u) |
                   (tick->pair.index == context->pair ? SAME_PAIR : 0u) |
                   (tick->sequence == last->sequence + 1 ? NEXT_SEQUENCE : 0u) |
                   (lag_ms == last->lag_ms ? SAME_LAG : 0u) | (seldom ? SELDOM : 0u);
  unsigned second = (unsigned)verdict | (wall_off ? WALL_OFF : 0u);
  if (face)
    second |= PUBLISHED | (same_prices(last_face, face) ? SAME_PRICES : 0u) |
              (face_is_expected(last_face, face) ? 0u : UNEXPECTED);
  rl_put_u8(out, (uint8_t)first);
  rl_put_u8(out, (uint8_t)second);
  put_instant(context, now, first, second, out);
  if (!(first & SAME_SOURCE))
    rl_put_u8(out, source.index);
  if (!(first & SAME_PAIR))
    rl_put_varint(out, tick->pair.index);
  if (!(first & NEXT_SEQUENCE))
    rl_put_signed(out, rl_tape_difference(last->sequence + 1, tick->sequence));
  if (!(first & SAME_LAG))
    rl_put_signed(out, rl_tape_difference((uint64_t)last->lag_ms, (uint64_t)lag_ms));
  int64_t bid = (int64_t)tick->bid - last->bid;
  rl_put_signed(out, bid);
  rl_put_signed(out, (int64_t)tick->ask - last->ask - bid);
  if (seldom)
    put_seldom(last, tick, seldom, out);
  if (face) {
    put_face(last_face, face, second, out);
    *last_face = *face;
  }
  rl_tape_feed_note(last, tick, lag_ms);
  context->source = source.index;
  context->pair = tick->pair.index;
}
