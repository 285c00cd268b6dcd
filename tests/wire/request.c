/* Requests: what is taken, what is refused and with which path. */
#include "pack_text.h"
#include "request_helpers.h"
#include "status/limits.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect_currency(rl_currency currency, const char *code)
{
  cr_expect_str_eq(rl_currency_code(currency), code);
}

Test(wire, quote_request_is_decoded_field_by_field)
{
  rl_request request =
    expect_taken("{'op':'quote','from':'USD','to':'JPY','amount':100000,'fix':'target',"
                 "'ttl_ms':30000,'tier':'gold','method':'card','key':'order-1'}");
  cr_expect_eq(request.kind, RL_REQUEST_QUOTE);
  expect_currency(request.from, "USD");
  expect_currency(request.to, "JPY");
  cr_expect_eq(request.price.amount_minor, 100000);
  cr_expect_eq(request.price.fixed, RL_FIXED_TARGET);
  cr_expect_eq(request.price.ttl_ms, 30000);
  cr_expect_str_eq(request.price.tier, "gold");
  cr_expect_str_eq(request.price.method, "card");
  cr_expect_str_eq(request.key, "order-1");
  cr_expect_not(request.has_id);
  cr_expect_null(request.token);
}

Test(wire, quote_request_without_options_has_the_defaults)
{
  rl_request request =
    expect_taken("{'op':'quote','from':'USD','to':'EUR','amount':1,'key':'k'}");
  cr_expect_eq(request.price.fixed, RL_FIXED_SOURCE);
  cr_expect_eq(request.price.ttl_ms, 0);
  cr_expect_str_eq(request.price.tier, "");
  cr_expect_str_eq(request.price.method, "");
  cr_expect_eq(request.pair_count, 0);
}

Test(wire, a_tier_and_a_method_may_hold_a_blank)
{
  cr_expect_str_eq(expect_taken("{'op':'ping','method':'bank debit'}").price.method, "bank debit");
  cr_expect_str_eq(expect_taken("{'op':'ping','tier':'gold plus'}").price.tier, "gold plus");
}

Test(wire, two_way_request_fixes_its_base_amount)
{
  rl_request request =
    expect_taken("{'op':'two_way','from':'EUR','to':'USD','amount':5000000,'key':'desk.7'}");
  cr_expect_eq(request.kind, RL_REQUEST_TWO_WAY);
  cr_expect_eq(request.price.fixed, RL_FIXED_SOURCE);
  expect_taken("{'op':'two_way','from':'EUR','to':'USD','amount':1,'key':'k','fix':'source'}");
  expect_refused("{'op':'two_way','from':'EUR','to':'USD','amount':1,'key':'k','fix':'target'}",
                 RL_REFUSAL_INVALID_FIELD, "fix");
}

Test(wire, accept_names_its_quote_by_id_or_token_or_both)
{
  rl_quote_id id;
  cr_assert_eq(rl_quote_id_parse(QUOTE_ID, 26, &id), RL_OK);
  packed message = pack_text("{'op':'accept','quote':'" QUOTE_ID "','token':b'0102ff','key':'k'}");
  rl_request request;
  rl_fault fault;
  cr_assert(decode_in_place(message.bytes, message.size, &request, &fault));
  cr_expect_eq(request.kind, RL_REQUEST_ACCEPT);
  cr_expect(request.has_id && rl_quote_id_equal(request.id, id));
  cr_expect_eq(request.token_size, 3);
  cr_expect(memcmp(request.token, "\x01\x02\xff", 3) == 0);
  cr_expect(expect_taken("{'op':'accept','quote':'" QUOTE_ID "','key':'k'}").token == NULL);
  cr_expect_not(expect_taken("{'op':'accept','token':b'01','key':'k'}").has_id);
  expect_refused("{'op':'accept','key':'k'}", RL_REFUSAL_MISSING_FIELD, "quote");
}

