#include "client/answer.h"
#include "client/connection.h"
#include "paths/paths.h"
#include "wire/request.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A time-out of none would wait for ever where an engine hangs. */
#define TIMEOUT_DEFAULT_MS 5000
/* One request: a token and a key at their longest, and room for the rest. */
#define REQUEST_MAX 2048

struct rl_client {
  rl_connection connection;
  uint32_t timeout_ms;
  nng_msg *answer; /* of the last call, NULL if none */
};

static bool find_url(const char *given, char out[RL_CONNECTION_URL_MAX])
{
  const char *environment = getenv(RL_DEFAULT_URL_ENV);
  const char *named = given ? given : environment && environment[0] ? environment : NULL;
  char directory[RL_DIRECTORY_MAX + 1], socket[RL_URL_MAX];
  if (!named) {
    if (rl_default_directory(directory) != RL_OK ||
        rl_socket_url(directory, RL_SOCKET_QUOTES, socket) != RL_OK)
      return false;
    named = socket;
  }
  int length = snprintf(out, RL_CONNECTION_URL_MAX, "%s", named);
  return length > 0 && length < RL_CONNECTION_URL_MAX;
}

rl_call rl_client_open(const char *url, uint32_t timeout_ms, rl_client **out)
{
  char address[RL_CONNECTION_URL_MAX];
  if (!find_url(url, address))
    return RL_CALL_BAD_ARGUMENT;
  rl_client *client = calloc(1, sizeof *client);
  if (!client)
    return RL_CALL_NO_MEMORY;
  client->timeout_ms = timeout_ms ? timeout_ms : TIMEOUT_DEFAULT_MS;
  rl_call call = rl_connection_open(&client->connection, address);
  if (call == RL_CALL_ANSWERED)
    *out = client;
  else
    free(client);
  return call;
}

void rl_client_close(rl_client *client)
{
  if (!client)
    return;
  nng_msg_free(client->answer);
  rl_connection_close(&client->connection);
  free(client);
}

const char *rl_client_error(const rl_client *client)
{
  return client->connection.error;
}

const char *rl_client_url(const rl_client *client)
{
  return client->connection.url;
}

rl_call rl_client_exchange(rl_client *client, const void *request, size_t request_size,
                           const void **answer, size_t *answer_size)
{
  nng_msg_free(client->answer);
  client->answer = NULL;
  rl_call call = rl_connection_exchange(&client->connection, client->timeout_ms, request,
                                        request_size, &client->answer);
  if (call == RL_CALL_ANSWERED) {
    *answer = nng_msg_body(client->answer);
    *answer_size = nng_msg_len(client->answer);
  }
  return call;
}

__attribute__((format(printf, 3, 4)))
static rl_call fail(rl_client *client, rl_call call, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(client->connection.error, sizeof client->connection.error, format, arguments);
  va_end(arguments);
  return call;
}

static rl_call bad_answer(rl_client *client)
{
  return fail(client, RL_CALL_BAD_ANSWER, "the answer from %s is not of the protocol",
              client->connection.url);
}

