/* What is looked at before a store is trusted. */
#pragma once

#include "store/private.h"

/* Decodes the newest quotes and transactions: damage shows there first. */
RL_MUST_USE rl_status rl_check_newest(const rl_store *store, rl_error *error);
/* Reads the keys of the last days' ends back into memory. */
RL_MUST_USE rl_status rl_restore_keys(rl_store *store, rl_error *error);
