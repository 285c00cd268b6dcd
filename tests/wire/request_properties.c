/* Requests at random: encoded and decoded, cut, damaged; and that the fingerprint of a body stands
 * for its fields and nothing else. */
#include "request_helpers.h"
#include "support/random.h"

#include <criterion/criterion.h>
#include <string.h>

static const rl_request_kind kinds[] = {
  RL_REQUEST_QUOTE,   RL_REQUEST_TWO_WAY, RL_REQUEST_ACCEPT, RL_REQUEST_CANCEL,
  RL_REQUEST_SHOW,    RL_REQUEST_SPREADS, RL_REQUEST_SOURCES, RL_REQUEST_STATS,
  RL_REQUEST_TARIFF,  RL_REQUEST_PING,    RL_REQUEST_RELOAD, RL_REQUEST_INDICATIVE,
  RL_REQUEST_MATRIX,  RL_REQUEST_EXPOSURE,
  RL_REQUEST_TRIANGLES,
};
#define KINDS (sizeof kinds / sizeof kinds[0])

static bool same_request(const rl_request *left, const rl_request *right)
{
  bool pairs = left->pair_count == right->pair_count;
  for (unsigned i = 0; pairs && i < left->pair_count; i++)
    pairs = left->pairs[i].length == right->pairs[i].length &&
            memcmp(left->pairs[i].text, right->pairs[i].text, left->pairs[i].length) == 0;
  bool currencies = left->currency_count == right->currency_count;
  for (unsigned i = 0; currencies && i < left->currency_count; i++)
    currencies = rl_currency_equal(left->currencies[i], right->currencies[i]);
  return pairs && currencies && left->kind == right->kind &&
         strcmp(left->client, right->client) == 0 &&
         rl_currency_equal(left->from, right->from) && rl_currency_equal(left->to, right->to) &&
         left->price.fixed == right->price.fixed &&
         left->price.amount_minor == right->price.amount_minor &&
         left->price.ttl_ms == right->price.ttl_ms &&
         strcmp(left->price.tier, right->price.tier) == 0 &&
         strcmp(left->price.method, right->price.method) == 0 &&
         strcmp(left->key, right->key) == 0 &&
         left->has_id == right->has_id && rl_quote_id_equal(left->id, right->id) &&
         left->token_size == right->token_size &&
         (left->token_size == 0 || memcmp(left->token, right->token, left->token_size) == 0);
}

static void random_text(rl_random *random, char *out, size_t limit)
{
  size_t length = (size_t)rl_random_between(random, 1, (int64_t)limit);
  for (size_t i = 0; i < length; i++)
    out[i] = (char)rl_random_between(random, '!', '~');
  out[length] = '\0';
}

static rl_currency random_currency(rl_random *random, const char *codes)
{
  rl_currency out = RL_CURRENCY_NONE;
  size_t count = strlen(codes) / 3;
  cr_assert_eq(rl_currency_find(codes + 3 * rl_random_below(random, count), 3, &out), RL_OK);
  return out;
}

static void random_price(rl_random *random, rl_request *out)
{
  out->from = random_currency(random, "USDJPYKWDUYW");
  out->to = random_currency(random, "EURGBPBHDKRW");
  out->price.amount_minor = (int64_t)rl_random_magnitude(random, RL_AMOUNT_MAX);
  if (rl_random_below(random, 2))
    out->price.ttl_ms = (uint32_t)rl_random_magnitude(random, RL_TTL_MAX_MS);
  if (rl_random_below(random, 2))
    random_text(random, out->price.tier, RL_NAME_MAX);
  if (rl_random_below(random, 2))
    random_text(random, out->price.method, RL_NAME_MAX);
  if (out->kind != RL_REQUEST_TWO_WAY && rl_random_below(random, 2))
    out->price.fixed = RL_FIXED_TARGET;
}

/* A run of the list of currencies, so that none comes twice. */
static void random_matrix(rl_random *random, rl_request *out)
{
  out->from = RL_CURRENCY_NONE;
  out->price.fixed = RL_FIXED_TARGET;
  out->currency_count = (unsigned)rl_random_between(random, 1, RL_REQUEST_CURRENCIES_MAX);
  unsigned first = 1 + (unsigned)rl_random_below(random,
                                                 rl_currency_count() - out->currency_count + 1);
  for (unsigned i = 0; i < out->currency_count; i++)
    out->currencies[i].index = (uint8_t)(first + i);
}

static uint8_t token_bytes[RL_TOKEN_MAX];

