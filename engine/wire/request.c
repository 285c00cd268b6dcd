/* Decoding requests.
 *
 * One pass over the map: each key is looked up by its length and bytes, each known value is
 * checked where it stands, whatever the operation. A refusal does not stop the pass: of all that
 * apply the first in the order of refusal.h is kept, so that the answer does not depend on the
 * order of the keys, and the unpacker then stands at the next item by itself. Only bytes that
 * cannot be read end it.
 *
 * Two bit sets go along: `seen`, keys that stood there (a second one is refused, even if both
 * are nil), and `given`, those with a value other than nil. */
#include "wire/decoding.h"

#include <stdio.h>
#include <string.h>

/* Keeps the refusal that comes first in precedence, and of equals the first met. */
static void refuse(rl_decoding *in, rl_refusal refusal, const char *path, const char *detail)
{
  if (in->fault->refusal == RL_REFUSAL_NONE || refusal < in->fault->refusal)
    rl_fault_set(in->fault, refusal, path, detail);
}

void rl_refuse_field(rl_decoding *in, rl_refusal refusal, rl_field field, const char *detail)
{
  refuse(in, refusal, rl_field_name(field), detail);
}

void rl_refuse_type(rl_decoding *in, rl_field field, rl_value value, const char *detail)
{
  if (value.type != RL_PACK_END) /* else the bytes end here, which is judged at the end */
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, field, detail);
  (void)rl_unpack_skip_contents(in->unpacker, value, RL_VALUE_DEPTH);
}

bool rl_value_is_text(rl_decoding *in, rl_field field, rl_value value)
{
  if (value.type == RL_PACK_TEXT)
    return true;
  rl_refuse_type(in, field, value, "expected text");
  return false;
}

static bool text_equals(rl_value value, const char *text, size_t length)
{
  return value.size == length && memcmp(value.bytes, text, length) == 0;
}

/* Copies a name of 1 … limit bytes of printable ASCII from `lowest` on, with a NUL. */
void rl_take_name(rl_decoding *in, rl_field field, rl_value value, uint8_t lowest,
                      char *out, size_t limit)
{
  if (!rl_value_is_text(in, field, value))
    return;
  if (value.size > limit) {
    rl_refuse_field(in, RL_REFUSAL_TOO_LARGE, field, "longer than the limit");
  } else if (value.size == 0 || !rl_value_is_printable(value, lowest)) {
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, field, "empty, or not printable ASCII");
  } else {
    memcpy(out, value.bytes, value.size);
    out[value.size] = '\0';
  }
}

static void take_operation(rl_decoding *in, rl_value value)
{
  if (!rl_value_is_text(in, RL_FIELD_OP, value))
    return;
  for (unsigned kind = 1; kind < RL_KIND_END; kind++) {
    const rl_operation_word *word = &rl_operation_words[kind];
    if (text_equals(value, word->name, word->length)) {
      in->out->kind = (rl_request_kind)kind;
      return;
    }
  }
  rl_refuse_field(in, RL_REFUSAL_UNSUPPORTED, RL_FIELD_OP, "no such operation");
}

static void take_currency(rl_decoding *in, rl_field field, rl_value value, rl_currency *out)
{
  if (rl_value_is_text(in, field, value) &&
      rl_currency_find((const char *)value.bytes, value.size, out) != RL_OK)
    rl_refuse_field(in, RL_REFUSAL_UNKNOWN_CURRENCY, field, "expected an ISO 4217 code");
}

/* An element of an array: it is refused with its place. */
static void refuse_element(rl_decoding *in, rl_refusal refusal, rl_field field, unsigned index,
                           const char *detail)
{
  char path[24];
  snprintf(path, sizeof path, "%s[%u]", rl_field_name(field), index);
  refuse(in, refusal, path, detail);
}

/* The next element's text; false, with the element passed over, if it is something else. */
static bool take_element(rl_decoding *in, rl_field field, unsigned index, rl_value *out)
{
  *out = rl_unpack_value(in->unpacker);
  if (out->type == RL_PACK_TEXT)
    return true;
  if (out->type != RL_PACK_END)
    refuse_element(in, RL_REFUSAL_INVALID_FIELD, field, index, "expected text");
  (void)rl_unpack_skip_contents(in->unpacker, *out, RL_VALUE_DEPTH - 1);
  return false;
}

