/* Movements of money on one account, of a bank's statement or of our ledger, in one form, so that
 * the two can be held against each other.
 *
 * A list owns its items and the texts of their references. Bounded; one thread. */
#pragma once

#include "clock/date.h"
#include "money/currency.h"

/* Of one side: the largest statements of a month have some hundred thousand. */
#define RL_ITEMS_MAX 262144u
/* Bytes of all references of one side, each with its NUL: 256 an item. */
#define RL_REFERENCE_BYTES_MAX (256u * RL_ITEMS_MAX)

typedef struct rl_item {
  rl_amount amount;   /* signed: + came into our account; never zero */
  rl_date value_date; /* when the money counts; what is compared */
  rl_date booked;     /* when it was entered: tells which period it belongs to */
  bool pending;       /* announced, not booked: shown, never matched */
  uint64_t place;     /* line of the file from 1, or number of the ledger's transaction */
  uint32_t statement; /* of the file's statements, from 0 */
  uint32_t first_reference; /* into the list's references */
  uint32_t reference_count;
} rl_item;

typedef struct rl_items {
  rl_item *items;
  uint32_t count;
  uint32_t room;          /* items allocated */
  uint32_t *references;   /* each an offset into `text` */
  uint32_t reference_count;
  uint32_t reference_room;
  char *text;             /* NUL-terminated references, one after the other */
  uint32_t text_size;
  uint32_t text_room;
} rl_items;

/* Appends the item, as yet without references. RL_OUT_OF_RANGE beyond RL_ITEMS_MAX,
 * RL_NO_MEMORY. */
RL_MUST_USE rl_status rl_items_add(rl_items *items, const rl_item *item);
/* Gives the last item a reference, without the blanks around it. Left out: an empty one, one of
 * the eight that the item got before, and what banks write where there is none (NOTPROVIDED,
 * NONREF). RL_OUT_OF_RANGE beyond RL_REFERENCE_BYTES_MAX, RL_NO_MEMORY. */
RL_MUST_USE rl_status rl_items_refer(rl_items *items, const char *text, size_t length);
/* Of the item's references the one numbered `index` from 0. */
const char *rl_items_reference(const rl_items *items, const rl_item *item, uint32_t index);
void rl_items_free(rl_items *items);
