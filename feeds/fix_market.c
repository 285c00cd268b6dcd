#include "feeds/fix_market.h"

#include "feeds/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTHING ((rl_fix_span){0})

static const struct {
  const char *name;
  const char *text;
} words[RL_FIX_COUNT_KINDS] = {
#define WORDS(kind, name, text) {name, text},
  RL_FIX_COUNTS(WORDS)
#undef WORDS
};

const char *rl_fix_count_name(rl_fix_count count)
{
  return words[count].name;
}

const char *rl_fix_count_text(rl_fix_count count)
{
  return words[count].text;
}

void rl_fix_market_count(rl_fix_market *market, rl_fix_count count, rl_fix_span about,
                         rl_fix_span detail)
{
  market->counts[count]++;
  if (count >= RL_FIX_BAD_LENGTH_COUNT && market->odd)
    market->odd(market->context, count, about, detail);
}

static rl_fix_span span_of(const char *text)
{
  return (rl_fix_span){text, strlen(text)};
}

/* --- pairs --- */

static bool is_pair(const char *text, size_t length)
{
  return length == 6 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= 6;
}

static bool is_symbol(const char *text, size_t length)
{
  for (size_t i = 0; i < length; i++) {
    if (text[i] <= ' ' || text[i] > '~')
      return false;
  }
  return length >= 1 && length <= RL_FIX_SYMBOL_MAX;
}

static rl_fix_instrument *find_symbol(const rl_fix_market *market, rl_fix_span symbol)
{
  for (unsigned i = 0; i < market->count; i++) {
    if (rl_fix_span_is(symbol, market->instruments[i].symbol))
      return &market->instruments[i];
  }
  return NULL;
}

static bool has_pair(const rl_fix_market *market, const char *pair)
{
  for (unsigned i = 0; i < market->count; i++) {
    if (memcmp(market->instruments[i].pair, pair, 6) == 0)
      return true;
  }
  return false;
}

/* One of the list: "EURUSD" or "EURUSD=SYMBOL". */
static rl_status add_pair(rl_fix_market *market, const char *text, size_t length, bool slash,
                          rl_error *error)
{
  const char *equals = memchr(text, '=', length);
  size_t pair_length = equals ? (size_t)(equals - text) : length;
  const char *symbol = equals ? equals + 1 : text;
  size_t symbol_length = equals ? length - pair_length - 1 : length;
  if (!is_pair(text, pair_length) || !is_symbol(symbol, symbol_length))
    return rl_fail(error, RL_INVALID, NULL, 0, "pairs",
                   "\"%.*s\": expected a pair such as EURUSD, or EURUSD=SYMBOL with at most %d "
                   "printable characters", (int)(length < 60 ? length : 60), text,
                   RL_FIX_SYMBOL_MAX);
  if (market->count == RL_FIX_PAIRS_MAX)
    return rl_fail(error, RL_INVALID, NULL, 0, "pairs", "more than %d pairs", RL_FIX_PAIRS_MAX);
  rl_fix_instrument *instrument = &market->instruments[market->count];
  instrument->book = &market->books[market->count];
  memcpy(instrument->pair, text, 6);
  if (!equals && slash)
    snprintf(instrument->symbol, sizeof instrument->symbol, "%.3s/%.3s", text, text + 3);
  else
    snprintf(instrument->symbol, sizeof instrument->symbol, "%.*s", (int)symbol_length, symbol);
  if (has_pair(market, text) || find_symbol(market, span_of(instrument->symbol)))
    return rl_fail(error, RL_INVALID, NULL, 0, "pairs", "\"%.*s\" stands there twice",
                   (int)length, text);
  market->count++;
  return RL_OK;
}

/* Of a list parted by commas, as far as it may have them. */
static size_t count_items(const char *list)
{
  size_t count = 1;
  for (const char *at = list; (at = strchr(at, ',')) && count < RL_FIX_PAIRS_MAX; at++)
    count++;
  return count;
}

rl_status rl_fix_market_init(rl_fix_market *market, const char *pairs, bool slash,
                             rl_error *error)
{
  rl_status status = RL_OK;
  size_t room = count_items(pairs);
  *market = (rl_fix_market){
    .instruments = calloc(room, sizeof *market->instruments),
    .books = calloc(room, sizeof *market->books),
  };
  if (!market->instruments || !market->books) {
    rl_fix_market_fini(market);
    return rl_fail(error, RL_NO_MEMORY, NULL, 0, NULL, "not enough memory for the books");
  }
  for (const char *text = pairs; status == RL_OK; text++) {
    size_t length = strcspn(text, ",");
    status = add_pair(market, text, length, slash, error);
    text += length;
    if (*text == '\0')
      break;
  }
  if (status != RL_OK)
    rl_fix_market_fini(market);
  return status;
}

