#include "wire/events.h"

#include "wire/entry.h"

static const char *topic_of(rl_life life)
{
  switch (life) {
  case RL_LIFE_ISSUED: return "quote.issued ";
  case RL_LIFE_CONSUMED: return "quote.consumed ";
  case RL_LIFE_CANCELLED: return "quote.cancelled ";
  case RL_LIFE_REVOKED: return "quote.revoked ";
  case RL_LIFE_EXPIRED: return "quote.expired ";
  }
  return "";
}

static void put_topic(rl_writer *writer, const char *text)
{
  rl_append(writer, text, strlen(text));
}

void rl_event_encode_life(rl_writer *writer, rl_life life, rl_quote_id quote, const char *client,
                          rl_currency from, rl_currency to, rl_utc at)
{
  put_topic(writer, topic_of(life));
  rl_pack_map(writer, 5);
  RL_ENTRY(writer, "quote", rl_pack_quote_id, quote);
  RL_KEY(writer, "client");
  if (client && client[0])
    rl_pack_text(writer, client);
  else
    rl_pack_nil(writer);
  RL_ENTRY(writer, "from", rl_pack_currency, from);
  RL_ENTRY(writer, "to", rl_pack_currency, to);
  RL_ENTRY(writer, "at", rl_pack_i64, at.ms);
}

void rl_event_encode_composite(rl_writer *writer, const rl_universe *universe,
                               const rl_composite *composite, const rl_halted *halted, rl_now now)
{
  put_topic(writer, "composite.");
  put_topic(writer, rl_universe_pair_name(universe, composite->pair));
  put_topic(writer, " ");
  rl_reply_spread_row(writer, universe, composite, halted, now);
}

void rl_event_encode_halted(rl_writer *writer, const rl_halted *halted)
{
  put_topic(writer, "pair.halted ");
  rl_pack_halted(writer, halted);
}

void rl_event_encode_resumed(rl_writer *writer, const char *pair, rl_utc at)
{
  put_topic(writer, "pair.resumed ");
  rl_pack_map(writer, 2);
  RL_ENTRY(writer, "pair", rl_pack_text, pair);
  RL_ENTRY(writer, "at", rl_pack_i64, at.ms);
}