Test(wire, the_other_operations_are_decoded)
{
  cr_expect_eq(expect_taken("{'op':'cancel','quote':'" QUOTE_ID "','key':'k'}").kind,
               RL_REQUEST_CANCEL);
  cr_expect_eq(expect_taken("{'op':'show','token':b'00'}").kind, RL_REQUEST_SHOW);
  cr_expect_eq(expect_taken("{'op':'spreads'}").kind, RL_REQUEST_SPREADS);
  cr_expect_eq(expect_taken("{'op':'triangles'}").kind, RL_REQUEST_TRIANGLES);
  cr_expect_eq(expect_taken("{'op':'sources'}").kind, RL_REQUEST_SOURCES);
  cr_expect_eq(expect_taken("{'op':'stats'}").kind, RL_REQUEST_STATS);
  cr_expect_eq(expect_taken("{'op':'tariff'}").kind, RL_REQUEST_TARIFF);
  cr_expect_eq(expect_taken("{'op':'ping'}").kind, RL_REQUEST_PING);
  cr_expect_eq(expect_taken("{'op':'reload'}").kind, RL_REQUEST_RELOAD);
  cr_expect_eq(expect_taken("{'op':'exposure'}").kind, RL_REQUEST_EXPOSURE);
}

Test(wire, indicative_request_is_a_quotes_without_a_key)
{
  rl_request request = expect_taken("{'op':'indicative','from':'USD','to':'EUR','amount':100,"
                                    "'fix':'target','ttl_ms':60000,'method':'card'}");
  cr_expect_eq(request.kind, RL_REQUEST_INDICATIVE);
  cr_expect_eq(request.price.fixed, RL_FIXED_TARGET);
  cr_expect_eq(request.price.ttl_ms, 60000);
  cr_expect_str_eq(request.price.method, "card");
  cr_expect(rl_fingerprint_equal(request.body, (rl_fingerprint){0}));
}

Test(wire, matrix_request_names_its_currencies_and_fixes_its_target)
{
  rl_request request = expect_taken("{'op':'matrix','to':'EUR','from':['USD','JPY','EUR'],"
                                    "'amount':5000,'tier':'gold'}");
  cr_expect_eq(request.kind, RL_REQUEST_MATRIX);
  cr_assert_eq(request.currency_count, 3);
  expect_currency(request.currencies[0], "USD");
  expect_currency(request.currencies[1], "JPY");
  expect_currency(request.currencies[2], "EUR");
  expect_currency(request.to, "EUR");
  cr_expect_eq(request.price.fixed, RL_FIXED_TARGET);
  cr_expect_eq(request.price.amount_minor, 5000);
  expect_taken("{'op':'matrix','to':'EUR','from':['USD'],'amount':1,'fix':'target'}");
  expect_taken("{'op':'matrix','to':'EUR','from':['USD'],'amount':1,'fix':nil}");
}

Test(wire, exposure_names_a_client_and_pairs)
{
  rl_request request = expect_taken("{'op':'exposure','client':'the shop','pairs':['EURUSD']}");
  cr_expect_str_eq(request.client, "the shop");
  cr_expect_eq(request.pair_count, 1);
  cr_expect_str_eq(expect_taken("{'op':'exposure','client':nil}").client, "");
  cr_expect_str_eq(
    expect_taken("{'op':'exposure','client':'a client with a 31-byte name...'}").client,
    "a client with a 31-byte name...");
}

Test(wire, spreads_names_its_pairs_as_written)
{
  packed message = pack_text("{'op':'spreads','pairs':['EURUSD','GBP/USD','']}");
  rl_request request;
  rl_fault fault;
  cr_assert(decode_in_place(message.bytes, message.size, &request, &fault));
  cr_assert_eq(request.pair_count, 3);
  cr_expect_eq(request.pairs[0].length, 6);
  cr_expect(memcmp(request.pairs[0].text, "EURUSD", 6) == 0);
  cr_expect(memcmp(request.pairs[1].text, "GBP/USD", 7) == 0);
  cr_expect_eq(request.pairs[2].length, 0);
}

#define QUOTE(rest) "{'op':'quote','from':'USD','to':'EUR','amount':1,'key':'k'," rest "}"

