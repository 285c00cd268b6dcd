/* Revocations, as they are answered and listed. */
#include "wire/entry.h"
#include "wire/reply.h"

#include <string.h>

static void pack_tariff(rl_writer *writer, const rl_revocation *revocation)
{
  if (revocation->has_tariff)
    rl_pack_digest(writer, revocation->tariff);
  else
    rl_pack_nil(writer);
}

static void pack_currencies(rl_writer *writer, const rl_revocation *revocation)
{
  if (revocation->has_pair)
    rl_pack_pair(writer, revocation->pair[0], revocation->pair[1]);
  else
    rl_pack_nil(writer);
}

static void pack_bound(rl_writer *writer, int64_t utc_ms, int64_t none_ms)
{
  if (utc_ms == none_ms)
    rl_pack_nil(writer);
  else
    rl_pack_i64(writer, utc_ms);
}

void rl_pack_revocation(rl_writer *writer, const rl_revocation *revocation)
{
  RL_ENTRY(writer, "revocation", rl_pack_u64, revocation->number);
  RL_ENTRY(writer, "at", rl_pack_i64, revocation->at.utc.ms);
  RL_ENTRY(writer, "operator", rl_pack_text, revocation->by);
  RL_ENTRY(writer, "key", rl_pack_text, revocation->key);
  RL_ENTRY(writer, "reason", rl_pack_text, revocation->reason);
  RL_ENTRY(writer, "pair", pack_currencies, revocation);
  RL_ENTRY(writer, "tariff", pack_tariff, revocation);
  RL_ENTRY(writer, "client", rl_pack_name, revocation->client);
  RL_KEY(writer, "issued_from");
  pack_bound(writer, revocation->issued_from_ms, INT64_MIN);
  RL_KEY(writer, "issued_before");
  pack_bound(writer, revocation->issued_before_ms, INT64_MAX);
}

void rl_reply_revocation(rl_writer *writer, const rl_revocation *revocation)
{
  rl_pack_ok(writer, RL_REVOCATION_ENTRIES);
  rl_pack_revocation(writer, revocation);
}

rl_revocation rl_revocation_asked(const rl_request *request)
{
  const rl_revoke_request *asked = &request->revoke;
  rl_revocation out = {
    .has_pair = asked->has_pair,
    .has_tariff = asked->has_tariff,
    .issued_from_ms = asked->issued_from_ms,
    .issued_before_ms = asked->issued_before_ms,
  };
  if (asked->has_pair)
    memcpy(out.pair, asked->pair, sizeof out.pair);
  if (asked->has_tariff)
    out.tariff = asked->tariff;
  memcpy(out.client, request->client, strlen(request->client));
  memcpy(out.reason, asked->reason, strlen(asked->reason));
  return out;
}
