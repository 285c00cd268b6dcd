#include "client/connection.h"

#include <nng/protocol/reqrep0/req.h>
#include <stdio.h>
#include <string.h>

/* A synchronous dial on a thread of its own, so that it can be given up: nng offers no time-out
 * for it, and a listener that accepts but never speaks would hold it for ten seconds. */
typedef struct dial {
  nng_dialer dialer;
  nng_mtx *mutex;
  nng_cv *ended;
  bool done;  /* under mutex */
  int result; /* under mutex; valid when done */
} dial;

static rl_call fail(rl_connection *connection, rl_call call, const char *what, int code)
{
  snprintf(connection->error, sizeof connection->error, "%s %.*s: %s", what,
           RL_CONNECTION_URL_MAX, connection->url, nng_strerror(code));
  return code == NNG_ENOMEM ? RL_CALL_NO_MEMORY : call;
}

static void count_pipe(nng_pipe pipe, nng_pipe_ev event, void *context)
{
  (void)pipe;
  rl_connection *connection = context;
  atomic_fetch_add(&connection->pipes, event == NNG_PIPE_EV_ADD_POST ? 1 : -1);
}

static int configure(rl_connection *connection)
{
  nng_socket socket = connection->socket;
  int code = nng_socket_set_size(socket, NNG_OPT_RECVMAXSZ, RL_ANSWER_MAX);
  if (code == 0)
    code = nng_pipe_notify(socket, NNG_PIPE_EV_ADD_POST, count_pipe, connection);
  if (code == 0)
    code = nng_pipe_notify(socket, NNG_PIPE_EV_REM_POST, count_pipe, connection);
  return code;
}

/* Creating a dialer is how nng judges an address. */
static int judge_address(rl_connection *connection)
{
  nng_dialer dialer;
  int code = nng_dialer_create(&dialer, connection->socket, connection->url);
  if (code == 0)
    nng_dialer_close(dialer);
  return code;
}

rl_call rl_connection_open(rl_connection *connection, const char *url)
{
  memset(connection, 0, sizeof *connection);
  int length = snprintf(connection->url, sizeof connection->url, "%s", url);
  if (length < 0 || (size_t)length >= sizeof connection->url)
    return fail(connection, RL_CALL_BAD_ARGUMENT, "the address is too long:", NNG_EADDRINVAL);
  int code = nng_req0_open(&connection->socket);
  if (code != 0)
    return fail(connection, RL_CALL_NO_MEMORY, "no socket for", code);
  code = configure(connection);
  if (code == 0)
    code = judge_address(connection);
  if (code == 0)
    return RL_CALL_ANSWERED;
  nng_close(connection->socket);
  return fail(connection, RL_CALL_BAD_ARGUMENT, "not an address:", code);
}

void rl_connection_close(rl_connection *connection)
{
  nng_close(connection->socket);
}

static void run_dial(void *context)
{
  dial *dialing = context;
  int result = nng_dialer_start(dialing->dialer, 0);
  nng_mtx_lock(dialing->mutex);
  dialing->result = result;
  dialing->done = true;
  nng_cv_wake(dialing->ended);
  nng_mtx_unlock(dialing->mutex);
}

/* The dial's outcome, or NNG_ETIMEDOUT at `deadline`; the dialer is closed then. */
static int await_dial(dial *dialing, nng_time deadline)
{
  nng_mtx_lock(dialing->mutex);
  int code = 0;
  while (!dialing->done && code == 0)
    code = nng_cv_until(dialing->ended, deadline);
  code = dialing->done ? dialing->result : NNG_ETIMEDOUT;
  nng_mtx_unlock(dialing->mutex);
  if (code == NNG_ETIMEDOUT)
    nng_dialer_close(dialing->dialer);
  return code;
}

static int dial_until(nng_dialer dialer, nng_time deadline)
{
  dial dialing = {.dialer = dialer};
  nng_thread *thread;
  int code = nng_mtx_alloc(&dialing.mutex);
  if (code != 0)
    return code;
  code = nng_cv_alloc(&dialing.ended, dialing.mutex);
  if (code == 0) {
    code = nng_thread_create(&thread, run_dial, &dialing);
    if (code == 0) {
      code = await_dial(&dialing, deadline);
      nng_thread_destroy(thread); /* joins */
    }
    nng_cv_free(dialing.ended);
  }
  nng_mtx_free(dialing.mutex);
  return code;
}

static nng_duration left_until(nng_time deadline)
{
  nng_time now = nng_clock();
  return now < deadline ? (nng_duration)(deadline - now) : 0;
}

static void wait_for_next_dial(const rl_connection *connection, nng_time deadline)
{
  nng_time next = connection->failed_at + RL_REDIAL_MS;
  nng_duration left = left_until(next < deadline ? next : deadline);
  if (connection->failed_at > 0 && left > 0)
    nng_msleep(left);
}

/* Leaves a connection behind, or none and why. */
static rl_call connect_now(rl_connection *connection, nng_time deadline)
{
  if (nng_dialer_id(connection->dialer) > 0)
    nng_dialer_close(connection->dialer);
  connection->dialer = (nng_dialer)NNG_DIALER_INITIALIZER;
  wait_for_next_dial(connection, deadline);
  nng_dialer dialer;
  int code = nng_dialer_create(&dialer, connection->socket, connection->url);
  if (code == 0) {
    code = dial_until(dialer, deadline);
    if (code != 0)
      nng_dialer_close(dialer);
  }
  connection->failed_at = code != 0 ? nng_clock() : 0;
  if (code != 0)
    return fail(connection, RL_CALL_UNREACHABLE, "no engine at", code);
  connection->dialer = dialer;
  return RL_CALL_ANSWERED;
}

/* The socket's own time-outs follow what is left of the call's. A resend is put beyond it. */
static int set_timeouts(nng_socket socket, nng_time deadline)
{
  nng_duration left = left_until(deadline);
  int code = nng_socket_set_ms(socket, NNG_OPT_SENDTIMEO, left);
  if (code == 0)
    code = nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, left);
  if (code == 0)
    code = nng_socket_set_ms(socket, NNG_OPT_REQ_RESENDTIME, left + 1000);
  return code;
}

static int send_bytes(nng_socket socket, const void *bytes, size_t size)
{
  nng_msg *message;
  int code = nng_msg_alloc(&message, 0);
  if (code != 0)
    return code;
  code = nng_msg_append(message, bytes, size);
  if (code == 0)
    code = nng_sendmsg(socket, message, 0);
  if (code != 0)
    nng_msg_free(message);
  return code;
}

rl_call rl_connection_exchange(rl_connection *connection, uint32_t timeout_ms, const void *request,
                               size_t request_size, nng_msg **answer)
{
  nng_time deadline = nng_clock() + timeout_ms;
  connection->error[0] = '\0';
  if (atomic_load(&connection->pipes) <= 0) {
    rl_call call = connect_now(connection, deadline);
    if (call != RL_CALL_ANSWERED)
      return call;
  }
  int code = set_timeouts(connection->socket, deadline);
  if (code == 0)
    code = send_bytes(connection->socket, request, request_size);
  if (code == 0)
    code = nng_recvmsg(connection->socket, answer, 0);
  return code == 0 ? RL_CALL_ANSWERED
                   : fail(connection, RL_CALL_TIMEOUT, "no answer in time from", code);
}