static const struct {
  const char *text;
  rl_refusal refusal;
  const char *path;
} wrong_fields[] = {
  {"{}", RL_REFUSAL_MISSING_FIELD, "op"},
  {"{'op':nil}", RL_REFUSAL_MISSING_FIELD, "op"},
  {"{'op':7}", RL_REFUSAL_INVALID_FIELD, "op"},
  {"{'op':'sell'}", RL_REFUSAL_UNSUPPORTED, "op"},
  {"{'op':''}", RL_REFUSAL_UNSUPPORTED, "op"},
  {"{'op':'quotes'}", RL_REFUSAL_UNSUPPORTED, "op"},
  {"{'op':'quote','to':'EUR','amount':1,'key':'k'}", RL_REFUSAL_MISSING_FIELD, "from"},
  {"{'op':'quote','from':'USD','amount':1,'key':'k'}", RL_REFUSAL_MISSING_FIELD, "to"},
  {"{'op':'quote','from':'USD','to':'EUR','key':'k'}", RL_REFUSAL_MISSING_FIELD, "amount"},
  {"{'op':'quote','from':'USD','to':'EUR','amount':1}", RL_REFUSAL_MISSING_FIELD, "key"},
  {"{'op':'cancel','quote':'" QUOTE_ID "'}", RL_REFUSAL_MISSING_FIELD, "key"},
  {"{'op':'show'}", RL_REFUSAL_MISSING_FIELD, "quote"},
  {"{'op':'exposure','client':''}", RL_REFUSAL_INVALID_FIELD, "client"},
  {"{'op':'exposure','client':7}", RL_REFUSAL_INVALID_FIELD, "client"},
  {"{'op':'exposure','client':'a client with a 32-byte name....'}", RL_REFUSAL_TOO_LARGE,
   "client"},
  {"{'op':'ping','from':'EU'}", RL_REFUSAL_UNKNOWN_CURRENCY, "from"},
  {"{'op':'ping','from':'usd'}", RL_REFUSAL_UNKNOWN_CURRENCY, "from"},
  {"{'op':'ping','to':'XAU'}", RL_REFUSAL_UNKNOWN_CURRENCY, "to"},
  {"{'op':'ping','to':978}", RL_REFUSAL_INVALID_FIELD, "to"},
  {"{'op':'ping','to':b'455552'}", RL_REFUSAL_INVALID_FIELD, "to"},
  {"{'op':'quote','from':'EUR','to':'EUR','amount':1,'key':'k'}", RL_REFUSAL_SAME_CURRENCY,
   "to"},
  {"{'op':'quote','from':['USD'],'to':'EUR','amount':1,'key':'k'}", RL_REFUSAL_INVALID_FIELD,
   "from"},
  {"{'op':'indicative','from':'EUR','to':'EUR','amount':1}", RL_REFUSAL_SAME_CURRENCY, "to"},
  {"{'op':'indicative','from':['USD'],'to':'EUR','amount':1}", RL_REFUSAL_INVALID_FIELD, "from"},
  {"{'op':'indicative','from':'USD','to':'EUR'}", RL_REFUSAL_MISSING_FIELD, "amount"},
  {"{'op':'matrix','to':'EUR','amount':1}", RL_REFUSAL_MISSING_FIELD, "from"},
  {"{'op':'matrix','to':'EUR','from':['USD']}", RL_REFUSAL_MISSING_FIELD, "amount"},
  {"{'op':'matrix','to':'EUR','from':'USD','amount':1}", RL_REFUSAL_INVALID_FIELD, "from"},
  {"{'op':'matrix','to':'EUR','from':[],'amount':1}", RL_REFUSAL_INVALID_FIELD, "from"},
  {"{'op':'matrix','to':'EUR','from':['USD','GBP','USD'],'amount':1}", RL_REFUSAL_INVALID_FIELD,
   "from[2]"},
  {"{'op':'matrix','to':'EUR','from':['USD'],'fix':'source','amount':1}",
   RL_REFUSAL_INVALID_FIELD, "fix"},
  {"{'op':'ping','from':['USD','XAU']}", RL_REFUSAL_UNKNOWN_CURRENCY, "from[1]"},
  {"{'op':'ping','from':['USD',7]}", RL_REFUSAL_INVALID_FIELD, "from[1]"},
  {"{'op':'ping','from':[['USD']]}", RL_REFUSAL_INVALID_FIELD, "from[0]"},
  {"{'op':'ping','amount':0}", RL_REFUSAL_AMOUNT_OUT_OF_RANGE, "amount"},
  {"{'op':'ping','amount':-5}", RL_REFUSAL_AMOUNT_OUT_OF_RANGE, "amount"},
  {"{'op':'ping','amount':18446744073709551615}", RL_REFUSAL_AMOUNT_OUT_OF_RANGE, "amount"},
  {"{'op':'ping','amount':1000.0}", RL_REFUSAL_INVALID_FIELD, "amount"},
  {"{'op':'ping','amount':nan}", RL_REFUSAL_INVALID_FIELD, "amount"},
  {"{'op':'ping','amount':'1000'}", RL_REFUSAL_INVALID_FIELD, "amount"},
  {"{'op':'ping','amount':[1]}", RL_REFUSAL_INVALID_FIELD, "amount"},
  {"{'op':'ping','fix':'both'}", RL_REFUSAL_INVALID_FIELD, "fix"},
  {"{'op':'ping','fix':'SOURCE'}", RL_REFUSAL_INVALID_FIELD, "fix"},
  {"{'op':'ping','fix':true}", RL_REFUSAL_INVALID_FIELD, "fix"},
  {"{'op':'ping','ttl_ms':-1}", RL_REFUSAL_INVALID_FIELD, "ttl_ms"},
  {"{'op':'ping','ttl_ms':1.0}", RL_REFUSAL_INVALID_FIELD, "ttl_ms"},
  {"{'op':'ping','ttl_ms':{'a':1}}", RL_REFUSAL_INVALID_FIELD, "ttl_ms"},
  {"{'op':'ping','tier':''}", RL_REFUSAL_INVALID_FIELD, "tier"},
  {"{'op':'ping','tier':'a\tb'}", RL_REFUSAL_INVALID_FIELD, "tier"},
  {"{'op':'ping','tier':3}", RL_REFUSAL_INVALID_FIELD, "tier"},
  {"{'op':'ping','method':''}", RL_REFUSAL_INVALID_FIELD, "method"},
  {"{'op':'ping','method':'caf\xc3\xa9'}", RL_REFUSAL_INVALID_FIELD, "method"},
  {"{'op':'ping','method':['card']}", RL_REFUSAL_INVALID_FIELD, "method"},
  {"{'op':'ping','key':''}", RL_REFUSAL_INVALID_FIELD, "key"},
  {"{'op':'ping','key':'a b'}", RL_REFUSAL_INVALID_FIELD, "key"},
  {"{'op':'ping','key':'a\x7f'}", RL_REFUSAL_INVALID_FIELD, "key"},
  {"{'op':'ping','key':'caf\xc3\xa9'}", RL_REFUSAL_INVALID_FIELD, "key"},
  {"{'op':'ping','key':x'a3 610062'}", RL_REFUSAL_INVALID_FIELD, "key"},
  {"{'op':'ping','key':b'61'}", RL_REFUSAL_INVALID_FIELD, "key"},
  {"{'op':'ping','quote':'01ARZ3NDEKTSV4RRFFQ69G5FA'}", RL_REFUSAL_INVALID_FIELD, "quote"},
  {"{'op':'ping','quote':'01ARZ3NDEKTSV4RRFFQ69G5FAV0'}", RL_REFUSAL_INVALID_FIELD, "quote"},
  {"{'op':'ping','quote':'01ARZ3NDEKTSV4RRFFQ69G5FAU'}", RL_REFUSAL_INVALID_FIELD, "quote"},
  {"{'op':'ping','quote':1}", RL_REFUSAL_INVALID_FIELD, "quote"},
  {"{'op':'ping','token':b''}", RL_REFUSAL_INVALID_FIELD, "token"},
  {"{'op':'ping','token':'abc'}", RL_REFUSAL_INVALID_FIELD, "token"},
  {"{'op':'ping','pairs':'EURUSD'}", RL_REFUSAL_INVALID_FIELD, "pairs"},
  {"{'op':'ping','pairs':{'EURUSD':1}}", RL_REFUSAL_INVALID_FIELD, "pairs"},
  {"{'op':'ping','pairs':['EURUSD',7]}", RL_REFUSAL_INVALID_FIELD, "pairs[1]"},
  {"{'op':'ping','pairs':[['EURUSD']]}", RL_REFUSAL_INVALID_FIELD, "pairs[0]"},
  {"{'op':'ping',7:1}", RL_REFUSAL_INVALID_FIELD, ""},
  {"{'op':'ping',['op']:1}", RL_REFUSAL_INVALID_FIELD, ""},
  {"{'op':'ping',b'6f70':1}", RL_REFUSAL_INVALID_FIELD, ""},
};

