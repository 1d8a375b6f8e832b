"""What a benchmark measured, as bars."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One way to save or restore the tree: seconds, and the bytes that it leaves.

    `processor` is the time of this process and of the programs that it ran; Podman's is not in it.
    """

    what: str
    how: str
    seconds: float
    size: int
    processor: float = 0


def write_plot(rows: list[Row], file: Path) -> None:
    """Bars of seconds, as SVG."""
    longest = max(row.seconds for row in rows)
    bars = []
    for number, row in enumerate(rows):
        y, width = 30 + 30 * number, 400 * row.seconds / longest
        colour = "#3a7" if row.how.startswith(("snapshot", "history")) else "#999"
        bars.append(
            f'<text x="270" y="{y + 15}" text-anchor="end">{row.what}: {row.how}</text>'
            f'<rect x="280" y="{y}" width="{width:.1f}" height="20" fill="{colour}"/>'
            f'<text x="{285 + width:.1f}" y="{y + 15}">{row.seconds:.2f} s</text>'
        )
    height = 40 + 30 * len(rows)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="780" height="{height}"'
    body = "\n".join(bars)
    file.write_text(f'{head} font-family="sans-serif" font-size="13">\n{body}\n</svg>\n')
