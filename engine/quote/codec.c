/* A quote as bytes. Decides nothing: what may be written and what may be read is valid.c's.
 *
 * RECORD, what the store keeps:
 *
 *    0      1   layout, 4 (3 did not say by which policy, nor for which amount a leg was priced; 2
 *               not what was reserved, nor by which engine)
 *    1      1   1 if evidence follows the terms, 0 if not (a quote known from its token only)
 *    2      2   length n of the terms, little-endian
 *    4      n   TERMS
 *    4+n    m   EVIDENCE, to the checksum
 *    4+n+m  8   XXH3-64 of bytes 0 … 4+n+m-1, little-endian
 *
 * TERMS, what a token seals. "v" is a varint, "s" a signed one (bytes/bytes.h), "text" a length
 * byte and so many bytes without a NUL, "code" the three letters of a currency.
 *
 *    1     layout, 2 (1 had no conditions, methods, waivers or value dates)
 *    16    quote id; its first six bytes are issued_utc_ms
 *    16    store id
 *    text  client
 *    8     boot id
 *    v     issued_mono_ns
 *    v     ttl_ms; expiry and deadline follow from it
 *    1     flags: 1 buy_base, 2 fixed target, 4 reference rate present, 8 a leg's market is closed,
 *          16 value date present, 32 the legs' prices are fixings
 *    code  source currency
 *    code  target currency
 *    v v v v s    S, T, residue, P, total cost; charge, net, gross and spread follow from these and
 *                 the fees
 *    v 1   × 4    mantissa and scale of mid, core, client and effective rate
 *    1     decimals of the disclosed rate, 0 for none
 *    1     number of markup lines, then for each:  text name, s e8, v tenths of a pip
 *    s     lock premium, e8
 *    1     number of fees, then for each:  text name, 1 flags (1 target side, 2 on top, 4 waived),
 *          then v amount, or the waiver's text name
 *    text  tier
 *    text  method
 *    1 1 v        fewest sources, age percent, volatility in ppm plus 1 (0: unknown)
 *    s s   value date in days since 1970, cut-off minus issue in ms; only with flag 16
 *    v 1 s text s   reference rate, date, provider, margin e6; only with flag 4
 *    16    tariff hash
 *    8     checksum of the evidence, little-endian
 *    1     number of legs, then for each:
 *          code base, code quote, 1 flag (1 inverted), 1 scale, 1 pip scale, v version,
 *          v mid_half, v mid_half - bid_half, v ask_half - mid_half
 *
 * EVIDENCE, what an audit needs beside the terms (K7). "d" is a signed varint of the issue's
 * instant minus the one meant, so that recent instants are short.
 *
 *    1     operation
 *    text  create key
 *    16    fingerprint of the request's body
 *    v v text     amount, ttl_ms and tier as asked
 *    code v       reporting currency, and the notional that was reserved; 0 where none was known
 *    8     engine id
 *    1     number of sources, then for each:  text name
 *    and for each leg:
 *          1 policy, v depth_units, 1 min_sources, v min_half_spread, v max_age_ms,
 *          v volatility as above, 1 number of ticks, d made_mono_ns, d fresh_until_mono_ns,
 *          then for each tick, in the order in which they stood on the board:
 *          1 source, v sequence, d source_utc_ms, d arrival_mono_ns, v bid, v ask
 *
 * Invariants
 * 1. One quote has one encoding and one encoding has one quote: varints are the shortest form,
 *    unused flag bits are zero, and what follows from other fields is left out, not repeated.
 * 2. A read fills a copy; *out changes only once all of it was found good.
 *
 * Why varints: most numbers of a quote are far below their limits, and a token that stays within
 * two blocks of the keyed hash is sealed in two thirds of the time of one of three. */
#include "quote/fields.h"

#include <string.h>

enum { HAS_EVIDENCE = 1, TERMS_SIZE = 2, RECORD_HEAD = 4, TERMS_ID = 1 };
enum { EVIDENCE_ASIDE = RECORD_HEAD + RL_TERMS_MAX };

/* The terms hold the checksum of the evidence that comes after them, so the evidence is written
 * first, where the longest terms would end. */
