/* The page that strangers write clients from, held to the code: its examples are replayed. */
#include "protocol_page.h"
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

#define EXAMPLE_MAX 1024

TestSuite(protocol, .init = protocol_page_read);

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
  const char *at = strstr(protocol_page, head);
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
  for (const char *at = protocol_page; (at = strstr(at, text)); at++)
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
                                      "request exported", "request halt",
                                      "request resume", "request halts"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    replay_requests(names[i]);
  cr_expect_eq(count_of("```hex request "), sizeof names / sizeof names[0], "one is not replayed");
}

Test(protocol, example_of_a_refusal_is_what_the_engine_writes)
{
  uint8_t bytes[EXAMPLE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_reply_price_refusal(&writer, RL_REFUSAL_STALE_RATE, rl_test_currency("USD"),
                         rl_test_currency("JPY"), NULL, NULL);
  expect_written("reply refusal", &writer);
}

Test(protocol, example_of_an_unreachable_amount_is_what_the_engine_writes)
{
  uint8_t bytes[EXAMPLE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_nearest nearest = {.below = {99999, 87983}, .above = {100000, 88428}};
  rl_reply_price_refusal(&writer, RL_REFUSAL_AMOUNT_UNREACHABLE, rl_test_currency("USD"),
                         rl_test_currency("EUR"), &nearest, NULL);
  expect_written("reply unreachable", &writer);
}

Test(protocol, example_of_a_matrix_is_what_the_engine_writes)
{
  uint8_t bytes[EXAMPLE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_currency euro = rl_test_currency("EUR");
  rl_reply_open_matrix(&writer, euro, 5000, 2);
  rl_reply_price_refusal(&writer, RL_REFUSAL_NO_RATE, rl_test_currency("GBP"), euro, NULL, NULL);
  rl_reply_price_refusal(&writer, RL_REFUSAL_SAME_CURRENCY, euro, euro, NULL, NULL);
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

Test(protocol, example_of_a_halt_is_what_the_engine_writes)
{
  uint8_t bytes[EXAMPLE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_halt halt = {.halts = true, .base = rl_test_currency("EUR"), .quote = rl_test_currency("CHF"),
                  .by = "uid-1000", .key = "snb-1", .reason = "the bank speaks", .number = 12,
                  .at_utc_ms = 1795372590000};
  rl_reply_halt(&writer, &halt);
  expect_written("reply halt", &writer);
}

Test(protocol, example_of_a_tripped_breaker_is_what_the_engine_writes)
{
  uint8_t bytes[EXAMPLE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_halted halted = {.pair = "EURCHF", .scale = 6,
                      .reason = "moved by more than 50000 ppm within 60000 ms",
                      .since_utc_ms = 1795372590000, .until_utc_ms = 1795372650000,
                      .trip = {.why = RL_TRIP_MOVE, .from_half = 2402000, .to_half = 2080000}};
  rl_reply_price_refusal(&writer, RL_REFUSAL_PAIR_HALTED, rl_test_currency("EUR"),
                         rl_test_currency("CHF"), NULL, &halted);
  expect_written("reply halted", &writer);
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

/* The quote shown on the protocol_page, as far as its receipt goes. */
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

Test(protocol, example_of_a_settlement_is_what_the_engine_writes)
{
  uint8_t bytes[EXAMPLE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_transaction posted = protocol_page_settlement();
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
