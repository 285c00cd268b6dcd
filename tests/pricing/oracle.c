#include "pricing/oracle.h"

#include "pricing/exact_choice.h"
#include "pricing/exact_rates.h"
#include "support/exact.h"

#define EFFECTIVE_DIGITS 10

/* One case with its exact rates. */
typedef struct working {
  const oracle_case *asked;
  oracle_quote *quote;
  exact_items items;
  int64_t increment;
  mpq_t walked;     /* target per source in major units, legs at the side the client trades on */
  mpq_t walked_mid; /* the same at mid */
  mpq_t client;     /* as shown, in market convention */
  mpq_t minor;      /* 10^(et - es) */
  mpq_t rho;        /* target minor units per source minor unit */
} working;

static void working_init(working *w, const oracle_case *asked, oracle_quote *quote)
{
  *w = (working){.asked = asked, .quote = quote};
  mpq_inits(w->walked, w->walked_mid, w->client, w->minor, w->rho, NULL);
}

static void working_clear(working *w)
{
  mpq_clears(w->walked, w->walked_mid, w->client, w->minor, w->rho, NULL);
}

/* x, which must fit. */
static int64_t int64_of(const mpz_t x)
{
  RL_ASSERT(mpz_fits_slong_p(x));
  return mpz_get_si(x);
}

/* floor(amount x rate) */
static void convert(mpz_t out, const mpz_t amount, const mpq_t rate)
{
  mpq_t product;
  mpq_init(product);
  mpq_set_z(product, amount);
  mpq_mul(product, product, rate);
  exact_rounded(out, product, RL_ROUND_DOWN);
  mpq_clear(product);
}

/* floor of what a target amount is worth in the source currency at mid. */
static void worth_at_mid(const working *w, mpz_t out, const mpz_t target)
{
  mpq_t rate;
  mpq_init(rate);
  mpq_mul(rate, w->walked_mid, w->minor);
  mpq_inv(rate, rate);
  convert(out, target, rate);
  mpq_clear(rate);
}

static bool in_range(const mpz_t amount)
{
  return mpz_sgn(amount) > 0 && mpz_cmp_si(amount, RL_AMOUNT_MAX) <= 0;
}

static bool beyond(const mpz_t amount)
{
  return mpz_cmp_si(amount, RL_AMOUNT_MAX) > 0;
}

/* --- rates --- */

static rl_refusal show(const mpq_t rate, unsigned digits, rl_rate *out)
{
  mpq_t rounded;
  mpq_init(rounded);
  if (mpq_sgn(rate) > 0)
    exact_significant(rounded, rate, digits, RL_ROUND_HALF_EVEN);
  bool shown = exact_shown(out, rounded);
  mpq_clear(rounded);
  return shown ? RL_REFUSAL_NONE : RL_REFUSAL_RATE_OUT_OF_RANGE;
}

static void walk_market(working *w)
{
  const rl_snapshot *snapshot = w->asked->snapshot;
  exact_walk(w->walked, w->walked_mid, snapshot);
  exact_pow10(w->minor, (int)rl_currency_exponent(snapshot->to) -
                          (int)rl_currency_exponent(snapshot->from));
  w->quote->side =
    rl_currency_equal(snapshot->from, snapshot->base) ? RL_SELL_BASE : RL_BUY_BASE;
}

static void add_line(oracle_quote *quote, const char *name, int32_t e8, int32_t points_e1)
{
  rl_markup_line *line = &quote->markups[quote->markup_count++];
  *line = (rl_markup_line){.e8 = e8, .points_e1 = points_e1};
  for (unsigned i = 0; name[i]; i++)
    line->name[i] = name[i];
}

/* The ladder's lines, and their sum with the lock premium. */
static rl_markup_sum price_lines(working *w)
{
  const oracle_tariff *tariff = w->asked->tariff;
  const rl_snapshot *snapshot = w->asked->snapshot;
  const rl_conditions *now = &snapshot->conditions;
  oracle_quote *quote = w->quote;
  const rl_markup *markup = &quote->rule->markups[quote->side];
  add_line(quote, quote->rule->name, markup->e8, markup->points_e1);
  const rl_surcharge *extra = tariff->surcharges;
  const bool applies[RL_SURCHARGE_WHENS] = {
    [RL_WHEN_CLOSED] = now->closed,
    [RL_WHEN_SOURCES_BELOW] = now->fewest_sources < extra[RL_WHEN_SOURCES_BELOW].bound,
    [RL_WHEN_AGE_ABOVE] = now->age_percent > extra[RL_WHEN_AGE_ABOVE].bound,
  };
  for (unsigned i = 0; i < RL_SURCHARGE_WHENS; i++)
    if (extra[i].name[0] && applies[i])
      add_line(quote, extra[i].name, extra[i].e8, 0);
  rl_markup_sum sum = {.e8 = quote->premium_e8,
                       .pip_scale = snapshot->legs[0].composite.pip_scale};
  for (unsigned i = 0; i < quote->markup_count; i++) {
    sum.e8 += quote->markups[i].e8;
    sum.points_e1 += quote->markups[i].points_e1;
  }
  return sum;
}

