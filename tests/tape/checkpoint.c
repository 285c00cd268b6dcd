/* A market made of saved states goes on as the one that was saved. */
#include "market/checkpoint.h"
#include "tape/stand.h"

#include <criterion/criterion.h>

/* A tick may be the first of one source and make another known. */
static void register_new(const stand *it, rl_market *copy)
{
  for (unsigned i = rl_market_source_count(copy); i < rl_market_source_count(it->market); i++) {
    rl_source source = {(uint8_t)i};
    cr_assert_eq(rl_market_register(copy, rl_market_source_name(it->market, source),
                                    rl_market_source_class(it->market, source), &source), RL_OK);
  }
}

static rl_market *copy_of(const stand *it)
{
  static uint8_t state[RL_PAIR_STATE_MAX];
  rl_market *copy;
  cr_assert_eq(rl_market_create(it->universe, &copy), RL_OK);
  register_new(it, copy);
  for (unsigned i = 0; i < STAND_PAIRS; i++) {
    rl_pair pair = {(uint16_t)i};
    rl_writer out = rl_writer_over(state, sizeof state);
    rl_market_save_pair(it->market, pair, &out);
    cr_assert_not(out.failed);
    cr_assert_eq(rl_market_load_pair(copy, pair, state, out.used), RL_OK);
  }
  rl_market_load_halted(copy, 0, rl_market_halted_word(it->market, 0));
  return copy;
}

static void expect_same(const stand *it, const rl_market *copy)
{
  for (unsigned i = 0; i < STAND_PAIRS; i++) {
    rl_pair pair = {(uint16_t)i};
    rl_composite left, right;
    rl_market_composite(it->market, pair, it->now.mono, &left);
    rl_market_composite(copy, pair, it->now.mono, &right);
    cr_assert(stand_same(&left, &right), "%s", rl_universe_pair_name(it->universe, pair));
  }
}

/* The same halts and resumes happen to the copy as to the stand's own market. */
static void follow(stand *it, rl_market *copy)
{
  rl_market_face before, behind;
  uint64_t halted = rl_market_halted_word(it->market, 0);
  uint64_t resumes[STAND_PAIRS];
  for (unsigned i = 0; i < STAND_PAIRS; i++) {
    rl_market_face_read(it->market, (rl_pair){(uint16_t)i}, &before);
    resumes[i] = before.resumes;
  }
  rl_verdict verdict = stand_tick(it, 60000000);
  rl_market_face_read(it->market, it->tick.pair, &behind);
  register_new(it, copy);
  if (behind.resumes != resumes[it->tick.pair.index])
    rl_market_resume(copy, it->tick.pair);
  if (rl_market_halted_word(it->market, 0) != halted)
    halted = rl_market_halted_word(it->market, 0);
  rl_market_load_halted(copy, 0, halted);
  cr_assert_eq(rl_market_apply(copy, it->source, &it->tick, it->now), verdict);
}

Test(checkpoint, a_saved_market_goes_on_as_the_one_that_was_saved)
{
  stand it;
  stand_open(&it, rl_test_seed("checkpoint"));
  for (unsigned round = 0; round < 400; round++) {
    stand_run(&it, 40, 60000000);
    rl_market *copy = copy_of(&it);
    expect_same(&it, copy);
    for (unsigned i = 0; i < 40; i++) {
      follow(&it, copy);
      expect_same(&it, copy);
    }
    rl_market_destroy(copy);
  }
  stand_close(&it);
}
