#include "linear/model.h"

enum { NEVER_ISSUED, WRITING, MAYBE_LOST, LOST, DURABLE };

typedef struct step {
  const lin_history *history;
  const lin_op *op;
  uint8_t number; /* op + 1 */
  lin_state *next;
  unsigned count;
} step;

static void may_become(step *it, lin_state state)
{
  RL_ASSERT(it->count < LIN_NEXT_MAX);
  it->next[it->count++] = state;
}

static bool answered(const step *it, rl_refusal refusal)
{
  return !it->op->answered || it->op->answer.refusal == refusal;
}

static const lin_op *op_of(const step *it, uint8_t number)
{
  return &it->history->ops[number - 1];
}

static int64_t utc_ms(int64_t ns)
{
  return LIN_EPOCH_UTC_MS + ns / RL_NS_PER_MS;
}

/* --- creating --- */

static bool was_issued_by(const lin_answer *answer, const lin_op *maker)
{
  return answer->issued_utc_ms == utc_ms(maker->arrived_ns)
         && answer->ttl_ms == lin_ttl_ms[maker->body];
}

/* The key's quote exists, and a repeat waits until it is recorded. */
static void repeat(step *it, lin_state state)
{
  lin_key *key = &state.keys[it->op->client][it->op->key];
  const lin_answer *answer = &it->op->answer;
  const lin_op *maker = op_of(it, key->maker);
  if (maker->body != it->op->body) {
    if (answered(it, RL_REFUSAL_KEY_REUSED))
      may_become(it, state);
    return;
  }
  if (!it->op->answered)
    may_become(it, state);
  if (!it->op->answered || !answered(it, RL_REFUSAL_NONE) || !was_issued_by(answer, maker))
    return;
  lin_quote *quote = &state.quotes[answer->quote];
  if (key->quote ? key->quote != answer->quote + 1 : quote->known != NEVER_ISSUED)
    return;
  key->quote = (uint8_t)(answer->quote + 1);
  quote->maker = key->maker;
  quote->known = DURABLE;
  may_become(it, state);
}

static bool is_of_market(rl_refusal refusal)
{
  return refusal >= RL_REFUSAL_NO_RATE && refusal <= RL_REFUSAL_MARKET_BUSY;
}

static void issue(step *it, lin_state state)
{
  lin_key *key = &state.keys[it->op->client][it->op->key];
  const lin_answer *answer = &it->op->answer;
  *key = (lin_key){0};
  if (it->op->answered && is_of_market(answer->refusal)) {
    may_become(it, state);
    return;
  }
  *key = (lin_key){.maker = it->number};
  if (!it->op->answered) {
    may_become(it, state);
    return;
  }
  if (answer->refusal != RL_REFUSAL_NONE || !was_issued_by(answer, it->op)
      || state.quotes[answer->quote].known != NEVER_ISSUED)
    return;
  key->quote = (uint8_t)(answer->quote + 1);
  state.quotes[answer->quote] = (lin_quote){.known = WRITING, .maker = it->number};
  may_become(it, state);
}

static bool key_time_is_over(const step *it, const lin_key *key)
{
  const lin_op *maker = op_of(it, key->maker);
  int64_t ttl_ms = lin_ttl_ms[maker->body];
  int64_t life_ms = ttl_ms > RL_CREATE_KEY_MIN_MS ? ttl_ms : RL_CREATE_KEY_MIN_MS;
  return it->op->seen_ns >= maker->arrived_ns + life_ms * RL_NS_PER_MS;
}

/* --- forgetting --- */

static void set_known(lin_state *state, unsigned quote, uint8_t known)
{
  state->quotes[quote].known = known;
  for (unsigned i = 0; known == LOST && i < LIN_CLIENTS * LIN_CREATE_KEYS; i++) {
    lin_key *key = &state->keys[i / LIN_CREATE_KEYS][i % LIN_CREATE_KEYS];
    if (key->quote == quote + 1)
      *key = (lin_key){0};
  }
}

static void create(step *it, lin_state state)
{
  const lin_key *key = &state.keys[it->op->client][it->op->key];
  if (!key->maker) {
    issue(it, state);
    return;
  }
  /* Nobody was told of its quote: the create that made it may as well not have been carried out. */
  bool told = key->quote != 0;
  bool unsure = told && state.quotes[key->quote - 1].known == MAYBE_LOST;
  lin_state without = state;
  if (unsure) {
    set_known(&without, key->quote - 1u, LOST);
    set_known(&state, key->quote - 1u, DURABLE);
  }
  repeat(it, state);
  if (unsure || !told)
    issue(it, without);
  if (key_time_is_over(it, &state.keys[it->op->client][it->op->key]))
    issue(it, state);
}

/* --- ending --- */

static bool alive_at(const step *it, const lin_op *maker, int64_t ns)
{
  int64_t ttl_ms = lin_ttl_ms[maker->body];
  if (maker->boot == it->op->boot)
    return ns < maker->arrived_ns + ttl_ms * RL_NS_PER_MS;
  return utc_ms(ns) < utc_ms(maker->arrived_ns) + ttl_ms + RL_WALL_SKEW_MS;
}

/* On the quote's own boot the arrival alone judges. */
static bool may_be_expired(const step *it, const lin_op *maker)
{
  bool own_boot = maker->boot == it->op->boot;
  return !alive_at(it, maker, own_boot ? it->op->arrived_ns : it->op->seen_ns);
}

