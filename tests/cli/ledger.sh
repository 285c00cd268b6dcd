#!/usr/bin/env bash
# The ledger beyond a sale, through the real programs: posted, queried, valued, proved, exported.
source "$(dirname "$0")/lib.sh"

start_engine --client 12345=Other_shop
push_ticks alpha EURUSD 1.1250 1.1252 USDJPY 150.10 150.14
expect 0 '"ok": true' ratelock quote USD EUR 1000.00 --json
quote=$(field quote)
expect 1 "QUOTE_NOT_CONSUMED (58)" ratelock post refund "$quote"
expect 0 "consumed at" ratelock accept "$quote"
expect 0 '"ok": true' ratelock quote EUR JPY 100.00 --json
cross=$(field quote)
expect 0 "consumed at" ratelock accept "$cross"

# Movements, each once.
settle=(post settlement --customer shop --account main --amount 1003.50 USD
  --value-date 2026-11-24 --reference 'NTRF "4711", a\b')
expect 0 "posted at" ratelock "${settle[@]}" --key one
first=$said
[[ $first == *"settlement, transaction 3"*"value date  2026-11-24"*"settlement:main"*-1003.50* ]] ||
  same "a settlement" "$said" "what was posted"
expect 0 "transaction 3" ratelock "${settle[@]}" --key one
same "a repeated settlement" "$said" "$first"
expect 1 "KEY_REUSED (50)" ratelock "${settle[@]}" --key one --out
expect 0 "customer:shop    -883.86  EUR" ratelock post settlement --customer shop --account main \
  --amount 883.86 EUR --out --value-date 2026-11-24
expect 0 '"kind": "hedge"' ratelock post hedge --counterparty lp-1 --buy 887.39 EUR \
  --sell 998.50 USD --value-date 2026-11-24 --key deal-9 --json
expect 0 "customer:Other shop" ratelock post settlement --customer "Other shop" --account 2nd_a \
  --amount 7 JPY --value-date 2026-11-25
expect 0 "quote       $cross" ratelock post refund "$cross" --reference "sent back"
expect 1 "QUOTE_REFUNDED (59)" ratelock post refund "$cross"
expect 1 "QUOTE_UNKNOWN (51)" ratelock post refund 01J9Z0K7W5QX3V8B2N4M6R1T0Y

# Queries.
expect 0 "balance of" ratelock ledger --balances
[[ $said == *"customer:shop "*" 0.00  EUR "*"position "*" 0.00  EUR "* ]] ||
  same "balances" "$said" "that shop and position are even"
expect 0 "refund" ratelock ledger --kind refund
[[ $said != *sale* && $said != *hedge* ]] || same "--kind" "$said" "refunds alone"
expect 0 "sale" ratelock ledger --quote "$cross"
[[ $said == *refund* && $said != *"$quote"* ]] || same "--quote" "$said" "a sale and its refund"
expect 0 "deal-9" ratelock ledger --kind hedge --json
expect 0 '"currency":"JPY","value":"-7"' ratelock ledger --account settlement --json
expect 0 "moved on" ratelock ledger --from 2020-01-01 --balances
today=$(date -u +%F)
expect 0 "no postings" ratelock ledger --to 2020-01-01
expect 0 "no postings" ratelock ledger --from 2999-01-01T00:00Z
expect 0 "settlement:2nd_a" ratelock ledger --from 2020-01-01 --to 2999-12-31
expect 2 "ends before" ratelock ledger --from 2026-11-25 --to 2026-11-24
expect 2 "--from yesterday" ratelock ledger --from yesterday
expect 2 "--kind deal" ratelock ledger --kind deal
expect 2 "expected pnl, verify, export" ratelock ledger prove
expect 2 "--account says nothing to \`ratelock ledger pnl\`" ratelock ledger pnl --account fee
expect 2 "--from says nothing to \`ratelock ledger verify\`" ratelock ledger verify --from "$today"
expect 2 "--format says nothing to \`ratelock ledger\`" ratelock ledger --format csv

# Profit and loss: by the engine's mids, by given ones, and without one.
expect 0 "result" ratelock ledger pnl
engines=$said
[[ $engines == *"EURJPY      1        1       0"*"EURUSD      1        0       1"* ]] ||
  same "pnl" "$said" "its pairs"
