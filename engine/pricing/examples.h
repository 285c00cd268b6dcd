/* A tariff proves itself: its worked examples are priced, and every amount must come out as
 * written. */
#pragma once

#include "pricing/pricing.h"
#include "status/error.h"

/* Prices all examples of the tariff. RL_INVALID for the first that comes out otherwise: `error`
 * names `file`, the example's line and the amount that differs, and both figures. */
RL_MUST_USE rl_status rl_tariff_prove(const rl_tariff *tariff, const char *file, rl_error *error);
