/* Following a publisher, by a manual clock: order, gaps, silence, lateness, snapshots. */
#include "feeds/nats_follow.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define MS RL_NS_PER_MS
#define PATIENCE_MS 3000
#define TOKYO "00112233445566ff"
#define PARIS "ff00112233445566"

static rl_follow *follow;
static rl_now now;
static uint64_t lost;
static bool changed;

static void set_up(void)
{
  now = (rl_now){{1000000 * MS}, {1750000000000}};
  cr_assert_eq(rl_follow_create(PATIENCE_MS, &follow), RL_OK);
  rl_follow_connection(follow, 1, now.mono);
}

static void tear_down(void)
{
  rl_follow_destroy(follow);
}

TestSuite(nats_follow, .init = set_up, .fini = tear_down);

static void wait_ms(int64_t ms)
{
  now.mono.ns += ms * MS;
  now.utc.ms += ms;
}

static rl_nats_update update_of(const char *pair, uint64_t sequence)
{
  rl_nats_update update = {.sequence = sequence, .when = now.utc, .bid_count = 1, .ask_count = 1};
  snprintf(update.pair, sizeof update.pair, "%s", pair);
  return update;
}

static rl_follow_verdict take(const char *pair, uint64_t sequence)
{
  rl_nats_update update = update_of(pair, sequence);
  return rl_follow_take(follow, &update, false, now.mono, &lost);
}

static rl_follow_verdict take_back(const char *pair, uint64_t sequence)
{
  rl_nats_update update = update_of(pair, sequence);
  update.withdrawn = true;
  return rl_follow_take(follow, &update, false, now.mono, &lost);
}

static rl_follow_verdict take_snapshot(const char *pair, uint64_t sequence)
{
  rl_nats_update update = update_of(pair, sequence);
  return rl_follow_take(follow, &update, true, now.mono, &lost);
}

static bool follow_origin(const char *origin)
{
  return rl_follow_admit(follow, origin, now.mono, &changed);
}

static unsigned withdraw_all(void)
{
  char pair[8];
  unsigned count = 0;
  while (rl_follow_withdraw(follow, now.mono, pair))
    count++;
  return count;
}

/* Asks as far as needed and has the answer. */
static bool asks(void)
{
  bool asked = rl_follow_asks(follow, now.mono);
  if (asked)
    rl_follow_answered(follow);
  return asked;
}

Test(nats_follow, what_rises_is_new_and_what_does_not_is_old)
{
  cr_expect_eq(take("EURUSD", 10), RL_FOLLOW_NEW);
  cr_expect_eq(take("EURUSD", 11), RL_FOLLOW_NEW);
  cr_expect_eq(lost, 0);
  cr_expect_eq(take("EURUSD", 11), RL_FOLLOW_OLD);
  cr_expect_eq(take("EURUSD", 10), RL_FOLLOW_OLD);
  cr_expect_eq(take("USDJPY", 3), RL_FOLLOW_NEW, "each pair counts for itself");
  cr_expect_eq(take("EURUSD", 12), RL_FOLLOW_NEW);
}

Test(nats_follow, without_numbers_everything_is_new)
{
  for (int i = 0; i < 3; i++) {
    cr_expect_eq(take("EURUSD", 0), RL_FOLLOW_NEW);
    cr_expect_eq(lost, 0);
  }
}

Test(nats_follow, a_gap_is_counted_and_asks_for_a_snapshot)
{
  cr_expect(follow_origin(TOKYO));
  cr_expect(asks(), "at the start");
  take("EURUSD", 10);
  wait_ms(RL_FOLLOW_ASK_MS);
  cr_expect_not(asks());
  cr_expect_eq(take("EURUSD", 14), RL_FOLLOW_NEW);
  cr_expect_eq(lost, 3);
  cr_expect(asks());
}

Test(nats_follow, a_snapshot_brings_what_is_missing_and_nothing_older)
{
  asks();
  take("EURUSD", 10);
  cr_expect_eq(take_snapshot("EURUSD", 9), RL_FOLLOW_OLD);
  cr_expect_eq(take_snapshot("EURUSD", 10), RL_FOLLOW_OLD);
  cr_expect_eq(take_snapshot("USDJPY", 5), RL_FOLLOW_NEW);
  cr_expect_eq(take_snapshot("EURUSD", 12), RL_FOLLOW_NEW);
  cr_expect_eq(lost, 1);
  wait_ms(RL_FOLLOW_ASK_MS);
  cr_expect_not(asks(), "the answer raises no question");
  cr_expect_eq(take("EURUSD", 12), RL_FOLLOW_OLD);
}

