/* The market: what every source last said of every pair, and the one price made of it.
 *
 * One thread, the intake, writes (rl_market_register, rl_market_apply); any thread reads. Each
 * (pair, source) has a seqlock slot and each pair a composite slot; nobody waits for anybody
 * (design K6). Rates inside are integers: a source's in units of 10^-scale of the pair, a
 * composite's in half units, so that the mid of two units is exact (K2).
 *
 * Freshness is judged by the reader (K3): a composite carries the instant until which all its
 * ticks may vote; past it, the reader leaves out those whose time is over and makes the price
 * anew, by the same pure function that the intake uses (board.c says why that is all there is to
 * it). So no timer decides what a price is.
 *
 * Beside a price stands what a tariff may charge for (rl_conditions): how many sources, how old,
 * within opening hours or not (K4), all judged at the read; and the realised volatility, estimated
 * in the intake (volatility.h).
 *
 * Which updates vote, and how a source loses its vote and gets it back, is at the head of
 * intake.c. */
#pragma once

#include "clock/clock.h"
#include "market/universe.h"
#include "status/refusal.h"

typedef struct rl_source {
  uint8_t index; /* order of registration */
} rl_source;

typedef enum rl_source_class {
  RL_SOURCE_LIVE,      /* votes in composites */
  RL_SOURCE_REFERENCE, /* a fixing: checks others, is shown beside them, never votes; stands in
                          where no live rate is (rl_market_snapshot_by_reference) */
} rl_source_class;

/* A sequence number shares its word with the source's index. */
#define RL_SEQUENCE_MAX ((1ull << 56) - 1)
/* A handler that starts again goes on far above where it was (feeds/feed.c), by 7,812 for each
 * millisecond: so many skipped numbers are a new start. A connection that breaks loses the messages
 * under way, two of at most RL_TICKS_PER_MESSAGE_MAX updates. */
#define RL_SEQUENCE_LEAP (1ull << 16)

/* One level of a source's book. */
typedef struct rl_level {
  uint32_t price; /* units of 10^-scale of the tick */
  uint32_t size;  /* base currency, whole units; what is larger counts as so much */
} rl_level;

/* The levels behind the best one of either side, the better first. */
typedef struct rl_depth {
  uint8_t bid_count;
  uint8_t ask_count;
  rl_level bids[RL_LEVELS_MAX - 1];
  rl_level asks[RL_LEVELS_MAX - 1];
} rl_depth;

/* One update as it comes from a feed, prices already integers. */
typedef struct rl_tick {
  rl_pair pair;
  uint64_t sequence;     /* the source's own, rising per source and pair, <= RL_SEQUENCE_MAX */
  int64_t source_utc_ms; /* the source's time; 0 (or less) if it has none */
  uint32_t bid;          /* units of 10^-scale of the tick */
  uint32_t ask;
  uint8_t scale;         /* decimals of bid and ask; must fit the pair's scale exactly */
  uint64_t bid_size;     /* base currency, whole units; 0 if unknown */
  uint64_t ask_size;
  const rl_depth *depth; /* NULL where the source tells no levels behind the best */
  bool withdrawn;        /* the source takes back what it said, and has no rate until its next:
                            prices, sizes and depth mean nothing */
} rl_tick;

/* What became of a tick (K1). Counted per source and shown. */
typedef enum rl_verdict {
  RL_TICK_GOOD,              /* votes, unless more sources are suspended than would vote */
  RL_TICK_LOCKED,            /* bid equals ask: votes as a good one */
  RL_TICK_CROSSED,           /* bid above ask: the last good rate votes until crossed_hold_ms */
  RL_TICK_JUMP,              /* unconfirmed jump: the source is out of the vote */
  RL_TICK_WITHDRAWN,         /* the source has no rate until its next */
  RL_TICK_MALFORMED_PRICE,   /* zero, or beyond the limits: refused */
  RL_TICK_MALFORMED_SCALE,   /* more decimals than the pair holds: refused */
  RL_TICK_MALFORMED_DEPTH,   /* levels that do not get worse one by one, a size of 0, a price that
                                is malformed, or levels behind a best of unknown size, where the
                                pair's by_depth: refused */
  RL_TICK_MALFORMED_ORDER,   /* sequence below the last accepted, or no sequence: refused */
  RL_TICK_MALFORMED_FUTURE,  /* the source's time leads ours: refused */
  RL_TICK_DUPLICATE,         /* sequence of the last accepted, sent once more: refused */
  RL_TICK_NO_ROOM,           /* the pair has RL_SOURCES_PER_PAIR_MAX sources of this class
                                already, or memory is out: refused */
} rl_verdict;
#define RL_VERDICT_COUNT 12
/* "good", "crossed", …; static. */
const char *rl_verdict_name(rl_verdict verdict);

