/* Whatever the engine prices can be written: rl_quote_encode asserts what pricing promises, and an
 * assertion that a request can reach would stop the engine. Random tariffs, markets and requests,
 * from likely to absurd; each quote comes back from its record field by field.
 *
 *   quote_priced [--cases N] */
#include "pricing/draw.h"
#include "support/quotes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES_DEFAULT = 60000, CASES_PER_TARIFF = 2000 };

/* The drawn legs have prices only: gives each the currencies that it leads through. */
static void name_legs(rl_snapshot *snapshot)
{
  static const char *const between[] = {"SEK", "ZAR"};
  rl_currency at = snapshot->from;
  for (unsigned i = 0; i < snapshot->leg_count; i++) {
    rl_leg *leg = &snapshot->legs[i];
    bool last = i + 1 == snapshot->leg_count;
    rl_currency next = last ? snapshot->to : rl_test_currency(between[i]);
    leg->base = leg->inverted ? next : at;
    leg->quote = leg->inverted ? at : next;
    leg->composite.pair.index = UINT16_MAX;
    at = next;
  }
}

/* What the service adds to a price. */
static void issue(rl_random *random, const rl_snapshot *snapshot, rl_quote *quote)
{
  uint8_t entropy[10] = {(uint8_t)rl_random_next(random)};
  quote->id = rl_quote_id_make((rl_utc){1767225600000}, entropy);
  quote->issued_utc_ms = 1767225600000;
  quote->issued_mono_ns = 1000000000;
  quote->expires_utc_ms = quote->issued_utc_ms + quote->terms.ttl_ms;
  quote->deadline_mono_ns = quote->issued_mono_ns + quote->terms.ttl_ms * RL_NS_PER_MS;
  quote->snapshot = *snapshot;
  quote->operation = RL_OP_QUOTE;
  quote->reporting = snapshot->from;
  quote->notional_minor = quote->terms.source_minor;
  memcpy(quote->client, quote->request.client, sizeof quote->client);
  snprintf(quote->key, sizeof quote->key, "k1");
}

static bool price_and_write(rl_random *random, const drawn_tariff *drawn, const rl_tariff *tariff)
{
  unsigned corridor = (unsigned)rl_random_below(random, DRAWN_CORRIDORS);
  rl_snapshot snapshot = {0};
  rl_quote quote = {0}, back;
  draw_snapshot(random, drawn, drawn->from[corridor], drawn->to[corridor], &snapshot);
  name_legs(&snapshot);
  draw_request(random, drawn, corridor, &quote.request);
  quote.request.amount_minor = draw_amount(random);
  if (quote.request.client[0] == '\0')
    snprintf(quote.request.client, sizeof quote.request.client, "shop");
  if (rl_price(&snapshot, tariff, &quote.request, &quote.terms, NULL) != RL_REFUSAL_NONE)
    return false;
  issue(random, &snapshot, &quote);
  uint8_t record[RL_RECORD_MAX];
  size_t size = rl_quote_encode_issued(&quote, record);
  rl_status decoded = rl_quote_decode(record, size, &back);
  if (decoded != RL_OK || !rl_quotes_equal(&quote, &back)) {
    fprintf(stderr, "a priced quote does not come back: %s\n", rl_status_text(decoded));
    exit(1);
  }
  return true;
}

int main(int argc, char **argv)
{
  uint64_t cases = CASES_DEFAULT, written = 0;
  if (argc == 3 && strcmp(argv[1], "--cases") == 0)
    cases = strtoull(argv[2], NULL, 10);
  rl_random random = rl_random_from(rl_test_seed("quote_priced"));
  if (rl_crypto_init() != RL_OK)
    return 1;
  for (uint64_t done = 0; done < cases; done += CASES_PER_TARIFF) {
    static drawn_tariff drawn;
    draw_tariff(&random, &drawn);
    rl_tariff *tariff = drawn_tariff_parse(&drawn);
    for (unsigned i = 0; i < CASES_PER_TARIFF; i++)
      written += price_and_write(&random, &drawn, tariff);
    rl_tariff_destroy(tariff);
  }
  printf("%" PRIu64 " requests, %" PRIu64 " quotes written and read back\n", cases, written);
  return written > 0 ? 0 : 1;
}
