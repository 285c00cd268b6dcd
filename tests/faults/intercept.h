/* How a program under test is told which of its calls shall go wrong: environment variables that
 * libintercept.so (intercept.c) reads when it is preloaded. What is not set is left
 * as it is.
 *
 *   INTERCEPT_UNDER    a directory: calls on files in it and on itself are counted, 1, 2, 3, …
 *   INTERCEPT_STORY    a file outside it to which each counted call appends a line (story.h)
 *   INTERCEPT_KIND     what goes wrong: one of the words below
 *   INTERCEPT_AT       the number of the call at which it does
 *   INTERCEPT_ON       only calls of this class are counted: open, map, write, sync, commit (a
 *                      write that is its own sync), reserve or rename; default: all
 *   INTERCEPT_ARMED    a file: nothing is counted until it exists
 *   INTERCEPT_STAYS    a file outside: all calls from that number on go wrong until it exists
 *   INTERCEPT_FILE     the one file of which
 *   INTERCEPT_DURABLE  this copy is kept as a disk would have it if it lost what was not synced
 *                      (of what was written to FILE.new, too)
 *
 *   INTERCEPT_BOOT     a file whose text stands for the machine's boot id; needs none of the others
 *
 *   eio, enospc        the call fails and has done nothing
 *   eio-late           the call is done, and fails
 *   short              a write is half done, and says so; other calls are not touched
 *   short-enospc       the same, and from then on there is no space
 *   kill-before        SIGKILL instead of the call
 *   kill-after         SIGKILL behind it, before the program knows how it went */
#pragma once

#define INTERCEPT_UNDER "INTERCEPT_UNDER"
#define INTERCEPT_STORY "INTERCEPT_STORY"
#define INTERCEPT_KIND "INTERCEPT_KIND"
#define INTERCEPT_AT "INTERCEPT_AT"
#define INTERCEPT_ON "INTERCEPT_ON"
#define INTERCEPT_ARMED "INTERCEPT_ARMED"
#define INTERCEPT_STAYS "INTERCEPT_STAYS"
#define INTERCEPT_FILE "INTERCEPT_FILE"
#define INTERCEPT_DURABLE "INTERCEPT_DURABLE"
#define INTERCEPT_BOOT "INTERCEPT_BOOT"
