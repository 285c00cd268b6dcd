/* Everything that only looks: spreads, sources, figures, the tariff, the ping. */
#include "service/service_internal.h"

#include <string.h>

static const rl_universe *universe_of(const rl_exchange *exchange)
{
  return rl_market_universe(exchange->service->parts.market);
}

/* The pairs asked for, all of them when none is named. False when a name is no pair here; the part
 * is answered then. */
static bool asked_pairs(rl_exchange *exchange, const rl_request *request, rl_part *part,
                        rl_pair *pairs, uint32_t *count)
{
  const rl_universe *universe = universe_of(exchange);
  *count = request->pair_count;
  for (uint32_t i = 0; i < *count; i++) {
    if (rl_universe_find_name(universe, request->pairs[i].text, request->pairs[i].length,
                              &pairs[i]) != RL_OK) {
      rl_part_refuse(exchange, part, RL_REFUSAL_UNKNOWN_PAIR, "pairs",
                     "not a pair with a market of its own, in market convention");
      return false;
    }
  }
  return true;
}

static void answer_spreads(rl_exchange *exchange, const rl_request *request, rl_part *part)
{
  rl_pair named[RL_REQUEST_PAIRS_MAX];
  uint32_t count;
  if (!asked_pairs(exchange, request, part, named, &count))
    return;
  const rl_universe *universe = universe_of(exchange);
  bool all = count == 0;
  if (all)
    count = rl_universe_pair_count(universe);
  rl_writer writer = rl_part_open(exchange, part, 64 + (size_t)count * RL_REPLY_ROW_MAX);
  rl_reply_open_rows(&writer, "spreads", count);
  for (uint32_t i = 0; i < count; i++) {
    rl_pair pair = all ? (rl_pair){(uint16_t)i} : named[i];
    rl_composite composite;
    rl_halted how;
    rl_market_composite(exchange->service->parts.market, pair, exchange->arrived.mono,
                        &composite);
    bool halted = composite.refusal == RL_REFUSAL_PAIR_HALTED
                  && rl_service_halted(exchange->service, pair, exchange->arrived, &how);
    rl_reply_spread_row(&writer, universe, &composite, halted ? &how : NULL, exchange->arrived);
  }
  rl_part_close(exchange, part, &writer);
}

static void answer_triangles(rl_exchange *exchange, rl_part *part)
{
  const rl_universe *universe = universe_of(exchange);
  unsigned count = rl_universe_triangle_count(universe);
  rl_writer writer = rl_part_open(exchange, part, 64 + (size_t)count * RL_REPLY_ROW_MAX);
  rl_reply_open_rows(&writer, "triangles", count);
  for (unsigned i = 0; i < count; i++) {
    rl_triangle_info info;
    rl_market_triangle(exchange->service->parts.market, i, exchange->arrived.mono, &info);
    rl_reply_triangle_row(&writer, universe, &info);
  }
  rl_part_close(exchange, part, &writer);
}

static void answer_sources(rl_exchange *exchange, rl_part *part)
{
  const rl_market *market = exchange->service->parts.market;
  unsigned count = rl_market_source_count(market);
  rl_writer writer = rl_part_open(exchange, part, 64 + (size_t)count * RL_REPLY_ROW_MAX);
  rl_reply_open_rows(&writer, "sources", count);
  for (unsigned i = 0; i < count; i++) {
    rl_source_info info;
    rl_market_source_info(market, (rl_source){(uint8_t)i}, &info);
    rl_reply_source_row(&writer, universe_of(exchange), &info, exchange->arrived.mono);
  }
  rl_part_close(exchange, part, &writer);
}

static unsigned write_source_rows(const rl_exchange *exchange, rl_pair pair, rl_writer *writer)
{
  const rl_market *market = exchange->service->parts.market;
  rl_mono now = exchange->arrived.mono;
  unsigned rows = 0;
  for (unsigned i = 0; i < rl_market_source_count(market); i++) {
    rl_source source = {(uint8_t)i};
    rl_source_pair_stats stats;
    if (!rl_market_source_pair(market, source, pair, now, &stats))
      continue;
    rl_reply_source_pair_row(writer, universe_of(exchange), pair,
                             rl_market_source_name(market, source), &stats, now);
    rows++;
  }
  return rows;
}

static void answer_pair_sources(rl_exchange *exchange, const rl_request *request, rl_part *part)
{
  rl_pair pairs[RL_REQUEST_PAIRS_MAX];
  uint32_t count;
  if (!asked_pairs(exchange, request, part, pairs, &count))
    return;
  /* Rows are gathered apart: a source may speak of a pair for the first time meanwhile. */
  rl_buffer rows = {0};
  uint32_t row_count = 0;
  for (uint32_t i = 0; i < count; i++) {
    rl_writer writer = rl_buffer_writer(&rows, (size_t)RL_SOURCES_MAX * RL_REPLY_ROW_MAX);
    row_count += write_source_rows(exchange, pairs[i], &writer);
    rl_buffer_commit(&rows, &writer);
  }
  rl_writer writer = rl_part_open(exchange, part, 64 + rows.used);
  rl_reply_open_rows(&writer, "sources", row_count);
  rl_put_bytes(&writer, rows.bytes, rows.used);
  rl_part_close(exchange, part, &writer);
  rl_buffer_free(&rows);
}

