/* A table of exposure under limits that a test writes in place. */
#pragma once

#include "exposure/exposure.h"

#include <criterion/criterion.h>
#include <string.h>

static inline rl_limits *limits_of(const char *text)
{
  rl_limits *limits = NULL;
  rl_error error = {.text = ""};
  cr_assert_eq(rl_limits_parse(text, strlen(text), "limits", &limits, &error), RL_OK, "%s",
               error.text);
  return limits;
}

static inline rl_exposure *exposure_of(const char *text)
{
  rl_exposure *exposure = NULL;
  cr_assert_eq(rl_exposure_create(limits_of(text), &exposure), RL_OK);
  return exposure;
}

static inline rl_currency currency_of(const char *code)
{
  rl_currency currency = RL_CURRENCY_NONE;
  cr_assert_eq(rl_currency_find(code, 3, &currency), RL_OK, "%s", code);
  return currency;
}

/* One lock. */
static inline rl_refusal reserve(rl_exposure *exposure, const char *client, const char *from,
                                 const char *to, int64_t notional_minor, rl_reservation *out)
{
  return rl_exposure_reserve(exposure, client, currency_of(from), currency_of(to),
                             &notional_minor, 1, out);
}

static inline void expect_sum(rl_exposure_sum sum, uint32_t locks, uint64_t notional_minor,
                              uint32_t unvalued)
{
  cr_expect_eq(sum.locks, locks, "%u locks, not %u", sum.locks, locks);
  cr_expect(sum.notional_minor == notional_minor, "%lu, not %lu",
            (unsigned long)sum.notional_minor, (unsigned long)notional_minor);
  cr_expect_eq(sum.unvalued, unvalued, "%u unvalued, not %u", sum.unvalued, unvalued);
}
