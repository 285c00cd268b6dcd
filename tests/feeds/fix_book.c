#include "feeds/fix_book.h"

#include "fix_text.h"
#include "support/random.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static rl_fix_book book;

/* One entry of an incremental message into the book. */
static rl_fix_outcome apply(const char *fields)
{
  char text[512], bytes[640];
  rl_fix_message message;
  rl_fix_entry entry;
  snprintf(text, sizeof text, "35=X|268=1|%s", fields);
  cr_assert_eq(rl_fix_message_read(bytes, rl_fix_text(text, bytes, sizeof bytes), &message),
               RL_FIX_READABLE);
  cr_assert(rl_fix_entry_next(&message, &entry));
  return rl_fix_book_apply(&book, &entry);
}

/* Both sides as "bids/offers", each "rate x size" best first. */
static const char *book_text(void)
{
  static char text[1024];
  size_t used = 0;
  for (int side = RL_FIX_BIDS; side <= RL_FIX_OFFERS; side++) {
    rl_feed_level levels[RL_LEVELS_MAX];
    unsigned count = rl_fix_book_levels(&book, (rl_fix_side)side, levels);
    used += (size_t)snprintf(text + used, sizeof text - used, side ? " / " : "");
    for (unsigned i = 0; i < count; i++) {
      char rate[RL_RATE_TEXT_SIZE];
      rl_rate_format(rl_rate_trim(levels[i].rate), rate);
      used += (size_t)snprintf(text + used, sizeof text - used, "%s%sx%llu", i ? " " : "", rate,
                               (unsigned long long)levels[i].size);
    }
  }
  return text;
}

#define EXPECT(fields, outcome, text)                       \
  do {                                                      \
    cr_expect_eq(apply(fields), outcome, "%s", fields);     \
    cr_expect_str_eq(book_text(), text, "after %s", fields); \
  } while (0)

static void empty(void)
{
  book = (rl_fix_book){0};
}

TestSuite(feed_fix_book, .init = empty);

Test(feed_fix_book, levels_of_one_price_are_one_and_the_best_come_first)
{
  EXPECT("279=0|269=0|278=a|270=1.10|271=5", RL_FIX_TAKEN, "1.1x5 / ");
  EXPECT("279=0|269=0|278=b|270=1.2|271=6", RL_FIX_TAKEN, "1.2x6 1.1x5 / ");
  EXPECT("279=0|269=0|278=c|270=1.1|271=7", RL_FIX_TAKEN, "1.2x6 1.1x12 / ");
  EXPECT("279=0|269=1|278=d|270=1.4|271=1", RL_FIX_TAKEN, "1.2x6 1.1x12 / 1.4x1");
  EXPECT("279=0|269=1|278=e|270=1.3|271=2", RL_FIX_TAKEN, "1.2x6 1.1x12 / 1.3x2 1.4x1");
  EXPECT("279=2|278=b", RL_FIX_TAKEN, "1.1x12 / 1.3x2 1.4x1");
}

Test(feed_fix_book, a_change_says_only_what_is_other)
{
  apply("279=0|269=0|278=a|270=1.1|271=5");
  EXPECT("279=1|278=a|271=6", RL_FIX_TAKEN, "1.1x6 / ");
  EXPECT("279=1|278=a|270=1.2", RL_FIX_TAKEN, "1.2x6 / ");
  EXPECT("279=1|278=a|269=1|270=1.3|271=1", RL_FIX_TAKEN, " / 1.3x1");
}

Test(feed_fix_book, a_change_may_bring_a_new_id)
{
  apply("279=0|269=0|278=a|270=1.1|271=5");
  apply("279=0|269=0|278=z|270=1.0|271=9");
  EXPECT("279=1|280=a|278=b|270=1.2", RL_FIX_TAKEN, "1.2x5 1x9 / ");
  EXPECT("279=2|278=a", RL_FIX_UNKNOWN_DELETE, "1.2x5 1x9 / ");
  EXPECT("279=1|280=b|278=z", RL_FIX_TAKEN, "1.2x5 / ");
  EXPECT("279=2|280=z|278=y", RL_FIX_TAKEN, " / ");
}

Test(feed_fix_book, a_change_that_cannot_be_read_takes_the_entry_out)
{
  apply("279=0|269=0|278=a|270=1.1|271=5");
  apply("279=0|269=0|278=b|270=1.2|271=5");
  apply("279=0|269=0|278=c|270=1.3|271=5");
  EXPECT("279=1|278=c|270=1.3y", RL_FIX_BAD_PRICE, "1.2x5 1.1x5 / ");
  EXPECT("279=1|278=b|270=0", RL_FIX_ZERO_PRICE, "1.1x5 / ");
  EXPECT("279=0|269=0|278=a|270=1.1|271=-1", RL_FIX_BAD_SIZE, " / ");
}

