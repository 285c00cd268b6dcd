#include "currencies.h"

#include <stdio.h>

/* Found by trying every three letters. */
const rl_currency *bench_currencies(unsigned *count)
{
  static rl_currency listed[RL_CURRENCY_COUNT];
  *count = 0;
  for (unsigned i = 0; i < 26 * 26 * 26; i++) {
    const char code[] = {(char)('A' + i / 676), (char)('A' + i / 26 % 26), (char)('A' + i % 26)};
    if (rl_currency_find(code, sizeof code, &listed[*count]) == RL_OK)
      (*count)++;
  }
  return listed;
}

rl_universe *bench_universe(unsigned pairs, unsigned bases)
{
  static char text[1 << 20];
  unsigned currencies, made = 0;
  const rl_currency *listed = bench_currencies(&currencies);
  int used = snprintf(text, sizeof text, "pivot %s\n"
                      "session fx America/New_York Sunday 17:00 - Friday 17:00\n",
                      rl_currency_code(listed[0]));
  for (unsigned i = 0; i < bases; i++)
    for (unsigned j = i + 1; j < currencies && made < pairs; j++, made++)
      used += snprintf(text + used, sizeof text - (size_t)used, "pair %s %s session=fx\n",
                       rl_currency_code(listed[i]), rl_currency_code(listed[j]));
  rl_universe *universe = NULL;
  rl_error error;
  rl_status status = rl_universe_parse(text, (size_t)used, "perf", &universe, &error);
  RL_ASSERT(status == RL_OK);
  return universe;
}
