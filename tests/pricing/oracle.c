#include "pricing/oracle_parts.h"

#include "pricing/exact_choice.h"
#include "pricing/exact_rates.h"
#include "support/exact.h"

static void working_init(oracle_working *w, const oracle_case *asked, oracle_quote *quote)
{
  *w = (oracle_working){.asked = asked, .quote = quote};
  mpq_inits(w->walked, w->walked_mid, w->client, w->minor, w->rho, NULL);
}

static void working_clear(oracle_working *w)
{
  mpq_clears(w->walked, w->walked_mid, w->client, w->minor, w->rho, NULL);
}

void oracle_convert(mpz_t out, const mpz_t amount, const mpq_t rate)
{
  mpq_t product;
  mpq_init(product);
  mpq_set_z(product, amount);
  mpq_mul(product, product, rate);
  exact_rounded(out, product, RL_ROUND_DOWN);
  mpq_clear(product);
}

void oracle_worth_at_mid(const oracle_working *w, mpz_t out, const mpz_t target)
{
  mpq_t rate;
  mpq_init(rate);
  mpq_mul(rate, w->walked_mid, w->minor);
  mpq_inv(rate, rate);
  oracle_convert(out, target, rate);
  mpq_clear(rate);
}

/* --- rates --- */

rl_refusal oracle_show(const mpq_t rate, unsigned digits, rl_rate *out)
{
  mpq_t rounded;
  mpq_init(rounded);
  if (mpq_sgn(rate) > 0)
    exact_significant(rounded, rate, digits, RL_ROUND_HALF_EVEN);
  bool shown = exact_shown(out, rounded);
  mpq_clear(rounded);
  return shown ? RL_REFUSAL_NONE : RL_REFUSAL_RATE_OUT_OF_RANGE;
}

static void walk_market(oracle_working *w)
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
static rl_markup_sum price_lines(oracle_working *w)
{
  const oracle_tariff *tariff = w->asked->tariff;
  const rl_snapshot *snapshot = w->asked->snapshot;
  const rl_conditions *now = &snapshot->conditions;
  oracle_quote *quote = w->quote;
  const rl_markup *markup = &quote->rule->markups[quote->side];
  add_line(quote, quote->rule->name, markup->e8, markup->points_e1);
  const rl_surcharge *extra = tariff->surcharges;
  bool live = !now->by_reference;
  const bool applies[RL_SURCHARGE_WHENS] = {
    [RL_WHEN_CLOSED] = now->closed,
    [RL_WHEN_SOURCES_BELOW] = live && now->fewest_sources < extra[RL_WHEN_SOURCES_BELOW].bound,
    [RL_WHEN_AGE_ABOVE] = live && now->age_percent > extra[RL_WHEN_AGE_ABOVE].bound,
    [RL_WHEN_REFERENCE] = !live,
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

static rl_refusal price_rates(oracle_working *w)
{
  oracle_quote *quote = w->quote;
  unsigned digits = w->asked->tariff->rate_digits;
  mpq_t rate;
  mpq_init(rate);
  exact_convention(rate, w->walked_mid, quote->side);
  rl_refusal refusal = oracle_show(rate, digits, &quote->mid_rate);
  exact_convention(rate, w->walked, quote->side);
  if (refusal == RL_REFUSAL_NONE)
    refusal = oracle_show(rate, digits, &quote->core_rate);
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

/* --- all of it --- */

/* The rule by the fixed amount, a target with its worth at mid (M5). */
static bool choose(oracle_working *w)
{
  const rl_price_request *request = w->asked->request;
  mpz_t amount;
  mpz_init_set_si(amount, request->amount_minor);
  if (request->fixed == RL_FIXED_TARGET)
    oracle_worth_at_mid(w, amount, amount);
  bool chosen = exact_choose(w->asked, amount, &w->items);
  mpz_clear(amount);
  w->quote->rule = w->items.rule;
  return chosen;
}

static rl_refusal price(oracle_working *w)
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
  return refusal == RL_REFUSAL_NONE ? oracle_amounts(w) : refusal;
}

oracle_quote oracle_price(const oracle_case *asked)
{
  oracle_quote quote = {0};
  oracle_working w;
  working_init(&w, asked, &quote);
  quote.refusal = price(&w);
  working_clear(&w);
  if (quote.refusal != RL_REFUSAL_NONE)
    quote = (oracle_quote){.refusal = quote.refusal, .nearest = quote.nearest};
  return quote;
}
