/* The tables in a PostgreSQL database: the member of tables/tables.h that several engines share,
 * on one machine or on many (S5). The only room that names libpq.
 *
 * All lies in the schema `ratelock`: a table for each rl_table (key, value), the keys of ends with
 * the instant of their use, and the version of this layout. It is made by the first engine.
 *
 * How the promises are kept
 *
 *   T1  A transaction is one of the database's.
 *   T2  A server that runs with fsync or full_page_writes off is refused; each session sets
 *       synchronous_commit. The answer is what COMMIT said, and only "COMMIT" is RL_OK: the server
 *       answers "ROLLBACK", without an error, where a transaction had failed before.
 *   T3  A connection that is lost in a commit leaves it open. Its session may still be at work
 *       when the next one comes, but it holds the turn until it has ended, and the next one waits
 *       for the turn before it reads. That is why the changes are never sent together with the
 *       request for the turn, though it would save a round trip: such a session could be given the
 *       turn after the one that repeats its work.
 *   T4  A writing transaction takes the turn first: LOCK TABLE ratelock.turn. READ COMMITTED is
 *       then enough: each statement behind it sees all that was committed before it, and nobody
 *       who takes the turn changes anything until the end. A table's lock and not an advisory one:
 *       those are numbers that any role of the database may take. Serializable transactions
 *       without a turn were no gain: engines that post into one ledger, whose transactions are
 *       numbered without a gap, always conflict.
 *   T5  The primary key judges, turn or no turn: `add` is INSERT … ON CONFLICT DO NOTHING
 *       RETURNING, and fewer rows returned than sent is a serialization failure, raised by the
 *       same statement. The rows of a batch, the ledger's among them, stand or fall with it.
 *   T6  Readers have sessions of their own: REPEATABLE READ, READ ONLY.
 *   T7  What the server's own checks find (XX001, XX002) is RL_CORRUPT.
 *   T8  The times below; a session that vanished in a transaction is ended by the server.
 *
 * Round trips: what is expected comes with the turn in one, all changes and the COMMIT go in
 * another; a row that was not expected costs one of its own.
 *
 * Needed of the server: version 12 or newer, each engine's sessions its own (a pooler by session,
 * not by transaction), rights on the schema (or to create it), EXECUTE on pg_control_system() and
 * pg_stat_file(text). */
#pragma once

#include "tables/tables.h"

/* A server that says nothing for so long is RL_UNREACHABLE: longer than it lets a statement run,
 * so that usually it is the server that speaks. */
#define RL_POSTGRES_SILENCE_MS 10000
#define RL_POSTGRES_STATEMENT_MS 8000
/* Waiting for the turn: hundreds of batches of others. */
#define RL_POSTGRES_TURN_MS 3000
/* How long an engine that stopped in the middle may keep the others from the turn. */
#define RL_POSTGRES_IDLE_MS 5000
/* Connections for reading; a reader that finds them all taken waits so long. */
#define RL_POSTGRES_READERS 4
#define RL_POSTGRES_READER_WAIT_MS 10000

/* Opens the tables at a URL of libpq ("postgresql://USER@HOST:PORT/DATABASE?…", "host=… dbname=…";
 * PGPASSWORD and ~/.pgpass are read as usual), and makes them there unless they are only to be
 * read. RL_UNREACHABLE, RL_DENIED (what is missing is in *error), RL_NOT_FOUND (no such database,
 * or nothing in it to be read), RL_FOREIGN for a newer layout or a schema of that name which is
 * another's, RL_INVALID for another URL, or for a server that does not sync. No error names the
 * password. */
RL_MUST_USE rl_status rl_postgres_open(const char *url, bool read_only, rl_tables **out,
                                       rl_error *error);
