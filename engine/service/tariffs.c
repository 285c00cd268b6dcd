#include "service/tariffs.h"

#include "paths/paths.h"
#include "status/limits.h"

#include <stdlib.h>
#include <string.h>

static rl_status load_builtin(rl_tariff **out, rl_error *error)
{
  const char *text = rl_tariff_builtin_text();
  return rl_tariff_parse(text, strlen(text), "built-in tariff", out, error);
}

static rl_status load_file(const char *path, rl_tariff **out, rl_error *error)
{
  char *text;
  size_t length;
  rl_status status = rl_file_read(path, RL_TARIFF_TEXT_MAX, &text, &length, error);
  if (status != RL_OK)
    return status;
  status = rl_tariff_parse(text, length, path, out, error);
  free(text);
  return status;
}

rl_status rl_tariffs_load(const char *path, rl_tariffs **out, rl_error *error)
{
  rl_tariff *main;
  rl_status status = path ? load_file(path, &main, error) : load_builtin(&main, error);
  if (status != RL_OK)
    return status;
  status = rl_tariffs_create(main, NULL, 0, out);
  if (status != RL_OK) {
    rl_tariff_destroy(main);
    return rl_fail(error, status, path, 0, "", "no memory for the tariff");
  }
  return RL_OK;
}
