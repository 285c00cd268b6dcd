#include "pricing/loading.h"

#include "paths/paths.h"
#include "pricing/examples.h"
#include "status/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static rl_status parse_and_prove(const char *text, size_t length, const char *file,
                                 const rl_universe *universe, rl_tariff **out, rl_error *error)
{
  rl_tariff *parsed;
  rl_status status = rl_tariff_parse(text, length, file, &parsed, error);
  if (status != RL_OK)
    return status;
  status = rl_tariff_check_pairs(parsed, universe, file, error);
  if (status == RL_OK)
    status = rl_tariff_prove(parsed, file, error);
  if (status == RL_OK)
    *out = parsed;
  else
    rl_tariff_destroy(parsed);
  return status;
}

static rl_status load_builtin(const rl_universe *universe, rl_tariff **out, rl_error *error)
{
  const char *text = rl_tariff_builtin_text();
  return parse_and_prove(text, strlen(text), "built-in tariff", universe, out, error);
}

/* A pipe would hold the reader, and whoever waits for it, until somebody writes. */
static rl_status check_kind(const char *path, rl_error *error)
{
  struct stat about;
  if (stat(path, &about) != 0 || S_ISREG(about.st_mode) || S_ISDIR(about.st_mode))
    return RL_OK; /* what is wrong with it, reading tells */
  return rl_fail(error, RL_IO, path, 0, "",
                 "not a regular file; a tariff is read anew at each reload, so write it into one");
}

static rl_status load_file(const char *path, const rl_universe *universe, rl_tariff **out,
                           rl_error *error)
{
  char *text;
  size_t length;
  rl_status status = check_kind(path, error);
  if (status == RL_OK)
    status = rl_file_read(path, RL_TARIFF_TEXT_MAX, &text, &length, error);
  if (status != RL_OK)
    return status;
  status = parse_and_prove(text, length, path, universe, out, error);
  free(text);
  return status;
}

/* The name as seen from the directory of the file that holds it; the caller frees it. */
static char *beside(const char *path, const char *name)
{
  const char *slash = path && name[0] != '/' ? strrchr(path, '/') : NULL;
  char *out;
  int directory = slash ? (int)(slash + 1 - path) : 0;
  return asprintf(&out, "%.*s%s", directory, slash ? path : "", name) < 0 ? NULL : out;
}

static rl_status load_trial_file(const char *path, const rl_universe *universe, rl_tariff **out,
                                 rl_error *error)
{
  rl_tariff *trial;
  rl_status status = load_file(path, universe, &trial, error);
  if (status != RL_OK)
    return status;
  if (rl_tariff_trial_file(trial)) {
    unsigned line = rl_tariff_trial_line(trial);
    rl_tariff_destroy(trial);
    return rl_fail(error, RL_INVALID, path, line, "trial",
                   "this is a trial itself: only the tariff beside it may name one");
  }
  *out = trial;
  return RL_OK;
}

/* A trial that cannot be read is the trouble of the line that names it. */
static rl_status fail_unreadable(const char *path, const rl_tariff *main, rl_error *error)
{
  rl_error reading = error ? *error : (rl_error){0};
  return rl_fail(error, RL_IO, path, rl_tariff_trial_line(main), "trial.file",
                 "cannot read %s beside this file: %.100s; put it there, or name another",
                 rl_tariff_trial_file(main), reading.text);
}

/* NULL in *out where the tariff names no trial. */
static rl_status load_trial(const char *path, const rl_tariff *main, const rl_universe *universe,
                            rl_tariff **out, rl_error *error)
{
  const char *name = rl_tariff_trial_file(main);
  *out = NULL;
  if (!name)
    return RL_OK;
  char *trial_path = beside(path, name);
  if (!trial_path)
    return rl_fail(error, RL_NO_MEMORY, name, 0, "", "no memory for the trial's path");
  rl_status status = load_trial_file(trial_path, universe, out, error);
  free(trial_path);
  return status == RL_IO ? fail_unreadable(path, main, error) : status;
}

rl_status rl_tariffs_load(const char *path, const rl_universe *universe, rl_tariffs **out,
                          rl_error *error)
{
  rl_tariff *main, *trial = NULL;
  rl_status status = path ? load_file(path, universe, &main, error)
                          : load_builtin(universe, &main, error);
  if (status != RL_OK)
    return status;
  status = load_trial(path, main, universe, &trial, error);
  if (status == RL_OK
      && (status = rl_tariffs_create(main, trial, rl_tariff_trial_percent(main), out)) != RL_OK)
    rl_fail(error, status, path, 0, "", "cannot hold the tariffs: %s", rl_status_text(status));
  if (status != RL_OK) {
    rl_tariff_destroy(main);
    rl_tariff_destroy(trial);
  }
  return status;
}
