/* Exposure under a whole engine: what a quote reserves, when it is given back, and that no failure
 * on the way leaves anything behind. Both sources say EURUSD 1.125180/1.125220, so that the mid is
 * 1.1252. */
#include "support/engine.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static rl_test_engine engine;
static size_t size; /* of the last reply */

static void setup(void)
{
  rl_test_engine_start(&engine);
  rl_test_engine_tick(&engine);
}

static void teardown(void)
{
  rl_test_engine_stop(&engine);
}

TestSuite(service_exposure, .init = setup, .fini = teardown);

/* An engine that was started with these limits. */
static void limit(const char *text)
{
  rl_test_engine_write_limits(&engine, text);
  rl_test_engine_restart(&engine, false);
  rl_test_engine_tick(&engine);
}

static void expect_open(uint32_t locks, uint64_t notional_minor)
{
  rl_exposure_sum total = rl_exposure_total(engine.exposure);
  cr_expect_eq(total.locks, locks, "%u locks, not %u", total.locks, locks);
  cr_expect(total.notional_minor == notional_minor, "%lu, not %lu",
            (unsigned long)total.notional_minor, (unsigned long)notional_minor);
}

static uint32_t unvalued(void)
{
  return rl_exposure_total(engine.exposure).unvalued;
}

static rl_exposure_sum used_by(const char *client)
{
  rl_exposure_row row;
  rl_exposure_client(engine.exposure, client, &row);
  return row.used;
}

typedef struct said {
  char code[256]; /* "" where the answer is yes */
  char quote[256];
} said;

static said ask(const char *client, const rl_request *request)
{
  said out = {"", ""};
  const uint8_t *reply = rl_test_ask(&engine, client, request, &size);
  if (!rl_reply_bool(reply, size, "ok"))
    rl_reply_text(reply, size, "code", out.code);
  else if (request->kind == RL_REQUEST_QUOTE)
    rl_reply_text(reply, size, "quote", out.quote);
  return out;
}

static said quote(const char *client, const char *from, const char *to, int64_t amount,
                  const char *key)
{
  rl_request request = rl_test_quote_request(from, to, RL_FIXED_SOURCE, amount, key);
  return ask(client, &request);
}

static void expect_said(said answer, const char *code)
{
  cr_expect_str_eq(answer.code, code);
}

static said end(rl_request_kind kind, const char *client, said issued, const char *key)
{
  rl_request request = rl_test_end_request(kind, issued.quote, key);
  return ask(client, &request);
}

static said two_way(const char *client, int64_t amount, const char *key)
{
  rl_request request = rl_test_quote_request("EUR", "USD", RL_FIXED_SOURCE, amount, key);
  request.kind = RL_REQUEST_TWO_WAY;
  return ask(client, &request);
}

/* --- reserved and given back --- */

Test(service_exposure, a_quote_reserves_its_source_at_mid_rounded_up)
{
  expect_said(quote("shop", "USD", "EUR", 100000, "a"), "");
  expect_open(1, 100000);
  expect_said(quote("shop", "EUR", "USD", 100001, "b"), "");
  expect_open(2, 100000 + 112522); /* 1000.01 at 1.1252 are 1125.211… dollars */
  expect_said(quote("desk", "JPY", "USD", 100000, "c"), "");
  expect_open(3, 212522 + 68869); /* 100000 at 145.205 are 688.6815… dollars */
  cr_expect_eq(used_by("shop").locks, 2);
  cr_expect_eq(used_by("desk").locks, 1);
}

Test(service_exposure, an_accept_gives_back_once)
{
  said issued = quote("shop", "USD", "EUR", 100000, "a");
  expect_said(end(RL_REQUEST_ACCEPT, "shop", issued, "k"), "");
  expect_open(0, 0);
  expect_said(end(RL_REQUEST_ACCEPT, "shop", issued, "k"), "");
  expect_said(end(RL_REQUEST_ACCEPT, "shop", issued, "other"), "QUOTE_CONSUMED");
  expect_open(0, 0);
}

