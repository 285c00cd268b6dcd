#include "support/quotes.h"

#include <criterion/criterion.h>

/* Stands in for the market: source 7 is "s07", 63 is "s63". */
const char *rl_market_source_name(const rl_market *market, rl_source source)
{
  (void)market;
  static char names[RL_SOURCES_MAX][4];
  char *name = names[source.index];
  name[0] = 's';
  name[1] = (char)('0' + source.index / 10);
  name[2] = (char)('0' + source.index % 10);
  return name;
}

Test(quote_sources, ticks_point_into_the_quotes_own_table_of_names)
{
  rl_random random = rl_random_from(3);
  rl_quote quote;
  rl_typical_quote(&random, &quote);
  quote.snapshot.leg_count = 2;
  quote.snapshot.legs[1] = quote.snapshot.legs[0];
  static const uint8_t first[4] = {63, 7, 0, 12}, second[4] = {7, 40, 63, 41};
  for (unsigned i = 0; i < 4; i++) {
    quote.snapshot.legs[0].composite.ticks[i].source.index = first[i];
    quote.snapshot.legs[1].composite.ticks[i].source.index = second[i];
  }
  rl_quote_name_sources(&quote, NULL);
  cr_expect_eq(quote.source_count, 6);
  for (unsigned leg = 0; leg < 2; leg++) {
    for (unsigned i = 0; i < 4; i++) {
      uint8_t index = quote.snapshot.legs[leg].composite.ticks[i].source.index;
      rl_source meant = {leg == 0 ? first[i] : second[i]};
      cr_expect_lt(index, quote.source_count);
      cr_expect_str_eq(quote.sources[index], rl_market_source_name(NULL, meant));
    }
  }
}

Test(quote_sources, most_distinct_sources_of_a_quote_fit)
{
  rl_quote quote;
  rl_largest_quote(&quote);
  quote.source_count = 0;
  rl_quote_name_sources(&quote, NULL);
  cr_expect_eq(quote.source_count, RL_QUOTE_SOURCES_MAX);
}
