/* What one tariff changes of another, in words.
 *
 * Rules are the same rule where their scopes are equal; of those left over, where their names are.
 * So a rule that is renamed or moved in the file is not taken for another. Waivers likewise, by
 * what they waive for whom. Worked examples change no price and are only counted. One thread; out
 * of memory ends the program. */
#pragma once

#include "phrase.h"

typedef struct rl_change {
  char *subject; /* "locks", "rule usd-eur (tier standard, USD to EUR)" */
  char *text;    /* "markup 50 -> 45 bps" */
} rl_change;

typedef struct rl_changes {
  size_t count;
  size_t room;
  rl_change *items; /* those of one subject stand together */
} rl_changes;

void rl_changes_add(rl_changes *changes, const char *subject, const char *format, ...)
  __attribute__((format(printf, 3, 4)));
/* Everything. */
void rl_changes_of_tariffs(rl_changes *changes, const rl_tariff *old, const rl_tariff *new);
void rl_changes_free(rl_changes *changes);

/* --- its steps --- */

bool rl_scope_equal(const rl_scope *left, const rl_scope *right);
/* Of two rules that are one. */
void rl_changes_of_rule(rl_changes *changes, const rl_rule *old, const rl_rule *new);
void rl_changes_of_rules(rl_changes *changes, const rl_tariff *old, const rl_tariff *new);
void rl_changes_of_surcharge(rl_changes *changes, rl_surcharge_when when, const rl_surcharge *old,
                             const rl_surcharge *new);
void rl_changes_of_premium(rl_changes *changes, const rl_lock_premium *old,
                           const rl_lock_premium *new);
