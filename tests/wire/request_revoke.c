/* "revoke": which quotes the desk takes back, said so that nobody means all of them by mistake. */
#include "request_helpers.h"
#include "pack_text.h"
#include "support/random.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define REVOKE "'op':'revoke','key':'k','reason':'wrong feed'"
#define HASH "00112233445566778899aabbccddeeff"

Test(wire_revoke, each_field_is_taken)
{
  rl_request request =
    expect_taken("{" REVOKE ",'pair':'EUR/USD','tariff':'" HASH "','client':'the shop',"
                 "'issued_from':0,'issued_before':253402300799999}");
  const rl_revoke_request *revoke = &request.revoke;
  cr_expect_eq(request.kind, RL_REQUEST_REVOKE);
  cr_expect_str_eq(request.key, "k");
  cr_expect_str_eq(revoke->reason, "wrong feed");
  cr_expect(revoke->has_pair && revoke->has_tariff && !revoke->all);
  cr_expect_str_eq(rl_currency_code(revoke->pair[0]), "EUR");
  cr_expect_str_eq(rl_currency_code(revoke->pair[1]), "USD");
  cr_expect_eq(revoke->tariff.bytes[1], 0x11);
  cr_expect_eq(revoke->tariff.bytes[15], 0xff);
  cr_expect_str_eq(request.client, "the shop");
  cr_expect_eq(revoke->issued_from_ms, 0);
  cr_expect_eq(revoke->issued_before_ms, RL_INSTANT_MAX_MS);
}

Test(wire_revoke, what_is_left_out_says_nothing)
{
  rl_request request = expect_taken("{" REVOKE ",'pair':'USDEUR','tariff':nil,'all':false}");
  cr_expect(request.revoke.has_pair && !request.revoke.has_tariff && !request.revoke.all);
  cr_expect_eq(request.revoke.issued_from_ms, INT64_MIN);
  cr_expect_eq(request.revoke.issued_before_ms, INT64_MAX);
  cr_expect_str_eq(request.client, "");
  cr_expect(expect_taken("{" REVOKE ",'all':true}").revoke.all);
}

