/* `ratelock tariff check`: a file judged as the engine would. */
#include "tariff_commands.h"

#include "paths/paths.h"
#include "pricing/loading.h"
#include "table.h"

#include <stdlib.h>

static void print_json_error(const rl_error *error)
{
  uint8_t bytes[2048];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_pack_map(&writer, 5);
  rl_pack_text(&writer, "ok");
  rl_pack_bool(&writer, false);
  rl_pack_text(&writer, "file");
  rl_pack_text(&writer, error->file);
  rl_pack_text(&writer, "line");
  rl_pack_u64(&writer, error->line);
  rl_pack_text(&writer, "field");
  rl_pack_text(&writer, error->field);
  rl_pack_text(&writer, "message");
  rl_pack_text(&writer, error->text);
  rl_cli_print_json(rl_view_over(bytes, writer.used));
}

static rl_exit fail_check(const rl_cli *cli, const rl_error *error)
{
  char text[1024];
  rl_error_format(error, text, sizeof text);
  if (cli->json)
    print_json_error(error);
  else
    fprintf(stderr, "%s\n", text);
  return RL_EXIT_REFUSED;
}

/* --- what is shown of a good one --- */

static void print_bps(const char *before, int32_t e8)
{
  char bps[RL_BPS_TEXT_SIZE];
  rl_bps_format(e8, bps);
  printf("%s%s bps", before, bps);
}

static void print_locks(const rl_tariff *tariff)
{
  const rl_lock_premium *premium = rl_tariff_lock_premium(tariff);
  printf("  locks");
  for (unsigned i = 0; i < rl_tariff_lock_count(tariff); i++) {
    const rl_lock_class *lock = rl_tariff_lock(tariff, i);
    char ttl[RL_DURATION_TEXT_SIZE];
    rl_duration_format(lock->ttl_ms, ttl);
    printf("%s %s", i ? "," : " ", ttl);
    if (!premium->by_volatility)
      print_bps(" at ", lock->premium_e8);
  }
  if (premium->by_volatility) {
    printf(", at %d.%02d x volatility", premium->multiple_e2 / 100, premium->multiple_e2 % 100);
    print_bps(", ", premium->floor_e8);
    print_bps(" to ", premium->cap_e8);
  }
  printf("\n");
}

static void print_surcharges(const rl_tariff *tariff)
{
  static const char *const whens[RL_SURCHARGE_WHENS] = {
    [RL_WHEN_CLOSED] = "when closed",
    [RL_WHEN_SOURCES_BELOW] = "with sources below",
    [RL_WHEN_AGE_ABOVE] = "with an age in percent above",
    [RL_WHEN_REFERENCE] = "on a fixing",
  };
  for (unsigned i = 0; i < RL_SURCHARGE_WHENS; i++) {
    const rl_surcharge *surcharge = rl_tariff_surcharge(tariff, (rl_surcharge_when)i);
    if (!surcharge->name[0])
      continue;
    printf("  surcharge %s", surcharge->name);
    print_bps(" of ", surcharge->e8);
    printf(" %s", whens[i]);
    if (surcharge->bound)
      printf(" %u", surcharge->bound);
    printf("\n");
  }
}

static void name_cell(rl_table *table, const char *name)
{
  rl_table_cell(table, name[0] ? RL_STYLE_PLAIN : RL_STYLE_FAINT, "%s", name[0] ? name : "any");
}

static void corridor_cell(rl_table *table, const rl_scope *scope)
{
  const char *from = rl_currency_code(scope->from), *to = rl_currency_code(scope->to);
  if (scope->pair_base.index)
    rl_table_cell(table, RL_STYLE_PLAIN, "%s%s, both ways", rl_currency_code(scope->pair_base),
                  rl_currency_code(scope->pair_quote));
  else if (scope->from.index && scope->to.index)
    rl_table_cell(table, RL_STYLE_PLAIN, "%s to %s", from, to);
  else if (scope->from.index)
    rl_table_cell(table, RL_STYLE_PLAIN, "from %s", from);
  else if (scope->to.index)
    rl_table_cell(table, RL_STYLE_PLAIN, "to %s", to);
  else
    rl_table_cell(table, RL_STYLE_FAINT, "any");
}

static void band_cell(rl_table *table, const rl_scope *scope)
{
  char from[RL_AMOUNT_TEXT_SIZE], below[RL_AMOUNT_TEXT_SIZE];
  bool ends = scope->amount_below_minor <= RL_AMOUNT_MAX;
  rl_amount_format((rl_amount){scope->amount_from_minor, scope->from}, from);
  rl_amount_format((rl_amount){scope->amount_below_minor, scope->from}, below);
  if (scope->amount_from_minor > 0 && ends)
    rl_table_cell(table, RL_STYLE_PLAIN, "%s to below %s", from, below);
  else if (scope->amount_from_minor > 0)
    rl_table_cell(table, RL_STYLE_PLAIN, "from %s", from);
  else if (ends)
    rl_table_cell(table, RL_STYLE_PLAIN, "below %s", below);
  else
    rl_table_cell(table, RL_STYLE_FAINT, "all");
}

