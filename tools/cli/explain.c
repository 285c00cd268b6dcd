/* `ratelock explain`: makes a quote again from its record and says whether it is the same.
 *
 * Three steps, each of a room that the engine itself uses: the ticks of each leg give its
 * composite (market), the composites, tariff and request give the terms (pricing), and every
 * figure is held against the record. Nothing is asked of the engine. */
#include "explain.h"

#include "market/composite.h"
#include "paths/paths.h"

#include <stdlib.h>
#include <string.h>

#define EXPLAIN_JSON_MAX 32768

typedef struct explain_arguments {
  rl_cli *cli;
  const char *universe_file; /* NULL: the built-in one */
} explain_arguments;

static error_t parse(int key, char *value, struct argp_state *state)
{
  explain_arguments *arguments = state->input;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case 'U': arguments->universe_file = value; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
  {"universe", 'U', "FILE", 0, "The pairs' bounds that the engine ran with (default: built in)", 1},
  {0},
};
static const struct argp argp = {
  options, parse, "QUOTE|TOKEN",
  "Makes a quote again from its record, step by step: ticks, composites, core rate, markups, "
  "client rate, fees, amounts. Ends with 0 when every figure is as recorded, with 1 and the "
  "differences when not. Reads the data directory; no engine is needed."
  "\vExamples:\n"
  "  ratelock explain 01J9Z0K7W5QX3V8B2N4M6R1T0Y\n"
  "  ratelock explain 01J9Z0K7W5QX3V8B2N4M6R1T0Y --json\n\n"
  "A token alone explains the price from the composites it carries; their ticks are in the record "
  "only.\n",
  rl_cli_children, NULL, NULL,
};

static rl_exit fail_error(const rl_error *error)
{
  char text[1024];
  rl_error_format(error, text, sizeof text);
  return rl_cli_fail(RL_EXIT_USAGE, "%s", text);
}

static rl_exit load_universe(const char *path, rl_universe **out)
{
  rl_error error = {0};
  char *text = NULL;
  size_t length = 0;
  rl_status status = RL_OK;
  if (path)
    status = rl_file_read(path, RL_TARIFF_TEXT_MAX, &text, &length, &error);
  const char *used = path ? text : rl_universe_builtin_text();
  if (status == RL_OK)
    status = rl_universe_parse(used, path ? length : strlen(used), path ? path : "universe", out,
                               &error);
  free(text);
  return status == RL_OK ? RL_EXIT_DONE : fail_error(&error);
}

static rl_exit load_tariff(rl_store *store, rl_digest digest, rl_tariff **out)
{
  char name[RL_DIGEST_TEXT_SIZE];
  rl_digest_format(digest, name);
  char *text;
  size_t length;
  if (rl_store_find_tariff(store, digest, &text, &length) != RL_OK)
    return rl_cli_fail(RL_EXIT_REFUSED, "the store has no tariff %s", name);
  rl_error error = {0};
  rl_status status = rl_tariff_parse(text, length, name, out, &error);
  free(text);
  if (status != RL_OK)
    return fail_error(&error);
  return RL_EXIT_DONE;
}

/* Makes each leg's composite again from its ticks. A pair that the universe does not have keeps
 * no price, which the comparison then shows. */
static void remake_legs(rl_explained *it, const rl_universe *universe)
{
  for (unsigned i = 0; i < it->snapshot.leg_count; i++) {
    rl_leg *leg = &it->snapshot.legs[i];
    rl_composite *composite = &leg->composite;
    rl_pair pair;
    bool inverted;
    composite->bid_half = composite->mid_half = composite->ask_half = 0;
    composite->refusal = RL_REFUSAL_UNKNOWN_PAIR;
    if (!rl_universe_find(universe, leg->base, leg->quote, &pair, &inverted) || inverted)
      continue;
    const rl_pair_spec *spec = rl_universe_pair_spec(universe, pair);
    composite->min_sources = spec->min_sources;
    composite->min_half_spread = spec->min_half_spread;
    rl_consensus(composite);
  }
}

