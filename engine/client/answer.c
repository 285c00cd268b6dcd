#include "client/answer.h"

#include "status/limits.h"
#include "wire/msgpack.h"

#include <string.h>

typedef enum field_kind {
  FIELD_TEXT,       /* must fit */
  FIELD_NIL_TEXT,   /* the same, or nil, which leaves it "" */
  FIELD_PROSE,      /* for people: cut to fit */
  FIELD_AMOUNT,     /* int64_t */
  FIELD_NUMBER,     /* int32_t, not negative */
  FIELD_PAUSE,      /* uint32_t */
  FIELD_TOKEN,      /* bytes and their count */
  FIELD_TRUTH,      /* bool */
} field_kind;

/* One key of an answer and where its value goes. All are required but for the optional ones. */
typedef struct answer_field {
  const char *key;
  field_kind kind;
  bool optional;
  size_t offset;      /* in the struct */
  size_t room;        /* bytes, of texts and tokens */
  size_t size_offset; /* in the struct, of a token's size_t */
} answer_field;

#define TEXT(type, member) FIELD_TEXT, false, offsetof(type, member), sizeof((type *)0)->member, 0
#define NIL_TEXT(type, member) \
  FIELD_NIL_TEXT, false, offsetof(type, member), sizeof((type *)0)->member, 0
#define AMOUNT(type, member) FIELD_AMOUNT, false, offsetof(type, member), 0, 0
#define COUNT(fields) (sizeof(fields) / sizeof((fields)[0]))

typedef struct answer_verdict {
  bool ok;
} answer_verdict;

static const answer_field verdict_fields[] = {
  {"ok", FIELD_TRUTH, false, offsetof(answer_verdict, ok), 0, 0},
};

static const answer_field refusal_fields[] = {
  {"number", FIELD_NUMBER, false, offsetof(rl_client_refusal, number), 0, 0},
  {"code", TEXT(rl_client_refusal, code)},
  {"message", FIELD_PROSE, false, offsetof(rl_client_refusal, message),
   sizeof((rl_client_refusal *)0)->message, 0},
  {"retry", TEXT(rl_client_refusal, retry)},
  {"retry_after_ms", FIELD_PAUSE, true, offsetof(rl_client_refusal, retry_after_ms), 0, 0},
};

static const answer_field quote_fields[] = {
  {"quote", TEXT(rl_client_quote, quote)},
  {"from", TEXT(rl_client_quote, from)},
  {"to", TEXT(rl_client_quote, to)},
  {"charge", AMOUNT(rl_client_quote, charge_minor)},
  {"source", AMOUNT(rl_client_quote, source_minor)},
  {"fee_total_source", AMOUNT(rl_client_quote, fees_source_minor)},
  {"fee_total_target", AMOUNT(rl_client_quote, fees_target_minor)},
  {"target", AMOUNT(rl_client_quote, target_minor)},
  {"total_cost", AMOUNT(rl_client_quote, total_cost_minor)},
  {"client_rate", TEXT(rl_client_quote, client_rate)},
  {"disclosure_rate", NIL_TEXT(rl_client_quote, disclosure_rate)},
  {"pair", TEXT(rl_client_quote, pair)},
  {"issued_at", AMOUNT(rl_client_quote, issued_utc_ms)},
  {"expires_at", AMOUNT(rl_client_quote, expires_utc_ms)},
  {"value_date", NIL_TEXT(rl_client_quote, value_date)},
  {"token", FIELD_TOKEN, false, offsetof(rl_client_quote, token),
   sizeof((rl_client_quote *)0)->token, offsetof(rl_client_quote, token_size)},
};

static const answer_field receipt_fields[] = {
  {"quote", TEXT(rl_client_receipt, quote)},
  {"state", TEXT(rl_client_receipt, state)},
  {"at", AMOUNT(rl_client_receipt, at_utc_ms)},
  {"charge", AMOUNT(rl_client_receipt, charge_minor)},
  {"target", AMOUNT(rl_client_receipt, target_minor)},
};

static bool take_text(rl_unpacker *unpacker, const answer_field *field, char *out)
{
  const char *text;
  size_t length;
  if (!rl_unpack_text(unpacker, &text, &length) || memchr(text, '\0', length))
    return false;
  if (length >= field->room) {
    if (field->kind != FIELD_PROSE)
      return false;
    length = field->room - 1;
  }
  memcpy(out, text, length);
  out[length] = '\0';
  return true;
}

static bool take_nil_text(rl_unpacker *unpacker, const answer_field *field, char *out)
{
  return rl_unpack_peek(unpacker) == RL_PACK_NIL ? rl_unpack_nil(unpacker)
                                                 : take_text(unpacker, field, out);
}

