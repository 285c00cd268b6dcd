#include "turns.h"

#include <criterion/criterion.h>
#include <string.h>

static const rl_utc now = {DAY_ONE};

static void setup(void)
{
  cr_assert_eq(rl_crypto_init(), RL_OK);
}

TestSuite(keys, .init = setup);

Test(keys, a_first_key_is_current_from_ever_on)
{
  rl_seal_keys keys = {0};
  rl_seal_keys_begin(&keys, now);
  cr_assert_eq(keys.count, 1);
  cr_assert_eq(rl_seal_key_state(&keys, 0, now), RL_KEY_CURRENT);
  cr_assert_eq(rl_seal_key_state(&keys, 0, (rl_utc){0}), RL_KEY_CURRENT);
  cr_assert_eq(rl_seal_key_over_utc_ms(&keys, 0), RL_NO_END_MS);
}

Test(keys, an_added_key_starts_a_little_later)
{
  rl_seal_keys keys = {0};
  rl_seal_keys_begin(&keys, now);
  cr_assert_eq(rl_seal_keys_add(&keys, now, "", NULL), RL_OK);
  cr_assert_eq(keys.count, 2);
  cr_assert_eq(keys.keys[1].id, 2);
  cr_assert_eq(keys.keys[1].starts_utc_ms, now.ms + RL_KEY_LEAD_MS);
  cr_assert_neq(memcmp(keys.keys[0].secret, keys.keys[1].secret, RL_MAC_KEY_SIZE), 0);
}

Test(keys, states_change_on_the_millisecond)
{
  const int64_t starts[] = {DAY_ONE, DAY_ONE + 1000};
  rl_seal_keys keys = keys_starting(2, starts);
  int64_t over = starts[1] + RL_KEY_KEPT_MS;
  static const struct {
    int64_t after_ms;
    rl_key_state first, second;
  } cases[] = {
    {999, RL_KEY_CURRENT, RL_KEY_NEXT}, {1000, RL_KEY_PREVIOUS, RL_KEY_CURRENT},
    {1000 + RL_KEY_KEPT_MS - 1ll, RL_KEY_PREVIOUS, RL_KEY_CURRENT},
    {1000 + (int64_t)RL_KEY_KEPT_MS, RL_KEY_OVER, RL_KEY_CURRENT},
  };
  cr_assert_eq(rl_seal_key_over_utc_ms(&keys, 0), over);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    rl_utc at = {DAY_ONE + cases[i].after_ms};
    cr_assert_eq(rl_seal_key_state(&keys, 0, at), cases[i].first, "case %zu", i);
    cr_assert_eq(rl_seal_key_state(&keys, 1, at), cases[i].second, "case %zu", i);
  }
}

Test(keys, those_that_are_over_are_dropped_by_the_next_rotation)
{
  const int64_t starts[] = {DAY_ONE, DAY_ONE + 1, DAY_ONE + 2};
  rl_seal_keys keys = keys_starting(3, starts);
  rl_seal_keys before = keys;
  cr_assert_eq(rl_seal_keys_add(&keys, (rl_utc){starts[2] + RL_KEY_KEPT_MS - 1}, "", NULL), RL_OK);
  cr_assert_eq(keys.count, 3);
  cr_assert_eq(keys.keys[0].id, 2);
  keys = before;
  cr_assert_eq(rl_seal_keys_add(&keys, (rl_utc){starts[2] + RL_KEY_KEPT_MS}, "", NULL), RL_OK);
  cr_assert_eq(keys.count, 2);
  cr_assert_eq(keys.keys[0].id, 3);
  static const rl_seal_key none;
  cr_assert_eq(memcmp(&keys.keys[2], &none, sizeof none), 0, "a dropped secret is left");
}

