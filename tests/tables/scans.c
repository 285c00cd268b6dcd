/* The order of rows, both ways. */
#include "tables/contract.h"

#include <string.h>

enum { SEEN_MAX = 4096 };

typedef struct seen_keys {
  char keys[SEEN_MAX];  /* those visited, a comma behind each */
  unsigned count;
  unsigned stop_after; /* 0: never */
} seen_keys;

static bool note_key(rl_blob key, rl_blob row, void *context)
{
  seen_keys *seen = context;
  size_t used = strlen(seen->keys);
  snprintf(seen->keys + used, SEEN_MAX - used, "%.*s,", (int)key.size, (const char *)key.bytes);
  EXPECT(blob_is(key, row)); /* each row of these checks is its key */
  return ++seen->count != seen->stop_after;
}

static bool scan_gives(rl_tables *tables, const char *from, rl_direction direction,
                       unsigned stop_after, const char *expected)
{
  static seen_keys seen;
  seen = (seen_keys){.stop_after = stop_after};
  rl_rows *rows = begin(tables, false);
  EXPECT(kind->scan(rows, RL_TABLE_QUOTES, text_blob(from), direction, note_key, &seen) == RL_OK);
  commit(rows);
  if (strcmp(seen.keys, expected) != 0)
    fprintf(stderr, "from \"%s\": %s\n", from, seen.keys);
  return strcmp(seen.keys, expected) == 0;
}

static void scans_follow_the_bytes_of_keys(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  EXPECT(scan_gives(tables, "", RL_FORWARDS, 0, ""));
  EXPECT(scan_gives(tables, "b", RL_BACKWARDS, 0, ""));
  const char *keys[] = {"bb", "a", "~", "aaaaaaaaaaaaaaaa", "b", "aa", "B", "ab"};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    set_row(tables, RL_TABLE_QUOTES, keys[i], keys[i]);
  set_row(tables, RL_TABLE_ENDS, "aaa", "of another table");
  EXPECT(scan_gives(tables, "", RL_FORWARDS, 0, "B,a,aa,aaaaaaaaaaaaaaaa,ab,b,bb,~,"));
  EXPECT(scan_gives(tables, "", RL_BACKWARDS, 0, "~,bb,b,ab,aaaaaaaaaaaaaaaa,aa,a,B,"));
  EXPECT(scan_gives(tables, "ab", RL_FORWARDS, 0, "ab,b,bb,~,"));
  EXPECT(scan_gives(tables, "ab", RL_BACKWARDS, 0, "ab,aaaaaaaaaaaaaaaa,aa,a,B,"));
  EXPECT(scan_gives(tables, "ac", RL_FORWARDS, 0, "b,bb,~,"));
  EXPECT(scan_gives(tables, "aaa", RL_BACKWARDS, 0, "aa,a,B,"));
  EXPECT(scan_gives(tables, "\x7f", RL_FORWARDS, 0, ""));
  EXPECT(scan_gives(tables, "A", RL_BACKWARDS, 0, ""));
  EXPECT(scan_gives(tables, "", RL_FORWARDS, 2, "B,a,"));
  EXPECT(scan_gives(tables, "", RL_BACKWARDS, 1, "~,"));
  kind->close(tables);
}

static void bytes_of_keys_are_not_signed(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  const uint8_t keys[][2] = {{0x00, 0x00}, {0x00, 0xff}, {0x7f, 0x00}, {0x80, 0x00}, {0xff, 0xff}};
  rl_rows *rows = begin(tables, true);
  for (size_t i = 5; i-- > 0;)
    EXPECT(kind->add(rows, RL_TABLE_QUOTES, (rl_blob){keys[i], 2}, (rl_blob){keys[i], 2}) == RL_OK);
  commit(rows);
  rows = begin(tables, false);
  static seen_keys seen;
  for (size_t i = 0; i < 5; i++) {
    seen = (seen_keys){0};
    EXPECT(kind->scan(rows, RL_TABLE_QUOTES, (rl_blob){keys[i], 2}, RL_FORWARDS, note_key, &seen) ==
           RL_OK);
    EXPECT(seen.count == 5 - i);
    seen = (seen_keys){0};
    EXPECT(kind->scan(rows, RL_TABLE_QUOTES, (rl_blob){keys[i], 2}, RL_BACKWARDS, note_key,
                      &seen) == RL_OK);
    EXPECT(seen.count == i + 1);
  }
  commit(rows);
  kind->close(tables);
}

/* A run of numbers: the one that must come next, and how far. */
typedef struct run_of_numbers {
  uint64_t next;
  int64_t step;
  uint64_t count;
} run_of_numbers;

static bool follow(rl_blob key, rl_blob row, void *context)
{
  run_of_numbers *run = context;
  EXPECT(rl_number_of_key(key) == run->next);
  EXPECT(blob_is(key, row));
  run->next += (uint64_t)run->step;
  run->count++;
  return true;
}

enum { LONG = 3000 };

static void long_scans_miss_nothing(const contract_member *member)
{
  rl_tables *tables = fresh(member);
  rl_rows *rows = begin(tables, true);
  uint8_t key[8];
  for (uint64_t i = 0; i < LONG; i++) {
    rl_blob number = number_blob(i, key);
    EXPECT(kind->add(rows, RL_TABLE_TRANSACTIONS, number, number) == RL_OK);
  }
  commit(rows);
  rows = begin(tables, true);
  run_of_numbers up = {.next = 11, .step = 1};
  EXPECT(kind->scan(rows, RL_TABLE_TRANSACTIONS, number_blob(11, key), RL_FORWARDS, follow, &up) ==
         RL_OK);
  EXPECT(up.count == LONG - 11);
  run_of_numbers down = {.next = LONG - 1, .step = -1};
  EXPECT(kind->scan(rows, RL_TABLE_TRANSACTIONS, (rl_blob){0}, RL_BACKWARDS, follow, &down) ==
         RL_OK);
  EXPECT(down.count == LONG);
  commit(rows);
  kind->close(tables);
}

#define ITEM(check) {#check, check}
const contract_item contract_scans[] = {
  ITEM(scans_follow_the_bytes_of_keys),
  ITEM(bytes_of_keys_are_not_signed),
  ITEM(long_scans_miss_nothing),
  {NULL, NULL},
};
