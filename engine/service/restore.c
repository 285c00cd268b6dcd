/* After a start: what the store recorded, back into the lock book. The store remains the judge;
 * the book gets its open locks and live create keys, so that a retry that spans the restart still
 * meets its first answer (L4), and what is open is reserved again as it was (L5). Of a store that
 * engines share it takes its own quotes only: keys and caps are each engine's own. Pairs that were
 * halted by hand are halted again, before the first quote. */
#include "service/service_internal.h"

#include <string.h>

typedef struct restoring {
  rl_service *service;
  rl_now now;
  int64_t high_water_utc_ms;
  bool taken_back; /* some, and their rows may be to be written still */
  bool full;    /* the book */
  bool crowded; /* the exposure's seats */
} restoring;

static bool nothing_to_record(void *context)
{
  (void)context;
  return true;
}

/* The deadline on this boot's clock (L8). */
static int64_t deadline_now(const restoring *it, const rl_quote *quote)
{
  if (quote->boot_id == it->service->parts.boot_id)
    return quote->deadline_mono_ns;
  int64_t wall = it->now.utc.ms > it->high_water_utc_ms ? it->now.utc.ms : it->high_water_utc_ms;
  return it->now.mono.ns + (quote->expires_utc_ms + RL_WALL_SKEW_MS - wall) * RL_NS_PER_MS;
}

/* As it was recorded; in another currency than today's it can only be counted. */
static rl_status reserve_again(const restoring *it, const rl_quote *quote, rl_reservation *out)
{
  rl_exposure *exposure = it->service->parts.exposure;
  bool same = rl_currency_equal(quote->reporting, rl_exposure_reporting(exposure));
  return rl_exposure_restore(exposure, quote->client, quote->terms.source_currency,
                             quote->terms.target_currency, same ? quote->notional_minor : 0, out);
}

static bool is_taken_back(const restoring *it, const rl_quote *quote)
{
  rl_revocation revocation;
  return rl_store_find_revocation(it->service->parts.store, quote, &revocation) == RL_OK;
}

/* Its time was over while the engine still wrote, a second at least: who follows events was told
 * then, and need not be told again by the next sweep. */
static bool was_told_expired(const restoring *it, const rl_quote *quote, const rl_lock *lock)
{
  return lock->deadline_mono_ns <= it->now.mono.ns
         && quote->expires_utc_ms + RL_WALL_SKEW_MS <= it->high_water_utc_ms;
}

/* One that the desk took back has ended, whether its row was written before the engine's end or not
 * (K4). */
static bool open_again(restoring *it, const rl_quote *quote, rl_lock *lock, bool taken_back)
{
  rl_service *service = it->service;
  rl_key_verdict verdict;
  rl_quote_id existing;
  rl_end end;
  bool ended = taken_back || rl_store_find_end(service->parts.store, quote->id, &end) == RL_OK;
  if (!ended && lock->deadline_mono_ns > it->now.mono.ns)
    it->crowded = reserve_again(it, quote, &lock->reservation) != RL_OK;
  if (it->crowded)
    return false;
  rl_status opened = rl_book_open(service->parts.book, lock, nothing_to_record, NULL, &verdict,
                                  &existing);
  if (opened != RL_OK)
    rl_exposure_release(service->parts.exposure, &lock->reservation);
  else if (ended || was_told_expired(it, quote, lock))
    rl_book_end(service->parts.book, lock->key, quote->id);
  it->full = opened == RL_FULL;
  return !it->full;
}

/* On this boot's clock. The skew that another boot's lock is given is not its key's: on its own
 * boot the key was new again by then, and may name a later quote, which comes later in this walk
 * and must find it free. */
static int64_t key_end_now(const restoring *it, const rl_quote *quote, int64_t deadline_mono_ns)
{
  bool own_boot = quote->boot_id == it->service->parts.boot_id;
  int64_t ttl_ms = quote->terms.ttl_ms;
  int64_t more_ms = ttl_ms > RL_CREATE_KEY_MIN_MS ? 0 : (int64_t)RL_CREATE_KEY_MIN_MS - ttl_ms;
  return deadline_mono_ns + (more_ms - (own_boot ? 0 : RL_WALL_SKEW_MS)) * RL_NS_PER_MS;
}

static bool restore_quote(const rl_quote *quote, void *context)
{
  restoring *it = context;
  rl_service *service = it->service;
  bool taken_back = is_taken_back(it, quote);
  it->taken_back |= taken_back;
  if (!quote->has_evidence || !rl_store_is_own(service->parts.store, quote))
    return true; /* its create key and its reservation are another engine's */
  if (memcmp(&quote->store, &service->store_id, sizeof quote->store) != 0)
    return true; /* of the store that this is a copy of: it is not honoured here */
  rl_lock lock = {
    .id = quote->id,
    .key = rl_key_fingerprint(service->key_seed, quote->client, quote->operation, quote->key),
    .body = quote->body,
    .ttl_ms = quote->terms.ttl_ms,
    .deadline_mono_ns = deadline_now(it, quote),
  };
  int64_t now_ns = it->now.mono.ns;
  if (lock.deadline_mono_ns <= now_ns
      && key_end_now(it, quote, lock.deadline_mono_ns) <= now_ns)
    return true;
  return open_again(it, quote, &lock, taken_back);
}

rl_status rl_service_restore(rl_service *service, rl_error *error)
{
  restoring it = {
    .service = service,
    .now = rl_clock_read(&service->parts.clock),
    .high_water_utc_ms = rl_store_high_water(service->parts.store),
  };
  rl_quote_id from = rl_quote_id_first_at(it.now.utc.ms - RL_OPEN_SINCE_MS);
  rl_status status =
    rl_store_each_quote(service->parts.store, from, restore_quote, &it, error);
  if (status == RL_OK && it.crowded)
    return rl_fail(error, RL_FULL, "", 0, "clients",
                   "the store holds open quotes of more than %d clients", RL_EXPOSURE_CLIENTS_MAX);
  if (status == RL_OK && it.full)
    return rl_fail(error, RL_FULL, "", 0, "locks",
                   "the store holds more open quotes and live keys than there are slots: start "
                   "with a larger --locks");
  if (status == RL_OK && it.taken_back)
    rl_desk_resume(service);
  return status == RL_OK ? rl_halts_restore(service, error) : status;
}
