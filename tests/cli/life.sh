#!/usr/bin/env bash
# A quote's life through the real programs: asked, repeated, accepted, refused, told and proved.
source "$(dirname "$0")/lib.sh"

cat >>"$work/tariff.yaml" <<'TEXT'
  - name: falling
    tier: falling
    from: USD
    to: EUR
    disclosure_decimals: 2
    fees:
      - { name: size, kind: slab, tiers: [ { from: 0, bps: 100 }, { from: 1000.00, bps: 50 } ] }
waivers:
  - { name: welcome, fee: service, method: card }
TEXT
start_engine
expect 0 "not ready" ratelock ping
expect 1 "not ready" ratelock ping --ready 1ms
expect 1 "NO_RATE (31)" ratelock quote USD EUR 1000.00
expect 1 "try again after 500 ms" ratelock quote USD EUR 1000.00
push_ticks alpha EURUSD 1.1250 1.1252 USDJPY 150.10 150.14
push_ticks bravo EURUSD 1.12501 1.12521
expect 0 "ready: " ratelock ping --ready 60s
expect 0 "EURUSD" ratelock spreads eurusd
expect 0 "alpha" ratelock sources
expect 0 "alpha" ratelock sources EUR/USD
expect 1 "UNKNOWN_PAIR (12)" ratelock spreads EURJPY
expect 0 "locks active" ratelock stats
expect 0 "markup_bps: 40" ratelock tariff show

# The same key and request: the same quote, byte for byte. Another request: refused.
expect 0 '"ok": true' ratelock quote USD EUR 1000.00 --key one --json
first=$said
quote=$(field quote)
token=$(field token)
expect 0 "$quote" ratelock quote USD EUR 1000.00 --key one --json
same "a repeated quote" "$said" "$first"
expect 1 "KEY_REUSED (50)" ratelock quote USD EUR 1000.01 --key one
expect 0 "ratelock accept $quote" ratelock quote USD EUR 1000.00 --key one
expect 1 "TTL_NOT_OFFERED (21)" ratelock quote USD EUR 1000.00 --ttl 2h
expect 1 '"code": "TTL_NOT_OFFERED"' ratelock quote USD EUR 1000.00 --ttl 2h --json
expect 0 "lock premium" ratelock quote USD EUR 1000.00 --ttl 31s
[[ $said == *"12.5"*"bps"* ]] || same "the premium of an hour" "$said" "12.5 bps"

# What a tariff may do, as people see it.
expect 0 "waived by welcome" ratelock quote USD EUR 1000.00 --method card
[[ $said == *"method card"*"total cost"*"% of the charge"*"value    20"* ]] ||
  same "a quote" "$said" "method, total cost, value date"
expect 0 "disclosed" ratelock quote USD EUR 1000.00 --tier falling
expect 1 "AMOUNT_UNREACHABLE (42)" ratelock quote USD EUR 882.00 --fix target --tier falling
[[ $said == *"the nearest: 999.99 USD gives 879.8"*" EUR, 1000.00 USD gives 884."*" EUR"* ]] ||
  same "an amount in the gap" "$said" "the nearest two"

# When it expires, the engine says: a wrong clock here would make it up.
expect 0 "30.0 s after its issue, at 20" ratelock show "$quote"
[[ $said == *"state    active"* ]] || same "an open quote" "$said" "active"

# Prices that nothing holds.
expect 0 "not locked, priced as for 1h" ratelock quote USD EUR 1000.00 --ttl 1h --indicative
[[ $said != *"ratelock accept"* ]] || same "an indicative price" "$said" "nothing to accept"
expect 2 "nothing is locked" ratelock quote USD EUR 1000.00 --indicative --key one
expect 0 "NO_RATE" ratelock matrix EUR 50.00 USD JPY GBP
[[ $said == *USD*EURUSD*JPY*EURJPY*GBP* ]] || same "a matrix" "$said" "its rows in order"
expect 1 "NO_RATE" ratelock matrix EUR 50.00 GBP
expect 1 "INVALID_FIELD (5)" ratelock matrix EUR 50.00 USD JPY USD

# Accepted once; the same key again gives the same receipt, another is refused with who.
expect 0 "consumed at" ratelock accept "$quote" --key two
receipt=$said
expect 0 "charge   1003.50 USD" ratelock accept "$quote" --key two
same "a repeated receipt" "$said" "$receipt"
expect 1 "by shop, key two" ratelock accept "$quote" --key three
expect 1 "QUOTE_CONSUMED (54)" ratelock cancel "$quote"
expect 0 "consumed at" ratelock show "$quote"

# By token, and given back.
expect 0 '"ok": true' ratelock quote EUR JPY 100.00 --json
token_of_cross=$(field token)
cross=$(field quote)
expect 0 "cancelled at" ratelock cancel "$token_of_cross"
expect 1 "QUOTE_CANCELLED (55)" ratelock accept "$cross"
expect 1 "ask for a new quote" ratelock accept "$cross"
expect 1 "TOKEN_INVALID (52)" ratelock accept "${token:0:200}AAAA${token:204}"
expect 1 "QUOTE_UNKNOWN (51)" ratelock show 01J9Z0K7W5QX3V8B2N4M6R1T0Y
expect 0 "sell: EUR to USD" ratelock two-way EUR USD 5000.00
[[ $said == *"buy: USD to EUR"* ]] || same "a two-way quote" "$said" "both halves"

