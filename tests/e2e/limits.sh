#!/usr/bin/env bash
# How many files an engine may open: it takes what it needs, and says so where it is not given.
source "$(dirname "$0")/../cli/lib.sh"

soft_limit() { awk '/^Max open files/ { print $4 }' "/proc/$engine/limits"; }
wanted=12544 # three sockets of 4,096 connections, and 256

ulimit -Sn 300
start_engine
[ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -ge $wanted ] &&
  same "a low soft limit, raised" "$(soft_limit)" $wanted
same "what is said of it" "$(grep -c "files may be open" "$work/engine.log")" 0
stop

ulimit -Hn 2000
start_engine
same "a low hard limit, taken whole" "$(soft_limit)" 2000
same "what is said of it" "$(grep -c "only 2000 files may be open here" "$work/engine.log")" 1
stop
finish
