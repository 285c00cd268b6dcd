/* Two tariffs at the same time: who is priced by which. The places of the names below are xxHash's
 * own, computed without this project. */
#include "tariff/expect.h"

#include "status/limits.h"
#include "tariff/tariffs.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static rl_tariff *named(const char *name)
{
  char text[128];
  snprintf(text, sizeof text, "tariff: %s\nlocks:\n  - { ttl: 30s }\nrules: [{ name: all }]\n",
           name);
  return expect_taken(text);
}

static rl_tariffs *tariffs_of(const char *trial, unsigned percent)
{
  rl_tariffs *out = NULL;
  cr_assert_eq(rl_tariffs_create(named("usual"), trial ? named(trial) : NULL, percent, &out),
               RL_OK);
  return out;
}

static bool tries(const rl_tariffs *tariffs, const char *client)
{
  const rl_tariff *its = rl_tariffs_for(tariffs, client);
  cr_assert(its == rl_tariffs_main(tariffs) || its == rl_tariffs_trial(tariffs));
  return its != rl_tariffs_main(tariffs);
}

static unsigned how_many_try(const rl_tariffs *tariffs)
{
  unsigned count = 0;
  for (unsigned i = 0; i < 1000; i++) {
    char client[16];
    snprintf(client, sizeof client, "client-%u", i);
    count += tries(tariffs, client);
  }
  return count;
}

Test(tariffs, without_a_trial_everybody_is_priced_by_the_main_one)
{
  rl_tariffs *tariffs = tariffs_of(NULL, 100);
  cr_expect_null(rl_tariffs_trial(tariffs));
  cr_expect_eq(rl_tariffs_percent(tariffs), 0);
  cr_expect_eq(how_many_try(tariffs), 0);
  rl_tariffs_destroy(tariffs);
}

Test(tariffs, client_tries_a_trial_from_one_percent_above_its_place)
{
  static const struct {
    const char *trial, *client;
    unsigned place;
  } known[] = {
    {"summer", "shop", 10},    {"summer", "desk", 68},    {"summer", "uid-1000", 39},
    {"summer", "network", 17}, {"winter", "shop", 36},    {"winter", "desk", 3},
    {"summer", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 35},    {"winter", "checkout", 53},
  };
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    for (unsigned percent = known[i].place; percent < known[i].place + 2; percent++) {
      rl_tariffs *tariffs = tariffs_of(known[i].trial, percent);
      cr_expect_eq(tries(tariffs, known[i].client), percent > known[i].place, "%s of %s at %u",
                   known[i].client, known[i].trial, percent);
      rl_tariffs_destroy(tariffs);
    }
  }
}

Test(tariffs, about_the_percent_of_a_thousand_clients_try_it)
{
  static const unsigned counts[][2] = {{0, 0}, {1, 15}, {10, 120}, {50, 505}, {99, 989},
                                       {100, 1000}};
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
    rl_tariffs *tariffs = tariffs_of("summer", counts[i][0]);
    cr_expect_eq(rl_tariffs_percent(tariffs), counts[i][0]);
    cr_expect_eq(how_many_try(tariffs), counts[i][1], "at %u percent", counts[i][0]);
    rl_tariffs_destroy(tariffs);
  }
}

Test(tariffs, share_of_more_than_all_is_refused)
{
  rl_tariff *main = named("usual"), *trial = named("summer");
  rl_tariffs *out = NULL;
  cr_expect_eq(rl_tariffs_create(main, trial, 101, &out), RL_OUT_OF_RANGE);
  cr_expect_null(out);
  rl_tariff_destroy(main);
  rl_tariff_destroy(trial);
}
