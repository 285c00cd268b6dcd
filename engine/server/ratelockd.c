/* ratelockd: the daemon. Puts the rooms together in the order of the staircase, serves until a
 * signal, and takes them apart in the reverse order. */
#include "server/options.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct engine {
  rl_clock clock;
  uint64_t boot_id;
  rl_universe *universe;
  rl_market *market;
  rl_tariff *tariff;
  rl_book *book;
  rl_store *store;
  rl_seal *seal;
  rl_service *service;
  rl_server *server;
} engine;

static rl_status load_universe(const char *path, rl_universe **out, rl_error *error)
{
  if (!path) {
    const char *text = rl_universe_builtin_text();
    return rl_universe_parse(text, strlen(text), "built-in universe", out, error);
  }
  char *text;
  size_t length;
  rl_status status = rl_file_read(path, RL_TARIFF_TEXT_MAX, &text, &length, error);
  if (status != RL_OK)
    return status;
  status = rl_universe_parse(text, length, path, out, error);
  free(text);
  return status;
}

static rl_status load_tariff(const char *path, rl_tariff **out, rl_error *error)
{
  if (!path) {
    const char *text = rl_tariff_builtin_text();
    return rl_tariff_parse(text, strlen(text), "built-in tariff", out, error);
  }
  char *text;
  size_t length;
  rl_status status = rl_file_read(path, RL_TARIFF_TEXT_MAX, &text, &length, error);
  if (status != RL_OK)
    return status;
  status = rl_tariff_parse(text, length, path, out, error);
  free(text);
  return status;
}

/* Before the first nng call: its threads inherit the set. */
static rl_status pin(const char *list, rl_error *error)
{
  if (!list)
    return RL_OK;
  cpu_set_t set;
  CPU_ZERO(&set);
  const char *at = list;
  while (*at) {
    char *end;
    unsigned long first = strtoul(at, &end, 10);
    unsigned long last = *end == '-' ? strtoul(end + 1, &end, 10) : first;
    if (end == at || last >= CPU_SETSIZE || first > last || (*end && *end != ','))
      return rl_fail(error, RL_INVALID, "", 0, "--cpus", "'%s' is not a list like 0,2-3", list);
    for (unsigned long cpu = first; cpu <= last; cpu++)
      CPU_SET(cpu, &set);
    at = *end ? end + 1 : end;
  }
  if (sched_setaffinity(0, sizeof set, &set) != 0)
    return rl_fail(error, RL_INVALID, "", 0, "--cpus", "'%s': %s", list, strerror(errno));
  return RL_OK;
}

static rl_status open_store(engine *it, const rl_daemon_options *options, rl_error *error)
{
  rl_store_options store = {
    .directory = options->directory,
    .clock = it->clock,
    .map_bytes = options->map_bytes,
  };
  rl_status status = rl_store_open(&store, &it->store, error);
  if (status != RL_OK)
    return status;
  char key_path[RL_DIRECTORY_MAX + 16];
  snprintf(key_path, sizeof key_path, "%s/seal.key", options->directory);
  status = rl_seal_open(key_path, &it->seal, error);
  if (status == RL_OK && (status = rl_store_keep_tariff(it->store, it->tariff)) != RL_OK)
    rl_fail(error, status, options->directory, 0, "", "cannot keep the tariff: %s",
            rl_status_text(status));
  return status;
}

static rl_status open_service(engine *it, rl_error *error)
{
  rl_service_parts parts = {
    .market = it->market,
    .store = it->store,
    .seal = it->seal,
    .book = it->book,
    .tariff = it->tariff,
    .clock = it->clock,
    .boot_id = it->boot_id,
    .random_bytes = rl_random_bytes,
  };
  if (rl_service_create(&parts, &it->service) != RL_OK)
    return rl_fail(error, RL_NO_MEMORY, "", 0, "", "no memory for the service");
  return rl_service_restore(it->service, error);
}

static rl_status start(engine *it, const rl_daemon_options *options, rl_error *error)
{
  rl_status status = pin(options->cpus, error);
  if (status != RL_OK)
    return status;
  it->clock = rl_clock_system();
  if (rl_crypto_init() != RL_OK || rl_clock_boot_id(&it->boot_id) != RL_OK)
    return rl_fail(error, RL_IO, "", 0, "", "the kernel gives no random bytes or boot id");
  if ((status = load_universe(options->universe_file, &it->universe, error)) != RL_OK
      || (status = load_tariff(options->tariff_file, &it->tariff, error)) != RL_OK)
    return status;
  if (rl_market_create(it->universe, &it->market) != RL_OK
      || rl_book_create(options->locks, &it->book) != RL_OK)
    return rl_fail(error, RL_NO_MEMORY, "", 0, "locks", "no memory for the market and %zu locks",
                   options->locks);
  if ((status = open_store(it, options, error)) != RL_OK
      || (status = open_service(it, error)) != RL_OK)
    return status;
  return rl_server_start(it->service, it->market, it->clock, &options->server, &it->server,
                         error);
}

/* The store goes before the service: what it still answers runs through the service. */
static void stop(engine *it)
{
  if (it->server)
    rl_server_stop(it->server);
  if (it->store)
    rl_store_close(it->store);
  rl_service_destroy(it->service);
  rl_seal_destroy(it->seal);
  rl_book_destroy(it->book);
  if (it->market)
    rl_market_destroy(it->market);
  if (it->tariff)
    rl_tariff_destroy(it->tariff);
  if (it->universe)
    rl_universe_destroy(it->universe);
}

static void announce(const engine *it, const rl_daemon_options *options)
{
  char tariff[RL_DIGEST_TEXT_SIZE];
  rl_digest_format(rl_tariff_digest(it->tariff), tariff);
  printf("ratelockd %s: %u pairs, tariff %s (%.12s), data in %s\n", RL_VERSION,
         rl_universe_pair_count(it->universe), rl_tariff_name(it->tariff), tariff,
         options->directory);
  for (unsigned i = 0; i < options->server.quotes_url_count; i++)
    printf("  quotes  %s\n", options->server.quotes_urls[i]);
  if (rl_store_was_copied(it->store))
    printf("  the store is a copy or was restored: it has a new identity, and quotes that the "
           "original issued are not honoured here\n");
  printf("  feed    %s\n  events  %s\nready\n", options->server.feed_url,
         options->server.events_url);
  fflush(stdout);
}

int main(int argc, char **argv)
{
  rl_daemon_options options;
  rl_daemon_options_parse(argc, argv, &options);

  /* Blocked here, before any thread is started, so that only sigwait below sees them. */
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, NULL);
  signal(SIGPIPE, SIG_IGN);

  engine it = {0};
  rl_error error = {0};
  rl_status status = start(&it, &options, &error);
  if (status != RL_OK) {
    char text[1024];
    rl_error_format(&error, text, sizeof text);
    fprintf(stderr, "ratelockd: %s\n", text);
    stop(&it);
    return 1;
  }
  announce(&it, &options);
  int received;
  sigwait(&signals, &received);
  printf("ratelockd: stopping\n");
  stop(&it);
  return 0;
}
