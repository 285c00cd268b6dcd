/* What the tariff's tests say again and again: this text is refused so, that one is taken. */
#pragma once

#include "tariff/tariff.h"

/* A correct head of three lines; what follows is on line 4. */
#define HEAD "tariff: test\nlocks:\n  - { ttl: 30s }\n"
/* And a correct start of one rule: what follows belongs to rules[0] and is on line 6. */
#define RULE HEAD "rules:\n  - name: one\n"
/* And of one from USD to EUR with a list of fees: what follows is on line 9. */
#define FEES RULE "    from: USD\n    to: EUR\n    fees:\n"

/* The text is refused with this status, on this line and field, in words that hold `says`. */
void expect_refused(const char *text, rl_status status, unsigned line, const char *field,
                    const char *says);
/* The text is taken; fails the test with the refusal otherwise. The caller destroys it. */
rl_tariff *expect_taken(const char *text);

rl_currency currency(const char *code);
