/* Any bytes as two sides: four bytes a movement, and whatever they say, the reconciliation adds up
 * (it asserts so itself) and has each movement once. */
#include "reconcile/reconcile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add(rl_items *items, const uint8_t bytes[4])
{
  static const char *const codes[] = {"EUR", "USD", "JPY", "KWD"};
  char reference = (char)('A' + bytes[1] % 8);
  rl_item item = {
    .value_date = {bytes[1] >> 3}, .booked = {bytes[1] >> 3}, .pending = bytes[0] == 0xff,
    .amount = {.minor = (int8_t)bytes[2] * (bytes[0] & 0x10 ? 1000000000000 : 1) + bytes[3]},
  };
  rl_status status = rl_currency_find(codes[bytes[0] >> 6], 3, &item.amount.currency);
  RL_ASSERT(status == RL_OK);
  if (item.amount.minor == 0)
    return;
  status = rl_items_add(items, &item);
  RL_ASSERT(status == RL_OK);
  if (bytes[0] & 2)
    status = rl_items_refer(items, &reference, 1);
  RL_ASSERT(status == RL_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  rl_items sides[RL_SIDES] = {0};
  rl_reconciliation result;
  if (size < 2 || size > 1024)
    return 0;
  rl_reconcile_options options = {
    .tolerance_minor = data[0], .tolerance_days = data[1] & 15,
    .from = {data[1] >> 4}, .to = {20 + (data[1] >> 4)},
  };
  for (size_t i = 2; i + 4 <= size; i += 4)
    add(&sides[data[i] & 1], data + i);
  rl_status status = rl_reconcile(&sides[0], &sides[1], &options, &result);
  RL_ASSERT(status == RL_OK);
  for (rl_side_of side = 0; side < RL_SIDES; side++) {
    uint32_t found = result.outside[side];
    for (uint32_t i = 0; i < result.count; i++)
      found += result.findings[i].count[side];
    for (uint32_t i = 0; i < sides[side].count; i++)
      found += sides[side].items[i].pending;
    RL_ASSERT(found == sides[side].count);
  }
  rl_reconciliation_free(&result);
  rl_items_free(&sides[0]);
  rl_items_free(&sides[1]);
  return 0;
}
