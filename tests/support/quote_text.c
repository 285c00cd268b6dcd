#include "support/quotes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_bytes(FILE *out, const char *name, const uint8_t *bytes, size_t size)
{
  fprintf(out, "%s ", name);
  for (size_t i = 0; i < size; i++)
    fprintf(out, "%02x", bytes[i]);
  fputc('\n', out);
}

static void print_rate(FILE *out, const char *name, rl_rate rate)
{
  fprintf(out, "%s %" PRIu64 " / 10^%u\n", name, rate.mantissa, rate.scale);
}

static void print_head(FILE *out, const rl_quote *quote)
{
  print_bytes(out, "id", quote->id.bytes, sizeof quote->id.bytes);
  print_bytes(out, "store", quote->store.bytes, sizeof quote->store.bytes);
  fprintf(out, "client %s\nboot_id %" PRIu64 "\n", quote->client, quote->boot_id);
  fprintf(out, "issued_utc_ms %" PRId64 "\n", quote->issued_utc_ms);
  fprintf(out, "issued_mono_ns %" PRId64 "\n", quote->issued_mono_ns);
  fprintf(out, "expires_utc_ms %" PRId64 "\n", quote->expires_utc_ms);
  fprintf(out, "deadline_mono_ns %" PRId64 "\n", quote->deadline_mono_ns);
  fprintf(out, "value date %d %d cutoff %" PRId64 "\n", quote->value_date.known,
          quote->value_date.date.day, quote->value_date.cutoff_utc_ms);
  fprintf(out, "evidence_checksum %" PRIu64 "\n", quote->evidence_checksum);
}

static void print_reference(FILE *out, const char *name, const rl_reference *reference)
{
  fprintf(out, "%s known %d date %" PRId64 " provider %s\n", name, reference->known,
          reference->date_utc_ms, reference->provider);
  print_rate(out, "reference rate", reference->rate);
}

static void print_terms(FILE *out, const rl_terms *terms)
{
  fprintf(out, "source_currency %s\n", rl_currency_code(terms->source_currency));
  fprintf(out, "target_currency %s\n", rl_currency_code(terms->target_currency));
  fprintf(out, "base %s\n", rl_currency_code(terms->base));
  fprintf(out, "quote %s\n", rl_currency_code(terms->quote));
  fprintf(out, "side %d\nfixed %d\n", (int)terms->side, (int)terms->fixed);
  fprintf(out, "charge_minor %" PRId64 "\n", terms->charge_minor);
  fprintf(out, "source_minor %" PRId64 "\n", terms->source_minor);
  fprintf(out, "net_minor %" PRId64 "\n", terms->net_minor);
  fprintf(out, "gross_minor %" PRId64 "\n", terms->gross_minor);
  fprintf(out, "target_minor %" PRId64 "\n", terms->target_minor);
  fprintf(out, "residue_minor %" PRId64 "\n", terms->residue_minor);
  fprintf(out, "position_minor %" PRId64 "\n", terms->position_minor);
  fprintf(out, "spread_minor %" PRId64 "\n", terms->spread_minor);
  fprintf(out, "total_cost_minor %" PRId64 "\n", terms->total_cost_minor);
  print_rate(out, "mid_rate", terms->mid_rate);
  print_rate(out, "core_rate", terms->core_rate);
  print_rate(out, "client_rate", terms->client_rate);
  print_rate(out, "effective_rate", terms->effective_rate);
  fprintf(out, "disclosure_decimals %u\n", terms->disclosure_decimals);
  print_rate(out, "disclosure_rate", terms->disclosure_rate);
  for (unsigned i = 0; i < terms->markup_count; i++)
    fprintf(out, "markup %s %d points %d\n", terms->markups[i].name, terms->markups[i].e8,
            terms->markups[i].points_e1);
  fprintf(out, "lock_premium_e8 %d\n", terms->lock_premium_e8);
  for (unsigned i = 0; i < terms->fee_count; i++) {
    const rl_fee_line *fee = &terms->fees[i];
    fprintf(out, "fee %s side %d mode %d amount %" PRId64 " waived by %s\n", fee->name,
            (int)fee->side, (int)fee->mode, fee->amount_minor, fee->waived_by);
  }
  fprintf(out, "ttl_ms %u\ntier %s\nmethod %s\n", terms->ttl_ms, terms->tier, terms->method);
  print_reference(out, "terms.reference", &terms->reference);
  fprintf(out, "reference_margin_e6 %d\n", terms->reference_margin_e6);
  print_bytes(out, "tariff", terms->tariff.bytes, sizeof terms->tariff.bytes);
}

