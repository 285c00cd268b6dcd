/* "post" and "mids": what the ledger's keepers ask. */
#include "request_helpers.h"
#include "pack_text.h"
#include "support/movements.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define SETTLEMENT "'op':'post','key':'k','kind':'settlement','party':'customer:shop'," \
                   "'account':'main','currency':'EUR','value_date':'2026-11-24'"
#define HEDGE "'op':'post','key':'k','kind':'hedge','party':'counterparty:lp','from':'EUR'," \
              "'to':'USD','value_date':'2026-11-24'"

Test(wire_movement, settlement_is_taken_in_and_out)
{
  rl_request request = expect_taken("{" SETTLEMENT ",'amount':10000,'reference':'NTRF 4711'}");
  const rl_movement *movement = &request.movement;
  cr_expect_eq(request.kind, RL_REQUEST_POST);
  cr_expect_str_eq(request.key, "k");
  cr_expect_eq(movement->kind, RL_TRANSACTION_SETTLEMENT);
  cr_expect_eq(movement->party, RL_ACCOUNT_CUSTOMER);
  cr_expect_str_eq(movement->party_name, "shop");
  cr_expect_str_eq(movement->bank, "main");
  cr_expect_eq(movement->amount.minor, 10000);
  cr_expect_str_eq(rl_currency_code(movement->amount.currency), "EUR");
  cr_expect_eq(movement->value_day, 20781);
  cr_expect_str_eq(movement->reference, "NTRF 4711");
  request = expect_taken("{" SETTLEMENT ",'amount':10000,'direction':'out'}");
  cr_expect_eq(request.movement.amount.minor, -10000);
  request = expect_taken("{" SETTLEMENT ",'amount':10000,'direction':'in','reference':nil}");
  cr_expect_eq(request.movement.amount.minor, 10000);
}

Test(wire_movement, hedge_and_refund_are_taken)
{
  rl_request request = expect_taken("{" HEDGE ",'bought':100000,'sold':90000}");
  cr_expect_eq(request.movement.kind, RL_TRANSACTION_HEDGE);
  cr_expect_eq(request.movement.party, RL_ACCOUNT_COUNTERPARTY);
  cr_expect_eq(request.movement.amount.minor, 100000);
  cr_expect_str_eq(rl_currency_code(request.movement.amount.currency), "USD");
  cr_expect_eq(request.movement.sold.minor, 90000);
  cr_expect_str_eq(rl_currency_code(request.movement.sold.currency), "EUR");
  request = expect_taken("{'op':'post','key':'k','kind':'refund','quote':'" QUOTE_ID "'}");
  cr_expect_eq(request.movement.kind, RL_TRANSACTION_REFUND);
  cr_expect(rl_quote_id_equal(request.movement.quote, request.id));
}

Test(wire_movement, body_has_only_what_the_kind_has_a_use_for)
{
  rl_request plain = expect_taken("{'op':'post','key':'k','kind':'refund','quote':'" QUOTE_ID "'}");
  rl_request more = expect_taken("{'quote':'" QUOTE_ID "','kind':'refund','op':'post','key':'x',"
                                 "'sold':7,'account':'main','value_date':'2026-11-24','more':1}");
  rl_request other = expect_taken("{'op':'post','key':'k','kind':'refund','quote':'" QUOTE_ID "',"
                                  "'reference':'r'}");
  cr_expect(rl_fingerprint_equal(plain.body, more.body));
  cr_expect_not(rl_fingerprint_equal(plain.body, other.body));
  cr_expect(rl_fingerprint_equal(plain.body, rl_movement_body(&plain.movement)));
}

