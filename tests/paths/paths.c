#include "paths/paths.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void set_environment(const char *data, const char *share, const char *home)
{
  const char *const names[] = {"RATELOCK_DATA", "XDG_DATA_HOME", "HOME"};
  const char *const values[] = {data, share, home};
  for (size_t i = 0; i < 3; i++) {
    if (values[i])
      setenv(names[i], values[i], 1);
    else
      unsetenv(names[i]);
  }
}

static const char *directory(void)
{
  static char out[RL_DIRECTORY_MAX + 1];
  cr_assert_eq(rl_default_directory(out), RL_OK);
  return out;
}

Test(paths, store_is_a_file_unless_a_database_is_named)
{
  unsetenv("RATELOCK_STORE");
  cr_expect_null(rl_default_store());
  setenv("RATELOCK_STORE", "", 1);
  cr_expect_null(rl_default_store());
  setenv("RATELOCK_STORE", "postgresql:///x", 1);
  cr_expect_str_eq(rl_default_store(), "postgresql:///x");
}

Test(paths, data_directory_is_the_first_that_is_named)
{
  set_environment("/a", "/b", "/c");
  cr_assert_str_eq(directory(), "/a");
  set_environment("", "/b", "/c");
  cr_assert_str_eq(directory(), "/b/ratelock");
  set_environment(NULL, NULL, "/c");
  cr_assert_str_eq(directory(), "/c/.local/share/ratelock");
  set_environment("", "", "/c");
  cr_assert_str_eq(directory(), "/c/.local/share/ratelock");
  set_environment(NULL, NULL, NULL);
  char expected[64];
  snprintf(expected, sizeof expected, "/tmp/ratelock-%u", (unsigned)getuid());
  cr_assert_str_eq(directory(), expected);
}

Test(paths, data_directory_too_long_for_a_socket_is_refused)
{
  char name[RL_DIRECTORY_MAX + 2];
  memset(name, 'a', sizeof name);
  name[RL_DIRECTORY_MAX + 1] = '\0';
  char out[RL_DIRECTORY_MAX + 1] = "untouched";
  set_environment(name, NULL, NULL);
  cr_assert_eq(rl_default_directory(out), RL_OUT_OF_RANGE);
  cr_assert_str_eq(out, "untouched");
  name[RL_DIRECTORY_MAX] = '\0';
  set_environment(name, NULL, NULL);
  cr_assert_str_eq(directory(), name);
  char url[RL_URL_MAX];
  cr_assert_eq(rl_socket_url(name, RL_SOCKET_EVENTS, url), RL_OK);
}

Test(paths, sockets_are_named_by_what_they_carry)
{
  char url[RL_URL_MAX];
  cr_assert_eq(rl_socket_url("/d", RL_SOCKET_QUOTES, url), RL_OK);
  cr_assert_str_eq(url, "ipc:///d/quotes.ipc");
  cr_assert_eq(rl_socket_url("/d", RL_SOCKET_FEED, url), RL_OK);
  cr_assert_str_eq(url, "ipc:///d/feed.ipc");
  cr_assert_eq(rl_socket_url("/d", RL_SOCKET_EVENTS, url), RL_OK);
  cr_assert_str_eq(url, "ipc:///d/events.ipc");
}

/* 107 characters and a NUL are what sockaddr_un holds. */
Test(paths, socket_that_the_system_could_not_open_is_refused)
{
  char directory[128];
  size_t fits = 107 - strlen("/quotes.ipc");
  memset(directory, 'd', sizeof directory);
  directory[fits] = '\0';
  char url[RL_URL_MAX] = "untouched";
  cr_assert_eq(rl_socket_url(directory, RL_SOCKET_QUOTES, url), RL_OK);
  cr_assert_eq(strlen(url), strlen("ipc://") + 107);
  cr_assert_str_eq(url + strlen(url) - 11, "/quotes.ipc");
  directory[fits] = 'd';
  directory[fits + 1] = '\0';
  snprintf(url, sizeof url, "untouched");
  cr_assert_eq(rl_socket_url(directory, RL_SOCKET_QUOTES, url), RL_OUT_OF_RANGE);
  cr_assert_str_eq(url, "untouched");
}

static char *temporary_file(const char *content)
{
  static char path[] = "/tmp/ratelock-paths-XXXXXX";
  int file = mkstemp(path);
  cr_assert_geq(file, 0);
  cr_assert_eq(write(file, content, strlen(content)), (ssize_t)strlen(content));
  close(file);
  return path;
}

Test(paths, file_is_read_whole_up_to_its_limit)
{
  char *path = temporary_file("12345");
  char *text = NULL;
  size_t length = 0;
  rl_error error = {0};
  cr_assert_eq(rl_file_read(path, 5, &text, &length, &error), RL_OK);
  cr_assert_eq(length, 5);
  cr_assert_str_eq(text, "12345");
  free(text);
  text = NULL;
  cr_assert_eq(rl_file_read(path, 4, &text, &length, &error), RL_OUT_OF_RANGE);
  cr_assert_null(text);
  cr_assert_str_eq(error.text, "larger than 4 bytes");
  unlink(path);
}

Test(paths, file_that_cannot_be_read_is_named_with_the_reason)
{
  char *text = NULL;
  size_t length = 0;
  rl_error error = {0};
  cr_assert_eq(rl_file_read("/tmp/no/such/file", 9, &text, &length, &error), RL_IO);
  cr_assert_str_eq(error.file, "/tmp/no/such/file");
  cr_assert_str_eq(error.text, "No such file or directory");
  cr_assert_eq(rl_file_read("/tmp", 9, &text, &length, &error), RL_IO);
  cr_assert_str_eq(error.text, "Is a directory");
  cr_assert_null(text);
}
