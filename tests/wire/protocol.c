/* The page that strangers write clients from, held to the code: its examples are replayed, its
 * tables compared with the lists they show, and every key that a reply has must be explained. */
#include "reply_helpers.h"
#include "status/limits.h"
#include "support/quotes.h"
#include "wire/events.h"
#include "wire/feed_message.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_MAX (1 << 17)
#define EXAMPLE_MAX 1024

static char page[PAGE_MAX];

static void read_page(void)
{
  FILE *file = fopen(RL_PROTOCOL_PAGE, "rb");
  cr_assert_not_null(file, RL_PROTOCOL_PAGE);
  size_t size = fread(page, 1, sizeof page - 1, file);
  fclose(file);
  cr_assert_lt(size, sizeof page - 1);
  page[size] = '\0';
}

TestSuite(protocol, .init = read_page);

typedef struct example {
  size_t size;
  uint8_t bytes[EXAMPLE_MAX];
  char json[EXAMPLE_MAX]; /* blanks outside of texts removed */
} example;

static int digit_of(char letter)
{
  const char *digits = "0123456789abcdef", *found = letter ? strchr(digits, letter) : NULL;
  return found ? (int)(found - digits) : -1;
}

/* Lines of two-digit bytes, each line up to its '#', as far as the closing fence. */
static const char *read_hex(const char *at, example *out)
{
  for (; *at != '`'; at++) {
    if (*at == '#')
      at += strcspn(at, "\n");
    if (digit_of(at[0]) < 0)
      continue;
    cr_assert(digit_of(at[1]) >= 0 && out->size < EXAMPLE_MAX, "bad hex: %.20s", at);
    out->bytes[out->size++] = (uint8_t)(digit_of(at[0]) * 16 + digit_of(at[1]));
    at++;
  }
  return at;
}

static void read_json(const char *at, char *out)
{
  size_t used = 0;
  for (bool quoted = false; *at != '`'; at++) {
    quoted ^= *at == '"';
    if (!quoted && (*at == ' ' || *at == '\n'))
      continue;
    cr_assert_lt(used, EXAMPLE_MAX - 1);
    out[used++] = *at;
  }
  out[used] = '\0';
}

/* The block ```hex NAME and the ```json block behind it. */
static example find_example(const char *name)
{
  static const char fence[] = "```json\n";
  example out = {0};
  char head[64];
  snprintf(head, sizeof head, "```hex %s\n", name);
  const char *at = strstr(page, head);
  cr_assert_not_null(at, "no example %s", name);
  at = read_hex(at + strlen(head), &out);
  at = strstr(at, fence);
  cr_assert_not_null(at);
  read_json(at + strlen(fence), out.json);
  return out;
}

static void expect_json(const void *bytes, size_t size, const char *json)
{
  char text[EXAMPLE_MAX];
  size_t length;
  cr_assert_eq(rl_json_from_msgpack(bytes, size, 0, text, sizeof text, &length), RL_OK);
  cr_expect_str_eq(text, json);
}

static void expect_bytes(const example *shown, const rl_writer *writer, const char *name)
{
  cr_expect(!writer->failed && writer->used == shown->size &&
              memcmp(writer->bytes, shown->bytes, shown->size) == 0,
            "%s: the code writes other bytes", name);
}

static void expect_written(const char *name, const rl_writer *writer)
{
  example shown = find_example(name);
  expect_bytes(&shown, writer, name);
  expect_json(shown.bytes, shown.size, shown.json);
}

static unsigned count_of(const char *text)
{
  unsigned count = 0;
  for (const char *at = page; (at = strstr(at, text)); at++)
    count++;
  return count;
}

