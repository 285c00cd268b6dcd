#include "pricing/oracle.h"

#include "pricing/exact_fees.h"
#include "support/exact.h"

#define EFFECTIVE_DIGITS 10

/* One case with its exact rates. */
typedef struct working {
  const oracle_case *asked;
  oracle_quote *quote;
  mpq_t walked; /* target per source in major units, each leg at the side the client trades on */
  mpq_t core;   /* the same in market convention */
  mpq_t mid;    /* in market convention */
  mpq_t client; /* as shown */
  mpq_t minor;  /* 10^(et - es) */
  mpq_t rho;    /* target minor units per source minor unit */
} working;

static void working_init(working *w, const oracle_case *asked, oracle_quote *quote)
{
  w->asked = asked;
  w->quote = quote;
  mpq_inits(w->walked, w->core, w->mid, w->client, w->minor, w->rho, NULL);
}

static void working_clear(working *w)
{
  mpq_clears(w->walked, w->core, w->mid, w->client, w->minor, w->rho, NULL);
}

/* --- out of GMP --- */

/* A decimal without trailing zeros after the point, of a positive x that is one. False outside
 * 10^-9 <= x < 10^9. */
static bool rate_of(const mpq_t x, rl_rate *out)
{
  mpq_t scaled, ten, low, high;
  mpq_inits(scaled, ten, low, high, NULL);
  exact_pow10(low, -9);
  exact_pow10(high, 9);
  bool inside = mpq_cmp(x, low) >= 0 && mpq_cmp(x, high) < 0;
  if (inside) {
    rl_rate rate = {0};
    mpq_set(scaled, x);
    mpq_set_ui(ten, 10, 1);
    for (; mpz_cmp_ui(mpq_denref(scaled), 1) != 0; rate.scale++)
      mpq_mul(scaled, scaled, ten);
    rate.mantissa = mpz_get_ui(mpq_numref(scaled));
    *out = rate;
  }
  mpq_clears(scaled, ten, low, high, NULL);
  return inside;
}

/* x, which must fit. */
static int64_t int64_of(const mpz_t x)
{
  RL_ASSERT(mpz_fits_slong_p(x));
  return mpz_get_si(x);
}

/* --- refusals --- */

static void refuse(oracle_quote *quote, rl_refusal refusal)
{
  if (quote->refusal == RL_REFUSAL_NONE || refusal < quote->refusal)
    quote->refusal = refusal;
}

/* An amount beyond the upper end of M1's range. */
static bool beyond(const mpz_t amount)
{
  mpz_t max;
  mpz_init_set_si(max, RL_AMOUNT_MAX);
  bool result = mpz_cmp(amount, max) > 0;
  mpz_clear(max);
  return result;
}

static void refuse_beyond(oracle_quote *quote, const mpz_t amount)
{
  if (beyond(amount))
    refuse(quote, RL_REFUSAL_AMOUNT_OUT_OF_RANGE);
}

static void refuse_below_one(oracle_quote *quote, const mpz_t amount, rl_refusal refusal)
{
  if (mpz_sgn(amount) <= 0)
    refuse(quote, refusal);
}

/* --- rates --- */

/* rate x leg, or rate / leg for a leg walked from its quote to its base. */
static void walk_leg(mpq_t rate, const rl_leg *leg, uint32_t half_units)
{
  mpq_t price;
  mpq_init(price);
  exact_decimal(price, half_units, leg->composite.scale, 2);
  if (leg->inverted)
    mpq_div(rate, rate, price);
  else
    mpq_mul(rate, rate, price);
  mpq_clear(price);
}

/* Who holds a leg's base sells it at the bid; who holds its quote buys the base at the ask. */
static void walk_market(working *w)
{
  const rl_snapshot *snapshot = w->asked->snapshot;
  mpq_set_ui(w->walked, 1, 1);
  mpq_set_ui(w->mid, 1, 1);
  for (unsigned i = 0; i < snapshot->leg_count; i++) {
    const rl_leg *leg = &snapshot->legs[i];
    walk_leg(w->walked, leg, leg->inverted ? leg->composite.ask_half : leg->composite.bid_half);
    walk_leg(w->mid, leg, leg->composite.mid_half);
  }
  mpq_set(w->core, w->walked);
  w->quote->side = RL_SELL_BASE;
  if (!rl_currency_equal(snapshot->from, snapshot->base)) {
    w->quote->side = RL_BUY_BASE;
    mpq_inv(w->core, w->core);
    mpq_inv(w->mid, w->mid);
  }
}

