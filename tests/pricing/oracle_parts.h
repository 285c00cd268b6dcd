/* One case on its way through the pricing oracle, between its files. */
#pragma once

#include "pricing/exact_fees.h"
#include "pricing/oracle.h"

/* One case with its exact rates. */
typedef struct oracle_working {
  const oracle_case *asked;
  oracle_quote *quote;
  exact_items items;
  int64_t increment;
  mpq_t walked;     /* target per source in major units, legs at the side the client trades on */
  mpq_t walked_mid; /* the same at mid */
  mpq_t client;     /* as shown, in market convention */
  mpq_t minor;      /* 10^(et - es) */
  mpq_t rho;        /* target minor units per source minor unit */
} oracle_working;

/* To so many digits, half-even. RATE_OUT_OF_RANGE where it cannot be shown. */
rl_refusal oracle_show(const mpq_t rate, unsigned digits, rl_rate *out);
/* floor of what a target amount is worth in the source currency at mid. */
void oracle_worth_at_mid(const oracle_working *w, mpz_t out, const mpz_t target);
/* floor(amount x rate) */
void oracle_convert(mpz_t out, const mpz_t amount, const mpq_t rate);
/* oracle_amounts.c: all that follows from rule and rates, into the quote. */
rl_refusal oracle_amounts(const oracle_working *w);
