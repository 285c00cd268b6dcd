/* The pages of an LMDB 0.9 file, as far as a test must know them to damage one of a kind. Nothing
 * is asked of LMDB: what is read here is the file's own bytes.
 *
 *   page    8 number, 2 padding, 2 flags, then 2 lower and 2 upper bound of the free room; of an
 *           overflow page the 4 bytes count its pages, the others of which have no head
 *   meta    pages 0 and 1: page head, 4 magic, 4 version, 8 address, 8 map size, two databases of
 *           48 bytes (free list, main), 8 last page, 8 transaction */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { PAGE_SIZE = 4096, PAGE_HEAD = 16 };

typedef enum page_kind {
  PAGE_META,
  PAGE_BRANCH,
  PAGE_LEAF,
  PAGE_OVERFLOW, /* the first of some and those behind it */
  PAGE_OTHER,
  PAGE_KINDS,
} page_kind;

const char *page_kind_name(page_kind kind);
/* Writes the kind of each of `count` pages. */
void pages_classify(const uint8_t *bytes, size_t count, page_kind *kinds);
