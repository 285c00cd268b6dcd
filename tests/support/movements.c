#include "support/movements.h"

#include "clock/date.h"

#include <stdio.h>
#include <string.h>

rl_quote quote_with_fees_on_both_sides(void)
{
  rl_random random = rl_random_from(1);
  rl_quote quote;
  rl_typical_quote(&random, &quote);
  rl_terms *terms = &quote.terms;
  terms->source_currency = rl_test_currency("EUR");
  terms->target_currency = rl_test_currency("INR");
  terms->side = RL_SELL_BASE;
  terms->source_minor = 53567;
  terms->target_minor = 5000000;
  terms->residue_minor = 72;
  terms->position_minor = 5045359;
  terms->fee_count = 3;
  terms->fees[0] = (rl_fee_line){"service", RL_FEE_SOURCE, RL_FEE_DEDUCTED, 241, ""};
  terms->fees[1] = (rl_fee_line){"payout", RL_FEE_TARGET, RL_FEE_DEDUCTED, 10000, ""};
  terms->fees[2] = (rl_fee_line){"local", RL_FEE_TARGET, RL_FEE_DEDUCTED, 5015, ""};
  quote.snapshot.legs[0].base = terms->source_currency;
  quote.snapshot.legs[0].quote = terms->target_currency;
  quote.snapshot.legs[0].inverted = false;
  rl_complete_quote(&quote);
  return quote;
}

rl_movement a_settlement(void)
{
  return (rl_movement){
    .kind = RL_TRANSACTION_SETTLEMENT,
    .value_day = 20781,
    .party = RL_ACCOUNT_CUSTOMER,
    .party_name = "shop",
    .bank = "main",
    .amount = {10000, rl_test_currency("EUR")},
  };
}

rl_movement a_hedge(void)
{
  return (rl_movement){
    .kind = RL_TRANSACTION_HEDGE,
    .value_day = 20781,
    .party = RL_ACCOUNT_COUNTERPARTY,
    .party_name = "lp",
    .amount = {100000, rl_test_currency("USD")},
    .sold = {90000, rl_test_currency("EUR")},
  };
}

/* 1 … limit printable characters, blanks among them. */
static void random_name(rl_random *random, char *out, unsigned limit)
{
  unsigned length = 1 + (unsigned)rl_random_below(random, limit);
  for (unsigned i = 0; i < length; i++)
    out[i] = (char)rl_random_between(random, ' ', '~');
  out[length] = '\0';
}

/* Yen, dollars, dinars and units of account: 0, 2, 3 and 4 decimals. */
static rl_amount random_amount(rl_random *random, bool even)
{
  static const char *const codes[] = {"JPY", "USD", "KWD", "CLF"};
  int64_t edges[] = {1, RL_AMOUNT_MAX, rl_random_between(random, 1, RL_AMOUNT_MAX)};
  unsigned code = 2 * (unsigned)rl_random_below(random, 2) + (even ? 0 : 1);
  return (rl_amount){edges[rl_random_below(random, 3)], rl_test_currency(codes[code])};
}

static void random_parties(rl_random *random, rl_movement *out)
{
  bool is_hedge = out->kind == RL_TRANSACTION_HEDGE;
  bool customer = !is_hedge && rl_random_below(random, 2);
  out->party = customer ? RL_ACCOUNT_CUSTOMER : RL_ACCOUNT_COUNTERPARTY;
  random_name(random, out->party_name, RL_CLIENT_NAME_MAX);
  out->amount = random_amount(random, false);
  if (is_hedge) {
    out->sold = random_amount(random, true);
    return;
  }
  random_name(random, out->bank, RL_CLIENT_NAME_MAX);
  if (rl_random_below(random, 2))
    out->amount.minor = -out->amount.minor;
}

rl_movement random_movement(rl_random *random, rl_transaction_kind kind, rl_quote_id quote)
{
  rl_movement out = {.kind = kind};
  if (rl_random_below(random, 2))
    random_name(random, out.reference, RL_REFERENCE_MAX);
  if (kind == RL_TRANSACTION_REFUND) {
    out.quote = quote;
    return out;
  }
  out.value_day = (int32_t)rl_random_between(random, RL_DATE_MIN.day, RL_DATE_MAX.day);
  random_parties(random, &out);
  return out;
}
