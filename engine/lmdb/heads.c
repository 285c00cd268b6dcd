/* The two heads: which is the newest, and that it is. */
#include "lmdb/layout.h"

#include <unistd.h>

enum { PAGE_SIZE_MIN = 512, PAGE_SIZE_MAX = 32768, HEAD_TRIES = 8 };
#define MAGIC 0xbeefc0deu

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

bool rl_head_find(int fd, uint64_t number, head *out, rl_page_fault *fault)
{
  head heads[2];
  if (!read_heads(fd, heads, fault))
    return false;
  *out = heads[number % 2];
  if (out->number != number || !is_page_size(out->free_pages.page_size))
    return blame(fault, number % 2, "it is not the head of the newest transaction");
  return head_holds(out, number % 2, fault);
}

/* --- which commit a head is of --- */

/* The number under which the newest of its free pages are listed; 0 if it has none. */
static bool find_last_freed(const mapped *it, const table *of, uint64_t *number)
{
  uint64_t page = of->root;
  *number = 0;
  if (of->depth > DEPTH_MAX)
    return blame(it->fault, page, "a table is stated that we never make");
  for (unsigned depth = of->depth; depth >= 1; depth--) {
    unsigned kind = depth == 1 ? LEAF : BRANCH;
    if (page < 2 || page >= it->pages)
      return blame(it->fault, page, "a page is named that the file does not have");
    if (!rl_page_bounds_hold(it, page, kind) || !rl_page_rows_fit(it, page, kind))
      return false;
    const uint8_t *last = row_at(page_at(it, page), rows_of(page_at(it, page)) - 1);
    key listed = key_of(last);
    if (kind == BRANCH)
      page = child_of(last);
    else if (listed.size == sizeof *number)
      memcpy(number, listed.bytes, sizeof *number);
    else
      return blame(it->fault, page, "it is no list of free pages");
  }
  return true;
}

/* A commit frees at least the page that led to what it changed, and lists it under its own number,
 * above all earlier ones; only the first finds nothing to free. */
static bool newest_is_of_its_commit(const mapped *it, const head *newest, uint64_t page)
{
  uint64_t listed;
  if (!find_last_freed(it, &newest->free_pages, &listed))
    return false;
  return listed == newest->number || (listed == 0 && newest->number == 1)
         || blame(it->fault, page, "it is the head of another transaction than it states");
}

/* Whether it is of the commit behind the newest that is known. LMDB itself leaves such a head when
 * it could not write the next one: it puts the number and the last page back, and not the rest.
 * Then the last page is no further than the newest's. So a commit that made the file no longer can
 * hide here; no other can. */
static bool is_behind(const mapped *it, const head *other, const head *newest)
{
  uint64_t listed;
  return other->last > newest->last && find_last_freed(it, &other->free_pages, &listed)
         && listed > newest->number;
}

/* A flipped bit in either number may make the older head pass for the newest. */
static bool numbers_hold(const mapped *it, const head heads[2])
{
  unsigned newest = heads[1].number > heads[0].number;
  if (heads[newest].number == 0)
    return true;
  if (!newest_is_of_its_commit(it, &heads[newest], newest))
    return false;
  return !is_behind(it, &heads[1 - newest], &heads[newest])
         || blame(it->fault, 1 - newest, "it is the head of a later transaction than it states");
}

static rl_status check_numbers(int fd, const head heads[2], rl_page_fault *fault)
{
  mapped it = {.fault = fault};
  rl_status status = rl_page_map(fd, heads[0].free_pages.page_size, &it);
  if (status != RL_OK)
    return status;
  bool hold = numbers_hold(&it, heads);
  rl_page_unmap(&it);
  return hold ? RL_OK : RL_CORRUPT;
}

static bool is_empty(int fd)
{
  uint8_t byte;
  return pread(fd, &byte, sizeof byte, 0) == 0;
}

rl_status rl_pages_check_heads(int fd, rl_page_fault *fault)
{
  head heads[2];
  rl_status status = RL_CORRUPT;
  if (is_empty(fd)) {
    *fault = (rl_page_fault){0, "the file is empty, as no engine leaves it"};
    return RL_CORRUPT;
  }
  if (!read_head(fd, 0, &heads[0]))
    return RL_OK;
  /* An engine that runs may write one head, and then the other, between our two looks. */
  for (unsigned i = 0; i < HEAD_TRIES && status == RL_CORRUPT; i++) {
    if (read_heads(fd, heads, fault) && heads_hold(heads, fault))
      status = check_numbers(fd, heads, fault);
  }
  return status;
}
