/* What `explain` found, as one msgpack map: names, amounts and rates are those of the protocol.
 * Beside the figures stands the arithmetic of the page. */
#include "explain.h"

#include "phrase.h"
#include "wire/terms.h"

static void put_words(rl_writer *writer, const rl_words *words)
{
  rl_pack_text_span(writer, words->text, words->used);
}

static void put_half(rl_writer *writer, int64_t half_units, unsigned scale)
{
  rl_words words = {0};
  rl_say_half(&words, half_units, scale);
  put_words(writer, &words);
}

static void put_ratio(rl_writer *writer, rl_ratio ratio)
{
  rl_words words = {0};
  rl_say_ratio(&words, ratio);
  put_words(writer, &words);
}

/* Units of 10^-8 as basis points, of any size: a sum of lines may be beyond one of them. */
static void put_bps(rl_writer *writer, int64_t e8)
{
  rl_words words = {0};
  rl_say_bps(&words, e8);
  rl_pack_text_span(writer, words.text, words.used - sizeof " bps" + 1);
}

/* --- the market --- */

static const char *use_name(rl_tick_use use)
{
  static const char *const names[] = {"votes", "outlier", "behind", "stale"};
  return names[use];
}

static void put_tick(rl_writer *writer, const rl_quote *quote, const rl_composite *composite,
                     unsigned i, const rl_explained_leg *leg)
{
  const rl_composite_tick *tick = &composite->ticks[i];
  bool on_tape_known = leg->on_tape[i] != RL_TAPE_UNKNOWN;
  rl_pack_map(writer, on_tape_known ? 8 : 7);
  RL_ENTRY(writer, "source", rl_pack_text, quote->sources[tick->source.index]);
  RL_KEY(writer, "bid");
  put_half(writer, 2 * (int64_t)tick->bid, composite->scale);
  RL_KEY(writer, "ask");
  put_half(writer, 2 * (int64_t)tick->ask, composite->scale);
  RL_ENTRY(writer, "sequence", rl_pack_u64, tick->sequence);
  RL_ENTRY(writer, "source_time", rl_pack_i64, tick->source_utc_ms);
  RL_ENTRY(writer, "age_ns", rl_pack_i64, rl_explain_age_ns(quote, tick));
  RL_ENTRY(writer, "use", rl_pack_text, use_name(leg->uses[i]));
  if (on_tape_known)
    RL_ENTRY(writer, "on_tape", rl_pack_bool, leg->on_tape[i] == RL_ON_TAPE);
}

static void put_steps(rl_writer *writer, const rl_explained_leg *leg,
                      const rl_composite *composite)
{
  const rl_composite_steps *steps = &leg->steps;
  unsigned scale = composite->scale;
  RL_KEY(writer, "steps");
  if (!leg->has_steps) {
    rl_pack_nil(writer);
    return;
  }
  rl_pack_map(writer, 9);
  RL_KEY(writer, "median_mid");
  put_half(writer, steps->mid, scale);
  RL_KEY(writer, "median_half_spread");
  put_half(writer, steps->half_spread, scale);
  RL_KEY(writer, "reach");
  put_half(writer, steps->reach, scale);
  RL_ENTRY(writer, "kept", rl_pack_u64, steps->kept_count);
  RL_KEY(writer, "bid");
  put_half(writer, steps->made.bid, scale);
  RL_KEY(writer, "mid");
  put_half(writer, steps->made.mid, scale);
  RL_KEY(writer, "ask");
  put_half(writer, steps->made.ask, scale);
  RL_KEY(writer, "min_half_spread");
  put_half(writer, composite->min_half_spread, scale);
  RL_ENTRY(writer, "min_sources", rl_pack_u64, composite->min_sources);
}

static void put_prices(rl_writer *writer, const rl_composite *composite)
{
  const uint32_t half_units[] = {composite->bid_half, composite->mid_half, composite->ask_half};
  static const char *const names[] = {"bid", "mid", "ask"};
  for (unsigned i = 0; i < 3; i++) {
    rl_pack_text(writer, names[i]);
    put_half(writer, half_units[i], composite->scale);
  }
}

static void put_leg(rl_writer *writer, const rl_explained *it, unsigned i)
{
  const rl_leg *leg = &it->snapshot.legs[i];
  const rl_composite *recorded = &it->quote.snapshot.legs[i].composite;
  rl_pack_map(writer, 10);
  RL_KEY(writer, "pair");
  rl_pack_pair(writer, leg->base, leg->quote);
  RL_ENTRY(writer, "inverted", rl_pack_bool, leg->inverted);
  RL_ENTRY(writer, "policy", rl_pack_text, rl_policy_name(leg->composite.policy));
  RL_ENTRY(writer, "depth_units", rl_pack_u64, leg->composite.depth_units);
  RL_ENTRY(writer, "refusal", rl_pack_text, rl_refusal_name(leg->composite.refusal));
  put_prices(writer, &leg->composite);
  RL_ENTRY(writer, "ticks", rl_pack_array, recorded->tick_count);
  for (unsigned k = 0; k < recorded->tick_count; k++)
    put_tick(writer, &it->quote, recorded, k, &it->legs[i]);
  put_steps(writer, &it->legs[i], &leg->composite);
}

