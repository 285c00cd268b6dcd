/* Finding on a tape what a price was made of: best prices, and those of an amount in a book. */
#include "tape/stand.h"
#include "tape/find.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

/* What EUR 3,400,000.00 into CHF is made of now, or nothing; EURCHF goes by depth. */
static unsigned gather(const stand *it, rl_tape_wanted *wanted)
{
  static rl_snapshot snapshot;
  rl_amount amount = {.minor = 340000000};
  rl_currency chf = RL_CURRENCY_NONE;
  cr_assert_eq(rl_currency_find("EUR", 3, &amount.currency), RL_OK);
  cr_assert_eq(rl_currency_find("CHF", 3, &chf), RL_OK);
  if (rl_market_snapshot_for(it->market, amount.currency, chf, &amount, rl_clock_read(&it->clock),
                             &snapshot) != RL_REFUSAL_NONE)
    return 0;
  const rl_composite *made = &snapshot.legs[0].composite;
  cr_assert_eq(made->depth_units, 3400000);
  for (unsigned i = 0; i < made->tick_count; i++)
    wanted[i] = (rl_tape_wanted){
      .pair = "EURCHF", .scale = made->scale, .units = made->depth_units, .tick = made->ticks[i],
      .source = rl_market_source_name(it->market, made->ticks[i].source)};
  return made->tick_count;
}

static unsigned count_found(const stand *it, rl_tape_wanted *wanted, unsigned count)
{
  rl_error error;
  bool covered;
  unsigned found = 0;
  for (unsigned i = 0; i < count; i++)
    wanted[i].found = false;
  cr_assert_eq(rl_tape_find(it->directory, (rl_utc){0}, (rl_utc){INT64_MAX}, wanted, count,
                            &covered, &error), RL_OK, "%s", error.text);
  cr_assert(covered);
  for (unsigned i = 0; i < count; i++)
    found += wanted[i].found;
  return found;
}

Test(tape_find, what_an_amount_was_priced_by_is_found_and_nothing_else)
{
  enum { LOOKS = 60 };
  rl_tape_wanted wanted[RL_SOURCES_PER_PAIR_MAX];
  unsigned deep = 0;
  stand it;
  stand_open(&it, rl_test_seed("found on a tape"));
  for (unsigned i = 0; i < LOOKS; i++) {
    stand_run(&it, 1 + (unsigned)rl_random_below(&it.random, 40), 4000000);
    rl_recorder_write_all(it.recorder);
    unsigned count = gather(&it, wanted);
    cr_expect_eq(count_found(&it, wanted, count), count);
    for (unsigned k = 0; k < count; k++) {
      rl_tape_wanted other = wanted[k];
      other.tick.bid--;
      cr_expect_eq(count_found(&it, &other, 1), 0);
      other = wanted[k];
      other.tick.sequence++;
      cr_expect_eq(count_found(&it, &other, 1), 0);
      other = wanted[k];
      other.units = 0;
      deep += count_found(&it, &other, 1) == 0;
    }
  }
  cr_expect_gt(deep, 0, "no vote went deeper than the best prices");
  stand_close(&it);
}
