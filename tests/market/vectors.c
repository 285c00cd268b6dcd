/* The kernel against vectors in the form in which its first implementers publish theirs:
 *
 *   consensus_vectors --vectors FOLDER
 *
 * runs every NAME.json of the folder and compares with NAME.result. An input lists quotes with
 * price, conf (the half-spread), status (1 is trading) and slot_diff (minus the age in slots); one
 * votes when it trades, has a conf and is at most 25 slots old. The result has p50 as price and
 * the wider of the two sides as conf. Ends non-zero on a difference, or when there was nothing. */
#include "market/composite.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AGE_MAX_SLOTS = 25, TEXT_MAX = 1 << 16 };

typedef struct quote {
  int64_t price;
  int64_t conf;
  int64_t status;
  int64_t slot_diff;
} quote;

typedef struct result {
  bool trading;
  int64_t price;
  int64_t conf;
} result;

static bool read_text(const char *folder, const char *name, const char *ending,
                      char text[TEXT_MAX])
{
  char path[4096];
  snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    return false;
  }
  size_t length = fread(text, 1, TEXT_MAX - 1, file);
  text[length] = '\0';
  fclose(file);
  return true;
}

/* The number behind "key": in an object that ends at `end`; `otherwise` if there is none. */
static int64_t number(const char *object, const char *end, const char *key, int64_t otherwise)
{
  char quoted[32];
  snprintf(quoted, sizeof quoted, "\"%s\"", key);
  const char *found = strstr(object, quoted);
  if (!found || found >= end)
    return otherwise;
  return strtoll(found + strlen(quoted) + strspn(found + strlen(quoted), " :"), NULL, 10);
}

/* The votes of an input, in the order in which they stand there. */
static unsigned read_votes(const char *text, rl_vote votes[RL_KERNEL_MAX])
{
  unsigned count = 0;
  const char *object = strchr(text, '[');
  while (object && (object = strchr(object, '{')) && count < RL_KERNEL_MAX) {
    const char *end = object + strcspn(object, "}");
    quote said = {number(object, end, "price", 0), number(object, end, "conf", 0),
                   number(object, end, "status", 1), number(object, end, "slot_diff", 0)};
    if (said.status == 1 && said.conf != 0 && -said.slot_diff <= AGE_MAX_SLOTS)
      votes[count++] = (rl_vote){said.price - said.conf, said.price, said.price + said.conf};
    object = end;
  }
  return count;
}

static result computed(const rl_vote *votes, unsigned count)
{
  if (count == 0)
    return (result){.trading = false};
  rl_percentiles p = rl_kernel(votes, count);
  int64_t below = p.p50 - p.p25, above = p.p75 - p.p50;
  return (result){true, p.p50, below > above ? below : above};
}

static bool run(const char *folder, const char *name)
{
  static char text[TEXT_MAX];
  rl_vote votes[RL_KERNEL_MAX];
  if (!read_text(folder, name, ".json", text))
    return false;
  result ours = computed(votes, read_votes(text, votes));
  if (!read_text(folder, name, ".result", text))
    return false;
  const char *end = text + strlen(text);
  result theirs = {strstr(text, "\"trading\"") != NULL, number(text, end, "price", 0),
                   number(text, end, "conf", 0)};
  bool same = ours.trading == theirs.trading && (!ours.trading ||
              (ours.price == theirs.price && ours.conf == theirs.conf));
  printf("%s: %" PRId64 " +- %" PRId64 "%s\n", name, ours.price, ours.conf,
         same ? "" : " DIFFERS");
  return same;
}

int main(int argc, char **argv)
{
  DIR *folder = argc == 3 && strcmp(argv[1], "--vectors") == 0 ? opendir(argv[2]) : NULL;
  if (!folder) {
    fprintf(stderr, "usage: %s --vectors FOLDER\n", argv[0]);
    return 2;
  }
  unsigned count = 0, failed = 0;
  for (struct dirent *entry; (entry = readdir(folder));) {
    char *ending = strstr(entry->d_name, ".json");
    if (!ending)
      continue;
    *ending = '\0';
    count++;
    failed += !run(argv[2], entry->d_name);
  }
  closedir(folder);
  printf("%u vectors, %u failed\n", count, failed);
  return count > 0 && failed == 0 ? 0 : 1;
}
