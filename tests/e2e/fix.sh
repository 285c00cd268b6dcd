#!/usr/bin/env bash
# A FIX venue, its handler and an engine: the venue's book is the engine's composite, as long as the
# venue stands by it and no longer.
source "$(dirname "$0")/../cli/lib.sh"

# Half a second, so that a price lives on by the handler's repeats alone.
sed -i 's/EUR USD scale=5 max_age_ms=86400000/EUR USD scale=5 max_age_ms=500/' "$work/universe"

mkfifo "$work/orders"
exec 3<>"$work/orders"
"$bin/fix_venue" <"$work/orders" >"$work/venue.log" &
running+=($!)
venue() { echo "$*" >&3; }
# told TEXT TIMES: waits until the venue has told of it so often.
told() {
  local tries
  for ((tries = 0; tries < 3000; tries++)); do
    [ "$(grep -cF -- "$1" "$work/venue.log")" -ge "$2" ] && return
  done
  echo "the venue never told of $1"
  cat "$work/venue.log"
  exit 1
}
# board TEXT: waits until the board's line of EURUSD has it.
board() {
  local tries
  for ((tries = 0; tries < 500; tries++)); do
    said=$(ratelock spreads EURUSD --json 2>&1)
    [[ $said == *"$1"* ]] && return
  done
  echo "the board never said $1, but: $said"
  cat "$work/fix.log"
  exit 1
}
start_engine
told "port " 1
port=$(sed -n 's/^port //p' "$work/venue.log")
"$bin/ratelock-feed-fix" --host 127.0.0.1 --port "$port" --sender DESK --target VENUE \
  --source venue --pairs EURUSD --depth 0 --repeat 100ms --heartbeat 1s --retry 20ms \
  --retry-max 50ms >"$work/fix.log" 2>&1 &
fix=$!
running+=("$fix")

told "|263=1|" 1
# shellcheck disable=SC2016 # the venue puts its request's id there
venue 'send 35=W|262=$EUR/USD|55=EUR/USD|268=2|269=0|278=b|270=1.1250|269=1|278=o|270=1.1252'
board '"bid": "1.125000"'
for i in {1..40}; do
  expect 0 '"bid": "1.125000"' ratelock spreads EURUSD --json
done
venue 'send 35=X|262=$EUR/USD|268=1|279=1|278=b|55=EUR/USD|270=1.1251'
board '"bid": "1.125100"'

venue "deny 100000"
venue "drop"
board "STALE_RATE"
expect 0 "  -  open" ratelock spreads EURUSD # there was a rate once
venue "deny 0"
told "|263=1|" 2
venue 'send 35=W|262=$EUR/USD|55=EUR/USD|268=2|269=0|278=b|270=1.1260|269=1|278=o|270=1.1262'
board '"bid": "1.126000"'

kill "$fix"
wait "$fix"
same "the handler's end" $? 0
board "STALE_RATE"
expect 0 "venue" ratelock sources EURUSD
finish
