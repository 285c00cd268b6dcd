/* Replies about quotes, read back by msgpack-c and held to the quote key by key. */
#include "reply_helpers.h"
#include "support/quotes.h"
#include "wire/reply.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define QUOTES 300

static void expect_currency(const msgpack_object *map, const char *key, rl_currency currency)
{
  expect_text(map, key, rl_currency_code(currency));
}

static void expect_pair(const msgpack_object *map, rl_currency base, rl_currency quote)
{
  char name[16];
  snprintf(name, sizeof name, "%s%s", rl_currency_code(base), rl_currency_code(quote));
  expect_text(map, "pair", name);
}

/* e8 / 10^4 without trailing zeros. */
static void expect_bps(const msgpack_object *map, const char *key, int32_t e8)
{
  char text[32];
  snprintf(text, sizeof text, "%s%d.%04d", e8 < 0 ? "-" : "", abs(e8) / 10000, abs(e8) % 10000);
  size_t length = strlen(text);
  while (text[length - 1] == '0')
    text[--length] = '\0';
  if (text[length - 1] == '.')
    text[length - 1] = '\0';
  expect_text(map, key, text);
}

static void expect_points(const msgpack_object *map, int32_t points_e1)
{
  char text[32];
  snprintf(text, sizeof text, points_e1 % 10 ? "%d.%d" : "%d", points_e1 / 10, points_e1 % 10);
  expect_text(map, "points", text);
}

static void expect_id(const msgpack_object *map, rl_quote_id id)
{
  rl_quote_id read;
  const msgpack_object *value = oracle_get(map, "quote");
  cr_assert_eq(value->type, MSGPACK_OBJECT_STR);
  cr_assert_eq(rl_quote_id_parse(value->via.str.ptr, value->via.str.size, &read), RL_OK);
  cr_expect(rl_quote_id_equal(read, id));
}

static const msgpack_object *element(const msgpack_object *map, const char *key, unsigned count,
                                     unsigned index)
{
  const msgpack_object *array = oracle_get(map, key);
  cr_assert_eq(array->type, MSGPACK_OBJECT_ARRAY, "%s", key);
  cr_assert_eq(array->via.array.size, count, "%s", key);
  return &array->via.array.ptr[index];
}

/* nil for none. */
static void expect_name(const msgpack_object *map, const char *key, const char *name)
{
  if (name[0])
    expect_text(map, key, name);
  else
    expect_nil(map, key);
}

static void expect_fees(const msgpack_object *map, const rl_terms *terms)
{
  int64_t source = 0, target = 0;
  for (unsigned i = 0; i < terms->fee_count; i++) {
    const rl_fee_line *fee = &terms->fees[i];
    const msgpack_object *line = element(map, "fees", terms->fee_count, i);
    bool of_source = fee->side == RL_FEE_SOURCE;
    cr_expect_eq(line->via.map.size, 6);
    expect_text(line, "name", fee->name);
    expect_name(line, "waived_by", fee->waived_by);
    expect_text(line, "side", of_source ? "source" : "target");
    expect_text(line, "mode", fee->mode == RL_FEE_DEDUCTED ? "deducted" : "on_top");
    expect_currency(line, "currency", of_source ? terms->source_currency : terms->target_currency);
    expect_number(line, "amount", fee->amount_minor);
    source += of_source ? fee->amount_minor : 0;
    target += of_source ? 0 : fee->amount_minor;
  }
  expect_number(map, "fee_total_source", source);
  expect_number(map, "fee_total_target", target);
}

static void expect_reference(const msgpack_object *map, const rl_terms *terms)
{
  if (!terms->reference.known) {
    expect_nil(map, "reference");
    return;
  }
  const msgpack_object *reference = oracle_get(map, "reference");
  char date[16];
  time_t seconds = terms->reference.date_utc_ms / 1000;
  struct tm parts;
  strftime(date, sizeof date, "%Y-%m-%d", gmtime_r(&seconds, &parts));
  cr_expect_eq(reference->via.map.size, 4);
  expect_decimal(reference, "rate", terms->reference.rate.mantissa, terms->reference.rate.scale);
  expect_text(reference, "provider", terms->reference.provider);
  expect_text(reference, "date", date);
  expect_bps(reference, "margin_percent", terms->reference_margin_e6); /* the same digits */
}

