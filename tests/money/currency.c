#include "money/currency.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

static rl_currency find(const char *code)
{
  rl_currency currency = {.index = 255};
  cr_assert(rl_currency_find(code, strlen(code), &currency) == RL_OK, "%s", code);
  return currency;
}

static void expect_facts(const char *code, unsigned number, unsigned exponent, const char *name)
{
  rl_currency currency = find(code);
  cr_expect_str_eq(rl_currency_code(currency), code);
  cr_expect_str_eq(rl_currency_name(currency), name);
  cr_expect_eq(rl_currency_number(currency), number, "%s", code);
  cr_expect_eq(rl_currency_exponent(currency), exponent, "%s", code);
}

Test(currency, main_currencies_have_the_facts_of_iso_4217)
{
  expect_facts("USD", 840, 2, "US Dollar");
  expect_facts("EUR", 978, 2, "Euro");
  expect_facts("GBP", 826, 2, "Pound Sterling");
  expect_facts("AUD", 36, 2, "Australian Dollar");
  expect_facts("IDR", 360, 2, "Rupiah");
  expect_facts("JPY", 392, 0, "Yen");
  expect_facts("KRW", 410, 0, "Won");
  expect_facts("VND", 704, 0, "Dong");
  expect_facts("KWD", 414, 3, "Kuwaiti Dinar");
  expect_facts("BHD", 48, 3, "Bahraini Dinar");
  expect_facts("CLF", 990, 4, "Unidad de Fomento");
}

/* The currencies without hundredths, from the standard's list; all others have two decimals. */
static unsigned exponent_by_list(const char *code)
{
  static const char none[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
  static const char three[] = "BHD IQD JOD KWD LYD OMR TND";
  static const char four[] = "CLF UYW";
  return strstr(none, code) ? 0 : strstr(three, code) ? 3 : strstr(four, code) ? 4 : 2;
}

/* All 26^3 codes, so that the list and the index agree in both directions. */
Test(currency, every_code_finds_its_own_row_and_no_other_code_finds_any)
{
  unsigned found = 0, last = 0;
  for (unsigned place = 0; place < 26 * 26 * 26; place++) {
    char code[4] = {(char)('A' + place / 676), (char)('A' + place / 26 % 26),
                    (char)('A' + place % 26), '\0'};
    rl_currency currency = {.index = 255};
    rl_status status = rl_currency_find(code, 3, &currency);
    if (status != RL_OK) {
      cr_assert(status == RL_NOT_FOUND && currency.index == 255, "%s", code);
      continue;
    }
    found++;
    cr_assert_str_eq(rl_currency_code(currency), code);
    cr_assert(currency.index == last + 1 && currency.index < RL_CURRENCY_COUNT,
              "%s is sorted by its code", code);
    cr_assert_eq(rl_currency_exponent(currency), exponent_by_list(code), "%s", code);
    cr_assert(rl_currency_number(currency) > 0 && rl_currency_number(currency) < 1000, "%s", code);
    cr_assert(strlen(rl_currency_name(currency)) > 1, "%s", code);
    last = currency.index;
  }
  cr_assert_eq(found, 168);
}

Test(currency, metals_and_test_codes_have_no_minor_unit)
{
  static const char *const codes[] = {"XAU", "XAG", "XDR", "XTS", "XUA", "ZZZ", "AAA"};
  rl_currency currency;
  for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
    cr_expect(rl_currency_find(codes[i], 3, &currency) == RL_NOT_FOUND, "%s", codes[i]);
}

Test(currency, a_code_is_three_upper_case_letters)
{
  static const char *const codes[] = {"", "U", "US", "USDX", "usd", "UsD", "USd", "U D", "US1",
                                      "U\0D", "@SD", "[SD", "\xff\xff\xff"};
  rl_currency currency = {.index = 255};
  for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
    cr_expect(rl_currency_find(codes[i], strlen(codes[i]), &currency) == RL_NOT_FOUND, "%s",
              codes[i]);
  cr_expect(rl_currency_find("U\0D", 3, &currency) == RL_NOT_FOUND);
  cr_expect(rl_currency_find("USDEUR", 2, &currency) == RL_NOT_FOUND);
  cr_expect(currency.index == 255, "a failed search leaves its output alone");
}

Test(currency, only_the_length_given_is_read)
{
  rl_currency currency;
  cr_assert(rl_currency_find("USDEUR", 3, &currency) == RL_OK);
  cr_assert(rl_currency_equal(currency, find("USD")));
  cr_assert(!rl_currency_equal(currency, find("EUR")));
}

Test(currency, none_has_a_code_that_no_currency_has)
{
  cr_assert_str_eq(rl_currency_code(RL_CURRENCY_NONE), "---");
  cr_assert_eq(rl_currency_exponent(RL_CURRENCY_NONE), 0);
}

Test(currency, an_index_beyond_the_table_is_a_bug, .signal = SIGABRT)
{
  (void)rl_currency_code((rl_currency){.index = RL_CURRENCY_COUNT});
}
