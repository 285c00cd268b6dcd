/* Each thing that can change in a tariff is told, and nothing else is. */
#include "changes.h"

#include "tariffs.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "subject: change" lines. */
static char *told(const char *old_text, const char *new_text)
{
  rl_tariff *old = rl_tariff_of(old_text), *new = rl_tariff_of(new_text);
  rl_changes changes = {0};
  char *out;
  size_t size;
  FILE *stream = open_memstream(&out, &size);
  rl_changes_of_tariffs(&changes, old, new);
  for (size_t i = 0; i < changes.count; i++)
    fprintf(stream, "%s: %s\n", changes.items[i].subject, changes.items[i].text);
  fclose(stream);
  rl_changes_free(&changes);
  rl_tariff_destroy(new);
  rl_tariff_destroy(old);
  return out;
}

/* Both ways: what one change tells, and what taking it back tells. */
static void expect(const char *find, const char *replacement, const char *there, const char *back)
{
  char *text = rl_text_with(rl_rich_tariff_text, find, replacement);
  char *found = told(rl_rich_tariff_text, text);
  cr_expect_str_eq(found, there);
  free(found);
  found = told(text, rl_rich_tariff_text);
  cr_expect_str_eq(found, back);
  free(found);
  free(text);
}

Test(changes, tariff_and_itself_have_none)
{
  char *found = told(rl_rich_tariff_text, rl_rich_tariff_text);
  cr_expect_str_eq(found, "");
  free(found);
  expect("tariff: rich\n", "# said anew\ntariff: rich\n", "", "");
}

Test(changes, of_the_head_are_told)
{
  expect("tariff: rich\n", "tariff: richer\n", "tariff: name rich -> richer\n",
         "tariff: name richer -> rich\n");
  expect("locks:", "rate_digits: 8\nlocks:", "tariff: rate digits 10 -> 8\n",
         "tariff: rate digits 8 -> 10\n");
  expect("locks:", "default_tier: gold\nlocks:", "tariff: default tier standard -> gold\n",
         "tariff: default tier gold -> standard\n");
  expect("surcharges:", "default_ttl: 1h\nsurcharges:", "tariff: default lock 30s -> 1h\n",
         "tariff: default lock 1h -> 30s\n");
  expect("surcharges:", "trial: { file: new.yaml, percent: 10 }\nsurcharges:",
         "tariff: trial none -> new.yaml for 10 percent of the clients\n",
         "tariff: trial new.yaml for 10 percent of the clients -> none\n");
}

Test(changes, of_locks_are_told)
{
  expect("premium_bps: 12.5", "premium_bps: 15", "locks: 1h: premium 12.5 -> 15 bps\n",
         "locks: 1h: premium 15 -> 12.5 bps\n");
  expect("  - { ttl: 1h, premium_bps: 12.5 }\n", "", "locks: 1h removed\n",
         "locks: 1h added: premium 12.5 bps\n");
}

Test(changes, of_the_lock_premium_are_told)
{
  const char *by_volatility =
    "ttl: 1h }\nlock_premium: { volatility_multiple: 1.5, floor_bps: 0.5, cap_bps: 60 }\n";
  expect("ttl: 1h, premium_bps: 12.5 }\n", by_volatility,
         "locks: 1h: premium 12.5 -> 0 bps\n"
         "lock premium: each lock's own -> 1.5 x volatility, floor 0.5 bps, cap 60 bps\n",
         "locks: 1h: premium 0 -> 12.5 bps\n"
         "lock premium: 1.5 x volatility, floor 0.5 bps, cap 60 bps -> each lock's own\n");
}

Test(changes, of_surcharges_are_told)
{
  expect("markup_bps: 25", "markup_bps: 30",
         "surcharge in closed hours: weekend 25 bps -> weekend 30 bps\n",
         "surcharge in closed hours: weekend 30 bps -> weekend 25 bps\n");
  expect("payout_increments:",
         "  - { name: thin, when: sources_below, bound: 3, markup_bps: 5 }\n"
         "  - { name: ageing, when: age_above, bound: 80, markup_bps: 3 }\n"
         "  - { name: fixing, when: reference, markup_bps: 90 }\npayout_increments:",
         "surcharge for few sources: none -> thin 5 bps below 3 sources\n"
         "surcharge for age: none -> ageing 3 bps above 80 percent of the age bound\n"
         "surcharge on a fixing: none -> fixing 90 bps\n",
         "surcharge for few sources: thin 5 bps below 3 sources -> none\n"
         "surcharge for age: ageing 3 bps above 80 percent of the age bound -> none\n"
         "surcharge on a fixing: fixing 90 bps -> none\n");
}

