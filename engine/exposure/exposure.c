#include "exposure/table.h"

#include "bytes/bytes.h"

#include <stdlib.h>
#include <string.h>

rl_status rl_exposure_create(rl_limits *limits, rl_exposure **out)
{
  rl_exposure *exposure = calloc(1, sizeof *exposure);
  if (!exposure)
    return RL_NO_MEMORY;
  pthread_mutex_init(&exposure->mutex, NULL);
  exposure->reporting = rl_limits_reporting(limits);
  exposure->limits = limits;
  exposure->ticket_minor = rl_limits_ticket(limits);
  exposure->generation = 1;
  *out = exposure;
  return RL_OK;
}

void rl_exposure_destroy(rl_exposure *exposure)
{
  if (!exposure)
    return;
  rl_limits_destroy(exposure->limits);
  pthread_mutex_destroy(&exposure->mutex);
  free(exposure);
}

rl_currency rl_exposure_reporting(const rl_exposure *exposure)
{
  return exposure->reporting;
}

rl_status rl_exposure_admits(const rl_exposure *exposure, const rl_limits *limits,
                             const char *path, rl_error *error)
{
  if (rl_currency_equal(exposure->reporting, rl_limits_reporting(limits)))
    return RL_OK;
  return rl_fail(error, RL_INVALID, path, rl_limits_reporting_line(limits), "reporting",
                 "what is open is counted in %s: another currency needs a new start",
                 rl_currency_code(exposure->reporting));
}

void rl_exposure_limit(rl_exposure *exposure, rl_limits *limits)
{
  RL_ASSERT(rl_currency_equal(exposure->reporting, rl_limits_reporting(limits)));
  pthread_mutex_lock(&exposure->mutex);
  rl_limits *old = exposure->limits;
  exposure->limits = limits;
  exposure->ticket_minor = rl_limits_ticket(limits);
  exposure->generation++;
  pthread_mutex_unlock(&exposure->mutex);
  rl_limits_destroy(old);
}

/* --- seats --- */

uint16_t rl_seat_bucket(const char *client)
{
  return (uint16_t)(rl_checksum(client, strlen(client)) % RL_SEAT_BUCKETS);
}

rl_seat *rl_seat_find(rl_exposure *exposure, const char *client, uint16_t bucket)
{
  uint16_t entry = exposure->buckets[bucket];
  while (entry && strcmp(exposure->seats[entry - 1].client, client) != 0)
    entry = exposure->seats[entry - 1].next;
  return entry ? &exposure->seats[entry - 1] : NULL;
}

static rl_seat *take_free_seat(rl_exposure *exposure)
{
  if (exposure->free_seats) {
    rl_seat *seat = &exposure->seats[exposure->free_seats - 1];
    exposure->free_seats = seat->next;
    return seat;
  }
  if (exposure->seats_touched == RL_EXPOSURE_CLIENTS_MAX)
    return NULL;
  return &exposure->seats[exposure->seats_touched++];
}

static uint16_t number_of(const rl_exposure *exposure, const rl_seat *seat)
{
  return (uint16_t)(seat - exposure->seats);
}

/* NULL when all seats are taken. The client has no open lock yet: whoever seats it counts one. */
static rl_seat *seat_client(rl_exposure *exposure, const char *client, uint16_t bucket)
{
  rl_seat *seat = take_free_seat(exposure);
  if (!seat)
    return NULL;
  size_t length = strlen(client);
  RL_ASSERT(length <= RL_CLIENT_NAME_MAX);
  memcpy(seat->client, client, length + 1);
  seat->holder.generation = 0;
  seat->bucket = bucket;
  seat->next = exposure->buckets[bucket];
  exposure->buckets[bucket] = (uint16_t)(number_of(exposure, seat) + 1);
  return seat;
}

static void free_seat(rl_exposure *exposure, rl_seat *seat)
{
  uint16_t entry = (uint16_t)(number_of(exposure, seat) + 1);
  uint16_t *link = &exposure->buckets[seat->bucket];
  while (*link != entry)
    link = &exposure->seats[*link - 1].next;
  *link = seat->next;
  seat->next = exposure->free_seats;
  exposure->free_seats = entry;
}

/* --- sums --- */

static void add(rl_exposure_sum *sum, const rl_reservation *lock)
{
  sum->notional_minor += (uint64_t)lock->notional_minor;
  sum->locks++;
  sum->unvalued += lock->unvalued;
}

static void subtract(rl_exposure_sum *sum, const rl_reservation *lock)
{
  RL_ASSERT(sum->locks > 0 && sum->notional_minor >= (uint64_t)lock->notional_minor);
  sum->notional_minor -= (uint64_t)lock->notional_minor;
  sum->locks--;
  sum->unvalued -= lock->unvalued;
}

static void mark_pair(rl_exposure *exposure, rl_pair_number pair)
{
  uint64_t bit = 1ull << pair.index % 64;
  if (exposure->pairs[pair.index].sum.locks > 0)
    exposure->open_pairs[pair.index / 64] |= bit;
  else
    exposure->open_pairs[pair.index / 64] &= ~bit;
}

static void count_lock(rl_exposure *exposure, rl_seat *seat, rl_pair_number pair,
                       int64_t notional_minor, rl_reservation *out)
{
  *out = (rl_reservation){
    .notional_minor = notional_minor,
    .seat = number_of(exposure, seat),
    .pair = pair,
    .held = 1,
    .unvalued = notional_minor == 0,
  };
  add(&seat->holder.sum, out);
  add(&exposure->pairs[pair.index].sum, out);
  add(&exposure->total, out);
  mark_pair(exposure, pair);
}