/* One tick inside a composite: enough to recompute the composite from the record (K7). */
typedef struct rl_composite_tick {
  uint64_t sequence;       /* <= RL_SEQUENCE_MAX */
  int64_t source_utc_ms;   /* 0 if the source has none */
  int64_t arrival_mono_ns; /* this engine's boot clock */
  uint32_t bid;            /* units of 10^-scale */
  uint32_t ask;
  rl_source source;
} rl_composite_tick;

#define RL_VOLATILITY_UNKNOWN UINT32_MAX
/* A move of 10 % each second is about 37 a day; more is not counted (volatility.h). */
#define RL_VOLATILITY_MAX_PPM 40000000u

/* A pair's price with all that it is made of: rl_composite_price makes it again from this alone, so
 * a record needs no universe beside it (K7). */
typedef struct rl_composite {
  rl_pair pair;
  uint8_t scale;                /* of the pair, as are the next five; universe.h has their ranges */
  uint8_t pip_scale;
  uint8_t policy;               /* rl_policy; ticks of `primary` stand in the order of its list */
  uint8_t min_sources;
  uint32_t min_half_spread;     /* half units of 10^-scale */
  uint32_t max_age_ms;
  uint32_t volatility_ppm;      /* realised (volatility.h), 10^-6 per square root of a day, at most
                                   RL_VOLATILITY_MAX_PPM; RL_VOLATILITY_UNKNOWN without one */
  uint8_t tick_count;           /* ticks that were fresh when it was made, survivors or not */
  rl_refusal refusal;           /* why there is no price, or RL_REFUSAL_NONE */
  uint64_t depth_units;         /* whole units of base currency that the price is for, at most
                                   RL_DEPTH_UNITS_MAX: the ticks' bid and ask are what that much
                                   goes for at each source; 0: of the best prices */
  uint64_t version;             /* rises by one with each change of the pair's composite slot */
  uint32_t bid_half;            /* half units of 10^-scale; bid <= mid <= ask, all 0 if refused */
  uint32_t mid_half;
  uint32_t ask_half;
  int64_t made_mono_ns;         /* arrival of the tick that made it, or the reader's now */
  int64_t fresh_until_mono_ns;  /* exclusive: the first instant at which a tick may not vote */
  rl_composite_tick ticks[RL_SOURCES_PER_PAIR_MAX];
} rl_composite;

/* When the newest of its ticks arrived, on the boot clock; 0 without ticks. Pure. */
int64_t rl_composite_newest_arrival_ns(const rl_composite *composite);

typedef struct rl_market rl_market;

/* `universe` must outlive the market. */
RL_MUST_USE rl_status rl_market_create(const rl_universe *universe, rl_market **out);
void rl_market_destroy(rl_market *market);
const rl_universe *rl_market_universe(const rl_market *market);

/* Intake thread. Finds or adds a source; name of 1 … RL_SOURCE_NAME_MAX printable bytes without
 * spaces. RL_FULL beyond RL_SOURCES_MAX, RL_EXISTS when it is there with another class. */
RL_MUST_USE rl_status rl_market_register(rl_market *market, const char *name,
                                         rl_source_class class, rl_source *out);

/* Intake thread. Applies one tick and republishes the pair's composite. Never fails: the verdict
 * tells what was done, and is counted. */
rl_verdict rl_market_apply(rl_market *market, rl_source source, const rl_tick *tick, rl_now now);

/* Any thread. The pair's composite at `now`; returns the refusal inside it: NONE when it has a
 * price, MARKET_BUSY (and no ticks) if it could not be read whole in a bounded number of tries. Of
 * `ticks` only the first tick_count are written. */
rl_refusal rl_market_composite(const rl_market *market, rl_pair pair, rl_mono now,
                               rl_composite *out);

