#!/bin/bash
# Has spin walk through every run of the seqlock's model (engine/sync/seqlock.pml): no error as it
# stands, and one as soon as any order or look that it needs is taken away.
#
#   seqlock_model.sh MODEL
set -euo pipefail

model=$(realpath "$1")
work=$(mktemp -d /tmp/ratelock-spin-XXXXXX)
trap 'wait; rm -rf "$work"' EXIT
cd "$work"

# search WHAT DEFINE…: what a search through all runs says, in the file WHAT/found.
search() {
  local what=$1
  shift
  mkdir "$what"
  cd "$what"
  spin -a "$@" "$model" >made 2>&1 && gcc -w -DSAFETY -DNOREDUCE -o pan pan.c >>made 2>&1 ||
    { cat made; return 1; }
  ./pan >found
}

holds() {
  local what="right_$1"
  shift
  (search "$what" "$@") || return 1
  if ! grep -q 'errors: 0$' "$what/found" || grep -q 'not completed\|too small' "$what/found"; then
    echo "the model $* does not hold:"
    cat "$what/found"
    return 1
  fi
  echo "holds: $* ($(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' "$what/found") states)"
}

fails() {
  local what="wrong_$1"
  shift
  (search "$what" "$@") || return 1
  if ! grep -q 'assertion violated' "$what/found"; then
    echo "nothing is found wrong with $*:"
    cat "$what/found"
    return 1
  fi
  echo "fails: $*"
}

fences() {
  holds 1 -DWORDS=3 -DWRITES=3
  holds 2 -DLOCKS=2
  holds 3 -DREADERS=2 -DTRIES=1 -DWRITES=1
  fails 1 -DNO_FENCE_IN_WRITE_BEGIN
  fails 2 -DNO_FENCE_IN_WRITE_END
  fails 3 -DNO_FENCE_IN_READ_BEGIN
  fails 4 -DNO_FENCE_IN_READ_VALID
  fails 5 -DNO_LOOK_AT_ODD
  fails 6 -DNO_SECOND_LOOK
  fails 7 -DNO_TRY_PASSES
  fails 8 -DLOCKS=2 -DNO_LOOK_AT_ALL
  fails 9 -DLOCKS=2 -DNO_TRY_PASSES
}

orders() {
  holds 4 -DRL_C11_ATOMICS -DWORDS=3 -DWRITES=3
  holds 5 -DRL_C11_ATOMICS -DLOCKS=2
  fails 11 -DRL_C11_ATOMICS -DNO_RELEASE_IN_WRITE_END
  fails 12 -DRL_C11_ATOMICS -DNO_RELEASE_IN_STORE
  fails 13 -DRL_C11_ATOMICS -DNO_ACQUIRE_IN_READ_BEGIN
  fails 14 -DRL_C11_ATOMICS -DNO_ACQUIRE_IN_LOAD
  fails 15 -DRL_C11_ATOMICS -DLOCKS=2 -DNO_LOOK_AT_ALL
  fails 16 -DRL_C11_ATOMICS -DNO_TRY_PASSES
}

fences &
first=$!
orders
wait "$first"