Test(feed_fix_book, an_entry_of_size_zero_is_none)
{
  EXPECT("279=0|269=0|278=a|270=1.1|271=0", RL_FIX_TAKEN, " / ");
  apply("279=0|269=0|278=a|270=1.1|271=5");
  EXPECT("279=1|278=a|270=1.1|271=0.5", RL_FIX_TAKEN, " / ");
  EXPECT("279=0|269=0|278=a|270=1.1", RL_FIX_TAKEN, "1.1x0 / ");
}

Test(feed_fix_book, what_is_new_but_there_or_changed_but_not_there_is_taken_and_named)
{
  apply("279=0|269=0|278=a|270=1.1|271=5");
  EXPECT("279=0|269=0|278=a|270=1.2|271=6", RL_FIX_DUPLICATE, "1.2x6 / ");
  EXPECT("279=1|269=1|278=b|270=1.3|271=7", RL_FIX_UNKNOWN_CHANGE, "1.2x6 / 1.3x7");
  EXPECT("279=1|278=c|270=1.3|271=7", RL_FIX_UNKNOWN_CHANGE, "1.2x6 / 1.3x7");
  EXPECT("279=1|269=0|278=c|271=7", RL_FIX_UNKNOWN_CHANGE, "1.2x6 / 1.3x7");
  EXPECT("279=2|278=a", RL_FIX_TAKEN, " / 1.3x7");
  EXPECT("279=2|278=a", RL_FIX_UNKNOWN_DELETE, " / 1.3x7");
}

Test(feed_fix_book, what_cannot_be_placed_is_named)
{
  EXPECT("279=0|269=2|278=a|270=1.1", RL_FIX_UNKNOWN_TYPE, " / ");
  EXPECT("279=0|269=00|278=a|270=1.1", RL_FIX_UNKNOWN_TYPE, " / ");
  EXPECT("279=0|278=a|270=1.1", RL_FIX_UNKNOWN_TYPE, " / ");
  EXPECT("279=3|269=0|278=a|270=1.1", RL_FIX_UNKNOWN_ACTION, " / ");
  EXPECT("279=0|269=0|278=a", RL_FIX_NO_PRICE, " / ");
  EXPECT("279=0|269=0", RL_FIX_NO_KEY, " / ");
  EXPECT("279=2|270=1.1", RL_FIX_NO_KEY, " / ");
  EXPECT("279=0|269=0|270=1.x", RL_FIX_BAD_PRICE, " / ");
  EXPECT("279=0|269=0|278=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa|270=1.1", RL_FIX_NO_KEY,
         " / ");
  EXPECT("279=0|269=0|278=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa|270=1.1", RL_FIX_TAKEN,
         "1.1x0 / ");
}

Test(feed_fix_book, an_empty_book_is_an_entry_of_its_own)
{
  apply("279=0|269=0|278=a|270=1.1|271=5");
  EXPECT("279=0|269=J", RL_FIX_TAKEN, " / ");
}

Test(feed_fix_book, entries_without_ids_are_known_by_side_and_price)
{
  EXPECT("279=0|269=0|270=1.1|271=5", RL_FIX_TAKEN, "1.1x5 / ");
  EXPECT("279=0|269=1|270=1.1|271=6", RL_FIX_TAKEN, "1.1x5 / 1.1x6");
  EXPECT("279=0|269=0|270=1.2|271=7", RL_FIX_TAKEN, "1.2x7 1.1x5 / 1.1x6");
  EXPECT("279=1|269=0|270=1.10|271=8", RL_FIX_TAKEN, "1.2x7 1.1x8 / 1.1x6");
  EXPECT("279=2|269=0|270=1.2", RL_FIX_TAKEN, "1.1x8 / 1.1x6");
  EXPECT("279=2|269=0|270=1.2", RL_FIX_UNKNOWN_DELETE, "1.1x8 / 1.1x6");
}

Test(feed_fix_book, without_ids_a_book_of_one_level_knows_a_side)
{
  book.top = true;
  EXPECT("279=0|269=0|270=1.1|271=5", RL_FIX_TAKEN, "1.1x5 / ");
  EXPECT("279=1|269=0|270=1.2|271=6", RL_FIX_TAKEN, "1.2x6 / ");
  EXPECT("279=0|269=0|270=1.3|271=6", RL_FIX_DUPLICATE, "1.3x6 / ");
  EXPECT("279=1|269=0|270=1.x", RL_FIX_BAD_PRICE, " / ");
  EXPECT("279=2|269=0", RL_FIX_UNKNOWN_DELETE, " / ");
}