Test(changes, of_payout_increments_are_told)
{
  expect("increment: 1.00", "increment: 5.00", "payout increments: 1.00 HUF -> 5.00 HUF\n",
         "payout increments: 5.00 HUF -> 1.00 HUF\n");
  expect("  - { currency: HUF, increment: 1.00 }\n", "  - { currency: KWD, increment: 0.010 }\n",
         "payout increments: 1.00 HUF -> none\npayout increments: none -> 0.010 KWD\n",
         "payout increments: none -> 1.00 HUF\npayout increments: 0.010 KWD -> none\n");
}

Test(changes, of_waivers_are_told)
{
  expect("{ name: welcome, ", "{ name: hello, ", "waiver hello: name welcome -> hello\n",
         "waiver welcome: name hello -> welcome\n");
  expect("fee: service, from: USD", "fee: transfer, from: USD",
         "waiver welcome: waives fee service -> transfer\n",
         "waiver welcome: waives fee transfer -> service\n");
  expect("from: USD, amount_from: 1000.00", "from: USD, to: EUR",
         "waiver welcome: for from USD, at least 1000.00 USD -> USD to EUR\n",
         "waiver welcome: for USD to EUR -> from USD, at least 1000.00 USD\n");
  expect("waivers:\n  - { name: welcome, fee: service, from: USD, amount_from: 1000.00 }\n", "",
         "waiver welcome: removed: fee service, from USD, at least 1000.00 USD\n",
         "waiver welcome: added: fee service, from USD, at least 1000.00 USD\n");
}

#define USD_EUR "rule usd-eur (USD to EUR): "
#define GOLD "rule gold (tier gold, EUR/USD both ways): "
#define SMALL "rule small (tier gold, from EUR, below 1000.00 EUR): "
#define LARGE "rule large (tier gold, from EUR, at least 1000.00 EUR): "
#define POUNDS "rule pounds (client shop, method card, from GBP): "

Test(changes, of_markups_are_told)
{
  expect("markup_bps: 40", "markup_bps: 38.25", USD_EUR "markup 40 -> 38.25 bps\n",
         USD_EUR "markup 38.25 -> 40 bps\n");
  expect("markup_points: 1.5", "markup_points: 2", GOLD "markup 1.5 points -> 2 points\n",
         GOLD "markup 2 points -> 1.5 points\n");
  expect("markup_points: 1.5", "markup_bps: 3", GOLD "markup 1.5 points -> 3 bps\n",
         GOLD "markup 3 bps -> 1.5 points\n");
  expect("markup_ask_bps: 22", "markup_ask_bps: 21", SMALL "markup from the ask 22 -> 21 bps\n",
         SMALL "markup from the ask 21 -> 22 bps\n");
  expect("markup_bps: 10\n", "markup_bps: 10\n    disclosure_decimals: 4\n",
         LARGE "disclosure decimals 0 -> 4\n", LARGE "disclosure decimals 4 -> 0\n");
}

Test(changes, of_plain_fees_are_told)
{
  expect("bps: 35, min: 0.99", "bps: 30, min: 0.50",
         USD_EUR "fee transfer: 35 -> 30 bps, minimum 0.99 -> 0.50 USD\n",
         USD_EUR "fee transfer: 30 -> 35 bps, minimum 0.50 -> 0.99 USD\n");
  expect("min: 0.99", "max: 50.00, mode: on_top",
         USD_EUR "fee transfer: minimum 0.99 USD -> none, maximum none -> 50.00 USD, "
                 "deducted -> on top\n",
         USD_EUR "fee transfer: minimum none -> 0.99 USD, maximum 50.00 USD -> none, "
                 "on top -> deducted\n");
  expect("side: target, amount: 0.25", "side: target, amount: 0.50",
         USD_EUR "fee payout: 0.25 -> 0.50 EUR\n", USD_EUR "fee payout: 0.50 -> 0.25 EUR\n");
  expect("side: target, amount: 0.25", "amount: 0.25",
         USD_EUR "fee payout: 0.25 EUR, on the target side -> 0.25 USD\n",
         USD_EUR "fee payout: 0.25 USD -> 0.25 EUR, on the target side\n");
  expect("kind: bps, bps: 35, min: 0.99", "kind: flat, amount: 3.00",
         USD_EUR "fee transfer: 35 bps, minimum 0.99 USD -> 3.00 USD\n",
         USD_EUR "fee transfer: 3.00 USD -> 35 bps, minimum 0.99 USD\n");
  expect("      - { name: payout, kind: flat, side: target, amount: 0.25 }\n", "",
         USD_EUR "fee payout removed\n",
         USD_EUR "fee payout added: 0.25 EUR, on the target side\n");
}

