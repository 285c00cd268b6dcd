/* What happened, in order: one file to which a life and the calls it makes (libintercept.so) both
 * append, a line each. It outlives kill -9, and says what came before what.
 *
 *   call NUMBER CLASS FILE OFFSET SIZE OUTCOME    a counted call; OUTCOME is "good" or the fault
 *   opened | refused STATUS TEXT                  how the store's start ended
 *   issued N | dropped N                          quote N's record was taken, or was not
 *   asked N | ended N REFUSAL TRANSACTION         its accept or cancel, and the answer
 *   shown N REFUSAL ENDED                         a look-up's answer
 *   again N REFUSAL                               of one answered before, asked again
 *   state N                                       the store's, after all that
 *   lifted | closing | closed                     what hindered it is gone; its end */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct story_event {
  char word[12];
  unsigned long number;
  char class[8];        /* of a call */
  char file[32];        /* of a call, below the directory */
  long offset, size;    /* of a write, bytes */
  char outcome[16];     /* of a call */
  long refusal;         /* of an answer; the status of a start */
  unsigned long transaction;
} story_event;

typedef struct story {
  story_event *events;
  size_t count;
} story;

/* Appends a line; printf's format without the line's end. */
void story_tell(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Both for the program that looks back; ends it where the file makes no sense. */
story story_read(const char *path);
void story_free(story *it);

/* The first event of this word at or after `from`, or count. */
size_t story_find(const story *it, size_t from, const char *word);
/* The first call that was not let through as it was, or count. */
size_t story_fault(const story *it);
bool story_is_call(const story_event *event, const char *file);
/* A sync of the file, or a write that is its own. */
bool story_is_sync(const story_event *event, const char *file);
