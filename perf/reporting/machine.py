"""What machine it was, and how it was measured."""
import os
import platform
import re

import measures
from stage import LOADS, SERVERS, quietly


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        found = re.search(r"model name\s*: (.*)", info.read())
    return found.group(1) if found else platform.machine()


def describe(on, rounds, seconds):
    lines = [
        f"machine  {processor()}, {os.cpu_count()} processors, Linux {platform.release()}",
        f"peers    {quietly('redis-server', '--version').split(' sha')[0]}; "
        f"{on.postgres('postgres', '--version').strip()}",
        f"method   {rounds} rounds of {seconds:g} s a side, rows and sides in random order; "
        f"servers on processor {SERVERS}, loads on {LOADS}; ratios by round, medians",
    ]
    if "accept" in measures.BEST_CLIENTS:
        clients = measures.BEST_CLIENTS["accept"]
        lines.append(f"         PostgreSQL with {clients} clients, its best")
    return "\n".join(lines) + "\n"
