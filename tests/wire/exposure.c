/* Answers about exposure, read back by msgpack-c. */
#include "reply_helpers.h"

#include <criterion/criterion.h>
#include <string.h>

static rl_universe *universe;

static void make_universe(void)
{
  static const char text[] = "order EUR GBP USD JPY\npair EUR USD\n";
  rl_error error;
  cr_assert_eq(rl_universe_parse(text, strlen(text), "test", &universe, &error), RL_OK, "%s",
               error.text);
}

static void drop_universe(void) { rl_universe_destroy(universe); }

TestSuite(wire_exposure, .init = make_universe, .fini = drop_universe);

static rl_currency currency(const char *code)
{
  rl_currency found = RL_CURRENCY_NONE;
  cr_assert_eq(rl_currency_find(code, 3, &found), RL_OK);
  return found;
}

typedef void (*write_row)(rl_writer *writer, const rl_exposure_row *row);

static const msgpack_object *written(reply *out, write_row write, const rl_exposure_row *row)
{
  rl_writer writer = rl_writer_over(out->bytes, sizeof out->bytes);
  write(&writer, row);
  cr_expect_leq(writer.used, RL_REPLY_ROW_MAX);
  return read_reply(out, &writer);
}

static void write_pair(rl_writer *writer, const rl_exposure_row *row)
{
  rl_reply_exposure_pair_row(writer, universe, row);
}

Test(wire_exposure, a_row_says_what_is_used_capped_and_left)
{
  reply out;
  rl_exposure_row row = {
    .client = "shop",
    .used = {.notional_minor = 1500, .locks = 7, .unvalued = 2},
    .cap = {.notional_minor = 2000, .locks = 9},
  };
  const msgpack_object *map = written(&out, rl_reply_exposure_client_row, &row);
  cr_expect_eq(map->via.map.size, 8);
  expect_text(map, "client", "shop");
  expect_number(map, "locks", 7);
  expect_number(map, "notional", 1500);
  expect_number(map, "unvalued", 2);
  expect_number(map, "locks_cap", 9);
  expect_number(map, "locks_left", 2);
  expect_number(map, "notional_cap", 2000);
  expect_number(map, "notional_left", 500);
  msgpack_unpacked_destroy(&out.unpacked);
}

Test(wire_exposure, nothing_is_left_of_a_cap_below_what_is_used)
{
  reply out;
  rl_exposure_row row = {
    .client = "a client with a 31-byte name...",
    .used = {.notional_minor = (rl_u128)1 << 100, .locks = UINT32_MAX, .unvalued = UINT32_MAX},
    .cap = {.notional_minor = RL_AMOUNT_MAX, .locks = 0},
  };
  const msgpack_object *map = written(&out, rl_reply_exposure_client_row, &row);
  expect_number(map, "locks_left", 0);
  expect_number(map, "notional_left", 0);
  expect_number(map, "notional", INT64_MAX);
  msgpack_unpacked_destroy(&out.unpacked);
}

Test(wire_exposure, no_cap_is_nil)
{
  reply out;
  rl_exposure_row row = {
    .pair = rl_pair_number_of(currency("JPY"), currency("GBP")),
    .cap = {.notional_minor = RL_NOTIONAL_UNCAPPED, .locks = RL_LOCKS_UNCAPPED},
  };
  const msgpack_object *map = written(&out, write_pair, &row);
  expect_text(map, "pair", "GBPJPY");
  expect_number(map, "locks", 0);
  expect_nil(map, "locks_cap");
  expect_nil(map, "locks_left");
  expect_nil(map, "notional_cap");
  expect_nil(map, "notional_left");
  msgpack_unpacked_destroy(&out.unpacked);
}

Test(wire_exposure, a_pair_is_named_by_convention)
{
  reply out;
  rl_exposure_row row = {.pair = rl_pair_number_of(currency("USD"), currency("EUR"))};
  expect_text(written(&out, write_pair, &row), "pair", "EURUSD");
  msgpack_unpacked_destroy(&out.unpacked);
}

Test(wire_exposure, sums_of_all_are_there_for_an_operator_alone)
{
  rl_exposure_head head = {
    .reporting = currency("JPY"),
    .ticket_minor = 500,
    .of_all = true,
    .total = {.notional_minor = 12, .locks = 3, .unvalued = 1},
    .accepted_unseen = 4,
  };
  for (unsigned of_all = 0; of_all < 2; of_all++) {
    reply out;
    head.of_all = of_all;
    rl_writer writer = rl_writer_over(out.bytes, sizeof out.bytes);
    rl_reply_exposure(&writer, &head, (rl_encoded_rows){0},
                      (rl_encoded_rows){(const uint8_t *)"\xc0\xc0", 2, 2});
    const msgpack_object *map = read_reply(&out, &writer);
    expect_bool(map, "ok", true);
    expect_text(map, "reporting", "JPY");
    expect_number(map, "ticket", 500);
    cr_expect_eq(map->via.map.size, of_all ? 9 : 5);
    if (of_all) {
      expect_number(map, "locks", 3);
      expect_number(map, "accepted_unseen", 4);
    }
    msgpack_unpacked_destroy(&out.unpacked);
  }
  reply out;
  head.ticket_minor = RL_NOTIONAL_UNCAPPED;
  rl_writer writer = rl_writer_over(out.bytes, sizeof out.bytes);
  rl_reply_exposure(&writer, &head, (rl_encoded_rows){0}, (rl_encoded_rows){0});
  expect_nil(read_reply(&out, &writer), "ticket");
  msgpack_unpacked_destroy(&out.unpacked);
}
