#include "server/options.h"

#include "nats/bus.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOCKS_DEFAULT (8u << 20)
#define LOCKS_MAX (1u << 30)
#define STORE_GIB_MAX 16384 /* of address space, an eighth of what x86-64 has for a process */

const char *argp_program_version = "ratelockd " RL_VERSION;

enum {
  OPTION_FEED = 256,
  OPTION_EVENTS,
  OPTION_MODE,
  OPTION_LOCKS,
  OPTION_CPUS,
  OPTION_STORE,
  OPTION_MAP,
  OPTION_CALENDARS,
  OPTION_SEAL_KEY,
  OPTION_LIMITS,
  OPTION_KEEP,
  OPTION_TAPE_KEEP,
  OPTION_TAPE_SIZE,
  OPTION_NO_TAPE,
  OPTION_PUBLISH,
  OPTION_PUBLISH_AS,
};

static const struct argp_option options[] = {
  {0, 0, 0, 0, "Where it lives and listens:", 1},
  {"data", 'd', "DIR", 0, "Data directory: store, sealing key, sockets "
   "(default: $RATELOCK_DATA or ~/.local/share/ratelock; made when missing)", 1},
  {"store", OPTION_STORE, "URL", 0, "A PostgreSQL database instead of a file, shared by engines "
   "that honour each other's quotes: postgresql://USER@HOST/DATABASE (default: $RATELOCK_STORE, "
   "which no list of processes shows)", 1},
  {"seal-key", OPTION_SEAL_KEY, "FILE", 0, "The sealing keys, shared by the engines that honour "
   "each other's tokens; looked at every second (default: DIR/seal.key, made when missing)", 1},
  {"listen", 'l', "URL", 0, "Serve quotes here, ipc:// or tcp://; may be repeated "
   "(default: DIR/quotes.ipc)", 1},
  {"feed", OPTION_FEED, "URL", 0, "Take rates here (default: DIR/feed.ipc)", 1},
  {"events", OPTION_EVENTS, "URL", 0, "Publish changes here (default: DIR/events.ipc)", 1},
  {"publish", OPTION_PUBLISH, "URL", 0, "Tell a NATS server what the composites are, so that other "
   "engines take them with ratelock-feed-nats: nats://HOST:PORT, several with commas between "
   "(default: $RATELOCK_PUBLISH, which no list of processes shows; none: nobody is told)", 1},
  {"publish-as", OPTION_PUBLISH_AS, "NAME", 0, "The word after `ratelock.` in their subjects, at "
   "most 15 letters, digits, - and _ (default: the first half of this engine's id)", 1},
  {"socket-mode", OPTION_MODE, "OCTAL", 0, "Permissions of the ipc sockets (default: 600)", 1},
  {"client", 'c', "UID=NAME", 0, "Name the client whose processes run as UID; may be repeated "
   "(default: uid-UID)", 1},
  {"operator", 'o', "UID", 0, "Let the processes that run as UID reload the tariff and see "
   "all exposure; may be repeated (always: this engine's own user, and root)", 1},
  {0, 0, 0, 0, "What it quotes:", 2},
  {"universe", 'u', "FILE", 0, "Pairs and their bounds (default: built in)", 2},
  {"tariff", 't', "FILE", 0, "Markups, fees and locks (default: built in)", 2},
  {"calendars", OPTION_CALENDARS, "FILE", 0, "Holidays, for value dates (default: built in)", 2},
  {"limits", OPTION_LIMITS, "FILE", 0, "Caps on what may be locked at one time, by client and by "
   "pair (default: none)", 2},
  {0, 0, 0, 0, "How large it is:", 3},
  {"locks", OPTION_LOCKS, "N", 0, "Open quotes and live keys held at most (default: 8388608)", 3},
  {"store-size", OPTION_MAP, "GIB", 0, "Bound of the store's file, at least 1 (default: 64)", 3},
  {"keep", OPTION_KEEP, "DAYS", 0, "Let go of quotes and postings that are older, once `ratelock "
   "export` has them: at least 3, so that every token and key is over; 0: keep all "
   "(default: 35)", 3},
  {"tape-keep", OPTION_TAPE_KEEP, "DAYS", 0, "Let go of what the market was recorded to be before "
   "(DIR/tape); 0: keep all (default: 7)", 3},
  {"tape-size", OPTION_TAPE_SIZE, "GIB", 0, "Let go of the oldest of it, too, while there is more "
   "than so much; 0: however much (default: 16)", 3},
  {"no-tape", OPTION_NO_TAPE, 0, 0, "Record nothing of the market", 3},
  {"cpus", OPTION_CPUS, "LIST", 0, "Run on these processors only, such as 0,2-3", 3},
  {0},
};

