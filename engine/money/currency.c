/* The table of currencies and the index from three letters to its rows, both laid out by the
 * compiler: there is nothing to initialise, so there is no order of initialisation to get wrong.
 *
 * The index is direct, one byte for each of the 26^3 codes, because a batch of requests looks up
 * two codes an item: one load there against eight dependent ones of a binary search. */
#include "money/currency.h"

/* Rows are counted from 1 in the order of the list; 0 is no currency. */
enum {
  ROW_NONE,
#define CURRENCY(a, b, c, number, exponent, name) ROW_##a##b##c,
#include "money/iso4217.def"
#undef CURRENCY
  ROW_END,
};
_Static_assert(ROW_END <= RL_CURRENCY_COUNT, "a table by currency has room for every index");
_Static_assert(RL_CURRENCY_COUNT <= UINT8_MAX, "an index fits its byte");

typedef struct currency_row {
  char code[4];
  uint8_t exponent;
  uint16_t number;
  const char *name;
} currency_row;

static const currency_row rows[ROW_END] = {
  [ROW_NONE] = {"---", 0, 0, "no currency"},
#define CURRENCY(a, b, c, number, exponent, name) \
  [ROW_##a##b##c] = {#a #b #c, exponent, number, name},
#include "money/iso4217.def"
#undef CURRENCY
};

enum { LETTER_A, LETTER_B, LETTER_C, LETTER_D, LETTER_E, LETTER_F, LETTER_G, LETTER_H, LETTER_I,
       LETTER_J, LETTER_K, LETTER_L, LETTER_M, LETTER_N, LETTER_O, LETTER_P, LETTER_Q, LETTER_R,
       LETTER_S, LETTER_T, LETTER_U, LETTER_V, LETTER_W, LETTER_X, LETTER_Y, LETTER_Z, LETTERS };

static const uint8_t rows_by_code[LETTERS * LETTERS * LETTERS] = {
#define CURRENCY(a, b, c, number, exponent, name) \
  [(LETTER_##a * LETTERS + LETTER_##b) * LETTERS + LETTER_##c] = ROW_##a##b##c,
#include "money/iso4217.def"
#undef CURRENCY
};

rl_status rl_currency_find(const char *code, size_t length, rl_currency *out)
{
  if (length != 3)
    return RL_NOT_FOUND;
  unsigned place = 0;
  for (unsigned i = 0; i < 3; i++) {
    if (code[i] < 'A' || code[i] > 'Z')
      return RL_NOT_FOUND;
    place = place * LETTERS + (unsigned)(code[i] - 'A');
  }
  if (rows_by_code[place] == ROW_NONE)
    return RL_NOT_FOUND;
  out->index = rows_by_code[place];
  return RL_OK;
}

unsigned rl_currency_count(void)
{
  return ROW_END - 1;
}

static const currency_row *row_of(rl_currency currency)
{
  RL_ASSERT(currency.index < ROW_END);
  return &rows[currency.index];
}

const char *rl_currency_code(rl_currency currency)
{
  return row_of(currency)->code;
}

const char *rl_currency_name(rl_currency currency)
{
  return row_of(currency)->name;
}

unsigned rl_currency_exponent(rl_currency currency)
{
  return row_of(currency)->exponent;
}

unsigned rl_currency_number(rl_currency currency)
{
  return row_of(currency)->number;
}
