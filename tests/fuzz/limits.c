/* Any bytes are limits or an error with its place; limits that are given hold to themselves. */
#include "exposure/limits.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_cap(rl_cap cap)
{
  RL_ASSERT(cap.locks == RL_LOCKS_UNCAPPED || cap.locks <= RL_CAP_LOCKS_MAX);
  RL_ASSERT(cap.notional_minor == RL_NOTIONAL_UNCAPPED
            || (cap.notional_minor >= 1 && cap.notional_minor <= RL_AMOUNT_MAX));
}

static void check_clients(const rl_limits *limits)
{
  unsigned count = rl_limits_client_count(limits);
  RL_ASSERT(count <= RL_LIMITS_NAMED_MAX);
  for (unsigned i = 0; i < count; i++) {
    const char *name = rl_limits_client_name(limits, i);
    RL_ASSERT(strlen(name) >= 1 && strlen(name) <= RL_CLIENT_NAME_MAX);
    RL_ASSERT(i == 0 || strcmp(rl_limits_client_name(limits, i - 1), name) < 0);
    rl_cap cap = rl_limits_client(limits, name);
    check_cap(cap);
    RL_ASSERT(cap.locks != RL_LOCKS_UNCAPPED || cap.notional_minor != RL_NOTIONAL_UNCAPPED);
  }
}

static void check_pairs(const rl_limits *limits)
{
  unsigned count = rl_limits_pair_count(limits);
  RL_ASSERT(count <= RL_LIMITS_NAMED_MAX);
  for (unsigned i = 0; i < count; i++) {
    rl_pair_number pair = rl_limits_pair_at(limits, i);
    rl_currency first, second;
    rl_pair_number_split(pair, &first, &second);
    RL_ASSERT(rl_pair_number_of(second, first).index == pair.index);
    RL_ASSERT(i == 0 || rl_limits_pair_at(limits, i - 1).index < pair.index);
    check_cap(rl_limits_pair(limits, pair));
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  rl_limits *limits = NULL;
  rl_error error = {.text = ""};
  rl_status status = rl_limits_parse((const char *)data, size, "fuzz", &limits, &error);
  if (status != RL_OK) {
    RL_ASSERT(limits == NULL && error.text[0] && error.line > 0);
    RL_ASSERT(strcmp(error.file, "fuzz") == 0);
    return 0;
  }
  int64_t ticket_minor = rl_limits_ticket(limits);
  RL_ASSERT(ticket_minor >= 1);
  RL_ASSERT(ticket_minor <= RL_AMOUNT_MAX || ticket_minor == RL_NOTIONAL_UNCAPPED);
  check_clients(limits);
  check_pairs(limits);
  check_cap(rl_limits_client(limits, "a client whom no line names...."));
  rl_limits_destroy(limits);
  return 0;
}
