/* Replies about the ledger: what was posted, and the middles of the market to value it at. */
#include "wire/reply.h"

#include "wire/entry.h"

static void pack_posting(rl_writer *writer, const rl_posting *posting)
{
  char account[RL_ACCOUNT_TEXT_SIZE];
  rl_account_format(posting, account);
  rl_pack_map(writer, 3);
  RL_ENTRY(writer, "account", rl_pack_text, account);
  RL_ENTRY(writer, "currency", rl_pack_currency, posting->amount.currency);
  RL_ENTRY(writer, "amount", rl_pack_i64, posting->amount.minor);
}

void rl_reply_posted(rl_writer *writer, uint64_t number, const rl_transaction *transaction)
{
  rl_pack_ok(writer, 9);
  RL_ENTRY(writer, "transaction", rl_pack_u64, number);
  RL_ENTRY(writer, "kind", rl_pack_text, rl_transaction_kind_name(transaction->kind));
  RL_ENTRY(writer, "posted_at", rl_pack_i64, transaction->posted_utc_ms);
  RL_ENTRY(writer, "quote", rl_pack_quote_of, transaction);
  RL_ENTRY(writer, "value_date", rl_pack_value_day, transaction->value_day);
  RL_ENTRY(writer, "by", rl_pack_name, transaction->by);
  RL_ENTRY(writer, "key", rl_pack_name, transaction->key);
  RL_ENTRY(writer, "reference", rl_pack_name, transaction->reference);
  RL_ENTRY(writer, "postings", rl_pack_array, transaction->posting_count);
  for (unsigned i = 0; i < transaction->posting_count; i++)
    pack_posting(writer, &transaction->postings[i]);
}

void rl_reply_exported(rl_writer *writer, int64_t exported_before_ms, int64_t kept_from_ms)
{
  rl_pack_ok(writer, 2);
  RL_ENTRY(writer, "exported_before", rl_pack_i64, exported_before_ms);
  RL_ENTRY(writer, "kept_from", rl_pack_i64, kept_from_ms);
}

void rl_reply_open_mids(rl_writer *writer, rl_currency to, rl_utc at, uint32_t count)
{
  rl_pack_ok(writer, 3);
  RL_ENTRY(writer, "to", rl_pack_currency, to);
  RL_ENTRY(writer, "at", rl_pack_i64, at.ms);
  RL_ENTRY(writer, "items", rl_pack_array, count);
}

void rl_reply_mid(rl_writer *writer, const rl_snapshot *snapshot, rl_mono now)
{
  rl_pack_ok(writer, 2);
  RL_ENTRY(writer, "from", rl_pack_currency, snapshot->from);
  RL_ENTRY(writer, "legs", rl_pack_array, snapshot->leg_count);
  for (unsigned i = 0; i < snapshot->leg_count; i++) {
    const rl_leg *leg = &snapshot->legs[i];
    const rl_composite *composite = &leg->composite;
    rl_pack_map(writer, 4);
    RL_KEY(writer, "pair");
    rl_pack_pair(writer, leg->base, leg->quote);
    RL_ENTRY(writer, "inverted", rl_pack_bool, leg->inverted);
    RL_KEY(writer, "mid");
    rl_pack_half_units(writer, composite->mid_half, composite->scale);
    RL_KEY(writer, "age_ms");
    rl_pack_age_ms(writer, rl_composite_newest_arrival_ns(composite), now);
  }
}
