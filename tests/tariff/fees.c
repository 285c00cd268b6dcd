/* Fees of several parts: their keys, tiers and sums. */
#include "tariff/expect.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* A tariff from USD to JPY with these fees, from line 9 on. */
static const char *with_fees(const char *fees)
{
  static char text[4096];
  snprintf(text, sizeof text, RULE "    from: USD\n    to: JPY\n    fees:\n%s", fees);
  return text;
}

static rl_fee taken_fee(const char *fee)
{
  char line[1024];
  snprintf(line, sizeof line, "      - { name: a, %s }\n", fee);
  rl_tariff *tariff = expect_taken(with_fees(line));
  rl_fee taken = rl_tariff_rule(tariff, 0)->fees[0];
  rl_tariff_destroy(tariff);
  return taken;
}

static void expect_fee_refused(const char *fee, rl_status status, const char *key,
                               const char *says)
{
  char line[1024], field[64];
  snprintf(line, sizeof line, "      - { name: a, %s }\n", fee);
  snprintf(field, sizeof field, "rules[0].fees[0].%s", key);
  expect_refused(with_fees(line), status, 9, field, says);
}

Test(tariff_fees, a_graduated_fee_has_tiers_of_bps)
{
  rl_fee fee = taken_fee("kind: graduated, min: 1.00, tiers: [{ from: 0, bps: 60 },"
                         " { from: 1000.00, bps: 40 }, { from: 10000.00, bps: 0 }]");
  cr_expect_eq(fee.kind, RL_FEE_GRADUATED);
  cr_assert_eq(fee.part_count, 3);
  cr_expect_eq(fee.parts[0].from_minor, 0);
  cr_expect_eq(fee.parts[1].from_minor, 100000);
  cr_expect_eq(fee.parts[1].ratio_e8, 400000);
  cr_expect_eq(fee.parts[2].ratio_e8, 0);
  cr_expect_eq(fee.min_minor, 100);
  cr_expect_eq(fee.max_minor, RL_AMOUNT_MAX);
  expect_fee_refused("kind: graduated, tiers: [{ from: 0, amount: 1 }]", RL_INVALID,
                     "tiers[0].amount", "graduated fee has no amount");
  expect_fee_refused("kind: graduated, tiers: [{ from: 0 }]", RL_INVALID, "tiers[0].bps",
                     "missing");
}

Test(tariff_fees, a_slab_fee_has_tiers_of_either)
{
  rl_fee fee = taken_fee("kind: slab, tiers: [{ from: 0, amount: 2.00 },"
                         " { from: 500.00, bps: 50 }], max: 9.00");
  cr_expect_eq(fee.kind, RL_FEE_SLAB);
  cr_assert_eq(fee.part_count, 2);
  cr_expect_eq(fee.parts[0].flat_minor, 200);
  cr_expect_eq(fee.parts[0].ratio_e8, 0);
  cr_expect_eq(fee.parts[1].from_minor, 50000);
  cr_expect_eq(fee.parts[1].flat_minor, 0);
  cr_expect_eq(fee.parts[1].ratio_e8, 500000);
  cr_expect_eq(fee.max_minor, 900);
  expect_fee_refused("kind: slab, tiers: [{ from: 0, amount: 1, bps: 1 }]", RL_INVALID,
                     "tiers[0].bps", "beside amount");
  expect_fee_refused("kind: slab, tiers: [{ from: 0, bps: 1 }, { from: 1 }]", RL_INVALID,
                     "tiers[1].bps", "missing; add it, or an amount");
}

Test(tariff_fees, the_greatest_is_of_at_least_two)
{
  rl_fee fee = taken_fee("kind: greater_of, of: [{ amount: 2.50 }, { bps: 35 }]");
  cr_expect_eq(fee.kind, RL_FEE_GREATER_OF);
  cr_assert_eq(fee.part_count, 2);
  cr_expect_eq(fee.parts[0].flat_minor, 250);
  cr_expect_eq(fee.parts[1].ratio_e8, 350000);
  expect_fee_refused("kind: greater_of, of: []", RL_INVALID, "of", "empty; list at least 2");
  expect_fee_refused("kind: greater_of, of: [{ bps: 1 }]", RL_INVALID, "of",
                     "too few; list at least 2");
  expect_fee_refused("kind: greater_of, of: [{ bps: 1 }, {}]", RL_INVALID, "of[1].bps",
                     "missing; add it, or an amount");
  expect_fee_refused("kind: greater_of, of: [{ bps: 1 }, { from: 0, bps: 2 }]", RL_NOT_FOUND,
                     "of[1].from", "the keys here are amount, bps");
}

