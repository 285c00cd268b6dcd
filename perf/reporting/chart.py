"""The report's ratios as bars, each with what must and what should be reached."""
from xml.sax.saxutils import escape

WIDTH, LEFT, BAR, GAP, TOP = 900, 330, 18, 14, 30
SCALE_MAX = 2.0  # of the must: what is beyond is cut, its figure stands beside it


def bar(line, y):
    """A bar in units of what must be reached: 1 is the line to pass."""
    reached = line.ratio / line.row.must
    if line.row.less_is_better:
        reached = 1 / reached
    width = min(reached, SCALE_MAX) / SCALE_MAX * (WIDTH - LEFT - 130)
    colour = "#2f7d4f" if line.holds() else "#b3403a"
    return (f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(line.row.name)}</text>'
            f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>'
            f'<text x="{LEFT + width + 6:.1f}" y="{y + 14}">{line.ratio:.2f} '
            f'(must {line.row.must:g})</text>')


def write_svg(lines, described, path):
    shown = [line for line in lines if line.row.must is not None]
    height = TOP + len(shown) * (BAR + GAP) + 20
    mark = LEFT + (WIDTH - LEFT - 130) / SCALE_MAX
    with open(path, "w", encoding="utf-8") as out:
        out.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
                  'font-family="sans-serif" font-size="12">\n'
                  f'<desc>{escape(described)}</desc>\n'
                  f'<rect width="{WIDTH}" height="{height}" fill="white"/>\n'
                  f'<text x="{LEFT}" y="18">ratio to the peer; the line is what must hold</text>\n')
        for index, line in enumerate(shown):
            out.write(bar(line, TOP + index * (BAR + GAP)) + "\n")
        out.write(f'<line x1="{mark:.1f}" y1="{TOP - 4}" x2="{mark:.1f}" y2="{height - 12}" '
                  'stroke="#333" stroke-dasharray="4 3"/>\n</svg>\n')
