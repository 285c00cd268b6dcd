/* What a transaction knows of the database's rows and what it means to change, under (slot, key).
 * No database here.
 *
 * An entry has two sides: what is stored, as far as it was asked, and what the transaction does
 * to it. What the transaction sees of it (rl_entry_sees) follows from both. */
#pragma once

#include "tables/tables.h"

/* The tables, and the keys of ends, whose value is the quote. */
enum { RL_SLOT_KEYS = RL_TABLE_COUNT, RL_SLOT_COUNT };

typedef enum rl_stored { RL_STORED_UNKNOWN, RL_STORED_ABSENT, RL_STORED_PRESENT } rl_stored;

typedef enum rl_change {
  RL_CHANGE_NONE,
  RL_CHANGE_ADD,
  RL_CHANGE_KEEP,
  RL_CHANGE_SET,
  RL_CHANGE_REMOVE,
  RL_CHANGE_COUNT,
} rl_change;

typedef struct rl_entry {
  uint8_t key[RL_TABLE_KEY_MAX];
  uint8_t key_size; /* bytes */
  uint8_t slot;
  bool wanted;      /* to be fetched with the next round trip, while unknown */
  rl_stored stored;
  rl_change change;
  rl_blob value;      /* stored, when present; the memory's */
  rl_blob written;    /* by ADD, KEEP, SET; the memory's */
  int64_t used_at_ms; /* of a key that is added */
} rl_entry;

typedef struct rl_chunk rl_chunk;

typedef struct rl_memory {
  rl_entry **entries; /* in the order in which they were first named */
  size_t count;
  size_t capacity;
  uint32_t *index; /* open addressing: number of an entry + 1, or 0; size a power of two */
  size_t index_size;
  rl_chunk *chunks; /* entries and bytes live here, to the end */
  bool changed;     /* some entry has, or had, a change */
} rl_memory;

void rl_memory_free(rl_memory *memory);
/* The entry, made when it is new; NULL when there is no memory. Stays put. */
rl_entry *rl_memory_entry(rl_memory *memory, unsigned slot, rl_blob key);
/* The entry if there is one. */
rl_entry *rl_memory_find(const rl_memory *memory, unsigned slot, rl_blob key);
/* A copy that lives as long as the memory; false when there is none. */
bool rl_memory_copy(rl_memory *memory, rl_blob from, rl_blob *out);

/* Whether what the transaction sees depends on a stored row that is not known. */
bool rl_entry_open(const rl_entry *entry);
/* What it sees; NULL: no row. Not of an open one. */
const rl_blob *rl_entry_sees(const rl_entry *entry);
