/* A quote and what comes out when it is made again from what its record holds (K7): every figure on
 * the way, for the page (explain_print.c) and for the structured form (explain_json.c). */
#pragma once

#include "cli.h"
#include "explain_words.h"
#include "facts.h"
#include "ledger/ledger.h"
#include "market/composite.h"

/* What became of a tick when its leg's composite was made again. */
typedef enum rl_tick_use {
  RL_TICK_VOTES,
  RL_TICK_OUTLIER, /* its mid is beyond reach of the others' */
  RL_TICK_BEHIND,  /* policy `primary`: another is before it on the list */
  RL_TICK_STALE,   /* older at the issue than the pair allows: a record that has one is wrong */
} rl_tick_use;

/* Whether the tape has a tick. */
typedef enum rl_tick_tape {
  RL_TAPE_UNKNOWN, /* there is no tape of that time, or no tick is known */
  RL_ON_TAPE,
  RL_NOT_ON_TAPE,
} rl_tick_tape;

typedef struct rl_explained_leg {
  rl_tick_use uses[RL_SOURCES_PER_PAIR_MAX]; /* of the ticks as recorded */
  rl_tick_tape on_tape[RL_SOURCES_PER_PAIR_MAX];
  bool has_steps;                            /* any fresh tick: `steps` is there */
  rl_composite_steps steps;
} rl_explained_leg;

typedef struct rl_explained {
  /* in */
  rl_quote quote;              /* as recorded, or as the token says */
  bool from_token;             /* no ticks: composites and conditions are taken as they are */
  bool seal_verified;          /* of a token */
  rl_tariff *tariff;           /* of the hash on the quote */
  const char *tariff_file;     /* where it was read; NULL: where the quote was */
  const char *export_file;     /* where both were read; NULL: the store */
  rl_universe *universe;       /* whose hours judge `closed`, with the pairs of all legs; NULL: as
                                  recorded */
  rl_calendars *calendars;     /* of the value date */
  const char *calendar_file;   /* where they were read; NULL: built in */
  /* out */
  rl_price_request request;    /* what was asked for; of a token: what was granted */
  rl_explained_leg legs[RL_LEGS_MAX];
  rl_snapshot snapshot;        /* the legs and conditions made again */
  rl_value_date value_date;    /* made again */
  rl_refusal refusal;          /* why it could not be priced again, or RL_REFUSAL_NONE */
  const rl_rule *rule;         /* of the tariff, that prices the request; NULL: none */
  const rl_waiver *waivers[RL_FEES_MAX]; /* by fee item of the rule */
  int64_t band_minor;          /* source currency: the amount that chose the rule */
  /* out, without a refusal */
  rl_terms terms;              /* priced again */
  rl_lock_class lock;
  rl_markup_sum sum;           /* of all markup lines and the premium */
  rl_ratio core;               /* exact, as are the next two */
  rl_ratio mid;
  rl_ratio client;             /* before it is rounded */
  bool digit_back;             /* the nearest rate was better for the client than the core */
  int64_t converted_minor;     /* floor(N x rho), target currency */
  int64_t wanted_net_minor;    /* fixed target: ceil(G / rho), source currency */
  int64_t worth_minor;         /* floor(T at mid), source currency */
  rl_transaction postings;     /* of an accept */
  /* the outcome */
  rl_facts recorded;
  rl_facts recomputed;
  unsigned difference_count;   /* 0: it reproduces */
  rl_difference differences[2 * RL_FACTS_MAX];
} rl_explained;

/* How old a tick was at the issue. Any two instants of a record have a difference: it wraps around
 * rather than overflow. */
static inline int64_t rl_explain_age_ns(const rl_quote *quote, const rl_composite_tick *tick)
{
  return (int64_t)((uint64_t)quote->issued_mono_ns - (uint64_t)tick->arrival_mono_ns);
}

/* explain_tape.c: looks for the ticks on the data directory's tape. After rl_explain_work. */
void rl_explain_find_on_tape(const rl_cli *cli, rl_explained *it);

/* Fills the rest from the first part. Pure. */
void rl_explain_work(rl_explained *it);

/* A rule that matches too, and why the one that was chosen goes before it. */
typedef struct rl_also_matches {
  const rl_rule *rule;
  const char *because; /* "names the client", static */
} rl_also_matches;

/* The next rule after `index` that matches the request beside the chosen one; false at the end.
 * Begin with index 0. */
bool rl_explain_next_rule(const rl_explained *it, unsigned *index, rl_also_matches *out);

/* What set a surcharge off, or did not ("2 sources, fewer than 3"), and whether it did. */
bool rl_say_surcharge(rl_words *words, const rl_explained *it, rl_surcharge_when when);
/* How the lock premium comes about. */
void rl_say_premium(rl_words *words, const rl_explained *it);
/* The core rate, or mid, from the legs' rates: "bid 1.3284 x bid 145.2". */
typedef enum rl_walk_at { RL_WALK_AT_CORE, RL_WALK_AT_MID } rl_walk_at;
void rl_say_walk(rl_words *words, const rl_explained *it, rl_walk_at at);

void rl_explain_print(FILE *out, const rl_explained *it);
/* The same as one msgpack map; returns RL_FULL when it does not fit RL_EXPLAIN_MAX bytes. */
#define RL_EXPLAIN_MAX (128 * 1024)
RL_MUST_USE rl_status rl_explain_encode(const rl_explained *it, rl_writer *writer);
