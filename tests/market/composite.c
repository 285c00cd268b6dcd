/* The composite rule (K2) on worked examples and at its edges. Prices are written in whole units,
 * results in half units. */
#include "market/books.h"

static const rl_pair_spec plain = {.min_sources = 1};

#define COMPOSITE(...) COMPOSITE_OF(&plain, __VA_ARGS__)

/* --- the kernel: nine votes and eighteen, an odd count of sources and an even one --- */

Test(market, kernel_of_one_source_is_its_own_book)
{
  rl_percentiles p = rl_kernel(&(rl_vote){-7, 2, 5}, 1);
  cr_expect_eq(p.p25, -7);
  cr_expect_eq(p.p50, 2);
  cr_expect_eq(p.p75, 5);
}

Test(market, kernel_takes_the_quartiles_of_the_sorted_votes)
{
  /* sorted: 90 95 99 | 100 100 101 | 101 105 110; n = 9: votes 2, 4 and 6 */
  rl_vote votes[] = {{99, 100, 101}, {95, 100, 105}, {90, 101, 110}};
  rl_percentiles p = rl_kernel(votes, 3);
  cr_expect_eq(p.p25, 99);
  cr_expect_eq(p.p50, 100);
  cr_expect_eq(p.p75, 101);
}

Test(market, kernel_floors_the_middle_of_an_even_count)
{
  /* sorted: 10 11 12 13 14 15; n = 6: votes 1 and 4, middle (12 + 13) / 2 */
  rl_vote votes[] = {{10, 12, 14}, {11, 13, 15}};
  rl_percentiles p = rl_kernel(votes, 2);
  cr_expect_eq(p.p25, 11);
  cr_expect_eq(p.p50, 12);
  cr_expect_eq(p.p75, 14);
}

Test(market, kernel_floors_below_zero_too)
{
  /* middle (-13 + -12) / 2 = -12.5: down is -13 */
  rl_vote votes[] = {{-15, -13, -11}, {-14, -12, -10}};
  cr_expect_eq(rl_kernel(votes, 2).p50, -13);
}

/* --- the whole rule --- */

Test(market, composite_of_one_source_is_its_book)
{
  EXPECT_PRICES(COMPOSITE({112519, 112524}), 225038, 225043, 225048);
}

Test(market, composite_keeps_the_half_unit_of_a_mid)
{
  EXPECT_PRICES(COMPOSITE({100, 103}), 200, 203, 206);
}

Test(market, composite_with_a_locked_book_is_not_wider_than_the_honest_one)
{
  /* H = 5, M = 102, reach 10 units; votes 95 100 104 | 104 104 105: never 100 to 108 */
  EXPECT_PRICES(COMPOSITE({95, 105}, {104, 104}), 200, 208, 208);
}

Test(market, composite_drops_a_source_ten_times_too_high)
{
  /* without the removal the kernel's half-spread here is nine times the price */
  EXPECT_PRICES(COMPOSITE({99990, 100010}, {99990, 100010}, {999990, 1000010}),
                199980, 200000, 200020);
}

Test(market, composite_keeps_a_mid_at_reach_and_drops_the_next)
{
  /* mids 40000 40000 and x in half units, H = 4: reach = 2 * 4 + 40000 / 10000 = 12 */
  book honest = {19998, 20002};
  rl_composite at_reach = COMPOSITE(honest, honest, {20002, 20010});
  rl_composite beyond = COMPOSITE(honest, honest, {20002, 20011});
  /* kept: votes 39996 39996 40000 | 40000 40004 40004 | 40004 40012 40020 */
  EXPECT_PRICES(at_reach, 40000, 40004, 40004);
  /* dropped: votes 39996 39996 40000 40000 40004 40004 */
  EXPECT_PRICES(beyond, 39996, 40000, 40004);
}

Test(market, the_way_to_a_composite_can_be_looked_at)
{
  /* half-spreads 1 2 2 3 half units, mids 201 202 203 2020; delta 202 / 10000 = 0 */
  rl_composite composite = COMPOSITE({100, 101}, {1009, 1011}, {100, 102}, {100, 103});
  rl_composite_steps steps = rl_composite_work(&composite);
  cr_expect_eq(steps.mid, 202);
  cr_expect_eq(steps.half_spread, 2);
  cr_expect_eq(steps.reach, 4);
  cr_expect_eq(steps.kept_count, 3);
  cr_expect_eq(steps.kept, 0xd);
  cr_expect_eq(steps.made.bid, composite.bid_half);
  cr_expect_eq(steps.made.mid, composite.mid_half);
  cr_expect_eq(steps.made.ask, composite.ask_half);
}

Test(market, the_way_to_no_composite_ends_before_the_votes)
{
  rl_composite composite = COMPOSITE({100, 101}, {200, 201});
  rl_composite_steps steps = rl_composite_work(&composite);
  cr_expect_eq(composite.refusal, RL_REFUSAL_SOURCES_DISAGREE);
  cr_expect_eq(steps.kept_count, 0);
  cr_expect_eq(steps.made.mid, 0);
}

Test(market, composite_removes_below_as_it_does_above)
{
  book honest = {19998, 20002};
  EXPECT_PRICES(COMPOSITE(honest, honest, {19990, 19998}), 39996, 39996, 40000);
  EXPECT_PRICES(COMPOSITE(honest, honest, {19989, 19998}), 39996, 40000, 40004);
}