Test(wire_revoke, wrong_ones_are_refused)
{
  static const struct {
    const char *text;
    rl_refusal refusal;
    const char *path;
  } cases[] = {
    {"{" REVOKE "}", RL_REFUSAL_MISSING_FIELD, "all"},
    {"{" REVOKE ",'all':false}", RL_REFUSAL_MISSING_FIELD, "all"},
    {"{" REVOKE ",'pair':nil,'from':'EUR','to':'USD'}", RL_REFUSAL_MISSING_FIELD, "all"},
    {"{" REVOKE ",'all':true,'client':'shop'}", RL_REFUSAL_INVALID_FIELD, "all"},
    {"{" REVOKE ",'all':1}", RL_REFUSAL_MISSING_FIELD, "all"},
    {"{" REVOKE ",'all':true,'all':true}", RL_REFUSAL_INVALID_FIELD, "all"},
    {"{'op':'revoke','key':'k','all':true}", RL_REFUSAL_MISSING_FIELD, "reason"},
    {"{'op':'revoke','key':'k','all':true,'reason':''}", RL_REFUSAL_INVALID_FIELD, "reason"},
    {"{'op':'revoke','key':'k','all':true,'reason':'\xc3\xa9'}", RL_REFUSAL_INVALID_FIELD,
     "reason"},
    {"{'op':'revoke','reason':'r','all':true}", RL_REFUSAL_MISSING_FIELD, "key"},
    {"{" REVOKE ",'pair':7}", RL_REFUSAL_INVALID_FIELD, "pair"},
    {"{" REVOKE ",'pair':'EURUS'}", RL_REFUSAL_INVALID_FIELD, "pair"},
    {"{" REVOKE ",'pair':'EUR-USD'}", RL_REFUSAL_INVALID_FIELD, "pair"},
    {"{" REVOKE ",'pair':'EURXXX'}", RL_REFUSAL_UNKNOWN_CURRENCY, "pair"},
    {"{" REVOKE ",'pair':'eurusd'}", RL_REFUSAL_UNKNOWN_CURRENCY, "pair"},
    {"{" REVOKE ",'pair':'EUREUR'}", RL_REFUSAL_SAME_CURRENCY, "pair"},
    {"{" REVOKE ",'tariff':'retail'}", RL_REFUSAL_INVALID_FIELD, "tariff"},
    {"{" REVOKE ",'tariff':'" HASH "0'}", RL_REFUSAL_INVALID_FIELD, "tariff"},
    {"{" REVOKE ",'tariff':b'00'}", RL_REFUSAL_INVALID_FIELD, "tariff"},
    {"{" REVOKE ",'client':''}", RL_REFUSAL_INVALID_FIELD, "client"},
    {"{" REVOKE ",'issued_from':-1}", RL_REFUSAL_INVALID_FIELD, "issued_from"},
    {"{" REVOKE ",'issued_from':'2026'}", RL_REFUSAL_INVALID_FIELD, "issued_from"},
    {"{" REVOKE ",'issued_before':253402300800000}", RL_REFUSAL_INVALID_FIELD, "issued_before"},
    {"{" REVOKE ",'issued_from':5,'issued_before':5}", RL_REFUSAL_INVALID_FIELD,
     "issued_before"},
    {"{'op':'ping','reason':7}", RL_REFUSAL_INVALID_FIELD, "reason"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    expect_refused(cases[i].text, cases[i].refusal, cases[i].path);
}

Test(wire_revoke, a_reason_has_its_limit)
{
  char text[512];
  snprintf(text, sizeof text, "{'op':'revoke','key':'k','all':true,'reason':'%0127d'}", 1);
  cr_expect_eq(strlen(expect_taken(text).revoke.reason), RL_REASON_MAX);
  snprintf(text, sizeof text, "{'op':'revoke','key':'k','all':true,'reason':'%0128d'}", 1);
  expect_refused(text, RL_REFUSAL_TOO_LARGE, "reason");
}

static void expect_same_body(const char *left, const char *right, bool same)
{
  rl_request one = expect_taken(left), other = expect_taken(right);
  cr_expect_eq(rl_fingerprint_equal(one.body, other.body), same, "%s and %s", left, right);
}

Test(wire_revoke, the_body_is_what_is_taken_back_and_why)
{
  static const char *const others[] = {
    "{" REVOKE ",'pair':'EURJPY'}",
    "{" REVOKE ",'all':true}",
    "{" REVOKE ",'pair':'EURUSD','client':'shop'}",
    "{" REVOKE ",'pair':'EURUSD','tariff':'" HASH "'}",
    "{" REVOKE ",'pair':'EURUSD','issued_from':0}",
    "{" REVOKE ",'pair':'EURUSD','issued_before':1}",
    "{'op':'revoke','key':'k','reason':'another','pair':'EURUSD'}",
  };
  const char *body = "{" REVOKE ",'pair':'EURUSD'}";
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    expect_same_body(body, others[i], false);
  expect_same_body(body, "{'pair':'USD/EUR','reason':'wrong feed','key':'other','op':'revoke'}",
                   true);
  expect_same_body("{" REVOKE ",'issued_from':1}", "{" REVOKE ",'issued_before':1}", false);
}

static rl_request random_revoke(rl_random *random)
{
  rl_request out = {.kind = RL_REQUEST_REVOKE, .key = "key"};
  rl_revoke_request *revoke = &out.revoke;
  *revoke = (rl_revoke_request){
    .issued_from_ms = INT64_MIN, .issued_before_ms = INT64_MAX, .reason = "for a reason"};
  uint64_t chosen = rl_random_below(random, 32);
  revoke->all = chosen == 0;
  revoke->has_pair = chosen & 1;
  revoke->has_tariff = chosen & 2;
  if (revoke->has_pair) {
    revoke->pair[0].index = (uint8_t)rl_random_between(random, 1, 50);
    revoke->pair[1].index = (uint8_t)rl_random_between(random, 51, 100);
  }
  for (unsigned i = 0; revoke->has_tariff && i < RL_DIGEST_SIZE; i++)
    revoke->tariff.bytes[i] = (uint8_t)rl_random_next(random);
  if (chosen & 4)
    snprintf(out.client, sizeof out.client, "shop");
  if (chosen & 8)
    revoke->issued_from_ms = (int64_t)rl_random_below(random, RL_INSTANT_MAX_MS);
  if (chosen & 16)
    revoke->issued_before_ms = RL_INSTANT_MAX_MS;
  return out;
}

Test(wire_revoke, every_one_comes_back_as_it_was_written)
{
  rl_random random = rl_random_from(rl_test_seed("revokes"));
  for (int i = 0; i < 3000; i++) {
    uint8_t bytes[1024], again[1024];
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    rl_writer second = rl_writer_over(again, sizeof again);
    rl_request request = random_revoke(&random), back;
    rl_fault fault;
    rl_request_encode(&writer, &request);
    cr_assert_not(writer.failed);
    cr_assert(decode_request(bytes, writer.used, &back, &fault), "%s: %s", fault.path,
              fault.detail);
    rl_request_encode(&second, &back);
    cr_assert(second.used == writer.used && memcmp(bytes, again, writer.used) == 0, "%d", i);
  }
}
