/* A bit flipped in a store's file, or the file cut off, while no engine runs.
 *
 *   faults_flips [--rounds N] [--quotes N]
 *
 * A store is made once; then, round by round, one bit of it is another, in a page of each kind in
 * turn (or the file is shorter, at a page's end or inside of one), and a child process does what an
 * engine and the command line do: starts on it, looks up every quote and end, asks again for what
 * was accepted, with its key and with another, and proves the ledger. What may come of it:
 *
 *   refused    the start or the proof says what is damaged
 *   harmless   every quote and end is as it was, and the proof says so: the bit meant nothing
 *
 * and never anything else: no death by a signal (LMDB trusts its pages: a bit in their heads makes
 * it read beyond the file), no quote accepted twice, nothing missing or changed with the proof none
 * the wiser. */
#include "faults/deals.h"
#include "faults/pages.h"
#include "support/expect.h"
#include "support/random.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILD_SECONDS_MOST = 20, KEYS_TRIED_AGAIN = 20 };

/* What a child's exit code says. */
typedef enum verdict {
  HARMLESS,
  REFUSED_AT_START,
  REFUSED_BY_PROOF,
  MISSING,        /* or changed, and the proof none the wiser */
  ACCEPTED_TWICE,
  KILLED,         /* by a signal */
  VERDICTS,
} verdict;
static const char *const verdict_names[VERDICTS] = {
  "harmless", "refused at start", "refused by the proof",
  "MISSING", "ACCEPTED TWICE", "KILLED"};

typedef struct damage {
  page_kind kind;
  size_t offset; /* of the byte, or the new length of the file */
  unsigned bit;  /* 8: the file is cut off */
} damage;

static deal_world world;
static rl_manual_clock clock_of_test;
static uint64_t quotes = 600;
static uint64_t transactions[100000]; /* by number */
static uint8_t *sound;
static size_t sound_size;
static page_kind *kinds;
static char path[96];

static rl_now issued_at(uint64_t number)
{
  return (rl_now){{1000000000000 + (int64_t)number * RL_NS_PER_MS},
                  {1767225600000 + (int64_t)number}};
}

/* --- the sound store --- */

static void deal_one(rl_store *store, uint64_t number)
{
  rl_quote quote = deal_quote(&world, number, issued_at(number));
  uint8_t record[RL_RECORD_MAX];
  rl_job job;
  EXPECT(rl_store_record(store, record, rl_quote_encode(&quote, record)) == RL_OK);
  if (deal_fate_of(number) == DEAL_LEFT)
    return;
  deal_job(&world, &job, number, &quote, "first");
  EXPECT(deal_run(store, &job) && job.refusal == RL_REFUSAL_NONE);
  transactions[number] = job.end.transaction;
}

static void keep_tariff(rl_store *store)
{
  const char *text = rl_tariff_builtin_text();
  rl_tariff *tariff;
  EXPECT(rl_tariff_parse(text, strlen(text), NULL, &tariff, NULL) == RL_OK);
  EXPECT(rl_store_keep_tariff(store, tariff) == RL_OK);
  rl_tariff_destroy(tariff);
}

static void read_sound_file(void)
{
  struct stat file;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  EXPECT(fd >= 0 && fstat(fd, &file) == 0);
  sound_size = (size_t)file.st_size;
  sound = malloc(sound_size);
  kinds = calloc(sound_size / PAGE_SIZE, sizeof *kinds);
  EXPECT(sound && kinds && pread(fd, sound, sound_size, 0) == (ssize_t)sound_size);
  close(fd);
  pages_classify(sound, sound_size / PAGE_SIZE, kinds);
}

static void make_store(void)
{
  rl_store *store;
  deal_make_directory(&world);
  snprintf(path, sizeof path, "%s/store.mdb", world.directory);
  EXPECT(deal_open(&world, world.directory, false, &store, NULL) == RL_OK);
  world.identity = rl_store_identity(store);
  keep_tariff(store);
  for (uint64_t i = 1; i <= quotes; i++)
    deal_one(store, i);
  rl_store_close(store);
  read_sound_file();
}

