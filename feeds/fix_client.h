/* The run of a FIX session: one thread that connects, logs on, subscribes, takes what comes, and
 * begins anew when the line or the session ends.
 *
 *            pause over             stands               venue's logon
 *   RESTING ------------> CONNECTING -------> LOGGING_ON -------------> UP
 *      ^                      |                   |                      |
 *      +----------------------+----- line lost, refused, logged out -----+
 *
 * Outside of UP every book is empty and everything is withdrawn. In UP, books that stand are
 * repeated while the venue is heard and nothing is missing:
 *
 * 1. Nothing heard for 1.2 heartbeats (QuickFIX then asks for a sign of life): no repeats. After
 *    2.4 the line is given up and all is withdrawn.
 * 2. Messages missing: no repeats until they came. Not within a heartbeat: the line is given up.
 * 3. Messages that will not come (a gap filled with nothing, or one that cannot be read): the books
 *    are no longer the venue's. All is withdrawn and asked for anew, at most once a second. */
#pragma once

#include "feeds/fix_frame.h"
#include "feeds/fix_line.h"
#include "feeds/fix_options.h"
#include "feeds/fix_publish.h"
#include "feeds/fix_session.h"

typedef enum rl_fix_state {
  RL_FIX_RESTING,
  RL_FIX_CONNECTING,
  RL_FIX_LOGGING_ON,
  RL_FIX_UP,
} rl_fix_state;

typedef struct rl_fix_client {
  const rl_fix_options *options;
  rl_fix_market *market;
  rl_fix_publisher *publisher;
  rl_fix_session *session;
  rl_clock clock;
  rl_fix_state state;
  rl_mono until;       /* resting: the pause's end; connecting: when to give up */
  unsigned failures;   /* attempts since market data last came */
  rl_mono heard;       /* the last message, good or not yet judged */
  rl_mono repeated;
  rl_mono complete;    /* when nothing was missing, the last time */
  bool doubtful;       /* rule 3 */
  bool resubscribe;    /* nothing is asked for now, but will be */
  rl_mono subscribed;
  uint64_t random;
  rl_status status;    /* of the engine's side; not RL_OK ends the run */
  rl_fix_line line;
  rl_fix_framer framer;
} rl_fix_client;

/* `client` is zeroed but for options, market, publisher and clock. RL_IO with the reason when the
 * store cannot be used. */
RL_MUST_USE rl_status rl_fix_client_init(rl_fix_client *client, rl_error *error);
/* Whatever is due, waiting a tenth of a second at most. */
RL_MUST_USE rl_status rl_fix_client_step(rl_fix_client *client);
/* Withdraws all, logs out, waits at most two seconds for the venue's answer, frees. */
void rl_fix_client_end(rl_fix_client *client);
