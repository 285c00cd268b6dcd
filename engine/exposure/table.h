/* The memory of exposure, private to this room. All of it but `reporting` is the mutex's. */
#pragma once

#include "exposure/exposure.h"

#include <pthread.h>

#define RL_SEAT_BUCKETS 8192u /* twice the seats: chains of one, mostly */
#define RL_PAIR_WORDS ((RL_PAIR_NUMBER_COUNT + 63) / 64)

/* A client or a pair: what is open, and the cap on it. */
typedef struct rl_holder {
  rl_exposure_sum sum;
  rl_cap cap;       /* by the limits of `generation` */
  uint32_t generation;
} rl_holder;

/* A client with open locks. */
typedef struct rl_seat {
  rl_holder holder; /* with no locks: the seat is free */
  char client[RL_CLIENT_NAME_MAX + 1];
  uint16_t bucket;
  uint16_t next;    /* seat number + 1 of the same bucket, or of the free list; 0 ends */
} rl_seat;

struct rl_exposure {
  rl_currency reporting;
  pthread_mutex_t mutex;
  rl_limits *limits;
  int64_t ticket_minor;
  uint32_t generation;  /* rises with the limits, from 1: so that no reload visits every holder */
  rl_exposure_sum total;
  uint32_t seats_touched; /* seats ever used: those beyond were never written */
  uint16_t free_seats;    /* seat number + 1 */
  uint16_t buckets[RL_SEAT_BUCKETS];
  uint64_t open_pairs[RL_PAIR_WORDS]; /* a bit for each pair with open locks */
  rl_seat seats[RL_EXPOSURE_CLIENTS_MAX];
  rl_holder pairs[RL_PAIR_NUMBER_COUNT]; /* untouched, and so no memory, for most pairs */
};
_Static_assert(RL_EXPOSURE_CLIENTS_MAX < UINT16_MAX, "a seat's number plus one fits");

/* The seat of a client with open locks, or NULL. */
rl_seat *rl_seat_find(rl_exposure *exposure, const char *client, uint16_t bucket);
uint16_t rl_seat_bucket(const char *client);
