/* The page that strangers write clients from, held to the code: its tables are compared with the
 * lists they show, and every key that a reply has must be explained. */
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

TestSuite(protocol_tables, .init = protocol_page_read);

Test(protocol_tables, table_of_refusals_is_the_list_in_its_order)
{
  const char *at = protocol_page;
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

Test(protocol_tables, table_of_limits_has_the_limits)
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
    const char *row = strstr(protocol_page, start);
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
    cr_expect_not_null(strstr(protocol_page, name), "%s is not explained", name);
    expect_explained(&object->via.map.ptr[i].val);
  }
}

static void expect_reply_explained(reply *out, const rl_writer *writer)
{
  expect_explained(read_reply(out, writer));
  msgpack_unpacked_destroy(&out->unpacked);
}

#define WRITER() (writer = rl_writer_over(out.bytes, sizeof out.bytes), &writer)

Test(protocol_tables, every_key_of_a_reply_is_explained)
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
                         quote.terms.target_currency, &(rl_nearest){{1, 1}, {0, 0}}, NULL);
  expect_reply_explained(&out, &writer);
  rl_reply_ended(WRITER(), RL_REFUSAL_QUOTE_CONSUMED, &end);
  expect_reply_explained(&out, &writer);
  rl_reply_reload(WRITER(), &(rl_in_force){.tariff = "n"});
  expect_reply_explained(&out, &writer);
  rl_reply_ping(WRITER(), &quote.store, quote.engine, true, 1, "off", (rl_utc){0});
  expect_reply_explained(&out, &writer);
  rl_transaction posted = protocol_page_settlement();
  rl_reply_posted(WRITER(), 1, &posted);
  expect_reply_explained(&out, &writer);
  rl_reply_open_mids(WRITER(), quote.terms.target_currency, (rl_utc){0}, 1);
  rl_reply_mid(&writer, &quote.snapshot, (rl_mono){0});
  expect_reply_explained(&out, &writer);
}

Test(protocol_tables, every_key_of_a_tariff_is_explained)
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

Test(protocol_tables, every_key_of_a_row_is_explained)
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
  rl_reply_spread_row(WRITER(), universe, &composite, NULL, (rl_now){.mono.ns = 0});
  expect_reply_explained(&out, &writer);
  rl_reply_source_row(WRITER(), universe, &info, (rl_mono){0});
  expect_reply_explained(&out, &writer);
  rl_reply_source_pair_row(WRITER(), universe, (rl_pair){0}, "s", &stats, (rl_mono){0});
  expect_reply_explained(&out, &writer);
  rl_universe_destroy(universe);
}
