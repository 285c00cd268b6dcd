#!/usr/bin/env python3
"""Holds the sources to the project's rules (rules.py), each with its reason.

  tidy.py [style|coverage]     judge the tree this file stands in; default both
"""
import os
import sys

import rules
import source

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def judge(rule, sources):
    """Prints the rule's findings and returns how many."""
    count = 0
    for path, line, what in rule(sources):
        print(f"{path}:{line}: {rule.__name__}: {what}")
        count += 1
    if count:
        print(f"    {' '.join(rule.__doc__.split())}\n")
    return count


def main():
    sets = {"style": rules.STYLE, "coverage": rules.COVERAGE}
    if len(sys.argv) > 2 or any(name not in sets for name in sys.argv[1:]):
        sys.exit(__doc__)
    chosen = sets[sys.argv[1]] if len(sys.argv) == 2 else rules.STYLE + rules.COVERAGE
    sources = source.read_tree(ROOT)
    count = sum(judge(rule, sources) for rule in chosen)
    print(f"tidy: {len(sources)} files, {len(chosen)} rules, {count or 'no'} findings")
    sys.exit(1 if count else 0)


if __name__ == "__main__":
    main()
