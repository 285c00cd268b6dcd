#include "lmdb/pages.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE_HEAD = 16, ROW_HEAD = 8, HEAD_SIZE = 152, TABLE_SIZE = 48, DEPTH_MAX = 32 };
enum { BRANCH = 0x01, LEAF = 0x02, OVERFLOW = 0x04 };       /* a page's flags */
enum { IN_OVERFLOW = 0x01, IS_TABLE = 0x02 };               /* a row's */
enum { REVERSE_KEY = 0x02, INTEGER_KEY = 0x08, MANY = 0x74 }; /* a table's; MANY: rows of one key */
enum { PAGE_SIZE_MIN = 512, PAGE_SIZE_MAX = 32768, HEAD_TRIES = 8 };
#define MAGIC 0xbeefc0deu
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

typedef struct walk {
  const uint8_t *file;
  uint32_t page_size;
  uint64_t last;    /* page */
  uint64_t in_file; /* pages */
  uint8_t *used; /* a bit a page */
  table seen;    /* of the table in hand: what was counted */
  const table *of;
  bool lists_free_pages;
  bool lists_tables;
  rl_page_fault *fault;
} walk;

static uint16_t u16_at(const uint8_t *at)
{
  uint16_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static uint32_t u32_at(const uint8_t *at)
{
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static uint64_t u64_at(const uint8_t *at)
{
  uint64_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static bool blame(rl_page_fault *fault, uint64_t page, const char *reason)
{
  *fault = (rl_page_fault){page, reason};
  return false;
}

/* --- the two heads --- */

static bool is_page_size(uint32_t size)
{
  return size >= PAGE_SIZE_MIN && size <= PAGE_SIZE_MAX && (size & (size - 1)) == 0;
}

static bool head_holds(const head *it, uint64_t page, rl_page_fault *fault)
{
  if (it->last < 1)
    return blame(fault, page, "it states a last page that cannot be");
  if (it->number > 0 && it->number % 2 != page)
    return blame(fault, page, "its transaction belongs in the other head");
  return true;
}

/* A file that is younger than its first commit has heads of transaction 0. */
static bool heads_hold(const head heads[2], rl_page_fault *fault)
{
  uint64_t low = heads[0].number < heads[1].number ? heads[0].number : heads[1].number;
  uint64_t high = heads[0].number ^ heads[1].number ^ low;
  if (high - low > 1)
    return blame(fault, high % 2, "its transaction does not follow the other head's");
  if (heads[0].free_pages.page_size != heads[1].free_pages.page_size)
    return blame(fault, 1, "the heads state two sizes of pages");
  return head_holds(&heads[0], 0, fault) && head_holds(&heads[1], 1, fault);
}

static bool read_head(int fd, off_t page_at, head *out)
{
  return pread(fd, out, sizeof *out, page_at + PAGE_HEAD) == (ssize_t)sizeof *out
         && (uint32_t)out->magic_and_version == MAGIC;
}

/* The second lies a page behind the first; how large pages are, only the first says. */
static bool read_heads(int fd, head heads[2], rl_page_fault *fault)
{
  if (!read_head(fd, 0, &heads[0]))
    return blame(fault, 0, "it is not the head of an LMDB file");
  if (!is_page_size(heads[0].free_pages.page_size))
    return blame(fault, 0, "it states a size of pages that cannot be");
  return read_head(fd, heads[0].free_pages.page_size, &heads[1])
         || blame(fault, 1, "it is not the head that belongs here, or the file is cut off");
}

rl_status rl_pages_check_heads(int fd, rl_page_fault *fault)
{
  head heads[2];
  bool holds = false;
  if (!read_head(fd, 0, &heads[0]))
    return RL_OK;
  /* An engine that runs may write one head, and then the other, between our two looks. */
  for (unsigned i = 0; i < HEAD_TRIES && !holds; i++)
    holds = read_heads(fd, heads, fault) && heads_hold(heads, fault);
  return holds ? RL_OK : RL_CORRUPT;
}

/* --- pages --- */

static bool take(walk *it, uint64_t page)
{
  uint8_t bit = (uint8_t)(1u << page % 8);
  if (it->used[page / 8] & bit)
    return blame(it->fault, page, "it is used twice, or listed as free and in use");
  it->used[page / 8] |= bit;
  return true;
}

static bool take_used(walk *it, uint64_t page)
{
  if (page < 2 || page > it->last)
    return blame(it->fault, page, "a page is named that the file does not have");
  if (page >= it->in_file)
    return blame(it->fault, page, "the file is cut off before it");
  return take(it, page);
}

/* A page that was allocated and given back in one transaction is never written: the file may end
 * before the last page, but not before one that is in use. */
static bool take_free(walk *it, uint64_t page)
{
  if (page < 2 || page > it->last)
    return blame(it->fault, page, "a page is listed as free that the file does not have");
  return page >= it->in_file || take(it, page);
}

static const uint8_t *page_at(const walk *it, uint64_t page)
{
  return it->file + page * it->page_size;
}

/* What cannot be in the page at all is told before any row of it is looked at. */
static bool bounds_hold(const walk *it, uint64_t page, unsigned kind)
{
  const uint8_t *at = page_at(it, page);
  unsigned lower = u16_at(at + 12), upper = u16_at(at + 14);
  if (u64_at(at) != page)
    return blame(it->fault, page, "it has the number of another page");
  if (u16_at(at + 10) != kind)
    return blame(it->fault, page, "it is not of the kind that leads to it");
  if (lower < PAGE_HEAD || lower % 2 != 0 || upper < lower || upper > it->page_size)
    return blame(it->fault, page, "its bounds are not within it");
  return lower > PAGE_HEAD + (kind == BRANCH ? 2u : 0u)
         || blame(it->fault, page, "it has fewer rows than its kind must have");
}

static unsigned rows_of(const uint8_t *page)
{
  return (u16_at(page + 12) - PAGE_HEAD) / 2u;
}

static const uint8_t *row_at(const uint8_t *page, unsigned index)
{
  return page + u16_at(page + PAGE_HEAD + 2 * index);
}

static key key_of(const uint8_t *row)
{
  return (key){row + ROW_HEAD, u16_at(row + 6)};
}

static size_t value_size(const uint8_t *row)
{
  return u16_at(row) | (size_t)u16_at(row + 2) << 16;
}

static uint64_t child_of(const uint8_t *row)
{
  return u16_at(row) | (uint64_t)u16_at(row + 2) << 16 | (uint64_t)u16_at(row + 4) << 32;
}

/* Bytes of the row in its page. */
static size_t row_size(const uint8_t *row, unsigned kind)
{
  size_t size = ROW_HEAD + key_of(row).size;
  if (kind == LEAF)
    size += u16_at(row + 4) & IN_OVERFLOW ? sizeof(uint64_t) : value_size(row);
  return size + size % 2;
}

/* Rows lie from the upper bound on without a gap, so that their sizes say whether two overlap. */
static bool rows_fit(const walk *it, uint64_t page, unsigned kind)
{
  const uint8_t *at = page_at(it, page);
  unsigned upper = u16_at(at + 14), count = rows_of(at);
  size_t sum = 0;
  for (unsigned i = 0; i < count; i++) {
    size_t place = u16_at(at + PAGE_HEAD + 2 * i);
    if (place < upper || place % 2 != 0 || place + ROW_HEAD > it->page_size)
      return blame(it->fault, page, "a row lies outside of it");
    size_t size = row_size(at + place, kind);
    if (size > it->page_size - place)
      return blame(it->fault, page, "a row is longer than what is left of it");
    sum += size;
  }
  return sum == it->page_size - upper || blame(it->fault, page, "its rows do not fill it");
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
  const uint8_t *at = page_at(it, page);
  unsigned count = rows_of(at);
  for (unsigned i = kind == BRANCH ? 1 : 0; i < count; i++) {
    key here = key_of(row_at(at, i));
    if (low.bytes && (compare(it, here, low) < 0
                      || (i > (kind == BRANCH ? 1u : 0u) && compare(it, here, low) == 0)))
      return blame(it->fault, page, "a key is not above the one before it");
    low = here;
  }
  return !high.bytes || !low.bytes || compare(it, low, high) < 0
         || blame(it->fault, page, "a key is not below what leads to the next page");
}

/* --- rows --- */

static bool overflow_holds(walk *it, uint64_t first, size_t size)
{
  uint64_t pages = (PAGE_HEAD + size + it->page_size - 1) / it->page_size;
  for (uint64_t i = 0; i < pages; i++) {
    if (!take_used(it, first + i))
      return false;
  }
  const uint8_t *at = page_at(it, first);
  it->seen.overflow += pages;
  return (u64_at(at) == first && u16_at(at + 10) == OVERFLOW && u32_at(at + 12) == pages)
         || blame(it->fault, first, "it is not the first page of this large row");
}

/* A count, and so many pages. */
static bool free_pages_hold(walk *it, uint64_t page, const uint8_t *value, size_t size)
{
  uint64_t count = size >= sizeof count ? u64_at(value) : UINT64_MAX;
  if (count > size / sizeof count - 1)
    return blame(it->fault, page, "its list of free pages is longer than it is");
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
    return blame(it->fault, page, "a row is of a kind that does not belong here");
  if (flags & IN_OVERFLOW) {
    uint64_t first = u64_at(value);
    if (!overflow_holds(it, first, size))
      return false;
    value = page_at(it, first) + PAGE_HEAD;
  }
  if (it->lists_free_pages)
    return free_pages_hold(it, page, value, size);
  if (!is_table)
    return true; /* another program may keep rows beside tables; which is told by their names */
  if (size != sizeof(table))
    return blame(it->fault, page, "a table's row has not its size");
  table of;
  memcpy(&of, value, sizeof of);
  walk inner = *it;
  return table_holds(&inner, &of, false, false);
}

static bool leaf_holds(walk *it, uint64_t page)
{
  const uint8_t *at = page_at(it, page);
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
  if (!take_used(it, page) || !bounds_hold(it, page, kind) || !rows_fit(it, page, kind)
      || !keys_rise(it, page, kind, low, high))
    return false;
  if (kind == LEAF)
    return leaf_holds(it, page);
  const uint8_t *at = page_at(it, page);
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
         || blame(it->fault, of->root, "the table under it has not as much as is stated");
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
    return blame(it->fault, of->root, "a table is stated that we never make");
  return (of->depth == 0 || page_holds(it, of->root, of->depth, none, none)) && counts_hold(it);
}

/* --- a snapshot --- */

static rl_status check_snapshot(walk *it, const head *of)
{
  it->used = calloc(1, it->in_file / 8 + 1);
  if (!it->used)
    return RL_NO_MEMORY;
  bool holds = table_holds(it, &of->free_pages, true, false)
               && table_holds(it, &of->main, false, true);
  free(it->used);
  return holds ? RL_OK : RL_CORRUPT;
}

/* The head of this transaction; nobody writes over it while the caller reads. */
static bool find_head(int fd, uint64_t number, head *out, rl_page_fault *fault)
{
  head heads[2];
  if (!read_heads(fd, heads, fault))
    return false;
  *out = heads[number % 2];
  if (out->number != number || !is_page_size(out->free_pages.page_size))
    return blame(fault, number % 2, "it is not the head of the newest transaction");
  return head_holds(out, number % 2, fault);
}

rl_status rl_pages_check(int fd, uint64_t number, rl_page_fault *fault)
{
  struct stat file;
  head of;
  if (fstat(fd, &file) != 0)
    return RL_IO;
  if (!find_head(fd, number, &of, fault))
    return RL_CORRUPT;
  void *map = mmap(NULL, (size_t)file.st_size, PROT_READ, MAP_SHARED, fd, 0);
  if (map == MAP_FAILED)
    return RL_NO_MEMORY;
  uint32_t page_size = of.free_pages.page_size;
  walk it = {.file = map, .page_size = page_size, .last = of.last,
             .in_file = (uint64_t)file.st_size / page_size, .fault = fault};
  rl_status status = check_snapshot(&it, &of);
  munmap(map, (size_t)file.st_size);
  return status;
}