/* Whether an array may have so many elements; it is passed over if not. */
static bool array_fits(rl_decoding *in, rl_field field, rl_value array, unsigned limit)
{
  if (array.size <= limit)
    return true;
  rl_refuse_field(in, RL_REFUSAL_TOO_LARGE, field, "more names than one request may hold");
  (void)rl_unpack_skip_contents(in->unpacker, array, RL_VALUE_DEPTH);
  return false;
}

static void take_source_currency(rl_decoding *in, unsigned index)
{
  rl_currency *currencies = in->out->currencies;
  rl_value value;
  currencies[index] = RL_CURRENCY_NONE;
  if (!take_element(in, RL_FIELD_FROM, index, &value))
    return;
  if (rl_currency_find((const char *)value.bytes, value.size, &currencies[index]) != RL_OK) {
    refuse_element(in, RL_REFUSAL_UNKNOWN_CURRENCY, RL_FIELD_FROM, index,
                   "expected an ISO 4217 code");
    return;
  }
  for (unsigned i = 0; i < index; i++) {
    if (rl_currency_equal(currencies[i], currencies[index]))
      refuse_element(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_FROM, index, "named twice");
  }
}

/* One currency, or the many of a matrix; which of the two it must be is looked at together with
 * the operation. */
static void take_from(rl_decoding *in, rl_value value)
{
  in->lists_from = value.type == RL_PACK_ARRAY;
  if (!in->lists_from) {
    take_currency(in, RL_FIELD_FROM, value, &in->out->from);
    return;
  }
  if (!array_fits(in, RL_FIELD_FROM, value, RL_REQUEST_CURRENCIES_MAX))
    return;
  if (value.size == 0)
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_FROM, "names no currency");
  for (unsigned i = 0; i < value.size; i++)
    take_source_currency(in, i);
  in->out->currency_count = value.size;
}

static void take_minor(rl_decoding *in, rl_field field, rl_value value, int64_t *out)
{
  if (value.type != RL_PACK_UINT && value.type != RL_PACK_INT)
    rl_refuse_type(in, field, value, "expected an integer");
  else if (value.type == RL_PACK_INT || value.number < 1 || value.number > RL_AMOUNT_MAX)
    rl_refuse_field(in, RL_REFUSAL_AMOUNT_OUT_OF_RANGE, field, "expected 1 to 10^15 minor units");
  else
    *out = (int64_t)value.number;
}

static void take_ttl(rl_decoding *in, rl_value value)
{
  if (value.type != RL_PACK_UINT)
    rl_refuse_type(in, RL_FIELD_TTL_MS, value, "expected an integer, 0 or more");
  else if (value.number > RL_TTL_MAX_MS)
    rl_refuse_field(in, RL_REFUSAL_TTL_NOT_OFFERED, RL_FIELD_TTL_MS, "a lock is at most 24 hours");
  else
    in->out->price.ttl_ms = (uint32_t)value.number;
}

static void take_fix(rl_decoding *in, rl_value value)
{
  if (!rl_value_is_text(in, RL_FIELD_FIX, value))
    return;
  if (text_equals(value, "source", 6))
    in->out->price.fixed = RL_FIXED_SOURCE;
  else if (text_equals(value, "target", 6))
    in->out->price.fixed = RL_FIXED_TARGET;
  else
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_FIX,
                    "expected \"source\" or \"target\"");
}

static void take_quote_id(rl_decoding *in, rl_value value)
{
  if (!rl_value_is_text(in, RL_FIELD_QUOTE, value))
    return;
  in->out->has_id = rl_quote_id_parse((const char *)value.bytes, value.size,
                                      &in->out->id) == RL_OK;
  if (!in->out->has_id)
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_QUOTE,
                    "expected 26 characters of an id");
}

static void take_token(rl_decoding *in, rl_value value)
{
  if (value.type != RL_PACK_BINARY) {
    rl_refuse_type(in, RL_FIELD_TOKEN, value, "expected binary");
  } else if (value.size > RL_TOKEN_MAX) {
    rl_refuse_field(in, RL_REFUSAL_TOO_LARGE, RL_FIELD_TOKEN, "longer than any token");
  } else if (value.size == 0) {
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_TOKEN, "empty");
  } else {
    in->out->token = value.bytes;
    in->out->token_size = value.size;
  }
}

static void take_pair(rl_decoding *in, unsigned index)
{
  rl_value value;
  if (!take_element(in, RL_FIELD_PAIRS, index, &value))
    return;
  in->out->pairs[index].text = (const char *)value.bytes;
  in->out->pairs[index].length = value.size;
}

