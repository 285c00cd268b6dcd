#include "support/engine.h"

#include "pricing/loading.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void need(bool holds, const char *what)
{
  if (holds)
    return;
  fprintf(stderr, "test engine: %s\n", what);
  abort();
}

static void open_parts(rl_test_engine *engine, uint64_t boot_id)
{
  rl_error error = {0};
  rl_store_options store = {.directory = engine->directory, .clock = engine->clock,
                            .url = engine->url, .map_bytes = engine->map_bytes, .boot_id = boot_id,
                            .keep_ms = engine->keep_ms};
  char key_path[96];
  snprintf(key_path, sizeof key_path, "%s/seal.key", engine->directory);
  need(rl_market_create(engine->universe, &engine->market) == RL_OK, "market");
  need(rl_market_register(engine->market, "alpha", RL_SOURCE_LIVE, &engine->sources[0]) == RL_OK
         && rl_market_register(engine->market, "bravo", RL_SOURCE_LIVE, &engine->sources[1])
              == RL_OK, "sources");
  rl_limits *limits;
  const char *limits_file = engine->limits_file[0] ? engine->limits_file : NULL;
  need(rl_limits_load(limits_file, &limits, &error) == RL_OK, error.text);
  need(rl_exposure_create(limits, &engine->exposure) == RL_OK, "exposure");
  need(rl_book_create(engine->locks, engine->exposure, &engine->book) == RL_OK, "book");
  need(rl_store_open(&store, &engine->store, &error) == RL_OK, error.text);
  need(rl_seal_open_or_make(key_path, rl_clock_read(&engine->clock).utc, &engine->seal, &error)
         == RL_OK, error.text);
  rl_tariffs *tariffs;
  need(rl_tariffs_load(engine->tariff_file, engine->universe, &tariffs, &error) == RL_OK,
       error.text);
  rl_service_parts parts = {
    .market = engine->market, .store = engine->store, .seal = engine->seal, .book = engine->book,
    .exposure = engine->exposure, .limits_file = limits_file,
    .tariffs = tariffs, .tariff_file = engine->tariff_file,
    .calendars = engine->calendars, .clock = engine->clock, .boot_id = boot_id,
    .random_bytes = rl_random_bytes,
  };
  need(rl_service_create(&parts, &engine->service, &error) == RL_OK, error.text);
  need(rl_service_restore(engine->service, &error) == RL_OK, error.text);
}

static void close_parts(rl_test_engine *engine)
{
  rl_service_quiesce(engine->service);
  rl_store_close(engine->store);
  rl_service_destroy(engine->service);
  rl_seal_destroy(engine->seal);
  rl_book_destroy(engine->book);
  rl_exposure_destroy(engine->exposure);
  rl_market_destroy(engine->market);
}

/* What does not change while engines come and go. */
static void open_lasting(rl_test_engine *engine)
{
  engine->locks = 65536;
  need(rl_crypto_init() == RL_OK, "crypto");
  const char *text = rl_universe_builtin_text();
  rl_error error = {0};
  need(rl_universe_parse(text, strlen(text), "", &engine->universe, &error) == RL_OK, error.text);
  text = rl_calendars_builtin_text();
  need(rl_calendars_parse(text, strlen(text), "", &engine->calendars, &error) == RL_OK,
       error.text);
  snprintf(engine->tariff_file, sizeof engine->tariff_file, "%s/tariff.yaml", engine->directory);
  rl_test_engine_write_tariff(engine, rl_tariff_builtin_text());
}

static void start(rl_test_engine *engine, size_t map_bytes, const char *url)
{
  memset(engine, 0, sizeof *engine);
  engine->map_bytes = map_bytes;
  engine->url = url;
  snprintf(engine->directory, sizeof engine->directory, "/tmp/ratelock-test-XXXXXX");
  need(mkdtemp(engine->directory) != NULL, "temporary directory");
  rl_now start = {.mono.ns = 1000000000000ll, .utc.ms = 1767225600000ll};
  rl_manual_clock_init(&engine->manual, start);
  engine->clock = rl_clock_manual(&engine->manual);
  open_lasting(engine);
  open_parts(engine, 1);
}

void rl_test_engine_start(rl_test_engine *engine)
{
  start(engine, 1u << 30, NULL);
}

void rl_test_engine_start_small(rl_test_engine *engine, size_t map_bytes)
{
  start(engine, map_bytes, NULL);
}

void rl_test_engine_start_at(rl_test_engine *engine, const char *url)
{
  start(engine, 1u << 30, url);
}

void rl_test_engine_open(rl_test_engine *engine, const char *directory, rl_clock clock,
                         uint64_t boot_id)
{
  memset(engine, 0, sizeof *engine);
  engine->map_bytes = 1u << 30;
  snprintf(engine->directory, sizeof engine->directory, "%s", directory);
  engine->clock = clock;
  open_lasting(engine);
  open_parts(engine, boot_id);
}