/* --- damage --- */

static void write_file(const damage *it)
{
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  EXPECT(fd >= 0 && pwrite(fd, sound, sound_size, 0) == (ssize_t)sound_size);
  EXPECT(ftruncate(fd, (off_t)sound_size) == 0);
  if (it && it->bit < 8) {
    uint8_t byte = (uint8_t)(sound[it->offset] ^ (1u << it->bit));
    EXPECT(pwrite(fd, &byte, 1, (off_t)it->offset) == 1);
  } else if (it) {
    EXPECT(ftruncate(fd, (off_t)it->offset) == 0);
  }
  close(fd);
}

/* Half of the bits in what LMDB itself reads: a page's head and the places of its rows. */
static size_t draw_offset(rl_random *random, size_t page)
{
  size_t room = rl_random_below(random, 2) ? PAGE_SIZE : 64;
  return page * PAGE_SIZE + rl_random_below(random, room);
}

/* A page of the kind, or for PAGE_OTHER any page. */
static damage draw_flip(rl_random *random, page_kind kind)
{
  size_t page;
  do
    page = rl_random_below(random, sound_size / PAGE_SIZE);
  while (kind != PAGE_OTHER && kinds[page] != kind);
  return (damage){kind, draw_offset(random, page), (unsigned)rl_random_below(random, 8)};
}

static damage draw_cut(rl_random *random)
{
  size_t at = rl_random_below(random, sound_size);
  return (damage){PAGE_OTHER, rl_random_below(random, 2) ? at : at / PAGE_SIZE * PAGE_SIZE, 8};
}

/* --- a child that trusts it --- */

static rl_refusal ask(rl_store *store, uint64_t number, const char *form)
{
  rl_quote quote = deal_quote(&world, number, issued_at(number));
  rl_job job;
  deal_job(&world, &job, number, &quote, form);
  return deal_run(store, &job) ? job.refusal : RL_REFUSAL_OVERLOADED;
}

static bool quote_is_there(rl_store *store, uint64_t number)
{
  rl_quote quote = deal_quote(&world, number, issued_at(number)), found;
  uint8_t left[RL_RECORD_MAX], right[RL_RECORD_MAX];
  if (rl_store_find_quote(store, quote.id, &found) != RL_OK)
    return false;
  size_t size = rl_quote_encode(&quote, left);
  return rl_quote_encode(&found, right) == size && memcmp(left, right, size) == 0;
}

static bool end_is_there(rl_store *store, uint64_t number)
{
  rl_quote quote = deal_quote(&world, number, issued_at(number));
  rl_end end;
  rl_status status = rl_store_find_end(store, quote.id, &end);
  if (deal_fate_of(number) == DEAL_LEFT)
    return status == RL_NOT_FOUND;
  return status == RL_OK && end.kind == deal_end_kind(number)
         && end.transaction == transactions[number];
}

static bool all_is_there(rl_store *store)
{
  bool all = true;
  for (uint64_t i = 1; i <= quotes; i++) {
    bool quote = quote_is_there(store, i), end = end_is_there(store, i);
    all = all && quote && end;
  }
  return all;
}

static bool is_accepted_twice(rl_store *store)
{
  bool twice = false;
  for (uint64_t i = quotes; i > 0 && i + KEYS_TRIED_AGAIN > quotes; i--) {
    if (deal_fate_of(i) != DEAL_LEFT)
      twice |= ask(store, i, "second") == RL_REFUSAL_NONE;
  }
  return twice;
}

/* `ratelock ledger verify`, which opens the file for itself. */
static bool is_proved_by_reading(void)
{
  rl_store *store;
  rl_error error = {0};
  rl_verify_report report;
  if (deal_open(&world, world.directory, true, &store, &error) != RL_OK) {
    EXPECT(error.file[0] && error.text[0]);
    return false;
  }
  bool proved = rl_store_verify(store, &report, &error) == RL_OK;
  if (!proved)
    EXPECT(error.field[0] && error.text[0]);
  rl_store_close(store);
  return proved;
}

