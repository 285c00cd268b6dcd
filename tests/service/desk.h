/* One engine with a desk that takes quotes back, for the tests of that. Both sources say EURUSD,
 * USDJPY and GBPUSD. The store is proved at the end of each. */
#pragma once

#include "support/engine.h"

extern rl_test_engine engine;

/* A quote as its client holds it. */
typedef struct held {
  char id[256];
  char key[RL_KEY_MAX + 1];
  uint8_t token[RL_TOKEN_MAX];
  size_t token_size;
} held;

void desk_setup(void);
void desk_teardown(void);

held quote_of(const char *client, const char *from, const char *to, const char *key);
/* Of the client "shop", USD to EUR. */
held quote(const char *key);
/* On both clocks. */
void wait_ns(int64_t ns);
rl_currency currency(const char *code);

/* Nothing stated yet but the reason, "wrong feed". */
rl_request revoke_request(const char *key);
rl_request revoke_all(const char *key);
/* Asked by the operator; it must be done. */
void revoke(const rl_request *request);
/* "" where it was done, else the refusal; valid until the next call. */
const char *code_of(const char *client, const rl_request *request);

/* The code of the answer, "" for a yes. */
void expect_end(rl_request_kind kind, const char *client, const held *it, const char *key,
                const char *code);
void expect_accept(const held *it, const char *key, const char *code);
/* As the engine shows it. */
const char *state_of(const held *it);
/* Open ones, in the book and in the exposure. */
void expect_locks(uint32_t locks);
/* Of kind revoked. */
bool has_row(const held *it);
/* Takes all waiting events. */
unsigned events_of(rl_life life);
