/* Tables whose commits fail when told to. */
#pragma once

#include "tables/tables.h"

/* The next `count` commits of writing transactions undo their work and answer `trouble`; those
 * after them commit. For one set of tables in a process, while nothing is being written. */
void rl_test_fail_commits(rl_tables *tables, rl_status trouble, unsigned count);
/* Commits tried since then. */
unsigned rl_test_commits(void);
