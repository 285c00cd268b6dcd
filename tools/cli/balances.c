#include "balances.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *left, const void *right)
{
  const rl_balance *a = left, *b = right;
  int order = strcmp(a->account, b->account);
  if (order != 0)
    return order;
  return strcmp(rl_currency_code(a->currency), rl_currency_code(b->currency));
}

void rl_balances_add_sum(rl_balances *balances, const rl_posting *of, rl_i128 minor,
                         uint64_t postings)
{
  rl_balance wanted = {.kind = of->account, .currency = of->amount.currency};
  memcpy(wanted.name, of->name, sizeof wanted.name);
  rl_account_format(of, wanted.account);
  rl_balance **node = tsearch(&wanted, &balances->tree, compare);
  RL_ASSERT(node);
  if (*node == &wanted) {
    *node = malloc(sizeof wanted);
    RL_ASSERT(*node);
    **node = wanted;
  }
  (*node)->minor += minor;
  (*node)->postings += postings;
}

void rl_balances_add(rl_balances *balances, const rl_posting *posting)
{
  rl_balances_add_sum(balances, posting, posting->amount.minor, 1);
}

typedef struct walk {
  void (*visit)(const rl_balance *balance, void *context);
  void *context;
} walk;

static void step(const void *node, VISIT order, void *closure)
{
  const walk *walking = closure;
  if (order == postorder || order == leaf)
    walking->visit(*(rl_balance *const *)node, walking->context);
}

void rl_balances_each(const rl_balances *balances,
                      void (*visit)(const rl_balance *balance, void *context), void *context)
{
  walk walking = {visit, context};
  twalk_r(balances->tree, step, &walking);
}

void rl_balances_free(rl_balances *balances)
{
  tdestroy(balances->tree, free);
  balances->tree = NULL;
}

void rl_sum_format(rl_i128 minor, rl_currency currency, char out[RL_SUM_TEXT_SIZE])
{
  char digits[RL_SUM_TEXT_SIZE]; /* backwards */
  size_t used = 0, length = 0;
  unsigned exponent = rl_currency_exponent(currency);
  rl_u128 left = minor < 0 ? -(rl_u128)minor : (rl_u128)minor;
  for (; left > 0 || used <= exponent + (exponent > 0); left /= 10) {
    if (exponent > 0 && used == exponent)
      digits[used++] = '.';
    digits[used++] = (char)('0' + (unsigned)(left % 10));
  }
  if (minor < 0)
    out[length++] = '-';
  while (used > 0)
    out[length++] = digits[--used];
  out[length] = '\0';
}
