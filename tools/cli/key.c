/* `ratelock key`: the keys that seal quotes: which there are, a first one, and their rotation.
 * Works on the file, which every engine that was given it looks at each second; asks none. */
#include "cli.h"

#include "seal/key_file.h"
#include "table.h"

#include <string.h>

/* A full file: 16 keys of some 120 bytes each as msgpack, and a path. */
#define KEYS_PAGE_MAX 8192

typedef struct key_arguments {
  rl_cli *cli;
  bool compromised;
} key_arguments;

static error_t parse(int option, char *value, struct argp_state *state)
{
  key_arguments *arguments = state->input;
  (void)value;
  switch (option) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case 'c': arguments->compromised = true; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
  {"compromised", 'c', NULL, 0, "rotate: drop all earlier keys at once. Every token out there is "
   "void then; quotes that are named by id are honoured still", 1},
  {0},
};

static const struct argp argp = {
  options, parse, "[list]\nnew\nrotate",
  "Lists the keys that seal quotes, never their secrets; makes the file with a first one; or adds "
  "one, which seals what is issued from ten seconds later on. The key before it goes on to vouch "
  "for its own quotes until the last of them has ended and its receipt is no longer kept (two "
  "days). Engines that run follow by themselves."
  "\vExamples:\n"
  "  ratelock key\n"
  "  ratelock key rotate\n"
  "  ratelock key rotate --compromised\n"
  "  ratelock key new --seal-key /srv/fx/seal.key\n"
  "  ratelockd --data /srv/fx/a --seal-key /srv/fx/seal.key\n",
  rl_cli_children, NULL, NULL,
};

static rl_exit fail_keys(rl_status status, const rl_error *error)
{
  char text[1024];
  rl_error_format(error, text, sizeof text);
  if (status == RL_NOT_FOUND)
    return rl_cli_fail(RL_EXIT_NO_ENGINE, "%s; `ratelock key new` makes a key file in a folder "
                       "that is there", text);
  return rl_cli_fail(RL_EXIT_REFUSED, "%s", text);
}

/* --- the page --- */

static void put_instant(rl_writer *writer, const char *name, int64_t utc_ms)
{
  rl_pack_text(writer, name);
  if (utc_ms == RL_NO_END_MS)
    rl_pack_nil(writer);
  else
    rl_pack_i64(writer, utc_ms);
}

static void put_key(rl_writer *writer, const rl_seal_keys *keys, unsigned index, rl_utc now)
{
  const rl_seal_key *key = &keys->keys[index];
  char fingerprint[RL_KEY_FINGERPRINT_SIZE];
  rl_seal_key_fingerprint(key, fingerprint);
  rl_pack_map(writer, 6);
  rl_pack_text(writer, "id");
  rl_pack_u64(writer, key->id);
  rl_pack_text(writer, "state");
  rl_pack_text(writer, rl_key_state_name(rl_seal_key_state(keys, index, now)));
  put_instant(writer, "starts_at", key->starts_utc_ms);
  put_instant(writer, "ends_at", rl_seal_key_ends_utc_ms(keys, index));
  put_instant(writer, "over_at", rl_seal_key_over_utc_ms(keys, index));
  rl_pack_text(writer, "fingerprint");
  rl_pack_text(writer, fingerprint);
}

