/* The list, and all of a tariff but its rules (changes_rule.c). */
#include "changes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rl_changes_add(rl_changes *changes, const char *subject, const char *format, ...)
{
  if (changes->count == changes->room) {
    changes->room = changes->room ? 2 * changes->room : 32;
    changes->items = reallocarray(changes->items, changes->room, sizeof *changes->items);
    RL_ASSERT(changes->items);
  }
  rl_change *change = &changes->items[changes->count++];
  va_list arguments;
  va_start(arguments, format);
  int length = vasprintf(&change->text, format, arguments);
  va_end(arguments);
  change->subject = strdup(subject);
  RL_ASSERT(length >= 0 && change->subject);
}

void rl_changes_free(rl_changes *changes)
{
  for (size_t i = 0; i < changes->count; i++) {
    free(changes->items[i].subject);
    free(changes->items[i].text);
  }
  free(changes->items);
  *changes = (rl_changes){0};
}

/* --- head --- */

static void compare_words(rl_changes *changes, const char *what, const char *old, const char *new)
{
  if (strcmp(old, new) != 0)
    rl_changes_add(changes, "tariff", "%s %s -> %s", what, old, new);
}

static void compare_counts(rl_changes *changes, const char *what, unsigned old, unsigned new)
{
  if (old != new)
    rl_changes_add(changes, "tariff", "%s %u -> %u", what, old, new);
}

static rl_phrase trial_of(const rl_tariff *tariff)
{
  rl_phrase phrase = {""};
  const char *file = rl_tariff_trial_file(tariff);
  if (file)
    rl_phrase_add(&phrase, "%s for %u percent of the clients", file,
                  rl_tariff_trial_percent(tariff));
  else
    rl_phrase_add(&phrase, "none");
  return phrase;
}

static rl_phrase default_lock_of(const rl_tariff *tariff)
{
  rl_phrase phrase = {""};
  rl_lock_class lock;
  char ttl[RL_DURATION_TEXT_SIZE] = "none";
  if (rl_tariff_lock_for(tariff, 0, &lock))
    rl_duration_format(lock.ttl_ms, ttl);
  rl_phrase_add(&phrase, "%s", ttl);
  return phrase;
}

static void compare_heads(rl_changes *changes, const rl_tariff *old, const rl_tariff *new)
{
  rl_phrase before = default_lock_of(old), after = default_lock_of(new);
  compare_words(changes, "name", rl_tariff_name(old), rl_tariff_name(new));
  compare_counts(changes, "rate digits", rl_tariff_rate_digits(old), rl_tariff_rate_digits(new));
  compare_words(changes, "default tier", rl_tariff_default_tier(old), rl_tariff_default_tier(new));
  compare_words(changes, "default lock", before.text, after.text);
  before = trial_of(old);
  after = trial_of(new);
  compare_words(changes, "trial", before.text, after.text);
  compare_counts(changes, "worked examples", rl_tariff_example_count(old),
                 rl_tariff_example_count(new));
}

/* --- locks --- */

static const rl_lock_class *find_lock(const rl_tariff *tariff, uint32_t ttl_ms)
{
  for (unsigned i = 0; i < rl_tariff_lock_count(tariff); i++) {
    if (rl_tariff_lock(tariff, i)->ttl_ms == ttl_ms)
      return rl_tariff_lock(tariff, i);
  }
  return NULL;
}

static void compare_lock(rl_changes *changes, const rl_lock_class *old, const rl_lock_class *new)
{
  char ttl[RL_DURATION_TEXT_SIZE], before[RL_BPS_TEXT_SIZE], after[RL_BPS_TEXT_SIZE];
  rl_duration_format(old ? old->ttl_ms : new->ttl_ms, ttl);
  rl_bps_format(old ? old->premium_e8 : 0, before);
  rl_bps_format(new ? new->premium_e8 : 0, after);
  if (!new)
    rl_changes_add(changes, "locks", "%s removed", ttl);
  else if (!old)
    rl_changes_add(changes, "locks", "%s added: premium %s bps", ttl, after);
  else if (old->premium_e8 != new->premium_e8)
    rl_changes_add(changes, "locks", "%s: premium %s -> %s bps", ttl, before, after);
}

