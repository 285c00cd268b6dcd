/* What is open, and the caps on it. Everybody may see his own; what others have open, and so what
 * is open in a pair, is for operators. */
#include "service/service_internal.h"

#include <string.h>

static rl_exposure *exposure_of(const rl_exchange *exchange)
{
  return exchange->service->parts.exposure;
}

/* False, and the part answered, if the caller may not ask for that. */
static bool may_ask(rl_exchange *exchange, const rl_request *request, rl_part *part)
{
  bool own = request->client[0] == '\0' || strcmp(request->client, exchange->client) == 0;
  if (exchange->is_operator || (own && request->pair_count == 0))
    return true;
  rl_part_refuse(exchange, part, RL_REFUSAL_FORBIDDEN, own ? "pairs" : "client", NULL);
  return false;
}

/* Rows are gathered apart, since their number is known behind the last. */
typedef struct gathering {
  rl_buffer rows;
  uint32_t count;
} gathering;

static void add_client(gathering *rows, const rl_exposure_row *row)
{
  rl_writer writer = rl_buffer_writer(&rows->rows, RL_REPLY_ROW_MAX);
  rl_reply_exposure_client_row(&writer, row);
  rl_buffer_commit(&rows->rows, &writer);
  rows->count++;
}

static void add_pair(gathering *rows, const rl_universe *universe, const rl_exposure_row *row)
{
  rl_writer writer = rl_buffer_writer(&rows->rows, RL_REPLY_ROW_MAX);
  rl_reply_exposure_pair_row(&writer, universe, row);
  rl_buffer_commit(&rows->rows, &writer);
  rows->count++;
}

static rl_encoded_rows encoded(const gathering *rows)
{
  return (rl_encoded_rows){rows->rows.bytes, rows->rows.used, rows->count};
}

static void gather_one_client(const rl_exchange *exchange, const char *client, gathering *out)
{
  rl_exposure_row row;
  rl_exposure_client(exposure_of(exchange), client, &row);
  add_client(out, &row);
}

static void gather_clients(const rl_exchange *exchange, gathering *out)
{
  rl_exposure_row rows[RL_EXPOSURE_SLICE];
  uint32_t cursor = 0;
  for (size_t n; (n = rl_exposure_clients(exposure_of(exchange), &cursor, rows)) > 0;) {
    for (size_t i = 0; i < n; i++)
      add_client(out, &rows[i]);
  }
}

static void gather_pairs(const rl_exchange *exchange, gathering *out)
{
  const rl_universe *universe = rl_market_universe(exchange->service->parts.market);
  rl_exposure_row rows[RL_EXPOSURE_SLICE];
  uint32_t cursor = 0;
  for (size_t n; (n = rl_exposure_pairs(exposure_of(exchange), &cursor, rows)) > 0;) {
    for (size_t i = 0; i < n; i++)
      add_pair(out, universe, &rows[i]);
  }
}

/* Any two currencies may be named, in either order: a cap needs no market. */
static bool pair_named(const rl_request *request, uint32_t index, rl_pair_number *out)
{
  const char *text = request->pairs[index].text;
  size_t length = request->pairs[index].length;
  rl_currency left, right;
  if (length != 6 && !(length == 7 && text[3] == '/'))
    return false;
  if (rl_currency_find(text, 3, &left) != RL_OK
      || rl_currency_find(text + length - 3, 3, &right) != RL_OK
      || rl_currency_equal(left, right))
    return false;
  *out = rl_pair_number_of(left, right);
  return true;
}

static bool gather_named_pairs(const rl_exchange *exchange, const rl_request *request,
                               gathering *out)
{
  const rl_universe *universe = rl_market_universe(exchange->service->parts.market);
  for (uint32_t i = 0; i < request->pair_count; i++) {
    rl_pair_number pair;
    rl_exposure_row row;
    if (!pair_named(request, i, &pair))
      return false;
    rl_exposure_pair(exposure_of(exchange), pair, &row);
    add_pair(out, universe, &row);
  }
  return true;
}

/* With a client or pairs named: those alone. */
static bool gather(const rl_exchange *exchange, const rl_request *request, gathering *clients,
                   gathering *pairs)
{
  bool names_client = request->client[0] != '\0', names_pairs = request->pair_count > 0;
  if (!exchange->is_operator)
    gather_one_client(exchange, exchange->client, clients);
  else if (names_client)
    gather_one_client(exchange, request->client, clients);
  else if (!names_pairs)
    gather_clients(exchange, clients);
  if (names_pairs)
    return gather_named_pairs(exchange, request, pairs);
  if (exchange->is_operator && !names_client)
    gather_pairs(exchange, pairs);
  return true;
}

static void write_answer(rl_exchange *exchange, const gathering *clients, const gathering *pairs,
                         rl_part *part)
{
  rl_exposure_head head = {
    .reporting = rl_exposure_reporting(exposure_of(exchange)),
    .ticket_minor = rl_exposure_ticket(exposure_of(exchange)),
    .of_all = exchange->is_operator,
    .total = rl_exposure_total(exposure_of(exchange)),
    .accepted_unseen = exchange->service->counters.accepted_unseen,
  };
  rl_writer writer =
    rl_part_open(exchange, part, RL_REPLY_ROW_MAX + clients->rows.used + pairs->rows.used);
  rl_reply_exposure(&writer, &head, encoded(clients), encoded(pairs));
  rl_part_close(exchange, part, &writer);
}

void rl_answer_exposure(rl_exchange *exchange, const rl_request *request, rl_item *item)
{
  rl_part *part = &item->parts[0];
  gathering clients = {0}, pairs = {0};
  if (!rl_part_has_room(exchange, part) || !may_ask(exchange, request, part))
    return;
  if (gather(exchange, request, &clients, &pairs))
    write_answer(exchange, &clients, &pairs, part);
  else
    rl_part_refuse(exchange, part, RL_REFUSAL_UNKNOWN_CURRENCY, "pairs",
                   "expected two currencies, such as EURUSD");
  rl_buffer_free(&clients.rows);
  rl_buffer_free(&pairs.rows);
}
