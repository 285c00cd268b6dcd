#!/usr/bin/env bash
# What an engine makes of its data directory: taken, copied, damaged, somebody else's.
source "$(dirname "$0")/../cli/lib.sh"

daemon() { "$bin/ratelockd" --locks 1024 --store-size 1 "$@"; }

start_engine
push_ticks alpha EURUSD 1.1250 1.1252
expect 0 "ready: " ratelock ping --ready 60s
expect 0 '"ok": true' ratelock quote USD EUR 1000.00 --ttl 1h --json
token=$(field token)
expect 0 '"ok": true' ratelock quote USD EUR 1000.00 --ttl 1h --json
kept=$(field token)

# A second engine is refused, and the first unharmed.
expect 1 "another engine (process $engine)" daemon
expect 0 "consumed at" ratelock accept "$token"
kill "$engine"
wait "$engine"
same "the end by a signal" "$?" 0

# A copy is another store: it refuses the tokens of the original, which honours them still.
original=$RATELOCK_DATA
cp -r "$original" "$work/copy"
RATELOCK_DATA=$work/copy start_engine
copy=$engine
RATELOCK_DATA=$work/copy expect 1 "WRONG_STORE (53)" ratelock accept "$kept"
RATELOCK_DATA=$work/copy expect 0 "proved" ratelock ledger verify
start_engine
expect 0 "consumed at" ratelock accept "$kept"
kill "$copy" "$engine"
wait "$copy" "$engine"

# What cannot be trusted is refused by name.
chmod 644 "$original/seal.key"
expect 1 "seal.key: the sealing key may be read by others" daemon
chmod 600 "$original/seal.key"
mkdir "$work/foreign"
head -c 65536 /dev/zero | tr '\0' x >"$work/foreign/store.mdb"
expect 1 "name another directory" daemon --data "$work/foreign"
touch "$work/file"
expect 1 "$work/file" daemon --data "$work/file"
finish