static void print_leg(FILE *out, const rl_leg *leg)
{
  const rl_composite *composite = &leg->composite;
  fprintf(out, "leg %s%s inverted %d\n", rl_currency_code(leg->base),
          rl_currency_code(leg->quote), leg->inverted);
  fprintf(out, "pair %u scale %u refusal %d\n", composite->pair.index, composite->scale,
          (int)composite->refusal);
  fprintf(out, "pip_scale %u min_sources %u min_half_spread %u max_age_ms %u volatility %u\n",
          composite->pip_scale, composite->min_sources, composite->min_half_spread,
          composite->max_age_ms, composite->volatility_ppm);
  fprintf(out, "policy %u depth_units %" PRIu64 "\n", composite->policy, composite->depth_units);
  fprintf(out, "version %" PRIu64 "\n", composite->version);
  fprintf(out, "bid_half %u mid_half %u ask_half %u\n", composite->bid_half,
          composite->mid_half, composite->ask_half);
  fprintf(out, "made_mono_ns %" PRId64 " fresh_until_mono_ns %" PRId64 "\n",
          composite->made_mono_ns, composite->fresh_until_mono_ns);
  for (unsigned i = 0; i < composite->tick_count; i++) {
    const rl_composite_tick *tick = &composite->ticks[i];
    fprintf(out, "tick of %u sequence %" PRIu64 " source_utc_ms %" PRId64
                 " arrival_mono_ns %" PRId64 " bid %u ask %u\n",
            tick->source.index, tick->sequence, tick->source_utc_ms, tick->arrival_mono_ns,
            tick->bid, tick->ask);
  }
}

static void print_snapshot(FILE *out, const rl_snapshot *snapshot)
{
  fprintf(out, "snapshot.from %s\n", rl_currency_code(snapshot->from));
  fprintf(out, "snapshot.to %s\n", rl_currency_code(snapshot->to));
  fprintf(out, "snapshot.base %s\n", rl_currency_code(snapshot->base));
  fprintf(out, "snapshot.quote %s\n", rl_currency_code(snapshot->quote));
  const rl_conditions *conditions = &snapshot->conditions;
  fprintf(out, "fixings %d closed %d sources %u age %u volatility %u\n",
          conditions->by_reference, conditions->closed,
          conditions->fewest_sources, conditions->age_percent, conditions->volatility_ppm);
  print_reference(out, "snapshot.reference", &snapshot->reference);
  for (unsigned i = 0; i < snapshot->leg_count; i++)
    print_leg(out, &snapshot->legs[i]);
}

static void print_evidence(FILE *out, const rl_quote *quote)
{
  const rl_price_request *request = &quote->request;
  fprintf(out, "has_evidence %d\n", quote->has_evidence);
  for (unsigned i = 0; i < quote->source_count; i++)
    fprintf(out, "source %s\n", quote->sources[i]);
  fprintf(out, "request fixed %d amount %" PRId64 " ttl_ms %u tier %s method %s client %s\n",
          (int)request->fixed, request->amount_minor, request->ttl_ms, request->tier,
          request->method, request->client);
  fprintf(out, "operation %d key %s\n", (int)quote->operation, quote->key);
  fprintf(out, "body %" PRIx64 " %" PRIx64 "\n", quote->body.words[0], quote->body.words[1]);
  fprintf(out, "reserved %" PRId64 " %s\n", quote->notional_minor,
          rl_currency_code(quote->reporting));
  fprintf(out, "engine ");
  for (size_t i = 0; i < sizeof quote->engine.bytes; i++)
    fprintf(out, "%02x", quote->engine.bytes[i]);
  fprintf(out, "\n");
}

char *rl_quote_text(const rl_quote *quote)
{
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  RL_ASSERT(out != NULL);
  print_head(out, quote);
  print_terms(out, &quote->terms);
  print_snapshot(out, &quote->snapshot);
  print_evidence(out, quote);
  fclose(out);
  return text;
}

bool rl_quotes_equal(const rl_quote *left, const rl_quote *right)
{
  char *left_text = rl_quote_text(left), *right_text = rl_quote_text(right);
  bool equal = strcmp(left_text, right_text) == 0;
  char *left_rest = left_text, *right_rest = right_text;
  for (bool shown = equal; !shown;) {
    const char *left_line = strsep(&left_rest, "\n"), *right_line = strsep(&right_rest, "\n");
    if (!left_line || !right_line || strcmp(left_line, right_line) != 0) {
      fprintf(stderr, "differ: \"%s\" and \"%s\"\n", left_line ? left_line : "",
              right_line ? right_line : "");
      shown = true;
    }
  }
  free(left_text);
  free(right_text);
  return equal;
}
