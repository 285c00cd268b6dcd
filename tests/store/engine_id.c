/* The engine's own id: made once, kept, and with a file of its own never needed. */
#include "store/harness.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static rl_harness harness;
static char path[128];

static void setup(void)
{
  harness_init(&harness);
  snprintf(path, sizeof path, "%s/engine.id", harness.directory);
  harness_open(&harness);
}

static void teardown(void)
{
  harness_fini(&harness);
}

TestSuite(store_engine_id, .init = setup, .fini = teardown);

static void read_text(char out[32])
{
  FILE *file = fopen(path, "r");
  cr_assert(file);
  size_t length = fread(out, 1, 31, file);
  out[length] = '\0';
  fclose(file);
}

static void write_text(const char *where, const char *text)
{
  FILE *file = fopen(where, "w");
  cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

static bool same(rl_engine_id id)
{
  return rl_engine_id_equal(rl_store_engine(harness.store), id);
}

Test(store_engine_id, it_is_made_once_for_the_owner_alone)
{
  char text[32], digits[17];
  struct stat facts;
  rl_engine_id id = rl_store_engine(harness.store);
  rl_hex_encode(id.bytes, sizeof id.bytes, digits, sizeof digits);
  cr_assert_eq(stat(path, &facts), 0);
  cr_expect_eq(facts.st_mode & 07777, 0600);
  read_text(text);
  cr_expect_eq(strlen(text), 17);
  cr_expect(memcmp(text, digits, 16) == 0 && text[16] == '\n', "%s", text);
  harness_restart(&harness);
  cr_expect(same(id));
}

Test(store_engine_id, one_that_was_not_finished_is_no_hindrance)
{
  char beside[160];
  snprintf(beside, sizeof beside, "%s.new", path);
  rl_engine_id id = rl_store_engine(harness.store);
  harness_close(&harness);
  cr_assert_eq(rename(path, beside), 0);
  write_text(beside, "0123456789abcdef0123456789");
  harness_open(&harness);
  cr_expect_not(same(id));
  cr_expect_neq(access(beside, F_OK), 0);
  id = rl_store_engine(harness.store);
  harness_restart(&harness);
  cr_expect(same(id));
}

Test(store_engine_id, all_quotes_of_a_file_are_its_own_whoever_issued_them)
{
  rl_quote quote = harness_recorded(&harness);
  cr_expect_not(same(quote.engine), "drawn at random");
  cr_expect(rl_store_is_own(harness.store, &quote));
  harness_close(&harness);
  cr_assert_eq(remove(path), 0);
  harness_open(&harness);
  cr_expect(rl_store_is_own(harness.store, &quote));
}

Test(store_engine_id, what_is_wrong_with_the_file_stops_no_engine_with_a_file_of_its_own)
{
  char text[32];
  harness_close(&harness);
  write_text(path, "damaged");
  harness_open(&harness);
  read_text(text);
  cr_expect_str_eq(text, "damaged");
  harness_close(&harness);
  cr_assert(remove(path) == 0 && mkdir(path, 0700) == 0);
  harness_open(&harness);
  harness_close(&harness);
  cr_assert_eq(rmdir(path), 0);
  harness_open(&harness);
}

Test(store_engine_id, one_that_cannot_be_made_stops_no_engine_with_a_file_of_its_own)
{
  char beside[160];
  snprintf(beside, sizeof beside, "%s.new", path);
  harness_close(&harness);
  cr_assert(remove(path) == 0 && mkdir(beside, 0700) == 0);
  harness_open(&harness);
  cr_expect_neq(access(path, F_OK), 0);
  cr_assert_eq(rmdir(beside), 0);
}