[[ $engines == *"1 USD = 1 / EURUSD 1.125100 ("* ]] || same "pnl" "$said" "its mids"
expect 0 "result" ratelock ledger pnl --mid EUR/USD=1.1251
same "the result at the same mid" "$(tail -n 1 <<<"$said")" "$(tail -n 1 <<<"$engines")"
printf '# the close\nUSDJPY 150.12\nEURUSD 1.1251\n' >"$work/mids"
expect 0 "result" ratelock ledger pnl --mids "$work/mids" --in jpy
[[ $said == *"1 EUR = EURUSD 1.1251 x USDJPY 150.12"* ]] || same "a cross" "$said" "its legs"
expect 1 "incomplete" ratelock ledger pnl --mid GBPUSD=1.3
expect 1 '"complete":false' ratelock ledger pnl --mid GBPUSD=1.3 --json
expect 2 "--mid EURUSD" ratelock ledger pnl --mid EURUSD
printf 'EURUSD 1.1251 x\n' >"$work/mids"
expect 2 "mids:1: " ratelock ledger pnl --mids "$work/mids"
expect 2 "No such file" ratelock ledger pnl --mids "$work/none"

for mid in EURUSD=1.1251 GBPUSD=1.3; do
  said=$(ratelock ledger pnl --mid "$mid" --json)
  python3 -c 'import json, sys; page = json.load(sys.stdin)
assert page["ok"] == page["total"]["complete"]' <<<"$said" || same "JSON of pnl at $mid" bad good
done

# The proof, by kind.
expect 0 "proved" ratelock ledger verify
expect 0 '"kinds": {"sale": 2, "refund": 1, "settlement": 3, "hedge": 1}' ratelock ledger verify \
  --json

# Exports: the same bytes each time; beancount's own check of its own; CSV and JSON by other
# readers, each currency zero, and the balances those of the ledger.
for format in csv json beancount; do
  ratelock ledger export --format "$format" >"$work/$format"
  ratelock ledger export --format "$format" | cmp - "$work/$format" || same "$format" twice once
done
expect 0 "" bean-check "$work/beancount"
sed 's/ 1003\.50 USD/ 1003.51 USD/' "$work/beancount" >"$work/wrong"
expect 1 "does not balance" bean-check "$work/wrong"
sed '/balance Income:Fees:Service/s/-1\.50/-1.51/' "$work/beancount" >"$work/wrong"
expect 1 "Balance failed" bean-check "$work/wrong"
ratelock ledger --balances --json >"$work/balances"
expect 0 "whole: 7 transactions, 27 postings" python3 "$(dirname "$0")/exports.py" "$work"
[[ $(<"$work/csv") == *',"NTRF ""4711"", a\b",'* ]] || same "a CSV field" "not found" "in quotes"
expect 0 "" ratelock ledger export --format csv --from 2999-01-01
same "an empty export" "$(wc -l <<<"$said")" 1
ratelock ledger export --format beancount --from 2999-01-01 >"$work/nothing"
expect 0 "" bean-check "$work/nothing"
expect 2 "--format : expected csv" ratelock ledger export
expect 2 "--format xml: expected csv" ratelock ledger export --format xml

# The engine gone: a store is read, a position is not valued.
kill "$engine" && wait "$engine"
expect 0 "hedge" ratelock ledger
expect 3 "start \`ratelockd\`" ratelock ledger pnl
expect 0 "result" ratelock ledger pnl --mid EURUSD=1.1251 --mid USDJPY=150.12

# A store that let its older half go: the balances are whole, and periods that reach back are not.
kept=$("$bin/let_go" 2>/dev/null) || same "let_go" "it failed" "a store"
of=(--data "$kept")
expect 0 '"carried": ' ratelock ledger verify "${of[@]}" --json
expect 0 "sums of what was let go" ratelock ledger verify "${of[@]}"
expect 0 "settlement:main" ratelock ledger --balances "${of[@]}"
expect 0 "let go" ratelock ledger pnl "${of[@]}" --mid EURUSD=1.1252 --mids <(
  python3 - "$bin" "$kept" <<'PYTHON'
import json, subprocess, sys
asked = subprocess.run([sys.argv[1] + '/ratelock', 'ledger', '--json', '--data', sys.argv[2]],
                       capture_output=True, check=True)
for code in {b['currency'] for b in json.loads(asked.stdout)['balances']} - {'EUR', 'USD'}:
    print(code + 'EUR 0.5')
PYTHON
)
expect 1 "has been let go" ratelock ledger --from 2026-01-01 "${of[@]}"
expect 1 "has been let go" ratelock ledger export --format csv --to 2026-01-01T00:00Z \
  "${of[@]}"
for format in csv json beancount; do
  ratelock ledger export --format "$format" "${of[@]}" >"$work/$format"
done
expect 0 "" bean-check "$work/beancount"
same "what is carried" "$(grep -c '"carried"' "$work/beancount")" 1
ratelock ledger --balances --json "${of[@]}" >"$work/balances"
expect 0 "whole" python3 "$(dirname "$0")/exports.py" "$work"
expect 1 "its record was let go" ratelock explain 01J9Z0K7W5QX3V8B2N4M6R1T0Y --data "$kept"
rm -rf "$kept"
finish
