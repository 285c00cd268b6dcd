/* `ratelock tariff diff`: what a new tariff changes, in words and in prices. */
#include "tariff_commands.h"

#include "changes.h"
#include "grid.h"
#include "table.h"
#include "wire/entry.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- the market --- */

static rl_exit make_rates(const char *universe_file, rl_rates **out)
{
  rl_universe *universe;
  rl_exit code = RL_EXIT_DONE;
  if (universe_file)
    code = rl_cli_load_universe(universe_file, &universe);
  else
    universe = rl_rates_usual_universe();
  if (code == RL_EXIT_DONE)
    *out = rl_rates_create(universe);
  return code;
}

/* The engine's board where one answers with a price, else the table. */
static void fill_rates(rl_cli *cli, bool offline, rl_rates *rates)
{
  rl_request request = {.kind = RL_REQUEST_SPREADS};
  rl_view answer;
  if (!offline && rl_cli_try(cli, &request, &answer))
    rl_rates_take_board(rates, answer);
  if (rl_rates_count(rates) > 0)
    return;
  rl_status status = rl_rates_take_table(rates, rl_rates_typical_text(), "typical rates", NULL);
  RL_ASSERT(status == RL_OK);
}

static rl_phrase market_of(const rl_rates *rates)
{
  rl_phrase phrase = {""};
  const char *day = rl_rates_day(rates);
  if (day[0])
    rl_phrase_add(&phrase, "typical rates as of %s, from a table", day);
  else
    rl_phrase_add(&phrase, "the engine's rates now, %u pairs", rl_rates_count(rates));
  return phrase;
}

/* --- the figures of a row --- */

typedef struct side_texts {
  char rate[RL_RATE_TEXT_SIZE];   /* or the refusal */
  char amount[RL_AMOUNT_TEXT_SIZE];
  char cost[RL_AMOUNT_TEXT_SIZE];
} side_texts;

/* What the request leaves open: the target of a fixed source, the charge of a fixed target. A
 * charge beside a fixed source differs where fees go on top. */
static side_texts texts_of(const rl_grid_row *row, const rl_priced *priced)
{
  side_texts texts = {.rate = ""};
  const rl_terms *terms = &priced->terms;
  bool target = row->request.fixed == RL_FIXED_SOURCE;
  if (priced->refusal != RL_REFUSAL_NONE) {
    snprintf(texts.rate, sizeof texts.rate, "%s", rl_refusal_name(priced->refusal));
    return texts;
  }
  rl_rate_format(terms->client_rate, texts.rate);
  rl_amount_format(target ? (rl_amount){terms->target_minor, row->to}
                          : (rl_amount){terms->charge_minor, row->from}, texts.amount);
  rl_amount_format((rl_amount){terms->total_cost_minor, row->from}, texts.cost);
  return texts;
}

static rl_phrase party_of(const rl_grid_row *row)
{
  rl_phrase phrase = {""};
  const rl_price_request *request = &row->request;
  if (request->client[0])
    rl_phrase_item(&phrase, "client %s", request->client);
  if (request->tier[0])
    rl_phrase_item(&phrase, "tier %s", request->tier);
  if (request->method[0])
    rl_phrase_item(&phrase, "method %s", request->method);
  if (row->when[0])
    rl_phrase_item(&phrase, "%s", row->when);
  return phrase;
}

/* --- as tables --- */

static void add_row(const rl_grid_row *row, void *context)
{
  rl_table *table = context;
  bool source = row->request.fixed == RL_FIXED_SOURCE;
  side_texts old = texts_of(row, &row->old), new = texts_of(row, &row->new);
  char amount[RL_AMOUNT_TEXT_SIZE], ttl[RL_DURATION_TEXT_SIZE] = "default";
  rl_amount_format((rl_amount){row->request.amount_minor, source ? row->from : row->to}, amount);
  if (row->request.ttl_ms)
    rl_duration_format(row->request.ttl_ms, ttl);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s-%s", rl_currency_code(row->from),
                rl_currency_code(row->to));
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", source ? "send" : "receive");
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", amount);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", ttl);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", old.rate);
  rl_table_cell(table, RL_STYLE_STRONG, "%s", new.rate);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", source ? "receives" : "pays");
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", old.amount);
  rl_table_cell(table, RL_STYLE_STRONG, "%s", new.amount);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", old.cost);
  rl_table_cell(table, RL_STYLE_STRONG, "%s", new.cost);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", party_of(row).text);
}

