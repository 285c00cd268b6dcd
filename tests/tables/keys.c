/* Keys of accepts and cancels. */
#include "tables/contract.h"

#include "status/limits.h"

#include <string.h>

static const uint8_t key_a[16] = "key a.........", key_b[16] = "key b.........";
static const uint8_t quote_a[16] = "quote of a", quote_b[16] = "quote of b";
static const rl_now start = {{1000000000000}, {1767225600000}};

static rl_now later(int64_t ms)
{
  return (rl_now){{start.mono.ns + ms * RL_NS_PER_MS}, {start.utc.ms + ms}};
}

/* The quote that a writing transaction finds; NULL: none. */
static bool finds(rl_tables *tables, const uint8_t key[16], const uint8_t *quote)
{
  rl_rows *rows = begin(tables, true);
  if (kind->expect_key)
    EXPECT(kind->expect_key(rows, key) == RL_OK);
  uint8_t found[16];
  rl_status status = kind->find_key(rows, key, found);
  EXPECT(status == RL_OK || status == RL_NOT_FOUND);
  commit(rows);
  return status == RL_OK ? quote && memcmp(found, quote, 16) == 0 : quote == NULL;
}

static void add_key(rl_tables *tables, const uint8_t key[16], const uint8_t quote[16], rl_now now)
{
  rl_rows *rows = begin(tables, true);
  EXPECT(kind->add_key(rows, key, quote, now) == RL_OK);
  uint8_t found[16];
  EXPECT(kind->find_key(rows, key, found) == RL_OK && memcmp(found, quote, 16) == 0);
  commit(rows);
}

static void retire(rl_tables *tables, rl_now now)
{
  rl_rows *rows = begin(tables, true);
  EXPECT(kind->retire_keys(rows, now) == RL_OK);
  commit(rows);
}

static void a_key_leads_to_its_quote(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  EXPECT(finds(tables, key_a, NULL));
  add_key(tables, key_a, quote_a, start);
  add_key(tables, key_b, quote_b, start);
  EXPECT(finds(tables, key_a, quote_a));
  EXPECT(finds(tables, key_b, quote_b));
  kind->close(tables);
}

static void a_key_goes_with_its_transaction(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  rl_rows *rows = begin(tables, true);
  EXPECT(kind->add_key(rows, key_a, quote_a, start) == RL_OK);
  kind->abort(rows);
  EXPECT(finds(tables, key_a, NULL));
  add_key(tables, key_a, quote_b, start);
  EXPECT(finds(tables, key_a, quote_b));
  kind->close(tables);
}

static void a_key_lives_for_its_time_and_then_goes(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  add_key(tables, key_a, quote_a, start);
  retire(tables, later(RL_END_KEY_MIN_MS));
  EXPECT(finds(tables, key_a, quote_a));
  add_key(tables, key_b, quote_b, later(RL_END_KEY_MIN_MS));
  /* An hour more than it must: it may go by the hour. */
  retire(tables, later(RL_END_KEY_MIN_MS + 2 * 3600 * 1000));
  retire(tables, later(RL_END_KEY_MIN_MS + 2 * 3600 * 1000));
  EXPECT(finds(tables, key_a, NULL));
  EXPECT(finds(tables, key_b, quote_b));
  kind->close(tables);
}

static void a_shared_key_is_found_by_all(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  if (kind->shared) {
    rl_tables *other = member->open();
    add_key(tables, key_a, quote_a, start);
    EXPECT(finds(other, key_a, quote_a));
    kind->close(other);
    tables = reopen(member, tables);
    EXPECT(finds(tables, key_a, quote_a));
  }
  kind->close(tables);
}

#define ITEM(check) {#check, check}
const contract_item contract_keys[] = {
  ITEM(a_key_leads_to_its_quote),
  ITEM(a_key_goes_with_its_transaction),
  ITEM(a_key_lives_for_its_time_and_then_goes),
  ITEM(a_shared_key_is_found_by_all),
  {NULL, NULL},
};
