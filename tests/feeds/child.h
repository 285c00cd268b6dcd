/* A program run by a test: its output in files, its end waited for. */
#pragma once

#include <sys/types.h>

typedef struct rl_child {
  pid_t pid; /* 0 when none runs */
  char out_path[160];
  char err_path[160];
  char out[8192]; /* stdout, read by rl_child_wait, cut to size */
  char err[8192];
} rl_child;

/* Starts argv[0] with its output in files of `folder`, its input from `input` (NULL: none). */
void rl_child_start(rl_child *child, const char *folder, const char *input,
                    const char *const argv[]);
/* Its exit code, or 128 and the signal that ended it. Removes its files. */
int rl_child_wait(rl_child *child);
/* Ends it if it still runs, as it does after a test that failed: it would hold the test open. */
void rl_child_end(rl_child *child);
