/* Any bytes as a venue's line. Cut in small pieces they must give the same messages as in one, and
 * whatever the messages say, the books hold only what a feed can push: no more than their limit, no
 * id twice, levels in order. A '|' stands for the field separator, so that inputs can be read. */
#include "feeds/fix_frame.h"
#include "feeds/fix_market.h"

#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bodies with a wrong length or sum never get to the decoder: this marks fields to be framed. */
#define FRAME_MARK '#'
#define INPUT_MAX 4096

typedef struct fix_run {
  rl_fix_market market;
  uint64_t frames[RL_FIX_FRAME_BAD_CHECKSUM + 1];
  uint64_t faults[RL_FIX_ENTRY_COUNT + 1];
} fix_run;

static void check_levels(const rl_fix_book *book, rl_fix_side side)
{
  rl_feed_level levels[RL_LEVELS_MAX];
  unsigned count = rl_fix_book_levels(book, side, levels);
  for (unsigned i = 0; i < count; i++) {
    RL_ASSERT(levels[i].rate.mantissa >= 1);
    RL_ASSERT(levels[i].rate.mantissa <= RL_SOURCE_MANTISSA_MAX);
    int order = i == 0 ? 0 : rl_rate_compare(levels[i - 1].rate, levels[i].rate);
    RL_ASSERT(i == 0 || (side == RL_FIX_BIDS ? order > 0 : order < 0));
  }
}

static void check_book(const rl_fix_book *book)
{
  RL_ASSERT(book->count <= RL_FIX_ENTRIES_MAX);
  for (unsigned i = 0; i < book->count; i++) {
    const rl_fix_standing *one = &book->entries[i];
    for (unsigned j = 0; j < i && one->id_length > 0; j++) {
      const rl_fix_standing *other = &book->entries[j];
      RL_ASSERT(one->id_length != other->id_length ||
                memcmp(one->id, other->id, one->id_length) != 0);
    }
  }
  check_levels(book, RL_FIX_BIDS);
  check_levels(book, RL_FIX_OFFERS);
}

static void take_message(fix_run *run, const char *bytes, size_t size)
{
  rl_fix_message message;
  rl_fix_fault fault = rl_fix_message_read(bytes, size, &message);
  run->faults[fault]++;
  if (fault != RL_FIX_READABLE)
    return;
  rl_fix_market_take(&run->market, message);
  for (unsigned i = 0; i < run->market.count; i++)
    check_book(run->market.instruments[i].book);
}

static void read_all(fix_run *run, const char *bytes, size_t size, size_t chunk)
{
  static rl_fix_framer framer;
  rl_error error;
  memset(run, 0, sizeof *run);
  rl_status status = rl_fix_market_init(&run->market, "EURUSD,GBPUSD=G", true, &error);
  RL_ASSERT(status == RL_OK);
  run->market.instruments[1].book->top = true;
  rl_fix_market_renew(&run->market);
  rl_fix_framer_reset(&framer);
  while (size > 0) {
    const char *message;
    size_t room, message_size = 0, taken = size < chunk ? size : chunk;
    char *to = rl_fix_framer_room(&framer, &room);
    RL_ASSERT(room > 0);
    taken = taken < room ? taken : room;
    memcpy(to, bytes, taken);
    rl_fix_framer_filled(&framer, taken);
    bytes += taken;
    size -= taken;
    for (rl_fix_frame event; (event = rl_fix_framer_next(&framer, &message, &message_size)) !=
                             RL_FIX_FRAME_NONE;) {
      run->frames[event]++;
      if (event == RL_FIX_FRAME_GOOD)
        take_message(run, message, message_size);
    }
  }
}

/* Separators for '|'; what stands between two marks gets a good length and sum. */
static size_t dress(const uint8_t *data, size_t size, char *out, size_t room)
{
  size_t used = 0;
  for (size_t at = 0; at < size && used + INPUT_MAX + 64 < room;) {
    const uint8_t *mark = memchr(data + at, FRAME_MARK, size - at);
    size_t length = mark ? (size_t)(mark - data) - at : size - at;
    bool framed = at > 0;
    size_t begin = used;
    unsigned sum = 0;
    if (framed)
      used += (size_t)snprintf(out + used, room - used, "8=FIX.4.4|9=%zu|", length);
    memcpy(out + used, data + at, length);
    used += length;
    for (size_t i = begin; i < used; i++) {
      out[i] = out[i] == '|' ? '\1' : out[i];
      sum += (unsigned char)out[i];
    }
    if (framed)
      used += (size_t)snprintf(out + used, room - used, "10=%03u\1", sum % 256);
    at += length + 1;
  }
  return used;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static char bytes[1 << 18];
  static fix_run once, again;
  if (size < 2 || size > INPUT_MAX)
    return 0;
  size_t length = dress(data + 1, size - 1, bytes, sizeof bytes);
  read_all(&once, bytes, length, sizeof bytes);
  read_all(&again, bytes, length, 1u + data[0]);
  int frames = memcmp(once.frames, again.frames, sizeof once.frames);
  int faults = memcmp(once.faults, again.faults, sizeof once.faults);
  int counts = memcmp(once.market.counts, again.market.counts, sizeof once.market.counts);
  RL_ASSERT(frames == 0 && faults == 0 && counts == 0);
  rl_fix_market_fini(&once.market);
  rl_fix_market_fini(&again.market);
  return 0;
}
