#include "history_print.h"

#include "table.h"

#include <inttypes.h>

/* For how long a price of several sources may stand without a word about it. */
#define UNWATCHED_TOLD_MS 1000

static rl_utc end_of(const rl_bars *bars)
{
  return (rl_utc){bars->bars[0].start_ms + (int64_t)bars->count * bars->bar_ms};
}

/* The figures of a bar as text, "" where there are none. */
typedef struct bar_texts {
  char mids[4][RL_RATE_TEXT_SIZE]; /* open, high, low, close */
  char mean[RL_RATE_TEXT_SIZE];
  char widest[RL_RATE_TEXT_SIZE];
} bar_texts;

static bar_texts texts_of(const rl_bars *bars, const rl_bar *bar)
{
  bar_texts texts = {0};
  if (!bar->has_price)
    return texts;
  const uint64_t mids[] = {bar->open, bar->high, bar->low, bar->close};
  for (unsigned i = 0; i < 4; i++)
    rl_bars_write_mid(bars, mids[i], texts.mids[i]);
  rl_bars_write_pips(bars, rl_bar_widest(bars, bar), texts.widest);
  if (bar->priced_ms > 0)
    rl_bars_write_pips(bars, rl_bar_mean(bars, bar), texts.mean);
  return texts;
}

/* "99.98 %", rounded down: 100 is all of it. */
static void write_share(int64_t part_ms, int64_t whole_ms, char out[16])
{
  unsigned share_e2 = whole_ms > 0 ? (unsigned)(part_ms * 10000 / whole_ms) : 0;
  snprintf(out, 16, "%u.%02u %%", share_e2 / 100, share_e2 % 100);
}

static int64_t passed_ms(const rl_bars *bars)
{
  int64_t ms = 0;
  for (size_t i = 0; i < bars->count; i++)
    ms += rl_bar_passed_ms(bars, &bars->bars[i]);
  return ms;
}

/* --- for people --- */

void rl_history_print_head(const rl_history *history)
{
  const rl_bars *bars = &history->bars;
  char from[RL_UTC_TEXT_SIZE], to[RL_UTC_TEXT_SIZE], length[RL_DURATION_TEXT_SIZE];
  rl_utc_format((rl_utc){bars->bars[0].start_ms}, from);
  rl_utc_format(end_of(bars), to);
  rl_bar_length_format(bars->bar_ms, length);
  rl_print_styled(stdout, RL_STYLE_STRONG, history->pair);
  printf("  bars of %s, %s to %s\n", length, from, to);
}

void rl_history_print_sums(const rl_history *history)
{
  const rl_bars *bars = &history->bars;
  rl_bar total = rl_bars_total(bars);
  bar_texts texts = texts_of(bars, &total);
  char share[16];
  write_share(total.priced_ms, passed_ms(bars), share);
  if (total.has_price)
    printf("open %s  high %s  low %s  close %s\nspread %s pips at the widest", texts.mids[0],
           texts.mids[1], texts.mids[2], texts.mids[3], texts.widest);
  if (total.priced_ms > 0)
    printf(", %s on average", texts.mean);
  printf("%s%" PRIu64 " changes, a price for %s of the time\n", total.has_price ? "\n" : "",
         total.changes, share);
  if (bars->gaps > 0)
    printf("gaps in the record: %" PRIu64 "; the price before one is known at its own instant "
           "only\n", bars->gaps);
  if (bars->set_back > 0)
    printf("made under a wall clock that was set back: %" PRIu64 " changes; they stand at the "
           "instant before\n", bars->set_back);
  if (bars->unwatched_ms >= UNWATCHED_TOLD_MS) {
    char length[RL_DURATION_TEXT_SIZE];
    rl_duration_format((uint64_t)bars->unwatched_ms, length);
    printf("a price of several sources stood for up to %s without an update, as if none of them "
           "had grown too old meanwhile: `ratelock spreads --at` looks at that\n", length);
  }
}