static void put_market(rl_writer *writer, const rl_explained *it)
{
  RL_ENTRY(writer, "legs", rl_pack_array, it->snapshot.leg_count);
  for (unsigned i = 0; i < it->snapshot.leg_count; i++)
    put_leg(writer, it, i);
  RL_ENTRY(writer, "closed_as_recorded", rl_pack_bool, !it->universe);
}

/* --- the price --- */

static void put_also_matching(rl_writer *writer, const rl_explained *it)
{
  rl_also_matches also;
  uint32_t count = 0;
  for (unsigned i = 0; rl_explain_next_rule(it, &i, &also);)
    count++;
  RL_ENTRY(writer, "goes_before", rl_pack_array, count);
  for (unsigned i = 0; rl_explain_next_rule(it, &i, &also);) {
    rl_pack_map(writer, 3);
    RL_ENTRY(writer, "name", rl_pack_text, also.rule->name);
    RL_ENTRY(writer, "line", rl_pack_u64, also.rule->line);
    RL_ENTRY(writer, "because_it", rl_pack_text, also.because);
  }
}

static void put_rule(rl_writer *writer, const rl_explained *it)
{
  RL_KEY(writer, "rule");
  if (!it->rule) {
    rl_pack_nil(writer);
    return;
  }
  rl_pack_map(writer, 5);
  RL_ENTRY(writer, "name", rl_pack_text, it->rule->name);
  RL_ENTRY(writer, "line", rl_pack_u64, it->rule->line);
  RL_ENTRY(writer, "for", rl_pack_text, rl_phrase_of_scope(&it->rule->scope).text);
  RL_ENTRY(writer, "amount", rl_pack_i64, it->band_minor);
  put_also_matching(writer, it);
}

static void put_surcharge(rl_writer *writer, const rl_explained *it, rl_surcharge_when when,
                          const rl_surcharge *surcharge)
{
  rl_words why = {0};
  bool applies = rl_say_surcharge(&why, it, when);
  rl_pack_map(writer, 4);
  RL_ENTRY(writer, "name", rl_pack_text, surcharge->name);
  RL_ENTRY(writer, "bps", rl_pack_bps, surcharge->e8);
  RL_ENTRY(writer, "applies", rl_pack_bool, applies);
  RL_KEY(writer, "why");
  put_words(writer, &why);
}

static void put_surcharges(rl_writer *writer, const rl_explained *it)
{
  const rl_surcharge *there[RL_SURCHARGE_WHENS];
  uint32_t count = 0;
  for (unsigned i = 0; i < RL_SURCHARGE_WHENS; i++) {
    there[i] = rl_tariff_surcharge(it->tariff, (rl_surcharge_when)i);
    count += there[i]->name[0] != '\0';
  }
  RL_ENTRY(writer, "surcharges", rl_pack_array, count);
  for (unsigned i = 0; i < RL_SURCHARGE_WHENS; i++) {
    if (there[i]->name[0])
      put_surcharge(writer, it, (rl_surcharge_when)i, there[i]);
  }
}

static void put_rates(rl_writer *writer, const rl_explained *it)
{
  rl_words core = {0}, premium = {0};
  rl_say_walk(&core, it, RL_WALK_AT_CORE);
  rl_say_premium(&premium, it);
  RL_ENTRY(writer, "rates", rl_pack_map, 10);
  RL_KEY(writer, "core");
  put_ratio(writer, it->core);
  RL_KEY(writer, "core_arithmetic");
  put_words(writer, &core);
  RL_KEY(writer, "mid");
  put_ratio(writer, it->mid);
  put_surcharges(writer, it);
  RL_KEY(writer, "premium_arithmetic");
  put_words(writer, &premium);
  RL_KEY(writer, "sum_bps");
  put_bps(writer, it->sum.e8);
  RL_ENTRY(writer, "sum_points", rl_pack_text,
           rl_phrase_of_decimal(it->sum.points_e1, 1).text);
  RL_KEY(writer, "client");
  put_ratio(writer, it->client);
  RL_ENTRY(writer, "rate_digits", rl_pack_u64, rl_tariff_rate_digits(it->tariff));
  RL_ENTRY(writer, "last_digit_back", rl_pack_bool, it->digit_back);
}

static void put_fees(rl_writer *writer, const rl_explained *it)
{
  const rl_terms *terms = &it->terms;
  RL_ENTRY(writer, "fee_arithmetic", rl_pack_array, terms->fee_count);
  for (unsigned i = 0; i < terms->fee_count; i++) {
    const rl_fee *fee = &it->rule->fees[i];
    bool source = fee->side == RL_FEE_SOURCE;
    rl_words words = {0};
    if (it->waivers[i])
      rl_say(&words, "waived by %s", it->waivers[i]->name);
    else
      rl_say_fee(&words, fee, source ? terms->source_minor : terms->gross_minor,
                 source ? terms->source_currency : terms->target_currency);
    rl_pack_map(writer, 3);
    RL_ENTRY(writer, "name", rl_pack_text, fee->name);
    RL_ENTRY(writer, "amount", rl_pack_i64, terms->fees[i].amount_minor);
    RL_KEY(writer, "arithmetic");
    put_words(writer, &words);
  }
}

