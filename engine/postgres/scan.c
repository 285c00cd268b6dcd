#include "postgres/private.h"

#include <string.h>

/* Rows a question: few at first, for many a scan stops at once, then more; tariffs are large. */
enum { LIMIT_FIRST = 8, LIMIT_MOST = 512, LIMIT_TARIFFS = 8 };

/* One byte more than a key has, so that there is a bound behind every key. */
typedef struct rl_bound {
  uint8_t bytes[RL_TABLE_KEY_MAX + 1];
  size_t size;
} rl_bound;

static rl_bound bound_at(rl_blob key)
{
  rl_bound bound = {.size = key.size};
  RL_ASSERT(key.size <= RL_TABLE_KEY_MAX);
  if (key.size)
    memcpy(bound.bytes, key.bytes, key.size);
  return bound;
}

/* The least bound that is greater than the key: the key and a zero. */
static rl_bound bound_behind(rl_blob key)
{
  rl_bound bound = bound_at(key);
  bound.size++;
  return bound;
}

static rl_bound first_bound(rl_blob from, rl_direction direction)
{
  if (direction == RL_FORWARDS)
    return bound_at(from);
  if (from.size > 0)
    return bound_behind(from);
  rl_bound last = {.size = sizeof last.bytes};
  memset(last.bytes, 0xff, sizeof last.bytes);
  return last;
}

static rl_status ask(rl_rows *rows, const char *name, const rl_bound *bound, unsigned limit,
                     PGresult **out)
{
  uint8_t number[8];
  rl_number_key(limit, number);
  const rl_blob parameters[] = {{bound->bytes, bound->size}, {number, sizeof number}};
  rl_link_call(rows->link, name, parameters, 2);
  return rl_rows_break(rows, rl_link_ask(rows->link, out));
}

static rl_blob field(const PGresult *result, int row, int column)
{
  return (rl_blob){PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column)};
}

/* False when the visitor said stop. */
static bool visit_all(const PGresult *result, rl_row_visit visit, void *context)
{
  for (int i = 0; i < PQntuples(result); i++) {
    if (!visit(field(result, i, 0), field(result, i, 1), context))
      return false;
  }
  return true;
}

rl_status rl_rows_scan(rl_rows *rows, rl_table table, rl_blob from, rl_direction direction,
                       rl_row_visit visit, void *context)
{
  RL_ASSERT(!rows->memory.changed);
  if (!rows->begun && rl_rows_fetch(rows) != RL_OK)
    return rows->broken;
  char name[RL_STATEMENT_NAME_MAX];
  bool forwards = direction == RL_FORWARDS;
  rl_statement_name(table, forwards ? RL_CALL_FORWARDS : RL_CALL_BACKWARDS, name);
  unsigned most = table == RL_TABLE_TARIFFS ? LIMIT_TARIFFS : LIMIT_MOST;
  rl_bound bound = first_bound(from, direction);
  bool more = rows->broken == RL_OK;
  for (unsigned limit = LIMIT_FIRST; more; limit = limit * 8 < most ? limit * 8 : most) {
    PGresult *result;
    rl_status status = ask(rows, name, &bound, limit, &result);
    if (status != RL_OK)
      return status;
    int count = PQntuples(result);
    more = visit_all(result, visit, context) && count == (int)limit;
    if (more) {
      rl_blob last = field(result, count - 1, 0);
      bound = forwards ? bound_behind(last) : bound_at(last);
    }
    PQclear(result);
  }
  return rows->broken;
}
