/* What lies where in an LMDB 0.9 file (pages.h has the layout): for the files of this room that
 * look at one, and nobody else. */
#pragma once

#include "lmdb/pages.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { PAGE_HEAD = 16, ROW_HEAD = 8, HEAD_SIZE = 152, TABLE_SIZE = 48, DEPTH_MAX = 32 };
enum { BRANCH = 0x01, LEAF = 0x02, OVERFLOW = 0x04 };       /* a page's flags */
enum { IN_OVERFLOW = 0x01, IS_TABLE = 0x02 };               /* a row's */
enum { REVERSE_KEY = 0x02, INTEGER_KEY = 0x08, MANY = 0x74 }; /* a table's; MANY: rows of one key */
#define NO_ROOT UINT64_MAX

typedef struct table {
  uint32_t page_size; /* in the first table of a head only */
  uint16_t flags;
  uint16_t depth;
  uint64_t branches;
  uint64_t leaves;
  uint64_t overflow;
  uint64_t rows;
  uint64_t root;
} table;
_Static_assert(sizeof(table) == TABLE_SIZE, "as on disk, on a machine of our byte order");

typedef struct head {
  uint64_t magic_and_version;
  uint64_t address;
  uint64_t map_bytes;
  table free_pages;
  table main;
  uint64_t last;
  uint64_t number;
} head;
_Static_assert(sizeof(head) == HEAD_SIZE - PAGE_HEAD, "as on disk");

/* A key within the file, or none. */
typedef struct key {
  const uint8_t *bytes;
  size_t size;
} key;

/* The whole file in memory, and where to say what does not hold. */
typedef struct mapped {
  const uint8_t *file;
  size_t bytes;
  uint32_t page_size;
  uint64_t pages;
  rl_page_fault *fault;
} mapped;

/* Fills all but the fault. RL_IO, RL_NO_MEMORY. */
RL_MUST_USE rl_status rl_page_map(int fd, uint32_t page_size, mapped *out);
void rl_page_unmap(const mapped *it);
/* The page's head: what cannot be in it at all is told before any row of it is looked at. */
bool rl_page_bounds_hold(const mapped *it, uint64_t page, unsigned kind);
/* Then each row lies in it, and no two overlap. */
bool rl_page_rows_fit(const mapped *it, uint64_t page, unsigned kind);

/* The head of this transaction; nobody writes over it while the caller reads. */
bool rl_head_find(int fd, uint64_t number, head *out, rl_page_fault *fault);

static inline uint16_t u16_at(const uint8_t *at)
{
  uint16_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static inline uint32_t u32_at(const uint8_t *at)
{
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static inline uint64_t u64_at(const uint8_t *at)
{
  uint64_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static inline const uint8_t *page_at(const mapped *it, uint64_t page)
{
  return it->file + page * it->page_size;
}

static inline unsigned rows_of(const uint8_t *page)
{
  return (u16_at(page + 12) - PAGE_HEAD) / 2u;
}

static inline const uint8_t *row_at(const uint8_t *page, unsigned index)
{
  return page + u16_at(page + PAGE_HEAD + 2 * index);
}

static inline key key_of(const uint8_t *row)
{
  return (key){row + ROW_HEAD, u16_at(row + 6)};
}

static inline size_t value_size(const uint8_t *row)
{
  return u16_at(row) | (size_t)u16_at(row + 2) << 16;
}

static inline uint64_t child_of(const uint8_t *row)
{
  return u16_at(row) | (uint64_t)u16_at(row + 2) << 16 | (uint64_t)u16_at(row + 4) << 32;
}

/* False. */
static inline bool blame(rl_page_fault *fault, uint64_t page, const char *reason)
{
  *fault = (rl_page_fault){page, reason};
  return false;
}
