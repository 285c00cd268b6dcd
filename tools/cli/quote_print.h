/* A quote on paper, as the protocol's answer states it: the way from the mid to the client's rate,
 * and from what is charged to what arrives. */
#pragma once

#include "view.h"

/* The ladder, the amounts, when it is due; and of a firm quote id, state and instants. */
void rl_print_quote(rl_view quote);

/* An amount of minor units as people read it, in the currency that `code` names. */
#define RL_MONEY_TEXT_SIZE 48
void rl_money_format(int64_t minor, const char *code, char out[RL_MONEY_TEXT_SIZE]);
