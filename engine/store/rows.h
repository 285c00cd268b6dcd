/* The store's own rows as bytes: the terminal row, and the one row of `meta`. Both end with their
 * checksum; decoding is total. Quotes and transactions have codecs of their own rooms.
 *
 * END:   1 layout, 16 quote id, 1 kind, text client, text key, 16 body, s arrived_utc_ms,
 *        s arrived_mono_ns, v transaction, 8 checksum
 * META:  1 layout of the store, 16 store id, 8 inode, 8 birth_ns, 8 high_water_utc_ms, 8 checksum
 *
 * ("s" and "v" are varints, "text" a length byte and so many bytes: bytes/bytes.h) */
#pragma once

#include "store/store.h"

#define RL_END_ROW_MAX 192
size_t rl_end_encode(const rl_end *end, uint8_t out[RL_END_ROW_MAX]);
RL_MUST_USE rl_status rl_end_decode(const void *bytes, size_t size, rl_end *out);

/* Inode and birth of the file tell a copy from the original: neither follows a copied or restored
 * file, and both stay through renames and restarts. A device number is no part of it, since that
 * may change when the machine starts. */
typedef struct rl_meta {
  rl_store_id identity;
  uint64_t inode;
  int64_t birth_ns;          /* UTC nanoseconds; 0 where the file system does not tell */
  int64_t high_water_utc_ms; /* latest wall time of any commit (L8) */
} rl_meta;

#define RL_META_ROW_MAX 64
size_t rl_meta_encode(const rl_meta *meta, uint8_t out[RL_META_ROW_MAX]);
/* RL_FOREIGN for a layout that this program does not know. */
RL_MUST_USE rl_status rl_meta_decode(const void *bytes, size_t size, rl_meta *out);
