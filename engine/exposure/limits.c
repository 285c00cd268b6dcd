#include "exposure/limits_table.h"

#include "paths/paths.h"

#include <stdlib.h>
#include <string.h>

rl_pair_number rl_pair_number_of(rl_currency left, rl_currency right)
{
  unsigned low = left.index < right.index ? left.index : right.index;
  unsigned high = left.index < right.index ? right.index : left.index;
  RL_ASSERT(low < high && high < RL_CURRENCY_COUNT);
  return (rl_pair_number){(uint16_t)(low * RL_CURRENCY_COUNT + high)};
}

void rl_pair_number_split(rl_pair_number pair, rl_currency *first, rl_currency *second)
{
  first->index = (uint8_t)(pair.index / RL_CURRENCY_COUNT);
  second->index = (uint8_t)(pair.index % RL_CURRENCY_COUNT);
}

static int compare(const rl_named_cap *left, const rl_named_cap *right)
{
  int order = strcmp(left->client, right->client);
  return order != 0 ? order : (int)left->pair.index - (int)right->pair.index;
}

unsigned rl_cap_list_place(const rl_cap_list *list, const rl_named_cap *wanted, bool *found)
{
  unsigned low = 0, high = list->count;
  *found = false;
  while (low < high) {
    unsigned middle = (low + high) / 2;
    int order = compare(&list->named[middle], wanted);
    *found = *found || order == 0;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static rl_cap cap_of(const rl_cap_list *list, const rl_named_cap *wanted)
{
  bool found;
  unsigned place = rl_cap_list_place(list, wanted, &found);
  return found ? list->named[place].cap : list->others;
}

rl_cap rl_limits_client(const rl_limits *limits, const char *name)
{
  rl_named_cap wanted = {.client = ""};
  size_t length = strlen(name);
  RL_ASSERT(length <= RL_CLIENT_NAME_MAX);
  memcpy(wanted.client, name, length);
  return cap_of(&limits->clients, &wanted);
}

rl_cap rl_limits_pair(const rl_limits *limits, rl_pair_number pair)
{
  rl_named_cap wanted = {.pair = pair};
  return cap_of(&limits->pairs, &wanted);
}

rl_currency rl_limits_reporting(const rl_limits *limits)
{
  return limits->reporting;
}

unsigned rl_limits_reporting_line(const rl_limits *limits)
{
  return limits->reporting_line;
}

int64_t rl_limits_ticket(const rl_limits *limits)
{
  return limits->ticket_minor;
}

unsigned rl_limits_client_count(const rl_limits *limits)
{
  return limits->clients.count;
}

const char *rl_limits_client_name(const rl_limits *limits, unsigned index)
{
  RL_ASSERT(index < limits->clients.count);
  return limits->clients.named[index].client;
}

unsigned rl_limits_pair_count(const rl_limits *limits)
{
  return limits->pairs.count;
}

rl_pair_number rl_limits_pair_at(const rl_limits *limits, unsigned index)
{
  RL_ASSERT(index < limits->pairs.count);
  return limits->pairs.named[index].pair;
}

void rl_limits_destroy(rl_limits *limits)
{
  if (!limits)
    return;
  free(limits->clients.named);
  free(limits->pairs.named);
  free(limits);
}

rl_status rl_limits_load(const char *path, rl_limits **out, rl_error *error)
{
  if (!path)
    return rl_limits_parse("", 0, "no limits", out, error);
  char *text;
  size_t length;
  rl_status status = rl_file_read(path, RL_LIMITS_TEXT_MAX, &text, &length, error);
  if (status != RL_OK)
    return status;
  status = rl_limits_parse(text, length, path, out, error);
  free(text);
  return status;
}
