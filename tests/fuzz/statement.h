/* What must hold of any statement that was read, for the fuzzers of its formats. */
#pragma once

#include "reconcile/statement.h"

#include <string.h>

/* Reads the bytes: refused with an error, or movements within their bounds whose booked sum is the
 * difference of the balances. */
static inline void read_any(const uint8_t *data, size_t size, rl_statement_format format,
                            const rl_csv_form *csv)
{
  rl_statements read;
  rl_error error = {0};
  if (rl_statements_read((const char *)data, size, "fuzz", format, csv, &read, &error) != RL_OK) {
    RL_ASSERT(error.text[0] != '\0');
    return;
  }
  RL_ASSERT(read.count >= 1 && read.count <= RL_STATEMENTS_MAX);
  for (uint32_t i = 0; i < read.count; i++) {
    const rl_statement *statement = &read.statements[i];
    int64_t moved = 0;
    for (uint32_t k = 0; k < read.items.count; k++) {
      const rl_item *item = &read.items.items[k];
      RL_ASSERT(item->amount.minor != 0 && item->statement < read.count);
      for (uint32_t r = 0; r < item->reference_count; r++)
        RL_ASSERT(rl_items_reference(&read.items, item, r)[0] != '\0');
      moved += item->statement == i && !item->pending ? item->amount.minor : 0;
    }
    RL_ASSERT(statement->from.day <= statement->to.day);
    RL_ASSERT(!statement->balanced ||
              statement->opening_minor + moved == statement->closing_minor);
  }
  rl_statements_free(&read);
}
