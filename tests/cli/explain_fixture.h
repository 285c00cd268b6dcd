/* A whole engine whose quotes are explained from the records that it wrote, and what is expected of
 * the page. One engine at a time. */
#pragma once

#include "explain.h"

#include "support/engine.h"

#include <criterion/criterion.h>

extern rl_test_engine engine;
extern const char *asking; /* the client that quotes; at first "shop" */
extern rl_explained *it;   /* the last quote */
extern char *page;         /* what explain() printed of it */

/* Starts an engine with a tariff of every kind of rule, fee, surcharge and waiver. */
void start_explaining(void);
void stop_explaining(void);
/* Another tariff; sources tick again. */
void restart_with(const char *tariff);
/* Both sources say so now. */
void tick(const char *pair, uint32_t bid, uint32_t ask, uint8_t scale);

/* Another universe. Then the first source says of EURUSD 1.12500 / 1.12510 for a million each, and
 * 1.12490 / 1.12530 for two million behind; the second 1.12480 / 1.12540 without sizes. */
void restart_with_books(const char *universe_text);

/* With a key of its own. */
rl_request request_for(const char *from, const char *to, rl_fixed fixed, int64_t amount);
/* Quotes and reads the record back into `it`. */
void quote(const rl_request *request);
/* Makes `it` again, prints the page and encodes it. */
void explain(void);
void expect_reproduced(void);
/* Quotes, explains and expects that it reproduces. */
void reproduce(const char *from, const char *to, rl_fixed fixed, int64_t amount);
/* Explains and expects that the figure is named as different. */
void expect_names(const char *figure);
void expect_says(const char *text);
/* One text of the structured form, by its path. */
void expect_field(const char *path, const char *value);
