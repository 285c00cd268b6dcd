#include "fix_programs.h"

#include "clock/clock.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(feed_fix_program, .init = rl_fix_set_up, .fini = rl_fix_tear_down, .timeout = 30);

Test(feed_fix_program, a_snapshot_is_pushed_with_the_venues_time)
{
  rl_clock clock = rl_clock_system();
  int64_t before = rl_clock_read(&clock).utc.ms;
  START_FIX();
  rl_venue_await("got 8=FIX.4.4|9=", 2);
  rl_venue_await("|35=V|", 1);
  rl_venue_snapshot();
  cr_assert_str_eq(tick.pair, "EURUSD");
  cr_assert_str_eq(engine.header.source, "venue");
  cr_assert(tick.bid_size == 1000000 && tick.ask_size == 1000000);
  cr_assert(tick.source_utc_ms >= before && tick.source_utc_ms <= rl_clock_read(&clock).utc.ms);
  rl_end_fix();
  rl_expect_withdrawn();
  rl_expect_nothing_more();
  rl_expect_count("snapshots", 1);
  rl_expect_count("pushed", 1);
  rl_expect_count("withdrawn", 1);
}

Test(feed_fix_program, the_request_says_what_the_options_say)
{
  START_FIX("--depth", "5", "--updates", "full", "--pairs", "EURUSD,USDJPY=JPY.SPOT",
            "--sender-sub", "ROOM", "--target-sub", "BOOK");
  rl_venue_await("|146=1|55=EUR/USD|262=", 1);
  rl_venue_await("|146=1|55=JPY.SPOT|262=", 1);
  rl_venue_await("|263=1|264=5|265=0|267=2|269=0|269=1|10=", 2);
  rl_venue_await("|50=ROOM|", 3);
  rl_venue_await("|57=BOOK|", 3);
  rl_end_fix();
}

Test(feed_fix_program, entries_come_change_and_go_by_their_ids)
{
  START_FIX("--depth", "0");
  rl_venue_await("|35=V|", 1);
  rl_venue_snapshot();
  rl_venue_do("send 35=X|262=$EUR/USD|268=2|279=0|269=0|278=b2|55=EUR/USD|270=1.1251|271=500000|"
              "279=0|269=1|278=o2|55=EUR/USD|270=1.1253|271=2000000.75");
  rl_expect_tick(11251, 11252);
  cr_assert(tick.bid_size == 500000 && tick.depth.bid_count == 1 && tick.depth.ask_count == 1);
  cr_assert_eq(tick.depth.asks[0].size, 2000000);
  rl_venue_do("send 35=X|262=$EUR/USD|268=1|279=1|278=o2|55=EUR/USD|270=1.1252|271=700000");
  rl_expect_tick(11251, 11252);
  cr_assert_eq(tick.ask_size, 1700000);
  cr_assert_eq(tick.depth.ask_count, 0);
  rl_venue_do("send 35=X|262=$EUR/USD|268=2|279=2|278=b2|55=EUR/USD|279=2|278=o1|55=EUR/USD");
  rl_expect_tick(11250, 11252);
  cr_assert_eq(tick.ask_size, 700000);
  rl_venue_do("send 35=X|262=$EUR/USD|268=1|279=2|278=o2|55=EUR/USD");
  rl_expect_withdrawn();
  rl_end_fix();
  rl_expect_nothing_more();
}

Test(feed_fix_program, a_message_of_many_symbols_is_one_push)
{
  START_FIX("--pairs", "EURUSD,GBPUSD");
  rl_venue_await("|35=V|", 2);
  rl_venue_do("send 35=X|268=4|279=0|269=0|278=1|55=EUR/USD|270=1.1|279=0|269=1|278=2|270=1.2|"
              "279=0|269=0|278=3|55=GBP/USD|270=1.3|279=0|269=1|278=4|270=1.4");
  cr_assert(rl_pull_message(&engine, 5000));
  cr_assert_eq(engine.header.tick_count, 2);
  rl_expect_tick(11000, 12000);
  cr_assert_str_eq(tick.pair, "EURUSD");
  rl_expect_tick(13000, 14000);
  cr_assert_str_eq(tick.pair, "GBPUSD");
  rl_end_fix();
}

Test(feed_fix_program, without_ids_the_one_level_of_a_side_is_replaced)
{
  START_FIX();
  rl_venue_await("|35=V|", 1);
  rl_venue_do("send 35=W|262=$EUR/USD|55=EUR/USD|268=2|269=0|270=1.1250|269=1|270=1.1252");
  rl_expect_tick(11250, 11252);
  rl_venue_do("send 35=X|262=$EUR/USD|268=1|279=1|269=0|55=EUR/USD|270=1.1249");
  rl_expect_tick(11249, 11252);
  cr_assert_eq(tick.depth.bid_count, 0);
  rl_end_fix();
  rl_expect_count("unknown_change", 0);
}

