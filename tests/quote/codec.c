#include "support/quotes.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 3000 };

static size_t terms_bytes(const rl_quote *quote, uint8_t out[RL_TERMS_MAX])
{
  rl_writer writer = rl_writer_over(out, RL_TERMS_MAX);
  rl_quote_put_terms(&writer, quote);
  cr_assert_not(writer.failed);
  return writer.used;
}

/* An exact-size copy on the heap: the address sanitizer sees a read past its end. */
static rl_status decode_exact(const uint8_t *bytes, size_t size, rl_quote *out)
{
  uint8_t *copy = malloc(size ? size : 1);
  cr_assert_not_null(copy);
  memcpy(copy, bytes, size);
  rl_status status = rl_quote_decode(copy, size, out);
  free(copy);
  return status;
}

/* Writes the checksum anew, as one who damages a record on purpose could. */
static void reseal(uint8_t *record, size_t size)
{
  rl_writer writer = rl_writer_over(record, size);
  writer.used = size - RL_CHECKSUM_SIZE;
  rl_put_checksum(&writer);
}

Test(quote_codec, record_gives_back_every_field)
{
  rl_random random = rl_random_from(rl_test_seed("quote record"));
  for (int i = 0; i < ROUNDS; i++) {
    rl_quote quote, back;
    uint8_t bytes[RL_RECORD_MAX], again[RL_RECORD_MAX];
    rl_random_quote(&random, &quote);
    size_t size = rl_quote_encode(&quote, bytes);
    cr_assert_eq(decode_exact(bytes, size, &back), RL_OK);
    cr_assert(rl_quotes_equal(&quote, &back));
    cr_assert(rl_quote_id_equal(rl_quote_record_id(bytes), quote.id));
    cr_assert_eq(rl_quote_encode(&back, again), size);
    cr_assert_eq(memcmp(bytes, again, size), 0);
  }
}

Test(quote_codec, first_record_of_a_quote_is_as_every_later_one)
{
  rl_random random = rl_random_from(rl_test_seed("issued quote"));
  for (int i = 0; i < 100; i++) {
    rl_quote quote;
    uint8_t first[RL_RECORD_MAX], later[RL_RECORD_MAX], terms[RL_TERMS_MAX];
    rl_random_quote(&random, &quote);
    uint64_t checksum = quote.evidence_checksum;
    quote.evidence_checksum = 0;
    size_t size = rl_quote_encode_issued(&quote, first), terms_size;
    cr_assert_eq(quote.evidence_checksum, checksum);
    cr_assert_eq(rl_quote_encode(&quote, later), size);
    cr_assert_eq(memcmp(first, later, size), 0);
    const uint8_t *inside = rl_quote_record_terms(first, &terms_size);
    cr_assert_eq(terms_bytes(&quote, terms), terms_size);
    cr_assert_eq(memcmp(inside, terms, terms_size), 0);
  }
}

Test(quote_codec, terms_give_back_every_field_but_the_evidence)
{
  rl_random random = rl_random_from(rl_test_seed("quote terms"));
  for (int i = 0; i < ROUNDS; i++) {
    rl_quote quote, back;
    uint8_t bytes[RL_TERMS_MAX], again[RL_TERMS_MAX];
    rl_random_quote(&random, &quote);
    size_t size = terms_bytes(&quote, bytes);
    cr_assert_eq(rl_quote_decode_terms(bytes, size, &back), RL_OK);
    rl_strip_evidence(&quote);
    cr_assert(rl_quotes_equal(&quote, &back));
    cr_assert_eq(terms_bytes(&back, again), size);
    cr_assert_eq(memcmp(bytes, again, size), 0);
  }
}