/* Takes the example's requests and writes them again. */
static void replay_requests(const char *name)
{
  example shown = find_example(name);
  uint8_t bytes[EXAMPLE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_unpacker unpacker;
  rl_fault fault;
  uint32_t count;
  bool batch;
  cr_assert(rl_requests_open(shown.bytes, shown.size, &unpacker, &count, &batch, &fault), "%s",
            name);
  if (batch)
    rl_pack_array(&writer, count);
  for (uint32_t i = 0; i < count; i++) {
    rl_request request;
    cr_assert(rl_request_next(&unpacker, &request, &fault), "%s: %s: %s", name, fault.path,
              fault.detail);
    rl_request_encode(&writer, &request);
  }
  cr_expect(rl_requests_close(&unpacker, &fault), "%s", name);
  expect_bytes(&shown, &writer, name);
  expect_json(shown.bytes, shown.size, shown.json);
}

Test(protocol, examples_of_requests_are_taken_and_written_as_shown)
{
  static const char *const names[] = {"request ping",   "request quote", "request target",
                                      "request accept", "request token", "request batch",
                                      "request reload", "request indicative",
                                      "request matrix", "request settlement",
                                      "request hedge",  "request refund",
                                      "request mids",   "request revoke",
                                      "request exported"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    replay_requests(names[i]);
  cr_expect_eq(count_of("```hex request "), sizeof names / sizeof names[0], "one is not replayed");
}

Test(protocol, example_of_a_refusal_is_what_the_engine_writes)
{
  uint8_t bytes[EXAMPLE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_reply_price_refusal(&writer, RL_REFUSAL_STALE_RATE, rl_test_currency("USD"),
                         rl_test_currency("JPY"), NULL);
  expect_written("reply refusal", &writer);
}

Test(protocol, example_of_an_unreachable_amount_is_what_the_engine_writes)
{
  uint8_t bytes[EXAMPLE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_nearest nearest = {.below = {99999, 87983}, .above = {100000, 88428}};
  rl_reply_price_refusal(&writer, RL_REFUSAL_AMOUNT_UNREACHABLE, rl_test_currency("USD"),
                         rl_test_currency("EUR"), &nearest);
  expect_written("reply unreachable", &writer);
}

Test(protocol, example_of_a_matrix_is_what_the_engine_writes)
{
  uint8_t bytes[EXAMPLE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_currency euro = rl_test_currency("EUR");
  rl_reply_open_matrix(&writer, euro, 5000, 2);
  rl_reply_price_refusal(&writer, RL_REFUSAL_NO_RATE, rl_test_currency("GBP"), euro, NULL);
  rl_reply_price_refusal(&writer, RL_REFUSAL_SAME_CURRENCY, euro, euro, NULL);
  expect_written("reply matrix", &writer);
}

Test(protocol, example_of_a_revocation_is_what_the_engine_writes)
{
  uint8_t bytes[EXAMPLE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_revocation revocation = {.has_pair = true, .issued_from_ms = 1795372580000,
                              .pair = {rl_test_currency("EUR"), rl_test_currency("USD")},
                              .issued_before_ms = INT64_MAX, .by = "uid-1000", .key = "fix-1",
                              .reason = "venue A was wrong", .number = 7,
                              .at.utc.ms = 1795372590000};
  rl_reply_revocation(&writer, &revocation);
  expect_written("reply revoke", &writer);
}

Test(protocol, example_of_a_reload_is_what_the_engine_writes)
{
  uint8_t bytes[EXAMPLE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_in_force in_force = {.tariff = "retail-2026",
                          .hash = rl_digest_of("one", 3),
                          .has_trial = true,
                          .trial = "retail-2027",
                          .trial_hash = rl_digest_of("other", 5),
                          .percent = 10};
  rl_reply_reload(&writer, &in_force);
  expect_written("reply reload", &writer);
}

/* The quote shown on the page, as far as its receipt goes. */
static rl_quote page_quote(void)
{
  rl_quote quote = {0};
  cr_assert_eq(rl_quote_id_parse("01M828Q54KS7NWJ1RTX7ATDNXG", 26, &quote.id), RL_OK);
  quote.terms = (rl_terms){
    .source_currency = rl_test_currency("USD"),
    .target_currency = rl_test_currency("EUR"),
    .base = rl_test_currency("EUR"),
    .quote = rl_test_currency("USD"),
    .side = RL_BUY_BASE,
    .charge_minor = 100000,
    .source_minor = 100000,
    .net_minor = 99500,
    .gross_minor = 88076,
    .target_minor = 88076,
    .client_rate = {11297008, 7},
    .effective_rate = {88076, 5},
  };
  return quote;
}

Test(protocol, example_of_a_receipt_is_what_the_engine_writes)
{
  uint8_t bytes[EXAMPLE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_quote quote = page_quote();
  rl_end end = {.kind = RL_END_CONSUMED, .key = "pay-1", .arrived_utc_ms = 1795372586201};
  rl_reply_end(&writer, &quote, &end);
  expect_written("reply receipt", &writer);
}

/* What the page's settlement posts. */
static rl_transaction page_settlement(void)
{
  rl_movement movement = {
    .kind = RL_TRANSACTION_SETTLEMENT,
    .value_day = 20781, /* 2026-11-24 */
    .reference = "NTRF 4711",
    .party = RL_ACCOUNT_CUSTOMER,
    .party_name = "shop",
    .bank = "main",
    .amount = {10000, rl_test_currency("EUR")},
  };
  rl_transaction out;
  cr_assert_eq(rl_ledger_move(&movement, NULL, "treasury", "mt940-17", 1795372586301, &out),
               RL_OK);
  return out;
}

Test(protocol, example_of_a_settlement_is_what_the_engine_writes)
{
  uint8_t bytes[EXAMPLE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_transaction posted = page_settlement();
  rl_reply_posted(&writer, 17, &posted);
  expect_written("reply settlement", &writer);
}

static rl_leg page_leg(const char *base, const char *quote, uint32_t mid_half, uint8_t scale,
                       int64_t age_ms)
{
  return (rl_leg){
    .base = rl_test_currency(base),
    .quote = rl_test_currency(quote),
    .inverted = true,
    .composite = {.scale = scale, .mid_half = mid_half, .tick_count = 1,
                  .ticks = {{.arrival_mono_ns = (1000 - age_ms) * RL_NS_PER_MS}}},
  };
}

Test(protocol, example_of_mids_is_what_the_engine_writes)
{
  uint8_t bytes[EXAMPLE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_snapshot snapshot = {
    .from = rl_test_currency("JPY"),
    .to = rl_test_currency("EUR"),
    .leg_count = 2,
    .legs = {page_leg("USD", "JPY", 300255, 3, 12), page_leg("EUR", "USD", 225020, 5, 40)},
  };
  rl_reply_open_mids(&writer, snapshot.to, (rl_utc){1795372586301}, 1);
  rl_reply_mid(&writer, &snapshot, (rl_mono){1000 * RL_NS_PER_MS});
  expect_written("reply mids", &writer);
}

Test(protocol, example_of_what_was_exported_is_what_the_engine_writes)
{
  uint8_t bytes[EXAMPLE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_reply_exported(&writer, 1795219200000, 1792627200000);
  expect_written("reply exported", &writer);
}

Test(protocol, example_of_a_feed_message_is_taken_and_written_as_shown)
{
  example shown = find_example("feed message");
  uint8_t bytes[EXAMPLE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_unpacker ticks;
  rl_feed_header header;
  rl_fault fault;
  cr_assert(rl_feed_open(shown.bytes, shown.size, &ticks, &header, &fault));
  rl_feed_encode_head(&writer, &header);
  for (uint32_t i = 0; i < header.tick_count; i++) {
    rl_feed_tick tick;
    cr_assert(rl_feed_next(&ticks, &tick, &fault));
    rl_feed_encode_tick(&writer, &tick);
  }
  expect_bytes(&shown, &writer, "feed message");
  expect_json(shown.bytes, shown.size, shown.json);
}

Test(protocol, example_of_an_event_is_what_the_engine_writes)
{
  static const char topic[] = "quote.issued ";
  example shown = find_example("event quote.issued");
  uint8_t bytes[EXAMPLE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_event_encode_life(&writer, RL_LIFE_ISSUED, page_quote().id, "shop", rl_test_currency("USD"),
                       rl_test_currency("EUR"), (rl_utc){1795372586131});
  expect_bytes(&shown, &writer, "event");
  cr_assert_gt(shown.size, strlen(topic));
  expect_json(shown.bytes + strlen(topic), shown.size - strlen(topic), shown.json);
}

Test(protocol, table_of_refusals_is_the_list_in_its_order)
{
  const char *at = page;
  char row[256];
#define EACH(name, number, class, sentence)                                                  \
  snprintf(row, sizeof row, "\n| %d | `%s` | %s | %s |\n", number, #name,                    \
           rl_retry_name(RL_RETRY_##class), sentence);                                       \
  at = strstr(at, row);                                                                      \
  cr_assert_not_null(at, "not there, or not in its place:%s", row);
  RL_REFUSALS(EACH)
#undef EACH
}

/* 1048576 as "1,048,576". */
static void put_grouped(uint64_t number, char out[32])
{
  char digits[24];
  int count = snprintf(digits, sizeof digits, "%" PRIu64, number), used = 0;
  for (int i = 0; i < count; i++) {
    out[used++] = digits[i];
    if (i + 1 < count && (count - i - 1) % 3 == 0)
      out[used++] = ',';
  }
  out[used] = '\0';
}

Test(protocol, table_of_limits_has_the_limits)
{
  static const struct {
    const char *what;
    uint64_t limit;
  } limits[] = {
    {"bytes of a message,", RL_MESSAGE_MAX},
    {"requests in a batch", RL_BATCH_MAX},
    {"bytes of a batch's answers", RL_BOARD_ANSWERS_MAX},
    {"levels of nesting", RL_DEPTH_MAX},
    {"bytes of a key", RL_KEY_MAX},
    {"bytes of a tier's", RL_NAME_MAX},
    {"bytes of a token", RL_TOKEN_MAX},
    {"names in `pairs`", RL_REQUEST_PAIRS_MAX},
    {"bytes of a party's or account's name", RL_CLIENT_NAME_MAX},
    {"bytes of a movement's reference", RL_REFERENCE_MAX},
    {"currencies in a matrix", RL_REQUEST_CURRENCIES_MAX},
    {"updates in a feed message", RL_TICKS_PER_MESSAGE_MAX},
    {"bytes of a source's name", RL_SOURCE_NAME_MAX},
    {"minor units of an amount", RL_AMOUNT_MAX},
    {"milliseconds of a lock", RL_TTL_MAX_MS},
    {"bytes of the answer to one quote", RL_REPLY_MAX},
    {"accepts, cancels and looks", RL_PENDING_ENDS_MAX},
    {"connections to one socket", RL_PIPES_MAX},
  };
  for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
    char start[64], end[64], number[32];
    put_grouped(limits[i].limit, number);
    snprintf(start, sizeof start, "\n| %s", limits[i].what);
    snprintf(end, sizeof end, " | %s |", number);
    const char *row = strstr(page, start);
    cr_assert_not_null(row, "%s", limits[i].what);
    const char *found = strstr(row + 1, end);
    cr_expect(found && found < strchr(row + 1, '\n'), "%s: not %s", limits[i].what, number);
  }
}

/* Every key of the map, and of those inside, stands on the page as `key`. */
static void expect_explained(const msgpack_object *object)
{
  for (uint32_t i = 0; object->type == MSGPACK_OBJECT_ARRAY && i < object->via.array.size; i++)
    expect_explained(&object->via.array.ptr[i]);
  for (uint32_t i = 0; object->type == MSGPACK_OBJECT_MAP && i < object->via.map.size; i++) {
    const msgpack_object_str *key = &object->via.map.ptr[i].key.via.str;
    char name[64];
    snprintf(name, sizeof name, "`%.*s`", (int)key->size, key->ptr);
    cr_expect_not_null(strstr(page, name), "%s is not explained", name);
    expect_explained(&object->via.map.ptr[i].val);
  }
}

static void expect_reply_explained(reply *out, const rl_writer *writer)
{
  expect_explained(read_reply(out, writer));
  msgpack_unpacked_destroy(&out->unpacked);
}

#define WRITER() (writer = rl_writer_over(out.bytes, sizeof out.bytes), &writer)

Test(protocol, every_key_of_a_reply_is_explained)
{
  static reply out;
  static rl_quote quote;
  rl_random random = rl_random_from(1);
  rl_end end = {.kind = RL_END_CONSUMED, .client = "c", .key = "k"};
  rl_writer writer;
  rl_typical_quote(&random, &quote);
  rl_reply_quote(WRITER(), &quote, (const uint8_t *)"t", 1);
  expect_reply_explained(&out, &writer);
  rl_reply_indicative(WRITER(), &quote);
  expect_reply_explained(&out, &writer);
  rl_reply_open_matrix(WRITER(), quote.terms.target_currency, 1, 0);
  expect_reply_explained(&out, &writer);
  rl_reply_show(WRITER(), &quote, &end, true);
  expect_reply_explained(&out, &writer);
  rl_reply_end(WRITER(), &quote, &end);
  expect_reply_explained(&out, &writer);
  rl_reply_refusal(WRITER(), RL_REFUSAL_INVALID_FIELD, "p", "d");
  expect_reply_explained(&out, &writer);
  rl_reply_price_refusal(WRITER(), RL_REFUSAL_AMOUNT_UNREACHABLE, quote.terms.source_currency,
                         quote.terms.target_currency, &(rl_nearest){{1, 1}, {0, 0}});
  expect_reply_explained(&out, &writer);
  rl_reply_ended(WRITER(), RL_REFUSAL_QUOTE_CONSUMED, &end);
  expect_reply_explained(&out, &writer);
  rl_reply_reload(WRITER(), &(rl_in_force){.tariff = "n"});
  expect_reply_explained(&out, &writer);
  rl_reply_ping(WRITER(), &quote.store, quote.engine, true, 1, "off", (rl_utc){0});
  expect_reply_explained(&out, &writer);
  rl_transaction posted = page_settlement();
  rl_reply_posted(WRITER(), 1, &posted);
  expect_reply_explained(&out, &writer);
  rl_reply_open_mids(WRITER(), quote.terms.target_currency, (rl_utc){0}, 1);
  rl_reply_mid(&writer, &quote.snapshot, (rl_mono){0});
  expect_reply_explained(&out, &writer);
}

Test(protocol, every_key_of_a_tariff_is_explained)
{
  static const char text[] = "tariff: t\nlocks: [{ ttl: 30s }]\nrules: [{ name: all }]\n";
  static reply out;
  rl_tariff *main, *trial;
  rl_tariffs *tariffs;
  rl_error error;
  rl_writer writer;
  cr_assert_eq(rl_tariff_parse(text, strlen(text), "test", &main, &error), RL_OK);
  cr_assert_eq(rl_tariff_parse(text, strlen(text), "test", &trial, &error), RL_OK);
  cr_assert_eq(rl_tariffs_create(main, trial, 1, &tariffs), RL_OK);
  rl_reply_tariff(WRITER(), tariffs);
  expect_reply_explained(&out, &writer);
  rl_tariffs_destroy(tariffs);
}

Test(protocol, every_key_of_a_row_is_explained)
{
  static const char text[] = "order EUR USD\npair EUR USD\n";
  static reply out;
  rl_universe *universe;
  rl_error error;
  rl_writer writer;
  rl_composite composite = {.refusal = RL_REFUSAL_NO_RATE};
  rl_source_pair_stats stats = {.seen = true};
  rl_source_info info = {.name = "s"};
  cr_assert_eq(rl_universe_parse(text, strlen(text), "test", &universe, &error), RL_OK, "%s",
               error.text);
  rl_reply_spread_row(WRITER(), universe, &composite, (rl_now){.mono.ns = 0});
  expect_reply_explained(&out, &writer);
  rl_reply_source_row(WRITER(), universe, &info, (rl_mono){0});
  expect_reply_explained(&out, &writer);
  rl_reply_source_pair_row(WRITER(), universe, (rl_pair){0}, "s", &stats, (rl_mono){0});
  expect_reply_explained(&out, &writer);
  rl_universe_destroy(universe);
}
