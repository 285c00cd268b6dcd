/* Why a price is what it is, in words that the page and the structured form share. */
#include "explain.h"

#include <inttypes.h>
#include <string.h>

/* --- rules --- */

/* The keys of tariff.h's precedence, the first in the highest bits. */
enum {
  NAMES_CLIENT = 64,
  NAMES_TIER = 32,
  NAMES_METHOD = 16,
  NAMES_CORRIDOR = 8,
  NAMES_PAIR = 4,
  NAMES_FROM = 2,
  NAMES_TO = 1,
};

static unsigned named_by(const rl_scope *scope)
{
  unsigned named = (scope->client[0] ? NAMES_CLIENT : 0) | (scope->tier[0] ? NAMES_TIER : 0);
  named |= (scope->method[0] ? NAMES_METHOD : 0) | (scope->pair_base.index ? NAMES_PAIR : 0);
  if (scope->from.index && scope->to.index)
    return named | NAMES_CORRIDOR;
  return named | (scope->from.index ? NAMES_FROM : 0) | (scope->to.index ? NAMES_TO : 0);
}

/* What the more specific of two rules for the same request names first and the other does not. */
static const char *reason_for(unsigned chosen, unsigned other)
{
  if (chosen < other)
    return "is more specific and was not chosen";
  unsigned only = chosen & ~other;
  if (only & NAMES_CLIENT)
    return "does not name the client";
  if (only & NAMES_TIER)
    return "does not name the tier";
  if (only & NAMES_METHOD)
    return "does not name the payment method";
  if (only & NAMES_CORRIDOR)
    return "does not name both ends of the corridor";
  if (only & NAMES_PAIR)
    return "does not name the pair";
  return only & NAMES_FROM ? "does not name the source currency"
                           : "does not name the target currency";
}

static bool names_or_any(const char *named, const char *asked)
{
  return named[0] == '\0' || strcmp(named, asked) == 0;
}

static bool is_or_any(rl_currency named, rl_currency asked)
{
  return named.index == 0 || rl_currency_equal(named, asked);
}

static bool is_of_pair(const rl_scope *scope, rl_currency from, rl_currency to)
{
  return scope->pair_base.index == 0 ||
         (rl_currency_equal(scope->pair_base, from) && rl_currency_equal(scope->pair_quote, to)) ||
         (rl_currency_equal(scope->pair_base, to) && rl_currency_equal(scope->pair_quote, from));
}

static bool matches(const rl_explained *it, const rl_scope *scope)
{
  const rl_snapshot *snapshot = &it->snapshot;
  const char *tier =
    it->request.tier[0] ? it->request.tier : rl_tariff_default_tier(it->tariff);
  return names_or_any(scope->client, it->request.client) && names_or_any(scope->tier, tier) &&
         names_or_any(scope->method, it->request.method) &&
         is_or_any(scope->from, snapshot->from) && is_or_any(scope->to, snapshot->to) &&
         is_of_pair(scope, snapshot->from, snapshot->to) &&
         it->band_minor >= scope->amount_from_minor && it->band_minor < scope->amount_below_minor;
}

bool rl_explain_next_rule(const rl_explained *it, unsigned *index, rl_also_matches *out)
{
  for (; it->rule && *index < rl_tariff_rule_count(it->tariff); ++*index) {
    const rl_rule *rule = rl_tariff_rule(it->tariff, *index);
    if (rule == it->rule || !matches(it, &rule->scope))
      continue;
    *out = (rl_also_matches){rule, reason_for(named_by(&it->rule->scope), named_by(&rule->scope))};
    ++*index;
    return true;
  }
  return false;
}

/* --- markups --- */

