/* Statements of one file that follow on one another, or do not. The oracle of the last test lays
 * them in a row by trying every order. */
#include "reader.h"

#include "support/random.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[4096];
static unsigned lines;

static void begin(void)
{
  text[0] = '\0';
  lines = 0;
}
TestSuite(chain, .init = begin);

static void add(const char *account, const char *currency, int opening, int closing)
{
  size_t used = strlen(text);
  int moved = closing - opening;
  char entry[64] = "";
  if (moved != 0)
    snprintf(entry, sizeof entry, ":61:240312%c%d,NTRFX\n", moved < 0 ? 'D' : 'C', abs(moved));
  snprintf(text + used, sizeof text - used,
           ":20:R\n:25:%s\n:60F:%c240311%s%d,\n%s:62F:%c240312%s%d,\n", account,
           opening < 0 ? 'D' : 'C', currency, abs(opening), entry,
           closing < 0 ? 'D' : 'C', currency, abs(closing));
  lines += moved != 0 ? 5 : 4;
}

static rl_status read_all(void)
{
  return reader_read(text, RL_FORMAT_MT940, NULL);
}

Test(chain, statement_that_is_missing_between_two_is_noticed)
{
  add("1", "EUR", 0, 100);
  unsigned before = lines;
  add("1", "EUR", 900, 1000);
  reader_expect_refused(text, RL_FORMAT_MT940, NULL, RL_INVALID, before + 1, "opening balance");
}

Test(chain, statement_that_stands_apart_is_noticed_though_nothing_moved_on_it)
{
  add("1", "EUR", 0, 100);
  unsigned before = lines;
  add("1", "EUR", 900, 900);
  reader_expect_refused(text, RL_FORMAT_MT940, NULL, RL_INVALID, before + 1, "opening balance");
}

Test(chain, one_unit_too_few_is_noticed)
{
  add("1", "JPY", 0, 100);
  add("1", "JPY", 101, 200);
  cr_assert_eq(read_all(), RL_INVALID);
}

Test(chain, order_in_the_file_does_not_matter)
{
  add("1", "EUR", 300, 250);
  add("1", "EUR", 100, 300);
  add("1", "EUR", -20, 100);
  cr_assert_eq(read_all(), RL_OK);
}

Test(chain, balances_may_come_back)
{
  add("1", "EUR", 0, 100);
  add("1", "EUR", 100, 0);
  add("1", "EUR", 0, 50);
  add("1", "EUR", 50, 50);
  cr_assert_eq(read_all(), RL_OK);
}

Test(chain, accounts_and_currencies_follow_each_for_itself)
{
  add("1", "EUR", 0, 100);
  add("2", "EUR", 700, 800);
  add("1", "USD", 900, 1000);
  add("1", "EUR", 100, 120);
  cr_assert_eq(read_all(), RL_OK);
}

Test(chain, statement_that_is_repeated_is_one)
{
  add("1", "EUR", 0, 100);
  add("1", "EUR", 0, 100);
  cr_assert_eq(read_all(), RL_OK);
  cr_assert_eq(reader_statements.items.count, 2);
}

enum { STEPS_MAX = 5 };

typedef struct steps {
  int opening[STEPS_MAX];
  int closing[STEPS_MAX];
  int count;
} steps;

static bool goes_on(const steps *walk, unsigned taken, int from)
{
  if (taken == (1u << walk->count) - 1)
    return true;
  for (int i = 0; i < walk->count; i++) {
    if (!(taken >> i & 1) && (taken == 0 || walk->opening[i] == from) &&
        goes_on(walk, taken | 1u << i, walk->closing[i]))
      return true;
  }
  return false;
}

static bool is_there(const steps *walk, int opening, int closing)
{
  for (int i = 0; i < walk->count; i++) {
    if (walk->opening[i] == opening && walk->closing[i] == closing)
      return true;
  }
  return false;
}

Test(chain, equals_every_order_tried)
{
  rl_random random = rl_random_from(rl_test_seed("chain"));
  unsigned followed = 0;
  for (unsigned n = 0; n < 3000; n++) {
    begin();
    steps walk = {.count = 0};
    int wanted = 1 + (int)rl_random_below(&random, STEPS_MAX);
    for (int i = 0; i < wanted; i++) {
      int opening = (int)rl_random_below(&random, 4);
      int closing = (int)rl_random_below(&random, 4);
      if (is_there(&walk, opening, closing))
        continue;
      walk.opening[walk.count] = opening;
      walk.closing[walk.count++] = closing;
      add("1", "EUR", opening, closing);
    }
    bool whole = goes_on(&walk, 0, 0);
    followed += whole;
    cr_assert_eq(read_all(), whole ? RL_OK : RL_INVALID, "%s", text);
  }
  cr_assert(followed > 300 && followed < 2700, "%u", followed);
}
