/* What the two parts of `explain`'s page share. */
#pragma once

#include "explain.h"

#define RL_PAGE_LABEL 12 /* columns of a line's label */

void rl_page_title(FILE *out, const char *title);
/* "  label        words" */
void rl_page_line(FILE *out, const char *label, const rl_words *words);

/* From the core rate to the postings: of a quote that could be priced again. */
void rl_print_price(FILE *out, const rl_explained *it);
