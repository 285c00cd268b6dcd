/* Halts, as they are answered, listed and given as a reason. */
#include "wire/entry.h"
#include "wire/reply.h"

void rl_pack_halt(rl_writer *writer, const rl_halt *halt)
{
  RL_ENTRY(writer, "halt", rl_pack_u64, halt->number);
  RL_ENTRY(writer, "action", rl_pack_text, halt->halts ? "halt" : "resume");
  RL_KEY(writer, "pair");
  rl_pack_pair(writer, halt->base, halt->quote);
  RL_ENTRY(writer, "at", rl_pack_i64, halt->at_utc_ms);
  RL_ENTRY(writer, "operator", rl_pack_text, halt->by);
  RL_ENTRY(writer, "key", rl_pack_text, halt->key);
  RL_ENTRY(writer, "reason", rl_pack_text, halt->reason);
}

void rl_reply_halt(rl_writer *writer, const rl_halt *halt)
{
  rl_pack_ok(writer, RL_HALT_ENTRIES);
  rl_pack_halt(writer, halt);
}

static void pack_trip(rl_writer *writer, const rl_halted *halted)
{
  RL_KEY(writer, "from");
  rl_pack_half_units(writer, halted->trip.from_half, halted->scale);
  RL_KEY(writer, "to");
  rl_pack_half_units(writer, halted->trip.to_half, halted->scale);
  RL_ENTRY(writer, "until", rl_pack_i64, halted->until_utc_ms);
}

void rl_pack_halted(rl_writer *writer, const rl_halted *halted)
{
  rl_pack_map(writer, halted->by_hand ? 5 : 8);
  RL_ENTRY(writer, "pair", rl_pack_text, halted->pair);
  RL_ENTRY(writer, "by", rl_pack_text,
           halted->by_hand ? "hand" : rl_trip_reason_name(halted->trip.why));
  RL_ENTRY(writer, "operator", rl_pack_name, halted->by);
  RL_ENTRY(writer, "reason", rl_pack_text, halted->reason);
  RL_ENTRY(writer, "since", rl_pack_i64, halted->since_utc_ms);
  if (!halted->by_hand)
    pack_trip(writer, halted);
}