/* The same as if the sources named by `left_out`, a bit by index, were not there: SOURCES_DISAGREE,
 * too, where more of the others are suspended than vote. */
rl_refusal rl_market_composite_without(const rl_market *market, rl_pair pair, rl_mono now,
                                       uint64_t left_out, rl_composite *out);

/* One leg of the way from one currency to another. */
typedef struct rl_leg {
  rl_currency base;  /* of the leg's own pair, in market convention: names the pair in records, */
  rl_currency quote; /* where composite.pair, an index of this process, means nothing */
  rl_composite composite;
  bool inverted; /* the leg is walked from its quote to its base */
} rl_leg;

/* The reference rate for from -> to, in the convention of the pair of the two: the newest that one
 * provider's fixings give, of the pair itself or of two legs through a pivot. Its age is shown,
 * not bounded. */
typedef struct rl_reference {
  bool known;
  rl_rate rate;             /* quote per base in market convention, 10 digits half-even */
  int64_t date_utc_ms;      /* the older leg's time as the provider states it */
  char provider[RL_SOURCE_NAME_MAX + 1];
} rl_reference;

/* What besides the prices a tariff may look at; recorded with each quote. */
typedef struct rl_conditions {
  bool by_reference;       /* the legs' prices are fixings (rl_market_snapshot_by_reference) */
  bool closed;             /* a leg's market is outside its opening hours */
  uint8_t fewest_sources;  /* of the legs, the least number of fresh sources */
  uint8_t age_percent;     /* of the legs, the largest age as a part of its max_age_ms, 0 … 100,
                              rounded up. A leg is as old as the newest of its fresh ticks: a
                              further source that ticks seldom does not make it older */
  uint32_t volatility_ppm; /* sum of the legs': an upper bound of the cross's, by the triangle
                              inequality; RL_VOLATILITY_UNKNOWN if a leg's is */
} rl_conditions;

/* All the market that a price is made of: a consistent read of one to three legs. */
typedef struct rl_snapshot {
  rl_currency from;
  rl_currency to;
  rl_currency base;   /* of the pair of the two, in market convention: from or to */
  rl_currency quote;
  unsigned leg_count; /* 1 … RL_LEGS_MAX */
  rl_leg legs[RL_LEGS_MAX]; /* in walking order from `from` to `to` */
  rl_conditions conditions;
  rl_reference reference;
  rl_refusal firm_refusal; /* why these prices are for showing only now: TRIANGLE_EARNS where a trip
                              round a leg's market earns beyond its limit (triangle.h), NO_RATE or
                              STALE_RATE where they are fixings; else NONE. Not recorded: a quote
                              that was given was firm */
} rl_snapshot;

/* Any thread. Finds the way (K5: the pair's own market, else the fewest legs that are configured,
 * then the tightest fresh one, ties by pivot order), reads all its legs and then checks that none
 * changed meanwhile. The refusals of K2 and K3, UNKNOWN_PAIR, SAME_CURRENCY or MARKET_BUSY
 * otherwise, and *out then holds nothing of use. When no way is fresh, the refusal is that of the
 * first by pivot order, and of its legs the one that comes first in refusal.h. A pair that has a
 * market of its own is never crossed instead. Hours refuse nothing: what a closed market means is
 * the tariff's. */
rl_refusal rl_market_snapshot(const rl_market *market, rl_currency from, rl_currency to,
                              rl_now now, rl_snapshot *out);

/* The same for an amount of `from` or `to`, 1 … RL_AMOUNT_MAX: a leg whose pair is by_depth has the
 * price of as much of its base as the amount comes to at mid, and its ticks say what each source
 * gives for that (composite.depth_units, depth.h). The way is the one of best prices. Also
 * DEPTH_EXCEEDED, when the books of a leg's sources do not hold it. A NULL amount is none. */
rl_refusal rl_market_snapshot_for(const rl_market *market, rl_currency from, rl_currency to,
                                  const rl_amount *amount, rl_now now, rl_snapshot *out);

/* What an update of a pair of that spec votes with: its best prices for no units, and for so many,
 * 1 … RL_DEPTH_UNITS_MAX, what they go for in its book. False where it is malformed, or does not
 * vote on so many, as no update of a pair that is not by_depth does. What the source said before is
 * not asked. Pure: for who holds a record against the updates it was made of. */
