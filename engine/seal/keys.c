#include "seal/keys.h"

#include "bytes/bytes.h"

#include <string.h>
#include <sys/mman.h>

void *rl_secret_pages(size_t size)
{
  void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED)
    return NULL;
  if (madvise(pages, size, MADV_DONTDUMP) != 0) {
    munmap(pages, size);
    return NULL;
  }
  int locked = mlock(pages, size);
  (void)locked; /* without the privilege keys may be swapped: no reason to refuse to start */
  return pages;
}

void rl_secret_pages_free(void *pages, size_t size)
{
  if (!pages)
    return;
  rl_wipe(pages, size);
  munmap(pages, size);
}

rl_seal_keys *rl_seal_keys_create(void)
{
  return rl_secret_pages(sizeof(rl_seal_keys));
}

void rl_seal_keys_destroy(rl_seal_keys *keys)
{
  rl_secret_pages_free(keys, sizeof *keys);
}

static void make_key(rl_seal_key *key, uint8_t id, int64_t starts_utc_ms)
{
  key->id = id;
  key->starts_utc_ms = starts_utc_ms;
  rl_random_bytes(key->secret, sizeof key->secret);
}

void rl_seal_keys_begin(rl_seal_keys *keys, rl_utc now)
{
  keys->count = 1;
  make_key(&keys->keys[0], 1, now.ms);
}

int64_t rl_seal_key_ends_utc_ms(const rl_seal_keys *keys, unsigned index)
{
  return index + 1 < keys->count ? keys->keys[index + 1].starts_utc_ms : RL_NO_END_MS;
}

int64_t rl_seal_key_over_utc_ms(const rl_seal_keys *keys, unsigned index)
{
  int64_t ends = rl_seal_key_ends_utc_ms(keys, index);
  return ends == RL_NO_END_MS ? ends : ends + RL_KEY_KEPT_MS;
}

rl_key_state rl_seal_key_state(const rl_seal_keys *keys, unsigned index, rl_utc now)
{
  if (index > 0 && keys->keys[index].starts_utc_ms > now.ms)
    return RL_KEY_NEXT;
  if (rl_seal_key_ends_utc_ms(keys, index) > now.ms)
    return RL_KEY_CURRENT;
  return rl_seal_key_over_utc_ms(keys, index) > now.ms ? RL_KEY_PREVIOUS : RL_KEY_OVER;
}

const char *rl_key_state_name(rl_key_state state)
{
  static const char *const names[] = {
    [RL_KEY_NEXT] = "next",
    [RL_KEY_CURRENT] = "current",
    [RL_KEY_PREVIOUS] = "previous",
    [RL_KEY_OVER] = "over",
  };
  return names[state];
}

/* Those that are over come first, and the last one never is. */
static unsigned count_over(const rl_seal_keys *keys, rl_utc now)
{
  unsigned count = 0;
  while (rl_seal_key_state(keys, count, now) == RL_KEY_OVER)
    count++;
  return count;
}

static bool has_id(const rl_seal_keys *keys, uint8_t id)
{
  for (unsigned i = 0; i < keys->count; i++) {
    if (keys->keys[i].id == id)
      return true;
  }
  return false;
}

static uint8_t next_id(const rl_seal_keys *keys)
{
  uint8_t id = keys->keys[keys->count - 1].id;
  do
    id++;
  while (has_id(keys, id));
  return id;
}

static rl_status fail_full(const rl_seal_keys *keys, const char *file, rl_error *error)
{
  char when[RL_UTC_TEXT_SIZE];
  rl_utc_format((rl_utc){rl_seal_key_over_utc_ms(keys, 0)}, when);
  return rl_fail(error, RL_FULL, file, 0, "",
                 "%d keys are in use, the most there may be; the oldest is over at %s",
                 RL_SEAL_KEYS_MAX, when);
}

static rl_status fail_clock(const rl_seal_key *last, const char *file, rl_error *error)
{
  char when[RL_UTC_TEXT_SIZE];
  rl_utc_format((rl_utc){last->starts_utc_ms}, when);
  return rl_fail(error, RL_INVALID, file, 0, "",
                 "key %u starts at %s, later than a new one would: is a clock wrong?", last->id,
                 when);
}

/* Two rotations within a millisecond, or on two machines, are no mistake: the second key starts
 * right after the first. */
rl_status rl_seal_keys_add(rl_seal_keys *keys, rl_utc now, const char *file, rl_error *error)
{
  const rl_seal_key *last = &keys->keys[keys->count - 1];
  int64_t starts = now.ms + RL_KEY_LEAD_MS;
  unsigned over = count_over(keys, now);
  if (last->starts_utc_ms > starts + RL_WALL_SKEW_MS)
    return fail_clock(last, file, error);
  if (keys->count - over == RL_SEAL_KEYS_MAX)
    return fail_full(keys, file, error);
  if (starts <= last->starts_utc_ms)
    starts = last->starts_utc_ms + 1;
  uint8_t id = next_id(keys);
  keys->count -= over;
  memmove(keys->keys, keys->keys + over, keys->count * sizeof keys->keys[0]);
  make_key(&keys->keys[keys->count++], id, starts);
  rl_wipe(keys->keys + keys->count, (RL_SEAL_KEYS_MAX - keys->count) * sizeof keys->keys[0]);
  return RL_OK;
}

void rl_seal_keys_replace(rl_seal_keys *keys, rl_utc now)
{
  uint8_t id = next_id(keys);
  rl_wipe(keys, sizeof *keys);
  keys->count = 1;
  make_key(&keys->keys[0], id, now.ms);
}

/* What is hashed begins with a letter and a token with its version, so that no fingerprint is the
 * seal of anything. */
void rl_seal_key_fingerprint(const rl_seal_key *key, char out[RL_KEY_FINGERPRINT_SIZE])
{
  static const char name[] = "ratelock sealing key";
  uint8_t bytes[sizeof name + 9], mac[RL_MAC_SIZE];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_put_bytes(&writer, name, sizeof name);
  rl_put_u8(&writer, key->id);
  rl_put_i64(&writer, key->starts_utc_ms);
  RL_ASSERT(!writer.failed);
  rl_mac(key->secret, bytes, writer.used, mac);
  rl_hex_encode(mac, RL_KEY_FINGERPRINT_SIZE / 2, out, RL_KEY_FINGERPRINT_SIZE);
}