static verdict trust(void)
{
  rl_store *store;
  rl_error error = {0};
  rl_verify_report report;
  alarm(CHILD_SECONDS_MOST);
  bool proved = is_proved_by_reading();
  if (deal_open(&world, world.directory, false, &store, &error) != RL_OK) {
    EXPECT(error.file[0] && error.text[0]);
    return REFUSED_AT_START;
  }
  bool all = all_is_there(store);
  proved &= rl_store_verify(store, &report, &error) == RL_OK;
  rl_store_id identity = rl_store_identity(store);
  bool other = memcmp(&identity, &world.identity, sizeof identity) != 0;
  if (is_accepted_twice(store))
    return ACCEPTED_TWICE;
  rl_store_close(store);
  if (other)
    return MISSING;
  return !proved ? REFUSED_BY_PROOF : all ? HARMLESS : MISSING;
}

static verdict try_one(const damage *it, int *how)
{
  write_file(it);
  fflush(NULL);
  pid_t pid = fork();
  EXPECT(pid >= 0);
  if (pid == 0) {
    int quiet = open("/dev/null", O_WRONLY);
    dup2(quiet, STDERR_FILENO); /* LMDB's own assertions */
    _exit((int)trust());
  }
  EXPECT(waitpid(pid, how, 0) == pid);
  return WIFEXITED(*how) ? (verdict)WEXITSTATUS(*how) : KILLED;
}

/* --- the campaign --- */

enum { CUT_OFF = PAGE_KINDS, ROWS };

static unsigned tally[ROWS][VERDICTS];

static void say(const damage *it, verdict came, int how)
{
  size_t in_page = it->offset % PAGE_SIZE;
  printf("  %s, page %zu, byte %zu, bit %u: %s %d\n",
         it->bit < 8 ? page_kind_name(it->kind) : "cut off", it->offset / PAGE_SIZE, in_page,
         it->bit, verdict_names[came], WIFSIGNALED(how) ? WTERMSIG(how) : 0);
}

static unsigned campaign(rl_random *random, unsigned rounds)
{
  unsigned bad = 0;
  for (unsigned i = 0; i < rounds; i++) {
    unsigned row = i % ROWS;
    damage it = row != CUT_OFF ? draw_flip(random, (page_kind)row) : draw_cut(random);
    int how;
    verdict came = try_one(&it, &how);
    tally[row][came]++;
    bad += came >= MISSING;
    if (came >= MISSING)
      say(&it, came, how);
  }
  return bad;
}

static void print_tally(void)
{
  for (unsigned row = 0; row < ROWS; row++) {
    printf("%-9s", row != CUT_OFF ? page_kind_name((page_kind)row) : "cut off");
    for (unsigned i = 0; i < VERDICTS; i++)
      printf("  %s %u", verdict_names[i], tally[row][i]);
    printf("\n");
  }
}

int main(int argc, char **argv)
{
  unsigned rounds = 48;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc)
      rounds = (unsigned)strtoul(argv[++i], NULL, 10);
    else if (strcmp(argv[i], "--quotes") == 0 && i + 1 < argc)
      quotes = strtoull(argv[++i], NULL, 10);
  }
  EXPECT(rl_crypto_init() == RL_OK && quotes < sizeof transactions / sizeof transactions[0]);
  rl_manual_clock_init(&clock_of_test, issued_at(quotes));
  world = (deal_world){.seed = rl_test_seed("faults_flips"), .boot_id = 77,
                       .clock = rl_clock_manual(&clock_of_test)};
  rl_random random = rl_random_from(world.seed);
  make_store();
  int how;
  EXPECT(try_one(NULL, &how) == HARMLESS);
  unsigned bad = campaign(&random, rounds);
  print_tally();
  deal_remove_directory(world.directory);
  free(sound);
  free(kinds);
  return bad > 0;
}