static rl_refusal price_rates(working *w)
{
  oracle_quote *quote = w->quote;
  unsigned digits = w->asked->tariff->rate_digits;
  mpq_t rate;
  mpq_init(rate);
  exact_convention(rate, w->walked_mid, quote->side);
  rl_refusal refusal = show(rate, digits, &quote->mid_rate);
  exact_convention(rate, w->walked, quote->side);
  if (refusal == RL_REFUSAL_NONE)
    refusal = show(rate, digits, &quote->core_rate);
  exact_client_rate(w->client, rate, quote->side, price_lines(w), digits);
  if (!exact_shown(&quote->client_rate, w->client))
    refusal = RL_REFUSAL_RATE_OUT_OF_RANGE;
  if (quote->rule->disclosure_decimals > 0)
    exact_to_decimals(&quote->disclosure_rate, w->client, quote->rule->disclosure_decimals);
  if (refusal == RL_REFUSAL_NONE) {
    exact_convention(w->rho, w->client, quote->side);
    mpq_mul(w->rho, w->rho, w->minor);
  }
  mpq_clear(rate);
  return refusal;
}

/* --- amounts --- */

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

static void add_on_top(const working *w, amounts *a)
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
static void convert_source(const working *w, amounts *a)
{
  add_on_top(w, a);
  exact_left(a->net, &w->items, RL_FEE_SOURCE, a->source);
  mpz_set_ui(a->converted, 0);
  if (mpz_sgn(a->net) > 0)
    convert(a->converted, a->net, w->rho);
}

/* S4's position, the total cost (what the customer pays above the worth of the payout) and the
 * effective rate (what the payee gets for it). The position has no bound of its own but a ledger's
 * 64 bits, which points on a small rate can pass. */
static rl_refusal what_follows(const working *w, const amounts *a, oracle_quote *quote)
{
  mpq_t core, rate, charge;
  mpz_t position, worth;
  mpq_inits(core, rate, charge, NULL);
  mpz_inits(position, worth, NULL);
  mpq_mul(core, w->walked, w->minor);
  convert(position, a->net, core);
  worth_at_mid(w, worth, a->target);
  rl_refusal refusal = RL_REFUSAL_AMOUNT_OUT_OF_RANGE;
  if (mpz_fits_slong_p(position) && mpz_fits_slong_p(worth)) {
    quote->position_minor = int64_of(position);
    quote->spread_minor = quote->position_minor - int64_of(a->converted);
    quote->total_cost_minor = int64_of(a->charge) - int64_of(worth);
    mpq_set_z(rate, a->target);
    mpq_set_z(charge, a->charge);
    mpq_div(rate, rate, charge);
    mpq_div(rate, rate, w->minor);
    refusal = show(rate, EFFECTIVE_DIGITS, &quote->effective_rate);
  }
  mpq_clears(core, rate, charge, NULL);
  mpz_clears(position, worth, NULL);
  return refusal;
}

/* What the payee cannot be paid stays: on the residue. */
static rl_refusal cut_to_increment(const working *w, amounts *a)
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
static rl_refusal forwards(const working *w, amounts *a)
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
static void solve(const working *w, const mpz_t target, mpz_t gross, mpz_t net, mpz_t source)
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
static rl_reachable reachable(const working *w, const mpz_t source)
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

static rl_reachable reachable_target(const working *w, const mpz_t target)
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
static void nearest_multiples(const working *w, const mpz_t target)
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
static rl_refusal judge_drop(const working *w, const amounts *a)
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
static rl_refusal backwards(const working *w, amounts *a)
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

static void copy_fees(const working *w, const amounts *a)
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

static void copy_amounts(const working *w, const amounts *a)
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
static void price_reference_margin(const working *w)
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

static rl_refusal price_amounts(const working *w)
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

/* --- all of it --- */

/* The rule by the fixed amount, a target with its worth at mid (M5). */
static bool choose(working *w)
{
  const rl_price_request *request = w->asked->request;
  mpz_t amount;
  mpz_init_set_si(amount, request->amount_minor);
  if (request->fixed == RL_FIXED_TARGET)
    worth_at_mid(w, amount, amount);
  bool chosen = exact_choose(w->asked, amount, &w->items);
  mpz_clear(amount);
  w->quote->rule = w->items.rule;
  return chosen;
}

static rl_refusal price(working *w)
{
  const oracle_case *asked = w->asked;
  oracle_quote *quote = w->quote;
  if (asked->request->amount_minor < 1 || asked->request->amount_minor > RL_AMOUNT_MAX)
    return RL_REFUSAL_AMOUNT_OUT_OF_RANGE;
  walk_market(w);
  if (!choose(w))
    return RL_REFUSAL_NO_TARIFF;
  const rl_lock_class *lock = exact_lock(asked);
  if (!lock)
    return RL_REFUSAL_TTL_NOT_OFFERED;
  if (asked->snapshot->conditions.closed &&
      asked->tariff->surcharges[RL_WHEN_CLOSED].name[0] == '\0')
    return RL_REFUSAL_MARKET_CLOSED;
  quote->tier = exact_tier(asked);
  quote->ttl_ms = lock->ttl_ms;
  quote->premium_e8 =
    exact_premium(&asked->tariff->premium, lock, asked->snapshot->conditions.volatility_ppm);
  w->increment = exact_increment(asked);
  rl_refusal refusal = price_rates(w);
  return refusal == RL_REFUSAL_NONE ? price_amounts(w) : refusal;
}

oracle_quote oracle_price(const oracle_case *asked)
{
  oracle_quote quote = {0};
  working w;
  working_init(&w, asked, &quote);
  quote.refusal = price(&w);
  working_clear(&w);
  if (quote.refusal != RL_REFUSAL_NONE)
    quote = (oracle_quote){.refusal = quote.refusal, .nearest = quote.nearest};
  return quote;
}
