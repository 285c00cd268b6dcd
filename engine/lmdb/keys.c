#include "lmdb/keys.h"

#include <stdlib.h>
#include <string.h>

enum { CAPACITY_LEAST = 64 };

/* --- one table --- */

static bool is_free(const rl_key_entry *entry)
{
  return entry->key.words[0] == 0 && entry->key.words[1] == 0;
}

/* Where the key is, or where it would be put. There is a free entry: tables are never full. */
static rl_key_entry *place_of(const rl_key_table *table, rl_fingerprint key)
{
  size_t mask = table->capacity - 1;
  size_t at = key.words[0] & mask;
  while (!is_free(&table->entries[at]) && !rl_fingerprint_equal(table->entries[at].key, key))
    at = (at + 1) & mask;
  return &table->entries[at];
}

static bool table_find(const rl_key_table *table, rl_fingerprint key, uint8_t quote[16])
{
  if (table->count == 0)
    return false;
  const rl_key_entry *entry = place_of(table, key);
  if (is_free(entry))
    return false;
  memcpy(quote, entry->quote, sizeof entry->quote);
  return true;
}

/* Makes room for `more` entries, three quarters full at most. */
static bool table_reserve(rl_key_table *table, size_t more)
{
  size_t capacity = table->capacity > 0 ? table->capacity : CAPACITY_LEAST;
  while (table->count + more > capacity / 4 * 3)
    capacity *= 2;
  if (capacity == table->capacity)
    return true;
  rl_key_table larger = *table;
  larger.capacity = capacity;
  larger.entries = calloc(capacity, sizeof larger.entries[0]);
  if (!larger.entries)
    return false;
  for (size_t i = 0; i < table->capacity; i++) {
    if (!is_free(&table->entries[i]))
      *place_of(&larger, table->entries[i].key) = table->entries[i];
  }
  free(table->entries);
  *table = larger;
  return true;
}

static void table_put(rl_key_table *table, rl_key_entry entry)
{
  rl_key_entry *place = place_of(table, entry.key);
  table->count += is_free(place);
  *place = entry;
}

static void table_clear(rl_key_table *table)
{
  if (table->count > 0)
    memset(table->entries, 0, table->capacity * sizeof table->entries[0]);
  table->count = 0;
}

/* --- generations --- */

void rl_keys_init(rl_keys *keys, size_t most)
{
  *keys = (rl_keys){.most = most};
}

void rl_keys_fini(rl_keys *keys)
{
  for (unsigned i = 0; i < keys->generation_count; i++)
    free(keys->generations[i].entries);
  free(keys->pending.entries);
  *keys = (rl_keys){0};
}

/* A fingerprint of zero would look like a free entry. */
static rl_fingerprint marked(rl_fingerprint key)
{
  if (key.words[0] == 0 && key.words[1] == 0)
    key.words[0] = 1;
  return key;
}

bool rl_keys_find(const rl_keys *keys, rl_fingerprint key, uint8_t quote[16])
{
  key = marked(key);
  if (table_find(&keys->pending, key, quote))
    return true;
  for (unsigned i = keys->generation_count; i-- > 0;) {
    if (table_find(&keys->generations[i], key, quote))
      return true;
  }
  return false;
}

static size_t held(const rl_keys *keys)
{
  size_t count = keys->pending.count;
  for (unsigned i = 0; i < keys->generation_count; i++)
    count += keys->generations[i].count;
  return count;
}

/* The generation that takes keys now. */
static rl_key_table *newest(rl_keys *keys, rl_mono now)
{
  rl_key_table *last =
    keys->generation_count > 0 ? &keys->generations[keys->generation_count - 1] : NULL;
  if (last && now.ns - last->born_mono_ns < RL_KEY_GENERATION_NS)
    return last;
  RL_ASSERT(keys->generation_count < RL_KEY_GENERATIONS);
  rl_key_table *fresh = &keys->generations[keys->generation_count++];
  *fresh = (rl_key_table){.born_mono_ns = now.ns};
  return fresh;
}

bool rl_keys_add(rl_keys *keys, rl_mono now, rl_fingerprint key, const uint8_t quote[16])
{
  rl_keys_retire(keys, now);
  if (held(keys) >= keys->most || !table_reserve(newest(keys, now), keys->pending.count + 1)
      || !table_reserve(&keys->pending, 1))
    return false;
  rl_key_entry entry = {.key = marked(key)};
  memcpy(entry.quote, quote, sizeof entry.quote);
  table_put(&keys->pending, entry);
  return true;
}

void rl_keys_commit(rl_keys *keys)
{
  if (keys->pending.count == 0)
    return;
  rl_key_table *generation = &keys->generations[keys->generation_count - 1];
  for (size_t i = 0; i < keys->pending.capacity; i++) {
    if (!is_free(&keys->pending.entries[i]))
      table_put(generation, keys->pending.entries[i]);
  }
  table_clear(&keys->pending);
}

void rl_keys_abort(rl_keys *keys)
{
  table_clear(&keys->pending);
}

void rl_keys_retire(rl_keys *keys, rl_mono now)
{
  const int64_t life_ns = RL_KEY_GENERATION_NS + RL_END_KEY_MIN_MS * RL_NS_PER_MS;
  while (keys->generation_count > 0 && now.ns - keys->generations[0].born_mono_ns >= life_ns) {
    free(keys->generations[0].entries);
    keys->generation_count--;
    memmove(&keys->generations[0], &keys->generations[1],
            keys->generation_count * sizeof keys->generations[0]);
  }
}
