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
#include "wire/request.h"

#include "wire/fields.h"

#include <stdio.h>
#include <string.h>

/* A batch's array and the request's map are two levels; this is left for a value inside. */
#define VALUE_DEPTH (RL_DEPTH_MAX - 2)

static const char unreadable[] = "cut short, a length beyond the bytes, or nested too deeply";

typedef struct decoding {
  rl_unpacker *unpacker;
  rl_request *out;
  rl_fault *fault;
  unsigned seen;
  unsigned given;
} decoding;

static void set_fault(rl_fault *fault, rl_refusal refusal, const char *path, const char *detail)
{
  fault->refusal = refusal;
  snprintf(fault->path, sizeof fault->path, "%s", path);
  snprintf(fault->detail, sizeof fault->detail, "%s", detail);
}

/* Keeps the refusal that comes first in precedence, and of equals the first met. */
static void refuse(decoding *in, rl_refusal refusal, const char *path, const char *detail)
{
  if (in->fault->refusal == RL_REFUSAL_NONE || refusal < in->fault->refusal)
    set_fault(in->fault, refusal, path, detail);
}

static void refuse_field(decoding *in, rl_refusal refusal, rl_field field, const char *detail)
{
  refuse(in, refusal, rl_field_name(field), detail);
}

/* Passes over one value. A failure is the unpacker's, seen at the end of the pass. */
static void skip_value(decoding *in)
{
  (void)rl_unpack_skip(in->unpacker, VALUE_DEPTH);
}

/* True when the value that stands next is of `type`; otherwise it is refused and passed over. */
static bool expect(decoding *in, rl_field field, rl_pack_type type, const char *detail)
{
  if (rl_unpack_peek(in->unpacker) == type)
    return true;
  refuse_field(in, RL_REFUSAL_INVALID_FIELD, field, detail);
  skip_value(in);
  return false;
}

static bool take_text(decoding *in, rl_field field, const char **text, size_t *length)
{
  return expect(in, field, RL_PACK_TEXT, "expected text") &&
         rl_unpack_text(in->unpacker, text, length);
}

static bool is_printable(const char *text, size_t length, char lowest)
{
  for (size_t i = 0; i < length; i++) {
    if (text[i] < lowest || text[i] > '~')
      return false;
  }
  return true;
}

/* Copies a name of 1 … limit bytes of printable ASCII from `lowest` on, with a NUL. */
static void take_name(decoding *in, rl_field field, char lowest, char *out, size_t limit)
{
  const char *text;
  size_t length;
  if (!take_text(in, field, &text, &length))
    return;
  if (length > limit) {
    refuse_field(in, RL_REFUSAL_TOO_LARGE, field, "longer than the limit");
  } else if (length == 0 || !is_printable(text, length, lowest)) {
    refuse_field(in, RL_REFUSAL_INVALID_FIELD, field, "empty, or not printable ASCII");
  } else {
    memcpy(out, text, length);
    out[length] = '\0';
  }
}

static void take_operation(decoding *in)
{
  const char *text;
  size_t length;
  if (!take_text(in, RL_FIELD_OP, &text, &length))
    return;
  in->out->kind = rl_kind_find(text, length);
  if (in->out->kind == 0)
    refuse_field(in, RL_REFUSAL_UNSUPPORTED, RL_FIELD_OP, "no such operation");
}

static void take_currency(decoding *in, rl_field field, rl_currency *out)
{
  const char *text;
  size_t length;
  if (take_text(in, field, &text, &length) && rl_currency_find(text, length, out) != RL_OK)
    refuse_field(in, RL_REFUSAL_UNKNOWN_CURRENCY, field, "expected an ISO 4217 code");
}

static void take_amount(decoding *in)
{
  rl_pack_type type = rl_unpack_peek(in->unpacker);
  uint64_t minor = 0;
  if (type == RL_PACK_INT)
    skip_value(in);
  else if (!expect(in, RL_FIELD_AMOUNT, RL_PACK_UINT, "expected an integer") ||
           !rl_unpack_u64(in->unpacker, &minor))
    return;
  if (minor < 1 || minor > RL_AMOUNT_MAX)
    refuse_field(in, RL_REFUSAL_AMOUNT_OUT_OF_RANGE, RL_FIELD_AMOUNT,
                 "expected 1 to 10^15 minor units");
  else
    in->out->price.amount_minor = (int64_t)minor;
}

