#include "seal/key_file.h"

#include "turns.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const rl_store_id store;
static const rl_utc now = {DAY_ONE};
static rl_random numbers;
static char folder[] = "/tmp/ratelock-seal-XXXXXX";
static char path[64];

static void make_folder(void)
{
  cr_assert_eq(rl_crypto_init(), RL_OK);
  numbers = rl_random_from(rl_test_seed("key file"));
  cr_assert(mkdtemp(folder) != NULL);
  snprintf(path, sizeof path, "%s/seal.key", folder);
}

static void remove_folder(void)
{
  unlink(path);
  rmdir(folder);
}

TestSuite(key_file, .init = make_folder, .fini = remove_folder);

static void write_file(const char *text, mode_t mode)
{
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
  cr_assert(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text));
  close(file);
  chmod(path, mode);
}

/* Nothing beside the file: a temporary one would hold secrets. */
static bool is_alone(void)
{
  unsigned count = 0;
  DIR *entries = opendir(folder);
  while (readdir(entries))
    count++;
  closedir(entries);
  return count == 3; /* itself, and the two folders of dots */
}

static rl_seal_keys read_keys(void)
{
  rl_seal_keys keys = {0};
  rl_error error = {0};
  cr_assert_eq(rl_key_file_read(path, &keys, NULL, &error), RL_OK, "%s", error.text);
  return keys;
}

static rl_refusal open_with(const rl_seal *seal, const uint8_t *token, size_t size, rl_utc at)
{
  rl_quote opened;
  return rl_seal_open_token(seal, &store, at, token, size, &opened);
}

Test(key_file, is_made_once_and_read_ever_after)
{
  rl_seal *first, *second;
  uint8_t token[RL_TOKEN_MAX];
  rl_error error;
  cr_assert_eq(rl_seal_open(path, &first, &error), RL_NOT_FOUND);
  cr_assert_eq(rl_seal_open_or_make(path, now, &first, &error), RL_OK);
  cr_assert_eq(rl_seal_open_or_make(path, now, &second, &error), RL_OK);
  rl_quote quote = quote_of(&numbers, DAY_ONE);
  size_t size = rl_seal_token(first, &quote, token);
  cr_assert_eq(open_with(second, token, size, now), RL_REFUSAL_NONE);
  rl_seal_destroy(first);
  rl_seal_destroy(second);
}

Test(key_file, has_mode_0600_whatever_the_umask)
{
  struct stat facts;
  umask(0);
  cr_assert_eq(rl_key_file_make(path, now, NULL), RL_OK);
  cr_assert_eq(stat(path, &facts), 0);
  cr_assert_eq(facts.st_mode & 07777, 0600);
  cr_assert_eq(rl_key_file_rotate(path, now, false, NULL), RL_OK);
  cr_assert_eq(stat(path, &facts), 0);
  cr_assert_eq(facts.st_mode & 07777, 0600);
}

Test(key_file, that_is_there_is_not_made_again)
{
  rl_error error;
  cr_assert_eq(rl_key_file_make(path, now, NULL), RL_OK);
  rl_seal_keys before = read_keys();
  cr_assert_eq(rl_key_file_make(path, now, &error), RL_EXISTS);
  cr_assert(is_alone());
  rl_seal_keys after = read_keys();
  cr_assert_eq(memcmp(&before, &after, sizeof before), 0);
}

Test(key_file, that_others_may_read_is_denied)
{
  rl_seal_keys keys;
  rl_error error;
  cr_assert_eq(rl_key_file_make(path, now, NULL), RL_OK);
  for (mode_t bit = 1; bit <= 040; bit <<= 1) {
    chmod(path, 0600 | bit);
    cr_assert_eq(rl_key_file_read(path, &keys, NULL, &error), RL_DENIED);
    cr_assert(strstr(error.text, "chmod 600") != NULL);
    cr_assert_eq(rl_key_file_rotate(path, now, true, &error), RL_DENIED);
  }
}

Test(key_file, that_is_no_regular_file_is_refused)
{
  rl_seal_keys keys;
  rl_error error;
  cr_assert_eq(mkfifo(path, 0600), 0);
  cr_assert_eq(rl_key_file_read(path, &keys, NULL, &error), RL_CORRUPT);
  cr_assert_eq(unlink(path), 0);
  cr_assert_eq(symlink("/dev/null", path), 0);
  cr_assert_eq(rl_key_file_read(path, &keys, NULL, &error), RL_IO);
}

