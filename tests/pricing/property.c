/* Engine against oracle on random tariffs, markets and requests, and the promises of M3 to M5 and
 * S4 that need no oracle. Prints its seed and what it met: a run that prices nothing proves
 * nothing.
 *
 *   pricing_property [--cases N]   default 300,000 */
#include "pricing/draw.h"
#include "pricing/oracle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CASES_PER_TARIFF 2000

struct trial {
  const drawn_tariff *drawn;
  const rl_tariff *tariff;
  const rl_rule *rule;
  const rl_rule *rule_back; /* of the way back, in the same tier */
  rl_snapshot snapshot;
  rl_price_request request;
  int32_t premium_e8;       /* of the lock that the request gets */
};

static struct {
  uint64_t priced, refused[64], residues, discounts, round_trips;
} met;

/* --- a failure --- */

static void print_legs(const rl_snapshot *snapshot)
{
  fprintf(stderr, "%s to %s, base %s", rl_currency_code(snapshot->from),
          rl_currency_code(snapshot->to), rl_currency_code(snapshot->base));
  for (unsigned i = 0; i < snapshot->leg_count; i++) {
    const rl_leg *leg = &snapshot->legs[i];
    fprintf(stderr, "; %s%u/%u/%u halves of 10^-%u", leg->inverted ? "inverted " : "",
            leg->composite.bid_half, leg->composite.mid_half, leg->composite.ask_half,
            leg->composite.scale);
  }
  fprintf(stderr, "\n");
}

_Noreturn static void fail(const struct trial *trial, const char *what, int64_t got,
                           int64_t expected)
{
  static char text[4096];
  drawn_rule_print(trial->rule, text, sizeof text);
  fprintf(stderr, "%s: got %" PRId64 ", expected %" PRId64 "\n%s", what, got, expected, text);
  drawn_rule_print(trial->rule_back, text, sizeof text);
  fprintf(stderr, "%srate_digits %u, lock premium %d e-8\n", text, trial->drawn->rate_digits,
          trial->premium_e8);
  print_legs(&trial->snapshot);
  if (trial->snapshot.reference.known)
    fprintf(stderr, "reference %" PRIu64 "e-%u\n", trial->snapshot.reference.rate.mantissa,
            trial->snapshot.reference.rate.scale);
  fprintf(stderr, "fixed %s %" PRId64 "\n",
          trial->request.fixed == RL_FIXED_SOURCE ? "source" : "target",
          trial->request.amount_minor);
  exit(1);
}

static void expect(const struct trial *trial, bool holds, const char *what, int64_t got,
                   int64_t expected)
{
  if (!holds)
    fail(trial, what, got, expected);
}

static void expect_equal(const struct trial *trial, const char *what, int64_t got, int64_t expected)
{
  expect(trial, got == expected, what, got, expected);
}

/* --- with the oracle --- */

/* True when both price the request, and alike. */
static bool agrees(const struct trial *trial, rl_terms *terms)
{
  static rl_terms untouched;
  oracle_case asked = {.snapshot = &trial->snapshot, .rule = trial->rule,
                       .premium_e8 = trial->premium_e8, .rate_digits = trial->drawn->rate_digits,
                       .fixed = trial->request.fixed,
                       .amount_minor = trial->request.amount_minor};
  oracle_quote expected = oracle_price(&asked);
  memset(terms, 0xa5, sizeof *terms);
  memset(&untouched, 0xa5, sizeof untouched);
  rl_refusal refusal = rl_price(&trial->snapshot, trial->tariff, &trial->request, terms, NULL);
  expect_equal(trial, "refusal", refusal, expected.refusal);
  met.refused[refusal]++;
  if (refusal != RL_REFUSAL_NONE) {
    expect(trial, memcmp(terms, &untouched, sizeof untouched) == 0, "touched terms", 1, 0);
    return false;
  }
  const char *mismatch = oracle_mismatch(&asked, terms, &expected);
  if (mismatch) {
    fprintf(stderr, "engine: rate %" PRIu64 "e-%u C %" PRId64 " S %" PRId64 " N %" PRId64
            " G %" PRId64 " T %" PRId64 "\n", terms->client_rate.mantissa,
            terms->client_rate.scale, terms->charge_minor, terms->source_minor,
            terms->net_minor, terms->gross_minor, terms->target_minor);
    fprintf(stderr, "oracle: rate %" PRIu64 "e-%u C %" PRId64 " S %" PRId64 " N %" PRId64
            " G %" PRId64 " T %" PRId64 "\n", expected.client_rate.mantissa,
            expected.client_rate.scale, expected.charge_minor, expected.source_minor,
            expected.net_minor, expected.gross_minor, expected.target_minor);
    fail(trial, mismatch, terms->reference_margin_e6, expected.reference_margin_e6);
  }
  met.priced++;
  met.residues += terms->residue_minor > 0;
  met.discounts += terms->spread_minor < 0;
  return true;
}

