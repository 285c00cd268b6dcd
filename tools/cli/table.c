#include "table.h"

#include "status/status.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GAP "  "

/* A terminal, and NO_COLOR is not set. */
static bool colour_wanted(FILE *file)
{
  const char *no_colour = getenv("NO_COLOR");
  return isatty(fileno(file)) && !(no_colour && no_colour[0]);
}

static const char *style_code(rl_style style)
{
  switch (style) {
  case RL_STYLE_PLAIN: return "";
  case RL_STYLE_STRONG: return "\033[1m";
  case RL_STYLE_FAINT: return "\033[2m";
  case RL_STYLE_GOOD: return "\033[32m";
  case RL_STYLE_BAD: return "\033[31m";
  }
  return "";
}

void rl_print_styled(FILE *file, rl_style style, const char *text)
{
  bool coloured = style != RL_STYLE_PLAIN && text[0] && colour_wanted(file);
  fprintf(file, "%s%s%s", coloured ? style_code(style) : "", text, coloured ? "\033[0m" : "");
}

rl_table rl_table_of(const rl_column *columns, size_t column_count)
{
  return (rl_table){.columns = columns, .column_count = column_count};
}

static void add_cell(rl_table *table, rl_style style, char *text)
{
  if (table->cell_count == table->room) {
    table->room = table->room ? 2 * table->room : 64;
    table->cells = reallocarray(table->cells, table->room, sizeof *table->cells);
    RL_ASSERT(table->cells);
  }
  table->cells[table->cell_count++] = (rl_cell){text, style};
}

void rl_table_cell(rl_table *table, rl_style style, const char *format, ...)
{
  char *text;
  va_list arguments;
  va_start(arguments, format);
  int length = vasprintf(&text, format, arguments);
  va_end(arguments);
  RL_ASSERT(length >= 0);
  add_cell(table, style, text);
}

void rl_table_end_row(rl_table *table)
{
  while (table->cell_count % table->column_count != 0)
    rl_table_cell(table, RL_STYLE_PLAIN, "%s", "");
}

/* Characters: bytes of UTF-8 that do not continue one. */
static size_t width_of(const char *text)
{
  size_t width = 0;
  for (; *text; text++)
    width += ((unsigned char)*text & 0xc0) != 0x80;
  return width;
}

/* Characters from the decimal point on, the point included. */
static size_t tail_of(const char *text)
{
  const char *point = strchr(text, '.');
  return point ? width_of(point) : 0;
}

typedef struct column_widths {
  size_t whole; /* of a cell; of RL_ALIGN_POINT, what stands before the point */
  size_t tail;  /* RL_ALIGN_POINT: from the point on */
} column_widths;

static void widen(column_widths *widths, rl_align align, const char *text)
{
  size_t tail = align == RL_ALIGN_POINT ? tail_of(text) : 0;
  size_t whole = width_of(text) - tail;
  if (whole > widths->whole)
    widths->whole = whole;
  if (tail > widths->tail)
    widths->tail = tail;
}

static void print_cell(FILE *file, rl_align align, column_widths widths, rl_style style,
                       const char *text, bool last)
{
  size_t room = widths.whole + widths.tail;
  size_t after = align == RL_ALIGN_POINT ? widths.tail - tail_of(text) : 0;
  size_t before = room - after - width_of(text);
  if (align == RL_ALIGN_LEFT) {
    after = before;
    before = 0;
  }
  fprintf(file, "%*s", (int)before, "");
  rl_print_styled(file, style, text);
  if (!last)
    fprintf(file, "%*s" GAP, (int)after, "");
}

static void print_row(const rl_table *table, FILE *file, unsigned indent,
                      const column_widths *widths, const rl_cell *row)
{
  /* Nothing, not even blanks, is printed after the last cell that has text. */
  size_t count = table->column_count;
  while (count > 0 && row[count - 1].text[0] == '\0')
    count--;
  if (count > 0)
    fprintf(file, "%*s", (int)indent, "");
  for (size_t i = 0; i < count; i++)
    print_cell(file, table->columns[i].align, widths[i], row[i].style, row[i].text, i + 1 == count);
  fputc('\n', file);
}

static void print_titles(const rl_table *table, FILE *file, unsigned indent,
                         const column_widths *widths)
{
  size_t count = table->column_count;
  while (count > 0 && table->columns[count - 1].title[0] == '\0')
    count--;
  fprintf(file, "%*s", (int)indent, "");
  for (size_t i = 0; i < count; i++) {
    rl_align align = table->columns[i].align == RL_ALIGN_LEFT ? RL_ALIGN_LEFT : RL_ALIGN_RIGHT;
    print_cell(file, align, widths[i], RL_STYLE_FAINT, table->columns[i].title,
               i + 1 == count);
  }
  fputc('\n', file);
}

void rl_table_print(rl_table *table, FILE *file, unsigned indent)
{
  size_t columns = table->column_count;
  column_widths *all = calloc(columns, sizeof *all);
  RL_ASSERT(all);
  bool titled = false;
  for (size_t i = 0; i < columns; i++) {
    titled |= table->columns[i].title[0] != '\0';
    for (size_t k = i; k < table->cell_count; k += columns)
      widen(&all[i], table->columns[i].align, table->cells[k].text);
    size_t title = width_of(table->columns[i].title);
    if (title > all[i].whole + all[i].tail)
      all[i].whole = title - all[i].tail;
  }
  if (titled)
    print_titles(table, file, indent, all);
  for (size_t k = 0; k + columns <= table->cell_count; k += columns)
    print_row(table, file, indent, all, &table->cells[k]);
  for (size_t k = 0; k < table->cell_count; k++)
    free(table->cells[k].text);
  free(table->cells);
  free(all);
  *table = (rl_table){.columns = table->columns, .column_count = columns};
}
