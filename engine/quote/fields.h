/* Fields that records have in common, and what the two parts of a quote's bytes share
 * (layouts: codec.c). */
#pragma once

#include "quote/quote.h"

/* Each rises by itself: a record's change is no reason to refuse a token. */
enum { RL_TERMS_LAYOUT = 2, RL_RECORD_LAYOUT = 4 };

/* A number beyond `most` fails the reader and counts as zero, so that sums of what was read stay
 * within 64 bits and loops within their arrays. */
uint64_t rl_get_at_most(rl_reader *reader, uint64_t most);
uint8_t rl_get_u8_at_most(rl_reader *reader, uint8_t most);
int64_t rl_get_amount_minor(rl_reader *reader);

/* A currency is written as its three letters; one that this build does not know fails. */
void rl_put_currency(rl_writer *writer, rl_currency currency);
rl_currency rl_get_currency(rl_reader *reader);

void rl_quote_put_volatility(rl_writer *writer, uint32_t volatility_ppm);
uint32_t rl_quote_get_volatility(rl_reader *reader);

/* Fills the terms of *quote, which is all zero before. False if they are not a complete quote's. */
bool rl_quote_get_terms(const void *bytes, size_t size, rl_quote *quote);
/* Appends the evidence part. */
void rl_quote_put_evidence(rl_writer *writer, const rl_quote *quote);
/* Fills the evidence of *quote, which holds its terms. False if it is not what they speak of. */
bool rl_quote_get_evidence(const void *bytes, size_t size, rl_quote *quote);