Test(nats_follow, a_snapshot_does_not_bring_back_what_was_taken_back)
{
  take("EURUSD", 10);
  cr_expect_eq(take_back("EURUSD", 11), RL_FOLLOW_NEW);
  cr_expect_eq(take_snapshot("EURUSD", 10), RL_FOLLOW_OLD);
  cr_expect_eq(take_back("EURUSD", 12), RL_FOLLOW_GONE, "the engine knows");
  cr_expect_eq(take("EURUSD", 13), RL_FOLLOW_NEW);
}

Test(nats_follow, a_leap_is_a_new_start_up_or_down)
{
  take("EURUSD", 10);
  cr_expect_eq(take("EURUSD", 10 + RL_SEQUENCE_LEAP), RL_FOLLOW_NEW);
  cr_expect_eq(lost, RL_SEQUENCE_LEAP - 1);
  cr_expect_eq(take("EURUSD", 11 + 2 * RL_SEQUENCE_LEAP), RL_FOLLOW_NEW);
  cr_expect_eq(lost, 0);
  cr_expect_eq(take("EURUSD", 12 + RL_SEQUENCE_LEAP), RL_FOLLOW_OLD);
  cr_expect_eq(take("EURUSD", 11 + RL_SEQUENCE_LEAP), RL_FOLLOW_NEW);
}

Test(nats_follow, what_the_engine_did_not_take_may_be_said_again)
{
  asks();
  take("EURUSD", 10);
  take("USDJPY", 10);
  take_back("USDJPY", 11);
  wait_ms(RL_FOLLOW_ASK_MS);
  rl_follow_forget(follow);
  cr_expect(asks());
  cr_expect_eq(take_snapshot("EURUSD", 10), RL_FOLLOW_NEW);
  cr_expect_eq(take_snapshot("EURUSD", 10), RL_FOLLOW_OLD, "once");
  cr_expect_eq(take_back("USDJPY", 11), RL_FOLLOW_NEW, "the engine may not know");
}

Test(nats_follow, questions_are_asked_again_until_they_are_answered)
{
  cr_expect(rl_follow_asks(follow, now.mono), "a new connection");
  cr_expect_not(rl_follow_asks(follow, now.mono));
  wait_ms(RL_FOLLOW_ASK_MS - 1);
  cr_expect_not(rl_follow_asks(follow, now.mono));
  wait_ms(1);
  cr_expect(rl_follow_asks(follow, now.mono));
  rl_follow_answered(follow);
  wait_ms(RL_FOLLOW_ASK_MS);
  cr_expect_not(rl_follow_asks(follow, now.mono));
  rl_follow_connection(follow, 0, now.mono);
  rl_follow_forget(follow);
  cr_expect_not(rl_follow_asks(follow, now.mono), "nobody to ask");
  rl_follow_connection(follow, 2, now.mono);
  cr_expect(rl_follow_asks(follow, now.mono));
}

Test(nats_follow, a_publication_that_falls_silent_is_taken_back_pair_by_pair)
{
  follow_origin(TOKYO);
  take("EURUSD", 10);
  wait_ms(1);
  take("USDJPY", 10);
  wait_ms(PATIENCE_MS - 2);
  cr_expect_eq(withdraw_all(), 0);
  wait_ms(1);
  char pair[8];
  cr_assert(rl_follow_withdraw(follow, now.mono, pair));
  cr_expect_str_eq(pair, "EURUSD");
  cr_expect_not(rl_follow_withdraw(follow, now.mono, pair));
  wait_ms(1);
  cr_expect_eq(withdraw_all(), 1);
  wait_ms(PATIENCE_MS);
  cr_expect_eq(withdraw_all(), 0, "once");
  cr_expect_eq(take("EURUSD", 10), RL_FOLLOW_NEW, "what stood may stand again");
}

Test(nats_follow, other_sources_may_be_silent_while_the_connection_stands)
{
  follow_origin("");
  take("EURUSD", 10);
  wait_ms(10 * PATIENCE_MS);
  cr_expect_eq(withdraw_all(), 0);
  rl_follow_connection(follow, 0, now.mono);
  wait_ms(PATIENCE_MS - 1);
  cr_expect_eq(withdraw_all(), 0);
  wait_ms(1);
  cr_expect_eq(withdraw_all(), 1);
}

