/* Tables whose commits, or scans, fail when told to. */
#pragma once

#include "tables/tables.h"

/* The next `count` commits of writing transactions undo their work and answer `trouble`; those
 * after them commit. For one set of tables in a process, while nothing is being written. */
void rl_test_fail_commits(rl_tables *tables, rl_status trouble, unsigned count);
/* The next `count` scans visit nothing and answer `trouble`. */
void rl_test_fail_scans(rl_tables *tables, rl_status trouble, unsigned count);
/* Commits tried since rl_test_fail_commits. */
unsigned rl_test_commits(void);