static bool names_end(const step *it, const lin_op *end)
{
  const lin_answer *answer = &it->op->answer;
  return answer->life == (end->kind == LIN_ACCEPT ? LIN_CONSUMED : LIN_CANCELLED)
         && answer->by_client == end->client && answer->by_key == end->key
         && answer->at_utc_ms == utc_ms(end->arrived_ns);
}

static bool is_same_end(const lin_op *op, const lin_op *end)
{
  return op->kind == end->kind && op->client == end->client && op->key == end->key;
}

static bool key_ended_another(const step *it, const lin_state *state)
{
  for (int i = 0; i < LIN_QUOTES; i++) {
    uint8_t end = state->quotes[i].end;
    if (i != it->op->quote && end && is_same_end(it->op, op_of(it, end)))
      return true;
  }
  return false;
}

/* The store's answer says that the quote is recorded, and is given after the sync. */
static void saw_quote(step *it, lin_state state)
{
  lin_quote *quote = &state.quotes[it->op->quote];
  if (it->op->answered && quote->known == WRITING)
    quote->known = DURABLE;
  may_become(it, state);
}

static void meet_open_quote(step *it, lin_state state)
{
  lin_quote *quote = &state.quotes[it->op->quote];
  const lin_op *maker = op_of(it, quote->maker);
  const lin_answer *answer = &it->op->answer;
  bool shows = it->op->kind == LIN_SHOW;
  if (may_be_expired(it, maker)
      && (shows ? answered(it, RL_REFUSAL_NONE) && (!it->op->answered
                                                    || answer->life == LIN_EXPIRED)
                : answered(it, RL_REFUSAL_QUOTE_EXPIRED)))
    saw_quote(it, state);
  if (!alive_at(it, maker, it->op->arrived_ns) || !answered(it, RL_REFUSAL_NONE))
    return;
  if (shows) {
    if (!it->op->answered || answer->life == LIN_ACTIVE)
      saw_quote(it, state);
  } else if (!it->op->answered || names_end(it, it->op)) {
    quote->end = it->number;
    quote->known = DURABLE;
    may_become(it, state);
  }
}

static void meet_ended_quote(step *it, lin_state state, const lin_op *end)
{
  rl_refusal refusal = end->kind == LIN_ACCEPT ? RL_REFUSAL_QUOTE_CONSUMED
                                               : RL_REFUSAL_QUOTE_CANCELLED;
  if (it->op->kind == LIN_SHOW || is_same_end(it->op, end))
    refusal = RL_REFUSAL_NONE;
  if (answered(it, refusal) && (!it->op->answered || names_end(it, end)))
    saw_quote(it, state);
}

/* L3, once it is known whether the quote can be found and is the asking client's. */
static void end_or_show(step *it, lin_state state, bool found)
{
  const lin_quote *quote = it->op->quote < 0 ? NULL : &state.quotes[it->op->quote];
  const lin_op *end = quote && quote->end ? op_of(it, quote->end) : NULL;
  bool shows = it->op->kind == LIN_SHOW;
  if (!shows && key_ended_another(it, &state)) {
    if (answered(it, RL_REFUSAL_KEY_REUSED))
      may_become(it, state);
  } else if (!found || op_of(it, quote->maker)->client != it->op->client) {
    if (answered(it, RL_REFUSAL_QUOTE_UNKNOWN))
      may_become(it, state);
  } else if (end) {
    meet_ended_quote(it, state, end);
  } else {
    meet_open_quote(it, state);
  }
}

static void end(step *it, lin_state state)
{
  const lin_op *op = it->op;
  bool with_token = op->by != LIN_BY_ID;
  uint8_t known = op->quote < 0 ? NEVER_ISSUED : state.quotes[op->quote].known;
  rl_refusal token_refusal = RL_REFUSAL_NONE;
  if (op->by == LIN_BY_MISMATCH)
    token_refusal = RL_REFUSAL_INVALID_FIELD;
  else if (with_token && known != NEVER_ISSUED
           && op_of(it, state.quotes[op->quote].maker)->client != op->client)
    token_refusal = RL_REFUSAL_QUOTE_UNKNOWN;
  if (token_refusal != RL_REFUSAL_NONE) {
    if (answered(it, token_refusal))
      may_become(it, state);
  } else if (known == MAYBE_LOST) {
    lin_state lost = state;
    set_known(&lost, (unsigned)op->quote, LOST);
    end_or_show(it, lost, with_token);
    set_known(&state, (unsigned)op->quote, DURABLE);
    end_or_show(it, state, true);
  } else {
    end_or_show(it, state, known == WRITING || known == DURABLE || (with_token && known == LOST));
  }
}

static void end_life(step *it, lin_state state)
{
  bool killed = it->op->kind == LIN_KILLED;
  for (unsigned i = 0; i < LIN_QUOTES; i++) {
    if (state.quotes[i].known == WRITING)
      state.quotes[i].known = killed ? MAYBE_LOST : DURABLE;
  }
  may_become(it, state);
}

unsigned lin_next(const lin_history *history, const lin_state *state, unsigned op,
                  lin_state next[LIN_NEXT_MAX])
{
  step it = {.history = history, .op = &history->ops[op], .number = (uint8_t)(op + 1),
             .next = next};
  switch (it.op->kind) {
  case LIN_CREATE: create(&it, *state); break;
  case LIN_ACCEPT:
  case LIN_CANCEL:
  case LIN_SHOW: end(&it, *state); break;
  case LIN_CLOSED:
  case LIN_KILLED: end_life(&it, *state); break;
  }
  return it.count;
}
