/* What one price costs: direct and cross, under a small tariff and a rich one of 200 rules, fixed
 * source and fixed target, over 10 pairs (all in cache) and over 10,000 (each price misses it).
 *
 * A case prices a list of requests in random order; snapshots are made beforehand, so reading
 * the market and everything around a price is not in the figures. */
#include "bench.h"
#include "currencies.h"
#include "pricing/pricing.h"
#include "support/random.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORDERS 65536 /* a power of two: the drawn order is walked round and round */
#define TIERS 4
#define BANDED 20
#define METHODS 3
#define PAIRS 6 /* 1 + 2 x BANDED + METHODS + PAIRS = 50 rules a tier */

typedef struct order {
  uint32_t pair;
  uint32_t tier;
  int64_t amount_minor;
} order;

typedef struct workload {
  rl_snapshot *snapshots;
  const rl_tariff *tariff;
  unsigned tier_count; /* of the tariff; 1: its default */
  rl_fixed fixed;
  order *orders;
} workload;

/* --- markets --- */

/* About par, five or six digits, a spread of a few units: every amount of this program converts
 * into the range whatever the decimals of the two currencies. */
static void make_leg(rl_random *random, rl_leg *leg)
{
  leg->inverted = rl_random_below(random, 2);
  leg->composite.scale = 5;
  leg->composite.pip_scale = 4;
  leg->composite.bid_half = (uint32_t)rl_random_between(random, 100000, 400000);
  leg->composite.mid_half = leg->composite.bid_half + (uint32_t)rl_random_below(random, 20);
  leg->composite.ask_half = 2 * leg->composite.mid_half - leg->composite.bid_half;
}

static void make_snapshot(rl_random *random, rl_currency from, rl_currency to, unsigned legs,
                          rl_snapshot *out)
{
  out->from = from;
  out->to = to;
  out->leg_count = legs;
  out->conditions.fewest_sources = (uint8_t)rl_random_between(random, 2, 5);
  for (unsigned i = 0; i < legs; i++)
    make_leg(random, &out->legs[i]);
  out->base = out->legs[0].inverted ? to : from;
  out->quote = out->legs[0].inverted ? from : to;
}

static rl_snapshot *make_snapshots(unsigned count, unsigned legs)
{
  unsigned currency_count;
  const rl_currency *currencies = bench_currencies(&currency_count);
  rl_random random = rl_random_from(legs);
  rl_snapshot *snapshots = calloc(count, sizeof *snapshots);
  RL_ASSERT(snapshots);
  for (unsigned i = 0; i < count; i++) {
    unsigned from = i % currency_count;
    unsigned to = (from + 1 + i / currency_count) % currency_count;
    make_snapshot(&random, currencies[from], currencies[to], legs, &snapshots[i]);
  }
  return snapshots;
}

/* --- tariffs --- */

static rl_tariff *parse(const char *text, size_t length)
{
  rl_tariff *tariff = NULL;
  rl_error error;
  if (rl_tariff_parse(text, length, "perf", &tariff, &error) != RL_OK) {
    char line[1024];
    rl_error_format(&error, line, sizeof line);
    fprintf(stderr, "%s\n", line);
    exit(1);
  }
  return tariff;
}

#define HEAD                                                                        \
  "tariff: perf\ndefault_tier: tier0\nlocks:\n  - { ttl: 30s, premium_bps: 0.5 }\n" \
  "default_ttl: 30s\nrules:\n"
#define FEES "{ name: service, kind: bps, bps: 35 }, { name: transfer, kind: bps, bps: 10 }"

static rl_tariff *make_small_tariff(void)
{
  static const char text[] = HEAD "  - { name: all, markup_bps: 50, fees: [" FEES "] }\n";
  return parse(text, sizeof text - 1);
}

/* Text that grows. */
typedef struct page {
  char bytes[1 << 17];
  size_t used;
} page;

__attribute__((format(printf, 2, 3))) static void add(page *to, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(to->bytes + to->used, sizeof to->bytes - to->used, format, arguments);
  va_end(arguments);
  RL_ASSERT(length >= 0 && (size_t)length < sizeof to->bytes - to->used);
  to->used += (size_t)length;
}

/* Two bands of one source currency, with the fees that take the longest. */
static void add_bands(page *to, unsigned tier, const char *from)
{
  add(to,
      "  - { name: small, tier: tier%u, from: %s, amount_below: 5000, markup_bps: 55, fees: ["
      "{ name: size, kind: slab, tiers: [ { from: 0, amount: 2 }, { from: 500, bps: 50 } ] },"
      "{ name: ticket, kind: flat, amount: 1, mode: on_top } ] }\n"
      "  - { name: large, tier: tier%u, from: %s, amount_from: 5000, markup_bps: 35, fees: ["
      "{ name: volume, kind: graduated, min: 5, tiers: [ { from: 0, bps: 60 },"
      " { from: 1000, bps: 40 }, { from: 10000, bps: 20 } ] },"
      "{ name: least, kind: greater_of, of: [ { amount: 2 }, { bps: 10 } ] } ] }\n",
      tier, from, tier, from);
}