Test(tariff_fees, tiers_rise_from_zero)
{
  expect_fee_refused("kind: slab, tiers: [{ from: 0.01, bps: 1 }]", RL_INVALID, "tiers[0].from",
                     "starts at 0");
  expect_fee_refused("kind: slab, tiers: [{ from: 0, bps: 1 }, { from: 0.00, bps: 2 }]",
                     RL_INVALID, "tiers[1].from", "from low to high");
  expect_fee_refused("kind: slab, tiers: [{ from: 0, bps: 1 }, { from: 5, bps: 2 },"
                     " { from: 5.00, bps: 2 }]", RL_INVALID, "tiers[2].from", "from low to high");
  expect_fee_refused("kind: slab, tiers: [{ bps: 1 }]", RL_INVALID, "tiers[0].from", "missing");
  expect_fee_refused("kind: slab, tiers: []", RL_INVALID, "tiers", "empty; list at least 1");
  cr_expect_eq(taken_fee("kind: slab, tiers: [{ from: 0.00, bps: 1 }, { from: 0.01, bps: 2 }]")
                 .parts[1].from_minor, 1);
}

Test(tariff_fees, tiers_name_the_currency_of_their_side)
{
  expect_refused(RULE "    fees:\n      - { name: a, kind: graduated, tiers: [ { from: 0, bps: 1 }"
                      " ] }\n",
                 RL_INVALID, 7, "rules[0].fees[0].tiers[0].from", "Name the rule's \"from\"");
  expect_fee_refused("kind: graduated, side: target, tiers: [{ from: 0, bps: 1 },"
                     " { from: 0.5, bps: 2 }]", RL_OUT_OF_RANGE, "tiers[1].from", "of JPY");
}

/* `count` tiers or alternatives. */
static const char *with_parts(const char *kind, const char *key, unsigned count)
{
  static char fee[1024];
  size_t used = (size_t)snprintf(fee, sizeof fee, "kind: %s, %s: [", kind, key);
  for (unsigned i = 0; i < count; i++)
    used += (size_t)(key[0] == 't' ? snprintf(fee + used, sizeof fee - used,
                                              " { from: %u, bps: 1 },", i)
                                   : snprintf(fee + used, sizeof fee - used, " { bps: 1 },"));
  snprintf(fee + used, sizeof fee - used, " ]");
  return fee;
}

Test(tariff_fees, a_fee_has_at_most_eight_parts)
{
  cr_expect_eq(taken_fee(with_parts("slab", "tiers", 8)).part_count, RL_FEE_PARTS_MAX);
  cr_expect_eq(taken_fee(with_parts("greater_of", "of", 8)).part_count, RL_FEE_PARTS_MAX);
  expect_fee_refused(with_parts("graduated", "tiers", 9), RL_OUT_OF_RANGE, "tiers",
                     "9 entries; at most 8");
  expect_fee_refused(with_parts("greater_of", "of", 9), RL_OUT_OF_RANGE, "of",
                     "9 entries; at most 8");
}

Test(tariff_fees, a_fee_has_the_keys_of_its_kind_and_no_other)
{
  static const char *const keys[] = {"amount: 1", "bps: 1", "tiers: []", "of: []", "min: 1",
                                     "max: 1"};
  static const struct { const char *kind, *needs; unsigned refused; } kinds[] = {
    {"flat", "amount: 1", 0x3e}, {"bps", "bps: 1", 0x0d},
    {"graduated", "tiers: [{ from: 0, bps: 1 }]", 0x0b},
    {"slab", "tiers: [{ from: 0, bps: 1 }]", 0x0b},
    {"greater_of", "of: [{ bps: 1 }, { bps: 2 }]", 0x07}};
  for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
    for (size_t key = 0; key < sizeof keys / sizeof *keys; key++) {
      if (!(kinds[kind].refused >> key & 1))
        continue;
      char fee[128], name[16], says[64];
      snprintf(fee, sizeof fee, "kind: %s, %s, %s", kinds[kind].kind, kinds[kind].needs,
               keys[key]);
      snprintf(name, sizeof name, "%.*s", (int)strcspn(keys[key], ":"), keys[key]);
      snprintf(says, sizeof says, "a %s fee has no %s", kinds[kind].kind, name);
      expect_fee_refused(fee, RL_INVALID, name, says);
    }
  expect_fee_refused("kind: graduated", RL_INVALID, "tiers", "a graduated fee needs it");
  expect_fee_refused("kind: slab, min: 1", RL_INVALID, "tiers", "a slab fee needs it");
  expect_fee_refused("kind: greater_of", RL_INVALID, "of", "a greater_of fee needs it");
}

