#include "postgres/memory.h"

#include "bytes/bytes.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK_SIZE = 64 * 1024, FIRST_INDEX = 256 };

struct rl_chunk {
  rl_chunk *next;
  size_t size; /* bytes in all */
  size_t used; /* of them */
  _Alignas(16) uint8_t bytes[];
};

void rl_memory_free(rl_memory *memory)
{
  while (memory->chunks) {
    rl_chunk *next = memory->chunks->next;
    free(memory->chunks);
    memory->chunks = next;
  }
  free(memory->entries);
  free(memory->index);
  *memory = (rl_memory){0};
}

static void *allocate(rl_memory *memory, size_t size)
{
  size = (size + 15) & ~(size_t)15;
  if (!memory->chunks || memory->chunks->used + size > memory->chunks->size) {
    size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
    rl_chunk *chunk = malloc(sizeof *chunk + room);
    if (!chunk)
      return NULL;
    *chunk = (rl_chunk){.next = memory->chunks, .size = room};
    memory->chunks = chunk;
  }
  void *bytes = memory->chunks->bytes + memory->chunks->used;
  memory->chunks->used += size;
  return bytes;
}

bool rl_memory_copy(rl_memory *memory, rl_blob from, rl_blob *out)
{
  uint8_t *bytes = allocate(memory, from.size);
  if (!bytes)
    return false;
  if (from.size)
    memcpy(bytes, from.bytes, from.size);
  *out = (rl_blob){bytes, from.size};
  return true;
}

/* The place of the key in the index: its own or the free one where it belongs. */
static uint32_t *place_of(const rl_memory *memory, unsigned slot, rl_blob key)
{
  size_t mask = memory->index_size - 1;
  size_t at = (rl_checksum(key.bytes, key.size) + slot) & mask;
  for (; memory->index[at]; at = (at + 1) & mask) {
    const rl_entry *entry = memory->entries[memory->index[at] - 1];
    if (entry->slot == slot && entry->key_size == key.size &&
        memcmp(entry->key, key.bytes, key.size) == 0)
      break;
  }
  return &memory->index[at];
}

/* Room for one entry more, with the index at most half full. */
static bool grow(rl_memory *memory)
{
  if (memory->count < memory->capacity)
    return true;
  size_t capacity = memory->capacity ? memory->capacity * 2 : FIRST_INDEX / 2;
  rl_entry **entries = realloc(memory->entries, capacity * sizeof(rl_entry *));
  if (!entries)
    return false;
  memory->entries = entries;
  uint32_t *index = calloc(capacity * 2, sizeof *index);
  if (!index)
    return false;
  free(memory->index);
  memory->index = index;
  memory->index_size = capacity * 2;
  memory->capacity = capacity;
  for (size_t i = 0; i < memory->count; i++) {
    const rl_entry *entry = entries[i];
    *place_of(memory, entry->slot, (rl_blob){entry->key, entry->key_size}) = (uint32_t)i + 1;
  }
  return true;
}

rl_entry *rl_memory_find(const rl_memory *memory, unsigned slot, rl_blob key)
{
  uint32_t number = memory->index ? *place_of(memory, slot, key) : 0;
  return number ? memory->entries[number - 1] : NULL;
}

rl_entry *rl_memory_entry(rl_memory *memory, unsigned slot, rl_blob key)
{
  RL_ASSERT(key.size <= RL_TABLE_KEY_MAX);
  rl_entry *entry = rl_memory_find(memory, slot, key);
  if (entry)
    return entry;
  entry = grow(memory) ? allocate(memory, sizeof *entry) : NULL;
  if (!entry)
    return NULL;
  *entry = (rl_entry){.key_size = (uint8_t)key.size, .slot = (uint8_t)slot};
  memcpy(entry->key, key.bytes, key.size);
  *place_of(memory, slot, key) = (uint32_t)memory->count + 1;
  memory->entries[memory->count++] = entry;
  return entry;
}

bool rl_entry_open(const rl_entry *entry)
{
  bool depends = entry->change == RL_CHANGE_NONE || entry->change == RL_CHANGE_KEEP;
  return depends && entry->stored == RL_STORED_UNKNOWN;
}

const rl_blob *rl_entry_sees(const rl_entry *entry)
{
  RL_ASSERT(!rl_entry_open(entry));
  switch (entry->change) {
  case RL_CHANGE_NONE:
    return entry->stored == RL_STORED_PRESENT ? &entry->value : NULL;
  case RL_CHANGE_KEEP:
    return entry->stored == RL_STORED_PRESENT ? &entry->value : &entry->written;
  case RL_CHANGE_ADD:
  case RL_CHANGE_SET:
    return &entry->written;
  case RL_CHANGE_REMOVE:
  case RL_CHANGE_COUNT:
    break;
  }
  return NULL;
}