static void take_pairs(rl_decoding *in, rl_value value)
{
  if (value.type != RL_PACK_ARRAY) {
    rl_refuse_type(in, RL_FIELD_PAIRS, value, "expected an array of names");
    return;
  }
  if (!array_fits(in, RL_FIELD_PAIRS, value, RL_REQUEST_PAIRS_MAX))
    return;
  for (unsigned i = 0; i < value.size; i++)
    take_pair(in, i);
  in->out->pair_count = value.size;
}

static void take_field(rl_decoding *in, rl_field field, rl_value value)
{
  rl_request *out = in->out;
  switch (field) {
  case RL_FIELD_OP: take_operation(in, value); break;
  case RL_FIELD_FROM: take_from(in, value); break;
  case RL_FIELD_TO: take_currency(in, field, value, &out->to); break;
  case RL_FIELD_AMOUNT: take_minor(in, field, value, &out->price.amount_minor); break;
  case RL_FIELD_FIX: take_fix(in, value); break;
  case RL_FIELD_TTL_MS: take_ttl(in, value); break;
  case RL_FIELD_TIER: rl_take_name(in, field, value, ' ', out->price.tier, RL_NAME_MAX); break;
  case RL_FIELD_METHOD: rl_take_name(in, field, value, ' ', out->price.method, RL_NAME_MAX); break;
  case RL_FIELD_KEY: rl_take_name(in, field, value, '!', out->key, RL_KEY_MAX); break;
  case RL_FIELD_QUOTE: take_quote_id(in, value); break;
  case RL_FIELD_TOKEN: take_token(in, value); break;
  case RL_FIELD_PAIRS: take_pairs(in, value); break;
  case RL_FIELD_CLIENT:
    rl_take_name(in, field, value, ' ', out->client, RL_CLIENT_NAME_MAX);
    break;
  case RL_FIELD_CURRENCY: take_currency(in, field, value, &out->movement.amount.currency); break;
  case RL_FIELD_BOUGHT: take_minor(in, field, value, &out->movement.amount.minor); break;
  case RL_FIELD_SOLD: take_minor(in, field, value, &out->movement.sold.minor); break;
  case RL_FIELD_SINCE: rl_take_instant(in, field, value, &out->since_ms); break;
  case RL_FIELD_BEFORE: rl_take_instant(in, field, value, &out->before_ms); break;
  case RL_FIELD_KIND:
  case RL_FIELD_PARTY:
  case RL_FIELD_ACCOUNT:
  case RL_FIELD_DIRECTION:
  case RL_FIELD_VALUE_DATE:
  case RL_FIELD_REFERENCE: rl_take_movement_field(in, field, value); break;
  case RL_FIELD_PAIR:
  case RL_FIELD_TARIFF:
  case RL_FIELD_ISSUED_FROM:
  case RL_FIELD_ISSUED_BEFORE:
  case RL_FIELD_ALL:
  case RL_FIELD_REASON: rl_take_revoke_field(in, field, value); break;
  case RL_FIELD_NONE:
    (void)rl_unpack_skip_contents(in->unpacker, value, RL_VALUE_DEPTH);
    break;
  }
}

/* By length first: the comparisons left are of a constant size, a load or two each. */
static rl_field find_field(const char *text, size_t length)
{
#define IS(literal) (memcmp(text, literal, sizeof(literal) - 1) == 0)
  switch (length) {
  case 2: return IS("op") ? RL_FIELD_OP : IS("to") ? RL_FIELD_TO : RL_FIELD_NONE;
  case 3:
    return IS("key")   ? RL_FIELD_KEY
           : IS("fix") ? RL_FIELD_FIX
           : IS("all") ? RL_FIELD_ALL
                       : RL_FIELD_NONE;
  case 4:
    return IS("from")   ? RL_FIELD_FROM
           : IS("tier") ? RL_FIELD_TIER
           : IS("kind") ? RL_FIELD_KIND
           : IS("sold") ? RL_FIELD_SOLD
           : IS("pair") ? RL_FIELD_PAIR
                        : RL_FIELD_NONE;
  case 5:
    return IS("quote")   ? RL_FIELD_QUOTE
           : IS("token") ? RL_FIELD_TOKEN
           : IS("pairs") ? RL_FIELD_PAIRS
           : IS("party") ? RL_FIELD_PARTY
           : IS("since") ? RL_FIELD_SINCE
                         : RL_FIELD_NONE;
  case 6:
    return IS("amount")   ? RL_FIELD_AMOUNT
           : IS("ttl_ms") ? RL_FIELD_TTL_MS
           : IS("method") ? RL_FIELD_METHOD
           : IS("client") ? RL_FIELD_CLIENT
           : IS("before") ? RL_FIELD_BEFORE
           : IS("bought") ? RL_FIELD_BOUGHT
           : IS("tariff") ? RL_FIELD_TARIFF
           : IS("reason") ? RL_FIELD_REASON
                          : RL_FIELD_NONE;
  case 7: return IS("account") ? RL_FIELD_ACCOUNT : RL_FIELD_NONE;
  case 8: return IS("currency") ? RL_FIELD_CURRENCY : RL_FIELD_NONE;
  case 9:
    return IS("direction")   ? RL_FIELD_DIRECTION
           : IS("reference") ? RL_FIELD_REFERENCE
                             : RL_FIELD_NONE;
  case 10: return IS("value_date") ? RL_FIELD_VALUE_DATE : RL_FIELD_NONE;
  case 11: return IS("issued_from") ? RL_FIELD_ISSUED_FROM : RL_FIELD_NONE;
  case 13: return IS("issued_before") ? RL_FIELD_ISSUED_BEFORE : RL_FIELD_NONE;
  default: return RL_FIELD_NONE;
  }
#undef IS
}

