/* ratelock-feed-nats: takes rates from a NATS subject and pushes them into an engine. */
#include "feeds/nats_follow.h"
#include "feeds/nats_message.h"
#include "feeds/nats_options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* In a minute so many messages that cannot be taken are named; the others are counted. */
#define NAMED_MAX 20
#define NAMED_WINDOW_NS (60000 * RL_NS_PER_MS)
/* Rates fall silent one by one. */
#define SAID_EVERY_NS (10000 * RL_NS_PER_MS)
/* What a signal, a lost connection or a silent pair waits for at most. */
#define ROUND_MS 20
/* Messages between two flushes: an update waits for no more of them. */
#define MESSAGES_AT_ONCE 64

typedef struct counts {
  uint64_t messages;
  uint64_t updates;     /* pushed */
  uint64_t malformed;   /* messages, and updates that no source can make */
  uint64_t foreign;     /* messages of another publisher, or of another class */
  uint64_t old;         /* updates overtaken by newer ones */
  uint64_t late;        /* updates held up on their way */
  uint64_t lost;        /* updates that never came, by their numbers */
  uint64_t untaken;     /* updates that the engine did not take */
  uint64_t withdrawn;   /* rates taken back for want of news */
  uint64_t snapshots;   /* messages of them */
  uint64_t connections;
} counts;

typedef struct nats_bridge {
  const rl_nats_options *options;
  rl_clock clock;
  rl_feed *feed;
  rl_bus *bus;
  rl_bus_subscription *updates;
  rl_bus_subscription *answers; /* to requests for snapshots */
  rl_follow *follow;
  uint64_t connection;
  bool told_lost;
  bool deaf;              /* the engine took nothing the last time */
  int64_t silent_told_ns; /* boot clock: when it was last said that rates are taken back */
  int64_t named_since_ns;
  unsigned named;
  counts counts;
} nats_bridge;

/* --- what is wrong is named, but not without end --- */

static void name(nats_bridge *bridge, const char *subject, const char *what)
{
  int64_t now_ns = rl_clock_read(&bridge->clock).mono.ns;
  if (bridge->named == 0 || now_ns - bridge->named_since_ns >= NAMED_WINDOW_NS) {
    bridge->named_since_ns = now_ns;
    bridge->named = 0;
  }
  if (++bridge->named > NAMED_MAX)
    return;
  rl_program_say("%s: %s", subject, what);
  if (bridge->named == NAMED_MAX)
    rl_program_say("for the rest of the minute such messages are counted, not named");
}

/* --- to the engine --- */

/* What the engine does not take now would be old by the time it does. RL_EXIT_DONE to go on. */
static int note_engine(nats_bridge *bridge, rl_status status)
{
  const char *url = bridge->options->engine.url;
  if (status != RL_OK && status != RL_TIMEOUT)
    return rl_program_fail_push(status, url);
  bool deaf = status == RL_TIMEOUT;
  if (deaf) {
    bridge->counts.untaken += rl_feed_discard(bridge->feed);
    rl_follow_forget(bridge->follow);
  }
  if (deaf && !bridge->deaf)
    rl_program_say("%s: the engine takes nothing: rates are let go until it does", url);
  if (!deaf && bridge->deaf)
    rl_program_say("%s: the engine takes rates again", url);
  bridge->deaf = deaf;
  return RL_EXIT_DONE;
}

static rl_status push_update(nats_bridge *bridge, const rl_nats_update *update, uint64_t lost)
{
  rl_status status = lost > 0 ? rl_feed_skip(bridge->feed, update->pair, lost) : RL_OK;
  if (status != RL_OK)
    return status;
  if (update->withdrawn)
    return rl_feed_withdraw(bridge->feed, update->pair, update->when);
  return rl_feed_push_book(bridge->feed, update->pair, update->bids, update->bid_count,
                           update->asks, update->ask_count, update->when);
}

static int push(nats_bridge *bridge, const char *subject, const rl_nats_update *update,
                uint64_t lost)
{
  rl_status status = push_update(bridge, update, lost);
  if (status == RL_INVALID || status == RL_FULL) {
    bridge->counts.malformed++;
    name(bridge, subject, status == RL_FULL ? "more pairs than an engine can have"
                                            : "a rate that is none, or bid and ask on one scale "
                                              "have more than nine digits");
    return RL_EXIT_DONE;
  }
  if (status == RL_OK)
    bridge->counts.updates++;
  else if (status == RL_TIMEOUT)
    bridge->counts.untaken++;
  return status == RL_OK ? RL_EXIT_DONE : note_engine(bridge, status);
}

static int flush(nats_bridge *bridge)
{
  return note_engine(bridge, rl_feed_flush(bridge->feed));
}

/* --- from NATS --- */

