/* Which rule, waivers and lock a request falls under, by the head of tariff.h: every rule and
 * waiver is looked at. The pricing oracle's half that knows who asks. */
#pragma once

#include "pricing/exact_fees.h"
#include "pricing/oracle.h"

/* The request's tier, or the default one. */
const char *exact_tier(const oracle_case *asked);
/* `amount` is of the source currency, at least 0 and without bound. False if no rule matches. */
bool exact_choose(const oracle_case *asked, const mpz_t amount, exact_items *out);
/* The shortest offered lock that is long enough; NULL if none is. */
const rl_lock_class *exact_lock(const oracle_case *asked);
/* What a payout in the target currency is a multiple of. */
int64_t exact_increment(const oracle_case *asked);
