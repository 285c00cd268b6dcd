#include "feeds/fix_client.h"

#include "feeds/fix_report.h"

#include <stdio.h>
#include <string.h>

#define STEP_MS 100
#define CONNECT_NS (10000 * RL_NS_PER_MS)
#define LOGON_S 10
#define RESUBSCRIBE_NS (1000 * RL_NS_PER_MS)
#define GOODBYE_NS (2000 * RL_NS_PER_MS)
#define NS_PER_S 1000000000ll

static rl_mono now_of(const rl_fix_client *client)
{
  return rl_clock_read(&client->clock).mono;
}

static void publish(rl_fix_client *client, bool repeat)
{
  if (client->status == RL_OK)
    client->status = rl_fix_publish(client->publisher, repeat);
}

/* --- what the session calls --- */

static bool on_send(void *context, const char *bytes, size_t size)
{
  rl_fix_client *client = context;
  return rl_fix_line_send(&client->line, bytes, size);
}

static void on_give_up(void *context, const char *reason)
{
  (void)context;
  char words[RL_FIX_WORDS_SIZE];
  rl_fix_words((rl_fix_span){reason, strlen(reason)}, words);
  rl_program_say("we log out: %s", words);
}

static void on_note(void *context, const char *text)
{
  const rl_fix_client *client = context;
  char words[RL_FIX_WORDS_SIZE];
  if (!client->options->verbose)
    return;
  rl_fix_words((rl_fix_span){text, strlen(text)}, words);
  rl_program_say("session: %s", words);
}

static void count_fault(rl_fix_client *client, rl_fix_fault fault)
{
  rl_fix_count count = fault == RL_FIX_ENTRY_COUNT ? RL_FIX_BAD_COUNT_COUNT
                                                   : RL_FIX_UNREADABLE_COUNT;
  rl_fix_market_count(client->market, count, (rl_fix_span){0}, (rl_fix_span){0});
  client->doubtful = true;
}

static void on_deliver(void *context, const char *bytes, size_t size)
{
  rl_fix_client *client = context;
  rl_fix_message message;
  char words[RL_FIX_WORDS_SIZE];
  rl_fix_fault fault = rl_fix_message_read(bytes, size, &message);
  if (fault != RL_FIX_READABLE) {
    count_fault(client, fault);
    return;
  }
  if (message.kind == RL_FIX_LOGOUT) {
    rl_fix_words(message.text, words);
    rl_program_say("the venue logs out%s%s", words[0] ? ": " : "", words);
  }
  if (message.kind == RL_FIX_SEQUENCE_RESET)
    client->doubtful = true;
  if (message.kind == RL_FIX_SNAPSHOT || message.kind == RL_FIX_INCREMENTAL)
    client->failures = 0;
  rl_fix_market_take(client->market, message);
  publish(client, false);
}

/* --- beginning and ending a line --- */

static void rest(rl_fix_client *client)
{
  const rl_fix_options *options = client->options;
  client->random = client->random * 6364136223846793005u + 1442695040888963407u;
  uint32_t pause_ms = rl_fix_pause_ms(client->failures, options->retry_ms, options->retry_max_ms,
                                      client->random >> 33);
  client->state = RL_FIX_RESTING;
  client->until.ns = now_of(client).ns + pause_ms * RL_NS_PER_MS;
  client->failures++;
}

/* The line is over, and with it all that the venue said on it. */
static void lose(rl_fix_client *client, const char *reason)
{
  client->market->counts[RL_FIX_LINES_LOST_COUNT]++;
  rl_fix_line_close(&client->line);
  rl_fix_session_disconnected(client->session);
  rl_fix_market_end(client->market);
  publish(client, false);
  rest(client);
  rl_program_say("%s:%s: %s: again in %lld ms", client->options->host, client->options->port,
                 reason, (long long)((client->until.ns - now_of(client).ns) / RL_NS_PER_MS));
}

