/* `ratelock ping`: who answers, and whether it can quote; waits for it where asked to. */
#include "cli.h"

#include "clock/clock.h"
#include "table.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

/* An engine comes up in a fraction of a second. */
#define PAUSE_MS 50

typedef struct ping_arguments {
  rl_cli *cli;
  uint32_t answer_ms; /* wait so long for an answer; 0: do not wait */
  uint32_t ready_ms;  /* wait so long for a price; 0: do not wait */
} ping_arguments;

static void take_wait(const char *option, const char *value, uint32_t *out,
                      struct argp_state *state)
{
  uint64_t ms;
  if (rl_duration_parse(value, strlen(value), &ms) != RL_OK || ms < 1 || ms > 86400000)
    argp_error(state, "--%s %s: expected a time up to 24h, such as 30s", option, value);
  *out = (uint32_t)ms;
}

static error_t parse(int option, char *value, struct argp_state *state)
{
  ping_arguments *arguments = state->input;
  switch (option) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case 'a': take_wait("answer", value, &arguments->answer_ms, state); return 0;
  case 'r': take_wait("ready", value, &arguments->ready_ms, state); return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
  {"answer", 'a', "TIME", 0, "Wait so long for an engine that answers", 1},
  {"ready", 'r', "TIME", 0, "Wait so long for an engine that has a price to quote", 1},
  {0},
};

static const struct argp argp = {
  options, parse, "",
  "Asks who answers: version, store, how many pairs have a price. Ends with 3 when nobody does, "
  "and with 1 when --ready was asked and there is no price yet."
  "\vExamples:\n"
  "  ratelock ping\n"
  "  ratelockd & ratelock ping --answer 30s\n"
  "  ratelock ping --ready 30s && ratelock spreads\n",
  rl_cli_children, NULL, NULL,
};

static bool is_ready(rl_view answer)
{
  return rl_view_true(rl_view_get(answer, "ready"));
}

/* Returns when what is waited for is so, or when the time is over. */
static void wait_for_engine(rl_cli *cli, const rl_request *request, bool ready, uint32_t wait_ms)
{
  rl_clock clock = rl_clock_system();
  int64_t deadline_ns = rl_clock_read(&clock).mono.ns + wait_ms * RL_NS_PER_MS;
  rl_view answer;
  while (!(rl_cli_try(cli, request, &answer) && (!ready || is_ready(answer)))) {
    if (rl_clock_read(&clock).mono.ns >= deadline_ns)
      return;
    nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * RL_NS_PER_MS}, NULL);
  }
}

static void print_ping(rl_view answer)
{
  printf("%s %s, engine %s, store %s, ", rl_view_text(rl_view_get(answer, "engine")).text,
         rl_view_text(rl_view_get(answer, "version")).text,
         rl_view_text(rl_view_get(answer, "engine_id")).text,
         rl_view_text(rl_view_get(answer, "store")).text);
  if (is_ready(answer)) {
    rl_print_styled(stdout, RL_STYLE_GOOD, "ready");
    printf(": %" PRId64 " pairs have a price\n", rl_view_i64(rl_view_get(answer, "pairs_priced")));
  } else {
    rl_print_styled(stdout, RL_STYLE_BAD, "not ready");
    printf(": no pair has a price, start a feed\n");
  }
  if (strcmp(rl_view_text(rl_view_get(answer, "tape")).text, "stopped") == 0)
    printf("the market is not recorded now: the files in DIR/tape cannot be written\n");
}

rl_exit rl_command_ping(rl_cli *cli, int argc, char **argv)
{
  ping_arguments arguments = {.cli = cli};
  argp_parse(&argp, argc, argv, 0, NULL, &arguments);
  rl_request request = {.kind = RL_REQUEST_PING};
  if (arguments.answer_ms > 0)
    wait_for_engine(cli, &request, false, arguments.answer_ms);
  if (arguments.ready_ms > 0)
    wait_for_engine(cli, &request, true, arguments.ready_ms);
  rl_view answer;
  rl_exit code = rl_cli_ask(cli, &request, &answer);
  if (code != RL_EXIT_DONE)
    return code;
  if (!cli->json)
    print_ping(answer);
  return arguments.ready_ms > 0 && !is_ready(answer) ? RL_EXIT_REFUSED : RL_EXIT_DONE;
}
