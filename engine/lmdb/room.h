/* Room for the file to grow into, reserved before it is needed.
 *
 * LMDB writes a transaction's pages and then syncs them, and says of both only that they failed: it
 * reports a write that a full disk cut short as EIO, as if a sync had failed, and a sync may well
 * fail with ENOSPC where a file system gives out blocks late. The one may be tried again, the
 * other never (S3), and nothing that can be asked afterwards tells which it was. So a full disk is
 * met here, where no page of a transaction has been touched: blocks up to well beyond the last page
 * are the file's before LMDB writes to them. Whatever fails behind that is a disk's failure.
 *
 * Committing with MDB_NOSYNC and syncing by ourselves would tell the two apart as well, but then
 * the page that makes a commit valid can reach the disk before those it names: no answer to a loss
 * of power.
 *
 * The blocks lie behind the file's end (FALLOC_FL_KEEP_SIZE): its length stays that of its pages,
 * and a copy takes no more of them. Pages within it that were never written get theirs, too. Where
 * a file system cannot reserve (NFS before 4.2, ext3), or promises no more than the first write
 * (btrfs, ZFS, a volume that is larger than its disk), a full disk may yet show in the middle of a
 * commit: it is then taken for a failed sync, and the engine has to be started again. */
#pragma once

#include "status/status.h"

#include <stdint.h>

typedef struct rl_room {
  uint64_t ahead_bytes; /* beyond the last page: more than one transaction writes */
  uint64_t most_bytes;  /* the file is never longer */
  uint64_t reserved;    /* bytes from the start of the file; UINT64_MAX: cannot be done here */
} rl_room;

/* Before each commit; `end` is where the pages of the one before it end. RL_OK also where the file
 * system cannot reserve; RL_NO_SPACE, also where the process may not make its files that long;
 * RL_IO. What is reserved grows by a 64th of ahead_bytes at least. */
RL_MUST_USE rl_status rl_room_reserve(rl_room *room, int fd, uint64_t end);
