#!/usr/bin/env python3
"""Proves that each rule of tidy can fail, at the right line, and lets its good neighbour pass.

A case is (rule, path, text, line of the finding or None). Every rule must have both kinds."""
import sys

import rules
import source

ROOMS = ("engine/CMakeLists.txt", "foreach(room IN ITEMS\n  status money market)\n")
HEAD = "/* What it is. */\n"
REFUSALS = ("engine/status/refusal.h",
            HEAD + '#pragma once\nX(STALE_RATE, 32, LATER, "")\n')


def function(length):
    return "static int f(void)\n{\n" + "  f();\n" * (length - 2) + "}\n"


CASES = (
    ("line_length", "engine/money/a.c", "x" * 101 + "\n", 1),
    ("line_length", "engine/money/a.c", "x" * 100 + "\n", None),
    ("line_length", "tools/a.sh", "\n" + "é" * 101 + "\n", 2),
    ("line_length", "tools/a.sh", "é" * 100 + "\n", None),
    ("file_length", "engine/money/a.c", "\n" * 501, 501),
    ("file_length", "engine/money/a.c", "\n" * 500, None),
    ("function_length", "engine/money/a.c", function(61), 2),
    ("function_length", "engine/money/a.c", function(60), None),
    ("function_length", "engine/money/a.c", "int a[] = {\n" + "  1,\n" * 99 + "};\n", None),
    ("function_brace", "engine/money/a.c", "int f(void) {\n}\n", 1),
    ("function_brace", "engine/money/a.c", "int f(void)\n{\n  if (a) {\n  }\n}\n", None),
    ("banned_call", "engine/money/a.c", "int x =\n  atoi(text);\n", 2),
    ("banned_call", "tools/a.c", "strcpy (a, b);\n", 1),
    ("banned_call", "engine/money/a.c",
     'cr_rand(1); p->system(2); q("rand()"); /* atoi() */', None),
    ("sleep_in_test", "tests/lock/a.c", "usleep(1);\n", 1),
    ("sleep_in_test", "perf/a.c", "usleep(1);\n", None),
    ("plain_assert", "engine/money/a.c", "assert(x);\n", 1),
    ("plain_assert", "engine/money/a.c",
     "cr_assert(x); static_assert(1, 0); RL_ASSERT(x);\n", None),
    ("assert_side_effect", "engine/money/a.c", "RL_ASSERT(f(\n  i++));\n", 1),
    ("assert_side_effect", "engine/money/a.c", "RL_ASSERT((x = 1));\n", 1),
    ("assert_side_effect", "engine/money/a.c", "RL_ASSERT(x |= 1);\n", 1),
    ("assert_side_effect", "engine/money/a.c", "RL_ASSERT(x >>= 1);\n", 1),
    ("assert_side_effect", "engine/money/a.c",
     "RL_ASSERT(a == b && c <= d && e >= f && g != h && p->q << 2); x = 1;\n", None),
    ("floating_point", "engine/market/a.c", "int a;\ndouble b;\n", 2),
    ("floating_point", "engine/market/a.c", "/* a double */ f(strtoll, floats);\n", None),
    ("floating_point", "tools/a.c", "double b;\n", None),
    ("staircase", "engine/money/a.c", '#include "money/a.h"\n#include "market/b.h"\n', 2),
    ("staircase", "engine/money/a.c", '#include "feeds/feed.h"\n', 1),
    ("staircase", "engine/attic/a.c", "int a;\n", 1),
    ("staircase", "engine/market/a.c", '#include "market/a.h"\n#include "status/b.h"\n', None),
    ("staircase", "tools/a.c", '#include "market/a.h"\n', None),
    ("one_owner", "engine/market/a.c", "\n#include <nng/nng.h>\n", 2),
    ("one_owner", "tests/market/a.c", "#include <ck_ring.h>\n", 1),
    ("one_owner", "engine/money/a.c", "#include <msgpack.h>\n", 1),
    ("one_owner", "feeds/fix_main.cc", "#include <quickfix/Session.h>\n", 1),
    ("one_owner", "feeds/fix_session.cc", "#include <quickfix/Session.h>\n", None),
    ("one_owner", "engine/crypto/a.c", "#include <sodium.h>\n", None),
    ("one_owner", "tests/a/a.c", "#include <nng/nng.h>\n", None),
    ("line_comment", "engine/money/a.c", "int a; // b\n", 1),
    ("line_comment", "engine/money/a.c", 'f("http://a", \'"\'); /* http://b\n // c */\n', None),
    ("line_comment", "feeds/a.cc", "int a;\nint b; // c\n", 2),
    ("tab", "tools/CMakeLists.txt", "a\n\tb\n", 2),
    ("tab", "engine/money/a.c", "f('\\t');\n", None),
    ("trailing_blank", "tools/a.py", "a \n", 1),
    ("trailing_blank", "tools/a.py", "a\n\n", None),
    ("left_for_later", "tools/a.py", "# T" + "ODO: a\n", 1),
    ("left_for_later", "engine/money/a.c", "/* X" + "XX */\n", 1),
    ("left_for_later", "engine/money/a.c", "XXXX; TODOS;\n", None),
    ("header_head", "engine/money/a.h", "#pragma once\n/* What it is. */\n", 1),
    ("header_head", "engine/money/a.h", HEAD + "#ifndef A\n", 1),
    ("header_head", "engine/money/a.h", HEAD + "#pragma once\n", None),
    ("test_name", "tests/lock/a.c", "int a;\nTest(lock, expired)\n{\n}\n", 2),
    ("test_name", "tests/lock/a.c", "Test(Lock, expired_quote_is_refused)\n{\n}\n", 1),
    ("test_name", "tests/lock/a.c", "Test(lock, expiredQuoteIsRefused)\n{\n}\n", 1),
    ("test_name", "tests/lock/a.c",
     "Test(lock, expired_quote_is_refused, .init = start)\n{\n}\n", None),
    ("refusal_tested", "tests/market/a.c", "PAIR_HALTED; STALE_RATES;\n", 3),
    ("refusal_tested", "tests/status/a.c", "STALE_RATE;\n", 3),
    ("refusal_tested", "tests/market/a.c", "eq(r, RL_REFUSAL_STALE_RATE);\n", None),
    ("refusal_tested", "engine/wire/a.c", "RL_REFUSAL_STALE_RATE; f();\n", 3),
)


def judge(rule, path, text, line):
    """True when the rule finds what the case says, and nothing more."""
    tree = [source.Source(*ROOMS), source.Source(*REFUSALS), source.Source(path, text)]
    found = [place for _, place, _ in rule(tree)]
    wanted = [line] if line else []
    if found != wanted:
        print(f"{rule.__name__} on {path}: found at {found}, wanted {wanted}, in:\n{text[:300]}")
    return found == wanted


def main():
    every = {rule.__name__: rule for rule in rules.STYLE + rules.COVERAGE}
    good = all([judge(every[name], path, text, line) for name, path, text, line in CASES])
    for name in every:
        kinds = {line is not None for case, _, _, line in CASES if case == name}
        if kinds != {True, False}:
            print(f"{name}: needs a case that fails and one that passes")
            good = False
    print(f"tidy self-test: {len(CASES)} cases of {len(every)} rules, {'good' if good else 'BAD'}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
