/* One case after another against exact rationals: what the families of cases share. */
#pragma once

#include "support/exact.h"
#include "support/random.h"

/* Prints what differed, with the case's number, and ends the program. */
_Noreturn void exact_differs(const char *format, ...);
/* The number of the running case, for exact_differs. */
extern uint64_t exact_case;

/* --- draws that like the edges --- */

int64_t draw_amount(rl_random *random);   /* 0 … RL_AMOUNT_MAX */
uint64_t draw_below_pow10(rl_random *random, unsigned digits); /* 1 … 10^digits - 1 */
rl_rate draw_rate(rl_random *random);     /* within 10^-9 <= rate < 10^9 */
rl_rounding draw_rounding(rl_random *random);

/* One case of each family; they end the program on a difference. */
void property_ratio(rl_random *random);
void property_wide(rl_random *random);
void property_conversion(rl_random *random);
void property_share(rl_random *random);
void property_rate_text(rl_random *random);
void property_amount_text(rl_random *random);
void property_bps_text(rl_random *random);