Test(wire, each_field_is_refused_with_its_path)
{
  for (size_t i = 0; i < sizeof wrong_fields / sizeof wrong_fields[0]; i++)
    expect_refused(wrong_fields[i].text, wrong_fields[i].refusal, wrong_fields[i].path);
}

Test(wire, duplicate_keys_are_refused_even_when_nil)
{
  expect_refused(QUOTE("'amount':1"), RL_REFUSAL_INVALID_FIELD, "amount");
  expect_refused(QUOTE("'amount':nil"), RL_REFUSAL_INVALID_FIELD, "amount");
  expect_refused("{'op':'ping','op':'ping'}", RL_REFUSAL_INVALID_FIELD, "op");
  expect_refused("{'op':'ping','tier':nil,'tier':'gold'}", RL_REFUSAL_INVALID_FIELD, "tier");
  expect_refused("{'op':'ping','pairs':['A'],'pairs':['A']}", RL_REFUSAL_INVALID_FIELD, "pairs");
}

Test(wire, nil_for_an_optional_field_is_absence)
{
  rl_request request =
    expect_taken(QUOTE("'fix':nil,'ttl_ms':nil,'tier':nil,'method':nil,'token':nil"));
  rl_request bare = expect_taken("{'op':'quote','from':'USD','to':'EUR','amount':1,'key':'k'}");
  cr_expect(rl_fingerprint_equal(request.body, bare.body));
  expect_refused("{'op':'quote','from':'USD','to':'EUR','amount':nil,'key':'k'}",
                 RL_REFUSAL_MISSING_FIELD, "amount");
}

