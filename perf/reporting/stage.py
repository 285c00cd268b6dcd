"""What the measures run on: an engine with rates, an echo, a Redis and a PostgreSQL, each started
when it is first asked for, all ended with the run, in a temporary directory."""
import glob
import os
import shutil
import subprocess
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BUILD = os.path.join(ROOT, "build", "release")
BIN = os.path.join(BUILD, "bin")
PEERS = os.path.join(ROOT, "perf", "peers")
SERVERS = "0"  # processors
LOADS = str(min(1, (os.cpu_count() or 1) - 1))
PATIENCE_S = 30


def quietly(*command, **more):
    """Runs it to its end and returns what it printed; its own words where it failed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode != 0:
        raise SystemExit(f"report: {' '.join(command)}: exit {done.returncode}\n"
                         f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def wait_for(holds, what):
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit(f"report: {what} did not come up within {PATIENCE_S} s")
        time.sleep(0.05)


class Stage:
    """Servers by name; ask for one with its method."""

    def __init__(self, log):
        self.log = log
        self.directory = tempfile.mkdtemp(prefix="ratelock-perf-")
        os.chmod(self.directory, 0o755)
        self.running = {}
        self.database = None

    def __enter__(self):
        self.log("building the release")
        quietly("cmake", "--preset", "release", cwd=ROOT)
        quietly("cmake", "--build", "--preset", "release", "-j", str(os.cpu_count()), cwd=ROOT)
        return self

    def __exit__(self, *_):
        for name in list(self.running):
            self.stop(name)
        if self.database:
            self.postgres("pg_ctl", "-D", self.path("pg"), "-m", "immediate", "stop")
        shutil.rmtree(self.directory, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.directory, name)

    def start(self, name, *command, ready, pinned=SERVERS):
        if name in self.running:
            return
        log = self.path(f"{len(self.running)}-{name.replace('/', '-')}.log")
        with open(log, "w", encoding="utf-8") as out:
            self.running[name] = subprocess.Popen(["taskset", "-c", pinned, *command], stdout=out,
                                                  stderr=out, cwd=self.directory)
        wait_for(lambda: self.running[name].poll() is not None or ready(), name)
        if self.running[name].poll() is not None:
            with open(log, encoding="utf-8") as said:
                raise SystemExit(f"report: {name} ended at once: {said.read()}")

    def stop(self, name):
        self.running[name].terminate()
        self.running.pop(name).wait()

    # --- the engine ---

    def engine(self, ticks_per_second=500):
        """The address of an engine that has rates at this pace."""
        data = self.path("engine")
        url = f"ipc://{data}/quotes.ipc"
        self.start("engine", f"{BIN}/ratelockd", "--data", data,
                   ready=lambda: os.path.exists(f"{data}/feed.ipc"))
        self.rates(f"ipc://{data}/feed.ipc", ticks_per_second)
        if "priced" not in self.running:
            wait_for(lambda: subprocess.run(
                [f"{BIN}/ratelock", "quote", "USD", "EUR", "10.00", "--url", url],
                capture_output=True, check=False).returncode == 0, "a price")
        return url

    def rates(self, feed, ticks_per_second):
        """A feed of simulated venues at this pace, on the loads' processor."""
        name = f"rates {feed} {ticks_per_second}"
        for other in [other for other in self.running if other.startswith("rates ")]:
            if other != name:
                self.stop(other)
        self.start(name, f"{BIN}/ratelock-feed-sim", "--quiet", "--around", self.day(),
                   "--rate", str(ticks_per_second), "--engine", feed,
                   ready=lambda: True, pinned=LOADS)

    def day(self):
        return os.path.join(ROOT, "feeds", "fixtures", "ecb-daily.xml")

    def echo(self, reply_bytes, ticks_per_second=0):
        """The address of an echo of so many bytes, which may take ticks beside."""
        name = f"echo {reply_bytes}"
        socket = self.path(f"echo-{reply_bytes}.ipc")
        feed = f"ipc://{socket}-feed"
        self.start(name, f"{BIN}/perf_echo", f"ipc://{socket}", str(reply_bytes), feed,
                   ready=lambda: os.path.exists(socket))
        if ticks_per_second:
            self.rates(feed, ticks_per_second)
        return f"ipc://{socket}"

    # --- Redis ---

    def redis(self):
        """The socket of a Redis that has the rate and the script."""
        socket = self.path("redis.sock")
        self.start("redis", "redis-server", "--port", "0", "--unixsocket", socket, "--save", "",
                   "--appendonly", "no", "--dir", self.directory,
                   ready=lambda: os.path.exists(socket))
        if not os.path.exists(self.path("redis.sha")):
            with open(os.path.join(PEERS, "quote.lua"), encoding="utf-8") as script:
                sha = quietly("redis-cli", "-s", socket, "SCRIPT", "LOAD", script.read()).strip()
            quietly("redis-cli", "-s", socket, "HSET", "rate:EURUSD", "bid", "1.12518", "ask",
                    "1.12522", "mid", "1.1252", "at", "1750000000000")
            with open(self.path("redis.sha"), "w", encoding="utf-8") as out:
                out.write(sha)
        with open(self.path("redis.sha"), encoding="utf-8") as sha:
            return socket, sha.read()

    # --- PostgreSQL ---

    def postgres(self, *command, **more):
        """One of PostgreSQL's programs, as its own user where we are root."""
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not found:
            raise SystemExit("report: no PostgreSQL: tools/install-packages")
        program = os.path.join(found[-1], command[0])
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        prefix = user if os.geteuid() == 0 else []
        return quietly("taskset", "-c", more.pop("pinned", SERVERS), *prefix, program,
                       *command[1:], cwd="/", **more)

    def postgresql(self):
        """The socket directory of a server that has the schema and quotes to accept."""
        if not self.database:
            where = self.path("pg")
            os.mkdir(where)
            if os.geteuid() == 0:
                shutil.chown(where, "postgres", "postgres")
            self.postgres("initdb", "-D", where, "-A", "trust", "-U", "bench", "--no-instructions")
            self.postgres("pg_ctl", "-D", where, "-w", "-l", f"{where}/log", "-o",
                          f"-c listen_addresses='' -k {where} -c max_connections=300 "
                          "-c synchronous_commit=on -c shared_buffers=256MB", "start")
            self.database = where
            self.sql("-f", os.path.join(PEERS, "schema.sql"))
        return self.database

    def sql(self, *arguments):
        return self.postgres("psql", "-h", self.database, "-U", "bench", "-d", "postgres", "-v",
                             "ON_ERROR_STOP=1", "-qAt", *arguments)
