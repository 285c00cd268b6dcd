/* The FIX handler and what a venue may do wrong: each is counted by name, said, and survived. */
#include "fix_programs.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

TestSuite(feed_fix_trouble, .init = rl_fix_set_up, .fini = rl_fix_tear_down, .timeout = 30);

#define ONE_ENTRY "send 35=X|262=$EUR/USD|268=1|"

static void start_with_a_book(void)
{
  START_FIX("--depth", "0");
  rl_venue_await("|35=V|", 1);
  rl_venue_snapshot();
}

Test(feed_fix_trouble, entries_that_cannot_be_are_counted_and_the_book_goes_on)
{
  start_with_a_book();
  rl_venue_do(ONE_ENTRY "279=0|269=0|278=z|55=EUR/USD|270=0.0000|271=1");
  rl_expect_tick(11250, 11252);
  rl_venue_do(ONE_ENTRY "279=0|269=0|278=l|55=EUR/USD|270=1.12x|271=1");
  rl_expect_tick(11250, 11252);
  rl_venue_do(ONE_ENTRY "279=0|269=0|278=s|55=EUR/USD|270=1.12|271=many");
  rl_expect_tick(11250, 11252);
  rl_venue_do(ONE_ENTRY "279=0|269=2|278=t|55=EUR/USD|270=1.2|271=1");
  rl_expect_tick(11250, 11252);
  rl_venue_do(ONE_ENTRY "279=7|269=0|278=b1|55=EUR/USD|270=1.12|271=1");
  rl_expect_tick(11250, 11252);
  rl_venue_do(ONE_ENTRY "279=2|278=nobody|55=EUR/USD");
  rl_expect_tick(11250, 11252);
  rl_venue_do(ONE_ENTRY "279=1|278=nobody|55=EUR/USD|271=5");
  rl_expect_tick(11250, 11252);
  rl_venue_do(ONE_ENTRY "279=0|269=0|278=b1|55=EUR/USD|270=1.1249|271=5");
  rl_expect_tick(11249, 11252);
  rl_venue_do(ONE_ENTRY "279=1|269=0|278=b1|55=EUR/USD|270=1.1x|271=5");
  rl_expect_withdrawn();
  rl_end_fix();
  rl_expect_count("zero_price", 1);
  rl_expect_count("bad_price", 2);
  rl_expect_count("bad_size", 1);
  rl_expect_count("unknown_type", 1);
  rl_expect_count("unknown_action", 1);
  rl_expect_count("unknown_delete", 1);
  rl_expect_count("unknown_change", 1);
  rl_expect_count("duplicate_entry", 1);
  rl_expect_said("EUR/USD: price of zero");
  rl_expect_said("EUR/USD: delete of an entry that is not there: nobody");
}

Test(feed_fix_trouble, messages_for_other_symbols_and_requests_are_counted)
{
  start_with_a_book();
  rl_venue_do(ONE_ENTRY "279=0|269=0|278=x|55=XAU/USD|270=2000|271=1");
  rl_venue_do("send 35=X|262=of-yesterday|268=1|279=2|278=b1|55=EUR/USD");
  rl_venue_do(ONE_ENTRY "279=1|278=o1|55=EUR/USD|270=1.1253");
  rl_expect_tick(11250, 11253);
  rl_end_fix();
  rl_expect_count("unknown_symbol", 1);
  rl_expect_count("old_request", 1);
  rl_expect_said("XAU/USD: symbol that was not asked for");
}

Test(feed_fix_trouble, garbled_bytes_are_named_and_what_follows_is_read)
{
  start_with_a_book();
  rl_venue_do("raw 8=FIX.4.4|9=5|35=0|10=000|");
  rl_venue_do("raw 8=FIX.4.4|9=9000|35=0|10=000|");
  rl_venue_do("raw 8=FIX.4.4|9=x|");
  rl_venue_do("raw hello|");
  rl_venue_do(ONE_ENTRY "279=1|278=o1|55=EUR/USD|270=1.1253");
  rl_expect_tick(11250, 11253);
  rl_venue_do("raw hello|");
  rl_venue_do(ONE_ENTRY "279=1|278=o1|55=EUR/USD|270=1.1254");
  rl_expect_tick(11250, 11254);
  rl_end_fix();
  rl_expect_count("bad_checksum", 1);
  rl_expect_count("bad_length", 2);
  rl_expect_count("garbage", 1);
  rl_expect_count("logons", 1);
  rl_expect_said("message with a bad checksum");
  rl_expect_said("message with a bad body length");
}

