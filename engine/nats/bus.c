/* See bus.h. Synchronous subscriptions only: a callback could outlive what it was given, for
 * libnats ends its delivery threads in its own time. */
#include "nats/bus.h"

#include <nats/nats.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  SERVERS_MAX = 8,
  URL_SIZE = 256,
  CONNECT_MS = 1000,
  WRITE_MS = 1000,
  PING_MS = 1000, /* a server that stands still is given up after three of them */
  PINGS_MAX = 2,
  RETRY_FIRST_MS = 100,
  RETRY_MAX_MS = 5000,
  QUEUE_BYTES_MAX = 64 << 20,
};

struct rl_bus_subscription {
  natsSubscription *subscription;
  char subject[RL_BUS_SUBJECT_MAX + 1];
  rl_bus_subscription *next;
};

struct rl_bus {
  natsConnection *connection;
  natsStatistics *statistics;
  rl_bus_subscription *subscriptions;
  char urls[SERVERS_MAX][URL_SIZE];
  unsigned url_count;
  char place[SERVERS_MAX * URL_SIZE];
};

static int64_t retry_delay_ms(natsConnection *connection, int attempts, void *context)
{
  (void)connection;
  (void)context;
  int64_t delay_ms = RETRY_FIRST_MS;
  for (int i = 1; i < attempts && delay_ms < RETRY_MAX_MS; i++)
    delay_ms *= 2;
  return delay_ms < RETRY_MAX_MS ? delay_ms : RETRY_MAX_MS;
}

/* That there is one lets libnats connect in the background; the state is asked for. */
static void on_connected(natsConnection *connection, void *context)
{
  (void)connection;
  (void)context;
}

/* Instead of libnats's own, which prints: what is dropped is counted. */
static void on_trouble(natsConnection *connection, natsSubscription *subscription,
                       natsStatus trouble, void *context)
{
  (void)connection;
  (void)subscription;
  (void)trouble;
  (void)context;
}

/* --- addresses --- */

static rl_status add_url(rl_bus *bus, const char *url, size_t length, rl_error *error)
{
  static const char scheme[] = "nats://";
  size_t least = sizeof scheme - 1;
  if (length <= least || length >= URL_SIZE || memcmp(url, scheme, least) != 0)
    return rl_fail(error, RL_INVALID, NULL, 0, NULL,
                   "not a NATS server's address: expected such as nats://127.0.0.1:4222");
  if (bus->url_count == SERVERS_MAX)
    return rl_fail(error, RL_INVALID, NULL, 0, NULL, "more than %d NATS servers", SERVERS_MAX);
  memcpy(bus->urls[bus->url_count++], url, length);
  return RL_OK;
}

static void add_place(rl_bus *bus, const char *url)
{
  const char *scheme_end = strstr(url, "://") + 3;
  const char *user_end = strrchr(url, '@');
  size_t used = strlen(bus->place);
  snprintf(bus->place + used, sizeof bus->place - used, "%s%.*s%s", used ? "," : "",
           (int)(scheme_end - url), url, user_end ? user_end + 1 : scheme_end);
}

static rl_status split_urls(rl_bus *bus, const char *urls, rl_error *error)
{
  for (const char *url = urls;; url++) {
    size_t length = strcspn(url, ",");
    rl_status status = add_url(bus, url, length, error);
    if (status != RL_OK)
      return status;
    add_place(bus, bus->urls[bus->url_count - 1]);
    url += length;
    if (*url == '\0')
      return RL_OK;
  }
}

rl_status rl_bus_check_urls(const char *urls, rl_error *error)
{
  rl_bus bus = {0};
  return split_urls(&bus, urls, error);
}

/* --- a connection's life --- */

static natsStatus set_bounds(natsOptions *options)
{
  natsStatus s = natsOptions_SetTimeout(options, CONNECT_MS);
  if (s == NATS_OK)
    s = natsOptions_SetWriteDeadline(options, WRITE_MS);
  if (s == NATS_OK)
    s = natsOptions_SetPingInterval(options, PING_MS);
  if (s == NATS_OK)
    s = natsOptions_SetMaxPingsOut(options, PINGS_MAX);
  if (s == NATS_OK)
    s = natsOptions_SetReconnectBufSize(options, 1);
  return s;
}

