#include "history/svg.h"

#include "history/axis.h"

#include <inttypes.h>

/* Tenths of a pixel. */
enum {
  WIDTH = 9600,
  HEIGHT = 5400,
  LEFT = 160,   /* of the plot */
  RIGHT = 8680, /* beyond it stand the figures */
  PRICE_TOP = 560,
  PRICE_BOTTOM = 3800,
  SPREAD_TOP = 4120,
  SPREAD_BOTTOM = 4960,
  TICKS_PRICE = 8,
  TICKS_SPREAD = 3,
  TICKS_TIME = 10,
};

/* Figures from low to high between two heights. */
typedef struct range {
  uint64_t low;
  uint64_t high; /* above low */
  int64_t top;
  int64_t bottom;
} range;

typedef struct sketch {
  const rl_bars *bars;
  FILE *file;
  range mids;   /* mids x 5: 10^-(scale + 1) of the price */
  range spreads; /* pips x 10^pip_decimals, from 0 */
} sketch;

static int64_t y_of(const range *over, uint64_t figure)
{
  uint64_t height = (uint64_t)(over->bottom - over->top);
  return over->bottom -
         (int64_t)((rl_u128)(figure - over->low) * height / (over->high - over->low));
}

/* Where the index-th bar begins; that of `count` is the plot's right end. */
static int64_t x_of(const sketch *drawing, size_t index)
{
  return LEFT + (int64_t)(index * (RIGHT - LEFT) / drawing->bars->count);
}

/* --- ranges --- */

/* A twentieth of the span is left free above and below. */
static range range_of_mids(const rl_bars *bars)
{
  rl_bar total = rl_bars_total(bars);
  uint64_t low = total.low * 5, high = total.high * 5, margin = (high - low) / 20 + 1;
  return (range){low > margin ? low - margin : 0, high + margin, PRICE_TOP, PRICE_BOTTOM};
}

static range range_of_spreads(const rl_bars *bars)
{
  rl_bar total = rl_bars_total(bars);
  uint64_t widest = rl_bar_widest(bars, &total);
  return (range){0, widest + widest / 20 + 1, SPREAD_TOP, SPREAD_BOTTOM};
}

/* --- axes --- */

static void draw_ticks(const sketch *drawing, const range *over, unsigned decimals, unsigned most)
{
  rl_axis axis = rl_axis_of(over->low, over->high, decimals, most);
  for (unsigned i = 0; i < axis.count; i++) {
    char text[RL_RATE_TEXT_SIZE];
    int64_t y = y_of(over, rl_axis_tick(&axis, i));
    rl_axis_write(&axis, i, text);
    fprintf(drawing->file, "<path class=\"grid\" d=\"M%d %" PRId64 "H%d\"/>", LEFT, y, RIGHT);
    fprintf(drawing->file, "<text x=\"%d\" y=\"%" PRId64 "\">%s</text>\n", RIGHT + 60,
            y + 40, text);
  }
}

static void draw_times(const sketch *drawing)
{
  const rl_bars *bars = drawing->bars;
  rl_utc from = {bars->bars[0].start_ms};
  rl_utc to = {from.ms + (int64_t)bars->count * bars->bar_ms};
  int64_t step_ms = rl_bar_length_for(from, to, TICKS_TIME, bars->bar_ms);
  for (size_t i = 0; i < bars->count; i++) {
    char text[RL_AXIS_TIME_SIZE];
    if (bars->bars[i].start_ms % step_ms != 0)
      continue;
    rl_axis_write_time((rl_utc){bars->bars[i].start_ms}, step_ms, text);
    fprintf(drawing->file, "<path class=\"grid\" d=\"M%" PRId64 " %dV%dM%" PRId64 " %dV%d\"/>",
            x_of(drawing, i), PRICE_TOP, PRICE_BOTTOM, x_of(drawing, i), SPREAD_TOP, SPREAD_BOTTOM);
    fprintf(drawing->file, "<text class=\"time\" x=\"%" PRId64 "\" y=\"%d\">%s</text>\n",
            x_of(drawing, i), SPREAD_BOTTOM + 180, text);
  }
}

/* --- bars --- */

/* Grey where there was no price, one area for all such bars in a row. */
static void draw_holes(const sketch *drawing)
{
  const rl_bars *bars = drawing->bars;
  for (size_t i = 0, end; i < bars->count; i = end) {
    for (end = i; end < bars->count && !bars->bars[end].has_price; end++)
      ;
    if (end > i)
      fprintf(drawing->file, "<rect class=\"none\" x=\"%" PRId64 "\" y=\"%d\" width=\"%" PRId64
              "\" height=\"%d\"><title>no price</title></rect>\n", x_of(drawing, i), PRICE_TOP,
              x_of(drawing, end) - x_of(drawing, i), SPREAD_BOTTOM - PRICE_TOP);
    else
      end++;
  }
}

static void write_title(const sketch *drawing, const rl_bar *bar)
{
  const rl_bars *bars = drawing->bars;
  static const char *const names[] = {"open", "high", "low", "close"};
  const uint64_t mids[] = {bar->open, bar->high, bar->low, bar->close};
  char text[RL_RATE_TEXT_SIZE], start[RL_UTC_TEXT_SIZE];
  rl_utc_format((rl_utc){bar->start_ms}, start);
  fprintf(drawing->file, "<title>%s", start);
  for (unsigned i = 0; i < 4; i++) {
    rl_bars_write_mid(bars, mids[i], text);
    fprintf(drawing->file, "\n%s %s", names[i], text);
  }
  rl_bars_write_pips(bars, rl_bar_widest(bars, bar), text);
  fprintf(drawing->file, "\nwidest spread %s pips", text);
  rl_bars_write_pips(bars, rl_bar_mean(bars, bar), text);
  if (bar->priced_ms > 0)
    fprintf(drawing->file, "\nmean spread %s pips", text);
  fprintf(drawing->file, "\n%" PRIu64 " changes</title>", bar->changes);
}

