#include "faults/pages.h"

#include <string.h>

enum { FLAG_BRANCH = 1, FLAG_LEAF = 2, FLAG_OVERFLOW = 4, FLAG_META = 8 };

const char *page_kind_name(page_kind kind)
{
  static const char *const names[PAGE_KINDS] = {"meta", "branch", "leaf", "overflow", "any"};
  return names[kind];
}

static page_kind kind_of(unsigned flags)
{
  return flags & FLAG_META ? PAGE_META
         : flags & FLAG_BRANCH ? PAGE_BRANCH
         : flags & FLAG_LEAF ? PAGE_LEAF
         : flags & FLAG_OVERFLOW ? PAGE_OVERFLOW
                                 : PAGE_OTHER;
}

void pages_classify(const uint8_t *bytes, size_t count, page_kind *kinds)
{
  for (size_t i = 0; i < count;) {
    const uint8_t *page = bytes + i * PAGE_SIZE;
    uint16_t flags;
    uint32_t pages = 1;
    memcpy(&flags, page + 10, sizeof flags);
    page_kind kind = kind_of(flags);
    if (kind == PAGE_OVERFLOW)
      memcpy(&pages, page + 12, sizeof pages);
    for (size_t k = 0; k < pages && i < count; k++)
      kinds[i++] = kind;
  }
}
