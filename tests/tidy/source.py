"""The sources as tidy's rules see them: lines, and C code with comments and strings blanked."""
import os
import re

ROOTS = ("engine", "feeds", "tools", "tests", "perf", ".ci")
C = (".c", ".h", ".cc")  # and the few lines of C++ that call a library of it

# One alternative a lexical element; whatever is not matched is code.
LEXEME = re.compile(
    r"""(?P<block>/\*.*?(?:\*/|\Z))|(?P<line>//[^\n]*)"""
    r"""|(?P<string>"(?:\\.|[^"\\\n])*")|(?P<char>'(?:\\.|[^'\\\n])+')""", re.S)


def blank(text):
    """Spaces instead of everything but line ends, so that places stay where they are."""
    return re.sub(r"[^\n]", " ", text)


class Source:
    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        if self.lines[-1] == "":
            self.lines.pop()
        self.is_c = path.endswith(C)
        parts = path.split("/")
        self.top = parts[0]
        self.room = parts[1] if self.top == "engine" and len(parts) > 2 else None
        self.code = self.line_comments = None
        if self.is_c:
            self.line_comments = []
            self.code = LEXEME.sub(self._keep_code, text)

    def _keep_code(self, match):
        if match.lastgroup == "line":
            self.line_comments.append(self.line_of(match.start()))
        if match.lastgroup == "string":
            return '"' + blank(match.group()[1:-1]) + '"'
        return blank(match.group())

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def each(self, pattern):
        """(line, match) for each match in the code."""
        for match in re.finditer(pattern, self.code):
            yield self.line_of(match.start()), match

    def includes(self):
        """(line, opening sign, name): read from the text, for the code has its strings blanked."""
        for number, line in enumerate(self.lines, 1):
            match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if match:
                yield number, match[1], match[2]


def is_script(path, root):
    with open(os.path.join(root, path), "rb") as file:
        return file.read(2) == b"#!"


def wanted(path, root):
    name = os.path.basename(path)
    known = name.endswith(C + (".py", ".sh", ".cmake", ".pml")) or name == "CMakeLists.txt"
    return known or ("." not in name and is_script(path, root))


def read_tree(root):
    """All sources under root, in order. Data (yaml, txt, corpora) is not source."""
    paths = ["CMakeLists.txt"]
    for top in ROOTS:
        for folder, folders, names in os.walk(os.path.join(root, top)):
            folders[:] = sorted(f for f in folders if f not in ("corpus", "__pycache__"))
            paths += [os.path.relpath(os.path.join(folder, name), root) for name in sorted(names)]
    sources = []
    for path in paths:
        if wanted(path, root):
            with open(os.path.join(root, path), encoding="utf-8") as file:
                sources.append(Source(path, file.read()))
    return sources
