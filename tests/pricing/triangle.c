#include "pricing/fixture.h"
#include "pricing/promises.h"

#include <stdio.h>
#include <string.h>

/* Two legs with a currency in common; both walked from the first currency to the last. */
typedef struct legs {
  rl_currency a, b, c;
  rl_leg ab, bc;
} legs;

/* No fee, and no markup or one too small to show: only the direction of roundings keeps the house
 * from losing. */
static rl_tariff *draw_costless(rl_random *random)
{
  char text[256];
  int length = snprintf(text, sizeof text,
                        "tariff: costless\nrate_digits: %u\nlocks:\n  - { ttl: 30s }\n"
                        "rules:\n  - { name: all, tier: standard, markup_bps: %s }\n",
                        4 + (unsigned)rl_random_below(random, 7),
                        draw_chance(random, 70) ? "0" : "0.0001");
  return fixture_parse(text, (size_t)length);
}

static rl_currency currency_of(rl_random *random, const char *const codes[3])
{
  return fixture_currency(codes[rl_random_below(random, 3)]);
}

static void draw_legs(rl_random *random, legs *out)
{
  static const char *const ours[] = {"EUR", "JPY", "UYW"}, *const pivots[] = {"USD", "KRW", "BHD"},
                    *const theirs[] = {"INR", "KWD", "VND"};
  memset(out, 0, sizeof *out);
  out->a = currency_of(random, ours);
  out->b = currency_of(random, pivots);
  out->c = currency_of(random, theirs);
  draw_leg(random, &out->ab);
  draw_leg(random, &out->bc);
  out->ab.inverted = draw_chance(random, 50);
  out->bc.inverted = draw_chance(random, 50);
}

static void single(const rl_leg *leg, rl_currency from, rl_currency to, rl_snapshot *out)
{
  memset(out, 0, sizeof *out);
  out->from = from;
  out->to = to;
  out->base = leg->inverted ? to : from;
  out->quote = leg->inverted ? from : to;
  out->leg_count = 1;
  out->legs[0] = *leg;
}

static void together(const legs *from, bool a_is_base, rl_snapshot *out)
{
  memset(out, 0, sizeof *out);
  out->from = from->a;
  out->to = from->c;
  out->base = a_is_base ? from->a : from->c;
  out->quote = a_is_base ? from->c : from->a;
  out->leg_count = 2;
  out->legs[0] = from->ab;
  out->legs[1] = from->bc;
}

/* What quoting *amount brings; false where it is refused. */
static bool trade(const rl_tariff *tariff, const rl_snapshot *snapshot, int64_t *amount)
{
  static rl_terms terms;
  rl_price_request request = {.fixed = RL_FIXED_SOURCE, .amount_minor = *amount};
  if (rl_price(snapshot, tariff, &request, &terms, NULL) != RL_REFUSAL_NONE)
    return false;
  *amount = terms.target_minor;
  return true;
}

static breach walk(const rl_tariff *tariff, const rl_snapshot ways[3], int64_t amount,
                   promise_counts *counts)
{
  int64_t held = amount;
  for (unsigned i = 0; i < 3; i++)
    if (!trade(tariff, &ways[i], &held))
      return (breach){0};
  counts->triangles++;
  return held <= amount ? (breach){0} : (breach){"triangle", held, amount};
}

breach promise_of_triangles(rl_random *random, promise_counts *counts)
{
  static legs drawn;
  static rl_snapshot ways[3], back[3];
  draw_legs(random, &drawn);
  rl_tariff *tariff = draw_costless(random);
  single(&drawn.ab, drawn.a, drawn.b, &ways[0]);
  single(&drawn.bc, drawn.b, drawn.c, &ways[1]);
  together(&drawn, draw_chance(random, 50), &back[0]);
  snapshot_reverse(&back[0], &ways[2]);
  snapshot_reverse(&ways[1], &back[1]);
  snapshot_reverse(&ways[0], &back[2]);
  breach broken = {0};
  for (unsigned i = 0; i < 32 && !broken.promise; i++) {
    broken = walk(tariff, ways, draw_amount(random), counts);
    if (!broken.promise)
      broken = walk(tariff, back, draw_amount(random), counts);
  }
  rl_tariff_destroy(tariff);
  return broken;
}