Test(key_file, that_is_too_large_is_refused)
{
  rl_seal_keys keys;
  rl_error error;
  char text[RL_KEY_FILE_MAX + 2];
  cr_assert_eq(rl_key_file_make(path, now, NULL), RL_OK);
  int file = open(path, O_RDONLY);
  ssize_t length = read(file, text, sizeof text);
  close(file);
  memset(text + length, '\n', sizeof text - (size_t)length);
  text[RL_KEY_FILE_MAX] = '\0';
  write_file(text, 0600);
  cr_assert_eq(rl_key_file_read(path, &keys, NULL, &error), RL_OK);
  text[RL_KEY_FILE_MAX] = '\n';
  text[RL_KEY_FILE_MAX + 1] = '\0';
  write_file(text, 0600);
  cr_assert_eq(rl_key_file_read(path, &keys, NULL, &error), RL_CORRUPT);
  cr_assert(strstr(error.text, "larger than 4096 bytes"));
}

Test(key_file, that_is_broken_is_not_rotated)
{
  rl_error error = {0};
  cr_assert_eq(rl_key_file_rotate(path, now, false, &error), RL_NOT_FOUND);
  write_file("ratelock-key 2 1\n1 rubbish\n", 0600);
  cr_assert_eq(rl_key_file_rotate(path, now, true, &error), RL_CORRUPT);
  cr_assert_eq(error.line, 2);
  cr_assert_str_eq(error.file, path);
}

Test(key_file, of_version_1_goes_on_under_version_2)
{
  static const char old[] =
    "ratelock-key 1 9 0101010101010101010101010101010101010101010101010101010101010101\n";
  rl_seal *seal;
  bool changed = false;
  uint8_t before[RL_TOKEN_MAX], after[RL_TOKEN_MAX];
  rl_quote quote = quote_of(&numbers, DAY_ONE + RL_KEY_LEAD_MS - 1);
  write_file(old, 0600);
  cr_assert_eq(rl_seal_open(path, &seal, NULL), RL_OK);
  size_t size = rl_seal_token(seal, &quote, before);
  cr_assert_eq(rl_key_file_rotate(path, now, false, NULL), RL_OK);
  cr_assert_eq(rl_seal_refresh(seal, &changed, NULL), RL_OK);
  cr_assert(changed);
  cr_assert_eq(rl_seal_token(seal, &quote, after), size);
  cr_assert_arr_eq(before, after, size);
  quote = quote_of(&numbers, DAY_ONE + RL_KEY_LEAD_MS);
  rl_seal_token(seal, &quote, after);
  cr_assert_eq(after[1], 10);
  rl_seal_destroy(seal);
}

Test(key_file, is_read_anew_only_when_it_changed)
{
  rl_seal *seal;
  bool changed = true;
  rl_error error;
  cr_assert_eq(rl_seal_open_or_make(path, now, &seal, &error), RL_OK);
  cr_assert_eq(rl_seal_refresh(seal, &changed, &error), RL_OK);
  cr_assert(!changed);
  cr_assert_eq(rl_key_file_rotate(path, now, false, NULL), RL_OK);
  cr_assert_eq(rl_seal_refresh(seal, &changed, &error), RL_OK);
  cr_assert(changed);
  cr_assert_eq(rl_seal_refresh(seal, &changed, &error), RL_OK);
  cr_assert(!changed);
  rl_seal_destroy(seal);
}

Test(key_file, that_became_unreadable_leaves_the_keys_in_force)
{
  rl_seal *seal;
  bool changed = false;
  rl_error error;
  uint8_t token[RL_TOKEN_MAX];
  cr_assert_eq(rl_seal_open_or_make(path, now, &seal, &error), RL_OK);
  rl_quote quote = quote_of(&numbers, DAY_ONE);
  size_t size = rl_seal_token(seal, &quote, token);
  chmod(path, 0640); /* the file's bytes and their age are as before */
  cr_assert_eq(rl_seal_refresh(seal, &changed, &error), RL_DENIED);
  write_file("ratelock-key 2 1\n", 0600);
  cr_assert_eq(rl_seal_refresh(seal, &changed, &error), RL_CORRUPT);
  unlink(path);
  cr_assert_eq(rl_seal_refresh(seal, &changed, &error), RL_NOT_FOUND);
  cr_assert(!changed);
  cr_assert_eq(open_with(seal, token, size, now), RL_REFUSAL_NONE);
  rl_seal_destroy(seal);
}

