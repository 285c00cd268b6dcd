#include "wire/entry.h"

void rl_pack_ok(rl_writer *writer, uint32_t entries)
{
  rl_pack_map(writer, 1 + entries);
  RL_ENTRY(writer, "ok", rl_pack_bool, true);
}

void rl_pack_currency(rl_writer *writer, rl_currency currency)
{
  if (rl_currency_equal(currency, RL_CURRENCY_NONE))
    rl_pack_nil(writer);
  else
    rl_append_short_text(writer, rl_currency_code(currency), 3);
}

void rl_pack_pair(rl_writer *writer, rl_currency base, rl_currency quote)
{
  char name[6];
  memcpy(name, rl_currency_code(base), 3);
  memcpy(name + 3, rl_currency_code(quote), 3);
  rl_append_short_text(writer, name, sizeof name);
}

void rl_pack_rate(rl_writer *writer, rl_rate rate)
{
  char text[RL_RATE_TEXT_SIZE];
  rl_append_short_text(writer, text, rl_rate_format(rate, text));
}

void rl_pack_half_units(rl_writer *writer, uint32_t half_units, unsigned scale)
{
  rl_pack_rate(writer, (rl_rate){.mantissa = 5ull * half_units, .scale = (uint8_t)(scale + 1)});
}

void rl_pack_bps(rl_writer *writer, int32_t e8)
{
  char text[RL_BPS_TEXT_SIZE];
  rl_append_short_text(writer, text, rl_bps_format(e8, text));
}

/* A tenth is a thousand of the 10^-4 that basis points are written in. */
void rl_pack_points(rl_writer *writer, int32_t points_e1)
{
  _Static_assert(RL_POINTS_E1_MAX <= INT32_MAX / 1000, "fits");
  rl_pack_bps(writer, points_e1 * 1000);
}

void rl_pack_name(rl_writer *writer, const char *name)
{
  if (name[0] == '\0')
    rl_pack_nil(writer);
  else
    rl_pack_text(writer, name);
}

void rl_pack_date(rl_writer *writer, rl_date date)
{
  char text[RL_DATE_TEXT_SIZE];
  rl_date_format(date, text);
  rl_append_short_text(writer, text, RL_DATE_TEXT_SIZE - 1);
}

void rl_pack_quote_id(rl_writer *writer, rl_quote_id id)
{
  char text[RL_QUOTE_ID_TEXT_SIZE];
  rl_quote_id_format(id, text);
  rl_append_short_text(writer, text, RL_QUOTE_ID_TEXT_SIZE - 1);
}

void rl_pack_value_day(rl_writer *writer, int32_t day)
{
  if (day == RL_NO_VALUE_DAY)
    rl_pack_nil(writer);
  else
    rl_pack_date(writer, (rl_date){day});
}

void rl_pack_quote_of(rl_writer *writer, const rl_transaction *transaction)
{
  bool sold = transaction->kind == RL_TRANSACTION_SALE
              || transaction->kind == RL_TRANSACTION_REFUND;
  if (sold)
    rl_pack_quote_id(writer, transaction->quote);
  else
    rl_pack_nil(writer);
}

/* Not by crypto's encoder: that one takes the same time for every secret, and a hash is none. */
void rl_pack_digest(rl_writer *writer, rl_digest digest)
{
  char text[2 * RL_DIGEST_SIZE];
  for (unsigned i = 0; i < RL_DIGEST_SIZE; i++) {
    text[2 * i] = "0123456789abcdef"[digest.bytes[i] >> 4];
    text[2 * i + 1] = "0123456789abcdef"[digest.bytes[i] & 15];
  }
  rl_pack_text_span(writer, text, sizeof text);
}

void rl_pack_age_ms(rl_writer *writer, int64_t since_mono_ns, rl_mono now)
{
  int64_t age_ns = now.ns - since_mono_ns;
  if (since_mono_ns == 0)
    rl_pack_nil(writer);
  else
    rl_pack_i64(writer, age_ns > 0 ? age_ns / RL_NS_PER_MS : 0);
}