Test(service_exposure, a_cancel_gives_back_and_a_refused_end_does_not)
{
  said issued = quote("shop", "USD", "EUR", 100000, "a");
  expect_said(end(RL_REQUEST_CANCEL, "desk", issued, "k"), "QUOTE_UNKNOWN");
  expect_open(1, 100000);
  expect_said(end(RL_REQUEST_CANCEL, "shop", issued, "k"), "");
  expect_open(0, 0);
}

Test(service_exposure, an_expiry_gives_back_at_the_nanosecond)
{
  quote("shop", "USD", "EUR", 100000, "a");
  rl_manual_clock_advance_ns(&engine.manual, 30000 * RL_NS_PER_MS - 1);
  rl_service_sweep(engine.service);
  expect_open(1, 100000);
  rl_manual_clock_advance_ns(&engine.manual, 1);
  rl_service_sweep(engine.service);
  expect_open(0, 0);
}

Test(service_exposure, what_the_rates_do_later_does_not_change_what_is_given_back)
{
  said issued = quote("shop", "EUR", "USD", 100000, "a");
  expect_open(1, 112520);
  rl_tick tick = {.sequence = 900, .bid = 1130000, .ask = 1130040, .scale = 6};
  cr_assert_eq(rl_universe_find_name(engine.universe, "EURUSD", 6, &tick.pair), RL_OK);
  for (unsigned i = 0; i < 2; i++)
    rl_market_apply(engine.market, engine.sources[i], &tick, rl_clock_read(&engine.clock));
  expect_said(quote("shop", "EUR", "USD", 100000, "b"), "");
  expect_open(2, 112520 + 113002);
  end(RL_REQUEST_ACCEPT, "shop", issued, "k");
  expect_open(1, 113002);
}

/* --- caps --- */

Test(service_exposure, a_clients_cap_is_reached_and_not_passed)
{
  limit("client shop notional=2000.00\nclient * locks=1\n");
  expect_said(quote("shop", "USD", "EUR", 150000, "a"), "");
  expect_said(quote("shop", "USD", "EUR", 50001, "b"), "CLIENT_LIMIT");
  expect_open(1, 150000);
  expect_said(quote("shop", "USD", "EUR", 50000, "c"), "");
  expect_said(quote("desk", "USD", "EUR", 900000, "a"), "");
  expect_said(quote("desk", "USD", "EUR", 100000, "b"), "CLIENT_LIMIT");
  expect_open(3, 1100000);
}

Test(service_exposure, room_that_an_end_makes_is_given_to_the_next)
{
  limit("client shop locks=1\n");
  said issued = quote("shop", "USD", "EUR", 100000, "a");
  expect_said(quote("shop", "USD", "EUR", 100000, "b"), "CLIENT_LIMIT");
  end(RL_REQUEST_CANCEL, "shop", issued, "k");
  expect_said(quote("shop", "USD", "EUR", 100000, "b"), "");
}

Test(service_exposure, a_pairs_cap_counts_both_directions)
{
  limit("pair EURUSD locks=2\nticket 2000.00\n");
  expect_said(quote("shop", "USD", "EUR", 200001, "a"), "TICKET_TOO_LARGE");
  expect_said(quote("shop", "USD", "EUR", 200000, "a"), "");
  expect_said(quote("desk", "EUR", "USD", 100000, "a"), "");
  expect_said(quote("desk", "EUR", "USD", 100000, "b"), "PAIR_LIMIT");
  expect_said(quote("desk", "GBP", "USD", 100000, "b"), "");
}

Test(service_exposure, a_repeat_reserves_nothing_and_is_answered_at_a_full_cap)
{
  limit("client shop locks=1\n");
  said first = quote("shop", "USD", "EUR", 100000, "a");
  said again = quote("shop", "USD", "EUR", 100000, "a");
  cr_expect_str_eq(first.quote, again.quote);
  expect_said(quote("shop", "USD", "EUR", 100001, "a"), "KEY_REUSED");
  expect_open(1, 100000);
}

Test(service_exposure, indicative_prices_are_not_counted_or_capped)
{
  limit("client shop locks=0\n");
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "");
  request.kind = RL_REQUEST_INDICATIVE;
  expect_said(ask("shop", &request), "");
  expect_open(0, 0);
}

/* --- both sides --- */