Test(feed_fix_program, a_crossed_book_is_pushed_as_it_is)
{
  START_FIX();
  rl_venue_await("|35=V|", 1);
  rl_venue_do("send 35=W|262=$EUR/USD|55=EUR/USD|268=2|269=0|270=1.1253|269=1|270=1.1251");
  rl_expect_tick(11253, 11251);
  rl_end_fix();
}

Test(feed_fix_program, a_gap_is_asked_for_and_its_messages_come_in_order)
{
  START_FIX();
  rl_venue_await("|35=V|", 1);
  rl_venue_snapshot();
  rl_venue_do("keep 35=X|262=$EUR/USD|268=2|279=1|269=0|278=b1|55=EUR/USD|270=1.1245|"
              "279=1|269=1|278=o1|55=EUR/USD|270=1.1246");
  rl_venue_do("keep 35=X|262=$EUR/USD|268=1|279=1|278=o1|55=EUR/USD|270=1.1247");
  rl_venue_do("send 35=X|262=$EUR/USD|268=1|279=1|278=o1|55=EUR/USD|270=1.1248");
  rl_venue_await("|35=2|", 1);
  rl_expect_tick(11245, 11246);
  rl_expect_tick(11245, 11247);
  rl_expect_tick(11245, 11248);
  rl_end_fix();
  rl_expect_count("gap_fills", 0);
  rl_expect_count("unknown_change", 0);
}

Test(feed_fix_program, a_gap_filled_with_nothing_empties_the_books_and_asks_for_them_anew)
{
  START_FIX();
  rl_venue_await("|35=V|", 1);
  rl_venue_snapshot();
  rl_venue_do("skip 3");
  rl_venue_do("send 35=X|262=$EUR/USD|268=1|279=1|278=o1|55=EUR/USD|270=1.1248");
  rl_venue_await("|35=2|", 1);
  do
    cr_assert(rl_pull_tick(&engine, &tick));
  while (!tick.withdrawn);
  rl_venue_await("|263=2|", 1);
  rl_venue_await("|263=1|", 2);
  rl_venue_snapshot();
  rl_end_fix();
  rl_expect_said("asked for anew");
}

Test(feed_fix_program, test_requests_are_answered_and_heartbeats_sent)
{
  START_FIX("--heartbeat", "1s");
  rl_venue_await("|35=V|", 1);
  rl_venue_do("send 35=1|112=are-you-there");
  rl_venue_await("|112=are-you-there|", 1);
  rl_venue_await("|35=0|", 3);
  rl_end_fix();
  rl_expect_count("logons", 1);
}

Test(feed_fix_program, books_that_stand_are_repeated_with_rising_numbers)
{
  START_FIX("--repeat", "50ms", "--heartbeat", "1s");
  rl_venue_await("|35=V|", 1);
  rl_venue_snapshot();
  cr_assert(tick.source_utc_ms > 0);
  for (unsigned i = 0; i < 30; i++) {
    uint64_t sequence = tick.sequence;
    rl_expect_tick(11250, 11252);
    cr_assert_eq(tick.sequence, sequence + 1);
    cr_assert_eq(tick.source_utc_ms, 0);
  }
  rl_end_fix();
}

Test(feed_fix_program, a_line_that_drops_withdraws_at_once_and_subscribes_anew_when_it_is_back)
{
  START_FIX();
  for (unsigned i = 1; i <= 3; i++) {
    rl_venue_await("|263=1|", i);
    rl_venue_snapshot();
    rl_venue_do("drop");
    rl_expect_withdrawn();
  }
  rl_venue_await("|263=1|", 4);
  rl_end_fix();
  rl_expect_said("the venue closed the line");
  rl_expect_count("lines_lost", 3);
  rl_expect_count("logons", 4);
}

Test(feed_fix_program, a_venue_that_logs_out_is_said_withdrawn_and_found_again)
{
  START_FIX();
  rl_venue_await("|35=V|", 1);
  rl_venue_snapshot();
  rl_venue_do("logout closing for the day");
  rl_expect_withdrawn();
  rl_await_said("the venue logs out: closing for the day");
  rl_end_fix();
}

