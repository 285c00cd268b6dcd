/* Every amount from the fixed one (M4), and what of it is whose. */
#include "pricing/oracle_parts.h"

#include "support/exact.h"

#define EFFECTIVE_DIGITS 10

/* x, which must fit. */
static int64_t int64_of(const mpz_t x)
{
  RL_ASSERT(mpz_fits_slong_p(x));
  return mpz_get_si(x);
}

static bool in_range(const mpz_t amount)
{
  return mpz_sgn(amount) > 0 && mpz_cmp_si(amount, RL_AMOUNT_MAX) <= 0;
}

static bool beyond(const mpz_t amount)
{
  return mpz_cmp_si(amount, RL_AMOUNT_MAX) > 0;
}

typedef struct amounts {
  mpz_t charge, source, net, converted, gross, target;
} amounts;

static void amounts_init(amounts *a)
{
  mpz_inits(a->charge, a->source, a->net, a->converted, a->gross, a->target, NULL);
}

static void amounts_clear(amounts *a)
{
  mpz_clears(a->charge, a->source, a->net, a->converted, a->gross, a->target, NULL);
}

static void add_on_top(const oracle_working *w, amounts *a)
{
  mpz_t fee;
  mpz_init(fee);
  mpz_set(a->charge, a->source);
  for (unsigned i = 0; i < w->items.rule->fee_count; i++)
    if (exact_takes(&w->items, i, RL_FEE_SOURCE, RL_FEE_ON_TOP)) {
      exact_fee(fee, &w->items.rule->fees[i], a->source);
      mpz_add(a->charge, a->charge, fee);
    }
  mpz_clear(fee);
}

/* What a source leaves, on to floor(N x rho). */
static void convert_source(const oracle_working *w, amounts *a)
{
  add_on_top(w, a);
  exact_left(a->net, &w->items, RL_FEE_SOURCE, a->source);
  mpz_set_ui(a->converted, 0);
  if (mpz_sgn(a->net) > 0)
    oracle_convert(a->converted, a->net, w->rho);
}

/* S4's position, the total cost (what the customer pays above the worth of the payout) and the
 * effective rate (what the payee gets for it). The position has no bound of its own but a ledger's
 * 64 bits, which points on a small rate can pass. */
static rl_refusal what_follows(const oracle_working *w, const amounts *a, oracle_quote *quote)
{
  mpq_t core, rate, charge;
  mpz_t position, worth;
  mpq_inits(core, rate, charge, NULL);
  mpz_inits(position, worth, NULL);
  mpq_mul(core, w->walked, w->minor);
  oracle_convert(position, a->net, core);
  oracle_worth_at_mid(w, worth, a->target);
  rl_refusal refusal = RL_REFUSAL_AMOUNT_OUT_OF_RANGE;
  if (mpz_fits_slong_p(position) && mpz_fits_slong_p(worth)) {
    quote->position_minor = int64_of(position);
    quote->spread_minor = quote->position_minor - int64_of(a->converted);
    quote->total_cost_minor = int64_of(a->charge) - int64_of(worth);
    mpq_set_z(rate, a->target);
    mpq_set_z(charge, a->charge);
    mpq_div(rate, rate, charge);
    mpq_div(rate, rate, w->minor);
    refusal = oracle_show(rate, EFFECTIVE_DIGITS, &quote->effective_rate);
  }
  mpq_clears(core, rate, charge, NULL);
  mpz_clears(position, worth, NULL);
  return refusal;
}

/* What the payee cannot be paid stays: on the residue. */
static rl_refusal cut_to_increment(const oracle_working *w, amounts *a)
{
  if (mpz_divisible_ui_p(a->target, (unsigned long)w->increment))
    return RL_REFUSAL_NONE;
  mpz_t rest;
  mpz_init(rest);
  mpz_fdiv_r_ui(rest, a->target, (unsigned long)w->increment);
  mpz_sub(a->target, a->target, rest);
  mpz_clear(rest);
  if (mpz_sgn(a->target) == 0)
    return RL_REFUSAL_AMOUNT_TOO_SMALL;
  exact_smallest_leaving(a->gross, &w->items, RL_FEE_TARGET, a->target);
  return RL_REFUSAL_NONE;
}

