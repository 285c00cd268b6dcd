#include "faults/life.h"

#include "support/expect.h"
#include "support/quotes.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { TRIES_WITH_SPACE = 3 };

typedef struct life {
  const deal_world *world;
  rl_store *store;
  int story;
  uint64_t refused; /* the first number whose end was refused, or 0 */
  uint64_t issued;  /* the first number whose record was taken, or 0 */
  uint64_t ended;   /* the first number whose end was answered, or 0 */
} life;

rl_now life_issued(uint64_t number)
{
  rl_now start = {{1000000000000}, {1767225600000}};
  start.mono.ns += (int64_t)number * RL_NS_PER_MS;
  start.utc.ms += (int64_t)number;
  return start;
}

void life_world(deal_world *world, uint64_t seed)
{
  static rl_manual_clock clock;
  rl_manual_clock_init(&clock, life_issued(LIFE_QUOTES));
  *world = (deal_world){.seed = seed, .boot_id = 77, .clock = rl_clock_manual(&clock)};
}

static void keep_tariff(const life *it)
{
  const char *text = rl_tariff_builtin_text();
  rl_tariff *tariff;
  EXPECT(rl_tariff_parse(text, strlen(text), NULL, &tariff, NULL) == RL_OK);
  story_tell(it->story, "kept %d", (int)rl_store_keep_tariff(it->store, tariff));
  rl_tariff_destroy(tariff);
}

static bool ask(life *it, uint64_t number, const rl_quote *quote)
{
  rl_quote token = *quote;
  rl_job job;
  deal_job(it->world, &job, number, quote, "first");
  rl_strip_evidence(&token);
  job.from_token = deal_fate_of(number) == DEAL_ACCEPTED_BY_TOKEN ? &token : NULL;
  story_tell(it->story, "asked %llu", (unsigned long long)number);
  EXPECT(deal_run(it->store, &job));
  story_tell(it->story, "ended %llu %d %llu", (unsigned long long)number, (int)job.refusal,
             (unsigned long long)job.end.transaction);
  return job.refusal == RL_REFUSAL_NONE;
}

static void deal_one(life *it, uint64_t number)
{
  rl_quote quote = deal_quote(it->world, number, life_issued(number));
  deal_fate fate = deal_fate_of(number);
  uint8_t record[RL_RECORD_MAX];
  size_t size = rl_quote_encode(&quote, record);
  bool taken = true;
  if (fate != DEAL_ACCEPTED_BY_TOKEN) {
    taken = rl_store_record(it->store, record, size) == RL_OK;
    story_tell(it->story, taken ? "issued %llu" : "dropped %llu", (unsigned long long)number);
  }
  if (taken && fate != DEAL_ACCEPTED_BY_TOKEN && !it->issued)
    it->issued = number;
  if (!taken || fate == DEAL_LEFT)
    return;
  uint64_t *first = ask(it, number, &quote) ? &it->ended : &it->refused;
  *first = *first ? *first : number;
}

static void ask_again(life *it, uint64_t number)
{
  rl_quote quote = deal_quote(it->world, number, life_issued(number));
  rl_job job;
  deal_job(it->world, &job, number, &quote, "first");
  EXPECT(deal_run(it->store, &job));
  story_tell(it->story, "again %llu %d", (unsigned long long)number, (int)job.refusal);
}

static void show_one(life *it, uint64_t number)
{
  rl_quote quote = deal_quote(it->world, number, life_issued(number));
  rl_job job;
  deal_job(it->world, &job, number, &quote, "show");
  job.kind = RL_JOB_SHOW;
  EXPECT(deal_run(it->store, &job));
  story_tell(it->story, "shown %llu %d %d", (unsigned long long)number, (int)job.refusal,
             (int)job.ended);
}

static void lift(life *it, const char *stays)
{
  int made = open(stays, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  EXPECT(made >= 0);
  close(made);
  story_tell(it->story, "lifted");
  rl_quote quote = deal_quote(it->world, it->refused, life_issued(it->refused));
  for (unsigned i = 0; it->refused && i < TRIES_WITH_SPACE && !ask(it, it->refused, &quote); i++)
    continue;
}

int life_live(const deal_world *world, const char *directory, const char *story_path,
              const char *stays)
{
  deal_world own = *world;
  life it = {.world = &own};
  rl_error error = {0};
  alarm(LIFE_SECONDS_MOST);
  it.story = open(story_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  EXPECT(it.story >= 0);
  rl_status status = deal_open(world, directory, false, &it.store, &error);
  if (status != RL_OK) {
    story_tell(it.story, "refused %d %s: %s", (int)status, error.file, error.text);
    return 1;
  }
  story_tell(it.story, "opened");
  own.identity = rl_store_identity(it.store);
  keep_tariff(&it);
  for (uint64_t i = 1; i <= LIFE_QUOTES; i++)
    deal_one(&it, i);
  if (it.issued)
    show_one(&it, it.issued);
  if (it.ended)
    ask_again(&it, it.ended);
  story_tell(it.story, "state %d", (int)rl_store_state_now(it.store));
  if (stays)
    lift(&it, stays);
  story_tell(it.story, "state %d", (int)rl_store_state_now(it.store));
  story_tell(it.story, "closing");
  rl_store_close(it.store);
  story_tell(it.story, "closed");
  return 0;
}
