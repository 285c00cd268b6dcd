#!/usr/bin/env bash
# What a price did, from a tape that was recorded under a clock that is set, without any engine.
source "$(dirname "$0")/lib.sh"

mkdir -p "$RATELOCK_DATA"
cat >"$work/tape.universe" <<'TEXT'
order EUR USD JPY
pivot USD
pair EUR USD scale=5 pip=4 max_age_ms=5000 min_half_spread=0
pair USD JPY scale=3 pip=2 max_age_ms=3600000 min_half_spread=0
TEXT
# Three prices of a minute, the last of which grows old; one that is taken back; a gap; a price
# under a clock that was set back by ten seconds.
cat >"$work/lines" <<'TEXT'
2026-11-20T07:59:30Z USDJPY 151.000 151.004
2026-11-20T08:59:59Z EURUSD 1.08360 1.08362
2026-11-20T09:00:00Z EURUSD 1.08340 1.08344
2026-11-20T09:00:01Z EURUSD 1.08350 1.08356
2026-11-20T09:00:02.500Z EURUSD 1.08330 1.08332
2026-11-20T09:00:59Z EURUSD 1.08410 1.08414
2026-11-20T09:01:01Z EURUSD
2026-11-20T09:03:30Z EURUSD 1.08300 1.08310
2026-11-20T09:03:31Z restart
2026-11-20T09:03:33Z EURUSD 1.08310 1.08311
2026-11-20T09:03:23Z EURUSD 1.08320 1.08322
TEXT
"$bin/record_tape" "$RATELOCK_DATA/tape" "$work/tape.universe" <"$work/lines" || exit 1
minutes=(--from 2026-11-20T09:00Z --to 2026-11-20T09:04Z --bars 1m)

# --- figures ---

expect 0 "" ratelock history EURUSD "${minutes[@]}" --csv
same "the bars" "$said" "\
start,open,high,low,close,spread_mean_pips,spread_max_pips,changes,priced_ms,passed_ms
2026-11-20T09:00:00.000Z,1.083420,1.084120,1.083310,1.084120,0.318,0.600,4,8500,60000
2026-11-20T09:01:00.000Z,1.084120,1.084120,1.084120,1.084120,0.400,0.400,1,1000,60000
2026-11-20T09:02:00.000Z,,,,,,,0,0,60000
2026-11-20T09:03:00.000Z,1.083050,1.083210,1.083050,1.083210,0.200,1.000,3,5000,60000"

expect 0 "" \
  ratelock history eur/usd --from 2026-11-20T09:00Z --to 2026-11-20T09:01Z --bars 1m --json
same "opens" "$(field open)" 1.083420
same "mean" "$(field spread_mean_pips)" 0.318
expect 0 '"open": null, "high": null' ratelock history EURUSD "${minutes[@]}" --json
rows=$(python3 -c "import json,sys; print(len(json.load(sys.stdin)['bars']))" <<<"$said")
same "bars in the JSON" "$rows" 4
expect 0 "2026-11-20T09:02:00Z  -" ratelock history EURUSD "${minutes[@]}" --table
expect 0 "no price" ratelock history EURUSD "${minutes[@]}" --table
expect 0 "open 1.083420  high 1.084120  low 1.083050  close 1.083210" \
  ratelock history EURUSD "${minutes[@]}"
expect 0 "spread 1.000 pips at the widest" ratelock history EURUSD "${minutes[@]}"
expect 0 "8 changes, a price for 6.04 % of the time" ratelock history EURUSD "${minutes[@]}"
expect 0 "gaps in the record: 1;" ratelock history EURUSD "${minutes[@]}"
expect 0 "set back: 1 changes" ratelock history EURUSD "${minutes[@]}"
expect 0 '"unwatched_ms": 0,' ratelock history EURUSD "${minutes[@]}" --json
# A date ends with its day, and a bar opens with a price made long before it.
expect 0 "2026-11-20T23:00:00Z" \
  ratelock history EURUSD --from 2026-11-20 --to 2026-11-20 --bars 1h --table
expect 0 ",151.0020,151.0020,151.0020,151.0020,0.400,0.400,0,1770000," \
  ratelock history USDJPY --from 2026-11-20T08:30Z --to 2026-11-20T09:00Z --bars 30m --csv

# --- pictures ---