static rl_recorder_state recorder_state(const rl_service *service)
{
  rl_recorder_state state = {0};
  if (service->parts.recorder)
    rl_recorder_state_read(service->parts.recorder, &state);
  return state;
}

static void answer_stats(rl_exchange *exchange, rl_part *part)
{
  rl_service *service = exchange->service;
  rl_recorder_state tape = recorder_state(service);
  rl_book_stats book;
  rl_book_stats_read(service->parts.book, &book);
  rl_store_stats store;
  rl_store_stats_read(service->parts.store, &store);
  const rl_figure figures[] = {
    {"messages", service->counters.messages},
    {"quotes_issued", service->counters.quotes},
    {"quotes_repeated", service->counters.repeats},
    {"indicative_prices", service->counters.indicative_prices},
    {"quotes_expired", service->counters.expired},
    {"refusals", service->counters.refusals},
    {"feed_messages", service->counters.feed_messages},
    {"feed_messages_refused", service->counters.feed_messages_refused},
    {"feed_messages_own", service->counters.feed_messages_own},
    {"ticks", service->counters.ticks},
    {"ticks_of_unknown_pairs", service->counters.ticks_of_unknown_pairs},
    {"tariff_reloads", service->counters.tariff_reloads},
    {"tariff_reloads_refused", service->counters.tariff_reloads_refused},
    {"accepted_unseen", service->counters.accepted_unseen},
    {"locks_active", book.active},
    {"locks_held", book.held},
    {"locks_capacity", book.capacity},
    {"store_quotes", store.quotes},
    {"store_accepted", store.accepted},
    {"store_cancelled", store.cancelled},
    {"store_revoked", store.revoked},
    {"store_commits", store.commits},
    {"store_bytes", store.bytes},
    {"store_free_bytes", store.free_bytes},
    {"store_let_go", store.let_go},
    {"store_retain_failures", store.retain_failures},
    {"store_kept_from", (uint64_t)rl_store_kept_from(service->parts.store)},
    {"store_exported_before", (uint64_t)rl_store_exported_before(service->parts.store)},
    {"store_waiting_jobs", store.waiting_jobs},
    {"store_inbox_bytes", store.inbox_bytes},
    {"store_state", (uint64_t)rl_store_state_now(service->parts.store)},
    {"tape_updates", tape.updates},
    {"tape_lost", tape.lost},
    {"tape_bytes", tape.bytes},
    {"tape_segments", tape.segments},
    {"tape_stopped", tape.stopped},
  };
  rl_writer writer = rl_part_open(exchange, part, RL_REPLY_MAX);
  rl_reply_stats(&writer, figures, sizeof figures / sizeof figures[0]);
  rl_part_close(exchange, part, &writer);
}

static void answer_tariff(rl_exchange *exchange, rl_part *part)
{
  const rl_tariff *main = rl_tariffs_main(exchange->tariffs);
  const rl_tariff *trial = rl_tariffs_trial(exchange->tariffs);
  size_t length, trial_length = 0;
  rl_tariff_text(main, &length);
  if (trial)
    rl_tariff_text(trial, &trial_length);
  rl_writer writer = rl_part_open(exchange, part, RL_REPLY_MAX + length + trial_length);
  rl_reply_tariff(&writer, exchange->tariffs);
  rl_part_close(exchange, part, &writer);
}

static unsigned priced_pairs(const rl_exchange *exchange)
{
  unsigned priced = 0;
  for (unsigned i = 0; i < rl_universe_pair_count(universe_of(exchange)); i++) {
    rl_composite composite;
    priced += rl_market_composite(exchange->service->parts.market, (rl_pair){(uint16_t)i},
                                  exchange->arrived.mono, &composite) == RL_REFUSAL_NONE;
  }
  return priced;
}

static const char *tape_word(const rl_service *service)
{
  if (!service->parts.recorder)
    return "off";
  return recorder_state(service).stopped ? "stopped" : "recording";
}

static void answer_ping(rl_exchange *exchange, rl_part *part)
{
  const rl_service *service = exchange->service;
  unsigned priced = priced_pairs(exchange);
  rl_writer writer = rl_part_open(exchange, part, RL_REPLY_MAX);
  rl_reply_ping(&writer, &service->store_id, service->engine_id, priced > 0, priced,
                tape_word(service), exchange->arrived.utc);
  rl_part_close(exchange, part, &writer);
}

void rl_answer_board(rl_exchange *exchange, const rl_request *request, rl_item *item)
{
  rl_part *part = &item->parts[0];
  if (!rl_part_has_room(exchange, part))
    return;
  if (request->kind == RL_REQUEST_SPREADS)
    answer_spreads(exchange, request, part);
  else if (request->kind == RL_REQUEST_TRIANGLES)
    answer_triangles(exchange, part);
  else if (request->kind == RL_REQUEST_SOURCES && request->pair_count == 0)
    answer_sources(exchange, part);
  else if (request->kind == RL_REQUEST_SOURCES)
    answer_pair_sources(exchange, request, part);
  else if (request->kind == RL_REQUEST_STATS)
    answer_stats(exchange, part);
  else if (request->kind == RL_REQUEST_TARIFF)
    answer_tariff(exchange, part);
  else
    answer_ping(exchange, part);
}
