/* The sub-commands of `ratelock tariff`, a file each, once their words are taken; and what they
 * share. */
#pragma once

#include "cli.h"
#include "tariff/tariff.h"

/* As given on the command line; NULL where not. */
typedef struct rl_tariff_options {
  bool offline;              /* diff */
  const char *universe_file; /* check, diff */
  const char *tariff_file;   /* replay */
  const char *from;          /* replay */
  const char *to;            /* replay */
  bool accepted;             /* replay */
} rl_tariff_options;

/* Reads and parses a tariff's file; the caller destroys *out. What is wrong is said, with its
 * place, on stderr (on stdout with --json), and the exit code is RL_EXIT_REFUSED. */
rl_exit rl_tariff_load(const rl_cli *cli, const char *path, rl_tariff **out);

/* The file is judged as the engine would: its pairs, its examples, and the trial that it names. */
rl_exit rl_tariff_check(const rl_cli *cli, const rl_tariff_options *options);
rl_exit rl_tariff_diff(rl_cli *cli, const rl_tariff_options *options);
rl_exit rl_tariff_replay(const rl_cli *cli, const rl_tariff_options *options);
rl_exit rl_tariff_reload(rl_cli *cli);