Test(changes, of_tiers_and_alternatives_are_told)
{
  expect("{ from: 500.00, bps: 40 }", "{ from: 500.00, bps: 35 }",
         SMALL "fee volume: graduated tier from 500.00: 40 -> 35 bps\n",
         SMALL "fee volume: graduated tier from 500.00: 35 -> 40 bps\n");
  expect("{ from: 500.00, bps: 40 }", "{ from: 600.00, bps: 40 }",
         SMALL "fee volume: graduated tier from 500.00 removed, graduated tier from 600.00 added: "
               "40 bps\n",
         SMALL "fee volume: graduated tier from 600.00 removed, graduated tier from 500.00 added: "
               "40 bps\n");
  expect("{ from: 0, amount: 2.00 }", "{ from: 0, bps: 60 }",
         LARGE "fee size: slab tier from 0: 2.00 EUR -> 60 bps\n",
         LARGE "fee size: slab tier from 0: 60 bps -> 2.00 EUR\n");
  expect("of: [ { amount: 2.50 }, { bps: 35 } ]", "of: [ { amount: 2.75 }, { bps: 35 } ]",
         POUNDS "fee least: 2.50 -> 2.75 GBP\n", POUNDS "fee least: 2.75 -> 2.50 GBP\n");
  expect("{ bps: 35 } ] }", "{ bps: 35 }, { amount: 2.75 } ] }",
         POUNDS "fee least: the greater of 2.50 GBP or 35 bps -> the greater of 2.50 GBP or 35 bps "
                "or 2.75 GBP\n",
         POUNDS "fee least: the greater of 2.50 GBP or 35 bps or 2.75 GBP -> the greater of "
                "2.50 GBP or 35 bps\n");
  expect("kind: greater_of, of: [ { amount: 2.50 }, { bps: 35 } ]", "kind: bps, bps: 35",
         POUNDS "fee least: the greater of 2.50 GBP or 35 bps -> 35 bps\n",
         POUNDS "fee least: 35 bps -> the greater of 2.50 GBP or 35 bps\n");
}

Test(changes, of_a_rules_name_and_scope_are_told)
{
  expect("name: gold\n", "name: golden\n",
         "rule golden (tier gold, EUR/USD both ways): name gold -> golden\n",
         GOLD "name golden -> gold\n");
  expect("    method: card\n", "",
         "rule pounds (client shop, from GBP): for client shop, method card, from GBP -> "
         "client shop, from GBP\n",
         POUNDS "for client shop, from GBP -> client shop, method card, from GBP\n");
}

Test(changes, of_bands_are_told)
{
  char *below = rl_text_with(rl_rich_tariff_text, "amount_below: 1000.00", "amount_below: 2000.00");
  char *text = rl_text_with(below, "    amount_from: 1000.00", "    amount_from: 2000.00");
  char *found = told(rl_rich_tariff_text, text);
  cr_expect_str_eq(found, "rule small (tier gold, from EUR, below 2000.00 EUR): for tier gold, "
                          "from EUR, below 1000.00 EUR -> tier gold, from EUR, below 2000.00 EUR\n"
                          "rule large (tier gold, from EUR, at least 2000.00 EUR): for tier gold, "
                          "from EUR, at least 1000.00 EUR -> tier gold, from EUR, at least "
                          "2000.00 EUR\n");
  free(found);
  free(text);
  free(below);
}

Test(changes, rule_that_comes_or_goes_is_told)
{
  expect("waivers:",
         "  - name: yen\n    to: JPY\n    markup_bid_bps: 5\n    markup_ask_bps: 6\n"
         "    fees:\n      - { name: transfer, kind: bps, bps: 7 }\nwaivers:",
         "rule yen (to JPY): added: markup 5 bps from the bid, 6 bps from the ask\n"
         "rule yen (to JPY): fee transfer: 7 bps\n",
         "rule yen (to JPY): removed\n");
}

Test(changes, rules_in_another_order_are_the_same)
{
  const char *head = "tariff: t\nlocks: [ { ttl: 30s } ]\nrules:\n";
  const char *one = "  - { name: r, from: EUR, markup_bps: 1 }\n";
  const char *other = "  - { name: r, from: USD, markup_bps: 2 }\n";
  char *left, *right;
  cr_assert_geq(asprintf(&left, "%s%s%s", head, one, other), 0);
  cr_assert_geq(asprintf(&right, "%s%s%s", head, other, one), 0);
  char *found = told(left, right);
  cr_expect_str_eq(found, "");
  free(found);
  free(left);
  free(right);
}