static void print_changes(const rl_changes *changes)
{
  for (size_t i = 0; i < changes->count; i++) {
    const rl_change *change = &changes->items[i];
    if (i == 0 || strcmp(change->subject, changes->items[i - 1].subject) != 0) {
      printf("  ");
      rl_print_styled(stdout, RL_STYLE_STRONG, change->subject);
      printf("\n");
    }
    printf("    %s\n", change->text);
  }
  if (changes->count == 0)
    printf("  no difference in words\n");
}

static void print_grid(const rl_tariff *old, const rl_tariff *new, const rl_rates *rates)
{
  static const rl_column columns[] = {
    {"corridor", RL_ALIGN_LEFT},     {"", RL_ALIGN_LEFT},          {"amount", RL_ALIGN_POINT},
    {"lock", RL_ALIGN_RIGHT},        {"old rate", RL_ALIGN_POINT},  {"new rate", RL_ALIGN_POINT},
    {"", RL_ALIGN_LEFT},             {"old", RL_ALIGN_POINT},      {"new", RL_ALIGN_POINT},
    {"old cost", RL_ALIGN_POINT},    {"new cost", RL_ALIGN_POINT}, {"for", RL_ALIGN_LEFT},
  };
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  rl_grid grid;
  rl_grid_walk(old, new, rates, add_row, &table, &grid);
  printf("\nThe same requests under both, at %s:\n", market_of(rates).text);
  if (grid.differing > 0) {
    printf("\n");
    rl_table_print(&table, stdout, 2);
    printf("\n");
  }
  printf("  %" PRIu64 " of %" PRIu64 " requests in %" PRIu64 " corridors differ, %" PRIu64
         " are priced the same\n", grid.differing, grid.requests, grid.corridors,
         grid.requests - grid.differing);
  if (grid.unrated > 0)
    printf("  %" PRIu64 " more corridors have no rate in this market\n", grid.unrated);
  if (grid.cut)
    printf("  more requests were left out: %u are enough\n", RL_GRID_MAX);
}

static void print_head(const char *what, const rl_tariff *tariff)
{
  char hash[RL_DIGEST_TEXT_SIZE];
  rl_digest_format(rl_tariff_digest(tariff), hash);
  printf("%s  %s, hash %s\n", what, rl_tariff_name(tariff), hash);
}

static void print_diff(const rl_tariff *old, const rl_tariff *new, const rl_changes *changes,
                       const rl_rates *rates)
{
  print_head("old", old);
  print_head("new", new);
  if (rl_digest_equal(rl_tariff_digest(old), rl_tariff_digest(new))) {
    printf("\nno difference: the two are the same text\n");
    return;
  }
  printf("\nWhat changes:\n\n");
  print_changes(changes);
  print_grid(old, new, rates);
}

/* --- as JSON --- */

static void put_priced(rl_writer *writer, const char *key, const rl_priced *priced)
{
  const rl_terms *terms = &priced->terms;
  rl_pack_text(writer, key);
  if (priced->refusal != RL_REFUSAL_NONE) {
    rl_pack_map(writer, 1);
    RL_ENTRY(writer, "refused", rl_pack_text, rl_refusal_name(priced->refusal));
    return;
  }
  rl_pack_map(writer, 6);
  RL_ENTRY(writer, "client_rate", rl_pack_rate, terms->client_rate);
  RL_ENTRY(writer, "charge", rl_pack_i64, terms->charge_minor);
  RL_ENTRY(writer, "source", rl_pack_i64, terms->source_minor);
  RL_ENTRY(writer, "target", rl_pack_i64, terms->target_minor);
  RL_ENTRY(writer, "total_cost", rl_pack_i64, terms->total_cost_minor);
  RL_ENTRY(writer, "ttl_ms", rl_pack_i64, terms->ttl_ms);
}

