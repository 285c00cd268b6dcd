/* Quotes taken back that the engine does not know, or not yet, or that it died over. */
#include "service/desk.h"
#include "service/service_internal.h"
#include "store/private.h"
#include "support/failing.h"
#include "wire/fields.h"
#include "wire/reply.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

TestSuite(revoke_late, .init = desk_setup, .fini = desk_teardown);

static void expect_token(const held *it, const char *key, const char *code)
{
  rl_request request = {
    .kind = RL_REQUEST_ACCEPT, .token = it->token, .token_size = it->token_size};
  snprintf(request.key, sizeof request.key, "%s", key);
  cr_expect_str_eq(code_of("shop", &request), code);
}

static rl_quote as_recorded(const held *it)
{
  rl_quote out;
  rl_job look = {.kind = RL_JOB_SHOW}; /* answered behind the record */
  cr_assert_eq(rl_quote_id_parse(it->id, strlen(it->id), &look.quote_id), RL_OK);
  rl_test_run_job(&engine, &look);
  cr_assert_eq(rl_store_find_quote(engine.store, look.quote_id, &out), RL_OK);
  return out;
}

/* The store's part alone: as it is when the engine dies before its walk. */
static void revoke_without_a_walk(const char *key)
{
  rl_request request = revoke_all(key);
  rl_job job = {
    .kind = RL_JOB_REVOKE,
    .client = "operator",
    .body = rl_request_body(&request),
    .revocation = rl_revocation_asked(&request),
    .arrived = rl_clock_read(&engine.clock),
  };
  snprintf(job.key, sizeof job.key, "%s", key);
  rl_test_run_job(&engine, &job);
  cr_assert_eq(job.refusal, RL_REFUSAL_NONE);
}

static void take_back(const held *it)
{
  rl_job job = {.kind = RL_JOB_TAKE_BACK, .quote_id = as_recorded(it).id};
  rl_test_run_job(&engine, &job);
  cr_assert(job.ended);
}

/* Behind the walk of the start: the desk does one thing after the other. */
static void await_desk(void)
{
  rl_request nothing = revoke_request("await");
  nothing.revoke.issued_before_ms = 1;
  revoke(&nothing);
}

static void expect_finished_walk(bool new_boot)
{
  held quotes[3] = {quote("a"), quote("b"), quote("c")};
  held consumed = quote("d");
  expect_accept(&consumed, "x", "");
  wait_ns(1);
  revoke_without_a_walk("v");
  wait_ns(1);
  held after = quote("e");
  take_back(&quotes[1]);
  cr_assert(!has_row(&quotes[0]) && !has_row(&quotes[2]));
  rl_test_engine_restart(&engine, new_boot);
  expect_locks(1);
  await_desk();
  for (unsigned i = 0; i < 3; i++) {
    cr_expect(has_row(&quotes[i]));
    expect_accept(&quotes[i], "y", "QUOTE_REVOKED");
  }
  cr_expect_str_eq(state_of(&consumed), "consumed");
  cr_expect_str_eq(state_of(&after), "active");
  expect_locks(1);
}

Test(revoke_late, a_walk_that_a_crash_broke_off_is_finished_at_the_next_start)
{
  expect_finished_walk(false);
}

Test(revoke_late, a_walk_that_a_crash_broke_off_is_finished_on_another_boot)
{
  expect_finished_walk(true);
}

Test(revoke_late, a_create_key_of_a_quote_taken_back_still_meets_its_first_answer)
{
  held it = quote("a");
  wait_ns(1);
  revoke_without_a_walk("v");
  rl_test_engine_restart(&engine, false);
  rl_test_engine_tick(&engine);
  held again = quote("a");
  cr_expect_str_eq(again.id, it.id);
  expect_accept(&again, "x", "QUOTE_REVOKED");
}

Test(revoke_late, an_accept_that_meets_it_before_the_walk_ends_the_lock_and_is_the_only_news)
{
  held it = quote("a");
  events_of(RL_LIFE_ISSUED);
  revoke_without_a_walk("v");
  expect_locks(1);
  expect_accept(&it, "x", "QUOTE_REVOKED");
  expect_locks(0);
  cr_expect_eq(events_of(RL_LIFE_REVOKED), 1);
  rl_request request = revoke_all("w");
  revoke(&request);
  cr_expect_eq(events_of(RL_LIFE_REVOKED), 0);
}