static void random_named(rl_random *random, rl_request *out)
{
  out->has_id = rl_random_below(random, 2);
  for (unsigned i = 0; out->has_id && i < sizeof out->id.bytes; i++)
    out->id.bytes[i] = (uint8_t)rl_random_next(random);
  if (out->has_id && rl_random_below(random, 2))
    return;
  out->token_size = rl_random_magnitude(random, RL_TOKEN_MAX);
  out->token = token_bytes;
  for (size_t i = 0; i < out->token_size; i++)
    token_bytes[i] = (uint8_t)rl_random_next(random);
}

static rl_request random_request(rl_random *random)
{
  rl_request out = {.kind = kinds[rl_random_below(random, KINDS)]};
  bool locked = out.kind == RL_REQUEST_QUOTE || out.kind == RL_REQUEST_TWO_WAY;
  bool matrix = out.kind == RL_REQUEST_MATRIX;
  bool ends = out.kind == RL_REQUEST_ACCEPT || out.kind == RL_REQUEST_CANCEL;
  if (locked || matrix || out.kind == RL_REQUEST_INDICATIVE)
    random_price(random, &out);
  if (matrix)
    random_matrix(random, &out);
  if (ends || out.kind == RL_REQUEST_SHOW)
    random_named(random, &out);
  if (locked || ends)
    random_text(random, out.key, RL_KEY_MAX);
  bool exposure = out.kind == RL_REQUEST_EXPOSURE;
  if (exposure && rl_random_below(random, 2))
    random_text(random, out.client, RL_CLIENT_NAME_MAX);
  if (exposure || out.kind == RL_REQUEST_SPREADS || out.kind == RL_REQUEST_SOURCES) {
    out.pair_count = (unsigned)rl_random_below(random, RL_REQUEST_PAIRS_MAX + 1);
    for (unsigned i = 0; i < out.pair_count; i++) {
      out.pairs[i].text = &"EURUSDGBPJPYCHFAUD"[rl_random_below(random, 10)];
      out.pairs[i].length = (size_t)rl_random_below(random, 8);
    }
  }
  return out;
}

Test(wire, an_encoded_request_decodes_to_itself)
{
  rl_random random = rl_random_from(rl_test_seed("encode"));
  for (int i = 0; i < 20000; i++) {
    uint8_t bytes[2048];
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    rl_request request = random_request(&random), decoded;
    rl_request_encode(&writer, &request);
    cr_assert_not(writer.failed);
    rl_fault fault;
    cr_assert(decode_in_place(bytes, writer.used, &decoded, &fault), "%d: %s %s: %s", i,
              rl_refusal_name(fault.refusal), fault.path, fault.detail);
    cr_assert(same_request(&request, &decoded), "%d", i);
  }
}

Test(wire, no_request_survives_being_cut_short)
{
  rl_random random = rl_random_from(rl_test_seed("cut requests"));
  for (int i = 0; i < 300; i++) {
    uint8_t bytes[2048];
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    rl_request request = random_request(&random), decoded;
    rl_request_encode(&writer, &request);
    for (size_t size = 0; size < writer.used; size++) {
      rl_fault fault;
      cr_assert_not(decode_request(bytes, size, &decoded, &fault));
      cr_assert_eq(fault.refusal, RL_REFUSAL_MALFORMED_REQUEST, "%zu of %zu: %s", size,
                   writer.used, rl_refusal_name(fault.refusal));
    }
    rl_fault fault;
    rl_pack_nil(&writer);
    cr_assert_not(decode_request(bytes, writer.used, &decoded, &fault));
    cr_assert_eq(fault.refusal, RL_REFUSAL_MALFORMED_REQUEST);
    cr_assert_str_eq(fault.detail, "bytes are left over");
  }
}

Test(wire, damaged_requests_are_refused_or_mean_what_they_say)
{
  rl_random random = rl_random_from(rl_test_seed("damaged requests"));
  for (int i = 0; i < 20000; i++) {
    uint8_t bytes[2048], again[2048];
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    rl_request request = random_request(&random), decoded, twice;
    rl_request_encode(&writer, &request);
    for (int flips = 0; flips < 2; flips++)
      bytes[1 + rl_random_below(&random, writer.used - 1)] = (uint8_t)rl_random_next(&random);
    rl_fault fault = {0};
    if (!decode_in_place(bytes, writer.used, &decoded, &fault)) {
      cr_assert_neq(fault.refusal, RL_REFUSAL_NONE);
      continue;
    }
    rl_writer second = rl_writer_over(again, sizeof again);
    rl_request_encode(&second, &decoded);
    cr_assert(decode_request(again, second.used, &twice, &fault));
    cr_assert(rl_fingerprint_equal(decoded.body, twice.body));
  }
}

static void expect_same_body(const char *left, const char *right, bool same)
{
  rl_request one = expect_taken(left), other = expect_taken(right);
  cr_expect_eq(rl_fingerprint_equal(one.body, other.body), same, "%s\n%s", left, right);
}