Test(quote_codec, quote_known_from_its_token_makes_a_record_without_evidence)
{
  rl_random random = rl_random_from(rl_test_seed("adopted quote"));
  rl_quote quote, back;
  rl_random_quote(&random, &quote);
  uint64_t checksum = quote.evidence_checksum;
  rl_strip_evidence(&quote);
  uint8_t bytes[RL_RECORD_MAX];
  size_t size = rl_quote_encode(&quote, bytes);
  cr_assert_eq(decode_exact(bytes, size, &back), RL_OK);
  cr_expect(rl_quotes_equal(&quote, &back));
  cr_expect_eq(back.evidence_checksum, checksum);
}

Test(quote_codec, largest_quote_fits_its_bounds_and_a_token)
{
  rl_quote quote, back;
  uint8_t terms[RL_TERMS_MAX], record[RL_RECORD_MAX];
  rl_largest_quote(&quote);
  size_t terms_size = terms_bytes(&quote, terms);
  size_t record_size = rl_quote_encode(&quote, record);
  cr_log_info("largest terms %zu, largest record %zu bytes", terms_size, record_size);
  cr_expect_leq(4 + RL_TERMS_MAX + 16, RL_TOKEN_MAX);
  cr_assert_eq(decode_exact(record, record_size, &back), RL_OK);
  cr_expect(rl_quotes_equal(&quote, &back));
}

Test(quote_codec, typical_token_stays_within_two_blocks_of_the_hash)
{
  rl_random random = rl_random_from(9);
  rl_quote quote;
  uint8_t terms[RL_TERMS_MAX], record[RL_RECORD_MAX];
  rl_typical_quote(&random, &quote);
  size_t size = terms_bytes(&quote, terms);
  cr_log_info("typical terms %zu, record %zu bytes", size, rl_quote_encode(&quote, record));
  cr_expect_leq(4 + size + 16, 256, "%zu", size);
}

Test(quote_codec, every_bit_flip_of_a_record_is_found)
{
  rl_random random = rl_random_from(rl_test_seed("bit flips"));
  rl_quote quote, back;
  uint8_t bytes[RL_RECORD_MAX];
  rl_random_quote(&random, &quote);
  size_t size = rl_quote_encode(&quote, bytes);
  for (size_t bit = 0; bit < size * 8; bit++) {
    bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    cr_assert_eq(rl_quote_decode(bytes, size, &back), RL_CORRUPT, "bit %zu", bit);
    bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
  }
}

Test(quote_codec, record_cut_or_lengthened_is_corrupt)
{
  rl_random random = rl_random_from(rl_test_seed("cut records"));
  rl_quote quote, back;
  uint8_t bytes[RL_RECORD_MAX + 8] = {0};
  rl_random_quote(&random, &quote);
  size_t size = rl_quote_encode(&quote, bytes);
  for (size_t cut = 0; cut < size; cut++)
    cr_assert_eq(decode_exact(bytes, cut, &back), RL_CORRUPT, "%zu bytes", cut);
  cr_expect_eq(decode_exact(bytes, size + 1, &back), RL_CORRUPT);
}

/* With a checksum that holds, damage reaches the fields: whatever is then read is a complete
 * quote whose one encoding these bytes are. */
Test(quote_codec, damage_under_a_good_checksum_is_corrupt_or_another_whole_quote)
{
  rl_random random = rl_random_from(rl_test_seed("resealed damage"));
  unsigned read = 0;
  for (int i = 0; i < 20 * ROUNDS; i++) {
    static rl_quote quote;
    static uint8_t good[RL_RECORD_MAX];
    static size_t size;
    if (i % 100 == 0) {
      rl_random_quote(&random, &quote);
      size = rl_quote_encode(&quote, good);
    }
    uint8_t bytes[RL_RECORD_MAX], again[RL_RECORD_MAX];
    rl_quote back;
    memcpy(bytes, good, size);
    for (uint64_t flips = 1 + rl_random_below(&random, 3); flips > 0; flips--)
      bytes[rl_random_below(&random, size - 8)] ^= (uint8_t)(1u << rl_random_below(&random, 8));
    reseal(bytes, size);
    if (decode_exact(bytes, size, &back) != RL_OK)
      continue;
    read++;
    cr_assert_eq(rl_quote_encode(&back, again), size);
    cr_assert_eq(memcmp(bytes, again, size), 0);
  }
  cr_expect_gt(read, 0, "damage never reached the fields");
}

