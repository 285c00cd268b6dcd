/* One page by itself. */
#include "lmdb/layout.h"

#include <sys/mman.h>
#include <sys/stat.h>

rl_status rl_page_map(int fd, uint32_t page_size, mapped *out)
{
  struct stat file;
  if (fstat(fd, &file) != 0)
    return RL_IO;
  size_t bytes = (size_t)file.st_size;
  void *map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
  if (map == MAP_FAILED)
    return RL_NO_MEMORY;
  out->file = map;
  out->bytes = bytes;
  out->page_size = page_size;
  out->pages = bytes / page_size;
  return RL_OK;
}

void rl_page_unmap(const mapped *it)
{
  munmap((void *)(uintptr_t)it->file, it->bytes);
}

bool rl_page_bounds_hold(const mapped *it, uint64_t page, unsigned kind)
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

/* Bytes of the row in its page. */
static size_t row_size(const uint8_t *row, unsigned kind)
{
  size_t size = ROW_HEAD + key_of(row).size;
  if (kind == LEAF)
    size += u16_at(row + 4) & IN_OVERFLOW ? sizeof(uint64_t) : value_size(row);
  return size + size % 2;
}

/* Rows lie from the upper bound on without a gap, so that their sizes say whether two overlap. */
bool rl_page_rows_fit(const mapped *it, uint64_t page, unsigned kind)
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
