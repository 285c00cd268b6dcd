#include "pricing/promises.h"

#include "ledger/ledger.h"

#include <string.h>

#define KEPT ((breach){0})

static breach equal(const char *promise, int64_t got, int64_t expected)
{
  return got == expected ? KEPT : (breach){promise, got, expected};
}

static breach at_least(const char *promise, int64_t got, int64_t expected)
{
  return got >= expected ? KEPT : (breach){promise, got, expected};
}

/* --- one quote --- */

static int64_t fees_of(const rl_terms *terms, rl_fee_side side, rl_fee_mode mode)
{
  int64_t sum = 0;
  for (unsigned i = 0; i < terms->fee_count; i++)
    if (terms->fees[i].side == side && terms->fees[i].mode == mode)
      sum += terms->fees[i].amount_minor;
  return sum;
}

static breach items_sum_to_totals(const trial *tried, const rl_terms *terms)
{
  int64_t on_top = fees_of(terms, RL_FEE_SOURCE, RL_FEE_ON_TOP);
  int64_t deducted = fees_of(terms, RL_FEE_SOURCE, RL_FEE_DEDUCTED);
  int64_t from_target = fees_of(terms, RL_FEE_TARGET, RL_FEE_DEDUCTED);
  int64_t fixed = tried->request.fixed == RL_FIXED_SOURCE ? terms->source_minor
                                                           : terms->target_minor;
  const breach checks[] = {
    equal("C = S + on top", terms->charge_minor, terms->source_minor + on_top),
    equal("N = S - deducted", terms->net_minor, terms->source_minor - deducted),
    equal("T = G - target fees", terms->target_minor, terms->gross_minor - from_target),
    equal("fixed side is echoed", fixed, tried->request.amount_minor),
    equal("multiple of the increment",
          terms->target_minor %
            rl_tariff_payout_increment(tried->tariff, tried->snapshot.to), 0),
    at_least("residue", terms->residue_minor, 0),
  };
  for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
    if (checks[i].promise)
      return checks[i];
  return KEPT;
}

/* S4: the ledger asserts that each currency sums to zero; here it is asked as well. */
static breach postings_balance(const rl_terms *terms)
{
  static rl_quote quote;
  rl_transaction transaction;
  quote.terms = *terms;
  memcpy(quote.client, "shop", 5);
  rl_ledger_post(&quote, 0, &transaction);
  return equal("postings balance", rl_transaction_balances(&transaction), true);
}

/* --- a target and its source --- */

static bool same_rule(const trial *tried, const rl_price_request *other)
{
  const rl_waiver *waivers[RL_FEES_MAX] = {0}, *others[RL_FEES_MAX] = {0};
  return rl_price_rule(&tried->snapshot, tried->tariff, &tried->request, waivers) ==
           rl_price_rule(&tried->snapshot, tried->tariff, other, others) &&
         memcmp(waivers, others, sizeof waivers) == 0;
}

/* M4: quoting S gives at least T, and S - 1 does not, within the rule that T falls under. With a
 * residue S may give so much more than T that its effective rate cannot be shown. */
static breach source_is_minimal(const trial *tried, const rl_terms *terms, promise_counts *counts)
{
  static rl_terms given;
  rl_price_request request = tried->request;
  request.fixed = RL_FIXED_SOURCE;
  request.amount_minor = terms->source_minor;
  if (same_rule(tried, &request)) {
    rl_refusal refusal = rl_price(&tried->snapshot, tried->tariff, &request, &given, NULL);
    counts->minimal++;
    if (refusal != RL_REFUSAL_RATE_OUT_OF_RANGE &&
        (refusal != RL_REFUSAL_NONE || given.target_minor < terms->target_minor))
      return (breach){"T of S", refusal ? 0 : given.target_minor, terms->target_minor};
  }
  request.amount_minor--;
  if (request.amount_minor < 1 || !same_rule(tried, &request) ||
      rl_price(&tried->snapshot, tried->tariff, &request, &given, NULL) != RL_REFUSAL_NONE)
    return KEPT;
  return at_least("T of S - 1", terms->target_minor - 1, given.target_minor);
}

/* --- a way and the way back --- */

/* M3: there and back through one market brings no more than was charged. */
static breach no_round_trip_earns(const trial *tried, const rl_terms *terms,
                                  promise_counts *counts)
{
  static rl_snapshot back;
  static rl_terms terms_back;
  snapshot_reverse(&tried->snapshot, &back);
  rl_price_request request = tried->request;
  request.fixed = RL_FIXED_SOURCE;
  request.amount_minor = terms->target_minor;
  if (rl_price(&back, tried->tariff, &request, &terms_back, NULL) != RL_REFUSAL_NONE)
    return KEPT;
  counts->round_trips++;
  return at_least("round trip", terms->charge_minor, terms_back.target_minor);
}

breach promises_kept(const trial *tried, const rl_terms *terms, promise_counts *counts)
{
  breach broken = items_sum_to_totals(tried, terms);
  if (!broken.promise && counts->posted++ % 4 == 0)
    broken = postings_balance(terms);
  if (!broken.promise && tried->request.fixed == RL_FIXED_TARGET)
    broken = source_is_minimal(tried, terms, counts);
  if (!broken.promise)
    broken = at_least("spread", terms->spread_minor, 0);
  return broken.promise ? broken : no_round_trip_earns(tried, terms, counts);
}
