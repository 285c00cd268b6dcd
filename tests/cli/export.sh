#!/usr/bin/env bash
# Exports through the real programs: written whole or not at all, proved, and let go of.
source "$(dirname "$0")/lib.sh"

expect 2 "at least 3 days" "$bin/ratelockd" --keep 2
expect 2 "keep" "$bin/ratelockd" --keep 3.5
start_engine --keep 3
push_ticks alpha EURUSD 1.1250 1.1252
expect 0 '"ok": true' ratelock quote USD EUR 1000.00 --json
quote=$(field quote)
expect 0 "consumed at" ratelock accept "$quote"
expect 0 '"store_exported_before": 0' ratelock stats --json
[[ $said == *'"store_bytes": '[1-9]* && $said == *'"store_free_bytes": '* ]] ||
  same "stats" "$said" "how much room the store takes"

file=$work/all.jsonl
expect 2 "expected a date" ratelock export --before soon
expect 0 "transaction" ratelock export --before 9999-01-01 --out "$file"
expect 1 "--force" ratelock export --before 9999-01-01 --out "$file"
expect 0 "" ratelock export --before 9999-01-01 --out "$file" --force
ls "$work" | grep -c jsonl | grep -qx 1 || same "the folder" "$(ls "$work")" "one export"
expect 0 "whole and unchanged" ratelock export --check "$file"
hash=$(head -n -1 "$file" | b2sum -l 128 | cut -d' ' -f1)
[[ $(tail -n 1 "$file") == *"\"blake2b\":\"$hash\"}" ]] ||
  same "the hash" "$(tail -n 1 "$file")" "$hash"
for record in head quote end tariff transaction tail; do
  grep -q "^{\"record\":\"$record\"" "$file" || same "$record" "no line" "one"
done
expect 0 "" ratelock export --before 9999-01-01
same "standard output" "$(b2sum <<<"$said")" "$(b2sum <"$file")"

head -n -1 "$file" >"$work/cut"
expect 1 "cut off" ratelock export --check "$work/cut"
sed 's/"consumed"/"cancelled"/' "$file" >"$work/changed"
expect 1 "fields are not those of its bytes" ratelock export --check "$work/changed"
expect 1 "no export that this program knows" ratelock export --check /dev/null

# A quote made again from an export, where its record is gone: here, where there is no store at all.
expect 0 "reproduces" ratelock explain "$quote"
live=$(sed '/^  tape  /d' <<<"${said/from the store/from $file}") # the tape is not elsewhere
gone() { ratelock explain --data "$work/none" "$@"; }
expect 0 "reproduces" gone --record "$file:$quote"
same "explain --record" "$said" "$live"
expect 0 '"ok": true' gone --record "$file:$quote" --json
expect 2 "a quote's id" gone --record "$file"
expect 2 "a quote's id" gone --record "$file:${quote}A"
expect 1 "$work/nothing: cannot be opened" gone --record "$work/nothing:$quote"
expect 1 "$file: it has no quote 01J9Z0K7W5QX3V8B2N4M6R1T0Y" \
  gone --record "$file:01J9Z0K7W5QX3V8B2N4M6R1T0Y"
expect 1 "/dev/null:1: this is no export" gone --record "/dev/null:$quote"
sed '/"quote"/s/"shop"/"shep"/' "$file" >"$work/other"
expect 1 "$work/other:2: its fields are not those of its bytes" gone --record "$work/other:$quote"
sed '/"tariff"/s/markup_bps/markup_bqs/' "$file" >"$work/other"
expect 1 "its fields are not those of its bytes" gone --record "$work/other:$quote"
grep -v '"record":"tariff"' "$file" >"$work/other"
expect 1 "name its file with --tariff" gone --record "$work/other:$quote"
expect 0 "reproduces" gone --record "$work/other:$quote" --tariff "$work/tariff.yaml"

# Only what is settled can be let go of, and only from a file.
expect 2 "--out" ratelock export --let-go
expect 1 "INVALID_FIELD" ratelock export --before 9999-01-01 --out "$work/late" --let-go
expect 1 "INVALID_FIELD" ratelock export --from 1d --before 1d --out "$work/gap" --let-go
expect 0 "quote" ratelock export --out "$work/old" --let-go
expect 0 '"store_exported_before": 1' ratelock stats --json
expect 0 "quote" ratelock export --out "$work/old2" --let-go
finish
