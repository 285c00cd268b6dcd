/* `ratelock tariff check`: a file judged as the engine would. */
#include "tariff_commands.h"

#include "paths/paths.h"
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

static void print_locks(const rl_tariff *tariff)
{
  printf("  locks");
  for (unsigned i = 0; i < rl_tariff_lock_count(tariff); i++) {
    const rl_lock_class *lock = rl_tariff_lock(tariff, i);
    char ttl[RL_DURATION_TEXT_SIZE], bps[RL_BPS_TEXT_SIZE];
    rl_duration_format(lock->ttl_ms, ttl);
    rl_bps_format(lock->premium_e8, bps);
    printf("%s %s at %s bps", i ? "," : " ", ttl, bps);
  }
  printf("\n");
}

static void print_rules(const rl_tariff *tariff)
{
  static const rl_column columns[] = {
    {"line", RL_ALIGN_RIGHT}, {"rule", RL_ALIGN_LEFT}, {"tier", RL_ALIGN_LEFT},
    {"from", RL_ALIGN_LEFT}, {"to", RL_ALIGN_LEFT}, {"markup bps", RL_ALIGN_POINT},
    {"fees", RL_ALIGN_RIGHT},
  };
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  for (unsigned i = 0; i < rl_tariff_rule_count(tariff); i++) {
    const rl_rule *rule = rl_tariff_rule(tariff, i);
    char bps[RL_BPS_TEXT_SIZE];
    rl_bps_format(rule->markups[RL_SELL_BASE].e8, bps);
    rl_table_cell(&table, RL_STYLE_FAINT, "%u", rule->line);
    rl_table_cell(&table, RL_STYLE_STRONG, "%s", rule->name);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", rule->scope.tier[0] ? rule->scope.tier : "any");
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s",
                  rule->scope.from.index ? rl_currency_code(rule->scope.from) : "any");
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s",
                  rule->scope.to.index ? rl_currency_code(rule->scope.to) : "any");
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", bps);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%u", rule->fee_count);
  }
  rl_table_print(&table, stdout, 2);
}

static void print_tariff(const rl_cli *cli, const rl_tariff *tariff)
{
  char hash[RL_DIGEST_TEXT_SIZE];
  rl_digest_format(rl_tariff_digest(tariff), hash);
  if (cli->json) {
    printf("{\"ok\": true, \"name\": \"%s\", \"hash\": \"%s\", \"rules\": %u, \"locks\": %u}\n",
           rl_tariff_name(tariff), hash, rl_tariff_rule_count(tariff),
           rl_tariff_lock_count(tariff));
    return;
  }
  rl_print_styled(stdout, RL_STYLE_GOOD, "good");
  printf(": tariff %s, hash %s\n", rl_tariff_name(tariff), hash);
  printf("  %u digits, default tier %s\n", rl_tariff_rate_digits(tariff),
         rl_tariff_default_tier(tariff));
  print_locks(tariff);
  printf("\n");
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

rl_exit rl_tariff_check(const rl_cli *cli, const char *path)
{
  rl_tariff *tariff;
  rl_exit code = rl_tariff_load(cli, path, &tariff);
  if (code != RL_EXIT_DONE)
    return code;
  print_tariff(cli, tariff);
  rl_tariff_destroy(tariff);
  return RL_EXIT_DONE;
}
