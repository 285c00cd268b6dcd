#include "feeds/fix_book.h"

#include <string.h>

void rl_fix_book_clear(rl_fix_book *book)
{
  book->count = 0;
}

static bool has_id(const rl_fix_standing *standing, rl_fix_span id)
{
  return standing->id_length == id.length && memcmp(standing->id, id.text, id.length) == 0;
}

static int side_of(char type)
{
  return type == RL_FIX_TYPE_BID ? RL_FIX_BIDS : type == RL_FIX_TYPE_OFFER ? RL_FIX_OFFERS : -1;
}

/* The id that the entry is known by so far: a change may bring a new one. */
static rl_fix_span known_id(const rl_fix_entry *entry)
{
  return entry->action != RL_FIX_NEW && entry->ref_id.length > 0 ? entry->ref_id : entry->id;
}

static bool is_same(const rl_fix_book *book, const rl_fix_standing *standing,
                    const rl_fix_entry *entry)
{
  rl_fix_span id = known_id(entry);
  if (id.length > 0)
    return has_id(standing, id);
  return standing->id_length == 0 && standing->side == side_of(entry->type) &&
         (book->top || rl_rate_compare(standing->price, entry->price) == 0);
}

static rl_fix_standing *find_id(rl_fix_book *book, rl_fix_span id)
{
  for (unsigned i = 0; i < book->count; i++) {
    if (has_id(&book->entries[i], id))
      return &book->entries[i];
  }
  return NULL;
}

static rl_fix_standing *find(rl_fix_book *book, const rl_fix_entry *entry)
{
  for (unsigned i = 0; i < book->count; i++) {
    if (is_same(book, &book->entries[i], entry))
      return &book->entries[i];
  }
  return NULL;
}

static void take_out(rl_fix_book *book, rl_fix_standing *standing)
{
  if (standing)
    *standing = book->entries[--book->count];
}

/* That there is something to know the entry by. */
static bool has_key(const rl_fix_book *book, const rl_fix_entry *entry)
{
  if (entry->id.length > RL_FIX_ID_MAX || entry->ref_id.length > RL_FIX_ID_MAX)
    return false;
  if (known_id(entry).length > 0)
    return true;
  return side_of(entry->type) >= 0 && (book->top || entry->priced == RL_FIX_PRESENT);
}

/* What is wrong with the numbers of a new or changed entry. */
static rl_fix_outcome judge_numbers(const rl_fix_entry *entry)
{
  if (entry->priced == RL_FIX_BAD)
    return RL_FIX_BAD_PRICE;
  if (entry->priced == RL_FIX_ZERO)
    return RL_FIX_ZERO_PRICE;
  return entry->sized == RL_FIX_BAD ? RL_FIX_BAD_SIZE : RL_FIX_TAKEN;
}

static void set_standing(rl_fix_standing *standing, const rl_fix_entry *entry)
{
  rl_fix_span id = entry->id.length > 0 ? entry->id : known_id(entry);
  if (side_of(entry->type) >= 0)
    standing->side = (uint8_t)side_of(entry->type);
  if (entry->priced == RL_FIX_PRESENT)
    standing->price = entry->price;
  if (entry->sized == RL_FIX_PRESENT)
    standing->size = entry->size;
  standing->id_length = (uint8_t)id.length;
  if (id.length > 0)
    memcpy(standing->id, id.text, id.length);
}

/* A change may give the entry the id of another, which then is no more. */
static void change_entry(rl_fix_book *book, rl_fix_standing *standing, const rl_fix_entry *entry)
{
  rl_fix_standing changed = *standing;
  take_out(book, standing);
  set_standing(&changed, entry);
  if (changed.id_length > 0)
    take_out(book, find_id(book, (rl_fix_span){changed.id, changed.id_length}));
  book->entries[book->count++] = changed;
}

/* An entry that is not there yet. */
static rl_fix_outcome add(rl_fix_book *book, const rl_fix_entry *entry)
{
  if (entry->priced == RL_FIX_ABSENT)
    return RL_FIX_NO_PRICE;
  if (side_of(entry->type) < 0)
    return RL_FIX_UNKNOWN_TYPE;
  if (book->count == RL_FIX_ENTRIES_MAX)
    return RL_FIX_BOOK_FULL;
  rl_fix_standing *standing = &book->entries[book->count++];
  *standing = (rl_fix_standing){0};
  set_standing(standing, entry);
  return RL_FIX_TAKEN;
}

static rl_fix_outcome put(rl_fix_book *book, const rl_fix_entry *entry)
{
  rl_fix_standing *standing = find(book, entry);
  rl_fix_outcome outcome = judge_numbers(entry);
  if (outcome != RL_FIX_TAKEN || entry->sized == RL_FIX_ZERO) {
    take_out(book, standing);
    return outcome;
  }
  bool change = entry->action == RL_FIX_CHANGE;
  if (standing && change) {
    change_entry(book, standing, entry);
    return RL_FIX_TAKEN;
  }
  bool replaces = standing != NULL;
  take_out(book, standing);
  outcome = add(book, entry);
  if (change && outcome != RL_FIX_BOOK_FULL)
    return RL_FIX_UNKNOWN_CHANGE;
  return outcome == RL_FIX_TAKEN && replaces ? RL_FIX_DUPLICATE : outcome;
}

rl_fix_outcome rl_fix_book_apply(rl_fix_book *book, const rl_fix_entry *entry)
{
  if (entry->type == RL_FIX_TYPE_EMPTY && entry->action != RL_FIX_DELETE) {
    rl_fix_book_clear(book);
    return RL_FIX_TAKEN;
  }
  if (entry->type != 0 && side_of(entry->type) < 0)
    return RL_FIX_UNKNOWN_TYPE;
  if (entry->action == RL_FIX_NO_ACTION)
    return RL_FIX_UNKNOWN_ACTION;
  if (!has_key(book, entry))
    return judge_numbers(entry) != RL_FIX_TAKEN ? judge_numbers(entry) : RL_FIX_NO_KEY;
  if (entry->action != RL_FIX_DELETE)
    return put(book, entry);
  rl_fix_standing *standing = find(book, entry);
  take_out(book, standing);
  return standing ? RL_FIX_TAKEN : RL_FIX_UNKNOWN_DELETE;
}

/* <0 when `left` is the better one. */
static int compare(rl_fix_side side, rl_rate left, rl_rate right)
{
  int order = rl_rate_compare(left, right);
  return side == RL_FIX_BIDS ? -order : order;
}

static void insert_level(rl_fix_side side, const rl_fix_standing *standing, rl_feed_level *levels,
                         unsigned *count)
{
  unsigned at = 0;
  while (at < *count && compare(side, levels[at].rate, standing->price) < 0)
    at++;
  if (at < *count && rl_rate_compare(levels[at].rate, standing->price) == 0) {
    levels[at].size += standing->size; /* at most 512 of 10^15 each */
    return;
  }
  if (at == RL_LEVELS_MAX)
    return;
  if (*count < RL_LEVELS_MAX)
    ++*count;
  memmove(&levels[at + 1], &levels[at], (*count - at - 1) * sizeof *levels);
  levels[at] = (rl_feed_level){standing->price, standing->size};
}

unsigned rl_fix_book_levels(const rl_fix_book *book, rl_fix_side side,
                            rl_feed_level out[RL_LEVELS_MAX])
{
  unsigned count = 0;
  for (unsigned i = 0; i < book->count; i++) {
    if (book->entries[i].side == side)
      insert_level(side, &book->entries[i], out, &count);
  }
  return count;
}
