/* A statement held against the ledger: which movements of the one are which of the other, and what
 * is open. Deterministic: the same items and options give the same findings.
 *
 * Movements are tied to each other in this order; what one step ties, no later one looks at:
 *
 *   1. one to one, with a common reference, amount and value date within the tolerances
 *   2. one to many and many to one, with common references: all that share one with it, else the
 *      fewest of them, whose sum is within the tolerance
 *   3. breaks with a common reference: the date alone (one to one, then the whole of 2.), the
 *      amount (all that share references with nothing else, then one to one), the currency
 *   4. duplicates of what is tied: same reference, amount and value date, on the same side
 *   5. one to one by amount and value date, as many as can be
 *   6. one to many and many to one by sums: at most RL_SUM_ITEMS_MAX movements out of the
 *      RL_SUM_CANDIDATES_MAX nearest in time
 *   7. breaks without a reference: the same amount a few days off, the same figures in another
 *      currency
 *   8. duplicates again, and what is left is missing on the other side
 *
 * In steps 1 and 5 no tying of more pairs exists; among these, smaller differences of amount come
 * first, then fewer days, then the order of the sides. In 2 and 6: fewer items, then a smaller
 * difference, then the order. A reference comes before amount and date: two movements that name the
 * same business and differ are a break, and not each a chance match with something else. A
 * reference that more than RL_REFERENCE_SHARED_MAX movements of both sides carry tells nothing and
 * is used for duplicates alone.
 *
 * Exact: integers only, sums in 128 bits. Pure; one thread. */
#pragma once

#include "money/wide.h"
#include "reconcile/items.h"

/* 2^22 pairs that may be the same, 32 bytes each: more is no tolerance. */
#define RL_RECONCILE_EDGES_MAX (1u << 22)
/* Looks at such pairs in search of more matches: some seconds. */
#define RL_RECONCILE_STEPS_MAX (1ull << 32)
/* 24 candidates and 5 of them are 55,000 sums: all can be tried for each movement. */
#define RL_SUM_CANDIDATES_MAX 24u
#define RL_SUM_ITEMS_MAX 5u
/* Of all movements together; beyond it steps 2 and 6 try no more parts of sums (sums_cut). Some ten
 * seconds, when a hundred thousand movements of each side fit nothing. */
#define RL_SUM_STEPS_MAX (1ull << 28)
/* Movements near a date that are looked at for a candidate of a sum. */
#define RL_SUM_WINDOW_MAX 4096u
#define RL_REFERENCE_SHARED_MAX 32u
/* Same amount, no common reference: so many days apart it may still be the same, late. Below the
 * distance of monthly payments. */
#define RL_DATE_BREAK_DAYS 10
/* Tolerances: a day's interest on the largest amount; the longest value-dating. */
#define RL_TOLERANCE_MINOR_MAX 1000000000ll
#define RL_TOLERANCE_DAYS_MAX 366

typedef enum rl_side_of { RL_OF_STATEMENT, RL_OF_LEDGER, RL_SIDES } rl_side_of;

typedef enum rl_finding_kind {
  RL_MATCHED,
  RL_AMOUNT_BREAK,
  RL_DATE_BREAK,
  RL_CURRENCY_BREAK,
  RL_DUPLICATE,
  RL_MISSING_THERE, /* in the ledger, not on the statement */
  RL_MISSING_HERE,  /* on the statement, not in the ledger */
  RL_FINDING_KINDS,
} rl_finding_kind;

/* "matched", "amount break", … Static. */
const char *rl_finding_kind_name(rl_finding_kind kind);

typedef struct rl_finding {
  rl_finding_kind kind;
  bool by_reference;        /* tied by a common reference, not by amount and date */
  uint32_t twin;            /* of a duplicate: the item of its side that it repeats */
  uint32_t first[RL_SIDES]; /* its items: into rl_reconciliation.members of the side */
  uint32_t count[RL_SIDES];
} rl_finding;

/* Sums of one currency, minor units. */
typedef struct rl_reconcile_total {
  rl_currency currency;
  rl_i128 sum[RL_SIDES];
  uint32_t count[RL_SIDES];
  rl_i128 kind_sum[RL_FINDING_KINDS][RL_SIDES];
  uint32_t kind_count[RL_FINDING_KINDS][RL_SIDES];
} rl_reconcile_total;

typedef struct rl_reconcile_options {
  int64_t tolerance_minor; /* 0 … RL_TOLERANCE_MINOR_MAX; of a whole group's difference */
  int32_t tolerance_days;  /* 0 … RL_TOLERANCE_DAYS_MAX, between value dates */
  rl_date from;            /* the period, inclusive, by date of booking: what lies outside may */
  rl_date to;              /* be tied, but is not missing */
} rl_reconcile_options;

typedef struct rl_reconciliation {
  rl_finding *findings;       /* in the statement's order, then the ledger's */
  uint32_t count;
  uint32_t *members[RL_SIDES]; /* items' indexes, finding by finding */
  uint32_t outside[RL_SIDES]; /* outside the period and untied: in no finding and in no total */
  bool sums_cut;              /* RL_SUM_STEPS_MAX was reached */
  uint32_t open;              /* findings that are not matched */
  /* By currency's code. Each side's sum is that of its kinds: asserted. */
  rl_reconcile_total *totals;
  uint32_t total_count;
} rl_reconciliation;

/* Pending items take no part. RL_OUT_OF_RANGE when the tolerances leave more ways than can be
 * tried, RL_NO_MEMORY. The caller frees *out. */
RL_MUST_USE rl_status rl_reconcile(const rl_items *statement, const rl_items *ledger,
                                   const rl_reconcile_options *options, rl_reconciliation *out);
void rl_reconciliation_free(rl_reconciliation *reconciliation);