static const char doc[] =
  "Real-time pricing and FX quote engine: takes rates from feed handlers, serves locked quotes.\v"
  "Examples:\n"
  "  ratelockd                            all defaults, nothing to write first\n"
  "  ratelockd --data /srv/fx --tariff fx.yaml\n"
  "  ratelockd --client 1001=checkout --client 1002=desk\n\n"
  "Then: ratelock spreads, ratelock quote USD EUR 1000.00. SIGHUP, or ratelock tariff "
  "reload, puts changed files of tariff and limits in force. SIGINT or SIGTERM ends it: what was "
  "answered is durable, and quotes still open are honoured by the next start.\n"
  "Exit codes: 0 ended by a signal, 1 could not start or go on, 2 usage.";

/* A whole number of at most `max`; ends with usage otherwise. */
static uint64_t number(const char *text, int base, uint64_t max, const char *option,
                       struct argp_state *state)
{
  char *end;
  uint64_t value = strtoull(text, &end, base);
  if (text[0] < '0' || text[0] > '9' || *end != '\0' || value > max)
    argp_error(state, "--%s: '%s' is not a number of the form asked for", option, text);
  return value;
}

/* The store takes 0 for "as large as by default", which is not what a person means by it. */
static size_t store_bytes(const char *text, struct argp_state *state)
{
  uint64_t gib = number(text, 10, STORE_GIB_MAX, "store-size", state);
  if (gib == 0)
    argp_error(state, "--store-size: 1 to %d GiB", STORE_GIB_MAX);
  return gib << 30;
}

static int64_t keep_ms(const char *text, struct argp_state *state)
{
  uint64_t days = number(text, 10, RL_KEEP_DAYS_MAX, "keep", state);
  if (days != 0 && days * RL_DAY_MS < RL_KEEP_MIN_MS)
    argp_error(state, "--keep: at least %u days, or 0 for ever", RL_KEEP_MIN_MS / RL_DAY_MS);
  return (int64_t)(days * RL_DAY_MS);
}

static size_t lock_count(const char *text, struct argp_state *state)
{
  uint64_t count = number(text, 10, LOCKS_MAX, "locks", state);
  if (count == 0)
    argp_error(state, "--locks: 1 to %u", LOCKS_MAX);
  return count;
}

/* The name goes into accounts, exports and events, and is a word of a line of limits. */
static bool is_client_name(const char *name)
{
  size_t length = strlen(name);
  for (size_t i = 0; i < length; i++) {
    if (name[i] <= ' ' || name[i] > '~')
      return false;
  }
  return length >= 1 && length <= RL_CLIENT_NAME_MAX;
}

static void add_client(rl_server_options *server, const char *text, struct argp_state *state)
{
  const char *equals = strchr(text, '=');
  if (!equals || equals == text || !is_client_name(equals + 1))
    argp_error(state, "--client: '%s' is not UID=NAME with a name of 1 to %d printable characters "
               "without blanks", text, RL_CLIENT_NAME_MAX);
  if (server->client_name_count == RL_CLIENT_NAMES_MAX)
    argp_error(state, "--client: at most %d are named", RL_CLIENT_NAMES_MAX);
  char uid[24] = "";
  memcpy(uid, text, (size_t)(equals - text) < sizeof uid ? (size_t)(equals - text) : 1);
  rl_client_name *name = &server->client_names[server->client_name_count];
  name->uid = number(uid, 10, UINT32_MAX, "client", state);
  for (size_t i = 0; i < server->client_name_count; i++) {
    if (server->client_names[i].uid == name->uid)
      argp_error(state, "--client: %s is named already, %s", uid, server->client_names[i].name);
  }
  server->client_name_count++;
  memcpy(name->name, equals + 1, strlen(equals + 1) + 1);
}

static void add_operator(rl_server_options *server, uint64_t uid)
{
  server->operators[server->operator_count++] = uid;
}

static void take_operator(rl_server_options *server, const char *text, struct argp_state *state)
{
  if (server->operator_count == RL_OPERATORS_MAX)
    argp_error(state, "--operator: at most %d are named", RL_OPERATORS_MAX - 2);
  add_operator(server, number(text, 10, UINT32_MAX, "operator", state));
}

static void name_publication(rl_server_options *server, const char *text, struct argp_state *state)
{
  if (!rl_bus_is_token(text, RL_SOURCE_NAME_MAX))
    argp_error(state, "--publish-as: '%s' is not a name of 1 to %d letters, digits, - and _", text,
               RL_SOURCE_NAME_MAX);
  memcpy(server->publish_name, text, strlen(text) + 1);
}

