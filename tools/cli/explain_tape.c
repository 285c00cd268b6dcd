/* Whether the ticks that a quote was made of are on the tape, where one of its time is there. */
#include "explain.h"

#include "tape/find.h"

#include <string.h>

#define PATH_ROOM 512
#define WANTED_MAX (RL_LEGS_MAX * RL_SOURCES_PER_PAIR_MAX)
/* Wall and boot clock drift apart while a tick grows old, and instants are rounded. */
#define SLACK_MS 5000

/* All ticks of the quote; returns their count. *from becomes the earliest arrival. */
static unsigned gather(const rl_explained *it, rl_tape_wanted *wanted, rl_utc *from)
{
  const rl_quote *quote = &it->quote;
  unsigned count = 0;
  for (unsigned i = 0; i < quote->snapshot.leg_count; i++) {
    const rl_leg *leg = &quote->snapshot.legs[i];
    for (unsigned k = 0; k < leg->composite.tick_count; k++) {
      const rl_composite_tick *tick = &leg->composite.ticks[k];
      int64_t arrival_ms = quote->issued_utc_ms - rl_explain_age_ns(quote, tick) / RL_NS_PER_MS;
      rl_tape_wanted *one = &wanted[count++];
      *one = (rl_tape_wanted){.source = quote->sources[tick->source.index], .tick = *tick,
                              .scale = leg->composite.scale,
                              .units = leg->composite.depth_units};
      snprintf(one->pair, sizeof one->pair, "%s%s", rl_currency_code(leg->base),
               rl_currency_code(leg->quote));
      if (arrival_ms < from->ms)
        from->ms = arrival_ms;
    }
  }
  return count;
}

void rl_explain_find_on_tape(const rl_cli *cli, rl_explained *it)
{
  char directory[PATH_ROOM];
  rl_tape_wanted wanted[WANTED_MAX];
  rl_utc from = {it->quote.issued_utc_ms};
  bool covered = false;
  if (it->from_token || rl_cli_tape_path(cli, directory, sizeof directory) != RL_EXIT_DONE)
    return;
  unsigned count = gather(it, wanted, &from);
  from.ms -= SLACK_MS;
  if (rl_tape_find(directory, from, (rl_utc){it->quote.issued_utc_ms + SLACK_MS}, wanted, count,
                   &covered, NULL) != RL_OK || !covered)
    return;
  const rl_tape_wanted *next = wanted;
  for (unsigned i = 0; i < it->quote.snapshot.leg_count; i++) {
    for (unsigned k = 0; k < it->quote.snapshot.legs[i].composite.tick_count; k++)
      it->legs[i].on_tape[k] = next++->found ? RL_ON_TAPE : RL_NOT_ON_TAPE;
  }
}
