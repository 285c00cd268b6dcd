/* A FIX 4.4 session on a line that is the caller's: QuickFIX keeps the sequence numbers, answers
 * test requests and resend requests, asks for what is missing and holds back what came too early,
 * sends heartbeats, logs on and out. Bytes come in whole messages (fix_frame.h) and go out by a
 * callback; time passes by rl_fix_session_tick. So one thread does it all and this is the only
 * place that knows QuickFIX.
 *
 * Messages reach the caller as the venue wrote them, in the order of their sequence numbers, each
 * once: QuickFIX's own form of a message loses the order of fields in groups that no dictionary
 * describes.
 *
 *   created --connected()--> logging on --(venue's logon)--> logged on
 *      ^                          |                              |
 *      +----- disconnected() -----+------------------------------+
 *
 * Not thread-safe; one session of a sender and target in a process. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rl_fix_session rl_fix_session;

/* Texts are the caller's and must stay valid until rl_fix_session_create returns. */
typedef struct rl_fix_session_options {
  const char *sender; /* SenderCompID, ours */
  const char *target; /* TargetCompID, the venue's */
  const char *sender_sub; /* SenderSubID and TargetSubID; NULL: none */
  const char *target_sub;
  const char *user; /* of the logon; NULL: none */
  const char *password;
  const char *store; /* folder that keeps the sequence numbers; NULL: memory does */
  int heartbeat_s;   /* asked of the venue, 1 or more */
  int logon_s;       /* how long its answer to a logon may take, 1 or more */
  bool reset;        /* both sides begin at 1 with each logon */
} rl_fix_session_options;

/* Called inside of the functions below. None of them may call the session. */
typedef struct rl_fix_session_calls {
  void *context;
  /* Bytes for the venue; false when the line does not take them. */
  bool (*send)(void *context, const char *bytes, size_t size);
  /* A message of the venue that is due: application messages, and of the session's own those that
   * a caller may want to name: rejects, gap fills, logouts. Valid during the call. */
  void (*deliver)(void *context, const char *bytes, size_t size);
  /* Why we log out, when that was not asked for. */
  void (*give_up)(void *context, const char *reason);
  /* What QuickFIX notes in its log. */
  void (*note)(void *context, const char *text);
} rl_fix_session_calls;

/* NULL with a reason in `error` when the store cannot be used. */
rl_fix_session *rl_fix_session_create(const rl_fix_session_options *options,
                                      const rl_fix_session_calls *calls, char *error,
                                      size_t error_size);
void rl_fix_session_destroy(rl_fix_session *session);

/* The line stands: logs on. */
void rl_fix_session_connected(rl_fix_session *session);
/* The line is gone. What was held back is forgotten. */
void rl_fix_session_disconnected(rl_fix_session *session);
/* One whole message with a good checksum. */
void rl_fix_session_receive(rl_fix_session *session, const char *bytes, size_t size);
/* Sends what is due by now: heartbeats, test requests. A few times a second. */
void rl_fix_session_tick(rl_fix_session *session);
/* Says goodbye; the venue's answer, or a time-out of two seconds, makes it want no line. */
void rl_fix_session_logout(rl_fix_session *session);

bool rl_fix_session_is_logged_on(const rl_fix_session *session);
/* The session is over on this line: close it, and say so by rl_fix_session_disconnected. */
bool rl_fix_session_wants_no_line(const rl_fix_session *session);
/* Messages are missing and have been asked for: what came after them is held back. */
bool rl_fix_session_is_behind(const rl_fix_session *session);

typedef struct rl_fix_request {
  const char *id;     /* MDReqID */
  const char *symbol; /* as the venue spells it */
  bool subscribe;     /* false: ends the subscription of that id */
  bool full;          /* full refreshes rather than incremental ones */
  unsigned depth;     /* 0: the whole book */
} rl_fix_request;

/* Sends a MarketDataRequest for bids and offers of one symbol. False when it did not go out. */
bool rl_fix_session_request(rl_fix_session *session, const rl_fix_request *request);

#ifdef __cplusplus
}
#endif