static void take_ttl(decoding *in)
{
  uint64_t ttl_ms;
  if (!expect(in, RL_FIELD_TTL_MS, RL_PACK_UINT, "expected an integer, 0 or more") ||
      !rl_unpack_u64(in->unpacker, &ttl_ms))
    return;
  if (ttl_ms > RL_TTL_MAX_MS)
    refuse_field(in, RL_REFUSAL_TTL_NOT_OFFERED, RL_FIELD_TTL_MS, "a lock is at most 24 hours");
  else
    in->out->price.ttl_ms = (uint32_t)ttl_ms;
}

static void take_fix(decoding *in)
{
  const char *text;
  size_t length;
  if (!take_text(in, RL_FIELD_FIX, &text, &length))
    return;
  if (length == 6 && memcmp(text, "source", 6) == 0)
    in->out->price.fixed = RL_FIXED_SOURCE;
  else if (length == 6 && memcmp(text, "target", 6) == 0)
    in->out->price.fixed = RL_FIXED_TARGET;
  else
    refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_FIX, "expected \"source\" or \"target\"");
}

static void take_quote_id(decoding *in)
{
  const char *text;
  size_t length;
  if (!take_text(in, RL_FIELD_QUOTE, &text, &length))
    return;
  in->out->has_id = rl_quote_id_parse(text, length, &in->out->id) == RL_OK;
  if (!in->out->has_id)
    refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_QUOTE, "expected 26 characters of an id");
}

static void take_token(decoding *in)
{
  const uint8_t *token;
  size_t size;
  if (!expect(in, RL_FIELD_TOKEN, RL_PACK_BINARY, "expected binary") ||
      !rl_unpack_binary(in->unpacker, &token, &size))
    return;
  if (size > RL_TOKEN_MAX) {
    refuse_field(in, RL_REFUSAL_TOO_LARGE, RL_FIELD_TOKEN, "longer than any token");
  } else if (size == 0) {
    refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_TOKEN, "empty");
  } else {
    in->out->token = token;
    in->out->token_size = size;
  }
}

static void take_pair(decoding *in, unsigned index)
{
  const char *text;
  size_t length;
  if (rl_unpack_peek(in->unpacker) != RL_PACK_TEXT) {
    char path[24];
    snprintf(path, sizeof path, "pairs[%u]", index);
    refuse(in, RL_REFUSAL_INVALID_FIELD, path, "expected text");
    skip_value(in);
  } else if (rl_unpack_text(in->unpacker, &text, &length)) {
    in->out->pairs[index].text = text;
    in->out->pairs[index].length = length;
  }
}

static void take_pairs(decoding *in)
{
  uint32_t count;
  rl_unpacker start = *in->unpacker;
  if (!expect(in, RL_FIELD_PAIRS, RL_PACK_ARRAY, "expected an array of names") ||
      !rl_unpack_array(in->unpacker, &count))
    return;
  if (count > RL_REQUEST_PAIRS_MAX) {
    refuse_field(in, RL_REFUSAL_TOO_LARGE, RL_FIELD_PAIRS, "more names than one request may hold");
    *in->unpacker = start;
    skip_value(in);
    return;
  }
  for (unsigned i = 0; i < count; i++)
    take_pair(in, i);
  in->out->pair_count = count;
}

static void take_value(decoding *in, rl_field field)
{
  switch (field) {
  case RL_FIELD_OP: take_operation(in); break;
  case RL_FIELD_FROM: take_currency(in, field, &in->out->from); break;
  case RL_FIELD_TO: take_currency(in, field, &in->out->to); break;
  case RL_FIELD_AMOUNT: take_amount(in); break;
  case RL_FIELD_FIX: take_fix(in); break;
  case RL_FIELD_TTL_MS: take_ttl(in); break;
  case RL_FIELD_TIER: take_name(in, field, ' ', in->out->price.tier, RL_NAME_MAX); break;
  case RL_FIELD_KEY: take_name(in, field, '!', in->out->key, RL_KEY_MAX); break;
  case RL_FIELD_QUOTE: take_quote_id(in); break;
  case RL_FIELD_TOKEN: take_token(in); break;
  case RL_FIELD_PAIRS: take_pairs(in); break;
  case RL_FIELD_NONE: skip_value(in); break;
  }
}

static void take_entry(decoding *in)
{
  if (rl_unpack_peek(in->unpacker) != RL_PACK_TEXT) {
    refuse(in, RL_REFUSAL_INVALID_FIELD, "", "a key is not text");
    skip_value(in);
    skip_value(in);
    return;
  }
  const char *text;
  size_t length;
  if (!rl_unpack_text(in->unpacker, &text, &length))
    return;
  rl_field field = rl_field_find(text, length);
  unsigned bit = 1u << field;
  if (field != RL_FIELD_NONE && (in->seen & bit)) {
    refuse_field(in, RL_REFUSAL_INVALID_FIELD, field, "given twice");
    skip_value(in);
    return;
  }
  in->seen |= bit;
  if (rl_unpack_peek(in->unpacker) == RL_PACK_NIL) {
    (void)rl_unpack_nil(in->unpacker);
    return;
  }
  in->given |= bit;
  take_value(in, field);
}

