/* ratelock-feed-fix: takes a venue's rates by FIX 4.4 market data. */
#include "feeds/fix_client.h"
#include "feeds/fix_report.h"

#include <signal.h>
#include <string.h>

/* A send to an engine that hangs must not keep the session from its heartbeats. */
#define SEND_WAIT_MS 250u

static volatile sig_atomic_t counts_asked;

static void on_usr1(int signal_number)
{
  (void)signal_number;
  counts_asked = 1;
}

static void on_odd(void *context, rl_fix_count count, rl_fix_span about, rl_fix_span detail)
{
  rl_fix_report_odd(context, count, about, detail);
}

/* Waits for the engine as long as --wait says, in steps of what a send may take later. */
static rl_status connect_engine(const rl_fix_options *options, rl_feed **out, rl_error *error)
{
  uint32_t left_ms = options->engine.timeout_ms;
  rl_status status;
  do {
    uint32_t step_ms = left_ms < SEND_WAIT_MS ? left_ms : SEND_WAIT_MS;
    rl_feed_options feed = {.url = options->engine.url, .source = options->source,
                            .class = RL_SOURCE_LIVE, .timeout_ms = step_ms};
    status = rl_feed_connect(&feed, out, error);
    left_ms -= step_ms;
  } while (status == RL_UNREACHABLE && left_ms > 0 && !rl_program_stopped());
  return status;
}

static int run(rl_fix_client *client)
{
  rl_status status = RL_OK;
  while (status == RL_OK && !rl_program_stopped()) {
    status = rl_fix_client_step(client);
    if (counts_asked) {
      counts_asked = 0;
      rl_fix_report_counts(client->market, client->options->json, stderr);
    }
  }
  rl_fix_client_end(client);
  if (!client->options->quiet)
    rl_fix_report_counts(client->market, client->options->json, stdout);
  return status == RL_OK ? RL_EXIT_DONE
                         : rl_program_fail_push(status, client->options->engine.url);
}

static int connect_and_run(const rl_fix_options *options, rl_fix_market *market)
{
  static rl_fix_client client;
  rl_error error;
  rl_fix_publisher publisher = {.market = market, .url = options->engine.url,
                                .clock = rl_clock_system()};
  rl_status status = connect_engine(options, &publisher.feed, &error);
  if (status != RL_OK)
    return rl_program_fail_feed(status, &error);
  client.options = options;
  client.market = market;
  client.publisher = &publisher;
  client.clock = rl_clock_system();
  int code = rl_fix_client_init(&client, &error) == RL_OK ? run(&client)
                                                          : rl_program_fail(&error);
  rl_feed_close(publisher.feed);
  return code;
}

static void set_market(rl_fix_market *market, const rl_fix_options *options)
{
  rl_clock clock = rl_clock_system();
  market->entry_time = options->entry_time;
  market->odd = on_odd;
  market->context = market;
  market->first_id = (uint64_t)rl_clock_read(&clock).utc.ms;
  for (unsigned i = 0; i < market->count; i++)
    market->instruments[i].book->top = options->depth == 1;
}

int main(int argc, char **argv)
{
  rl_program_begin("ratelock-feed-fix");
  rl_fix_options options;
  rl_fix_options_parse(argc, argv, &options);
  rl_fix_market market;
  rl_error error;
  struct sigaction usr1 = {.sa_handler = on_usr1};
  sigaction(SIGUSR1, &usr1, NULL);
  if (rl_fix_market_init(&market, options.pairs, !options.plain, &error) != RL_OK) {
    rl_program_fail(&error);
    return RL_EXIT_USAGE;
  }
  set_market(&market, &options);
  int code = connect_and_run(&options, &market);
  rl_fix_market_fini(&market);
  return code;
}
