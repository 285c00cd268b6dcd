#include "lmdb/layout.h"

#include <stdlib.h>

typedef struct walk {
  mapped map;
  uint64_t last; /* page */
  uint8_t *used; /* a bit a page */
  table seen;    /* of the table in hand: what was counted */
  const table *of;
  bool lists_free_pages;
  bool lists_tables;
} walk;

static bool take(walk *it, uint64_t page)
{
  uint8_t bit = (uint8_t)(1u << page % 8);
  if (it->used[page / 8] & bit)
    return blame(it->map.fault, page, "it is used twice, or listed as free and in use");
  it->used[page / 8] |= bit;
  return true;
}

static bool take_used(walk *it, uint64_t page)
{
  if (page < 2 || page > it->last)
    return blame(it->map.fault, page, "a page is named that the file does not have");
  if (page >= it->map.pages)
    return blame(it->map.fault, page, "the file is cut off before it");
  return take(it, page);
}

/* A page that was allocated and given back in one transaction is never written: the file may end
 * before the last page, but not before one that is in use. */
static bool take_free(walk *it, uint64_t page)
{
  if (page < 2 || page > it->last)
    return blame(it->map.fault, page, "a page is listed as free that the file does not have");
  return page >= it->map.pages || take(it, page);
}

/* --- keys --- */

static int compare(const walk *it, key left, key right)
{
  if (it->of->flags & INTEGER_KEY && left.size == sizeof(uint64_t)
      && right.size == sizeof(uint64_t)) {
    uint64_t a = u64_at(left.bytes), b = u64_at(right.bytes);
    return (a > b) - (a < b);
  }
  size_t shorter = left.size < right.size ? left.size : right.size;
  int order = memcmp(left.bytes, right.bytes, shorter);
  return order != 0 ? order : (left.size > right.size) - (left.size < right.size);
}

/* From `low` on and below `high`, each above the one before. The first key of a branch is none. */
static bool keys_rise(const walk *it, uint64_t page, unsigned kind, key low, key high)
{
  const uint8_t *at = page_at(&it->map, page);
  unsigned count = rows_of(at);
  for (unsigned i = kind == BRANCH ? 1 : 0; i < count; i++) {
    key here = key_of(row_at(at, i));
    if (low.bytes && (compare(it, here, low) < 0
                      || (i > (kind == BRANCH ? 1u : 0u) && compare(it, here, low) == 0)))
      return blame(it->map.fault, page, "a key is not above the one before it");
    low = here;
  }
  return !high.bytes || !low.bytes || compare(it, low, high) < 0
         || blame(it->map.fault, page, "a key is not below what leads to the next page");
}

/* --- rows --- */

static bool overflow_holds(walk *it, uint64_t first, size_t size)
{
  uint64_t pages = (PAGE_HEAD + size + it->map.page_size - 1) / it->map.page_size;
  for (uint64_t i = 0; i < pages; i++) {
    if (!take_used(it, first + i))
      return false;
  }
  const uint8_t *at = page_at(&it->map, first);
  it->seen.overflow += pages;
  return (u64_at(at) == first && u16_at(at + 10) == OVERFLOW && u32_at(at + 12) == pages)
         || blame(it->map.fault, first, "it is not the first page of this large row");
}

/* A count, and so many pages. */
static bool free_pages_hold(walk *it, uint64_t page, const uint8_t *value, size_t size)
{
  uint64_t count = size >= sizeof count ? u64_at(value) : UINT64_MAX;
  if (count > size / sizeof count - 1)
    return blame(it->map.fault, page, "its list of free pages is longer than it is");
  for (uint64_t i = 1; i <= count; i++) {
    if (!take_free(it, u64_at(value + i * sizeof count)))
      return false;
  }
  return true;
}

static bool table_holds(walk *it, const table *of, bool lists_free_pages, bool lists_tables);

