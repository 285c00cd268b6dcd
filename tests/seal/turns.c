#include "turns.h"

#include <criterion/criterion.h>
#include <string.h>

rl_seal_keys keys_starting(unsigned count, const int64_t *starts_utc_ms)
{
  rl_seal_keys keys = {.count = count};
  for (unsigned i = 0; i < count; i++) {
    keys.keys[i].id = (uint8_t)(i + 1);
    keys.keys[i].starts_utc_ms = starts_utc_ms[i];
    memset(keys.keys[i].secret, (int)(0x40 + i), sizeof keys.keys[i].secret);
  }
  return keys;
}

rl_quote quote_of(rl_random *numbers, int64_t issued_utc_ms)
{
  rl_quote quote;
  uint8_t random[10];
  for (unsigned i = 0; i < sizeof random; i++)
    random[i] = (uint8_t)rl_random_next(numbers);
  rl_planned_quote(numbers, &(rl_quote_plan){
    .id = rl_quote_id_make((rl_utc){issued_utc_ms}, random), .client = "shop",
    .issued_mono_ns = 1, .ttl_ms = 30000}, &quote);
  return quote;
}

static const rl_store_id store;
static rl_seal *seal;
static rl_random numbers;

/* Key 2 takes over on the first day, key 3 on the third. */
static const int64_t starts[] = {DAY_ONE - 86400000, DAY_ONE, DAY_ONE + 2 * 86400000};
static const rl_utc soon = {DAY_ONE + 1};

static void setup(void)
{
  rl_seal_keys keys = keys_starting(3, starts);
  cr_assert_eq(rl_crypto_init(), RL_OK);
  cr_assert_eq(rl_seal_create(&keys, &seal), RL_OK);
  numbers = rl_random_from(rl_test_seed("turns"));
}

static void teardown(void)
{
  rl_seal_destroy(seal);
}

TestSuite(turns, .init = setup, .fini = teardown);

static unsigned sealed_by(int64_t issued_utc_ms)
{
  uint8_t token[RL_TOKEN_MAX];
  rl_quote quote = quote_of(&numbers, issued_utc_ms);
  rl_seal_token(seal, &quote, token);
  return token[1];
}

Test(turns, a_key_seals_from_the_millisecond_it_starts)
{
  cr_assert_eq(sealed_by(DAY_ONE - 1), 1);
  cr_assert_eq(sealed_by(DAY_ONE), 2);
  cr_assert_eq(sealed_by(DAY_ONE + 1), 2);
  cr_assert_eq(sealed_by(starts[2] - 1), 2);
  cr_assert_eq(sealed_by(starts[2]), 3);
}

Test(turns, the_first_key_seals_what_was_before_it_and_the_last_whatever_comes)
{
  cr_assert_eq(sealed_by(starts[0] - 1), 1);
  cr_assert_eq(sealed_by(0), 1);
  cr_assert_eq(sealed_by((1ll << 48) - 1), 3);
}

static rl_refusal open_at(rl_utc now, int64_t issued_utc_ms)
{
  uint8_t token[RL_TOKEN_MAX];
  rl_quote quote = quote_of(&numbers, issued_utc_ms), opened;
  size_t size = rl_seal_token(seal, &quote, token);
  return rl_seal_open_token(seal, &store, now, token, size, &opened);
}

Test(turns, each_key_opens_what_it_sealed)
{
  for (int64_t shift = -1; shift <= 1; shift++) {
    cr_assert_eq(open_at(soon, DAY_ONE + shift), RL_REFUSAL_NONE);
    cr_assert_eq(open_at(soon, starts[2] + shift), RL_REFUSAL_NONE);
  }
}

/* A seal that holds a single key signs for ever: what a thief can do with it. */
static rl_refusal open_stolen(unsigned index, int64_t issued_utc_ms)
{
  rl_seal *thief;
  uint8_t token[RL_TOKEN_MAX];
  rl_seal_keys all = keys_starting(3, starts), stolen = {1, {all.keys[index]}};
  rl_quote quote = quote_of(&numbers, issued_utc_ms), opened;
  cr_assert_eq(rl_seal_create(&stolen, &thief), RL_OK);
  size_t size = rl_seal_token(thief, &quote, token);
  rl_seal_destroy(thief);
  return rl_seal_open_token(seal, &store, soon, token, size, &opened);
}

