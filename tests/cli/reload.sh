#!/usr/bin/env bash
# The tariff's file edited under a running engine: put in force, refused, by command and by signal.
source "$(dirname "$0")/lib.sh"

port=$(python3 -c 'import socket
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
print(listener.getsockname()[1])')
start_engine --listen "ipc://$RATELOCK_DATA/quotes.ipc" --listen "tcp://127.0.0.1:$port"
push_ticks alpha EURUSD 1.1250 1.1252
expect 0 "ready: " ratelock ping --ready 60s

# in_force: the hash of the next quote's tariff.
in_force() {
  expect 0 '"ok": true' ratelock quote USD EUR 1000.00 --json
  field tariff
}
# logged TEXT: waits until the engine's log says so.
logged() {
  local tries
  for ((tries = 0; tries < 1000; tries++)); do
    grep -qF "$1" "$work/engine.log" && return
    ratelock ping >/dev/null
  done
  same "the engine's log" "$(cat "$work/engine.log")" "$1"
}

# The same file again: the same hash. A quote of it is kept for later.
first=$(in_force)
expect 0 '"ok": true' ratelock quote USD EUR 1000.00 --ttl 1h --json
kept=$(field quote)
rate=$(field client_rate)
expect 0 "in force: tariff test, hash $first" ratelock tariff reload
same "the same text" "$(in_force)" "$first"

# Edited: the next quote is of the new tariff, and so it is shown.
sed -i 's/^tariff: test/tariff: dearer/; s/markup_bps: 40/markup_bps: 60/' "$work/tariff.yaml"
expect 0 '"tariff": "dearer"' ratelock tariff reload --json
second=$(field hash)
[[ $second != "$first" ]] || same "an edited tariff" "$second" "another hash"
same "the tariff of a quote" "$(in_force)" "$second"
expect 0 "# tariff dearer, hash $second" ratelock tariff show
[[ $said == *"markup_bps: 60"* ]] || same "the tariff shown" "$said" "the new text"

# The quote of before holds, at its price, and both can be explained.
expect 0 '"state": "consumed"' ratelock accept "$kept" --json
same "the price of before" "$(field client_rate)" "$rate"
expect 0 "reproduces" ratelock explain "$kept"
[[ $said == *"tariff       test, hash $first"* ]] || same "explain" "$said" "the old tariff"

# Broken: refused with its line, and nothing changes.
sed -i 's/markup_bps: 60/markup_bps: lots/' "$work/tariff.yaml"
expect 1 "TARIFF_REFUSED (29)" ratelock tariff reload
[[ $said == *"tariff.yaml:11: rules[1].markup_bps: "* ]] || same "the place" "$said" "line 11"
expect 1 '"code": "TARIFF_REFUSED"' ratelock tariff reload --json
same "the tariff of a quote" "$(in_force)" "$second"
kill -HUP "$engine"
logged "tariff and limits in force stay: $work/tariff.yaml:11: rules[1].markup_bps: "
same "the tariff of a quote" "$(in_force)" "$second"

# Mended, and put in force by the signal.
sed -i 's/markup_bps: lots/markup_bps: 30/' "$work/tariff.yaml"
kill -HUP "$engine"
logged "reloaded: tariff dearer"
third=$(in_force)
[[ $third != "$second" ]] || same "a mended tariff" "$third" "another hash"
expect 0 "" ratelock stats --json
[[ $said == *'"tariff_reloads": 3,'*'"tariff_reloads_refused": 3,'* ]] ||
  same "the counters" "$said" "three of both"

# Another tariff beside it: for all clients, and so for this one.
sed 's/^tariff: .*/tariff: cheaper/; s/markup_bps: 30/markup_bps: 20/' "$work/tariff.yaml" \
  >"$work/trial.yaml"
sed -i 's/^locks:/trial: { file: trial.yaml, percent: 100 }\nlocks:/' "$work/tariff.yaml"
expect 0 "tried by 100 percent of the clients: tariff cheaper" ratelock tariff reload
expect 0 "# cheaper is tried by 100 percent" ratelock tariff show
expect 0 "markup_bps: 20" ratelock tariff show trial
hash=$(sed -n 's/^# tariff cheaper, hash //p' <<<"$said")
same "the tariff of a quote" "$(in_force)" "$hash"
expect 0 '"ok": true' ratelock quote USD EUR 1000.00 --json
expect 0 "tariff       cheaper" ratelock explain "$(field quote)"
sed -i 's/percent: 100/percent: 101/' "$work/tariff.yaml"
expect 1 "tariff.yaml:2: trial.percent: " ratelock tariff reload
same "the tariff of a quote" "$(in_force)" "$hash"
sed -i '/^trial:/d' "$work/tariff.yaml"
expect 0 "in force: tariff dearer, hash $third" ratelock tariff reload
same "the tariff of a quote" "$(in_force)" "$third"

# Who is not known to be an operator may not.
expect 1 "FORBIDDEN (6)" ratelock tariff reload --url "tcp://127.0.0.1:$port"
same "the tariff of a quote" "$(in_force)" "$third"
expect 2 "--operator: 'me' is not a number" "$bin/ratelockd" --operator me
many=()
for uid in {1..9}; do many+=(--operator "$uid"); done
expect 2 "--operator: at most 8" "$bin/ratelockd" "${many[@]}"
expect 2 "tariff reload" ratelock tariff reload now
expect 1 "no tariff is tried" ratelock tariff show trial

# A file that is gone is no reason to end.
rm "$work/tariff.yaml"
expect 1 "No such file" ratelock tariff reload
same "the tariff of a quote" "$(in_force)" "$third"
finish