/* 50 rules: one for all, 20 currencies in two bands, three payment methods, six pairs. */
static void add_tier(page *to, unsigned tier, const rl_currency *currencies)
{
  add(to, "  - { name: all, tier: tier%u, markup_bps: 60, fees: [" FEES "] }\n", tier);
  for (unsigned i = 0; i < BANDED; i++)
    add_bands(to, tier, rl_currency_code(currencies[i]));
  for (unsigned i = 0; i < METHODS; i++)
    add(to, "  - { name: method, tier: tier%u, method: method%u, markup_bps: 90 }\n", tier, i);
  for (unsigned i = 0; i < PAIRS; i++)
    add(to, "  - { name: pair, tier: tier%u, pair: %s%s, markup_bps: 20 }\n", tier,
        rl_currency_code(currencies[100 + i]), rl_currency_code(currencies[i]));
}

static rl_tariff *make_large_tariff(void)
{
  static page text;
  unsigned currency_count;
  const rl_currency *currencies = bench_currencies(&currency_count);
  add(&text, "%s", "surcharges:\n  - { name: weekend, when: closed, markup_bps: 25 }\n"
                   "  - { name: thin, when: sources_below, bound: 3, markup_bps: 5 }\n"
                   "waivers:\n  - { name: welcome, fee: ticket, tier: tier3 }\n" HEAD);
  for (unsigned tier = 0; tier < TIERS; tier++)
    add_tier(&text, tier, currencies);
  rl_tariff *tariff = parse(text.bytes, text.used);
  RL_ASSERT(rl_tariff_rule_count(tariff) == 200);
  return tariff;
}

/* --- cases --- */

static order *make_orders(unsigned pairs)
{
  rl_random random = rl_random_from(pairs);
  order *orders = calloc(ORDERS, sizeof *orders);
  RL_ASSERT(orders);
  for (unsigned i = 0; i < ORDERS; i++)
    orders[i] = (order){.pair = (uint32_t)rl_random_below(&random, pairs),
                        .tier = (uint32_t)rl_random_below(&random, TIERS),
                        .amount_minor = rl_random_between(&random, 100000, 100000000)};
  return orders;
}

static uint64_t price(void *context, uint64_t count)
{
  const workload *load = context;
  static const char tiers[TIERS][RL_NAME_MAX + 1] = {"tier0", "tier1", "tier2", "tier3"};
  rl_price_request request = {.fixed = load->fixed};
  static rl_terms terms;
  uint64_t digest = 0;
  for (uint64_t i = 0; i < count; i++) {
    const order *one = &load->orders[i % ORDERS];
    request.amount_minor = one->amount_minor;
    if (load->tier_count > 1)
      memcpy(request.tier, tiers[one->tier], sizeof request.tier);
    rl_refusal refusal = rl_price(&load->snapshots[one->pair], load->tariff,
                                  &request, &terms, NULL);
    RL_ASSERT(refusal == RL_REFUSAL_NONE);
    digest = digest * 31 + (uint64_t)terms.charge_minor + (uint64_t)terms.target_minor;
  }
  return digest;
}

/* --- the list --- */

#define CASES_PER_SIZE 5

typedef struct tariffs {
  rl_tariff *small, *large;
} tariffs;

typedef struct size {
  unsigned pairs;
  const char *names[CASES_PER_SIZE];
  workload loads[CASES_PER_SIZE];
} size;

static void size_init(size *one, const tariffs *both)
{
  order *orders = make_orders(one->pairs);
  rl_snapshot *direct = make_snapshots(one->pairs, 1);
  rl_snapshot *cross = make_snapshots(one->pairs, 2);
  const workload loads[CASES_PER_SIZE] = {
    {direct, both->small, 1, RL_FIXED_SOURCE, orders},
    {direct, both->small, 1, RL_FIXED_SOURCE, orders},
    {cross, both->small, 1, RL_FIXED_SOURCE, orders},
    {direct, both->large, TIERS, RL_FIXED_SOURCE, orders},
    {direct, both->small, 1, RL_FIXED_TARGET, orders},
  };
  memcpy(one->loads, loads, sizeof loads);
}

static void size_fini(size *one)
{
  free(one->loads[0].orders);
  free(one->loads[0].snapshots);
  free(one->loads[2].snapshots);
}

int main(int argument_count, char **arguments)
{
  static size sizes[] = {
    {.pairs = 10, .names = {"direct, 10 pairs", "direct, 10 pairs, again", "cross, 10 pairs",
                            "200 rules, 10 pairs", "fixed target, 10 pairs"}},
    {.pairs = 10000, .names = {"direct, 10,000 pairs", "direct, 10,000 pairs, again",
                               "cross, 10,000 pairs", "200 rules, 10,000 pairs",
                               "fixed target, 10,000 pairs"}},
  };
  bench_plan plan = bench_plan_from(argument_count, arguments,
                                    (bench_plan){.rounds = 15, .count = 100000});
  tariffs both = {make_small_tariff(), make_large_tariff()};
  bench_case cases[2 * CASES_PER_SIZE];
  for (unsigned i = 0; i < 2 * CASES_PER_SIZE; i++) {
    size *one = &sizes[i / CASES_PER_SIZE];
    unsigned at = i % CASES_PER_SIZE;
    if (at == 0)
      size_init(one, &both);
    cases[i] = (bench_case){one->names[at], price, &one->loads[at]};
  }
  bench_run("What one price costs", cases, 2 * CASES_PER_SIZE, plan);
  for (unsigned i = 0; i < 2; i++)
    size_fini(&sizes[i]);
  rl_tariff_destroy(both.small);
  rl_tariff_destroy(both.large);
}
