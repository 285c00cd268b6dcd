#!/usr/bin/env bash
# The desk through the real programs: open quotes counted, taken back, told, listed, and so after
# the engine died.
source "$(dirname "$0")/lib.sh"

# lock FROM TO KEY: leaves the id of a quote in $quote.
lock() {
  expect 0 '"ok": true' ratelock quote "$1" "$2" 100.00 --ttl 1h --key "$3" --json
  quote=$(field quote)
}

start_engine
push_ticks alpha EURUSD 1.1250 1.1252 USDJPY 150.10 150.14
push_ticks bravo EURUSD 1.12501 1.12521
expect 0 "nothing was ever taken back" ratelock revocations
same "no revocations" "$(ratelock revocations --json)" "[]"
lock USD EUR a
sold=$quote
lock EUR USD b
bought=$quote
lock USD JPY c
yen=$quote

# Said completely, or not at all.
expect 2 "or --all of them" ratelock revoke --reason why
expect 2 "or --all of them" ratelock revoke --reason why --all --client shop
expect 2 "--reason: say why" ratelock revoke --all
expect 2 "expected a pair" ratelock revoke --reason why --pair EURUSDX
expect 2 "the same currency twice" ratelock revoke --reason why --pair EUREUR
expect 2 "not an ISO 4217 currency" ratelock revoke --reason why --pair EURQQQ
expect 2 "32 hexadecimal digits" ratelock revoke --reason why --tariff test
expect 2 "expected an instant" ratelock revoke --reason why --from yesterday
expect 2 "not later than --from" ratelock revoke --reason why --from 2026-01-02 --before 2026-01-02
expect 2 "1 to 127 printable" ratelock revoke --all --reason $'a\nb'

# Counted first, then done, once.
expect 0 "2 open quotes would be taken back" ratelock revoke --pair usd/eur --dry-run
expect 0 '"open_quotes": 3' ratelock revoke --all --dry-run --json
expect 0 "0 open quotes" ratelock revoke --client other --dry-run
expect 0 "0 open quotes" ratelock revoke --before 2026-01-01 --dry-run
expect 0 "taken back  2 open quotes" ratelock revoke --pair USDEUR --reason "venue A" --key fix
[[ $said == *"revocation  1"*"quotes      USDEUR"*"key         fix"* ]] ||
  same "a revocation" "$said" "its number, quotes and key"
revoked=$said
expect 0 "taken back  2 open quotes" ratelock revoke --pair USDEUR --reason "venue A" --key fix
same "a repeated revocation" "$said" "$revoked"
expect 1 "KEY_REUSED (50)" ratelock revoke --pair USDJPY --reason "venue A" --key fix
expect 0 "0 open quotes" ratelock revoke --pair EURUSD --dry-run

# Whoever holds one is told.
expect 1 "QUOTE_REVOKED (56)" ratelock accept "$sold"
[[ $said == *"revoked at "*"by shop, key fix: venue A"*"ask for a new quote"* ]] ||
  same "a refused accept" "$said" "when, by whom, why, what to do"
expect 1 "key fix: venue A" ratelock cancel "$bought"
expect 0 "key fix: venue A" ratelock show "$bought"
expect 0 '"reason": "venue A"' ratelock show "$bought" --json
expect 0 "reproduces" ratelock explain "$bought"
expect 0 "store revoked" ratelock stats
expect 0 "proved" ratelock ledger verify

# Listed, with the engine and without, and as JSON.
hash=$(ratelock tariff show --json | sed -n 's/.*"hash": "\([^"]*\)".*/\1/p')
expect 0 "taken back  1 open quotes" ratelock revoke --tariff "$hash" --reason "old prices"
expect 0 "by tariff ${hash:0:12}" ratelock revocations
[[ $said == *"in force"*"venue A"*"in force"*"old prices"* ]] ||
  same "revocations" "$said" "both, in their order"
kill -9 "$engine" && wait "$engine" 2>/dev/null
expect 0 "key fix: venue A" ratelock show "$sold"
expect 0 "old prices" ratelock show "$yen"
expect 0 '"taken_back":2' ratelock revocations --json
python3 -c 'import json, sys
assert [row["taken_back"] for row in json.load(sys.stdin)] == [2, 1]' <<<"$said" ||
  same "revocations as JSON" "$said" "2 and 1 taken back"
expect 3 "start \`ratelockd\`" ratelock revoke --all --reason why

# And back: what was taken back stays so, and counts against nothing.
start_engine
expect 1 "QUOTE_REVOKED (56)" ratelock accept "$sold"
expect 0 '"locks": 0' ratelock exposure --json
expect 0 "taken back  2 open quotes" ratelock revoke --pair USDEUR --reason "venue A" --key fix
same "a revocation repeated after the end" "$said" "$revoked"
finish
