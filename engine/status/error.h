/* What went wrong with something a person wrote: a file, an option, a field.
 *
 * An rl_error travels beside an rl_status where a code alone would leave the reader searching:
 * it names the file, the line and the field, and says what to do. Printed as
 *   FILE:LINE: FIELD: TEXT
 * leaving out what is unknown. */
#pragma once

#include "status/status.h"

#include <stddef.h>

typedef struct rl_error {
  char file[256];  /* name as given by the user; "" if none */
  unsigned line;   /* counted from 1; 0 if none */
  char field[96];  /* path of the field, such as "rules[2].fees[0].bps"; "" if none */
  char text[320];  /* the reason and the remedy, no trailing full stop or newline */
} rl_error;

/* Fills *error (which may be NULL) and returns `status`, so that a caller can write
 * `return rl_fail(error, RL_INVALID, file, 12, "bps", "…")`. Too long texts are cut. */
rl_status rl_fail(rl_error *error, rl_status status, const char *file, unsigned line,
                  const char *field, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Writes the error as one line, NUL-terminated, cut to size. Returns the length written. */
size_t rl_error_format(const rl_error *error, char *out, size_t size);
