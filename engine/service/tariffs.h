/* Loading: from the tariff's file to what may be put in force. */
#pragma once

#include "status/error.h"
#include "tariff/tariffs.h"

/* Reads the file, NULL for the tariff compiled in. On success the caller owns *out; on failure
 * *error names file, line and field. The statuses are those of rl_file_read and rl_tariff_parse. */
RL_MUST_USE rl_status rl_tariffs_load(const char *path, rl_tariffs **out, rl_error *error);
