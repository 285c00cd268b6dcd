/* engine/TARIFF.md holds whole tariffs: each is read and proves its examples, as the page says. */
#include "paths/paths.h"
#include "pricing/examples.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPENING "```yaml\n"
#define CLOSING "\n```"

static void expect_proved(const char *text, size_t length, unsigned block)
{
  char line[1024], file[32];
  rl_error error = {0};
  rl_tariff *tariff = NULL;
  snprintf(file, sizeof file, "block %u", block);
  rl_status status = rl_tariff_parse(text, length, file, &tariff, &error);
  if (status == RL_OK)
    status = rl_tariff_prove(tariff, file, &error);
  rl_error_format(&error, line, sizeof line);
  cr_expect_eq(status, RL_OK, "%s", line);
  if (tariff)
    cr_expect_gt(rl_tariff_example_count(tariff), 0, "%s proves nothing", file);
  rl_tariff_destroy(tariff);
}

Test(tariff_page, every_tariff_of_the_page_is_read_and_proved)
{
  char *page;
  size_t length;
  rl_error error;
  unsigned blocks = 0;
  cr_assert_eq(rl_file_read(TARIFF_PAGE, RL_TARIFF_TEXT_MAX, &page, &length, &error), RL_OK);
  for (const char *at = strstr(page, OPENING); at; at = strstr(at, OPENING)) {
    const char *text = at + strlen(OPENING);
    const char *end = strstr(text, CLOSING);
    cr_assert_not_null(end);
    expect_proved(text, (size_t)(end - text) + 1, ++blocks);
    at = end;
  }
  cr_expect_geq(blocks, 5);
  free(page);
}

static rl_status prove(const char *expect, rl_error *error)
{
  char text[2048];
  rl_tariff *tariff;
  int length = snprintf(text, sizeof text,
                        "tariff: t\nlocks: [{ ttl: 30s }]\n"
                        "rules: [{ name: r, from: USD, to: EUR, markup_bps: 40,\n"
                        "          fees: [{ name: f, kind: bps, bps: 50, min: 1.00 }] }]\n"
                        "examples:\n  - name: e\n"
                        "    market: [{ pair: EURUSD, bid: 1.1250, ask: 1.1252 }]\n"
                        "    from: USD\n    to: EUR\n    amount: 1000.00\n    expect: { %s }\n",
                        expect);
  rl_status parsed = rl_tariff_parse(text, (size_t)length, "t.yaml", &tariff, error);
  cr_assert_eq(parsed, RL_OK, "%s: %s", error->field, error->text);
  rl_status status = rl_tariff_prove(tariff, "t.yaml", error);
  rl_tariff_destroy(tariff);
  return status;
}

/* All but the one that a test exchanges. */
#define RATE "client_rate: 1.1297008"
#define CHARGE ", charge: 1000.00"
#define SOURCE ", source: 1000.00"
#define NET ", net: 995.00"
#define GROSS ", gross: 880.76"
#define TARGET ", target: 880.76"
#define RESIDUE ", residue: 0.00"
#define FEES ", fees: [{ name: f, amount: 5.00 }]"

static void expect_differs(const char *expect, const char *field, const char *said)
{
  rl_error error = {0};
  cr_expect_eq(prove(expect, &error), RL_INVALID, "%s", field);
  cr_expect_str_eq(error.field, field);
  cr_expect_str_eq(error.file, "t.yaml");
  cr_expect_eq(error.line, 6);
  cr_expect_not_null(strstr(error.text, said), "%s", error.text);
}

Test(tariff_page, an_example_that_comes_out_as_written_proves_the_tariff)
{
  rl_error error = {0};
  cr_expect_eq(prove(RATE CHARGE SOURCE NET GROSS TARGET RESIDUE FEES, &error), RL_OK);
}

Test(tariff_page, each_amount_that_comes_out_otherwise_is_named_with_both_figures)
{
  expect_differs("client_rate: 1.1297009" CHARGE SOURCE NET GROSS TARGET RESIDUE FEES,
                 "examples[0].expect.client_rate", "gives 1.1297008, the example says 1.1297009");
  expect_differs(RATE ", charge: 1000.01" SOURCE NET GROSS TARGET RESIDUE FEES,
                 "examples[0].expect.charge", "gives 1000.00, the example says 1000.01");
  expect_differs(RATE CHARGE ", source: 999.99" NET GROSS TARGET RESIDUE FEES,
                 "examples[0].expect.source", "gives 1000.00, the example says 999.99");
  expect_differs(RATE CHARGE SOURCE ", net: 995.01" GROSS TARGET RESIDUE FEES,
                 "examples[0].expect.net", "gives 995.00, the example says 995.01");
  expect_differs(RATE CHARGE SOURCE NET ", gross: 880.77" TARGET RESIDUE FEES,
                 "examples[0].expect.gross", "gives 880.76, the example says 880.77");
  expect_differs(RATE CHARGE SOURCE NET GROSS ", target: 880.77" RESIDUE FEES,
                 "examples[0].expect.target", "gives 880.76, the example says 880.77");
  expect_differs(RATE CHARGE SOURCE NET GROSS TARGET ", residue: 0.01" FEES,
                 "examples[0].expect.residue", "gives 0.00, the example says 0.01");
  expect_differs(RATE CHARGE SOURCE NET GROSS TARGET RESIDUE ", fees: [{ name: f, amount: 5.01 }]",
                 "examples[0].expect.fees[0].amount", "gives 5.00, the example says 5.01");
  expect_differs("refused: NO_TARIFF", "examples[0].expect.refused",
                 "gives a price, the example says NO_TARIFF");
}