static natsStatus set_reconnection(natsOptions *options)
{
  natsStatus s = natsOptions_SetMaxReconnect(options, -1);
  if (s == NATS_OK)
    s = natsOptions_SetCustomReconnectDelay(options, retry_delay_ms, NULL);
  if (s == NATS_OK)
    s = natsOptions_SetRetryOnFailedConnect(options, true, on_connected, NULL);
  if (s == NATS_OK)
    s = natsOptions_SetErrorHandler(options, on_trouble, NULL);
  return s;
}

static natsStatus connect_with(rl_bus *bus, natsOptions *options, const char *name)
{
  const char *servers[SERVERS_MAX];
  for (unsigned i = 0; i < bus->url_count; i++)
    servers[i] = bus->urls[i];
  natsStatus s = natsOptions_SetServers(options, servers, (int)bus->url_count);
  if (s == NATS_OK)
    s = natsOptions_SetName(options, name);
  if (s == NATS_OK)
    s = set_bounds(options);
  if (s == NATS_OK)
    s = set_reconnection(options);
  if (s == NATS_OK)
    s = natsConnection_Connect(&bus->connection, options);
  return s == NATS_NOT_YET_CONNECTED ? NATS_OK : s;
}

static rl_status start(rl_bus *bus, const rl_bus_options *wanted, rl_error *error)
{
  natsOptions *options = NULL;
  natsStatus s = natsOptions_Create(&options);
  if (s == NATS_OK)
    s = connect_with(bus, options, wanted->name);
  if (s == NATS_OK)
    s = natsStatistics_Create(&bus->statistics);
  natsOptions_Destroy(options);
  if (s == NATS_OK)
    return RL_OK;
  if (s == NATS_NO_MEMORY)
    return rl_fail(error, RL_NO_MEMORY, NULL, 0, NULL, "no memory for a connection");
  return rl_fail(error, RL_INVALID, NULL, 0, NULL, "%s: %s", bus->place, natsStatus_GetText(s));
}

rl_status rl_bus_open(const rl_bus_options *options, rl_bus **out, rl_error *error)
{
  rl_bus *bus = calloc(1, sizeof *bus);
  if (!bus)
    return rl_fail(error, RL_NO_MEMORY, NULL, 0, NULL, "no memory for a connection");
  rl_status status = split_urls(bus, options->urls, error);
  if (status == RL_OK)
    status = start(bus, options, error);
  if (status != RL_OK) {
    rl_bus_close(bus);
    return status;
  }
  *out = bus;
  return RL_OK;
}

void rl_bus_close(rl_bus *bus)
{
  if (bus->connection && rl_bus_connection(bus) != 0)
    natsConnection_FlushTimeout(bus->connection, WRITE_MS);
  while (bus->subscriptions) {
    rl_bus_subscription *one = bus->subscriptions;
    bus->subscriptions = one->next;
    natsSubscription_Destroy(one->subscription);
    free(one);
  }
  natsConnection_Destroy(bus->connection);
  natsStatistics_Destroy(bus->statistics);
  free(bus);
}

uint64_t rl_bus_connection(const rl_bus *bus)
{
  uint64_t reconnects = 0;
  if (natsConnection_Status(bus->connection) != NATS_CONN_STATUS_CONNECTED ||
      natsConnection_GetStats(bus->connection, bus->statistics) != NATS_OK ||
      natsStatistics_GetCounts(bus->statistics, NULL, NULL, NULL, NULL, &reconnects) != NATS_OK)
    return 0;
  return reconnects + 1;
}

bool rl_bus_is_closed(const rl_bus *bus)
{
  return natsConnection_IsClosed(bus->connection);
}

const char *rl_bus_trouble(rl_bus *bus)
{
  const char *text = NULL;
  natsStatus s = natsConnection_GetLastError(bus->connection, &text);
  return text && text[0] ? text : s == NATS_OK ? "" : natsStatus_GetText(s);
}

const char *rl_bus_place(const rl_bus *bus)
{
  return bus->place;
}

/* --- messages --- */

