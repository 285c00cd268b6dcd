/* Tariffs for the tests of `tariff diff` and `tariff replay`: one that has everything, and others
 * made of it by changing its text. */
#pragma once

#include "tariff/tariff.h"

extern const char rl_rich_tariff_text[];

/* Ends the test where the text is refused. The caller destroys it. */
rl_tariff *rl_tariff_of(const char *text);
/* `text` with the one place where `find` stands replaced. The caller frees it. */
char *rl_text_with(const char *text, const char *find, const char *replacement);
