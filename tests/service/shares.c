/* Two tariffs in force at once, from the file to each client's quotes. */
#include "support/engine.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static rl_test_engine engine;
static size_t size; /* of the last reply */
static char main_hash[RL_DIGEST_TEXT_SIZE], trial_hash[RL_DIGEST_TEXT_SIZE];

static void setup(void)
{
  rl_test_engine_start(&engine);
  rl_test_engine_tick(&engine);
}

static void teardown(void)
{
  rl_test_engine_stop(&engine);
}

TestSuite(shares, .init = setup, .fini = teardown);

/* The main tariff marks up by 10 bps, the trial by 20. */
static void write_tariffs(unsigned percent)
{
  static const char trial[] = "tariff: summer\nlocks: [{ ttl: 30s }]\n"
                              "rules: [{ name: all, markup_bps: 20 }]\n";
  char text[256];
  snprintf(text, sizeof text, "tariff: usual\nlocks: [{ ttl: 30s }]\n"
           "trial: { file: trial.yaml, percent: %u }\n"
           "rules: [{ name: all, markup_bps: 10 }]\n", percent);
  rl_test_engine_write_tariff(&engine, text);
  rl_test_engine_write_trial(&engine, trial);
  rl_digest_format(rl_digest_of(text, strlen(text)), main_hash);
  rl_digest_format(rl_digest_of(trial, strlen(trial)), trial_hash);
}

static void put_in_force(void)
{
  rl_in_force in_force;
  rl_error error = {0};
  cr_assert_eq(rl_service_reload(engine.service, &in_force, &error), RL_REFUSAL_NONE,
               "%s:%u: %s: %s", error.file, error.line, error.field, error.text);
}

/* Whether the client's next quote is of the trial; it must be of one of the two, at its rate. */
static bool tries(const char *client)
{
  static unsigned keys;
  char key[16], hash[256], rate[256];
  snprintf(key, sizeof key, "key-%u", keys++);
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, key);
  const uint8_t *reply = rl_test_ask(&engine, client, &request, &size);
  rl_reply_text(reply, size, "tariff", hash);
  rl_reply_text(reply, size, "client_rate", rate);
  bool trial = strcmp(hash, trial_hash) == 0;
  cr_assert(trial || strcmp(hash, main_hash) == 0, "%s", hash);
  cr_assert_str_eq(rate, trial ? "1.12747044" : "1.12634522");
  return trial;
}

Test(shares, about_the_percent_of_a_thousand_clients_get_the_trial_and_keep_it)
{
  static bool first[1000];
  unsigned count = 0;
  write_tariffs(10);
  put_in_force();
  for (unsigned round = 0; round < 2; round++) {
    for (unsigned i = 0; i < 1000; i++) {
      char client[16];
      snprintf(client, sizeof client, "client-%u", i);
      bool trial = tries(client);
      cr_assert(round == 0 || trial == first[i], "%s", client);
      first[i] = trial;
      count += trial;
    }
    if (round == 0)
      put_in_force();
  }
  cr_expect_eq(count, 2 * 120);
}

Test(shares, client_gets_the_same_tariff_after_a_restart)
{
  write_tariffs(17);
  put_in_force();
  for (unsigned round = 0; round < 2; round++) {
    cr_expect(tries("shop"), "at place 10");
    cr_expect_not(tries("network"), "at place 17");
    cr_expect_not(tries("desk"), "at place 68");
    rl_test_engine_restart(&engine, round == 0);
    rl_test_engine_tick(&engine);
  }
}

Test(shares, ends_of_the_range_are_hardly_anybody_and_everybody)
{
  static const char *const clients[] = {"shop", "desk", "network", "uid-1000"};
  for (unsigned percent = 1; percent <= 100; percent += 99) {
    write_tariffs(percent);
    put_in_force();
    for (unsigned i = 0; i < 4; i++)
      cr_expect_eq(tries(clients[i]), percent == 100, "%s", clients[i]);
  }
}

Test(shares, both_texts_are_kept_and_shown)
{
  char text[256];
  write_tariffs(10);
  const uint8_t *reply =
    rl_test_ask(&engine, "operator", &(rl_request){.kind = RL_REQUEST_RELOAD}, &size);
  cr_expect_str_eq(rl_reply_text(reply, size, "tariff", text), "usual");
  cr_expect_str_eq(rl_reply_text(reply, size, "hash", text), main_hash);
  cr_expect_str_eq(rl_reply_text(reply, size, "trial", text), "summer");
  cr_expect_str_eq(rl_reply_text(reply, size, "trial_hash", text), trial_hash);
  cr_expect_eq(rl_reply_int(reply, size, "percent"), 10);
  reply = rl_test_ask(&engine, "shop", &(rl_request){.kind = RL_REQUEST_TARIFF}, &size);
  rl_reply_text(reply, size, "trial_text", text);
  rl_digest digest = rl_digest_of(text, strlen(text));
  char *kept;
  size_t length;
  cr_assert_eq(rl_store_find_tariff(engine.store, digest, &kept, &length), RL_OK);
  cr_expect_str_eq(kept, text);
  free(kept);
}

Test(shares, trial_ends_with_the_file_that_names_it)
{
  write_tariffs(100);
  put_in_force();
  cr_expect(tries("shop"));
  static const char text[] = "tariff: usual\nlocks: [{ ttl: 30s }]\n"
                             "rules: [{ name: all, markup_bps: 10 }]\n";
  rl_test_engine_write_tariff(&engine, text);
  rl_digest_format(rl_digest_of(text, strlen(text)), main_hash);
  put_in_force();
  cr_expect_not(tries("shop"));
}

static void expect_refused(const char *file, const char *field, const char *says)
{
  rl_in_force in_force;
  rl_error error = {0};
  cr_assert_eq(rl_service_reload(engine.service, &in_force, &error), RL_REFUSAL_TARIFF_REFUSED);
  const char *slash = strrchr(error.file, '/');
  cr_expect_str_eq(slash ? slash + 1 : error.file, file);
  cr_expect_gt(error.line, 0u);
  cr_expect_str_eq(error.field, field);
  cr_expect(strstr(error.text, says), "\"%s\" does not say \"%s\"", error.text, says);
}

/* A pipe that is waited for would hang it. */
Test(shares, bad_trial_is_refused_with_the_main_tariff, .timeout = 10)
{
  write_tariffs(100);
  put_in_force();
  char old_main[RL_DIGEST_TEXT_SIZE];
  memcpy(old_main, main_hash, sizeof old_main);
  write_tariffs(50);
  memcpy(main_hash, old_main, sizeof old_main);
  rl_test_engine_write_trial(&engine, "tariff: summer\nlocks: [{ ttl: 30s }]\n"
                             "rules: [{ name: 5 % }]\n");
  expect_refused("trial.yaml", "rules[0].name", "");
  rl_test_engine_write_trial(&engine, "tariff: summer\nlocks: [{ ttl: 30s }]\n"
                             "trial: { file: autumn.yaml, percent: 1 }\nrules: [{ name: all }]\n");
  expect_refused("trial.yaml", "trial", "only the tariff beside it");
  char path[128];
  snprintf(path, sizeof path, "%s/trial.yaml", engine.directory);
  cr_assert_eq(remove(path), 0);
  expect_refused("tariff.yaml", "trial.file", "trial.yaml beside this file: No such file");
  cr_assert_eq(mkfifo(path, 0600), 0);
  expect_refused("tariff.yaml", "trial.file", "not a regular file");
  cr_assert_eq(remove(path), 0);
  cr_expect(tries("shop"), "the old two stay in force");
}
