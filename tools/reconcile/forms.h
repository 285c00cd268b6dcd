/* Amounts and dates as statements write them. Total over any span; pure, any thread. */
#pragma once

#include "clock/date.h"
#include "money/currency.h"

/* Digits with at most one `point` and any number of decimals, of which those beyond the currency's
 * own must be zeros: "1234,5", "9,", "100.000". Zero is an amount here. No sign, no grouping.
 * RL_INVALID for another form, RL_OUT_OF_RANGE above RL_AMOUNT_MAX minor units or for a decimal
 * that the currency does not have. */
RL_MUST_USE rl_status rl_minor_parse(const char *text, size_t length, char point,
                                     rl_currency currency, int64_t *out_minor);

/* True for a date's form: YYYY or YY, MM and DD, each once, and anything else between them:
 * "DD.MM.YYYY", "YYYYMMDD". */
bool rl_date_form_is_valid(const char *form);
/* A date of exactly that form. Two digits are a year from 1980 to 2079, as SWIFT reads them.
 * RL_INVALID for another form, RL_OUT_OF_RANGE where there is no such date. */
RL_MUST_USE rl_status rl_date_read(const char *text, size_t length, const char *form,
                                   rl_date *out);
