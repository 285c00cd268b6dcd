/* The chart as characters. */
#include "chart.h"

#include "sample.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char *draw(const rl_bars *bars, rl_chart_look look)
{
  char *text = NULL;
  size_t size;
  FILE *file = open_memstream(&text, &size);
  cr_assert(file);
  cr_assert_eq(rl_chart_print(bars, &look, file), RL_OK);
  fclose(file);
  return text;
}

static const uint32_t rise_and_fall[][4] = {
  {216600, 216700, 216600, 216680}, {216680, 216800, 216640, 216800}, {0},
  {216800, 216800, 216800, 216800}, {216800, 216800, 216500, 216560},
};

Test(history, chart_in_unicode_has_two_steps_a_row)
{
  rl_bars bars = rl_sample_bars(rise_and_fall, 5);
  char *text = draw(&bars, (rl_chart_look){.width = 40, .rows = 4, .utf8 = true});
  cr_expect_str_eq(text, " 1.084 ┤   ┃     ╹  ┃\n"
                         "       │╽  ┃        ┃\n"
                         " 1.083 ┤┃  ╵        ┃\n"
                         "       │            ╿\n"
                         "       │▴  ▴  ·  ─  ▾\n"
                         "       └┬──────────────\n"
                         "        09:00\n"
                         "spread  █  █     █  █\n");
  free(text);
  rl_bars_free(&bars);
}

Test(history, chart_in_ascii_says_the_same)
{
  rl_bars bars = rl_sample_bars(rise_and_fall, 5);
  char *text = draw(&bars, (rl_chart_look){.width = 40, .rows = 4, .utf8 = false});
  for (const char *at = text; *at; at++)
    cr_assert((unsigned char)*at < 128);
  cr_expect_str_eq(text, " 1.084 +   #     #  #\n"
                         "       |#  #        #\n"
                         " 1.083 +#  |        #\n"
                         "       |            #\n"
                         "       |+  +  .  =  -\n"
                         "       ++--------------\n"
                         "        09:00\n"
                         "spread  #  #     #  #\n");
  free(text);
  rl_bars_free(&bars);
}

Test(history, chart_of_one_price_stands_in_the_middle)
{
  static const uint32_t mids[][4] = {{216600, 216600, 216600, 216600}};
  rl_bars bars = rl_sample_bars(mids, 1);
  char *text = draw(&bars, (rl_chart_look){.width = 40, .rows = 2, .utf8 = true});
  cr_expect_str_eq(text, "         │\n"
                         "1.083000 ┤╹\n"
                         "         │─\n"
                         "         └┬──\n"
                         "          09:00\n"
                         "  spread  █\n");
  free(text);
  rl_bars_free(&bars);
}

/* A price a bar, with these half-spreads. */
static rl_bars bars_of_spreads(int64_t bar_ms, const uint32_t *halves, unsigned count)
{
  rl_bars bars;
  rl_utc from = {0}, to = {count * bar_ms};
  cr_assert_eq(rl_bars_create(&bars, from, to, to, bar_ms), RL_OK);
  for (unsigned i = 0; i < count; i++) {
    rl_made made = {.utc_ms = i * bar_ms, .has_price = true, .scale = 5, .pip_scale = 4,
                    .max_age_ms = 60000, .bid_half = 2000 - halves[i], .mid_half = 2000,
                    .ask_half = 2000 + halves[i]};
    cr_assert_eq(rl_bars_add(&bars, &made), RL_OK);
  }
  rl_bars_end(&bars);
  return bars;
}

Test(history, times_that_would_overlap_are_left_out)
{
  const uint32_t halves[] = {1, 1, 1, 1};
  rl_bars bars = bars_of_spreads(5000, halves, 4);
  char *text = draw(&bars, (rl_chart_look){.width = 40, .rows = 2, .utf8 = true});
  cr_expect(strstr(text, "└┬─────┬─────\n"), "%s", text);
  cr_expect(strstr(text, " 01-01 00:00:10\n"), "%s", text);
  free(text);
  rl_bars_free(&bars);
  bars = bars_of_spreads(5000, halves, 4);
  for (unsigned i = 0; i < 4; i++)
    bars.bars[i].start_ms += 3600000;
  bars.known_until_ms += 3600000;
  text = draw(&bars, (rl_chart_look){.width = 40, .rows = 2, .utf8 = true});
  cr_expect(strstr(text, " 01:00:00\n"), "the one at 01:00:10 has no room: %s", text);
  free(text);
  rl_bars_free(&bars);
}

Test(history, spreads_are_eighths_of_the_widest_and_never_nothing)
{
  const uint32_t halves[] = {1, 8, 9, 64, 63};
  rl_bars bars = bars_of_spreads(60000, halves, 5);
  char *text = draw(&bars, (rl_chart_look){.width = 40, .rows = 2, .utf8 = true});
  cr_expect(strstr(text, "spread  ▁  ▁  ▂  █  █\n"), "%s", text);
  free(text);
  rl_bars_free(&bars);
}

/* Characters of a line, up to its end. */
static unsigned width_of(const char *line)
{
  unsigned width = 0;
  for (; *line && *line != '\n'; line++)
    width += ((unsigned char)*line & 0xc0) != 0x80;
  return width;
}

Test(history, chart_keeps_to_its_width_whatever_the_bars)
{
  rl_random random = rl_random_from(rl_test_seed("charts"));
  for (unsigned round = 0; round < 300; round++) {
    rl_bars bars = rl_sample_random(&random, round % 10 == 0 ? 2000 : 150);
    rl_chart_look look = {.width = (unsigned)rl_random_between(&random, RL_CHART_WIDTH_MIN, 200),
                          .rows = (unsigned)rl_random_between(&random, 2, RL_CHART_ROWS_MAX),
                          .utf8 = rl_random_below(&random, 2) == 0};
    char *text = draw(&bars, look);
    char *note = strstr(text, "Each candle is ");
    unsigned lines = 0;
    for (char *line = text; *line && line != note; line = strchr(line, '\n') + 1, lines++)
      cr_assert_leq(width_of(line), look.width, "%s", text);
    cr_assert(lines == look.rows + 3 || lines == look.rows + 4, "%u rows: %s", look.rows, text);
    free(text);
    rl_bars_free(&bars);
  }
}
