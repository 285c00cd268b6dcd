#include "feeds/fix_market.h"

#include "fix_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static rl_fix_market market;
static char odd_about[64], odd_detail[256];

static void note_odd(void *context, rl_fix_count count, rl_fix_span about, rl_fix_span detail)
{
  (void)context, (void)count;
  snprintf(odd_about, sizeof odd_about, "%.*s", (int)about.length, about.text);
  snprintf(odd_detail, sizeof odd_detail, "%.*s", (int)detail.length, detail.text);
}

static void begin(void)
{
  rl_error error;
  cr_assert_eq(rl_fix_market_init(&market, "EURUSD,USDJPY=JPY.SPOT", true, &error), RL_OK);
  market.odd = note_odd;
  market.first_id = 5;
  rl_fix_market_renew(&market);
}

static void end(void)
{
  rl_fix_market_fini(&market);
}

TestSuite(feed_fix_market, .init = begin, .fini = end);

static void take(const char *fields)
{
  char bytes[2048];
  rl_fix_message message;
  cr_assert_eq(rl_fix_message_read(bytes, rl_fix_text(fields, bytes, sizeof bytes), &message),
               RL_FIX_READABLE);
  market.instruments[0].changed = market.instruments[1].changed = false;
  rl_fix_market_take(&market, message);
}

Test(feed_fix_market, pairs_have_symbols_with_or_without_a_slash_or_of_their_own)
{
  rl_fix_market other;
  rl_error error;
  cr_assert_str_eq(market.instruments[0].symbol, "EUR/USD");
  cr_assert_str_eq(market.instruments[1].symbol, "JPY.SPOT");
  cr_assert_str_eq(market.instruments[1].pair, "USDJPY");
  cr_assert_eq(rl_fix_market_init(&other, "EURUSD", false, &error), RL_OK);
  cr_assert_str_eq(other.instruments[0].symbol, "EURUSD");
  rl_fix_market_fini(&other);
  for (const char *const *bad = (const char *const[]){"", "EURUSD,", "EURUS", "EURUSDX", "eurusd",
       "EURUSD=", "EURUSD=a b", "EURUSD,EURUSD", "EURUSD=x,GBPUSD=x", "EURUSD=\x80",
       "EURUSD=12345678901234567890123456789012", NULL}; *bad; bad++)
    cr_assert_eq(rl_fix_market_init(&other, *bad, true, &error), RL_INVALID, "%s", *bad);
}

Test(feed_fix_market, one_pair_more_than_the_limit_is_refused)
{
  char list[7 * (RL_FIX_PAIRS_MAX + 1) + 1];
  rl_fix_market other;
  rl_error error;
  for (unsigned i = 0; i <= RL_FIX_PAIRS_MAX; i++)
    snprintf(list + 7 * i, 8, "A%c%cUSD,", 'A' + i / 26, 'A' + i % 26);
  list[7 * (RL_FIX_PAIRS_MAX + 1) - 1] = '\0';
  cr_assert_eq(rl_fix_market_init(&other, list, true, &error), RL_INVALID);
  list[7 * RL_FIX_PAIRS_MAX - 1] = '\0';
  cr_assert_eq(rl_fix_market_init(&other, list, true, &error), RL_OK);
  cr_assert_eq(other.count, RL_FIX_PAIRS_MAX);
  rl_fix_market_fini(&other);
}

Test(feed_fix_market, a_snapshot_replaces_the_book)
{
  take("35=W|262=5-1-EURUSD|55=EUR/USD|268=2|269=0|278=a|270=1.1|269=1|278=b|270=1.2");
  cr_assert_eq(market.instruments[0].book->count, 2);
  cr_assert(market.instruments[0].changed && !market.instruments[1].changed);
  take("35=W|262=5-1-EURUSD|55=EUR/USD|268=1|269=0|278=c|270=1.1");
  cr_assert_eq(market.instruments[0].book->count, 1);
  take("35=W|262=5-1-EURUSD|268=0");
  cr_assert_eq(market.instruments[0].book->count, 0);
  cr_assert(market.instruments[0].changed);
}