static void copy_directory(rl_daemon_options *out, const char *text, struct argp_state *state)
{
  if (strlen(text) == 0 || strlen(text) > RL_DIRECTORY_MAX)
    argp_error(state, "--data: a path of 1 to %d bytes, so that its sockets' names fit",
               RL_DIRECTORY_MAX);
  memcpy(out->directory, text, strlen(text) + 1);
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
  rl_daemon_options *out = state->input;
  rl_server_options *server = &out->server;
  switch (key) {
  case 'd': copy_directory(out, argument, state); break;
  case 'l':
    if (server->quotes_url_count == RL_LISTEN_MAX)
      argp_error(state, "--listen: at most %d addresses", RL_LISTEN_MAX);
    server->quotes_urls[server->quotes_url_count++] = argument;
    break;
  case OPTION_FEED: server->feed_url = argument; break;
  case OPTION_EVENTS: server->events_url = argument; break;
  case OPTION_PUBLISH: server->publish_url = argument; break;
  case OPTION_PUBLISH_AS: name_publication(server, argument, state); break;
  case OPTION_MODE:
    server->socket_mode = (unsigned)number(argument, 8, 0777, "socket-mode", state);
    break;
  case 'c': add_client(server, argument, state); break;
  case 'o': take_operator(server, argument, state); break;
  case 'u': out->universe_file = argument; break;
  case 't': out->tariff_file = argument; break;
  case OPTION_SEAL_KEY: out->key_file = argument; break;
  case OPTION_CALENDARS: out->calendar_file = argument; break;
  case OPTION_LIMITS: out->limits_file = argument; break;
  case OPTION_LOCKS: out->locks = lock_count(argument, state); break;
  case OPTION_STORE: out->store_url = argument; break;
  case OPTION_MAP: out->map_bytes = store_bytes(argument, state); break;
  case OPTION_KEEP: out->keep_ms = keep_ms(argument, state); break;
  case OPTION_TAPE_KEEP:
    out->tape_keep_ms = (int64_t)number(argument, 10, RL_KEEP_DAYS_MAX, "tape-keep", state) *
                        (int64_t)RL_DAY_MS;
    break;
  case OPTION_TAPE_SIZE:
    out->tape_bytes = (uint64_t)number(argument, 10, 1u << 20, "tape-size", state) << 30;
    break;
  case OPTION_NO_TAPE: out->no_tape = true; break;
  case OPTION_CPUS: out->cpus = argument; break;
  case ARGP_KEY_ARG: argp_error(state, "'%s': no arguments are taken", argument); break;
  default: return ARGP_ERR_UNKNOWN;
  }
  return 0;
}

/* The addresses that were not given lie in the data directory. */
static void default_urls(rl_daemon_options *out)
{
  rl_server_options *server = &out->server;
  bool fits = rl_socket_url(out->directory, RL_SOCKET_QUOTES, out->quotes_url) == RL_OK
    && rl_socket_url(out->directory, RL_SOCKET_FEED, out->feed_url) == RL_OK
    && rl_socket_url(out->directory, RL_SOCKET_EVENTS, out->events_url) == RL_OK;
  RL_ASSERT(fits);
  if (server->quotes_url_count == 0)
    server->quotes_urls[server->quotes_url_count++] = out->quotes_url;
  if (!server->feed_url)
    server->feed_url = out->feed_url;
  if (!server->events_url)
    server->events_url = out->events_url;
}

void rl_daemon_options_parse(int argc, char **argv, rl_daemon_options *out)
{
  memset(out, 0, sizeof *out);
  out->locks = LOCKS_DEFAULT;
  out->keep_ms = RL_KEEP_DAYS_DEFAULT * (int64_t)RL_DAY_MS;
  out->tape_keep_ms = RL_TAPE_KEEP_DAYS_DEFAULT * (int64_t)RL_DAY_MS;
  out->tape_bytes = (uint64_t)RL_TAPE_KEEP_GIB_DEFAULT << 30;
  out->server.socket_mode = 0600;
  add_operator(&out->server, 0);
  add_operator(&out->server, geteuid());
  argp_err_exit_status = 2;
  const struct argp argp = {.options = options, .parser = parse_option, .doc = doc};
  argp_parse(&argp, argc, argv, 0, NULL, out);
  if (!out->directory[0] && rl_default_directory(out->directory) != RL_OK) {
    fprintf(stderr, "ratelockd: the default data directory's path is too long: give a shorter "
            "one with --data\n");
    exit(2);
  }
  default_urls(out);
  if (!out->store_url)
    out->store_url = rl_default_store();
  if (!out->server.publish_url)
    out->server.publish_url = rl_default_publish();
  rl_error error;
  if (out->server.publish_url && rl_bus_check_urls(out->server.publish_url, &error) != RL_OK) {
    fprintf(stderr, "ratelockd: --publish: %s\n", error.text);
    exit(2);
  }
}
