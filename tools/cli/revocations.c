/* `ratelock revocations`: what the desk took back, in force and past. Reads the store; an engine
 * may run there meanwhile. */
#include "revocations.h"

#include "table.h"
#include "wire/entry.h"
#include "wire/reply.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Whatever it may cover has run out by then (store/revoke.c). */
#define IN_FORCE_MS ((int64_t)RL_TTL_MAX_MS + RL_WALL_SKEW_MS)

static const struct argp argp = {
  NULL, NULL, "",
  "Shows which quotes the desk took back, by whom and why, and how many that were. A revocation is "
  "in force for a day: by then all quotes that it may meet have run out."
  "\vExamples:\n"
  "  ratelock revocations\n"
  "  ratelock revocations --json\n",
  rl_cli_children, NULL, NULL,
};

typedef struct reading {
  rl_revocation_rows *out;
  uint64_t first;
  size_t room;
} reading;

static bool add_revocation(const rl_revocation *revocation, void *context)
{
  reading *it = context;
  rl_revocation_rows *out = it->out;
  if (revocation->number < it->first)
    return true;
  if (out->count == it->room) {
    it->room = it->room ? 2 * it->room : 16;
    rl_revocation_row *rows = realloc(out->rows, it->room * sizeof *rows);
    RL_ASSERT(rows);
    out->rows = rows;
  }
  out->rows[out->count++] = (rl_revocation_row){.revocation = *revocation};
  return true;
}

static bool is_by(const rl_revocation *revocation, const rl_end *end)
{
  return strcmp(revocation->by, end->client) == 0 && strcmp(revocation->key, end->key) == 0;
}

static bool count_end(const rl_end *end, void *context)
{
  reading *it = context;
  for (size_t i = 0; end->kind == RL_END_REVOKED && i < it->out->count; i++)
    it->out->rows[i].taken_back += is_by(&it->out->rows[i].revocation, end);
  return true;
}

static rl_quote_id first_id(const rl_revocation_rows *rows)
{
  int64_t first_ms = INT64_MAX;
  for (size_t i = 0; i < rows->count; i++) {
    int64_t at_ms = rows->rows[i].revocation.at.utc.ms;
    first_ms = at_ms < first_ms ? at_ms : first_ms;
  }
  return rl_quote_id_first_at(first_ms - RL_OPEN_SINCE_MS);
}

rl_exit rl_read_revocations(rl_store *store, uint64_t first, rl_revocation_rows *out)
{
  reading it = {.out = out, .first = first};
  rl_error error = {0};
  *out = (rl_revocation_rows){0};
  rl_status status = rl_store_each_revocation(store, add_revocation, &it, &error);
  if (status == RL_OK && out->count > 0)
    status = rl_store_each_end(store, first_id(out), count_end, &it, &error);
  return status == RL_OK ? RL_EXIT_DONE : rl_cli_fail_store(status, &error);
}

/* --- in words --- */

__attribute__((format(printf, 2, 3)))
static void add_words(char out[RL_COVERAGE_TEXT_SIZE], const char *format, ...)
{
  va_list arguments;
  size_t used = strlen(out);
  if (used > 0 && used + 2 < RL_COVERAGE_TEXT_SIZE) {
    memcpy(out + used, ", ", 3);
    used += 2;
  }
  va_start(arguments, format);
  vsnprintf(out + used, RL_COVERAGE_TEXT_SIZE - used, format, arguments);
  va_end(arguments);
}

static void add_instant(char out[RL_COVERAGE_TEXT_SIZE], const char *lead, int64_t utc_ms,
                        int64_t none_ms)
{
  char text[RL_UTC_TEXT_SIZE];
  if (utc_ms == none_ms)
    return;
  rl_utc_format((rl_utc){utc_ms}, text);
  add_words(out, "%s %s", lead, text);
}

void rl_coverage_format(const rl_revocation *revocation, char out[RL_COVERAGE_TEXT_SIZE])
{
  char hash[RL_DIGEST_TEXT_SIZE];
  out[0] = '\0';
  if (revocation->has_pair)
    add_words(out, "%s%s", rl_currency_code(revocation->pair[0]),
              rl_currency_code(revocation->pair[1]));
  if (revocation->client[0])
    add_words(out, "of %s", revocation->client);
  rl_digest_format(revocation->tariff, hash);
  if (revocation->has_tariff)
    add_words(out, "by tariff %.12s", hash);
  add_instant(out, "issued from", revocation->issued_from_ms, INT64_MIN);
  add_instant(out, "issued before", revocation->issued_before_ms, INT64_MAX);
  if (!out[0])
    add_words(out, "all");
}

/* --- printed --- */

static bool is_in_force(const rl_revocation *revocation)
{
  rl_clock clock = rl_clock_system();
  return rl_clock_read(&clock).utc.ms - revocation->at.utc.ms <= IN_FORCE_MS;
}

static void print_rows(const rl_revocation_rows *rows)
{
  static const rl_column columns[] = {
    {"no", RL_ALIGN_RIGHT}, {"at", RL_ALIGN_LEFT}, {"by", RL_ALIGN_LEFT}, {"", RL_ALIGN_LEFT},
    {"taken back", RL_ALIGN_RIGHT}, {"quotes", RL_ALIGN_LEFT}, {"reason", RL_ALIGN_LEFT}};
  rl_table table = rl_table_of(columns, 7);
  for (size_t i = 0; i < rows->count; i++) {
    const rl_revocation *revocation = &rows->rows[i].revocation;
    bool in_force = is_in_force(revocation);
    char at[RL_UTC_TEXT_SIZE], coverage[RL_COVERAGE_TEXT_SIZE];
    rl_utc_format(revocation->at.utc, at);
    rl_coverage_format(revocation, coverage);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%" PRIu64, revocation->number);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", at);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", revocation->by);
    rl_table_cell(&table, in_force ? RL_STYLE_GOOD : RL_STYLE_FAINT, "%s",
                  in_force ? "in force" : "past");
    rl_table_cell(&table, RL_STYLE_STRONG, "%" PRIu64, rows->rows[i].taken_back);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", coverage);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", revocation->reason);
  }
  if (rows->count > 0)
    rl_table_print(&table, stdout, 0);
  else
    printf("nothing was ever taken back\n");
}

static void print_json(const rl_revocation_rows *rows)
{
  printf("[");
  for (size_t i = 0; i < rows->count; i++) {
    uint8_t bytes[1024];
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    rl_pack_map(&writer, RL_REVOCATION_ENTRIES + 2);
    rl_pack_revocation(&writer, &rows->rows[i].revocation);
    RL_ENTRY(&writer, "in_force", rl_pack_bool, is_in_force(&rows->rows[i].revocation));
    RL_ENTRY(&writer, "taken_back", rl_pack_u64, rows->rows[i].taken_back);
    rl_cli_print_item(&writer, i == 0);
  }
  printf("%s]\n", rows->count > 0 ? "\n" : "");
}

rl_exit rl_command_revocations(rl_cli *cli, int argc, char **argv)
{
  argp_parse(&argp, argc, argv, 0, NULL, cli);
  rl_store *store;
  rl_revocation_rows rows;
  rl_exit code = rl_cli_open_store(cli, &store);
  if (code != RL_EXIT_DONE)
    return code;
  code = rl_read_revocations(store, 1, &rows);
  rl_store_close(store);
  if (code == RL_EXIT_DONE && cli->json)
    print_json(&rows);
  else if (code == RL_EXIT_DONE)
    print_rows(&rows);
  free(rows.rows);
  return code;
}