static void draw_candle(const sketch *drawing, size_t index)
{
  const rl_bar *bar = &drawing->bars->bars[index];
  FILE *file = drawing->file;
  const range *mids = &drawing->mids, *spreads = &drawing->spreads;
  int64_t left = x_of(drawing, index), slot = x_of(drawing, index + 1) - left;
  int64_t gap = slot / 6, width = slot - 2 * gap;
  bool up = bar->close >= bar->open;
  int64_t top = y_of(mids, (up ? bar->close : bar->open) * 5);
  int64_t height = y_of(mids, (up ? bar->open : bar->close) * 5) - top;
  fprintf(file, "<g class=\"%s\">", up ? "up" : "down");
  write_title(drawing, bar);
  fprintf(file, "<path d=\"M%" PRId64 " %" PRId64 "V%" PRId64 "\"/>", left + slot / 2,
          y_of(mids, bar->high * 5), y_of(mids, bar->low * 5));
  fprintf(file, "<rect x=\"%" PRId64 "\" y=\"%" PRId64 "\" width=\"%" PRId64 "\" height=\"%" PRId64
          "\"/>", left + gap, top, width, height > 8 ? height : 8);
  int64_t mean = y_of(spreads, rl_bar_mean(drawing->bars, bar));
  fprintf(file, "<rect class=\"mean\" x=\"%" PRId64 "\" y=\"%" PRId64 "\" width=\"%" PRId64
          "\" height=\"%" PRId64 "\"/>", left + gap, mean, width, SPREAD_BOTTOM - mean);
  fprintf(file, "<path class=\"widest\" d=\"M%" PRId64 " %" PRId64 "h%" PRId64 "\"/></g>\n",
          left + gap, y_of(spreads, rl_bar_widest(drawing->bars, bar)), width);
}

/* --- the page --- */

static void draw_head(const sketch *drawing, const char *pair)
{
  const rl_bars *bars = drawing->bars;
  char from[RL_UTC_TEXT_SIZE], to[RL_UTC_TEXT_SIZE], length[RL_DURATION_TEXT_SIZE];
  rl_utc_format((rl_utc){bars->bars[0].start_ms}, from);
  rl_utc_format((rl_utc){bars->bars[0].start_ms + (int64_t)bars->count * bars->bar_ms}, to);
  rl_bar_length_format(bars->bar_ms, length);
  fprintf(drawing->file,
          "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
          "viewBox=\"0 0 %d %d\">\n<title>%s from %s to %s</title>\n"
          "<style>text{font:120px sans-serif;fill:#445}.head{font-size:180px;fill:#112}"
          ".time{text-anchor:middle}.grid{stroke:#dde;stroke-width:8;fill:none}"
          ".none{fill:#f1f1f4}.up rect{fill:#1a8f5a}.up path{stroke:#1a8f5a}"
          ".down rect{fill:#c8453b}.down path{stroke:#c8453b}"
          "g path{stroke-width:10;fill:none}g rect.mean{fill:#8fa3c7}"
          "g path.widest{stroke:#44609a}</style>\n"
          "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
          WIDTH / 10, HEIGHT / 10, WIDTH, HEIGHT, pair, from, to, WIDTH, HEIGHT);
  fprintf(drawing->file, "<text class=\"head\" x=\"%d\" y=\"340\">%s, bars of %s</text>\n"
          "<text x=\"%d\" y=\"340\" text-anchor=\"end\">%s to %s</text>\n"
          "<text x=\"%d\" y=\"%d\">spread in pips: mean, and a line at the widest</text>\n",
          LEFT, pair, length, RIGHT, from, to, LEFT, SPREAD_TOP - 60);
}

static void draw(const sketch *drawing, const char *pair)
{
  const rl_bars *bars = drawing->bars;
  draw_head(drawing, pair);
  draw_holes(drawing);
  draw_ticks(drawing, &drawing->mids, bars->scale + 1u, TICKS_PRICE);
  draw_ticks(drawing, &drawing->spreads, rl_bars_pip_decimals(bars), TICKS_SPREAD);
  draw_times(drawing);
  for (size_t i = 0; i < bars->count; i++) {
    if (bars->bars[i].has_price)
      draw_candle(drawing, i);
  }
  fputs("</svg>\n", drawing->file);
}

rl_status rl_svg_write(const rl_bars *bars, const char *pair, FILE *file)
{
  rl_bars fewer;
  rl_utc from = {bars->bars[0].start_ms};
  rl_utc to = {from.ms + (int64_t)bars->count * bars->bar_ms};
  int64_t bar_ms = rl_bar_length_for(from, to, RL_SVG_BARS_MAX, bars->bar_ms);
  rl_status status = rl_bars_lengthen(bars, bar_ms, &fewer);
  if (status != RL_OK)
    return status;
  sketch drawing = {.bars = &fewer, .file = file, .mids = range_of_mids(&fewer),
                     .spreads = range_of_spreads(&fewer)};
  draw(&drawing, pair);
  rl_bars_free(&fewer);
  return RL_OK;
}
