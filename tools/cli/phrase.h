/* A tariff's parts in words: "tier gold, USD to EUR", "35 bps, minimum 0.99 USD". Pure but for the
 * text they are put into. */
#pragma once

#include "tariff/tariff.h"

/* The longest is a fee of RL_FEE_PARTS_MAX tiers in the largest amounts. */
#define RL_PHRASE_SIZE 768

typedef struct rl_phrase {
  char text[RL_PHRASE_SIZE]; /* NUL-terminated; what does not fit is left out */
} rl_phrase;

/* Appends; with a ", " before it unless the phrase is empty. */
void rl_phrase_item(rl_phrase *phrase, const char *format, ...)
  __attribute__((format(printf, 2, 3)));
/* Appends as it is. */
void rl_phrase_add(rl_phrase *phrase, const char *format, ...)
  __attribute__((format(printf, 2, 3)));

/* "client shop, tier gold, USD to EUR, from 1000.00 below 5000.00 USD"; "any request". */
rl_phrase rl_phrase_of_scope(const rl_scope *scope);
/* "50 bps", "50 bps and 1.5 points". */
rl_phrase rl_phrase_of_markup(const rl_markup *markup);
/* What a fee's amounts are counted in: RL_CURRENCY_NONE where the rule is for any. */
rl_currency rl_fee_currency(const rl_rule *rule, const rl_fee *fee);
/* "1.50 USD", "60 bps": one tier or alternative. */
rl_phrase rl_phrase_of_part(const rl_fee *fee, const rl_fee_part *part, rl_currency currency);
/* Everything but the name: "graduated, from 0: 60 bps, from 1000.00: 40 bps, on top". */
rl_phrase rl_phrase_of_fee(const rl_fee *fee, rl_currency currency);
/* "1.50 USD"; "none" for `none_minor`. */
rl_phrase rl_phrase_of_amount(int64_t minor, int64_t none_minor, rl_currency currency);

/* Tenths of a pip, hundredths of a multiple: "1.5", "2". */
rl_phrase rl_phrase_of_decimal(int64_t mantissa, unsigned decimals);
