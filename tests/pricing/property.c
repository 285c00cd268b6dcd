/* Engine against oracle on random tariffs, markets and requests, and the promises of M3 to M5 and
 * S4 that need no oracle. Prints its seed and what it met: a run that prices nothing proves
 * nothing.
 *
 *   pricing_property [--cases N] [--seed S]   default 100,000 and a seed of the moment */
#include "pricing/promises.h"

#include "pricing/exact_rates.h"
#include "support/exact.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CASES_PER_TARIFF 1000

static struct {
  uint64_t priced, refused[64], jumps, residues, waived, increments, surcharged, points;
  uint64_t kinds[5];
  promise_counts promises;
} met;

/* --- a failure --- */

static void print_legs(const rl_snapshot *snapshot)
{
  fprintf(stderr, "%s to %s, base %s", rl_currency_code(snapshot->from),
          rl_currency_code(snapshot->to), rl_currency_code(snapshot->base));
  for (unsigned i = 0; i < snapshot->leg_count; i++) {
    const rl_leg *leg = &snapshot->legs[i];
    fprintf(stderr, "; %s%u/%u/%u halves of 10^-%u, pip 10^-%u", leg->inverted ? "inverted " : "",
            leg->composite.bid_half, leg->composite.mid_half, leg->composite.ask_half,
            leg->composite.scale, leg->composite.pip_scale);
  }
  fprintf(stderr, "\n");
}

static void print_rule(const trial *tried)
{
  static char text[8192];
  const rl_waiver *waivers[RL_FEES_MAX] = {0};
  const rl_rule *rule = rl_price_rule(&tried->snapshot, tried->tariff, &tried->request, waivers);
  if (!rule)
    return;
  drawn_rule_print(rule, text, sizeof text);
  fprintf(stderr, "%s", text);
  for (unsigned i = 0; i < rule->fee_count; i++)
    if (waivers[i])
      fprintf(stderr, "%s is waived by %s\n", rule->fees[i].name, waivers[i]->name);
}

static void print_locks(const oracle_tariff *told)
{
  for (unsigned i = 0; i < told->lock_count; i++)
    fprintf(stderr, "%s%u ms %d e-8", i ? ", " : "locks: ", told->locks[i].ttl_ms,
            told->locks[i].premium_e8);
  if (told->premium.by_volatility)
    fprintf(stderr, "; %d hundredths of the volatility, %d … %d e-8", told->premium.multiple_e2,
            told->premium.floor_e8, told->premium.cap_e8);
  fprintf(stderr, "\n");
}

static void print_trial(const drawn_tariff *drawn, const trial *tried)
{
  const rl_price_request *request = &tried->request;
  const rl_conditions *conditions = &tried->snapshot.conditions;
  print_rule(tried);
  print_legs(&tried->snapshot);
  print_locks(&drawn->told);
  fprintf(stderr, "rate_digits %u, payouts of %" PRId64 "; %s, %u sources, age %u %%, volatility %u"
          " ppm\n", drawn->told.rate_digits,
          rl_tariff_payout_increment(tried->tariff, tried->snapshot.to),
          conditions->closed ? "closed" : "open", conditions->fewest_sources,
          conditions->age_percent, conditions->volatility_ppm);
  fprintf(stderr, "client \"%s\" tier \"%s\" method \"%s\" ttl %u fixed %s %" PRId64 "\n",
          request->client, request->tier, request->method, request->ttl_ms,
          request->fixed == RL_FIXED_SOURCE ? "source" : "target", request->amount_minor);
}

_Noreturn static void fail(const drawn_tariff *drawn, const trial *tried, breach broken)
{
  fprintf(stderr, "%s: got %" PRId64 ", expected %" PRId64 "\n", broken.promise, broken.got,
          broken.expected);
  print_trial(drawn, tried);
  exit(1);
}

#define AMOUNTS "C %" PRId64 " S %" PRId64 " N %" PRId64 " G %" PRId64 " T %" PRId64 \
                " residue %" PRId64 " P %" PRId64 " cost %" PRId64

#define PRINT_AMOUNTS(who, q)                                                                   \
  fprintf(stderr, "%s: rate %" PRIu64 "e-%u " AMOUNTS "\n", who, (q)->client_rate.mantissa,     \
          (q)->client_rate.scale, (q)->charge_minor, (q)->source_minor, (q)->net_minor,         \
          (q)->gross_minor, (q)->target_minor, (q)->residue_minor, (q)->position_minor,         \
          (q)->total_cost_minor)

/* --- with the oracle --- */

static bool reachable_is(rl_reachable one, rl_reachable other)
{
  return one.source_minor == other.source_minor && one.target_minor == other.target_minor;
}

