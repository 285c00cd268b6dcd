#include "quote/quote.h"

#include <string.h>

#define RL_ID_TIME_BYTES 6

/* Crockford's base 32: no I, L, O or U, so that an id read aloud or copied by hand survives. */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Digit `index` counts from the left; 26 digits hold 130 bits, so the first one has two bits to
 * spare and is at most 7. */
static unsigned shift_of(unsigned index)
{
  return 5 * (25 - index);
}

/* The lowest `count` digits of `value`, from the right. */
static void put_digits(uint64_t value, unsigned count, char *out)
{
  for (; count > 0; value >>= 5)
    out[--count] = alphabet[value & 31];
}

/* Sixty bits are twelve digits: pieces of a word, where shifts of the whole would cost more. */
void rl_quote_id_format(rl_quote_id id, char out[RL_QUOTE_ID_TEXT_SIZE])
{
  uint64_t high = 0, low = 0;
  for (size_t i = 0; i < 8; i++) {
    high = high << 8 | id.bytes[i];
    low = low << 8 | id.bytes[8 + i];
  }
  put_digits(high >> 56, 2, out);
  put_digits(high << 4 | low >> 60, 12, out + 2);
  put_digits(low, 12, out + 14);
  out[RL_QUOTE_ID_TEXT_SIZE - 1] = '\0';
}

static bool digit_of(char letter, unsigned *digit)
{
  if (letter >= 'a' && letter <= 'z')
    letter = (char)(letter - 'a' + 'A');
  const char *found = letter ? strchr(alphabet, letter) : NULL;
  if (!found)
    return false;
  *digit = (unsigned)(found - alphabet);
  return true;
}

rl_status rl_quote_id_parse(const char *text, size_t length, rl_quote_id *out)
{
  if (length != RL_QUOTE_ID_TEXT_SIZE - 1)
    return RL_INVALID;
  rl_u128 value = 0;
  for (unsigned i = 0; i < length; i++) {
    unsigned digit;
    if (!digit_of(text[i], &digit) || (i == 0 && digit > 7))
      return RL_INVALID;
    value |= (rl_u128)digit << shift_of(i);
  }
  for (size_t i = sizeof out->bytes; i-- > 0; value >>= 8)
    out->bytes[i] = (uint8_t)value;
  return RL_OK;
}

bool rl_quote_id_equal(rl_quote_id left, rl_quote_id right)
{
  return rl_quote_id_compare(left, right) == 0;
}

int rl_quote_id_compare(rl_quote_id left, rl_quote_id right)
{
  return memcmp(left.bytes, right.bytes, sizeof left.bytes);
}

bool rl_engine_id_equal(rl_engine_id left, rl_engine_id right)
{
  return memcmp(left.bytes, right.bytes, sizeof left.bytes) == 0;
}

rl_quote_id rl_quote_id_make(rl_utc issued, const uint8_t random[10])
{
  RL_ASSERT(issued.ms >= 0 && issued.ms >> (8 * RL_ID_TIME_BYTES) == 0);
  rl_quote_id id;
  for (unsigned i = 0; i < RL_ID_TIME_BYTES; i++)
    id.bytes[i] = (uint8_t)(issued.ms >> (8 * (RL_ID_TIME_BYTES - 1 - i)));
  memcpy(id.bytes + RL_ID_TIME_BYTES, random, sizeof id.bytes - RL_ID_TIME_BYTES);
  return id;
}

rl_quote_id rl_quote_id_first_at(int64_t utc_ms)
{
  static const uint8_t lowest[10];
  return rl_quote_id_make((rl_utc){.ms = utc_ms > 0 ? utc_ms : 0}, lowest);
}

rl_utc rl_quote_id_time(rl_quote_id id)
{
  int64_t ms = 0;
  for (unsigned i = 0; i < RL_ID_TIME_BYTES; i++)
    ms = ms << 8 | id.bytes[i];
  return (rl_utc){.ms = ms};
}
