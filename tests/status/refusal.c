#include "status/refusal.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <string.h>

static const struct {
  const char *name;
  int number;
} refusals[] = {
#define X(name, number, retry, sentence) {#name, number},
  RL_REFUSALS(X)
#undef X
};
#define REFUSALS (sizeof refusals / sizeof refusals[0])

/* What is on the wire: written out here, so that no edit of the list changes a number or gives
 * one away again. A new refusal is added here with its number; a line is never removed. */
static const struct {
  int number;
  const char *name;
} published[] = {
  {1, "MALFORMED_REQUEST"},    {2, "TOO_LARGE"},           {3, "UNSUPPORTED"},
  {4, "MISSING_FIELD"},        {5, "INVALID_FIELD"},       {6, "FORBIDDEN"},
  {10, "UNKNOWN_CURRENCY"},
  {11, "SAME_CURRENCY"},       {12, "UNKNOWN_PAIR"},       {13, "AMOUNT_OUT_OF_RANGE"},
  {20, "NO_TARIFF"},           {21, "TTL_NOT_OFFERED"},    {28, "PAIR_HALTED"},
  {29, "TARIFF_REFUSED"},
  {30, "LIMITS_REFUSED"},      {31, "NO_RATE"},
  {32, "STALE_RATE"},          {33, "TOO_FEW_SOURCES"},    {34, "SOURCES_DISAGREE"},
  {35, "MARKET_BUSY"},         {36, "RATE_OUT_OF_RANGE"},  {37, "MARKET_CLOSED"},
  {38, "NO_REPORTING_RATE"},   {39, "COMPOSITE_CROSSED"},
  {40, "FEES_EXCEED_AMOUNT"},  {41, "AMOUNT_TOO_SMALL"},   {42, "AMOUNT_UNREACHABLE"},
  {43, "TICKET_TOO_LARGE"},    {44, "CLIENT_LIMIT"},       {45, "PAIR_LIMIT"},
  {46, "TOO_MANY_REVOCATIONS"},
  {47, "TRIANGLE_EARNS"},      {48, "DEPTH_EXCEEDED"},
  {50, "KEY_REUSED"},          {51, "QUOTE_UNKNOWN"},
  {52, "TOKEN_INVALID"},       {53, "WRONG_STORE"},        {54, "QUOTE_CONSUMED"},
  {55, "QUOTE_CANCELLED"},     {56, "QUOTE_REVOKED"},      {57, "QUOTE_EXPIRED"},
{58, "QUOTE_NOT_CONSUMED"},  {59, "QUOTE_REFUNDED"},
  {60, "OVERLOADED"},          {61, "STORE_READ_ONLY"},    {62, "STORE_FAILED"},
  {63, "STORE_UNREACHABLE"},
};
#define PUBLISHED (sizeof published / sizeof published[0])

Test(refusal, published_numbers_keep_their_names)
{
  for (size_t i = 0; i < PUBLISHED; i++)
    cr_expect_str_eq(rl_refusal_name((rl_refusal)published[i].number), published[i].name);
}

Test(refusal, every_refusal_is_published)
{
  cr_assert_eq(REFUSALS, PUBLISHED);
}

Test(refusal, numbers_rise_in_the_order_of_precedence)
{
  for (size_t i = 1; i < REFUSALS; i++)
    cr_expect_lt(refusals[i - 1].number, refusals[i].number, "%s", refusals[i].name);
}

Test(refusal, number_fits_a_byte_and_is_not_zero)
{
  for (size_t i = 0; i < REFUSALS; i++)
    cr_expect(refusals[i].number > 0 && refusals[i].number <= UINT8_MAX, "%s", refusals[i].name);
}

Test(refusal, names_are_unique_and_in_capitals)
{
  for (size_t i = 0; i < REFUSALS; i++) {
    for (const char *at = refusals[i].name; *at; at++)
      cr_expect(isupper((unsigned char)*at) || *at == '_', "%s", refusals[i].name);
    for (size_t k = 0; k < i; k++)
      cr_expect_str_neq(refusals[i].name, refusals[k].name);
  }
}

