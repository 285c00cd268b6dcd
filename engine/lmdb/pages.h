/* A look at every page of an LMDB 0.9 file before LMDB trusts them.
 *
 * LMDB checks its first two pages and believes the rest: one flipped bit in a page's head or in a
 * row's place makes it read beyond the file, one in a branch's key hides rows, one in the list of
 * free pages lets it write over pages that are in use. Rows have checksums of the store's; this is
 * for what lies around them. What must hold of a snapshot:
 *
 *   heads     both are LMDB's, of one page size; their transactions follow one another, each in the
 *             page that its parity names; the newest is the one under which its newest free
 *             pages are listed, and the other is of none that came behind it: otherwise a bit
 *             flipped in a number could hide the last commit (heads.c says which it still can)
 *   pages     each lies in the file, says its own number and is of the kind that its depth asks
 *             for; each is used by one parent; rows fill what is not free, none lies outside
 *   keys      rise in each page and stay between the keys that lead to it
 *   counts    of rows and of pages of each kind are those that the table states
 *   free      pages are listed once and not in use
 *
 * A page of rows larger than a quarter of it lies outside (overflow); of these only the first
 * page's head is read.
 *
 * A file of 2.4 GB (1.5 million quotes) takes 0.15 s a GB out of memory, and off a disk what that
 * takes: 1 to 3 s a GB were measured.
 *
 *   page      8 number, 2 -, 2 flags, 2 lower and 2 upper bound of the free room; then 2 for each
 *             row's place; rows from the upper bound on. Overflow: 4 for how many pages instead
 *   row       leaf: 4 size of the value, 2 flags, 2 size of
 *             the key, key, value or 8 the page where it lies; branch: 6 the page, 2 size, key
 *   head      at 16: 4 magic, 4 version, 8 -, 8 map, two tables (free pages, main) of 48,
 *             8 last page, 8 transaction
 *   table     4 page size, 2 flags, 2 depth, 8 branches, 8 leaves, 8 overflow, 8 rows, 8 root */
#pragma once

#include "status/status.h"

#include <stdint.h>

typedef struct rl_page_fault {
  uint64_t page;
  const char *reason; /* static */
} rl_page_fault;

/* The first two pages alone: before the file is given to LMDB. RL_OK for what LMDB itself refuses.
 * An empty file is none of ours (make.h). RL_CORRUPT with *fault, RL_IO. */
RL_MUST_USE rl_status rl_pages_check_heads(int fd, rl_page_fault *fault);

/* The whole snapshot that transaction `number` made; the caller holds a read transaction of it, so
 * that nobody writes over its pages. RL_CORRUPT with *fault, RL_IO, RL_NO_MEMORY. Reads all pages
 * but those of large rows once. */
RL_MUST_USE rl_status rl_pages_check(int fd, uint64_t number, rl_page_fault *fault);
