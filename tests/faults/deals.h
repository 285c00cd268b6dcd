/* Quotes by their number, and what is done with each: the same here and in a process that was
 * killed, so that what it left can be held to what it said. */
#pragma once

#include "store/store.h"

/* What makes two processes' quotes the same. */
typedef struct deal_world {
  uint64_t seed;
  rl_store_id identity;
  uint64_t boot_id;
  rl_clock clock;
  char directory[64];
} deal_world;

enum { DEAL_TTL_MS = 3600 * 1000 };

typedef enum deal_fate {
  DEAL_LEFT,
  DEAL_ACCEPTED,
  DEAL_ACCEPTED_BY_TOKEN, /* its record was never handed in */
  DEAL_CANCELLED,
} deal_fate;
deal_fate deal_fate_of(uint64_t number);
rl_end_kind deal_end_kind(uint64_t number);

/* The same number and instant give the same quote. */
rl_quote deal_quote(const deal_world *world, uint64_t number, rl_now issued);
/* Its accept or cancel, arriving now, under the key "FORM-NUMBER". */
void deal_job(const deal_world *world, rl_job *job, uint64_t number, const rl_quote *quote,
              const char *form);
/* Submits and waits for the answer. False when it was not taken. */
bool deal_run(rl_store *store, rl_job *job);

/* Makes a new directory under /tmp. */
void deal_make_directory(deal_world *world);
void deal_remove_directory(const char *directory);
/* A store to be opened; what it says of a failure is printed unless `error` is given. */
rl_status deal_open(const deal_world *world, const char *directory, bool read_only, rl_store **out,
                    rl_error *error);
/* Proves the whole ledger; returns how many ends there are. */
uint64_t deal_prove(rl_store *store);

/* An end that was answered is there, as it was answered. */
void deal_check_answered(const deal_world *world, rl_store *store, uint64_t number, rl_now issued,
                         uint64_t transaction);
/* Whoever got no answer asks again with the same key and is answered; another key is too late. The
 * token is enough, whether the record reached the disk or not. Returns the transaction. */
uint64_t deal_ask_again(const deal_world *world, rl_store *store, uint64_t number, rl_now issued);
