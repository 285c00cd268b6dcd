/* What the engine's encoders write, the client's readers understand. */
#include "client/answer.h"
#include "support/quotes.h"
#include "wire/reply.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect_read(const rl_quote *quote)
{
  uint8_t bytes[RL_REPLY_MAX], token[RL_TOKEN_MAX];
  memset(token, 7, sizeof token);
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_reply_quote(&writer, quote, token, sizeof token);
  rl_client_quote read;
  cr_assert_not(writer.failed);
  cr_assert(rl_answer_quote(bytes, writer.used, &read));
  int64_t fees[2] = {0, 0};
  for (unsigned i = 0; i < quote->terms.fee_count; i++)
    fees[quote->terms.fees[i].side] += quote->terms.fees[i].amount_minor;
  char id[RL_QUOTE_ID_TEXT_SIZE], rate[RL_RATE_TEXT_SIZE];
  rl_quote_id_format(quote->id, id);
  rl_rate_format(quote->terms.client_rate, rate);
  cr_assert_str_eq(read.quote, id);
  cr_assert_str_eq(read.from, rl_currency_code(quote->terms.source_currency));
  cr_assert_str_eq(read.to, rl_currency_code(quote->terms.target_currency));
  cr_assert_str_eq(read.client_rate, rate);
  cr_assert_eq(read.charge_minor, quote->terms.charge_minor);
  cr_assert_eq(read.source_minor, quote->terms.source_minor);
  cr_assert_eq(read.target_minor, quote->terms.target_minor);
  cr_assert_eq(read.total_cost_minor, quote->terms.total_cost_minor);
  char disclosed[RL_RATE_TEXT_SIZE] = "", date[RL_DATE_TEXT_SIZE] = "";
  if (quote->terms.disclosure_rate.mantissa > 0)
    rl_rate_format(quote->terms.disclosure_rate, disclosed);
  if (quote->value_date.known)
    rl_date_format(quote->value_date.date, date);
  cr_assert_str_eq(read.disclosure_rate, disclosed);
  cr_assert_str_eq(read.value_date, date);
  cr_assert_eq(read.fees_source_minor, fees[RL_FEE_SOURCE]);
  cr_assert_eq(read.fees_target_minor, fees[RL_FEE_TARGET]);
  cr_assert_eq(read.issued_utc_ms, quote->issued_utc_ms);
  cr_assert_eq(read.expires_utc_ms, quote->expires_utc_ms);
  cr_assert_eq(read.token_size, sizeof token);
  cr_assert_eq(memcmp(read.token, token, sizeof token), 0);
}

Test(client_contract, every_quote_the_engine_writes_is_read)
{
  rl_random random = rl_random_from(rl_test_seed("client_contract"));
  rl_quote quote;
  rl_typical_quote(&random, &quote);
  expect_read(&quote);
  rl_largest_quote(&quote);
  expect_read(&quote);
  for (int round = 0; round < 500; round++) {
    rl_random_quote(&random, &quote);
    expect_read(&quote);
  }
}

Test(client_contract, receipt_the_engine_writes_is_read)
{
  rl_random random = rl_random_from(2);
  rl_quote quote;
  rl_typical_quote(&random, &quote);
  rl_end end = {.quote = quote.id, .kind = RL_END_CANCELLED, .arrived_utc_ms = 1767225601234};
  uint8_t bytes[RL_REPLY_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_reply_end(&writer, &quote, &end);
  rl_client_receipt read;
  cr_assert(rl_answer_receipt(bytes, writer.used, &read));
  cr_assert_str_eq(read.state, "cancelled");
  cr_assert_eq(read.at_utc_ms, 1767225601234);
  cr_assert_eq(read.charge_minor, quote.terms.charge_minor);
  cr_assert_eq(read.target_minor, quote.terms.target_minor);
}

#define REFUSAL(name, number, retry, sentence) RL_REFUSAL_##name,

Test(client_contract, every_refusal_the_engine_writes_is_read_whole)
{
  static const rl_refusal refusals[] = {RL_REFUSALS(REFUSAL)};
  for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
    uint8_t bytes[RL_REPLY_MAX];
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    rl_reply_refusal(&writer, refusals[i], "amount", "why");
    rl_client_quote read;
    cr_assert(rl_answer_quote(bytes, writer.used, &read));
    cr_assert_eq(read.refusal.number, (int32_t)refusals[i]);
    cr_assert_str_eq(read.refusal.code, rl_refusal_name(refusals[i]));
    cr_assert_str_eq(read.refusal.message, rl_refusal_sentence(refusals[i]));
    cr_assert_str_eq(read.refusal.retry, rl_retry_name(rl_refusal_retry(refusals[i])));
    cr_assert_eq(read.refusal.retry_after_ms, rl_refusal_retry_after_ms(refusals[i]));
  }
}
