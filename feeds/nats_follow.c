#include "feeds/nats_follow.h"

#include <stdlib.h>
#include <string.h>

/* Open addressing over twice as many places as there can be pairs. */
#define PLACES (2 * RL_PAIRS_MAX)

typedef struct followed {
  char pair[8];
  uint64_t sequence;   /* the last; 0: none told */
  int64_t arrival_ns;  /* of the last message, boot clock */
  bool standing;       /* the engine has a rate from us, or may have one */
  bool given_up;       /* taken back by us, or lost on its way: it may be said again */
} followed;

struct rl_follow {
  int64_t patience_ns;
  uint64_t connection;
  int64_t lost_ns;       /* since when there is no connection */
  char origin[RL_ORIGIN_SIZE];
  bool any;              /* somebody is followed */
  int64_t heard_ns;      /* the followed publisher's last message */
  bool has_offset;
  int64_t offset_ms;     /* the least of arrival minus sending, by two clocks */
  int64_t late_since_ns; /* the first late message behind the last timely one; -1: none */
  bool doubt;
  int64_t asked_ns;
  unsigned scan;         /* where the search for silent pairs goes on */
  unsigned ended;        /* pairs before it were taken back for good */
  unsigned count;
  followed pairs[RL_PAIRS_MAX]; /* in the order in which they were first heard of */
  uint16_t places[PLACES];      /* index of a pair plus 1; 0: a free place */
};

rl_status rl_follow_create(int64_t patience_ms, rl_follow **out)
{
  rl_follow *follow = calloc(1, sizeof *follow);
  if (!follow)
    return RL_NO_MEMORY;
  follow->patience_ns = patience_ms * RL_NS_PER_MS;
  follow->late_since_ns = -1;
  follow->asked_ns = INT64_MIN / 2;
  *out = follow;
  return RL_OK;
}

void rl_follow_destroy(rl_follow *follow)
{
  free(follow);
}

void rl_follow_connection(rl_follow *follow, uint64_t connection, rl_mono now)
{
  if (connection == follow->connection)
    return;
  if (connection == 0)
    follow->lost_ns = now.ns;
  else
    follow->doubt = true;
  follow->connection = connection;
}

bool rl_follow_admit(rl_follow *follow, const char *origin, rl_mono now, bool *changed)
{
  *changed = false;
  if (!follow->any || strcmp(origin, follow->origin) != 0) {
    if (follow->any && now.ns - follow->heard_ns < follow->patience_ns)
      return false;
    *changed = true;
    follow->any = true;
    follow->has_offset = false;
    memcpy(follow->origin, origin, strlen(origin) + 1);
    follow->doubt = true;
  }
  follow->heard_ns = now.ns;
  return true;
}

/* --- pairs --- */

static unsigned hash_of(const char pair[8])
{
  uint64_t word;
  memcpy(&word, pair, sizeof word);
  return (unsigned)(word * 0x9e3779b97f4a7c15ull >> 49); /* PLACES is 2^15 */
}
_Static_assert(PLACES == 1u << 15, "the shift takes as many bits as there are places");

static followed *place_of(rl_follow *follow, const char pair[8])
{
  unsigned at = hash_of(pair);
  for (; follow->places[at] != 0; at = (at + 1) % PLACES) {
    followed *found = &follow->pairs[follow->places[at] - 1];
    if (memcmp(found->pair, pair, sizeof found->pair) == 0)
      return found;
  }
  if (follow->count == RL_PAIRS_MAX)
    return NULL;
  followed *made = &follow->pairs[follow->count++];
  follow->places[at] = (uint16_t)follow->count;
  memcpy(made->pair, pair, sizeof made->pair);
  return made;
}

/* --- updates --- */