static void expect_nearest(const drawn_tariff *drawn, const trial *tried, const rl_nearest *got,
                           const rl_nearest *expected)
{
  if (reachable_is(got->below, expected->below) && reachable_is(got->above, expected->above))
    return;
  const rl_nearest *both[] = {got, expected};
  for (unsigned i = 0; i < 2; i++)
    fprintf(stderr, "%s: S %" PRId64 " T %" PRId64 ", S %" PRId64 " T %" PRId64 "\n",
            i ? "oracle" : "engine", both[i]->below.source_minor, both[i]->below.target_minor,
            both[i]->above.source_minor, both[i]->above.target_minor);
  fail(drawn, tried, (breach){"nearest", 0, 0});
}

static void expect_refusal(const drawn_tariff *drawn, const trial *tried, rl_refusal got,
                           const oracle_quote *expected)
{
  if (got == expected->refusal)
    return;
  fprintf(stderr, "engine: %s, oracle: %s\n", rl_refusal_name(got),
          rl_refusal_name(expected->refusal));
  if (expected->refusal == RL_REFUSAL_NONE)
    PRINT_AMOUNTS("oracle", expected);
  fail(drawn, tried, (breach){"refusal", got, expected->refusal});
}

static void count(const oracle_case *asked, const oracle_quote *quote)
{
  met.priced++;
  met.residues += quote->residue_minor > 0;
  met.surcharged += quote->markup_count > 1;
  met.points += quote->markups[0].points_e1 > 0;
  for (unsigned i = 0; i < quote->rule->fee_count; i++) {
    met.kinds[quote->rule->fees[i].kind]++;
    met.waived += quote->waivers[i] != NULL;
  }
  for (unsigned i = 0; i < asked->tariff->increment_count; i++)
    met.increments +=
      rl_currency_equal(asked->tariff->increments[i].currency, asked->snapshot->to);
}

/* True when both price the request, and alike. */
static bool agrees(const drawn_tariff *drawn, const trial *tried, rl_terms *terms)
{
  static rl_terms untouched;
  static const rl_nearest none = {{-1, -1}, {-1, -1}};
  oracle_case asked = {.tariff = &drawn->told, .snapshot = &tried->snapshot,
                       .request = &tried->request};
  oracle_quote expected = oracle_price(&asked);
  rl_nearest nearest = none;
  memset(terms, 0xa5, sizeof *terms);
  memset(&untouched, 0xa5, sizeof untouched);
  rl_refusal refusal = rl_price(&tried->snapshot, tried->tariff, &tried->request, terms, &nearest);
  expect_refusal(drawn, tried, refusal, &expected);
  expect_nearest(drawn, tried, &nearest,
                 refusal == RL_REFUSAL_AMOUNT_UNREACHABLE ? &expected.nearest : &none);
  met.refused[refusal]++;
  met.jumps += refusal == RL_REFUSAL_AMOUNT_UNREACHABLE &&
               tried->request.amount_minor %
                   rl_tariff_payout_increment(tried->tariff, tried->snapshot.to) == 0;
  if (refusal != RL_REFUSAL_NONE) {
    if (memcmp(terms, &untouched, sizeof untouched) != 0)
      fail(drawn, tried, (breach){"touched terms", 1, 0});
    return false;
  }
  const char *mismatch = oracle_mismatch(&asked, terms, &expected);
  if (mismatch) {
    PRINT_AMOUNTS("engine", terms);
    PRINT_AMOUNTS("oracle", &expected);
    fail(drawn, tried, (breach){mismatch, 0, 0});
  }
  count(&asked, &expected);
  return true;
}

/* --- the run --- */

static int64_t within_range(const mpz_t amount)
{
  if (mpz_cmp_si(amount, RL_AMOUNT_MAX) > 0)
    return RL_AMOUNT_MAX;
  return mpz_sgn(amount) > 0 ? mpz_get_si(amount) : 1;
}

/* About what a source amount is worth at mid or at the core. */
static int64_t worth_of(rl_random *random, const rl_snapshot *snapshot, int64_t source_minor)
{
  mpq_t core, mid, amount;
  mpz_t whole;
  mpq_inits(core, mid, amount, NULL);
  mpz_init(whole);
  exact_walk(core, mid, snapshot);
  exact_pow10(amount, (int)rl_currency_exponent(snapshot->to) -
                        (int)rl_currency_exponent(snapshot->from));
  mpq_mul(amount, amount, draw_chance(random, 70) ? mid : core);
  mpq_set_si(core, source_minor, 1);
  mpq_mul(amount, amount, core);
  exact_rounded(whole, amount, RL_ROUND_DOWN);
  mpz_add_ui(whole, whole, rl_random_below(random, 2));
  int64_t result = within_range(whole);
  mpq_clears(core, mid, amount, NULL);
  mpz_clear(whole);
  return result;
}

/* What a source amount gives; 0 where it is refused. */
static int64_t target_of(const trial *tried, int64_t source_minor)
{
  static rl_terms terms;
  rl_price_request request = tried->request;
  request.fixed = RL_FIXED_SOURCE;
  request.amount_minor = source_minor;
  return rl_price(&tried->snapshot, tried->tariff, &request, &terms, NULL) == RL_REFUSAL_NONE
           ? terms.target_minor
           : 0;
}

/* About what a source gives, or anything between what two near it do: where a slab falls between
 * them, mostly no source gives that. */
