/* The command line of ratelock-feed-nats. */
#pragma once

#include "feeds/program.h"
#include "nats/bus.h"

typedef struct rl_nats_options {
  rl_engine_options engine;
  const char *urls;       /* of NATS servers */
  const char *subject;    /* may have wildcards */
  const char *source;
  rl_source_class class;
  int64_t patience_ms;    /* --withdraw-after */
  bool json;
  /* Where the subject is one engine's publication, "ratelock.NAME.composite.…": */
  char snapshots[RL_BUS_SUBJECT_MAX + 1]; /* subject to ask at; "" if it is none */
  char pair[8];           /* the only one asked for; "" for all */
} rl_nats_options;

void rl_nats_options_parse(int argc, char **argv, rl_nats_options *options);
