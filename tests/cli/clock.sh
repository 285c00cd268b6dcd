#!/usr/bin/env bash
# Two venues whose clocks are five hours wrong, one each way: the engine says so by itself, once,
# and so does the page of its sources.
source "$(dirname "$0")/lib.sh"

stated() { # SOURCE SECONDS: pushes ticks whose times are so far from ours
  local now_ms tick
  now_ms=$(($(date +%s%3N) + $2 * 1000))
  for tick in 1 2 3; do echo "$((now_ms + tick)),1.12500,1.12520"; done |
    "$bin/ratelock-feed-ticks" - --pair EURUSD --source "$1" --time-format epoch-ms --speed 0 \
      >/dev/null || same "the ticks of $1" "not pushed" "pushed"
}
told() { # PATTERN: returns when a line of the engine's log has it
  local tries
  for ((tries = 0; tries < 3000; tries++)); do
    grep -q "$1" "$work/engine.log" && return
    ratelock ping >/dev/null
  done
  same "the engine's log" "$(cat "$work/engine.log")" "$1"
}

start_engine
stated good 0
stated late -18000
stated early 18010
told "source late: its clock is 1800[0-9] s behind ours"
told "source early: its clock is 180[01][0-9] s ahead of ours: its updates are refused for it"
same "how often it is told" "$(grep -c 'its clock' "$work/engine.log")" 2
expect 0 "clock 5h behind" ratelock sources
expect 0 "clock 5h ahead: its updates are refused for it" ratelock sources
finish
