/* Reading what is used and left, a slice of the table at a time. */
#include "exposure/table.h"

#include <string.h>

rl_exposure_sum rl_exposure_total(rl_exposure *exposure)
{
  pthread_mutex_lock(&exposure->mutex);
  rl_exposure_sum total = exposure->total;
  pthread_mutex_unlock(&exposure->mutex);
  return total;
}

int64_t rl_exposure_ticket(rl_exposure *exposure)
{
  pthread_mutex_lock(&exposure->mutex);
  int64_t ticket_minor = exposure->ticket_minor;
  pthread_mutex_unlock(&exposure->mutex);
  return ticket_minor;
}

/* All of these want the mutex held. */

static void fill_client(rl_exposure *exposure, const char *client, rl_exposure_row *out)
{
  rl_seat *seat = rl_seat_find(exposure, client, rl_seat_bucket(client));
  *out = (rl_exposure_row){.cap = rl_limits_client(exposure->limits, client)};
  memcpy(out->client, client, strlen(client));
  if (seat)
    out->used = seat->holder.sum;
}

static void fill_pair(const rl_exposure *exposure, rl_pair_number pair, rl_exposure_row *out)
{
  *out = (rl_exposure_row){.pair = pair, .cap = rl_limits_pair(exposure->limits, pair)};
  if (exposure->open_pairs[pair.index / 64] >> pair.index % 64 & 1)
    out->used = exposure->pairs[pair.index].sum;
}

void rl_exposure_client(rl_exposure *exposure, const char *client, rl_exposure_row *out)
{
  pthread_mutex_lock(&exposure->mutex);
  fill_client(exposure, client, out);
  pthread_mutex_unlock(&exposure->mutex);
}

void rl_exposure_pair(rl_exposure *exposure, rl_pair_number pair, rl_exposure_row *out)
{
  pthread_mutex_lock(&exposure->mutex);
  fill_pair(exposure, pair, out);
  pthread_mutex_unlock(&exposure->mutex);
}

/* A cursor counts what may be open first and what the limits name after it. Each of these looks at
 * a slice from there on and returns how many rows it made. */

static size_t open_clients(rl_exposure *exposure, uint32_t *cursor, rl_exposure_row *out)
{
  size_t rows = 0;
  for (unsigned i = 0; i < RL_EXPOSURE_SLICE && *cursor < RL_EXPOSURE_CLIENTS_MAX; i++) {
    const rl_seat *seat = &exposure->seats[*cursor];
    if (*cursor >= exposure->seats_touched) {
      *cursor = RL_EXPOSURE_CLIENTS_MAX;
      break;
    }
    if (seat->holder.sum.locks > 0)
      fill_client(exposure, seat->client, &out[rows++]);
    ++*cursor;
  }
  return rows;
}

static size_t named_clients(rl_exposure *exposure, uint32_t *cursor, rl_exposure_row *out)
{
  size_t rows = 0;
  unsigned count = rl_limits_client_count(exposure->limits);
  for (unsigned i = 0; i < RL_EXPOSURE_SLICE; i++) {
    unsigned index = *cursor - RL_EXPOSURE_CLIENTS_MAX;
    if (index >= count)
      break;
    fill_client(exposure, rl_limits_client_name(exposure->limits, index), &out[rows]);
    rows += out[rows].used.locks == 0;
    ++*cursor;
  }
  return rows;
}

static bool clients_end(const rl_exposure *exposure, uint32_t cursor)
{
  return cursor >= RL_EXPOSURE_CLIENTS_MAX + rl_limits_client_count(exposure->limits);
}

size_t rl_exposure_clients(rl_exposure *exposure, uint32_t *cursor,
                           rl_exposure_row out[RL_EXPOSURE_SLICE])
{
  size_t rows = 0;
  bool end = false;
  while (rows == 0 && !end) {
    pthread_mutex_lock(&exposure->mutex);
    rows = *cursor < RL_EXPOSURE_CLIENTS_MAX ? open_clients(exposure, cursor, out)
                                             : named_clients(exposure, cursor, out);
    end = clients_end(exposure, *cursor);
    pthread_mutex_unlock(&exposure->mutex);
  }
  return rows;
}

/* One word of bits is a slice. */
static size_t open_pairs(rl_exposure *exposure, uint32_t *cursor, rl_exposure_row *out)
{
  size_t rows = 0;
  while (*cursor < RL_PAIR_WORDS && exposure->open_pairs[*cursor] == 0)
    ++*cursor;
  if (*cursor == RL_PAIR_WORDS)
    return 0;
  for (uint64_t bits = exposure->open_pairs[*cursor]; bits; bits &= bits - 1) {
    unsigned index = *cursor * 64 + (unsigned)__builtin_ctzll(bits);
    fill_pair(exposure, (rl_pair_number){(uint16_t)index}, &out[rows++]);
  }
  ++*cursor;
  return rows;
}

static size_t named_pairs(rl_exposure *exposure, uint32_t *cursor, rl_exposure_row *out)
{
  size_t rows = 0;
  unsigned count = rl_limits_pair_count(exposure->limits);
  for (unsigned i = 0; i < RL_EXPOSURE_SLICE; i++) {
    unsigned index = *cursor - RL_PAIR_WORDS;
    if (index >= count)
      break;
    fill_pair(exposure, rl_limits_pair_at(exposure->limits, index), &out[rows]);
    rows += out[rows].used.locks == 0;
    ++*cursor;
  }
  return rows;
}

size_t rl_exposure_pairs(rl_exposure *exposure, uint32_t *cursor,
                         rl_exposure_row out[RL_EXPOSURE_SLICE])
{
  size_t rows = 0;
  bool end = false;
  while (rows == 0 && !end) {
    pthread_mutex_lock(&exposure->mutex);
    rows = *cursor < RL_PAIR_WORDS ? open_pairs(exposure, cursor, out)
                                   : named_pairs(exposure, cursor, out);
    end = *cursor >= RL_PAIR_WORDS + rl_limits_pair_count(exposure->limits);
    pthread_mutex_unlock(&exposure->mutex);
  }
  return rows;
}
