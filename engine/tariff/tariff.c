/* The snapshot's life and its questions. Parsing runs in steps, each of which may refuse: plain
 * YAML (document.c), known fields of the right shape (schema.c), their meaning
 * (reader.c and the files of its parts). */
#include "tariff/tariff.h"

#include "tariff/reader.h"

#include <stdlib.h>
#include <string.h>

static rl_tariff *new_tariff(const char *text, size_t length)
{
  rl_tariff *tariff = calloc(1, sizeof *tariff);
  char *copy = malloc(length + 1);
  if (!tariff || !copy) {
    free(tariff);
    free(copy);
    return NULL;
  }
  memcpy(copy, text, length);
  copy[length] = '\0';
  tariff->text = copy;
  tariff->length = length;
  tariff->digest = rl_digest_of(text, length);
  return tariff;
}

static rl_status read_document(const rl_document *document, rl_tariff **out, rl_error *error)
{
  rl_raw_tariff *raw;
  rl_status status = rl_raw_tariff_load(document, &raw, error);
  if (status != RL_OK)
    return status;
  rl_tariff *tariff = new_tariff(document->text, document->length);
  status = tariff ? rl_tariff_read(tariff, document, raw, error)
                  : rl_document_fail(document, error, RL_NO_MEMORY, "", "out of memory");
  rl_raw_tariff_free(raw);
  if (status == RL_OK)
    *out = tariff;
  else
    rl_tariff_destroy(tariff);
  return status;
}

rl_status rl_tariff_parse(const char *text, size_t length, const char *file, rl_tariff **out,
                          rl_error *error)
{
  rl_document document;
  rl_status status = rl_document_init(&document, text, length, file ? file : "tariff", error);
  if (status != RL_OK)
    return status;
  status = read_document(&document, out, error);
  rl_document_fini(&document);
  return status;
}

void rl_tariff_destroy(rl_tariff *tariff)
{
  if (!tariff)
    return;
  rl_match_fini(&tariff->match);
  free(tariff->rules);
  free(tariff->waivers);
  free(tariff->examples);
  free(tariff->text);
  free(tariff);
}

const char *rl_tariff_name(const rl_tariff *tariff) { return tariff->name; }
rl_digest rl_tariff_digest(const rl_tariff *tariff) { return tariff->digest; }
unsigned rl_tariff_rate_digits(const rl_tariff *tariff) { return tariff->rate_digits; }
unsigned rl_tariff_rule_count(const rl_tariff *tariff) { return tariff->rule_count; }
unsigned rl_tariff_lock_count(const rl_tariff *tariff) { return tariff->lock_count; }
const char *rl_tariff_default_tier(const rl_tariff *tariff) { return tariff->default_tier; }

const char *rl_tariff_text(const rl_tariff *tariff, size_t *length)
{
  *length = tariff->length;
  return tariff->text;
}

const rl_rule *rl_tariff_rule(const rl_tariff *tariff, unsigned index)
{
  RL_ASSERT(index < tariff->rule_count);
  return &tariff->rules[index];
}

const rl_lock_class *rl_tariff_lock(const rl_tariff *tariff, unsigned index)
{
  RL_ASSERT(index < tariff->lock_count);
  return &tariff->locks[index];
}

const rl_lock_premium *rl_tariff_lock_premium(const rl_tariff *tariff)
{
  return &tariff->lock_premium;
}

const rl_surcharge *rl_tariff_surcharge(const rl_tariff *tariff, rl_surcharge_when when)
{
  return &tariff->surcharges[when];
}

unsigned rl_tariff_waiver_count(const rl_tariff *tariff) { return tariff->waiver_count; }
unsigned rl_tariff_example_count(const rl_tariff *tariff) { return tariff->example_count; }
unsigned rl_tariff_trial_percent(const rl_tariff *tariff) { return tariff->trial_percent; }
unsigned rl_tariff_trial_line(const rl_tariff *tariff) { return tariff->trial_line; }

const rl_waiver *rl_tariff_waiver(const rl_tariff *tariff, unsigned index)
{
  RL_ASSERT(index < tariff->waiver_count);
  return &tariff->waivers[index];
}

const rl_example *rl_tariff_example(const rl_tariff *tariff, unsigned index)
{
  RL_ASSERT(index < tariff->example_count);
  return &tariff->examples[index];
}

const char *rl_tariff_trial_file(const rl_tariff *tariff)
{
  return tariff->trial_file[0] ? tariff->trial_file : NULL;
}

int64_t rl_tariff_payout_increment(const rl_tariff *tariff, rl_currency currency)
{
  int64_t increment_minor = tariff->payout_increments[currency.index];
  return increment_minor ? increment_minor : 1;
}

int64_t rl_tariff_banded_amount(const rl_snapshot *snapshot, rl_ratio mid, rl_fixed fixed,
                                int64_t amount_minor)
{
  int64_t worth_minor;
  if (fixed == RL_FIXED_SOURCE)
    return amount_minor;
  if (rl_snapshot_worth_at_mid(snapshot, mid, amount_minor, &worth_minor) != RL_OK
      || worth_minor > RL_AMOUNT_MAX)
    return RL_AMOUNT_MAX;
  return worth_minor;
}

const rl_rule *rl_tariff_match(const rl_tariff *tariff, const rl_tariff_query *query)
{
  int rule = rl_match_find(&tariff->match, query);
  return rule < 0 ? NULL : &tariff->rules[rule];
}

bool rl_tariff_lock_for(const rl_tariff *tariff, uint32_t ttl_ms, rl_lock_class *out)
{
  if (ttl_ms == 0) {
    *out = tariff->default_lock;
    return true;
  }
  for (unsigned i = 0; i < tariff->lock_count; i++)
    if (tariff->locks[i].ttl_ms >= ttl_ms) {
      *out = tariff->locks[i];
      return true;
    }
  return false;
}