Test(feed_fix_book, a_full_book_takes_no_more_but_goes_on)
{
  char fields[128];
  for (unsigned i = 0; i < RL_FIX_ENTRIES_MAX; i++) {
    snprintf(fields, sizeof fields, "279=0|269=0|278=%u|270=1.%03u|271=1", i, 100 + i % 3);
    cr_assert_eq(apply(fields), RL_FIX_TAKEN);
  }
  cr_assert_eq(apply("279=0|269=0|278=more|270=2|271=1"), RL_FIX_BOOK_FULL);
  cr_assert_eq(apply("279=1|269=0|278=more|270=2|271=1"), RL_FIX_BOOK_FULL);
  cr_assert_eq(apply("279=0|269=0|278=5|270=2|271=1"), RL_FIX_DUPLICATE);
  cr_assert_eq(apply("279=2|278=0"), RL_FIX_TAKEN);
  cr_assert_eq(apply("279=0|269=0|278=more|270=3|271=1"), RL_FIX_TAKEN);
  EXPECT("279=2|278=1", RL_FIX_TAKEN, "3x1 2x1 1.102x169 1.101x170 1.1x170 / ");
}

/* --- random streams against the history itself: an entry is what was last said of its key --- */

#define KEYS 24
#define PRICES 15

typedef struct last_word {
  bool stands;
  unsigned side, price, size;
} last_word;

/* The levels that the last words make, price by price. */
static void model_text(const last_word words[KEYS], char *text, size_t room)
{
  size_t used = 0;
  for (unsigned side = 0; side < 2; side++) {
    unsigned levels = 0;
    used += (size_t)snprintf(text + used, room - used, side ? " / " : "");
    for (unsigned i = 0; i < PRICES; i++) {
      unsigned price = side ? i : PRICES - 1 - i, size = 0;
      for (unsigned key = 0; key < KEYS; key++)
        size += words[key].stands && words[key].side == side && words[key].price == price
                  ? words[key].size : 0;
      if (size > 0 && levels < RL_LEVELS_MAX)
        used += (size_t)snprintf(text + used, room - used, "%s%ux%u", levels++ ? " " : "",
                                 100 + price, size);
    }
  }
}

/* A word about a key, in one of the ways that FIX allows a price to be spelled. */
static void say(rl_random *random, unsigned key, const last_word *word, char *fields, size_t size)
{
  static const char *const tails[] = {"", ".", ".0", ".000000000000"};
  char price[32], id[32] = "";
  snprintf(price, sizeof price, "%s%u%s", rl_random_below(random, 2) ? "" : "00",
           100 + word->price, tails[rl_random_below(random, 4)]);
  snprintf(id, sizeof id, "278=k%u|", key);
  if (!word->stands && rl_random_below(random, 2) == 0)
    snprintf(fields, size, "279=2|%s55=E", id);
  else if (!word->stands)
    snprintf(fields, size, "279=%u|%s269=%u|270=%s|271=x", (unsigned)rl_random_below(random, 2),
             id, word->side, price);
  else
    snprintf(fields, size, "279=%u|%s269=%u|270=%s|271=%u", (unsigned)rl_random_below(random, 2),
             id, word->side, price, word->size);
}

Test(feed_fix_book, random_streams_leave_what_was_last_said_of_each_entry)
{
  rl_random random = rl_random_from(rl_test_seed("fix book"));
  for (unsigned run = 0; run < 40; run++) {
    last_word words[KEYS] = {0};
    char fields[256], expected[1024];
    book = (rl_fix_book){0};
    for (unsigned step = 0; step < 300; step++) {
      unsigned key = (unsigned)rl_random_below(&random, KEYS);
      words[key] = (last_word){.stands = rl_random_below(&random, 3) > 0,
                               .side = (unsigned)rl_random_below(&random, 2),
                               .price = (unsigned)rl_random_below(&random, PRICES),
                               .size = 1 + (unsigned)rl_random_below(&random, 9)};
      say(&random, key, &words[key], fields, sizeof fields);
      apply(fields);
      model_text(words, expected, sizeof expected);
      cr_assert_str_eq(book_text(), expected, "run %u, step %u: %s", run, step, fields);
    }
  }
}

/* The same without ids: a key is a side and a price, and its last word a size. */
Test(feed_fix_book, random_streams_without_ids_leave_the_last_size_of_each_price)
{
  rl_random random = rl_random_from(rl_test_seed("fix book by price"));
  last_word words[KEYS] = {0};
  char fields[256], expected[1024];
  for (unsigned step = 0; step < 5000; step++) {
    unsigned key = (unsigned)rl_random_below(&random, KEYS);
    words[key] = (last_word){.stands = rl_random_below(&random, 3) > 0, .side = key % 2,
                             .price = key / 2, .size = 1 + (unsigned)rl_random_below(&random, 9)};
    unsigned action = words[key].stands ? (unsigned)rl_random_below(&random, 2) : 2;
    snprintf(fields, sizeof fields, "279=%u|269=%u|270=%u|271=%u", action, key % 2,
             100 + key / 2, words[key].size);
    apply(fields);
    model_text(words, expected, sizeof expected);
    cr_assert_str_eq(book_text(), expected, "step %u: %s", step, fields);
  }
}
