#include "programs.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

rl_pull engine;
rl_child child;
rl_feed_tick tick;
char file[128];
char copy[128];

void rl_programs_set_up(void)
{
  rl_pull_prepare(&engine);
  rl_pull_listen(&engine);
  setenv("RATELOCK_FEED_URL", engine.url, 1);
  snprintf(file, sizeof file, "%s/file", engine.folder);
  snprintf(copy, sizeof copy, "%s/copy", engine.folder);
}

void rl_programs_tear_down(void)
{
  rl_child_end(&child);
  unlink(file);
  unlink(copy);
  rl_pull_close(&engine);
}

void rl_write_file(const char *text)
{
  FILE *stream = fopen(file, "wb");
  fputs(text, stream);
  fclose(stream);
}

size_t rl_read_file(const char *path, char *bytes, size_t size)
{
  FILE *stream = fopen(path, "rb");
  cr_assert_not_null(stream);
  size_t got = fread(bytes, 1, size, stream);
  fclose(stream);
  return got;
}

void rl_expect_said(const char *text)
{
  cr_assert_not_null(strstr(child.err, text), "expected \"%s\" in: %s", text, child.err);
}

void rl_expect_printed(const char *text)
{
  cr_assert_not_null(strstr(child.out, text), "expected \"%s\" in: %s", text, child.out);
}

void rl_await_said(const char *text)
{
  for (int left_ms = 5000; left_ms > 0; left_ms -= 10) {
    char said[4096];
    said[rl_read_file(child.err_path, said, sizeof said - 1)] = '\0';
    if (strstr(said, text))
      return;
    poll(NULL, 0, 10);
  }
  cr_assert_fail("the program did not say \"%s\"", text);
}

void rl_expect_nothing_more(void)
{
  cr_assert_not(rl_pull_message(&engine, 0));
}
