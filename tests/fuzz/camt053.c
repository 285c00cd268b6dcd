/* Any bytes as a camt.053 document: refused with an error, or whole. */
#include "statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  read_any(data, size, RL_FORMAT_CAMT053, NULL);
  return 0;
}