Test(turns, a_retired_key_that_was_stolen_seals_no_newer_quote)
{
  cr_assert_eq(open_stolen(0, DAY_ONE - 1), RL_REFUSAL_NONE);
  cr_assert_eq(open_stolen(0, DAY_ONE), RL_REFUSAL_TOKEN_INVALID);
  cr_assert_eq(open_stolen(1, starts[2] - 1), RL_REFUSAL_NONE);
  cr_assert_eq(open_stolen(1, starts[2]), RL_REFUSAL_TOKEN_INVALID);
}

Test(turns, a_newer_key_seals_no_older_quote)
{
  cr_assert_eq(open_stolen(1, DAY_ONE - 1), RL_REFUSAL_TOKEN_INVALID);
  cr_assert_eq(open_stolen(1, DAY_ONE), RL_REFUSAL_NONE);
  cr_assert_eq(open_stolen(2, starts[2] - 1), RL_REFUSAL_TOKEN_INVALID);
}

Test(turns, a_retired_key_opens_nothing_once_it_is_over)
{
  rl_utc last = {DAY_ONE + RL_KEY_KEPT_MS - 1}, over = {DAY_ONE + RL_KEY_KEPT_MS};
  cr_assert_eq(open_at(last, DAY_ONE - 1), RL_REFUSAL_NONE);
  cr_assert_eq(open_at(over, DAY_ONE - 1), RL_REFUSAL_TOKEN_INVALID);
  cr_assert_eq(open_at(over, DAY_ONE), RL_REFUSAL_NONE);
  cr_assert_eq(open_at((rl_utc){INT64_MAX / 4}, starts[2]), RL_REFUSAL_NONE);
}

Test(turns, a_key_outlives_its_last_quote_and_that_quotes_receipt)
{
  rl_quote quote = quote_of(&numbers, DAY_ONE - 1), opened;
  uint8_t token[RL_TOKEN_MAX];
  quote.terms.ttl_ms = RL_TTL_MAX_MS;
  quote.value_date = (rl_value_date){0};
  rl_complete_quote(&quote);
  size_t size = rl_seal_token(seal, &quote, token);
  rl_utc late = {quote.expires_utc_ms + RL_END_KEY_MIN_MS};
  cr_assert_eq(rl_seal_open_token(seal, &store, late, token, size, &opened), RL_REFUSAL_NONE);
}

Test(turns, an_unknown_key_is_refused)
{
  uint8_t token[RL_TOKEN_MAX];
  rl_quote quote = quote_of(&numbers, DAY_ONE), opened;
  size_t size = rl_seal_token(seal, &quote, token);
  token[1] = 4;
  cr_assert_eq(rl_seal_open_token(seal, &store, soon, token, size, &opened),
               RL_REFUSAL_TOKEN_INVALID);
}

Test(turns, a_token_stays_the_same_when_keys_are_added)
{
  uint8_t before[RL_TOKEN_MAX], after[RL_TOKEN_MAX];
  rl_seal_keys keys = keys_starting(3, starts);
  rl_seal_keys two = keys;
  two.count = 2;
  rl_seal_put(seal, &two);
  rl_quote quote = quote_of(&numbers, starts[2] - 1);
  size_t size = rl_seal_token(seal, &quote, before);
  rl_seal_put(seal, &keys);
  cr_assert_eq(rl_seal_token(seal, &quote, after), size);
  cr_assert_arr_eq(before, after, size);
}

Test(turns, a_key_that_was_dropped_opens_nothing)
{
  uint8_t token[RL_TOKEN_MAX];
  rl_seal_keys keys = keys_starting(3, starts);
  rl_quote quote = quote_of(&numbers, DAY_ONE - 1), opened;
  size_t size = rl_seal_token(seal, &quote, token);
  rl_seal_keys_replace(&keys, soon);
  rl_seal_put(seal, &keys);
  cr_assert_eq(rl_seal_open_token(seal, &store, soon, token, size, &opened),
               RL_REFUSAL_TOKEN_INVALID);
  size = rl_seal_token(seal, &quote, token); /* the reply repeated: a fresh token */
  cr_assert_eq(token[1], 4);
  cr_assert_eq(rl_seal_open_token(seal, &store, soon, token, size, &opened), RL_REFUSAL_NONE);
}
