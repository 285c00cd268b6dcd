/* `ratelock post`: a movement into the ledger. Words, options and what the engine says are those of
 * a treasurer: --customer shop --account main --amount 100.00 EUR. */
#include "cli.h"

#include "clock/date.h"
#include "quote_print.h"
#include "table.h"

#include <inttypes.h>
#include <string.h>

enum {
  OPTION_CUSTOMER = 0x3000,
  OPTION_COUNTERPARTY,
  OPTION_ACCOUNT,
  OPTION_AMOUNT,
  OPTION_OUT,
  OPTION_BUY,
  OPTION_SELL,
  OPTION_VALUE_DATE,
  OPTION_REFERENCE,
};

/* "100.00 EUR": an option's value, and the word behind it. */
typedef struct money_words {
  const char *number;
  const char *code;
} money_words;

typedef struct post_arguments {
  rl_cli *cli;
  const char *key;
  const char *customer;
  const char *counterparty;
  const char *account;
  const char *value_date;
  const char *reference;
  money_words amount;
  money_words bought;
  money_words sold;
  money_words *open; /* its currency is the next word; NULL if none is awaited */
  bool out;
} post_arguments;

static const struct argp_option options[] = {
  {"customer", OPTION_CUSTOMER, "NAME", 0, "settlement: with this customer", 1},
  {"counterparty", OPTION_COUNTERPARTY, "NAME", 0, "settlement, hedge: with this counterparty", 1},
  {"account", OPTION_ACCOUNT, "NAME", 0, "settlement: on this account of ours", 1},
  {"amount", OPTION_AMOUNT, "AMOUNT CURRENCY", 0, "settlement: what came in", 1},
  {"out", OPTION_OUT, NULL, 0, "settlement: it went out", 1},
  {"buy", OPTION_BUY, "AMOUNT CURRENCY", 0, "hedge: what we buy", 2},
  {"sell", OPTION_SELL, "AMOUNT CURRENCY", 0, "hedge: what we sell", 2},
  {"value-date", OPTION_VALUE_DATE, "DATE", 0, "settlement, hedge: when it is due", 3},
  {"reference", OPTION_REFERENCE, "TEXT", 0, "The bank's or counterparty's", 3},
  {"key", 'k', "KEY", 0, "Idempotency key: repeated, it gives the same answer and nothing is "
   "posted twice (else a random one)", 3},
  {0},
};

static error_t await_currency(post_arguments *arguments, money_words *of, const char *number)
{
  *of = (money_words){.number = number};
  arguments->open = of;
  return 0;
}

/* Words are met in their order among the options, so the one behind an amount is its currency. */
static error_t take_word(post_arguments *arguments, const char *word)
{
  if (!arguments->open)
    return ARGP_ERR_UNKNOWN;
  arguments->open->code = word;
  arguments->open = NULL;
  return 0;
}

