/* The search and its model judge histories made by hand: what they must let pass, and what they
 * must find. One client's quote is created at 0 s for 30 s, by the operation with stamps 1-2. */
#include "linear/search.h"

#include <criterion/criterion.h>
#include <string.h>

#define SECOND_NS 1000000000ll

static lin_group group;
static lin_op lives[1];
static unsigned life_count;
static const rl_quote_id quote = {.bytes = {1, 2, 3}};

static lin_op *add(lin_kind kind, uint64_t began, uint64_t ended)
{
  lin_op *op = &group.ops[group.op_count];
  *op = (lin_op){.kind = kind, .began = began, .ended = ended, .stamped = true, .about = quote,
                 .boot = 1, .thread = group.op_count, .by = LIN_BY_TOKEN};
  op->answer.id = quote;
  group.op_count++;
  return op;
}

static void arrive(lin_op *op, int64_t seconds)
{
  op->arrived_ns = op->seen_ns = seconds * SECOND_NS;
}

static void setup(void)
{
  memset(&group, 0, sizeof group);
  life_count = 0;
  lin_op *made = add(LIN_CREATE, 1, 2);
  made->answer.issued_utc_ms = LIN_EPOCH_UTC_MS;
  made->answer.ttl_ms = lin_ttl_ms[0];
}

TestSuite(verdicts, .init = setup);

/* `end` is the operation that the answer names. */
static void answer_end(lin_op *op, rl_refusal refusal, const lin_op *end)
{
  op->answer.refusal = refusal;
  op->answer.life = end->kind == LIN_ACCEPT ? LIN_CONSUMED : LIN_CANCELLED;
  op->answer.by_key = end->key;
  op->answer.at_utc_ms = LIN_EPOCH_UTC_MS + end->arrived_ns / RL_NS_PER_MS;
}

static lin_op *end_with(lin_kind kind, unsigned key, uint64_t began, uint64_t ended)
{
  lin_op *op = add(kind, began, ended);
  op->key = key;
  answer_end(op, RL_REFUSAL_NONE, op);
  return op;
}

static lin_op *show(lin_life life, uint64_t began, uint64_t ended)
{
  lin_op *op = add(LIN_SHOW, began, ended);
  op->answer.life = life;
  op->by = LIN_BY_ID;
  return op;
}

static void kill_at(uint64_t stamp)
{
  lives[0] = (lin_op){.kind = LIN_KILLED, .began = stamp, .ended = stamp, .thread = UINT32_MAX};
  life_count = 1;
}

static lin_verdict judge(void)
{
  static lin_history history;
  const char *fault;
  unsigned longest, stuck;
  cr_assert(lin_prepare(&group, lives, life_count, &history, &fault), "%s", fault);
  return lin_search(&history, &longest, &stuck);
}

static void expect(lin_verdict verdict)
{
  cr_assert_eq(judge(), verdict);
}

Test(verdicts, one_of_two_accepts_wins_whichever_was_sent_first)
{
  lin_op *late = end_with(LIN_ACCEPT, 0, 4, 9);
  answer_end(add(LIN_ACCEPT, 3, 10), RL_REFUSAL_QUOTE_CONSUMED, late);
  group.ops[2].key = 1;
  expect(LIN_ORDERED);
}

Test(verdicts, two_accepts_that_win_are_found)
{
  end_with(LIN_ACCEPT, 0, 3, 10);
  end_with(LIN_ACCEPT, 1, 4, 9);
  expect(LIN_NO_ORDER);
}

Test(verdicts, a_loser_that_was_answered_before_the_winner_asked_is_found)
{
  lin_op *winner = end_with(LIN_ACCEPT, 0, 5, 6);
  answer_end(add(LIN_ACCEPT, 3, 4), RL_REFUSAL_QUOTE_CONSUMED, winner);
  group.ops[2].key = 1;
  expect(LIN_NO_ORDER);
}

Test(verdicts, a_cancel_after_the_accept_that_is_done_is_found)
{
  end_with(LIN_ACCEPT, 0, 3, 4);
  end_with(LIN_CANCEL, 0, 5, 6);
  expect(LIN_NO_ORDER);
}

Test(verdicts, a_quote_is_active_while_its_accept_is_under_way_and_not_afterwards)
{
  end_with(LIN_ACCEPT, 0, 3, 6);
  show(LIN_ACTIVE, 4, 5);
  expect(LIN_ORDERED);
  show(LIN_ACTIVE, 7, 8);
  expect(LIN_NO_ORDER);
}

Test(verdicts, expiry_is_judged_at_the_arrival_however_late_the_decision)
{
  lin_op *accept = end_with(LIN_ACCEPT, 0, 3, 20);
  arrive(show(LIN_EXPIRED, 4, 10), 30);
  arrive(accept, 29);
  accept->seen_ns = 99 * SECOND_NS;
  answer_end(accept, RL_REFUSAL_NONE, accept);
  expect(LIN_ORDERED);
  accept->answer.refusal = RL_REFUSAL_QUOTE_EXPIRED;
  expect(LIN_NO_ORDER);
}

