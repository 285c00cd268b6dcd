#include "status/refusal.h"

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

uint32_t rl_refusal_retry_after_ms(rl_refusal refusal)
{
  switch (rl_refusal_retry(refusal)) {
  case RL_RETRY_SAME_KEY: return 100;
  case RL_RETRY_LATER: return 500;
  case RL_RETRY_NEVER:
  case RL_RETRY_NEW_QUOTE: return 0;
  }
  return 0;
}
