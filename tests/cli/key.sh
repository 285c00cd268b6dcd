#!/usr/bin/env bash
# The sealing keys: made, rotated, listed, and followed by an engine that runs.
source "$(dirname "$0")/lib.sh"

keys=$work/shared.key
key() { ratelock key "$@" --seal-key "$keys"; }
secrets() { awk '/^[0-9]/ { print $3 }' "$1"; }
# Nothing that was said holds a secret of any file so far.
kept_secret() { # WHAT
  local secret
  for secret in $all_secrets; do
    [[ ${said,,} != *"$secret"* ]] || same "$1" "$said" "no secret"
  done
}
all_secrets=

# What is mistyped, and where there is nothing.
expect 2 "expected \`list\`, \`new\` or \`rotate\`" ratelock key roll
expect 2 "one word too many" ratelock key new new
expect 2 "--compromised is for" ratelock key list --compromised
expect 3 "$RATELOCK_DATA/seal.key: No such file" ratelock key
expect 3 "ratelock key new" ratelock key rotate
expect 3 "No such file" ratelock key new

# One, once, and for nobody else to read.
expect 0 "current" key new
same "the file's mode" "$(stat -c %a "$keys")" 600
expect 1 "File exists" key new
all_secrets=$(secrets "$keys")
same "a secret's length" "${#all_secrets}" 64

# The next one starts in ten seconds; the one before stays.
cp "$keys" "$work/before"
expect 0 "rotated" key rotate
[[ $said == *"1  current"*"2  next"* ]] || same "the keys" "$said" "current and next"
same "the first key's line" "$(sed -n 2p "$keys")" "$(sed -n 2p "$work/before")"
same "the file's mode" "$(stat -c %a "$keys")" 600
same "what is in the folder" "$(find "$work" -name 'shared.key*' | wc -l)" 1
all_secrets+=" $(secrets "$keys")"
for command in list rotate "rotate --compromised"; do
  read -ra words <<<"$command"
  expect 0 '"starts_at"' key "${words[@]}" --json
  python3 -c 'import json, sys
page = json.load(sys.stdin)
keys = page["keys"]
states = [key["state"] for key in keys]
assert page["ok"] and states.count("current") == 1, states
assert all(a["ends_at"] == b["starts_at"] for a, b in zip(keys, keys[1:])), keys
assert all(k["over_at"] is None or k["over_at"] - k["ends_at"] == 172801000 for k in keys), keys
' <<<"$said" || same "JSON of $command" bad good
  all_secrets+=" $(secrets "$keys")"
  kept_secret "JSON of $command"
done
expect 0 "current" key
kept_secret "the list"
same "the keys after a compromise" "$(secrets "$keys" | wc -l)" 1

# Files that are none: named, with the line, and left as they are.
for damage in 's/^\([0-9]* [^ ]*\) ./\1 Z/' 's/ 1$/ 2/' 's/^ratelock-key 2/ratelock-key 3/' '1d'; do
  sed "$damage" "$keys" >"$work/bad.key"
  chmod 600 "$work/bad.key"
  cp "$work/bad.key" "$work/as-it-was"
  for command in list rotate "rotate --compromised"; do
    read -ra words <<<"$command"
    expect 1 "$work/bad.key:" ratelock key "${words[@]}" --seal-key "$work/bad.key"
    kept_secret "an error"
  done
  cmp "$work/bad.key" "$work/as-it-was" || same "a bad file" changed untouched
done
chmod 640 "$keys"
expect 1 "chmod 600" key
chmod 600 "$keys"

# An engine makes no file where one was named.
expect 1 "missing.key: --seal-key: No such file" "$bin/ratelockd" --data "$work/other" \
  --locks 1024 --store-size 1 --seal-key "$work/missing.key"

# The same keys for an engine, which follows them while it runs.
start_engine --seal-key "$keys"
push_ticks alpha EURUSD 1.1250 1.1252
expect 0 "ready: " ratelock ping --ready 60s
[ ! -e "$RATELOCK_DATA/seal.key" ] || same "a key in the data directory" made none
follow() { # COUNT: returns when the engine has read that many changes
  local tries
  for ((tries = 0; tries < 3000; tries++)); do
    [ "$(grep -c 'sealing keys read anew' "$work/engine.log")" -ge "$1" ] && return
    ratelock ping >/dev/null
  done
  same "the engine's keys" unread "read anew"
}
expect 0 '"ok": true' ratelock quote USD EUR 1000.00 --ttl 1h --key one --json
first=$(field token)
open=$(field quote)
expect 0 "USD" ratelock show "$first" --seal-key "$keys"
expect 0 "rotated" key rotate
all_secrets+=" $(secrets "$keys")"
follow 1
expect 0 '"ok": true' ratelock quote USD EUR 1000.00 --ttl 1h --key one --json
same "a token repeated behind a rotation" "$(field token)" "$first"
expect 0 "consumed at" ratelock accept "$first"

# Compromised: tokens are void, the quote is not.
expect 0 '"ok": true' ratelock quote USD EUR 1000.00 --ttl 1h --key two --json
second=$(field token)
open=$(field quote)
expect 0 "void" key rotate --compromised
all_secrets+=" $(secrets "$keys")"
follow 2
expect 1 "TOKEN_INVALID (52)" ratelock accept "$second"
expect 1 "TOKEN_INVALID" ratelock show "$second" --seal-key "$keys"
expect 0 '"ok": true' ratelock quote USD EUR 1000.00 --ttl 1h --key two --json
same "the quote" "$(field quote)" "$open"
expect 0 "consumed at" ratelock accept "$(field token)"

# A file that broke is told once, and the keys in memory stay.
cp "$keys" "$work/good"
echo rubbish >"$work/rubbish"
chmod 600 "$work/rubbish"
mv "$work/rubbish" "$keys" # at once, so that nobody reads half of it
for ((tries = 0; tries < 3000; tries++)); do
  grep -q "keys in memory stay: $keys:1: not a sealing key file" "$work/engine.log" && break
  ratelock ping >/dev/null
done
expect 0 '"ok": true' ratelock quote USD EUR 1000.00 --json
expect 0 "consumed at" ratelock accept "$(field token)"
same "how often trouble is told" "$(grep -c 'keys in memory stay' "$work/engine.log")" 1

# Another engine with the same keys: it knows the seal, and that the store is not its own.
expect 0 '"ok": true' ratelock quote USD EUR 1000.00 --json
third=$(field token)
mv "$work/good" "$keys"
RATELOCK_DATA=$work/second start_engine --seal-key "$keys"
RATELOCK_DATA=$work/second expect 1 "WRONG_STORE (53)" ratelock accept "$third"
stop
RATELOCK_DATA=$work/third start_engine
RATELOCK_DATA=$work/third expect 1 "TOKEN_INVALID (52)" ratelock accept "$third"
stop
said=$(cat "$work/engine.log")
kept_secret "the engine's log"
finish
