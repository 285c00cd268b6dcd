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

/* Unknown is written as 0. */
void rl_quote_put_volatility(rl_writer *writer, uint32_t volatility_ppm)
{
  rl_put_varint(writer, volatility_ppm == RL_VOLATILITY_UNKNOWN ? 0 : volatility_ppm + 1ull);
}

uint32_t rl_quote_get_volatility(rl_reader *reader)
{
  uint64_t written = rl_get_at_most(reader, RL_VOLATILITY_UNKNOWN);
  return written == 0 ? RL_VOLATILITY_UNKNOWN : (uint32_t)(written - 1);
}

void rl_put_currency(rl_writer *writer, rl_currency currency)
{
  rl_put_bytes(writer, rl_currency_code(currency), 3);
}

rl_currency rl_get_currency(rl_reader *reader)
{
  char code[3];
  rl_currency currency = RL_CURRENCY_NONE;
  rl_get_bytes(reader, code, sizeof code);
  if (rl_currency_find(code, sizeof code, &currency) != RL_OK)
    reader->failed = true;
  return currency;
}
