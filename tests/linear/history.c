#include "linear/history.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const uint32_t lin_ttl_ms[LIN_BODIES] = {30000, 60000};
const char *const lin_clients[LIN_CLIENTS] = {"shop", "rival"};

static int by_began(const void *left, const void *right)
{
  const lin_op *a = left, *b = right;
  if (a->began != b->began)
    return a->began < b->began ? -1 : 1;
  return a->turn < b->turn ? -1 : a->turn > b->turn;
}

/* What never reached the engine did nothing. */
static void copy_requests(const lin_group *group, lin_history *out)
{
  unsigned taken = group->op_count < LIN_REQUESTS ? group->op_count : LIN_REQUESTS;
  for (unsigned i = 0; i < taken; i++) {
    const lin_op *op = &group->ops[i];
    if (!op->began || !op->stamped)
      continue;
    out->ops[out->count] = *op;
    out->ops[out->count++].answered = op->ended != 0;
  }
}

/* An unanswered request was carried out before its engine's end, if at all. */
static void bound_by_life(lin_history *history, const lin_op *life)
{
  for (unsigned i = 0; i < history->count; i++) {
    lin_op *op = &history->ops[i];
    if (!op->ended && op->began < life->began) {
      op->ended = life->began;
      op->seen_ns = life->seen_ns;
    }
  }
}

static bool copy_lives(const lin_op *lives, unsigned life_count, lin_history *out)
{
  if (out->count == 0)
    return true;
  uint64_t first = out->ops[0].began, last = out->ops[out->count - 1].began;
  for (unsigned i = 0; i < life_count; i++) {
    bound_by_life(out, &lives[i]);
    if (lives[i].began < first || lives[i].began > last)
      continue;
    if (out->count == LIN_OPS)
      return false;
    out->ops[out->count] = lives[i];
    out->ops[out->count].answered = true;
    out->count++;
  }
  return true;
}

static int index_of(const lin_history *history, rl_quote_id id)
{
  for (unsigned i = 0; i < history->quote_count; i++) {
    if (rl_quote_id_equal(history->quotes[i], id))
      return (int)i;
  }
  return -1;
}

static bool name_quotes(lin_history *history)
{
  for (unsigned i = 0; i < history->count; i++) {
    lin_op *op = &history->ops[i];
    op->answer.quote = -1;
    if (!op->answered || op->kind != LIN_CREATE || op->answer.refusal != RL_REFUSAL_NONE)
      continue;
    op->answer.quote = index_of(history, op->answer.id);
    if (op->answer.quote >= 0)
      continue;
    if (history->quote_count == LIN_QUOTES)
      return false;
    op->answer.quote = (int)history->quote_count;
    history->quotes[history->quote_count++] = op->answer.id;
  }
  for (unsigned i = 0; i < history->count; i++)
    history->ops[i].quote = index_of(history, history->ops[i].about);
  return true;
}

bool lin_prepare(const lin_group *group, const lin_op *lives, unsigned life_count,
                 lin_history *out, const char **fault)
{
  *out = (lin_history){0};
  copy_requests(group, out);
  qsort(out->ops, out->count, sizeof out->ops[0], by_began);
  *fault = "more lives than fit a history";
  if (!copy_lives(lives, life_count, out))
    return false;
  qsort(out->ops, out->count, sizeof out->ops[0], by_began);
  *fault = "more quotes than a group should make";
  return name_quotes(out);
}

static bool same_item(const lin_op *a, const lin_op *b)
{
  return rl_quote_id_equal(a->answer.id, b->answer.id)
         && rl_fingerprint_equal(a->answer.bytes, b->answer.bytes);
}

static bool is_done(const lin_op *op)
{
  return op->answered && op->answer.refusal == RL_REFUSAL_NONE && op->kind <= LIN_CANCEL;
}

static int subject(const lin_op *op)
{
  return op->kind == LIN_CREATE ? op->answer.quote : op->quote;
}

bool lin_repeats_are_identical(const lin_history *history, const char **fault)
{
  const lin_op *first[LIN_SHOW][LIN_QUOTES] = {0};
  for (unsigned i = 0; i < history->count; i++) {
    const lin_op *op = &history->ops[i];
    if (!is_done(op) || subject(op) < 0)
      continue;
    const lin_op **before = &first[op->kind][subject(op)];
    if (*before && !same_item(*before, op)) {
      *fault = "a repeat gave other bytes";
      return false;
    }
    *before = op;
  }
  return true;
}

/* --- printing --- */

static void print_answer(const lin_op *op)
{
  static const char *const lives[] = {"active", "expired", "consumed", "cancelled"};
  const lin_answer *answer = &op->answer;
  if (!op->answered)
    printf("never answered");
  else if (op->kind >= LIN_CLOSED)
    printf("-");
  else if (answer->refusal != RL_REFUSAL_NONE)
    printf("%s", rl_refusal_name(answer->refusal));
  else if (op->kind == LIN_CREATE)
    printf("quote %d for %" PRIu32 " ms", answer->quote, answer->ttl_ms);
  else
    printf("%s", lives[answer->life]);
  if (answer->at_utc_ms)
    printf(" at %+" PRId64 " ms by %s end-%u", (int64_t)(answer->at_utc_ms - LIN_EPOCH_UTC_MS),
           lin_clients[answer->by_client], answer->by_key);
}

static void print_asked(const lin_op *op)
{
  static const char *const kinds[] = {"create", "accept", "cancel", "show", "CLOSED", "KILLED"};
  static const char *const ways[] = {"id", "token", "both", "mismatch"};
  printf("%s", kinds[op->kind]);
  if (op->kind == LIN_CREATE)
    printf(" %s make-%u body %u", lin_clients[op->client], op->key, op->body);
  else if (op->kind == LIN_SHOW)
    printf(" %s quote %d by %s", lin_clients[op->client], op->quote, ways[op->by]);
  else if (op->kind < LIN_SHOW)
    printf(" %s end-%u quote %d by %s", lin_clients[op->client], op->key, op->quote, ways[op->by]);
}

void lin_print(const lin_history *history)
{
  printf("  stamps              arrived ns  boot thread.turn\n");
  for (unsigned i = 0; i < history->count; i++) {
    const lin_op *op = &history->ops[i];
    printf("%9" PRIu64 "-%-9" PRIu64 " %14" PRId64 " %3" PRIu32 " %3u.%-5u ", op->began, op->ended,
           op->arrived_ns, op->boot, op->thread, op->turn);
    print_asked(op);
    printf(" -> ");
    print_answer(op);
    printf("\n");
  }
}