/* A key that is no text, and its value. */
static void refuse_entry(rl_decoding *in, rl_value key)
{
  refuse(in, RL_REFUSAL_INVALID_FIELD, "", "a key is not text");
  (void)(rl_unpack_skip_contents(in->unpacker, key, RL_VALUE_DEPTH) &&
         rl_unpack_skip(in->unpacker, RL_VALUE_DEPTH));
}

static void take_entry(rl_decoding *in)
{
  rl_value key = rl_unpack_value(in->unpacker);
  if (key.type != RL_PACK_TEXT) {
    refuse_entry(in, key);
    return;
  }
  rl_field field = find_field((const char *)key.bytes, key.size);
  rl_value value = rl_unpack_value(in->unpacker);
  unsigned bit = 1u << field;
  if (field != RL_FIELD_NONE && (in->seen & bit)) {
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, field, "given twice");
    field = RL_FIELD_NONE;
  }
  in->seen |= bit;
  if (value.type == RL_PACK_NIL)
    return;
  in->given |= bit;
  take_field(in, field, value);
}

static void check_required(rl_decoding *in)
{
  if (!(in->given & (1u << RL_FIELD_OP))) {
    rl_refuse_field(in, RL_REFUSAL_MISSING_FIELD, RL_FIELD_OP, "say what is asked for");
    return;
  }
  const rl_operation_word *word = &rl_operation_words[in->out->kind];
  unsigned missing = word->required & ~in->given;
  if (missing)
    rl_refuse_field(in, RL_REFUSAL_MISSING_FIELD, (rl_field)__builtin_ctz(missing), "required");
  if (word->names_quote &&
      !(in->given & (1u << RL_FIELD_QUOTE | 1u << RL_FIELD_TOKEN)))
    rl_refuse_field(in, RL_REFUSAL_MISSING_FIELD, RL_FIELD_QUOTE, "give quote, token, or both");
}

/* Both have many currencies to come from. */
static void check_list(rl_decoding *in)
{
  if ((in->given & 1u << RL_FIELD_FROM) && !in->lists_from)
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_FROM, "expected an array of currencies");
}

/* A matrix fixes its target, whether it says so or not. */
static void check_matrix(rl_decoding *in)
{
  rl_price_request *price = &in->out->price;
  check_list(in);
  if ((in->given & 1u << RL_FIELD_FIX) && price->fixed == RL_FIXED_SOURCE)
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_FIX, "a matrix fixes its target");
  price->fixed = RL_FIXED_TARGET;
}

static void check_together(rl_decoding *in)
{
  const rl_request *request = in->out;
  if (request->kind == RL_REQUEST_MATRIX) {
    check_matrix(in);
    return;
  }
  if (request->kind == RL_REQUEST_MIDS) {
    check_list(in);
    return;
  }
  if (request->kind == RL_REQUEST_POST) {
    rl_check_movement(in);
    return;
  }
  if (request->kind == RL_REQUEST_REVOKE) {
    rl_check_revoke(in);
    return;
  }
  if (request->kind == RL_REQUEST_EXPORTED && request->before_ms < request->since_ms)
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_BEFORE, "earlier than since");
  bool prices = rl_kind_is_priced(request->kind);
  if (prices && in->lists_from)
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_FROM, "expected text");
  /* Where both are none, a refusal of each stands already, and before this one in precedence. */
  if (prices && rl_currency_equal(request->from, request->to))
    rl_refuse_field(in, RL_REFUSAL_SAME_CURRENCY, RL_FIELD_TO, "the same as from");
  if (request->kind == RL_REQUEST_TWO_WAY && request->price.fixed == RL_FIXED_TARGET)
    rl_refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_FIX, "a two-way quote fixes its source");
}

