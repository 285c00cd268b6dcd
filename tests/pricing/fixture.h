/* What the pricing tests make by hand: snapshots, and tariffs of one rule. */
#pragma once

#include "pricing/pricing.h"

rl_currency fixture_currency(const char *code);
rl_rate fixture_rate(const char *text);

/* One leg, the market of base against the other of the two. Mid lies half way. */
rl_snapshot fixture_direct(const char *from, const char *to, const char *base, const char *bid,
                           const char *ask);
void fixture_set_reference(rl_snapshot *snapshot, const char *rate);

/* A tariff of a text that is right: aborts with the message if it is refused. The caller owns
 * it. */
rl_tariff *fixture_parse(const char *text, size_t length);
/* One rule beneath `head`, which says all else but the tariff's name; `rule` is the rest of a YAML
 * flow map: "markup_bps: 50, fees: […]". */
#define FIXTURE_LOCKS "locks:\n  - { ttl: 30s, premium_bps: 0 }\n"
rl_tariff *fixture_tariff_under(const char *head, const char *from, const char *to,
                                const char *rule);
/* The same with one lock (30 s, no premium). */
rl_tariff *fixture_tariff(unsigned rate_digits, const char *from, const char *to,
                          const char *rule);
