/* Refusals, read back by msgpack-c: each in full, and what some of them tell beside. */
#include "reply_helpers.h"
#include "support/quotes.h"

#include <criterion/criterion.h>

static void expect_refusal(const msgpack_object *map, rl_refusal refusal, uint32_t more)
{
  cr_expect_eq(map->via.map.size, 6 + more);
  expect_bool(map, "ok", false);
  expect_text(map, "code", rl_refusal_name(refusal));
  expect_number(map, "number", refusal);
  expect_text(map, "message", rl_refusal_sentence(refusal));
  expect_text(map, "retry", rl_retry_name(rl_refusal_retry(refusal)));
  expect_number(map, "retry_after_ms", rl_refusal_retry_after_ms(refusal));
}

static const rl_refusal all_refusals[] = {
#define EACH(name, number, retry, sentence) RL_REFUSAL_##name,
  RL_REFUSALS(EACH)
#undef EACH
};

Test(wire, every_refusal_is_told_in_full)
{
  static reply out;
  for (size_t i = 0; i < sizeof all_refusals / sizeof all_refusals[0]; i++) {
    for (unsigned with = 0; with < 4; with++) {
      const char *path = with & 1 ? "amount" : i % 2 ? "" : NULL;
      const char *detail = with & 2 ? "a \"detail\"" : i % 2 ? "" : NULL;
      rl_writer writer = rl_writer_over(out.bytes, RL_REPLY_MAX);
      rl_reply_refusal(&writer, all_refusals[i], path, detail);
      const msgpack_object *map = read_reply(&out, &writer);
      expect_refusal(map, all_refusals[i], (with & 1) + (with >> 1));
      if (with & 1)
        expect_text(map, "path", "amount");
      if (with & 2)
        expect_text(map, "detail", "a \"detail\"");
      msgpack_unpacked_destroy(&out.unpacked);
    }
  }
}

Test(wire, a_refusal_by_the_end_tells_who_and_when)
{
  static const struct {
    rl_end_kind kind;
    rl_refusal refusal;
    const char *state;
  } ends[] = {
    {RL_END_CONSUMED, RL_REFUSAL_QUOTE_CONSUMED, "consumed"},
    {RL_END_CANCELLED, RL_REFUSAL_QUOTE_CANCELLED, "cancelled"},
    {RL_END_REVOKED, RL_REFUSAL_QUOTE_REVOKED, "revoked"},
  };
  static reply out;
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
    rl_end end = {.kind = ends[i].kind,
                  .client = "shop",
                  .key = "k",
                  .reason = "wrong feed",
                  .arrived_utc_ms = 1750000000123};
    rl_writer writer = rl_writer_over(out.bytes, RL_REPLY_MAX);
    rl_reply_ended(&writer, ends[i].refusal, &end);
    const msgpack_object *map = read_reply(&out, &writer);
    expect_refusal(map, ends[i].refusal, 1);
    const msgpack_object *by = oracle_get(map, "by");
    expect_text(by, "state", ends[i].state);
    expect_number(by, "at", 1750000000123);
    expect_text(by, "client", "shop");
    expect_text(by, "key", "k");
    bool revoked = ends[i].kind == RL_END_REVOKED;
    cr_expect_eq(by->via.map.size, revoked ? 5 : 4);
    if (revoked)
      expect_text(by, "reason", "wrong feed");
    msgpack_unpacked_destroy(&out.unpacked);
  }
}

Test(wire, a_refusal_of_a_price_names_its_currencies)
{
  static reply out;
  rl_writer writer = rl_writer_over(out.bytes, RL_REPLY_MAX);
  rl_reply_price_refusal(&writer, RL_REFUSAL_STALE_RATE, rl_test_currency("USD"),
                         rl_test_currency("JPY"), NULL, NULL);
  const msgpack_object *map = read_reply(&out, &writer);
  expect_refusal(map, RL_REFUSAL_STALE_RATE, 2);
  expect_text(map, "from", "USD");
  expect_text(map, "to", "JPY");
  msgpack_unpacked_destroy(&out.unpacked);
}

static void expect_reachable(const msgpack_object *nearest, const char *key, rl_reachable reachable)
{
  if (reachable.source_minor == 0) {
    expect_nil(nearest, key);
    return;
  }
  const msgpack_object *told = oracle_get(nearest, key);
  cr_expect_eq(told->via.map.size, 2);
  expect_number(told, "source", reachable.source_minor);
  expect_number(told, "target", reachable.target_minor);
}

Test(wire, amount_unreachable_tells_the_nearest_that_can_be_had)
{
  static const rl_nearest cases[] = {
    {{99999, 87983}, {100000, 88428}},
    {{0, 0}, {RL_AMOUNT_MAX, 1}},
    {{1, RL_AMOUNT_MAX}, {0, 0}},
    {{0, 0}, {0, 0}},
  };
  static reply out;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    rl_writer writer = rl_writer_over(out.bytes, RL_REPLY_MAX);
    rl_reply_price_refusal(&writer, RL_REFUSAL_AMOUNT_UNREACHABLE, rl_test_currency("USD"),
                           rl_test_currency("EUR"), &cases[i], NULL);
    const msgpack_object *map = read_reply(&out, &writer);
    expect_refusal(map, RL_REFUSAL_AMOUNT_UNREACHABLE, 3);
    const msgpack_object *nearest = oracle_get(map, "nearest");
    cr_expect_eq(nearest->via.map.size, 2);
    expect_reachable(nearest, "below", cases[i].below);
    expect_reachable(nearest, "above", cases[i].above);
    msgpack_unpacked_destroy(&out.unpacked);
  }
}