static size_t put_evidence_aside(const rl_quote *quote, uint8_t out[RL_RECORD_MAX],
                                 uint64_t *checksum)
{
  rl_writer writer = rl_writer_over(out + EVIDENCE_ASIDE, RL_RECORD_MAX - EVIDENCE_ASIDE);
  rl_quote_put_evidence(&writer, quote);
  RL_ASSERT(!writer.failed);
  *checksum = rl_checksum(writer.bytes, writer.used);
  return writer.used;
}

/* Around the evidence, which stands aside. */
static size_t put_record(const rl_quote *quote, size_t evidence_size, uint8_t out[RL_RECORD_MAX])
{
  rl_writer writer = rl_writer_over(out, RL_RECORD_MAX);
  rl_put_u8(&writer, RL_RECORD_LAYOUT);
  rl_put_u8(&writer, quote->has_evidence);
  rl_put_u16(&writer, 0);
  rl_quote_put_terms(&writer, quote);
  RL_ASSERT(writer.used <= EVIDENCE_ASIDE);
  rl_writer length = rl_writer_over(out + TERMS_SIZE, 2);
  rl_put_u16(&length, (uint16_t)(writer.used - RECORD_HEAD));
  memmove(out + writer.used, out + EVIDENCE_ASIDE, evidence_size);
  writer.used += evidence_size;
  rl_put_checksum(&writer);
  RL_ASSERT(!writer.failed);
  return writer.used;
}

size_t rl_quote_encode(const rl_quote *quote, uint8_t out[RL_RECORD_MAX])
{
  size_t evidence_size = 0;
  if (quote->has_evidence) {
    uint64_t checksum;
    evidence_size = put_evidence_aside(quote, out, &checksum);
    RL_ASSERT(checksum == quote->evidence_checksum);
  }
  return put_record(quote, evidence_size, out);
}

size_t rl_quote_encode_issued(rl_quote *quote, uint8_t out[RL_RECORD_MAX])
{
  quote->has_evidence = true;
  size_t evidence_size = put_evidence_aside(quote, out, &quote->evidence_checksum);
  return put_record(quote, evidence_size, out);
}

rl_quote_id rl_quote_terms_id(const uint8_t *terms)
{
  rl_quote_id id;
  memcpy(id.bytes, terms + TERMS_ID, sizeof id.bytes);
  return id;
}

rl_quote_id rl_quote_record_id(const uint8_t *record)
{
  return rl_quote_terms_id(record + RECORD_HEAD);
}

bool rl_quote_record_complete(const uint8_t *record)
{
  return record[HAS_EVIDENCE] != 0;
}

const uint8_t *rl_quote_record_terms(const uint8_t *record, size_t *size)
{
  rl_reader reader = rl_reader_over(record + TERMS_SIZE, 2);
  *size = rl_get_u16(&reader);
  return record + RECORD_HEAD;
}

rl_status rl_quote_decode(const void *bytes, size_t size, rl_quote *out)
{
  const uint8_t *record = bytes;
  if (size < RECORD_HEAD + RL_CHECKSUM_SIZE || !rl_checksum_holds(bytes, size))
    return RL_CORRUPT;
  rl_reader head = rl_reader_over(record, RECORD_HEAD);
  uint8_t layout = rl_get_u8(&head);
  uint8_t has_evidence = rl_get_u8(&head);
  size_t terms_size = rl_get_u16(&head);
  size_t room = size - RECORD_HEAD - RL_CHECKSUM_SIZE;
  if (layout != RL_RECORD_LAYOUT || has_evidence > 1 || terms_size > room)
    return RL_CORRUPT;
  rl_quote quote = {0};
  size_t evidence_size = room - terms_size;
  const uint8_t *evidence = record + RECORD_HEAD + terms_size;
  bool good = rl_quote_get_terms(record + RECORD_HEAD, terms_size, &quote)
              && (has_evidence ? rl_quote_get_evidence(evidence, evidence_size, &quote)
                               : evidence_size == 0);
  if (!good)
    return RL_CORRUPT;
  *out = quote;
  return RL_OK;
}
