/* A connection made fit to work with: its settings, the proof that the server syncs, the layout's
 * version, the prepared statements; and where the rows lie. */
#pragma once

#include "postgres/schema.h"

/* Connects, sets what each session needs and refuses a server that does not sync (RL_INVALID).
 * The reason of any failure is in link->trouble. The link is closed on failure. */
RL_MUST_USE rl_status rl_session_open(rl_link *link, const char *url, bool writes);
/* Checks the layout and prepares the statements. */
RL_MUST_USE rl_status rl_session_prepare(rl_link *link);

/* The digest of what tells one lot of rows from a copy of it:
 *
 *   system identifier   another cluster, so also a dump restored there
 *   timeline            a promoted replica, a backup that was recovered from its log
 *   database            another database of the cluster, one made with TEMPLATE too
 *   number of ratelock.ends  the schema dropped and restored
 *   ctime of the file PG_VERSION  a copy of the data directory: the file is written once, and no
 *                       copying program can set a ctime
 *
 * None of them changes by a restart, a crash, a vacuum, or moving the directory by its name. A
 * snapshot of the whole volume that is put back in its place cannot be told by any of them.
 * RL_DENIED with the missing right in link->trouble. */
RL_MUST_USE rl_status rl_session_place(rl_link *link, rl_place *out);
/* What the tables of the schema take; free room is not known. */
RL_MUST_USE rl_status rl_session_usage(rl_link *link, rl_usage *out);
