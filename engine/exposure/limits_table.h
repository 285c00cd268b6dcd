/* The memory of limits, private to this room: limits_parse.c fills it once, everybody else only
 * reads. */
#pragma once

#include "exposure/limits.h"

/* A client's or a pair's line. */
typedef struct rl_named_cap {
  char client[RL_CLIENT_NAME_MAX + 1]; /* "" of a pair */
  rl_pair_number pair;                 /* 0 of a client */
  rl_cap cap;
} rl_named_cap;

typedef struct rl_cap_list {
  unsigned count;
  rl_named_cap *named; /* ascending, of one kind; NULL until the first */
  bool has_others;     /* the line of each other one was there */
  rl_cap others;
} rl_cap_list;

struct rl_limits {
  rl_currency reporting;
  unsigned reporting_line;
  int64_t ticket_minor;
  rl_cap_list clients;
  rl_cap_list pairs;
};

/* The place of a name or number in the list, or where it would stand. */
unsigned rl_cap_list_place(const rl_cap_list *list, const rl_named_cap *wanted, bool *found);
