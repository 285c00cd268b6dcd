"""Tidy's rules. Each is a function of all sources that yields (path, line, what); its docstring,
printed once under its findings, is the reason and the remedy."""
import re

LINE_MAX = 100
FILE_MAX = 500
FUNCTION_MAX = 60

BANNED = {
    "strcpy": "snprintf into a sized array",
    "strcat": "snprintf into a sized array",
    "sprintf": "snprintf",
    "vsprintf": "vsnprintf",
    "atoi": "strtol with its end pointer checked, or a parser of engine/money",
    "atol": "strtol with its end pointer checked",
    "atoll": "strtoll with its end pointer checked",
    "strtok": "a scan with strcspn and strspn",
    "gets": "fgets",
    "alloca": "a sized array or malloc",
    "system": "posix_spawn",
    "rand": "support/random.h in tests, rl_random_bytes elsewhere",
}
SLEEPS = ("sleep", "usleep", "nanosleep", "nng_msleep")

# Which places may name an outside library: the header's pattern, the library, folder prefixes.
NEAR_ENGINE = ("tools/", "tests/", "perf/")
LIBRARIES = (
    (r"nng/", "nng", ("engine/server/", "engine/client/", "feeds/") + NEAR_ENGINE),
    (r"sodium", "libsodium", ("engine/crypto/",)),
    (r"lmdb\.h", "LMDB", ("engine/lmdb/", "tests/store/")),
    (r"libpq", "libpq", ("engine/postgres/", "tests/")),
    (r"nats/nats\.h", "libnats", ("engine/nats/", "tests/")),
    (r"cyaml/|yaml\.h", "cyaml and libyaml", ("engine/tariff/",)),
    (r"ck_", "ck", ("engine/sync/",)),
    (r"xxh", "xxhash", ("engine/bytes/",)),
    (r"msgpack", "msgpack-c", ("tests/", "perf/")),
    (r"gmp\.h", "GMP", ("tests/",)),
    (r"criterion/", "Criterion", ("tests/",)),
    (r"expat", "expat", ("feeds/xml.c",)),
    (r"(curl/|zip\.h|zlib\.h)", "curl, libzip and zlib", ("feeds/", "tests/")),
    (r"quickfix/", "QuickFIX", ("feeds/fix_session.cc", "tests/")),
    (r"microhttpd\.h", "libmicrohttpd", ("tools/",)),
)

# Files of engine/ that may use floating point: a statistic that never enters a price as such.
FLOATING_ALLOWED = ()


def line_length(sources):
    """A line of at most 100 columns stands beside another on one screen. Break it."""
    for source in sources:
        for number, line in enumerate(source.lines, 1):
            if len(line) > LINE_MAX:
                yield source.path, number, f"{len(line)} columns"


def file_length(sources):
    """A file of at most 500 lines can be held in mind. Split it by what its parts are about."""
    for source in sources:
        if len(source.lines) > FILE_MAX:
            yield source.path, FILE_MAX + 1, f"{len(source.lines)} lines"


def function_length(sources):
    """A function of at most 60 lines fits a screen, on one level of abstraction. Give the parts
    names: static functions."""
    for source in sources:
        start = None
        for number, line in enumerate(source.code.split("\n") if source.is_c else [], 1):
            if line.startswith("{"):
                start = number
            elif line.startswith("}") and start:
                if number - start + 1 > FUNCTION_MAX:
                    yield source.path, start, f"{number - start + 1} lines"
                start = None


def function_brace(sources):
    """A function's opening brace stands on a line of its own, so that a reader (and the rule of
    function length) sees where functions begin."""
    for source in sources:
        for number, line in enumerate(source.code.split("\n") if source.is_c else [], 1):
            if re.match(r"[A-Za-z_].*\)\s*\{\s*$", line):
                yield source.path, number, line.strip()


def banned_call(sources):
    """These calls have no bounds, no errors or hidden state. Use what is named."""
    names = "|".join(BANNED)
    for source in sources:
        for line, match in source.each(rf"(?<![\w.>])({names})\s*\(") if source.is_c else ():
            yield source.path, line, f"{match[1]}: use {BANNED[match[1]]}"


def sleep_in_test(sources):
    """A test that sleeps is slow on a good day and red on a bad one. Drive rl_manual_clock, or
    wait for the event itself with a time-out."""
    names = "|".join(SLEEPS)
    for source in sources:
        if source.top == "tests" and source.is_c:
            for line, match in source.each(rf"\b({names})\s*\("):
                yield source.path, line, match[1]


def plain_assert(sources):
    """assert() is gone in release builds, where money is. Use RL_ASSERT, or cr_assert in tests."""
    for source in sources:
        for line, _ in source.each(r"\bassert\s*\(") if source.is_c else ():
            yield source.path, line, "assert"


def balanced(code, start):
    """The text between the parenthesis that opens before start and the one that closes it."""
    depth = 1
    for end in range(start, len(code)):
        depth += {"(": 1, ")": -1}.get(code[end], 0)
        if depth == 0:
            return code[start:end]
    return code[start:]


