#!/usr/bin/env bash
# Value dates by calendars of one's own: holidays of the euro and the dollar, none of the yen.
source "$(dirname "$0")/lib.sh"

cat >"$work/calendars" <<'TEXT'
weekend SAT SUN
cutoff 17:00 America/New_York
calendar NEWYEAR
  fixed 01-01
currency EUR NEWYEAR
currency USD NEWYEAR
through USD
lag 2
TEXT
start_engine --calendars "$work/calendars"
push_ticks alpha EURUSD 1.1250 1.1252 USDJPY 150.10 150.14
expect 0 "ready: " ratelock ping --ready 60s
expect 0 '"value_date": "20' ratelock quote USD EUR 1000.00 --json
expect 0 "no calendar knows when it is due" ratelock quote EUR JPY 100.00
expect 0 '"value_date": null' ratelock quote EUR JPY 100.00 --indicative --json
finish
