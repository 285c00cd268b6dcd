/* What the desk took back, as the store tells it. */
#pragma once

#include "cli.h"

typedef struct rl_revocation_row {
  rl_revocation revocation;
  uint64_t taken_back; /* quotes whose terminal row is of it */
} rl_revocation_row;

typedef struct rl_revocation_rows {
  rl_revocation_row *rows; /* by number; the caller frees them */
  size_t count;
} rl_revocation_rows;

/* All of them from `first` on, and how many quotes each took back. */
rl_exit rl_read_revocations(rl_store *store, uint64_t first, rl_revocation_rows *out);

/* "EURUSD, of shop, by tariff 0123…, issued from … before …"; "all". Cut to fit. */
#define RL_COVERAGE_TEXT_SIZE 192
void rl_coverage_format(const rl_revocation *revocation, char out[RL_COVERAGE_TEXT_SIZE]);
