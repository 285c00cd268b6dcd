#include "tables/cutter.h"

#include "support/expect.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { LOOK_MS = 5, PIECE = 8192 };

static _Atomic cutter_mode mode;
static _Atomic bool stopped;
static _Atomic unsigned open_connections;
static char directory[64], url[192];
static struct sockaddr_un here, there;
static int listener;
static pthread_t acceptor;

static int unix_socket(void)
{
  int made = socket(AF_UNIX, SOCK_STREAM, 0);
  EXPECT(made >= 0);
  return made;
}

/* The server's answer to COMMIT is the only message with these bytes in it. */
static bool says_commit(const char *bytes, size_t size)
{
  return memmem(bytes, size, "COMMIT", sizeof "COMMIT") != NULL;
}

/* False when the connection ends with this. */
static bool pass(int from, int to, bool from_server)
{
  char bytes[PIECE];
  ssize_t size = read(from, bytes, sizeof bytes);
  if (size <= 0)
    return false;
  cutter_mode once = CUTTER_CUTS_ANSWER;
  if (from_server && mode == once && says_commit(bytes, (size_t)size)
      && atomic_compare_exchange_strong(&mode, &once, CUTTER_PASSES))
    return false;
  for (ssize_t sent = 0; sent < size;) {
    ssize_t more = send(to, bytes + sent, (size_t)(size - sent), MSG_NOSIGNAL);
    if (more <= 0)
      return false;
    sent += more;
  }
  return true;
}

static void *connect_both(void *context)
{
  int client = (int)(intptr_t)context;
  int server = unix_socket();
  bool goes_on = connect(server, (const struct sockaddr *)&there, sizeof there) == 0;
  while (goes_on && mode != CUTTER_CUTS && !stopped) {
    struct pollfd ends[2] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};
    poll(ends, 2, LOOK_MS);
    if (ends[0].revents)
      goes_on = pass(client, server, false);
    if (goes_on && ends[1].revents)
      goes_on = pass(server, client, true);
  }
  close(client);
  close(server);
  open_connections--;
  return NULL;
}

static void *accept_all(void *context)
{
  (void)context;
  for (;;) {
    int client = accept(listener, NULL, NULL);
    if (client < 0)
      return NULL;
    pthread_t thread;
    open_connections++;
    EXPECT(pthread_create(&thread, NULL, connect_both, (void *)(intptr_t)client) == 0);
    pthread_detach(thread);
  }
}

static void name_socket(struct sockaddr_un *address, const char *folder)
{
  address->sun_family = AF_UNIX;
  snprintf(address->sun_path, sizeof address->sun_path, "%s/.s.PGSQL.5432", folder);
}

void cutter_listen(const test_postgres *server)
{
  snprintf(directory, sizeof directory, "/tmp/ratelock-cutter-XXXXXX");
  EXPECT(mkdtemp(directory));
  name_socket(&here, directory);
  name_socket(&there, server->directory);
  snprintf(url, sizeof url, "postgresql:///postgres?user=ratelock&host=%s", directory);
  listener = unix_socket();
  EXPECT(bind(listener, (const struct sockaddr *)&here, sizeof here) == 0);
  EXPECT(listen(listener, 16) == 0);
}

void cutter_start(void)
{
  EXPECT(pthread_create(&acceptor, NULL, accept_all, NULL) == 0);
}

void cutter_set(cutter_mode to)
{
  mode = to;
  while (to == CUTTER_CUTS && open_connections > 0)
    poll(NULL, 0, LOOK_MS);
}

void cutter_cut_answer(void)
{
  cutter_set(CUTTER_CUTS_ANSWER);
  while (mode == CUTTER_CUTS_ANSWER)
    poll(NULL, 0, LOOK_MS);
}

const char *cutter_url(void)
{
  return url;
}

void cutter_stop(void)
{
  stopped = true;
  shutdown(listener, SHUT_RDWR);
  pthread_join(acceptor, NULL);
  while (open_connections > 0)
    poll(NULL, 0, LOOK_MS);
  close(listener);
  unlink(here.sun_path);
  rmdir(directory);
}