bool rl_tick_vote(const rl_pair_spec *spec, const rl_tick *tick, rl_now now, uint64_t units,
                  rl_composite_tick *out);

/* The same of fixings (K3), where rl_market_snapshot said NO_RATE or STALE_RATE: the newest that
 * one provider gives, as rl_reference has it, so of one or two legs. A leg's one tick is the
 * fixing, its policy RL_POLICY_REFERENCE, and bid, mid and ask are the same. NO_RATE where no
 * provider has a fixing younger than RL_FIXING_AGE_MAX_MS for each leg; PAIR_HALTED, MARKET_BUSY;
 * and the refusal of a leg that has live rates without a price, as SOURCES_DISAGREE.
 * `firm_refusal` is NO_RATE: who may go beyond showing it is the tariff's to say. */
rl_refusal rl_market_snapshot_by_reference(const rl_market *market, rl_currency from,
                                           rl_currency to, rl_now now, rl_snapshot *out);

/* The conditions that the legs give at `now`, the boot-clock instant of the read; `closed`, which
 * is a matter of the calendar and not of the legs, is taken as given. Pure and total: works on a
 * snapshot read back from a record with its ticks; a leg without ticks counts as of full age. */
rl_conditions rl_snapshot_conditions(const rl_snapshot *snapshot, rl_mono now, bool closed);

/* The exact rate of the pair (base, quote) of a snapshot: the side the client trades on, and
 * mid. Pure: works on a snapshot read back from a record. */
rl_ratio rl_snapshot_core(const rl_snapshot *snapshot);
rl_ratio rl_snapshot_mid(const rl_snapshot *snapshot);
/* RL_SELL_BASE when from is the base. */
rl_side rl_snapshot_side(const rl_snapshot *snapshot);
/* What an amount of `to` is worth in `from` at `mid`, the snapshot's own, rounded down.
 * RL_OUT_OF_RANGE above INT64_MAX. */
RL_MUST_USE rl_status rl_snapshot_worth_at_mid(const rl_snapshot *snapshot, rl_ratio mid,
                                               int64_t to_minor, int64_t *from_minor);

/* --- the worth of an amount, which is a measure and never a price --- */

/* Units of `currency` for one unit of `from` at mid, where the walk through the legs meets that
 * currency; false if it does not. Pure. */
bool rl_snapshot_mid_until(const rl_snapshot *snapshot, rl_currency currency, rl_ratio *out);
/* Any thread. Units of `to` for one unit of `from`, two currencies, by the last mid that each pair
 * on the way had, however old, closed or halted it is: for a measure of risk. The way is the first
 * of K5 whose pairs all had one; NO_RATE if none has, UNKNOWN_PAIR if there is no way. */
rl_refusal rl_market_last_mid(const rl_market *market, rl_currency from, rl_currency to,
                              rl_ratio *out);

/* --- halts (K4) --- */

/* A pair is halted by its breaker, by the intake's own judgement (breaker.h), or by hand. Either
 * way its composite is refused as PAIR_HALTED, alone and as a leg. */
typedef enum rl_trip_reason {
  RL_TRIP_NONE,      /* the breaker lets the pair through */
  RL_TRIP_MOVE,      /* further than breaker_ppm from a mid within the window */
  RL_TRIP_REFERENCE, /* further than reference_ppm from the newest fixing */
} rl_trip_reason;
/* "none", "move" or "reference"; static. */
const char *rl_trip_reason_name(rl_trip_reason why);

/* Why and since when a breaker halts its pair; all but `why` is 0 where it does not. */
typedef struct rl_trip {
  rl_trip_reason why;
  uint32_t from_half;    /* the level that it moved away from, half units of 10^-scale */
  uint32_t to_half;      /* the level that it has to stand at for the hold */
  int64_t since_mono_ns; /* boot clock */
  int64_t until_mono_ns; /* it holds at least until then, and longer if nobody confirms the level */
} rl_trip;

typedef struct rl_pair_halt {
  bool by_hand;
  rl_trip trip;
} rl_pair_halt;

/* Any thread. Whether the pair is halted, and how: false with all of *out zero where it is not. */
bool rl_market_pair_halt(const rl_market *market, rl_pair pair, rl_pair_halt *out);