static void compare_locks(rl_changes *changes, const rl_tariff *old, const rl_tariff *new)
{
  for (unsigned i = 0; i < rl_tariff_lock_count(old); i++) {
    const rl_lock_class *lock = rl_tariff_lock(old, i);
    compare_lock(changes, lock, find_lock(new, lock->ttl_ms));
  }
  for (unsigned i = 0; i < rl_tariff_lock_count(new); i++) {
    const rl_lock_class *lock = rl_tariff_lock(new, i);
    if (!find_lock(old, lock->ttl_ms))
      compare_lock(changes, NULL, lock);
  }
}

static rl_phrase premium_of(const rl_lock_premium *premium)
{
  rl_phrase phrase = {""};
  char floor[RL_BPS_TEXT_SIZE], cap[RL_BPS_TEXT_SIZE];
  rl_bps_format(premium->floor_e8, floor);
  rl_bps_format(premium->cap_e8, cap);
  if (premium->by_volatility)
    rl_phrase_add(&phrase, "%s x volatility, floor %s bps, cap %s bps",
                  rl_phrase_of_decimal(premium->multiple_e2, 2).text, floor, cap);
  else
    rl_phrase_add(&phrase, "each lock's own");
  return phrase;
}

void rl_changes_of_premium(rl_changes *changes, const rl_lock_premium *old,
                           const rl_lock_premium *new)
{
  rl_phrase before = premium_of(old), after = premium_of(new);
  if (strcmp(before.text, after.text) != 0)
    rl_changes_add(changes, "lock premium", "%s -> %s", before.text, after.text);
}

/* --- surcharges and increments --- */

static rl_phrase surcharge_of(rl_surcharge_when when, const rl_surcharge *surcharge)
{
  rl_phrase phrase = {""};
  char bps[RL_BPS_TEXT_SIZE];
  bool given = surcharge->name[0] != '\0';
  rl_bps_format(surcharge->e8, bps);
  if (given)
    rl_phrase_add(&phrase, "%s %s bps", surcharge->name, bps);
  else
    rl_phrase_add(&phrase, "none");
  if (given && when == RL_WHEN_SOURCES_BELOW)
    rl_phrase_add(&phrase, " below %u sources", surcharge->bound);
  if (given && when == RL_WHEN_AGE_ABOVE)
    rl_phrase_add(&phrase, " above %u percent of the age bound", surcharge->bound);
  return phrase;
}

void rl_changes_of_surcharge(rl_changes *changes, rl_surcharge_when when, const rl_surcharge *old,
                             const rl_surcharge *new)
{
  static const char *const subjects[RL_SURCHARGE_WHENS] = {
    [RL_WHEN_CLOSED] = "surcharge in closed hours",
    [RL_WHEN_SOURCES_BELOW] = "surcharge for few sources",
    [RL_WHEN_AGE_ABOVE] = "surcharge for age",
    [RL_WHEN_REFERENCE] = "surcharge on a fixing",
  };
  rl_phrase before = surcharge_of(when, old), after = surcharge_of(when, new);
  if (strcmp(before.text, after.text) != 0)
    rl_changes_add(changes, subjects[when], "%s -> %s", before.text, after.text);
}

static void compare_increments(rl_changes *changes, const rl_tariff *old, const rl_tariff *new)
{
  for (unsigned i = 1; i < RL_CURRENCY_COUNT; i++) {
    rl_currency currency = {(uint8_t)i};
    int64_t before = rl_tariff_payout_increment(old, currency);
    int64_t after = rl_tariff_payout_increment(new, currency);
    if (before != after)
      rl_changes_add(changes, "payout increments", "%s -> %s",
                     rl_phrase_of_amount(before, 1, currency).text,
                     rl_phrase_of_amount(after, 1, currency).text);
  }
}

