#include "support/failing.h"

static const rl_tables_kind *real;
static rl_tables_kind failing;
static rl_status answer;
static unsigned left, tried;

static rl_status commit(rl_rows *rows)
{
  tried++;
  if (left == 0)
    return real->commit(rows);
  left--;
  real->abort(rows);
  return answer;
}

void rl_test_fail_commits(rl_tables *tables, rl_status trouble, unsigned count)
{
  if (tables->kind != &failing) {
    real = tables->kind;
    failing = *real;
    failing.commit = commit;
    tables->kind = &failing;
  }
  answer = trouble;
  left = count;
  tried = 0;
}

unsigned rl_test_commits(void)
{
  return tried;
}