Test(quote_codec, noise_as_terms_never_crashes)
{
  rl_random random = rl_random_from(rl_test_seed("noise"));
  for (int i = 0; i < 20 * ROUNDS; i++) {
    uint8_t bytes[RL_TERMS_MAX];
    rl_quote quote, back;
    rl_typical_quote(&random, &quote);
    size_t size = terms_bytes(&quote, bytes);
    size_t from = rl_random_below(&random, size), to = from + rl_random_below(&random, 12);
    for (size_t k = from; k < to && k < size; k++)
      bytes[k] = (uint8_t)rl_random_next(&random);
    if (rl_quote_decode_terms(bytes, size, &back) == RL_OK) {
      uint8_t again[RL_TERMS_MAX];
      cr_assert_eq(terms_bytes(&back, again), size);
      cr_assert_eq(memcmp(bytes, again, size), 0);
    }
  }
}

Test(quote_codec, failed_decode_leaves_the_output)
{
  rl_quote quote;
  memset(&quote, 0x5a, sizeof quote);
  cr_expect_eq(rl_quote_decode("", 0, &quote), RL_CORRUPT);
  cr_expect_eq(rl_quote_decode_terms("", 0, &quote), RL_CORRUPT);
  for (size_t i = 0; i < sizeof quote; i++)
    cr_assert_eq(((uint8_t *)&quote)[i], 0x5a);
}

/* --- numbers one beyond their range --- */

static bool readable(const rl_quote *quote)
{
  uint8_t bytes[RL_RECORD_MAX];
  rl_quote back;
  return rl_quote_decode(bytes, rl_quote_encode(quote, bytes), &back) == RL_OK;
}

Test(quote_codec, amounts_at_their_limits_are_written)
{
  rl_random random = rl_random_from(2);
  rl_quote quote;
  rl_typical_quote(&random, &quote);
  quote.terms.fee_count = 0;
  quote.terms.source_minor = 1;
  quote.terms.target_minor = RL_AMOUNT_MAX;
  rl_complete_quote(&quote);
  cr_expect(readable(&quote));
  quote.terms.source_minor = RL_AMOUNT_MAX;
  quote.terms.target_minor = 1;
  quote.terms.position_minor = 0;
  rl_complete_quote(&quote);
  cr_expect(readable(&quote));
  cr_expect_eq(quote.terms.spread_minor, -1);
}

Test(quote_codec, an_unknown_notional_and_the_largest_are_read_back)
{
  const int64_t notionals_minor[] = {0, 1, RL_NOTIONAL_MAX};
  rl_random random = rl_random_from(3);
  for (unsigned i = 0; i < 3; i++) {
    rl_quote quote, back;
    uint8_t bytes[RL_RECORD_MAX];
    rl_typical_quote(&random, &quote);
    quote.notional_minor = notionals_minor[i];
    rl_complete_quote(&quote);
    cr_assert_eq(rl_quote_decode(bytes, rl_quote_encode(&quote, bytes), &back), RL_OK);
    cr_expect_eq(back.notional_minor, notionals_minor[i]);
    cr_expect(rl_currency_equal(back.reporting, quote.reporting));
  }
}