/* Halts a pair by hand, or lets it go again. A resume also takes back what its breaker says: the
 * next price is the level from there on. Any thread, but one of them at a time: not the intake,
 * which hears of a resume at the pair's next update. What was halted twice is resumed once. */
void rl_market_halt(rl_market *market, rl_pair pair);
void rl_market_resume(rl_market *market, rl_pair pair);

/* Any thread. Of two currencies that were refused as PAIR_HALTED: the first halted pair on the
 * first way between them that has one. False where there is none any more. */
bool rl_market_find_halted(const rl_market *market, rl_currency from, rl_currency to,
                           rl_pair *out);

/* --- what the desk sees --- */

typedef struct rl_source_pair_stats {
  bool seen;                /* any tick of this source for the pair */
  bool votes;               /* in the pair's composite now */
  uint64_t verdicts[RL_VERDICT_COUNT];
  uint64_t gaps;            /* sequence numbers skipped; a leap (RL_SEQUENCE_LEAP) counts as one */
  uint64_t repeats;         /* accepted with the bid and ask of the one before */
  uint64_t composites;      /* with a price, of three or more fresh sources, this among them */
  uint64_t outliers;        /* of them, those in which it was too far off to make the price */
  uint32_t outlier_ppm;     /* the share of these in the last thousand or so (outliers.h), 10^-6 */
  uint64_t sequence;        /* last accepted */
  int64_t source_utc_ms;
  int64_t arrival_mono_ns;
  uint32_t bid;             /* last accepted, units of 10^-scale; 0 if none, or withdrawn */
  uint32_t ask;
} rl_source_pair_stats;

/* What the times that a source sends say of its clock (clock_offset.h). */
typedef enum rl_source_clock {
  RL_CLOCK_UNKNOWN, /* it sends none */
  RL_CLOCK_GOOD,
  RL_CLOCK_AHEAD,   /* by more than RL_SOURCE_FUTURE_MS: all its updates are refused for it */
  RL_CLOCK_BEHIND,  /* by more than RL_SOURCE_BEHIND_MS, unless its line is so slow; never of class
                       reference, where the time is that of the fixing, not of the sending */
} rl_source_clock;
/* "unknown", "good", "ahead" or "behind"; static. */
const char *rl_source_clock_name(rl_source_clock clock);

/* Fewer composites of a pair (rl_source_pair_stats.composites) say nothing yet of a source. */
#define RL_OUTLIER_COMPOSITES_MIN 100

typedef struct rl_source_info {
  char name[RL_SOURCE_NAME_MAX + 1];
  rl_source_class class;
  uint64_t ticks;           /* all that arrived, refused or not */
  uint64_t verdicts[RL_VERDICT_COUNT];
  uint64_t gaps;
  uint64_t repeats;
  int64_t last_mono_ns;     /* last arrival */
  rl_source_clock clock;
  int64_t clock_offset_ms;  /* its clock less ours, less the shortest way of some minutes; 0 if
                               unknown */
  int64_t lag_ms;           /* arrival less source's time of its newest with one; 0 if unknown */
  uint32_t outlier_ppm;     /* largest of its pairs with RL_OUTLIER_COMPOSITES_MIN or more; */
  rl_pair outlier_pair;     /* that pair, and nothing where the share is 0 */
} rl_source_info;

/* Any thread; counters are read one by one, each whole. */
unsigned rl_market_source_count(const rl_market *market);
/* The name alone, cheap enough for each quote's record; lives as long as the market. */
const char *rl_market_source_name(const rl_market *market, rl_source source);
rl_source_class rl_market_source_class(const rl_market *market, rl_source source);
/* Looks at all pairs: for a desk, not for a quote's way. */
void rl_market_source_info(const rl_market *market, rl_source source, rl_source_info *out);
/* Its clock alone, without the look at all pairs. *offset_ms as clock_offset_ms is. */
rl_source_clock rl_market_source_clock(const rl_market *market, rl_source source,
                                       int64_t *offset_ms);
/* False when the source never spoke of the pair. */
bool rl_market_source_pair(const rl_market *market, rl_source source, rl_pair pair, rl_mono now,
                           rl_source_pair_stats *out);

/* True when at least one pair has a price now: the engine can quote. */
bool rl_market_ready(const rl_market *market, rl_mono now);
