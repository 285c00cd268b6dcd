#include "faults/story.h"

#include "support/expect.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

void story_tell(int fd, const char *format, ...)
{
  char line[256];
  va_list rest;
  va_start(rest, format);
  int length = vsnprintf(line, sizeof line - 1, format, rest);
  va_end(rest);
  if (length > (int)sizeof line - 2)
    length = (int)sizeof line - 2;
  line[length++] = '\n';
  EXPECT(write(fd, line, (size_t)length) == length);
}

static void read_line(const char *line, story_event *out)
{
  memset(out, 0, sizeof *out);
  EXPECT(sscanf(line, "%11s", out->word) == 1);
  if (strcmp(out->word, "call") == 0)
    EXPECT(sscanf(line, "call %lu %7s %31s %ld %ld %15s", &out->number, out->class, out->file,
                  &out->offset, &out->size, out->outcome)
           == 6);
  else if (strcmp(out->word, "refused") == 0)
    EXPECT(sscanf(line, "refused %ld", &out->refusal) == 1);
  else
    (void)sscanf(line, "%*s %lu %ld %lu", &out->number, &out->refusal, &out->transaction);
}

story story_read(const char *path)
{
  story it = {0};
  char line[512];
  FILE *file = fopen(path, "r");
  EXPECT(file);
  while (fgets(line, sizeof line, file)) {
    it.events = reallocarray(it.events, it.count + 1, sizeof *it.events);
    EXPECT(it.events);
    read_line(line, &it.events[it.count++]);
  }
  fclose(file);
  return it;
}

void story_free(story *it)
{
  free(it->events);
  *it = (story){0};
}

size_t story_find(const story *it, size_t from, const char *word)
{
  while (from < it->count && strcmp(it->events[from].word, word) != 0)
    from++;
  return from;
}

size_t story_fault(const story *it)
{
  size_t at = story_find(it, 0, "call");
  while (at < it->count && strcmp(it->events[at].outcome, "good") == 0)
    at = story_find(it, at + 1, "call");
  return at;
}

bool story_is_call(const story_event *event, const char *file)
{
  return strcmp(event->word, "call") == 0 && strcmp(event->file, file) == 0;
}

bool story_is_sync(const story_event *event, const char *file)
{
  return story_is_call(event, file)
         && (strcmp(event->class, "sync") == 0 || strcmp(event->class, "commit") == 0);
}
