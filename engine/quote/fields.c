#include "quote/fields.h"

uint64_t rl_get_at_most(rl_reader *reader, uint64_t most)
{
  uint64_t value = rl_get_varint(reader);
  if (value <= most)
    return value;
  reader->failed = true;
  return 0;
}

uint8_t rl_get_u8_at_most(rl_reader *reader, uint8_t most)
{
  uint8_t value = rl_get_u8(reader);
  if (value <= most)
    return value;
  reader->failed = true;
  return 0;
}

int64_t rl_get_amount_minor(rl_reader *reader)
{
  return (int64_t)rl_get_at_most(reader, RL_AMOUNT_MAX);
}
