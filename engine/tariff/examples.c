/* Worked examples, as they are stated. Whether a price agrees is for the room that makes prices;
 * here the rule is looked up only to know in which currency each fee is counted. */
#include "tariff/reader.h"

#include <stdlib.h>
#include <string.h>

/* --- in --- */

static rl_status read_ends(const rl_place *place, const rl_raw_example *raw, rl_example *example)
{
  rl_snapshot *snapshot = &example->snapshot;
  rl_status status = rl_read_currency(place, "from", raw->from, &snapshot->from);
  if (status == RL_OK)
    status = rl_read_currency(place, "to", raw->to, &snapshot->to);
  if (status == RL_OK && rl_currency_equal(snapshot->from, snapshot->to))
    status = rl_place_fail(place, RL_INVALID, "to", "the same currency as from; change one");
  return status;
}

static rl_status read_asker(const rl_place *place, const rl_raw_example *raw, rl_example *example)
{
  rl_status status = RL_OK;
  if (raw->client)
    status = rl_read_client(place, "client", raw->client, example->client);
  if (status == RL_OK && raw->tier)
    status = rl_read_name(place, "tier", raw->tier, example->tier);
  if (status == RL_OK && raw->method)
    status = rl_read_name(place, "method", raw->method, example->method);
  return status;
}

static rl_status read_request(const rl_place *place, const rl_raw_example *raw,
                              rl_example *example)
{
  static const char *const sides[] = {[RL_FIXED_SOURCE] = "source", [RL_FIXED_TARGET] = "target"};
  unsigned fixed = RL_FIXED_SOURCE;
  rl_status status = RL_OK;
  if (raw->fix)
    status = rl_read_word(place, "fix", raw->fix, sides, 2, &fixed);
  example->fixed = (rl_fixed)fixed;
  rl_currency currency = fixed == RL_FIXED_SOURCE ? example->snapshot.from : example->snapshot.to;
  if (status == RL_OK)
    status = rl_read_amount(place, "amount", raw->amount, currency, &example->amount_minor);
  if (status == RL_OK && raw->ttl)
    status = rl_read_ttl(place, "ttl", raw->ttl, &example->ttl_ms);
  return status == RL_OK ? read_asker(place, raw, example) : status;
}

/* --- out --- */

typedef struct expected_amount {
  const char *key;
  const char *text; /* NULL where left out */
  rl_currency currency;
  int64_t *out;
} expected_amount;

static rl_status read_amounts(const rl_place *place, const rl_raw_expect *raw,
                              rl_example *example)
{
  rl_currency from = example->snapshot.from, to = example->snapshot.to;
  const expected_amount amounts[] = {
    {"charge", raw->charge, from, &example->charge_minor},
    {"source", raw->source, from, &example->source_minor},
    {"net", raw->net, from, &example->net_minor},
    {"gross", raw->gross, to, &example->gross_minor},
    {"target", raw->target, to, &example->target_minor},
    {"residue", raw->residue, to, &example->residue_minor},
  };
  for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
    const expected_amount *amount = &amounts[i];
    if (!amount->text)
      return rl_place_fail(place, RL_INVALID, amount->key,
                           "missing; an example states every amount");
    rl_status status = rl_read_amount_or_zero(place, amount->key, amount->text, amount->currency,
                                              amount->out);
    if (status != RL_OK)
      return status;
  }
  return RL_OK;
}

const rl_rule *rl_example_rule(const rl_tariff *tariff, const rl_example *example)
{
  const rl_snapshot *snapshot = &example->snapshot;
  rl_tariff_query query = {.client = example->client, .tier = example->tier,
                           .method = example->method, .from = snapshot->from,
                           .to = snapshot->to};
  query.amount_minor = rl_tariff_banded_amount(snapshot, rl_snapshot_mid(snapshot),
                                               example->fixed, example->amount_minor);
  return rl_tariff_match(tariff, &query);
}

static rl_status read_fee(const rl_place *place, const rl_raw_item *raw, const rl_rule *rule,
                          rl_example *example, unsigned index)
{
  const rl_fee *fee = &rule->fees[index];
  bool on_source = fee->side == RL_FEE_SOURCE;
  rl_currency currency = on_source ? example->snapshot.from : example->snapshot.to;
  if (strcmp(raw->name, fee->name) != 0)
    return rl_place_fail(place, RL_NOT_FOUND, "name",
                         "\"%.40s\" is not the fee that stands here in rule \"%s\" on line %u; "
                         "list \"%s\" next", raw->name, rule->name, rule->line, fee->name);
  memcpy(example->fees[index].name, fee->name, sizeof fee->name);
  return rl_read_amount_or_zero(place, "amount", raw->amount, currency,
                                &example->fees[index].amount_minor);
}

