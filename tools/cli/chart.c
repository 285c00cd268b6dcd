#include "chart.h"

#include "history/axis.h"
#include "table.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Columns of a candle and what is free beside it, at most. */
#define SLOT_MAX 3u
#define CELL_BYTES 4u /* one character of UTF-8 */

typedef struct picture {
  const rl_chart_look *look;
  FILE *file;
  rl_bars bars;
  unsigned margin; /* columns of the figures at the left */
  unsigned slot;   /* columns of one bar */
  uint64_t low;    /* mids */
  uint64_t high;
  uint64_t mean_most; /* of the mean spreads, in the unit of rl_bar_mean */
} picture;

/* --- what can be shown --- */

static unsigned number_of(const char *text)
{
  unsigned long number = text ? strtoul(text, NULL, 10) : 0;
  return number > RL_CHART_WIDTH_MAX ? RL_CHART_WIDTH_MAX : (unsigned)number;
}

static bool is_utf8(void)
{
  locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
  bool utf8 = locale && strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
  if (locale)
    freelocale(locale);
  return utf8;
}

static unsigned within(unsigned number, unsigned low, unsigned high)
{
  return number < low ? low : number > high ? high : number;
}

rl_chart_look rl_chart_look_of_stdout(void)
{
  struct winsize size = {0};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    size = (struct winsize){.ws_row = 24, .ws_col = (unsigned short)number_of(getenv("COLUMNS"))};
  /* Seven lines stand around the candles: heading, directions, spreads, time, and the sums. */
  return (rl_chart_look){
    .width = within(size.ws_col > 0 ? size.ws_col : 80, RL_CHART_WIDTH_MIN, RL_CHART_WIDTH_MAX),
    .rows = within(size.ws_row > 9 ? size.ws_row - 9u : 0, 6, RL_CHART_ROWS_MAX),
    .utf8 = is_utf8(),
  };
}

/* --- one candle --- */

/* What is at one height of it. */
typedef enum part { NOTHING, WICK, BODY } part;

/* Of a cell's lower and upper half. */
static const char *glyph_of(bool utf8, part lower, part upper)
{
  static const char *const boxes[3][3] = {
    {" ", "╵", "╹"},
    {"╷", "│", "╿"},
    {"╻", "╽", "┃"},
  };
  static const char *const ascii[] = {" ", "|", "#"};
  return utf8 ? boxes[lower][upper] : ascii[lower > upper ? lower : upper];
}

/* Heights count half rows from below, 0 … 2 x rows - 1. */
static unsigned height_of(const picture *chart, uint64_t mid)
{
  unsigned top = 2 * chart->look->rows - 1;
  if (chart->high == chart->low)
    return top / 2;
  uint64_t span = chart->high - chart->low;
  return (unsigned)(((rl_u128)(mid - chart->low) * top + span / 2) / span);
}

static part part_at(const picture *chart, const rl_bar *bar, unsigned height)
{
  bool up = bar->close >= bar->open;
  unsigned open = height_of(chart, bar->open), close = height_of(chart, bar->close);
  if (height >= (up ? open : close) && height <= (up ? close : open))
    return BODY;
  return height >= height_of(chart, bar->low) && height <= height_of(chart, bar->high) ? WICK
                                                                                       : NOTHING;
}

static rl_style style_of(const rl_bar *bar)
{
  if (!bar->has_price || bar->close == bar->open)
    return RL_STYLE_FAINT;
  return bar->close > bar->open ? RL_STYLE_GOOD : RL_STYLE_BAD;
}

/* --- rows --- */

typedef const char *(*cell_of)(const picture *chart, const rl_bar *bar, unsigned row);

/* One character a bar; those of one style side by side are printed together. */
static void print_row(const picture *chart, cell_of cell, unsigned row, bool plain)
{
  char run[RL_CHART_WIDTH_MAX * CELL_BYTES + 1] = "";
  size_t used = 0;
  rl_style style = RL_STYLE_PLAIN;
  for (size_t i = 0; i < chart->bars.count; i++) {
    const rl_bar *bar = &chart->bars.bars[i];
    const char *glyph = cell(chart, bar, row);
    rl_style wanted = plain || glyph[0] == ' ' ? style : style_of(bar);
    if (wanted != style) {
      rl_print_styled(chart->file, style, run);
      used = 0;
      style = wanted;
    }
    used += (size_t)snprintf(run + used, sizeof run - used, "%s%*s", glyph, (int)chart->slot - 1,
                             "");
  }
  while (used > 0 && run[used - 1] == ' ')
    run[--used] = '\0';
  if (used > 0)
    rl_print_styled(chart->file, style, run);
  fputc('\n', chart->file);
}

static const char *candle_cell(const picture *chart, const rl_bar *bar, unsigned row)
{
  if (!bar->has_price)
    return " ";
  return glyph_of(chart->look->utf8, part_at(chart, bar, 2 * row),
                  part_at(chart, bar, 2 * row + 1));
}

static const char *direction_cell(const picture *chart, const rl_bar *bar, unsigned row)
{
  static const char *const signs[2][4] = {{".", "-", "=", "+"}, {"·", "▾", "─", "▴"}};
  unsigned way = !bar->has_price ? 0 : bar->close < bar->open ? 1 : bar->close == bar->open ? 2 : 3;
  (void)row;
  return signs[chart->look->utf8][way];
}