Test(wire, fingerprint_does_not_depend_on_order_width_key_or_strangers)
{
  const char *plain = "{'op':'quote','from':'USD','to':'EUR','amount':200,'ttl_ms':9,'key':'a'}";
  expect_same_body(plain, "{'key':'a','ttl_ms':9,'amount':200,'to':'EUR','from':'USD',"
                          "'op':'quote'}", true);
  expect_same_body(plain, "{'op':'quote','from':'USD','to':'EUR','amount':x'd3 00000000000000c8',"
                          "'ttl_ms':x'ce 00000009','key':'a'}", true);
  expect_same_body(plain, "{'op':'quote','from':x'd9 03555344','to':x'da 0003455552',"
                          "'amount':x'cf 00000000000000c8','ttl_ms':x'd0 09','key':'a'}", true);
  expect_same_body(plain, "{'op':'quote','from':'USD','to':'EUR','amount':200,'ttl_ms':9,"
                          "'key':'b'}", true);
  expect_same_body(plain, "{'op':'quote','from':'USD','to':'EUR','amount':200,'ttl_ms':9,'key':'a',"
                          "'fix':'source','x':1,'quote':'" QUOTE_ID "','pairs':['A']}", true);
}

Test(wire, fingerprint_tells_every_field_of_a_quote)
{
  static const char *const bodies[] = {
    "{'op':'quote','from':'USD','to':'EUR','amount':200,'key':'a'}",
    "{'op':'two_way','from':'USD','to':'EUR','amount':200,'key':'a'}",
    "{'op':'quote','from':'GBP','to':'EUR','amount':200,'key':'a'}",
    "{'op':'quote','from':'USD','to':'GBP','amount':200,'key':'a'}",
    "{'op':'quote','from':'EUR','to':'USD','amount':200,'key':'a'}",
    "{'op':'quote','from':'USD','to':'EUR','amount':201,'key':'a'}",
    "{'op':'quote','from':'USD','to':'EUR','amount':4294967496,'key':'a'}",
    "{'op':'quote','from':'USD','to':'EUR','amount':200,'fix':'target','key':'a'}",
    "{'op':'quote','from':'USD','to':'EUR','amount':200,'ttl_ms':1,'key':'a'}",
    "{'op':'quote','from':'USD','to':'EUR','amount':200,'ttl_ms':2,'key':'a'}",
    "{'op':'quote','from':'USD','to':'EUR','amount':200,'tier':'a','key':'a'}",
    "{'op':'quote','from':'USD','to':'EUR','amount':200,'tier':'b','key':'a'}",
    "{'op':'quote','from':'USD','to':'EUR','amount':200,'tier':'aaaaaaaaaaaaaaa','key':'a'}",
    "{'op':'quote','from':'USD','to':'EUR','amount':200,'tier':'aaaaaaaaaaaaaab','key':'a'}",
    "{'op':'quote','from':'USD','to':'EUR','amount':200,'method':'a','key':'a'}",
    "{'op':'quote','from':'USD','to':'EUR','amount':200,'method':'aaaaaaaaaaaaaaa','key':'a'}",
    "{'op':'quote','from':'USD','to':'EUR','amount':200,'tier':'a','method':'a','key':'a'}",
    "{'op':'two_way','from':'USD','to':'EUR','amount':200,'method':'a','key':'a'}",
    "{'op':'accept','quote':'" QUOTE_ID "','key':'a'}",
    "{'op':'cancel','quote':'" QUOTE_ID "','key':'a'}",
    "{'op':'accept','quote':'01ARZ3NDEKTSV4RRFFQ69G5FAW','key':'a'}",
    "{'op':'accept','quote':'" QUOTE_ID "','token':b'00','key':'a'}",
    "{'op':'accept','token':b'00','key':'a'}",
    "{'op':'accept','token':b'0000','key':'a'}",
    "{'op':'accept','token':b'0001','key':'a'}",
  };
  for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
    for (size_t j = 0; j <= i; j++)
      expect_same_body(bodies[i], bodies[j], i == j);
  }
}

/* Kept in the store beside the keys: an engine of tomorrow must find the same. */
Test(wire, fingerprint_is_the_same_in_every_version)
{
  rl_request request = expect_taken("{'op':'quote','from':'USD','to':'EUR','amount':100000,"
                                    "'fix':'target','ttl_ms':30000,'tier':'gold','key':'a'}");
  cr_expect_eq(request.body.words[0], 0x10f95949a1e916f0u);
  cr_expect_eq(request.body.words[1], 0xf7836b332dbcfa62u);
}
