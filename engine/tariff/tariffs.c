#include "tariff/tariffs.h"

#include "bytes/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rl_tariffs {
  rl_tariff *main;  /* owned */
  rl_tariff *trial; /* owned; NULL if none */
  unsigned percent;
};

rl_status rl_tariffs_create(rl_tariff *main, rl_tariff *trial, unsigned percent, rl_tariffs **out)
{
  if (percent > 100)
    return RL_OUT_OF_RANGE;
  rl_tariffs *tariffs = malloc(sizeof *tariffs);
  if (!tariffs)
    return RL_NO_MEMORY;
  *tariffs = (rl_tariffs){.main = main, .trial = trial, .percent = trial ? percent : 0};
  *out = tariffs;
  return RL_OK;
}

void rl_tariffs_destroy(rl_tariffs *tariffs)
{
  if (!tariffs)
    return;
  rl_tariff_destroy(tariffs->main);
  rl_tariff_destroy(tariffs->trial);
  free(tariffs);
}

const rl_tariff *rl_tariffs_main(const rl_tariffs *tariffs)
{
  return tariffs->main;
}

const rl_tariff *rl_tariffs_trial(const rl_tariffs *tariffs)
{
  return tariffs->trial;
}

unsigned rl_tariffs_percent(const rl_tariffs *tariffs)
{
  return tariffs->percent;
}

rl_in_force rl_tariffs_in_force(const rl_tariffs *tariffs)
{
  rl_in_force out = {.hash = rl_tariff_digest(tariffs->main), .percent = tariffs->percent};
  snprintf(out.tariff, sizeof out.tariff, "%s", rl_tariff_name(tariffs->main));
  if (tariffs->trial) {
    out.has_trial = true;
    out.trial_hash = rl_tariff_digest(tariffs->trial);
    snprintf(out.trial, sizeof out.trial, "%s", rl_tariff_name(tariffs->trial));
  }
  return out;
}

/* 0 … 99 */
static unsigned place_of(const char *trial, const char *client)
{
  char bytes[RL_NAME_MAX + 1 + RL_CLIENT_NAME_MAX];
  size_t salt = strlen(trial) + 1, length = strlen(client);
  RL_ASSERT(salt + length <= sizeof bytes);
  memcpy(bytes, trial, salt);
  memcpy(bytes + salt, client, length);
  return (unsigned)(rl_fingerprint_of(bytes, salt + length, 0).words[0] % 100);
}

const rl_tariff *rl_tariffs_for(const rl_tariffs *tariffs, const char *client)
{
  if (!tariffs->trial
      || place_of(rl_tariff_name(tariffs->trial), client) >= tariffs->percent)
    return tariffs->main;
  return tariffs->trial;
}
