/* The oracle's search for the smallest amount that leaves enough is the definition itself: on small
 * amounts it is held against trying one after the other. So is the engine's. */
#include "pricing/draw.h"
#include "pricing/exact_fees.h"

#include <criterion/criterion.h>

#define RULES 3000
#define TRIED_MAX 4000

/* The first amount that leaves enough; 0 if none up to TRIED_MAX does. */
static int64_t first_leaving(const exact_items *items, int64_t wanted)
{
  mpz_t amount, left;
  mpz_init_set_ui(amount, 1);
  mpz_init(left);
  int64_t found = 0;
  for (int64_t tried = 1; tried <= TRIED_MAX && !found; tried++) {
    exact_left(left, items, RL_FEE_SOURCE, amount);
    if (mpz_cmp_si(left, wanted) >= 0)
      found = tried;
    mpz_add_ui(amount, amount, 1);
  }
  mpz_clears(amount, left, NULL);
  return found;
}

static int64_t searched(const exact_items *items, int64_t wanted)
{
  mpz_t amount, left;
  mpz_init(amount);
  mpz_init_set_si(left, wanted);
  exact_smallest_leaving(amount, items, RL_FEE_SOURCE, left);
  int64_t result = mpz_get_si(amount);
  mpz_clears(amount, left, NULL);
  return result;
}

/* Small flats and near thresholds, so that several segments lie among the amounts tried. */
static void shrink(rl_random *random, rl_rule *rule)
{
  for (unsigned i = 0; i < rule->fee_count; i++) {
    rl_fee *fee = &rule->fees[i];
    fee->side = RL_FEE_SOURCE;
    fee->mode = RL_FEE_DEDUCTED;
    fee->min_minor %= 100;
    fee->max_minor = draw_chance(random, 50) ? RL_AMOUNT_MAX : fee->min_minor + 50;
    for (unsigned k = 0; k < fee->part_count; k++) {
      fee->parts[k].flat_minor %= 300;
      fee->parts[k].ratio_e8 /= (int32_t)rule->fee_count;
      if (k > 0)
        fee->parts[k].from_minor = fee->parts[k - 1].from_minor + rl_random_between(random, 1, 400);
    }
  }
}

Test(search, the_smallest_amount_is_the_first_that_leaves_enough)
{
  rl_random random = rl_random_from(rl_test_seed("search"));
  rl_currency euro = {0}, dinar = {0};
  cr_assert_eq(rl_currency_find("EUR", 3, &euro), RL_OK);
  cr_assert_eq(rl_currency_find("KWD", 3, &dinar), RL_OK);
  unsigned found = 0;
  for (unsigned i = 0; i < RULES; i++) {
    rl_rule rule = {.scope = {.from = euro, .to = dinar}};
    draw_costs(&random, 0, 0, &rule);
    shrink(&random, &rule);
    exact_items items = {.rule = &rule};
    int64_t wanted = rl_random_between(&random, 1, TRIED_MAX / 2);
    int64_t first = first_leaving(&items, wanted);
    if (first == 0)
      continue;
    found++;
    cr_assert_eq(searched(&items, wanted), first);
    int64_t solved;
    cr_assert_eq(rl_fees_solve((rl_fee_set){.rule = &rule}, RL_FEE_SOURCE, wanted, &solved), RL_OK);
    cr_assert_eq(solved, first);
  }
  cr_expect_gt(found, RULES / 2);
}