Test(service_exposure, two_halves_are_two_locks)
{
  expect_said(two_way("desk", 100000, "a"), "");
  rl_exposure_sum total = rl_exposure_total(engine.exposure);
  cr_expect_eq(total.locks, 2);
  cr_expect_gt((uint64_t)total.notional_minor, 2 * 112520ull, "the half that buys costs more");
}

Test(service_exposure, a_cap_that_one_half_passes_opens_neither)
{
  limit("client desk locks=1\nclient full locks=2\n");
  expect_said(two_way("desk", 100000, "a"), "CLIENT_LIMIT");
  expect_open(0, 0);
  rl_book_stats book;
  rl_book_stats_read(engine.book, &book);
  cr_expect_eq(book.held, 0);
  expect_said(two_way("full", 100000, "a"), "");
  expect_said(two_way("full", 100000, "a"), "");
  expect_said(two_way("full", 100000, "b"), "CLIENT_LIMIT");
  cr_expect_eq(used_by("full").locks, 2);
}

/* --- failures leave nothing reserved --- */

Test(service_exposure, a_full_book_leaves_nothing_reserved)
{
  engine.locks = 16; /* a slot a shard */
  rl_test_engine_restart(&engine, false);
  rl_test_engine_tick(&engine);
  unsigned opened = 0, full = 0;
  char key[16];
  for (unsigned i = 0; i < 200; i++) {
    snprintf(key, sizeof key, "k%u", i);
    said answer = quote("shop", "USD", "EUR", 1000, key);
    opened += answer.code[0] == '\0';
    full += strcmp(answer.code, "OVERLOADED") == 0;
  }
  cr_expect_eq(opened + full, 200);
  cr_expect_gt(full, 0);
  expect_open(opened, opened * 1000ull);
  for (unsigned i = 0; i < 50; i++) {
    snprintf(key, sizeof key, "t%u", i);
    two_way("desk", 1000, key);
  }
  rl_book_stats book;
  rl_book_stats_read(engine.book, &book);
  cr_expect_eq(rl_exposure_total(engine.exposure).locks, book.active);
}

Test(service_exposure, a_full_inbox_leaves_nothing_reserved)
{
  rl_test_hold hold;
  char key[16];
  unsigned full = 0;
  rl_test_hold_store(&engine, &hold);
  for (unsigned i = 0; i < 60000 && full < 3; i++) {
    snprintf(key, sizeof key, "k%u", i);
    said answer = i % 2 ? quote("shop", "USD", "EUR", 1000, key) : two_way("shop", 1000, key);
    full += strcmp(answer.code, "OVERLOADED") == 0;
  }
  rl_book_stats book;
  rl_book_stats_read(engine.book, &book);
  cr_expect_eq(full, 3);
  cr_expect_gt(book.active, 0);
  cr_expect_eq(rl_exposure_total(engine.exposure).locks, book.active);
  rl_test_free_store(&hold);
}

/* --- no rate to the reporting currency --- */

Test(service_exposure, without_a_rate_a_quote_is_counted_and_marked_or_refused)
{
  limit("reporting CHF\n");
  expect_said(quote("shop", "USD", "EUR", 100000, "a"), "");
  expect_open(1, 0);
  cr_expect_eq(unvalued(), 1);
  rl_manual_clock_advance_ns(&engine.manual, 30000 * RL_NS_PER_MS);
  rl_service_sweep(engine.service);
  cr_expect_eq(unvalued(), 0);
  limit("reporting CHF\nclient shop notional=5\n");
  expect_said(quote("shop", "USD", "EUR", 100000, "b"), "NO_REPORTING_RATE");
  expect_said(quote("desk", "USD", "EUR", 100000, "b"), "");
}

/* --- a token never seen --- */

