/* The words of a calendar file: numbers, days, currencies and key=value. Private to this room.
 *
 * Each takes what it names off the current line, or says with line and field what is wrong. */
#pragma once

#include "calendar/rules.h"
#include "status/words.h"

/* The next word, described by `what` where it is missing. */
RL_MUST_USE rl_status rl_take_word(rl_words *words, const char *field, const char *what,
                                   rl_span *out);
/* A whole number of at most four digits within [low, high]. */
RL_MUST_USE rl_status rl_take_number(rl_words *words, const char *field, const char *what,
                                     unsigned low, unsigned high, unsigned *out);
/* The same of a word, or a part of one. */
RL_MUST_USE rl_status rl_take_digits(rl_words *words, rl_span word, const char *field, unsigned low,
                                     unsigned high, unsigned *out);
RL_MUST_USE rl_status rl_take_currency(rl_words *words, const char *field, rl_currency *out);
/* SUN, MON, … SAT. */
RL_MUST_USE rl_status rl_take_weekday(rl_words *words, const char *field, rl_weekday *out);
/* "12-25" into month and day; a day that every year has. */
RL_MUST_USE rl_status rl_take_month_day(rl_words *words, const char *field, rl_holiday_rule *out);

typedef enum rl_key {
  RL_KEY_FROM = 1,
  RL_KEY_TO = 2,
  RL_KEY_MOVE = 4,
  RL_KEY_BRIDGE = 8,
  RL_KEY_LAG = 16,
  RL_KEY_BETWEEN = 32,
  RL_KEY_ONLY = 64,
} rl_key;
#define RL_KEY_YEARS (RL_KEY_FROM | RL_KEY_TO)

typedef struct rl_keys {
  unsigned given;    /* of rl_key */
  unsigned from, to; /* years; the table's where not given */
  unsigned lag;      /* business days; 0 where not given */
  rl_holiday_move move;
  uint8_t only; /* bits of rl_weekday; 0 where not given */
  bool bridge, between;
} rl_keys;

/* The rest of the line: key=value, each of `allowed` at most once. */
RL_MUST_USE rl_status rl_take_keys(rl_words *words, const char *field, unsigned allowed,
                                   rl_keys *out);
/* One of them, for lines that have other words too. Start from rl_keys_none(). */
RL_MUST_USE rl_status rl_take_key(rl_words *words, const char *field, rl_span word,
                                  unsigned allowed, rl_keys *out);
rl_keys rl_keys_none(void);

/* The rest of a line that begins with `name`, one of the rules that hold every year. */
RL_MUST_USE rl_status rl_take_rule(rl_words *words, rl_span name, rl_holiday_rule *out);