/* M3. `back` is the same digits, rounded in the house's favour: where half-even went past the
 * exact rate towards the client, it is one last digit back from there. */
static void client_rate(mpq_t client, const mpq_t core, rl_side side, int64_t markup_e8,
                        unsigned digits)
{
  mpq_t exact;
  mpq_init(exact);
  int64_t sign = side == RL_SELL_BASE ? -1 : 1;
  mpq_set_si(exact, RL_UNIT_E8 + sign * markup_e8, RL_UNIT_E8);
  mpq_canonicalize(exact);
  mpq_mul(exact, exact, core);
  if (mpq_sgn(exact) > 0) {
    exact_significant(client, exact, digits, RL_ROUND_HALF_EVEN);
    bool better = side == RL_SELL_BASE ? mpq_cmp(client, core) > 0 : mpq_cmp(client, core) < 0;
    if (markup_e8 >= 0 && better)
      exact_significant(client, exact, digits,
                         side == RL_SELL_BASE ? RL_ROUND_DOWN : RL_ROUND_UP);
  }
  mpq_clear(exact);
}

static void show(oracle_quote *quote, const mpq_t rate, unsigned digits, rl_rate *out)
{
  mpq_t rounded;
  mpq_init(rounded);
  if (mpq_sgn(rate) > 0)
    exact_significant(rounded, rate, digits, RL_ROUND_HALF_EVEN);
  if (!rate_of(rounded, out))
    refuse(quote, RL_REFUSAL_RATE_OUT_OF_RANGE);
  mpq_clear(rounded);
}

static void price_rates(working *w)
{
  const oracle_case *asked = w->asked;
  oracle_quote *quote = w->quote;
  walk_market(w);
  show(quote, w->mid, asked->rate_digits, &quote->mid_rate);
  show(quote, w->core, asked->rate_digits, &quote->core_rate);
  int64_t markup_e8 = (int64_t)asked->rule->markups[0].e8 + asked->premium_e8;
  client_rate(w->client, w->core, quote->side, markup_e8, asked->rate_digits);
  if (!rate_of(w->client, &quote->client_rate))
    refuse(quote, RL_REFUSAL_RATE_OUT_OF_RANGE);
  if (quote->refusal != RL_REFUSAL_NONE)
    return;
  exact_pow10(w->minor, (int)rl_currency_exponent(asked->snapshot->to) -
                                      (int)rl_currency_exponent(asked->snapshot->from));
  if (quote->side == RL_SELL_BASE)
    mpq_mul(w->rho, w->minor, w->client);
  else
    mpq_div(w->rho, w->minor, w->client);
}

/* floor(amount x rate), where rate is target per source in minor units. */
static void convert(mpz_t out, const mpz_t amount, const mpq_t rate)
{
  mpq_t product;
  mpq_init(product);
  mpq_set_z(product, amount);
  mpq_mul(product, product, rate);
  exact_rounded(out, product, RL_ROUND_DOWN);
  mpq_clear(product);
}

/* --- amounts --- */

typedef struct amounts {
  mpz_t charge, source, net, converted, gross, target, position;
} amounts;

static void amounts_init(amounts *a)
{
  mpz_inits(a->charge, a->source, a->net, a->converted, a->gross, a->target, a->position, NULL);
}

static void amounts_clear(amounts *a)
{
  mpz_clears(a->charge, a->source, a->net, a->converted, a->gross, a->target, a->position, NULL);
}

static void forwards(const working *w, amounts *a)
{
  const rl_rule *rule = w->asked->rule;
  mpz_set_si(a->source, w->asked->amount_minor);
  exact_left(a->net, rule, RL_FEE_SOURCE, a->source);
  convert(a->converted, a->net, w->rho);
  mpz_set(a->gross, a->converted);
  exact_left(a->target, rule, RL_FEE_TARGET, a->gross);
}

static void backwards(const working *w, amounts *a)
{
  const rl_rule *rule = w->asked->rule;
  mpz_set_si(a->target, w->asked->amount_minor);
  exact_smallest_leaving(a->gross, rule, RL_FEE_TARGET, a->target);
  mpq_t source;
  mpq_init(source);
  mpq_set_z(source, a->gross);
  mpq_div(source, source, w->rho);
  exact_rounded(a->net, source, RL_ROUND_UP);
  mpq_clear(source);
  exact_smallest_leaving(a->source, rule, RL_FEE_SOURCE, a->net);
  convert(a->converted, a->net, w->rho);
}