static void print_json(const char *path, const rl_seal_keys *keys, rl_utc now)
{
  uint8_t bytes[KEYS_PAGE_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_pack_map(&writer, 3);
  rl_pack_text(&writer, "ok");
  rl_pack_bool(&writer, true);
  rl_pack_text(&writer, "file");
  rl_pack_text(&writer, path);
  rl_pack_text(&writer, "keys");
  rl_pack_array(&writer, keys->count);
  for (unsigned i = 0; i < keys->count; i++)
    put_key(&writer, keys, i, now);
  RL_ASSERT(!writer.failed);
  rl_cli_print_json(rl_view_over(bytes, writer.used));
}

static void instant_cell(rl_table *table, int64_t utc_ms)
{
  char text[RL_UTC_TEXT_SIZE] = "";
  if (utc_ms != RL_NO_END_MS)
    rl_utc_format((rl_utc){utc_ms}, text);
  rl_table_cell(table, RL_STYLE_PLAIN, "%s", text);
}

static void print_table(const rl_seal_keys *keys, rl_utc now)
{
  static const rl_column columns[] = {
    {"key", RL_ALIGN_RIGHT}, {"state", RL_ALIGN_LEFT}, {"seals from", RL_ALIGN_LEFT},
    {"seals until", RL_ALIGN_LEFT}, {"vouches until", RL_ALIGN_LEFT},
    {"fingerprint", RL_ALIGN_LEFT},
  };
  rl_table table = rl_table_of(columns, sizeof columns / sizeof columns[0]);
  for (unsigned i = 0; i < keys->count; i++) {
    rl_key_state state = rl_seal_key_state(keys, i, now);
    char fingerprint[RL_KEY_FINGERPRINT_SIZE];
    rl_seal_key_fingerprint(&keys->keys[i], fingerprint);
    rl_table_cell(&table, RL_STYLE_STRONG, "%u", keys->keys[i].id);
    rl_table_cell(&table, state == RL_KEY_CURRENT ? RL_STYLE_GOOD : RL_STYLE_PLAIN, "%s",
                  rl_key_state_name(state));
    instant_cell(&table, keys->keys[i].starts_utc_ms);
    instant_cell(&table, rl_seal_key_ends_utc_ms(keys, i));
    instant_cell(&table, rl_seal_key_over_utc_ms(keys, i));
    rl_table_cell(&table, RL_STYLE_FAINT, "%s", fingerprint);
  }
  rl_table_print(&table, stdout, 2);
}

/* The file as it now is, below `done`: what was done to it, and a note on that. */
static rl_exit show_keys(const rl_cli *cli, const char *path, const char *done, const char *note)
{
  rl_error error = {0};
  rl_clock clock = rl_clock_system();
  rl_utc now = rl_clock_read(&clock).utc;
  rl_seal_keys *keys = rl_seal_keys_create();
  if (!keys)
    return rl_cli_fail(RL_EXIT_REFUSED, "no memory for the sealing keys");
  rl_status status = rl_key_file_read(path, keys, NULL, &error);
  if (status == RL_OK && cli->json) {
    print_json(path, keys, now);
  } else if (status == RL_OK) {
    if (done)
      rl_print_styled(stdout, RL_STYLE_GOOD, done);
    printf("%s%s%s\n", done ? ": " : "", path, note);
    print_table(keys, now);
  }
  rl_seal_keys_destroy(keys);
  return status == RL_OK ? RL_EXIT_DONE : fail_keys(status, &error);
}

/* --- what is done to the file --- */

static rl_exit make_file(const rl_cli *cli, const char *path)
{
  rl_error error = {0};
  rl_clock clock = rl_clock_system();
  rl_status status = rl_key_file_make(path, rl_clock_read(&clock).utc, &error);
  return status == RL_OK ? show_keys(cli, path, "made", "") : fail_keys(status, &error);
}

static rl_exit rotate(const rl_cli *cli, const char *path, bool compromised)
{
  rl_error error = {0};
  rl_clock clock = rl_clock_system();
  rl_status status = rl_key_file_rotate(path, rl_clock_read(&clock).utc, compromised, &error);
  if (status != RL_OK)
    return fail_keys(status, &error);
  return show_keys(cli, path, "rotated", compromised
                   ? "\n  Tokens sealed until now are void as soon as the engines have seen this "
                     "(a second or two);\n  quotes named by id are honoured still, and a create "
                     "repeated with its key gives a fresh token."
                   : "");
}

rl_exit rl_command_key(rl_cli *cli, int argc, char **argv)
{
  key_arguments arguments = {.cli = cli};
  char path[RL_KEY_PATH_MAX + 1];
  cli->word_max = 1;
  argp_parse(&argp, argc, argv, 0, NULL, &arguments);
  const char *name = cli->word_count ? cli->words[0] : "list";
  if (arguments.compromised && strcmp(name, "rotate") != 0)
    return rl_cli_fail(RL_EXIT_USAGE, "--compromised is for `ratelock key rotate`");
  rl_exit code = rl_cli_key_path(cli, path, sizeof path);
  if (code != RL_EXIT_DONE)
    return code;
  if (strcmp(name, "list") == 0)
    return show_keys(cli, path, NULL, "");
  if (strcmp(name, "new") == 0)
    return make_file(cli, path);
  if (strcmp(name, "rotate") == 0)
    return rotate(cli, path, arguments.compromised);
  return rl_cli_fail(RL_EXIT_USAGE, "%s: expected `list`, `new` or `rotate`", name);
}