static int64_t target_near(rl_random *random, const trial *tried, int64_t source_minor)
{
  int64_t before = target_of(tried, source_minor - 2);
  int64_t behind = target_of(tried, source_minor + 1);
  if (behind == 0 || draw_chance(random, 30))
    return worth_of(random, &tried->snapshot, source_minor);
  if (before > 0 && before < behind)
    return rl_random_between(random, before, behind);
  return behind + (int64_t)rl_random_below(random, 2);
}

static void draw_fixed_amount(rl_random *random, const drawn_tariff *drawn, trial *tried)
{
  const rl_waiver *waivers[RL_FEES_MAX];
  tried->request.amount_minor = draw_amount(random);
  const rl_rule *rule = rl_price_rule(&tried->snapshot, tried->tariff, &tried->request, waivers);
  if (!rule || draw_chance(random, 40))
    return;
  int64_t source_minor = draw_threshold(random, drawn, rule);
  tried->request.amount_minor = tried->request.fixed == RL_FIXED_SOURCE
                                  ? source_minor
                                  : target_near(random, tried, source_minor);
}

static void draw_trial(rl_random *random, const drawn_tariff *drawn, trial *tried)
{
  unsigned corridor = (unsigned)rl_random_below(random, DRAWN_CORRIDORS);
  bool forth = draw_chance(random, 50);
  rl_currency from = forth ? drawn->from[corridor] : drawn->to[corridor];
  rl_currency to = forth ? drawn->to[corridor] : drawn->from[corridor];
  draw_snapshot(random, drawn, from, to, &tried->snapshot);
  draw_request(random, drawn, corridor, &tried->request);
  draw_fixed_amount(random, drawn, tried);
  int64_t increment = rl_tariff_payout_increment(tried->tariff, to);
  if (tried->request.fixed == RL_FIXED_TARGET && draw_chance(random, 80) &&
      tried->request.amount_minor > increment)
    tried->request.amount_minor -= tried->request.amount_minor % increment;
}

static void run_tariff(rl_random *random, uint64_t cases)
{
  static drawn_tariff drawn;
  static trial tried;
  static rl_terms terms;
  draw_tariff(random, &drawn);
  rl_tariff *tariff = drawn_tariff_parse(&drawn);
  tried.tariff = tariff;
  for (uint64_t i = 0; i < cases; i++) {
    draw_trial(random, &drawn, &tried);
    breach broken = {0};
    if (agrees(&drawn, &tried, &terms))
      broken = promises_kept(&tried, &terms, &met.promises);
    if (!broken.promise && i % 100 == 0)
      broken = promise_of_triangles(random, &met.promises);
    if (broken.promise)
      fail(&drawn, &tried, broken);
  }
  rl_tariff_destroy(tariff);
}

static void report(uint64_t cases)
{
  printf("%" PRIu64 " cases, %" PRIu64 " priced, %" PRIu64 " with a residue, %" PRIu64
         " with surcharges, %" PRIu64 " in points, %" PRIu64
         " of an increment\n", cases, met.priced, met.residues, met.surcharged, met.points,
         met.increments);
  printf("fees: %" PRIu64 " flat, %" PRIu64 " bps, %" PRIu64 " graduated, %" PRIu64
         " slab, %" PRIu64 " greater of; %" PRIu64 " waived\n", met.kinds[RL_FEE_FLAT],
         met.kinds[RL_FEE_BPS], met.kinds[RL_FEE_GRADUATED], met.kinds[RL_FEE_SLAB],
         met.kinds[RL_FEE_GREATER_OF], met.waived);
  printf("%" PRIu64 " smallest sources, %" PRIu64 " targets in the jump of a slab, %" PRIu64
         " round trips, %" PRIu64 " triangles\n", met.promises.minimal, met.jumps,
         met.promises.round_trips, met.promises.triangles);
  for (unsigned i = 1; i < sizeof met.refused / sizeof met.refused[0]; i++)
    if (met.refused[i] > 0)
      printf("  %s %" PRIu64 "\n", rl_refusal_name((rl_refusal)i), met.refused[i]);
}

int main(int argument_count, char **arguments)
{
  uint64_t cases = 100000;
  bool understood = argument_count % 2 == 1;
  for (int i = 1; understood && i < argument_count; i += 2) {
    if (strcmp(arguments[i], "--cases") == 0)
      cases = strtoull(arguments[i + 1], NULL, 10);
    else if (strcmp(arguments[i], "--seed") == 0)
      setenv("RL_SEED", arguments[i + 1], 1);
    else
      understood = false;
  }
  if (!understood || cases == 0) {
    fprintf(stderr, "usage: pricing_property [--cases N] [--seed S]\n");
    return 2;
  }
  rl_random random = rl_random_from(rl_test_seed("pricing_property"));
  for (uint64_t done = 0; done < cases; done += CASES_PER_TARIFF)
    run_tariff(&random, cases - done < CASES_PER_TARIFF ? cases - done : CASES_PER_TARIFF);
  report(cases);
  return 0;
}
