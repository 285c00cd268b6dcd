/* The listener gone deaf (server/listener.c): connections that close before they have shaken hands
 * must deafen nobody for long. A program of its own, since nng 1.5.2 leaks a listener in that
 * state: its blocks, and no others, are passed over where leaks are looked for. */
#include "served.h"

/* Looked up by name in the program, so it must be seen from outside. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
  return "leak:libnng.so";
}

static void a_connection_that_closes_at_once_deafens_nobody(void)
{
  for (unsigned i = 0; i < 20; i++)
    peer_connect_and_close(served_path());
  served_expect(served_answers_ping(), "a listener that was connected to and left answers again");
}

int main(void)
{
  served_start();
  a_connection_that_closes_at_once_deafens_nobody();
  served_stop();
  return 0;
}
