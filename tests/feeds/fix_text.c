#include "fix_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

size_t rl_fix_text(const char *fields, char *out, size_t size)
{
  size_t length = strlen(fields);
  bool ended = length > 0 && fields[length - 1] == '|';
  int used = snprintf(out, size, "8=FIX.4.4|9=%zu|%s%s", length + !ended, fields,
                      ended ? "" : "|");
  cr_assert(used > 0 && (size_t)used + 8 < size);
  unsigned sum = 0;
  for (int i = 0; i < used; i++) {
    out[i] = out[i] == '|' ? '\1' : out[i];
    sum += (unsigned char)out[i];
  }
  used += snprintf(out + used, size - (size_t)used, "10=%03u\1", sum % 256);
  return (size_t)used;
}