/* Each changes one number of a typical quote to what no quote may have. */
static void charge_above_maximum(rl_quote *quote) { quote->terms.source_minor = RL_AMOUNT_MAX; }
static void target_of_nothing(rl_quote *quote) { quote->terms.target_minor = 0; }
static void fees_that_leave_nothing(rl_quote *quote) { quote->terms.source_minor = 150; }
static void negative_fee(rl_quote *quote) { quote->terms.fees[0].amount_minor = -1; }
static void negative_residue(rl_quote *quote) { quote->terms.residue_minor = -1; }
static void no_markup_line(rl_quote *quote) { quote->terms.markup_count = 0; }
static void markup_beyond_a_half(rl_quote *quote)
{
  quote->terms.markups[0].e8 = RL_RATIO_E8_MAX + 1;
}
static void rate_of_zero(rl_quote *quote) { quote->terms.client_rate.mantissa = 0; }
static void rate_of_eleven_digits(rl_quote *quote)
{
  quote->terms.client_rate.mantissa = RL_CLIENT_MANTISSA_MAX + 1;
}
static void rate_of_nineteen_decimals(rl_quote *quote) { quote->terms.client_rate.scale = 19; }
static void no_client(rl_quote *quote) { quote->client[0] = '\0'; }
static void no_key(rl_quote *quote) { quote->key[0] = '\0'; }
static void bid_above_mid(rl_quote *quote) { quote->snapshot.legs[0].composite.bid_half = 2250201; }
static void bid_of_nothing(rl_quote *quote) { quote->snapshot.legs[0].composite.bid_half = 0; }
static void legs_that_lead_elsewhere(rl_quote *quote) { quote->snapshot.legs[0].inverted = false; }
static void lock_beyond_a_day(rl_quote *quote) { quote->terms.ttl_ms = RL_TTL_MAX_MS + 1; }
static void issue_that_the_id_denies(rl_quote *quote) { quote->issued_utc_ms++; }
static void tick_of_no_source(rl_quote *quote) { quote->source_count = 3; }
static void no_reporting_currency(rl_quote *quote) { quote->reporting = RL_CURRENCY_NONE; }
static void negative_notional(rl_quote *quote) { quote->notional_minor = -1; }
static void notional_beyond_its_bound(rl_quote *quote)
{
  quote->notional_minor = RL_NOTIONAL_MAX + 1;
}
static void policy_of_none(rl_quote *quote)
{
  quote->snapshot.legs[0].composite.policy = RL_POLICY_REFERENCE + 1;
}
static void depth_beyond_its_bound(rl_quote *quote)
{
  quote->snapshot.legs[0].composite.depth_units = RL_DEPTH_UNITS_MAX + 1;
}
static void accept_as_its_operation(rl_quote *quote) { quote->operation = RL_OP_ACCEPT; }

static void expect_bug(void (*spoil)(rl_quote *quote))
{
  rl_random random = rl_random_from(2);
  rl_quote quote;
  rl_typical_quote(&random, &quote);
  spoil(&quote);
  rl_complete_quote(&quote);
  uint8_t bytes[RL_RECORD_MAX];
  (void)rl_quote_encode(&quote, bytes);
}

#define NEVER_WRITTEN(spoil) \
  Test(quote_codec, quote_with_##spoil##_is_never_written, .signal = SIGABRT) { expect_bug(spoil); }
NEVER_WRITTEN(charge_above_maximum)
NEVER_WRITTEN(target_of_nothing)
NEVER_WRITTEN(fees_that_leave_nothing)
NEVER_WRITTEN(negative_fee)
NEVER_WRITTEN(negative_residue)
NEVER_WRITTEN(no_markup_line)
NEVER_WRITTEN(markup_beyond_a_half)
NEVER_WRITTEN(rate_of_zero)
NEVER_WRITTEN(rate_of_eleven_digits)
NEVER_WRITTEN(rate_of_nineteen_decimals)
NEVER_WRITTEN(no_client)
NEVER_WRITTEN(no_key)
NEVER_WRITTEN(bid_above_mid)
NEVER_WRITTEN(bid_of_nothing)
NEVER_WRITTEN(legs_that_lead_elsewhere)
NEVER_WRITTEN(lock_beyond_a_day)
NEVER_WRITTEN(issue_that_the_id_denies)
NEVER_WRITTEN(tick_of_no_source)
NEVER_WRITTEN(no_reporting_currency)
NEVER_WRITTEN(negative_notional)
NEVER_WRITTEN(notional_beyond_its_bound)
NEVER_WRITTEN(policy_of_none)
NEVER_WRITTEN(depth_beyond_its_bound)
NEVER_WRITTEN(accept_as_its_operation)