static bool row_holds(walk *it, uint64_t page, const uint8_t *row)
{
  unsigned flags = u16_at(row + 4);
  size_t size = value_size(row);
  const uint8_t *value = row + ROW_HEAD + key_of(row).size;
  bool is_table = it->lists_tables && flags == IS_TABLE;
  if (!is_table && (flags & ~IN_OVERFLOW) != 0)
    return blame(it->map.fault, page, "a row is of a kind that does not belong here");
  if (flags & IN_OVERFLOW) {
    uint64_t first = u64_at(value);
    if (!overflow_holds(it, first, size))
      return false;
    value = page_at(&it->map, first) + PAGE_HEAD;
  }
  if (it->lists_free_pages)
    return free_pages_hold(it, page, value, size);
  if (!is_table)
    return true; /* another program may keep rows beside tables; which is told by their names */
  if (size != sizeof(table))
    return blame(it->map.fault, page, "a table's row has not its size");
  table of;
  memcpy(&of, value, sizeof of);
  walk inner = *it;
  return table_holds(&inner, &of, false, false);
}

static bool leaf_holds(walk *it, uint64_t page)
{
  const uint8_t *at = page_at(&it->map, page);
  unsigned count = rows_of(at);
  it->seen.leaves++;
  it->seen.rows += count;
  for (unsigned i = 0; i < count; i++) {
    if (!row_holds(it, page, row_at(at, i)))
      return false;
  }
  return true;
}

/* Calls itself at most DEPTH_MAX times deep. */
static bool page_holds(walk *it, uint64_t page, unsigned depth, key low, key high)
{
  unsigned kind = depth == 1 ? LEAF : BRANCH;
  if (!take_used(it, page) || !rl_page_bounds_hold(&it->map, page, kind)
      || !rl_page_rows_fit(&it->map, page, kind) || !keys_rise(it, page, kind, low, high))
    return false;
  if (kind == LEAF)
    return leaf_holds(it, page);
  const uint8_t *at = page_at(&it->map, page);
  unsigned count = rows_of(at);
  it->seen.branches++;
  for (unsigned i = 0; i < count; i++) {
    key from = i == 0 ? low : key_of(row_at(at, i));
    key to = i + 1 == count ? high : key_of(row_at(at, i + 1));
    if (!page_holds(it, child_of(row_at(at, i)), depth - 1, from, to))
      return false;
  }
  return true;
}

static bool counts_hold(const walk *it)
{
  const table *of = it->of, *seen = &it->seen;
  return (of->branches == seen->branches && of->leaves == seen->leaves
          && of->overflow == seen->overflow && of->rows == seen->rows)
         || blame(it->map.fault, of->root, "the table under it has not as much as is stated");
}

static bool table_holds(walk *it, const table *of, bool lists_free_pages, bool lists_tables)
{
  const key none = {NULL, 0};
  it->of = of;
  it->lists_free_pages = lists_free_pages;
  it->lists_tables = lists_tables;
  it->seen = (table){0};
  if (of->flags & (MANY | REVERSE_KEY) || of->depth > DEPTH_MAX
      || (of->depth == 0) != (of->root == NO_ROOT))
    return blame(it->map.fault, of->root, "a table is stated that we never make");
  return (of->depth == 0 || page_holds(it, of->root, of->depth, none, none)) && counts_hold(it);
}

/* --- a snapshot --- */

static rl_status check_snapshot(walk *it, const head *of)
{
  it->used = calloc(1, it->map.pages / 8 + 1);
  if (!it->used)
    return RL_NO_MEMORY;
  bool holds = table_holds(it, &of->free_pages, true, false)
               && table_holds(it, &of->main, false, true);
  free(it->used);
  return holds ? RL_OK : RL_CORRUPT;
}

rl_status rl_pages_check(int fd, uint64_t number, rl_page_fault *fault)
{
  head of;
  if (!rl_head_find(fd, number, &of, fault))
    return RL_CORRUPT;
  walk it = {.map.fault = fault, .last = of.last};
  rl_status status = rl_page_map(fd, of.free_pages.page_size, &it.map);
  if (status != RL_OK)
    return status;
  status = check_snapshot(&it, &of);
  rl_page_unmap(&it.map);
  return status;
}