Test(service_exposure, a_token_never_seen_is_counted_and_not_refused)
{
  uint8_t token[RL_TOKEN_MAX];
  rl_request request = rl_test_quote_request("USD", "EUR", RL_FIXED_SOURCE, 100000, "a");
  const uint8_t *reply = rl_test_ask(&engine, "shop", &request, &size);
  size_t token_size = rl_reply_binary(reply, size, "token", token, sizeof token);
  rl_quote issued;
  cr_assert_eq(rl_token_read_unverified(token, token_size, &issued), RL_OK);
  issued.id.bytes[15] ^= 1; /* the same terms under an id that this store has no record of */
  token_size = rl_seal_token(engine.seal, &issued, token);
  limit("client * locks=0\nticket 0.01\n");
  request = (rl_request){
    .kind = RL_REQUEST_ACCEPT, .key = "k", .token = token, .token_size = token_size};
  expect_said(ask("shop", &request), "");
  expect_said(ask("shop", &request), "");
  reply = rl_test_ask(&engine, "operator", &(rl_request){.kind = RL_REQUEST_EXPOSURE}, &size);
  cr_expect_eq(rl_reply_int(reply, size, "accepted_unseen"), 1);
}

/* --- a new start --- */

Test(service_exposure, a_restart_reserves_what_is_open_as_it_was)
{
  said consumed = quote("shop", "USD", "EUR", 1000, "a");
  said cancelled = quote("shop", "USD", "EUR", 2000, "b");
  quote("shop", "USD", "EUR", 4000, "expires");
  end(RL_REQUEST_ACCEPT, "shop", consumed, "k");
  end(RL_REQUEST_CANCEL, "shop", cancelled, "k");
  rl_manual_clock_advance_ns(&engine.manual, 29999 * RL_NS_PER_MS);
  rl_test_engine_tick(&engine);
  said open = quote("shop", "USD", "EUR", 8000, "c");
  expect_said(quote("desk", "EUR", "USD", 100001, "d"), "");
  rl_manual_clock_advance_ns(&engine.manual, RL_NS_PER_MS);
  rl_test_engine_restart(&engine, false);
  expect_open(2, 8000 + 112522);
  cr_expect_eq(used_by("shop").locks, 1);
  rl_service_sweep(engine.service);
  expect_open(2, 8000 + 112522);
  end(RL_REQUEST_ACCEPT, "shop", open, "k2");
  expect_open(1, 112522);
  rl_manual_clock_advance_ns(&engine.manual, 30000 * RL_NS_PER_MS);
  rl_service_sweep(engine.service);
  expect_open(0, 0);
}

Test(service_exposure, a_restart_on_another_boot_reserves_the_same)
{
  quote("shop", "USD", "EUR", 8000, "a");
  two_way("desk", 100000, "b");
  rl_exposure_sum before = rl_exposure_total(engine.exposure);
  rl_test_engine_restart(&engine, true);
  expect_open(3, (uint64_t)before.notional_minor);
}

Test(service_exposure, a_restart_refuses_nothing_that_was_promised)
{
  quote("shop", "USD", "EUR", 8000, "a");
  quote("shop", "USD", "EUR", 8000, "b");
  limit("client shop locks=1 notional=1\n");
  expect_open(2, 16000);
  expect_said(quote("shop", "USD", "EUR", 1000, "c"), "CLIENT_LIMIT");
}

Test(service_exposure, another_reporting_currency_counts_what_was_open_without_its_worth)
{
  quote("shop", "USD", "EUR", 8000, "a");
  quote("shop", "USD", "EUR", 8000, "b");
  limit("reporting EUR\n");
  expect_open(2, 0);
  cr_expect_eq(unvalued(), 2);
  expect_said(quote("shop", "EUR", "USD", 8000, "c"), "");
  expect_open(3, 8000);
  limit("reporting USD\n");
  expect_open(3, 16000);
  cr_expect_eq(unvalued(), 1);
}

/* --- the limits' change --- */

static said reload(void)
{
  return ask("operator", &(rl_request){.kind = RL_REQUEST_RELOAD});
}

Test(service_exposure, a_reload_puts_limits_in_force_and_ends_nothing)
{
  limit("client shop locks=5\n");
  quote("shop", "USD", "EUR", 1000, "a");
  quote("shop", "USD", "EUR", 1000, "b");
  rl_test_engine_write_limits(&engine, "client shop locks=1\n");
  expect_said(quote("shop", "USD", "EUR", 1000, "c"), "");
  expect_said(reload(), "");
  expect_said(quote("shop", "USD", "EUR", 1000, "d"), "CLIENT_LIMIT");
  expect_open(3, 3000);
}

