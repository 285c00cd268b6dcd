#include "priced.h"

static bool fees_alike(const rl_terms *left, const rl_terms *right)
{
  for (unsigned i = 0; i < left->fee_count; i++) {
    if (left->fees[i].amount_minor != right->fees[i].amount_minor
        || left->fees[i].side != right->fees[i].side || left->fees[i].mode != right->fees[i].mode)
      return false;
  }
  return true;
}

bool rl_priced_alike(const rl_priced *left, const rl_priced *right)
{
  const rl_terms *a = &left->terms, *b = &right->terms;
  if (left->refusal != RL_REFUSAL_NONE || right->refusal != RL_REFUSAL_NONE)
    return left->refusal == right->refusal;
  return rl_rate_compare(a->client_rate, b->client_rate) == 0
         && a->charge_minor == b->charge_minor && a->source_minor == b->source_minor
         && a->net_minor == b->net_minor && a->gross_minor == b->gross_minor
         && a->target_minor == b->target_minor && a->residue_minor == b->residue_minor
         && a->ttl_ms == b->ttl_ms && a->fee_count == b->fee_count && fees_alike(a, b);
}