/* Two engines that looked at the file at different times, across a rotation. */
Test(key_file, that_two_engines_share_lets_each_open_the_others_tokens)
{
  rl_seal *quick, *slow;
  bool changed;
  uint8_t token[RL_TOKEN_MAX];
  cr_assert_eq(rl_seal_open_or_make(path, now, &quick, NULL), RL_OK);
  cr_assert_eq(rl_seal_open(path, &slow, NULL), RL_OK);
  cr_assert_eq(rl_key_file_rotate(path, now, false, NULL), RL_OK);
  cr_assert_eq(rl_seal_refresh(quick, &changed, NULL), RL_OK);
  rl_quote quote = quote_of(&numbers, DAY_ONE + RL_KEY_LEAD_MS - 1);
  size_t size = rl_seal_token(quick, &quote, token);
  cr_assert_eq(open_with(slow, token, size, now), RL_REFUSAL_NONE);
  size = rl_seal_token(slow, &quote, token);
  cr_assert_eq(open_with(quick, token, size, now), RL_REFUSAL_NONE);
  cr_assert_eq(rl_seal_refresh(slow, &changed, NULL), RL_OK);
  quote = quote_of(&numbers, DAY_ONE + RL_KEY_LEAD_MS);
  size = rl_seal_token(quick, &quote, token);
  cr_assert_eq(open_with(slow, token, size, now), RL_REFUSAL_NONE);
  rl_seal_destroy(quick);
  rl_seal_destroy(slow);
}

Test(key_file, whose_keys_were_compromised_holds_one_new_key)
{
  cr_assert_eq(rl_key_file_make(path, now, NULL), RL_OK);
  cr_assert_eq(rl_key_file_rotate(path, now, false, NULL), RL_OK);
  cr_assert_eq(rl_key_file_rotate(path, now, true, NULL), RL_OK);
  rl_seal_keys keys = read_keys();
  cr_assert_eq(keys.count, 1);
  cr_assert_eq(keys.keys[0].id, 3);
  cr_assert_eq(keys.keys[0].starts_utc_ms, DAY_ONE);
}

/* The write fails half-way, as on a full disk. */
Test(key_file, that_finds_no_room_stays_as_it_was)
{
  rl_error error = {0};
  cr_assert_eq(rl_key_file_make(path, now, NULL), RL_OK);
  rl_seal_keys before = read_keys();
  signal(SIGXFSZ, SIG_IGN);
  cr_assert_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){100, 100}), 0);
  rl_status status = rl_key_file_rotate(path, now, false, &error);
  cr_assert_eq(status, RL_IO);
  cr_assert_str_eq(error.file, path);
  cr_assert(is_alone());
  rl_seal_keys after = read_keys();
  cr_assert_eq(memcmp(&before, &after, sizeof before), 0);
}

Test(key_file, that_root_rotates_stays_the_engines)
{
  struct stat facts;
  if (geteuid() != 0)
    cr_skip_test("only root gives files away");
  cr_assert_eq(rl_key_file_make(path, now, NULL), RL_OK);
  cr_assert_eq(chown(path, 1234, 1235), 0);
  cr_assert_eq(rl_key_file_rotate(path, now, false, NULL), RL_OK);
  cr_assert_eq(stat(path, &facts), 0);
  cr_assert(facts.st_uid == 1234 && facts.st_gid == 1235);
}

/* Each of the processes adds some keys; none is lost, and the file is whole for a reader all the
 * while. */
Test(key_file, rotated_by_many_at_once_has_the_keys_of_all)
{
  enum { ROTATORS = 5, EACH = 3 };
  pid_t pids[ROTATORS];
  int ended;
  cr_assert_eq(rl_key_file_make(path, now, NULL), RL_OK);
  for (unsigned i = 0; i < ROTATORS; i++) {
    pids[i] = fork();
    if (pids[i] == 0) {
      bool good = true;
      for (unsigned k = 0; k < EACH; k++)
        good &= rl_key_file_rotate(path, now, false, NULL) == RL_OK;
      _exit(good ? 0 : 1);
    }
  }
  while (waitpid(pids[0], &ended, WNOHANG) == 0)
    read_keys();
  for (unsigned i = 0; i < ROTATORS; i++) {
    if (i > 0)
      waitpid(pids[i], &ended, 0);
    cr_assert(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
  }
  cr_assert_eq(read_keys().count, 1 + ROTATORS * EACH);
  cr_assert(is_alone());
  cr_assert_eq(rl_key_file_rotate(path, now, false, NULL), RL_FULL);
}
