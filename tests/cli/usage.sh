#!/usr/bin/env bash
# What people mistype, and what they are told: without any engine.
source "$(dirname "$0")/lib.sh"
id=01J9Z0K7W5QX3V8B2N4M6R1T0Y

expect 2 "Usage: ratelock COMMAND" ratelock
expect 0 "Usage: ratelock COMMAND" ratelock --help
expect 0 "ratelock 0." ratelock --version
expect 2 "no command qoute" ratelock qoute
commands=(spreads triangles sources quote two-way matrix accept cancel show explain exposure ledger
  post reconcile key tariff ping stats history halt resume halts revoke revocations export replay)
# A line of an example that is broken at the width of the page cannot be copied.
examples_stand() { # PROGRAM…
  local broken
  broken=$("$@" --help | awk '/^Examples?:/ {on = 1; next} /^$/ {on = 0} on && /^[^ ]/')
  # What follows the examples begins with a capital.
  broken=$(grep -v '^[A-Z][a-z ]' <<<"$broken")
  same "broken examples of ${*/$bin\//}" "$broken" ""
}
for program in ratelockd ratelock-feed-ecb ratelock-feed-fix ratelock-feed-nats ratelock-feed-sim \
  ratelock-feed-ticks; do
  examples_stand "$bin/$program"
done
for command in "${commands[@]}"; do
  expect 0 "Example" ratelock "$command" --help
  expect 0 "--json" ratelock "$command" --help
  examples_stand "$bin/ratelock" "$command"
  expect 2 "unrecognized option" ratelock "$command" --no-such-option
done

# No engine: ends with 3 and says how to start one.
for command in spreads triangles sources exposure "exposure --client a" stats "tariff show" \
  "tariff reload" "quote USD EUR 1" "two-way EUR USD 1" "quote USD EUR 1 --indicative" \
  "matrix EUR 1 USD" "accept $id" "cancel $id" ping; do
  read -ra words <<<"$command"
  expect 3 "start \`ratelockd\`" ratelock "${words[@]}"
done
for command in "show $id" "explain $id" ledger "ledger verify" "ledger pnl" \
  "ledger export --format csv"; do
  read -ra words <<<"$command"
  expect 3 "$RATELOCK_DATA" ratelock "${words[@]}"
done
expect 3 "$RATELOCK_DATA/tape has no tape" ratelock history EURUSD
expect 3 "/elsewhere/quotes.ipc" ratelock ping --data /elsewhere
RATELOCK_URL=ipc:///tmp/named expect 3 "ipc:///tmp/named" ratelock ping
RATELOCK_URL=ipc:///tmp/named expect 3 "/elsewhere/quotes.ipc" ratelock ping --data /elsewhere
RATELOCK_URL=ipc:///tmp/named expect 3 "ipc:///tmp/given" ratelock ping --url ipc:///tmp/given
expect 2 "not an address" ratelock ping --url pigeon://x
expect 2 "--timeout 0" ratelock ping --timeout 0

# A statement is read before any ledger is looked for.
printf ':20:A\n:25:1\n:60F:C240311EUR0,\n:62F:C240312EUR0,\n' >"$work/statement.sta"
expect 3 "$RATELOCK_DATA" ratelock reconcile "$work/statement.sta"
expect 1 "No such file" ratelock reconcile "$work/none.sta"
expect 1 "neither camt.053" ratelock reconcile "$work/tariff.yaml"
expect 2 "what of?" ratelock reconcile
expect 2 "--tolerance-days -1" ratelock reconcile "$work/statement.sta" --tolerance-days=-1
expect 2 "--from 12.03.2024" ratelock reconcile "$work/statement.sta" --from 12.03.2024
expect 2 "--format pdf" ratelock reconcile "$work/statement.sta" --format pdf
expect 2 "--columns: datum=1: expected one of" \
  ratelock reconcile "$work/statement.sta" --columns datum=1

# Amounts, as each currency counts.
expect 2 "1000.005 has 3 decimals, and USD has 2" ratelock quote USD EUR 1000.005
expect 3 "" ratelock quote USD EUR 1000.05
expect 2 "1.5 has 1 decimals, and JPY has 0" ratelock quote JPY EUR 1.5
expect 3 "" ratelock quote KWD EUR 1.005
expect 2 "1.0005 has 4 decimals, and KWD has 3" ratelock quote KWD EUR 1.0005
expect 2 "1.005 has 3 decimals, and EUR has 2" ratelock quote KWD EUR 1.005 --fix target
expect 2 "is not an amount" ratelock quote USD EUR 1,000.00
expect 2 "is not an amount" ratelock quote USD EUR 1e3
expect 2 "beyond 0.01 to 10000000000000.00" ratelock quote USD EUR 0
expect 2 "beyond 0.01 to 10000000000000.00" ratelock quote USD EUR 10000000000000.01
expect 3 "" ratelock quote USD EUR 10000000000000.00