Test(wire_movement, what_is_missing_is_named)
{
  static const struct {
    const char *text;
    const char *path;
  } cases[] = {
    {"{'op':'post','key':'k'}", "kind"},
    {"{'op':'post','kind':'refund','quote':'" QUOTE_ID "'}", "key"},
    {"{'op':'post','key':'k','kind':'refund'}", "quote"},
    {"{" SETTLEMENT "}", "amount"},
    {"{" HEDGE ",'sold':1}", "bought"},
    {"{" HEDGE ",'bought':1}", "sold"},
    {"{'op':'post','key':'k','kind':'settlement','amount':1}", "party"},
    {"{'op':'post','key':'k','kind':'settlement','amount':1,'party':'customer:c'}", "account"},
    {"{'op':'post','key':'k','kind':'settlement','amount':1,'party':'customer:c',"
     "'account':'a'}", "currency"},
    {"{'op':'post','key':'k','kind':'settlement','amount':1,'party':'customer:c',"
     "'account':'a','currency':'EUR'}", "value_date"},
    {"{'op':'post','key':'k','kind':'hedge','party':'counterparty:c','bought':1,'sold':1}", "from"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    expect_refused(cases[i].text, RL_REFUSAL_MISSING_FIELD, cases[i].path);
}

Test(wire_movement, what_is_wrong_is_named)
{
  static const struct {
    const char *text;
    rl_refusal refusal;
    const char *path;
  } cases[] = {
    {"{'op':'post','key':'k','kind':'sale'}", RL_REFUSAL_INVALID_FIELD, "kind"},
    {"{'op':'post','key':'k','kind':''}", RL_REFUSAL_INVALID_FIELD, "kind"},
    {"{'op':'post','key':'k','kind':3}", RL_REFUSAL_INVALID_FIELD, "kind"},
    {"{'op':'ping','party':'shop'}", RL_REFUSAL_INVALID_FIELD, "party"},
    {"{'op':'ping','party':'position:x'}", RL_REFUSAL_INVALID_FIELD, "party"},
    {"{'op':'ping','party':'customer:'}", RL_REFUSAL_INVALID_FIELD, "party"},
    {"{'op':'ping','party':1}", RL_REFUSAL_INVALID_FIELD, "party"},
    {"{'op':'ping','party':'customer:0123456789abcdef0123456789abcdef'}", RL_REFUSAL_TOO_LARGE,
     "party"},
    {"{'op':'ping','account':''}", RL_REFUSAL_INVALID_FIELD, "account"},
    {"{'op':'ping','account':'0123456789abcdef0123456789abcdef'}", RL_REFUSAL_TOO_LARGE, "account"},
    {"{'op':'ping','direction':'up'}", RL_REFUSAL_INVALID_FIELD, "direction"},
    {"{'op':'ping','direction':true}", RL_REFUSAL_INVALID_FIELD, "direction"},
    {"{'op':'ping','currency':'EURO'}", RL_REFUSAL_UNKNOWN_CURRENCY, "currency"},
    {"{'op':'ping','bought':0}", RL_REFUSAL_AMOUNT_OUT_OF_RANGE, "bought"},
    {"{'op':'ping','sold':-1}", RL_REFUSAL_AMOUNT_OUT_OF_RANGE, "sold"},
    {"{'op':'ping','sold':1000000000000001}", RL_REFUSAL_AMOUNT_OUT_OF_RANGE, "sold"},
    {"{'op':'ping','sold':'1'}", RL_REFUSAL_INVALID_FIELD, "sold"},
    {"{'op':'ping','value_date':'2026-02-29'}", RL_REFUSAL_INVALID_FIELD, "value_date"},
    {"{'op':'ping','value_date':20781}", RL_REFUSAL_INVALID_FIELD, "value_date"},
    {"{'op':'ping','reference':''}", RL_REFUSAL_INVALID_FIELD, "reference"},
    {"{'op':'ping','reference':'\xc3\xa9'}", RL_REFUSAL_INVALID_FIELD, "reference"},
    {"{'op':'ping','sold':1,'sold':1}", RL_REFUSAL_INVALID_FIELD, "sold"},
    {"{'op':'post','key':'k','kind':'hedge','party':'customer:lp','from':'EUR','to':'USD',"
     "'bought':1,'sold':1,'value_date':'2026-11-24'}", RL_REFUSAL_INVALID_FIELD, "party"},
    {"{'op':'post','key':'k','kind':'hedge','party':'counterparty:lp','from':'EUR','to':'EUR',"
     "'bought':1,'sold':1,'value_date':'2026-11-24'}", RL_REFUSAL_SAME_CURRENCY, "to"},
    {"{'op':'post','key':'k','kind':'hedge','party':'counterparty:lp','from':['EUR'],'to':'USD',"
     "'bought':1,'sold':1,'value_date':'2026-11-24'}", RL_REFUSAL_INVALID_FIELD, "from"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    expect_refused(cases[i].text, cases[i].refusal, cases[i].path);
}

Test(wire_movement, limits_of_texts_are_taken)
{
  char text[512];
  snprintf(text, sizeof text, "{" SETTLEMENT ",'amount':1000000000000000,'reference':'%063d'}", 1);
  rl_request request = expect_taken(text);
  cr_expect_eq(strlen(request.movement.reference), RL_REFERENCE_MAX);
  snprintf(text, sizeof text, "{" SETTLEMENT ",'amount':1,'reference':'%064d'}", 1);
  expect_refused(text, RL_REFUSAL_TOO_LARGE, "reference");
  request = expect_taken("{'op':'post','key':'k','kind':'settlement','party':"
                         "'counterparty:0123456789abcdef0123456789abcde','account':'a b',"
                         "'amount':1,'currency':'JPY','value_date':'0001-01-01'}");
  cr_expect_eq(strlen(request.movement.party_name), RL_CLIENT_NAME_MAX);
}

Test(wire_movement, every_movement_comes_back_as_it_was_written)
{
  rl_random random = rl_random_from(rl_test_seed("posts"));
  for (int i = 0; i < 3000; i++) {
    rl_quote_id id = {{0}};
    id.bytes[15] = (uint8_t)rl_random_next(&random);
    rl_transaction_kind kind = (rl_transaction_kind)rl_random_between(&random, 2, 4);
    rl_request request = {.kind = RL_REQUEST_POST, .key = "key"}, back;
    request.movement = random_movement(&random, kind, id);
    uint8_t bytes[1024];
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    rl_fault fault;
    rl_request_encode(&writer, &request);
    cr_assert_not(writer.failed);
    cr_assert(decode_request(bytes, writer.used, &back, &fault), "%s: %s", fault.path,
              fault.detail);
    cr_assert(rl_fingerprint_equal(rl_movement_body(&request.movement), back.body));
    cr_assert(rl_fingerprint_equal(rl_movement_body(&back.movement), back.body));
  }
}

Test(wire_movement, mids_name_their_currencies)
{
  rl_request request = expect_taken("{'op':'mids','from':['USD','JPY'],'to':'EUR'}");
  cr_expect_eq(request.kind, RL_REQUEST_MIDS);
  cr_expect_eq(request.currency_count, 2);
  cr_expect_str_eq(rl_currency_code(request.currencies[1]), "JPY");
  expect_refused("{'op':'mids','to':'EUR'}", RL_REFUSAL_MISSING_FIELD, "from");
  expect_refused("{'op':'mids','from':['USD']}", RL_REFUSAL_MISSING_FIELD, "to");
  expect_refused("{'op':'mids','from':'USD','to':'EUR'}", RL_REFUSAL_INVALID_FIELD, "from");
  expect_refused("{'op':'mids','from':[],'to':'EUR'}", RL_REFUSAL_INVALID_FIELD, "from");
}