Test(keys, there_is_a_most_of_them)
{
  rl_seal_keys keys = {0};
  rl_error error;
  rl_seal_keys_begin(&keys, now);
  for (unsigned i = 1; i < RL_SEAL_KEYS_MAX; i++)
    cr_assert_eq(rl_seal_keys_add(&keys, (rl_utc){now.ms + i}, "", NULL), RL_OK);
  rl_seal_keys before = keys;
  rl_utc later = {now.ms + 1000};
  cr_assert_eq(rl_seal_keys_add(&keys, later, "f", &error), RL_FULL);
  cr_assert(strstr(error.text, "over at 2026-01-03T00:00:11.001Z"), "%s", error.text);
  cr_assert_eq(memcmp(&keys, &before, sizeof keys), 0);
  later.ms = now.ms + 1 + RL_KEY_LEAD_MS + RL_KEY_KEPT_MS;
  cr_assert_eq(rl_seal_keys_add(&keys, later, "f", &error), RL_OK);
}

Test(keys, rotated_twice_in_a_millisecond_start_one_after_the_other)
{
  rl_seal_keys keys = {0};
  rl_seal_keys_begin(&keys, now);
  cr_assert_eq(rl_seal_keys_add(&keys, now, "", NULL), RL_OK);
  cr_assert_eq(rl_seal_keys_add(&keys, now, "", NULL), RL_OK);
  cr_assert_eq(keys.keys[2].starts_utc_ms, keys.keys[1].starts_utc_ms + 1);
}

Test(keys, a_clock_that_is_wrong_rotates_nothing)
{
  rl_seal_keys keys = {0};
  rl_error error;
  rl_seal_keys_begin(&keys, now);
  cr_assert_eq(rl_seal_keys_add(&keys, (rl_utc){now.ms + RL_WALL_SKEW_MS}, "", NULL), RL_OK);
  cr_assert_eq(rl_seal_keys_add(&keys, (rl_utc){now.ms - 1}, "f", &error), RL_INVALID);
  cr_assert(strstr(error.text, "is a clock wrong?"));
  cr_assert_eq(keys.count, 2);
  cr_assert_eq(rl_seal_keys_add(&keys, now, "", NULL), RL_OK);
}

Test(keys, numbers_go_round_and_pass_those_in_use)
{
  const int64_t starts[] = {DAY_ONE, DAY_ONE + 1};
  rl_seal_keys keys = keys_starting(2, starts);
  keys.keys[0].id = 0;
  keys.keys[1].id = 255;
  cr_assert_eq(rl_seal_keys_add(&keys, now, "", NULL), RL_OK);
  cr_assert_eq(keys.keys[2].id, 1);
}

Test(keys, replaced_leave_one_of_a_new_number)
{
  const int64_t starts[] = {DAY_ONE, DAY_ONE + 1};
  rl_seal_keys keys = keys_starting(2, starts);
  rl_seal_keys_replace(&keys, now);
  cr_assert_eq(keys.count, 1);
  cr_assert_eq(keys.keys[0].id, 3);
  cr_assert_eq(rl_seal_key_state(&keys, 0, now), RL_KEY_CURRENT);
  static const rl_seal_key none;
  cr_assert_eq(memcmp(&keys.keys[1], &none, sizeof none), 0);
}

Test(keys, a_fingerprint_is_of_number_start_and_secret)
{
  const int64_t starts[] = {DAY_ONE};
  rl_seal_key key = keys_starting(1, starts).keys[0], other = key;
  char one[RL_KEY_FINGERPRINT_SIZE], two[RL_KEY_FINGERPRINT_SIZE];
  rl_seal_key_fingerprint(&key, one);
  cr_assert_eq(strlen(one), 16);
  other.id++;
  rl_seal_key_fingerprint(&other, two);
  cr_assert_str_neq(one, two);
  other = key;
  other.starts_utc_ms++;
  rl_seal_key_fingerprint(&other, two);
  cr_assert_str_neq(one, two);
  other = key;
  other.secret[31] ^= 1;
  rl_seal_key_fingerprint(&other, two);
  cr_assert_str_neq(one, two);
}

Test(keys, states_have_names)
{
  cr_assert_str_eq(rl_key_state_name(RL_KEY_NEXT), "next");
  cr_assert_str_eq(rl_key_state_name(RL_KEY_CURRENT), "current");
  cr_assert_str_eq(rl_key_state_name(RL_KEY_PREVIOUS), "previous");
  cr_assert_str_eq(rl_key_state_name(RL_KEY_OVER), "over");
}
