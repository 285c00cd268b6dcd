#include "seal/ring.h"

#include <string.h>

#define SECRET_WORDS (RL_MAC_KEY_SIZE / sizeof(uint64_t))
#define FROM_EVER INT64_MIN

static void fill(rl_ring_bank *bank, const rl_seal_keys *keys)
{
  rl_seqlock_write_begin(&bank->lock);
  for (unsigned i = 0; i < RL_SEAL_KEYS_MAX; i++) {
    rl_ring_slot *slot = &bank->slots[i];
    uint64_t words[SECRET_WORDS] = {0};
    if (i < keys->count)
      memcpy(words, keys->keys[i].secret, sizeof words);
    rl_seqlock_store(&slot->from, i == 0 ? (uint64_t)FROM_EVER
                                         : (uint64_t)keys->keys[i].starts_utc_ms);
    rl_seqlock_store(&slot->id, keys->keys[i].id);
    for (unsigned k = 0; k < SECRET_WORDS; k++)
      rl_seqlock_store(&slot->secret[k], words[k]);
    rl_wipe(words, sizeof words);
  }
  rl_seqlock_store(&bank->count, keys->count);
  rl_seqlock_write_end(&bank->lock);
}

void rl_ring_put(rl_ring *ring, const rl_seal_keys *keys)
{
  RL_ASSERT(keys->count >= 1 && keys->count <= RL_SEAL_KEYS_MAX);
  uint64_t other = 1 - rl_word_load(&ring->read);
  fill(&ring->banks[other], keys);
  rl_word_store_release(&ring->read, other); /* partner: the acquiring load in take */
  fill(&ring->banks[1 - other], keys);
}

/* What is wanted: the key that seals quotes of an instant, or the one of a number. */
typedef struct wanted_key {
  bool by_id;
  uint8_t id;
  int64_t issued_utc_ms;
} wanted_key;

static int64_t from_of(const rl_ring_slot *slot)
{
  return (int64_t)rl_seqlock_load(&slot->from);
}

/* From the newest back: that is nearly always the one. `count` when there is none. */
static unsigned look_for(const rl_ring_bank *bank, unsigned count, const wanted_key *wanted)
{
  for (unsigned i = count; i-- > 0;) {
    const rl_ring_slot *slot = &bank->slots[i];
    if (wanted->by_id ? rl_seqlock_load(&slot->id) == wanted->id
                      : from_of(slot) <= wanted->issued_utc_ms)
      return i;
  }
  return count;
}

static void copy(const rl_ring_bank *bank, unsigned count, unsigned index, rl_ring_key *out)
{
  const rl_ring_slot *slot = &bank->slots[index];
  out->id = (uint8_t)rl_seqlock_load(&slot->id);
  out->from_utc_ms = from_of(slot);
  out->until_utc_ms = index + 1 < count ? from_of(slot + 1) : RL_NO_END_MS;
  for (unsigned k = 0; k < SECRET_WORDS; k++)
    out->secret[k] = rl_seqlock_load(&slot->secret[k]);
}

/* False when the bank was written meanwhile; *found and *out mean nothing then. */
static bool take_from(const rl_ring_bank *bank, const wanted_key *wanted, rl_ring_key *out,
                      bool *found)
{
  uint64_t version;
  if (!rl_seqlock_read_begin(&bank->lock, &version))
    return false;
  uint64_t counted = rl_seqlock_load(&bank->count);
  unsigned count = counted < RL_SEAL_KEYS_MAX ? (unsigned)counted : RL_SEAL_KEYS_MAX;
  unsigned index = look_for(bank, count, wanted);
  *found = index < count;
  if (*found)
    copy(bank, count, index, out);
  return rl_seqlock_read_valid(&bank->lock, version);
}

static bool take(const rl_ring *ring, const wanted_key *wanted, rl_ring_key *out)
{
  bool found;
  const rl_ring_bank *bank;
  do
    bank = &ring->banks[rl_word_load_acquire(&ring->read)];
  while (!take_from(bank, wanted, out, &found));
  return found;
}

void rl_ring_signer(const rl_ring *ring, int64_t issued_utc_ms, rl_ring_key *out)
{
  bool found = take(ring, &(wanted_key){.issued_utc_ms = issued_utc_ms}, out);
  RL_ASSERT(found);
}

bool rl_ring_find(const rl_ring *ring, uint8_t id, rl_ring_key *out)
{
  return take(ring, &(wanted_key){.by_id = true, .id = id}, out);
}
