/* Records a tape of what it reads, under a clock that reads as the lines say:
 *
 *   record_tape TAPE-DIRECTORY UNIVERSE < LINES
 *
 *   2026-11-23T09:00:00.250Z EURUSD 1.08341 1.08345     a tick of the one source there is
 *   2026-11-23T09:00:01Z EURUSD                         it takes its price back
 *   2026-11-23T09:00:02Z restart                        the engine ends, and another begins */
#include "crypto/crypto.h"
#include "money/rate.h"
#include "paths/paths.h"
#include "tape/recorder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct recording {
  const char *directory;
  char *text; /* of the universe */
  size_t length;
  rl_universe *universe;
  rl_market *market;
  rl_recorder *recorder;
  rl_manual_clock manual;
  rl_source source;
  uint64_t sequence;
} recording;

static bool open_engine(recording *it)
{
  rl_error error = {0};
  rl_recorder_options options = {
    .directory = it->directory, .universe = it->text, .universe_length = it->length,
    .clock = rl_clock_manual(&it->manual), .boot_id = 1};
  if (rl_market_create(it->universe, &it->market) != RL_OK)
    return false;
  options.market = it->market;
  if (rl_recorder_open(&options, &it->recorder, &error) != RL_OK) {
    fprintf(stderr, "record_tape: %s\n", error.text);
    return false;
  }
  return rl_market_register(it->market, "VENUE", RL_SOURCE_LIVE, &it->source) == RL_OK;
}

static void close_engine(recording *it)
{
  rl_recorder_close(it->recorder);
  rl_market_destroy(it->market);
}

/* The boot clock goes on where the wall clock is set back. */
static void set_clock(recording *it, rl_utc at)
{
  int64_t ms = at.ms - it->manual.utc_ms;
  it->manual.mono_ns += (ms > 0 ? ms : 1) * RL_NS_PER_MS;
  it->manual.utc_ms = at.ms;
}

static bool take_rate(const char *text, unsigned scale, uint32_t *out)
{
  rl_rate rate;
  if (rl_rate_parse(text, strlen(text), &rate) != RL_OK || rate.scale > scale)
    return false;
  for (; rate.scale < scale; rate.scale++)
    rate.mantissa *= 10;
  *out = (uint32_t)rate.mantissa;
  return true;
}

static bool take_tick(recording *it, const char *pair, const char *bid, const char *ask)
{
  rl_tick tick = {.sequence = ++it->sequence, .withdrawn = !bid};
  if (rl_universe_find_name(it->universe, pair, strlen(pair), &tick.pair) != RL_OK)
    return false;
  tick.scale = rl_universe_pair_spec(it->universe, tick.pair)->scale;
  if (bid && !(ask && take_rate(bid, tick.scale, &tick.bid) &&
               take_rate(ask, tick.scale, &tick.ask)))
    return false;
  rl_clock clock = rl_clock_manual(&it->manual);
  rl_recorder_apply(it->recorder, it->source, &tick, rl_clock_read(&clock));
  return true;
}

/* The next word, NULL at the line's end. */
static char *next_word(char **rest)
{
  char *word = *rest + strspn(*rest, " \n");
  size_t length = strcspn(word, " \n");
  *rest = word + length + (word[length] != '\0');
  word[length] = '\0';
  return length > 0 ? word : NULL;
}

static bool take_line(recording *it, char *line)
{
  char *time = next_word(&line), *word = next_word(&line);
  char *bid = next_word(&line), *ask = next_word(&line);
  rl_utc at;
  if (!time || !word || rl_utc_parse(time, strlen(time), &at) != RL_OK)
    return false;
  set_clock(it, at);
  if (strcmp(word, "restart") == 0) {
    close_engine(it);
    return open_engine(it);
  }
  bool taken = take_tick(it, word, bid, ask);
  rl_recorder_write(it->recorder);
  return taken;
}

static bool record(recording *it)
{
  char line[256];
  unsigned number = 0;
  while (fgets(line, sizeof line, stdin)) {
    number++;
    /* The first line says when the engine starts. */
    rl_utc start;
    size_t length = strcspn(line, " \n");
    if (number == 1 && rl_utc_parse(line, length, &start) == RL_OK) {
      rl_manual_clock_init(&it->manual, (rl_now){{3600ll * 1000 * RL_NS_PER_MS}, start});
      if (!open_engine(it))
        return false;
    }
    if (!it->recorder || !take_line(it, line)) {
      fprintf(stderr, "record_tape: line %u\n", number);
      return false;
    }
  }
  return it->recorder != NULL;
}

int main(int argc, char **argv)
{
  recording it = {0};
  rl_error error = {0};
  if (argc != 3 || rl_crypto_init() != RL_OK)
    return 2;
  it.directory = argv[1];
  if (rl_file_read(argv[2], 1 << 20, &it.text, &it.length, &error) != RL_OK ||
      rl_universe_parse(it.text, it.length, argv[2], &it.universe, &error) != RL_OK) {
    fprintf(stderr, "record_tape: %s\n", error.text);
    return 2;
  }
  bool good = record(&it);
  if (it.recorder)
    close_engine(&it);
  rl_universe_destroy(it.universe);
  free(it.text);
  return good ? 0 : 1;
}
