#!/usr/bin/env bash
# The tape of a real engine: replayed, looked into at an instant, damaged, and left out.
source "$(dirname "$0")/lib.sh"

# What a board says but for ages, which go on: pair, prices, status.
board() {
  python3 -c 'import json, sys
for row in json.load(sys.stdin)["spreads"]:
    print(*(row.get(key) for key in ("pair", "bid", "mid", "ask", "sources", "status")))' <<<"$said"
}
now() { date -u +%Y-%m-%dT%H:%M:%S.%3NZ; }

expect 3 "has no tape: name the data directory" ratelock replay
expect 3 "has no tape: name the data directory" ratelock spreads --at -1s
before=$(now)
start_engine
push_ticks alpha EURUSD 1.1250 1.1252 USDJPY 150.10 150.14
expect 0 "" ratelock spreads --json
one=$(board)
at_one=$(now)
push_ticks bravo EURUSD 1.12501 1.12521 GBPUSD 1.31 1.3102
expect 0 "" ratelock spreads --json
two=$(board)
at_two=$(now)
expect 0 "" ratelock quote USD EUR 1000.00 --json
quote=$(field quote)
expect 0 "has them all, as they are here" ratelock explain "$quote"
expect 0 '"on_tape": true' ratelock explain "$quote" --json
expect 0 "tape updates" ratelock stats
expect 0 '"tape": "recording"' ratelock ping --json
stop

# --- as it was ---

expect 0 "" ratelock spreads --at "$at_one" --json
same "the board of the first instant" "$(board)" "$one"
expect 0 "" ratelock spreads --at "$at_two" --json
same "the board of the second instant" "$(board)" "$two"
expect 0 "1.125105" ratelock spreads eurusd --at "$at_two"
expect 1 "was no pair with a market of its own then" ratelock spreads EURJPY --at "$at_two"
expect 3 "nothing of that time is on this tape" ratelock spreads --at "$before"
expect 2 "expected an instant in UTC" ratelock spreads --at yesterday
expect 2 "is still to come" ratelock spreads --at 9000-01-01
expect 2 "what was does not change" ratelock spreads --at -1s --watch

# --- once more ---

expect 0 "the same to the bit" ratelock replay
expect 0 '"updates": 4, "composites": 4, "mismatches": 0' ratelock replay --json
hash=$(field hash)
expect 0 "" ratelock replay --json --tape "$RATELOCK_DATA/tape"
same "the hash" "$(field hash)" "$hash"
expect 0 '"updates": 2,' ratelock replay --json --pair EUR/USD
expect 0 '"updates": 2,' ratelock replay --json --from "$at_one"
expect 1 "no update of USDCHF was recorded" ratelock replay --pair USDCHF
expect 1 "no update was recorded" ratelock replay --from 2999-01-01 --json
expect 2 "ends before --from begins" ratelock replay --from "$at_two" --to "$at_one"
sed 's/pair EUR USD/pair EUR USD min_sources=2/' "$work/universe" >"$work/stricter"
expect 0 "Under the other universe" ratelock replay --universe "$work/stricter"
expect 0 '{"pair": "EURUSD", "updates": 2, "different": 1, "unpriced": 0, "unpriced_now": 1}' \
  ratelock replay --universe "$work/stricter" --json
# A second run follows in a file of its own.
start_engine
push_ticks alpha EURUSD 1.1260 1.1262
stop
expect 0 '"segments": 2, "updates": 5' ratelock replay --json
files=("$RATELOCK_DATA"/tape/*.tape)
python3 - "${files[0]}" <<'TEXT'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[-20] ^= 1
open(sys.argv[1], "wb").write(data)
TEXT
expect 1 "is damaged: what follows is not read" ratelock replay
expect 1 "not the same" ratelock replay

# --- left out ---

rm -r "$RATELOCK_DATA/tape"
start_engine --no-tape
push_ticks alpha EURUSD 1.1260 1.1262
expect 0 '"tape": "off"' ratelock ping --json
stop
same "no directory" "$(ls -d "$RATELOCK_DATA/tape" 2>/dev/null)" ""
finish
