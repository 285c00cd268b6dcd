#!/usr/bin/env bash
# Open quotes against their caps through the real programs: shown, refused, put in force anew, and
# the same after a new start; and the open position beside them.
source "$(dirname "$0")/lib.sh"

limits() { printf '%s\n' "$@" >"$work/limits"; }
logged() { # the engine's log says so
  local tries
  for ((tries = 0; tries < 1000; tries++)); do
    grep -qF -- "$1" "$work/engine.log" && return
    sleep 0.01
  done
  same "the engine's log" "$(cat "$work/engine.log")" "$1"
}

limits "ticket five"
expect 1 "$work/limits:1: ticket: five is not an amount" "$bin/ratelockd" --limits "$work/limits"
expect 1 "No such file" "$bin/ratelockd" --limits "$work/nowhere"

limits "ticket 5000.00" "client shop locks=2 notional=3000.00" "client desk locks=7" \
  "pair EURUSD notional=100000.00"
start_engine --limits "$work/limits"
push_ticks alpha EURUSD 1.1250 1.1252 USDJPY 150.10 150.14
push_ticks bravo EURUSD 1.1250 1.1252
expect 0 "open quotes: 0, worth 0.00 USD" ratelock exposure
[[ $said == *"one quote may be worth 5000.00 USD"*desk*shop*EURUSD*"no position is open"* ]] ||
  same "exposure with nothing open" "$said" "ticket, named clients and pair, no position"

expect 1 "TICKET_TOO_LARGE (43)" ratelock quote USD EUR 5000.01
expect 1 "CLIENT_LIMIT (44)" ratelock quote USD EUR 3000.01
expect 0 '"ok": true' ratelock quote USD EUR 1000.00 --ttl 1h --json
first=$(field quote)
expect 0 '"ok": true' ratelock quote EUR USD 1000.00 --ttl 1h --json
expect 1 "CLIENT_LIMIT (44)" ratelock quote USD EUR 10.00
[[ $said == *"try again after 500 ms"* ]] || same "a full cap" "$said" "later"
# 1000.00 USD, and 1000.00 EUR at the mid of 1.1251
expect 0 "open quotes: 2, worth 2125.10 USD" ratelock exposure
expect 0 '"notional_left": 87490' ratelock exposure --client shop --json
[[ $said == *'"locks_left": 0'*'"pairs": []'* && $said != *positions* ]] ||
  same "one client" "$said" "nothing left, no pairs, no positions"
expect 0 '"notional_left": 9787490' ratelock exposure --pair usd/eur --json
expect 1 "UNKNOWN_CURRENCY (10)" ratelock exposure --pair EURXXX
expect 2 "not a pair" ratelock exposure --pair EURUSD,USDJPY,GBPUSD
expect 2 "a name has" ratelock exposure --client a-name-that-is-longer-than-any-has

# Accepted: nothing of it is open, and the position is.
expect 0 "consumed" ratelock accept "$first"
expect 0 "open quotes: 1, worth 1125.10 USD" ratelock exposure
expect 0 '"positions": [' ratelock exposure --json
[[ $said == *'"currency": "EUR"'*'"value": "-'*'"currency": "USD"'*'"value": "99'* ]] ||
  same "positions" "$said" "short euros, long dollars"

# Caps change while quotes are open; a bad file changes nothing.
limits "client shop locks=1"
expect 0 "in force" ratelock tariff reload
expect 1 "CLIENT_LIMIT (44)" ratelock quote USD EUR 10.00
limits "client shop locks=9" "pair EUREUR locks=1"
expect 1 "LIMITS_REFUSED (30)" ratelock tariff reload
[[ $said == *"limits:2: pair: EUR against itself"* ]] || same "a bad file" "$said" "its place"
kill -HUP "$engine"
logged "tariff and limits in force stay: $work/limits:2: pair: EUR against itself"
expect 1 "CLIENT_LIMIT (44)" ratelock quote USD EUR 10.00
limits "reporting EUR" "client shop locks=9"
expect 1 "needs a new start" ratelock tariff reload

# A new start reserves again what is open, and says so; in another currency, without its worth.
stop
start_engine --limits "$work/limits"
logged "quotes recorded before: 1; counted without a worth, since no rate to EUR was known"
expect 0 '"unvalued": 1' ratelock exposure --client shop --json
stop
limits "client shop locks=1"
start_engine --limits "$work/limits"
expect 0 "open quotes: 1, worth 1125.10 USD" ratelock exposure
stop
expect 3 "start \`ratelockd\`" ratelock exposure
finish
