/* The page that strangers write clients from, as its tests read it. */
#pragma once

#include "ledger/ledger.h"

#define PROTOCOL_PAGE_MAX (1 << 17)
extern char protocol_page[PROTOCOL_PAGE_MAX]; /* with a NUL, once it was read */

void protocol_page_read(void);

/* The settlement shown on it. */
rl_transaction protocol_page_settlement(void);