rl_status rl_bus_publish(rl_bus *bus, const char *subject, const char *reply, const void *bytes,
                         size_t size)
{
  if (rl_bus_connection(bus) == 0)
    return RL_UNREACHABLE;
  if (natsConnection_Buffered(bus->connection) > (int)RL_BUS_PENDING_MAX)
    return RL_FULL;
  natsStatus s = reply
    ? natsConnection_PublishRequest(bus->connection, subject, reply, bytes, (int)size)
    : natsConnection_Publish(bus->connection, subject, bytes, (int)size);
  return s == NATS_OK ? RL_OK : RL_IO;
}

static natsStatus name_subject(rl_bus_subscription *made, const char *subject)
{
  natsInbox *inbox = NULL;
  natsStatus s = subject ? NATS_OK : natsInbox_Create(&inbox);
  if (s == NATS_OK)
    snprintf(made->subject, sizeof made->subject, "%s", subject ? subject : inbox);
  natsInbox_Destroy(inbox);
  return s;
}

rl_status rl_bus_subscribe(rl_bus *bus, const char *subject, rl_bus_subscription **out)
{
  if (subject && strlen(subject) > RL_BUS_SUBJECT_MAX)
    return RL_INVALID;
  rl_bus_subscription *made = calloc(1, sizeof *made);
  if (!made)
    return RL_NO_MEMORY;
  natsStatus s = name_subject(made, subject);
  if (s == NATS_OK)
    s = natsConnection_SubscribeSync(&made->subscription, bus->connection, made->subject);
  if (s == NATS_OK)
    s = natsSubscription_SetPendingLimits(made->subscription, RL_BUS_QUEUE_MAX, QUEUE_BYTES_MAX);
  if (s != NATS_OK) {
    natsSubscription_Destroy(made->subscription);
    free(made);
    return s == NATS_NO_MEMORY ? RL_NO_MEMORY : s == NATS_CONNECTION_CLOSED ? RL_CLOSED
                                                                           : RL_INVALID;
  }
  made->next = bus->subscriptions;
  bus->subscriptions = made;
  *out = made;
  return RL_OK;
}

const char *rl_bus_subject(const rl_bus_subscription *subscription)
{
  return subscription->subject;
}

uint64_t rl_bus_dropped(const rl_bus_subscription *subscription)
{
  int64_t dropped = 0;
  if (natsSubscription_GetDropped(subscription->subscription, &dropped) != NATS_OK)
    return 0;
  return (uint64_t)dropped;
}

/* libnats takes no time-out of 0. */
static bool has_message(natsSubscription *subscription)
{
  int messages = 0;
  return natsSubscription_GetPending(subscription, &messages, NULL) == NATS_OK && messages > 0;
}

bool rl_bus_take(rl_bus_subscription *subscription, unsigned timeout_ms, rl_bus_message *out)
{
  natsMsg *message = NULL;
  if (timeout_ms == 0 && !has_message(subscription->subscription))
    return false;
  if (natsSubscription_NextMsg(&message, subscription->subscription,
                               timeout_ms ? timeout_ms : 1) != NATS_OK)
    return false;
  if (natsMsg_IsNoResponders(message)) { /* the server's own, to a request that nobody takes */
    natsMsg_Destroy(message);
    return false;
  }
  *out = (rl_bus_message){
    .subject = natsMsg_GetSubject(message),
    .reply = natsMsg_GetReply(message),
    .bytes = natsMsg_GetData(message),
    .size = (size_t)natsMsg_GetDataLength(message),
    .owner = message,
  };
  return true;
}

void rl_bus_release(rl_bus_message *message)
{
  natsMsg_Destroy(message->owner);
  *message = (rl_bus_message){0};
}

bool rl_bus_is_token(const char *text, size_t max)
{
  size_t length = strnlen(text, max + 1);
  for (size_t i = 0; i < length; i++) {
    bool letter = (text[i] >= 'A' && text[i] <= 'Z') || (text[i] >= 'a' && text[i] <= 'z');
    bool digit = text[i] >= '0' && text[i] <= '9';
    if (!letter && !digit && text[i] != '-' && text[i] != '_')
      return false;
  }
  return length >= 1 && length <= max;
}