expect 0 "└┬──" env LC_ALL=C.UTF-8 COLUMNS=60 "$bin/ratelock" history EURUSD "${minutes[@]}"
expect 0 "++---" env LC_ALL=C COLUMNS=60 "$bin/ratelock" history EURUSD "${minutes[@]}"
same "bytes beyond ASCII" "$(LC_ALL=C tr -d '\0-\177' <<<"$said")" ""
same "colours in a pipe" "${said//[^$'\033']/}" ""
expect 0 "Each candle is 5m" env COLUMNS=40 \
  "$bin/ratelock" history EURUSD --from 2026-11-20T08:00Z --to 2026-11-20T10:00Z --bars 10s
if command -v script >/dev/null; then
  said=$(env -u NO_COLOR LC_ALL=C.UTF-8 script -qec \
    "$bin/ratelock history EURUSD ${minutes[*]}" /dev/null </dev/null)
  [[ $said == *$'\033[32m'* ]] || same "green on a terminal" "$said" "a rising candle in green"
fi
expect 0 "open 1.083420" ratelock history EURUSD "${minutes[@]}" --svg "$work/chart.svg"
same "the drawing" "$(head -c 4 "$work/chart.svg") $(tail -n 1 "$work/chart.svg")" "<svg </svg>"
expect 0 "" ratelock history EURUSD "${minutes[@]}" --svg "$work/chart.svg" --csv
same "who may read it" "$(stat -c %a "$work/chart.svg")" "$(printf '%o' $((0666 & ~$(umask))))"
same "leftovers" "$(find "$work" -name 'chart.svg.*')" ""
expect 1 "/nowhere/chart.svg" ratelock history EURUSD "${minutes[@]}" --svg /nowhere/chart.svg

# --- what cannot be shown ---

expect 2 "is not before --to" ratelock history EURUSD --from 2026-11-21 --to 2026-11-19
expect 2 "is not before --to" \
  ratelock history EURUSD --from 2026-11-20T09:00Z --to 2026-11-20T09:00Z
expect 2 "--bars 7m: expected 1s" ratelock history EURUSD --bars 7m
expect 2 "more than 100000 bars of 1s: ask for longer ones, such as --bars 5s" \
  ratelock history EURUSD --from 2026-11-20 --to 2026-11-21 --bars 1s
expect 2 "name one" ratelock history EURUSD --csv --json
expect 2 "--from yesterday: expected" ratelock history EURUSD --from yesterday
expect 2 "is not a pair" ratelock history EUR
expect 2 "EUX is not an ISO 4217 currency" ratelock history EUXUSD
expect 2 "what of?" ratelock history
expect 1 "nothing of EURJPY on the tape" ratelock history EURJPY "${minutes[@]}"
expect 1 "only pairs with a market of their own" ratelock history USD/EUR "${minutes[@]}"
expect 1 "nothing of EURUSD on the tape" ratelock history EURUSD --from 2020-01-01 --to 2020-01-01
expect 3 "tape has no tape: name the data directory" ratelock history EURUSD --data "$work"

# --- an engine that records ---

export RATELOCK_DATA=$work/engine
start_engine
push_ticks VENUE EURUSD 1.08340 1.08344
for ((tries = 0; tries < 2000; tries++)); do
  ratelock history EURUSD --from -10m >/dev/null 2>&1 && break
done
expect 0 "open 1.083420  high 1.083420  low 1.083420  close 1.083420" \
  ratelock history EURUSD --from -10m
expect 0 "spread 0.400 pips at the widest" ratelock history EURUSD --from -10m --bars 1d
expect 0 '"damages": 0' ratelock history EURUSD --from -10m --json
expect 1 "nothing of USDJPY on the tape" ratelock history USDJPY
# A price of two sources, one of which may grow old while nobody speaks.
expect 0 '"unwatched_ms": 0,' ratelock history EURUSD --from -10m --json
push_ticks OTHER EURUSD 1.08341 1.08345
for ((tries = 0; tries < 2000; tries++)); do
  said=$(ratelock history EURUSD --from -10m --json)
  [[ $said == *'"unwatched_ms": 0,'* ]] || break
done
same "a price of two sources stood" "$([[ $said =~ \"unwatched_ms\":\ [1-9] ]] && echo told)" told
stop
expect 0 "2 changes, a price for" ratelock history EURUSD --from -10m
export RATELOCK_DATA=$work/data
expect 0 "2 changes, a price for" ratelock history EURUSD --from -10m --tape "$work/engine/tape"

# A file that is cut gives what is whole, and says so.
second=$(find "$RATELOCK_DATA/tape" -name '*.tape' | sort | sed -n 2p)
truncate -s -20 "$second"
expect 0 "$(basename "$second")" ratelock history EURUSD "${minutes[@]}"
expect 0 '"damages": 1' ratelock history EURUSD "${minutes[@]}" --json

finish
