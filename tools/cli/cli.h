/* What the sub-commands of `ratelock` share: their options, how they end, and how they reach the
 * engine or its store. Each sub-command is a file of its own with one entry of the table in
 * main.c. One thread. */
#pragma once

#include "client/ratelock.h"
#include "store/store.h"
#include "view.h"
#include "wire/request.h"

#include <argp.h>
#include <stdio.h>

/* How the program ends. */
typedef enum rl_exit {
  RL_EXIT_DONE = 0,
  RL_EXIT_REFUSED = 1,   /* the engine said no, or a check did not hold */
  RL_EXIT_USAGE = 2,     /* the command was not understood */
  RL_EXIT_NO_ENGINE = 3, /* nobody listens, or there is no store to read */
} rl_exit;

/* Words beside the options: a matrix has the most, its target, amount and currencies. */
#define RL_CLI_WORDS_MAX (2 + RL_REQUEST_CURRENCIES_MAX)
_Static_assert(RL_CLI_WORDS_MAX >= RL_REQUEST_PAIRS_MAX, "or as many pairs as may be named");
/* Bytes of one name of a pair on the wire: more is no pair. */
#define RL_CLI_PAIR_MAX 15

typedef struct rl_cli {
  const char *url;       /* --url; NULL: $RATELOCK_URL, or the socket in the data directory */
  const char *data;      /* --data; NULL: $RATELOCK_DATA, or the default */
  const char *store_url; /* --store; NULL: $RATELOCK_STORE, or the data directory */
  const char *seal_key;  /* --seal-key; NULL: seal.key in the data directory */
  bool json;             /* --json */
  bool every_page;       /* set by the command: the store's are looked at before they are trusted */
  uint32_t timeout_ms;   /* --timeout; 0: the client's default */
  unsigned word_min;     /* set by the command before parsing: how many words it takes */
  unsigned word_max;
  unsigned word_count;
  char *words[RL_CLI_WORDS_MAX]; /* of argv */
  rl_client *client;     /* connected by the first rl_cli_ask */
} rl_cli;

/* Takes the words and the options that all sub-commands share. A sub-command's argp has these
 * children; one without options of its own has no parser, and its input is the rl_cli. */
extern const struct argp_child rl_cli_children[];

/* What quote, two-way and matrix share: --ttl, --tier, --method and --key as typed. Its children
 * are the above. */
typedef struct rl_price_options {
  rl_cli *cli;
  const char *ttl;
  const char *tier;
  const char *method;
  const char *key;
} rl_price_options;
extern const struct argp_child rl_price_children[];

/* A sub-command: argv[0] is "ratelock NAME". */
typedef rl_exit (*rl_command)(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_quote(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_two_way(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_matrix(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_accept(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_cancel(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_revoke(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_revocations(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_halt(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_resume(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_halts(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_show(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_explain(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_spreads(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_triangles(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_history(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_sources(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_key(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_exposure(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_ledger(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_reconcile(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_post(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_export(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_tariff(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_replay(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_ping(rl_cli *cli, int argc, char **argv);
rl_exit rl_command_stats(rl_cli *cli, int argc, char **argv);

/* --- talking to the engine --- */

/* Sends the request and gives the answer, valid until the next call. Whatever goes wrong is said
 * on stderr (a refusal on stdout too, with --json), and the exit code returned;
 * RL_EXIT_DONE means that the answer says yes. */
rl_exit rl_cli_ask(rl_cli *cli, const rl_request *request, rl_view *answer);
/* The same without a word: true when an answer says yes. */
bool rl_cli_try(rl_cli *cli, const rl_request *request, rl_view *answer);
void rl_cli_close(rl_cli *cli);

/* Prints a refusal as a person reads it: code, message, what to do. */
void rl_cli_print_refusal(rl_view answer);
/* Prints one msgpack value as indented JSON. */
void rl_cli_print_json(rl_view value);
/* Prints what was written as one line of a JSON array that is printed item by item. */
void rl_cli_print_item(const rl_writer *writer, bool first);

/* "ratelock: " and the message on stderr; returns `code`. */
rl_exit rl_cli_fail(rl_exit code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* --- reading the store without the engine --- */

/* Opens the store of the data directory for reading; the caller closes it. */
rl_exit rl_cli_open_store(const rl_cli *cli, rl_store **out);
/* Says why a store could not be opened or read. */
rl_exit rl_cli_fail_store(rl_status status, const rl_error *error);
/* The sealing keys' file. */
rl_exit rl_cli_key_path(const rl_cli *cli, char *out, size_t room);
/* The record of the quote that the request names by id, or the terms of its token, for which the
 * sealing keys are read. */
rl_exit rl_cli_find_quote(const rl_cli *cli, rl_store *store, const rl_request *request,
                          rl_quote *out);
/* The terms of the token that the request carries, of whichever store. *verified when there are
 * sealing keys and the seal holds under them; where it does not hold that is a failure, and where
 * there is no key a token is anybody's word. */
rl_exit rl_cli_read_token(const rl_cli *cli, const rl_request *request, rl_quote *out,
                          bool *verified);

/* The tape's directory. `room` bytes: RL_DIRECTORY_MAX and some. */
rl_exit rl_cli_tape_path(const rl_cli *cli, char *out, size_t room);
/* Says why the tape there could not be opened, and what to do where there is none. */
rl_exit rl_cli_fail_tape(const char *directory, rl_status status, const rl_error *error);
/* Says what is wrong with a file of the tape: for an rl_tape_report. */
void rl_cli_tell_trouble(void *context, const rl_error *trouble);

/* The file of the pairs that an engine runs with, NULL for the built-in ones. The caller destroys
 * *out. */
rl_exit rl_cli_load_universe(const char *path, rl_universe **out);

/* --- what people type --- */

/* Each says on stderr what is wrong and returns false, where the text is not of the form. */
bool rl_cli_take_currency(const char *text, rl_currency *out);
bool rl_cli_take_amount(const char *text, rl_currency currency, int64_t *out_minor);
/* "2026-11-22", "2026-11-22T10:00:00Z", "-1h" (ago). */
bool rl_cli_take_instant(const char *option, const char *text, rl_utc now, rl_utc *out);
/* "30s", "5m", "1h", names of tier and payment method, and a key. */
bool rl_cli_take_price(const rl_price_options *options, rl_request *out);
/* The same for a price that is not locked: no key. */
bool rl_cli_take_unlocked(const rl_price_options *options, rl_request *out);
/* An idempotency key as given, or a fresh random one where text is NULL. */
bool rl_cli_take_key(const char *text, char out[RL_KEY_MAX + 1]);
/* A quote's id, or a token as base64 text; the token's bytes are put into `room`. */
bool rl_cli_take_quote(const char *text, rl_request *out, uint8_t room[RL_TOKEN_MAX]);
/* All the words, as names of pairs in either case. */
bool rl_cli_take_pairs(rl_cli *cli, rl_request *out);