void rl_history_print_table(const rl_history *history)
{
  static const rl_column columns[] = {
    {"start", RL_ALIGN_LEFT},   {"open", RL_ALIGN_POINT},   {"high", RL_ALIGN_POINT},
    {"low", RL_ALIGN_POINT},    {"close", RL_ALIGN_POINT},  {"pips", RL_ALIGN_POINT},
    {"widest", RL_ALIGN_POINT}, {"changes", RL_ALIGN_RIGHT}, {"priced", RL_ALIGN_RIGHT},
  };
  const rl_bars *bars = &history->bars;
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  for (size_t i = 0; i < bars->count; i++) {
    const rl_bar *bar = &bars->bars[i];
    bar_texts texts = texts_of(bars, bar);
    char start[RL_UTC_TEXT_SIZE], share[16];
    rl_utc_format((rl_utc){bar->start_ms}, start);
    write_share(bar->priced_ms, rl_bar_passed_ms(bars, bar), share);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%.19sZ", start);
    for (unsigned k = 0; k < 4; k++)
      rl_table_cell(&table, bar->has_price ? RL_STYLE_PLAIN : RL_STYLE_FAINT, "%s",
                    bar->has_price ? texts.mids[k] : "-");
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", texts.mean);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", texts.widest);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%" PRIu64, bar->changes);
    rl_table_cell(&table, bar->has_price ? RL_STYLE_PLAIN : RL_STYLE_FAINT, "%s",
                  bar->has_price ? share : "no price");
  }
  rl_table_print(&table, stdout, 0);
}

/* --- for programs --- */

void rl_history_print_csv(const rl_history *history)
{
  const rl_bars *bars = &history->bars;
  puts("start,open,high,low,close,spread_mean_pips,spread_max_pips,changes,priced_ms,passed_ms");
  for (size_t i = 0; i < bars->count; i++) {
    const rl_bar *bar = &bars->bars[i];
    bar_texts texts = texts_of(bars, bar);
    char start[RL_UTC_TEXT_SIZE];
    rl_utc_format((rl_utc){bar->start_ms}, start);
    printf("%s,%s,%s,%s,%s,%s,%s,%" PRIu64 ",%" PRId64 ",%" PRId64 "\n", start, texts.mids[0],
           texts.mids[1], texts.mids[2], texts.mids[3], texts.mean, texts.widest, bar->changes,
           bar->priced_ms, rl_bar_passed_ms(bars, bar));
  }
}

/* A figure is digits and a point, so nothing in it needs an escape. */
static void print_figure(const char *key, const char *text)
{
  if (text[0])
    printf(", \"%s\": \"%s\"", key, text);
  else
    printf(", \"%s\": null", key);
}

static void print_bar(const rl_bars *bars, const rl_bar *bar, int64_t bar_passed_ms)
{
  static const char *const keys[] = {"open", "high", "low", "close"};
  bar_texts texts = texts_of(bars, bar);
  printf("{\"start_ms\": %" PRId64, bar->start_ms);
  for (unsigned i = 0; i < 4; i++)
    print_figure(keys[i], texts.mids[i]);
  print_figure("spread_mean_pips", texts.mean);
  print_figure("spread_max_pips", texts.widest);
  printf(", \"changes\": %" PRIu64 ", \"priced_ms\": %" PRId64 ", \"passed_ms\": %" PRId64 "}",
         bar->changes, bar->priced_ms, bar_passed_ms);
}

void rl_history_print_json(const rl_history *history)
{
  const rl_bars *bars = &history->bars;
  rl_bar total = rl_bars_total(bars);
  printf("{\n  \"pair\": \"%s\",\n  \"from_ms\": %" PRId64 ",\n  \"to_ms\": %" PRId64
         ",\n  \"bar_ms\": %" PRId64 ",\n  \"gaps\": %" PRIu64 ",\n  \"set_back\": %" PRIu64
         ",\n  \"damages\": %u,\n  \"unwatched_ms\": %" PRId64 ",\n  \"total\": ",
         history->pair, total.start_ms, end_of(bars).ms, bars->bar_ms, bars->gaps, bars->set_back,
         history->damages, bars->unwatched_ms);
  print_bar(bars, &total, passed_ms(bars));
  printf(",\n  \"bars\": [");
  for (size_t i = 0; i < bars->count; i++) {
    printf("%s\n    ", i == 0 ? "" : ",");
    print_bar(bars, &bars->bars[i], rl_bar_passed_ms(bars, &bars->bars[i]));
  }
  printf("\n  ]\n}\n");
}
