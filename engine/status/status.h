/* Three kinds of trouble, never mixed.
 *
 *   a bug      RL_ASSERT: the program's own mistake. On in release too: an engine of money stops
 *              rather than go on with a broken invariant.
 *   the world  rl_status: a file, a socket, a library or an input did not do as hoped. Must be
 *              looked at; a function that fails leaves its outputs untouched.
 *   a refusal  rl_refusal (refusal.h): a normal answer to a client, with a number on the wire.
 */
#pragma once

#define RL_MUST_USE __attribute__((warn_unused_result))

typedef enum rl_status {
  RL_OK = 0,
  RL_INVALID,      /* not of the form asked for */
  RL_OUT_OF_RANGE, /* of the form, but beyond a stated limit */
  RL_NOT_FOUND,    /* what was named does not exist */
  RL_EXISTS,       /* it is there already */
  RL_FULL,         /* a bounded thing has no room left */
  RL_NO_MEMORY,    /* the allocator said no */
  RL_IO,           /* the operating system said no; errno or the error text tells */
  RL_NO_SPACE,     /* the disk or the map is full */
  RL_CORRUPT,      /* a checksum or an invariant of stored data does not hold */
  RL_FOREIGN,      /* belongs to another store, or to another version of this program */
  RL_BUSY,         /* held by another process */
  RL_DENIED,       /* permission is missing */
  RL_TIMEOUT,      /* no answer in the time given */
  RL_UNREACHABLE,  /* nobody listens there */
  RL_CLOSED,       /* the other side, or this one, has ended */
  RL_AGAIN,        /* it met another's work and did nothing: do the same once more */
} rl_status;

/* A lower-case English phrase for people; static, never NULL. */
const char *rl_status_text(rl_status status);

/* Prints the failed condition with its place to stderr and aborts. */
_Noreturn void rl_assert_failed(const char *condition, const char *file, int line);

/* The condition must have no side effect (tests/tidy looks). */
#define RL_ASSERT(condition)                                    \
  do {                                                          \
    if (__builtin_expect(!(condition), 0))                      \
      rl_assert_failed(#condition, __FILE__, __LINE__);         \
  } while (0)