void rl_fix_market_fini(rl_fix_market *market)
{
  free(market->instruments);
  free(market->books);
  market->instruments = NULL;
  market->books = NULL;
  market->count = 0;
}

/* --- subscriptions --- */

static void empty_book(rl_fix_instrument *instrument)
{
  rl_fix_book_clear(instrument->book);
  instrument->changed = true;
  instrument->when.ms = 0;
}

void rl_fix_market_renew(rl_fix_market *market)
{
  market->generation++;
  for (unsigned i = 0; i < market->count; i++) {
    rl_fix_instrument *instrument = &market->instruments[i];
    empty_book(instrument);
    snprintf(instrument->request_id, sizeof instrument->request_id, "%" PRIu64 "-%u-%s",
             market->first_id, market->generation, instrument->pair);
  }
}

void rl_fix_market_end(rl_fix_market *market)
{
  for (unsigned i = 0; i < market->count; i++) {
    empty_book(&market->instruments[i]);
    market->instruments[i].request_id[0] = '\0';
  }
}

static rl_fix_instrument *find_request(const rl_fix_market *market, rl_fix_span id)
{
  for (unsigned i = 0; i < market->count && id.length > 0; i++) {
    if (rl_fix_span_is(id, market->instruments[i].request_id))
      return &market->instruments[i];
  }
  return NULL;
}

/* --- messages --- */

static void count_outcome(rl_fix_market *market, rl_fix_outcome outcome, rl_fix_span symbol,
                          rl_fix_span detail)
{
  static const rl_fix_count counts[] = {
    [RL_FIX_UNKNOWN_TYPE] = RL_FIX_UNKNOWN_TYPE_COUNT,
    [RL_FIX_UNKNOWN_ACTION] = RL_FIX_UNKNOWN_ACTION_COUNT,
    [RL_FIX_NO_KEY] = RL_FIX_NO_KEY_COUNT,
    [RL_FIX_NO_PRICE] = RL_FIX_NO_PRICE_COUNT,
    [RL_FIX_BAD_PRICE] = RL_FIX_BAD_PRICE_COUNT,
    [RL_FIX_ZERO_PRICE] = RL_FIX_ZERO_PRICE_COUNT,
    [RL_FIX_BAD_SIZE] = RL_FIX_BAD_SIZE_COUNT,
    [RL_FIX_DUPLICATE] = RL_FIX_DUPLICATE_COUNT,
    [RL_FIX_UNKNOWN_CHANGE] = RL_FIX_UNKNOWN_CHANGE_COUNT,
    [RL_FIX_UNKNOWN_DELETE] = RL_FIX_UNKNOWN_DELETE_COUNT,
    [RL_FIX_BOOK_FULL] = RL_FIX_BOOK_FULL_COUNT,
  };
  if (outcome != RL_FIX_TAKEN)
    rl_fix_market_count(market, counts[outcome], symbol, detail);
}

static void take_entry(rl_fix_market *market, rl_fix_instrument *instrument,
                       const rl_fix_message *message, const rl_fix_entry *entry)
{
  market->counts[RL_FIX_ENTRIES_COUNT]++;
  rl_fix_outcome outcome = rl_fix_book_apply(instrument->book, entry);
  count_outcome(market, outcome, span_of(instrument->symbol), entry->id);
  rl_utc when = market->entry_time && entry->when.ms > 0 ? entry->when : message->sent;
  if (!instrument->changed || when.ms > instrument->when.ms)
    instrument->when = when;
  instrument->changed = true;
}

/* That the message is of the subscription that stands. */
static bool is_current(const rl_fix_instrument *instrument, const rl_fix_message *message)
{
  if (message->request_id.text)
    return rl_fix_span_is(message->request_id, instrument->request_id);
  return instrument->request_id[0] != '\0' && !message->possible_duplicate;
}

