/* The board, the sources, figures, tariff, ping and events, read back by msgpack-c. */
#include "reply_helpers.h"
#include "wire/events.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char universe_text[] = "order EUR GBP USD JPY KWD\n"
                                    "pivot USD\n"
                                    "session day UTC Thursday 08:00 - Thursday 18:00\n"
                                    "pair EUR USD scale=6 pip=4\n"
                                    "pair USD JPY scale=4 pip=2\n"
                                    "pair GBP USD scale=2 pip=4 session=day\n"
                                    "pair EUR JPY scale=2 pip=2\n"
                                    "pair GBP JPY scale=2 pip=3\n"
                                    "pair USD KWD scale=0 pip=12\n";

static rl_universe *universe;

static void make_universe(void)
{
  rl_error error;
  cr_assert_eq(rl_universe_parse(universe_text, strlen(universe_text), "test", &universe, &error),
               RL_OK, "%s", error.text);
}

static void drop_universe(void) { rl_universe_destroy(universe); }

TestSuite(wire_board, .init = make_universe, .fini = drop_universe);

static rl_pair pair_named(const char *name)
{
  rl_pair pair;
  cr_assert_eq(rl_universe_find_name(universe, name, strlen(name), &pair), RL_OK);
  return pair;
}

static rl_composite composite_of(const char *name, uint32_t bid, uint32_t mid, uint32_t ask)
{
  rl_pair pair = pair_named(name);
  rl_composite out = {.pair = pair,
                      .scale = rl_universe_pair_spec(universe, pair)->scale,
                      .tick_count = 2,
                      .version = UINT64_MAX,
                      .bid_half = bid,
                      .mid_half = mid,
                      .ask_half = ask};
  out.ticks[0].arrival_mono_ns = 1000000000;
  out.ticks[1].arrival_mono_ns = 1500000000;
  return out;
}

static const msgpack_object *read_row(reply *out, const rl_composite *composite, int64_t now_ns)
{
  rl_writer writer = rl_writer_over(out->bytes, RL_REPLY_ROW_MAX);
  rl_reply_spread_row(&writer, universe, composite, NULL, (rl_now){.mono.ns = now_ns});
  return read_reply(out, &writer);
}

Test(wire_board, a_row_shows_half_units_exactly)
{
  static reply out;
  rl_composite composite = composite_of("EURUSD", 2250401, 2250500, 2250600);
  composite.volatility_ppm = 3000;
  const msgpack_object *row = read_row(&out, &composite, 1501999999);
  cr_expect_eq(row->via.map.size, 11);
  expect_text(row, "pair", "EURUSD");
  expect_text(row, "status", "ok");
  expect_text(row, "bid", "1.1252005");
  expect_text(row, "mid", "1.1252500");
  expect_text(row, "ask", "1.1253000");
  expect_text(row, "spread_pips", "0.995");
  expect_number(row, "sources", 2);
  expect_number(row, "age_ms", 1);
  expect_natural(row, "version", UINT64_MAX);
  expect_text(row, "session", "open");
  expect_number(row, "volatility_ppm", 3000);
  msgpack_unpacked_destroy(&out.unpacked);
}

Test(wire_board, a_row_tells_when_the_market_is_closed)
{
  static reply out;
  rl_composite composite = composite_of("GBPUSD", 266, 266, 266);
  for (int hour = 17; hour <= 18; hour++) { /* 1970-01-01 was a Thursday */
    rl_writer writer = rl_writer_over(out.bytes, RL_REPLY_ROW_MAX);
    rl_reply_spread_row(&writer, universe, &composite, NULL, (rl_now){.utc.ms = hour * 3600000});
    expect_text(read_reply(&out, &writer), "session", hour < 18 ? "open" : "closed");
    msgpack_unpacked_destroy(&out.unpacked);
  }
}

Test(wire_board, pips_follow_the_pair)
{
  static const struct {
    const char *pair;
    uint32_t bid, ask;
    const char *pips;
  } cases[] = {
    {"EURUSD", 2250400, 2250600, "1"},
    {"EURUSD", 2250400, 2250400, "0"},
    {"EURUSD", 2, 1999999998, "9999999.98"},
    {"USDJPY", 3000000, 3000150, "0.75"},
    {"GBPUSD", 266, 267, "50"},   /* a pip is finer than the scale */
    {"GBPUSD", 266, 266, "0"},
    {"EURJPY", 33201, 33204, "1.5"}, /* half a unit is half a pip */
    {"GBPJPY", 40001, 40004, "15"},  /* half a unit is five pips */
    {"USDKWD", 6, 7, "500000000000"},
  };
  static reply out;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    rl_composite composite =
      composite_of(cases[i].pair, cases[i].bid, cases[i].bid, cases[i].ask);
    const msgpack_object *row = read_row(&out, &composite, 1500000000);
    expect_text(row, "spread_pips", cases[i].pips);
    msgpack_unpacked_destroy(&out.unpacked);
  }
}

