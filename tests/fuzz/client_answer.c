/* Any bytes as an engine's answer: what is read must be text that ends and sizes that fit. */
#include "client/answer.h"
#include "status/status.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  rl_client_quote quote;
  if (rl_answer_quote(data, size, &quote)) {
    RL_ASSERT(memchr(quote.quote, '\0', sizeof quote.quote) != NULL);
    RL_ASSERT(memchr(quote.client_rate, '\0', sizeof quote.client_rate) != NULL);
    RL_ASSERT(memchr(quote.refusal.message, '\0', sizeof quote.refusal.message) != NULL);
    RL_ASSERT(quote.token_size <= sizeof quote.token);
    RL_ASSERT(quote.refusal.number >= 0);
  }
  rl_client_receipt receipt;
  if (rl_answer_receipt(data, size, &receipt))
    RL_ASSERT(memchr(receipt.state, '\0', sizeof receipt.state) != NULL);
  return 0;
}