Test(refusal, sentences_are_unique_lower_case_and_without_a_full_stop)
{
  for (size_t i = 0; i < REFUSALS; i++) {
    const char *sentence = rl_refusal_sentence((rl_refusal)refusals[i].number);
    cr_expect(strlen(sentence) > 10 && sentence[strlen(sentence) - 1] != '.', "%s", sentence);
    cr_expect(!isupper((unsigned char)sentence[0]), "%s", sentence);
    for (size_t k = 0; k < i; k++)
      cr_expect_str_neq(sentence, rl_refusal_sentence((rl_refusal)refusals[k].number));
  }
}

Test(refusal, no_refusal_and_unknown_numbers_have_names_too)
{
  cr_expect_str_eq(rl_refusal_name(RL_REFUSAL_NONE), "NONE");
  cr_expect_str_eq(rl_refusal_name((rl_refusal)255), "UNKNOWN");
  cr_expect_str_eq(rl_refusal_sentence(RL_REFUSAL_NONE), "not refused");
  cr_expect_str_eq(rl_refusal_sentence((rl_refusal)255), "an unknown refusal");
  cr_expect_eq(rl_refusal_retry(RL_REFUSAL_NONE), RL_RETRY_NEVER);
  cr_expect_eq(rl_refusal_retry((rl_refusal)255), RL_RETRY_NEVER);
}

Test(refusal, retry_class_follows_what_is_wrong)
{
  cr_expect_eq(rl_refusal_retry(RL_REFUSAL_INVALID_FIELD), RL_RETRY_NEVER);
  cr_expect_eq(rl_refusal_retry(RL_REFUSAL_STALE_RATE), RL_RETRY_LATER);
  cr_expect_eq(rl_refusal_retry(RL_REFUSAL_RATE_OUT_OF_RANGE), RL_RETRY_NEVER);
  cr_expect_eq(rl_refusal_retry(RL_REFUSAL_KEY_REUSED), RL_RETRY_NEVER);
  cr_expect_eq(rl_refusal_retry(RL_REFUSAL_QUOTE_CONSUMED), RL_RETRY_NEVER);
  cr_expect_eq(rl_refusal_retry(RL_REFUSAL_QUOTE_EXPIRED), RL_RETRY_NEW_QUOTE);
  cr_expect_eq(rl_refusal_retry(RL_REFUSAL_OVERLOADED), RL_RETRY_SAME_KEY);
  cr_expect_eq(rl_refusal_retry(RL_REFUSAL_STORE_FAILED), RL_RETRY_SAME_KEY);
}

Test(refusal, pause_is_named_only_where_repeating_helps)
{
  for (size_t i = 0; i < REFUSALS; i++) {
    rl_refusal refusal = (rl_refusal)refusals[i].number;
    rl_retry retry = rl_refusal_retry(refusal);
    bool repeats = retry == RL_RETRY_SAME_KEY || retry == RL_RETRY_LATER;
    cr_expect_eq(rl_refusal_retry_after_ms(refusal) > 0, repeats, "%s", refusals[i].name);
  }
}

Test(refusal, pause_is_longer_where_nothing_changes_so_soon)
{
  cr_expect_eq(rl_refusal_retry_after_ms(RL_REFUSAL_OVERLOADED), 100);
  cr_expect_eq(rl_refusal_retry_after_ms(RL_REFUSAL_STALE_RATE), 500);
  cr_expect_eq(rl_refusal_retry_after_ms(RL_REFUSAL_STORE_READ_ONLY), 1000);
  cr_expect_eq(rl_refusal_retry_after_ms(RL_REFUSAL_STORE_FAILED), 1000);
  cr_expect_eq(rl_refusal_retry_after_ms(RL_REFUSAL_STORE_UNREACHABLE), 1000);
  cr_expect_eq(rl_refusal_retry_after_ms(RL_REFUSAL_MARKET_CLOSED), 60000);
  cr_expect_eq(rl_refusal_retry_after_ms(RL_REFUSAL_PAIR_HALTED), 5000);
  cr_expect_eq(rl_refusal_retry_after_ms(RL_REFUSAL_TOO_MANY_REVOCATIONS), 3600000);
}

Test(refusal, retry_classes_have_their_wire_names)
{
  cr_expect_str_eq(rl_retry_name(RL_RETRY_NEVER), "never");
  cr_expect_str_eq(rl_retry_name(RL_RETRY_SAME_KEY), "same_key");
  cr_expect_str_eq(rl_retry_name(RL_RETRY_NEW_QUOTE), "new_quote");
  cr_expect_str_eq(rl_retry_name(RL_RETRY_LATER), "later");
}
