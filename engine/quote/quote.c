#include "quote/quote.h"

bool rl_quote_alive(const rl_quote *quote, uint64_t boot_id, rl_now now,
                    int64_t high_water_utc_ms)
{
  if (boot_id == quote->boot_id)
    return now.mono.ns < quote->deadline_mono_ns;
  int64_t wall_ms = now.utc.ms > high_water_utc_ms ? now.utc.ms : high_water_utc_ms;
  return wall_ms < quote->expires_utc_ms + RL_WALL_SKEW_MS;
}

rl_fingerprint rl_key_fingerprint(uint64_t seed, const char *client, rl_operation operation,
                                  const char *key)
{
  uint8_t bytes[1 + 1 + RL_CLIENT_NAME_MAX + 1 + RL_KEY_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_put_u8(&writer, (uint8_t)operation);
  rl_put_text(&writer, client);
  rl_put_text(&writer, key);
  RL_ASSERT(!writer.failed);
  return rl_fingerprint_of(bytes, writer.used, seed);
}