/* From a->source. What follows an amount that is refused is not known, so it cannot be refused as
 * well. */
static rl_refusal forwards(const oracle_working *w, amounts *a)
{
  if (!in_range(a->source))
    return RL_REFUSAL_AMOUNT_OUT_OF_RANGE;
  convert_source(w, a);
  if (beyond(a->charge) || beyond(a->converted))
    return RL_REFUSAL_AMOUNT_OUT_OF_RANGE;
  if (mpz_sgn(a->net) <= 0)
    return RL_REFUSAL_FEES_EXCEED_AMOUNT;
  if (mpz_sgn(a->converted) <= 0)
    return RL_REFUSAL_AMOUNT_TOO_SMALL;
  mpz_set(a->gross, a->converted);
  exact_left(a->target, &w->items, RL_FEE_TARGET, a->gross);
  if (mpz_sgn(a->target) <= 0)
    return RL_REFUSAL_FEES_EXCEED_AMOUNT;
  return cut_to_increment(w, a);
}

/* G, N as wanted and S of a target. */
static void solve(const oracle_working *w, const mpz_t target, mpz_t gross, mpz_t net, mpz_t source)
{
  mpq_t exact;
  mpq_init(exact);
  exact_smallest_leaving(gross, &w->items, RL_FEE_TARGET, target);
  mpq_set_z(exact, gross);
  mpq_div(exact, exact, w->rho);
  exact_rounded(net, exact, RL_ROUND_UP);
  exact_smallest_leaving(source, &w->items, RL_FEE_SOURCE, net);
  mpq_clear(exact);
}

/* What quoting a source gives; nothing where it is refused. */
static rl_reachable reachable(const oracle_working *w, const mpz_t source)
{
  oracle_quote ignored;
  rl_reachable result = {0};
  amounts a;
  amounts_init(&a);
  mpz_set(a.source, source);
  if (forwards(w, &a) == RL_REFUSAL_NONE && what_follows(w, &a, &ignored) == RL_REFUSAL_NONE)
    result = (rl_reachable){.source_minor = int64_of(source), .target_minor = int64_of(a.target)};
  amounts_clear(&a);
  return result;
}

static rl_reachable reachable_target(const oracle_working *w, const mpz_t target)
{
  if (!in_range(target))
    return (rl_reachable){0};
  mpz_t gross, net, source;
  mpz_inits(gross, net, source, NULL);
  solve(w, target, gross, net, source);
  rl_reachable result = reachable(w, source);
  mpz_clears(gross, net, source, NULL);
  return result;
}

/* The multiples of the increment on either side of a target. */
static void nearest_multiples(const oracle_working *w, const mpz_t target)
{
  mpz_t multiple, rest;
  mpz_inits(multiple, rest, NULL);
  mpz_fdiv_r_ui(rest, target, (unsigned long)w->increment);
  mpz_sub(multiple, target, rest);
  w->quote->nearest.below = reachable_target(w, multiple);
  mpz_add_ui(multiple, multiple, (unsigned long)w->increment);
  w->quote->nearest.above = reachable_target(w, multiple);
  mpz_clears(multiple, rest, NULL);
}

/* A slab that drops leaves more of S than was wanted: right only if S gives just the target. */
static rl_refusal judge_drop(const oracle_working *w, const amounts *a)
{
  amounts given;
  amounts_init(&given);
  mpz_set(given.source, a->source);
  bool reached =
    forwards(w, &given) == RL_REFUSAL_NONE && mpz_cmp(given.target, a->target) == 0;
  if (!reached) {
    w->quote->nearest.above = reachable(w, a->source);
    mpz_sub_ui(given.source, a->source, 1);
    w->quote->nearest.below = reachable(w, given.source);
  }
  amounts_clear(&given);
  return reached ? RL_REFUSAL_NONE : RL_REFUSAL_AMOUNT_UNREACHABLE;
}

