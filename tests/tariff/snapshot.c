/* What a parsed tariff answers, and that it is named by its text. */
#include "tariff/expect.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *const three_locks =
  "tariff: test\nlocks:\n  - { ttl: 30s, premium_bps: 0 }\n  - { ttl: 5m, premium_bps: 2.5 }\n"
  "  - { ttl: 1h, premium_bps: 12.5 }\ndefault_ttl: 5m\nrules: [{ name: one }]\n";

/* The lock granted for `ttl_ms`, or 0. */
static uint32_t granted_ms(const rl_tariff *tariff, uint32_t ttl_ms)
{
  rl_lock_class lock = {.ttl_ms = 0};
  bool offered = rl_tariff_lock_for(tariff, ttl_ms, &lock);
  cr_expect_eq(offered, lock.ttl_ms != 0, "touched on failure, or not filled");
  return lock.ttl_ms;
}

Test(tariff_snapshot, a_lock_is_never_shorter_than_asked)
{
  rl_tariff *tariff = expect_taken(three_locks);
  cr_expect_eq(granted_ms(tariff, 1), 30000);
  cr_expect_eq(granted_ms(tariff, 29999), 30000);
  cr_expect_eq(granted_ms(tariff, 30000), 30000);
  cr_expect_eq(granted_ms(tariff, 30001), 300000);
  cr_expect_eq(granted_ms(tariff, 300000), 300000);
  cr_expect_eq(granted_ms(tariff, 300001), 3600000);
  cr_expect_eq(granted_ms(tariff, 3600000), 3600000);
  rl_tariff_destroy(tariff);
}

Test(tariff_snapshot, a_lock_beyond_the_longest_is_not_offered)
{
  rl_tariff *tariff = expect_taken(three_locks);
  cr_expect_eq(granted_ms(tariff, 3600001), 0);
  cr_expect_eq(granted_ms(tariff, UINT32_MAX), 0);
  rl_tariff_destroy(tariff);
}

Test(tariff_snapshot, asking_for_no_length_gets_the_default)
{
  rl_lock_class lock;
  rl_tariff *tariff = expect_taken(three_locks);
  cr_expect(rl_tariff_lock_for(tariff, 0, &lock));
  cr_expect_eq(lock.ttl_ms, 300000);
  cr_expect_eq(lock.premium_e8, 25000);
  rl_tariff_destroy(tariff);
}

Test(tariff_snapshot, without_a_default_the_shortest_lock_is_it)
{
  rl_tariff *tariff = expect_taken("tariff: t\nlocks: [{ ttl: 2s }, { ttl: 3s }]\n"
                                   "rules: [{ name: a }]\n");
  cr_expect_eq(granted_ms(tariff, 0), 2000);
  rl_tariff_destroy(tariff);
}

Test(tariff_snapshot, the_locks_are_listed_with_their_premiums)
{
  rl_tariff *tariff = expect_taken(three_locks);
  cr_assert_eq(rl_tariff_lock_count(tariff), 3);
  cr_expect_eq(rl_tariff_lock(tariff, 0)->premium_e8, 0);
  cr_expect_eq(rl_tariff_lock(tariff, 1)->premium_e8, 25000);
  cr_expect_eq(rl_tariff_lock(tariff, 2)->premium_e8, 125000);
  rl_tariff_destroy(tariff);
}

Test(tariff_snapshot, what_is_left_out_has_its_default)
{
  rl_tariff *tariff = expect_taken(RULE);
  cr_expect_eq(rl_tariff_rate_digits(tariff), 10);
  cr_expect_str_eq(rl_tariff_default_tier(tariff), "standard");
  cr_expect_eq(rl_tariff_rule(tariff, 0)->markups[0].e8, 0);
  cr_expect_eq(rl_tariff_rule(tariff, 0)->fee_count, 0);
  cr_expect_eq(rl_tariff_lock(tariff, 0)->premium_e8, 0);
  rl_tariff_destroy(tariff);
}

