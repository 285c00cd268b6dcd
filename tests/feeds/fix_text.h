/* FIX messages written by hand, '|' for the field separator. */
#pragma once

#include <stddef.h>

/* Puts "8=…|9=…|" before and "10=…|" behind the fields ("35=X|…", a '|' at their end or not).
 * Returns the length; ends the test when `out` is too small. */
size_t rl_fix_text(const char *fields, char *out, size_t size);
