/* Measuring what a function costs: rounds, random order, medians.
 *
 * A benchmark is a list of cases. Every round runs each case once, in an order drawn anew,
 * because what runs first in a round loses; a case's figure is the median of its rounds. List one
 * case twice: the difference between the two is the noise, and anything smaller says nothing.
 *
 * Goals: figures per operation that can be compared between two builds on one machine, and a
 * --smoke run of milliseconds that a test can do. Not goals: latencies between processes, which
 * are the load generator's, and absolute figures: they are the machine's.
 *
 * One thread. */
#pragma once

#include <stdint.h>

typedef struct bench_case {
  const char *name;
  /* Does `count` operations and returns a digest of their results, which is printed: so nobody
   * computes less than he says, compilers included. */
  uint64_t (*run)(void *context, uint64_t count);
  void *context;
} bench_case;

typedef struct bench_plan {
  unsigned rounds; /* 1 … BENCH_ROUNDS_MAX */
  uint64_t count;  /* operations of one case in one round */
  const char *only; /* if not NULL: of the cases, just those whose names begin so */
} bench_plan;

#define BENCH_ROUNDS_MAX 99
#define BENCH_CASES_MAX 32

/* `full`, with --smoke a plan of milliseconds, with --only NAME just the cases whose names begin
 * so: for a profiler. Ends the program with a usage line on any other argument. */
bench_plan bench_plan_from(int argument_count, char **arguments, bench_plan full);

/* For what is measured in another way: prints the title, the machine and how this was built. */
void bench_print_machine(const char *title);
uint64_t bench_now_ns(void);

/* Measures and prints machine, method and a line for each case. */
void bench_run(const char *title, const bench_case *cases, unsigned case_count, bench_plan plan);
