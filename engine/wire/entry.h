/* Entries of a reply's map, key and value, as this room's encoders write them: rates as decimal
 * text, amounts as integers of minor units, instants as integer milliseconds UTC (W1). */
#pragma once

#include "ledger/ledger.h"
#include "wire/append.h"
#include "wire/msgpack.h"

/* The key, a literal; its value is to follow. */
#define RL_KEY(writer, literal) RL_APPEND_WORD(writer, literal)

/* A whole entry: RL_ENTRY(writer, "charge", rl_pack_i64, terms->charge_minor). */
#define RL_ENTRY(writer, literal, pack, value) \
  do {                                         \
    RL_KEY(writer, literal);                   \
    pack(writer, value);                       \
  } while (0)

/* {"ok": true, … with `entries` more entries to follow. */
void rl_pack_ok(rl_writer *writer, uint32_t entries);

/* "USD"; nil for no currency. */
void rl_pack_currency(rl_writer *writer, rl_currency currency);
/* "EURUSD" */
void rl_pack_pair(rl_writer *writer, rl_currency base, rl_currency quote);
/* "1.1252" */
void rl_pack_rate(rl_writer *writer, rl_rate rate);
/* Half units of 10^-scale, exactly: one decimal more than the scale. */
void rl_pack_half_units(rl_writer *writer, uint32_t half_units, unsigned scale);
/* Units of 10^-8 as basis points: "12.5". */
void rl_pack_bps(rl_writer *writer, int32_t e8);
/* Tenths of a pip, 0 … RL_POINTS_E1_MAX, as pips: "1.5". */
void rl_pack_points(rl_writer *writer, int32_t points_e1);
/* nil for "". */
void rl_pack_name(rl_writer *writer, const char *name);
/* "2026-11-24" */
void rl_pack_date(rl_writer *writer, rl_date date);
/* The same for a day; nil for RL_NO_VALUE_DAY. */
void rl_pack_value_day(rl_writer *writer, int32_t day);
void rl_pack_quote_id(rl_writer *writer, rl_quote_id id);
/* Of a sale or refund; nil for a transaction that is of no quote. */
void rl_pack_quote_of(rl_writer *writer, const rl_transaction *transaction);
void rl_pack_digest(rl_writer *writer, rl_digest digest);
/* Milliseconds from an instant of the boot clock to `now`, at least 0; nil for no instant (0). */
void rl_pack_age_ms(rl_writer *writer, int64_t since_mono_ns, rl_mono now);
