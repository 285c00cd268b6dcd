/* `ratelock ledger verify`: the proof of the whole store, and what it was about. */
#include "ledger.h"

#include "table.h"

#include <inttypes.h>

typedef struct counts {
  uint64_t of[RL_TRANSACTION_HEDGE + 1]; /* by kind */
} counts;

static bool count(uint64_t number, const rl_transaction *transaction, void *context)
{
  counts *all = context;
  (void)number;
  all->of[transaction->kind]++;
  return true;
}

static void print_json(const rl_verify_report *report, const counts *kinds)
{
  printf("{\"ok\": true, \"quotes\": %" PRIu64 ", \"ends\": %" PRIu64 ", \"consumed\": %" PRIu64
         ", \"transactions\": %" PRIu64 ", \"postings\": %" PRIu64 ", \"kinds\": {",
         report->quotes, report->ends, report->consumed, report->transactions, report->postings);
  for (rl_transaction_kind kind = RL_TRANSACTION_SALE; kind <= RL_TRANSACTION_HEDGE; kind++)
    printf("%s\"%s\": %" PRIu64, kind == RL_TRANSACTION_SALE ? "" : ", ",
           rl_transaction_kind_name(kind), kinds->of[kind]);
  printf("}, \"carried\": %" PRIu64 "}\n", report->carried);
}

static void row(rl_table *table, const char *label, uint64_t number)
{
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", label);
  rl_table_cell(table, RL_STYLE_STRONG, "%" PRIu64, number);
}

static void print_report(const rl_verify_report *report, const counts *kinds)
{
  static const rl_column columns[] = {{"", RL_ALIGN_LEFT}, {"", RL_ALIGN_RIGHT}};
  rl_table table = rl_table_of(columns, 2);
  row(&table, "quotes recorded", report->quotes);
  row(&table, "ended", report->ends);
  row(&table, "of these accepted", report->consumed);
  row(&table, "transactions", report->transactions);
  row(&table, "  sales", kinds->of[RL_TRANSACTION_SALE]);
  row(&table, "  refunds", kinds->of[RL_TRANSACTION_REFUND]);
  row(&table, "  settlements", kinds->of[RL_TRANSACTION_SETTLEMENT]);
  row(&table, "  hedges", kinds->of[RL_TRANSACTION_HEDGE]);
  row(&table, "postings", report->postings);
  if (report->carried > 0)
    row(&table, "sums of what was let go", report->carried);
  rl_table_print(&table, stdout, 2);
}

rl_exit rl_ledger_verify(const rl_ledger_arguments *arguments, rl_store *store)
{
  rl_verify_report report;
  counts kinds = {0};
  rl_error error = {0};
  bool json = arguments->cli->json;
  rl_status status = rl_store_verify(store, &report, &error);
  if (status == RL_OK)
    status = rl_store_each_transaction(store, 1, count, &kinds, &error);
  if (status != RL_OK) {
    if (json)
      printf("{\"ok\": false}\n");
    return rl_ledger_fail_walk(status, &error);
  }
  if (json) {
    print_json(&report, &kinds);
    return RL_EXIT_DONE;
  }
  rl_print_styled(stdout, RL_STYLE_GOOD, "proved");
  printf(": every checksum holds, every currency of every transaction sums to zero,\n"
         "each accepted quote has one sale, equal to it, and nothing else has one\n\n");
  print_report(&report, &kinds);
  return RL_EXIT_DONE;
}
