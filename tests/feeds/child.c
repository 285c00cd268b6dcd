#include "child.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void rl_child_start(rl_child *child, const char *folder, const char *input,
                    const char *const argv[])
{
  posix_spawn_file_actions_t files;
  snprintf(child->out_path, sizeof child->out_path, "%s/out", folder);
  snprintf(child->err_path, sizeof child->err_path, "%s/err", folder);
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, input ? input : "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, child->out_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&files, 2, child->err_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  int failed = posix_spawn(&child->pid, argv[0], &files, NULL, (char *const *)argv, environ);
  posix_spawn_file_actions_destroy(&files);
  cr_assert_eq(failed, 0, "%s", argv[0]);
}

static void read_text(const char *path, char *text, size_t size)
{
  FILE *file = fopen(path, "rb");
  cr_assert_not_null(file);
  text[fread(text, 1, size - 1, file)] = '\0';
  fclose(file);
  unlink(path);
}

int rl_child_wait(rl_child *child)
{
  int status;
  cr_assert_eq(waitpid(child->pid, &status, 0), child->pid);
  child->pid = 0;
  read_text(child->out_path, child->out, sizeof child->out);
  read_text(child->err_path, child->err, sizeof child->err);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void rl_child_end(rl_child *child)
{
  if (child->pid == 0)
    return;
  kill(child->pid, SIGKILL);
  waitpid(child->pid, NULL, 0);
  unlink(child->out_path);
  unlink(child->err_path);
}
