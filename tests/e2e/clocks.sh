#!/usr/bin/env bash
# The wall clock set an hour and more forward and back, while an engine runs and across a restart: a
# lock that lives neither dies nor lives longer, one that is over stays so (L8). On another boot the
# wall clock judges, never earlier than the latest the store has seen.
#
#   clocks.sh BIN-DIRECTORY LIBINTERCEPT
source "$(dirname "$0")/../cli/lib.sh"

faketime=$(ls /usr/lib/*/faketime/libfaketimeMT.so.1) || exit 1
intercept=$2
sed -i 's/{ ttl: 30s }/{ ttl: 2s }/' "$work/tariff.yaml"

# The engine and the feed live by this wall clock, nobody else does.
real=$bin
bin=$work/bin
mkdir "$bin"
for program in "$real"/*; do ln -s "$program" "$bin/"; done
for program in ratelockd push_ticks; do
  rm "$bin/$program"
  cat >"$bin/$program" <<TEXT
#!/usr/bin/env bash
exec env LD_PRELOAD="$intercept $faketime" FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_NO_CACHE=1 \
  FAKETIME_TIMESTAMP_FILE="$work/wall" INTERCEPT_BOOT="$work/boot" \
  ASAN_OPTIONS=verify_asan_link_order=0 "$real/$program" "\$@"
TEXT
  chmod +x "$bin/$program"
done
wall() { # SECONDS: so far from the right time
  printf '%+d\n' "$1" >"$work/wall.new"
  mv "$work/wall.new" "$work/wall"
}
boot() { echo "$1" >"$work/boot"; } # HEXADECIMAL
restart() {
  kill "$engine"
  wait "$engine"
  same "the end by a signal" "$?" 0
  start_engine
}
hour=3600
clock() { # NAME COMMAND…: seconds of a clock as that program sees it
  "${@:2}" python3 -c "import time; print(int(time.clock_gettime(time.CLOCK_$1)))"
}
fake() {
  LD_PRELOAD=$faketime FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_TIMESTAMP_FILE=$work/wall "$@"
}
near() { # WHAT LEFT RIGHT: within a minute
  local apart=$(($2 - $3))
  [ "${apart#-}" -lt 60 ] || same "$1" "$2" "$3"
}
lock() { # TTL NAME: the token of a new lock in this variable
  expect 0 '"ok": true' ratelock quote USD EUR 1000.00 --ttl "$1" --json
  printf -v "$2" '%s' "$(field token)"
}
until_expired() { # TOKEN
  local end=$((SECONDS + 60))
  until [[ $(ratelock show "$1" --json) == *'"state": "expired"'* ]]; do
    [ $SECONDS -lt $end ] && continue
    same "a lock of two seconds" "alive after a minute" "expired"
    return
  done
}
lives() { expect 0 "consumed at" ratelock accept "$1"; }
is_over() { expect 1 "QUOTE_EXPIRED (57)" ratelock accept "$1"; }

wall $((2 * hour))
near "the wall clock" "$(clock REALTIME fake)" $(($(clock REALTIME) + 2 * hour))
near "the boot clock" "$(clock BOOTTIME fake)" "$(clock BOOTTIME)"

# While it runs.
wall 0
boot 11111111-1111-1111-1111-111111111111
start_engine
push_ticks alpha EURUSD 1.1250 1.1252
expect 0 "ready: " ratelock ping --ready 60s
for name in one two three; do lock 1h $name; done
lock 2s short
wall $((2 * hour))
lives "$one"
lock 1h ahead
until_expired "$short"
wall $((-hour))
expect 0 '"state": "expired"' ratelock show "$short" --json
is_over "$short"
lives "$ahead"
lock 2s short_behind
until_expired "$short_behind"
wall 0
is_over "$short"
is_over "$short_behind"

# Across a restart on the same boot.
wall $((2 * hour))
restart
lives "$two"
is_over "$short"
wall $((-2 * hour))
restart
lives "$three"
is_over "$short"
is_over "$short_behind"
kill "$engine"
wait "$engine"

# Across another boot: another directory, whose store has seen no time but the right one.
export RATELOCK_DATA=$work/other
wall 0
start_engine
push_ticks alpha EURUSD 1.1250 1.1252
for name in early late; do lock 1h $name; done
lock 2s short
until_expired "$short"
boot 22222222-2222-2222-2222-222222222222
wall $((-hour))
restart
lives "$early"
wall $((2 * hour))
restart
is_over "$late"
push_ticks alpha EURUSD 1.1250 1.1252
lock 1h fresh
boot 33333333-3333-3333-3333-333333333333
wall $((-hour))
restart
is_over "$late"
lives "$fresh"
expect 0 "proved" ratelock ledger verify
finish