# Made again from the record, from the token, through a cross, and from a token without any store.
expect 0 "reproduces" ratelock explain "$quote"
[[ $said == *"alpha"*"bravo"*"composite    bid 1.125"* ]] ||
  same "explain" "$said" "ticks, composite"
expect 0 "reproduces" ratelock explain "$token"
expect 0 "Leg 2 of 2: USDJPY" ratelock explain "$cross"
expect 0 '"ok": true' ratelock explain "$cross" --json
expect 0 "reproduces" ratelock explain "$token" --tariff "$work/tariff.yaml" --data "$work/none"
[[ $said == *"seal not verified"* ]] || same "explain" "$said" "that the seal is not verified"
expect 3 "$work/none" ratelock explain "$token" --data "$work/none"
sed 's/markup_bps: 40/markup_bps: 41/' "$work/tariff.yaml" >"$work/other.yaml"
expect 1 "$work/other.yaml has hash " ratelock explain "$token" --tariff "$work/other.yaml"
expect 1 "TOKEN_INVALID" ratelock explain "${token}AAAA"
changed=${token%?}$([[ $token == *A ]] && echo Q || echo A)
expect 1 "TOKEN_INVALID" ratelock explain "$changed"

# The hours of another universe: the record says open.
sed 's/^pair EUR USD.*/& session=never/; 1i session never UTC Sunday 00:00 - Sunday 00:01' \
  "$work/universe" >"$work/never"
if [ "$(date -u +%u%H%M)" != 70000 ]; then
  expect 1 "closed" ratelock explain "$quote" --universe "$work/never"
  expect 1 '"name": "closed"' ratelock explain "$quote" --universe "$work/never" --json
fi
grep -v "USD JPY" "$work/universe" >"$work/fewer"
expect 2 "has no pair USDJPY" ratelock explain "$cross" --universe "$work/fewer"
expect 0 "open by the universe's hours" ratelock explain "$quote" --universe "$work/universe"

# Another file of holidays: none for these currencies.
cat >"$work/calendars" <<'TEXT'
weekend SAT SUN
cutoff 17:00 America/New_York
lag 2
calendar X
currency USD X
through USD
TEXT
expect 1 '"name": "value_date"' ratelock explain "$quote" --calendars "$work/calendars" --json
expect 1 "name the engine's file with --calendars" ratelock explain "$quote" --calendars \
  "$work/calendars"
expect 2 "No such file" ratelock explain "$quote" --calendars "$work/nothing"

# The ledger, while the engine runs.
expect 0 "customer:shop" ratelock ledger --quote "$quote"
expect 0 "1003.50" ratelock ledger --account customer --currency USD --balances
[[ $said != *EUR* && $said != *fee:* ]] || same "filters" "$said" "USD of customers alone"
expect 0 "no postings" ratelock ledger --quote "$cross" --balances
expect 0 "proved" ratelock ledger verify
expect 0 '"consumed": 1' ratelock ledger verify --json

# All JSON is JSON.
for command in spreads sources "sources EURUSD" stats ping "tariff show" "show $quote" \
  "explain $quote" ledger "ledger --balances" "ledger verify" "two-way EUR USD 1000 --key w" \
  "quote USD EUR 1000 --indicative" "matrix EUR 50.00 USD GBP"; do
  read -ra words <<<"$command"
  said=$(ratelock "${words[@]}" --json)
  python3 -c 'import json, sys; json.load(sys.stdin)' <<<"$said" || same "JSON of $command" bad good
done

# Colour on a terminal only, and not where it is unwanted.
escape=$(printf '\033')
said=$(ratelock spreads)
[[ $said != *"${escape}["* ]] || same "a pipe" coloured plain
said=$(script -qec "'$bin/ratelock' spreads" /dev/null </dev/null)
[[ $said == *"${escape}["* ]] || same "a terminal" plain coloured
said=$(NO_COLOR=1 script -qec "'$bin/ratelock' spreads" /dev/null </dev/null)
[[ $said != *"${escape}["* ]] || same "a terminal with NO_COLOR" coloured plain

# The engine gone: what the store knows is still told.
kill "$engine" && wait "$engine"
expect 3 "start \`ratelockd\`" ratelock accept "$quote" --key two
expect 0 "consumed at" ratelock show "$quote"
expect 0 "consumed at" ratelock show "$token"
expect 1 "no record of quote" ratelock show 01J9Z0K7W5QX3V8B2N4M6R1T0Y
expect 0 "reproduces" ratelock explain "$quote"
expect 0 "proved" ratelock ledger verify

# And back: the same key still gives the same receipt.
start_engine
expect 0 "consumed at" ratelock accept "$quote" --key two
same "a receipt after a restart" "$said" "$receipt"
kill "$engine" && wait "$engine"
expect 0 ": new store made" head -n 5 "$work/engine.log"
expect 0 "Z, 1 transactions" cat "$work/engine.log"

# A file whose pages lead nowhere is said to be damaged, and kills no command.
file=$RATELOCK_DATA/store.mdb
pages=$(grep -abo shop "$file" | while IFS=: read -r at _; do echo $((at / 4096)); done | uniq)
for page in $pages; do
  head -c 200 /dev/zero | tr '\0' '\377' |
    dd of="$file" bs=1 seek=$((page * 4096 + 12)) conv=notrunc status=none
done
expect 1 "the file is damaged" ratelock show "$quote"
expect 1 "page" ratelock ledger verify
finish
