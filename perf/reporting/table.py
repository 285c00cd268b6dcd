"""The report's table, for people and as tab-separated values."""
import statistics

import measures


class Line:
    """What a row came to."""

    def __init__(self, row, figures):
        self.row = row
        self.medians = {side: statistics.median(got) for side, got in figures.items()}
        self.ratio = measures.ratio_of(row, figures)
        sides = list(figures.values())
        ratios = sorted(a / b for a, b in zip(*sides)) if len(sides) > 1 else []
        self.band = (ratios[0], ratios[-1]) if ratios else None

    def holds(self):
        """True or False, or None where nothing must."""
        if self.row.must is None or self.ratio is None:
            return None
        return self.ratio <= self.row.must if self.row.less_is_better else \
            self.ratio >= self.row.must


def lines_of(rows, figures):
    return [Line(row, figures[row]) for row in rows]


def cells(line):
    sides = [f"{side} {median:,.0f}" for side, median in line.medians.items()]
    sign = "<=" if line.row.less_is_better else ">="
    holds = {None: "", True: "yes", False: "NO"}[line.holds()]
    return [line.row.name, line.row.unit, *sides,
            "" if line.ratio is None else f"{line.ratio:.2f}",
            "" if line.band is None else f"{line.band[0]:.2f}-{line.band[1]:.2f}",
            "" if line.row.must is None else f"{sign} {line.row.must:g}",
            "" if line.row.aim is None else f"{line.row.aim:g}", holds]


HEAD = ["measure", "unit", "ours", "peer", "ratio", "of rounds", "must", "aim", "holds"]


def as_text(lines):
    table = [HEAD] + [cells(line) for line in lines]
    widths = [max(len(row[i]) for row in table) for i in range(len(HEAD))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
                     for row in table)


def write_tsv(lines, figures, described, path):
    with open(path, "w", encoding="utf-8") as out:
        for text in described.splitlines():
            out.write(f"# {text}\n")
        out.write("measure\tside\tunit\tmedian\tratio\tmust\taim\trounds\n")
        for line in lines:
            for side, median in line.medians.items():
                rounds = " ".join(f"{figure:.1f}" for figure in figures[line.row][side])
                out.write(f"{line.row.name}\t{side}\t{line.row.unit}\t{median:.1f}\t"
                          f"{line.ratio or ''}\t{line.row.must or ''}\t{line.row.aim or ''}\t"
                          f"{rounds}\n")