void rl_test_remove_directory(const char *path)
{
  DIR *folder = opendir(path);
  for (struct dirent *entry; folder && (entry = readdir(folder));) {
    char file[512];
    snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
    unlink(file);
  }
  if (folder)
    closedir(folder);
  rmdir(path);
}

void rl_test_engine_close(rl_test_engine *engine)
{
  close_parts(engine);
  rl_universe_destroy(engine->universe);
  rl_calendars_destroy(engine->calendars);
}

void rl_test_engine_stop(rl_test_engine *engine)
{
  rl_test_engine_close(engine);
  rl_test_remove_directory(engine->directory);
}

void rl_test_engine_restart(rl_test_engine *engine, bool new_boot)
{
  close_parts(engine);
  if (new_boot)
    engine->manual.mono_ns = 5000000000ll;
  open_parts(engine, new_boot ? 2 : 1);
}

void rl_test_engine_restart_in(rl_test_engine *engine, const char *universe_text)
{
  rl_error error = {0};
  rl_universe *before = engine->universe;
  need(rl_universe_parse(universe_text, strlen(universe_text), "", &engine->universe, &error)
         == RL_OK, error.text);
  rl_test_engine_restart(engine, false);
  rl_universe_destroy(before);
}

void rl_test_engine_tick(rl_test_engine *engine)
{
  static const struct {
    const char *pair;
    uint32_t bid, ask;
    uint8_t scale;
  } rates[] = {
    {"EURUSD", 1125180, 1125220, 6},
    {"USDJPY", 1452000, 1452100, 4},
    {"GBPUSD", 1328400, 1328500, 6},
  };
  rl_now now = rl_clock_read(&engine->clock);
  for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
    rl_tick tick = {.sequence = ++engine->sequence, .source_utc_ms = now.utc.ms,
                    .bid = rates[i].bid, .ask = rates[i].ask, .scale = rates[i].scale};
    need(rl_universe_find_name(engine->universe, rates[i].pair, 6, &tick.pair) == RL_OK, "pair");
    for (unsigned k = 0; k < 2; k++)
      need(rl_market_apply(engine->market, engine->sources[k], &tick, now) == RL_TICK_GOOD,
           "tick");
  }
}

static void write_file(const char *path, const char *text)
{
  FILE *file = fopen(path, "w");
  need(file && fputs(text, file) >= 0 && fclose(file) == 0, path);
}

void rl_test_engine_write_tariff(const rl_test_engine *engine, const char *text)
{
  write_file(engine->tariff_file, text);
}

void rl_test_engine_write_limits(rl_test_engine *engine, const char *text)
{
  snprintf(engine->limits_file, sizeof engine->limits_file, "%s/limits", engine->directory);
  write_file(engine->limits_file, text);
}

void rl_test_engine_write_trial(const rl_test_engine *engine, const char *text)
{
  char path[96];
  snprintf(path, sizeof path, "%s/trial.yaml", engine->directory);
  write_file(path, text);
}

typedef struct waiting {
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  bool done;
} waiting;

static void on_done(rl_exchange *exchange, void *context)
{
  (void)exchange;
  waiting *it = context;
  pthread_mutex_lock(&it->mutex);
  it->done = true;
  pthread_cond_signal(&it->wake);
  pthread_mutex_unlock(&it->mutex);
}

const uint8_t *rl_test_exchange(rl_test_engine *engine, const char *client, const void *message,
                                size_t size, size_t *reply_size)
{
  static uint8_t *reply; /* the last call's */
  waiting it = {.mutex = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};
  rl_exchange *exchange;
  need(rl_exchange_create(engine->service, on_done, &it, &exchange) == RL_OK, "exchange");
  rl_caller caller = {.is_operator = strcmp(client, "operator") == 0};
  snprintf(caller.name, sizeof caller.name, "%s", client);
  rl_exchange_handle(exchange, &caller, message, size);
  pthread_mutex_lock(&it.mutex);
  while (!it.done)
    pthread_cond_wait(&it.wake, &it.mutex);
  pthread_mutex_unlock(&it.mutex);
  const void *bytes = rl_exchange_reply(exchange, reply_size);
  free(reply);
  reply = malloc(*reply_size);
  need(reply != NULL, "memory for the reply");
  memcpy(reply, bytes, *reply_size);
  rl_exchange_destroy(exchange);
  return reply;
}

const uint8_t *rl_test_ask(rl_test_engine *engine, const char *client, const rl_request *request,
                           size_t *reply_size)
{
  uint8_t message[2048];
  rl_writer writer = rl_writer_over(message, sizeof message);
  rl_request_encode(&writer, request);
  need(!writer.failed, "request too large");
  return rl_test_exchange(engine, client, message, writer.used, reply_size);
}

static void wait_on(sem_t *semaphore)
{
  while (sem_wait(semaphore) != 0)
    continue;
}

