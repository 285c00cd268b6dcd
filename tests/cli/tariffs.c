#include "tariffs.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char rl_rich_tariff_text[] =
  "tariff: rich\n"
  "locks:\n"
  "  - { ttl: 30s }\n"
  "  - { ttl: 1h, premium_bps: 12.5 }\n"
  "surcharges:\n"
  "  - { name: weekend, when: closed, markup_bps: 25 }\n"
  "payout_increments:\n"
  "  - { currency: HUF, increment: 1.00 }\n"
  "rules:\n"
  "  - name: open\n"
  "    markup_bps: 50\n"
  "    fees:\n"
  "      - { name: transfer, kind: bps, bps: 35 }\n"
  "  - name: usd-eur\n"
  "    from: USD\n"
  "    to: EUR\n"
  "    markup_bps: 40\n"
  "    fees:\n"
  "      - { name: service, kind: flat, amount: 1.50 }\n"
  "      - { name: transfer, kind: bps, bps: 35, min: 0.99 }\n"
  "      - { name: payout, kind: flat, side: target, amount: 0.25 }\n"
  "  - name: gold\n"
  "    tier: gold\n"
  "    pair: EURUSD\n"
  "    markup_points: 1.5\n"
  "    fees: []\n"
  "  - name: small\n"
  "    tier: gold\n"
  "    from: EUR\n"
  "    amount_below: 1000.00\n"
  "    markup_bid_bps: 20\n"
  "    markup_ask_bps: 22\n"
  "    fees:\n"
  "      - name: volume\n"
  "        kind: graduated\n"
  "        tiers: [ { from: 0, bps: 60 }, { from: 500.00, bps: 40 } ]\n"
  "  - name: large\n"
  "    tier: gold\n"
  "    from: EUR\n"
  "    amount_from: 1000.00\n"
  "    markup_bps: 10\n"
  "    fees:\n"
  "      - name: size\n"
  "        kind: slab\n"
  "        tiers: [ { from: 0, amount: 2.00 }, { from: 5000.00, bps: 50 } ]\n"
  "  - name: pounds\n"
  "    client: shop\n"
  "    method: card\n"
  "    from: GBP\n"
  "    markup_bps: 30\n"
  "    fees:\n"
  "      - { name: least, kind: greater_of, of: [ { amount: 2.50 }, { bps: 35 } ] }\n"
  "waivers:\n"
  "  - { name: welcome, fee: service, from: USD, amount_from: 1000.00 }\n";

rl_tariff *rl_tariff_of(const char *text)
{
  rl_tariff *tariff = NULL;
  rl_error error = {0};
  rl_status status = rl_tariff_parse(text, strlen(text), "test", &tariff, &error);
  cr_assert_eq(status, RL_OK, "line %u: %s: %s", error.line, error.field, error.text);
  return tariff;
}

char *rl_text_with(const char *text, const char *find, const char *replacement)
{
  const char *place = strstr(text, find);
  cr_assert(place && !strstr(place + 1, find), "\"%s\" stands in one place", find);
  char *out;
  int length = asprintf(&out, "%.*s%s%s", (int)(place - text), text, replacement,
                        place + strlen(find));
  cr_assert_geq(length, 0);
  return out;
}