static void print_row_json(const rl_grid_row *row, void *context)
{
  bool *first = context;
  const rl_price_request *request = &row->request;
  uint8_t bytes[1024];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_pack_map(&writer, 11);
  RL_ENTRY(&writer, "from", rl_pack_currency, row->from);
  RL_ENTRY(&writer, "to", rl_pack_currency, row->to);
  RL_ENTRY(&writer, "client", rl_pack_text, request->client);
  RL_ENTRY(&writer, "tier", rl_pack_text, request->tier);
  RL_ENTRY(&writer, "method", rl_pack_text, request->method);
  RL_ENTRY(&writer, "when", rl_pack_text, row->when);
  RL_ENTRY(&writer, "fix", rl_pack_text, request->fixed == RL_FIXED_SOURCE ? "source" : "target");
  RL_ENTRY(&writer, "amount", rl_pack_i64, request->amount_minor);
  RL_ENTRY(&writer, "ttl_ms", rl_pack_i64, request->ttl_ms);
  put_priced(&writer, "old", &row->old);
  put_priced(&writer, "new", &row->new);
  rl_cli_print_item(&writer, *first);
  *first = false;
}

static void print_change_json(const rl_change *change, bool first)
{
  uint8_t bytes[2 * RL_PHRASE_SIZE + 256];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_pack_map(&writer, 2);
  RL_ENTRY(&writer, "subject", rl_pack_text, change->subject);
  RL_ENTRY(&writer, "change", rl_pack_text, change->text);
  rl_cli_print_item(&writer, first);
}

static void print_head_json(const char *key, const rl_tariff *tariff)
{
  char hash[RL_DIGEST_TEXT_SIZE];
  rl_digest_format(rl_tariff_digest(tariff), hash);
  printf(" \"%s\": {\"name\": \"%s\", \"hash\": \"%s\"},\n", key, rl_tariff_name(tariff), hash);
}

static void print_diff_json(const rl_tariff *old, const rl_tariff *new,
                            const rl_changes *changes, const rl_rates *rates)
{
  printf("{\"ok\": true,\n");
  print_head_json("old", old);
  print_head_json("new", new);
  printf(" \"changes\": [");
  for (size_t i = 0; i < changes->count; i++)
    print_change_json(&changes->items[i], i == 0);
  printf("],\n \"market\": \"%s\",\n \"market_day\": \"%s\",\n \"rows\": [",
         rl_rates_day(rates)[0] ? "table" : "engine", rl_rates_day(rates));
  rl_grid grid;
  bool first = true;
  rl_grid_walk(old, new, rates, print_row_json, &first, &grid);
  printf("],\n \"requests\": %" PRIu64 ", \"differing\": %" PRIu64 ", \"same\": %" PRIu64
         ", \"corridors\": %" PRIu64 ", \"corridors_without_rate\": %" PRIu64 ", \"cut\": %s}\n",
         grid.requests, grid.differing, grid.requests - grid.differing, grid.corridors,
         grid.unrated, grid.cut ? "true" : "false");
}

/* --- */

static void compare(const rl_cli *cli, const rl_tariff *old, const rl_tariff *new,
                    const rl_rates *rates)
{
  rl_changes changes = {0};
  rl_changes_of_tariffs(&changes, old, new);
  if (cli->json)
    print_diff_json(old, new, &changes, rates);
  else
    print_diff(old, new, &changes, rates);
  rl_changes_free(&changes);
}

rl_exit rl_tariff_diff(rl_cli *cli, const rl_tariff_options *options)
{
  rl_tariff *old = NULL, *new = NULL;
  rl_rates *rates = NULL;
  rl_exit code = rl_tariff_load(cli, cli->words[1], &old);
  if (code == RL_EXIT_DONE)
    code = rl_tariff_load(cli, cli->words[2], &new);
  if (code == RL_EXIT_DONE)
    code = make_rates(options->universe_file, &rates);
  if (code == RL_EXIT_DONE) {
    fill_rates(cli, options->offline, rates);
    compare(cli, old, new, rates);
  }
  rl_rates_destroy(rates);
  rl_tariff_destroy(new);
  rl_tariff_destroy(old);
  return code;
}