/* What was asked for. A token carries what was granted, which asks for itself. */
static rl_price_request request_of(const rl_explained *it)
{
  const rl_terms *terms = &it->quote.terms;
  if (!it->from_token)
    return it->quote.request;
  rl_price_request request = {
    .fixed = terms->fixed,
    .amount_minor = terms->fixed == RL_FIXED_SOURCE ? terms->source_minor : terms->target_minor,
    .ttl_ms = terms->ttl_ms,
  };
  memcpy(request.tier, terms->tier, sizeof request.tier);
  memcpy(request.method, terms->method, sizeof request.method);
  memcpy(request.client, it->quote.client, sizeof request.client);
  return request;
}

static void price_again(rl_explained *it)
{
  for (unsigned i = 0; i < it->snapshot.leg_count && it->refusal == RL_REFUSAL_NONE; i++)
    it->refusal = it->snapshot.legs[i].composite.refusal;
  rl_price_request request = request_of(it);
  if (it->refusal != RL_REFUSAL_NONE)
    return;
  const rl_waiver *waivers[RL_FEES_MAX];
  it->rule = rl_price_rule(&it->snapshot, it->tariff, &request, waivers);
  it->refusal = rl_price(&it->snapshot, it->tariff, &request, &it->terms, NULL);
}

static void compare(rl_explained *it)
{
  for (unsigned i = 0; i < it->quote.snapshot.leg_count; i++) {
    rl_facts_add_leg(&it->recorded, i, &it->quote.snapshot.legs[i]);
    rl_facts_add_leg(&it->recomputed, i, &it->snapshot.legs[i]);
  }
  rl_facts_add_terms(&it->recorded, &it->quote.terms);
  if (it->refusal == RL_REFUSAL_NONE)
    rl_facts_add_terms(&it->recomputed, &it->terms);
  it->difference_count = rl_facts_compare(&it->recorded, &it->recomputed, it->differences);
}

static rl_exit explain(const explain_arguments *arguments, rl_store *store,
                       const rl_request *request, rl_explained *it)
{
  rl_exit code = rl_cli_find_quote(arguments->cli, store, request, &it->quote);
  if (code != RL_EXIT_DONE)
    return code;
  it->from_token = !it->quote.has_evidence;
  it->snapshot = it->quote.snapshot;
  code = load_tariff(store, it->quote.terms.tariff, &it->tariff);
  if (code != RL_EXIT_DONE)
    return code;
  if (!it->from_token) {
    rl_universe *universe;
    code = load_universe(arguments->universe_file, &universe);
    if (code != RL_EXIT_DONE)
      return code;
    remake_legs(it, universe);
    rl_universe_destroy(universe);
  }
  price_again(it);
  compare(it);
  return RL_EXIT_DONE;
}

static void print(const rl_cli *cli, const rl_explained *it)
{
  if (!cli->json) {
    rl_explain_print(it);
    return;
  }
  uint8_t bytes[EXPLAIN_JSON_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_status status = rl_explain_encode(it, &writer);
  RL_ASSERT(status == RL_OK);
  rl_cli_print_json(rl_view_over(bytes, writer.used));
}

rl_exit rl_command_explain(rl_cli *cli, int argc, char **argv)
{
  explain_arguments arguments = {.cli = cli};
  cli->word_min = cli->word_max = 1;
  argp_parse(&argp, argc, argv, 0, NULL, &arguments);
  rl_request request = {0};
  uint8_t token[RL_TOKEN_MAX];
  if (!rl_cli_take_quote(cli->words[0], &request, token))
    return RL_EXIT_USAGE;
  rl_store *store;
  rl_exit code = rl_cli_open_store(cli, &store);
  if (code != RL_EXIT_DONE)
    return code;
  rl_explained *it = calloc(1, sizeof *it);
  RL_ASSERT(it);
  code = explain(&arguments, store, &request, it);
  rl_store_close(store);
  if (code == RL_EXIT_DONE) {
    print(cli, it);
    code = it->difference_count == 0 ? RL_EXIT_DONE : RL_EXIT_REFUSED;
  }
  if (it->tariff)
    rl_tariff_destroy(it->tariff);
  free(it);
  return code;
}