Test(tariff_fees, min_is_not_above_max_for_any_kind)
{
  static const char *const kinds[] = {"bps, bps: 1", "graduated, tiers: [{ from: 0, bps: 1 }]",
                                      "slab, tiers: [{ from: 0, amount: 1 }]",
                                      "greater_of, of: [{ amount: 1 }, { amount: 2 }]"};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    char fee[128];
    snprintf(fee, sizeof fee, "kind: %s, min: 2.01, max: 2.00", kinds[i]);
    expect_fee_refused(fee, RL_INVALID, "min", "above max");
    snprintf(fee, sizeof fee, "kind: %s, min: 2.00, max: 2.00", kinds[i]);
    cr_expect_eq(taken_fee(fee).min_minor, 200);
  }
}

/* --- sides and sums (M5) --- */

Test(tariff_fees, a_slab_on_the_target_side_is_refused)
{
  expect_fee_refused("kind: slab, side: target, tiers: [{ from: 0, bps: 1 }]", RL_INVALID, "kind",
                     "a slab on the target side");
}

Test(tariff_fees, one_item_with_bps_may_stand_on_the_target_side)
{
  static const char *const rounding[] = {"kind: bps, bps: 0",
                                         "kind: graduated, tiers: [{ from: 0, bps: 0 }]",
                                         "kind: greater_of, of: [{ amount: 1 }, { bps: 1 }]"};
  static const char *const plain[] = {"kind: flat, amount: 1",
                                      "kind: greater_of, of: [{ amount: 1 }, { amount: 2 }]"};
  char fees[512];
  for (size_t i = 0; i < 3; i++) {
    for (size_t k = 0; k < 3; k++) {
      snprintf(fees, sizeof fees,
               "      - { name: a, side: target, %s }\n      - { name: b, side: target, %s }\n",
               rounding[i], rounding[k]);
      expect_refused(with_fees(fees), RL_INVALID, 10, "rules[0].fees[1].kind",
                     "a second fee with bps");
    }
    snprintf(fees, sizeof fees,
             "      - { name: a, side: target, %s }\n      - { name: b, side: target, %s }\n"
             "      - { name: c, side: target, %s }\n      - { name: d, %s }\n",
             plain[0], rounding[i], plain[1], rounding[i]);
    rl_tariff_destroy(expect_taken(with_fees(fees)));
  }
}

Test(tariff_fees, the_largest_ratios_of_source_items_sum_to_at_most_a_half)
{
  static const struct { const char *fee, *key; } last[] = {
    {"kind: graduated, tiers: [{ from: 0, bps: 1 }, { from: 1, bps: %s }]", "tiers"},
    {"kind: slab, tiers: [{ from: 0, bps: %s }, { from: 1, amount: 5 }]", "tiers"},
    {"kind: greater_of, of: [{ bps: 3 }, { bps: %s }]", "of"},
    {"kind: bps, mode: on_top, bps: %s", "bps"}};
  for (size_t i = 0; i < sizeof last / sizeof *last; i++) {
    char fee[128], fees[512], field[64];
    for (unsigned over = 0; over < 2; over++) {
      const char *open = strstr(last[i].fee, "%s");
      snprintf(fee, sizeof fee, "%.*s%s%s", (int)(open - last[i].fee), last[i].fee,
               over ? "2500.0001" : "2500", open + 2);
      snprintf(fees, sizeof fees,
               "      - { name: a, kind: slab, tiers: [{ from: 0, bps: 2500 },"
               " { from: 1, bps: 100 }] }\n      - { name: b, %s }\n", fee);
      snprintf(field, sizeof field, "rules[0].fees[1].%s", last[i].key);
      if (over)
        expect_refused(with_fees(fees), RL_OUT_OF_RANGE, 10, field, "sum to more than 5000");
      else
        rl_tariff_destroy(expect_taken(with_fees(fees)));
    }
  }
}