Test(market, locked_sources_may_differ_by_a_basis_point_of_the_median)
{
  /* H = 0, M = 40000: reach 4. Kept, the third holds votes 6, 7 and 8 of nine. */
  EXPECT_PRICES(COMPOSITE({20000, 20000}, {20000, 20000}, {20002, 20002}), 40000, 40000, 40004);
  EXPECT_PRICES(COMPOSITE({20000, 20000}, {20000, 20000}, {20003, 20003}), 40000, 40000, 40000);
  rl_composite two = COMPOSITE({20000, 20000}, {20004, 20004}); /* M = 40004: both at 4 */
  EXPECT_PRICES(two, 40000, 40004, 40008);
  two = COMPOSITE({20000, 20000}, {20005, 20005}); /* M = 40005: both at 5 */
  cr_expect_eq(two.refusal, RL_REFUSAL_SOURCES_DISAGREE);
}

Test(market, two_sources_that_disagree_are_refused_without_a_price)
{
  rl_composite two = COMPOSITE({100, 104}, {120, 124});
  cr_expect_eq(two.refusal, RL_REFUSAL_SOURCES_DISAGREE);
  cr_expect_eq(two.bid_half, 0);
  cr_expect_eq(two.mid_half, 0);
  cr_expect_eq(two.ask_half, 0);
  cr_expect_eq(two.tick_count, 2);
}

Test(market, half_of_the_sources_is_no_majority)
{
  /* two agree, two are far off on either side: 2 of 4 survive */
  rl_composite four =
    COMPOSITE({10000, 10002}, {10000, 10002}, {1000, 1002}, {90000, 90002});
  cr_expect_eq(four.refusal, RL_REFUSAL_SOURCES_DISAGREE);
  /* a fifth that agrees: 3 of 5 survive */
  EXPECT_PRICES(COMPOSITE({10000, 10002}, {10000, 10002}, {1000, 1002}, {90000, 90002},
                          {10000, 10002}), 20000, 20002, 20004);
}

Test(market, all_sources_apart_from_each_other_are_refused)
{
  rl_composite three = COMPOSITE({100, 102}, {200, 202}, {300, 302});
  cr_expect_eq(three.refusal, RL_REFUSAL_SOURCES_DISAGREE);
}

Test(market, liars_with_huge_spreads_cannot_set_a_side)
{
  /* Four of nine lie with mids on the spot; of the honest only the middle one survives. Votes of
   * the five: four liars' bids stand before the quartile. Reach is 2 * 2 + 20000 / 10000. */
  book liar = {1, 19999};
  rl_composite nine = COMPOSITE({9000, 9002}, {9500, 9502}, {9999, 10001}, {10500, 10502},
                                {11000, 11002}, liar, liar, liar, liar);
  EXPECT_PRICES(nine, 20000 - 6, 20000, 20000 + 6);
}

/* --- the pair's own settings --- */

Test(market, fewer_fresh_sources_than_asked_for_are_refused)
{
  rl_pair_spec three = {.min_sources = 3};
  book books[] = {{100, 102}, {100, 102}, {100, 102}};
  cr_expect_eq(composite_of(&three, books, 2).refusal, RL_REFUSAL_TOO_FEW_SOURCES);
  cr_expect_eq(composite_of(&three, books, 3).refusal, RL_REFUSAL_NONE);
  cr_expect_eq(composite_of(&three, books, 0).refusal, RL_REFUSAL_NO_RATE);
}

Test(market, narrow_spread_is_widened_around_mid)
{
  rl_pair_spec wide = {.min_sources = 1, .min_half_spread = 5};
  EXPECT_PRICES(composite_of(&wide, (book[]){{100, 104}}, 1), 204 - 5, 204, 204 + 5);
  EXPECT_PRICES(composite_of(&wide, (book[]){{100, 105}}, 1), 200, 205, 210);
  EXPECT_PRICES(composite_of(&wide, (book[]){{100, 106}}, 1), 200, 206, 212);
}

Test(market, each_side_is_widened_on_its_own)
{
  /* votes 200 208 208 | 208 as above: bid 8 away, ask 0 */
  rl_pair_spec wide = {.min_sources = 1, .min_half_spread = 3};
  EXPECT_PRICES(composite_of(&wide, (book[]){{95, 105}, {104, 104}}, 2), 200, 208, 211);
}

Test(market, widened_prices_stay_within_a_sources_bounds)
{
  rl_pair_spec wide = {.min_sources = 1, .min_half_spread = RL_SOURCE_MANTISSA_MAX};
  EXPECT_PRICES(composite_of(&wide, (book[]){{3, 5}}, 1), 2, 8, 8 + RL_SOURCE_MANTISSA_MAX);
  uint32_t top = RL_SOURCE_MANTISSA_MAX;
  EXPECT_PRICES(composite_of(&wide, (book[]){{top - 2, top}}, 1), top - 2, 2 * top - 2, 2 * top);
}

Test(market, sixteen_sources_at_the_limits_are_counted_without_overflow)
{
  book books[RL_SOURCES_PER_PAIR_MAX];
  for (unsigned i = 0; i < RL_SOURCES_PER_PAIR_MAX; i++)
    books[i] = (book){i % 2 ? RL_SOURCE_MANTISSA_MAX : 1, RL_SOURCE_MANTISSA_MAX};
  rl_composite full = composite_of(&plain, books, RL_SOURCES_PER_PAIR_MAX);
  cr_expect_eq(full.refusal, RL_REFUSAL_NONE);
  cr_expect_leq(full.bid_half, full.mid_half);
  cr_expect_leq(full.mid_half, full.ask_half);
  cr_expect_eq(full.ask_half, 2 * RL_SOURCE_MANTISSA_MAX);
}