expect 2 "EURO is not an ISO 4217 currency" ratelock quote EURO USD 1
expect 3 "" ratelock quote eur usd 1
expect 2 "--fix both" ratelock quote USD EUR 1 --fix both
expect 2 "10 is not the length of a lock" ratelock quote USD EUR 1 --ttl 10
expect 2 "25h is not the length of a lock" ratelock quote USD EUR 1 --ttl 25h
expect 3 "" ratelock quote USD EUR 1 --ttl 24h
expect 2 "--tier" ratelock quote USD EUR 1 --tier 0123456789abcdef
expect 2 "--method" ratelock quote USD EUR 1 --method ""
expect 2 "a word is missing" ratelock matrix EUR 50.00
expect 2 "EURO is not an ISO 4217 currency" ratelock matrix EUR 50.00 USD EURO
expect 2 "--key a b" ratelock quote USD EUR 1 --key "a b"
expect 2 "what of?" ratelock quote
expect 2 "a word is missing" ratelock quote USD EUR
expect 2 "one word too many" ratelock quote USD EUR 1 2
expect 2 "neither a quote's id" ratelock accept 12345
expect 2 "neither a quote's id" ratelock explain "${id}A!"
expect 2 "expected the 26 characters" ratelock ledger --quote 12345

# Movements.
settle=(post settlement --customer shop --account main --value-date 2026-11-24)
expect 3 "" ratelock "${settle[@]}" --amount 100.00 EUR
expect 2 "--amount is missing" ratelock "${settle[@]}"
expect 2 "--amount 100.00: in which currency?" ratelock "${settle[@]}" --amount 100.00
expect 2 "100.001 has 3 decimals" ratelock "${settle[@]}" --amount 100.001 EUR
expect 2 "one of --customer and --counterparty" ratelock "${settle[@]}" --counterparty lp
expect 2 "--account " ratelock "${settle[@]}" --account "" --amount 1 EUR
expect 2 "--value-date 2026-11-31" ratelock "${settle[@]}" --amount 1 EUR --value-date 2026-11-31
expect 2 "--reference" ratelock "${settle[@]}" --amount 1 EUR --reference ""
expect 2 "--buy says nothing to a settlement" ratelock "${settle[@]}" --buy 1 EUR
expect 2 "one word too many" ratelock "${settle[@]}" --amount 1 EUR more
hedge=(post hedge --counterparty lp --buy 1000.00 USD --value-date 2026-11-24)
expect 3 "" ratelock "${hedge[@]}" --sell 900.00 EUR
expect 2 "--sell is missing" ratelock "${hedge[@]}"
expect 2 "another currency than it buys" ratelock "${hedge[@]}" --sell 900.00 USD
expect 2 "--counterparty is missing" ratelock post hedge
expect 2 "--value-date is missing" ratelock post hedge --counterparty lp --buy 1 USD --sell 1 EUR
expect 3 "" ratelock post refund "$id"
expect 2 "expected the 26 characters" ratelock post refund
expect 2 "--value-date says nothing to a refund" ratelock post refund "$id" --value-date 2026-11-24
expect 2 "payment: expected settlement, hedge or refund" ratelock post payment
expect 2 "what of?" ratelock post
expect 2 "--watch=0" ratelock spreads --watch=0
expect 2 "is not a pair" ratelock spreads EURUSDEURUSDEURUSD

# An engine does not start on calendars that it cannot read.
for option in universe tariff calendars limits; do
  expect 1 "$work/none: --$option: " "$bin/ratelockd" "--$option" "$work/none"
done
printf 'weekend SAT SUN\nholiday 01-01\n' >"$work/calendars"
expect 1 "calendars:2: " "$bin/ratelockd" --calendars "$work/calendars"

# A tariff file is judged without an engine.
expect 0 "good: tariff test" ratelock tariff check "$work/tariff.yaml"
expect 0 '"ok": true' ratelock tariff check "$work/tariff.yaml" --json
sed 's/markup_bps: 40/markup_bsp: 40/' "$work/tariff.yaml" >"$work/bad.yaml"
expect 1 "bad.yaml:11: " ratelock tariff check "$work/bad.yaml"
expect 1 '"line": 11' ratelock tariff check "$work/bad.yaml" --json
cat "$work/tariff.yaml" - >"$work/proved.yaml" <<'TEXT'
examples:
  - name: retail
    market: [ { pair: EURUSD, bid: 1.1250, ask: 1.1252 } ]
    from: USD
    to: EUR
    amount: 2.00
    expect: { client_rate: 1.1297008, charge: 2.01, source: 2.00, net: 0.50, gross: 0.44,
              target: 0.44, residue: 0,
              fees: [ { name: service, amount: 1.50 }, { name: transfer, amount: 0.01 } ] }
TEXT
expect 0 "examples: 1, all proved" ratelock tariff check "$work/proved.yaml"
sed 's/gross: 0.44/gross: 0.45/' "$work/proved.yaml" >"$work/bad.yaml"
expect 1 "the tariff gives 0.44, the example says 0.45" ratelock tariff check "$work/bad.yaml"
expect 1 "No such file" ratelock tariff check "$work/none.yaml"
expect 2 "tariff check FILE" ratelock tariff check
# The engine's own.
expect 2 "--store-size: 1 to 16384 GiB" "$bin/ratelockd" --store-size 0
expect 2 "--store-size: '16385'" "$bin/ratelockd" --store-size 16385
expect 2 "--store-size: '1G'" "$bin/ratelockd" --store-size 1G
expect 2 "--locks: 1 to 1073741824" "$bin/ratelockd" --locks 0
for name in "a b" $'a\n' $'caf\xc3\xa9' "" 12345678901234567890123456789012; do
  expect 2 "printable characters without blanks" "$bin/ratelockd" --client "1=$name"
done
expect 2 "--client: 1 is named already, shop" "$bin/ratelockd" --client 1=shop --client 1=desk
finish