Test(wire, unknown_keys_are_ignored_whatever_they_hold)
{
  rl_request request =
    expect_taken(QUOTE("'note':1.5,'':nil,'Op':'x','nested':{'op':[1,{'key':b'00'}]},"
                       "'a key that is much longer than any that this engine knows':[]"));
  rl_request bare = expect_taken("{'op':'quote','from':'USD','to':'EUR','amount':1,'key':'k'}");
  cr_expect(rl_fingerprint_equal(request.body, bare.body));
}

Test(wire, values_may_nest_seven_levels_and_no_more)
{
  expect_taken("{'op':'ping','x':[[[[[[[]]]]]]]}");
  expect_refused("{'op':'ping','x':[[[[[[[[]]]]]]]]}", RL_REFUSAL_MALFORMED_REQUEST, "");
  expect_refused("{'op':'ping','amount':[[[[[[[[]]]]]]]]}", RL_REFUSAL_MALFORMED_REQUEST, "");
  expect_refused("{'op':'ping','pairs':[[[[[[[]]]]]]]}", RL_REFUSAL_INVALID_FIELD, "pairs[0]");
  expect_refused("{'op':'ping','pairs':[[[[[[[[]]]]]]]]}", RL_REFUSAL_MALFORMED_REQUEST, "");
  expect_refused("{'op':'ping','from':[[[[[[[]]]]]]]}", RL_REFUSAL_INVALID_FIELD, "from[0]");
  expect_refused("{'op':'ping','from':[[[[[[[[]]]]]]]]}", RL_REFUSAL_MALFORMED_REQUEST, "");
}