bool rl_say_surcharge(rl_words *words, const rl_explained *it, rl_surcharge_when when)
{
  const rl_surcharge *surcharge = rl_tariff_surcharge(it->tariff, when);
  const rl_conditions *conditions = &it->snapshot.conditions;
  bool applies = rl_surcharge_applies(when, surcharge, conditions);
  switch (when) {
  case RL_WHEN_CLOSED:
    rl_say(words, "the market is %s%s", applies ? "closed" : "open",
           it->universe ? "" : ", as recorded");
    break;
  case RL_WHEN_SOURCES_BELOW:
    rl_say(words, "%u fresh source%s, %sfewer than %u", conditions->fewest_sources,
           conditions->fewest_sources == 1 ? "" : "s", applies ? "" : "not ", surcharge->bound);
    break;
  case RL_WHEN_AGE_ABOVE:
    rl_say(words, "age %u%% of its bound, %sabove %u%%", conditions->age_percent,
           applies ? "" : "not ", surcharge->bound);
    break;
  case RL_WHEN_REFERENCE:
    rl_say(words, "%s", applies ? "no live rate: a fixing's" : "of live rates");
    break;
  }
  return applies;
}

static void say_volatility_premium(rl_words *words, const rl_explained *it,
                                   const rl_lock_premium *premium)
{
  uint32_t volatility_ppm = it->snapshot.conditions.volatility_ppm;
  if (volatility_ppm == RL_VOLATILITY_UNKNOWN) {
    rl_say(words, "no volatility is known: the cap");
    return;
  }
  int64_t e8 = rl_volatility_premium_e8(premium, it->lock.ttl_ms, volatility_ppm);
  rl_say(words, "%d.%02d x %" PRIu32 " ppm a root day x sqrt(%" PRIu32 " ms / 86400000 ms) = ",
         premium->multiple_e2 / 100, premium->multiple_e2 % 100, volatility_ppm,
         it->lock.ttl_ms);
  rl_say_bps(words, e8);
  rl_say(words, " rounded up");
  if (e8 < premium->floor_e8)
    rl_say(words, "; at least ");
  else if (e8 > premium->cap_e8)
    rl_say(words, "; at most ");
  else
    return;
  rl_say_bps(words, e8 < premium->floor_e8 ? premium->floor_e8 : premium->cap_e8);
}

void rl_say_premium(rl_words *words, const rl_explained *it)
{
  const rl_lock_premium *premium = rl_tariff_lock_premium(it->tariff);
  char ttl[RL_DURATION_TEXT_SIZE];
  if (premium->by_volatility) {
    say_volatility_premium(words, it, premium);
    return;
  }
  rl_duration_format(it->lock.ttl_ms, ttl);
  rl_say(words, "of the lock for %s", ttl);
}

/* --- the walk --- */

/* A leg walked along its pair sells its base, at the bid; against it, one pays the ask. */
static void say_leg_rate(rl_words *words, const rl_leg *leg, rl_walk_at at)
{
  const rl_composite *composite = &leg->composite;
  if (at == RL_WALK_AT_MID) {
    rl_say_half(words, composite->mid_half, composite->scale);
    return;
  }
  rl_say(words, "%s ", leg->inverted ? "ask" : "bid");
  rl_say_half(words, leg->inverted ? composite->ask_half : composite->bid_half, composite->scale);
}

/* The walk gives target per source, and what the pair's convention wants may be its inverse.
 * Factors go before divisors. */
void rl_say_walk(rl_words *words, const rl_explained *it, rl_walk_at at)
{
  bool inverse = rl_snapshot_side(&it->snapshot) == RL_BUY_BASE, any = false;
  for (unsigned i = 0; i < it->snapshot.leg_count; i++) {
    if (it->snapshot.legs[i].inverted != inverse)
      continue;
    rl_say(words, "%s", any ? " x " : "");
    say_leg_rate(words, &it->snapshot.legs[i], at);
    any = true;
  }
  rl_say(words, "%s", any ? "" : "1");
  for (unsigned i = 0; i < it->snapshot.leg_count; i++) {
    if (it->snapshot.legs[i].inverted == inverse)
      continue;
    rl_say(words, " / ");
    say_leg_rate(words, &it->snapshot.legs[i], at);
  }
}
