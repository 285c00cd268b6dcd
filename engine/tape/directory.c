/* The tape's directory: which segments there are. */
#include "tape/segment.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX ".tape"
enum { NUMBER_DIGITS = 10, START_DIGITS = 15 };

/* Exactly so many digits, so that each segment has one name only. */
static bool read_digits(const char **at, unsigned digits, uint64_t *out)
{
  uint64_t value = 0;
  for (unsigned i = 0; i < digits; i++) {
    char digit = *(*at)++;
    if (digit < '0' || digit > '9')
      return false;
    value = value * 10 + (uint64_t)(digit - '0');
  }
  *out = value;
  return true;
}

static bool read_name(const char *text, rl_segment_name *out)
{
  const char *at = text;
  uint64_t start;
  if (strlen(text) != NUMBER_DIGITS + 1 + START_DIGITS + strlen(SUFFIX) ||
      !read_digits(&at, NUMBER_DIGITS, &out->number) || *at++ != '-' ||
      !read_digits(&at, START_DIGITS, &start))
    return false;
  out->start_utc_ms = (int64_t)start;
  return strcmp(at, SUFFIX) == 0;
}

rl_status rl_segment_path(const char *directory, rl_segment_name name,
                          char out[RL_SEGMENT_PATH_MAX])
{
  int length = snprintf(out, RL_SEGMENT_PATH_MAX, "%s/%0*" PRIu64 "-%0*" PRId64 SUFFIX, directory,
                        NUMBER_DIGITS, name.number, START_DIGITS, name.start_utc_ms);
  return length < RL_SEGMENT_PATH_MAX ? RL_OK : RL_OUT_OF_RANGE;
}

static int by_number(const void *left, const void *right)
{
  uint64_t a = ((const rl_segment_name *)left)->number;
  uint64_t b = ((const rl_segment_name *)right)->number;
  return (a > b) - (a < b);
}

static rl_status add(rl_segment_list *list, size_t *room, rl_segment_name name)
{
  if (list->count == *room) {
    size_t wanted = *room ? 2 * *room : 64;
    rl_segment_name *grown = realloc(list->names, wanted * sizeof *grown);
    if (!grown)
      return RL_NO_MEMORY;
    list->names = grown;
    *room = wanted;
  }
  list->names[list->count++] = name;
  return RL_OK;
}

rl_status rl_segment_list_read(const char *directory, rl_segment_list *out, rl_error *error)
{
  DIR *open = opendir(directory);
  if (!open)
    return rl_fail(error, errno == ENOENT ? RL_NOT_FOUND : RL_IO, directory, 0, "", "%s",
                   strerror(errno));
  rl_segment_list list = {0};
  size_t room = 0;
  rl_status status = RL_OK;
  for (struct dirent *entry; status == RL_OK && (entry = readdir(open));) {
    rl_segment_name name;
    if (read_name(entry->d_name, &name))
      status = add(&list, &room, name);
  }
  closedir(open);
  if (status != RL_OK) {
    free(list.names);
    return rl_fail(error, status, directory, 0, "", "no memory for its list of segments");
  }
  if (list.count > 0)
    qsort(list.names, list.count, sizeof *list.names, by_number);
  *out = list;
  return RL_OK;
}

void rl_segment_list_free(rl_segment_list *list)
{
  free(list->names);
  *list = (rl_segment_list){0};
}

bool rl_segment_may_hold(const rl_segment_list *list, size_t place, rl_utc from, rl_utc to)
{
  int64_t start_ms = list->names[place].start_utc_ms;
  return start_ms - RL_WALL_SKEW_MS < to.ms &&
         start_ms + RL_TAPE_SEGMENT_MS + RL_WALL_SKEW_MS >= from.ms;
}