/* Eighths of the widest mean. */
static const char *spread_cell(const picture *chart, const rl_bar *bar, unsigned row)
{
  static const char *const levels[2][9] = {
    {" ", ".", ".", ":", ":", "-", "=", "*", "#"},
    {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
  };
  uint64_t mean = rl_bar_mean(&chart->bars, bar), most = chart->mean_most;
  (void)row;
  return levels[chart->look->utf8][mean == 0 ? 0 : ((rl_u128)mean * 8 + most - 1) / most];
}

static void print_margin(const picture *chart, const char *text, const char *utf8,
                         const char *ascii)
{
  fprintf(chart->file, "%*s %s", (int)chart->margin, text, chart->look->utf8 ? utf8 : ascii);
}

/* --- the picture --- */

static void print_candles(const picture *chart, const rl_axis *axis)
{
  for (unsigned row = chart->look->rows; row-- > 0;) {
    char text[RL_RATE_TEXT_SIZE] = "";
    for (unsigned i = 0; i < axis->count; i++) {
      if (height_of(chart, rl_axis_tick(axis, i) / 5) / 2 == row)
        rl_axis_write(axis, i, text);
    }
    print_margin(chart, text, text[0] ? "┤" : "│", text[0] ? "+" : "|");
    print_row(chart, candle_cell, row, false);
  }
}

/* The line of time with its ticks, and below each tick its time. */
static void print_times(const picture *chart)
{
  const rl_bars *bars = &chart->bars;
  unsigned columns = (unsigned)bars->count * chart->slot, free_from = 0;
  unsigned room = chart->look->width - chart->margin - 2;
  rl_utc from = {bars->bars[0].start_ms};
  rl_utc to = {from.ms + (int64_t)bars->count * bars->bar_ms};
  unsigned most = columns / (RL_AXIS_TIME_SIZE + 2);
  int64_t step_ms = rl_bar_length_for(from, to, most < 2 ? 2 : most, bars->bar_ms);
  char labels[RL_CHART_WIDTH_MAX + RL_AXIS_TIME_SIZE] = "";
  print_margin(chart, "", "└", "+");
  for (unsigned column = 0; column < columns; column++) {
    int64_t start_ms = bars->bars[column / chart->slot].start_ms;
    bool tick = column % chart->slot == 0 && start_ms % step_ms == 0;
    fputs(tick ? chart->look->utf8 ? "┬" : "+" : chart->look->utf8 ? "─" : "-", chart->file);
    char time[RL_AXIS_TIME_SIZE];
    rl_axis_write_time((rl_utc){start_ms}, step_ms, time);
    if (!tick || column < free_from || column + strlen(time) > room)
      continue;
    size_t used = strlen(labels);
    snprintf(labels + used, sizeof labels - used, "%*s%s", (int)(column - used), "", time);
    free_from = (unsigned)strlen(labels) + 1;
  }
  fprintf(chart->file, "\n%*s%s\n", (int)chart->margin + 2, "", labels);
}

static void print_spreads(const picture *chart)
{
  if (chart->mean_most == 0)
    return;
  print_margin(chart, "spread", " ", " ");
  print_row(chart, spread_cell, 0, true);
}

static void print_chart(const picture *chart, const rl_axis *axis)
{
  print_candles(chart, axis);
  print_margin(chart, "", "│", "|");
  print_row(chart, direction_cell, 0, false);
  print_times(chart);
  print_spreads(chart);
}

static uint64_t most_of_means(const rl_bars *bars)
{
  uint64_t most = 0;
  for (size_t i = 0; i < bars->count; i++) {
    uint64_t mean = rl_bar_mean(bars, &bars->bars[i]);
    most = mean > most ? mean : most;
  }
  return most;
}

/* Columns of the widest figure, or of the word "spread". */
static unsigned margin_of(const rl_axis *axis)
{
  unsigned margin = 6;
  for (unsigned i = 0; i < axis->count; i++) {
    char text[RL_RATE_TEXT_SIZE];
    rl_axis_write(axis, i, text);
    margin = strlen(text) > margin ? (unsigned)strlen(text) : margin;
  }
  return margin;
}

rl_status rl_chart_print(const rl_bars *bars, const rl_chart_look *look, FILE *file)
{
  rl_bar total = rl_bars_total(bars);
  rl_axis axis = rl_axis_of(total.low * 5, total.high * 5, bars->scale + 1u,
                            look->rows / 3 < 2 ? 2 : look->rows / 3);
  picture chart = {.look = look, .file = file, .margin = margin_of(&axis), .low = total.low,
                 .high = total.high};
  unsigned columns = look->width - chart.margin - 2;
  rl_utc from = {bars->bars[0].start_ms};
  rl_utc to = {from.ms + (int64_t)bars->count * bars->bar_ms};
  int64_t bar_ms = rl_bar_length_for(from, to, columns, bars->bar_ms);
  rl_status status = rl_bars_lengthen(bars, bar_ms, &chart.bars);
  if (status != RL_OK)
    return status;
  chart.mean_most = most_of_means(&chart.bars);
  chart.slot = within(columns / (unsigned)chart.bars.count, 1, SLOT_MAX);
  print_chart(&chart, &axis);
  if (bar_ms != bars->bar_ms) {
    char length[RL_DURATION_TEXT_SIZE];
    rl_bar_length_format(bar_ms, length);
    fprintf(file, "Each candle is %s: shorter ones have no room here.\n", length);
  }
  rl_bars_free(&chart.bars);
  return RL_OK;
}
