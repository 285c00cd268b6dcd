/* Any bytes as a file of MT940 messages: refused with an error, or whole. */
#include "statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  read_any(data, size, RL_FORMAT_MT940, NULL);
  return 0;
}
