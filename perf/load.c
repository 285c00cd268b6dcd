/* perf_load: the load generator. Puts a stated load on an engine (or on perf_echo) that runs
 * already, and prints what came of it.
 *
 *   perf_load [--url URL] [--in-flight 64] [--batch 1] [--sockets 1] [--seconds 5] [--warm-up 1]
 *             [--rate MESSAGES_A_SECOND] [--mix quote:90,accept:5,show:3,spreads:2]
 *             [--accepts QUOTES] [--tsv]
 *
 * With --accepts so many quotes are asked for first, and only their accepts are measured.
 * Without --rate a closed loop with so many messages in flight; with it an open loop, whose
 * latencies count from the instant at which each message was due. The engine needs live rates for
 * USD and EUR: ratelock-feed-sim gives them, at any rate of ticks. */
#include "bench.h"
#include "lanes.h"
#include "paths/paths.h"
#include "status/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void end_with_usage(void)
{
  fprintf(stderr, "usage: perf_load [--url URL] [--in-flight N] [--batch N] [--sockets N] "
                  "[--seconds S] [--warm-up S]\n                 [--rate N] "
                  "[--mix quote:90,accept:5,show:3,spreads:2] [--accepts N] [--tsv]\n");
  exit(2);
}

static unsigned number_from(const char *text, unsigned low, unsigned high)
{
  char *end;
  unsigned long value = strtoul(text, &end, 10);
  if (*text < '0' || *text > '9' || *end || value < low || value > high) {
    fprintf(stderr, "perf_load: %s: expected a whole number from %u to %u\n", text, low, high);
    exit(2);
  }
  return (unsigned)value;
}

static void parse_mix(char *text, unsigned mix[LOAD_KINDS])
{
  static const char *const names[LOAD_KINDS] = {"quote", "accept", "show", "spreads"};
  memset(mix, 0, LOAD_KINDS * sizeof *mix);
  char *rest = NULL;
  for (char *part = strtok_r(text, ",", &rest); part; part = strtok_r(NULL, ",", &rest)) {
    char *colon = strchr(part, ':');
    unsigned kind = 0;
    if (!colon)
      end_with_usage();
    *colon = '\0';
    while (kind < LOAD_KINDS && strcmp(part, names[kind]) != 0)
      kind++;
    if (kind == LOAD_KINDS)
      end_with_usage();
    mix[kind] = number_from(colon + 1, 0, 1000000);
  }
}

static const char *default_url(void)
{
  static char url[RL_URL_MAX];
  char directory[RL_DIRECTORY_MAX + 1];
  const char *given = getenv("RATELOCK_URL");
  if (given && given[0])
    return given;
  if (rl_default_directory(directory) != RL_OK ||
      rl_socket_url(directory, RL_SOCKET_QUOTES, url) != RL_OK)
    end_with_usage();
  return url;
}

static uint64_t seconds(const char *text)
{
  return number_from(text, 0, 86400) * UINT64_C(1000000000);
}

static load_plan plan_from(int argc, char **argv, bool *tsv)
{
  load_plan plan = {.lanes = 64, .sockets = 1, .batch = 1, .mix = {1},
                    .warm_up_ns = 1000000000, .measured_ns = 5000000000u};
  *tsv = false;
  for (int i = 1; i < argc; i++) {
    const char *name = argv[i];
    if (strcmp(name, "--tsv") == 0) {
      *tsv = true;
      continue;
    }
    if (i + 1 == argc)
      end_with_usage();
    char *value = argv[++i];
    if (strcmp(name, "--url") == 0)
      plan.url = value;
    else if (strcmp(name, "--in-flight") == 0)
      plan.lanes = number_from(value, 1, 65536);
    else if (strcmp(name, "--batch") == 0)
      plan.batch = number_from(value, 1, RL_BATCH_MAX);
    else if (strcmp(name, "--sockets") == 0)
      plan.sockets = number_from(value, 1, 64);
    else if (strcmp(name, "--rate") == 0)
      plan.rate = number_from(value, 1, 10000000);
    else if (strcmp(name, "--accepts") == 0)
      plan.accepts = number_from(value, 1, 10000000);
    else if (strcmp(name, "--seconds") == 0)
      plan.measured_ns = seconds(value);
    else if (strcmp(name, "--warm-up") == 0)
      plan.warm_up_ns = seconds(value);
    else if (strcmp(name, "--mix") == 0)
      parse_mix(value, plan.mix);
    else
      end_with_usage();
  }
  bool quotes_alone = plan.mix[LOAD_ACCEPT] + plan.mix[LOAD_SHOW] + plan.mix[LOAD_SPREADS] == 0;
  if ((plan.batch > 1 && !quotes_alone) || (quotes_alone && plan.mix[LOAD_QUOTE] == 0))
    end_with_usage();
  if (!plan.url)
    plan.url = default_url();
  return plan;
}

static double per_second(uint64_t count, const load_result *result)
{
  return (double)count * 1e9 / (double)result->measured_ns;
}

static void print(const load_plan *plan, const load_result *result)
{
  static const unsigned parts[] = {5000, 9000, 9900, 9990, 9999};
  printf("%s loop, %u %s, batches of %u, %u %s, %" PRIu64 " bytes out and %" PRIu64 " back\n",
         plan->rate ? "open" : "closed", plan->rate ? plan->rate : plan->lanes,
         plan->rate ? "messages a second due" : "in flight", plan->batch, plan->sockets,
         plan->sockets > 1 ? "sockets" : "socket", result->request_bytes, result->reply_bytes);
  printf("  answered  %12.0f messages/s  %12.0f items/s\n", per_second(result->messages, result),
         per_second(result->messages * plan->batch, result));
  printf("  of them   %12" PRIu64 " yes  %12" PRIu64 " no  %12" PRIu64 " without an answer\n",
         result->items, result->refused, result->failed);
  printf("  latency  ");
  for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
    printf(" p%g %.1f us", parts[i] / 100.0,
           (double)histogram_at(&result->latency, parts[i]) / 1e3);
  printf("  most %.1f us\n", (double)result->latency.most_ns / 1e3);
}

static void print_tsv(const load_plan *plan, const load_result *result)
{
  printf("%.0f\t%.0f\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n",
         per_second(result->messages, result),
         per_second(result->messages * plan->batch, result),
         histogram_at(&result->latency, 5000), histogram_at(&result->latency, 9900),
         histogram_at(&result->latency, 9990), result->refused, result->failed);
}

int main(int argc, char **argv)
{
  bool tsv;
  load_plan plan = plan_from(argc, argv, &tsv);
  static load_result result;
  if (!load_run(&plan, &result))
    return 3;
  if (tsv)
    print_tsv(&plan, &result);
  else
    print(&plan, &result);
  return result.messages > 0 && result.failed == 0 ? 0 : 1;
}