static void expect_ladder(const msgpack_object *map, const rl_terms *terms)
{
  expect_decimal(map, "mid_rate", terms->mid_rate.mantissa, terms->mid_rate.scale);
  expect_decimal(map, "core_rate", terms->core_rate.mantissa, terms->core_rate.scale);
  expect_decimal(map, "client_rate", terms->client_rate.mantissa, terms->client_rate.scale);
  expect_decimal(map, "effective_rate", terms->effective_rate.mantissa,
                 terms->effective_rate.scale);
  for (unsigned i = 0; i < terms->markup_count; i++) {
    const msgpack_object *line = element(map, "markups", terms->markup_count, i);
    cr_expect_eq(line->via.map.size, 3);
    expect_text(line, "name", terms->markups[i].name);
    expect_bps(line, "bps", terms->markups[i].e8);
    expect_points(line, terms->markups[i].points_e1);
  }
  if (terms->disclosure_decimals == 0 || terms->disclosure_rate.mantissa == 0)
    expect_nil(map, "disclosure_rate");
  else
    expect_decimal(map, "disclosure_rate", terms->disclosure_rate.mantissa,
                   terms->disclosure_rate.scale);
  expect_bps(map, "lock_premium_bps", terms->lock_premium_e8);
}

static void expect_value_date(const msgpack_object *map, const rl_value_date *value_date)
{
  if (!value_date->known) {
    expect_nil(map, "value_date");
    expect_nil(map, "value_date_cutoff");
    return;
  }
  char date[16];
  time_t seconds = value_date->date.day * (time_t)86400;
  struct tm parts;
  strftime(date, sizeof date, "%Y-%m-%d", gmtime_r(&seconds, &parts));
  expect_text(map, "value_date", date);
  expect_number(map, "value_date_cutoff", value_date->cutoff_utc_ms);
}

static void expect_conditions(const msgpack_object *map, const rl_conditions *conditions)
{
  const msgpack_object *told = oracle_get(map, "conditions");
  cr_expect_eq(told->via.map.size, 4);
  expect_text(map, "basis", conditions->by_reference ? "reference" : "live");
  expect_bool(told, "closed", conditions->closed);
  expect_number(told, "fewest_sources", conditions->fewest_sources);
  expect_number(told, "age_percent", conditions->age_percent);
  if (conditions->volatility_ppm == RL_VOLATILITY_UNKNOWN)
    expect_nil(told, "volatility_ppm");
  else
    expect_number(told, "volatility_ppm", conditions->volatility_ppm);
}

static void expect_legs(const msgpack_object *map, const rl_quote *quote)
{
  for (unsigned i = 0; i < quote->snapshot.leg_count; i++) {
    const rl_leg *leg = &quote->snapshot.legs[i];
    const rl_composite *composite = &leg->composite;
    const msgpack_object *row = element(map, "legs", quote->snapshot.leg_count, i);
    cr_expect_eq(row->via.map.size, 7);
    expect_pair(row, leg->base, leg->quote);
    expect_bool(row, "inverted", leg->inverted);
    expect_decimal(row, "bid", 5ull * composite->bid_half, composite->scale + 1u);
    expect_decimal(row, "mid", 5ull * composite->mid_half, composite->scale + 1u);
    expect_decimal(row, "ask", 5ull * composite->ask_half, composite->scale + 1u);
    expect_natural(row, "version", composite->version);
    if (quote->has_evidence)
      expect_number(row, "sources", composite->tick_count);
    else
      expect_nil(row, "sources");
  }
}