Test(nats_follow, a_connection_that_is_back_in_time_takes_nothing_back)
{
  follow_origin("");
  take("EURUSD", 10);
  rl_follow_connection(follow, 0, now.mono);
  wait_ms(PATIENCE_MS - 1);
  rl_follow_connection(follow, 2, now.mono);
  wait_ms(1);
  cr_expect_eq(withdraw_all(), 0);
}

Test(nats_follow, a_second_publisher_is_refused_until_the_first_is_silent)
{
  cr_expect(follow_origin(TOKYO));
  cr_expect(changed);
  cr_expect(follow_origin(TOKYO));
  cr_expect_not(changed);
  wait_ms(PATIENCE_MS - 1);
  cr_expect_not(follow_origin(PARIS));
  cr_expect_not(follow_origin(""));
  wait_ms(1);
  cr_expect(follow_origin(PARIS));
  cr_expect(changed);
  cr_expect_not(follow_origin(TOKYO));
}

Test(nats_follow, a_message_that_was_held_up_is_late)
{
  follow_origin(TOKYO);
  cr_expect_eq(take("EURUSD", 10), RL_FOLLOW_NEW);
  rl_nats_update held = update_of("EURUSD", 11), prompt = update_of("EURUSD", 12);
  wait_ms(PATIENCE_MS);
  cr_expect_eq(withdraw_all(), 1);
  cr_expect_eq(rl_follow_take(follow, &held, false, now.mono, &lost), RL_FOLLOW_LATE);
  prompt.when.ms++;
  cr_expect_eq(rl_follow_take(follow, &prompt, false, now.mono, &lost), RL_FOLLOW_NEW);
  cr_expect_eq(withdraw_all(), 0);
}

Test(nats_follow, the_fastest_message_is_the_measure)
{
  follow_origin(TOKYO);
  rl_nats_update slow = update_of("EURUSD", 10);
  wait_ms(1000);
  cr_expect_eq(rl_follow_take(follow, &slow, false, now.mono, &lost), RL_FOLLOW_NEW);
  cr_expect_eq(take("EURUSD", 11), RL_FOLLOW_NEW);
  rl_nats_update held = update_of("EURUSD", 12);
  wait_ms(PATIENCE_MS);
  cr_expect_eq(rl_follow_take(follow, &held, false, now.mono, &lost), RL_FOLLOW_LATE);
}

Test(nats_follow, another_publisher_has_a_clock_of_its_own)
{
  follow_origin(TOKYO);
  take("EURUSD", 10);
  wait_ms(PATIENCE_MS);
  now.utc.ms -= 3600000;
  cr_expect(follow_origin(PARIS));
  cr_expect_eq(take("EURUSD", 11), RL_FOLLOW_NEW);
}

Test(nats_follow, a_publisher_whose_clock_was_set_back_is_believed_after_a_while)
{
  follow_origin(TOKYO);
  take("EURUSD", 10);
  now.utc.ms -= 3600000;
  cr_expect_eq(take("EURUSD", 11), RL_FOLLOW_LATE);
  wait_ms(PATIENCE_MS - 1);
  cr_expect_eq(take("EURUSD", 12), RL_FOLLOW_LATE);
  wait_ms(1);
  cr_expect_eq(take("EURUSD", 13), RL_FOLLOW_NEW);
  cr_expect_eq(take("EURUSD", 14), RL_FOLLOW_NEW);
}

Test(nats_follow, the_clocks_of_the_two_need_not_agree)
{
  follow_origin(TOKYO);
  now.utc.ms += 5 * 3600000;
  for (uint64_t i = 1; i <= 3; i++) {
    cr_expect_eq(take("EURUSD", i), RL_FOLLOW_NEW);
    wait_ms(1000);
  }
  rl_nats_update never = update_of("EURUSD", 4);
  never.when.ms = INT64_MAX;
  cr_expect_eq(rl_follow_take(follow, &never, false, now.mono, &lost), RL_FOLLOW_NEW,
               "what is no time is not compared");
  cr_expect_eq(take("EURUSD", 5), RL_FOLLOW_NEW);
}

Test(nats_follow, as_many_pairs_as_an_engine_can_have_and_no_more)
{
  char pair[8];
  for (unsigned i = 0; i <= RL_PAIRS_MAX; i++) {
    snprintf(pair, sizeof pair, "%c%c%cUSD", 'A' + i / 676 % 26, 'A' + i / 26 % 26, 'A' + i % 26);
    cr_assert_eq(take(pair, 1), i < RL_PAIRS_MAX ? RL_FOLLOW_NEW : RL_FOLLOW_NO_ROOM, "%u", i);
  }
  cr_expect_eq(take("AAAUSD", 2), RL_FOLLOW_NEW);
}