static void put_postings(rl_writer *writer, const rl_explained *it)
{
  RL_ENTRY(writer, "postings", rl_pack_array, it->postings.posting_count);
  for (unsigned i = 0; i < it->postings.posting_count; i++) {
    const rl_posting *posting = &it->postings.postings[i];
    char account[RL_ACCOUNT_TEXT_SIZE];
    rl_account_format(posting, account);
    rl_pack_map(writer, 3);
    RL_ENTRY(writer, "account", rl_pack_text, account);
    RL_ENTRY(writer, "currency", rl_pack_currency, posting->amount.currency);
    RL_ENTRY(writer, "amount", rl_pack_i64, posting->amount.minor);
  }
}

static void put_price(rl_writer *writer, const rl_explained *it)
{
  RL_KEY(writer, "price");
  if (it->refusal != RL_REFUSAL_NONE) {
    rl_pack_nil(writer);
    return;
  }
  const rl_terms *terms = &it->terms;
  rl_pack_map(writer, 9);
  put_rates(writer, it);
  put_fees(writer, it);
  RL_ENTRY(writer, "increment", rl_pack_i64,
           rl_tariff_payout_increment(it->tariff, terms->target_currency));
  RL_ENTRY(writer, "converted", rl_pack_i64, it->converted_minor);
  RL_KEY(writer, "needed_net");
  if (terms->fixed == RL_FIXED_TARGET)
    rl_pack_i64(writer, it->wanted_net_minor);
  else
    rl_pack_nil(writer);
  RL_ENTRY(writer, "worth_at_mid", rl_pack_i64, it->worth_minor);
  RL_ENTRY(writer, "position", rl_pack_i64, terms->position_minor);
  RL_ENTRY(writer, "spread", rl_pack_i64, terms->spread_minor);
  put_postings(writer, it);
}

/* The protocol's own view of the terms that came out. */
static void put_terms(rl_writer *writer, const rl_explained *it)
{
  rl_quote again = it->quote;
  RL_KEY(writer, "terms");
  if (it->refusal != RL_REFUSAL_NONE) {
    rl_pack_nil(writer);
    return;
  }
  again.terms = it->terms;
  again.snapshot = it->snapshot;
  again.value_date = it->value_date;
  rl_pack_map(writer, RL_TERMS_ENTRIES);
  rl_pack_terms(writer, &again);
}

/* --- the outcome --- */

static void put_facts(rl_writer *writer, const rl_facts *facts)
{
  rl_pack_map(writer, facts->count);
  for (unsigned i = 0; i < facts->count; i++) {
    rl_pack_text(writer, facts->items[i].name);
    rl_pack_text(writer, facts->items[i].value);
  }
}

static void put_differences(rl_writer *writer, const rl_explained *it)
{
  rl_pack_array(writer, it->difference_count);
  for (unsigned i = 0; i < it->difference_count; i++) {
    const rl_difference *difference = &it->differences[i];
    rl_pack_map(writer, 3);
    RL_ENTRY(writer, "name", rl_pack_text, difference->name);
    RL_ENTRY(writer, "recorded", rl_pack_text, difference->recorded);
    RL_ENTRY(writer, "recomputed", rl_pack_text, difference->recomputed);
  }
}

static void put_head(rl_writer *writer, const rl_explained *it)
{
  RL_ENTRY(writer, "ok", rl_pack_bool, it->difference_count == 0);
  RL_ENTRY(writer, "quote", rl_pack_quote_id, it->quote.id);
  RL_ENTRY(writer, "client", rl_pack_text, it->quote.client);
  RL_ENTRY(writer, "from_token", rl_pack_bool, it->from_token);
  RL_KEY(writer, "seal_verified");
  if (it->from_token)
    rl_pack_bool(writer, it->seal_verified);
  else
    rl_pack_nil(writer);
  RL_ENTRY(writer, "tariff", rl_pack_text, rl_tariff_name(it->tariff));
  RL_ENTRY(writer, "tariff_hash", rl_pack_digest, rl_tariff_digest(it->tariff));
  RL_ENTRY(writer, "refusal", rl_pack_text, rl_refusal_name(it->refusal));
}

rl_status rl_explain_encode(const rl_explained *it, rl_writer *writer)
{
  rl_pack_map(writer, 16);
  put_head(writer, it);
  put_market(writer, it);
  put_rule(writer, it);
  put_price(writer, it);
  put_terms(writer, it);
  RL_KEY(writer, "recorded");
  put_facts(writer, &it->recorded);
  RL_KEY(writer, "recomputed");
  put_facts(writer, &it->recomputed);
  RL_KEY(writer, "differences");
  put_differences(writer, it);
  return writer->failed ? RL_FULL : RL_OK;
}