Test(tariff_snapshot, the_digest_is_of_the_exact_text)
{
  const char *same_meaning = RULE "# a comment\n";
  rl_tariff *tariff = expect_taken(RULE);
  rl_tariff *again = expect_taken(RULE);
  rl_tariff *other = expect_taken(same_meaning);
  rl_digest own = rl_tariff_digest(tariff);
  cr_expect(rl_digest_equal(own, rl_tariff_digest(again)));
  cr_expect(rl_digest_equal(own, rl_digest_of(RULE, strlen(RULE))));
  cr_expect_not(rl_digest_equal(own, rl_tariff_digest(other)));
  rl_tariff_destroy(tariff);
  rl_tariff_destroy(again);
  rl_tariff_destroy(other);
}

Test(tariff_snapshot, the_text_is_kept_as_it_was)
{
  char text[] = RULE "# end";
  size_t length;
  rl_tariff *tariff = expect_taken(text);
  text[0] = '!';
  const char *kept = rl_tariff_text(tariff, &length);
  cr_expect_eq(length, strlen(RULE "# end"));
  cr_expect_eq(memcmp(kept, RULE "# end", length), 0);
  rl_tariff_destroy(tariff);
}

Test(tariff_snapshot, the_builtin_tariff_prices_a_dollar_in_euros)
{
  rl_tariff *tariff = expect_taken(rl_tariff_builtin_text());
  cr_expect_str_eq(rl_tariff_name(tariff), "builtin");
  const rl_rule *rule = rl_tariff_match(tariff,
      &(rl_tariff_query){"", "", "", currency("USD"), currency("EUR"), 0});
  cr_assert_not_null(rule);
  cr_expect_gt(rule->markups[0].e8, 0);
  cr_assert_eq(rule->fee_count, 2);
  cr_expect_eq(rule->fees[0].parts[0].flat_minor, 150);
  cr_expect_eq(rule->fees[1].kind, RL_FEE_BPS);
  cr_expect_gt(rule->fees[1].min_minor, 0);
  cr_expect_lt(rule->fees[1].max_minor, RL_AMOUNT_MAX);
  rl_tariff_destroy(tariff);
}

Test(tariff_snapshot, the_builtin_tariff_has_a_price_for_every_corridor)
{
  rl_tariff *tariff = expect_taken(rl_tariff_builtin_text());
  static const char *const tiers[] = {"", "standard", "business"};
  for (unsigned i = 0; i < 3; i++) {
    const rl_rule *rule = rl_tariff_match(tariff,
        &(rl_tariff_query){"", tiers[i], "", currency("KWD"), currency("JPY"), 0});
    cr_expect_not_null(rule, "%s", tiers[i]);
  }
  rl_tariff_destroy(tariff);
}

Test(tariff_snapshot, the_builtin_tariff_is_tighter_for_business)
{
  rl_tariff *tariff = expect_taken(rl_tariff_builtin_text());
  const rl_rule *retail = rl_tariff_match(tariff,
      &(rl_tariff_query){"", "", "", currency("GBP"), currency("JPY"), 0});
  const rl_rule *business =
    rl_tariff_match(tariff,
        &(rl_tariff_query){"", "business", "", currency("GBP"), currency("JPY"), 0});
  cr_expect_lt(business->markups[0].e8, retail->markups[0].e8);
  rl_tariff_destroy(tariff);
}

Test(tariff_snapshot, the_builtin_locks_rise_from_half_a_minute_to_a_day)
{
  static const uint32_t offered_s[] = {30, 60, 300, 900, 3600, 86400};
  rl_tariff *tariff = expect_taken(rl_tariff_builtin_text());
  cr_assert_eq(rl_tariff_lock_count(tariff), 6);
  for (unsigned i = 0; i < 6; i++) {
    cr_expect_eq(rl_tariff_lock(tariff, i)->ttl_ms, offered_s[i] * 1000);
    if (i > 0)
      cr_expect_gt(rl_tariff_lock(tariff, i)->premium_e8,
                   rl_tariff_lock(tariff, i - 1)->premium_e8);
  }
  cr_expect_eq(granted_ms(tariff, 0), 30000);
  rl_tariff_destroy(tariff);
}
