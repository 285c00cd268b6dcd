/* The publication of composites: what is to be said of which pair, and when. Pure but for the
 * market it reads: no clock, no socket; publisher.c puts a thread and a bus around it.
 *
 * Of each pair the last word said is kept with its sequence. A look says the new one where the
 * price changed, and the same again a second later, so that whoever takes it need not guess whether
 * a silence means "unchanged" or "gone"; a composite without a price is a withdrawal, and is
 * repeated in the same way. A pair that never had a price is never spoken of.
 *
 * Sequences rise by one a message and pair, over restarts too: they begin at the wall clock, as
 * those of a feed do (feeds/feed.c). A message that could not be sent takes no number, and the next
 * look says what is true then.
 *
 * Only this engine's own market is published: sources that bring other engines' composites are left
 * out of the vote (rl_market_composite_without). So no price comes back to whoever made it, through
 * however many engines, and nobody's price confirms itself. */
#pragma once

#include "market/market.h"
#include "wire/feed_message.h"

/* How soon an unchanged word is said again. */
#define RL_PUBLICATION_REPEAT_MS 1000
/* Updates in one message of a snapshot: small beside a NATS server's bound of 1 MiB. */
#define RL_PUBLICATION_BATCH 512
/* "ratelock." name ".composite." pair, and a NUL. */
#define RL_PUBLICATION_SUBJECT_SIZE (9 + RL_SOURCE_NAME_MAX + 11 + 6 + 1)

typedef struct rl_publication rl_publication;

typedef struct rl_publication_options {
  const rl_market *market;
  const char *name;   /* what it is published as: 1 … RL_SOURCE_NAME_MAX bytes, one word */
  const char *origin; /* the engine's id (wire/feed_message.h) */
  rl_utc start;       /* where sequences begin */
} rl_publication_options;

/* Sends one message; false when it was not sent. */
typedef bool (*rl_publication_send)(void *context, const char *subject, const uint8_t *bytes,
                                    size_t size);
typedef struct rl_publication_sink {
  rl_publication_send send;
  void *context;
} rl_publication_sink;

/* The market outlives it. RL_NO_MEMORY. */
RL_MUST_USE rl_status rl_publication_create(const rl_publication_options *options,
                                            rl_publication **out);
void rl_publication_destroy(rl_publication *publication);

/* Looks at all pairs and sends what is due; `bridged` has a bit for each source to be left out.
 * Returns how many messages were not sent. */
uint64_t rl_publication_look(rl_publication *publication, rl_now now, uint64_t bridged,
                             rl_publication_sink sink);
/* Takes every price back: the engine stops. Returns how many messages were not sent. */
uint64_t rl_publication_end(rl_publication *publication, rl_now now, rl_publication_sink sink);
/* Has the next look say everything again: nobody knows what the last connection took with it. */
void rl_publication_repeat(rl_publication *publication);
/* Sends the last word of every pair spoken of, with its sequence, to `subject`: at least one
 * message, empty if there is nothing. After a look at the same instant these words are true. False
 * when one was not sent. */
bool rl_publication_snapshot(const rl_publication *publication, rl_now now, const char *subject,
                             rl_publication_sink sink);
