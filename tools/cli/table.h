/* Aligned tables on a terminal or in a pipe.
 *
 * Cells are given row by row; columns take the width of their widest cell, counted in characters.
 * A column with RL_ALIGN_POINT puts the decimal points of its numbers under each other. Colour is
 * left out unless a terminal is written to, and NO_COLOR is not set. Out of memory ends the
 * program: it has nothing to undo. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef enum rl_align { RL_ALIGN_LEFT, RL_ALIGN_RIGHT, RL_ALIGN_POINT } rl_align;

typedef enum rl_style {
  RL_STYLE_PLAIN,
  RL_STYLE_STRONG, /* the figure that matters */
  RL_STYLE_FAINT,  /* beside the matter */
  RL_STYLE_GOOD,
  RL_STYLE_BAD,
} rl_style;

typedef struct rl_column {
  const char *title; /* static */
  rl_align align;
} rl_column;

typedef struct rl_cell {
  char *text;
  rl_style style;
} rl_cell;

typedef struct rl_table {
  const rl_column *columns; /* static */
  size_t column_count;
  rl_cell *cells;           /* rows one after the other */
  size_t cell_count;
  size_t room;              /* cells allocated */
} rl_table;


/* `text` in the style, or plain where colour is not wanted. */
void rl_print_styled(FILE *file, rl_style style, const char *text);

rl_table rl_table_of(const rl_column *columns, size_t column_count);
void rl_table_cell(rl_table *table, rl_style style, const char *format, ...)
  __attribute__((format(printf, 3, 4)));
/* Completes the row with empty cells. */
void rl_table_end_row(rl_table *table);
/* Prints titles, if any column has one, and rows, each after `indent` blanks; then frees. */
void rl_table_print(rl_table *table, FILE *file, unsigned indent);
