/* One statement line and the references of an information field of MT940. Private to this folder;
 * pure. */
#pragma once

#include "reconcile/items.h"
#include "status/words.h"

typedef struct rl_mt940_line {
  rl_item item;            /* without its place */
  rl_span customer;        /* reference for the account's owner; points into the text */
  rl_span bank;            /* the bank's, behind "//"; may be empty */
} rl_mt940_line;

/* What follows ":61:" in its line:
 *   YYMMDD [MMDD] C|D|RC|RD|EC|ED [funds code] amount type(4) reference[//bank's reference]
 * RL_INVALID or RL_OUT_OF_RANGE, and which part in *field and what to do in *advice, both
 * static. */
RL_MUST_USE rl_status rl_mt940_line_read(rl_span text, rl_currency currency, rl_mt940_line *out,
                                         const char **field, const char **advice);

/* Bytes of an information field (:86:): six lines of 65 by the standard, and some banks' more. */
#define RL_MT940_INFORMATION_MAX 4096

/* Walks the references that an information field marks: "EREF+…" and "KREF+…", also parted by
 * subfields "?21", and "/EREF/…/". `*at` starts as 0; false at the end. The text must have no line
 * ends; `room` takes the reference. */
bool rl_mt940_next_reference(rl_span text, size_t *at, char room[RL_MT940_INFORMATION_MAX],
                             size_t *length);
