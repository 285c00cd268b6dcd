#include "tariff/expect.h"

#include <criterion/criterion.h>
#include <string.h>

void expect_refused(const char *text, rl_status status, unsigned line, const char *field,
                    const char *says)
{
  rl_error error = {.text = ""};
  rl_tariff *untouched = (rl_tariff *)&error;
  rl_tariff *out = untouched;
  rl_status got = rl_tariff_parse(text, strlen(text), "my.yaml", &out, &error);
  cr_assert_eq(got, status, "%s: %s, on line %u: %s", rl_status_text(got), error.field, error.line,
               error.text);
  cr_expect_eq(out, untouched, "an output was touched on failure");
  cr_expect_str_eq(error.file, "my.yaml");
  cr_expect_eq(error.line, line, "line %u, not %u: %s: %s", error.line, line, error.field,
               error.text);
  cr_expect_str_eq(error.field, field);
  cr_expect(strstr(error.text, says), "\"%s\" does not say \"%s\"", error.text, says);
}

rl_tariff *expect_taken(const char *text)
{
  rl_error error = {.text = ""};
  rl_tariff *tariff = NULL;
  rl_status status = rl_tariff_parse(text, strlen(text), "my.yaml", &tariff, &error);
  cr_assert_eq(status, RL_OK, "line %u: %s: %s", error.line, error.field, error.text);
  return tariff;
}

rl_currency currency(const char *code)
{
  rl_currency found;
  cr_assert_eq(rl_currency_find(code, strlen(code), &found), RL_OK, "%s", code);
  return found;
}