static int take_update(nats_bridge *bridge, const char *subject, const rl_nats_update *update,
                       bool from_snapshot)
{
  uint64_t lost;
  const char *only = bridge->options->pair;
  if (only[0] && strcmp(only, update->pair) != 0)
    return RL_EXIT_DONE;
  rl_mono now = rl_clock_read(&bridge->clock).mono;
  rl_follow_verdict verdict = rl_follow_take(bridge->follow, update, from_snapshot, now, &lost);
  bridge->counts.lost += lost;
  switch (verdict) {
  case RL_FOLLOW_NEW: return push(bridge, subject, update, lost);
  case RL_FOLLOW_OLD: bridge->counts.old += !from_snapshot; break;
  case RL_FOLLOW_LATE: bridge->counts.late++; break;
  case RL_FOLLOW_GONE: break;
  case RL_FOLLOW_NO_ROOM: bridge->counts.malformed++; break;
  }
  return RL_EXIT_DONE;
}

/* Whether the message is to be taken, by its class and its origin. */
static bool admit(nats_bridge *bridge, const char *subject, const rl_nats_message *message,
                  int *code)
{
  bool changed = false;
  const char *why = NULL;
  if (message->class != bridge->options->class)
    why = "of another class: see --class";
  else if (!rl_follow_admit(bridge->follow, message->origin,
                            rl_clock_read(&bridge->clock).mono, &changed))
    why = "of a second publisher under this subject: give each a handler of its own";
  if (why) {
    bridge->counts.foreign++;
    name(bridge, subject, why);
    return false;
  }
  if (changed)
    *code = note_engine(bridge, rl_feed_set_origin(bridge->feed, message->origin));
  return true;
}

static int take_message(nats_bridge *bridge, const rl_bus_message *raw, bool from_snapshot)
{
  static rl_nats_message message;
  rl_nats_update update;
  const char *fault;
  int code = RL_EXIT_DONE;
  bridge->counts.messages++;
  bridge->counts.snapshots += from_snapshot;
  if (!rl_nats_message_open(raw->bytes, raw->size, &message, &fault)) {
    bridge->counts.malformed++;
    name(bridge, raw->subject, fault);
    return RL_EXIT_DONE;
  }
  if (!admit(bridge, raw->subject, &message, &code))
    return RL_EXIT_DONE;
  if (from_snapshot)
    rl_follow_answered(bridge->follow);
  for (uint32_t i = 0; i < message.update_count && code == RL_EXIT_DONE; i++) {
    rl_nats_message_next(&message, &update);
    code = take_update(bridge, raw->subject, &update, from_snapshot);
  }
  return code;
}

static int take_updates(nats_bridge *bridge, unsigned wait_ms, unsigned most)
{
  rl_bus_message raw;
  int code = RL_EXIT_DONE;
  for (unsigned i = 0; i < most && code == RL_EXIT_DONE &&
                       rl_bus_take(bridge->updates, i == 0 ? wait_ms : 0, &raw); i++) {
    code = take_message(bridge, &raw, false);
    rl_bus_release(&raw);
  }
  return code;
}

/* The updates that came before the snapshot are taken before it, or they would look lost. */
static int take_answer(nats_bridge *bridge)
{
  rl_bus_message raw;
  if (!rl_bus_take(bridge->answers, 0, &raw))
    return RL_EXIT_DONE;
  int code = take_updates(bridge, 0, RL_BUS_QUEUE_MAX);
  if (code == RL_EXIT_DONE)
    code = take_message(bridge, &raw, true);
  rl_bus_release(&raw);
  return code;
}

static void ask_snapshot(nats_bridge *bridge)
{
  if (!bridge->options->snapshots[0] ||
      !rl_follow_asks(bridge->follow, rl_clock_read(&bridge->clock).mono))
    return;
  /* One that is not sent is asked for again soon. */
  rl_status status = rl_bus_publish(bridge->bus, bridge->options->snapshots,
                                    rl_bus_subject(bridge->answers), "", 0);
  (void)status;
}

/* --- its state --- */

static int note_connection(nats_bridge *bridge)
{
  uint64_t connection = rl_bus_connection(bridge->bus);
  const char *place = rl_bus_place(bridge->bus);
  rl_follow_connection(bridge->follow, connection, rl_clock_read(&bridge->clock).mono);
  if (rl_bus_is_closed(bridge->bus)) {
    rl_program_say("%s: turned away: %s", place, rl_bus_trouble(bridge->bus));
    return RL_EXIT_FAILED;
  }
  if (connection != 0 && connection != bridge->connection) {
    bridge->counts.connections++;
    rl_program_say("%s: connected, taking %s", place, bridge->options->subject);
    bridge->told_lost = false;
  }
  if (connection == 0 && !bridge->told_lost) {
    rl_program_say("%s: no NATS server: looking for it", place);
    bridge->told_lost = true;
  }
  bridge->connection = connection;
  return RL_EXIT_DONE;
}

static int withdraw_silent(nats_bridge *bridge)
{
  rl_now now = rl_clock_read(&bridge->clock);
  rl_nats_update update = {.withdrawn = true}; /* without a time: the clock here is not its own */
  uint64_t before = bridge->counts.withdrawn;
  int code = RL_EXIT_DONE;
  while (code == RL_EXIT_DONE && rl_follow_withdraw(bridge->follow, now.mono, update.pair)) {
    bridge->counts.withdrawn++;
    code = push(bridge, bridge->options->subject, &update, 0);
  }
  if (bridge->counts.withdrawn > before && now.mono.ns >= bridge->silent_told_ns + SAID_EVERY_NS) {
    rl_program_say("%s: no news: rates are taken back", bridge->options->subject);
    bridge->silent_told_ns = now.mono.ns;
  }
  return code;
}