Test(service_exposure, a_bad_file_of_either_kind_keeps_both)
{
  limit("client shop locks=1\n");
  rl_test_engine_write_limits(&engine, "client shop locks=2\nticket\n");
  expect_said(reload(), "LIMITS_REFUSED");
  rl_test_engine_write_limits(&engine, "reporting EUR\nclient shop locks=2\n");
  expect_said(reload(), "LIMITS_REFUSED");
  rl_test_engine_write_limits(&engine, "client shop locks=2\n");
  rl_test_engine_write_tariff(&engine, "tariff: [\n");
  expect_said(reload(), "TARIFF_REFUSED");
  expect_said(quote("shop", "USD", "EUR", 1000, "a"), "");
  expect_said(quote("shop", "USD", "EUR", 1000, "b"), "CLIENT_LIMIT");
}

Test(service_exposure, refused_limits_are_named_with_line_and_field)
{
  char text[256];
  limit("ticket 5\n");
  rl_test_engine_write_limits(&engine, "\nticket five\n");
  const uint8_t *reply =
    rl_test_ask(&engine, "operator", &(rl_request){.kind = RL_REQUEST_RELOAD}, &size);
  rl_reply_text(reply, size, "detail", text);
  cr_expect(strstr(text, "limits:2: ticket: five"), "%s", text);
}

/* --- who may see what --- */

static rl_request exposure_request(const char *client, const char *pair)
{
  rl_request request = {.kind = RL_REQUEST_EXPOSURE, .pair_count = pair ? 1 : 0};
  snprintf(request.client, sizeof request.client, "%s", client);
  request.pairs[0].text = pair;
  request.pairs[0].length = pair ? strlen(pair) : 0;
  return request;
}

/* How many rows the answer has of each kind. */
static void expect_rows(const char *asker, const char *client, const char *pair,
                        uint32_t client_rows, uint32_t pair_rows)
{
  rl_request request = exposure_request(client, pair);
  const uint8_t *reply = rl_test_ask(&engine, asker, &request, &size);
  rl_unpacker unpacker = rl_unpacker_over(reply, size);
  uint32_t entries, rows, seen = 0;
  cr_assert(rl_unpack_map(&unpacker, &entries));
  for (uint32_t i = 0; i < entries; i++) {
    const char *key;
    size_t length;
    cr_assert(rl_unpack_text(&unpacker, &key, &length));
    bool clients = length == 7 && memcmp(key, "clients", 7) == 0;
    bool pairs = length == 5 && memcmp(key, "pairs", 5) == 0;
    rl_unpacker ahead = unpacker;
    if (clients || pairs) {
      cr_assert(rl_unpack_array(&ahead, &rows));
      cr_expect_eq(rows, clients ? client_rows : pair_rows, "%s %s: %u", asker,
                   clients ? "clients" : "pairs", rows);
      seen++;
    }
    cr_assert(rl_unpack_skip(&unpacker, RL_DEPTH_MAX));
  }
  cr_expect_eq(seen, 2);
}

Test(service_exposure, everybody_sees_his_own_and_operators_all)
{
  quote("shop", "USD", "EUR", 1000, "a");
  quote("desk", "GBP", "USD", 1000, "a");
  expect_rows("shop", "", NULL, 1, 0);
  expect_rows("shop", "shop", NULL, 1, 0);
  expect_rows("stranger", "", NULL, 1, 0);
  expect_rows("operator", "", NULL, 2, 2);
  expect_rows("operator", "shop", NULL, 1, 0);
  expect_rows("operator", "nobody", NULL, 1, 0);
  expect_rows("operator", "", "USDGBP", 0, 1);
  expect_rows("operator", "desk", "CHF/SEK", 1, 1);
}

Test(service_exposure, what_others_have_open_is_for_operators)
{
  rl_request others = exposure_request("desk", NULL), pairs = exposure_request("", "EURUSD");
  expect_said(ask("shop", &others), "FORBIDDEN");
  expect_said(ask("shop", &pairs), "FORBIDDEN");
}

Test(service_exposure, a_pair_of_no_currencies_is_refused)
{
  static const char *const names[] = {"EURXXX", "EURUS", "EUREUR", "EUR-USD", ""};
  for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
    rl_request request = exposure_request("", names[i]);
    expect_said(ask("operator", &request), "UNKNOWN_CURRENCY");
  }
}
