/* A ledger in memory behind the calls by which the command reads a store. */
#pragma once

#include "ledger/ledger.h"

#include <stdbool.h>

/* Whether there is a store at all; true at first. */
extern bool ledger_is_there;
/* What the command said on stderr last. */
extern char ledger_complaint[1024];

/* Posts a settlement of `minor` into our account on the day "2024-03-12"; its key is "k" and its
 * number. */
void ledger_settle(const char *account, const char *date, int64_t minor, const char *currency,
                   const char *reference);
/* Posts a hedge, which moves no money of our accounts. */
void ledger_hedge(const char *date);
void ledger_clear(void);
