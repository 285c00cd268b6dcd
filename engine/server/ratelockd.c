/* ratelockd: the daemon. Puts the rooms together in the order of the staircase, serves until a
 * signal, and takes them apart in the reverse order. */
#include "server/options.h"

#include "pricing/loading.h"
#include "seal/key_file.h"
#include "tape/tape.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* A data file, or what is built in instead. */
typedef struct data_text {
  const char *name; /* in messages */
  const char *text;
  size_t length;
  char *read; /* to be freed; NULL if built in */
} data_text;

typedef struct engine {
  rl_clock clock;
  uint64_t boot_id;
  data_text universe_text;
  rl_universe *universe;
  rl_calendars *calendars;
  rl_market *market;
  rl_recorder *recorder;
  rl_tariffs *tariffs; /* until they are the service's */
  rl_in_force in_force;
  rl_exposure *exposure;
  rl_book *book;
  rl_store *store;
  rl_seal *seal;
  rl_service *service;
  rl_server_options sockets; /* as asked for, with what depends on the engine filled in */
  rl_server *server;
} engine;

static rl_status read_data(const char *path, data_text *text, rl_error *error)
{
  text->length = strlen(text->text);
  if (!path)
    return RL_OK;
  rl_status status = rl_file_read(path, RL_TARIFF_TEXT_MAX, &text->read, &text->length, error);
  text->name = path;
  text->text = text->read;
  return status;
}

/* What is wrong with a whole file is said with the option that named it. */
static rl_status of_option(rl_status status, const char *option, rl_error *error)
{
  if (status != RL_OK && error->line == 0 && !error->field[0])
    snprintf(error->field, sizeof error->field, "%s", option);
  return status;
}

static rl_status load_universe(engine *it, const char *path, rl_error *error)
{
  data_text *data = &it->universe_text;
  *data = (data_text){.name = "built-in universe", .text = rl_universe_builtin_text()};
  rl_status status = read_data(path, data, error);
  if (status == RL_OK)
    status = rl_universe_parse(data->text, data->length, data->name, &it->universe, error);
  return status;
}

static rl_status load_calendars(const char *path, rl_calendars **out, rl_error *error)
{
  data_text data = {.name = "built-in calendars", .text = rl_calendars_builtin_text()};
  rl_status status = read_data(path, &data, error);
  if (status == RL_OK)
    status = rl_calendars_parse(data.text, data.length, data.name, out, error);
  free(data.read);
  return status;
}