Test(feed_fix_market, an_entry_without_a_symbol_is_of_the_one_before_or_of_the_request)
{
  take("35=X|268=3|279=0|269=0|270=1.1|55=EUR/USD|279=0|269=1|270=1.2|"
       "279=0|269=0|270=150|55=JPY.SPOT");
  cr_assert_eq(market.instruments[0].book->count, 2);
  cr_assert_eq(market.instruments[1].book->count, 1);
  take("35=X|262=5-1-USDJPY|268=1|279=0|269=1|270=151");
  cr_assert_eq(market.instruments[1].book->count, 2);
  take("35=X|268=1|279=0|269=1|270=151");
  cr_assert_eq(market.counts[RL_FIX_UNKNOWN_SYMBOL_COUNT], 1);
}

Test(feed_fix_market, only_the_request_that_stands_counts)
{
  take("35=W|262=5-1-EURUSD|55=EUR/USD|268=1|269=0|270=1.1");
  rl_fix_market_renew(&market);
  cr_assert_eq(market.instruments[0].book->count, 0);
  take("35=W|262=5-1-EURUSD|55=EUR/USD|268=1|269=0|270=1.1");
  take("35=W|43=Y|55=EUR/USD|268=1|269=0|270=1.1");
  cr_assert_eq(market.instruments[0].book->count, 0);
  cr_assert_eq(market.counts[RL_FIX_OLD_REQUEST_COUNT], 2);
  take("35=W|43=Y|262=5-2-EURUSD|55=EUR/USD|268=1|269=0|270=1.1");
  cr_assert_eq(market.instruments[0].book->count, 1);
  rl_fix_market_end(&market);
  take("35=W|55=EUR/USD|268=1|269=0|270=1.1");
  cr_assert_eq(market.instruments[0].book->count, 0);
}

Test(feed_fix_market, the_time_is_that_of_sending_or_the_latest_of_the_entries)
{
  const char *text = "35=W|52=20140502-07:00:00|55=EUR/USD|268=3|"
                     "269=0|270=1.1|272=20140502|273=06:59:58|"
                     "269=1|270=1.2|272=20140502|273=06:59:59|"
                     "269=1|270=1.3|272=20140502|273=06:59:57";
  take(text);
  cr_assert_eq(market.instruments[0].when.ms, 1399014000000);
  market.entry_time = true;
  take(text);
  cr_assert_eq(market.instruments[0].when.ms, 1399013999000);
}

Test(feed_fix_market, a_rejected_request_ends_its_pair_alone)
{
  take("35=W|55=EUR/USD|268=1|269=0|270=1.1");
  take("35=W|55=JPY.SPOT|268=1|269=0|270=150");
  take("35=Y|262=5-1-USDJPY|281=0|58=never heard of it");
  cr_assert_str_eq(odd_about, "JPY.SPOT");
  cr_assert_str_eq(odd_detail, "unknown symbol: never heard of it");
  cr_assert_eq(market.instruments[0].book->count, 1);
  cr_assert_eq(market.instruments[1].book->count, 0);
  cr_assert(market.instruments[1].changed);
  take("35=Y|262=whose|281=Q");
  cr_assert_str_eq(odd_about, "whose");
  cr_assert_str_eq(odd_detail, "Q");
  take("35=Y|262=5-1-EURUSD");
  cr_assert_str_eq(odd_detail, "");
  cr_assert_eq(market.counts[RL_FIX_REQUEST_REJECTS_COUNT], 3);
}

Test(feed_fix_market, every_counter_has_a_name_and_words)
{
  for (unsigned i = 0; i < RL_FIX_COUNT_KINDS; i++) {
    cr_assert_gt(strlen(rl_fix_count_name((rl_fix_count)i)), 0);
    cr_assert_gt(strlen(rl_fix_count_text((rl_fix_count)i)), 0);
  }
}
