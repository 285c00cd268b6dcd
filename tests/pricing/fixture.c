#include "pricing/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

rl_currency fixture_currency(const char *code)
{
  rl_currency currency;
  RL_ASSERT(rl_currency_find(code, strlen(code), &currency) == RL_OK);
  return currency;
}

rl_rate fixture_rate(const char *text)
{
  rl_rate rate;
  RL_ASSERT(rl_rate_parse(text, strlen(text), &rate) == RL_OK);
  return rate;
}

static uint32_t units_at(rl_rate rate, unsigned scale)
{
  uint64_t units = rate.mantissa;
  for (unsigned i = rate.scale; i < scale; i++)
    units *= 10;
  return (uint32_t)units;
}

rl_snapshot fixture_direct(const char *from, const char *to, const char *base, const char *bid,
                           const char *ask)
{
  rl_rate low = fixture_rate(bid);
  rl_rate high = fixture_rate(ask);
  bool sells_base = strcmp(from, base) == 0;
  rl_snapshot snapshot = {.from = fixture_currency(from), .to = fixture_currency(to)};
  snapshot.base = sells_base ? snapshot.from : snapshot.to;
  snapshot.quote = sells_base ? snapshot.to : snapshot.from;
  snapshot.leg_count = 1;
  rl_leg *leg = &snapshot.legs[0];
  leg->inverted = !sells_base;
  leg->composite.scale = low.scale > high.scale ? low.scale : high.scale;
  leg->composite.bid_half = 2 * units_at(low, leg->composite.scale);
  leg->composite.ask_half = 2 * units_at(high, leg->composite.scale);
  leg->composite.mid_half = (leg->composite.bid_half + leg->composite.ask_half) / 2;
  return snapshot;
}

void fixture_set_reference(rl_snapshot *snapshot, const char *rate)
{
  snapshot->reference = (rl_reference){.known = true, .rate = fixture_rate(rate),
                                       .date_utc_ms = 1746792000000, .provider = "ecb"};
}

rl_tariff *fixture_parse(const char *text, size_t length)
{
  rl_tariff *tariff = NULL;
  rl_error error;
  if (rl_tariff_parse(text, length, "fixture", &tariff, &error) != RL_OK) {
    char line[1024];
    rl_error_format(&error, line, sizeof line);
    fprintf(stderr, "%s\n%s\n", line, text);
    abort();
  }
  return tariff;
}

rl_tariff *fixture_tariff_under(const char *head, const char *from, const char *to,
                                const char *rule)
{
  char text[2048];
  int length = snprintf(text, sizeof text,
                        "tariff: fixture\n%srules:\n"
                        "  - { name: standard, tier: standard, from: %s, to: %s, %s }\n",
                        head, from, to, rule);
  RL_ASSERT(length > 0 && (size_t)length < sizeof text);
  return fixture_parse(text, (size_t)length);
}

rl_tariff *fixture_tariff(unsigned rate_digits, const char *from, const char *to, const char *rule)
{
  char head[128];
  snprintf(head, sizeof head, "rate_digits: %u\n" FIXTURE_LOCKS, rate_digits);
  return fixture_tariff_under(head, from, to, rule);
}