/* --- without --- */

static int64_t fees_of(const rl_terms *terms, rl_fee_side side, rl_fee_mode mode)
{
  int64_t sum = 0;
  for (unsigned i = 0; i < terms->fee_count; i++)
    if (terms->fees[i].side == side && terms->fees[i].mode == mode)
      sum += terms->fees[i].amount_minor;
  return sum;
}

/* The items are the difference between the amounts, and the postings of S4 sum to zero. */
static void expect_sums(const struct trial *trial, const rl_terms *terms)
{
  int64_t on_top = fees_of(terms, RL_FEE_SOURCE, RL_FEE_ON_TOP);
  int64_t deducted = fees_of(terms, RL_FEE_SOURCE, RL_FEE_DEDUCTED);
  int64_t from_target = fees_of(terms, RL_FEE_TARGET, RL_FEE_DEDUCTED);
  expect_equal(trial, "C = S + on top", terms->charge_minor, terms->source_minor + on_top);
  expect_equal(trial, "N = S - deducted", terms->net_minor, terms->source_minor - deducted);
  expect_equal(trial, "T = G - target fees", terms->target_minor,
               terms->gross_minor - from_target);
  expect_equal(trial, "fixed side is echoed", trial->request.amount_minor,
               trial->request.fixed == RL_FIXED_SOURCE ? terms->source_minor
                                                       : terms->target_minor);
  expect(trial, terms->residue_minor >= 0, "residue", terms->residue_minor, 0);
  expect_equal(trial, "postings in source currency",
               -terms->charge_minor + on_top + deducted + terms->net_minor, 0);
  expect_equal(trial, "postings in target currency",
               -terms->position_minor + terms->target_minor + from_target + terms->spread_minor +
                   terms->residue_minor,
               0);
}

/* The target that a source gives, 0 if it is refused. */
static int64_t target_of(const struct trial *trial, int64_t source_minor, rl_refusal *refusal)
{
  static rl_terms terms;
  rl_price_request request = trial->request;
  request.fixed = RL_FIXED_SOURCE;
  request.amount_minor = source_minor;
  *refusal = rl_price(&trial->snapshot, trial->tariff, &request, &terms, NULL);
  return *refusal == RL_REFUSAL_NONE ? terms.target_minor : 0;
}

/* M4: quoting S gives at least T, and S - 1 does not. With a residue S may give so much more than
 * T that its effective rate is no longer one that can be shown. */
static void expect_minimal(const struct trial *trial, const rl_terms *terms)
{
  rl_refusal refusal;
  int64_t target = target_of(trial, terms->source_minor, &refusal);
  expect(trial, target >= terms->target_minor || refusal == RL_REFUSAL_RATE_OUT_OF_RANGE,
         "T of S", target, terms->target_minor);
  int64_t below = target_of(trial, terms->source_minor - 1, &refusal);
  expect(trial, below < terms->target_minor, "T of S - 1", below, terms->target_minor);
}

/* M3: without a discount no rounding makes the rate better for the client than the core. */
static void expect_no_loss(const struct trial *trial, const rl_terms *terms)
{
  expect(trial, terms->spread_minor >= 0, "spread", terms->spread_minor, 0);
}

