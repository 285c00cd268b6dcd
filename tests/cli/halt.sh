#!/usr/bin/env bash
# Pairs halted by hand and by their breaker, through the real programs: told, listed, resumed, and
# so after the engine died.
source "$(dirname "$0")/lib.sh"

# await TEXT COMMAND…: until the engine's intake came so far.
await() {
  local text=$1 tries
  shift
  for ((tries = 0; tries < 1000; tries++)); do
    [[ $("$bin/ratelock" "$@") == *"$text"* ]] && return
  done
  echo "$* never said $text"
  exit 1
}

start_engine
push_ticks alpha EURUSD 1.1250 1.1252 USDJPY 150.10 150.14
expect 0 "no pair is halted" ratelock halts
expect 0 "no pair was ever halted by hand" ratelock halts --all
same "no halts" "$(ratelock halts --all --json)" "[]"
expect 0 '"ok": true' ratelock quote USD EUR 100.00 --ttl 1h --key a --json
quote=$(field quote)

# Said completely, or not at all.
expect 2 "--reason: say why" ratelock halt EURUSD
expect 2 "expected a pair" ratelock halt EURUSDX --reason why
expect 2 "the same currency twice" ratelock halt EUREUR --reason why
expect 2 "not an ISO 4217 currency" ratelock resume EURQQQ --reason why
expect 2 "1 to 127 printable" ratelock halt EURUSD --reason $'a\nb'
expect 1 "UNKNOWN_PAIR (12)" ratelock halt EURJPY --reason why

# Halted once, under its key, and told to whoever asks for a price.
expect 0 "halted EURUSD at" ratelock halt usd/eur --reason "the bank speaks" --key h1
halted=$said
[[ $said == *"by shop: the bank speaks"*"number  1"*"key     h1"* ]] ||
  same "a halt" "$said" "who, why, number and key"
expect 0 "halted EURUSD at" ratelock halt EURUSD --reason "the bank speaks" --key h1
same "a repeated halt" "$said" "$halted"
expect 1 "KEY_REUSED (50)" ratelock halt EURUSD --reason "another" --key h1
expect 1 "PAIR_HALTED (28)" ratelock quote EUR USD 100.00
[[ $said == *"EURUSD since "*" by shop: the bank speaks"*"try again"* ]] ||
  same "a halted quote" "$said" "which pair, by whom, why, what to do"
expect 1 "by shop: the bank speaks" ratelock two-way EUR USD 100.00
expect 1 "EURUSD since" ratelock quote EUR JPY 100
expect 0 "EURUSD is halted since" ratelock spreads
[[ $said == *"PAIR_HALTED"*"by shop: the bank speaks"* ]] ||
  same "the board" "$said" "the refusal, by whom and why"
expect 0 '"by": "hand"' ratelock spreads EURUSD --json
expect 0 "the bank speaks" ratelock halts
expect 0 '"operator": "shop"' ratelock halts --json
expect 0 "consumed at" ratelock accept "$quote"

# So after a death, and without an engine.
kill -9 "$engine" && wait "$engine" 2>/dev/null
expect 3 "start \`ratelockd\`" ratelock halts
expect 0 "the bank speaks" ratelock halts --all
start_engine
expect 0 "PAIR_HALTED" ratelock spreads EURUSD
push_ticks alpha EURUSD 1.1250 1.1252
expect 1 "PAIR_HALTED (28)" ratelock quote EUR USD 100.00
expect 0 "resumed EURUSD at" ratelock resume EURUSD --reason "it spoke" --key r1
expect 0 "ratelock accept" ratelock quote EUR USD 100.00
expect 0 "no pair is halted" ratelock halts

# A breaker: a lone source never lets go by itself.
SEQUENCE=2 push_ticks alpha EURUSD 1.1150 1.1152 EURUSD 1.1051 1.1053 EURUSD 1.0950 1.0952 \
  EURUSD 1.0750 1.0752 EURUSD 1.0551 1.0553
await "its breaker" halts
expect 1 "by its breaker: moved by more than 50000 ppm" ratelock quote EUR USD 100.00
expect 0 "its breaker" ratelock halts
expect 0 '"by": "move"' ratelock spreads EURUSD --json
expect 0 "resumed EURUSD" ratelock resume EURUSD --reason "it is real"
SEQUENCE=7 push_ticks alpha EURUSD 1.0550 1.0552
await "no pair is halted" halts
expect 0 "ratelock accept" ratelock quote EUR USD 100.00

expect 0 "it is real" ratelock halts --all
python3 -c 'import json, sys
assert [row["action"] for row in json.load(sys.stdin)] == ["halt", "resume", "resume"]' \
  <<<"$(ratelock halts --all --json)" || same "halts as JSON" "$said" "a halt and two resumes"
expect 0 "proved" ratelock ledger verify

# What was resumed by hand is so under any universe: the same one makes no difference.
expect 0 '"pair": "EURUSD"' ratelock replay --universe "$work/universe" --json
[[ $said == *'"different": '[1-9]* ]] && same "a replay under the same universe" "$said" "the same"
finish
