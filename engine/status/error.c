#include "status/error.h"

#include <stdarg.h>
#include <stdio.h>

rl_status rl_fail(rl_error *error, rl_status status, const char *file, unsigned line,
                  const char *field, const char *format, ...)
{
  if (!error)
    return status;
  snprintf(error->file, sizeof error->file, "%s", file ? file : "");
  snprintf(error->field, sizeof error->field, "%s", field ? field : "");
  error->line = line;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(error->text, sizeof error->text, format, arguments);
  va_end(arguments);
  return status;
}

size_t rl_error_format(const rl_error *error, char *out, size_t size)
{
  if (size == 0)
    return 0;
  char place[sizeof error->file + 16] = "";
  if (error->file[0] && error->line)
    snprintf(place, sizeof place, "%s:%u: ", error->file, error->line);
  else if (error->file[0])
    snprintf(place, sizeof place, "%s: ", error->file);
  int length = snprintf(out, size, "%s%s%s%s", place, error->field, error->field[0] ? ": " : "",
                        error->text);
  return length < 0 ? 0 : (size_t)length < size ? (size_t)length : size - 1;
}