Test(feed_fix_trouble, a_number_that_is_too_low_ends_the_session_and_another_begins)
{
  start_with_a_book();
  rl_venue_do("frame 35=0|34=1|49=VENUE|52=20260102-00:00:00|56=DESK");
  rl_expect_withdrawn();
  rl_venue_await("|263=1|", 2);
  rl_venue_snapshot();
  rl_end_fix();
  rl_expect_said("we log out: MsgSeqNum too low, expecting 3 but received 1");
  rl_expect_count("logons", 2);
}

Test(feed_fix_trouble, messages_with_another_number_of_entries_ask_for_the_books_anew)
{
  start_with_a_book();
  rl_venue_do("frame 35=X|34=3|49=VENUE|52=20260102-00:00:00|56=DESK|268=2|279=2|278=b1");
  rl_expect_withdrawn();
  rl_venue_await("|263=1|", 2);
  rl_end_fix();
  rl_expect_count("bad_count", 1);
}

Test(feed_fix_trouble, rejects_are_said_with_symbol_and_reason)
{
  START_FIX("--pairs", "EURUSD,GBPUSD");
  rl_venue_await("|35=V|", 2);
  rl_venue_snapshot();
  rl_venue_do("send 35=Y|262=$GBP/USD|281=5|58=one level only");
  rl_await_said("GBP/USD: request for market data rejected: this depth is not supported: "
                "one level only");
  rl_venue_do("send 35=j|45=3|372=V|379=$EUR/USD|380=3|58=not for you");
  rl_expect_withdrawn();
  rl_venue_do("send 35=3|45=3|371=265|372=V|373=5|58=bad update type");
  rl_await_said("message rejected by the venue's session: 5: bad update type");
  rl_end_fix();
  rl_expect_said("EUR/USD: message rejected by the venue's application: 3: not for you");
  rl_expect_count("request_rejects", 1);
  rl_expect_count("business_rejects", 1);
  rl_expect_count("session_rejects", 1);
}

Test(feed_fix_trouble, a_logon_that_is_refused_is_said_and_tried_again)
{
  rl_venue_do("deny 3");
  START_FIX();
  rl_venue_await("|35=A|", 4);
  rl_venue_await("|35=V|", 1);
  rl_venue_snapshot();
  rl_end_fix();
  rl_expect_said("the venue logs out: Rejected Logon Attempt: not today");
  rl_expect_count("lines_lost", 3);
}

Test(feed_fix_trouble, a_venue_that_is_not_there_is_tried_for_as_long_as_it_takes)
{
  rl_venue_signal(SIGKILL);
  START_FIX();
  rl_await_said("Connection refused: again in ");
  rl_end_fix();
  rl_expect_count("logons", 0);
}

Test(feed_fix_trouble, old_messages_sent_again_do_not_enter_a_new_book)
{
  start_with_a_book();
  rl_venue_do("drop");
  rl_expect_withdrawn();
  rl_venue_await("|263=1|", 2);
  rl_venue_do("frame 35=X|34=2|43=Y|122=20260102-00:00:00|49=VENUE|52=20260102-00:00:00|56=DESK|"
              "268=1|279=0|269=0|278=old|55=EUR/USD|270=1.9|271=1");
  rl_await_said("EUR/USD: message for a request that does not stand");
  rl_end_fix();
  rl_expect_nothing_more();
}

Test(feed_fix_trouble, counters_are_printed_when_asked_for)
{
  start_with_a_book();
  kill(child.pid, SIGUSR1);
  rl_await_said("\"snapshots\":1");
  rl_end_fix();
}

Test(feed_fix_trouble, a_wrong_command_line_is_exit_code_two)
{
  cr_assert_eq(RUN(FIX, "--host", "h", "--port", "1", "--sender", "a", "--target", "b",
                   "--source", "v"), 2);
  rl_expect_said("--pairs");
  cr_assert_eq(RUN(FIX, "--host", "h", "--port", "1", "--sender", "a", "--target", "b",
                   "--source", "v", "--pairs", "EURUSD,eurusd"), 2);
  rl_expect_said("\"eurusd\": expected a pair");
  cr_assert_eq(RUN(FIX, "--heartbeat", "1500ms"), 2);
  cr_assert_eq(RUN(FIX, "--port", "0"), 2);
  cr_assert_eq(RUN(FIX, "--updates", "some"), 2);
  cr_assert_eq(RUN(FIX, "extra"), 2);
}

Test(feed_fix_trouble, no_engine_is_exit_code_three_and_no_store_is_one)
{
  rl_pull_deafen(&engine);
  START_FIX("--wait", "50ms");
  cr_assert_eq(rl_child_wait(&child), 3);
  rl_pull_listen(&engine);
  START_FIX("--store", "/dev/null/none");
  cr_assert_eq(rl_child_wait(&child), 1);
  rl_expect_said("/dev/null/none");
}
