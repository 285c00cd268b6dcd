/* Any bytes as the ECB's XML: refused with an error, or a fixing within its bounds. */
#include "feeds/ecb.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  rl_ecb_fixing fixing;
  rl_error error = {0};
  if (rl_ecb_parse((const char *)data, size, "fuzz", &fixing, &error) != RL_OK) {
    RL_ASSERT(error.text[0] != '\0');
    return 0;
  }
  RL_ASSERT(fixing.count >= 1 && fixing.count <= RL_ECB_RATES_MAX);
  for (unsigned i = 0; i < fixing.count; i++) {
    rl_rate rate = rl_rate_trim(fixing.rates[i].rate), found;
    RL_ASSERT(rate.mantissa >= 1 && rate.mantissa <= RL_SOURCE_MANTISSA_MAX);
    bool is_found = rl_ecb_find(&fixing, fixing.rates[i].currency, &found);
    RL_ASSERT(is_found && rl_rate_compare(found, rate) == 0);
  }
  return 0;
}
