/* What `ratelock reconcile` shows: the statement, the ledger's side, and the findings. One
 * thread. */
#pragma once

#include "reconcile/ledger.h"
#include "reconcile/reconcile.h"
#include "reconcile/statement.h"

typedef struct rl_reconcile_page {
  const char *file;
  rl_statement_format format;
  const char *bank_account;      /* of the statement; "" where it does not say */
  const char *account;           /* of the ledger, without "settlement:" */
  const rl_statements *statements;
  const rl_items *items[RL_SIDES];
  rl_reconcile_options options;
  const rl_reconciliation *result;
  bool all;                      /* show what is matched, too */
} rl_reconcile_page;

void rl_reconcile_print(const rl_reconcile_page *page);
void rl_reconcile_print_json(const rl_reconcile_page *page);
