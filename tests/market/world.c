#include "market/world.h"

#include <criterion/criterion.h>
#include <string.h>

rl_world world_of(const char *universe_text)
{
  rl_world world = {.now = {.mono.ns = 7000000000123ll, .utc.ms = 1746800000456ll}, .sequence = 1};
  rl_error error = {.text = ""};
  rl_status status = rl_universe_parse(universe_text, strlen(universe_text), "test",
                                       &world.universe, &error);
  cr_assert_eq(status, RL_OK, "line %u: %s: %s", error.line, error.field, error.text);
  cr_assert_eq(rl_market_create(world.universe, &world.market), RL_OK);
  return world;
}

void world_end(rl_world *world)
{
  rl_market_destroy(world->market);
  rl_universe_destroy(world->universe);
}

void world_wait_ns(rl_world *world, int64_t ns)
{
  int64_t before_ms = world->now.mono.ns / RL_NS_PER_MS;
  world->now.mono.ns += ns;
  world->now.utc.ms += world->now.mono.ns / RL_NS_PER_MS - before_ms;
}

rl_currency world_currency(const char *code)
{
  rl_currency currency = RL_CURRENCY_NONE;
  cr_assert_eq(rl_currency_find(code, 3, &currency), RL_OK, "%s", code);
  return currency;
}

rl_pair world_pair(const rl_world *world, const char *name)
{
  rl_pair pair = {0};
  cr_assert_eq(rl_universe_find_name(world->universe, name, strlen(name), &pair), RL_OK, "%s",
               name);
  return pair;
}

static rl_source join(rl_world *world, const char *name, rl_source_class class)
{
  rl_source source = {0};
  cr_assert_eq(rl_market_register(world->market, name, class, &source), RL_OK);
  return source;
}

rl_source world_live(rl_world *world, const char *name)
{
  return join(world, name, RL_SOURCE_LIVE);
}

rl_source world_reference(rl_world *world, const char *name)
{
  return join(world, name, RL_SOURCE_REFERENCE);
}

rl_verdict world_say_at(rl_world *world, rl_source source, const char *pair, uint32_t bid,
                        uint32_t ask, int64_t source_utc_ms)
{
  rl_tick tick = {
    .pair = world_pair(world, pair),
    .sequence = world->sequence++,
    .source_utc_ms = source_utc_ms,
    .bid = bid,
    .ask = ask,
  };
  tick.scale = rl_universe_pair_spec(world->universe, tick.pair)->scale;
  return rl_market_apply(world->market, source, &tick, world->now);
}

rl_verdict world_say(rl_world *world, rl_source source, const char *pair, uint32_t bid,
                     uint32_t ask)
{
  return world_say_at(world, source, pair, bid, ask, world->now.utc.ms);
}

rl_verdict world_withdraw(rl_world *world, rl_source source, const char *pair)
{
  rl_tick tick = {
    .pair = world_pair(world, pair),
    .sequence = world->sequence++,
    .source_utc_ms = world->now.utc.ms,
    .withdrawn = true,
  };
  return rl_market_apply(world->market, source, &tick, world->now);
}

rl_composite world_composite(const rl_world *world, const char *pair)
{
  rl_composite composite;
  memset(&composite, 0, sizeof composite);
  rl_refusal refusal = rl_market_composite(world->market, world_pair(world, pair), world->now.mono,
                                           &composite);
  cr_assert_eq(refusal, composite.refusal);
  return composite;
}

rl_refusal world_refusal(const rl_world *world, const char *pair)
{
  return world_composite(world, pair).refusal;
}

void world_expect(const rl_world *world, const char *pair, uint32_t bid, uint32_t ask)
{
  rl_composite composite = world_composite(world, pair);
  cr_expect_eq(composite.refusal, RL_REFUSAL_NONE, "%s", rl_refusal_name(composite.refusal));
  cr_expect_eq(composite.bid_half, 2 * bid, "bid %u/2", composite.bid_half);
  cr_expect_eq(composite.ask_half, 2 * ask, "ask %u/2", composite.ask_half);
}

rl_refusal world_snapshot(const rl_world *world, const char *from, const char *to, rl_snapshot *out)
{
  return rl_market_snapshot(world->market, world_currency(from), world_currency(to),
                            world->now, out);
}

rl_source_pair_stats world_stats(const rl_world *world, rl_source source, const char *pair)
{
  rl_source_pair_stats stats = {.seen = false};
  cr_assert(rl_market_source_pair(world->market, source, world_pair(world, pair), world->now.mono,
                                  &stats));
  return stats;
}