Test(wire_board, a_refused_pair_shows_its_refusal_and_no_price)
{
  static const rl_refusal refusals[] = {RL_REFUSAL_NO_RATE, RL_REFUSAL_STALE_RATE,
                                        RL_REFUSAL_TOO_FEW_SOURCES, RL_REFUSAL_SOURCES_DISAGREE,
                                        RL_REFUSAL_MARKET_BUSY};
  static reply out;
  for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
    rl_composite composite = composite_of("EURUSD", 0, 0, 0);
    composite.refusal = refusals[i];
    composite.tick_count = 0;
    composite.volatility_ppm = RL_VOLATILITY_UNKNOWN;
    const msgpack_object *row = read_row(&out, &composite, 9000000000);
    cr_expect_eq(row->via.map.size, 11);
    expect_nil(row, "volatility_ppm");
    expect_text(row, "status", rl_refusal_name(refusals[i]));
    expect_nil(row, "bid");
    expect_nil(row, "mid");
    expect_nil(row, "ask");
    expect_nil(row, "spread_pips");
    expect_nil(row, "age_ms");
    expect_number(row, "sources", 0);
    msgpack_unpacked_destroy(&out.unpacked);
  }
}

Test(wire_board, an_arrival_ahead_of_now_is_of_age_zero)
{
  static reply out;
  rl_composite composite = composite_of("EURUSD", 2, 2, 2);
  const msgpack_object *row = read_row(&out, &composite, 1400000000);
  expect_number(row, "age_ms", 0);
  msgpack_unpacked_destroy(&out.unpacked);
}

Test(wire_board, rows_stand_in_an_array_under_their_name)
{
  static reply out;
  rl_composite first = composite_of("EURUSD", 2, 2, 2), second = composite_of("USDJPY", 4, 4, 4);
  rl_writer writer = rl_writer_over(out.bytes, RL_REPLY_MAX);
  rl_reply_open_rows(&writer, "spreads", 2);
  rl_reply_spread_row(&writer, universe, &first, NULL, (rl_now){.mono.ns = 0});
  rl_reply_spread_row(&writer, universe, &second, NULL, (rl_now){.mono.ns = 0});
  const msgpack_object *map = read_reply(&out, &writer);
  expect_bool(map, "ok", true);
  const msgpack_object *rows = oracle_get(map, "spreads");
  cr_assert(rows->type == MSGPACK_OBJECT_ARRAY && rows->via.array.size == 2);
  expect_text(&rows->via.array.ptr[1], "pair", "USDJPY");
  msgpack_unpacked_destroy(&out.unpacked);
}

static void expect_counters(const msgpack_object *row, const uint64_t verdicts[RL_VERDICT_COUNT])
{
  const msgpack_object *counters = oracle_get(row, "counters");
  cr_assert_eq(counters->via.map.size, RL_VERDICT_COUNT);
  for (unsigned i = 0; i < RL_VERDICT_COUNT; i++)
    expect_natural(counters, rl_verdict_name((rl_verdict)i), verdicts[i]);
}

Test(wire_board, a_source_row_counts_what_became_of_its_ticks)
{
  static reply out;
  rl_source_info info = {.name = "a-source-of-15b",
                         .class = RL_SOURCE_REFERENCE,
                         .ticks = UINT64_MAX,
                         .gaps = UINT64_MAX,
                         .repeats = UINT64_MAX - 1,
                         .clock = RL_CLOCK_UNKNOWN,
                         .last_mono_ns = 1};
  for (unsigned i = 0; i < RL_VERDICT_COUNT; i++)
    info.verdicts[i] = UINT64_MAX - i;
  rl_writer writer = rl_writer_over(out.bytes, RL_REPLY_ROW_MAX);
  rl_reply_source_row(&writer, universe, &info, (rl_mono){INT64_MAX});
  const msgpack_object *row = read_reply(&out, &writer);
  cr_expect_eq(row->via.map.size, 12);
  expect_text(row, "source", "a-source-of-15b");
  expect_text(row, "class", "reference");
  expect_natural(row, "ticks", UINT64_MAX);
  expect_counters(row, info.verdicts);
  expect_natural(row, "gaps", UINT64_MAX);
  expect_natural(row, "repeats", UINT64_MAX - 1);
  expect_text(row, "clock", "unknown");
  expect_nil(row, "clock_offset_ms");
  expect_nil(row, "lag_ms");
  expect_nil(row, "outlier_pair");
  expect_number(row, "outlier_ppm", 0);
  expect_number(row, "age_ms", (INT64_MAX - 1) / 1000000);
  msgpack_unpacked_destroy(&out.unpacked);
}