Test(feed_fix_program, a_venue_that_falls_silent_is_given_up_within_its_heartbeats)
{
  START_FIX("--repeat", "100ms", "--heartbeat", "1s");
  rl_venue_await("|35=V|", 1);
  rl_venue_snapshot();
  rl_venue_signal(SIGSTOP);
  unsigned repeats = 0;
  for (;; repeats++) {
    cr_assert(rl_pull_tick(&engine, &tick));
    if (tick.withdrawn)
      break;
  }
  rl_venue_signal(SIGCONT);
  cr_assert_leq(repeats, 20, "repeats end after 1.2 heartbeats of silence, but %u came", repeats);
  rl_end_fix();
}

Test(feed_fix_program, a_password_is_sent_with_the_logon_and_never_said)
{
  rl_venue_restart("s3cret");
  setenv("RATELOCK_FIX_USER", "desk", 1);
  setenv("RATELOCK_FIX_PASSWORD", "s3cret", 1);
  START_FIX("--verbose");
  unsetenv("RATELOCK_FIX_USER");
  unsetenv("RATELOCK_FIX_PASSWORD");
  rl_venue_await("|553=desk|", 1);
  rl_venue_await("|35=V|", 1);
  rl_end_fix();
  cr_assert_null(strstr(child.err, "s3cret"));
}

static void remove_store(const char *folder)
{
  static const char *const parts[] = {"body", "header", "seqnums", "session"};
  char path[192];
  for (unsigned i = 0; i < 4; i++) {
    snprintf(path, sizeof path, "%s/FIX.4.4-DESK-VENUE.%s", folder, parts[i]);
    unlink(path);
  }
  rmdir(folder);
}

Test(feed_fix_program, numbers_go_on_over_a_restart_where_they_are_kept)
{
  char folder[128];
  snprintf(folder, sizeof folder, "%s/numbers", engine.folder);
  cr_assert_eq(mkdir(folder, 0700), 0);
  START_FIX("--store", folder, "--no-reset");
  rl_venue_await("|35=V|", 1);
  rl_venue_snapshot();
  rl_end_fix();
  rl_expect_withdrawn();
  START_FIX("--store", folder, "--no-reset");
  rl_venue_await("|35=V|", 2);
  rl_venue_snapshot();
  rl_end_fix();
  remove_store(folder);
  cr_assert_eq(rl_venue_told("|34=1|"), 1);
  cr_assert_eq(rl_venue_told("|141=Y|"), 0);
}

Test(feed_fix_program, the_session_goes_on_while_the_engine_is_away)
{
  START_FIX();
  rl_venue_await("|35=V|", 1);
  rl_venue_snapshot();
  rl_pull_deafen(&engine);
  for (unsigned i = 0; i < 100; i++)
    rl_venue_do("send 35=X|262=$EUR/USD|268=1|279=1|278=b1|55=EUR/USD|270=1.1%03u", i);
  rl_venue_do("send 35=1|112=still-there");
  rl_venue_await("|112=still-there|", 1);
  rl_await_said("the engine takes no rates: waiting for it");
  rl_pull_listen(&engine);
  do
    cr_assert(rl_pull_tick(&engine, &tick));
  while (tick.bid != 11099);
  rl_await_said("the engine takes rates again");
  rl_end_fix();
}

Test(feed_fix_program, what_the_engine_did_not_take_is_not_told_to_it_when_it_is_back)
{
  START_FIX("--pairs", "EURUSD,GBPUSD");
  rl_venue_await("|35=V|", 2);
  rl_venue_snapshot();
  rl_pull_deafen(&engine);
  rl_venue_do("send 35=X|262=$EUR/USD|268=1|279=1|278=b1|55=EUR/USD|270=1.1111");
  rl_await_said("the engine takes no rates: waiting for it");
  rl_venue_do("send 35=X|262=$EUR/USD|268=1|279=1|278=b1|55=EUR/USD|270=1.1222");
  rl_venue_do("send 35=1|112=taken");
  rl_venue_await("|112=taken|", 1);
  rl_pull_listen(&engine);
  rl_expect_tick(11222, 11252);
  rl_await_said("the engine takes rates again");
  rl_end_fix();
}

Test(feed_fix_program, a_book_that_goes_while_the_engine_is_away_is_withdrawn_when_it_is_back)
{
  START_FIX();
  rl_venue_await("|35=V|", 1);
  rl_venue_snapshot();
  rl_pull_deafen(&engine);
  rl_venue_do("send 35=X|262=$EUR/USD|268=1|279=2|278=b1|55=EUR/USD");
  rl_await_said("the engine takes no rates: waiting for it");
  rl_pull_listen(&engine);
  rl_expect_withdrawn();
  rl_end_fix();
}