static rl_status open_exposure(engine *it, const char *path, rl_error *error)
{
  rl_limits *limits;
  rl_status status = rl_limits_load(path, &limits, error);
  if (status != RL_OK)
    return status;
  status = rl_exposure_create(limits, &it->exposure);
  if (status == RL_OK)
    return RL_OK;
  rl_limits_destroy(limits);
  return rl_fail(error, status, "", 0, "", "no memory for the exposure");
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

/* A file that was named is shared with other engines: one made in the place of a missing one would
 * seal what they do not honour. */
static rl_status open_seal(engine *it, const rl_daemon_options *options, rl_error *error)
{
  if (options->key_file)
    return of_option(rl_seal_open(options->key_file, &it->seal, error), "--seal-key", error);
  char path[RL_DIRECTORY_MAX + sizeof "/" RL_KEY_FILE_NAME];
  snprintf(path, sizeof path, "%s/" RL_KEY_FILE_NAME, options->directory);
  return rl_seal_open_or_make(path, rl_clock_read(&it->clock).utc, &it->seal, error);
}

static rl_status open_store(engine *it, const rl_daemon_options *options, rl_error *error)
{
  rl_store_options store = {
    .directory = options->directory,
    .clock = it->clock,
    .url = options->store_url,
    .map_bytes = options->map_bytes,
    .keep_ms = options->keep_ms,
  };
  rl_status status = rl_store_open(&store, &it->store, error);
  if (status != RL_OK)
    return status;
  return open_seal(it, options, error);
}

/* In the data directory, which the store has made. */
static rl_status open_recorder(engine *it, const rl_daemon_options *options, rl_error *error)
{
  if (options->no_tape)
    return RL_OK;
  char path[RL_DIRECTORY_MAX + sizeof "/" RL_TAPE_DIRECTORY];
  snprintf(path, sizeof path, "%s/" RL_TAPE_DIRECTORY, options->directory);
  const rl_recorder_options recorder = {
    .directory = path,
    .market = it->market,
    .universe = it->universe_text.text,
    .universe_length = it->universe_text.length,
    .clock = it->clock,
    .boot_id = it->boot_id,
    .keep_ms = options->tape_keep_ms,
    .keep_bytes = options->tape_bytes,
  };
  return rl_recorder_open(&recorder, &it->recorder, error);
}

static rl_status open_service(engine *it, const rl_daemon_options *options, rl_error *error)
{
  rl_service_parts parts = {
    .market = it->market,
    .recorder = it->recorder,
    .store = it->store,
    .seal = it->seal,
    .book = it->book,
    .exposure = it->exposure,
    .limits_file = options->limits_file,
    .tariffs = it->tariffs,
    .tariff_file = options->tariff_file,
    .calendars = it->calendars,
    .clock = it->clock,
    .boot_id = it->boot_id,
    .random_bytes = rl_random_bytes,
  };
  it->in_force = rl_tariffs_in_force(it->tariffs);
  rl_status status = rl_service_create(&parts, &it->service, error);
  if (status != RL_OK)
    return status;
  it->tariffs = NULL;
  return rl_service_restore(it->service, error);
}

static rl_status read_files(engine *it, const rl_daemon_options *options, rl_error *error)
{
  rl_status status =
    of_option(load_universe(it, options->universe_file, error), "--universe", error);
  if (status == RL_OK)
    status = of_option(load_calendars(options->calendar_file, &it->calendars, error),
                       "--calendars", error);
  if (status == RL_OK)
    status = of_option(rl_tariffs_load(options->tariff_file, it->universe, &it->tariffs, error),
                       "--tariff", error);
  if (status == RL_OK)
    status = of_option(open_exposure(it, options->limits_file, error), "--limits", error);
  return status;
}

static rl_status start(engine *it, const rl_daemon_options *options, rl_error *error)
{
  rl_status status = pin(options->cpus, error);
  if (status != RL_OK)
    return status;
  it->clock = rl_clock_system();
  if (rl_crypto_init() != RL_OK || rl_clock_boot_id(&it->boot_id) != RL_OK)
    return rl_fail(error, RL_IO, "", 0, "", "the kernel gives no random bytes or boot id");
  status = read_files(it, options, error);
  if (status != RL_OK)
    return status;
  if (rl_market_create(it->universe, &it->market) != RL_OK
      || rl_book_create(options->locks, it->exposure, &it->book) != RL_OK)
    return rl_fail(error, RL_NO_MEMORY, "", 0, "locks", "no memory for the market and %zu locks",
                   options->locks);
  if ((status = open_store(it, options, error)) != RL_OK
      || (status = open_recorder(it, options, error)) != RL_OK
      || (status = open_service(it, options, error)) != RL_OK)
    return status;
  it->sockets = options->server;
  if (!it->sockets.publish_name[0])
    snprintf(it->sockets.publish_name, sizeof it->sockets.publish_name, "%.8s",
             rl_service_origin(it->service));
  return rl_server_start(it->service, it->market, it->clock, &it->sockets, &it->server, error);
}

/* The store goes before the service: what it still answers runs through the service. */
static void stop(engine *it)
{
  rl_service_wind_up(it->service);
  if (it->server)
    rl_server_stop(it->server);
  rl_service_quiesce(it->service);
  if (it->store)
    rl_store_close(it->store);
  rl_service_destroy(it->service);
  rl_seal_destroy(it->seal);
  rl_book_destroy(it->book);
  rl_exposure_destroy(it->exposure);
  rl_recorder_close(it->recorder);
  if (it->market)
    rl_market_destroy(it->market);
  rl_tariffs_destroy(it->tariffs);
  rl_calendars_destroy(it->calendars);
  if (it->universe)
    rl_universe_destroy(it->universe);
  free(it->universe_text.read);
}

static void print_tariffs(FILE *file, const rl_in_force *in_force)
{
  char hash[RL_DIGEST_TEXT_SIZE];
  rl_digest_format(in_force->hash, hash);
  fprintf(file, "tariff %s (%.12s)", in_force->tariff, hash);
  if (!in_force->has_trial)
    return;
  rl_digest_format(in_force->trial_hash, hash);
  fprintf(file, ", trial %s (%.12s) for %u percent of the clients", in_force->trial, hash,
          in_force->percent);
}

/* A store that is new where an old one was expected is told from its own at a glance. */
static void announce_store(const engine *it)
{
  rl_store_description found;
  if (rl_store_describe(it->store, &found) != RL_OK)
    return;
  char identity[2 * sizeof(rl_store_id) + 1], newest[RL_UTC_TEXT_SIZE];
  rl_store_id id = rl_store_identity(it->store);
  rl_hex_encode(id.bytes, sizeof id.bytes, identity, sizeof identity);
  printf("  store   %.8s in %s: ", identity, found.path);
  if (found.is_new)
    printf("new store made\n");
  else if (found.newest_ms == 0)
    printf("no quotes, %" PRIu64 " transactions\n", found.transactions);
  else {
    rl_utc_format((rl_utc){found.newest_ms}, newest);
    printf("quotes up to %s, %" PRIu64 " transactions\n", newest, found.transactions);
  }
}

/* What the store held open, reserved again. */
static void announce_exposure(const engine *it)
{
  rl_exposure_sum total = rl_exposure_total(it->exposure);
  if (total.locks == 0)
    return;
  printf("  open    quotes recorded before: %u", total.locks);
  if (total.unvalued > 0)
    printf("; counted without a worth, since no rate to %s was known or another currency was "
           "reported in: %u", rl_currency_code(rl_exposure_reporting(it->exposure)),
           total.unvalued);
  printf("\n");
}

static void announce(const engine *it, const rl_daemon_options *options)
{
  printf("ratelockd %s: %u pairs, ", RL_VERSION, rl_universe_pair_count(it->universe));
  print_tariffs(stdout, &it->in_force);
  printf(", data in %s\n", options->directory);
  for (unsigned i = 0; i < options->server.quotes_url_count; i++)
    printf("  quotes  %s\n", options->server.quotes_urls[i]);
  announce_store(it);
  if (rl_store_was_copied(it->store))
    printf("  the store is a copy or was restored: it has a new identity, and quotes that the "
           "original issued are not honoured here\n");
  announce_exposure(it);
  printf("  feed    %s\n  events  %s\n", options->server.feed_url, options->server.events_url);
  if (it->sockets.publish_url)
    printf("  publish ratelock.%s.composite.*\n", it->sockets.publish_name);
  printf("ready\n");
  fflush(stdout);
}

static void reload(engine *it)
{
  rl_error error = {0};
  char text[sizeof error + 32];
  if (rl_service_reload(it->service, &it->in_force, &error) == RL_REFUSAL_NONE) {
    fprintf(stderr, "ratelockd: reloaded: ");
    print_tariffs(stderr, &it->in_force);
    fprintf(stderr, "\n");
  } else {
    rl_error_format(&error, text, sizeof text);
    fprintf(stderr, "ratelockd: tariff and limits in force stay: %s\n", text);
  }
}

/* One for each connection to each of the three sockets, and what the engine itself opens. */
#define OPEN_FILES_WANTED ((rlim_t)3 * RL_PIPES_MAX + 256)

static void raise_open_files(void)
{
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= OPEN_FILES_WANTED)
    return;
  files.rlim_cur = files.rlim_max < OPEN_FILES_WANTED ? files.rlim_max : OPEN_FILES_WANTED;
  if (setrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur == OPEN_FILES_WANTED)
    return;
  fprintf(stderr, "ratelockd: only %llu files may be open here: connections beyond that fail, and "
          "a full house of %d a socket needs %llu (ulimit -Hn, or LimitNOFILE= of systemd)\n",
          (unsigned long long)files.rlim_cur, RL_PIPES_MAX,
          (unsigned long long)OPEN_FILES_WANTED);
}

/* Returns when a signal ends the program. */
static void serve(engine *it, const sigset_t *signals)
{
  int received = 0;
  while (sigwait(signals, &received) == 0 && received == SIGHUP)
    reload(it);
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
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, NULL);
  signal(SIGPIPE, SIG_IGN);
  raise_open_files();

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
  serve(&it, &signals);
  printf("ratelockd: stopping\n");
  stop(&it);
  return 0;
}
