/* Loading: from the tariff's file to what may be put in force. */
#pragma once

#include "status/error.h"
#include "tariff/tariffs.h"

/* Reads the file, NULL for the tariff compiled in, and the file of the trial that it names, which
 * is looked for beside it. Each must name pairs of `universe` only and prove its examples
 * (pricing/examples.h). On success the caller owns *out; on failure *error names file, line, field
 * and reason. The statuses are those of rl_file_read, rl_tariff_parse, rl_tariff_check_pairs and
 * rl_tariff_prove; RL_INVALID for a trial that names a trial. */
RL_MUST_USE rl_status rl_tariffs_load(const char *path, const rl_universe *universe,
                                      rl_tariffs **out, rl_error *error);