/* Pair, tariff and the letters of the reason are guarded by what stands here. */
static void clear_revoke(rl_revoke_request *out)
{
  out->all = false;
  out->has_pair = false;
  out->has_tariff = false;
  out->issued_from_ms = INT64_MIN;
  out->issued_before_ms = INT64_MAX;
  out->reason[0] = '\0';
}

/* All but the names of pairs and the currencies, which their counts guard: a thousand bytes that
 * need no clearing. */
static void clear_request(rl_request *out)
{
  out->kind = (rl_request_kind)0;
  out->from = RL_CURRENCY_NONE;
  out->to = RL_CURRENCY_NONE;
  out->price = (rl_price_request){.fixed = RL_FIXED_SOURCE};
  out->key[0] = '\0';
  out->has_id = false;
  out->id = (rl_quote_id){0};
  out->token = NULL;
  out->token_size = 0;
  out->client[0] = '\0';
  out->pair_count = 0;
  out->currency_count = 0;
  out->movement = (rl_movement){0};
  clear_revoke(&out->revoke);
  out->since_ms = 0;
  out->before_ms = 0;
}

bool rl_request_next(rl_unpacker *unpacker, rl_request *out, rl_fault *fault)
{
  rl_decoding in = {.unpacker = unpacker, .out = out, .fault = fault};
  fault->refusal = RL_REFUSAL_NONE;
  clear_request(out);
  rl_value head = rl_unpack_value(unpacker);
  if (head.type == RL_PACK_MAP) {
    for (uint32_t i = 0; i < head.size && !unpacker->reader.failed; i++)
      take_entry(&in);
    check_required(&in);
    check_together(&in);
  } else {
    refuse(&in, RL_REFUSAL_INVALID_FIELD, "", "expected a map");
    (void)rl_unpack_skip_contents(unpacker, head, RL_VALUE_DEPTH + 1);
  }
  if (unpacker->reader.failed)
    rl_fault_set(fault, RL_REFUSAL_MALFORMED_REQUEST, "", rl_unreadable);
  if (fault->refusal != RL_REFUSAL_NONE)
    return false;
  out->body = rl_request_body(out);
  return true;
}

bool rl_requests_open(const void *bytes, size_t size, rl_unpacker *unpacker, uint32_t *count,
                      bool *batch, rl_fault *fault)
{
  *unpacker = (rl_unpacker){.reader = {.bytes = bytes, .size = size}};
  *count = 1;
  rl_unpacker ahead = *unpacker;
  rl_pack_type type = rl_unpack_value(&ahead).type;
  *batch = type == RL_PACK_ARRAY && rl_unpack_array(unpacker, count);
  fault->refusal = RL_REFUSAL_NONE;
  if (size > RL_MESSAGE_MAX)
    rl_fault_set(fault, RL_REFUSAL_TOO_LARGE, "", "larger than a message may be");
  else if (type == RL_PACK_EXT)
    rl_fault_set(fault, RL_REFUSAL_UNSUPPORTED, "", "this version knows no authenticated envelope");
  else if (type == RL_PACK_END)
    rl_fault_set(fault, RL_REFUSAL_MALFORMED_REQUEST, "", rl_unreadable);
  else if (type != RL_PACK_MAP && type != RL_PACK_ARRAY)
    rl_fault_set(fault, RL_REFUSAL_MALFORMED_REQUEST, "", "expected a map or an array of maps");
  else if (*count > RL_BATCH_MAX)
    rl_fault_set(fault, RL_REFUSAL_TOO_LARGE, "", "a batch is at most 1024 requests");
  return fault->refusal == RL_REFUSAL_NONE;
}

bool rl_requests_close(const rl_unpacker *unpacker, rl_fault *fault)
{
  if (rl_unpack_done(unpacker))
    return true;
  rl_fault_set(fault, RL_REFUSAL_MALFORMED_REQUEST, "",
            unpacker->reader.failed ? rl_unreadable : "bytes are left over");
  return false;
}
