#include "support/quotes.h"

#include <criterion/criterion.h>

enum { BOOT = 11, OTHER_BOOT = 12 };

static rl_quote quote_of_boot(void)
{
  rl_random random = rl_random_from(5);
  rl_quote quote;
  rl_typical_quote(&random, &quote);
  quote.boot_id = BOOT;
  return quote;
}

static bool alive_at_ns(const rl_quote *quote, int64_t mono_ns, int64_t utc_ms)
{
  return rl_quote_alive(quote, BOOT, (rl_now){{mono_ns}, {utc_ms}}, 0);
}

static bool alive_elsewhere(const rl_quote *quote, int64_t utc_ms, int64_t high_water_ms)
{
  return rl_quote_alive(quote, OTHER_BOOT, (rl_now){{0}, {utc_ms}}, high_water_ms);
}

Test(quote_alive, lock_ends_at_its_deadline_to_the_nanosecond)
{
  rl_quote quote = quote_of_boot();
  int64_t wall = quote.issued_utc_ms;
  cr_expect(alive_at_ns(&quote, quote.issued_mono_ns, wall));
  cr_expect(alive_at_ns(&quote, quote.deadline_mono_ns - 1, wall));
  cr_expect_not(alive_at_ns(&quote, quote.deadline_mono_ns, wall));
  cr_expect_not(alive_at_ns(&quote, quote.deadline_mono_ns + 1, wall));
}

Test(quote_alive, wall_clock_that_jumps_neither_kills_nor_revives)
{
  rl_quote quote = quote_of_boot();
  int64_t year_ms = 365ll * 24 * 3600 * 1000;
  cr_expect(alive_at_ns(&quote, quote.deadline_mono_ns - 1, quote.expires_utc_ms + year_ms));
  cr_expect_not(alive_at_ns(&quote, quote.deadline_mono_ns, quote.issued_utc_ms - year_ms));
}

Test(quote_alive, high_water_mark_does_not_matter_on_the_own_boot)
{
  rl_quote quote = quote_of_boot();
  rl_now now = {{quote.deadline_mono_ns - 1}, {quote.issued_utc_ms}};
  cr_expect(rl_quote_alive(&quote, BOOT, now, quote.expires_utc_ms + RL_WALL_SKEW_MS));
}

Test(quote_alive, another_boot_judges_by_the_wall_with_a_second_of_skew)
{
  rl_quote quote = quote_of_boot();
  int64_t end = quote.expires_utc_ms + RL_WALL_SKEW_MS;
  cr_expect(alive_elsewhere(&quote, end - 1, 0));
  cr_expect_not(alive_elsewhere(&quote, end, 0));
}

Test(quote_alive, wall_clock_set_back_before_a_restart_does_not_revive)
{
  rl_quote quote = quote_of_boot();
  int64_t end = quote.expires_utc_ms + RL_WALL_SKEW_MS;
  cr_expect(alive_elsewhere(&quote, quote.issued_utc_ms, end - 1));
  cr_expect_not(alive_elsewhere(&quote, quote.issued_utc_ms, end));
}

Test(quote_key, fingerprint_tells_clients_operations_and_keys_apart)
{
  rl_fingerprint plain = rl_key_fingerprint(1, "shop", RL_OP_ACCEPT, "k1");
  cr_expect(rl_fingerprint_equal(plain, rl_key_fingerprint(1, "shop", RL_OP_ACCEPT, "k1")));
  cr_expect_not(rl_fingerprint_equal(plain, rl_key_fingerprint(2, "shop", RL_OP_ACCEPT, "k1")));
  cr_expect_not(rl_fingerprint_equal(plain, rl_key_fingerprint(1, "shop", RL_OP_CANCEL, "k1")));
  cr_expect_not(rl_fingerprint_equal(plain, rl_key_fingerprint(1, "shop", RL_OP_ACCEPT, "k2")));
  cr_expect_not(rl_fingerprint_equal(plain, rl_key_fingerprint(1, "shopk", RL_OP_ACCEPT, "1")));
}
