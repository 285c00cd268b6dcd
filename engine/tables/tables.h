/* Tables: rows of bytes under keys of bytes, in transactions. The one seam between what a store
 * means (engine/store) and where it is kept: LMDB (engine/lmdb) or PostgreSQL (engine/postgres).
 *
 * A member knows nothing of quotes. It keeps the promises below, tests/tables holds every member
 * to them, and the store relies on nothing else:
 *
 *   T1  A transaction's changes become visible together, at its commit, or not at all.
 *   T2  RL_OK from commit means durable: it was synced to disk, and survives kill -9 and a loss of
 *       power. Any other answer but RL_UNREACHABLE means that nothing was changed.
 *   T3  RL_UNREACHABLE from commit leaves open whether it happened. Whoever repeats the work in a
 *       new transaction sees which: the old one has ended by then, one way or the other.
 *   T4  At most one writing transaction at a time among all that share the rows, in this process
 *       and in others; it sees all that was committed before it began, and the rest waits.
 *   T5  `add` writes no row over another: of any number of adds of one key, one succeeds for ever.
 *   T6  Reading waits for no writer, and sees only what was committed.
 *   T7  Bytes come back as they were written or RL_CORRUPT, where the member can tell; each row has
 *       its own checksum besides, which is the store's.
 *   T8  No call lasts for ever: what cannot be reached is RL_UNREACHABLE after a stated time.
 *
 * Keys order by their bytes (memcmp). A member is made by its own open function, which gives a
 * struct that begins with an rl_tables. One thread writes; any thread reads, each in transactions
 * of its own; a transaction belongs to the thread that began it. */
#pragma once

#include "clock/clock.h"
#include "status/error.h"
#include "status/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum rl_table {
  RL_TABLE_META,         /* a word -> what there is one of */
  RL_TABLE_QUOTES,       /* quote id -> the quote's record */
  RL_TABLE_ENDS,         /* quote id -> its terminal row: there is room for one, that is "once" */
  RL_TABLE_TRANSACTIONS, /* number, 8 bytes big-endian -> the ledger's transaction */
  RL_TABLE_TARIFFS,      /* hash of the text -> the text */
  RL_TABLE_RECEIPTS,   /* hash of whose key -> the transaction that was posted under it */
  RL_TABLE_REVOCATIONS,  /* number, 8 bytes big-endian -> what the desk took back */
  RL_TABLE_CARRIED,      /* hash of account and currency -> the sum of postings that were let go */
  RL_TABLE_HALTS,        /* number, 8 bytes big-endian -> a pair that was halted or let go */
  RL_TABLE_COUNT,
} rl_table;

/* Bytes of a key, at most. */
#define RL_TABLE_KEY_MAX 16
/* Bytes of a row, at most: a tariff's text and its checksum. */
#define RL_TABLE_ROW_MAX ((1u << 20) + 64)

/* Bytes of somebody else's. */
typedef struct rl_blob {
  const void *bytes;
  size_t size;
} rl_blob;

typedef struct rl_tables rl_tables;
typedef struct rl_rows rl_rows; /* a transaction; its own member's */

/* Where the rows lie, in bytes that a copy, a backup restored elsewhere or a promoted replica does
 * not share with the original, and that stay through restarts and renames; zero-filled. */
typedef struct rl_place {
  uint8_t bytes[24];
} rl_place;

/* Room on a disk, in bytes. */
typedef struct rl_usage {
  uint64_t bytes;      /* all that the rows take, with what keeps them in order */
  uint64_t free_bytes; /* of these, given back and to be used before any more is taken; 0 where the
                          member cannot tell */
} rl_usage;

/* Visits a row; both blobs are valid until it returns. False stops. */
typedef bool (*rl_row_visit)(rl_blob key, rl_blob row, void *context);

typedef enum rl_direction { RL_FORWARDS, RL_BACKWARDS } rl_direction;