static void expect_price(const msgpack_object *map, const rl_quote *quote)
{
  const rl_terms *terms = &quote->terms;
  char hash[RL_DIGEST_TEXT_SIZE];
  rl_digest_format(terms->tariff, hash);
  expect_currency(map, "from", terms->source_currency);
  expect_currency(map, "to", terms->target_currency);
  expect_pair(map, terms->base, terms->quote);
  expect_text(map, "side", terms->side == RL_SELL_BASE ? "sell_base" : "buy_base");
  expect_text(map, "fix", terms->fixed == RL_FIXED_SOURCE ? "source" : "target");
  expect_number(map, "charge", terms->charge_minor);
  expect_number(map, "source", terms->source_minor);
  expect_number(map, "net", terms->net_minor);
  expect_number(map, "gross", terms->gross_minor);
  expect_number(map, "target", terms->target_minor);
  expect_number(map, "residue", terms->residue_minor);
  expect_number(map, "total_cost", terms->total_cost_minor);
  expect_fees(map, terms);
  expect_ladder(map, terms);
  expect_reference(map, terms);
  expect_text(map, "tier", terms->tier);
  expect_name(map, "method", terms->method);
  expect_text(map, "tariff", hash);
  expect_number(map, "ttl_ms", terms->ttl_ms);
  expect_value_date(map, &quote->value_date);
  expect_conditions(map, &quote->snapshot.conditions);
  expect_legs(map, quote);
}

#define PRICE_KEYS 32 /* those that expect_price looks at */

static void expect_terms(const msgpack_object *map, const rl_quote *quote)
{
  expect_price(map, quote);
  expect_bool(map, "firm", true);
  expect_id(map, quote->id);
  expect_number(map, "issued_at", quote->issued_utc_ms);
  expect_number(map, "expires_at", quote->expires_utc_ms);
}

#define TERMS_KEYS (PRICE_KEYS + 4)

static size_t write_quote(reply *out, const rl_quote *quote, const void *token, size_t size)
{
  rl_writer writer = rl_writer_over(out->bytes, RL_REPLY_MAX);
  rl_reply_quote(&writer, quote, token, size);
  cr_assert_not(writer.failed);
  out->size = writer.used;
  return writer.used;
}

Test(wire, quote_reply_shows_the_whole_quote)
{
  rl_random random = rl_random_from(rl_test_seed("quote reply"));
  for (int i = 0; i < QUOTES; i++) {
    static rl_quote quote;
    static reply out;
    rl_random_quote(&random, &quote);
    rl_writer writer = rl_writer_over(out.bytes, RL_REPLY_MAX);
    rl_reply_quote(&writer, &quote, (const uint8_t *)"token", 5);
    const msgpack_object *map = read_reply(&out, &writer);
    cr_assert_eq(map->via.map.size, TERMS_KEYS + 2);
    expect_bool(map, "ok", true);
    expect_terms(map, &quote);
    const msgpack_object *token = oracle_get(map, "token");
    cr_expect(token->type == MSGPACK_OBJECT_BIN && token->via.bin.size == 5 &&
              memcmp(token->via.bin.ptr, "token", 5) == 0);
    msgpack_unpacked_destroy(&out.unpacked);
  }
}

Test(wire, quote_reply_from_the_record_is_the_same_bytes)
{
  rl_random random = rl_random_from(rl_test_seed("replayed quote"));
  for (int i = 0; i < QUOTES; i++) {
    static rl_quote quote, read;
    static reply first, again;
    uint8_t record[RL_RECORD_MAX];
    rl_random_quote(&random, &quote);
    size_t size = rl_quote_encode(&quote, record);
    cr_assert_eq(rl_quote_decode(record, size, &read), RL_OK);
    write_quote(&first, &quote, record, 100);
    write_quote(&again, &read, record, 100);
    cr_assert_eq(first.size, again.size);
    cr_assert(memcmp(first.bytes, again.bytes, first.size) == 0);
  }
}

