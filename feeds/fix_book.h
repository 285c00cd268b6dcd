/* The book of one symbol as a FIX venue tells it: entries that come, change and go.
 *
 * An entry is known by its MDEntryID, and one that has none by side and price (a book of one level
 * a side: by the side alone). What the book holds, the venue has said and not taken back:
 *
 * 1. A change that cannot be read takes the entry out: what it said before is no longer so.
 * 2. A new entry under a key that is there takes its place, and so does a change of one that is
 *    not there, when it says all of an entry: either is what the venue says now.
 * 3. An entry of size zero offers nothing, and is none.
 * 4. Never more than RL_FIX_ENTRIES_MAX entries.
 *
 * Plain memory, no allocation; one thread. */
#pragma once

#include "feeds/feed.h"
#include "feeds/fix_message.h"

typedef enum rl_fix_side { RL_FIX_BIDS, RL_FIX_OFFERS } rl_fix_side;

typedef struct rl_fix_standing {
  rl_rate price;
  uint64_t size; /* base currency, whole units; 0 if the venue tells none */
  uint8_t side;  /* rl_fix_side */
  uint8_t id_length; /* 0: known by side and price */
  char id[RL_FIX_ID_MAX];
} rl_fix_standing;

typedef struct rl_fix_book {
  bool top; /* one level a side */
  unsigned count;
  rl_fix_standing entries[RL_FIX_ENTRIES_MAX]; /* in no order */
} rl_fix_book;

/* What became of an entry. */
typedef enum rl_fix_outcome {
  RL_FIX_TAKEN,
  RL_FIX_UNKNOWN_TYPE,   /* neither bid nor offer: passed over */
  RL_FIX_UNKNOWN_ACTION, /* passed over */
  RL_FIX_NO_KEY,         /* neither id nor price to know it by, or too long an id */
  RL_FIX_NO_PRICE,       /* a new one without a price */
  RL_FIX_BAD_PRICE,      /* no decimal, or beyond what a source's rate may be */
  RL_FIX_ZERO_PRICE,
  RL_FIX_BAD_SIZE,
  RL_FIX_DUPLICATE,      /* a new one under a key that is there: rule 2 */
  RL_FIX_UNKNOWN_CHANGE, /* a change of one that is not there: rule 2 */
  RL_FIX_UNKNOWN_DELETE, /* one that is not there, such as the second time */
  RL_FIX_BOOK_FULL,
} rl_fix_outcome;

void rl_fix_book_clear(rl_fix_book *book);
rl_fix_outcome rl_fix_book_apply(rl_fix_book *book, const rl_fix_entry *entry);

/* The best levels of a side, the best first, entries of one price together. Returns how many. */
unsigned rl_fix_book_levels(const rl_fix_book *book, rl_fix_side side,
                            rl_feed_level out[RL_LEVELS_MAX]);
