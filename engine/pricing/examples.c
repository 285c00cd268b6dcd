#include "pricing/examples.h"

#include <stdio.h>
#include <string.h>

/* One example on its way, for its messages. */
typedef struct proof {
  const rl_example *example;
  unsigned index;
  const char *file;
  rl_error *error;
} proof;

static rl_status fail(const proof *it, const char *key, const char *given, const char *written)
{
  char field[sizeof it->error->field];
  snprintf(field, sizeof field, "examples[%u].expect.%s", it->index, key);
  return rl_fail(it->error, RL_INVALID, it->file, it->example->line, field,
                 "example %s: the tariff gives %s, the example says %s; mend the one that is wrong",
                 it->example->name, given, written);
}

static rl_price_request request_of(const rl_example *example)
{
  rl_price_request request = {
    .fixed = example->fixed,
    .amount_minor = example->amount_minor,
    .ttl_ms = example->ttl_ms,
  };
  memcpy(request.tier, example->tier, sizeof request.tier);
  memcpy(request.method, example->method, sizeof request.method);
  memcpy(request.client, example->client, sizeof request.client);
  return request;
}

static rl_status prove_amount(const proof *it, const char *key, rl_currency currency,
                              int64_t given_minor, int64_t written_minor)
{
  char given[RL_AMOUNT_TEXT_SIZE], written[RL_AMOUNT_TEXT_SIZE];
  if (given_minor == written_minor)
    return RL_OK;
  rl_amount_format((rl_amount){given_minor, currency}, given);
  rl_amount_format((rl_amount){written_minor, currency}, written);
  return fail(it, key, given, written);
}

static rl_status prove_client_rate(const proof *it, rl_rate rate)
{
  char given[RL_RATE_TEXT_SIZE], written[RL_RATE_TEXT_SIZE];
  if (rl_rate_compare(rate, it->example->client_rate) == 0)
    return RL_OK;
  rl_rate_format(rate, given);
  rl_rate_format(it->example->client_rate, written);
  return fail(it, "client_rate", given, written);
}

static rl_status prove_fee(const proof *it, const rl_terms *terms, unsigned i)
{
  const rl_fee_line *fee = &terms->fees[i];
  char key[32];
  snprintf(key, sizeof key, "fees[%u].amount", i);
  bool on_source = fee->side == RL_FEE_SOURCE;
  return prove_amount(it, key, on_source ? terms->source_currency : terms->target_currency,
                      fee->amount_minor, it->example->fees[i].amount_minor);
}

/* An example names the items of its rule, which was seen to when it was read. */
static rl_status prove_fees(const proof *it, const rl_terms *terms)
{
  RL_ASSERT(terms->fee_count == it->example->fee_count);
  rl_status status = RL_OK;
  for (unsigned i = 0; status == RL_OK && i < terms->fee_count; i++)
    status = prove_fee(it, terms, i);
  return status;
}

static rl_status prove_terms(const proof *it, const rl_terms *terms)
{
  const rl_example *example = it->example;
  const struct {
    const char *key;
    rl_currency currency;
    int64_t given_minor;
    int64_t written_minor;
  } amounts[] = {
    {"charge", terms->source_currency, terms->charge_minor, example->charge_minor},
    {"source", terms->source_currency, terms->source_minor, example->source_minor},
    {"net", terms->source_currency, terms->net_minor, example->net_minor},
    {"gross", terms->target_currency, terms->gross_minor, example->gross_minor},
    {"target", terms->target_currency, terms->target_minor, example->target_minor},
    {"residue", terms->target_currency, terms->residue_minor, example->residue_minor},
  };
  rl_status status = prove_client_rate(it, terms->client_rate);
  for (size_t i = 0; status == RL_OK && i < sizeof amounts / sizeof amounts[0]; i++)
    status = prove_amount(it, amounts[i].key, amounts[i].currency, amounts[i].given_minor,
                          amounts[i].written_minor);
  return status == RL_OK ? prove_fees(it, terms) : status;
}

/* Of a firm quote: where only a fixing is, none is given unless the tariff prices it. */
static rl_refusal price(const rl_example *example, const rl_tariff *tariff, rl_terms *terms)
{
  rl_price_request request = request_of(example);
  rl_refusal refused = rl_price(&example->snapshot, tariff, &request, terms, NULL);
  bool is_firm = !example->snapshot.conditions.by_reference ||
                 rl_price_of_reference_is_firm(tariff);
  bool before = refused != RL_REFUSAL_NONE && refused < RL_REFUSAL_NO_RATE;
  return is_firm || before ? refused : RL_REFUSAL_NO_RATE;
}

static rl_status prove(const proof *it, const rl_tariff *tariff)
{
  rl_terms terms;
  rl_refusal refused = price(it->example, tariff, &terms);
  if (refused != it->example->refused) {
    bool priced = refused == RL_REFUSAL_NONE;
    bool meant = it->example->refused == RL_REFUSAL_NONE;
    return fail(it, "refused", priced ? "a price" : rl_refusal_name(refused),
                meant ? "a price" : rl_refusal_name(it->example->refused));
  }
  return refused == RL_REFUSAL_NONE ? prove_terms(it, &terms) : RL_OK;
}

rl_status rl_tariff_prove(const rl_tariff *tariff, const char *file, rl_error *error)
{
  rl_status status = RL_OK;
  for (unsigned i = 0; status == RL_OK && i < rl_tariff_example_count(tariff); i++) {
    const proof it = {rl_tariff_example(tariff, i), i, file, error};
    status = prove(&it, tariff);
  }
  return status;
}