static void add_on_top(const working *w, amounts *a)
{
  const rl_rule *rule = w->asked->rule;
  mpz_t fee;
  mpz_init(fee);
  mpz_set(a->charge, a->source);
  for (unsigned i = 0; i < rule->fee_count; i++)
    if (exact_takes(&rule->fees[i], RL_FEE_SOURCE, RL_FEE_ON_TOP)) {
      exact_fee(fee, &rule->fees[i], a->source);
      mpz_add(a->charge, a->charge, fee);
    }
  mpz_clear(fee);
}

/* What follows an amount that is refused is not known, so it cannot be refused as well. */
static void judge(oracle_quote *quote, const amounts *a)
{
  refuse_beyond(quote, a->charge);
  refuse_beyond(quote, a->source);
  if (mpz_sgn(a->net) <= 0) {
    refuse(quote, RL_REFUSAL_FEES_EXCEED_AMOUNT);
    return;
  }
  refuse_beyond(quote, a->net);
  refuse_beyond(quote, a->gross);
  refuse_beyond(quote, a->converted);
  if (mpz_sgn(a->gross) <= 0)
    refuse(quote, RL_REFUSAL_AMOUNT_TOO_SMALL);
  else
    refuse_below_one(quote, a->target, RL_REFUSAL_FEES_EXCEED_AMOUNT);
}

static void copy_out(const working *w, const amounts *a)
{
  oracle_quote *quote = w->quote;
  const rl_rule *rule = w->asked->rule;
  mpz_t fee;
  mpz_init(fee);
  for (unsigned i = 0; i < rule->fee_count; i++) {
    exact_fee(fee, &rule->fees[i],
                rule->fees[i].side == RL_FEE_SOURCE ? a->source : a->gross);
    quote->fees_minor[i] = int64_of(fee);
  }
  mpz_clear(fee);
  quote->charge_minor = int64_of(a->charge);
  quote->source_minor = int64_of(a->source);
  quote->net_minor = int64_of(a->net);
  quote->gross_minor = int64_of(a->gross);
  quote->target_minor = int64_of(a->target);
  quote->residue_minor = int64_of(a->converted) - quote->gross_minor;
  quote->position_minor = int64_of(a->position);
  quote->spread_minor = quote->position_minor - int64_of(a->converted);
}

static void price_effective(const working *w, const amounts *a)
{
  mpq_t rate, charge;
  mpq_inits(rate, charge, NULL);
  mpq_set_z(rate, a->target);
  mpq_set_z(charge, a->charge);
  mpq_div(rate, rate, charge);
  mpq_div(rate, rate, w->minor);
  show(w->quote, rate, EFFECTIVE_DIGITS, &w->quote->effective_rate);
  mpq_clears(rate, charge, NULL);
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

static void price_amounts(working *w)
{
  oracle_quote *quote = w->quote;
  mpq_t core;
  amounts a;
  amounts_init(&a);
  if (w->asked->fixed == RL_FIXED_SOURCE)
    forwards(w, &a);
  else
    backwards(w, &a);
  add_on_top(w, &a);
  judge(quote, &a);
  if (quote->refusal == RL_REFUSAL_NONE) {
    mpq_init(core);
    mpq_mul(core, w->walked, w->minor);
    convert(a.position, a.net, core);
    mpq_clear(core);
    copy_out(w, &a);
    price_effective(w, &a);
    price_reference_margin(w);
  }
  amounts_clear(&a);
}

oracle_quote oracle_price(const oracle_case *asked)
{
  oracle_quote quote = {0};
  if (asked->amount_minor < 1 || asked->amount_minor > RL_AMOUNT_MAX)
    return (oracle_quote){.refusal = RL_REFUSAL_AMOUNT_OUT_OF_RANGE};
  working w;
  working_init(&w, asked, &quote);
  price_rates(&w);
  if (quote.refusal == RL_REFUSAL_NONE)
    price_amounts(&w);
  working_clear(&w);
  if (quote.refusal != RL_REFUSAL_NONE)
    quote = (oracle_quote){.refusal = quote.refusal};
  return quote;
}
