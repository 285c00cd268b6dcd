#include "programs.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(feed_sim_program, .init = rl_programs_set_up, .fini = rl_programs_tear_down);

/* Of the built-in universe's pairs, each of three venues; then 200 ms of 2,000 steps a second. */
#define OPENING (36 * 3)
#define TICKS_MAX (OPENING + 400)

typedef struct simulated {
  char source[16];
  char pair[8];
  uint64_t bid, ask;
} simulated;

static int compare_simulated(const void *left, const void *right)
{
  return memcmp(left, right, sizeof(simulated));
}

/* Returns how many ticks the simulator says it sent; all of them are in `ticks`. */
static unsigned simulate(simulated ticks[TICKS_MAX], const char *seed)
{
  unsigned sent = 0;
  cr_assert_eq(RUN(SIM, "--around", FIXTURE, "--seed", seed, "--rate", "2000", "--duration",
                   "200ms"), 0, "%s", child.err);
  const char *summary = strchr(child.out, '\n');
  cr_assert_eq(sscanf(summary, "%u ticks sent, 0 dropped", &sent), 1, "%s", child.out);
  cr_assert(sent > OPENING && sent <= TICKS_MAX, "%u", sent);
  for (unsigned i = 0; i < sent; i++) {
    cr_assert(rl_pull_tick(&engine, &tick));
    ticks[i] = (simulated){.bid = tick.bid, .ask = tick.ask};
    memcpy(ticks[i].pair, tick.pair, sizeof tick.pair);
    memcpy(ticks[i].source, engine.header.source, sizeof ticks[i].source);
  }
  /* Three connections: which venue's message comes first is not the seed's to say. */
  qsort(ticks, sent, sizeof ticks[0], compare_simulated);
  return sent;
}

Test(feed_sim_program, sim_gives_the_same_ticks_for_the_same_seed)
{
  static simulated first[TICKS_MAX], again[TICKS_MAX], other[TICKS_MAX];
  unsigned sent = simulate(first, "7");
  cr_assert_eq(simulate(again, "7"), sent);
  simulate(other, "8");
  cr_assert_eq(memcmp(first, again, sizeof first), 0);
  cr_assert_neq(memcmp(first, other, sizeof first), 0);
}

Test(feed_sim_program, sim_quotes_as_the_venues_that_were_named)
{
  START(SIM, "--around", FIXTURE, "--venues", "left,right", "--duration", "1ms", "--quiet");
  unsigned left = 0, right = 0;
  for (int i = 0; i < 36 * 2; i++) {
    cr_assert(rl_pull_tick(&engine, &tick));
    left += strcmp(engine.header.source, "left") == 0;
    right += strcmp(engine.header.source, "right") == 0;
  }
  cr_assert(left == 36 && right == 36);
  cr_assert_eq(rl_child_wait(&child), 0, "%s", child.err);
  cr_assert_str_eq(child.out, "");
  cr_assert_str_eq(child.err, "");
}

Test(feed_sim_program, sim_ends_in_time_though_no_engine_takes_its_ticks)
{
  START(SIM, "--around", FIXTURE, "--rate", "100000", "--wait", "20ms", "--duration", "1s");
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_eq(rl_child_wait(&child), 0, "%s", child.err);
  rl_expect_said("the engine takes no ticks");
}

Test(feed_sim_program, sim_without_end_ends_on_a_signal)
{
  START(SIM, "--around", FIXTURE);
  cr_assert(rl_pull_tick(&engine, &tick));
  kill(child.pid, SIGTERM);
  cr_assert_eq(rl_child_wait(&child), 0, "%s", child.err);
}

Test(feed_sim_program, sim_waits_for_an_engine_that_restarts)
{
  START(SIM, "--around", FIXTURE, "--rate", "20000", "--wait", "30ms");
  cr_assert(rl_pull_tick(&engine, &tick));
  int64_t before = tick.source_utc_ms;
  kill(child.pid, SIGSTOP);
  rl_pull_deafen(&engine);
  kill(child.pid, SIGCONT);
  rl_await_said("the engine takes no ticks: waiting for it");
  rl_pull_listen(&engine);
  rl_await_said("the engine takes ticks again");
  /* More than all that waited in batches. */
  for (int i = 0; i < 1000; i++)
    cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_gt(tick.source_utc_ms, before);
  kill(child.pid, SIGTERM);
  while (rl_pull_message(&engine, 200))
    continue;
  cr_assert_eq(rl_child_wait(&child), 0, "%s", child.err);
}

Test(feed_sim_program, sim_names_a_file_that_cannot_be_its_market)
{
  cr_assert_eq(RUN(SIM, "--around", file), 1);
  rl_expect_said(file);
  rl_write_file("pair USD EUR\n");
  cr_assert_eq(RUN(SIM, "--around", FIXTURE, "--universe", file), 1);
  rl_expect_said("/file:1: ");
}

Test(feed_sim_program, the_example_of_the_guide_works)
{
  rl_write_file("EURUSD 1.1250 1.1252\nEURUSD nonsense\nUSDJPY 145.1 145.2\n");
  rl_child_start(&child, engine.folder, file, (const char *const[]){EXAMPLE, NULL});
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_str_eq(tick.pair, "EURUSD");
  cr_assert(tick.bid == 11250 && tick.ask == 11252 && tick.scale == 4);
  cr_assert_str_eq(engine.header.source, "example");
  cr_assert(rl_pull_tick(&engine, &tick));
  cr_assert_str_eq(tick.pair, "USDJPY");
  cr_assert_eq(rl_child_wait(&child), 0);
  rl_expect_said("not pushed (not of the form expected): EURUSD nonsense");
}

Test(feed_sim_program, the_guide_shows_the_example_that_is_tested)
{
  char example[8192], guide[16384];
  example[rl_read_file(FEED_FOLDER "/example.c", example, sizeof example - 1)] = '\0';
  guide[rl_read_file(FEED_FOLDER "/README.md", guide, sizeof guide - 1)] = '\0';
  const char *code = strstr(example, "#include");
  cr_assert_not_null(code);
  cr_assert_not_null(strstr(guide, code), "feeds/README.md shows another code than example.c");
}