def assert_side_effect(sources):
    """A check that changes something makes the program depend on its checks. Do it before, in a
    statement of its own."""
    for source in sources:
        for line, match in source.each(r"\bRL_ASSERT\s*\(") if source.is_c else ():
            condition = balanced(source.code, match.end())
            if re.search(r"\+\+|--|(?<![=!<>])=(?!=)|<<=|>>=", condition):
                yield source.path, line, " ".join(condition.split())


def floating_point(sources):
    """No price meets a float (M2): rates are rl_rate, amounts int64_t. A statistic may be one of
    the files named in FLOATING_ALLOWED."""
    for source in sources:
        if source.top == "engine" and source.is_c and source.path not in FLOATING_ALLOWED:
            for line, match in source.each(r"\b(float|double|strtod|strtof|strtold|atof)\b"):
                yield source.path, line, match[1]


def staircase(sources):
    """One direction, no way back up: a room includes itself and the rooms before it in the list of
    engine/CMakeLists.txt. Move the shared part down, or pass what is needed in."""
    rooms = staircase_rooms(sources)
    for source in sources:
        if source.room is None or not source.is_c:
            continue
        if source.room not in rooms:
            yield source.path, 1, f"room {source.room} is not in the list of engine/CMakeLists.txt"
            continue
        for line, sign, name in source.includes():
            room = name.split("/")[0]
            if sign == "<" or "/" not in name:
                continue
            if room not in rooms or rooms.index(room) > rooms.index(source.room):
                yield source.path, line, f"{source.room} includes {name}"


def staircase_rooms(sources):
    for source in sources:
        if source.path == "engine/CMakeLists.txt":
            return re.search(r"foreach\(room IN ITEMS\s+([^)]*)\)", source.text)[1].split()
    return []


def one_owner(sources):
    """Each outside library is named by one place only, which can then be replaced. Call the room
    that wraps it."""
    for source in sources:
        for line, sign, name in source.includes() if source.is_c else ():
            for pattern, library, places in LIBRARIES:
                if sign == "<" and re.match(pattern, name) and not source.path.startswith(places):
                    yield source.path, line, f"<{name}> of {library}: only {', '.join(places)}"


def line_comment(sources):
    """One kind of comment, /* */, in C."""
    for source in sources:
        for line in source.line_comments or ():
            yield source.path, line, "//"


def tab(sources):
    """Two spaces an indent; a tab looks different everywhere."""
    for source in sources:
        for number, line in enumerate(source.lines, 1):
            if "\t" in line:
                yield source.path, number, "tab"


def trailing_blank(sources):
    """Blanks at a line's end make differences that nobody sees. Remove them."""
    for source in sources:
        for number, line in enumerate(source.lines, 1):
            if line != line.rstrip():
                yield source.path, number, "trailing blank"


def left_for_later(sources):
    """Finish it, or delete it: the code is what there is, plans stand elsewhere."""
    for source in sources:
        for number, line in enumerate(source.lines, 1):
            match = re.search(r"\b(T[O]DO|F[I]XME|X[X]X|H[A]CK)\b", line)
            if match:
                yield source.path, number, match[1]


def header_head(sources):
    """A header starts with a comment that says what it is, then #pragma once."""
    for source in sources:
        if source.path.endswith(".h"):
            if not source.text.startswith("/*"):
                yield source.path, 1, "no comment at the top"
            if "#pragma once" not in source.lines:
                yield source.path, 1, "no #pragma once"


def test_name(sources):
    """A test's name is a lower-case sentence of three words or more, in a suite named after its
    room: Test(lock, expired_quote_cannot_be_accepted)."""
    for source in sources:
        if source.top != "tests" or not source.is_c:
            continue
        for line, match in source.each(r"(?m)^(Test|Theory)\s*\(([^{;]*?)\)\s*$"):
            names = [name.strip() for name in match[2].split(",")]
            plain = [name for name in names if re.fullmatch(r"\w+", name)]
            if len(plain) < 2 or not re.fullmatch(r"[a-z][a-z0-9_]*", plain[0]) \
                    or not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+){2,}", plain[1]):
                yield source.path, line, f"{match[1]}({match[2]})"


def refusal_tested(sources):
    """A refusal that no test names may never be given, or be given for the wrong reason. Name it
    in the test of the room that gives it (a list of all of them, in tests/status, is no test)."""
    lists = ("tests/status/", "tests/tidy/")
    said = "\n".join(s.text for s in sources if s.top == "tests" and not s.path.startswith(lists))
    for source in sources:
        if source.path == "engine/status/refusal.h":
            for number, line in enumerate(source.lines, 1):
                match = re.match(r"\s*X\(([A-Z_]+), *\d", line)
                if match and not re.search(rf"\b(RL_REFUSAL_)?{match[1]}\b", said):
                    yield source.path, number, match[1]


# Judged apart, for it is about what is missing in the tests and not about a line in the code.
COVERAGE = (refusal_tested,)
STYLE = (line_length, file_length, function_length, function_brace, banned_call, sleep_in_test,
         plain_assert, assert_side_effect, floating_point, staircase, one_owner, line_comment, tab,
         trailing_blank, left_for_later, header_head, test_name)