static int run_round(nats_bridge *bridge)
{
  int code = note_connection(bridge);
  if (code == RL_EXIT_DONE)
    code = withdraw_silent(bridge);
  ask_snapshot(bridge);
  if (code == RL_EXIT_DONE)
    code = flush(bridge);
  if (code == RL_EXIT_DONE)
    code = take_updates(bridge, ROUND_MS, MESSAGES_AT_ONCE);
  if (code == RL_EXIT_DONE)
    code = take_answer(bridge);
  return code == RL_EXIT_DONE ? flush(bridge) : code;
}

typedef struct figure {
  const char *key;
  const char *words;
  uint64_t count;
} figure;

static void print_summary(const nats_bridge *bridge)
{
  const counts *all = &bridge->counts;
  const bool json = bridge->options->json;
  const figure figures[] = {
    {"messages", "messages", all->messages},
    {"updates", "updates pushed", all->updates},
    {"malformed", "malformed", all->malformed},
    {"foreign", "foreign", all->foreign},
    {"old", "old", all->old},
    {"late", "late", all->late},
    {"lost", "lost", all->lost},
    {"untaken", "not taken by the engine", all->untaken},
    {"withdrawn", "taken back", all->withdrawn},
    {"snapshots", "snapshots", all->snapshots},
    {"connections", "connections", all->connections},
    {"dropped", "dropped here", rl_bus_dropped(bridge->updates)},
  };
  printf(json ? "{\"source\":\"%s\"" : "%s", bridge->options->source);
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
    if (json)
      printf(",\"%s\":%" PRIu64, figures[i].key, figures[i].count);
    else
      printf("%s %" PRIu64 " %s", i == 0 ? ":" : ",", figures[i].count, figures[i].words);
  }
  printf(json ? "}\n" : "\n");
}

static rl_status subscribe(nats_bridge *bridge, rl_error *error)
{
  rl_status status = rl_bus_subscribe(bridge->bus, bridge->options->subject, &bridge->updates);
  if (status == RL_INVALID)
    return rl_fail(error, status, NULL, 0, "--subject", "'%s' is no subject of NATS",
                   bridge->options->subject);
  if (status == RL_OK)
    status = rl_bus_subscribe(bridge->bus, NULL, &bridge->answers);
  return status == RL_OK ? RL_OK : rl_fail(error, status, NULL, 0, NULL, "cannot subscribe: %s",
                                           rl_status_text(status));
}

/* Nobody would take back later what is left standing. A fixing holds without us. */
static int withdraw_all(nats_bridge *bridge)
{
  char pair[8];
  rl_status status = bridge->deaf ? RL_TIMEOUT : RL_OK;
  if (bridge->options->class == RL_SOURCE_REFERENCE)
    return RL_EXIT_DONE;
  while (status == RL_OK && rl_follow_end(bridge->follow, pair))
    status = rl_feed_withdraw(bridge->feed, pair, (rl_utc){0});
  return status == RL_OK ? flush(bridge) : note_engine(bridge, status);
}

static int take_until_stopped(nats_bridge *bridge)
{
  rl_error error = {0};
  rl_bus_options bus = {.urls = bridge->options->urls, .name = "ratelock-feed-nats"};
  int code = RL_EXIT_DONE;
  rl_status status = rl_bus_open(&bus, &bridge->bus, &error);
  if (status == RL_OK)
    status = subscribe(bridge, &error);
  if (status != RL_OK)
    return rl_program_fail_feed(status, &error);
  if (rl_follow_create(bridge->options->patience_ms, &bridge->follow) != RL_OK)
    return rl_program_fail(&(rl_error){.text = "no memory for what is followed"});
  while (code == RL_EXIT_DONE && !rl_program_stopped())
    code = run_round(bridge);
  int withdrawn = withdraw_all(bridge);
  print_summary(bridge);
  return code == RL_EXIT_DONE ? withdrawn : code;
}

int main(int argc, char **argv)
{
  rl_nats_options options;
  rl_error error;
  nats_bridge bridge = {.options = &options, .clock = rl_clock_system(),
                        .silent_told_ns = -SAID_EVERY_NS};
  rl_program_begin("ratelock-feed-nats");
  rl_nats_options_parse(argc, argv, &options);
  rl_feed_options feed = {.url = options.engine.url, .source = options.source,
                          .class = options.class, .batch = 256,
                          .timeout_ms = options.engine.timeout_ms};
  rl_status status = rl_feed_connect(&feed, &bridge.feed, &error);
  if (status != RL_OK)
    return rl_program_fail_feed(status, &error);
  int code = take_until_stopped(&bridge);
  rl_feed_close(bridge.feed);
  if (bridge.follow)
    rl_follow_destroy(bridge.follow);
  if (bridge.bus)
    rl_bus_close(bridge.bus);
  return code;
}