static error_t parse(int option, char *value, struct argp_state *state)
{
  post_arguments *arguments = state->input;
  if (option == ARGP_KEY_ARG)
    return take_word(arguments, value);
  switch (option) {
  case ARGP_KEY_INIT: state->child_inputs[0] = arguments->cli; return 0;
  case OPTION_CUSTOMER: arguments->customer = value; return 0;
  case OPTION_COUNTERPARTY: arguments->counterparty = value; return 0;
  case OPTION_ACCOUNT: arguments->account = value; return 0;
  case OPTION_AMOUNT: return await_currency(arguments, &arguments->amount, value);
  case OPTION_OUT: arguments->out = true; return 0;
  case OPTION_BUY: return await_currency(arguments, &arguments->bought, value);
  case OPTION_SELL: return await_currency(arguments, &arguments->sold, value);
  case OPTION_VALUE_DATE: arguments->value_date = value; return 0;
  case OPTION_REFERENCE: arguments->reference = value; return 0;
  case 'k': arguments->key = value; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp argp = {
  options, parse, "settlement|hedge|refund [QUOTE]",
  "Posts a movement into the ledger, durable and once: money that moved on an account of ours, a "
  "deal that hedges a position, or the sale of one quote taken back whole. For operators."
  "\vA settlement is of a customer or a counterparty, and makes even what was charged before; what "
  "the bank holds is the balance of settlement:ACCOUNT with the other sign.\n\n"
  "Examples:\n"
  "  ratelock post settlement --customer shop --account main \\\n"
  "    --amount 100.00 EUR --value-date 2026-11-24 --reference \"NTRF 4711\"\n"
  "  ratelock post settlement --counterparty lp --account main \\\n"
  "    --amount 900.00 EUR --out --value-date 2026-11-24\n"
  "  ratelock post hedge --counterparty lp --buy 1000.00 USD --sell 900.00 EUR \\\n"
  "    --value-date 2026-11-24 --key deal-9\n"
  "  ratelock post refund 01J9Z0K7W5QX3V8B2N4M6R1T0Y\n",
  rl_cli_children, NULL, NULL,
};

/* --- what was typed --- */

static bool is_missing(const char *option, bool given)
{
  if (!given)
    rl_cli_fail(RL_EXIT_USAGE, "--%s is missing", option);
  return !given;
}

static bool take_money(const char *option, money_words words, rl_amount *out)
{
  if (is_missing(option, words.number))
    return false;
  if (!words.code) {
    rl_cli_fail(RL_EXIT_USAGE, "--%s %s: in which currency? such as --%s %s EUR", option,
                words.number, option, words.number);
    return false;
  }
  return rl_cli_take_currency(words.code, &out->currency)
         && rl_cli_take_amount(words.number, out->currency, &out->minor);
}

static bool take_name(const char *option, const char *text, size_t limit, char *out)
{
  size_t length = strlen(text);
  bool good = length >= 1 && length <= limit;
  for (size_t i = 0; i < length; i++)
    good = good && text[i] >= ' ' && text[i] <= '~';
  if (good)
    memcpy(out, text, length + 1);
  else
    rl_cli_fail(RL_EXIT_USAGE, "--%s %s: expected 1 to %zu printable characters", option, text,
                limit);
  return good;
}

static bool take_date(const post_arguments *arguments, rl_movement *out)
{
  const char *text = arguments->value_date;
  rl_date date;
  if (is_missing("value-date", text))
    return false;
  if (rl_date_parse(text, strlen(text), &date) != RL_OK) {
    rl_cli_fail(RL_EXIT_USAGE, "--value-date %s: expected a date such as 2026-11-24", text);
    return false;
  }
  out->value_day = date.day;
  return true;
}

static bool take_counterparty(const post_arguments *arguments, rl_movement *out)
{
  out->party = RL_ACCOUNT_COUNTERPARTY;
  return take_name("counterparty", arguments->counterparty, RL_CLIENT_NAME_MAX, out->party_name);
}

static bool take_settlement(const post_arguments *arguments, rl_movement *out)
{
  if (!arguments->customer == !arguments->counterparty) {
    rl_cli_fail(RL_EXIT_USAGE, "a settlement is with one of --customer and --counterparty");
    return false;
  }
  out->party = RL_ACCOUNT_CUSTOMER;
  bool named = arguments->customer
    ? take_name("customer", arguments->customer, RL_CLIENT_NAME_MAX, out->party_name)
    : take_counterparty(arguments, out);
  if (!named || is_missing("account", arguments->account)
      || !take_name("account", arguments->account, RL_CLIENT_NAME_MAX, out->bank)
      || !take_money("amount", arguments->amount, &out->amount))
    return false;
  if (arguments->out)
    out->amount.minor = -out->amount.minor;
  return take_date(arguments, out);
}

static bool take_hedge(const post_arguments *arguments, rl_movement *out)
{
  if (is_missing("counterparty", arguments->counterparty) || !take_counterparty(arguments, out)
      || !take_money("buy", arguments->bought, &out->amount)
      || !take_money("sell", arguments->sold, &out->sold))
    return false;
  if (rl_currency_equal(out->amount.currency, out->sold.currency)) {
    rl_cli_fail(RL_EXIT_USAGE, "--sell %s: a hedge sells another currency than it buys",
                arguments->sold.code);
    return false;
  }
  return take_date(arguments, out);
}

static bool take_refund(const post_arguments *arguments, rl_movement *out)
{
  const rl_cli *cli = arguments->cli;
  if (cli->word_count == 2
      && rl_quote_id_parse(cli->words[1], strlen(cli->words[1]), &out->quote) == RL_OK)
    return true;
  rl_cli_fail(RL_EXIT_USAGE, "%s: expected the 26 characters of a quote's id",
              cli->word_count == 2 ? cli->words[1] : "refund of what?");
  return false;
}

/* The first option given that the kind has no use for; NULL if there is none. */
static const char *idle_option(const post_arguments *arguments, rl_transaction_kind kind)
{
  bool settlement = kind == RL_TRANSACTION_SETTLEMENT, hedge = kind == RL_TRANSACTION_HEDGE;
  const struct {
    const char *name;
    bool idle;
  } all[] = {
    {"customer", arguments->customer && !settlement},
    {"counterparty", arguments->counterparty && !settlement && !hedge},
    {"account", arguments->account && !settlement},
    {"amount", arguments->amount.number && !settlement},
    {"out", arguments->out && !settlement},
    {"buy", arguments->bought.number && !hedge},
    {"sell", arguments->sold.number && !hedge},
    {"value-date", arguments->value_date && !settlement && !hedge},
  };
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    if (all[i].idle)
      return all[i].name;
  }
  return NULL;
}

static bool take_movement(const post_arguments *arguments, rl_movement *out)
{
  const rl_cli *cli = arguments->cli;
  const char *word = cli->words[0];
  for (rl_transaction_kind kind = RL_TRANSACTION_REFUND; kind <= RL_TRANSACTION_HEDGE; kind++) {
    if (strcmp(word, rl_transaction_kind_name(kind)) == 0)
      out->kind = kind;
  }
  if (out->kind == 0) {
    rl_cli_fail(RL_EXIT_USAGE, "%s: expected settlement, hedge or refund", word);
    return false;
  }
  const char *idle = idle_option(arguments, out->kind);
  if (idle) {
    rl_cli_fail(RL_EXIT_USAGE, "--%s says nothing to a %s", idle, word);
    return false;
  }
  if (arguments->reference
      && !take_name("reference", arguments->reference, RL_REFERENCE_MAX, out->reference))
    return false;
  if (out->kind == RL_TRANSACTION_REFUND)
    return take_refund(arguments, out);
  if (cli->word_count == 2) {
    rl_cli_fail(RL_EXIT_USAGE, "%s: one word too many", cli->words[1]);
    return false;
  }
  return out->kind == RL_TRANSACTION_HEDGE ? take_hedge(arguments, out)
                                           : take_settlement(arguments, out);
}

/* --- the answer --- */

static void print_postings(rl_view postings)
{
  static const rl_column columns[] = {
    {"", RL_ALIGN_LEFT}, {"", RL_ALIGN_POINT}, {"", RL_ALIGN_LEFT}};
  rl_table table = rl_table_of(columns, 3);
  for (rl_view rest = postings, item; rl_view_next(postings, &rest, &item);) {
    char amount[RL_MONEY_TEXT_SIZE];
    rl_view_string code = rl_view_text(rl_view_get(item, "currency"));
    rl_money_format(rl_view_i64(rl_view_get(item, "amount")), code.text, amount);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", rl_view_text(rl_view_get(item, "account")).text);
    rl_table_cell(&table, RL_STYLE_STRONG, "%s", amount);
    rl_table_cell(&table, RL_STYLE_PLAIN, "%s", code.text);
  }
  rl_table_print(&table, stdout, 2);
}

static void print_line(rl_view answer, const char *label, const char *key)
{
  if (rl_view_given(rl_view_get(answer, key)))
    printf("  %-11s %s\n", label, rl_view_text(rl_view_get(answer, key)).text);
}

static void print_posted(rl_view answer)
{
  char at[RL_UTC_TEXT_SIZE];
  rl_utc_format((rl_utc){rl_view_i64(rl_view_get(answer, "posted_at"))}, at);
  rl_print_styled(stdout, RL_STYLE_GOOD, "posted");
  printf(" at %s: %s, transaction %" PRId64 "\n\n", at,
         rl_view_text(rl_view_get(answer, "kind")).text,
         rl_view_i64(rl_view_get(answer, "transaction")));
  print_line(answer, "quote", "quote");
  print_line(answer, "value date", "value_date");
  print_line(answer, "reference", "reference");
  print_line(answer, "key", "key");
  printf("\n");
  print_postings(rl_view_get(answer, "postings"));
}

rl_exit rl_command_post(rl_cli *cli, int argc, char **argv)
{
  post_arguments arguments = {.cli = cli};
  cli->word_min = 1;
  cli->word_max = 2;
  argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &arguments);
  rl_request request = {.kind = RL_REQUEST_POST};
  rl_view answer;
  if (!take_movement(&arguments, &request.movement)
      || !rl_cli_take_key(arguments.key, request.key))
    return RL_EXIT_USAGE;
  rl_exit code = rl_cli_ask(cli, &request, &answer);
  if (code == RL_EXIT_DONE && !cli->json)
    print_posted(answer);
  return code;
}
