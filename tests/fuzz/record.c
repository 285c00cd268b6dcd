/* Any bytes as a record of the store: the first names its kind, the rest are read as they are and
 * again under a checksum that holds, so that damage reaches the fields. What is read is written
 * back to the same bytes: a record has one form. */
#include "store/rows.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE_MOST = RL_RECORD_MAX };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The quote's evidence has a checksum of its own inside the terms, so few inputs pass both. */
static size_t quote_again(const uint8_t *bytes, size_t size, uint8_t *again)
{
  rl_quote quote;
  return rl_quote_decode(bytes, size, &quote) == RL_OK ? rl_quote_encode(&quote, again) : 0;
}

static size_t transaction_again(const uint8_t *bytes, size_t size, uint8_t *again)
{
  rl_transaction transaction;
  if (rl_transaction_decode(bytes, size, &transaction) != RL_OK)
    return 0;
  (void)rl_transaction_balances(&transaction);
  return rl_transaction_encode(&transaction, again);
}

static size_t end_again(const uint8_t *bytes, size_t size, uint8_t *again)
{
  rl_end end;
  return rl_end_decode(bytes, size, &end) == RL_OK ? rl_end_encode(&end, again) : 0;
}

static size_t meta_again(const uint8_t *bytes, size_t size, uint8_t *again)
{
  rl_meta meta;
  return rl_meta_decode(bytes, size, &meta) == RL_OK ? rl_meta_encode(&meta, again) : 0;
}

static size_t halt_again(const uint8_t *bytes, size_t size, uint8_t *again)
{
  rl_halt halt;
  return rl_halt_decode(bytes, size, &halt) == RL_OK ? rl_halt_encode(&halt, again) : 0;
}

static void read_and_write(uint8_t kind, const uint8_t *bytes, size_t size)
{
  static size_t (*const kinds[])(const uint8_t *, size_t, uint8_t *) = {
    quote_again, transaction_again, end_again, meta_again, halt_again};
  uint8_t again[SIZE_MOST];
  size_t written = kinds[kind % 5](bytes, size, again);
  RL_ASSERT(written == 0 || (written == size && memcmp(again, bytes, size) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size == 0 || size - 1 > SIZE_MOST)
    return 0;
  read_and_write(data[0], data + 1, size - 1);
  if (size - 1 < RL_CHECKSUM_SIZE)
    return 0;
  uint8_t *sealed = malloc(size - 1);
  if (!sealed)
    return 0;
  memcpy(sealed, data + 1, size - 1);
  rl_writer writer = rl_writer_over(sealed, size - 1);
  writer.used = size - 1 - RL_CHECKSUM_SIZE;
  rl_put_checksum(&writer);
  read_and_write(data[0], sealed, size - 1);
  free(sealed);
  return 0;
}