/* Whether the message was held up, by the time that its sender wrote into it. */
static bool is_late(rl_follow *follow, rl_utc when, rl_mono now)
{
  if (!follow->origin[0] || when.ms <= 0 || when.ms > RL_INSTANT_MAX_MS)
    return false;
  int64_t took_ms = now.ns / RL_NS_PER_MS - when.ms;
  if (!follow->has_offset || took_ms < follow->offset_ms) {
    follow->has_offset = true;
    follow->offset_ms = took_ms;
  }
  if (took_ms - follow->offset_ms < follow->patience_ns / RL_NS_PER_MS) {
    follow->late_since_ns = -1;
    return false;
  }
  if (follow->late_since_ns < 0)
    follow->late_since_ns = now.ns;
  if (now.ns - follow->late_since_ns < follow->patience_ns)
    return true;
  follow->offset_ms = took_ms;
  follow->late_since_ns = -1;
  return false;
}

static bool is_old(const followed *place, uint64_t sequence)
{
  return sequence != 0 && sequence <= place->sequence && !place->given_up &&
         place->sequence - sequence < RL_SEQUENCE_LEAP;
}

static uint64_t skipped(const followed *place, uint64_t sequence)
{
  if (sequence == 0 || place->sequence == 0 || sequence <= place->sequence)
    return 0;
  uint64_t between = sequence - place->sequence - 1;
  return between < RL_SEQUENCE_LEAP ? between : 0;
}

rl_follow_verdict rl_follow_take(rl_follow *follow, const rl_nats_update *update,
                                 bool from_snapshot, rl_mono now, uint64_t *lost)
{
  *lost = 0;
  followed *place = place_of(follow, update->pair);
  if (!place)
    return RL_FOLLOW_NO_ROOM;
  if (is_old(place, update->sequence))
    return RL_FOLLOW_OLD;
  *lost = skipped(place, update->sequence);
  if (*lost > 0 && !from_snapshot)
    follow->doubt = true;
  place->sequence = update->sequence;
  if (is_late(follow, update->when, now))
    return RL_FOLLOW_LATE;
  bool gone = update->withdrawn && !place->standing;
  place->arrival_ns = now.ns;
  place->standing = !update->withdrawn;
  place->given_up = false;
  return gone ? RL_FOLLOW_GONE : RL_FOLLOW_NEW;
}

void rl_follow_forget(rl_follow *follow)
{
  for (unsigned i = 0; i < follow->count; i++)
    follow->pairs[i].given_up = follow->pairs[i].standing = true;
  follow->doubt = true;
}

/* --- silence --- */

static bool is_silent(const rl_follow *follow, const followed *place, rl_mono now)
{
  if (!place->standing)
    return false;
  if (follow->connection == 0 && now.ns - follow->lost_ns >= follow->patience_ns)
    return true;
  return follow->origin[0] && now.ns - place->arrival_ns >= follow->patience_ns;
}

static void take_back(followed *place, char pair[8])
{
  place->standing = false;
  place->given_up = true;
  memcpy(pair, place->pair, 8);
}

bool rl_follow_withdraw(rl_follow *follow, rl_mono now, char pair[8])
{
  for (; follow->scan < follow->count; follow->scan++) {
    followed *place = &follow->pairs[follow->scan];
    if (is_silent(follow, place, now)) {
      take_back(place, pair);
      return true;
    }
  }
  follow->scan = 0;
  return false;
}

bool rl_follow_end(rl_follow *follow, char pair[8])
{
  for (; follow->ended < follow->count; follow->ended++) {
    if (follow->pairs[follow->ended].standing) {
      take_back(&follow->pairs[follow->ended], pair);
      return true;
    }
  }
  return false;
}

/* --- snapshots --- */

bool rl_follow_asks(rl_follow *follow, rl_mono now)
{
  if (!follow->doubt || follow->connection == 0 ||
      now.ns - follow->asked_ns < RL_FOLLOW_ASK_MS * RL_NS_PER_MS)
    return false;
  follow->asked_ns = now.ns;
  return true;
}

void rl_follow_answered(rl_follow *follow)
{
  follow->doubt = false;
}
