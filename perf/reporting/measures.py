"""The rows of the report: what is measured of us, what of the peer, and what must hold."""
import os
import re
import statistics

from stage import BIN, LOADS, PEERS, quietly

SINGLE_REPLY = 1155     # bytes of the answer to one quote, as perf_load prints them
BATCH_REPLY = 295700    # and to 256 of them


class Row:
    """One comparison. `sides` are functions of the stage and the seconds: the first is ours. A
    ratio is ours over the peer's, or, where less is better, still ours over the peer's."""

    def __init__(self, name, unit, must, aim, less_is_better=False, **sides):
        self.name = name
        self.unit = unit
        self.must = must
        self.aim = aim
        self.less_is_better = less_is_better
        self.sides = {side.replace("_", " "): measure for side, measure in sides.items()}


# --- how each side is measured ---

def load(url, seconds, *options):
    """perf_load's figures, in the order of its --tsv."""
    out = quietly("taskset", "-c", LOADS, f"{BIN}/perf_load", "--url", url, "--tsv",
                  "--seconds", str(max(1, round(seconds))), *options)
    names = ("messages", "items", "p50_ns", "p99_ns", "p999_ns", "refused", "failed")
    return dict(zip(names, map(float, out.split("\t"))))


def engine_quotes(batch, in_flight):
    return lambda on, seconds: load(on.engine(), seconds, "--batch", str(batch), "--in-flight",
                                    str(in_flight))["items"]


def echo_quotes(batch, in_flight, reply):
    return lambda on, seconds: load(on.echo(reply), seconds, "--batch", str(batch), "--in-flight",
                                    str(in_flight))["items"]


def redis_quotes(pipeline):
    def measure(on, seconds):
        socket, sha = on.redis()
        count = str(round(seconds * 60000))
        out = quietly("taskset", "-c", LOADS, "redis-benchmark", "-s", socket, "-c", "64", "-P",
                      str(pipeline), "-n", count, "-q", "EVALSHA", sha, "1", "rate:EURUSD",
                      "100000", "30000", "50", "35")
        return float(re.findall(r"([\d.]+) requests per second", out)[-1])
    return measure


def engine_latency(figure):
    return lambda on, seconds: load(on.engine(100000), seconds, "--rate", "10000", "--in-flight",
                                    "1024")[figure] / 1e3


def echo_latency(figure):
    return lambda on, seconds: load(on.echo(SINGLE_REPLY, 100000), seconds, "--rate", "10000",
                                    "--in-flight", "1024")[figure] / 1e3


def engine_accepts(batch, in_flight):
    return lambda on, seconds: load(on.engine(), seconds, "--accepts", "200000", "--warm-up", "0",
                                    "--batch", str(batch), "--in-flight", str(in_flight))["items"]


def pgbench(on, script, clients, seconds):
    out = on.postgres("pgbench", "-h", on.postgresql(), "-U", "bench", "-n", "-M", "prepared", "-c",
                      str(clients), "-T", str(max(1, round(seconds))), "-f",
                      os.path.join(PEERS, script), "postgres", pinned=LOADS)
    return float(re.search(r"tps = ([\d.]+)", out).group(1))


BEST_CLIENTS = {}


def postgres_accepts(on, seconds):
    """At the client count that does best, found once; every accept is of a quote of its own."""
    on.postgresql()
    on.sql("-c", "INSERT INTO quote SELECT nextval('quote_id'), 'bench', 100000, 350, 111600, "
                 "1.119, 558, now() + interval '1 h' FROM generate_series(1, 100000)")
    if "accept" not in BEST_CLIENTS:
        tried = {clients: pgbench(on, "accept.sql", clients, 1) for clients in (8, 16, 32, 64, 128)}
        BEST_CLIENTS["accept"] = max(tried, key=tried.get)
    return pgbench(on, "accept.sql", BEST_CLIENTS["accept"], seconds)


def bench_median(program, case):
    """The median that a benchmark prints for a case, in ns."""
    def measure(_, __):
        out = quietly("taskset", "-c", LOADS, f"{BIN}/{program}")
        line = next(line for line in out.splitlines() if line.startswith(case + "  "))
        return float(line[len(case):].split()[0])
    return measure


# --- the rows ---

ROWS = [
    Row("echo against itself (A/A)", "messages/s", None, None,
        echo=echo_quotes(1, 64, SINGLE_REPLY), the_same_echo=echo_quotes(1, 64, SINGLE_REPLY)),
    Row("quotes, one a message, 64 in flight", "quotes/s", 0.75, 0.9,
        ratelock=engine_quotes(1, 64), nng_echo=echo_quotes(1, 64, SINGLE_REPLY)),
    Row("quotes, one a message, 64 clients", "quotes/s", 1.3, 2,
        ratelock=engine_quotes(1, 64), Redis_script=redis_quotes(1)),
    Row("quotes, 32 a message", "quotes/s", 4, 8,
        ratelock=engine_quotes(32, 4), Redis_pipeline=redis_quotes(32)),
    Row("quotes, 256 a message", "quotes/s", 0.25, 0.5,
        ratelock=engine_quotes(256, 4), nng_echo=echo_quotes(256, 4, BATCH_REPLY)),
    Row("p50 at 10,000 quotes/s and 100,000 ticks/s", "us", 1.15, 1.0, less_is_better=True,
        ratelock=engine_latency("p50_ns"), nng_echo=echo_latency("p50_ns")),
    Row("p99.9 there", "us", None, None, less_is_better=True,
        ratelock=engine_latency("p999_ns"), nng_echo=echo_latency("p999_ns")),
    Row("durable accepts, one a message, 64 in flight", "accepts/s", 2, 4,
        ratelock=engine_accepts(1, 64), PostgreSQL=postgres_accepts),
    Row("durable accepts, 32 a message, 4 in flight", "accepts/s", 3, 6,
        ratelock=engine_accepts(32, 4), PostgreSQL=postgres_accepts),
]


def ratio_of(row, figures):
    """The median of the rounds' ratios, ours over the peer's; None for a row without a peer."""
    sides = list(figures.values())
    if len(sides) < 2:
        return None
    return statistics.median(ours / theirs for ours, theirs in zip(*sides))