/* Whoever looks a message over before taking its requests relies on this. */
Test(wire, an_item_reads_exactly_when_it_can_be_skipped_within_the_depth)
{
  for (unsigned levels = 1; levels <= RL_DEPTH_MAX + 1; levels++) {
    uint8_t bytes[64];
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    rl_pack_map(&writer, 1);
    rl_pack_text(&writer, "x");
    for (unsigned i = 1; i < levels; i++)
      rl_pack_array(&writer, 1);
    rl_pack_nil(&writer);
    rl_unpacker skipper = rl_unpacker_over(bytes, writer.used);
    rl_request request;
    rl_fault fault;
    cr_expect_not(decode_request(bytes, writer.used, &request, &fault));
    cr_expect_eq(fault.refusal != RL_REFUSAL_MALFORMED_REQUEST,
                 rl_unpack_skip(&skipper, RL_DEPTH_MAX), "%u levels", levels);
  }
}

Test(wire, of_several_refusals_the_first_in_precedence_answers_in_any_order)
{
  expect_refused("{'op':'quote','from':'ZZZ','amount':0}", RL_REFUSAL_MISSING_FIELD, "to");
  expect_refused("{'amount':0,'from':'ZZZ','op':'quote'}", RL_REFUSAL_MISSING_FIELD, "to");
  expect_refused("{'ttl_ms':90000000,'amount':0,'to':'ZZZ','fix':7,'op':'ping'}",
                 RL_REFUSAL_INVALID_FIELD, "fix");
  expect_refused("{'ttl_ms':90000000,'amount':0,'to':'ZZZ','op':'ping'}",
                 RL_REFUSAL_UNKNOWN_CURRENCY, "to");
  expect_refused("{'to':'ZZZ','amount':0,'op':'ping'}", RL_REFUSAL_UNKNOWN_CURRENCY, "to");
  expect_refused("{'op':'quote','from':'EUR','to':'EUR','amount':0,'key':'k'}",
                 RL_REFUSAL_SAME_CURRENCY, "to");
  expect_refused("{'ttl_ms':90000000,'amount':0,'op':'ping'}", RL_REFUSAL_AMOUNT_OUT_OF_RANGE,
                 "amount");
  expect_refused("{'op':'fly','key':''}", RL_REFUSAL_UNSUPPORTED, "op");
}

Test(wire, amounts_are_taken_up_to_their_limit)
{
  cr_expect_eq(expect_taken(QUOTE("'x':0")).price.amount_minor, 1);
  cr_expect_eq(expect_taken("{'op':'ping','amount':1000000000000000}").price.amount_minor,
               RL_AMOUNT_MAX);
  expect_refused("{'op':'ping','amount':1000000000000001}", RL_REFUSAL_AMOUNT_OUT_OF_RANGE,
                 "amount");
}

Test(wire, locks_are_asked_for_up_to_a_day)
{
  cr_expect_eq(expect_taken("{'op':'ping','ttl_ms':86400000}").price.ttl_ms, RL_TTL_MAX_MS);
  expect_refused("{'op':'ping','ttl_ms':86400001}", RL_REFUSAL_TTL_NOT_OFFERED, "ttl_ms");
  expect_refused("{'op':'ping','ttl_ms':4294967296}", RL_REFUSAL_TTL_NOT_OFFERED, "ttl_ms");
}

/* {'op':'ping', FIELD: value of `length` bytes 'a', as text or binary}; a fault's refusal, NONE
 * if it is taken. */
static rl_refusal with_length(const char *field, size_t length, bool binary)
{
  static uint8_t bytes[2048];
  static char text[1024];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_request request;
  rl_fault fault;
  memset(text, 'a', sizeof text);
  rl_pack_map(&writer, 2);
  rl_pack_text(&writer, "op");
  rl_pack_text(&writer, "ping");
  rl_pack_text(&writer, field);
  if (binary)
    rl_pack_binary(&writer, text, length);
  else
    rl_pack_text_span(&writer, text, length);
  bool taken = decode_request(bytes, writer.used, &request, &fault);
  cr_expect(taken || strcmp(fault.path, field) == 0);
  return taken ? RL_REFUSAL_NONE : fault.refusal;
}