static void tell_done(rl_job *job)
{
  sem_post(job->context);
}

void rl_test_run_job(rl_test_engine *engine, rl_job *job)
{
  sem_t done;
  sem_init(&done, 0, 0);
  job->done = tell_done;
  job->context = &done;
  need(rl_store_submit(engine->store, job) == RL_OK, "a job");
  wait_on(&done);
  sem_destroy(&done);
}

static void stand_still(rl_job *job)
{
  rl_test_hold *hold = job->context;
  sem_post(&hold->entered);
  wait_on(&hold->leave);
  sem_post(&hold->entered);
}

void rl_test_hold_store(rl_test_engine *engine, rl_test_hold *hold)
{
  hold->job = (rl_job){.kind = RL_JOB_SHOW, .done = stand_still, .context = hold};
  sem_init(&hold->entered, 0, 0);
  sem_init(&hold->leave, 0, 0);
  need(rl_store_submit(engine->store, &hold->job) == RL_OK, "hold the store");
  wait_on(&hold->entered);
}

void rl_test_free_store(rl_test_hold *hold)
{
  sem_post(&hold->leave);
  wait_on(&hold->entered);
  sem_destroy(&hold->entered);
  sem_destroy(&hold->leave);
}

/* Positions the unpacker at the value of a path. */
static rl_unpacker at_path(const uint8_t *reply, size_t size, const char *path)
{
  rl_unpacker unpacker = rl_unpacker_over(reply, size);
  const char *name = path;
  while (*name) {
    size_t length = strcspn(name, ".");
    uint32_t count;
    bool found = false;
    need(rl_unpack_map(&unpacker, &count), path);
    for (uint32_t i = 0; i < count && !found; i++) {
      const char *key;
      size_t key_length;
      need(rl_unpack_text(&unpacker, &key, &key_length), path);
      found = key_length == length && memcmp(key, name, length) == 0;
      if (!found)
        need(rl_unpack_skip(&unpacker, RL_DEPTH_MAX), path);
    }
    need(found, path);
    name += length + (name[length] == '.');
  }
  return unpacker;
}

int64_t rl_reply_int(const uint8_t *reply, size_t size, const char *path)
{
  rl_unpacker unpacker = at_path(reply, size, path);
  int64_t value;
  need(rl_unpack_i64(&unpacker, &value), path);
  return value;
}

bool rl_reply_bool(const uint8_t *reply, size_t size, const char *path)
{
  rl_unpacker unpacker = at_path(reply, size, path);
  bool value;
  need(rl_unpack_bool(&unpacker, &value), path);
  return value;
}

const char *rl_reply_text(const uint8_t *reply, size_t size, const char *path, char out[256])
{
  rl_unpacker unpacker = at_path(reply, size, path);
  const char *text;
  size_t length;
  need(rl_unpack_text(&unpacker, &text, &length) && length < 256, path);
  memcpy(out, text, length);
  out[length] = '\0';
  return out;
}

size_t rl_reply_binary(const uint8_t *reply, size_t size, const char *path, uint8_t *out,
                       size_t room)
{
  rl_unpacker unpacker = at_path(reply, size, path);
  const uint8_t *bytes;
  size_t length;
  need(rl_unpack_binary(&unpacker, &bytes, &length) && length <= room, path);
  memcpy(out, bytes, length);
  return length;
}

const uint8_t *rl_reply_item(const uint8_t *reply, size_t size, unsigned index, size_t *item_size)
{
  rl_unpacker unpacker = rl_unpacker_over(reply, size);
  uint32_t count;
  need(rl_unpack_array(&unpacker, &count) && index < count, "a batch's reply");
  for (unsigned i = 0; i < index; i++)
    need(rl_unpack_skip(&unpacker, RL_DEPTH_MAX), "an item before");
  size_t start = unpacker.reader.used;
  need(rl_unpack_skip(&unpacker, RL_DEPTH_MAX), "the item");
  *item_size = unpacker.reader.used - start;
  return reply + start;
}

static rl_currency currency(const char *code)
{
  rl_currency found;
  need(rl_currency_find(code, 3, &found) == RL_OK, code);
  return found;
}

rl_request rl_test_quote_request(const char *from, const char *to, rl_fixed fixed, int64_t amount,
                                 const char *key)
{
  rl_request request = {
    .kind = RL_REQUEST_QUOTE,
    .from = currency(from),
    .to = currency(to),
    .price = {.fixed = fixed, .amount_minor = amount},
  };
  snprintf(request.key, sizeof request.key, "%s", key);
  return request;
}

rl_request rl_test_end_request(rl_request_kind kind, const char *id, const char *key)
{
  rl_request request = {.kind = kind, .has_id = true};
  need(rl_quote_id_parse(id, strlen(id), &request.id) == RL_OK, id);
  snprintf(request.key, sizeof request.key, "%s", key);
  return request;
}