static rl_status read_fees(const rl_place *place, const rl_raw_expect *raw,
                           const rl_tariff *tariff, rl_example *example)
{
  const rl_rule *rule = rl_example_rule(tariff, example);
  if (!rule)
    return rl_place_fail(place, RL_NOT_FOUND, "",
                         "no rule is for this request; add one, or expect "
                         "{ refused: NO_TARIFF }");
  if (raw->fees_count != rule->fee_count)
    return rl_place_fail(place, RL_INVALID, "fees",
                         "%u listed, but rule \"%s\" on line %u has %u; list all of its fees in "
                         "its order, a waived one as 0", raw->fees_count, rule->name, rule->line,
                         rule->fee_count);
  rl_status status = RL_OK;
  for (unsigned i = 0; status == RL_OK && i < rule->fee_count; i++) {
    rl_place entry = rl_place_entry(place, "fees", i);
    status = read_fee(&entry, &raw->fees[i], rule, example, i);
  }
  example->fee_count = rule->fee_count;
  return status;
}

static rl_status read_refusal(const rl_place *place, const char *text, rl_refusal *out)
{
  static const rl_refusal all[] = {
#define LISTED(name, number, retry, sentence) RL_REFUSAL_##name,
    RL_REFUSALS(LISTED)
#undef LISTED
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (strcmp(text, rl_refusal_name(all[i])) == 0) {
      *out = all[i];
      return RL_OK;
    }
  return rl_place_fail(place, RL_NOT_FOUND, "refused",
                       "\"%.40s\" is no code of a refusal; write such as AMOUNT_TOO_SMALL", text);
}

/* A refused request has no amounts. */
static rl_status check_nothing_else(const rl_place *place)
{
  static const char *const keys[] = {"client_rate", "charge", "source", "net",
                                     "gross", "target", "residue", "fees"};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    if (rl_place_has(place, keys[i]))
      return rl_place_fail(place, RL_INVALID, keys[i],
                           "beside refused, where there is none; remove one of them");
  return RL_OK;
}

static rl_status read_outcome(const rl_place *place, const rl_raw_expect *raw,
                              const rl_tariff *tariff, rl_example *example)
{
  if (raw->refused) {
    rl_status status = read_refusal(place, raw->refused, &example->refused);
    return status == RL_OK ? check_nothing_else(place) : status;
  }
  if (!raw->client_rate)
    return rl_place_fail(place, RL_INVALID, "client_rate",
                         "missing; an example states the rate and every amount");
  rl_status status = rl_read_rate(place, "client_rate", raw->client_rate, &example->client_rate);
  if (status == RL_OK)
    status = read_amounts(place, raw, example);
  return status == RL_OK ? read_fees(place, raw, tariff, example) : status;
}

/* --- the whole --- */

static rl_status read_example(const rl_place *place, const rl_raw_example *raw,
                              const rl_tariff *tariff, rl_example *example)
{
  example->line = rl_document_line(place->document, place->path);
  rl_status status = rl_read_name(place, "name", raw->name, example->name);
  if (status == RL_OK)
    status = read_ends(place, raw, example);
  if (status == RL_OK)
    status = rl_read_example_market(place, raw, &example->snapshot);
  if (status == RL_OK)
    status = read_request(place, raw, example);
  if (status != RL_OK)
    return status;
  rl_place expect = rl_place_inside(place, "expect");
  return read_outcome(&expect, raw->expect, tariff, example);
}

rl_status rl_tariff_read_examples(rl_tariff *tariff, const rl_place *top, const rl_raw_tariff *raw)
{
  rl_status status = rl_check_count(top, "examples", raw->examples_count, 0, RL_EXAMPLES_MAX);
  if (status != RL_OK || raw->examples_count == 0)
    return status;
  tariff->examples = calloc(raw->examples_count, sizeof *tariff->examples);
  if (!tariff->examples)
    return rl_place_fail(top, RL_NO_MEMORY, "examples", "out of memory");
  for (unsigned i = 0; status == RL_OK && i < raw->examples_count; i++) {
    rl_place place = rl_place_entry(top, "examples", i);
    status = read_example(&place, &raw->examples[i], tariff, &tariff->examples[i]);
    tariff->example_count = i + 1;
  }
  return status;
}