Test(wire, lengths_are_taken_up_to_their_limit)
{
  cr_expect_eq(with_length("key", RL_KEY_MAX, false), RL_REFUSAL_NONE);
  cr_expect_eq(with_length("key", RL_KEY_MAX + 1, false), RL_REFUSAL_TOO_LARGE);
  cr_expect_eq(with_length("tier", RL_NAME_MAX, false), RL_REFUSAL_NONE);
  cr_expect_eq(with_length("tier", RL_NAME_MAX + 1, false), RL_REFUSAL_TOO_LARGE);
  cr_expect_eq(with_length("method", RL_NAME_MAX, false), RL_REFUSAL_NONE);
  cr_expect_eq(with_length("method", RL_NAME_MAX + 1, false), RL_REFUSAL_TOO_LARGE);
  cr_expect_eq(with_length("token", RL_TOKEN_MAX, true), RL_REFUSAL_NONE);
  cr_expect_eq(with_length("token", RL_TOKEN_MAX + 1, true), RL_REFUSAL_TOO_LARGE);
}

Test(wire, a_key_is_refused_for_one_bad_byte_at_any_place)
{
  static const char bad[] = {'\x1f', ' ', '\x7f', '\x80', '\xff', '\0', '\n'};
  for (size_t length = 1; length <= RL_KEY_MAX; length++) {
    for (size_t place = 0; place < length; place++) {
      uint8_t bytes[128];
      char key[RL_KEY_MAX];
      memset(key, place % 2 ? '!' : '~', sizeof key);
      key[place] = bad[(place + length) % sizeof bad];
      rl_writer writer = rl_writer_over(bytes, sizeof bytes);
      rl_pack_map(&writer, 2);
      rl_pack_text(&writer, "op");
      rl_pack_text(&writer, "ping");
      rl_pack_text(&writer, "key");
      rl_pack_text_span(&writer, key, length);
      rl_request request;
      rl_fault fault;
      cr_assert_not(decode_request(bytes, writer.used, &request, &fault), "%zu of %zu", place,
                    length);
      cr_assert_eq(fault.refusal, RL_REFUSAL_INVALID_FIELD);
    }
  }
}

Test(wire, pairs_are_taken_up_to_their_limit)
{
  uint8_t bytes[1024];
  for (uint32_t count = RL_REQUEST_PAIRS_MAX; count <= RL_REQUEST_PAIRS_MAX + 1; count++) {
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    rl_pack_map(&writer, 2);
    rl_pack_text(&writer, "pairs");
    rl_pack_array(&writer, count);
    for (uint32_t i = 0; i < count; i++)
      rl_pack_text(&writer, "EURUSD");
    rl_pack_text(&writer, "op");
    rl_pack_text(&writer, "spreads");
    rl_request request;
    rl_fault fault;
    bool taken = decode_request(bytes, writer.used, &request, &fault);
    cr_expect_eq(taken, count == RL_REQUEST_PAIRS_MAX);
    if (taken)
      cr_expect_eq(request.pair_count, count);
    else
      cr_expect(fault.refusal == RL_REFUSAL_TOO_LARGE && strcmp(fault.path, "pairs") == 0);
  }
}

/* The first `count` currencies with a minor unit. */
static void put_currencies(rl_writer *writer, uint32_t count)
{
  rl_pack_array(writer, count);
  for (unsigned i = 0; i < count; i++)
    rl_pack_text(writer, rl_currency_code((rl_currency){(uint8_t)(1 + i)}));
}

Test(wire, currencies_of_a_matrix_are_taken_up_to_their_limit)
{
  uint8_t bytes[1024];
  for (uint32_t count = RL_REQUEST_CURRENCIES_MAX; count <= RL_REQUEST_CURRENCIES_MAX + 1;
       count++) {
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    rl_pack_map(&writer, 4);
    rl_pack_text(&writer, "from");
    put_currencies(&writer, count);
    rl_pack_text(&writer, "op");
    rl_pack_text(&writer, "matrix");
    rl_pack_text(&writer, "to");
    rl_pack_text(&writer, "EUR");
    rl_pack_text(&writer, "amount");
    rl_pack_u64(&writer, 1);
    rl_request request;
    rl_fault fault;
    bool taken = decode_request(bytes, writer.used, &request, &fault);
    cr_expect_eq(taken, count == RL_REQUEST_CURRENCIES_MAX);
    if (taken)
      cr_expect_eq(request.currency_count, count);
    else
      cr_expect(fault.refusal == RL_REFUSAL_TOO_LARGE && strcmp(fault.path, "from") == 0);
  }
}