static bool take_token(rl_unpacker *unpacker, const answer_field *field, uint8_t *out,
                       size_t *out_size)
{
  const uint8_t *bytes;
  size_t size;
  if (!rl_unpack_binary(unpacker, &bytes, &size) || size > field->room)
    return false;
  memcpy(out, bytes, size);
  *out_size = size;
  return true;
}

static bool take_number(rl_unpacker *unpacker, uint64_t max, uint32_t *out)
{
  uint64_t value;
  if (!rl_unpack_u64(unpacker, &value) || value > max)
    return false;
  *out = (uint32_t)value;
  return true;
}

static bool take_value(rl_unpacker *unpacker, const answer_field *field, void *out)
{
  char *at = (char *)out + field->offset;
  switch (field->kind) {
  case FIELD_TEXT:
  case FIELD_PROSE: return take_text(unpacker, field, at);
  case FIELD_NIL_TEXT: return take_nil_text(unpacker, field, at);
  case FIELD_AMOUNT: return rl_unpack_i64(unpacker, (int64_t *)(void *)at);
  case FIELD_NUMBER: return take_number(unpacker, INT32_MAX, (uint32_t *)(void *)at);
  case FIELD_PAUSE: return take_number(unpacker, UINT32_MAX, (uint32_t *)(void *)at);
  case FIELD_TRUTH: return rl_unpack_bool(unpacker, (bool *)(void *)at);
  case FIELD_TOKEN:
    return take_token(unpacker, field, (uint8_t *)at,
                      (size_t *)(void *)((char *)out + field->size_offset));
  }
  return false;
}

/* `count` when no field has this key. */
static size_t find_field(const answer_field *fields, size_t count, const char *key,
                         size_t length)
{
  size_t i = 0;
  while (i < count && !(strlen(fields[i].key) == length && memcmp(fields[i].key, key, length) == 0))
    i++;
  return i;
}

/* Takes one pair of the map; a key of no field is passed over, a repeated one is an error. */
static bool take_pair(rl_unpacker *unpacker, const answer_field *fields, size_t count,
                      unsigned *seen, void *out)
{
  const char *key;
  size_t length;
  if (rl_unpack_peek(unpacker) != RL_PACK_TEXT)
    return rl_unpack_skip(unpacker, RL_DEPTH_MAX) && rl_unpack_skip(unpacker, RL_DEPTH_MAX);
  if (!rl_unpack_text(unpacker, &key, &length))
    return false;
  size_t index = find_field(fields, count, key, length);
  if (index == count)
    return rl_unpack_skip(unpacker, RL_DEPTH_MAX);
  if (*seen & (1u << index))
    return false;
  *seen |= 1u << index;
  return take_value(unpacker, &fields[index], out);
}

/* Reads one map into *out, which is changed also where it returns false. */
static bool read_map(const void *bytes, size_t size, const answer_field *fields, size_t count,
                     void *out)
{
  rl_unpacker unpacker = rl_unpacker_over(bytes, size);
  uint32_t pairs;
  unsigned seen = 0;
  if (rl_unpack_peek(&unpacker) != RL_PACK_MAP || !rl_unpack_map(&unpacker, &pairs))
    return false;
  for (uint32_t i = 0; i < pairs; i++) {
    if (!take_pair(&unpacker, fields, count, &seen, out))
      return false;
  }
  for (size_t i = 0; i < count; i++) {
    if (!fields[i].optional && !(seen & (1u << i)))
      return false;
  }
  return rl_unpack_done(&unpacker);
}

/* Reads the refusal, or the fields of an answer that says yes. */
static bool read_answer(const void *bytes, size_t size, const answer_field *fields, size_t count,
                        void *out, rl_client_refusal *refusal)
{
  answer_verdict verdict = {0};
  if (!read_map(bytes, size, verdict_fields, COUNT(verdict_fields), &verdict))
    return false;
  if (verdict.ok)
    return read_map(bytes, size, fields, count, out);
  return read_map(bytes, size, refusal_fields, COUNT(refusal_fields), refusal) &&
         refusal->number > 0;
}

bool rl_answer_quote(const void *bytes, size_t size, rl_client_quote *out)
{
  rl_client_quote quote = {0};
  if (!read_answer(bytes, size, quote_fields, COUNT(quote_fields), &quote, &quote.refusal))
    return false;
  *out = quote;
  return true;
}

bool rl_answer_receipt(const void *bytes, size_t size, rl_client_receipt *out)
{
  rl_client_receipt receipt = {0};
  if (!read_answer(bytes, size, receipt_fields, COUNT(receipt_fields), &receipt,
                   &receipt.refusal))
    return false;
  *out = receipt;
  return true;
}
