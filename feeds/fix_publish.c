#include "feeds/fix_publish.h"

#include "feeds/program.h"

/* A send to an engine that is away holds the session up: not more often than this. */
#define ASK_AGAIN_NS (1000 * RL_NS_PER_MS)

/* What waited to be sent would be old by the time it is taken, and look new. What the engine has is
 * unknown from here on: each book is told anew, or withdrawn. */
static void forget(rl_fix_publisher *publisher)
{
  rl_fix_market *market = publisher->market;
  rl_feed_discard(publisher->feed);
  for (unsigned i = 0; i < market->count; i++) {
    rl_fix_instrument *instrument = &market->instruments[i];
    instrument->standing = instrument->told;
    instrument->changed |= instrument->told;
  }
}

/* An engine that restarts is normal while a market runs: said, and waited for. */
static rl_status note_engine(rl_fix_publisher *publisher, rl_status status)
{
  bool away = status == RL_TIMEOUT;
  if (away != publisher->away)
    rl_program_say(away ? "%s: the engine takes no rates: waiting for it"
                        : "%s: the engine takes rates again", publisher->url);
  publisher->away = away;
  if (away) {
    publisher->ask_again.ns = rl_clock_read(&publisher->clock).mono.ns + ASK_AGAIN_NS;
    forget(publisher);
  }
  return away ? RL_OK : status;
}

static rl_status withdraw(rl_fix_publisher *publisher, rl_fix_instrument *instrument)
{
  if (!instrument->standing)
    return RL_OK;
  rl_status status = rl_feed_withdraw(publisher->feed, instrument->pair, instrument->when);
  if (status == RL_OK) {
    publisher->market->counts[RL_FIX_WITHDRAWN_COUNT]++;
    instrument->standing = false;
  }
  return status;
}

static rl_status push_levels(rl_fix_publisher *publisher, rl_fix_instrument *instrument,
                             const rl_feed_level *bids, unsigned bid_count,
                             const rl_feed_level *offers, unsigned offer_count)
{
  rl_fix_market *market = publisher->market;
  /* A repeat has no time of the venue's own: it is we who say it. */
  rl_utc when = instrument->changed ? instrument->when : (rl_utc){0};
  rl_status status = rl_feed_push_book(publisher->feed, instrument->pair, bids, bid_count, offers,
                                       offer_count, when);
  if (status == RL_INVALID) {
    rl_fix_market_count(market, RL_FIX_UNFIT_COUNT,
                        (rl_fix_span){instrument->pair, sizeof instrument->pair - 1},
                        (rl_fix_span){0});
    return withdraw(publisher, instrument);
  }
  if (status == RL_OK) {
    market->counts[RL_FIX_PUSHED_COUNT]++;
    market->counts[RL_FIX_REPEATED_COUNT] += !instrument->changed;
    instrument->standing = instrument->told = true;
  }
  return status;
}

static rl_status push_instrument(rl_fix_publisher *publisher, rl_fix_instrument *instrument)
{
  rl_feed_level bids[RL_LEVELS_MAX], offers[RL_LEVELS_MAX];
  unsigned bid_count = rl_fix_book_levels(instrument->book, RL_FIX_BIDS, bids);
  unsigned offer_count = rl_fix_book_levels(instrument->book, RL_FIX_OFFERS, offers);
  rl_status status = bid_count == 0 || offer_count == 0
                       ? withdraw(publisher, instrument)
                       : push_levels(publisher, instrument, bids, bid_count, offers, offer_count);
  if (status == RL_OK)
    instrument->changed = false;
  return status;
}

rl_status rl_fix_publish(rl_fix_publisher *publisher, bool repeat)
{
  rl_fix_market *market = publisher->market;
  rl_status status = RL_OK;
  if (publisher->away && rl_clock_read(&publisher->clock).mono.ns < publisher->ask_again.ns)
    return RL_OK;
  for (unsigned i = 0; i < market->count && status == RL_OK; i++) {
    rl_fix_instrument *instrument = &market->instruments[i];
    if (instrument->changed || (repeat && instrument->standing))
      status = push_instrument(publisher, instrument);
  }
  if (status == RL_OK)
    status = rl_feed_flush(publisher->feed);
  return note_engine(publisher, status);
}
