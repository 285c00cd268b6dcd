/* What a lock counts for: at mid, rounded up, in currencies of 0, 3 and 4 decimals. */
#include "exposure/notional.h"
#include "exposure/fixture.h"

#include <stdlib.h>

#define MS RL_NS_PER_MS

static rl_universe *universe;
static rl_market *market;
static rl_source source;
static rl_now now = {.mono.ns = 1000000000000, .utc.ms = 1767225600000};
static uint64_t sequence;

static void open_market(void)
{
  static const char text[] = "order EUR GBP USD CHF JPY KWD CLF\n"
                             "pivot USD\n"
                             "pair EUR USD scale=4 max_age_ms=1000\n"
                             "pair USD JPY scale=2 pip=2 max_age_ms=1000\n"
                             "pair USD KWD scale=5 max_age_ms=1000\n"
                             "pair USD CLF scale=6 max_age_ms=1000\n"
                             "pair USD CHF scale=4 max_age_ms=1000\n";
  rl_error error = {.text = ""};
  cr_assert_eq(rl_universe_parse(text, strlen(text), "", &universe, &error), RL_OK, "%s",
               error.text);
  cr_assert_eq(rl_market_create(universe, &market), RL_OK);
  cr_assert_eq(rl_market_register(market, "a", RL_SOURCE_LIVE, &source), RL_OK);
}

static void close_market(void)
{
  rl_market_destroy(market);
  rl_universe_destroy(universe);
}

TestSuite(notional, .init = open_market, .fini = close_market);

static void say(const char *pair, uint32_t bid, uint32_t ask)
{
  rl_tick tick = {.sequence = ++sequence, .bid = bid, .ask = ask};
  cr_assert_eq(rl_universe_find_name(universe, pair, 6, &tick.pair), RL_OK);
  tick.scale = rl_universe_pair_spec(universe, tick.pair)->scale;
  rl_market_apply(market, source, &tick, now);
}

static int64_t notional(const char *from, const char *to, int64_t source_minor,
                        const char *reporting)
{
  rl_snapshot snapshot;
  cr_assert_eq(rl_market_snapshot(market, currency_of(from), currency_of(to), now, &snapshot),
               RL_REFUSAL_NONE, "%s %s", from, to);
  return rl_notional_of(market, &snapshot, source_minor, currency_of(reporting));
}

Test(notional, a_source_in_the_reporting_currency_counts_as_it_is)
{
  say("EURUSD", 12499, 12501);
  cr_expect_eq(notional("USD", "EUR", 12345, "USD"), 12345);
  cr_expect_eq(notional("USD", "EUR", RL_AMOUNT_MAX, "USD"), RL_AMOUNT_MAX);
}

Test(notional, the_mid_counts_and_what_is_cut_off_is_raised)
{
  say("EURUSD", 12499, 12501); /* mid 1.25 */
  cr_expect_eq(notional("EUR", "USD", 400, "USD"), 500);
  cr_expect_eq(notional("EUR", "USD", 401, "USD"), 502, "501.25");
  cr_expect_eq(notional("EUR", "USD", 1, "USD"), 2, "1.25");
  cr_expect_eq(notional("USD", "EUR", 5, "EUR"), 4);
  cr_expect_eq(notional("USD", "EUR", 6, "EUR"), 5, "4.8");
}

Test(notional, decimals_of_0_3_and_4_are_scaled)
{
  say("USDJPY", 15000, 15000);
  say("USDKWD", 30000, 30000);
  say("USDCLF", 25000, 25000);
  cr_expect_eq(notional("JPY", "USD", 15000, "USD"), 10000);
  cr_expect_eq(notional("JPY", "USD", 15001, "USD"), 10001, "10000.67");
  cr_expect_eq(notional("USD", "JPY", 1, "JPY"), 2, "1.5");
  cr_expect_eq(notional("KWD", "USD", 300, "USD"), 100, "0.300 dinar are a dollar");
  cr_expect_eq(notional("KWD", "USD", 301, "USD"), 101);
  cr_expect_eq(notional("USD", "KWD", 100, "KWD"), 300);
  cr_expect_eq(notional("CLF", "USD", 250, "USD"), 100, "0.0250 units are a dollar");
  cr_expect_eq(notional("CLF", "USD", 251, "USD"), 101);
  cr_expect_eq(notional("USD", "CLF", 100, "CLF"), 250);
  cr_expect_eq(notional("JPY", "CLF", 1, "CLF"), 2, "1 yen is 1.67 of it");
}

/* JPY -> USD -> KWD: the pivot is met on the way, and nothing is read beside the quote's own
 * legs. */
Test(notional, a_pivot_on_the_way_is_valued_by_the_quotes_own_legs)
{
  rl_snapshot snapshot;
  say("USDJPY", 15000, 15000);
  say("USDKWD", 30000, 30000);
  cr_assert_eq(rl_market_snapshot(market, currency_of("JPY"), currency_of("KWD"), now, &snapshot),
               RL_REFUSAL_NONE);
  say("USDJPY", 15100, 15100);
  cr_expect_eq(rl_notional_of(market, &snapshot, 15000, currency_of("USD")), 10000);
}

Test(notional, another_currency_is_valued_by_the_last_mid_however_old)
{
  say("USDCHF", 8000, 8000);
  now.mono.ns += 86400000 * MS;
  now.utc.ms += 86400000;
  say("USDJPY", 15000, 15000);
  cr_expect_eq(notional("JPY", "USD", 15000, "CHF"), 8000);
  cr_expect_eq(notional("JPY", "USD", 15001, "CHF"), 8001);
}

Test(notional, without_any_rate_it_is_unknown)
{
  say("USDJPY", 15000, 15000);
  cr_expect_eq(notional("JPY", "USD", 15000, "CHF"), 0, "a way, but no rate ever");
  cr_expect_eq(notional("JPY", "USD", 15000, "SEK"), 0, "no way");
}

Test(notional, a_worth_beyond_its_bound_counts_as_the_bound)
{
  say("USDJPY", 1, 1); /* 0.01 */
  say("USDKWD", 999999999, 999999999);
  cr_expect_eq(notional("JPY", "USD", RL_AMOUNT_MAX, "USD"), RL_NOTIONAL_MAX, "10^19");
  cr_expect_eq(notional("JPY", "USD", RL_AMOUNT_MAX / 10, "USD"), RL_NOTIONAL_MAX, "10^18");
  cr_expect_eq(notional("JPY", "USD", RL_AMOUNT_MAX / 10 - 1, "USD"), RL_NOTIONAL_MAX - 10000);
  cr_expect_eq(notional("JPY", "KWD", RL_AMOUNT_MAX, "KWD"), RL_NOTIONAL_MAX);
}
