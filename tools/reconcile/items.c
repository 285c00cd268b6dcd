#include "reconcile/items.h"

#include <stdlib.h>
#include <string.h>

/* Room for `more` beyond `used` elements of `size` bytes, doubling. */
static bool grow(void **array, uint32_t *room, uint32_t used, uint32_t more, size_t size)
{
  if (*room - used >= more)
    return true;
  uint32_t wanted = *room ? *room : 64;
  while (wanted - used < more)
    wanted *= 2;
  void *grown = reallocarray(*array, wanted, size);
  if (!grown)
    return false;
  *array = grown;
  *room = wanted;
  return true;
}

rl_status rl_items_add(rl_items *items, const rl_item *item)
{
  if (items->count == RL_ITEMS_MAX)
    return RL_OUT_OF_RANGE;
  if (!grow((void **)&items->items, &items->room, items->count, 1, sizeof *item))
    return RL_NO_MEMORY;
  rl_item *added = &items->items[items->count++];
  *added = *item;
  added->first_reference = items->reference_count;
  added->reference_count = 0;
  return RL_OK;
}

static bool is_text(const char *text, size_t length, const char *wanted)
{
  return strlen(wanted) == length && memcmp(text, wanted, length) == 0;
}

/* What stands where there is no reference. */
static bool says_none(const char *text, size_t length)
{
  return length == 0 || is_text(text, length, "NOTPROVIDED") || is_text(text, length, "NONREF") ||
         is_text(text, length, "NOREF");
}

/* Among the last few: a batch may have many thousands. */
static bool has_reference(const rl_items *items, const rl_item *item, const char *text,
                          size_t length)
{
  uint32_t first = item->reference_count > 8 ? item->reference_count - 8 : 0;
  for (uint32_t i = first; i < item->reference_count; i++) {
    if (is_text(text, length, rl_items_reference(items, item, i)))
      return true;
  }
  return false;
}

static bool is_blank(char letter)
{
  return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

rl_status rl_items_refer(rl_items *items, const char *text, size_t length)
{
  RL_ASSERT(items->count > 0);
  rl_item *item = &items->items[items->count - 1];
  for (; length > 0 && is_blank(text[0]); text++)
    length--;
  while (length > 0 && is_blank(text[length - 1]))
    length--;
  if (says_none(text, length) || memchr(text, '\0', length) ||
      has_reference(items, item, text, length))
    return RL_OK;
  if (length >= RL_REFERENCE_BYTES_MAX - items->text_size)
    return RL_OUT_OF_RANGE;
  uint32_t size = (uint32_t)length + 1;
  if (!grow((void **)&items->text, &items->text_room, items->text_size, size, 1) ||
      !grow((void **)&items->references, &items->reference_room, items->reference_count, 1,
            sizeof *items->references))
    return RL_NO_MEMORY;
  memcpy(items->text + items->text_size, text, length);
  items->text[items->text_size + length] = '\0';
  items->references[items->reference_count++] = items->text_size;
  items->text_size += size;
  item->reference_count++;
  return RL_OK;
}

const char *rl_items_reference(const rl_items *items, const rl_item *item, uint32_t index)
{
  RL_ASSERT(index < item->reference_count);
  return items->text + items->references[item->first_reference + index];
}

void rl_items_free(rl_items *items)
{
  free(items->items);
  free(items->references);
  free(items->text);
  *items = (rl_items){0};
}