static void open_line(rl_fix_client *client)
{
  rl_error error;
  rl_fix_framer_reset(&client->framer);
  if (rl_fix_line_open(&client->line, client->options->host, client->options->port, &error) !=
      RL_OK) {
    lose(client, error.text);
    return;
  }
  client->state = RL_FIX_CONNECTING;
  client->until.ns = now_of(client).ns + CONNECT_NS;
}

static void settle_line(rl_fix_client *client)
{
  rl_error error;
  rl_status status = rl_fix_line_settle(&client->line, &error);
  if (status == RL_OK) {
    client->state = RL_FIX_LOGGING_ON;
    rl_fix_session_connected(client->session);
  } else if (status != RL_AGAIN) {
    lose(client, error.text);
  } else if (now_of(client).ns >= client->until.ns) {
    lose(client, "no answer to the connection");
  }
}

/* --- subscriptions --- */

static void request_all(rl_fix_client *client, bool subscribe)
{
  const rl_fix_market *market = client->market;
  for (unsigned i = 0; i < market->count; i++) {
    rl_fix_request request = {
      .id = market->instruments[i].request_id,
      .symbol = market->instruments[i].symbol,
      .subscribe = subscribe,
      .full = client->options->full,
      .depth = client->options->depth,
    };
    if (request.id[0] && !rl_fix_session_request(client->session, &request))
      rl_program_say("%s: the request for market data did not go out", request.symbol);
  }
}

static void subscribe_all(rl_fix_client *client)
{
  client->subscribed = now_of(client);
  rl_fix_market_renew(client->market);
  request_all(client, true);
}

static void log_on(rl_fix_client *client)
{
  client->state = RL_FIX_UP;
  client->market->counts[RL_FIX_LOGONS_COUNT]++;
  client->complete = client->repeated = now_of(client);
  if (!client->options->quiet)
    rl_program_say("%s:%s: logged on as %s to %s", client->options->host, client->options->port,
                   client->options->sender, client->options->target);
  client->doubtful = client->resubscribe = false;
  subscribe_all(client);
}

/* Rule 3: at once nothing is believed; a second after the last subscription there is a new one. */
static void mend_doubt(rl_fix_client *client)
{
  if (client->doubtful) {
    client->doubtful = false;
    request_all(client, false);
    rl_fix_market_end(client->market);
    publish(client, false);
    client->resubscribe = true;
    if (!client->options->quiet)
      rl_program_say("messages are lost for good: the books are asked for anew");
  }
  if (client->resubscribe &&
      now_of(client).ns >= client->subscribed.ns + RESUBSCRIBE_NS) {
    client->resubscribe = false;
    subscribe_all(client);
  }
}

/* --- what comes --- */

static void take_frame(rl_fix_client *client, const char *message, size_t size)
{
  client->market->counts[RL_FIX_MESSAGES_COUNT]++;
  client->heard = now_of(client);
  rl_fix_session_receive(client->session, message, size);
  if (client->state == RL_FIX_LOGGING_ON && rl_fix_session_is_logged_on(client->session))
    log_on(client);
}

static void count_frame(rl_fix_client *client, rl_fix_count count)
{
  rl_fix_market_count(client->market, count, (rl_fix_span){0}, (rl_fix_span){0});
}

static void take_frames(rl_fix_client *client)
{
  const char *message;
  size_t size;
  while (!rl_fix_session_wants_no_line(client->session) && client->status == RL_OK) {
    switch (rl_fix_framer_next(&client->framer, &message, &size)) {
    case RL_FIX_FRAME_NONE: return;
    case RL_FIX_FRAME_GOOD: take_frame(client, message, size); break;
    case RL_FIX_FRAME_GARBAGE: count_frame(client, RL_FIX_GARBAGE_COUNT); break;
    case RL_FIX_FRAME_BAD_LENGTH: count_frame(client, RL_FIX_BAD_LENGTH_COUNT); break;
    case RL_FIX_FRAME_BAD_CHECKSUM: count_frame(client, RL_FIX_BAD_CHECKSUM_COUNT); break;
    }
  }
}

/* False when the venue has gone. */
static bool read_line(rl_fix_client *client)
{
  size_t room, got = 0;
  char *bytes = rl_fix_framer_room(&client->framer, &room);
  bool open = rl_fix_line_read(&client->line, bytes, room, &got) == RL_OK;
  rl_fix_framer_filled(&client->framer, got);
  take_frames(client);
  return open;
}

