/* "halt", "resume" and "halts": one pair by hand, and what is halted. */
#include "request_helpers.h"
#include "pack_text.h"

#include <criterion/criterion.h>
#include <string.h>

#define STATED "'key':'k','reason':'news'"

Test(wire_halt, each_field_is_taken)
{
  rl_request halt = expect_taken("{'op':'halt'," STATED ",'pair':'EUR/CHF'}");
  cr_expect_eq(halt.kind, RL_REQUEST_HALT);
  cr_expect_str_eq(halt.key, "k");
  cr_expect_str_eq(halt.revoke.reason, "news");
  cr_assert(halt.revoke.has_pair);
  cr_expect_str_eq(rl_currency_code(halt.revoke.pair[0]), "EUR");
  cr_expect_str_eq(rl_currency_code(halt.revoke.pair[1]), "CHF");
  cr_expect_eq(expect_taken("{'op':'resume'," STATED ",'pair':'EURCHF'}").kind, RL_REQUEST_RESUME);
  cr_expect_eq(expect_taken("{'op':'halts'}").kind, RL_REQUEST_HALTS);
}

Test(wire_halt, wrong_ones_are_refused)
{
  static const struct {
    const char *text;
    rl_refusal refusal;
    const char *path;
  } cases[] = {
    {"{'op':'halt'," STATED "}", RL_REFUSAL_MISSING_FIELD, "pair"},
    {"{'op':'halt'," STATED ",'pair':nil}", RL_REFUSAL_MISSING_FIELD, "pair"},
    {"{'op':'resume','key':'k','pair':'EURCHF'}", RL_REFUSAL_MISSING_FIELD, "reason"},
    {"{'op':'resume','reason':'r','pair':'EURCHF'}", RL_REFUSAL_MISSING_FIELD, "key"},
    {"{'op':'halt'," STATED ",'pair':'EUREUR'}", RL_REFUSAL_SAME_CURRENCY, "pair"},
    {"{'op':'halt'," STATED ",'pair':'EURQQQ'}", RL_REFUSAL_UNKNOWN_CURRENCY, "pair"},
    {"{'op':'halt','key':'k','reason':'','pair':'EURCHF'}", RL_REFUSAL_INVALID_FIELD, "reason"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    expect_refused(cases[i].text, cases[i].refusal, cases[i].path);
}

Test(wire_halt, body_knows_what_is_asked_of_which_pair_and_why)
{
  static const char *const others[] = {
    "{'op':'resume'," STATED ",'pair':'EURCHF'}",
    "{'op':'halt'," STATED ",'pair':'EURUSD'}",
    "{'op':'halt','key':'k','reason':'older news','pair':'EURCHF'}",
  };
  rl_fingerprint body = expect_taken("{'op':'halt'," STATED ",'pair':'EURCHF'}").body;
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    cr_expect_not(rl_fingerprint_equal(expect_taken(others[i]).body, body), "%s", others[i]);
  rl_request same = expect_taken("{'pair':'CHFEUR','op':'halt','reason':'news','key':'other'}");
  cr_expect(rl_fingerprint_equal(same.body, body));
}

Test(wire_halt, each_comes_back_as_it_was_written)
{
  static const char *const texts[] = {"{'op':'halt','key':'k','pair':'EURCHF','reason':'news'}",
                                      "{'op':'resume','key':'k','pair':'EURCHF','reason':'news'}",
                                      "{'op':'halts'}"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    uint8_t bytes[512], again[512];
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    rl_writer second = rl_writer_over(again, sizeof again);
    rl_request request = expect_taken(texts[i]), back;
    rl_fault fault;
    rl_request_encode(&writer, &request);
    cr_assert(decode_request(bytes, writer.used, &back, &fault), "%s", fault.path);
    rl_request_encode(&second, &back);
    cr_assert(second.used == writer.used && memcmp(bytes, again, writer.used) == 0);
    cr_expect(rl_fingerprint_equal(back.body, request.body));
  }
}
