#include "status/refusal.h"

#include <stdbool.h>

const char *rl_refusal_name(rl_refusal refusal)
{
  switch (refusal) {
  case RL_REFUSAL_NONE: return "NONE";
#define RL_REFUSAL_NAME(name, number, retry, sentence) case RL_REFUSAL_##name: return #name;
  RL_REFUSALS(RL_REFUSAL_NAME)
  }
  return "UNKNOWN";
}

const char *rl_refusal_sentence(rl_refusal refusal)
{
  switch (refusal) {
  case RL_REFUSAL_NONE: return "not refused";
#define RL_REFUSAL_SENTENCE(name, number, retry, sentence) case RL_REFUSAL_##name: return sentence;
  RL_REFUSALS(RL_REFUSAL_SENTENCE)
  }
  return "an unknown refusal";
}

rl_retry rl_refusal_retry(rl_refusal refusal)
{
  switch (refusal) {
  case RL_REFUSAL_NONE: return RL_RETRY_NEVER;
#define RL_REFUSAL_RETRY(name, number, retry, sentence) \
  case RL_REFUSAL_##name: return RL_RETRY_##retry;
  RL_REFUSALS(RL_REFUSAL_RETRY)
  }
  return RL_RETRY_NEVER;
}

const char *rl_retry_name(rl_retry retry)
{
  switch (retry) {
  case RL_RETRY_NEVER: return "never";
  case RL_RETRY_SAME_KEY: return "same_key";
  case RL_RETRY_NEW_QUOTE: return "new_quote";
  case RL_RETRY_LATER: return "later";
  }
  return "never";
}

/* What does not change within a second: the disk and the database are looked at so often, a market
 * opens on the minute, a breaker holds for a minute, and a revocation is in force for a day. */
static uint32_t longer_pause_ms(rl_refusal refusal)
{
  bool store = refusal == RL_REFUSAL_STORE_READ_ONLY || refusal == RL_REFUSAL_STORE_FAILED
               || refusal == RL_REFUSAL_STORE_UNREACHABLE;
  return store ? 1000
         : refusal == RL_REFUSAL_MARKET_CLOSED ? 60000
         : refusal == RL_REFUSAL_PAIR_HALTED ? 5000
         : refusal == RL_REFUSAL_TOO_MANY_REVOCATIONS ? 3600000
                                                      : 0;
}

uint32_t rl_refusal_retry_after_ms(rl_refusal refusal)
{
  uint32_t longer_ms = longer_pause_ms(refusal);
  if (longer_ms > 0)
    return longer_ms;
  switch (rl_refusal_retry(refusal)) {
  case RL_RETRY_SAME_KEY: return 100;
  case RL_RETRY_LATER: return 500;
  case RL_RETRY_NEVER:
  case RL_RETRY_NEW_QUOTE: return 0;
  }
  return 0;
}