/* One figure, or that of the bid and that of the ask. */
static void markup_cells(rl_table *table, const rl_markup markups[2])
{
  char bid[RL_BPS_TEXT_SIZE], ask[RL_BPS_TEXT_SIZE];
  const rl_markup *low = &markups[RL_SELL_BASE], *high = &markups[RL_BUY_BASE];
  rl_bps_format(low->e8, bid);
  rl_bps_format(high->e8, ask);
  if (low->e8 == high->e8)
    rl_table_cell(table, RL_STYLE_PLAIN, "%s", bid);
  else
    rl_table_cell(table, RL_STYLE_PLAIN, "%s / %s", bid, ask);
  if (low->points_e1 != high->points_e1)
    rl_table_cell(table, RL_STYLE_PLAIN, "%d.%d / %d.%d", low->points_e1 / 10,
                  low->points_e1 % 10, high->points_e1 / 10, high->points_e1 % 10);
  else if (low->points_e1)
    rl_table_cell(table, RL_STYLE_PLAIN, "%d.%d", low->points_e1 / 10, low->points_e1 % 10);
  else
    rl_table_cell(table, RL_STYLE_PLAIN, "%s", "");
}

static void print_rules(const rl_tariff *tariff)
{
  static const rl_column columns[] = {
    {"line", RL_ALIGN_RIGHT}, {"rule", RL_ALIGN_LEFT}, {"client", RL_ALIGN_LEFT},
    {"tier", RL_ALIGN_LEFT}, {"method", RL_ALIGN_LEFT}, {"corridor", RL_ALIGN_LEFT},
    {"amounts", RL_ALIGN_LEFT}, {"markup bps", RL_ALIGN_LEFT}, {"pips", RL_ALIGN_LEFT},
    {"fees", RL_ALIGN_RIGHT},
  };
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  for (unsigned i = 0; i < rl_tariff_rule_count(tariff); i++) {
    const rl_rule *rule = rl_tariff_rule(tariff, i);
    rl_table_cell(&table, RL_STYLE_FAINT, "%u", rule->line);
    rl_table_cell(&table, RL_STYLE_STRONG, "%s", rule->name);
    name_cell(&table, rule->scope.client);
    name_cell(&table, rule->scope.tier);
    name_cell(&table, rule->scope.method);
    corridor_cell(&table, &rule->scope);
    band_cell(&table, &rule->scope);
    markup_cells(&table, rule->markups);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%u", rule->fee_count);
  }
  rl_table_print(&table, stdout, 2);
}

static void print_tariff(const rl_cli *cli, const rl_tariff *tariff)
{
  char hash[RL_DIGEST_TEXT_SIZE];
  rl_digest_format(rl_tariff_digest(tariff), hash);
  if (cli->json) {
    printf("{\"ok\": true, \"name\": \"%s\", \"hash\": \"%s\", \"rules\": %u, \"locks\": %u, "
           "\"waivers\": %u, \"examples\": %u}\n",
           rl_tariff_name(tariff), hash, rl_tariff_rule_count(tariff),
           rl_tariff_lock_count(tariff), rl_tariff_waiver_count(tariff),
           rl_tariff_example_count(tariff));
    return;
  }
  rl_print_styled(stdout, RL_STYLE_GOOD, "good");
  printf(": tariff %s, hash %s\n", rl_tariff_name(tariff), hash);
  printf("  %u digits, default tier %s\n", rl_tariff_rate_digits(tariff),
         rl_tariff_default_tier(tariff));
  print_locks(tariff);
  print_surcharges(tariff);
  printf("  waivers: %u; examples: %u, all proved\n\n", rl_tariff_waiver_count(tariff),
         rl_tariff_example_count(tariff));
  print_rules(tariff);
}

rl_exit rl_tariff_load(const rl_cli *cli, const char *path, rl_tariff **out)
{
  char *text;
  size_t length;
  rl_error error = {0};
  if (rl_file_read(path, RL_TARIFF_TEXT_MAX, &text, &length, &error) != RL_OK)
    return fail_check(cli, &error);
  rl_status status = rl_tariff_parse(text, length, path, out, &error);
  free(text);
  return status == RL_OK ? RL_EXIT_DONE : fail_check(cli, &error);
}

static void print_tariffs(const rl_cli *cli, const rl_tariffs *tariffs)
{
  const rl_tariff *trial = rl_tariffs_trial(tariffs);
  print_tariff(cli, rl_tariffs_main(tariffs));
  if (!trial || cli->json)
    return;
  printf("\nTried by %u percent of the clients:\n", rl_tariffs_percent(tariffs));
  print_tariff(cli, trial);
}

rl_exit rl_tariff_check(const rl_cli *cli, const rl_tariff_options *options)
{
  rl_universe *universe;
  rl_exit code = rl_cli_load_universe(options->universe_file, &universe);
  if (code != RL_EXIT_DONE)
    return code;
  rl_tariffs *tariffs;
  rl_error error = {0};
  if (rl_tariffs_load(cli->words[1], universe, &tariffs, &error) == RL_OK) {
    print_tariffs(cli, tariffs);
    rl_tariffs_destroy(tariffs);
  } else {
    code = fail_check(cli, &error);
  }
  rl_universe_destroy(universe);
  return code;
}
