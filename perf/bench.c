#include "bench.h"

#include "status/status.h"
#include "support/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

typedef struct samples {
  double ns[BENCH_ROUNDS_MAX]; /* per operation */
  uint64_t digest;
} samples;

bench_plan bench_plan_from(int argument_count, char **arguments, bench_plan full)
{
  bench_plan plan = full;
  for (int i = 1; i < argument_count; i++) {
    if (strcmp(arguments[i], "--smoke") == 0) {
      plan.rounds = 1;
      plan.count = 64;
    } else if (strcmp(arguments[i], "--only") == 0 && i + 1 < argument_count) {
      plan.only = arguments[++i];
    } else {
      fprintf(stderr, "usage: %s [--smoke] [--only CASE]\n", arguments[0]);
      exit(2);
    }
  }
  return plan;
}

uint64_t bench_now_ns(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC_RAW, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void draw_order(rl_random *random, unsigned *order, unsigned count)
{
  for (unsigned i = 0; i < count; i++) {
    unsigned at = (unsigned)rl_random_below(random, i + 1);
    order[i] = order[at];
    order[at] = i;
  }
}

static void measure(const bench_case *cases, unsigned case_count, bench_plan plan, samples *out)
{
  rl_random random = rl_random_from(1);
  unsigned order[BENCH_CASES_MAX];
  for (unsigned round = 0; round < plan.rounds; round++) {
    draw_order(&random, order, case_count);
    for (unsigned i = 0; i < case_count; i++) {
      const bench_case *one = &cases[order[i]];
      uint64_t start_ns = bench_now_ns();
      out[order[i]].digest = one->run(one->context, plan.count);
      out[order[i]].ns[round] = (double)(bench_now_ns() - start_ns) / (double)plan.count;
    }
  }
}

static int compare_ns(const void *left, const void *right)
{
  double difference = *(const double *)left - *(const double *)right;
  return (difference > 0) - (difference < 0);
}

static void print_model(void)
{
  char line[256];
  FILE *info = fopen("/proc/cpuinfo", "r");
  while (info && fgets(line, sizeof line, info))
    if (strncmp(line, "model name", 10) == 0) {
      printf("machine  %s", strchr(line, ':') ? strchr(line, ':') + 2 : line);
      break;
    }
  if (info)
    fclose(info);
}

void bench_print_machine(const char *title)
{
  struct utsname system;
  RL_ASSERT(uname(&system) == 0);
#ifdef __OPTIMIZE__
  const char *build = "optimised";
#else
  const char *build = "NOT OPTIMISED";
#endif
  printf("%s\n", title);
  print_model();
  printf("         %ld processors, %s %s, compiler %s, %s\n", sysconf(_SC_NPROCESSORS_ONLN),
         system.sysname, system.release, __VERSION__, build);
}

static void print_heading(const char *title, bench_plan plan)
{
  bench_print_machine(title);
  printf("method   CLOCK_MONOTONIC_RAW around %" PRIu64 " operations, %u rounds, cases in random"
         " order within a round\n\n", plan.count, plan.rounds);
  printf("%-36s %9s %9s %9s  %s\n", "ns an operation", "median", "least", "most", "digest");
}

static unsigned choose(const bench_case *cases, unsigned count, const char *only, bench_case *out)
{
  unsigned chosen = 0;
  for (unsigned i = 0; i < count; i++) {
    if (!only || strncmp(cases[i].name, only, strlen(only)) == 0)
      out[chosen++] = cases[i];
  }
  return chosen;
}

void bench_run(const char *title, const bench_case *cases, unsigned case_count, bench_plan plan)
{
  RL_ASSERT(case_count <= BENCH_CASES_MAX);
  RL_ASSERT(plan.rounds >= 1 && plan.rounds <= BENCH_ROUNDS_MAX);
  static samples all[BENCH_CASES_MAX];
  bench_case chosen[BENCH_CASES_MAX];
  case_count = choose(cases, case_count, plan.only, chosen);
  print_heading(title, plan);
  measure(chosen, case_count, plan, all);
  for (unsigned i = 0; i < case_count; i++) {
    qsort(all[i].ns, plan.rounds, sizeof all[i].ns[0], compare_ns);
    printf("%-36s %9.1f %9.1f %9.1f  %016" PRIx64 "\n", chosen[i].name,
           all[i].ns[plan.rounds / 2], all[i].ns[0], all[i].ns[plan.rounds - 1], all[i].digest);
  }
}
