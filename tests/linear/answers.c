#include "linear/answers.h"

#include "support/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rl_quote_id read_id(const uint8_t *item, size_t size)
{
  char text[256];
  rl_quote_id id;
  rl_reply_text(item, size, "quote", text);
  rl_status status = rl_quote_id_parse(text, strlen(text), &id);
  RL_ASSERT(status == RL_OK);
  return id;
}

static unsigned key_number(const char *text)
{
  const char *end = strstr(text, "-end-");
  return end ? (unsigned)strtoul(end + 5, NULL, 10) : LIN_END_KEYS;
}

/* Who ended the quote, at `prefix`: "" of a receipt, "by." where it stood in the way. */
static void read_end(const uint8_t *item, size_t size, const char *prefix, lin_answer *out)
{
  char path[16], text[256];
  snprintf(path, sizeof path, "%sstate", prefix);
  out->life = strcmp(rl_reply_text(item, size, path, text), "consumed") == 0 ? LIN_CONSUMED
                                                                           : LIN_CANCELLED;
  snprintf(path, sizeof path, "%sat", prefix);
  out->at_utc_ms = rl_reply_int(item, size, path);
  snprintf(path, sizeof path, "%skey", prefix);
  out->by_key = key_number(rl_reply_text(item, size, path, text));
  if (prefix[0])
    out->by_client = strcmp(rl_reply_text(item, size, "by.client", text), lin_clients[0]) != 0;
}

static void read_show(const uint8_t *item, size_t size, lin_answer *out)
{
  char state[256];
  rl_reply_text(item, size, "state", state);
  if (strcmp(state, "active") == 0)
    out->life = LIN_ACTIVE;
  else if (strcmp(state, "expired") == 0)
    out->life = LIN_EXPIRED;
  else
    read_end(item, size, "by.", out);
}

void lin_read_answer(lin_op *op, const uint8_t *item, size_t size)
{
  lin_answer *answer = &op->answer;
  answer->bytes = rl_fingerprint_of(item, size, 0);
  if (!rl_reply_bool(item, size, "ok")) {
    answer->refusal = (rl_refusal)rl_reply_int(item, size, "number");
    if (answer->refusal == RL_REFUSAL_QUOTE_CONSUMED
        || answer->refusal == RL_REFUSAL_QUOTE_CANCELLED)
      read_end(item, size, "by.", answer);
    return;
  }
  answer->id = read_id(item, size);
  if (op->kind == LIN_CREATE) {
    answer->issued_utc_ms = rl_reply_int(item, size, "issued_at");
    answer->ttl_ms = (uint32_t)rl_reply_int(item, size, "ttl_ms");
  } else if (op->kind == LIN_SHOW) {
    read_show(item, size, answer);
  } else {
    answer->by_client = op->client;
    read_end(item, size, "", answer);
  }
}