Test(revoke_late, a_token_never_seen_here_is_revoked_too)
{
  held it = quote("a");
  rl_quote quote = as_recorded(&it);
  uint8_t token[RL_TOKEN_MAX];
  const uint8_t random[10] = {7};
  quote.id = rl_quote_id_make((rl_utc){quote.issued_utc_ms}, random);
  size_t size = rl_seal_token(engine.seal, &quote, token);
  rl_request request = revoke_all("v");
  revoke(&request);
  memcpy(it.token, token, size);
  it.token_size = size;
  expect_token(&it, "x", "QUOTE_REVOKED");
  expect_token(&it, "x", "QUOTE_REVOKED");
}

Test(revoke_late, a_record_that_waits_for_the_store_is_walked_through_too)
{
  rl_test_hold hold;
  rl_test_hold_store(&engine, &hold);
  held it = quote("a");
  rl_test_free_store(&hold);
  rl_request request = revoke_all("v");
  revoke(&request);
  cr_expect(has_row(&it));
  expect_locks(0);
}

Test(revoke_late, a_walk_that_a_full_disk_broke_off_goes_on_when_there_is_space)
{
  held it = quote("a");
  revoke_without_a_walk("v");
  rl_test_fail_commits(engine.store->tables, RL_NO_SPACE, 1);
  rl_request request = revoke_all("v");
  revoke(&request); /* it stands, but the row finds no space */
  cr_expect(!has_row(&it));
  expect_locks(1);
  rl_job look = {.kind = RL_JOB_SHOW};
  rl_test_run_job(&engine, &look); /* by now there is some */
  cr_assert_eq(rl_store_state_now(engine.store), RL_STORE_OPEN);
  rl_service_sweep(engine.service);
  await_desk();
  cr_expect(has_row(&it));
  expect_locks(0);
}

Test(revoke_late, a_walk_that_could_not_read_goes_on_when_it_can)
{
  held it = quote("a");
  rl_test_fail_scans(engine.store->tables, RL_UNREACHABLE, 1);
  rl_request request = revoke_all("v");
  revoke(&request);
  cr_expect(!has_row(&it));
  rl_service_sweep(engine.service);
  await_desk();
  cr_expect(has_row(&it));
  expect_locks(0);
}

/* Of bytes that only waste room: nothing is written any more. */
static void fill_the_inbox(void)
{
  static const uint8_t bytes[RL_RECORD_MAX];
  size_t sizes[] = {sizeof bytes, 1};
  for (unsigned i = 0; i < 2; i++) {
    while (rl_inbox_put_record(&engine.store->inbox, bytes, sizes[i]) == RL_OK)
      continue;
  }
}

/* Either is so for good. */
static bool is_under_way_or_given_up(void)
{
  pthread_mutex_lock(&engine.service->desk.mutex);
  bool under_way = engine.service->desk.taken > 0;
  pthread_mutex_unlock(&engine.service->desk.mutex);
  return under_way || engine.service->desk.unfinished;
}

Test(revoke_late, an_engine_with_a_full_disk_and_a_full_inbox_ends_all_the_same, .timeout = 20)
{
  held it = quote("a");
  revoke_without_a_walk("v");
  rl_test_fail_commits(engine.store->tables, RL_NO_SPACE, UINT32_MAX);
  expect_accept(&it, "x", "STORE_READ_ONLY");
  fill_the_inbox();
  rl_desk_resume(engine.service);
  while (!is_under_way_or_given_up())
    sched_yield();
  rl_service_quiesce(engine.service);
  cr_expect(!has_row(&it));
}

Test(revoke_late, winding_up_breaks_the_walk_off_and_the_next_start_finishes_it)
{
  held it = quote("a");
  rl_request request = revoke_all("v");
  rl_service_wind_up(engine.service);
  revoke(&request);
  cr_expect(!has_row(&it));
  rl_test_engine_restart(&engine, false);
  await_desk();
  cr_expect(has_row(&it));
}