Test(wire_board, a_source_row_says_what_is_wrong_with_its_clock_and_its_rates)
{
  static reply out;
  rl_source_info info = {.name = "a-source-of-15b",
                         .class = RL_SOURCE_REFERENCE,
                         .ticks = UINT64_MAX,
                         .gaps = UINT64_MAX,
                         .repeats = UINT64_MAX,
                         .last_mono_ns = 1,
                         .clock = RL_CLOCK_BEHIND,
                         .clock_offset_ms = INT64_MIN,
                         .lag_ms = INT64_MAX,
                         .outlier_ppm = 1000000,
                         .outlier_pair = pair_named("USDJPY")};
  for (unsigned i = 0; i < RL_VERDICT_COUNT; i++)
    info.verdicts[i] = UINT64_MAX;
  rl_writer writer = rl_writer_over(out.bytes, RL_REPLY_ROW_MAX);
  rl_reply_source_row(&writer, universe, &info, (rl_mono){INT64_MAX});
  const msgpack_object *row = read_reply(&out, &writer);
  expect_text(row, "clock", "behind");
  expect_number(row, "clock_offset_ms", INT64_MIN);
  expect_number(row, "lag_ms", INT64_MAX);
  expect_text(row, "outlier_pair", "USDJPY");
  expect_number(row, "outlier_ppm", 1000000);
  msgpack_unpacked_destroy(&out.unpacked);
}

Test(wire_board, a_source_that_never_spoke_has_no_age)
{
  static reply out;
  rl_source_info info = {.name = "new", .class = RL_SOURCE_LIVE};
  rl_writer writer = rl_writer_over(out.bytes, RL_REPLY_ROW_MAX);
  rl_reply_source_row(&writer, universe, &info, (rl_mono){5});
  const msgpack_object *row = read_reply(&out, &writer);
  expect_text(row, "class", "live");
  expect_nil(row, "age_ms");
  msgpack_unpacked_destroy(&out.unpacked);
}

Test(wire_board, a_source_of_a_pair_shows_its_last_price)
{
  static reply out;
  rl_source_pair_stats stats = {.seen = true,
                                .votes = true,
                                .gaps = UINT64_MAX,
                                .repeats = UINT64_MAX,
                                .composites = UINT64_MAX,
                                .outliers = UINT64_MAX - 1,
                                .outlier_ppm = 1000000,
                                .sequence = UINT64_MAX,
                                .source_utc_ms = INT64_MIN,
                                .arrival_mono_ns = 1,
                                .bid = 999999998,
                                .ask = 999999999};
  for (unsigned i = 0; i < RL_VERDICT_COUNT; i++)
    stats.verdicts[i] = UINT64_MAX - i;
  rl_writer writer = rl_writer_over(out.bytes, RL_REPLY_ROW_MAX);
  rl_reply_source_pair_row(&writer, universe, pair_named("EURUSD"), "a-source-of-15b", &stats,
                           (rl_mono){INT64_MAX});
  const msgpack_object *row = read_reply(&out, &writer);
  cr_expect_eq(row->via.map.size, 14);
  expect_text(row, "source", "a-source-of-15b");
  expect_text(row, "pair", "EURUSD");
  expect_bool(row, "votes", true);
  expect_text(row, "bid", "999.999998");
  expect_text(row, "ask", "999.999999");
  expect_natural(row, "sequence", UINT64_MAX);
  expect_number(row, "source_time", INT64_MIN);
  expect_number(row, "age_ms", (INT64_MAX - 1) / 1000000);
  expect_counters(row, stats.verdicts);
  expect_natural(row, "gaps", UINT64_MAX);
  expect_natural(row, "repeats", UINT64_MAX);
  expect_natural(row, "composites", UINT64_MAX);
  expect_natural(row, "outliers", UINT64_MAX - 1);
  expect_number(row, "outlier_ppm", 1000000);
  msgpack_unpacked_destroy(&out.unpacked);
}