void rl_exposure_release(rl_exposure *exposure, rl_reservation *reservation)
{
  if (!reservation->held)
    return;
  reservation->held = 0;
  pthread_mutex_lock(&exposure->mutex);
  rl_seat *seat = &exposure->seats[reservation->seat];
  subtract(&seat->holder.sum, reservation);
  subtract(&exposure->pairs[reservation->pair.index].sum, reservation);
  subtract(&exposure->total, reservation);
  mark_pair(exposure, reservation->pair);
  if (seat->holder.sum.locks == 0)
    free_seat(exposure, seat);
  pthread_mutex_unlock(&exposure->mutex);
}

/* --- caps --- */

/* What is asked for at once. */
typedef struct asking {
  const int64_t *notionals_minor;
  unsigned count;
  bool unknown;           /* one of the notionals */
  int64_t largest_minor;
  rl_u128 sum_minor;
} asking;

static asking asking_of(const int64_t *notionals_minor, unsigned count)
{
  asking it = {.notionals_minor = notionals_minor, .count = count};
  for (unsigned i = 0; i < count; i++) {
    int64_t minor = notionals_minor[i];
    RL_ASSERT(minor >= 0 && minor <= RL_NOTIONAL_MAX);
    it.unknown = it.unknown || minor == 0;
    it.sum_minor += (uint64_t)minor;
    if (minor > it.largest_minor)
      it.largest_minor = minor;
  }
  return it;
}

static bool fits(const rl_exposure_sum *sum, rl_cap cap, const asking *it)
{
  if (cap.locks != RL_LOCKS_UNCAPPED && (uint64_t)sum->locks + it->count > cap.locks)
    return false;
  return cap.notional_minor == RL_NOTIONAL_UNCAPPED
         || sum->notional_minor + it->sum_minor <= (uint64_t)cap.notional_minor;
}

static rl_cap client_cap(const rl_exposure *exposure, rl_seat *seat, const char *client)
{
  if (!seat)
    return rl_limits_client(exposure->limits, client);
  if (seat->holder.generation != exposure->generation) {
    seat->holder.cap = rl_limits_client(exposure->limits, client);
    seat->holder.generation = exposure->generation;
  }
  return seat->holder.cap;
}

static rl_cap pair_cap(rl_exposure *exposure, rl_pair_number pair)
{
  rl_holder *holder = &exposure->pairs[pair.index];
  if (holder->generation != exposure->generation) {
    holder->cap = rl_limits_pair(exposure->limits, pair);
    holder->generation = exposure->generation;
  }
  return holder->cap;
}

static rl_refusal judge(rl_exposure *exposure, rl_seat *seat, const char *client,
                        rl_pair_number pair, const asking *it)
{
  static const rl_exposure_sum nothing;
  rl_cap of_client = client_cap(exposure, seat, client), of_pair = pair_cap(exposure, pair);
  bool by_notional = exposure->ticket_minor != RL_NOTIONAL_UNCAPPED
                     || of_client.notional_minor != RL_NOTIONAL_UNCAPPED
                     || of_pair.notional_minor != RL_NOTIONAL_UNCAPPED;
  if (it->unknown && by_notional)
    return RL_REFUSAL_NO_REPORTING_RATE;
  if (it->largest_minor > exposure->ticket_minor)
    return RL_REFUSAL_TICKET_TOO_LARGE;
  if (!fits(seat ? &seat->holder.sum : &nothing, of_client, it))
    return RL_REFUSAL_CLIENT_LIMIT;
  if (!fits(&exposure->pairs[pair.index].sum, of_pair, it))
    return RL_REFUSAL_PAIR_LIMIT;
  return RL_REFUSAL_NONE;
}

/* --- reserving --- */

static bool count_all(rl_exposure *exposure, rl_seat *seat, const char *client, uint16_t bucket,
                      rl_pair_number pair, const asking *it, rl_reservation *out)
{
  if (!seat && !(seat = seat_client(exposure, client, bucket)))
    return false;
  for (unsigned i = 0; i < it->count; i++)
    count_lock(exposure, seat, pair, it->notionals_minor[i], &out[i]);
  return true;
}

rl_refusal rl_exposure_reserve(rl_exposure *exposure, const char *client, rl_currency from,
                               rl_currency to, const int64_t *notionals_minor, unsigned count,
                               rl_reservation *out)
{
  asking it = asking_of(notionals_minor, count);
  rl_pair_number pair = rl_pair_number_of(from, to);
  uint16_t bucket = rl_seat_bucket(client);
  pthread_mutex_lock(&exposure->mutex);
  rl_seat *seat = rl_seat_find(exposure, client, bucket);
  rl_refusal refusal = judge(exposure, seat, client, pair, &it);
  if (refusal == RL_REFUSAL_NONE
      && !count_all(exposure, seat, client, bucket, pair, &it, out))
    refusal = RL_REFUSAL_OVERLOADED;
  pthread_mutex_unlock(&exposure->mutex);
  return refusal;
}

rl_status rl_exposure_restore(rl_exposure *exposure, const char *client, rl_currency from,
                              rl_currency to, int64_t notional_minor, rl_reservation *out)
{
  asking it = asking_of(&notional_minor, 1);
  rl_pair_number pair = rl_pair_number_of(from, to);
  uint16_t bucket = rl_seat_bucket(client);
  pthread_mutex_lock(&exposure->mutex);
  rl_seat *seat = rl_seat_find(exposure, client, bucket);
  bool counted = count_all(exposure, seat, client, bucket, pair, &it, out);
  pthread_mutex_unlock(&exposure->mutex);
  return counted ? RL_OK : RL_FULL;
}