Test(wire, the_largest_quote_fits_the_largest_reply)
{
  static rl_quote quote;
  static reply out;
  static const uint8_t token[RL_TOKEN_MAX];
  rl_largest_quote(&quote);
  size_t size = write_quote(&out, &quote, token, sizeof token);
  cr_expect_leq(size, RL_REPLY_MAX);
  rl_end end = {.kind = RL_END_CANCELLED};
  memset(end.client, 'c', sizeof end.client - 1);
  memset(end.key, 'k', sizeof end.key - 1);
  rl_writer writer = rl_writer_over(out.bytes, RL_REPLY_MAX);
  rl_reply_show(&writer, &quote, &end, true);
  cr_expect_not(writer.failed);
}

Test(wire, an_encoder_without_room_fails_and_writes_nothing_beyond)
{
  rl_random random = rl_random_from(rl_test_seed("small room"));
  static rl_quote quote;
  static reply whole;
  rl_random_quote(&random, &quote);
  size_t size = write_quote(&whole, &quote, "t", 1);
  for (size_t room = 0; room < size; room++) {
    uint8_t *exact = malloc(room ? room : 1);
    rl_writer writer = rl_writer_over(exact, room);
    rl_reply_quote(&writer, &quote, (const uint8_t *)"t", 1);
    cr_assert(writer.failed && writer.used <= room);
    free(exact);
  }
}

Test(wire, indicative_reply_shows_the_price_and_nothing_that_holds_it)
{
  rl_random random = rl_random_from(rl_test_seed("indicative"));
  for (int i = 0; i < QUOTES; i++) {
    static rl_quote quote;
    static reply out;
    rl_random_quote(&random, &quote);
    rl_writer writer = rl_writer_over(out.bytes, RL_REPLY_MAX);
    rl_reply_indicative(&writer, &quote);
    const msgpack_object *map = read_reply(&out, &writer);
    cr_assert_eq(map->via.map.size, PRICE_KEYS + 4);
    expect_bool(map, "ok", true);
    expect_bool(map, "firm", false);
    expect_number(map, "at", quote.issued_utc_ms);
    expect_price(map, &quote);
    msgpack_unpacked_destroy(&out.unpacked);
  }
}

Test(wire, two_way_reply_holds_both_halves)
{
  rl_random random = rl_random_from(rl_test_seed("two way"));
  static rl_quote sell, buy;
  static reply halves[2], both;
  rl_random_quote(&random, &sell);
  rl_random_quote(&random, &buy);
  write_quote(&halves[0], &sell, "s", 1);
  write_quote(&halves[1], &buy, "b", 1);
  rl_writer writer = rl_writer_over(both.bytes, sizeof both.bytes);
  rl_reply_two_way(&writer, halves[0].bytes, halves[0].size, halves[1].bytes, halves[1].size);
  const msgpack_object *map = read_reply(&both, &writer);
  cr_expect_eq(map->via.map.size, 3);
  expect_bool(map, "ok", true);
  expect_terms(oracle_get(map, "sell"), &sell);
  expect_terms(oracle_get(map, "buy"), &buy);
  msgpack_unpacked_destroy(&both.unpacked);
}

static const char *const state_names[] = {
  [RL_END_CONSUMED] = "consumed", [RL_END_CANCELLED] = "cancelled", [RL_END_REVOKED] = "revoked"};

static rl_end end_of(const rl_quote *quote, rl_end_kind kind)
{
  return (rl_end){.quote = quote->id,
                  .kind = kind,
                  .client = "shop",
                  .key = "accept-7",
                  .arrived_utc_ms = quote->issued_utc_ms + 1234};
}