/* --- waivers --- */

static bool same_waiver(const rl_waiver *left, const rl_waiver *right)
{
  return strcmp(left->fee, right->fee) == 0 && rl_scope_equal(&left->scope, &right->scope);
}

static bool same_waiver_name(const rl_waiver *left, const rl_waiver *right)
{
  return strcmp(left->name, right->name) == 0;
}

static void compare_waiver(rl_changes *changes, const rl_waiver *old, const rl_waiver *new)
{
  const rl_waiver *it = new ? new : old;
  char subject[64];
  snprintf(subject, sizeof subject, "waiver %s", it->name);
  rl_phrase scope = rl_phrase_of_scope(&it->scope);
  if (!new || !old) {
    rl_changes_add(changes, subject, "%s: fee %s, %s", new ? "added" : "removed", it->fee,
                   scope.text);
    return;
  }
  if (!same_waiver_name(old, new))
    rl_changes_add(changes, subject, "name %s -> %s", old->name, new->name);
  if (strcmp(old->fee, new->fee) != 0)
    rl_changes_add(changes, subject, "waives fee %s -> %s", old->fee, new->fee);
  if (!rl_scope_equal(&old->scope, &new->scope))
    rl_changes_add(changes, subject, "for %s -> %s", rl_phrase_of_scope(&old->scope).text,
                   scope.text);
}

/* Pairs of `partners` (of old waivers: 1 + the new one's index) that are not yet found. */
static void pair_waivers(const rl_tariff *old, const rl_tariff *new,
                         bool (*same)(const rl_waiver *, const rl_waiver *),
                         unsigned partners[RL_WAIVERS_MAX], bool taken[RL_WAIVERS_MAX])
{
  for (unsigned i = 0; i < rl_tariff_waiver_count(old); i++) {
    for (unsigned k = 0; k < rl_tariff_waiver_count(new) && !partners[i]; k++) {
      if (taken[k] || !same(rl_tariff_waiver(old, i), rl_tariff_waiver(new, k)))
        continue;
      partners[i] = k + 1;
      taken[k] = true;
    }
  }
}

static void compare_waivers(rl_changes *changes, const rl_tariff *old, const rl_tariff *new)
{
  unsigned partners[RL_WAIVERS_MAX] = {0};
  bool taken[RL_WAIVERS_MAX] = {false};
  pair_waivers(old, new, same_waiver, partners, taken);
  pair_waivers(old, new, same_waiver_name, partners, taken);
  for (unsigned i = 0; i < rl_tariff_waiver_count(old); i++)
    compare_waiver(changes, rl_tariff_waiver(old, i),
                   partners[i] ? rl_tariff_waiver(new, partners[i] - 1) : NULL);
  for (unsigned k = 0; k < rl_tariff_waiver_count(new); k++) {
    if (!taken[k])
      compare_waiver(changes, NULL, rl_tariff_waiver(new, k));
  }
}

void rl_changes_of_tariffs(rl_changes *changes, const rl_tariff *old, const rl_tariff *new)
{
  compare_heads(changes, old, new);
  compare_locks(changes, old, new);
  rl_changes_of_premium(changes, rl_tariff_lock_premium(old), rl_tariff_lock_premium(new));
  for (unsigned i = 0; i < RL_SURCHARGE_WHENS; i++) {
    rl_surcharge_when when = (rl_surcharge_when)i;
    rl_changes_of_surcharge(changes, when, rl_tariff_surcharge(old, when),
                            rl_tariff_surcharge(new, when));
  }
  compare_increments(changes, old, new);
  compare_waivers(changes, old, new);
  rl_changes_of_rules(changes, old, new);
}