/* M3: there and back through one market without a discount brings no more than was charged. */
static void expect_no_gain(const struct trial *trial, const rl_terms *terms)
{
  static rl_snapshot back;
  static rl_terms terms_back;
  snapshot_reverse(&trial->snapshot, &back);
  rl_price_request request = trial->request;
  request.fixed = RL_FIXED_SOURCE;
  request.amount_minor = terms->target_minor;
  if (rl_price(&back, trial->tariff, &request, &terms_back, NULL) != RL_REFUSAL_NONE)
    return;
  met.round_trips++;
  expect(trial, terms_back.target_minor <= terms->charge_minor, "round trip",
         terms_back.target_minor, terms->charge_minor);
}

/* --- the run --- */

static void draw_trial(rl_random *random, struct trial *trial)
{
  const drawn_tariff *drawn = trial->drawn;
  unsigned index = (unsigned)rl_random_below(random, DRAWN_RULES);
  trial->rule = &drawn->rules[index];
  trial->rule_back = &drawn->rules[index ^ 1];
  draw_snapshot(random, trial->rule->scope.from, trial->rule->scope.to, &trial->snapshot);
  unsigned lock = (unsigned)rl_random_below(random, drawn->lock_count);
  trial->premium_e8 = drawn->locks[lock].premium_e8;
  trial->request.fixed = rl_random_below(random, 2) ? RL_FIXED_SOURCE : RL_FIXED_TARGET;
  trial->request.amount_minor = draw_amount(random);
  trial->request.ttl_ms = drawn->locks[lock].ttl_ms;
  memcpy(trial->request.tier, trial->rule->scope.tier, sizeof trial->request.tier);
}

static void run_trial(const struct trial *trial)
{
  static rl_terms terms;
  if (!agrees(trial, &terms))
    return;
  expect_equal(trial, "ttl", terms.ttl_ms, trial->request.ttl_ms);
  expect_equal(trial, "tier", strcmp(terms.tier, trial->request.tier), 0);
  expect_sums(trial, &terms);
  if (trial->request.fixed == RL_FIXED_TARGET)
    expect_minimal(trial, &terms);
  bool discount = trial->rule->markups[0].e8 + trial->premium_e8 < 0;
  bool discount_back = trial->rule_back->markups[0].e8 + trial->premium_e8 < 0;
  if (!discount)
    expect_no_loss(trial, &terms);
  if (!discount && !discount_back)
    expect_no_gain(trial, &terms);
}

static uint64_t cases_wanted(int count, char **arguments)
{
  if (count == 3 && strcmp(arguments[1], "--cases") == 0)
    return strtoull(arguments[2], NULL, 10);
  return count == 1 ? 300000 : 0;
}

static void report(uint64_t cases)
{
  printf("%" PRIu64 " cases, %" PRIu64 " priced, %" PRIu64 " with a residue, %" PRIu64
         " at a discount, %" PRIu64 " round trips\n",
         cases, met.priced, met.residues, met.discounts, met.round_trips);
  for (unsigned i = 1; i < sizeof met.refused / sizeof met.refused[0]; i++)
    if (met.refused[i] > 0)
      printf("  %s %" PRIu64 "\n", rl_refusal_name((rl_refusal)i), met.refused[i]);
}

int main(int count, char **arguments)
{
  uint64_t cases = cases_wanted(count, arguments);
  if (cases == 0) {
    fprintf(stderr, "usage: pricing_property [--cases N]\n");
    return 2;
  }
  rl_random random = rl_random_from(rl_test_seed("pricing_property"));
  static drawn_tariff drawn;
  static struct trial trial;
  for (uint64_t done = 0; done < cases;) {
    draw_tariff(&random, &drawn);
    rl_tariff *tariff = drawn_tariff_parse(&drawn);
    trial.drawn = &drawn;
    trial.tariff = tariff;
    for (unsigned i = 0; i < CASES_PER_TARIFF && done < cases; i++, done++) {
      draw_trial(&random, &trial);
      run_trial(&trial);
    }
    rl_tariff_destroy(tariff);
  }
  report(cases);
  return 0;
}