/* --- what is due --- */

static void repeat_books(rl_fix_client *client, rl_mono now)
{
  int64_t silent_ns = now.ns - client->heard.ns;
  int64_t repeat_ns = client->options->repeat_ms * RL_NS_PER_MS;
  if (rl_fix_session_is_behind(client->session))
    return;
  client->complete = now;
  if (repeat_ns == 0 || now.ns - client->repeated.ns < repeat_ns ||
      silent_ns > client->options->heartbeat_s * NS_PER_S * 12 / 10)
    return;
  client->repeated = now;
  publish(client, true);
}

static void do_what_is_due(rl_fix_client *client)
{
  rl_mono now = now_of(client);
  rl_fix_session_tick(client->session);
  if (rl_fix_session_wants_no_line(client->session)) {
    lose(client, "the session ended");
    return;
  }
  if (client->publisher->away)
    publish(client, false);
  if (client->state != RL_FIX_UP)
    return;
  mend_doubt(client);
  repeat_books(client, now);
  if (now.ns - client->complete.ns > client->options->heartbeat_s * NS_PER_S)
    lose(client, "missing messages were not sent again");
}

static void step_line(rl_fix_client *client)
{
  bool ready = rl_fix_line_wait(&client->line, STEP_MS);
  if (client->state == RL_FIX_CONNECTING) {
    settle_line(client);
    return;
  }
  if (ready && !read_line(client)) {
    lose(client, "the venue closed the line");
    return;
  }
  do_what_is_due(client);
}

static void wait_pause(rl_fix_client *client)
{
  int64_t step_ns = now_of(client).ns + STEP_MS * RL_NS_PER_MS;
  rl_program_sleep_until((rl_mono){client->until.ns < step_ns ? client->until.ns : step_ns});
  /* Withdrawals that the engine did not take yet. */
  publish(client, false);
}

rl_status rl_fix_client_step(rl_fix_client *client)
{
  if (client->state != RL_FIX_RESTING)
    step_line(client);
  else if (now_of(client).ns >= client->until.ns)
    open_line(client);
  else
    wait_pause(client);
  return client->status;
}

/* --- beginning and end --- */

rl_status rl_fix_client_init(rl_fix_client *client, rl_error *error)
{
  const rl_fix_options *options = client->options;
  rl_fix_session_options session = {
    .sender = options->sender, .target = options->target,
    .sender_sub = options->sender_sub, .target_sub = options->target_sub,
    .user = options->user, .password = options->password, .store = options->store,
    .heartbeat_s = options->heartbeat_s, .logon_s = LOGON_S, .reset = !options->keep_numbers,
  };
  rl_fix_session_calls calls = {.context = client, .send = on_send, .deliver = on_deliver,
                                .give_up = on_give_up, .note = on_note};
  char reason[256] = "";
  client->line.fd = -1;
  client->state = RL_FIX_RESTING;
  client->until = now_of(client);
  client->random = (uint64_t)client->until.ns;
  client->session = rl_fix_session_create(&session, &calls, reason, sizeof reason);
  if (!client->session)
    return rl_fail(error, RL_IO, options->store, 0, NULL, "no session: %s", reason);
  return RL_OK;
}

void rl_fix_client_end(rl_fix_client *client)
{
  int64_t deadline_ns = now_of(client).ns + GOODBYE_NS;
  bool open = client->state == RL_FIX_UP;
  rl_fix_market_end(client->market);
  publish(client, false);
  if (open)
    rl_fix_session_logout(client->session);
  while (open && !rl_fix_session_wants_no_line(client->session) &&
         now_of(client).ns < deadline_ns) {
    if (rl_fix_line_wait(&client->line, STEP_MS))
      open = read_line(client);
    rl_fix_session_tick(client->session);
  }
  rl_fix_line_close(&client->line);
  rl_fix_session_disconnected(client->session);
  rl_fix_session_destroy(client->session);
}