static rl_fix_instrument *resolve(rl_fix_market *market, const rl_fix_message *message,
                                  rl_fix_span symbol)
{
  rl_fix_instrument *instrument = symbol.text ? find_symbol(market, symbol)
                                              : find_request(market, message->request_id);
  if (!instrument) {
    rl_fix_market_count(market, RL_FIX_UNKNOWN_SYMBOL_COUNT, symbol, NOTHING);
    return NULL;
  }
  if (!is_current(instrument, message)) {
    rl_fix_market_count(market, RL_FIX_OLD_REQUEST_COUNT, span_of(instrument->symbol),
                        message->request_id);
    return NULL;
  }
  return instrument;
}

static void take_snapshot(rl_fix_market *market, rl_fix_message *message)
{
  rl_fix_entry entry;
  market->counts[RL_FIX_SNAPSHOTS_COUNT]++;
  rl_fix_instrument *instrument = resolve(market, message, message->symbol);
  if (!instrument)
    return;
  empty_book(instrument);
  while (rl_fix_entry_next(message, &entry))
    take_entry(market, instrument, message, &entry);
  if (instrument->book->count == 0)
    instrument->when = message->sent;
}

/* An entry that names no symbol is of the same as the one before it, or of the request's. */
static void take_incremental(rl_fix_market *market, rl_fix_message *message)
{
  rl_fix_entry entry;
  rl_fix_span symbol = message->symbol;
  rl_fix_instrument *instrument = NULL;
  bool resolved = false;
  market->counts[RL_FIX_INCREMENTALS_COUNT]++;
  while (rl_fix_entry_next(message, &entry)) {
    if (!resolved || entry.symbol.text) {
      symbol = entry.symbol.text ? entry.symbol : symbol;
      instrument = resolve(market, message, symbol);
      resolved = true;
    }
    if (instrument)
      take_entry(market, instrument, message, &entry);
  }
}

/* What MDReqRejReason stands for; NULL for one that FIX 4.4 does not know. */
static const char *request_reject_reason(rl_fix_span reason)
{
  static const char *const reasons[] = {
    "unknown symbol", "duplicate request id", "insufficient bandwidth",
    "insufficient permissions", "this kind of subscription is not supported",
    "this depth is not supported", "this kind of update is not supported",
    "an aggregated book is not supported", "this type of entry is not supported",
    "this trading session is not supported",
  };
  uint64_t code;
  if (rl_digits_parse(reason.text, reason.length, 9, &code) != RL_OK)
    return NULL;
  return reasons[code];
}

/* The request's pair gets nothing more: its book, if it had one, is over. */
static void take_reject(rl_fix_market *market, const rl_fix_message *message, rl_fix_count count,
                        rl_fix_span id)
{
  char detail[256];
  const char *known = count == RL_FIX_REQUEST_REJECTS_COUNT
                        ? request_reject_reason(message->reason) : NULL;
  rl_fix_span reason = known ? span_of(known) : message->reason;
  rl_fix_instrument *instrument = find_request(market, id);
  snprintf(detail, sizeof detail, "%.*s%s%.*s", (int)reason.length % 64, reason.text,
           reason.length > 0 && message->text.length > 0 ? ": " : "",
           (int)(message->text.length < 160 ? message->text.length : 160), message->text.text);
  rl_fix_market_count(market, count, instrument ? span_of(instrument->symbol) : id,
                      span_of(detail));
  if (instrument) {
    empty_book(instrument);
    instrument->request_id[0] = '\0';
  }
}

void rl_fix_market_take(rl_fix_market *market, rl_fix_message message)
{
  switch (message.kind) {
  case RL_FIX_SNAPSHOT: take_snapshot(market, &message); break;
  case RL_FIX_INCREMENTAL: take_incremental(market, &message); break;
  case RL_FIX_REQUEST_REJECT:
    take_reject(market, &message, RL_FIX_REQUEST_REJECTS_COUNT, message.request_id);
    break;
  case RL_FIX_BUSINESS_REJECT:
    take_reject(market, &message, RL_FIX_BUSINESS_REJECTS_COUNT, message.refused_id);
    break;
  case RL_FIX_SESSION_REJECT:
    take_reject(market, &message, RL_FIX_SESSION_REJECTS_COUNT, NOTHING);
    break;
  case RL_FIX_SEQUENCE_RESET: market->counts[RL_FIX_GAP_FILLS_COUNT]++; break;
  case RL_FIX_LOGOUT:
  case RL_FIX_OTHER: break;
  }
}
