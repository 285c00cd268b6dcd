/* What the parts of `ratelock ledger` share: which postings are meant, and one entry a part. */
#pragma once

#include "balances.h"
#include "cli.h"
#include "clock/date.h"

typedef struct rl_ledger_arguments {
  rl_cli *cli;
  /* as typed; NULL: not given */
  const char *quote_text;
  const char *account;   /* "customer" matches "customer:shop", too */
  const char *currency_text;
  const char *kind_text;
  const char *from_text;
  const char *to_text;
  const char *format_text;
  const char *in_text;
  const char *mids_file;
  const char *const *mid_texts; /* "EURUSD=1.1252", as many as were given */
  unsigned mid_count;
  bool balances_only;
  /* what the texts say */
  rl_quote_id quote;
  rl_currency currency;
  rl_transaction_kind kind;
  int64_t from_ms;       /* UTC, posted at or after; INT64_MIN without --from */
  int64_t before_ms;     /* UTC, posted before; INT64_MAX without --to */
} rl_ledger_arguments;

/* A person reads a period as days: `--from` begins with a date, `--to` ends with it. */
bool rl_ledger_take_filters(rl_ledger_arguments *arguments);
/* Whether the transaction is of the quote, the kind and the period meant. */
bool rl_ledger_wants(const rl_ledger_arguments *arguments, const rl_transaction *transaction);
/* Whether the posting is of the account and currency meant. */
bool rl_ledger_wants_posting(const rl_ledger_arguments *arguments, const rl_posting *posting);
/* "posted from 2026-11-01T00:00:00.000Z to before 2026-12-01T00:00:00.000Z", or "all that was
 * posted". */
#define RL_PERIOD_TEXT_SIZE 96
void rl_ledger_format_period(const rl_ledger_arguments *arguments, char out[RL_PERIOD_TEXT_SIZE]);

/* Says why a walk over the store ended early. */
rl_exit rl_ledger_fail_walk(rl_status status, const rl_error *error);
/* Of what was let go only sums are left: says so where the period begins or ends among it. */
rl_exit rl_ledger_check_period(const rl_ledger_arguments *arguments, rl_store *store);
/* Visits the sums of what was let go, unless the filters ask for less than all up to some instant,
 * and then all transactions, wanted or not. Says what is wrong, also where more was let go
 * meanwhile. `carried` may be NULL. */
rl_exit rl_ledger_walk(const rl_ledger_arguments *arguments, rl_store *store,
                       rl_visit_carried carried, rl_visit_transaction visit, void *context);

/* A transaction as one map: number, kind, posted_at, value_date, quote, by, key, reference and the
 * postings given. */
#define RL_TRANSACTION_JSON_MAX 8192
void rl_ledger_pack(rl_writer *writer, uint64_t number, const rl_transaction *transaction,
                    const rl_posting *const *postings, unsigned count);

rl_exit rl_ledger_show(const rl_ledger_arguments *arguments, rl_store *store);
rl_exit rl_ledger_verify(const rl_ledger_arguments *arguments, rl_store *store);
rl_exit rl_ledger_profit(const rl_ledger_arguments *arguments, rl_store *store);
rl_exit rl_ledger_export(const rl_ledger_arguments *arguments, rl_store *store);