Test(wire_board, a_source_without_a_good_tick_has_no_price)
{
  static reply out;
  rl_source_pair_stats stats = {.seen = true};
  rl_writer writer = rl_writer_over(out.bytes, RL_REPLY_ROW_MAX);
  rl_reply_source_pair_row(&writer, universe, pair_named("USDJPY"), "s", &stats, (rl_mono){9});
  const msgpack_object *row = read_reply(&out, &writer);
  expect_nil(row, "bid");
  expect_nil(row, "ask");
  expect_nil(row, "outlier_ppm");
  expect_nil(row, "age_ms");
  expect_bool(row, "votes", false);
  msgpack_unpacked_destroy(&out.unpacked);
}

Test(wire_board, figures_stand_under_their_names)
{
  static reply out;
  const rl_figure figures[] = {{"messages", 7}, {"quotes_issued", UINT64_MAX}};
  rl_writer writer = rl_writer_over(out.bytes, RL_REPLY_MAX);
  rl_reply_stats(&writer, figures, 2);
  const msgpack_object *map = read_reply(&out, &writer);
  cr_expect_eq(map->via.map.size, 3);
  expect_bool(map, "ok", true);
  expect_number(map, "messages", 7);
  expect_natural(map, "quotes_issued", UINT64_MAX);
  msgpack_unpacked_destroy(&out.unpacked);
}

/* A text of some length, with the name in it. */
static void write_tariff(const char *name, char text[3000])
{
  snprintf(text, 3000, "tariff: %s\nlocks: [{ ttl: 30s }]\nrules: [{ name: all }]\n#%02900d", name,
           0);
}

static rl_tariff *parsed(const char *text)
{
  rl_tariff *out;
  rl_error error;
  cr_assert_eq(rl_tariff_parse(text, strlen(text), "test", &out, &error), RL_OK, "%s", error.text);
  return out;
}

static void expect_hash(const msgpack_object *map, const char *key, const char *text)
{
  char hash[RL_DIGEST_TEXT_SIZE];
  rl_digest_format(rl_digest_of(text, strlen(text)), hash);
  expect_text(map, key, hash);
}

Test(wire_board, the_tariff_is_shown_with_its_text)
{
  static reply out;
  static char text[3000];
  rl_tariffs *tariffs;
  write_tariff("retail-2026", text);
  cr_assert_eq(rl_tariffs_create(parsed(text), NULL, 0, &tariffs), RL_OK);
  rl_writer writer = rl_writer_over(out.bytes, sizeof out.bytes);
  rl_reply_tariff(&writer, tariffs);
  const msgpack_object *map = read_reply(&out, &writer);
  cr_expect_eq(map->via.map.size, 8);
  expect_bool(map, "ok", true);
  expect_text(map, "name", "retail-2026");
  expect_hash(map, "hash", text);
  expect_text(map, "text", text);
  expect_nil(map, "trial");
  expect_nil(map, "trial_hash");
  expect_nil(map, "trial_text");
  expect_number(map, "percent", 0);
  msgpack_unpacked_destroy(&out.unpacked);
  rl_tariffs_destroy(tariffs);
}

Test(wire_board, the_trial_is_shown_beside_the_tariff)
{
  static reply out;
  static char text[3000], trial_text[3000];
  rl_tariffs *tariffs;
  write_tariff("retail-2026", text);
  write_tariff("retail-2027", trial_text);
  cr_assert_eq(rl_tariffs_create(parsed(text), parsed(trial_text), 5, &tariffs), RL_OK);
  rl_writer writer = rl_writer_over(out.bytes, sizeof out.bytes);
  rl_reply_tariff(&writer, tariffs);
  const msgpack_object *map = read_reply(&out, &writer);
  expect_text(map, "name", "retail-2026");
  expect_text(map, "trial", "retail-2027");
  expect_hash(map, "trial_hash", trial_text);
  expect_text(map, "trial_text", trial_text);
  expect_number(map, "percent", 5);
  msgpack_unpacked_destroy(&out.unpacked);
  rl_in_force in_force = rl_tariffs_in_force(tariffs);
  rl_tariffs_destroy(tariffs);
  writer = rl_writer_over(out.bytes, RL_REPLY_MAX);
  rl_reply_reload(&writer, &in_force);
  map = read_reply(&out, &writer);
  cr_expect_eq(map->via.map.size, 6);
  expect_bool(map, "ok", true);
  expect_text(map, "tariff", "retail-2026");
  expect_hash(map, "hash", text);
  expect_text(map, "trial", "retail-2027");
  expect_hash(map, "trial_hash", trial_text);
  expect_number(map, "percent", 5);
  msgpack_unpacked_destroy(&out.unpacked);
}

