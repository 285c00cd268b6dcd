/* The drawing, as its file says it: XML of its own, with everything on the page. */
#include "history/svg.h"

#include "feeds/xml.h"
#include "sample.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char *draw(const rl_bars *bars, size_t *size)
{
  char *text = NULL;
  FILE *file = open_memstream(&text, size);
  cr_assert(file);
  cr_assert_eq(rl_svg_write(bars, "EURUSD", file), RL_OK);
  fclose(file);
  return text;
}

/* What a parser of XML finds in it. */
typedef struct found {
  unsigned up;
  unsigned down;
  unsigned holes;
  unsigned outside; /* rectangles that leave the page, or have no size */
  bool fetches;
} found;

static int64_t number(const char **attributes, const char *name)
{
  const char *text = rl_xml_attribute(attributes, name);
  return text ? strtoll(text, NULL, 10) : 0;
}

static void on_open(rl_xml *xml, void *context, const char *name, const char **attributes)
{
  found *seen = context;
  const char *class = rl_xml_attribute(attributes, "class");
  (void)xml;
  if (class) {
    seen->up += strcmp(class, "up") == 0;
    seen->down += strcmp(class, "down") == 0;
    seen->holes += strcmp(class, "none") == 0;
  }
  seen->fetches |= rl_xml_attribute(attributes, "href") != NULL || strstr(name, "script") != NULL;
  if (strstr(name, "rect")) {
    int64_t x = number(attributes, "x"), y = number(attributes, "y");
    int64_t width = number(attributes, "width"), height = number(attributes, "height");
    bool mean = class && strcmp(class, "mean") == 0;
    int64_t top = mean ? 4120 : class || x == 0 ? 0 : 560, bottom = class || x == 0 ? 5400 : 3808;
    seen->outside += x < 0 || width <= 0 || height < 0 || x + width > 9600 ||
                      y < top || y + height > bottom;
  }
}

static found look(const char *text, size_t size)
{
  found seen = {0};
  rl_xml_handler handler = {.open = on_open};
  rl_error error = {0};
  cr_assert_eq(rl_xml_parse(text, size, "svg", &handler, &seen, &error), RL_OK, "%s", text);
  return seen;
}

Test(history, drawing_is_xml_with_a_candle_for_each_price)
{
  static const uint32_t mids[][4] = {
    {216685, 216700, 216600, 216690}, {216690, 216690, 216500, 216600}, {0}, {0},
    {216600, 216600, 216600, 216600}, {0},
  };
  rl_bars bars = rl_sample_bars(mids, 6);
  size_t size;
  char *text = draw(&bars, &size);
  found seen = look(text, size);
  cr_expect_eq(seen.up, 2);
  cr_expect_eq(seen.down, 1);
  cr_expect_eq(seen.holes, 2, "holes side by side are one");
  cr_expect_eq(seen.outside, 0);
  cr_expect_not(seen.fetches);
  cr_expect(strstr(text, "open 1.083425\nhigh 1.083500\nlow 1.083000\nclose 1.083450\n"
                   "widest spread 0.200 pips\nmean spread 0.200 pips\n4 changes"));
  cr_expect(strstr(text, "EURUSD, bars of 1m"));
  cr_expect(strstr(text, ">1.0830</text>"));
  free(text);
  rl_bars_free(&bars);
}

Test(history, drawing_stays_on_its_page_whatever_the_bars)
{
  rl_random random = rl_random_from(rl_test_seed("drawings"));
  for (unsigned round = 0; round < 100; round++) {
    rl_bars bars = rl_sample_random(&random, round % 10 == 0 ? 5000 : 100);
    size_t size;
    char *text = draw(&bars, &size);
    found seen = look(text, size);
    cr_assert_eq(seen.outside, 0, "%s", text);
    cr_assert_leq(seen.up + seen.down, RL_SVG_BARS_MAX);
    free(text);
    rl_bars_free(&bars);
  }
}
