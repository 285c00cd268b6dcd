#include "support/failing.h"

static const rl_tables_kind *real;
static rl_tables_kind failing;
static rl_status answer, scan_answer;
static unsigned left, tried, scans_left;

static rl_status commit(rl_rows *rows)
{
  tried++;
  if (left == 0)
    return real->commit(rows);
  left--;
  real->abort(rows);
  return answer;
}

static rl_status scan(rl_rows *rows, rl_table table, rl_blob from, rl_direction direction,
                      rl_row_visit visit, void *context)
{
  if (scans_left == 0)
    return real->scan(rows, table, from, direction, visit, context);
  scans_left--;
  return scan_answer;
}

static void take_over(rl_tables *tables)
{
  if (tables->kind == &failing)
    return;
  real = tables->kind;
  failing = *real;
  failing.commit = commit;
  failing.scan = scan;
  tables->kind = &failing;
}

void rl_test_fail_scans(rl_tables *tables, rl_status trouble, unsigned count)
{
  take_over(tables);
  scan_answer = trouble;
  scans_left = count;
}

void rl_test_fail_commits(rl_tables *tables, rl_status trouble, unsigned count)
{
  take_over(tables);
  answer = trouble;
  left = count;
  tried = 0;
}

unsigned rl_test_commits(void)
{
  return tried;
}
