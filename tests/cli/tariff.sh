#!/usr/bin/env bash
# What a new tariff would change: told from two files, without an engine and with one.
source "$(dirname "$0")/lib.sh"

old=$work/tariff.yaml
new=$work/new.yaml
sed 's/markup_bps: 40/markup_bps: 38/; s/bps: 35, mode/bps: 30, mode/' "$old" >"$new"
is_json() {
  python3 -c 'import json, sys; json.load(sys.stdin)' <<<"$said" || same "JSON" "$said" good
}
# has TEXT…: $said has all of them, in this order.
has() {
  local text rest=$said
  for text in "$@"; do
    [[ $rest == *"$text"* ]] || same "what is said" "${said:0:2000}" "$text"
    rest=${rest#*"$text"}
  done
}

# Judged as the engine would: its pairs, the trial beside it, its examples.
expect 0 "good: tariff test" ratelock tariff check "$old"
sed 's/^locks:/trial: { file: new.yaml, percent: 5 }\nlocks:/' "$old" >"$work/trying.yaml"
expect 0 "Tried by 5 percent of the clients:" ratelock tariff check "$work/trying.yaml"
sed 's/new.yaml/gone.yaml/' "$work/trying.yaml" >"$work/lost.yaml"
expect 1 "lost.yaml:" ratelock tariff check "$work/lost.yaml"
{ cat "$old"; echo "  - { name: points, pair: SGDMYR, markup_points: 2 }"; } >"$work/pair.yaml"
expect 1 ".pair: " ratelock tariff check "$work/pair.yaml"
{ cat "$old"; printf '%s\n' "examples:" "  - name: wrong" \
  "    market: [ { pair: EURUSD, bid: 1.1250, ask: 1.1252 } ]" "    from: EUR" "    to: USD" \
  "    amount: 0.01" "    expect: { refused: NO_TARIFF }"; } >"$work/wrong.yaml"
expect 1 "examples[0].expect.refused: example wrong: the tariff gives" \
  ratelock tariff check "$work/wrong.yaml"

# The same text, and the same tariff in other words.
expect 0 "no difference: the two are the same text" ratelock tariff diff "$old" "$old"
expect 0 '"differing": 0' ratelock tariff diff "$old" "$old" --json
is_json
sed 's/^tariff: test/# said anew\n&/' "$old" >"$work/anew.yaml"
expect 0 "no difference in words" ratelock tariff diff "$old" "$work/anew.yaml" --offline
has " 0 of " " requests "

# In words and in figures: 1.1501 x 1.004 = 1.1547004, 1.1501 x 1.0038 = 1.15447038.
expect 0 "markup 40 -> 38 bps" ratelock tariff diff "$old" "$new"
has "fee transfer: 35 -> 30 bps" "typical rates as of 2026-11-20" "1.1547004" "1.15447038"
expect 0 '"change":"markup 40 -> 38 bps"' ratelock tariff diff "$old" "$new" --json
is_json
has '"market": "table"' '"old":{"client_rate":"1.1547004"' '"differing": 20'

# A lock that is gone is a refusal.
sed '/ttl: 1h/d' "$old" >"$work/shorter.yaml"
expect 0 "TTL_NOT_OFFERED" ratelock tariff diff "$old" "$work/shorter.yaml" --offline
expect 0 '"refused":"TTL_NOT_OFFERED"' ratelock tariff diff "$old" "$work/shorter.yaml" --json
is_json

# At the engine's rates where one answers: 1.1252 x 1.004 = 1.1297008.
start_engine
push_ticks alpha EURUSD 1.1250 1.1252 USDJPY 150.10 150.14
expect 0 "the engine's rates now" ratelock tariff diff "$old" "$new" --universe "$work/universe"
has "1.1297008" "1.12947576" "have no rate"
expect 0 '"market": "engine"' ratelock tariff diff "$old" "$new" --json
expect 0 "typical rates" ratelock tariff diff "$old" "$new" --offline

# Recorded quotes again: 500.00 x 1.1297008 … of the engine's own tariff are the same.
for amount in 100.00 500.00; do expect 0 '"ok": true' ratelock quote USD EUR "$amount" --json; done
quote=$(field quote)
expect 0 '"ok": true' ratelock quote EUR USD 100.00 --ttl 1h --json
expect 0 "consumed at" ratelock accept "$quote"
expect 0 "no difference: every quote would have been the same" \
  ratelock tariff replay --tariff "$old"
# 500.00 less 1.50 at 1.1297008 is 441.26, at 1.12947576 441.35; 100.00 less 1.50 is 87.19, 87.20.
expect 0 "528.45" ratelock tariff replay --tariff "$new"
has "quotes priced again" "3" "of these accepted" "1" "USD-EUR" "528.45" "528.55" "+0.10" "$quote"
expect 0 '"quotes": 1, "accepted": 1' ratelock tariff replay --tariff "$new" --accepted --json
is_json
expect 0 "TTL_NOT_OFFERED" ratelock tariff replay --tariff "$work/shorter.yaml"
expect 0 '"code":"TTL_NOT_OFFERED"' ratelock tariff replay --tariff "$work/shorter.yaml" --json
is_json
expect 0 '"quotes": 3' ratelock tariff replay --tariff "$new" --from -1h --json
expect 0 '"quotes": 0' ratelock tariff replay --tariff "$new" --to -1h --json
expect 0 '"quotes": 0' ratelock tariff replay --tariff "$new" --to 2026-01-01T00:00:00Z --json
is_json
# From an instant on, and until before one: to the millisecond of an issue.
expect 0 "issued" ratelock show "$quote" --json
issued=$(sed -n 's/.*"issued_at": *\([0-9]*\).*/\1/p' <<<"$said" | head -n 1)
at() { date -u -d "@$(($1 / 1000)).$(printf '%03d' $(($1 % 1000)))" +%Y-%m-%dT%H:%M:%S.%3NZ; }
expect 0 '"accepted": 1' ratelock tariff replay --tariff "$new" --json \
  --from "$(at "$issued")" --to "$(at $((issued + 1)))"
expect 0 '"accepted": 0' ratelock tariff replay --tariff "$new" --json --to "$(at "$issued")"
expect 0 '"accepted": 0' ratelock tariff replay --tariff "$new" --json \
  --from "$(at $((issued + 1)))"
stop
expect 0 "528.55" ratelock tariff replay --tariff "$new" --from 2026-01-01

# Misused, or a file that is refused: with its place.
sed 's/markup_bps: 40/markup_bsp: 40/' "$old" >"$work/bad.yaml"
expect 1 "bad.yaml:11: " ratelock tariff diff "$old" "$work/bad.yaml"
expect 1 "bad.yaml:11: " ratelock tariff diff "$work/bad.yaml" "$old"
expect 1 '"line": 11' ratelock tariff diff "$old" "$work/bad.yaml" --json
expect 1 "No such file" ratelock tariff diff "$old" "$work/none.yaml"
expect 2 "tariff diff OLD NEW" ratelock tariff diff "$old"
expect 2 "No such file" ratelock tariff diff "$old" "$new" --universe "$work/none"
expect 2 "tariff replay --tariff FILE" ratelock tariff replay
expect 2 "are for \`ratelock tariff diff\`" ratelock tariff replay --tariff "$new" --offline
expect 2 "are for \`ratelock tariff replay\`" ratelock tariff diff "$old" "$new" --from -1h
expect 2 "--from yesterday: expected an instant" \
  ratelock tariff replay --tariff "$new" --from yesterday
expect 2 "--to 2026-02-29: expected an instant" \
  ratelock tariff replay --tariff "$new" --to 2026-02-29
expect 2 "--from -1h is not before --to -2h" \
  ratelock tariff replay --tariff "$new" --from -1h --to -2h
expect 1 "bad.yaml:11: " ratelock tariff replay --tariff "$work/bad.yaml"
expect 3 "$work/nowhere" ratelock tariff replay --tariff "$new" --data "$work/nowhere"
finish
