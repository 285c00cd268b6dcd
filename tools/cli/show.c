/* `ratelock show`: a quote as it stands. Asks the engine, and reads the store where none runs. */
#include "cli.h"

#include "quote_print.h"
#include "wire/reply.h"

#include <string.h>

static const struct argp argp = {
  NULL, NULL, "QUOTE|TOKEN",
  "Shows a quote as it stands: its ladder, its amounts, whether it is still open and how it ended. "
  "Where no engine runs, it is read from the data directory."
  "\vExamples:\n"
  "  ratelock show 01J9Z0K7W5QX3V8B2N4M6R1T0Y\n"
  "  ratelock show 01J9Z0K7W5QX3V8B2N4M6R1T0Y --json\n",
  rl_cli_children, NULL, NULL,
};

static rl_now now(void)
{
  rl_clock clock = rl_clock_system();
  return rl_clock_read(&clock);
}

static bool is_alive(rl_store *store, const rl_quote *quote)
{
  uint64_t boot_id = 0; /* unreadable: judged on the wall clock, as another boot's quote is */
  return rl_clock_boot_id(&boot_id) != RL_OK
           ? rl_quote_alive(quote, ~quote->boot_id, now(), rl_store_high_water(store))
           : rl_quote_alive(quote, boot_id, now(), rl_store_high_water(store));
}

/* The terminal row, or what it will say: a quote that was taken back has ended before it is
 * written. */
static rl_status find_end(rl_store *store, const rl_quote *quote, rl_end *out)
{
  rl_revocation revocation;
  rl_status status = rl_store_find_end(store, quote->id, out);
  if (status != RL_NOT_FOUND)
    return status;
  status = rl_store_find_revocation(store, quote, &revocation);
  if (status != RL_OK)
    return status;
  *out = (rl_end){
    .quote = quote->id, .kind = RL_END_REVOKED, .arrived_utc_ms = revocation.at.utc.ms};
  memcpy(out->client, revocation.by, sizeof out->client);
  memcpy(out->key, revocation.key, sizeof out->key);
  memcpy(out->reason, revocation.reason, sizeof out->reason);
  return RL_OK;
}

/* The same bytes that an engine would have answered. */
static rl_exit show_from_store(rl_cli *cli, rl_store *store, const rl_request *request,
                               rl_writer *writer)
{
  rl_quote quote;
  rl_end end;
  rl_exit code = rl_cli_find_quote(cli, store, request, &quote);
  if (code != RL_EXIT_DONE)
    return code;
  rl_status status = find_end(store, &quote, &end);
  if (status != RL_OK && status != RL_NOT_FOUND)
    return rl_cli_fail(RL_EXIT_REFUSED, "how the quote ended: %s", rl_status_text(status));
  rl_reply_show(writer, &quote, status == RL_OK ? &end : NULL,
                status == RL_NOT_FOUND && is_alive(store, &quote));
  RL_ASSERT(!writer->failed);
  return RL_EXIT_DONE;
}

static rl_exit read_quote(rl_cli *cli, const rl_request *request)
{
  uint8_t bytes[RL_REPLY_MAX];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_store *store;
  rl_exit code = rl_cli_open_store(cli, &store);
  if (code != RL_EXIT_DONE)
    return code;
  code = show_from_store(cli, store, request, &writer);
  rl_store_close(store);
  if (code != RL_EXIT_DONE)
    return code;
  if (cli->json)
    rl_cli_print_json(rl_view_over(bytes, writer.used));
  else
    rl_print_quote(rl_view_over(bytes, writer.used));
  return RL_EXIT_DONE;
}

rl_exit rl_command_show(rl_cli *cli, int argc, char **argv)
{
  cli->word_min = cli->word_max = 1;
  argp_parse(&argp, argc, argv, 0, NULL, cli);
  rl_request request = {.kind = RL_REQUEST_SHOW};
  uint8_t token[RL_TOKEN_MAX];
  rl_view quote;
  if (!rl_cli_take_quote(cli->words[0], &request, token))
    return RL_EXIT_USAGE;
  rl_exit code = rl_cli_ask(cli, &request, &quote);
  if (code == RL_EXIT_NO_ENGINE && !cli->url) {
    fprintf(stderr, "reading the store instead\n");
    return read_quote(cli, &request);
  }
  if (code == RL_EXIT_DONE && !cli->json)
    rl_print_quote(quote);
  return code;
}