static void check_required(decoding *in)
{
  if (!(in->given & (1u << RL_FIELD_OP))) {
    refuse_field(in, RL_REFUSAL_MISSING_FIELD, RL_FIELD_OP, "say what is asked for");
    return;
  }
  unsigned missing = rl_kind_required(in->out->kind) & ~in->given;
  if (missing)
    refuse_field(in, RL_REFUSAL_MISSING_FIELD, (rl_field)__builtin_ctz(missing), "required");
  if (rl_kind_names_quote(in->out->kind) &&
      !(in->given & (1u << RL_FIELD_QUOTE | 1u << RL_FIELD_TOKEN)))
    refuse_field(in, RL_REFUSAL_MISSING_FIELD, RL_FIELD_QUOTE, "give quote, token, or both");
}

static void check_together(decoding *in)
{
  const rl_request *request = in->out;
  bool prices = request->kind == RL_REQUEST_QUOTE || request->kind == RL_REQUEST_TWO_WAY;
  if (prices && request->from.index != 0 && rl_currency_equal(request->from, request->to))
    refuse_field(in, RL_REFUSAL_SAME_CURRENCY, RL_FIELD_TO, "the same as from");
  if (request->kind == RL_REQUEST_TWO_WAY && request->price.fixed == RL_FIXED_TARGET)
    refuse_field(in, RL_REFUSAL_INVALID_FIELD, RL_FIELD_FIX, "a two-way quote fixes its source");
}

/* All but the names of pairs, which pair_count guards: a thousand bytes that need no clearing. */
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
  out->pair_count = 0;
}

bool rl_request_next(rl_unpacker *unpacker, rl_request *out, rl_fault *fault)
{
  decoding in = {.unpacker = unpacker, .out = out, .fault = fault};
  fault->refusal = RL_REFUSAL_NONE;
  clear_request(out);
  uint32_t entries = 0;
  if (rl_unpack_peek(unpacker) == RL_PACK_MAP) {
    (void)rl_unpack_map(unpacker, &entries);
    for (uint32_t i = 0; i < entries && !unpacker->reader.failed; i++)
      take_entry(&in);
    check_required(&in);
    check_together(&in);
  } else {
    refuse(&in, RL_REFUSAL_INVALID_FIELD, "", "expected a map");
    skip_value(&in);
  }
  if (unpacker->reader.failed)
    set_fault(fault, RL_REFUSAL_MALFORMED_REQUEST, "", unreadable);
  if (fault->refusal != RL_REFUSAL_NONE)
    return false;
  out->body = rl_request_body(out);
  return true;
}

bool rl_requests_open(const void *bytes, size_t size, rl_unpacker *unpacker, uint32_t *count,
                      bool *batch, rl_fault *fault)
{
  *unpacker = rl_unpacker_over(bytes, size);
  *count = 1;
  rl_pack_type type = rl_unpack_peek(unpacker);
  *batch = type == RL_PACK_ARRAY && rl_unpack_array(unpacker, count);
  fault->refusal = RL_REFUSAL_NONE;
  if (size > RL_MESSAGE_MAX)
    set_fault(fault, RL_REFUSAL_TOO_LARGE, "", "a message is at most 262144 bytes");
  else if (type == RL_PACK_EXT)
    set_fault(fault, RL_REFUSAL_UNSUPPORTED, "", "this version knows no authenticated envelope");
  else if (type == RL_PACK_END)
    set_fault(fault, RL_REFUSAL_MALFORMED_REQUEST, "", unreadable);
  else if (type != RL_PACK_MAP && type != RL_PACK_ARRAY)
    set_fault(fault, RL_REFUSAL_MALFORMED_REQUEST, "", "expected a map or an array of maps");
  else if (*count > RL_BATCH_MAX)
    set_fault(fault, RL_REFUSAL_TOO_LARGE, "", "a batch is at most 1024 requests");
  return fault->refusal == RL_REFUSAL_NONE;
}

bool rl_requests_close(const rl_unpacker *unpacker, rl_fault *fault)
{
  if (rl_unpack_done(unpacker))
    return true;
  set_fault(fault, RL_REFUSAL_MALFORMED_REQUEST, "",
            unpacker->reader.failed ? unreadable : "bytes are left over");
  return false;
}
