/* Replies about exposure: what is used and left of each cap. */
#include "wire/reply.h"

#include "wire/entry.h"

/* A sum beyond what an integer of the wire can hold is shown as the largest. */
static void pack_sum(rl_writer *writer, rl_u128 minor)
{
  rl_pack_i64(writer, minor > INT64_MAX ? INT64_MAX : (int64_t)minor);
}

static void pack_if(rl_writer *writer, bool given, uint64_t value)
{
  if (given)
    rl_pack_u64(writer, value);
  else
    rl_pack_nil(writer);
}

static uint64_t left_of(uint64_t cap, rl_u128 used)
{
  return used < cap ? cap - (uint64_t)used : 0;
}

static void pack_used(rl_writer *writer, const rl_exposure_sum *used)
{
  RL_ENTRY(writer, "locks", rl_pack_u64, used->locks);
  RL_ENTRY(writer, "notional", pack_sum, used->notional_minor);
  RL_ENTRY(writer, "unvalued", rl_pack_u64, used->unvalued);
}

static void pack_caps(rl_writer *writer, const rl_exposure_row *row)
{
  uint64_t locks = row->cap.locks, notional = (uint64_t)row->cap.notional_minor;
  bool caps_locks = row->cap.locks != RL_LOCKS_UNCAPPED;
  bool caps_notional = row->cap.notional_minor != RL_NOTIONAL_UNCAPPED;
  RL_KEY(writer, "locks_cap");
  pack_if(writer, caps_locks, locks);
  RL_KEY(writer, "locks_left");
  pack_if(writer, caps_locks, left_of(locks, row->used.locks));
  RL_KEY(writer, "notional_cap");
  pack_if(writer, caps_notional, notional);
  RL_KEY(writer, "notional_left");
  pack_if(writer, caps_notional, left_of(notional, row->used.notional_minor));
}

void rl_reply_exposure_client_row(rl_writer *writer, const rl_exposure_row *row)
{
  rl_pack_map(writer, 8);
  RL_ENTRY(writer, "client", rl_pack_text, row->client);
  pack_used(writer, &row->used);
  pack_caps(writer, row);
}

void rl_reply_exposure_pair_row(rl_writer *writer, const rl_universe *universe,
                                const rl_exposure_row *row)
{
  rl_currency first, second;
  rl_pair_number_split(row->pair, &first, &second);
  bool in_order = rl_universe_is_base(universe, first, second);
  rl_pack_map(writer, 8);
  RL_KEY(writer, "pair");
  rl_pack_pair(writer, in_order ? first : second, in_order ? second : first);
  pack_used(writer, &row->used);
  pack_caps(writer, row);
}

static void pack_rows(rl_writer *writer, rl_encoded_rows rows)
{
  rl_pack_array(writer, rows.count);
  rl_put_bytes(writer, rows.bytes, rows.size);
}

void rl_reply_exposure(rl_writer *writer, const rl_exposure_head *head, rl_encoded_rows clients,
                       rl_encoded_rows pairs)
{
  rl_pack_ok(writer, head->of_all ? 8 : 4);
  RL_ENTRY(writer, "reporting", rl_pack_currency, head->reporting);
  RL_KEY(writer, "ticket");
  pack_if(writer, head->ticket_minor != RL_NOTIONAL_UNCAPPED, (uint64_t)head->ticket_minor);
  if (head->of_all) {
    pack_used(writer, &head->total);
    RL_ENTRY(writer, "accepted_unseen", rl_pack_u64, head->accepted_unseen);
  }
  RL_ENTRY(writer, "clients", pack_rows, clients);
  RL_ENTRY(writer, "pairs", pack_rows, pairs);
}
