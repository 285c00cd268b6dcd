/* What a venue's FIX message says, read from its bytes: market data, rejects, gaps, goodbyes.
 *
 * Total: any bytes give a message or a named fault, each entry its own. Nothing is copied: spans
 * point into the message and live as long as it does. Numbers are decimals read from text exactly.
 * Groups are read without a dictionary: the field after NoMDEntries begins each entry, as FIX says,
 * so that a venue's own fields inside of them do no harm. Pure, any thread. */
#pragma once

#include "clock/clock.h"
#include "money/rate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Part of a message; no text is no such field. */
typedef struct rl_fix_span {
  const char *text;
  size_t length;
} rl_fix_span;

bool rl_fix_span_is(rl_fix_span span, const char *text);

typedef enum rl_fix_kind {
  RL_FIX_OTHER,
  RL_FIX_SNAPSHOT,         /* W: the whole book of a symbol */
  RL_FIX_INCREMENTAL,      /* X: changes */
  RL_FIX_REQUEST_REJECT,   /* Y: no market data for this request */
  RL_FIX_BUSINESS_REJECT,  /* j */
  RL_FIX_SESSION_REJECT,   /* 3 */
  RL_FIX_SEQUENCE_RESET,   /* 4: messages that will not come (again) */
  RL_FIX_LOGOUT,           /* 5 */
} rl_fix_kind;

typedef struct rl_fix_message {
  rl_fix_kind kind;
  bool possible_duplicate;  /* sent before, perhaps */
  rl_utc sent;              /* SendingTime; 0 if there is none that can be read */
  rl_fix_span request_id;   /* MDReqID */
  rl_fix_span symbol;       /* of the message, not of an entry */
  rl_fix_span text;
  rl_fix_span reason;       /* of a reject: MDReqRejReason, BusinessRejectReason, … */
  rl_fix_span refused_type; /* RefMsgType */
  rl_fix_span refused_id;   /* BusinessRejectRefID */
  uint64_t entry_count;     /* as the message states it */
  rl_fix_span entries;      /* all of them, and what follows */
} rl_fix_message;

typedef enum rl_fix_fault {
  RL_FIX_READABLE = 0,
  RL_FIX_NO_FIELDS,   /* something is not TAG=VALUE */
  RL_FIX_NO_TYPE,     /* no MsgType */
  RL_FIX_ENTRY_COUNT, /* NoMDEntries is missing, no number, or not how many entries follow */
} rl_fix_fault;

/* Reads a whole message, from "8=" on. *out is untouched unless it is readable. */
RL_MUST_USE rl_fix_fault rl_fix_message_read(const char *bytes, size_t size, rl_fix_message *out);

typedef enum rl_fix_action {
  RL_FIX_NEW, /* the only one in a snapshot */
  RL_FIX_CHANGE,
  RL_FIX_DELETE,
  RL_FIX_NO_ACTION, /* none that FIX knows */
} rl_fix_action;

typedef enum rl_fix_number {
  RL_FIX_ABSENT,
  RL_FIX_PRESENT,
  RL_FIX_ZERO,
  RL_FIX_BAD, /* no decimal, negative, or beyond what a source's may be */
} rl_fix_number;

#define RL_FIX_TYPE_BID '0'
#define RL_FIX_TYPE_OFFER '1'
#define RL_FIX_TYPE_EMPTY 'J' /* there is no book */

typedef struct rl_fix_entry {
  rl_fix_action action;
  char type;             /* MDEntryType; 0 if it has none, '?' if that is no single character */
  rl_fix_span id;
  rl_fix_span ref_id;    /* the id before this one */
  rl_fix_span symbol;
  rl_fix_number priced;
  rl_rate price;         /* when priced is RL_FIX_PRESENT */
  rl_fix_number sized;
  uint64_t size;         /* base currency, whole units, cut; when sized is RL_FIX_PRESENT */
  rl_utc when;           /* MDEntryDate and MDEntryTime; 0 if it has not both */
} rl_fix_entry;

/* Takes the next entry off message->entries; false when none is left. */
bool rl_fix_entry_next(rl_fix_message *message, rl_fix_entry *out);

/* "1.1250", "0001.10", ".5" and "23." are what FIX calls a float; trailing zeros do not count as
 * digits. */
rl_fix_number rl_fix_price_parse(const char *text, size_t length, rl_rate *out);
/* Whole units; below one is RL_FIX_ZERO. */
rl_fix_number rl_fix_size_parse(const char *text, size_t length, uint64_t *out);
/* "20261123-02:57:55.123"; up to nine decimals, cut. */
RL_MUST_USE rl_status rl_fix_time_parse(const char *text, size_t length, rl_utc *out);