typedef struct rl_tables_kind {
  const char *name; /* "lmdb", "postgresql" */
  bool shared;      /* several engines may have it open: what one did is not in another's memory */

  void (*close)(rl_tables *tables); /* no transaction is open; frees it */
  RL_MUST_USE rl_status (*place)(rl_tables *tables, rl_place *out);
  /* Any thread. As of the last commit; looks at no row, but may wait for a distant member. */
  RL_MUST_USE rl_status (*usage)(rl_tables *tables, rl_usage *out);
  /* What failed last, in words for a log; "" if nothing did. Any thread. NULL in a member whose
   * statuses say all that it knows. */
  void (*trouble)(rl_tables *tables, char out[RL_TROUBLE_MAX]);

  /* Begins a transaction. A writing one waits for its turn (T4): RL_UNREACHABLE when that takes
   * too long. `rows` is given back by commit or abort, whatever they return. */
  RL_MUST_USE rl_status (*begin)(rl_tables *tables, bool writes, rl_rows **rows);
  /* See T2 and T3. RL_AGAIN: nothing happened, and the same work is to be done again at once in a
   * new transaction. RL_NO_SPACE: nothing happened, and may later. Of a reading one: RL_OK. */
  RL_MUST_USE rl_status (*commit)(rl_rows *rows);
  void (*abort)(rl_rows *rows);

  /* Says which rows will be asked for, so that a distant member fetches them at once; NULL where
   * that is of no use. Asking for others is allowed, and slower. Keys are copied. */
  RL_MUST_USE rl_status (*expect)(rl_rows *rows, rl_table table, rl_blob key);

  /* RL_NOT_FOUND; *row is valid until the transaction ends, and to be left alone. A transaction
   * sees its own changes. */
  RL_MUST_USE rl_status (*get)(rl_rows *rows, rl_table table, rl_blob key, rl_blob *row);
  /* RL_EXISTS, with the row that is there left as it is. A member that cannot tell before the
   * commit (the key was not expected) may say RL_OK and then RL_AGAIN at the commit. The bytes are
   * copied. */
  RL_MUST_USE rl_status (*add)(rl_rows *rows, rl_table table, rl_blob key, rl_blob row);
  /* The same where it does not matter which: RL_OK, and a row that is there stays as it is. */
  RL_MUST_USE rl_status (*keep)(rl_rows *rows, rl_table table, rl_blob key, rl_blob row);
  /* Writes over. Only the store's own bookkeeping is ever written over, meta and carried,
   * and a record by the same one with more in it. */
  RL_MUST_USE rl_status (*set)(rl_rows *rows, rl_table table, rl_blob key, rl_blob row);
  /* RL_NOT_FOUND. Only retention removes. */
  RL_MUST_USE rl_status (*remove)(rl_rows *rows, rl_table table, rl_blob key);
  /* Visits rows in order, from the first at or after `from` (backwards: at or before; an empty
   * blob: from the end that lies there), until the visitor says stop or there is no more. The
   * visitor changes nothing. In a writing transaction, only before its first change. */
  RL_MUST_USE rl_status (*scan)(rl_rows *rows, rl_table table, rl_blob from,
                                rl_direction direction, rl_row_visit visit, void *context);

  /* Keys of accepts and cancels: which quote each one ended (L4). They are looked up by equality,
   * live for a time, and are no part of the record: a member that serves one engine keeps them in
   * memory, and is told those that live when it is opened; a shared one keeps them with the rows.
   * `key` is a hash of 16 bytes that clients cannot steer. */
  /* As expect; NULL in the same members. */
  RL_MUST_USE rl_status (*expect_key)(rl_rows *rows, const uint8_t key[16]);
  RL_MUST_USE rl_status (*find_key)(rl_rows *rows, const uint8_t key[16], uint8_t quote[16]);
  /* RL_FULL beyond what may be kept. Part of the transaction, as rows are. */
  RL_MUST_USE rl_status (*add_key)(rl_rows *rows, const uint8_t key[16], const uint8_t quote[16],
                                   rl_now now);
  /* Forgets some of those that are older than RL_END_KEY_MIN_MS (by the boot clock in memory, by
   * the wall clock where they outlive a boot), a bounded number a call. */
  RL_MUST_USE rl_status (*retire_keys)(rl_rows *rows, rl_now now);
} rl_tables_kind;

/* A member's own struct begins with this. */
struct rl_tables {
  const rl_tables_kind *kind;
};

/* 8 bytes big-endian, so that numbers order as keys. */
static inline void rl_number_key(uint64_t number, uint8_t out[8])
{
  for (int i = 7; i >= 0; i--) {
    out[i] = (uint8_t)number;
    number >>= 8;
  }
}

static inline uint64_t rl_number_of_key(rl_blob key)
{
  uint64_t number = 0;
  for (size_t i = 0; i < key.size && i < 8; i++)
    number = number << 8 | ((const uint8_t *)key.bytes)[i];
  return number;
}