/* Sends `request`; the answer's bytes belong to the client. */
static rl_call ask(rl_client *client, const rl_request *request, const void **answer, size_t *size)
{
  uint8_t bytes[REQUEST_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_request_encode(&writer, request);
  RL_ASSERT(!writer.failed);
  return rl_client_exchange(client, bytes, writer.used, answer, size);
}

/* Copies an argument of 1 … room-1 characters, each of `lowest` … '~'. */
static bool take_argument(const char *text, char lowest, char *out, size_t room)
{
  size_t length = text ? strnlen(text, room) : 0;
  if (length == 0 || length >= room)
    return false;
  for (size_t i = 0; i < length; i++) {
    if (text[i] < lowest || text[i] > '~')
      return false;
  }
  memcpy(out, text, length + 1);
  return true;
}

static bool take_key(const char *key, rl_request *request)
{
  return take_argument(key, '!', request->key, sizeof request->key);
}

static bool take_currency(const char *code, rl_currency *out)
{
  return code && rl_currency_find(code, strnlen(code, 4), out) == RL_OK;
}

/* NULL when the arguments make a request, otherwise what is wrong with them. */
static const char *take_quote_request(const rl_client_quote_request *asked, rl_request *request)
{
  if (!take_currency(asked->from, &request->from))
    return "`from` is not an ISO 4217 code of a currency";
  if (!take_currency(asked->to, &request->to))
    return "`to` is not an ISO 4217 code of a currency";
  if (asked->amount_minor < 1 || asked->amount_minor > RL_AMOUNT_MAX)
    return "`amount_minor` is not 1 to 10^15";
  if (asked->fix != RL_CLIENT_FIX_SOURCE && asked->fix != RL_CLIENT_FIX_TARGET)
    return "`fix` is neither source nor target";
  if (asked->tier && !take_argument(asked->tier, ' ', request->price.tier,
                                    sizeof request->price.tier))
    return "`tier` is not 1 to 15 printable characters";
  if (asked->method && !take_argument(asked->method, ' ', request->price.method,
                                      sizeof request->price.method))
    return "`method` is not 1 to 15 printable characters";
  if (!take_key(asked->key, request))
    return "`key` is not 1 to 64 printable characters without blanks";
  request->price.fixed = asked->fix == RL_CLIENT_FIX_TARGET ? RL_FIXED_TARGET : RL_FIXED_SOURCE;
  request->price.amount_minor = asked->amount_minor;
  request->price.ttl_ms = asked->ttl_ms;
  return NULL;
}

rl_call rl_client_get_quote(rl_client *client, const rl_client_quote_request *asked,
                            rl_client_quote *out)
{
  rl_request request = {.kind = RL_REQUEST_QUOTE};
  const char *wrong = take_quote_request(asked, &request);
  if (wrong)
    return fail(client, RL_CALL_BAD_ARGUMENT, "%s", wrong);
  const void *answer;
  size_t size;
  rl_call call = ask(client, &request, &answer, &size);
  if (call == RL_CALL_ANSWERED && !rl_answer_quote(answer, size, out))
    return bad_answer(client);
  return call;
}

/* An accept or a cancel: the same arguments, the same receipt. */
typedef struct end_arguments {
  rl_request_kind kind;
  const char *quote;
  const void *token;
  size_t token_size;
  const char *key;
} end_arguments;

static const char *take_end_request(const end_arguments *asked, rl_request *request)
{
  request->kind = asked->kind;
  if (asked->quote && rl_quote_id_parse(asked->quote, strnlen(asked->quote, RL_QUOTE_ID_TEXT_SIZE),
                                        &request->id) != RL_OK)
    return "`quote` is not an id of 26 characters";
  if (!asked->quote && !asked->token)
    return "neither `quote` nor `token` is given";
  if (asked->token && (asked->token_size < 1 || asked->token_size > RL_TOKEN_MAX))
    return "`token_size` is not 1 to 856";
  if (!take_key(asked->key, request))
    return "`key` is not 1 to 64 printable characters without blanks";
  request->has_id = asked->quote != NULL;
  request->token = asked->token;
  request->token_size = asked->token ? asked->token_size : 0;
  return NULL;
}

static rl_call end_quote(rl_client *client, const end_arguments *asked, rl_client_receipt *out)
{
  rl_request request = {0};
  const char *wrong = take_end_request(asked, &request);
  if (wrong)
    return fail(client, RL_CALL_BAD_ARGUMENT, "%s", wrong);
  const void *answer;
  size_t size;
  rl_call call = ask(client, &request, &answer, &size);
  if (call == RL_CALL_ANSWERED && !rl_answer_receipt(answer, size, out))
    return bad_answer(client);
  return call;
}

rl_call rl_client_accept(rl_client *client, const char *quote, const void *token,
                         size_t token_size, const char *key, rl_client_receipt *out)
{
  return end_quote(client, &(end_arguments){RL_REQUEST_ACCEPT, quote, token, token_size, key}, out);
}

rl_call rl_client_cancel(rl_client *client, const char *quote, const void *token,
                         size_t token_size, const char *key, rl_client_receipt *out)
{
  return end_quote(client, &(end_arguments){RL_REQUEST_CANCEL, quote, token, token_size, key}, out);
}