Test(wire_board, a_ping_tells_who_answers)
{
  static reply out;
  rl_store_id store = {{0x01, 0x9a, [15] = 0xff}};
  rl_writer writer = rl_writer_over(out.bytes, RL_REPLY_MAX);
  rl_engine_id engine = {{0xfe, [7] = 0x01}};
  rl_reply_ping(&writer, &store, engine, true, 30, "recording", (rl_utc){1750000000000});
  const msgpack_object *map = read_reply(&out, &writer);
  cr_expect_eq(map->via.map.size, 9);
  expect_bool(map, "ok", true);
  expect_text(map, "engine", "ratelock");
  expect_text(map, "engine_id", "fe00000000000001");
  cr_expect_eq(oracle_get(map, "version")->type, MSGPACK_OBJECT_STR);
  expect_text(map, "store", "019a00000000000000000000000000ff");
  expect_bool(map, "ready", true);
  expect_number(map, "pairs_priced", 30);
  expect_text(map, "tape", "recording");
  expect_number(map, "now", 1750000000000);
  msgpack_unpacked_destroy(&out.unpacked);
}

/* The map behind the topic; fails when the event starts otherwise. */
static const msgpack_object *read_event(reply *out, rl_writer *writer, const char *topic)
{
  size_t length = strlen(topic);
  cr_assert(!writer->failed && writer->used > length);
  cr_assert(memcmp(out->bytes, topic, length) == 0, "%.*s", (int)length, (char *)out->bytes);
  cr_assert(oracle_read(out->bytes + length, writer->used - length, &out->unpacked));
  return &out->unpacked.data;
}

Test(wire_board, a_life_event_has_its_topic_and_its_quote)
{
  static const char *const topics[] = {"quote.issued ", "quote.consumed ", "quote.cancelled ",
                                       "quote.revoked ", "quote.expired "};
  static reply out;
  rl_quote_id id;
  rl_currency usd, eur;
  cr_assert_eq(rl_quote_id_parse("01ARZ3NDEKTSV4RRFFQ69G5FAV", 26, &id), RL_OK);
  cr_assert(rl_currency_find("USD", 3, &usd) == RL_OK && rl_currency_find("EUR", 3, &eur) == RL_OK);
  for (rl_life life = RL_LIFE_ISSUED; life <= RL_LIFE_EXPIRED; life++) {
    rl_writer writer = rl_writer_over(out.bytes, RL_EVENT_MAX);
    rl_event_encode_life(&writer, life, id, "shop", usd, eur, (rl_utc){1750000000000});
    const msgpack_object *map = read_event(&out, &writer, topics[life]);
    cr_expect_eq(map->via.map.size, 5);
    expect_text(map, "quote", "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    expect_text(map, "client", "shop");
    expect_text(map, "from", "USD");
    expect_text(map, "to", "EUR");
    expect_number(map, "at", 1750000000000);
    msgpack_unpacked_destroy(&out.unpacked);
  }
}

Test(wire_board, an_event_leaves_nil_what_is_not_known)
{
  static const char *const clients[] = {NULL, ""};
  static reply out;
  for (unsigned i = 0; i < 2; i++) {
    rl_writer writer = rl_writer_over(out.bytes, RL_EVENT_MAX);
    rl_event_encode_life(&writer, RL_LIFE_EXPIRED, (rl_quote_id){{0}}, clients[i],
                         RL_CURRENCY_NONE, RL_CURRENCY_NONE, (rl_utc){1});
    const msgpack_object *map = read_event(&out, &writer, "quote.expired ");
    expect_nil(map, "client");
    expect_nil(map, "from");
    expect_nil(map, "to");
    msgpack_unpacked_destroy(&out.unpacked);
  }
}

Test(wire_board, a_composite_event_is_a_row_of_the_board)
{
  static reply out;
  rl_composite composite = composite_of("EURUSD", 2250400, 2250500, 2250600);
  rl_writer writer = rl_writer_over(out.bytes, RL_EVENT_MAX);
  rl_event_encode_composite(&writer, universe, &composite, NULL, (rl_now){.mono.ns = 1500000000});
  const msgpack_object *map = read_event(&out, &writer, "composite.EURUSD ");
  cr_expect_eq(map->via.map.size, 11);
  expect_text(map, "pair", "EURUSD");
  expect_text(map, "mid", "1.1252500");
  msgpack_unpacked_destroy(&out.unpacked);
}
