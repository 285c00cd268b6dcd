# shellcheck shell=bash
# Shared by the scripts of this folder: an engine of its own in a fresh directory, and what to
# expect of a command. Each script is run as SCRIPT BIN-DIRECTORY.
set -uo pipefail

bin=$1
work=$(mktemp -d /tmp/ratelock-cli-XXXXXX)
export RATELOCK_DATA=$work/data
unset RATELOCK_URL NO_COLOR
# The thread sanitizer would sleep for a second at the end of each program.
export TSAN_OPTIONS="atexit_sleep_ms=0 ${TSAN_OPTIONS-}"
engine=
running=()
failures=0

# Rates that never grow old, so that no test depends on the time.
cat >"$work/universe" <<'TEXT'
order EUR GBP USD JPY
pivot USD EUR
pair EUR USD scale=5 max_age_ms=86400000
pair USD JPY scale=3 pip=2 max_age_ms=86400000
pair GBP USD scale=5 max_age_ms=86400000
TEXT
cat >"$work/tariff.yaml" <<'TEXT'
tariff: test
locks:
  - { ttl: 30s }
  - { ttl: 1h, premium_bps: 12.5 }
rules:
  - name: standard
    markup_bps: 50
  - name: usd-eur
    from: USD
    to: EUR
    markup_bps: 40
    fees:
      - { name: service, kind: flat, amount: 1.50 }
      - { name: transfer, kind: bps, bps: 35, mode: on_top }
TEXT

stop() {
  local pid
  for pid in "${running[@]}"; do kill "$pid" 2>/dev/null; done
  for pid in "${running[@]}"; do wait "$pid" 2>/dev/null; done
  running=()
}
clean_up() {
  stop
  # What a sanitizer has to say of the engine fails the test that shows it.
  [ -e "$work/engine.log" ] && grep -E 'Sanitizer|runtime error' "$work/engine.log"
  rm -rf "$work"
}
trap clean_up EXIT

start_engine() { # OPTION…
  "$bin/ratelockd" "$@" --universe "$work/universe" --tariff "$work/tariff.yaml" --locks 1024 \
    --store-size 1 --client "$(id -u)=shop" >>"$work/engine.log" 2>&1 &
  engine=$!
  running+=("$engine")
  "$bin/ratelock" ping --answer 60s >/dev/null || { cat "$work/engine.log"; exit 1; }
}
# push_ticks SOURCE PAIR BID ASK …: returns when the engine has them.
push_ticks() {
  local tries
  "$bin/push_ticks" "ipc://$RATELOCK_DATA/feed.ipc" "$@" &
  running+=($!)
  for ((tries = 0; tries < 1000; tries++)); do
    [[ $("$bin/ratelock" sources) == *"$1"* ]] && return
  done
  echo "the ticks of $1 never arrived"
  exit 1
}

# expect CODE TEXT COMMAND…: the command ends with the code and says the text on either stream
# ("" for none). What it said is left in $said.
expect() {
  local code=$1 text=$2 ended
  shift 2
  said=$("$@" 2>&1 </dev/null)
  ended=$?
  if [ "$ended" -ne "$code" ] || [[ $said != *"$text"* ]]; then
    printf 'FAILED: %s\n  wanted %s and "%s", ended with %s and said:\n%s\n' \
      "${*/$bin\//}" "$code" "$text" "$ended" "$said"
    failures=$((failures + 1))
  fi
}
ratelock() { "$bin/ratelock" "$@"; }

# field NAME: the text of a JSON field in $said, the first there is.
field() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" <<<"$said" | head -n 1; }

same() { # same WHAT LEFT RIGHT
  if [ "$2" != "$3" ]; then
    printf 'FAILED: %s: "%s" is not "%s"\n' "$1" "$2" "$3"
    failures=$((failures + 1))
  fi
}

finish() {
  [ "$failures" -eq 0 ] && echo "all as expected"
  exit $((failures > 0))
}