Test(wire, receipt_shows_the_end_and_the_amounts)
{
  rl_random random = rl_random_from(rl_test_seed("receipt"));
  for (rl_end_kind kind = RL_END_CONSUMED; kind <= RL_END_REVOKED; kind++) {
    static rl_quote quote;
    static reply out;
    rl_random_quote(&random, &quote);
    rl_end end = end_of(&quote, kind);
    rl_writer writer = rl_writer_over(out.bytes, RL_REPLY_MAX);
    rl_reply_end(&writer, &quote, &end);
    const msgpack_object *map = read_reply(&out, &writer);
    cr_expect_eq(map->via.map.size, 16);
    expect_bool(map, "ok", true);
    expect_id(map, quote.id);
    expect_text(map, "state", state_names[kind]);
    expect_number(map, "at", end.arrived_utc_ms);
    expect_text(map, "key", "accept-7");
    expect_currency(map, "from", quote.terms.source_currency);
    expect_currency(map, "to", quote.terms.target_currency);
    expect_number(map, "charge", quote.terms.charge_minor);
    expect_number(map, "source", quote.terms.source_minor);
    expect_number(map, "net", quote.terms.net_minor);
    expect_number(map, "gross", quote.terms.gross_minor);
    expect_number(map, "target", quote.terms.target_minor);
    expect_pair(map, quote.terms.base, quote.terms.quote);
    expect_text(map, "side", quote.terms.side == RL_SELL_BASE ? "sell_base" : "buy_base");
    expect_decimal(map, "client_rate", quote.terms.client_rate.mantissa,
                   quote.terms.client_rate.scale);
    expect_decimal(map, "effective_rate", quote.terms.effective_rate.mantissa,
                   quote.terms.effective_rate.scale);
    msgpack_unpacked_destroy(&out.unpacked);
  }
}

Test(wire, receipt_from_a_token_is_the_same_bytes)
{
  rl_random random = rl_random_from(rl_test_seed("receipt from a token"));
  for (int i = 0; i < QUOTES; i++) {
    static rl_quote quote, read;
    uint8_t terms[RL_TERMS_MAX], first[RL_REPLY_MAX], again[RL_REPLY_MAX];
    rl_random_quote(&random, &quote);
    rl_writer sealed = rl_writer_over(terms, sizeof terms);
    rl_quote_put_terms(&sealed, &quote);
    cr_assert_eq(rl_quote_decode_terms(terms, sealed.used, &read), RL_OK);
    rl_end end = end_of(&quote, RL_END_CONSUMED);
    rl_writer one = rl_writer_over(first, sizeof first);
    rl_writer two = rl_writer_over(again, sizeof again);
    rl_reply_end(&one, &quote, &end);
    rl_reply_end(&two, &read, &end);
    cr_assert_eq(one.used, two.used);
    cr_assert(memcmp(first, again, one.used) == 0);
  }
}

static void expect_shown(const rl_quote *quote, const rl_end *end, bool alive, const char *state)
{
  static reply out;
  rl_writer writer = rl_writer_over(out.bytes, RL_REPLY_MAX);
  rl_reply_show(&writer, quote, end, alive);
  const msgpack_object *map = read_reply(&out, &writer);
  cr_expect_eq(map->via.map.size, TERMS_KEYS + 3);
  expect_bool(map, "ok", true);
  expect_text(map, "state", state);
  expect_terms(map, quote);
  if (!end) {
    expect_nil(map, "by");
  } else {
    const msgpack_object *by = oracle_get(map, "by");
    cr_expect_eq(by->via.map.size, end->kind == RL_END_REVOKED ? 5 : 4);
    expect_text(by, "state", state);
    expect_text(by, "client", end->client);
    expect_text(by, "key", end->key);
    expect_number(by, "at", end->arrived_utc_ms);
  }
  msgpack_unpacked_destroy(&out.unpacked);
}

Test(wire, a_look_at_a_quote_tells_how_it_stands)
{
  rl_random random = rl_random_from(rl_test_seed("show"));
  static rl_quote quote;
  rl_random_quote(&random, &quote);
  expect_shown(&quote, NULL, true, "active");
  expect_shown(&quote, NULL, false, "expired");
  for (rl_end_kind kind = RL_END_CONSUMED; kind <= RL_END_REVOKED; kind++) {
    rl_end end = end_of(&quote, kind);
    expect_shown(&quote, &end, true, state_names[kind]);
  }
  rl_strip_evidence(&quote);
  expect_shown(&quote, NULL, true, "active");
}