Test(verdicts, an_accept_that_arrived_at_the_deadline_is_found)
{
  lin_op *accept = end_with(LIN_ACCEPT, 0, 3, 4);
  arrive(accept, 30);
  answer_end(accept, RL_REFUSAL_NONE, accept);
  expect(LIN_NO_ORDER);
  accept->arrived_ns--;
  answer_end(accept, RL_REFUSAL_NONE, accept);
  expect(LIN_ORDERED);
}

Test(verdicts, on_another_boot_the_skew_is_the_clients)
{
  lin_op *accept = end_with(LIN_ACCEPT, 0, 3, 4);
  accept->boot = 2;
  arrive(accept, 31);
  answer_end(accept, RL_REFUSAL_NONE, accept);
  expect(LIN_NO_ORDER);
  accept->arrived_ns = accept->seen_ns -= 1;
  answer_end(accept, RL_REFUSAL_NONE, accept);
  expect(LIN_ORDERED);
}

Test(verdicts, a_key_that_ended_one_quote_and_then_another_is_found)
{
  lin_op *made = add(LIN_CREATE, 3, 4);
  made->key = 1;
  made->answer = group.ops[0].answer;
  made->answer.id.bytes[0] = 9;
  end_with(LIN_ACCEPT, 0, 5, 6);
  lin_op *again = end_with(LIN_ACCEPT, 0, 7, 8);
  again->about.bytes[0] = 9;
  expect(LIN_NO_ORDER);
  again->answer.refusal = RL_REFUSAL_KEY_REUSED;
  expect(LIN_ORDERED);
}

Test(verdicts, what_was_never_answered_may_have_been_done_or_not)
{
  end_with(LIN_ACCEPT, 0, 3, 0);
  kill_at(5);
  lin_op *seen = show(LIN_CONSUMED, 6, 7);
  answer_end(seen, RL_REFUSAL_NONE, &group.ops[1]);
  group.ops[2].by = LIN_BY_TOKEN;
  expect(LIN_ORDERED);
  seen->answer.life = LIN_ACTIVE;
  expect(LIN_ORDERED);
}

Test(verdicts, what_was_never_answered_was_not_done_after_the_kill)
{
  end_with(LIN_ACCEPT, 0, 3, 0);
  kill_at(5);
  show(LIN_ACTIVE, 6, 7);
  answer_end(show(LIN_CONSUMED, 8, 9), RL_REFUSAL_NONE, &group.ops[1]);
  expect(LIN_NO_ORDER);
}

Test(verdicts, a_kill_may_forget_a_quote_that_nothing_showed)
{
  kill_at(5);
  show(LIN_ACTIVE, 6, 7)->answer.refusal = RL_REFUSAL_QUOTE_UNKNOWN;
  end_with(LIN_ACCEPT, 0, 8, 9); /* by its token */
  expect(LIN_ORDERED);
  show(LIN_ACTIVE, 3, 4);
  expect(LIN_NO_ORDER);
}

Test(verdicts, a_kill_that_forgets_an_accept_is_found)
{
  end_with(LIN_ACCEPT, 0, 3, 4);
  kill_at(5);
  end_with(LIN_CANCEL, 0, 6, 7);
  expect(LIN_NO_ORDER);
}

Test(verdicts, a_create_key_is_new_again_only_when_its_time_is_over)
{
  lin_op *made = add(LIN_CREATE, 3, 4);
  made->answer = group.ops[0].answer;
  made->answer.id.bytes[0] = 9;
  arrive(made, RL_CREATE_KEY_MIN_MS / 1000 - 1);
  made->answer.issued_utc_ms += made->arrived_ns / RL_NS_PER_MS;
  expect(LIN_NO_ORDER);
  made->seen_ns = RL_CREATE_KEY_MIN_MS * RL_NS_PER_MS;
  expect(LIN_ORDERED);
}

Test(verdicts, the_items_of_a_batch_take_effect_in_their_order)
{
  lin_op *accept = end_with(LIN_ACCEPT, 0, 3, 4);
  lin_op *after = show(LIN_ACTIVE, 3, 4);
  expect(LIN_ORDERED);
  after->thread = accept->thread;
  after->turn = 1;
  expect(LIN_NO_ORDER);
}

Test(verdicts, a_receipt_of_other_bytes_is_found)
{
  static lin_history history;
  const char *fault;
  end_with(LIN_ACCEPT, 0, 3, 4);
  lin_op *again = end_with(LIN_ACCEPT, 0, 5, 6);
  cr_assert(lin_prepare(&group, lives, life_count, &history, &fault));
  cr_assert(lin_repeats_are_identical(&history, &fault));
  again->answer.bytes.words[0] = 1;
  cr_assert(lin_prepare(&group, lives, life_count, &history, &fault));
  cr_assert_not(lin_repeats_are_identical(&history, &fault));
}