/* From a->target. */
static rl_refusal backwards(const oracle_working *w, amounts *a)
{
  if (!mpz_divisible_ui_p(a->target, (unsigned long)w->increment)) {
    nearest_multiples(w, a->target);
    return RL_REFUSAL_AMOUNT_UNREACHABLE;
  }
  mpz_t wanted;
  mpz_init(wanted);
  solve(w, a->target, a->gross, wanted, a->source);
  convert_source(w, a);
  rl_refusal refusal = RL_REFUSAL_NONE;
  if (beyond(a->gross) || beyond(a->source) || beyond(a->charge) || beyond(a->converted))
    refusal = RL_REFUSAL_AMOUNT_OUT_OF_RANGE;
  else if (mpz_cmp(a->net, wanted) != 0)
    refusal = judge_drop(w, a);
  mpz_clear(wanted);
  return refusal;
}

/* --- what follows from the amounts --- */

static void copy_fees(const oracle_working *w, const amounts *a)
{
  const rl_rule *rule = w->items.rule;
  mpz_t fee;
  mpz_init(fee);
  for (unsigned i = 0; i < rule->fee_count; i++) {
    exact_fee(fee, &rule->fees[i], rule->fees[i].side == RL_FEE_SOURCE ? a->source : a->gross);
    w->quote->fees_minor[i] = w->items.waivers[i] ? 0 : int64_of(fee);
    w->quote->waivers[i] = w->items.waivers[i];
  }
  mpz_clear(fee);
}

static void copy_amounts(const oracle_working *w, const amounts *a)
{
  oracle_quote *quote = w->quote;
  quote->charge_minor = int64_of(a->charge);
  quote->source_minor = int64_of(a->source);
  quote->net_minor = int64_of(a->net);
  quote->gross_minor = int64_of(a->gross);
  quote->target_minor = int64_of(a->target);
  quote->residue_minor = int64_of(a->converted) - quote->gross_minor;
}

/* Worse for the client is a lower bid or a higher ask than the reference. */
static void price_reference_margin(const oracle_working *w)
{
  const rl_reference *reference = &w->asked->snapshot->reference;
  if (!reference->known)
    return;
  mpq_t rate, margin;
  mpz_t size;
  mpq_inits(rate, margin, NULL);
  mpz_init(size);
  exact_rate(rate, reference->rate);
  mpq_sub(margin, w->client, rate);
  int sign = w->quote->side == RL_SELL_BASE ? -mpq_sgn(margin) : mpq_sgn(margin);
  mpq_abs(margin, margin);
  mpq_div(margin, margin, rate);
  exact_pow10(rate, 6);
  mpq_mul(margin, margin, rate);
  exact_rounded(size, margin, RL_ROUND_HALF_EVEN);
  if (mpz_cmp_ui(size, INT32_MAX) > 0)
    mpz_set_ui(size, INT32_MAX);
  w->quote->reference_margin_e6 = sign * int64_of(size);
  mpz_clear(size);
  mpq_clears(rate, margin, NULL);
}

rl_refusal oracle_amounts(const oracle_working *w)
{
  const rl_price_request *request = w->asked->request;
  amounts a;
  amounts_init(&a);
  mpz_set_si(request->fixed == RL_FIXED_SOURCE ? a.source : a.target, request->amount_minor);
  rl_refusal refusal =
    request->fixed == RL_FIXED_SOURCE ? forwards(w, &a) : backwards(w, &a);
  if (refusal == RL_REFUSAL_NONE)
    refusal = what_follows(w, &a, w->quote);
  if (refusal == RL_REFUSAL_NONE) {
    copy_amounts(w, &a);
    copy_fees(w, &a);
    price_reference_margin(w);
  }
  amounts_clear(&a);
  return refusal;
}
